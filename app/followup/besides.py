"""Dates beside a task's own that people are reminded of: answers a leader waits for, steps of a schedule.

They climb the same ladder as the task's date and are told in the same mail. A step is reminded of before its
day and on it, no further, and nothing of either goes to the superior: what binds the unit is the task's date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Account
from app.deadlines.badge import running_badge
from app.deadlines.working_days import Calendar
from app.extensions import db
from app.followup.ladder import Ladder, Rung, last_rung
from app.followup.models import Reminder, was_reached
from app.remediation.models import Directive, ScheduleStep, Task, TaskSchedule
from app.remediation.queries import OWED_STATES, unanswered
from app.vietnamese import count, format_date

ANSWER, STEP = "answer", "step"
HEADINGS = {ANSWER: "Yêu cầu của lãnh đạo chờ trả lời:", STEP: "Việc trong lộ trình khắc phục:"}
SUBJECTS = {ANSWER: "yêu cầu chờ trả lời", STEP: "việc trong lộ trình"}
TOLD = {ANSWER: "trả lời yêu cầu, ", STEP: "việc trong lộ trình, "}
_AT_ONCE = 100
"""Dates in one statement."""
_LONGEST_WARNING = timedelta(days=75)
"""As far ahead as the largest setting of days before a date reaches, with days off before it."""


def is_beside() -> sa.ColumnElement[bool]:
    """A reminder of such a date, by the first word of its rung."""
    return sa.or_(*(Reminder.rung.startswith(f"{kind}-", autoescape=True) for kind in (ANSWER, STEP)))


def split(rung: str) -> tuple[str, str]:
    """“answer-over-5” → (“answer”, “over-5”); a rung of the task's own date → ("", rung)."""
    kind, _, rest = rung.partition("-")
    return (kind, rest) if kind in HEADINGS else ("", rung)


def _dates(today: date) -> sa.CTE:
    """(kind, task_id, day, profile, to_person_id, since) of what is open, as far ahead as ladders reach."""
    answers = (
        sa.select(
            sa.literal(ANSWER).label("kind"), Directive.task_id.label("task_id"),
            Directive.answer_due_on.label("day"), Task.profile.label("profile"),
            Directive.to_person_id.label("to_person_id"), Directive.asked_on.label("since"),
        )
        .join(Task, Task.id == Directive.task_id)
        .where(unanswered())
    )  # fmt: skip
    steps = (
        sa.select(
            sa.literal(STEP), TaskSchedule.task_id, ScheduleStep.due_on, Task.profile,
            sa.cast(sa.null(), sa.BigInteger), sa.cast(sa.null(), sa.Date),
        )
        .join(TaskSchedule, TaskSchedule.id == ScheduleStep.schedule_id)
        .join(Task, Task.id == TaskSchedule.task_id)
        .where(
            TaskSchedule.replaced_at.is_(None), ScheduleStep.done_on.is_(None), Task.state.in_(OWED_STATES)
        )
    )  # fmt: skip
    found = sa.union_all(answers, steps).subquery("every")
    return sa.select(found).where(found.c.day <= today + _LONGEST_WARNING).cte("beside")


def rungs(kind: str, day: date, ladder: Ladder, calendar: Calendar, today: date) -> Rung | None:
    """The rung that such a date has reached, named after its kind; a step's ladder ends on its day."""
    found = last_rung(day, ladder, calendar, today)
    if found is None:
        return None
    if kind == STEP and found.overdue_step:
        found = Rung("due", day)
    return replace(found, key=f"{kind}-{found.key}")


LadderOf = Callable[[str, date], Ladder]
PeopleOf = Callable[[date, sa.Select[Any]], sa.Subquery[Any]]
"""(day, SELECT of task_id) → (task_id, person_id): who is reminded of a task."""


def chosen(
    today: date, calendar: Calendar, ladder_of: LadderOf, people_of: PeopleOf
) -> Iterator[sa.Select[Any]]:
    """(task, person, day, rung, rung_on) of what is to be told, as many dates at once as a database takes.

    Who answers is whom the question was put to, else whoever is reminded of the task (`people_of`). What was
    past when it was asked was told by the question itself.
    """
    if not calendar.is_working(today):
        return
    dates = _dates(today)
    ladders: dict[str, Ladder] = {}
    reached = []
    for kind, day, profile in db.session.execute(
        sa.select(dates.c.kind, dates.c.day, dates.c.profile).distinct().order_by(dates.c.day, dates.c.kind)
    ).all():
        if profile not in ladders:
            ladders[profile] = ladder_of(profile, today)
        rung = rungs(kind, day, ladders[profile], calendar, today)
        if rung is not None:
            reached.append((kind, day, profile, rung.key, rung.on))
    for begin in range(0, len(reached), _AT_ONCE):
        yield _of(today, dates, reached[begin : begin + _AT_ONCE], people_of)


def _of(today: date, dates: sa.CTE, rows: list[tuple[Any, ...]], people_of: PeopleOf) -> sa.Select[Any]:
    rung = (
        sa.values(
            sa.column("kind", sa.Text()), sa.column("day", sa.Date()), sa.column("profile", sa.Text()),
            sa.column("rung", sa.Text()), sa.column("rung_on", sa.Date()),
        ).data(rows).cte("beside_reached")
    )  # fmt: skip
    of_unit = sa.select(dates.c.task_id).where(dates.c.to_person_id.is_(None))
    people = people_of(today, sa.select(Task.id.label("task_id")).where(Task.id.in_(of_unit)))
    person_id = sa.func.coalesce(dates.c.to_person_id, people.c.person_id)
    told = sa.exists().where(
        Reminder.task_id == dates.c.task_id, Reminder.person_id == person_id,
        Reminder.due_on == dates.c.day, was_reached(Reminder, rung, today),
        Reminder.rung.startswith(dates.c.kind),
    )  # fmt: skip
    return (
        sa.select(dates.c.task_id, person_id.label("person_id"), dates.c.day, rung.c.rung, rung.c.rung_on)
        .join(
            rung,
            sa.and_(
                rung.c.kind == dates.c.kind, rung.c.day == dates.c.day, rung.c.profile == dates.c.profile
            ),
        )
        .outerjoin(
            people, sa.and_(people.c.task_id == dates.c.task_id, dates.c.to_person_id.is_(None))
        )
        .where(
            ~told, sa.exists().where(Account.person_id == person_id, Account.active),
            sa.or_(dates.c.since.is_(None), dates.c.since < rung.c.rung_on),
        )
        .distinct()
        .order_by(dates.c.task_id, sa.literal_column("2"), dates.c.day)
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One such date in a mail: its kind, the unit that it is about, its words."""

    kind: str
    unit: str
    words: str


def lines(person_id: int, told: Collection[tuple[int, date]], today: date, calendar: Calendar) -> list[Line]:
    """What of these (task, day) still waits, nearest day first."""
    if not told:
        return []
    tasks = sorted({task_id for task_id, _ in told})
    asked = db.session.scalars(
        sa.select(Directive)
        .join(Task, Task.id == Directive.task_id)
        .where(
            unanswered(), Directive.task_id.in_(tasks),
            sa.or_(Directive.to_person_id.is_(None), Directive.to_person_id == person_id),
        )
        .order_by(Directive.answer_due_on, Directive.id)
    ).all()  # fmt: skip
    steps = db.session.scalars(
        sa.select(ScheduleStep)
        .join(ScheduleStep.schedule)
        .join(TaskSchedule.task)
        .where(
            TaskSchedule.replaced_at.is_(None), ScheduleStep.done_on.is_(None),
            TaskSchedule.task_id.in_(tasks), Task.state.in_(OWED_STATES),
        )
        .order_by(ScheduleStep.due_on, ScheduleStep.id)
    ).all()  # fmt: skip

    def line(kind: str, task: Task, day: date, words: str) -> Line:
        badge = running_badge(day, today, calendar).text
        return Line(kind, task.lead_unit.name, f"{badge} (hạn {format_date(day)}): {words.rstrip('.')}.")

    return [
        *(
            line(ANSWER, one.task, one.answer_due_on, f"{one.label}: {one.task.text}")
            for one in asked
            if (one.task_id, one.answer_due_on) in told
        ),
        *(
            line(STEP, one.schedule.task, one.due_on, one.text)
            for one in steps
            if (one.schedule.task_id, one.due_on) in told
        ),
    ]


def counted(found: Sequence[Line]) -> list[str]:
    """“02 yêu cầu chờ trả lời”, “01 việc trong lộ trình”."""
    many = {kind: sum(line.kind == kind for line in found) for kind in HEADINGS}
    return [f"{count(n)} {SUBJECTS[kind]}" for kind, n in many.items() if n]
