"""Kế hoạch khắc phục: written in Word from the record, signed by the unit, its number and day come back."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import Event
from app.errors import Conflict, DomainError, Forbidden, NotFound
from app.notices.models import Notice
from app.notices.services import publishing
from app.remediation import queries, services
from app.remediation.models import UnitPlan
from tests import cast
from tests.conftest import Browser
from tests.factories import notices

DAY = date(2026, 9, 23)


@pytest.fixture
def notice(session: Session) -> Notice:
    """Published, so that the unit owes its plan."""
    made = notices.issued()
    publishing.publish(made, on=clock.today(), place="Cổng thông tin điện tử", actor=cast.actor(cast.CLERK))
    session.commit()
    return made


def record(notice: Notice, part: str, reference: str = "31/KH-UBND", on: date = DAY) -> UnitPlan:
    unit = cast.unit(cast.LONG_PHUOC)
    return services.record_plan(
        unit, notice.document, reference=reference, issued_on=on, actor=cast.actor(part)
    )


@pytest.mark.parametrize("part", [cast.HEAD, cast.OFFICER, cast.FOLLOWER, cast.CLERK])
def test_once_it_is_known_it_is_owed_no_more(session: Session, notice: Notice, part: str) -> None:
    assert [one.notice.id for one in queries.list_plans_owed()] == [notice.document_id]
    made = record(notice, part)
    session.commit()
    assert queries.list_plans_owed() == []
    assert made.on_behalf is (part in (cast.FOLLOWER, cast.CLERK))
    event = session.scalars(sa.select(Event).where(Event.name == "unit_plan_recorded")).one()
    assert event.on_behalf_of == ("UBND xã Long Phước" if made.on_behalf else None)


@pytest.mark.parametrize("part", [cast.OTHER_HEAD, cast.OBSERVER, cast.LEADER, cast.OUTSIDER])
def test_nobody_else_records_it(session: Session, notice: Notice, part: str) -> None:
    with pytest.raises(Forbidden):
        record(notice, part)


def test_what_is_wrong_is_told_at_its_field(session: Session, notice: Notice) -> None:
    for reference, on, field in (
        (" ", DAY, "reference"), ("31/KH", date(2026, 9, 22), "document_on"),
        ("31/KH", date(2026, 9, 24), "document_on"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            record(notice, cast.HEAD, reference, on)
        assert refused.value.field == field
    record(notice, cast.HEAD)
    with pytest.raises(Conflict):
        record(notice, cast.HEAD, "31/kh-ubnd")
    other = cast.unit(cast.AN_PHUOC)
    with pytest.raises(NotFound):  # the notice asks nothing of it
        services.record_plan(
            other, notice.document, reference="1/KH", issued_on=DAY, actor=cast.actor(cast.CLERK)
        )


def test_from_the_units_page_and_back_and_a_second_click_says_so(client: Browser, notice: Notice) -> None:
    unit = cast.unit(cast.LONG_PHUOC).id
    client.sign_in(cast.HEAD).get("/")
    (way,) = client.page.select(f"a[href^='/units/{unit}/plan-number']")
    client.get(str(way["href"]))
    client.submit(data={"reference": "31/KH-UBND", "document_on": "31/2/2026"}, expect=422)
    assert client.page.select_one("input[name=reference]")["value"] == "31/KH-UBND"
    client.submit(data={"document_on": "23/9/2026"})
    client.follow()
    assert "Đã ghi số, ngày kế hoạch khắc phục." in client.text
    assert "Kế hoạch khắc phục phải gửi" not in client.text
    client.get(str(way["href"]))
    assert "31/KH-UBND ngày 23/9/2026" in client.text
    client.submit(data={"reference": "31/KH-UBND", "document_on": "23/9/2026"}, expect=409)
    assert "đã được ghi" in client.text
    (task,) = queries.list_for_document(notice.document_id)
    client.get(f"/tasks/{task.id}")
    assert "Kế hoạch khắc phục: 31/KH-UBND ngày 23/9/2026" in client.text


def test_the_follower_enters_it_from_their_list(client: Browser, notice: Notice) -> None:
    unit = cast.unit(cast.LONG_PHUOC).id
    client.sign_in(cast.FOLLOWER).get("/")
    (way,) = client.page.select(f"a[href^='/units/{unit}/for-unit/plan-number']")
    client.get(str(way["href"]))
    client.submit(data={"reference": "31/KH-UBND", "document_on": "23/9/2026"})
    client.follow()
    assert "Chờ kế hoạch khắc phục" not in client.text
