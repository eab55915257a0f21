"""A notice off its way: other units, another drafter, given up, taken back after it was signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import clock, create_app
from app.documents import chain, numbering
from app.documents.models import DocumentState, NumberState
from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.extensions import db
from app.findings import services as findings
from app.inspections.models import InspectedUnit, Inspection
from app.notices import queries, services
from app.notices.models import Notice
from app.notices.record import gather
from app.remediation import services as remediation
from tests import cast
from tests.conftest import NOON, Browser, settings_for
from tests.factories import notices
from tests.racing import race

PLANNER, LEADER = cast.PLANNER, cast.LEADER
REASON = "Sai tên đơn vị"


def take_back(notice: Notice, *, by: str = LEADER, reason: str = REASON) -> None:
    chain.take_back_signed(notice.document, reason, version=None, actor=cast.actor(by))


def test_what_was_sealed_on_time_is_issued_after_the_first_due_date(session: Session) -> None:
    notice = notices.sealed()
    with clock.frozen(clock.at(date(2026, 9, 29))):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))
    assert notice.document.state is DocumentState.ISSUED
    assert gather(notice).tasks[0].due_on == date(2026, 9, 28)


@pytest.mark.parametrize("make", [notices.signed, notices.sealed])
def test_a_signed_paper_is_taken_back_with_its_number(session: Session, make: Callable[[], Notice]) -> None:
    notice = make()
    with pytest.raises(DomainError) as refused:
        take_back(notice, reason=" ")
    assert refused.value.field == "opinion"
    for part in (PLANNER, cast.CLERK):
        with pytest.raises(Forbidden):
            take_back(notice, by=part)
    take_back(notice)
    session.commit()
    document = notice.document
    assert document.state is DocumentState.DRAFT and document.number is None and document.file_id is None
    assert document.signed_by is None and document.sealed_by is None and document.approved_hash is None
    assert document.return_reason == f"Hủy bản đã ký số 01/TB-SNV: {REASON}"
    assert notice.document.steps[-1].verb == "take_back_signed"
    again = notices.signed(notice)
    assert again.document.number_and_symbol == "02/TB-SNV"
    series = numbering.find_series("TB-SNV")
    assert series is not None
    book = [(n.n, n.state, n.reason) for n in numbering.list_numbers(series, 2026)]
    assert book == [(1, NumberState.VOID, f"Hủy bản đã ký: {REASON}"), (2, NumberState.USED, None)]


def test_what_was_issued_is_not_taken_back(session: Session) -> None:
    with pytest.raises(WrongState):
        take_back(notices.issued())


@pytest.mark.parametrize("make", [notices.submitted, notices.checked, notices.approved, notices.sealed])
def test_the_record_stays_while_its_notice_is_on_its_way(
    session: Session, make: Callable[[], Notice]
) -> None:
    notice = make()
    task, finding = gather(notice).tasks[0], notice.items[0].finding
    with pytest.raises(Conflict, match="giữ nguyên"):
        remediation.remove_task(task, actor=cast.actor(PLANNER))
    with pytest.raises(Conflict, match="giữ nguyên"):
        remediation.excuse_finding(finding, "Rút kinh nghiệm", actor=cast.actor(PLANNER))
    with pytest.raises(Conflict, match="UBND xã Long Phước"):
        findings.reconsider(finding, actor=cast.actor(cast.TEAM_LEADER))


def test_the_record_of_a_draft_is_still_edited(session: Session) -> None:
    notice = notices.drafted()
    remediation.remove_task(gather(notice).tasks[0], actor=cast.actor(PLANNER))
    assert gather(notice).tasks == ()


def test_a_draft_is_given_up_and_its_units_are_free(session: Session) -> None:
    notice = notices.drafted()
    with pytest.raises(DomainError):
        chain.abandon(notice.document, "", version=None, actor=cast.actor(PLANNER))
    with pytest.raises(Forbidden):
        chain.abandon(notice.document, REASON, version=None, actor=cast.actor(cast.CLERK))
    chain.abandon(notice.document, REASON, version=None, actor=cast.actor(LEADER))
    assert notice.document.state is DocumentState.ABANDONED
    assert queries.waiting_for(notice) is None
    assert queries.list_open_units(notice.inspection) == [notice.units[0]]
    assert services.draft(notice.inspection, notice.units, actor=cast.actor(PLANNER)).id != notice.id
    with pytest.raises(WrongState):
        chain.abandon(notice.document, REASON, version=None, actor=cast.actor(PLANNER))


def test_what_went_up_is_not_given_up(session: Session) -> None:
    with pytest.raises(WrongState):
        chain.abandon(notices.submitted().document, REASON, version=None, actor=cast.actor(PLANNER))


def test_a_draft_gets_another_drafter(session: Session) -> None:
    notice = notices.drafted()
    secretary = cast.person(cast.SECRETARY).id

    def give(to: int | None, reason: str = "Nghỉ phép", by: str = LEADER, version: int | None = None) -> None:
        chain.reassign(notice.document, to, reason, version=version, actor=cast.actor(by))

    for to, reason, field in (
        (None, "Nghỉ phép", "drafter_id"), (cast.person(LEADER).id, "Nghỉ phép", "drafter_id"),
        (cast.person(PLANNER).id, "Nghỉ phép", "drafter_id"), (secretary, " ", "opinion"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            give(to, reason)
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        give(secretary, by=cast.CLERK)
    with pytest.raises(Stale):
        give(secretary, version=notice.version - 1)
    give(secretary)
    with pytest.raises(Forbidden):
        chain.submit(notice.document, actor=cast.actor(PLANNER))
    chain.submit(notice.document, actor=cast.actor(cast.SECRETARY))
    with pytest.raises(WrongState):
        give(cast.person(PLANNER).id)


def test_a_draft_concludes_other_units(session: Session) -> None:
    inspection = notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    first, second = inspection.units
    notice = services.draft(inspection, [first], actor=cast.actor(PLANNER))

    def choose(*units: InspectedUnit) -> None:
        services.choose_units(notice, units, version=None, actor=cast.actor(PLANNER))

    choose(first, second)
    assert [item.finding.inspected_unit_id for item in notice.items] == [first.id, second.id]
    assert "02 đơn vị" in notice.document.subject
    choose(second)
    session.flush()
    assert [item.finding.inspected_unit_id for item in notice.items] == [second.id]
    assert "UBND xã An Phước" in notice.document.subject
    other = services.draft(inspection, [first], actor=cast.actor(PLANNER))
    with pytest.raises(Conflict, match="đã có trong thông báo"):
        choose(first)
    with pytest.raises(DomainError):
        choose()
    assert other.units == [first]


def test_other_units_another_drafter_and_giving_up_by_page(client: Browser, session: Session) -> None:
    notice = notices.drafted(notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC)))
    first = notice.units[0].id
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/units")
    client.submit(data={"units": [str(first)]})
    client.get(f"/notices/{notice.id}/reassign")
    client.submit(data={"opinion": "Nghỉ phép"}, expect=422)
    client.submit(data={"opinion": "Nghỉ phép", "drafter_id": str(cast.person(cast.TEAM_LEADER).id)})
    client.follow()
    assert "Đã giao người soạn" in client.text and "Giao người soạn khác" in client.text
    client.get(f"/notices/{notice.id}/units", expect=403)
    client.get(f"/notices/{notice.id}/abandon")
    client.submit(data={"opinion": " "}, expect=422)
    client.submit(data={"opinion": "Soạn lại theo đơn vị"})
    client.follow()
    assert "Đã bỏ dự thảo" in client.text
    client.get(f"/notices/{notice.id}/abandon", expect=409)
    client.get("/notices")
    assert "Đã bỏ dự thảo" in client.text


def test_taking_back_by_page(client: Browser, session: Session) -> None:
    notice = notices.sealed()
    client.sign_in(LEADER).get(f"/notices/{notice.id}")
    assert "Hủy bản đã ký" in client.text
    client.get(f"/notices/{notice.id}/take-back")
    client.submit(data={"opinion": REASON})
    client.follow()
    assert "Hủy bản đã ký số 01/TB-SNV" in client.text
    client.get(f"/notices/{notice.id}/take-back", expect=409)


@pytest.mark.slow
def test_two_who_draft_at_once_make_one_notice(new_database: Callable[[str], str], tmp_path: Path) -> None:
    app = create_app(settings_for(new_database("draft_race"), tmp_path))
    with app.app_context(), clock.frozen(NOON):
        inspection_id = notices.reported().id
        db.session.remove()

    def draft(inspection: Inspection) -> None:
        services.draft(inspection, list(inspection.units), actor=cast.actor(PLANNER))

    both = [draft, draft]
    assert race(app, lambda: db.session.get_one(Inspection, inspection_id), both) == ["done", "refused"]
