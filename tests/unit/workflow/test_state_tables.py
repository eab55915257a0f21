"""Every table of transitions of the product: each state named and reached, each event in words."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from app.audit.sentences import SENTENCES
from app.workflow import Table

ROOT = Path(__file__).resolve().parents[3]


def tables() -> list[Table]:
    found = []
    for path in sorted((ROOT / "app").glob("*/states.py")):
        module = import_module(f"app.{path.parent.name}.states")
        found += [value for value in vars(module).values() if isinstance(value, Table)]
    return found


TABLES = tables()


def test_the_aggregates_of_the_design_have_their_tables():
    assert len(TABLES) >= 5
    assert len({table.name for table in TABLES}) == len(TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_has_its_vietnamese_name(table):
    states = {state for t in table.transitions for state in (*t.sources, t.target)}
    kinds = {type(state) for state in states}
    assert len(kinds) == 1, "one aggregate, one kind of state"
    assert set(table.labels) == set(kinds.pop()), "a state without a name, or a name without a state"
    assert all(label.strip() and label[0].isupper() for label in table.labels.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_but_the_first_can_be_reached(table):
    first = next(iter(type(next(iter(table.labels)))))
    reached, grown = {first}, True
    while grown:
        more = {t.target for t in table.transitions if set(t.sources) & reached} - reached
        reached |= more
        grown = bool(more)
    assert reached == set(table.labels)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_one_verb_has_one_way_from_a_state(table):
    ways = [(t.verb, source) for t in table.transitions for source in t.sources]
    assert sorted(ways) == sorted(set(ways))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_event_is_past_tense_snake_case_and_has_its_sentence(table):
    for transition in table.transitions:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", transition.event), transition.event
        assert transition.event in SENTENCES, f"{transition.event} has no sentence for the timeline"
