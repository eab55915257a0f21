"""The record of the overlap review, what was sent to the inspectorate and what it answered."""

from __future__ import annotations

import io

import openpyxl
import pypdfium2
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict
from app.inspections import queries, services
from app.inspections.models import OverlapRecord, OverlapReferral
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import inspections as cases
from tests.factories import register

FIRST, LAST = cases.FIRST_HALF
SENT = {"recipient": "Thanh tra thành phố", "reference": "52/SNV-CCHC", "sent_on": "18/9/2026"}


def text_of(data: bytes) -> str:
    pages = pypdfium2.PdfDocument(data)
    told = " ".join("\n".join(page.get_textpage().get_text_range() for page in pages).split())
    return told.replace("/ ", "/")


def lines_of(data: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [" | ".join(str(value) for value in row if value is not None) for row in sheet.values]


@pytest.fixture
def partly_refused(session: Session) -> int:
    """A draft of three contents at Long Phước: one concluded, one held by another team, one free."""
    register.concluded([(register.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05")])
    register.held([register.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST)])
    case = cases.draft()
    session.commit()
    return case.id


def test_the_record_names_what_is_free_concluded_and_held(client: Browser, partly_refused: int) -> None:
    client.sign_in(cast.PLANNER).get(f"/inspections/{partly_refused}/review")
    client.get(str(client.page.select_one("a[href$='/overlap']")["href"]))
    pdf = client.get(f"/inspections/{partly_refused}/overlap.pdf").data
    told = text_of(pdf)
    assert "BIÊN BẢN" in told and "Rà soát chồng chéo, trùng lặp" in told
    free, rest = told.split("II. NỘI DUNG ĐÃ CÓ KẾT LUẬN", 1)
    concluded, held = rest.split("III. NỘI DUNG ĐOÀN KHÁC", 1)
    assert "CĐ-01" in free and "MC-05" not in free
    assert "MC-05" in concluded and "45/TB-SNV" in concluded and "MC-11" not in concluded
    assert "MC-11" in held and "120/QĐ-SNV" in held and "Nguyễn Văn Mẫu" in held
    assert "Chưa gửi kế hoạch" in held
    lines = lines_of(client.get(f"/inspections/{partly_refused}/overlap.xlsx").data)
    assert any(line.startswith("1 | UBND xã Long Phước | MC-05") for line in lines)
    assert "I. Nội dung được kiểm tra" in lines


def test_what_was_left_out_stays_on_record_when_the_remainder_is_taken(
    client: Browser, session: Session, partly_refused: int
) -> None:
    """The review of the cut scope has nothing left to name; the record of the moment still does."""
    client.sign_in(cast.PLANNER).get(f"/inspections/{partly_refused}/review")
    client.submit("form[action$='/review/accept']")
    client.get(f"/inspections/{partly_refused}/overlap")
    link = client.page.select_one("a[href$='/record.pdf']")
    assert "02 nội dung không kiểm tra" in link.parent.get_text(" ", strip=True)
    told = text_of(client.get(str(link["href"])).data)
    concluded, held = told.split("II. NỘI DUNG ĐÃ CÓ KẾT LUẬN", 1)[1].split("III. NỘI DUNG ĐOÀN KHÁC", 1)
    assert "MC-05" in concluded and "45/TB-SNV" in concluded
    assert "MC-11" in held and "120/QĐ-SNV" in held
    now = text_of(client.get(f"/inspections/{partly_refused}/overlap.pdf").data)
    assert "45/TB-SNV" not in now
    record = session.scalars(sa.select(OverlapRecord)).one()
    assert record.made_by == cast.person(cast.PLANNER).id


def test_taking_a_whole_scope_keeps_no_record(session: Session) -> None:
    case = cases.draft()
    review = queries.review_scope(case)
    seen = services.Remainder(review.fingerprint, frozenset())
    services.accept_remainder(case, seen, version=None, actor=cast.actor(cast.PLANNER))
    assert session.scalars(sa.select(OverlapRecord)).all() == []


def test_what_is_sent_and_answered_stands_in_the_file(
    client: Browser, session: Session, partly_refused: int
) -> None:
    path = f"/inspections/{partly_refused}/overlap"
    client.sign_in(cast.PLANNER).get(path)
    assert client.page.select_one("input[name=recipient]")["value"] == "Thanh tra tỉnh", (
        "the office's setting"
    )
    client.submit(f"main form[action='{path}']", SENT)
    client.follow()
    assert "theo văn bản số 52/SNV-CCHC ngày 18/9/2026; chưa có trả lời." in client.text
    one = session.scalars(sa.select(OverlapReferral)).one()
    answered = {
        f"v{one.id}-answer_reference": "91/TTTP", f"v{one.id}-answered_on": "22/9/2026",
        f"v{one.id}-answer": "Không trùng lặp với kế hoạch thanh tra năm 2026.",
    }  # fmt: skip
    form = "main form[action$='/answer']"
    for wrong, told in (
        ({f"v{one.id}-answered_on": "17/9/2026"}, "trước ngày gửi 18/9/2026"),
        ({f"v{one.id}-answered_on": "24/9/2026"}, "sau ngày hôm nay"),
        ({f"v{one.id}-answer": ""}, "Ghi kết quả xử lý chồng chéo"),
    ):
        client.submit(form, {**answered, **wrong}, expect=422)
        assert told in client.text and "91/TTTP" in str(client.page), "nothing typed is lost"
    client.submit(form, answered)
    client.follow()
    assert "trả lời tại văn bản số 91/TTTP ngày 22/9/2026: Không trùng lặp" in client.text
    assert not client.page.select(form)
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(2)).all()
    assert names == ["overlap_answered", "overlap_sent"]
    assert "91/TTTP" in text_of(client.get(f"{path}.pdf").data)
    with pytest.raises(Conflict, match="đã được ghi"):
        services.record_answer(
            queries.get_visible(cast.actor(cast.PLANNER), partly_refused), one, reference="", answer="Khác",
            answered_on=NOON.date(), actor=cast.actor(cast.PLANNER),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sent_on": "30/02/2026"}, "30/02/2026"),
        ({"sent_on": "24/9/2026"}, "sau ngày hôm nay"),
        ({"reference": "\u200b"}, "Nhập số, ký hiệu văn bản gửi."),
        ({"recipient": "\u200b"}, "Nhập cơ quan nhận."),
    ],
)
def test_a_wrong_line_is_named_at_its_field(
    client: Browser, session: Session, partly_refused: int, changed: dict[str, str], told: str
) -> None:
    path = f"/inspections/{partly_refused}/overlap"
    client.sign_in(cast.PLANNER).get(path)
    client.submit(f"main form[action='{path}']", {**SENT, **changed}, expect=422)
    assert told in client.text
    assert session.scalar(sa.select(sa.func.count()).select_from(OverlapReferral)) == 0


def test_the_team_reads_it_and_only_the_planner_writes(client: Browser, partly_refused: int) -> None:
    path = f"/inspections/{partly_refused}/overlap"
    client.sign_in(cast.LEADER).get(path)
    assert not client.page.select("main form")
    client.sign_in(cast.HEAD).get(path, expect=404)


def test_the_same_sending_is_recorded_once(client: Browser, session: Session, partly_refused: int) -> None:
    client.sign_in(cast.PLANNER).get(f"/inspections/{partly_refused}/overlap")
    client.submit("form[action$='/overlap']", SENT)
    client.get(f"/inspections/{partly_refused}/overlap")
    client.submit("form[action$='/overlap']", {**SENT, "recipient": " Thanh tra  thành phố "}, expect=409)
    assert (
        "Việc gửi Thanh tra thành phố theo văn bản số 52/SNV-CCHC ngày 18/9/2026 đã được ghi." in client.text
    )
    assert client.page.select_one("input[name=reference][aria-invalid]")["value"] == SENT["reference"]
    assert len(session.scalars(sa.select(OverlapReferral)).all()) == 1
    client.submit("form[action$='/overlap']", {**SENT, "reference": "53/SNV-CCHC"})


def test_an_answer_that_comes_second_is_refused_and_what_was_typed_is_shown(
    client: Browser, session: Session, partly_refused: int
) -> None:
    page = f"/inspections/{partly_refused}/overlap"
    client.sign_in(cast.PLANNER).get(page)
    client.submit("form[action$='/overlap']", SENT)
    client.get(page)
    form = client.page.select_one("form[action$='/answer']")
    names = [str(field["name"]) for field in form.select("input[type=text], textarea")]
    first = dict(zip(names, ("12/TTr", "20/9/2026", "Không trùng lặp"), strict=True))
    second = dict(zip(names, ("13/TTr", "30/02/2026", "Trùng một nội dung"), strict=True))
    client.submit("form[action$='/answer']", first)
    client.get(page)
    assert not client.page.select("form[action$='/answer']")
    for day, status in (("30/02/2026", 422), ("21/9/2026", 409)):
        client.post(str(form["action"]), {**second, names[1]: day}, expect=status)
        told = client.page.select_one(".kl-note--stop").get_text(" ", strip=True)
        assert "Kết quả đã được ghi từ trước. Biểu mẫu vừa gửi không được ghi." in told
        assert "13/TTr" in told and day in told and "Trùng một nội dung" in told
