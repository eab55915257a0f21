"""What the team recorded about contents that leave the case is kept, and never lost in silence."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, WrongState
from app.fieldwork import queries, services
from app.fieldwork.models import Answer
from app.findings import services as findings_services
from app.findings.models import FindingState
from app.form_library.values import Result
from app.inspections import services as cases
from app.inspections.models import Inspection, ScopeItem
from app.inspections.planning import ScopePiece, criterion_box
from app.inspections.queries import list_scope
from app.inspections.services import Chosen, Left, Paper
from tests import cast
from tests.factories import fieldwork, findings

PAPER = Paper("150/QĐ-SNV", date(2026, 9, 23), "Trùng với kết luận thanh tra")


def end(case: Inspection, chosen: Chosen) -> Left:
    return cases.terminate_part(case, chosen, PAPER, version=None, actor=cast.actor(cast.PLANNER))


def span(item: ScopeItem, first: date, end_on: date) -> Chosen:
    piece = ScopePiece(
        item.inspected_unit_id, item.unit_id, item.criterion_id, item.part_from, item.part_to, first, end_on
    )
    return Chosen(pieces=[(item.id, criterion_box(piece))])


def test_a_content_with_findings_leaves_after_the_teams_leader_decided_about_them(session: Session) -> None:
    case = fieldwork.opened()
    item = fieldwork.item(case.units[0], "MC-05")
    fieldwork.answer(item, fieldwork.not_met())
    first, second = findings.finding(item), findings.finding(item, "Sổ theo dõi chưa đầy đủ.")
    findings.agreed(first)
    whole = Chosen(item_ids=[item.id])
    with pytest.raises(Conflict, match="Còn tồn tại, hạn chế đã ghi tại MC-05"):
        end(case, whole)
    leader = cast.actor(cast.TEAM_LEADER)
    findings_services.pass_on(first, "Thanh tra tỉnh", actor=leader)
    findings_services.leave_out(findings.heard(second), "Thanh tra tỉnh đã kết luận", actor=leader)
    assert end(case, whole) == Left(0, 1, 1)
    assert (first.state, second.state) == (FindingState.PASSED_ON, FindingState.LEFT_OUT)
    assert services.answers.find_answer(item) is not None
    with pytest.raises(WrongState, match="không thuộc phạm vi"):
        findings.finding(item, "Ghi thêm sau khi đình chỉ.")
    with pytest.raises(WrongState, match="không thuộc phạm vi"):
        services.attach(item, [], actor=cast.actor(cast.MEMBER))


def test_a_content_cut_in_two_is_answered_on_both_sides(session: Session) -> None:
    case = fieldwork.opened()
    unit = case.units[0]
    item = fieldwork.item(unit, "MC-05")
    told = fieldwork.answer(item)
    assert end(case, span(item, date(2026, 2, 1), date(2026, 4, 1))) == Left(0, 1, 1)
    halves = [found for found in list_scope(unit.id) if found.criterion.key == "MC-05"]
    assert [half.starts_on for half in halves] == [date(2026, 1, 1), date(2026, 4, 1)]
    answers = session.scalars(
        sa.select(Answer).where(Answer.scope_item_id.in_([half.id for half in halves]))
    ).all()
    assert [answer.result for answer in answers] == [Result.MET, Result.MET]
    assert {tuple(answer.looked_at) for answer in answers} == {tuple(told.looked_at)}
    assert queries.progress(unit).total == 5 and queries.progress(unit).done == 2


def test_a_content_cut_before_it_was_answered_is_asked_on_both_sides(session: Session) -> None:
    case = fieldwork.opened()
    unit = case.units[0]
    item = fieldwork.item(unit, "MC-05")
    end(case, span(item, date(2026, 2, 1), date(2026, 4, 1)))
    assert len(services.ending.list_unanswered(unit.id)) == 5
    assert fieldwork.ended(unit).ended_on == date(2026, 9, 23)


def test_the_end_of_the_period_is_that_of_what_is_left(session: Session) -> None:
    case = fieldwork.opened(provisional=True)
    unit = case.units[0]
    others = [item.id for item in list_scope(unit.id) if item.criterion.key != "MC-05"]
    item = fieldwork.item(unit, "MC-05")
    end(case, Chosen(item_ids=others))
    end(case, span(item, date(2026, 7, 1), item.ends_on))
    assert services.ending.last_day(unit, date(2026, 9, 23)) == date(2026, 6, 30)
