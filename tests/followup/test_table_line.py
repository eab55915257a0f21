"""A line of the table edited in place: every cell by the service of its own page, all or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.deadlines.badge import DeadlineKind
from app.errors import DomainError
from app.remediation import services
from app.remediation.models import ProgressStatus, Task, TaskState
from app.remediation.values import LineStep, LineValues
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries

FORM = "form[action*='edit-line']"


def edit(task: Task, **cells: object) -> None:
    services.edit_line(task, LineValues(**cells), actor=cast.actor(cast.FOLLOWER), version=task.version)


def test_a_document_is_evidence_with_its_number_and_day(session: Session) -> None:
    task = made.issued()[0]
    edit(task, step=LineStep.DONE, document_reference="96/BC-UBND", document_on=date(2026, 9, 22))
    [told] = task.progress
    assert (told.status, told.document_reference, told.document_on, told.on_behalf) == (
        ProgressStatus.DONE, "96/BC-UBND", date(2026, 9, 22), True,
    )  # fmt: skip
    assert (told.text, task.state, told.submits) == (
        "Theo văn bản số 96/BC-UBND", TaskState.IN_PROGRESS, False,
    )  # fmt: skip


def test_the_signed_report_of_the_unit_hands_in_on_its_own_day(session: Session) -> None:
    task = made.issued()[0]
    edit(task, step=LineStep.SENT, document_reference="96/BC-UBND", document_on=date(2026, 9, 22))
    assert (task.state, task.submitted_on) == (TaskState.SUBMITTED, date(2026, 9, 22))
    assert task.reported_by == cast.person(cast.FOLLOWER).id
    with pytest.raises(DomainError):  # who entered the report does not accept it, here as everywhere
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"step": LineStep.SENT, "document_reference": "96/BC-UBND"}, "document_on"),
        ({"step": LineStep.SENT, "document_on": date(2026, 9, 22)}, "reference"),
        ({"step": LineStep.DONE}, "text"),
        ({"document_reference": "96/BC-UBND"}, "document_on"),
        ({"document_on": date(2026, 9, 22)}, "reference"),
        ({"document_reference": "96/BC-UBND", "document_on": date(2026, 9, 24)}, "document_on"),
        ({"reason": "Nghỉ phép"}, "reason"),
        ({"urged_on": date(2026, 9, 22)}, "urged_reference"),
    ],
)
def test_a_wrong_cell_is_named(session: Session, cells: dict[str, object], field: str) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError) as refused:
        edit(task, **cells)
    assert refused.value.field == field


def test_another_follower_and_another_day_of_review_need_their_reason(session: Session) -> None:
    task = made.issued(kind=DeadlineKind.CONTINUING)[0]
    other = cast.person(cast.CONTENT_CHECKER).id
    for cells in ({"follower_id": other}, {"review_on": date(2026, 12, 1)}):
        with pytest.raises(DomainError) as refused:
            edit(task, **cells)
        assert refused.value.field == "reason"
    edit(task, follower_id=other, review_on=date(2026, 12, 1), reason="Phân công lại")
    assert (task.follower_id, task.review_on) == (other, date(2026, 12, 1))


def test_a_dated_line_is_not_moved_without_an_extension(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError, match="Chỉ rà soát"):
        edit(task, review_on=date(2026, 12, 1), reason="Xin thêm thời gian")


def test_a_note_left_alone_stays(session: Session) -> None:
    task = made.issued()[0]
    edit(task, note="Đã gọi điện")
    edit(task, progress_text="Đang in")
    assert task.note == "Đã gọi điện"
    edit(task, note="")
    assert task.note == ""


def test_saving_goes_on_to_the_next_line(client: Browser, session: Session) -> None:
    first, second = made.issued(findings=2)
    client.sign_in("follower").get(f"/follow-up?edit={first.id}")
    forward = client.page.select_one("button[name=next]")
    assert (forward["value"], forward.get_text()) == (str(second.id), "Lưu, sang dòng sau")
    client.submit(FORM, {"progress_text": "Đang in", "next": str(second.id)})
    assert client.response.headers["Location"].endswith(f"/follow-up?edit={second.id}#step")
    client.follow()
    assert client.page.select_one(FORM)["aria-label"] == f"Sửa nhanh {second.code}"
    assert client.page.select_one("button[name=next]") is None


def test_a_line_is_edited_among_all_columns_too(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?columns=all&edit={task.id}")
    assert client.page.select_one("a[data-edit-row]") is not None
    client.submit(FORM, {"note": "Đã gọi điện"})
    assert "columns=all" in client.response.headers["Location"]


def test_what_somebody_else_saved_meanwhile_stands_beside_what_was_typed(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?edit={task.id}")
    services.edit_line(task, LineValues(note="Của người khác"), actor=cast.actor(cast.FOLLOWER))
    session.commit()
    client.submit(
        FORM,
        {"note": "Của tôi", "document_reference": "96/BC-UBND", "document_on": "22/9/2026"},
        expect=409,
    )
    assert "vừa được đồng chí" in client.text
    assert "ghi chú Của người khác" in client.text
    typed = {box["name"]: box.get("value") for box in client.page.select(f"{FORM} input[type=text]")}
    assert (typed["note"], typed["document_reference"], typed["document_on"]) == (
        "Của tôi", "96/BC-UBND", "22/9/2026",
    )  # fmt: skip
    session.expire_all()
    assert (task.note, task.progress) == ("Của người khác", [])
    client.submit(FORM)
    session.expire_all()
    assert (task.note, len(task.progress)) == ("Của tôi", 1)


def test_an_open_line_asks_for_no_more_than_who_may_follow(client: Browser, session: Session) -> None:
    first, *_others = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=3)
    client.sign_in("follower")
    with count_queries(session) as closed:
        client.get("/follow-up?all=1")
    with count_queries(session) as opened:
        client.get(f"/follow-up?all=1&edit={first.id}")
    assert len(opened) <= len(closed) + 4  # people, their posts, units and names of these


def test_a_refused_cell_takes_the_whole_line_back(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?edit={task.id}")
    client.submit(FORM, {"note": "Mới", "document_on": "22/9/2026"}, expect=422)
    assert client.page.select_one("#document_reference-error") is not None
    session.expire_all()
    assert task.note == ""
