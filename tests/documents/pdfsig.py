"""Ask poppler's pdfsig what it says of the signatures in a file: another reading than pyHanko's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Told:
    """What pdfsig says of one signature, in its own words where it judges."""

    field: str
    signer: str
    kind: str
    ranges: tuple[tuple[int, int], ...]
    whole: bool
    validation: str
    certificate: str

    @property
    def valid(self) -> bool:
        """The signed bytes are those that were signed; says nothing of who signed or of what follows them."""
        return self.validation == "Signature is Valid."

    @property
    def trusted(self) -> bool:
        """The certificate leads to a root of the database that was given."""
        return self.certificate == "Certificate is Trusted."


def read_signatures(pdf: bytes, *, nssdir: Path | None = None) -> tuple[Told, ...]:
    """The signatures in the order of the file; none when there is none.

    `nssdir` holds the roots to be trusted (a database of NSS); without it no root is, also none of this
    machine's. Nothing is asked over the network. Raises CalledProcessError when the file cannot be read.
    """
    tool = shutil.which("pdfsig")
    assert tool, "poppler-utils is part of the test set-up"
    with tempfile.TemporaryDirectory(prefix="kl-pdfsig-") as folder:
        path = Path(folder, "paper.pdf")
        path.write_bytes(pdf)
        options = ["-nssdir", str(nssdir)] if nssdir else []
        done = subprocess.run(
            [tool, "-no-ocsp", *options, str(path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "HOME": folder, "LC_ALL": "C.UTF-8"},
        )
    if "does not contain any signatures" in done.stdout + done.stderr:
        return ()
    done.check_returncode()
    parts = re.split(r"^Signature #\d+:$", done.stdout, flags=re.MULTILINE)[1:]
    return tuple(_told(part) for part in parts)


def _told(part: str) -> Told:
    said = dict(re.findall(r"^  - ([^:\n]+): (.*)$", part, re.MULTILINE))
    ranges = re.findall(r"\[(\d+) - (\d+)\]", said.get("Signed Ranges", ""))
    return Told(
        field=said.get("Signature Field Name", ""),
        signer=said.get("Signer Certificate Common Name", ""),
        kind=said.get("Signature Type", ""),
        ranges=tuple((int(start), int(end)) for start, end in ranges),
        whole="  - Total document signed" in part.splitlines(),
        validation=said.get("Signature Validation", ""),
        certificate=said.get("Certificate Validation", ""),
    )
