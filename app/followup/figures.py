"""The numbers around the follow-up table and what its filters offer: one read each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app import clock
from app.accounts.models import Appointment, AppointmentKind, Person
from app.documents.models import Document
from app.extensions import db
from app.followup import conditions
from app.followup.conditions import QUIET_DAYS
from app.followup.counting import Sets
from app.followup.filters import Filters, conditions_of
from app.followup.queries import name_of
from app.form_library.models import CriterionGroup
from app.policy import Actor
from app.register.models import Conclusion
from app.remediation.models import Task, TaskState
from app.remediation.queries import late_answers, visible_to
from app.units.models import Unit
from app.vietnamese import format_date


@dataclass(frozen=True)
class Figures:
    """The numbers above and below the table, all from one read."""

    done_on_time: int
    done_late: int
    open_in_time: int
    open_late: int
    owed_late: int
    total: int
    waiting: int
    late_1_7: int
    late_8_30: int
    late_over_30: int
    recurring: int
    undated: int
    no_evidence: int
    quiet: int
    converted: int
    converted_lacking: int
    not_answered: int
    notices: int
    units: int


@dataclass(frozen=True)
class Choices:
    """What the filters offer: (id, label)."""

    notices: Sequence[tuple[str, str]]
    units: Sequence[tuple[str, str]]
    heads: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, str]]
    followers: Sequence[tuple[str, str]]


def figures(actor: Actor, filters: Filters) -> Figures:
    """All numbers of the page by one SELECT; they follow every filter but the deadline's own."""
    query = _figures(actor, replace(filters, state=""), clock.today())
    return Figures(*(int(value) for value in db.session.execute(query).one()))


MORE = (
    Task.id, Task.follower_id, Task.lead_unit_id, Task.document_id, Task.conclusion_id, Task.recurs,
    Task.has_evidence, Task.updated_at,
)  # fmt: skip
"""What the figures look at besides state and days."""


@lru_cache(maxsize=64)
def _figures(actor: Actor, base: Filters, today: date) -> sa.Select[*tuple[Any, ...]]:
    """In the order of `Figures`: of the whole table by the kept counts, of some tasks by one walk.

    Built once a day for each person and filter.
    """
    met = conditions_of(actor, base)
    sets = Sets(*met, more=MORE)

    def how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        """Of what no kept count tells."""
        if not sets.kept:
            return sets.how_many(condition)
        return sa.select(sa.func.count()).select_from(Task).where(*met, condition).scalar_subquery()

    return sa.select(
        *(sets.how_many(figure) for figure in conditions.four(today)),
        sets.how_many(conditions.owed_late(today)),
        sets.total(),
        sets.how_many(conditions.waiting()),
        *(sets.how_many(conditions.overdue_between(today, *days)) for days in conditions.AGEING),
        how_many(conditions.recurring()),
        sets.how_many(conditions.undated()),
        how_many(conditions.done_without_evidence()),
        how_many(conditions.untouched(today - timedelta(days=QUIET_DAYS))),
        sets.how_many(conditions.converted()),
        how_many(conditions.converted_lacking(today)),
        how_many(late_answers(today)),
        *(_named_by_many(met) if sets.kept else _named_by_some(sets)),
    )


def _named_by_some(sets: Sets) -> list[sa.ColumnElement[int]]:
    """How many notices and how many units the tasks name: read off few tasks."""
    source = sa.func.coalesce(-sets.column("conclusion_id"), sets.column("document_id"))
    return [sa.func.count(source.distinct()), sa.func.count(sets.column("lead_unit_id").distinct())]


def _named_by_many(met: Sequence[sa.ColumnElement[bool]]) -> list[sa.ScalarSelect[int]]:
    """The same of many tasks: asked of each notice and unit, which an index answers by its first task."""
    papers, past, units = (
        sa.select(sa.func.count()).select_from(kind).where(sa.exists().where(*met, *link)).scalar_subquery()
        for kind, link in (
            (Document, (Task.document_id == Document.id, Task.conclusion_id.is_(None))),
            (Conclusion, (Task.conclusion_id == Conclusion.id,)),
            (Unit, (Task.lead_unit_id == Unit.id,)),
        )
    )
    return [sa.type_coerce(papers + past, sa.BigInteger()), units]  # type: ignore[list-item]


def choices(actor: Actor, only: Filters | None = None) -> Choices:
    """Notices, units, heads, groups and followers that occur among what the actor sees: one read.

    `only` = those alone that are chosen already: no read while nothing is.
    """
    query = _choices(actor, clock.today()) if only is None else _chosen(actor, clock.today(), only)
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, key, label in db.session.execute(query).all() if query is not None else ():
        found.setdefault(kind, []).append((key, label or ""))
    return Choices(
        notices=[(key, _notice(label)) for key, label in reversed(found.get("notice", []))],
        units=found.get("unit", []),
        heads=found.get("head", []),
        groups=found.get("group", []),
        followers=found.get("follower", []),
    )


@lru_cache(maxsize=64)
def _choices(actor: Actor, today: date) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """SELECT of (kind, key, label): built once a day for each person."""
    parts = [part for part, _key, _chosen in _offered(actor, today, Filters())]
    return sa.union(*parts).order_by(sa.literal_column("1, 3"))


def _chosen(actor: Actor, today: date, filters: Filters) -> sa.CompoundSelect[*tuple[Any, ...]] | None:
    if not (filters.notice or filters.unit_id or filters.group or filters.follower_id or filters.head_id):
        return None
    offered = _offered(actor, today, filters)
    parts = [part.where(key == chosen) for part, key, chosen in offered if chosen]
    return sa.union(*parts) if parts else None


def _offered(actor: Actor, today: date, filters: Filters) -> list[tuple[Any, Any, int | str]]:
    """SELECT of (kind, key, label), the column of the key, and what is chosen of it."""

    def named(*link: sa.ColumnElement[bool]) -> sa.Exists:
        return sa.exists().where(visible_to(actor), Task.state != TaskState.WITHDRAWN, *link)

    day = sa.cast(Document.issued_on, sa.Text)
    number = day + " " + sa.cast(Document.number, sa.Text) + "/" + Document.symbol
    newest = sa.select(sa.func.max(CriterionGroup.version_id)).scalar_subquery()
    return [
        (
            sa.select(sa.literal("notice"), sa.cast(Document.id, sa.Text), number)
            .where(named(Task.document_id == Document.id, Task.conclusion_id.is_(None))),
            Document.id, filters.document_id,
        ),
        (
            sa.select(
                sa.literal("notice"), sa.literal("c") + sa.cast(Conclusion.id, sa.Text),
                sa.cast(Conclusion.concluded_on, sa.Text) + " " + Conclusion.number_and_symbol,
            )
            .where(named(Task.conclusion_id == Conclusion.id)),
            Conclusion.id, filters.conclusion_id,
        ),
        (
            sa.select(sa.literal("unit"), sa.cast(Unit.id, sa.Text), name_of(Unit.id, today))
            .where(named(Task.lead_unit_id == Unit.id)),
            Unit.id, filters.unit_id,
        ),
        (
            sa.select(sa.literal("group"), CriterionGroup.code, CriterionGroup.short_title)
            .where(CriterionGroup.version_id == newest),
            CriterionGroup.code, filters.group,
        ),
        (
            sa.select(sa.literal("follower"), sa.cast(Person.id, sa.Text), Person.name)
            .where(named(Task.follower_id == Person.id)),
            Person.id, filters.follower_id,
        ),
        (
            sa.select(sa.literal("head"), sa.cast(Person.id, sa.Text), Person.name)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(
                named(Task.lead_unit_id == Appointment.unit_id),
                Appointment.kind == AppointmentKind.HEAD, Appointment.from_on <= today,
                sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
            ),
            Person.id, filters.head_id,
        ),
    ]  # fmt: skip


def _notice(label: str) -> str:
    """“05/TB-SNV, 12/8/2026” of “2026-08-12 5/TB-SNV”."""
    day, _, rest = label.partition(" ")
    number, _, symbol = rest.partition("/")
    told = f"{int(number):02d}" if number.isdigit() else number  # a past one keeps its letter: “18a”
    return f"{told}/{symbol}, {format_date(date.fromisoformat(day))}"
