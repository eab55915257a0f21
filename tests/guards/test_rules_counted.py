"""What an office sets counts: every step of a profile that ships is asked for by some room of the product."""

from __future__ import annotations

import ast

from app.deadlines.models import RETIRED, Step
from app.deadlines.seeds import shipped_profiles
from tests.guards.test_layers import APP, sources

ELSEWHERE = {APP / "deadlines" / "models.py", APP / "deadlines" / "seeds.py"}
"""Where steps are named without being counted."""


def asked_for() -> set[str]:
    """Names of steps that the product's code asks for."""
    return {
        node.attr
        for path in sources()
        if path not in ELSEWHERE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Step"
    }


def test_every_rule_that_ships_is_counted_somewhere():
    shipped = {rule.step for profile in shipped_profiles() for rule in profile.rules}
    assert shipped == set(Step) - RETIRED
    assert {step.name for step in shipped} - asked_for() == set()
