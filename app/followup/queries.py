"""The follow-up table: one read for a page of lines, one for all figures, one for what may be chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app import clock
from app.accounts.models import Appointment, AppointmentKind, Person
from app.deadlines import queries as deadlines
from app.deadlines.badge import DeadlineKind, Position, Progress, days_late, progress
from app.deadlines.working_days import Calendar
from app.documents.models import Document
from app.documents.states import OVER
from app.extensions import db
from app.findings.models import Finding
from app.followup import conditions
from app.followup.counting import Sets
from app.followup.filters import Filters, conditions_of
from app.inspections.models import InspectedUnit
from app.inspections.queries.visible import WATCHERS
from app.policy import Actor, Role
from app.register.models import Conclusion
from app.remediation.lateness import badge_of, position_of, state_tag
from app.remediation.models import (
    PRODUCT_LABELS,
    ExpectedResult,
    Extension,
    Product,
    ProgressReport,
    Task,
    TaskProof,
    TaskState,
    progress_file,
    task_coordinating_unit,
    task_finding,
)
from app.remediation.queries import BY_DAY, by_day, keyset, next_answer
from app.units.models import UnitVersion
from app.vietnamese import count, format_date
from app.web.paging import Cursor, Page, slice_page
from app.web.parts import Badge, State

PAGE = 25
EXPORTED = 5000
"""Lines on a print-out; the reader is told when there are more."""

NOTICED_ON = sa.func.coalesce(Conclusion.concluded_on, Document.issued_on)
"""The day of the notice, ours or a past one."""


@dataclass(frozen=True)
class Line:
    """One line of the table, with the columns of the official sheet (users.md §2.9) as plain values."""

    id: int
    version: int
    code: str
    document_id: int | None
    notice: str
    inspected_unit: str
    findings: str
    text: str
    products: str
    lead_unit_id: int
    lead: str
    lead_person: str
    coordinating: str
    head: str
    kind: DeadlineKind
    original_due_on: date | None
    due_on: date | None
    by_day: str
    review_on: date | None
    supplement_on: date | None
    extensions: int
    state: TaskState
    position: Position
    progress: Progress
    badge: Badge
    tag: State
    result: str
    evidence: str
    completed_on: date | None
    overdue_days: int
    urged_count: int
    urged_reference: str
    verdict: str
    follower_id: int | None
    follower: str
    updated_at: datetime
    note: str
    answer_due_on: date | None

    @property
    def updated_day(self) -> str:
        """“22/9” this year, “22/9/2025” of another."""
        day = clock.local(self.updated_at).date()
        text = format_date(day)
        return text.rsplit("/", 1)[0] if day.year == clock.today().year else text

    @property
    def first_due_on(self) -> date | None:
        """The date that was notified first."""
        return self.original_due_on or self.due_on


def name_of(unit_id: Any, today: date) -> sa.ScalarSelect[str]:
    """The name in force today of the unit, as a column."""
    return (
        sa.select(UnitVersion.name)
        .where(UnitVersion.unit_id == unit_id, UnitVersion.from_on <= today)
        .order_by(UnitVersion.from_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def _joined(column: Any, source: Any, separator: str) -> sa.ScalarSelect[str]:
    """All values of `column` of `source` in one text."""
    return sa.select(sa.func.aggregate_strings(column, separator)).select_from(source).scalar_subquery()


def _columns(today: date) -> list[sa.ColumnElement[Any]]:
    last = (
        sa.select(ProgressReport.id)
        .where(ProgressReport.task_id == Task.id)
        .order_by(ProgressReport.id.desc())
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )

    def of_last(column: Any) -> sa.ScalarSelect[Any]:
        return sa.select(column).where(ProgressReport.id == last).correlate(Task).scalar_subquery()

    found = (
        sa.select(Finding.description)
        .join(task_finding, task_finding.c.finding_id == Finding.id)
        .where(task_finding.c.task_id == Task.id)
        .order_by(Finding.ordinal)
        .correlate(Task)
        .subquery()
    )
    helpers = (
        sa.select(name_of(task_coordinating_unit.c.unit_id, today).label("name"))
        .where(task_coordinating_unit.c.task_id == Task.id)
        .correlate(Task)
        .subquery()
    )
    results = (
        sa.select((sa.cast(ExpectedResult.product, sa.Text) + "\t" + ExpectedResult.text).label("name"))
        .where(ExpectedResult.task_id == Task.id)
        .order_by(ExpectedResult.id)
        .correlate(Task)
        .subquery()
    )
    head = (
        sa.select(Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.unit_id == Task.lead_unit_id,
            Appointment.kind == AppointmentKind.HEAD,
            Appointment.from_on <= today,
            sa.or_(Appointment.to_on.is_(None), Appointment.to_on >= today),
        )
        .order_by(Appointment.from_on.desc())
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )
    files = (
        sa.select(sa.func.count())
        .select_from(progress_file)
        .where(progress_file.c.progress_id == last)
        .correlate(Task)
        .scalar_subquery()
    )
    proved = (
        sa.select(
            (sa.cast(TaskProof.counted_to_on, sa.Text) + " " + sa.cast(TaskProof.settled_on, sa.Text)).label(
                "days"
            )
        )
        .where(TaskProof.task_id == Task.id, TaskProof.settled_on.is_not(None))
        .correlate(Task)
        .subquery()
    )
    asked, old = sa.cast(Extension.requested_on, sa.Text), sa.cast(Extension.old_due_on, sa.Text)
    extended = (
        sa.select((old + " " + asked).label("days"))
        .where(Extension.task_id == Task.id)
        .correlate(Task)
        .subquery()
    )
    return [
        Document.number.label("number"), Document.symbol.label("symbol"), NOTICED_ON.label("noticed_on"),
        Conclusion.number_and_symbol.label("past"), Document.state.label("notice_state"),
        name_of(sa.func.coalesce(InspectedUnit.unit_id, Task.concluded_unit_id), today).label("inspected"),
        name_of(Task.lead_unit_id, today).label("lead"),
        _joined(found.c.description, found, "; ").label("findings"),
        _joined(helpers.c.name, helpers, ", ").label("coordinating"),
        _joined(results.c.name, results, "\n").label("products"),
        head.label("head"), _joined(extended.c.days, extended, "\n").label("extended"),
        _joined(proved.c.days, proved, "\n").label("proved"), files.label("files"),
        of_last(ProgressReport.text).label("last_text"),
        of_last(ProgressReport.document_reference).label("last_reference"),
        of_last(ProgressReport.document_on).label("last_on"),
        Person.name.label("follower"), next_answer().label("answer_due_on"),
    ]  # fmt: skip


def _select(actor: Actor, filters: Filters) -> sa.Select[Any]:
    return _lines(clock.today()).where(*conditions_of(actor, filters))


@lru_cache(maxsize=4)
def _lines(today: date) -> sa.Select[Any]:
    """SELECT of every line, to be narrowed: built once a day."""
    task = [column for column in Task.__table__.columns if column.key != "search"]
    return (
        sa.select(*task, Task.term.label("term"), *_columns(today))
        .select_from(Task)
        .outerjoin(InspectedUnit, InspectedUnit.id == Task.inspected_unit_id)
        .outerjoin(Document, Document.id == Task.document_id)
        .outerjoin(Conclusion, Conclusion.id == Task.conclusion_id)
        .outerjoin(Person, Person.id == Task.follower_id)
    )


def _line(row: Any, today: date, calendar: Calendar) -> Line:
    extended, proved = (
        [line.split() for line in (told or "").splitlines()] for told in (row.extended, row.proved)
    )
    where = position_of(
        row.deadline_kind,
        row.term,
        row.review_on,
        row.state,
        row.submitted_on,
        row.completed_on,
        sum(
            max(0, (date.fromisoformat(ended) - date.fromisoformat(due)).days)
            for due, ended in [*extended, *proved]
        ),
        proof_due_on=row.proof_due_on,
        converted=row.converted,
    )
    evidence = ""
    if row.last_reference:
        evidence = f"{row.last_reference}, {format_date(row.last_on)}"
    elif row.files:
        evidence = f"{count(row.files)} tệp"
    notice = row.past or (f"{row.number:02d}/{row.symbol}" if row.number is not None else "")
    if notice:
        over = f" ({OVER[row.notice_state]})" if row.notice_state in OVER else ""
        notice = f"{notice}, {format_date(row.noticed_on)}{over}"
    return Line(
        id=row.id, version=row.version, code=row.code, document_id=row.document_id, notice=notice,
        inspected_unit=row.inspected or "", findings=row.findings or "", text=row.text,
        products=_products(row.products or ""), lead_unit_id=row.lead_unit_id, lead=row.lead or "",
        lead_person=row.lead_person, coordinating=row.coordinating or "", head=row.head or "",
        kind=row.deadline_kind, original_due_on=row.original_due_on, due_on=row.due_on,
        by_day=by_day(row.due_on, row.proof_due_on), review_on=row.review_on,
        supplement_on=row.supplement_on if row.term not in (row.due_on, row.proof_due_on) else None,
        extensions=len(extended), state=row.state, position=where, progress=progress(where, today),
        badge=badge_of(where, today, calendar), tag=_tag(row.state), result=row.last_text or "",
        evidence=evidence, completed_on=row.completed_on if row.state is TaskState.ACCEPTED else None,
        overdue_days=days_late(where, today), urged_count=row.urged_count,
        urged_reference=row.last_urged_reference, verdict=row.verdict, follower_id=row.follower_id,
        follower=row.follower or "", updated_at=row.updated_at, note=row.note,
        answer_due_on=row.answer_due_on,
    )  # fmt: skip


def _tag(state: TaskState) -> State:
    """The state as the narrow column says it: "Chờ thẩm tra" is how tables call a submitted task."""
    return State("wait", "Chờ thẩm tra") if state is TaskState.SUBMITTED else state_tag(state)


def _products(text: str) -> str:
    found = []
    for line in text.splitlines():
        kind, _, words = line.partition("\t")
        label = PRODUCT_LABELS[Product(kind)]
        found.append(f"{label}: {words}" if words else label)
    return "; ".join(found)


def table(actor: Actor, filters: Filters, cursor: Cursor | None = None, *, size: int = PAGE) -> Page[Line]:
    """A page of lines by date, then id. Cursor: (ISO date, id)."""
    today, calendar = clock.today(), deadlines.current_calendar()
    rows = db.session.execute(_page(actor, filters, cursor, size, today))
    lines = [_line(row, today, calendar) for row in rows]
    return slice_page(lines, size=size, cursor=cursor, key=lambda line: (line.by_day, line.id))


@lru_cache(maxsize=64)
def _page(actor: Actor, filters: Filters, cursor: Cursor | None, size: int, today: date) -> sa.Select[Any]:
    """Built once a day for each person and page."""
    chosen = keyset(sa.select(Task.id).where(*conditions_of(actor, filters)), BY_DAY, cursor)
    page = chosen.limit(size + 1).subquery("page")
    backwards = cursor is not None and cursor.backwards
    order = [key.desc() if backwards else key for key in (BY_DAY, Task.id)]
    return _lines(today).join(page, page.c.id == Task.id).order_by(*order)


def find_line(actor: Actor, task_id: int) -> Line | None:
    """One line of the whole table, whatever the filters."""
    row = db.session.execute(_select(actor, Filters()).where(Task.id == task_id)).first()
    return None if row is None else _line(row, clock.today(), deadlines.current_calendar())


def lines_from(actor: Actor, filters: Filters, task_id: int, size: int) -> list[Line]:
    """At most `size` lines of the narrowed table in its order, beginning with that one; none without it."""
    first = find_line(actor, task_id)
    if first is None:
        return []
    cursor = Cursor((first.by_day, first.id))
    return [first, *(table(actor, filters, cursor, size=size - 1) if size > 1 else ())]


def lines_of_codes(actor: Actor, codes: Collection[str]) -> dict[str, Line]:
    """Lines of the whole table by their codes, by one read; what the actor may not see is left out."""
    today, calendar = clock.today(), deadlines.current_calendar()
    rows = db.session.execute(_select(actor, Filters()).where(Task.code.in_(sorted(codes))))
    return {row.code: _line(row, today, calendar) for row in rows}


@dataclass(frozen=True)
class Four:
    """The four figures of the lines of a print-out, and how many lines there are."""

    total: int = 0
    done_on_time: int = 0
    done_late: int = 0
    open_in_time: int = 0
    open_late: int = 0


@dataclass(frozen=True)
class Whole:
    """The narrowed table at one instant: lines in its order (at most `EXPORTED`), how many more, figures."""

    at: datetime
    lines: list[Line]
    left_out: int
    four: Four


def whole_table(actor: Actor, filters: Filters) -> Whole:
    """Everything a print-out says by one SELECT, so that lines and figures are of the same instant."""
    at, today, calendar = clock.now(), clock.today(), deadlines.current_calendar()
    met = conditions_of(actor, filters)
    sets = Sets(*met)
    numbers = sa.select(
        sets.total().label("total"),
        *(sets.how_many(figure).label(f"figure_{n}") for n, figure in enumerate(conditions.four(today))),
    ).subquery("numbers")
    page = sa.select(Task.id).where(*met).order_by(BY_DAY, Task.id).limit(EXPORTED).subquery("page")
    query = (
        _lines(today)
        .join(page, page.c.id == Task.id)
        .join(numbers, sa.true())
        .add_columns(*numbers.c)
        .order_by(BY_DAY, Task.id)
    )
    rows = db.session.execute(query).all()
    four = Four(*(int(rows[0]._mapping[column.key]) for column in numbers.c)) if rows else Four()
    return Whole(at, [_line(row, today, calendar) for row in rows], four.total - len(rows), four)


def sees_names(actor: Actor) -> bool:
    """Whether officers' names may be shown: not to observers, nor to who only inspects (a team's guests)."""
    return bool(actor.roles & WATCHERS) or not actor.roles & {Role.OBSERVER, Role.INSPECTOR}
