"""A unit is dissolved half-way: what is open goes to the successor by a list; every day stays whose it was.

When the unit ends, the task has evidence, an extension that came too late and a question of a leader.
"""

from __future__ import annotations

from datetime import date

import pytest

from app import clock
from app.followup import reminding
from app.remediation import services
from app.remediation.models import DirectiveKind, Task, TaskState
from app.remediation.periods import answerable
from app.remediation.values import DirectiveValues
from tests import cast
from tests.factories import remediation as made
from tests.factories import units as unit_made
from tests.journeys.walk import Walk

pytestmark = pytest.mark.slow

DUE, ASKED, NEW_DUE = date(2026, 9, 10), date(2026, 9, 14), date(2026, 10, 9)
ENDED, GIVEN, RECEIVED, SENT = date(2026, 10, 15), date(2026, 10, 20), date(2026, 10, 22), date(2026, 10, 27)


def test_what_a_dissolved_unit_left_is_finished_by_its_successor(walk: Walk) -> None:
    task = _half_way(walk)
    gone = unit_made.ended(cast.LONG_PHUOC, cast.AN_PHUOC, on=ENDED)
    walk.at(GIVEN)
    walk.refused(cast.HEAD, "POST", f"/handovers/{gone.id}", {"pick": f"t{task.id}"})
    office = walk.as_(cast.FOLLOWER, "/handovers")
    assert "chấm dứt hoạt động từ ngày 15/10/2026" in office.text and task.code in office.text
    (heir,) = office.page.select(f"#giao-{gone.id} option")
    walk.session.refresh(task)
    office.post(
        f"/handovers/{gone.id}", {"pick": f"t{task.id}:{task.version}", "successor_id": heir["value"]}
    )
    office.follow()
    assert "Đã giao, chờ đơn vị kế thừa xác nhận" in office.text
    _acknowledge(walk, task)
    _finish(walk, task)
    walk.session.expire_all()
    assert (task.state, task.due_on, task.original_due_on) == (TaskState.ACCEPTED, NEW_DUE, DUE)
    heads = [(row.who, row.first, row.until, row.days_overdue) for row in answerable(task).heads]
    assert heads == [
        ("Nguyễn Văn Giả Thiết, UBND xã Long Phước", made.ISSUED_ON, date(2026, 10, 14), 9),
        ("Chờ giao đơn vị kế thừa", ENDED, date(2026, 10, 19), 5),
        ("Ngô Văn Tượng Trưng, UBND xã An Phước", GIVEN, None, 8),
    ]
    page = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}")
    for words in (
        "Kế thừa từ UBND xã Long Phước, giao ngày 20/10/2026; xác nhận nhận bàn giao ngày 22/10/2026",
        "Từ 10/9/2026 đến 09/10/2026", "31/TB-UBND", "Ai chịu trách nhiệm, từng thời gian",
        "15/10/2026 – 19/10/2026", "Giao đơn vị kế thừa: UBND xã An Phước",
    ):  # fmt: skip
        assert words in page.text, words
    document = walk.as_(cast.FOLLOWER, f"/documents/{task.document_id}")
    assert "UBND xã Long Phước" in document.text, "papers keep the name of their day"


def _half_way(walk: Walk) -> Task:
    """Assigned, half done, extended after its date had passed, asked for evidence."""
    (task,) = made.issued(due_on=DUE)
    walk.at(date(2026, 9, 11))
    made.progressed(task)
    walk.at(ASKED)
    extend = walk.as_(cast.FOLLOWER, f"/tasks/{task.id}/extend")
    extend.submit(
        "form[action$='/extend']",
        {
            "new_due_on": "09/10/2026", "reason": "Chờ nâng cấp phần mềm", "requested_on": "14/9/2026",
            "requested_by": str(cast.person(cast.FOLLOWER).id),
            "decided_by": str(cast.person(cast.LEADER).id), "reference": "512/SNV-CCHC ngày 14/9/2026",
        },
    )  # fmt: skip
    walk.at(date(2026, 10, 14))
    services.direct(
        task, DirectiveValues(DirectiveKind.EVIDENCE, "Gửi ảnh niêm yết", date(2026, 10, 30)),
        actor=cast.actor(cast.LEADER),
    )  # fmt: skip
    walk.session.commit()
    return task


def _acknowledge(walk: Walk, task: Task) -> None:
    """The successor's head has everything in front of them: the task, the question, the reminders."""
    told = {row.person_id for row in reminding.list_due(clock.today()) if row.task_id == task.id}
    assert told == {cast.person(cast.OTHER_HEAD).id}, "from the day it was given"
    walk.at(RECEIVED)
    walk.refused(cast.HEAD, "POST", f"/tasks/{task.id}/submit")
    head = walk.as_(cast.OTHER_HEAD, "/")
    assert "kế thừa từ UBND xã Long Phước chờ thủ trưởng đơn vị xác nhận" in head.text
    assert "Yêu cầu minh chứng" in head.text
    assert "nội dung chờ đơn vị kế thừa xác nhận" in walk.as_(cast.FOLLOWER, "/handovers").text
    head = walk.as_(cast.OTHER_HEAD, "/handovers/received")
    walk.session.refresh(task)
    head.post("/handovers/received", {"pick": f"h{task.handovers[0].id}"})
    head.follow()
    assert "Đã xác nhận nhận bàn giao 01 nội dung." in head.text


def _finish(walk: Walk, task: Task) -> None:
    walk.at(SENT)
    asked = task.directives[0]
    head = walk.as_(cast.OTHER_HEAD, f"/directives/{asked.id}/answer")
    head.submit(
        "form[action$='/answer']",
        {"text": "Đã niêm yết tại trụ sở mới", "reference": "08/TB-UBND", "document_on": "26/10/2026"},
    )
    head.get(f"/tasks/{task.id}")
    head.submit("form[action$='/submit']")
    walk.at(date(2026, 10, 28))
    walk.as_(cast.FOLLOWER, f"/tasks/{task.id}").submit(f"form[action$='/tasks/{task.id}/accept']")
