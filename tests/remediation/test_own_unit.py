"""Who works at a unit never judges its work; nobody else asks for it, and the office works in its place."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Appointment, AppointmentKind
from app.deadlines import services as settings
from app.deadlines.badge import DeadlineKind
from app.errors import Conflict, DomainError, Forbidden
from app.extensions import db
from app.followup import services as table
from app.policy import UNIT_ACCEPTS, UNIT_DECIDES, Role
from app.remediation import services
from app.remediation.models import (
    DirectiveKind,
    Product,
    ProgressStatus,
    RequestState,
    Task,
    TaskState,
)
from app.remediation.values import (
    AnswerValues,
    DirectiveValues,
    ExtensionValues,
    ProgressValues,
    RequestValues,
)
from tests import cast
from tests.conftest import Browser
from tests.factories import papers_after as papers
from tests.factories import remediation as made
from tests.factories.papers_after import missing

LATER = date(2026, 10, 20)
FAR_LATER = date(2027, 3, 31)
ASKED = RequestValues(LATER, "Chờ kinh phí", reference="31/UBND-VP", document_on=date(2026, 9, 20))


def works_at(part: str, unit: str, *roles: Role) -> None:
    """A post at a unit, besides what the person has."""
    db.session.add(
        Appointment(
            person_id=cast.person(part).id, unit_id=cast.unit(unit).id, title="Phó Chủ tịch",
            kind=AppointmentKind.DEPUTY, from_on=date(2026, 1, 1), roles=[role.value for role in roles],
        )
    )  # fmt: skip
    db.session.commit()
    db.session.expire_all()


def extension(**changes: object) -> ExtensionValues:
    values = {
        "new_due_on": LATER, "reason": "Chờ kinh phí", "requested_by": cast.person(cast.OFFICER).id,
        "requested_on": date(2026, 9, 22), "decided_by": cast.person(cast.CONTENT_CHECKER).id,
        "reference": "52/SNV-CCHC ngày 23/9/2026",
    }  # fmt: skip
    return ExtensionValues(**{**values, **changes})


def letter(**changes: object) -> AnswerValues:
    values = {
        "requested_by": cast.person(cast.FOLLOWER).id, "requested_on": date(2026, 9, 20),
        "reason": "Chờ thầu",
        "granted_due_on": FAR_LATER,
    }  # fmt: skip
    return AnswerValues(**{**values, **changes})


def test_who_works_at_the_unit_neither_accepts_nor_decides_nor_follows(
    session: Session, client: Browser
) -> None:
    task = made.issued()[0]
    works_at(cast.CONTENT_CHECKER, cast.LONG_PHUOC, Role.UNIT_OFFICER)
    checker = cast.person(cast.CONTENT_CHECKER).id
    services.request_extension(task, ASKED, actor=cast.actor(cast.HEAD))
    client.sign_in(cast.CONTENT_CHECKER).get("/")
    assert "Xem đề nghị" not in client.text, "nothing to decide of the own unit"
    with pytest.raises(Forbidden, match=UNIT_DECIDES):
        services.refuse_oneself(task, reason="Không đủ lý do", actor=cast.actor(cast.CONTENT_CHECKER))
    with pytest.raises(DomainError, match=UNIT_DECIDES) as at:
        services.extend(task, extension(), actor=cast.actor(cast.FOLLOWER))
    assert at.value.field == "decided_by"
    with pytest.raises(DomainError, match=UNIT_DECIDES):
        services.refuse_extension(
            task, decided_by=checker, reason="Đã gia hạn", reference="9/SNV", actor=cast.actor(cast.FOLLOWER)
        )
    paper = services.begin_extension_answer(task, letter(), actor=cast.actor(cast.FOLLOWER))
    paper.document.signer_id = checker
    assert missing(paper) == (f"{UNIT_DECIDES} Chọn người ký khác.",)
    with pytest.raises(DomainError, match="là đơn vị thực hiện") as at:
        services.set_follower([task], checker, reason="Nghỉ phép", actor=cast.actor(cast.FOLLOWER))
    assert at.value.field == "follower_id"
    made.submitted(task, on=date(2026, 9, 23))
    with pytest.raises(Forbidden, match=UNIT_ACCEPTS):
        services.accept_whole(task, actor=cast.actor(cast.CONTENT_CHECKER))
    outcome = table.accept_many([(task, task.version)], actor=cast.actor(cast.CONTENT_CHECKER))
    assert outcome.done == () and outcome.left[0][1] == UNIT_ACCEPTS[0].lower() + UNIT_ACCEPTS[1:].rstrip(".")


def test_a_follower_who_came_to_the_unit_is_told_who_accepts_instead(
    session: Session, client: Browser
) -> None:
    task = made.submitted(made.issued()[0])
    works_at(cast.FOLLOWER, cast.LONG_PHUOC)
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}")
    assert UNIT_ACCEPTS in client.text and "Lê Thị Mẫu" in client.text
    assert client.page.select_one("form[action$='/accept']") is None
    client.sign_in(cast.CONTENT_CHECKER).get(f"/tasks/{task.id}")
    assert client.page.select_one("form[action$='/accept']") is not None


def test_a_post_elsewhere_does_not_keep_the_office_from_entering_for_a_unit(
    session: Session, client: Browser
) -> None:
    task = made.issued()[0]
    works_at(cast.FOLLOWER, cast.AN_PHUOC, Role.UNIT_OFFICER)
    values = ProgressValues(ProgressStatus.DOING, "Đang rà soát", "Thiếu người")
    report = services.report_progress(task, values, actor=cast.actor(cast.FOLLOWER))
    assert report.on_behalf
    session.commit()
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}/for-unit/progress")
    other = made.issued(units=(cast.AN_PHUOC,))[0]
    own = services.report_progress(other, values, actor=cast.actor(cast.FOLLOWER))
    assert not own.on_behalf, "at the own unit it is the unit's own word"


def test_the_letter_of_answer_names_who_really_asked(session: Session, client: Browser) -> None:
    task = made.issued()[0]
    services.request_extension(task, ASKED, actor=cast.actor(cast.CLERK))
    session.commit()
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}/extension-answer")
    offered = [one["value"] for one in client.page.select("select[name=requested_by] option") if one["value"]]
    assert offered == [str(cast.person(cast.CLERK).id)], "who keyed the request in"
    paper = services.begin_extension_answer(
        task, letter(requested_on=date(2026, 9, 1)), actor=cast.actor(cast.FOLLOWER)
    )
    assert missing(paper) == ()
    paper.document.signer_id = cast.person(cast.CLERK).id
    assert missing(paper) == ("Người đề nghị gia hạn không quyết định việc gia hạn. Chọn người ký khác.",)
    paper.document.signer_id = cast.person(cast.LEADER).id
    papers.issued(paper, 613)
    [asked] = task.extension_requests
    assert (asked.state, asked.decided_by) == (RequestState.GRANTED, cast.person(cast.LEADER).id)
    assert task.extensions[0].requested_on == asked.requested_on


def test_a_refusal_by_letter_settles_what_was_asked_since(session: Session) -> None:
    task = made.issued()[0]
    paper = services.begin_extension_answer(
        task, letter(granted_due_on=None), actor=cast.actor(cast.FOLLOWER)
    )
    services.request_extension(task, ASKED, actor=cast.actor(cast.CLERK))
    paper.document.signer_id = cast.person(cast.CLERK).id
    assert missing(paper) == ("Người đề nghị gia hạn không quyết định việc gia hạn. Chọn người ký khác.",)
    paper.document.signer_id = cast.person(cast.LEADER).id
    assert missing(paper) == ()
    papers.issued(paper, 614)
    assert task.extension_requests[0].state is RequestState.REFUSED


def test_a_unit_without_people_is_answered_as_well(session: Session, client: Browser) -> None:
    task = made.issued(units=(cast.LONG_THANH,))[0]
    db.session.query(Appointment).filter_by(unit_id=cast.unit(cast.LONG_THANH).id).update(
        {"to_on": date(2026, 9, 1)}
    )
    session.commit()
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}/extension-answer")
    client.submit(
        data={
            "requested_by": str(cast.person(cast.FOLLOWER).id), "requested_on": "20/09/2026",
            "outcome": "granted", "granted_due_on": "30/10/2026", "reason": "Chờ kinh phí",
        }
    )  # fmt: skip


def test_handed_in_late_beyond_the_limits_the_letter_decides_what_waits(session: Session) -> None:
    task = made.issued()[0]
    services.request_extension(
        task, RequestValues(FAR_LATER, "Chờ thầu", reference="31/UBND-VP", document_on=date(2026, 9, 20)),
        actor=cast.actor(cast.HEAD),
    )  # fmt: skip
    with clock.frozen(clock.at(date(2026, 10, 5))):
        made.submitted(task, on=date(2026, 10, 5))
        with pytest.raises(DomainError, match="Soạn công văn trả lời"):
            services.extend(task, extension(new_due_on=FAR_LATER), actor=cast.actor(cast.FOLLOWER))
        paper = services.begin_extension_answer(task, letter(), actor=cast.actor(cast.FOLLOWER))
        assert missing(paper) == ()
        papers.issued(paper, 615)
        services.accept_whole(task, actor=cast.actor(cast.FOLLOWER))
    assert (task.due_on, task.state) == (FAR_LATER, TaskState.ACCEPTED)


def test_nobody_of_another_unit_asked_for_this_one_in_bulk_neither(session: Session) -> None:
    here, there = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    head = cast.person(cast.HEAD).id
    with pytest.raises(DomainError, match="không thuộc UBND xã An Phước") as at:
        services.extend(there, extension(requested_by=head), actor=cast.actor(cast.FOLLOWER))
    assert at.value.field == "requested_by"
    session.rollback()
    values = DirectiveValues(
        DirectiveKind.EXTEND, "Chờ kinh phí", date(2026, 9, 30), new_due_on=LATER, requested_by=head,
        requested_on=date(2026, 9, 22),
    )  # fmt: skip
    picks = [(task, task.version) for task in (here, there)]
    outcome = table.direct_many(picks, values, actor=cast.actor(cast.LEADER))
    assert outcome.done == (here.code,)
    assert [(code, "không thuộc" in why) for code, why in outcome.left] == [(there.code, True)]


def in_two_steps() -> None:
    settings.seed_defaults()
    settings.set_setting("one_step_acceptance", False, date(2026, 9, 1), None)
    db.session.commit()


def test_in_two_steps_who_verified_proposes_and_the_head_of_the_division_accepts(
    session: Session, client: Browser
) -> None:
    in_two_steps()
    task = made.submitted(made.issued()[0])
    follower, checker = cast.actor(cast.FOLLOWER), cast.actor(cast.CONTENT_CHECKER)
    with pytest.raises(Conflict, match="từng sản phẩm"):
        services.accept_whole(task, actor=checker)
    client.sign_in(cast.CONTENT_CHECKER).get("/")
    assert task.text not in client.text, "nothing is proposed yet"
    services.accept_result(task, task.results[0].id, actor=follower)
    session.commit()
    with pytest.raises(Conflict, match="lãnh đạo phòng khác"):
        services.accept_whole(task, actor=follower)
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}")
    assert "đề xuất công nhận. Lãnh đạo phòng (Lê Thị Mẫu) công nhận" in client.text
    told = [part.text for part in client.page.select(".kl-wait dd")]
    assert told == ["Lãnh đạo phòng", "Công nhận hoàn thành"]
    assert client.page.select_one("form[action$='/accept'].d-inline, header form[action$='/accept']") is None
    client.sign_in(cast.CONTENT_CHECKER).get("/")
    assert task.text in client.text, "what was proposed waits for the head of the division"
    client.get(f"/tasks/{task.id}")
    client.submit("header form[action$='/accept']")
    session.expire_all()
    assert (task.state, task.accepted_by) == (TaskState.ACCEPTED, checker.person_id)


def test_in_two_steps_another_follower_does_not_accept_and_one_pair_of_eyes_is_not_two(
    session: Session,
) -> None:
    in_two_steps()
    both = (Product.REPORT, Product.PHOTO)
    task, alone = (made.submitted(made.issued(products=both)[0]) for _ in range(2))
    follower, checker = cast.actor(cast.FOLLOWER), cast.actor(cast.CONTENT_CHECKER)
    services.accept_result(task, task.results[0].id, actor=follower)
    services.accept_result(task, task.results[1].id, actor=checker)
    services.set_follower([task], cast.person(cast.PLANNER).id, reason="Nghỉ phép", actor=follower)
    with pytest.raises(Conflict, match="lãnh đạo phòng khác"):
        services.accept_whole(task, actor=cast.actor(cast.PLANNER))
    services.accept_whole(task, actor=checker)
    for result in alone.results:
        services.accept_result(alone, result.id, actor=checker)
    with pytest.raises(Conflict, match="lãnh đạo phòng khác"):
        services.accept_whole(alone, actor=checker)


def test_in_two_steps_a_watch_begins_and_ends_with_the_head_of_the_division(session: Session) -> None:
    in_two_steps()
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    follower, checker = cast.actor(cast.FOLLOWER), cast.actor(cast.CONTENT_CHECKER)
    until = date(2027, 3, 31)
    with pytest.raises(Conflict, match="từng sản phẩm"):
        services.watch(task, until=until, actor=follower)
    services.accept_result(task, task.results[0].id, actor=follower)
    with pytest.raises(Conflict, match="lãnh đạo phòng khác"):
        services.watch(task, until=until, actor=follower)
    services.watch(task, until=until, actor=checker)
    with pytest.raises(Conflict, match="lãnh đạo phòng khác"):
        services.finish_watch(task, actor=follower)
    services.finish_watch(task, actor=checker)
    assert task.state is TaskState.ACCEPTED


def test_a_watched_line_that_owes_a_proof_is_urged_with_the_others(session: Session) -> None:
    task = made.submitted(made.issued(kind=DeadlineKind.CONTINUING)[0])
    services.watch(task, until=date(2027, 9, 30), every=1, actor=cast.actor(cast.FOLLOWER))
    session.commit()

    def urged(on: date, reference: str) -> table.Outcome:
        with clock.frozen(clock.at(on)):
            return table.urge_many([(task, task.version)], reference, on, actor=cast.actor(cast.FOLLOWER))

    assert urged(date(2026, 10, 20), "61/SNV-CCHC").done == (), "its proof is not due yet"
    assert urged(date(2026, 10, 27), "61/SNV-CCHC").done == (task.code,)


def test_a_line_that_moved_since_the_page_was_read_stays_and_the_others_are_done(session: Session) -> None:
    first, second = made.issued(findings=2)
    for task in (first, second):
        made.submitted(task)
    session.commit()
    picks = [(task, task.version) for task in (first, second)]
    table_of = Task.__table__
    session.execute(table_of.update().where(table_of.c.id == first.id).values(version=first.version + 1))
    outcome = table.accept_many(picks, actor=cast.actor(cast.FOLLOWER))
    assert (outcome.done, outcome.left) == ((second.code,), ((first.code, table.MOVED),))
