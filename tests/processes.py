"""Processes of their own for tests: how many race, and what they start with."""

from __future__ import annotations

import os
from collections.abc import Mapping

DEEP = os.environ.get("KL_DEEP") == "1"
RACERS = 4 if DEEP else 2
"""How many do the same thing at one moment: two truly race on two cores, and each takes seconds to start."""


def unmeasured(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without the measuring of coverage: what is raced here is measured by its own tests."""
    return {name: value for name, value in environment.items() if not name.startswith("COV")}
