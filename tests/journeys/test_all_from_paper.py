"""A unit without a single account is followed as well as one with ten: everything comes in from its papers.

Its head changes half-way, too: the list of the hand-over is printed, signed, and its number entered.
"""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts import services as posts
from app.accounts.models import AppointmentKind, Person
from app.accounts.services import Post
from app.audit.models import Event
from app.documents.models import ReceiptKind
from app.followup import reminding
from app.remediation import services
from app.remediation.models import DirectiveKind, HandingList, Task, TaskState
from app.remediation.periods import answerable
from app.remediation.values import DirectiveValues
from tests import cast
from tests.factories import remediation as made
from tests.journeys.walk import Walk

pytestmark = pytest.mark.slow

DUE, CHANGED = date(2026, 9, 10), date(2026, 9, 16)
BEFORE, AFTER = "Phan Văn Giấy Tờ", "Đinh Thị Công Văn"


def test_a_unit_without_accounts_is_followed_by_its_papers(walk: Walk) -> None:
    former = _head(BEFORE, date(2025, 7, 1))
    (task,) = made.issued(units=(cast.LONG_THANH,), due_on=DUE)
    assert not [p for p in _people() if accounts.account_of(p)], "nobody of the unit signs in"
    walk.at(date(2026, 8, 14))
    sent = made.delivery_of(task)
    path = f"/deliveries/{sent.id}/receipt"
    walk.as_(cast.CLERK, path).submit(
        f"form[action$='{path}']", {"kind": "eoffice", "received_on": "13/8/2026"}
    )
    _work_by_paper(walk, task)
    walk.at(date(2026, 9, 17))
    posts.end_appointment(
        accounts.head_of(cast.unit(cast.LONG_THANH), date(2026, 9, 1)), date(2026, 9, 15), actor=None
    )
    _head(AFTER, CHANGED)
    walk.session.commit()
    _hand_over_by_paper(walk, task)
    _report_by_paper(walk, task)
    walk.session.expire_all()
    assert (task.state, task.due_on) == (TaskState.ACCEPTED, DUE)
    assert [(row.who, row.days_overdue) for row in answerable(task).heads] == [
        (f"{BEFORE}, UBND phường Long Thành", 5), (f"{AFTER}, UBND phường Long Thành", 10),
    ]  # fmt: skip
    assert made.delivery_of(task).receipt is ReceiptKind.EOFFICE
    page = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}")
    assert page.text.count("nhập thay đơn vị") >= 2 and former.name in page.text
    _every_entry_says_so(walk)


def _head(name: str, since: date) -> Person:
    person = posts.create_person(name, actor=None)
    posts.appoint(
        person,
        Post(cast.unit(cast.LONG_THANH), "Chủ tịch UBND phường", AppointmentKind.HEAD, since),
        actor=None,
    )
    return person


def _people() -> list[Person]:
    """Who works at the ward and could be asked; the cast's outsider is none of them."""
    rows = accounts.list_people_of(cast.unit(cast.LONG_THANH).id)
    return [row.person for row in rows if row.person_id != cast.person(cast.OUTSIDER).id]


def _work_by_paper(walk: Walk, task: Task) -> None:
    """Who does it by name, what was done by number and date, a leader's question answered from the letter."""
    walk.at(date(2026, 8, 20))
    path = f"/tasks/{task.id}/for-unit/assign"
    walk.refused(cast.HEAD, "POST", path)
    walk.as_(cast.FOLLOWER, path).submit(
        f"form[action$='{path}']", {"lead_name": "Tô Thị Không Tài Khoản", "internal_due_on": "04/9/2026"}
    )
    walk.at(date(2026, 9, 3))
    path = f"/tasks/{task.id}/for-unit/progress"
    walk.as_(cast.FOLLOWER, path).submit(
        f"form[action$='{path}']",
        {
            "status": "doing", "text": "Đã rà soát 30/60 hồ sơ", "cause": "Thiếu nhân lực",
            "reference": "77/UBND-VP", "document_on": "01/9/2026",
        },
    )  # fmt: skip
    services.direct(
        task, DirectiveValues(DirectiveKind.URGE, "Báo cáo tiến độ hằng tuần", date(2026, 9, 14)),
        actor=cast.actor(cast.LEADER),
    )  # fmt: skip
    walk.session.commit()
    walk.at(date(2026, 9, 14))
    assert [row for row in reminding.list_due(clock.today()) if row.task_id == task.id] == []
    path = f"/directives/{task.directives[0].id}/answer"
    walk.as_(cast.CLERK, path).submit(
        f"form[action$='{path}']",
        {"text": "Đơn vị cam kết xong trong tháng 9", "reference": "81/UBND-VP", "document_on": "11/9/2026"},
    )


def _hand_over_by_paper(walk: Walk, task: Task) -> None:
    unit = cast.unit(cast.LONG_THANH)
    office = walk.as_(cast.FOLLOWER, "/handovers/people")
    assert AFTER in office.text and "chưa xác nhận 01 ngày" in office.text
    path = f"/handovers/heads/{unit.id}"
    walk.refused(cast.OTHER_HEAD, "GET", path)
    office = walk.as_(cast.FOLLOWER, path)
    for words in (task.code, BEFORE, AFTER, "77/UBND-VP", "05 ngày", "In biên bản bàn giao"):
        assert words in office.text, words
    office.submit(f"form[action$='{path}/recorded']", {"reference": "05/BB-UBND", "on": "16/9/2026"})
    office.follow()
    assert "theo biên bản 05/BB-UBND" in office.text
    assert walk.session.scalars(sa.select(HandingList)).one().on_behalf
    assert AFTER not in walk.as_(cast.FOLLOWER, "/handovers/people").text


def _report_by_paper(walk: Walk, task: Task) -> None:
    walk.at(date(2026, 9, 28))
    path = f"/units/{cast.unit(cast.LONG_THANH).id}/for-unit/remediation-report"
    walk.as_(cast.CLERK, path).submit(
        f"form[action$='{path}']",
        {
            "reference": "131/BC-UBND", "document_on": "25/9/2026", "task_ids": [str(task.id)],
            "text": "Đã rà soát toàn bộ hồ sơ",
        },
    )  # fmt: skip
    walk.refused(cast.CLERK, "POST", f"/tasks/{task.id}/accept")
    walk.as_(cast.FOLLOWER, f"/tasks/{task.id}").submit(f"form[action$='/tasks/{task.id}/accept']")


def _every_entry_says_so(walk: Walk) -> None:
    """What the office typed from papers is marked as the unit's in the record of events."""
    names = ("task_assigned", "task_directive_answered", "task_head_changed")
    rows = walk.session.scalars(sa.select(Event).where(Event.name.in_(names))).all()
    assert {row.name for row in rows} == set(names)
    assert {row.on_behalf_of for row in rows} == {"UBND phường Long Thành"}
