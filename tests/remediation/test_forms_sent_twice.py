"""Forms of a task: from an old page or sent twice they change nothing and say so; from wrong people too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.deadlines.badge import DeadlineKind
from app.remediation import services
from app.remediation.models import Task
from app.remediation.values import RequestValues
from tests import cast
from tests.factories import remediation as made
from tests.strict_client import StrictClient


def owed() -> Task:
    return made.issued()[0]


def told() -> Task:
    return made.progressed(owed())


def sent() -> Task:
    """Handed in by the office in the unit's place."""
    task = owed()
    return made.submitted(task, by=cast.FOLLOWER)


def handed() -> Task:
    return made.submitted(owed())


def continuing() -> Task:
    return made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])


def watched() -> Task:
    task = continuing()
    services.watch(task, until=date(2027, 9, 30), every=None, actor=cast.actor(cast.FOLLOWER))
    return task


def asked() -> Task:
    task = owed()
    values = RequestValues(date(2026, 10, 9), "Chờ kinh phí", "31/UBND-VP", date(2026, 9, 20))
    services.request_extension(task, values, actor=cast.actor(cast.HEAD))
    return task


@dataclass(frozen=True)
class Form:
    """One form: the task it is about, who may send it, who may not (403 or 404), what is typed.

    "=leader" stands for the key of that person.
    """

    task: Callable[[], Task]
    may: str
    never: tuple[str, ...]
    typed: dict[str, str]
    address: str = "/tasks/{task}/{name}"


UNIT, OUT = (cast.HEAD, cast.OFFICER), (cast.OTHER_HEAD, cast.OBSERVER, cast.OUTSIDER)
NOT_JUDGES = (*UNIT, *OUT, cast.CLERK)
DAY, REASON = "9/10/2026", "Chờ kinh phí"
DONE = {"status": "done", "text": "Đã niêm yết", "reference": "31/TB-UBND", "document_on": "20/9/2026"}
MORE = {"new_due_on": DAY, "reason": REASON, "reference": "52/SNV", "requested_on": "22/9/2026"}
MORE |= {"requested_by": "=head", "decided_by": "=leader"}
FORMS: dict[str, Form] = {
    "progress": Form(owed, cast.OFFICER, OUT, DONE),
    "for-unit/progress": Form(owed, cast.CLERK, (*UNIT, *OUT, cast.LEADER), DONE),
    "assign": Form(owed, cast.HEAD, (cast.OFFICER, *OUT), {"lead_name": "Vũ Thị Giả Sử"}),
    "submit": Form(told, cast.HEAD, (cast.OFFICER, cast.FOLLOWER, *OUT), {}),
    "accept": Form(handed, cast.FOLLOWER, (*UNIT, *OUT, cast.CLERK, cast.LEADER), {"comment": ""}),
    "send-back": Form(handed, cast.FOLLOWER, NOT_JUDGES, {"comment": "Thiếu ảnh", "due_on": DAY}),
    "results/{result}/accept": Form(handed, cast.CONTENT_CHECKER, NOT_JUDGES, {"comment": ""}),
    "results/{result}/return": Form(handed, cast.FOLLOWER, NOT_JUDGES, {"comment": "Thiếu ảnh"}),
    "watch": Form(continuing, cast.FOLLOWER, (*UNIT, *OUT, cast.CLERK), {"until": "30/9/2027"}),
    "finish-watch": Form(watched, cast.CONTENT_CHECKER, (*UNIT, *OUT, cast.CLERK), {}),
    "recur": Form(watched, cast.FOLLOWER, (*UNIT, *OUT), {"comment": "Lại thiếu", "due_on": DAY}),
    "extend": Form(owed, cast.FOLLOWER, (*UNIT, *OUT, cast.CLERK), MORE),
    "extension-request": Form(owed, cast.HEAD, (cast.OFFICER, *OUT), {
        "new_due_on": DAY, "reason": REASON, "reference": "31/UBND-VP", "document_on": "20/9/2026",
    }),
    "refuse-extension": Form(asked, cast.FOLLOWER, (*UNIT, *OUT, cast.CLERK), {
        "reason": "Đủ thời gian", "decided_by": "=leader", "reference": "53/SNV",
    }),
    "refuse-extension/own": Form(asked, cast.LEADER, (*UNIT, *OUT, cast.CLERK, cast.FOLLOWER), {
        "reason": "Đủ thời gian",
    }),
    "hand-over": Form(owed, cast.FOLLOWER, (*UNIT, *OUT), {"follower_id": "=planner", "reason": "Giao lại"}),
    "direct": Form(owed, cast.LEADER, (*UNIT, *OUT, cast.CLERK), {
        "kind": "urge", "text": "Khẩn trương", "answer_due_on": "25/9/2026",
    }),
    "edit-line": Form(
        owed, cast.FOLLOWER, (*UNIT, *OUT), {"note": "Đã gọi điện", "urged_reference": "11/SNV"},
        "/follow-up/{task}/{name}",
    ),
}  # fmt: skip


def stands(session: Session, task: Task) -> tuple[object, ...]:
    """The row as it is kept, and how many events there are."""
    session.expire_all()
    events = session.scalar(sa.select(sa.func.count()).select_from(Event))
    return (
        events,
        task.version,
        task.state,
        task.due_on,
        task.follower_id,
        task.reported_by,
        len(task.progress),
    )


def spelled(typed: dict[str, str]) -> dict[str, str]:
    return {
        name: str(cast.person(value[1:]).id) if value.startswith("=") else value
        for name, value in typed.items()
    }


@pytest.mark.parametrize("name", FORMS)
def test_wrong_people_old_pages_and_second_sendings_change_nothing(
    session: Session, client: StrictClient, name: str
) -> None:
    form = FORMS[name]
    task = form.task()
    session.commit()
    path = form.address.format(task=task.id, name=name.format(result=task.results[0].id))
    version, before = task.version, stands(session, task)
    sending = {**spelled(form.typed), "version": str(version)}
    for part in form.never:
        client.sign_in(part)
        client.get("/khong-co", expect=404)
        status = client.client.post(path, data={**sending, "csrf_token": client._token()}).status_code
        assert status in (403, 404), (part, status)
        assert stands(session, task) == before, part
    client.sign_in(form.may)
    client.get(f"/tasks/{task.id}")
    client.post(path, {**sending, "version": str(version - 1)}, expect=409)
    assert "vừa được" in client.text
    assert stands(session, task) == before
    client.post(path, sending)
    after = stands(session, task)
    assert after != before
    client.get(f"/tasks/{task.id}")
    client.post(path, sending, expect=409)
    assert stands(session, task) == after


@pytest.mark.parametrize("name", ["accept", "results/{result}/accept", "send-back"])
def test_who_reported_in_the_units_place_judges_nothing(
    session: Session, client: StrictClient, name: str
) -> None:
    task = sent()
    session.commit()
    before = stands(session, task)
    path = f"/tasks/{task.id}/" + name.format(result=task.results[0].id)
    client.sign_in(cast.FOLLOWER)
    client.get(f"/tasks/{task.id}")
    client.post(path, {**FORMS[name].typed, "version": str(task.version)}, expect=403)
    assert stands(session, task) == before
    client.post("/follow-up/accept", {"pick": f"{task.id}:{task.version}"})
    client.follow()
    assert task.code in client.text
    assert stands(session, task) == before
