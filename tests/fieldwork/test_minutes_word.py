"""The draft of minutes as Word; what was printed to be signed has no other form."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.documents.word import read_docx
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork


def test_the_draft_says_in_word_what_the_print_will_say(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    fieldwork.answer(fieldwork.item(unit, "MC-05"))
    visit = unit.visits[0]
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{visit.id}")
    client.submit("form[action$='/compose']")
    client.follow()
    client.submit("#bien-ban", {"opened_time": "8:05", "closed_time": "11h40", "unit_agrees": "y"})
    client.follow()
    link = next(a for a in client.page.select("main a") if a.text == "Tải Word")
    data = client.get(str(link["href"])).data
    said = " ".join(loose.text for loose in read_docx(data).loose)
    assert "BIÊN BẢN" in said and "hồi 08 giờ 05 phút" in said
    assert "Đơn vị thống nhất với nội dung biên bản" in said
    client.sign_in(cast.HEAD).get(str(link["href"]), expect=404)


def test_printed_minutes_have_no_word_file(client: Browser, session: Session, unit: InspectedUnit) -> None:
    fieldwork.answer(fieldwork.item(unit, "MC-05"))
    minutes = fieldwork.printed(unit.visits[0])
    session.commit()
    client.sign_in(cast.SECRETARY).get(f"/visits/{minutes.visit_id}/minutes.docx", expect=409)
    assert "Mở bản in của biên bản" in client.text
