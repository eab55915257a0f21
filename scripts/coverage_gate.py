"""Refuses a coverage report in which the parts that decide are not covered whole: every line, every branch.

Usage: python scripts/coverage_gate.py build/coverage.json
"""

from __future__ import annotations

import json
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

# Who may do what, which state follows, what is claimed by whom, which number comes next.
WHOLE = ("app/policy.py", "app/workflow.py", "app/register/*", "app/documents/numbering.py")


def problems(files: dict[str, Any], patterns: tuple[str, ...] = WHOLE) -> list[str]:
    """One line for each gap in `files` (path -> coverage's entry), and for each pattern without a file."""
    found = []
    for pattern in patterns:
        matching = sorted(path for path in files if fnmatchcase(path, pattern))
        if not matching:
            found.append(f"{pattern}: not in the coverage report")
        for path in matching:
            lines = files[path]["missing_lines"]
            branches = files[path]["missing_branches"]
            if lines:
                found.append(f"{path}: lines never run: {', '.join(map(str, lines))}")
            if branches:
                ways = (f"{start}->{'exit' if end <= 0 else end}" for start, end in branches)
                found.append(f"{path}: branches never taken: {', '.join(ways)}")
    return found


def main(arguments: list[str]) -> int:
    """Print what is missing; 1 if anything is, 2 if there is no report with branches to read."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    report = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    if not report["meta"]["branch_coverage"]:
        print("The report was made without branch coverage", file=sys.stderr)
        return 2
    gaps = problems(report["files"])
    for gap in gaps:
        print(f"coverage gate: {gap}")
    if not gaps:
        print(f"coverage gate: {', '.join(WHOLE)} covered whole, branches included")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
