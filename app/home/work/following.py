"""Tasks that wait for their follower: submitted ones first, overdue, due soon, to be reviewed; and ageing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.models import StepDate
from app.documents.models import Document
from app.findings import queries as findings
from app.followup import conditions
from app.followup.counting import Sets
from app.home.work.item import Item
from app.home.work.together import Part, Rows
from app.policy import Actor, Role
from app.register.models import Conclusion
from app.remediation import queries as remediation
from app.remediation.lateness import badge_of, position_of
from app.remediation.models import ExpectedResult, ExtensionRequest, ResultState, Task, TaskState
from app.remediation.queries import BY_FIRST_DAY, DATED_KINDS, OWED_STATES, overdue, to_review
from app.units.models import UnitVersion
from app.vietnamese import count, format_date

MOST = 50
REQUESTS = 10
"""Undecided requests for more time in one list of work; the others stand behind one line, in their own."""
VERIFY_GROUP = "Đã báo cáo, chờ thẩm tra"


def unit_name(unit_id: Any) -> sa.ScalarSelect[str]:
    """The name in force today of the unit, as a column."""
    return (
        sa.select(UnitVersion.name)
        .where(UnitVersion.unit_id == unit_id, UnitVersion.from_on <= clock.today())
        .order_by(UnitVersion.from_on.desc())
        .limit(1)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class Counted:
    """How much this person follows that something is to be done about, as the list tells it; and the rest."""

    over: int
    soon: int
    wait: int
    quiet: int

    @property
    def by_key(self) -> dict[str, int]:
        """What the list tells apart: over, soon, wait."""
        return {"over": self.over, "soon": self.soon, "wait": self.wait}


def count_of_follower(actor: Actor, today: date, one_step: bool) -> Part:
    """All that this person follows and all they may decide in another's place, as one `Counted`."""
    mine = Sets(Task.follower_id == actor.person_id)
    quiet = sa.and_(
        conditions.open_in_time(today),
        Task.state != TaskState.SUBMITTED,
        sa.not_(sa.func.coalesce(conditions.due_soon(today), sa.false())),
        sa.not_(sa.func.coalesce(to_review(today), sa.false())),
    )
    anothers: sa.ColumnElement[int] = sa.literal(0)
    if Role.CONTENT_CHECKER in actor.roles:
        found = sa.select(sa.func.count()).select_from(Task).where(_in_anothers_place(actor, one_step))
        anothers = found.scalar_subquery()
    wait = mine.how_many(sa.or_(conditions.waiting(), to_review(today))) + anothers
    query = sa.select(
        mine.how_many(overdue(today)).label("over"), mine.how_many(conditions.due_soon(today)).label("soon"),
        wait.label("wait"), mine.how_many(quiet).label("quiet"),
    )  # fmt: skip
    return Part(query, lambda rows: [Counted(row.over, row.soon, row.wait, row.quiet) for row in rows])


def of_follower(actor: Actor, today: date, one_step: bool) -> Part:
    """What this person follows and must do something about: reports to verify first, then by date."""
    order = (Task.state != TaskState.SUBMITTED, BY_FIRST_DAY, Task.id)

    def first_of(*which: sa.ColumnElement[bool]) -> sa.Select[Any]:
        nearest = sa.select(Task.id).where(*which).order_by(BY_FIRST_DAY, Task.id).limit(MOST)
        return sa.select(nearest.subquery().c.id)

    follows = Task.follower_id == actor.person_id
    parts = [first_of(follows, Task.state == TaskState.SUBMITTED)]
    if Role.CONTENT_CHECKER in actor.roles:
        parts.append(first_of(_in_anothers_place(actor, one_step)))
    due = sa.or_(overdue(today), conditions.due_soon(today), to_review(today))
    soon = today + conditions.SOON >= BY_FIRST_DAY
    for state in (*OWED_STATES, TaskState.WATCHING):  # each is walked in its order, no further than needed
        parts.append(first_of(follows, Task.state == state, soon, due))
    parts.append(first_of(follows, to_review(today), sa.not_(soon)))  # looked at again before its date
    chosen = sa.union_all(*parts).subquery("chosen")
    query = (
        sa.select(
            Task.id, Task.code, Task.text, Task.state, Task.deadline_kind, Task.review_on,
            Task.submitted_on, Task.completed_on, Task.converted, Task.proof_due_on,
            Task.term.label("term"),
            unit_name(Task.lead_unit_id).label("unit"),
            Document.number, Document.symbol, Document.issued_on,
            Conclusion.number_and_symbol.label("past"), Conclusion.concluded_on,
        )
        .where(Task.id.in_(sa.select(chosen.c.id)))
        .outerjoin(Document, Document.id == Task.document_id)
        .outerjoin(Conclusion, Conclusion.id == Task.conclusion_id)
        .order_by(*order)
        .limit(MOST)
    )  # fmt: skip

    def items(rows: Rows) -> list[Item]:
        calendar = deadlines.current_calendar()
        found = []
        for row in rows:
            where = position_of(
                row.deadline_kind, row.term, row.review_on, row.state, row.submitted_on, row.completed_on,
                proof_due_on=row.proof_due_on, converted=row.converted,
            )  # fmt: skip
            verb, button, first = _words(row, today)
            number = row.past or f"{row.number:02d}/{row.symbol}"
            day = format_date(row.concluded_on or row.issued_on)
            meta = f"{row.unit} · Thông báo số {number} ngày {day}"
            if row.state is TaskState.SUBMITTED and row.submitted_on:
                meta = f"{row.unit} · gửi ngày {format_date(row.submitted_on)} · {row.code}"
            found.append(
                Item(
                    verb=verb,
                    text=row.text,
                    meta=meta,
                    endpoint="remediation.show",
                    values={"task_id": row.id},
                    button=button,
                    due_on=row.term or row.review_on,
                    first=first,
                    badge=badge_of(where, today, calendar),
                    date_label="Thời hạn" if row.term else "Rà soát",
                )
            )
        return found

    return Part(query, items)


def plans_missing(actor: Actor) -> list[Item]:
    """Units that this person follows and that sent no plan of remediation yet, by the date of the rule."""
    return [
        Item(
            verb="Chờ kế hoạch khắc phục",
            text=f"{one.unit.name}, Thông báo số {one.notice.number_and_symbol}",
            meta=one.date.rule_text,
            endpoint="remediation.plan_number_for_unit",
            values={"unit_id": one.unit.id, "notice": one.notice.id},
            button="Ghi kế hoạch",
            due_on=one.date.due_on,
        )
        for one in remediation.list_plans_owed(follower_id=actor.person_id)
    ]


def proposals_to_answer(today: date) -> Part:
    """What units proposed that nobody answers yet, or not by the day: lines of the list of proposals."""
    return Part(findings.unanswered_counts(today), lambda rows: _proposals(rows[0]))


def _proposals(found: Any) -> list[Item]:
    lines = (
        (found.late, "Đôn đốc", "kiến nghị của đơn vị quá hạn trả lời"),
        (found.unrouted, "Xác định", "kiến nghị của đơn vị chưa rõ cơ quan, hạn trả lời"),
    )
    return [
        Item(
            verb=verb,
            text=f"{count(many)} {what}",
            meta="Cơ quan, hạn trả lời và kết quả trả lời được báo lại cho đơn vị",
            endpoint="findings.proposals",
            values={"waiting": 1},
            button="Mở danh sách",
        )
        for many, verb, what in lines
        if many
    ]


def late_steps(actor: Actor, today: date) -> list[Item]:
    """Steps past their day of schedules that units made for what this person follows."""
    return [
        Item(
            verb="Bước lộ trình quá ngày",
            text=step.text,
            meta=f"{step.schedule.task.lead_unit.name} · {step.schedule.task.code} · {step.answerable}",
            endpoint="remediation.show",
            values={"task_id": step.schedule.task_id},
            button="Xem lộ trình",
            due_on=step.due_on,
            date_label="Bước này",
        )
        for step in remediation.list_late_steps(today, follower_id=actor.person_id)
    ]


def to_hand_over(today: date) -> Part:
    """One line while dissolved units still owe something that no unit of today has been given."""
    return Part(remediation.counted_left(today), lambda rows: _left(rows[0].tasks, rows[0].notices))


def _left(tasks: int, notices: int) -> list[Item]:
    parts = [f"{count(tasks)} nội dung khắc phục"] if tasks else []
    parts += [f"việc tiếp nhận {count(notices)} thông báo"] if notices else []
    if not parts:
        return []
    return [
        Item(
            verb="Bàn giao",
            text=f"{' và '.join(parts)} của đơn vị đã chấm dứt hoạt động",
            meta="Giao đơn vị kế thừa đang hoạt động; thời hạn giữ nguyên",
            endpoint="remediation.handovers",
            button="Bàn giao",
        )
    ]


def to_take_over(actor: Actor) -> list[Item]:
    """Lists by which this person took over as follower and which they have not acknowledged."""
    return [
        Item(
            verb="Nhận bàn giao",
            text=f"{count(number)} nội dung khắc phục do đồng chí {row.giver.name} bàn giao",
            meta=f"Theo dõi từ ngày {format_date(row.from_on)} · {row.reason}",
            endpoint="remediation.handing",
            values={"list_id": row.id},
            button="Xem, xác nhận",
        )
        for row, number in remediation.list_handings(actor.person_id)
    ]


def to_answer(actor: Actor, today: date) -> list[Item]:
    """What leaders asked this person about tasks given to them; and what they asked and nobody answered."""
    to_me, late = remediation.list_questions(actor, today)
    found = [
        Item(
            verb="Trả lời",
            text=f"{row.label}: {row.text}",
            meta=f"{row.task.lead_unit.name} · {row.task.code} · {row.asker.name} chỉ đạo",
            endpoint="remediation.answer",
            values={"directive_id": row.id},
            button="Trả lời",
            due_on=row.answer_due_on,
            date_label="Trả lời",
        )
        for row in to_me
    ]
    found += [
        Item(
            verb="Chưa trả lời",
            text=f"{row.label}: {row.text}",
            meta=f"{row.who} · {row.task.code}",
            endpoint="remediation.show",
            values={"task_id": row.task_id},
            button="Xem nội dung",
            due_on=row.answer_due_on,
            date_label="Trả lời",
        )
        for row in late
    ]
    return found


def to_decide(actor: Actor) -> Part:
    """More time that units ask for, to be granted or refused: the oldest, and one line for the others."""
    query = (
        sa.select(
            Task.id, Task.text, Task.code, Task.due_on, unit_name(Task.lead_unit_id).label("unit"),
            ExtensionRequest.requested_on, ExtensionRequest.old_due_on, ExtensionRequest.new_due_on,
            StepDate.due_on.label("answer_on"), sa.func.count().over().label("many"),
        )
        .join(ExtensionRequest, ExtensionRequest.task_id == Task.id)
        .outerjoin(StepDate, StepDate.request_id == ExtensionRequest.id)
        .where(remediation.waits_for_decision(actor))
        .order_by(ExtensionRequest.requested_on, ExtensionRequest.id)
        .limit(REQUESTS)
    )  # fmt: skip

    def items(rows: Rows) -> list[Item]:
        shown = [_request(row) for row in rows]
        others = rows[0].many - len(rows) if rows else 0
        return [*shown, _other_requests(others)] if others else shown

    return Part(query, items)


def _request(row: Any) -> Item:
    """By the day of the answer; sooner where the date that is asked to move comes first."""
    sooner = row.due_on is not None and clock.today() <= row.due_on < (row.answer_on or row.due_on)
    by_answer = row.answer_on is not None and not sooner
    return Item(
        verb="Đề nghị gia hạn",
        text=row.text,
        meta=f"{row.unit} · {row.code} · hạn {format_date(row.old_due_on)}, "
        f"đề nghị đến ngày {format_date(row.new_due_on)}"
        + (" · đề nghị sau hạn" if row.requested_on > row.old_due_on else ""),
        endpoint="remediation.show",
        values={"task_id": row.id},
        button="Xem đề nghị",
        due_on=row.answer_on if by_answer else row.due_on,
        date_label="Trả lời" if by_answer else "Thời hạn",
    )


def _other_requests(many: int) -> Item:
    return Item(
        verb="Đề nghị gia hạn",
        text=f"còn {count(many)} đề nghị khác chờ quyết định",
        meta="Danh sách đầy đủ, đề nghị gửi trước xếp trên",
        endpoint="remediation.extension_requests",
        button="Mở danh sách",
    )


def _in_anothers_place(actor: Actor, one_step: bool) -> sa.ColumnElement[bool]:
    """For the head of the division: what its follower may not accept alone.

    Reports that the follower keyed in; where the office accepts in two steps, what was verified and proposed.
    """
    stuck: sa.ColumnElement[bool] = sa.and_(
        Task.reported_by == Task.follower_id, Task.reported_by != actor.person_id
    )
    if not one_step:
        of_task = ExpectedResult.task_id == Task.id
        by_others = sa.exists().where(of_task, ExpectedResult.decided_by != actor.person_id)
        proposed = by_others & ~sa.exists().where(of_task, ExpectedResult.state != ResultState.ACCEPTED)
        stuck = sa.or_(stuck, sa.and_(proposed, Task.follower_id != actor.person_id))
    return sa.and_(Task.state == TaskState.SUBMITTED, stuck)


def _words(row: Any, today: date) -> tuple[str, str, str]:
    if row.state is TaskState.SUBMITTED:
        return "Thẩm tra", "Thẩm tra", VERIFY_GROUP
    if row.deadline_kind not in DATED_KINDS and row.term is None:
        return "Rà soát", "Rà soát", ""
    if row.term is not None and row.term < today:
        return "Đôn đốc", "Đôn đốc", ""
    return "Nhắc", "Xem nội dung", ""
