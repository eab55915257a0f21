"""Nhật ký Đoàn on the page of a case: the team writes, nobody takes anything back."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import WrongState
from app.fieldwork.models import JournalEntry
from app.fieldwork.services import journal
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections

LINE = {"on_date": "23/9/2026", "text": "Công bố quyết định; nhận báo cáo của đơn vị."}


def written(session: Session) -> list[tuple[date, str, int]]:
    session.expire_all()
    return [(e.on_date, e.text, e.written_by) for e in session.scalars(sa.select(JournalEntry))]


def test_a_member_writes_on_the_page_of_the_case(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER).get(f"/inspections/{unit.inspection_id}")
    client.submit("form[action$='/journal']", LINE)
    assert client.response.headers["Location"].endswith(f"/inspections/{unit.inspection_id}#phan-journal")
    assert written(session) == [(date(2026, 9, 23), LINE["text"], cast.person(cast.MEMBER).id)]
    event = session.scalars(sa.select(Event).where(Event.name == "journal_written")).one()
    assert {s.kind for s in event.subjects} == {"journal_entry", "inspection"}
    client.get(f"/inspections/{unit.inspection_id}")
    assert LINE["text"] in client.page.select_one("[aria-labelledby=phan-journal]").get_text()


@pytest.mark.parametrize(
    ("part", "status"), [(cast.HEAD, 404), (cast.GUEST, 404), (cast.PLANNER, 403), (cast.LEADER, 403)]
)
def test_nobody_but_the_team_writes(
    client: Browser, session: Session, unit: InspectedUnit, part: str, status: int
) -> None:
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)
    client.post(f"/inspections/{unit.inspection_id}/journal", LINE, expect=status)
    assert written(session) == []


def test_the_office_reads_it_without_a_form(client: Browser, session: Session, unit: InspectedUnit) -> None:
    journal.write(unit.inspection, date(2026, 9, 23), LINE["text"], actor=cast.actor(cast.SECRETARY))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{unit.inspection_id}/journal")
    assert LINE["text"] in client.text and not client.page.select("form[action$='/journal']")


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"text": ""}, "23/9/2026"),
        ({"text": "ok"}, "23/9/2026"),
        ({"on_date": "24/9/2026"}, LINE["text"]),
        ({"on_date": "31/12/1900"}, LINE["text"]),
        ({"on_date": ""}, LINE["text"]),
    ],
)
def test_a_line_without_words_or_of_a_day_that_cannot_be_is_refused(
    client: Browser, session: Session, unit: InspectedUnit, change: dict[str, str], kept: str
) -> None:
    client.sign_in(cast.MEMBER).get(f"/inspections/{unit.inspection_id}")
    client.submit("form[action$='/journal']", {**LINE, **change}, expect=422)
    assert kept in str(client.page.select_one("form[action$='/journal']")) and written(session) == []


def test_the_page_of_the_case_shows_the_last_five_and_leads_to_all(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    for place in range(1, 7):
        journal.write(unit.inspection, date(2026, 9, 23), f"Việc thứ {place}.", actor=cast.actor(cast.MEMBER))
    session.commit()
    client.sign_in(cast.TEAM_LEADER).get(f"/inspections/{unit.inspection_id}")
    shown = client.page.select_one("[aria-labelledby=phan-journal]").get_text()
    assert "Việc thứ 6." in shown and "Việc thứ 2." in shown and "Việc thứ 1." not in shown
    client.get(f"/inspections/{unit.inspection_id}/journal")
    assert "Việc thứ 1." in client.text


def test_a_draft_has_no_journal(session: Session) -> None:
    draft = inspections.draft()
    with pytest.raises(WrongState):
        journal.write(draft, date(2026, 9, 23), "Chuẩn bị.", actor=cast.actor(cast.TEAM_LEADER))
