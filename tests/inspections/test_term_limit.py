"""The days at units that a profile gives: proposed, told beside the field, seen where a case takes longer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.deadlines import services as deadlines
from app.deadlines.settings import OFFICE_LEVEL
from app.inspections import queries
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as made

LONGER = "Dài hơn bộ thời hạn: không quá 10 ngày làm việc, gia hạn một lần không quá 05 ngày làm việc"


def test_a_new_case_is_proposed_the_days_of_the_profile(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/inspections/new")
    assert client.page.select_one("#term_days")["value"] == "10"
    assert "Bộ thời hạn: không quá 10 ngày làm việc, gia hạn một lần" in client.text


def test_an_office_at_a_commune_has_fewer(client: Browser, session: Session) -> None:
    deadlines.set_setting(OFFICE_LEVEL.key, "commune", clock.today(), None)
    limit = queries.term_limit()
    assert limit is not None and limit.text == (
        "không quá 07 ngày làm việc, gia hạn một lần không quá 03 ngày làm việc"
    )


def test_a_longer_term_is_seen_and_not_refused(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER)
    for make, fits, longer in ((made.draft, 10, 11), (made.decided, 15, 16)):
        case = make(title=f"Kiểm tra {make.__name__}")
        for days, told in ((fits, False), (longer, True)):
            case.term_days = days
            session.commit()
            client.get(f"/inspections/{case.id}")
            assert (LONGER in client.text) is told, (case.state, days)


def test_the_extension_says_how_long_it_may_be(client: Browser, session: Session) -> None:
    case = made.decided()
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{case.id}/changes?verb=extend")
    assert "Không quá 05 ngày làm việc (Vận dụng Nghị định số 217/2025/NĐ-CP" in client.text
