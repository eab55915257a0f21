"""What inspections hang into the rooms below them."""

from __future__ import annotations

from flask import Flask

from app.inspections import queries
from app.register import panels
from app.units import holds


def register(_app: Flask) -> None:
    """A succession by which a scope was expanded stays; the register knows whose case a mandate is."""
    holds.add(queries.relies_on)
    panels.provide_cases(queries.cases_by_mandate)
