"""Every rule of the database has a sentence for people, and bites, on the engine of this run."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.constraint_messages import MESSAGES
from app.db import Base
from app.errors import constraint_of, explain_integrity, message_of
from app.extensions import db
from tests.conftest import ENGINE
from tests.guards.bites import CHECKS, LATE, UNIQUE
from tests.guards.rows import INSTANT, row, value_for
from tests.guards.trigger_bites import TRIGGERS
from tests.migrations.schema import describe, written

MADE_IN_PASSING = ("series_counter",)
"""Written with ON CONFLICT DO NOTHING, which a question before INSERT would turn into a refusal."""
CLAIMS = ("claim_overlap", "claim_below_higher", "claim_above_needs_reason", "claim_outside_unit_life")
OTHERS = ("focal_point_one_at_a_time",)
"""Rules about one claim beside another: the last tests of this file."""


def rules(text: str) -> set[str]:
    """Names of every CHECK, UNIQUE, EXCLUDE, unique index and trigger's rule in a described schema."""
    found = set(re.findall(r"CONSTRAINT \"?((?:ck|uq)_\w+)", text))
    found |= set(re.findall(r"CREATE UNIQUE INDEX (\w+)", text))
    found |= set(re.findall(r"CONSTRAINT (\w+) EXCLUDE", text))
    found |= set(re.findall(r"RAISE\(ABORT, '(\w+)'\)", text)) | set(re.findall(r"refuse\('(\w+)'\)", text))
    return {name for name in found if not name.startswith("pk_")}


@pytest.fixture
def known(session) -> set[str]:
    return rules(describe(session.connection()))


def lists_of_values() -> set[str]:
    """CHECKs that only say which values there are."""
    return {
        f"ck_{table.name}_{column.type.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Enum)
    }


def test_every_rule_has_a_sentence(known):
    assert sorted(name for name in known if message_of(name) is None) == []
    assert sorted(name for name in known - lists_of_values() if name not in MESSAGES) == []


def test_every_sentence_has_a_rule(known):
    other = "sqlite" if ENGINE == "postgresql" else "postgresql"
    assert sorted(set(MESSAGES) - known - rules(written(other).read_text(encoding="utf-8"))) == []


def test_every_rule_but_lists_of_values_is_made_to_bite_below(known):
    unique = {name for name in known if name.startswith("uq_")}
    tried = (
        {"never_emptied"} | set(CHECKS) | unique | {rule for rule, *_ in TRIGGERS} | set(CLAIMS) | set(OTHERS)
    )
    assert sorted(known - lists_of_values() - tried) == [], "write down what breaks it, in bites.py"
    assert sorted((set(CHECKS) | set(UNIQUE) | {rule for rule, *_ in TRIGGERS}) - known) == []


def spelled(values: dict[str, Any]) -> dict[str, Any]:
    """ "=person" → the key of a person made for this row; "now" → an instant."""
    made: dict[str, Any] = {}

    def one(value: Any) -> Any:
        if value == "now":
            return INSTANT
        if value == "=concluded_item":
            item = row("scope_item")["id"]
            row("claim", scope_item_id=item, conclusion_id=row("conclusion")["id"])
            return item
        if value == "=follow_up_item":
            unit = row("inspected_unit", inspection_id=row("inspection", kind="follow_up")["id"])
            return row("scope_item", inspected_unit_id=unit["id"])["id"]
        if value == "=past_notice":
            row("conclusion", mandate_id=row("mandate", kind="own")["id"])
            return row("conclusion", mandate_id=row("mandate", kind="historic")["id"])["id"]
        if value == "=entered":
            row("document")  # a draft, which is no paper of a conclusion
            return row("mandate", kind="other_body")["id"]
        if value in ("=concluded_finding", "=passed_on_finding"):
            row("finding")  # a draft beside it
            return value_for(
                Base.metadata.tables["answerable" if "concluded" in value else "referral"].c.finding_id
            )
        if value == "=closed_book":
            return row("book", closed_at=INSTANT)["series_id"]
        if value == "=numbered":
            return row("number", state="reserved")["series_id"]
        if value == "=claimed":
            return value
        if isinstance(value, str) and value.startswith("="):
            made.setdefault(value, row(value[1:])["id"])
            return made[value]
        return value

    return {name: one(value) for name, value in values.items()}


def refused(rule: str, act: Any) -> None:
    """The act breaks just this rule, and the refusal is explained by its sentence."""
    with pytest.raises(IntegrityError) as error, db.session.begin_nested():
        act()
    assert constraint_of(error.value) == rule
    explained = explain_integrity(error.value)
    assert explained is not None and explained.message == MESSAGES[rule]


@pytest.mark.parametrize("rule", CHECKS)
def test_the_check_bites(session, rule):
    table, broken = CHECKS[rule]
    with session.begin_nested() as savepoint:
        row(table)
        savepoint.rollback()
    values = spelled(broken)
    refused(rule, lambda: row(table, **values))


def unique_rules() -> dict[str, tuple[str, list[str]]]:
    """name → (table, columns) of every unique constraint and index of the models."""
    found = {}
    for table in Base.metadata.tables.values():
        for rule in [*table.constraints, *table.indexes]:
            if isinstance(rule, sa.UniqueConstraint) or (isinstance(rule, sa.Index) and rule.unique):
                columns = [column.name for column in rule.columns]
                name = str(rule.name) if rule.name else f"uq_{table.name}_" + "_".join(columns)
                found[name] = (table.name, columns)
    return found


@pytest.mark.parametrize("rule", sorted(name for name in MESSAGES if name.startswith("uq_")))
def test_two_rows_alike_are_one_too_many(session, rule):
    table, columns = unique_rules()[rule]
    values = spelled(UNIQUE.get(rule, {}))
    first = row(table, **values)
    refused(rule, lambda: row(table, **{**values, **{column: first[column] for column in columns}}))


@pytest.mark.parametrize(
    "case", range(len(TRIGGERS)), ids=lambda n: f"{TRIGGERS[n][0]}-{TRIGGERS[n][1]}-{TRIGGERS[n][3][:12]}"
)
def test_the_trigger_bites(session, case):
    rule, table, values, act = TRIGGERS[case]
    made = _lawful(table, values)
    key = " AND ".join(
        f"{column.name} = {made[column.name]}" for column in Base.metadata.tables[table].primary_key
    )
    statement = (
        f"DELETE FROM {table} WHERE {key}" if act == "DELETE" else f"UPDATE {table} SET {act} WHERE {key}"
    )
    refused(rule, lambda: db.session.execute(sa.text(statement)))


def _lawful(table: str, values: dict[str, Any]) -> dict[str, Any]:
    if "=claimed" in values.values():
        return {"id": row("claim")[f"{table}_id"]}
    if "=referred" in values.values():
        return {"id": row("referral")[f"{table}_id"]}
    if "=noticed" in values.values():
        made = row(table, **spelled({name: value for name, value in values.items() if value != "=noticed"}))
        row("notice", document_id=made["id"])
        return made
    return row(table, **spelled(values))


if ENGINE == "sqlite":

    @pytest.mark.parametrize("table", sorted({table for _, table, _, act in TRIGGERS if act == "DELETE"}))
    @pytest.mark.parametrize("recursive", ["ON", "OFF"])
    def test_insert_or_replace_is_no_way_round(session, table, recursive):
        """REPLACE asks no DELETE trigger unless `recursive_triggers` is on: so INSERT is asked."""
        rule, _, values, _ = next(t for t in TRIGGERS if t[1] == table and t[3] == "DELETE")
        made = _lawful(table, values)
        key = " AND ".join(f"{c.name} = {made[c.name]}" for c in Base.metadata.tables[table].primary_key)
        if recursive == "OFF" and table in MADE_IN_PASSING:
            return
        session.execute(sa.text(f"PRAGMA recursive_triggers = {recursive}"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(sa.text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {key}"))
        session.execute(sa.text("PRAGMA recursive_triggers = ON"))
        assert rule in MESSAGES


if ENGINE == "postgresql":

    def test_truncate_is_no_way_round(session):
        """TRUNCATE asks no trigger of a row; the tables that must not be emptied have one of their own."""
        tables = re.findall(r"BEFORE TRUNCATE ON public\.(\w+)", describe(session.connection()))
        assert {"event", "claim", "conclusion", "coverage"} <= set(tables)
        for table in tables:
            refused("never_emptied", partial(session.execute, sa.text(f"TRUNCATE {table} CASCADE")))


def box(of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same unit, content, part and days as another claim's, changed."""
    same = ("unit_id", "content_id", "part_from", "part_to", "starts_on", "ends_on", "level")
    return {**{name: of[name] for name in same}, **changes}


def test_two_claims_of_one_level_never_overlap(session):
    first = row("claim")
    refused(
        "claim_overlap", lambda: row("claim", **box(first, starts_on=first["starts_on"].replace(month=6)))
    )
    row("claim", **box(first, starts_on=first["ends_on"], ends_on=first["ends_on"].replace(year=2026)))


def test_a_unit_has_one_focal_point_on_any_day(session):
    first = row("focal_point", to_on=LATE)
    unit, day = first["unit_id"], LATE + timedelta(days=1)
    refused("focal_point_one_at_a_time", lambda: row("focal_point", unit_id=unit, from_on=LATE))
    points = Base.metadata.tables["focal_point"]
    after = row("focal_point", unit_id=unit, from_on=day)
    refused(
        "focal_point_one_at_a_time",
        lambda: session.execute(sa.update(points).where(points.c.id == after["id"]).values(from_on=LATE)),
    )


def test_a_lower_level_never_takes_what_a_higher_one_holds(session):
    first = row("claim", level=30)
    refused("claim_below_higher", lambda: row("claim", **box(first, level=20)))


def test_a_higher_level_says_why_it_goes_over_a_lower_one(session):
    first = row("claim", level=20)
    refused("claim_above_needs_reason", lambda: row("claim", **box(first, level=30)))
    refused("claim_above_needs_reason", lambda: row("claim", **box(first, level=30, override_reason="  ")))
    row("claim", **box(first, level=30, override_reason="Đơn phản ánh"))


def test_a_claim_stays_within_the_life_of_its_unit(session):
    unit = row("unit", valid_from=INSTANT.date().replace(month=3))["id"]
    refused("claim_outside_unit_life", lambda: row("claim", unit_id=unit))
    ended = row("unit", valid_to=INSTANT.date().replace(month=3))["id"]
    refused("claim_outside_unit_life", lambda: row("claim", unit_id=ended))
