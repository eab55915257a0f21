"""Processes of their own for tests: how many race, and what they start with."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.context import ForkServerContext

DEEP = os.environ.get("KL_DEEP") == "1"
RACERS = 4 if DEEP else 2
"""How many do the same thing at one moment: two truly race on two cores, and each takes seconds to start."""

PACKAGES = [
    "alembic", "babel", "bs4", "factory", "flask_babel", "flask_migrate", "flask_security",
    "flask_sqlalchemy", "flask_wtf", "html5lib", "importlinter", "lxml.html", "openpyxl", "pytest",
    "sqlalchemy.orm", "weasyprint", "wtforms",
]  # fmt: skip


def warm() -> ForkServerContext:
    """Processes that start with the packages loaded, and nothing of the product."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PACKAGES)
    return context
