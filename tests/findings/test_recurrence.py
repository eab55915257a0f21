"""Tồn tại lặp lại: the same content of the same unit, found wanting in an earlier period."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.findings import recurrence, services
from app.findings.models import Classification, Finding
from app.inspections.models import InspectedUnit
from app.notices import texts
from app.notices.models import Notice
from app.remediation.models import Task
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork, notices
from tests.factories import findings as made
from tests.factories import inspections as cases

LATER = (date(2026, 7, 1), date(2026, 9, 15))


@pytest.fixture
def before(session: Session) -> Notice:
    """Long Phước's MC-05, first half of the year: a shortcoming, concluded by a notice."""
    return notices.issued()


@pytest.fixture
def unit(session: Session, before: Notice) -> InspectedUnit:
    """The same unit in the second half, under inspection."""
    case = cases.decided("Kiểm tra kỳ sau", criteria=("MC-05", "MC-11"), review=LATER)
    fieldwork.open_visit(cases.announced(case.units[0]))
    return case.units[0]


def source(notice: Notice) -> str:
    assert notice.document.issued_on is not None
    return f"Thông báo số {notice.document.number_and_symbol} ngày 23/9/2026"


def test_a_finding_in_a_later_period_links_itself_to_the_earlier_one(
    client: Browser, session: Session, before: Notice, unit: InspectedUnit
) -> None:
    found = made.finding(fieldwork.item(unit, "MC-05"))
    other = made.finding(fieldwork.item(unit, "MC-11"))
    session.commit()
    (earlier,) = recurrence.earlier_of([found.scope_item, other.scope_item])[found.scope_item_id]
    assert earlier.source == source(before)
    client.sign_in(cast.TEAM_LEADER).get(f"/findings/{found.id}")
    assert f"Tồn tại lặp lại: đã nêu tại {source(before)}" in client.text
    client.get(f"/findings/{other.id}")
    assert "Tồn tại lặp lại" not in client.text


def test_a_recurrence_cites_the_notice_by_itself_and_the_new_one_says_so(
    session: Session, before: Notice, unit: InspectedUnit
) -> None:
    found = made.finding(fieldwork.item(unit, "MC-05"), classification=Classification.RECURRENCE)
    assert found.earlier_notice == source(before)
    assert f"(tái diễn, đã nêu tại {source(before)})" in texts.item_text(found)
    with pytest.raises(DomainError, match="Ghi số, ngày thông báo"):
        made.finding(fieldwork.item(unit, "MC-11"), classification=Classification.RECURRENCE)
    edited = made.values(classification=Classification.RECURRENCE, earlier_notice="Thông báo số 1/TB-PNV")
    services.edit(found, edited, actor=cast.actor(cast.MEMBER), version=found.version)
    assert found.earlier_notice == "Thông báo số 1/TB-PNV", "what was typed stays"


def test_a_notice_out_of_force_and_an_earlier_period_link_nothing(
    session: Session, before: Notice, unit: InspectedUnit
) -> None:
    old = session.scalars(sa.select(Finding)).one()
    assert recurrence.earlier_of([old.scope_item]) == {} == recurrence.earlier_of([])
    item = fieldwork.item(unit, "MC-05")
    assert recurrence.earlier_of([item])
    notices.recalled(before)
    assert recurrence.earlier_of([item]) == {}


def test_a_task_tells_it_to_the_office_and_to_the_unit_alone(
    client: Browser, session: Session, before: Notice, unit: InspectedUnit
) -> None:
    found = made.finding(fieldwork.item(unit, "MC-05"))
    for part, knows in ((cast.FOLLOWER, True), (cast.HEAD, True), (cast.OTHER_HEAD, False)):
        assert bool(recurrence.told_to(cast.actor(part), [found])) is knows
    task = session.scalars(sa.select(Task).where(Task.document_id.is_not(None))).first()
    assert task is not None
    task.findings.append(found)
    session.commit()
    client.sign_in(cast.HEAD).get(f"/tasks/{task.id}")
    assert f"Tồn tại lặp lại: đã nêu tại {source(before)}" in client.text
