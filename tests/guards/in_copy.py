"""Run by test_guards_bite.py in a fresh process that has loaded the packages and nothing of the product.

`GIVEN` holds what `run` takes.
"""

from __future__ import annotations

import os
import sys


def run(tree: str, said: str, arguments: list[str], environment: dict[str, str]) -> int:
    """Pytest in the copy, with what it says in a file; its exit code."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(tree)
    sys.path[:] = [tree, *(place for place in sys.path if "-packages" in place or "lib/python" in place)]
    sys.dont_write_bytecode = True
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    import pytest

    return int(pytest.main(arguments))


if __name__ == "<in a copy>":
    sys.exit(run(*globals()["GIVEN"]))
