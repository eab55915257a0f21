"""`make test`: the whole suite on SQLite, then on PostgreSQL, each over every core; one coverage for both.

Ends with one line, `N passed, N failed`, and with exit code 1 if a test failed on either engine, if nothing
ran, or if a file that must be covered whole is not (scripts/coverage_gate.py).

One engine after the other on all cores, rather than both at once on a core each: a stretch of slow tests on
one engine then never leaves a core idle.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from coverage_gate import WHOLE

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
DATA = BUILD / "coverage"
DRAWN = BUILD / "drawn"
ENGINES = ("sqlite", "postgresql")
DEEP = os.environ.get("KL_DEEP") == "1"
# Measuring costs half a run again: every day it is what decides, by the tests written for it (MEASURING in
# tests/conftest.py); with the full budgets everything is measured, and must reach LEAST percent.
LEAST = 90
REPORT = [f"--fail-under={LEAST}"] if DEEP else [f"--include={','.join(WHOLE)}"]


@dataclass(frozen=True)
class Outcome:
    """What one engine's run came to. `ok` is pytest's own word, which also knows of errors outside a test."""

    engine: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    ok: bool


def count(report: Path) -> tuple[int, int, int]:
    """Passed, failed (errors included) and skipped of a JUnit report; none at all if it was never written."""
    if not report.exists():
        return 0, 0, 0
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))

    def total(name: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites)

    failed, skipped = total("failures") + total("errors"), total("skipped")
    return max(0, total("tests") - failed - skipped), failed, skipped


def run_engine(engine: str, workers: int) -> Outcome:
    """Run the suite on one engine and leave its coverage in build/coverage."""
    print(f"\n== {engine}: {workers} processes", flush=True)
    report = BUILD / f"tests-{engine}.xml"
    environment = {
        **os.environ,
        "COVERAGE_FILE": str(DATA / f".coverage.{engine}"),
        "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml"),  # asked by whatever Python starts
        "KL_TEST_DRAWN": str(DRAWN),
        "KL_TEST_ENGINE": engine,
        "PYTHONHASHSEED": "0",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--quiet",
        "--numprocesses",
        str(workers),
        "--dist",
        "worksteal",
    ]
    command += [f"--junit-xml={report}", "--durations=10", "--durations-min=2"]
    began = time.monotonic()
    finished = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    seconds = time.monotonic() - began
    return Outcome(engine, *count(report), seconds, finished.returncode == 0)


def coverage(*arguments: str) -> bool:
    """Run `coverage …` on the combined data; whether it succeeded."""
    environment = {**os.environ, "COVERAGE_FILE": str(DATA / ".coverage")}
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def covered() -> bool:
    """Combine and print the coverage of both engines; whether the gate is content."""
    print("\n== coverage, both engines together", flush=True)
    if not coverage("combine", "--quiet", str(DATA)):
        return False
    enough = coverage("report", *REPORT)
    coverage("json", "--quiet")
    gate = [sys.executable, "scripts/coverage_gate.py", str(BUILD / "coverage.json")]
    return subprocess.run(gate, cwd=ROOT, check=False).returncode == 0 and enough


def main() -> int:
    """Both engines, the coverage, one last line."""
    shutil.rmtree(BUILD, ignore_errors=True)
    DATA.mkdir(parents=True)
    DRAWN.mkdir()
    workers = int(os.environ.get("KL_TEST_WORKERS") or min(8, max(2, os.cpu_count() or 1)))
    outcomes = [run_engine(engine, workers) for engine in ENGINES]
    whole = covered()
    print("" if whole else "\nNot ok: what must be covered whole is not (see the coverage gate above)")
    for outcome in outcomes:
        skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
        counts = f"{outcome.passed} passed, {outcome.failed} failed{skipped}"
        print(f"{outcome.engine}: {counts} in {outcome.seconds:.0f} s{'' if outcome.ok else ' (not ok)'}")
    print(f"{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed")
    return 0 if whole and all(outcome.ok and outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
