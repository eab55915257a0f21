"""The one mail a day to each person who was reminded: what it says, and how it gets out.

A mail leaves at most once: it is marked before it is handed to the server, and one that was marked by a
process which died then is shown as unclear, never sent again. A server that refuses or cannot be reached is
asked again, on other days too, until it takes the mail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from app import clock
from app.accounts.models import Account, Person
from app.accounts.queries import gets_mail, list_holders
from app.deadlines import queries as deadlines
from app.deadlines.badge import CONVERTED, running_badge
from app.deadlines.settings import FOLLOW_UP_UNIT
from app.deadlines.working_days import Calendar
from app.documents.models import Document
from app.extensions import db
from app.followup import besides, proposed
from app.followup.besides import Line
from app.followup.models import Mail, MailState, Message, Reminder
from app.followup.proposed import News
from app.followup.reminding import Due
from app.policy import Role
from app.postbox import Letter, NotDelivered, Refused, Unclear, postbox
from app.remediation.lateness import proof_missing
from app.remediation.models import Task
from app.remediation.queries import HAS_TERM, OPEN_STATES, URGED_STATES
from app.vietnamese import count, format_date

TOLD = (
    Task.text, Task.state, Task.converted, Task.due_on, Task.proof_due_on, Task.supplement_on,
    Task.lead_unit_id, Task.document_id, Task.conclusion_id,
)  # fmt: skip
"""What a mail tells of a task."""
SAID_BY = (Document.number, Document.symbol, Document.issued_on, Document.issuer_name)
PEOPLE = 20
"""Mails written in one transaction: others write in between."""
MOST = 30
"""Lines of one notice in a mail; the rest is counted."""
AGAIN = timedelta(minutes=10)
GIVEN_UP = timedelta(days=14)
ASKED = (
    "Đề nghị đồng chí chỉ đạo thực hiện và cập nhật kết quả. Trường hợp đơn vị đã có văn bản báo cáo, chỉ "
    "cần nhập số, ký hiệu và ngày của văn bản. Trường hợp chưa thể hoàn thành, gửi đề nghị gia hạn, nêu rõ "
    "lý do và thời hạn mới."
)
FOOT = "Thư này được gửi tự động để nhắc việc, không thay thế công văn đôn đốc."


def write_mails(today: date, address: str) -> int:
    """Put what was not told yet into the mail of the day, one a person; how many mails were written.

    `address` is where the product is found. Who has had the mail of this day gets the rest with the next.
    """
    return sum(write_in_parts(today, address))


def write_in_parts(today: date, address: str) -> Iterator[int]:
    """The same, how many mails of some people at a time; the caller may commit after each.

    Nothing on a day off: what was left over from the working day before it waits for the next one.
    """
    calendar = deadlines.current_calendar(today)
    if not calendar.is_working(today):
        return
    waiting = db.session.scalars(_to_be_told(today)).all()
    for begin in range(0, len(waiting), PEOPLE):
        people = waiting[begin : begin + PEOPLE]
        had = _hold(people, today)
        yield sum(_write(person_id, today, calendar, address) for person_id in people if person_id not in had)


def _to_be_told(today: date) -> sa.Select[int]:
    """People with something that no mail has told, who have not had the mail of the day."""
    told = sa.union(
        sa.select(Reminder.person_id).where(Reminder.mail_id.is_(None)),
        sa.select(Message.person_id).where(proposed.untold()),
    ).subquery("told")
    had = sa.exists().where(Mail.person_id == told.c.person_id, Mail.told_on == today)
    reached = sa.exists().where(Account.person_id == told.c.person_id, gets_mail())
    return sa.select(told.c.person_id).where(~had, reached).order_by(told.c.person_id)


def _hold(people: Sequence[int], today: date) -> set[int]:
    """Who of them has had the mail of the day; whoever writes to one of them at this moment waits."""
    db.session.execute(
        sa.select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update(key_share=True)
    )
    had = sa.select(Mail.person_id).where(Mail.person_id.in_(people), Mail.told_on == today)
    return set(db.session.scalars(had))


def _write(person_id: int, today: date, calendar: Calendar, address: str) -> bool:
    untold = sa.and_(Reminder.person_id == person_id, Reminder.mail_id.is_(None))
    own = sa.select(Reminder.task_id).where(untold, sa.not_(besides.is_beside()))
    rest = db.session.execute(sa.select(Reminder.task_id, Reminder.due_on).where(untold, besides.is_beside()))
    told = {(task_id, day) for task_id, day in rest}
    heard = proposed.waiting(person_id)
    worded = _worded(person_id, own, told, heard.values(), today, calendar, address)
    if worded is None:
        # done or withdrawn meanwhile: there is nothing left to tell; what was handed in may come back
        followed = sa.select(Task.id).where(Task.state.in_(OPEN_STATES))
        db.session.execute(sa.delete(Reminder).where(untold, Reminder.task_id.not_in(followed)))
        return False
    mail = _mail_of(worded, today)
    db.session.add(mail)
    db.session.flush()
    db.session.execute(sa.update(Reminder).where(untold).values(mail_id=mail.id))
    if heard:
        db.session.execute(sa.update(Message).where(Message.id.in_(heard)).values(mail_id=mail.id))
    return True


@dataclass(frozen=True)
class Worded:
    """What a mail of a day says, and to whom."""

    person_id: int
    address: str
    subject: str
    body: str


def _mail_of(worded: Worded, today: date) -> Mail:
    return Mail(
        person_id=worded.person_id,
        told_on=today,
        address=worded.address,
        subject=worded.subject,
        body=worded.body,
    )


def _worded(
    person_id: int, task_ids: Any, told: Collection[tuple[int, date]], proposal_ids: Collection[int],
    today: date, calendar: Calendar, address: str,
) -> Worded | None:  # fmt: skip
    """The words of one person's mail on these tasks (a SELECT or ids), on other dates (`told`: task, day) and
    on proposals; None: nothing is left to tell."""
    tasks = db.session.scalars(
        sa.select(Task)
        .where(Task.id.in_(task_ids), Task.state.in_(URGED_STATES), HAS_TERM, Task.term.is_not(None))
        .options(
            lazyload(Task.results),
            load_only(*TOLD),
            joinedload(Task.lead_unit),
            joinedload(Task.document).load_only(*SAID_BY),
            joinedload(Task.conclusion),
        )
        .order_by(Task.term, Task.id)
    ).all()  # fmt: skip
    person = db.session.get_one(Person, person_id, options=[selectinload(Person.appointments)])
    to = db.session.scalar(sa.select(Account.email).where(Account.person_id == person_id, gets_mail()))
    lines = besides.lines(person_id, told, today, calendar) if to is not None else []
    news = proposed.news_for(person_id, proposal_ids) if to is not None else []
    if to is None or not (tasks or lines or news):
        return None
    body = body_of(person, tasks, today, calendar, address, lines, news)
    return Worded(person_id, to, subject_of(tasks, today, lines, news), body)


def plan(today: date, address: str, due: Iterable[Due]) -> list[Worded]:
    """The mails that a run on that day writes when `due` are its reminders, by person; writes nothing."""
    calendar = deadlines.current_calendar(today)
    if not calendar.is_working(today):
        return []
    told: dict[int, set[int]] = {}
    rest: dict[int, set[tuple[int, date]]] = {}
    untold = db.session.execute(
        sa.select(Reminder.person_id, Reminder.task_id, Reminder.due_on, Reminder.rung).where(
            Reminder.mail_id.is_(None)
        )
    )
    fresh = ((one.person_id, one.task_id, one.due_on, one.rung) for one in due)
    for person_id, task_id, day, rung in [*untold, *fresh]:
        own = told.setdefault(person_id, set())
        if besides.split(rung)[0]:
            rest.setdefault(person_id, set()).add((task_id, day))
        else:
            own.add(task_id)
    had = set(db.session.scalars(sa.select(Mail.person_id).where(Mail.told_on == today)))
    heard = set(db.session.scalars(sa.select(Message.person_id).where(proposed.untold())))
    worded = []
    for person_id in sorted((told.keys() | heard) - had):
        asked = proposed.waiting(person_id).values() if person_id in heard else ()
        of_tasks, of_dates = sorted(told.get(person_id, ())), rest.get(person_id, ())
        worded.append(_worded(person_id, of_tasks, of_dates, asked, today, calendar, address))
    mails = [one for one in worded if one is not None]
    reached = {one.person_id for one in mails}
    return mails + [one for one in _to_keepers(today, address) if one.person_id not in reached]


def list_waiting(today: date) -> Sequence[Mail]:
    """Mails of earlier that a run on that day tries again, the oldest first; none on a day off."""
    if not deadlines.current_calendar(today).is_working(today):
        return []
    return db.session.scalars(
        sa.select(Mail).where(_to_try(today)).options(joinedload(Mail.person)).order_by(Mail.id)
    ).all()


def _to_try(today: date) -> sa.ColumnElement[bool]:
    again = sa.and_(Mail.state == MailState.FAILED, Mail.told_on >= today - GIVEN_UP)
    return sa.or_(Mail.state == MailState.WAITING, again)


def tell_keepers(today: date, address: str) -> int:
    """Mail who keeps the calendar that a year waits for its announcement: once for each year and person.

    Not on a day off; who has had another mail this day gets it on the next. Returns how many were written.
    """
    worded = _to_keepers(today, address, hold=True)
    db.session.add_all(_mail_of(one, today) for one in worded)
    db.session.flush()
    return len(worded)


def _to_keepers(today: date, address: str, *, hold: bool = False) -> list[Worded]:
    waiting = deadlines.year_to_confirm(today)
    if waiting is None or not deadlines.current_calendar(today).is_working(today):
        return []
    subject = f"Lịch làm việc năm {waiting.year}: chưa xác nhận theo thông báo chính thức"
    keepers = {person.id: person for person in list_holders(Role.ADMINISTRATOR, on=today)}
    if hold:
        _hold(sorted(keepers), today)
    told = sa.exists().where(
        Mail.person_id == Account.person_id, sa.or_(Mail.told_on == today, Mail.subject == subject)
    )
    ways = db.session.execute(
        sa.select(Account.person_id, Account.email)
        .where(Account.person_id.in_(keepers), gets_mail(), ~told)
        .order_by(Account.person_id)
    ).all()
    return [
        Worded(
            person_id,
            to,
            subject,
            f"Kính gửi: Đồng chí {keepers[person_id].name}.\n\n"
            f"Lịch làm việc năm {waiting.year} {waiting.told}. Thời hạn rơi vào năm {waiting.year} đang được "
            "tính theo các ngày này. Đề nghị đối chiếu thông báo chính thức, nhập ngày nghỉ, ngày làm bù "
            f"kèm số, ngày văn bản.\n\nMở lịch (cần đăng nhập): {address}/calendar?year={waiting.year}\n",
        )
        for person_id, to in ways
    ]


def subject_of(
    tasks: Sequence[Task], today: date, lines: Sequence[Line] = (), news: Sequence[News] = ()
) -> str:
    """“Nhắc việc khắc phục sau kiểm tra: 01 nội dung quá hạn, 02 nội dung đến hạn ngày 30/9/2026 – …”."""
    over = [task for task in tasks if _term(task) < today and not task.converted]
    parts = [f"{count(len(over))} nội dung quá hạn"] if over else []
    parts += besides.counted(lines)
    for term, same in groupby(
        sorted((task for task in tasks if task not in over), key=_term), key=lambda task: task.term
    ):
        assert term is not None
        parts.append(f"{count(len(list(same)))} nội dung đến hạn ngày {format_date(term)}")
    parts += proposed.counted(news)
    named = [task.lead_unit.name for task in tasks] + [one.unit for one in lines]
    units = list(dict.fromkeys([*named, *(one.unit for one in news)]))
    where = units[0] if len(units) == 1 else f"{count(len(units))} đơn vị"
    more = f", {count(len(parts) - 3)} việc khác" if len(parts) > 3 else ""
    what = "Nhắc việc khắc phục sau kiểm tra" if tasks or lines else "Kiến nghị của đơn vị"
    return f"{what}: {', '.join(parts[:3])}{more} – {where}"


def body_of(
    person: Person, tasks: Sequence[Task], today: date, calendar: Calendar, address: str,
    rest: Sequence[Line] = (), news: Sequence[News] = (),
) -> str:  # fmt: skip
    """The words of users' practice: no names of officers, no codes of files, and where to go on."""
    post = person.post_on(today)
    lines = [f"Kính gửi: Đồng chí {person.name}{', ' + post if post else ''}.", ""]

    def place(task: Task) -> tuple[str, str]:
        source = task.source
        return task.lead_unit.name, source.citation if source is not None else ""

    by_place = sorted(tasks, key=lambda task: (*place(task), _term(task), task.id))
    for (unit, citation), same in groupby(by_place, key=place):
        lines += [f"Theo {citation}, đến ngày {format_date(today)} {unit} còn các nội dung sau:"]
        owed = list(same)
        for number, task in enumerate(owed[:MOST], 1):
            badge = CONVERTED if task.converted else running_badge(_term(task), today, calendar).text
            missing = proof_missing(task, today)
            when = f"{badge} (thời hạn {format_date(_term(task))}){', ' + missing if missing else ''}"
            lines.append(f"{number}. {when}: {task.text.rstrip('.')}.")
        if len(owed) > MOST:
            lines.append(f"… và {count(len(owed) - MOST)} nội dung khác.")
        lines.append("")
    for kind, heading in besides.HEADINGS.items():
        listed = [one.words for one in rest if one.kind == kind]
        lines += [heading, *(f"{n}. {words}" for n, words in enumerate(listed, 1)), ""] if listed else []
    lines += proposed.lines(news)
    office = deadlines.setting(FOLLOW_UP_UNIT, today)
    lines += [ASKED, ""] if tasks or rest else []
    lines += [f"Xem và cập nhật (cần đăng nhập): {address}/", f"Đầu mối: {office}.", "", FOOT]
    return "\n".join(lines) + "\n"


def _term(task: Task) -> date:
    assert task.term is not None, "only dated tasks are reminded of"
    return task.term


def next_to_send() -> Mail | None:
    """The next mail that is to be tried, marked as under way; the caller commits, then calls `hand_over`.

    None on a day off, on which nobody is disturbed: what waits leaves on the next working day.
    """
    moment = clock.now()
    if not deadlines.current_calendar(clock.today()).is_working(clock.today()):
        return None
    mail = db.session.scalar(
        sa.select(Mail)
        .where(
            _to_try(clock.today()),
            sa.or_(
                Mail.state == MailState.WAITING,
                Mail.tried_at < moment - AGAIN,
                Mail.tried_at > moment + AGAIN,  # by a clock that has been put back since
            ),
        )
        .order_by(Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is not None:
        mail.state, mail.tried_at, mail.attempts = MailState.SENDING, moment, mail.attempts + 1
        db.session.flush()
    return mail


def hand_over(mail: Mail) -> bool:
    """Give it to the server and write what became of it; whether others may follow. The caller commits.

    A mail that this server would not take is tried again later and keeps no other from leaving. One that was
    handed over without an answer stays marked as under way: it may have arrived, and leaves at most once.
    """
    try:
        postbox.send(Letter(f"nhac-viec-{mail.id}", mail.address, mail.subject, mail.body))
    except NotDelivered as error:
        mail.error = str(error)
        if not isinstance(error, Unclear):
            mail.state = MailState.FAILED
        db.session.flush()
        return isinstance(error, Refused)
    mail.state, mail.sent_at, mail.error = MailState.SENT, clock.now(), ""
    db.session.flush()
    return True
