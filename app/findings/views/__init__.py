"""Screens of findings: one finding and what the team decides of it; what the units say for themselves."""

from app.findings.views import findings, proposals
from app.findings.views.blueprint import bp

__all__ = ["bp", "findings", "proposals"]
