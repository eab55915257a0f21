"""The end of a unit entered late: what it does to cases is shown first; what stands in its way is listed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.inspections.models import Inspection
from app.units import services
from app.units.models import SuccessionKind, Unit
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as cases
from tests.factories import register, units

APRIL, JUNE = date(2026, 4, 1), date(2026, 6, 1)
ENDED = {"ended_on": "01/4/2026", "legal_basis": "Nghị quyết thử"}


@pytest.fixture
def made(session: Session) -> Inspection:
    """UBND xã Cũ is inspected for the first half of 2026; a split gives it to UBND xã Mới on 1/4/2026."""
    old, new = units.unit("CU", "UBND xã Cũ"), units.unit("MOI", "UBND xã Mới", valid_from=APRIL)
    units.unit("MOI2", "UBND xã Mới Hai", valid_from=APRIL)
    found = cases.decided(units=("CU",), criteria=("MC-05",))
    services.add_succession(old, new, APRIL, SuccessionKind.SPLIT, actor=None)
    session.commit()
    return found


def codes(session: Session, made: Inspection) -> list[str]:
    session.expire_all()
    return [iu.unit.code for iu in session.get_one(Inspection, made.id).units]


def ended_on(session: Session) -> date | None:
    session.expire_all()
    return cast.unit("CU").valid_to


def test_what_an_end_cuts_is_shown_before_it_is_recorded(
    client: Browser, session: Session, made: Inspection
) -> None:
    path = f"/units/{cast.unit('CU').id}/end"
    client.sign_in("planner").get(path)
    assert "Kế thừa đã ghi: UBND xã Mới từ ngày 01/4/2026." in client.text
    client.submit(data=ENDED, expect=200)
    assert "Sẽ cắt lại phạm vi của 01 cuộc kiểm tra đang giữ. Chưa ghi gì" in client.text
    assert f"{made.short_name} ({made.code})" in client.text
    assert "UBND xã Cũ: 01 nội dung, kiểm tra đến hết ngày 31/3/2026." in client.text
    assert "UBND xã Mới: thêm 01 nội dung, từ ngày 01/4/2026 đến ngày 30/6/2026" in client.text
    assert "Nghị quyết thử" in client.response.text, "what was typed stays"
    assert ended_on(session) is None and codes(session, made) == ["CU"]
    client.submit()
    client.follow()
    assert "Đã ghi đơn vị chấm dứt hoạt động. Đã cắt lại phạm vi của 01 cuộc kiểm tra." in client.text
    assert ended_on(session) == APRIL and codes(session, made) == ["CU", "MOI"]
    client.get(f"/inspections/{made.id}")
    assert "Cắt lại phạm vi theo việc sắp xếp UBND xã Cũ" in client.text


def test_the_visit_to_a_unit_that_joined_waits_for_maker_and_leader(
    client: Browser, session: Session, made: Inspection
) -> None:
    services.end_unit(cast.unit("CU"), APRIL, actor=cast.actor(cast.PLANNER))
    session.commit()
    told = "làm việc với UBND xã Mới, thêm vào cuộc kiểm tra theo việc sắp xếp đơn vị"
    address = f"main a[href='/inspections/{made.id}/visits']"
    for part in (cast.PLANNER, cast.TEAM_LEADER):
        client.sign_in(part).get("/")
        assert told in client.text and client.page.select(address)
    client.sign_in(cast.MEMBER).get("/")
    assert told not in client.text
    cases.scheduled(next(iu for iu in made.units if iu.unit.code == "MOI"))
    session.commit()
    client.sign_in(cast.PLANNER).get("/")
    assert told not in client.text


def test_what_changed_since_it_was_shown_is_shown_again(
    client: Browser, session: Session, made: Inspection
) -> None:
    client.sign_in("planner").get(f"/units/{cast.unit('CU').id}/end")
    client.submit(data=ENDED, expect=200)
    other = cast.unit("MOI2")
    services.add_succession(cast.unit("CU"), other, APRIL, SuccessionKind.SPLIT, actor=None)
    session.commit()
    client.submit(expect=409)
    assert "Kết quả cắt lại phạm vi đã khác lần xem trước." in client.text
    assert "UBND xã Mới Hai: thêm 01 nội dung" in client.text
    assert ended_on(session) is None
    client.submit()
    assert codes(session, made) == ["CU", "MOI", "MOI2"]


def test_a_day_on_which_nobody_takes_over_is_refused(
    client: Browser, session: Session, made: Inspection
) -> None:
    client.sign_in("planner").get(f"/units/{cast.unit('CU').id}/end")
    client.submit(data={**ENDED, "ended_on": "01/6/2026"}, expect=409)
    assert "Ghi kế thừa của đơn vị này" in client.text and "01/6/2026" in client.response.text
    assert ended_on(session) is None


def test_everything_in_the_way_is_listed_and_the_rest_may_be_taken(
    client: Browser, session: Session, made: Inspection
) -> None:
    register.held([register.box("MOI", "MC-05", JUNE, date(2026, 6, 30))], register.mandate("130/QĐ-SNV"))
    session.commit()
    client.sign_in("planner").get(f"/units/{cast.unit('CU').id}/end")
    assert not client.page.select("input[name=remainder]")
    client.submit(data=ENDED, expect=409)
    told = "của UBND xã Mới, thời kỳ 01/6/2026–30/6/2026, đang do Đoàn kiểm tra theo Quyết định số 130/QĐ-SNV"
    assert told in client.text
    client.submit(data={"remainder": "y"}, expect=200)
    assert "UBND xã Mới: thêm 01 nội dung, từ ngày 01/4/2026 đến ngày 31/5/2026" in client.text
    assert "Để lại 01 nội dung đã có kết luận hoặc đoàn khác thực hiện." in client.text
    client.submit()
    assert ended_on(session) == APRIL


def test_a_merge_says_that_the_end_is_to_be_recorded_next(client: Browser, session: Session) -> None:
    old, new = units.unit("CU", "UBND xã Cũ"), units.unit("MOI", "UBND xã Mới", valid_from=APRIL)
    session.commit()
    client.sign_in("planner").get(f"/units/{old.id}/succession")
    said = {
        "side": "successor", "other": str(new.id), "on_date": "01/4/2026", "kind": "merge",
        "legal_basis": "Nghị quyết thử",
    }  # fmt: skip
    client.submit(data=said)
    client.follow()
    assert "UBND xã Cũ chưa ghi chấm dứt hoạt động; ghi tại trang của đơn vị này." in client.text


def test_notices_are_named_one_by_one(client: Browser, session: Session) -> None:
    old = units.unit("CU", "UBND xã Cũ")
    for number in ("45/TB-SNV", "46/TB-SNV"):
        key = "MC-05" if number.startswith("45") else "MC-06"
        register.concluded([(register.box(old, key, APRIL, JUNE), key)], number)
    session.commit()
    client.sign_in("planner").get(f"/units/{old.id}/end")
    client.submit(data=ENDED, expect=409)
    lines = [line.get_text(" ", strip=True) for line in client.page.select("main li")]
    for number in ("45/TB-SNV", "46/TB-SNV"):
        told = f"Thông báo số {number} ngày 12/8/2026 của Sở Nội vụ đã kết luận 01 nội dung của UBND xã Cũ"
        assert any(told in line for line in lines)


def test_the_administrator_is_told_to_leave_it_to_the_planner(
    client: Browser, session: Session, made: Inspection
) -> None:
    client.sign_in(cast.ADMINISTRATOR).get(f"/units/{cast.unit('CU').id}/end")
    client.submit(data=ENDED, expect=409)
    assert "do người lập kế hoạch thực hiện" in client.text
    assert made.code not in client.text and made.short_name not in client.text
    client.sign_in(cast.HEAD).get(f"/units/{cast.unit('CU').id}/end", expect=403)


def test_a_successor_recorded_after_the_end_is_shown_before_it_is_added(
    client: Browser, session: Session, made: Inspection
) -> None:
    old: Unit = cast.unit("CU")
    services.end_unit(old, APRIL, actor=cast.actor(cast.PLANNER))
    session.commit()
    client.sign_in("planner").get(f"/units/{old.id}/succession")
    said = {
        "side": "successor", "other": str(cast.unit("MOI2").id), "on_date": "01/4/2026", "kind": "split",
        "legal_basis": "Nghị quyết thử",
    }  # fmt: skip
    client.submit(data=said, expect=200)
    assert "UBND xã Mới Hai: thêm 01 nội dung, từ ngày 01/4/2026 đến ngày 30/6/2026" in client.text
    assert codes(session, made) == ["CU", "MOI"]
    client.submit()
    client.follow()
    assert "Đã ghi việc kế thừa. Đã cắt lại phạm vi của 01 cuộc kiểm tra." in client.text
    assert codes(session, made) == ["CU", "MOI", "MOI2"]
