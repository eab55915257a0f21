"""The guards are tried on a broken copy of the tree: each must turn red at its own damage.

A case (damages.py) is one small edit and the guard that has to notice. The copy is made of hard links, so it
costs nothing; the file that is edited is written anew. A guard file without a case fails the last tests.
"""

from __future__ import annotations

import os
import re
import runpy
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import fill_template
from tests.guards.damages import CASES, Damage
from tests.processes import DEEP, warm

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {
    ".git",
    ".venv",
    "build",
    "instance",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
}
NEEDED = ("app", "docs", "inspection_forms", "migrations", "requirements", "scripts", "templates", "tests")
COPY = {"KL_TEST_ENGINE": "sqlite", "KL_GUARD_ROOM": "units."}
"""The copy is tried on SQLite, and in one room where rooms are many."""
IN_COPY = Path(__file__).with_name("in_copy.py")
FILES = ("config.py", "wsgi.py", "pyproject.toml", "Makefile", "README.md", "gunicorn.conf.py")


def copy_of_the_tree(target: Path) -> Path:
    """The tree as hard links (or copies, on another disk), with what is compiled already."""

    def link(source: str, destination: str) -> None:
        try:
            os.link(source, destination)
        except OSError:
            shutil.copy2(source, destination)

    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, target / name, copy_function=link, ignore=lambda _, names: LEFT_OUT & set(names)
            )
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy2(ROOT / name, target / name)
    return target


def damage(tree: Path, case: Damage) -> None:
    """Apply the edit to a file of the copy alone."""
    path = tree / case.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert case.old in text, f"{case.file} has changed: mend the case"
    broken = text.replace(case.old, case.new, 1) if case.old else text + case.new
    path.unlink(missing_ok=True)
    path.write_text(broken, encoding="utf-8")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database that the copies take instead of migrating one each."""
    folder = tmp_path_factory.mktemp("template")
    fill_template(f"sqlite:///{folder / 'template.db'}", folder)
    return folder / "template.db"


def run(tree: Path, cases: Sequence[Damage], template: Path) -> tuple[int | None, str]:
    """The guards of `cases`, in a process of their own, on the copy: its exit code, and what it said."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV", "KL_TEST"))
    }
    if not any(case.file.startswith("migrations/") for case in cases):
        kept["KL_TEST_TEMPLATE"] = str(template)
    arguments = ["-q", "-rf", *(f"-pno:{name}" for name in ("cacheprovider", "xdist"))]
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # some packages were loaded before
    arguments += [] if any(case.slow for case in cases) else ["--noconftest"]
    said = tree / "said.txt"
    tests = dict.fromkeys(f"tests/guards/{case.test}" for case in cases)
    given = (str(tree), str(said), [*arguments, *tests], {**kept, **COPY})
    process = warm().Process(target=runpy.run_path, args=(str(IN_COPY), {"GIVEN": given}, "<in a copy>"))
    process.start()
    process.join(timeout=300)
    if process.is_alive():
        process.kill()
    return process.exitcode, said.read_text(encoding="utf-8") if said.exists() else ""


def together() -> list[tuple[Damage, ...]]:
    """In `make deep` each damage has a copy of its own; otherwise those of one guard file share one.

    They are alike in what they need, and each must still make the very test red that it names.
    """
    if DEEP:
        return [(case,) for case in CASES]
    shared: dict[tuple[str, bool], list[Damage]] = {}
    for case in CASES:
        shared.setdefault((case.guard, case.slow), []).append(case)
    return [tuple(cases) for cases in shared.values()]


def name_of(cases: Sequence[Damage]) -> str:
    return f"{cases[0].name[5:60]}-{cases[0].file}" if DEEP else cases[0].guard


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("cases", together(), ids=name_of)
def test_the_guard_turns_red(tmp_path, cases, template):
    """Each is green on the whole tree, or the suite is red anyway."""
    tree = copy_of_the_tree(tmp_path)
    for case in cases:
        damage(tree, case)
    code, said = run(tree, cases, template)
    assert code == 1, f"the guard stayed green, or never ran:\n{said[-3000:]}"
    green = [case.test for case in cases if not re.search(rf"^FAILED .*::{case.name}\b", said, re.MULTILINE)]
    assert green == [], said[-5000:]


def test_every_guard_has_a_case():
    guards = {path.name for path in Path(__file__).parent.glob("test_*.py")} - {Path(__file__).name}
    assert guards == {case.guard for case in CASES}


def test_every_case_names_a_test_there_is():
    for case in CASES:
        text = (Path(__file__).parent / case.guard).read_text(encoding="utf-8")
        assert f"def {case.name}(" in text, case.test
