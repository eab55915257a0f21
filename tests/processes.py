"""Processes of their own for tests: how many race, and what they start with."""

from __future__ import annotations

import os

DEEP = os.environ.get("KL_DEEP") == "1"
RACERS = 4 if DEEP else 2
"""How many do the same thing at one moment: two truly race on two cores, and each takes seconds to start."""
