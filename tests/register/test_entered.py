"""Entered conclusions: the list of them, lines that nobody has mapped, and the paper that is joined later."""

from __future__ import annotations

import io
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.documents.models import Document
from app.errors import Conflict, Forbidden, WrongState
from app.register import entered, entry
from app.register.models import Conclusion, Level, MandateKind
from app.web.paging import parse_cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory
from tests.queries import count_queries
from tests.register.reading import rows
from tests.register.test_register_entry import FIRST, LAST, enter

LIST = "/register/conclusions"


def past(
    number: str = "18/TB-SNV", *lines: entry.Said, on: date = date(2026, 8, 1), **more: object
) -> Conclusion:
    """A past notice of the office, recorded by the planner; without lines one of Long Phước, not mapped."""
    said = lines or (entry.Said(cast.unit("LP"), [], FIRST, date(2026, 7, 1), text="Chưa niêm yết"),)
    made = entry.record(
        entry.Entry(
            MandateKind.HISTORIC, "Sở Nội vụ", Level.DEPARTMENT, number, on, "Thông báo cũ", said, **more  # type: ignore[arg-type]
        ),
        actor=cast.actor(cast.PLANNER),
    )  # fmt: skip
    return made.conclusion


def scan(data: bytes = b"%PDF-1.7 mau") -> io.BytesIO:
    return io.BytesIO(data)


# --- the list --------------------------------------------------------------------------------------------


def test_the_list_has_what_was_entered_newest_first_and_what_is_lacking(
    client: Browser, session: Session
) -> None:
    past()
    past("17/TB-SNV", on=date(2026, 7, 15), upload=entry.Upload("17.pdf", b"%PDF-1.7 mau"))
    enter(client)
    factory.conclusion()
    session.commit()
    client.get(LIST)
    assert [row.split(" của ")[0].split(" ngày")[0] for row in rows(client)] == [
        "Kết luận số 05/KL-TTr", "Thông báo số 18/TB-SNV", "Thông báo số 17/TB-SNV",
    ]  # fmt: skip
    assert "Áp dụng Chưa kèm" in rows(client)[0] and "Chỉ ghi nhận Đã kèm" in rows(client)[2]
    for address, numbers in (
        ("?lacks=mapping", ["18/TB", "17/TB"]), ("?lacks=paper", ["05/KL", "18/TB"]),
        ("?q=17/tb so noi vu", ["17/TB"]),
    ):  # fmt: skip
        client.get(LIST + address)
        assert [row.split("số ")[1][:5] for row in rows(client)] == numbers
    client.get(LIST + "?q=khong-co")
    assert "Không có kết luận nào khớp điều kiện lọc." in client.text
    client.get(LIST + "?lacks=x", expect=422)
    client.get("/register")
    assert client.page.select(f"a[href='{LIST}']")


def test_one_that_is_voided_says_so_and_lacks_nothing(client: Browser, session: Session) -> None:
    entry.void(past(), "Ghi nhầm năm", actor=cast.actor(cast.CLERK))
    session.commit()
    client.sign_in(cast.LEADER).get(LIST)
    assert "Đã hủy ghi nhận" in rows(client)[0]
    client.get(LIST + "?lacks=paper")
    assert not rows(client)


@pytest.mark.parametrize("part", [cast.OBSERVER, cast.HEAD])
def test_the_list_is_the_offices(client: Browser, part: str) -> None:
    client.sign_in(part).get(LIST, expect=403)
    client.get("/register")
    assert not client.page.select(f"a[href='{LIST}']")


def test_the_list_pages_both_ways_and_reads_once(session: Session) -> None:
    for number in range(5):
        past(f"{number + 1}/TB-SNV", on=date(2026, 7, 1 + number // 2))
    first = entered.list_entered(size=2)
    second = entered.list_entered(size=2, cursor=parse_cursor(first.next_cursor, date, int))
    assert [row.number for row in (*first, *second)] == ["5/TB-SNV", "4/TB-SNV", "3/TB-SNV", "2/TB-SNV"]
    back = entered.list_entered(size=2, cursor=parse_cursor(second.previous_cursor, date, int))
    assert back.items == first.items
    with count_queries(session) as sent:
        entered.list_entered()
    assert len(sent) == 1


# --- lines that are not mapped ---------------------------------------------------------------------------


def test_a_line_without_criteria_stands_on_the_page_of_its_conclusion_for_the_office(
    client: Browser, session: Session
) -> None:
    lp = cast.unit("LP")
    made = past(
        "18/TB-SNV",
        entry.Said(lp, [], FIRST, date(2026, 7, 1), "partly", "Chưa niêm yết"),
        entry.Said(lp, [factory.criterion("MC-05")], FIRST, date(2026, 7, 1), "met", "Có phiếu xin lỗi"),
    )
    session.commit()
    client.sign_in(cast.LEADER).get(f"{LIST}/{made.id}")
    assert "Chưa gắn với nội dung của phiếu" in client.text
    assert "UBND xã Long Phước 01/01/2026–30/6/2026 Đạt một phần Chưa niêm yết" in rows(client)[-1]
    assert "Có phiếu xin lỗi" not in client.text
    client.sign_in(cast.HEAD).get(f"{LIST}/{made.id}")
    assert "Chưa niêm yết" not in client.text


def test_a_past_notice_is_entered_on_the_page_without_criteria(client: Browser, session: Session) -> None:
    enter(client, kind="historic", level="20", criteria=None)
    client.follow()
    assert "Đã ghi nhận kết luận, chưa gắn với nội dung nào của phiếu kiểm tra." in client.text
    made = session.scalars(sa.select(Conclusion)).one()
    assert not made.coverage and [line.unit_id for line in made.lines] == [cast.unit("LP").id]


# --- the paper -------------------------------------------------------------------------------------------


def test_the_paper_is_joined_once(client: Browser, session: Session) -> None:
    enter(client)
    made = session.scalars(sa.select(Conclusion)).one()
    client.sign_in(cast.CLERK).get(f"{LIST}/{made.id}")
    client.get(client.page.select_one("a[href$='/paper']")["href"])
    client.submit("main form[method=post]", {"files": (scan(b"khong phai"), "kl.pdf")}, expect=422)
    assert "không đúng với đuôi .pdf" in client.text
    client.submit("main form[method=post]", {}, expect=422)
    assert "Chọn tệp văn bản." in client.text
    client.submit("main form[method=post]", {"files": (scan(), "kl.pdf")})
    client.follow()
    assert "Đã gắn văn bản vào kết luận." in client.text
    paper = session.scalars(sa.select(Document)).one()
    assert client.page.select(f"a[href='/documents/{paper.id}']") and not client.page.select(
        "a[href$='/paper']"
    )
    assert (paper.number_and_symbol, paper.issuer_name) == ("05/KL-TTr", "Thanh tra tỉnh")
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(2)).all()
    assert sorted(names) == ["conclusion_paper_attached", "document_recorded"]
    session.refresh(made)
    with pytest.raises(Conflict, match="đã có văn bản kèm theo"):
        entry.attach(made, entry.Upload("kl.pdf", b"%PDF-1.7 khac"), actor=cast.actor(cast.CLERK))


def test_the_paper_goes_with_a_conclusion_that_is_voided(client: Browser, session: Session) -> None:
    enter(client)
    made = session.scalars(sa.select(Conclusion)).one()
    paper = entry.attach(made, entry.Upload("kl.pdf", b"%PDF-1.7 mau"), actor=cast.actor(cast.PLANNER))
    entry.void(made, "Ghi nhầm năm", actor=cast.actor(cast.CLERK))
    assert paper.state == "voided"
    with pytest.raises(WrongState, match="không còn hiệu lực"):
        entry.attach(made, entry.Upload("kl.pdf", b"%PDF-1.7 mau"), actor=cast.actor(cast.CLERK))


def test_ours_has_its_notice_and_others_do_not_attach(client: Browser, session: Session) -> None:
    ours = factory.concluded([(factory.box("LP", "MC-05", FIRST, LAST), "MC-05")])
    session.commit()
    paper = entry.Upload("tb.pdf", b"%PDF-1.7 mau")
    with pytest.raises(WrongState, match="thu hồi hoặc thay thế"):
        entry.attach(ours, paper, actor=cast.actor(cast.CLERK))
    session.rollback()
    with pytest.raises(Forbidden):
        entry.attach(ours, paper, actor=cast.actor(cast.LEADER))
    client.sign_in(cast.CLERK).get(f"{LIST}/{ours.id}")
    assert not client.page.select("a[href$='/paper']")
    client.sign_in(cast.HEAD).get(f"{LIST}/{ours.id}/paper", expect=404)
    client.sign_in(cast.LEADER).get(f"{LIST}/{ours.id}/paper", expect=403)


def test_papers_are_found_by_number_and_day_but_for_voided_ones(session: Session) -> None:
    made, gone = past(), past("19/TB-SNV")
    entry.void(gone, "Ghi nhầm năm", actor=cast.actor(cast.CLERK))
    days = {made.concluded_on}
    with count_queries(session) as sent:
        (found,) = entered.list_papers({"18/TB-SNV", "19/TB-SNV"}, days)
        assert (found.id, len(found.lines), found.coverage) == (made.id, 1, [])
    assert len(sent) == 3
    assert not entered.list_papers({"18/TB-SNV"}, {date(2026, 8, 2)})
