"""When a visit may be planned, told of, held or called off; and that nobody overwrites another's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import clock, create_app
from app.errors import Stale, WrongState
from app.extensions import db
from app.fieldwork import services as fieldwork
from app.inspections import services
from app.inspections.models import InspectedUnitState, Inspection, InspectionState, Visit, VisitState
from app.inspections.services import VisitData
from tests import cast
from tests.conftest import NOON, Browser, settings_for
from tests.factories import inspections as make
from tests.racing import race

THURSDAY = date(2026, 9, 24)
LETTER = "Công văn số 310/SNV-CCHC ngày 21/9/2026"
PAPER = "Quyết định số 140/QĐ-SNV ngày 23/9/2026"


def suspended() -> tuple[Inspection, Visit, Visit]:
    """A suspended case with a visit that the unit was told of and one that it was not."""
    made = make.decided(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    told, planned = make.announced(made.units[0]), make.scheduled(made.units[1], THURSDAY)
    services.suspend(made, "Mưa lũ", PAPER, version=None, actor=cast.actor(cast.PLANNER))
    return made, told, planned


def test_while_a_case_is_suspended_no_visit_is_planned_moved_told_of_or_opened(session: Session) -> None:
    made, told, planned = suspended()
    secretary = cast.actor(cast.SECRETARY)
    acts: list[Callable[[], object]] = [
        lambda: services.schedule_visit(made.units[0], VisitData(date(2026, 9, 25)), actor=secretary),
        lambda: services.move_visit(planned, VisitData(date(2026, 9, 25)), actor=secretary),
        lambda: services.announce([planned], LETTER, actor=secretary),
        lambda: fieldwork.open_visit(told, opened_at=clock.now(), actor=secretary),
    ]
    for act in acts:
        with session.begin_nested() as point, pytest.raises(WrongState, match="đang tạm dừng"):
            act()
        assert not point.is_active
    assert planned.announced_at is None and told.state is VisitState.SCHEDULED


def test_a_visit_of_a_suspended_case_may_be_called_off(session: Session) -> None:
    _, told, _ = suspended()
    services.call_off(told, "Mưa lũ", actor=cast.actor(cast.SECRETARY))
    assert told.state is VisitState.NOT_HELD


def test_a_case_suspended_before_its_first_visit_goes_on_waiting_for_it(session: Session) -> None:
    made, told, _ = suspended()
    planner = cast.actor(cast.PLANNER)
    services.resume(made, "Hết mưa lũ", PAPER, version=None, actor=planner)
    assert made.state.value == "decided"
    fieldwork.open_visit(told, opened_at=clock.now(), actor=cast.actor(cast.SECRETARY))
    services.suspend(made, "Mưa lũ", PAPER, version=None, actor=planner)
    services.resume(made, "Hết mưa lũ", PAPER, version=None, actor=planner)
    assert made.state.value == "in_progress"


@pytest.mark.parametrize("state", [InspectedUnitState.ENDED, InspectedUnitState.CONCLUDED])
def test_a_unit_that_is_done_has_no_more_visits(session: Session, state: InspectedUnitState) -> None:
    made = make.decided()
    visit = make.announced(made.units[0])
    waiting = make.scheduled(made.units[0], THURSDAY)
    made.units[0].state = state
    secretary = cast.actor(cast.SECRETARY)
    with pytest.raises(WrongState, match="không còn buổi làm việc"):
        services.schedule_visit(made.units[0], VisitData(date(2026, 9, 25)), actor=secretary)
    with pytest.raises(WrongState, match="không còn buổi làm việc"):
        services.announce([waiting], LETTER, actor=secretary)
    with pytest.raises(WrongState, match="không còn buổi làm việc"):
        fieldwork.open_visit(visit, opened_at=clock.now(), actor=secretary)


def test_a_case_whose_fieldwork_is_over_has_no_more_visits_and_a_draft_opens_none(session: Session) -> None:
    made, draft = make.decided(), make.draft("Đang lập", units=(cast.AN_PHUOC,))
    made.state = InspectionState.FIELDWORK_ENDED
    with pytest.raises(WrongState, match="Đã kết thúc kiểm tra tại đơn vị"):
        services.schedule_visit(made.units[0], VisitData(THURSDAY), actor=cast.actor(cast.SECRETARY))
    planned = make.scheduled(draft.units[0])
    with pytest.raises(WrongState, match="Chưa có quyết định"):
        fieldwork.open_visit(planned, opened_at=clock.now(), actor=cast.actor(cast.SECRETARY))


def test_termination_ends_a_visit_that_is_under_way(session: Session) -> None:
    made = make.decided()
    visit = make.announced(made.units[0])
    fieldwork.open_visit(visit, opened_at=clock.now(), actor=cast.actor(cast.SECRETARY))
    services.terminate(made, "Cấp trên đã kiểm tra", PAPER, version=None, actor=cast.actor(cast.PLANNER))
    assert (visit.state, visit.not_held_reason) == (VisitState.NOT_HELD, "Cấp trên đã kiểm tra")


def test_one_visit_chosen_twice_is_told_of_once(session: Session) -> None:
    made = make.decided()
    visit = make.scheduled(made.units[0], THURSDAY)
    assert services.announce([visit, visit], LETTER, actor=cast.actor(cast.SECRETARY)) == 1


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(session: Session) -> None:
    made = make.decided()
    visit = make.scheduled(made.units[0], THURSDAY)
    session.commit()
    seen, secretary = made.version, cast.actor(cast.SECRETARY)
    services.record_unit_report(made.units[0], "Báo cáo số 92", None, version=seen, actor=secretary)
    assert made.version > seen
    acts: list[Callable[[], object]] = [
        lambda: services.record_unit_report(made.units[0], "", THURSDAY, version=seen, actor=secretary),
        lambda: services.announce([visit], LETTER, version=seen, actor=secretary),
        lambda: services.call_off(visit, "Mưa lũ", version=seen, actor=secretary),
    ]
    for act in acts:
        with pytest.raises(Stale):
            act()
    assert made.units[0].report_citation == "Báo cáo số 92" and visit.state is VisitState.SCHEDULED


def test_a_stale_report_of_the_unit_is_shown_beside_what_was_typed(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    path = f"/inspections/{made.id}/units/{made.units[0].id}/report"
    client.sign_in(cast.SECRETARY).get(path)
    services.record_unit_report(made.units[0], "Báo cáo số 92", None, actor=cast.actor(cast.PLANNER))
    session.commit()
    client.submit(data={"report_citation": "Báo cáo số 93"}, expect=409)
    assert client.page.select("#report_citation")[0]["value"] == "Báo cáo số 93"
    client.submit()


def test_of_two_people_who_act_on_one_visit_at_once_one_is_refused(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("visit_race"), tmp_path))
    with app.app_context(), clock.frozen(NOON):
        made = make.decided()
        key = make.announced(made.units[0]).id
        db.session.commit()
        db.session.remove()

    def load() -> Visit:
        visit = db.session.get_one(Visit, key)
        assert visit.inspected_unit.inspection.units
        return visit

    secretary = cast.SECRETARY
    deeds: list[Callable[[Visit], None]] = [
        lambda visit: services.call_off(visit, "Mưa lũ", actor=cast.actor(secretary)),
        lambda visit: fieldwork.open_visit(visit, opened_at=clock.now(), actor=cast.actor(secretary)),
    ]
    assert race(app, load, deeds) == ["done", "refused"]
