"""Quá hạn theo đơn vị: the first on the leader's home, all of them on a page of their own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.followup import ageing
from app.remediation.models import Task
from app.remediation.queries import overdue
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries

UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH)
TODAY = date(2026, 9, 23)


def late(days: dict[str, tuple[int, ...]]) -> None:
    """Tasks of these units, overdue by so many days."""
    for unit, overdue_by in days.items():
        for many in overdue_by:
            (task,) = made.issued(units=(unit,))
            task.due_on = task.report_due_on = TODAY - timedelta(days=many)


def rows(client: Browser) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in client.page.select("tbody tr")
    ]


def test_every_unit_by_its_age_and_each_number_opens_those_lines(client: Browser, session: Session) -> None:
    late({cast.LONG_PHUOC: (1, 7, 8, 31), cast.AN_PHUOC: (30, 8), cast.LONG_THANH: (0,)})
    session.commit()
    client.sign_in(cast.FOLLOWER).get("/follow-up/late-units")
    told = [[cell.split(" nội dung")[0] for cell in row] for row in rows(client)]
    assert told == [
        ["UBND xã Long Phước", "02", "01", "01", "04"], ["UBND xã An Phước", "00", "02", "00", "02"],
    ]  # fmt: skip
    for link in client.page.select("tbody td a"):
        number = int(link.get_text(" ").split()[0])
        client.get(link["href"])
        assert len(client.page.select("table.kl-table--follow tbody tr")) == number


def test_pages_hold_every_unit_once_forwards_and_back(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    late({cast.LONG_PHUOC: (40, 2), cast.AN_PHUOC: (40, 3), cast.LONG_THANH: (5, 5, 5)})
    session.commit()
    monkeypatch.setattr(ageing, "PAGE", 1)
    client.sign_in(cast.LEADER).get("/follow-up/late-units")
    seen = [rows(client)[0][0]]
    while (following := client.page.select_one("a[rel=next]")) is not None:
        client.get(following["href"])
        seen.append(rows(client)[0][0])
    assert len(seen) == len(set(seen)) == len(UNITS) and "Long Thành" in seen[-1]
    back = [seen[-1]]
    while (before := client.page.select_one("a[rel=prev]")) is not None:
        client.get(before["href"])
        back.append(rows(client)[0][0])
    assert back == seen[::-1]
    client.get("/follow-up/late-units?cursor=x", expect=400)


def test_the_leaders_home_names_the_furthest_behind_and_how_many_more(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    late({cast.LONG_PHUOC: (2,), cast.AN_PHUOC: (40,), cast.LONG_THANH: (5,)})
    session.commit()
    monkeypatch.setattr(ageing, "SHOWN", 1)
    ageing._worst.cache_clear()
    client.sign_in(cast.LEADER).get("/")
    (card,) = client.page.select("section[aria-labelledby=qh]")
    assert [link.get_text() for link in card.select("a")] == [
        "UBND xã An Phước", "Còn 02 đơn vị khác có nội dung quá hạn",
    ]  # fmt: skip
    ageing._worst.cache_clear()


@pytest.mark.parametrize("who", [cast.HEAD, cast.MEMBER])
def test_who_does_not_see_every_task_sees_no_such_page(client: Browser, session: Session, who: str) -> None:
    client.sign_in(who).get("/follow-up/late-units", expect=404)


def test_an_empty_page_says_so_and_many_units_cost_no_more(client: Browser, session: Session) -> None:
    client.sign_in(cast.OBSERVER).get("/follow-up/late-units")
    assert "Không đơn vị nào có nội dung quá hạn." in client.text
    asked = []
    for unit in UNITS:
        late({unit: (3,)})
        session.commit()
        session.expire_all()
        with count_queries(session) as sent:
            client.get("/follow-up/late-units")
        asked.append(len(sent))
    assert max(asked) <= 5 and len(set(asked)) == 1


def test_what_is_counted_by_unit_is_what_is_overdue(session: Session) -> None:
    late({cast.LONG_PHUOC: (1, 7, 8, 31), cast.AN_PHUOC: (30, 8), cast.LONG_THANH: (0,)})
    session.flush()
    counted = sum(row.total for row in ageing.list_units(clock.today()))
    assert counted == session.scalar(sa.select(sa.func.count()).select_from(Task).where(overdue(TODAY))) == 6
