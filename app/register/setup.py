"""What the register hangs into the rooms below it."""

from __future__ import annotations

from flask import Flask

from app.form_library import panels
from app.register import replaced


def register(_app: Flask) -> None:
    """Publishing a form tells what stands on its contents."""
    panels.provide_standing(replaced.standing_on)
