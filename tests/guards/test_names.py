"""Names say what things are: tables, columns, constraints, events, tests."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import sqlalchemy as sa

import app as product
from app.audit.sentences import SENTENCES
from app.db import Base, UtcInstant

product._models()
ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
SINGULAR_IN_S = {"minutes", "series", "legal_basis"}
INSTANTS = {"at", "run_at", "leased_until"}
DATES = {
    "acknowledge_by", "counted_from", "day", "effective_from", "effective_to", "from_on", "in_force_from",
    "in_force_to", "on_date", "review_from", "review_to", "to_on", "valid_from", "valid_to",
}  # fmt: skip
"""Dates that have a better name than `…_on`."""
LOOKED_AT = "answer.looked_at"
"""The papers that were looked at: no instant."""


def test_tables_are_singular_and_snake_case():
    wrong = [t.name for t in TABLES if not re.fullmatch(r"[a-z]+(_[a-z]+)*", t.name)]
    wrong += [
        t.name
        for t in TABLES
        if t.name.endswith("s") and not t.name.endswith("ss") and t.name not in SINGULAR_IN_S
    ]
    assert wrong == []


def test_instants_end_in_at_and_dates_in_on():
    wrong = []
    for table in TABLES:
        for column in table.columns:
            where, name = f"{table.name}.{column.name}", column.name
            if isinstance(column.type, UtcInstant):
                wrong += [where] if not (name.endswith("_at") or name in INSTANTS) else []
            elif isinstance(column.type, sa.Date):
                wrong += [where] if not (name.endswith("_on") or name in DATES) else []
            elif (where != LOOKED_AT and name.endswith(("_at", "_on"))) or name in INSTANTS | DATES:
                wrong.append(f"{where} is neither an instant nor a date")
            if isinstance(column.type, sa.DateTime):
                wrong.append(f"{where} takes naive instants")
    assert wrong == []


def test_constraints_are_named_by_the_convention():
    wrong = []
    for table in TABLES:
        for rule in table.constraints:
            prefix = {sa.CheckConstraint: "ck_", sa.UniqueConstraint: "uq_"}.get(type(rule))
            if prefix and not str(rule.name or prefix).startswith(prefix) and rule.name is None:
                wrong.append(f"{table.name}: {rule}")
        wrong += [
            f"{table.name}.{i.name}"
            for i in table.indexes
            if not str(i.name).startswith(("uq_" if i.unique else "ix_") + table.name)
        ]
    assert wrong == []


def test_lists_of_values_are_checks_that_end_in_known():
    wrong = []
    for table in TABLES:
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                if column.type.native_enum or not column.type.create_constraint:
                    wrong.append(f"{table.name}.{column.name} is no checked text")
                if not str(column.type.name).endswith("_known"):
                    wrong.append(f"{table.name}.{column.name}: {column.type.name}")
    assert wrong == []


def test_foreign_keys_are_called_after_what_they_point_to_or_who_did_it():
    wrong = [
        f"{table.name}.{key.parent.name}"
        for table in TABLES
        for key in table.foreign_keys
        if not key.parent.name.endswith(("_id", "_by", "event_seq"))
    ]
    assert wrong == []


def test_two_unique_rules_never_share_their_columns():
    """SQLite names the columns of a broken rule, not the rule."""
    wrong = []
    for table in TABLES:
        rules = [r for r in table.constraints if isinstance(r, sa.UniqueConstraint)] + [
            i for i in table.indexes if i.unique
        ]
        columns = [tuple(column.name for column in rule.columns) for rule in rules]
        wrong += [f"{table.name}: {c}" for c in columns if columns.count(c) > 1]
    assert wrong == []


@cache
def recorded() -> list[tuple[str, str]]:
    """(place, event) of every `audit.record("…")`."""
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "record"
            ):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", first.value))
    return found


def test_every_event_that_is_recorded_has_its_sentence():
    assert len(recorded()) > 20
    assert [f"{where} {name}" for where, name in recorded() if name not in SENTENCES] == []


def test_tests_are_sentences():
    """A test's name says what holds, in words: test_a_unit_never_learns_…; two words at least."""
    short = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.FunctionDef)
                and node.name.startswith("test_")
                and len(node.name.split("_")) < 4
            ):
                short.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert short == []


def test_files_of_tests_never_share_a_name():
    """Without packages, pytest imports them by their file name alone."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_test_is_skipped_or_expected_to_fail():
    words = ("pytest.mark." + "skip", "pytest." + "skip(", "mark." + "xfail", "pytest." + "xfail(")
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in words)
    ]
    assert wrong == []
