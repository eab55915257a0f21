"""A session that ended while somebody was typing: nothing typed is lost, nothing foreign is repeated."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import clock
from app.fieldwork.models import GroupNote
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import fieldwork
from tests.fieldwork.sheets import address
from tests.strict_client import form_values

LATER = NOON + timedelta(minutes=31)
STRENGTHS = "form[action$='/strengths']"
WORDS = "Bố trí quầy hỗ trợ người cao tuổi.\nCó mã QR tra cứu."


def typed(client: Browser, unit: InspectedUnit) -> MultiDict[str, str]:
    """The page of a group with strengths typed and not sent."""
    client.sign_in(cast.MEMBER).get(address(unit))
    form = client.page.select_one(STRENGTHS)
    assert form is not None
    values = form_values(form)
    values["kq-strengths"] = WORDS
    return values


def notes(session: Session) -> list[str]:
    session.expire_all()
    return [note.strengths for note in session.scalars(sa.select(GroupNote))]


def test_what_was_typed_is_shown_and_sent_again_after_signing_in(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    values = typed(client, unit)
    with clock.frozen(LATER):
        client.post(address(unit) + "/strengths", values, expect=401)
        assert "Phần vừa nhập chưa được lưu." in client.text and "Có mã QR tra cứu." in client.text
        client.sign_in(cast.MEMBER)  # in another tab: a new session, another token
        client.submit("form[data-resend]", expect=400)
        assert "Kiểm tra rồi bấm Gửi lại." in client.text and notes(session) == []
        client.submit("form[data-resend]")
    assert [text.splitlines() for text in notes(session)] == [WORDS.splitlines()]


def test_a_page_that_saves_itself_is_told_where_to_sign_in(client: Browser, unit: InspectedUnit) -> None:
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(cast.MEMBER).get(address(unit))
    data = {f"a{item.id}-result": "not_examined", "version": "a0", "csrf_token": client._token()}
    json = {"Accept": "application/json"}
    with clock.frozen(LATER):
        for _ in range(2):  # the second one has no session left that its token could belong to
            told = client.post(f"/scope-items/{item.id}/answer", data, expect=401, headers=json).get_json()
            assert told["sign_in"] == "/sign-in" and "Đăng nhập ở thẻ khác" in told["message"]
        client.sign_in(cast.MEMBER)
        told = client.post(f"/scope-items/{item.id}/answer", data, expect=400, headers=json).get_json()
        assert told["message"]


def test_files_are_asked_for_again(client: Browser, session: Session, unit: InspectedUnit) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit))
    with clock.frozen(LATER):
        photo = {"files": [(BytesIO(b"\x89PNG\r\n\x1a\n0000"), "anh.png")]}
        client.post(f"/scope-items/{item.id}/files", photo, expect=401)
    assert "Chọn lại tệp" in client.text and client.page.select("form[enctype] input[type=file][name=files]")


@pytest.mark.parametrize("source", ["https://noi-khac.example", "null"])
def test_what_another_site_sent_is_not_repeated(client: Browser, unit: InspectedUnit, source: str) -> None:
    values = typed(client, unit)
    client.client.delete_cookie("ket-luan")
    where = address(unit) + "/strengths"
    client.post(where, values, expect=400, headers={"Origin": source, "Referer": f"{source}/x"})
    assert "Có mã QR" not in client.text


def test_a_password_is_never_repeated(client: Browser) -> None:
    client.sign_in(cast.MEMBER).get("/password")
    with clock.frozen(LATER):
        client.submit(
            data={
                "password": cast.PASSWORD,
                "new_password": "Mot hai ba 4",
                "new_password_confirm": "Mot hai ba 4",
            }
        )
