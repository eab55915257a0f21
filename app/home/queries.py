"""Reading for the home page around the list of work: the week, the news, the unit's own page, the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from app import clock, wordsearch
from app.audit.models import Event, EventSubject
from app.audit.sentences import DRAFTING
from app.audit.timeline import news
from app.documents import queries as documents
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Delivery, Document
from app.extensions import db
from app.followup.counting import reports_due
from app.home.work.following import unit_name
from app.home.work.together import Part, Rows, Together
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, Inspection, InspectionState, Visit, VisitState
from app.policy import Actor, Role
from app.remediation import queries as remediation
from app.remediation.models import Task
from app.units.models import Unit
from app.vietnamese import count, search_key, weekday
from app.web.parts import TimelineEntry

NEWS = 5
FOUND = 10
HALF_DAYS = {"morning": "Sáng", "afternoon": "Chiều", "whole": "Cả ngày"}


@dataclass(frozen=True)
class DayLine:
    """One line of a day: “Sáng.” and what happens."""

    lead: str
    text: str


@dataclass
class Day:
    """A day of the week with its lines."""

    on: date
    lines: list[DayLine] = field(default_factory=list)

    @property
    def label(self) -> str:
        """“Hôm nay” or the day's name."""
        return "Hôm nay" if self.is_today else weekday(self.on, capital=True)

    @property
    def is_today(self) -> bool:
        """Whether it is today."""
        return self.on == clock.today()


def week(actor: Actor) -> list[Day]:
    """This week, Monday to Sunday: visits the actor may know of and dates of reports. Days with lines."""
    visits, reports = _week_of(actor, clock.today()).read()
    return days_of_week(actor, visits, reports)


def days_of_week(actor: Actor, visits: Rows, reports: Rows) -> list[Day]:
    """The same of what `parts_of_week` read."""
    today = clock.today()
    first = today - timedelta(days=today.weekday())
    days = {first + timedelta(days=i): Day(first + timedelta(days=i)) for i in range(7)}
    for visit in visits:
        where = f"làm việc tại {visit.unit}" if actor.in_office else "Đoàn kiểm tra làm việc tại đơn vị"
        words = ", ".join(part for part in (where, visit.subteam) if part)
        days[visit.on_date].lines.append(
            DayLine(f"{HALF_DAYS[visit.half]}.", f"{visit.code}: {words}" if actor.in_office else words)
        )
    for due in reports:
        days[due.day].lines.append(DayLine("", f"Hạn báo cáo kết quả khắc phục: {count(due.many)} nội dung"))
    return [day for day in days.values() if day.lines or day.is_today]


@lru_cache(maxsize=64)
def _week_of(actor: Actor, today: date) -> Together:
    """Visits and dates of reports by one read, put together once a day for each person."""
    return Together.of(parts_of_week(actor, today))


def parts_of_week(actor: Actor, today: date) -> list[Part]:
    """Visits of this week; days on which reports are due."""
    first = today - timedelta(days=today.weekday())
    last = first + timedelta(days=6)
    return [Part(_visits(actor, first, last), list), Part(_reports(actor, first, last), list)]


def _visits(actor: Actor, first: date, last: date) -> sa.Select[*tuple[Any, ...]]:
    own = sa.and_(
        InspectedUnit.unit_id.in_(sorted(actor.unit_ids)),
        inspections.known_to_unit(),
        Inspection.state.not_in((InspectionState.DRAFT, InspectionState.TERMINATED)),
    )
    seen = inspections.visible_to(actor) if actor.in_office else own
    return (
        sa.select(
            Visit.on_date, sa.cast(Visit.half_day, sa.Text).label("half"),
            unit_name(InspectedUnit.unit_id).label("unit"), Visit.subteam, Inspection.code,
        )
        .join(InspectedUnit, InspectedUnit.id == Visit.inspected_unit_id)
        .join(Inspection, Inspection.id == InspectedUnit.inspection_id)
        .where(Visit.on_date.between(first, last), Visit.state != VisitState.NOT_HELD, seen)
        .order_by(Visit.on_date, Visit.half_day.desc(), Visit.id)
        .limit(40)
    )  # fmt: skip


def _reports(actor: Actor, first: date, last: date) -> sa.Select[*tuple[Any, ...]]:
    if Role.FOLLOWER in actor.roles:
        mine = Task.follower_id == actor.person_id
    elif actor.in_office:
        mine = remediation.visible_to(actor)
    else:
        mine = Task.lead_unit_id.in_(sorted(actor.unit_ids))
    return reports_due(first, last, mine)


_PLANNING = frozenset({Role.PLANNER, Role.LEADER, Role.CONTENT_CHECKER})
_NEWS_KINDS = ("task", "document", "notice", "inspection", "inspected_unit", "visit")


def recent(actor: Actor) -> list[TimelineEntry]:
    """Vừa cập nhật: the newest events about what the actor may see, each with its object."""
    return news(db.session.scalars(_recent(actor, clock.today())))


@lru_cache(maxsize=128)
def _recent(actor: Actor, _today: date) -> sa.Select[Event]:
    """Put together once a day for each person."""
    subject = sa.select(EventSubject.event_seq)
    if actor.roles & _PLANNING:
        seqs = subject.where(EventSubject.kind.in_(_NEWS_KINDS))
    elif actor.roles & {Role.FOLLOWER, Role.CLERK}:
        seqs = subject.where(EventSubject.kind.in_(("task", "document", "notice")))
    elif actor.in_office:
        cases = sa.select(Inspection.id).where(inspections.visible_to(actor))
        seqs = subject.where(EventSubject.kind == "inspection", EventSubject.object_id.in_(cases))
    else:
        own = sa.select(Task.id).where(remediation.visible_to(actor))
        seqs = subject.where(EventSubject.kind == "task", EventSubject.object_id.in_(own))
    if not actor.in_office:
        seqs = seqs.join(Event, Event.seq == EventSubject.event_seq).where(
            Event.name.not_in(sorted(DRAFTING))
        )
    newest = seqs.distinct().order_by(EventSubject.event_seq.desc()).limit(NEWS)
    return (
        sa.select(Event)
        .where(Event.seq.in_(newest))
        .options(lazyload(Event.subjects))
        .order_by(Event.seq.desc())
    )


def count_unacknowledged(actor: Actor) -> int:
    """How many, for the menu."""
    if not actor.unit_ids:
        return 0
    return db.session.scalar(_unacknowledged(tuple(sorted(actor.unit_ids)))) or 0


@lru_cache(maxsize=128)
def _unacknowledged(unit_ids: tuple[int, ...]) -> sa.Select[int]:
    """Built once for each unit: every page of its people asks."""
    return (
        sa.select(sa.func.count())
        .select_from(Delivery)
        .join(Document, Document.id == Delivery.document_id)
        .where(
            Delivery.unit_id.in_(unit_ids),
            Delivery.receipt.is_(None),
            Document.kind == DocumentKind.CONCLUSION_NOTICE,
            Document.state.in_(IN_FORCE),
        )
    )


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, what it is, where it opens."""

    text: str
    meta: str
    endpoint: str
    key: str
    id: int


@dataclass(frozen=True)
class Found:
    """What a search found, room by room."""

    units: Sequence[Hit]
    papers: Sequence[Hit]
    tasks: Sequence[Hit]
    cases: Sequence[Hit]

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return bool(self.units or self.papers or self.tasks or self.cases)


def search(actor: Actor, text: str) -> Found:
    """Units, papers, tasks and cases whose words hold all of `text`, marks or not; only what may be seen."""
    if not search_key(text).strip():
        return Found((), (), (), ())
    return Found(_units(actor, text), _papers(actor, text), _tasks(actor, text), _cases(actor, text))


def _units(actor: Actor, text: str) -> list[Hit]:
    query = (
        sa.select(Unit.id, unit_name(Unit.id), Unit.code)
        .where(*wordsearch.words_in(Unit.search, text))
        .order_by(Unit.valid_to.is_not(None), Unit.search, Unit.id)
        .limit(FOUND)
    )
    if not actor.in_office and Role.OBSERVER not in actor.roles:
        query = query.where(Unit.id.in_(sorted(actor.unit_ids)))
    rows = db.session.execute(query)
    return [Hit(name or code, f"Mã {code}", "accounts.unit", "unit_id", key) for key, name, code in rows]


def _papers(actor: Actor, text: str) -> list[Hit]:
    rows = db.session.scalars(
        sa.select(Document)
        .where(
            documents.visible_to(actor),
            Document.state.in_(documents.ISSUED),
            *wordsearch.words_in(Document.search, text),
        )
        .order_by(Document.issued_on.desc(), Document.id.desc())
        .limit(FOUND)
    )
    return [
        Hit(
            f"{row.number_and_symbol}, {row.issuer_name}",
            row.subject,
            "documents.show",
            "document_id",
            row.id,
        )
        for row in rows
    ]


def _tasks(actor: Actor, text: str) -> list[Hit]:
    rows = db.session.execute(
        sa.select(Task.id, Task.code, Task.text, unit_name(Task.lead_unit_id))
        .where(remediation.visible_to(actor), wordsearch.found(Task, text))
        .order_by(Task.id.desc())
        .limit(FOUND)
    )
    return [
        Hit(words, f"{code} · {unit}", "remediation.show", "task_id", key) for key, code, words, unit in rows
    ]


def _cases(actor: Actor, text: str) -> list[Hit]:
    if not actor.in_office:
        return []
    rows = db.session.execute(
        sa.select(Inspection.id, Inspection.code, Inspection.title)
        .where(inspections.visible_to(actor), *wordsearch.words_in(Inspection.search, text))
        .order_by(Inspection.id.desc())
        .limit(FOUND)
    )
    return [Hit(title, code, "inspections.show", "inspection_id", key) for key, code, title in rows]
