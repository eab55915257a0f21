"""What inspections hang into the rooms below them."""

from __future__ import annotations

from flask import Flask

from app.inspections import queries
from app.inspections.services.recut import recut_cases
from app.register import panels
from app.units import holds


def register(_app: Flask) -> None:
    """A succession by which a scope was made stays; the end of a unit cuts what decided cases ask of it; the
    register knows whose case a mandate is."""
    holds.add(queries.relies_on)
    holds.add(queries.relies_on_recut)
    holds.add_follower(recut_cases)
    panels.provide_cases(queries.cases_by_mandate)
