"""Publishing the next version: what it changes is shown first, then the same bytes are published."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.files import services as files
from app.files.models import StoredFile
from app.form_library import publishing, queries, services
from app.form_library.loaders import FormFileError
from app.form_library.models import FormVersion, ProcedureField
from app.form_library.replacing import Fate
from tests import cast
from tests.conftest import Browser
from tests.factories import form_versions
from tests.factories import register as factory
from tests.queries import count_queries

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
SECOND = form_versions.text(**form_versions.SECOND)  # type: ignore[arg-type]


def upload(client: Browser, text: str | bytes = SECOND, name: str = "v2.yaml", *, expect: int = 200) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    client.get("/forms/new")
    client.post("/forms/new", {"file": [(io.BytesIO(data), name)]}, expect=expect)


def versions(session: Session) -> int:
    session.expire_all()
    return session.scalar(sa.select(sa.func.count()).select_from(FormVersion)) or 0


def row(client: Browser, key: str) -> str:
    return next(
        " ".join(found.get_text(" ").split())
        for found in client.page.select("tbody tr")
        if found.get_text().strip().startswith(key)
    )


def conclude() -> None:
    """Two notices on MC-05 in two units; a team on MC-05 in a third."""
    for unit, number in ((cast.LONG_PHUOC, "45/TB-SNV"), (cast.AN_PHUOC, "46/TB-SNV")):
        factory.concluded([(factory.box(unit, "MC-05", FIRST, LAST), "MC-05")], number)
    factory.held([factory.box(cast.LONG_THANH, "MC-05", FIRST, LAST)])


def test_what_changes_is_shown_and_published_at_confirmation(client: Browser, session: Session) -> None:
    conclude()
    session.commit()
    client.sign_in("administrator").get("/forms")
    assert client.page.select_one("main a[href='/forms/new']")
    upload(client)
    told = [number.get_text() for number in client.page.select(".kl-numbers b")]
    assert told == ["74", "01", "02", "01", "01", "01"]
    half = row(client, "MC-31")
    assert "Nội dung: MC-05 (50%)" in half and "MC-05 (phần 1/2)" in half
    assert "02 kết luận, tại 02 đơn vị" in half and "đoàn" not in half
    assert "Kết luận về cả tiêu chí cũ tính cho cả MC-31" in half
    assert "Chưa có kết luận" in row(client, "MC-30")
    assert "Lý do: Quy định đã bãi bỏ." in row(client, "MC-07")
    assert "MC-08, MC-10" in row(client, "MC-33")
    assert "Đoàn đang kiểm tra không hiện ở đây." in client.text
    assert versions(session) == 1, "a preview publishes nothing"
    client.submit("main form[action$='/publish']", expect=303)
    client.follow()
    assert "Đã ban hành phiên bản 02 của phiếu." in client.text
    assert versions(session) == 2 and queries.latest_version().source == SECOND
    upload(client)
    assert "không cần ban hành lại" in client.text


def test_teams_are_told_to_the_office_alone(session: Session) -> None:
    conclude()
    shown = publishing.preview(SECOND, "v2.yaml", actor=None)
    half = next(one for one in shown.effects if one.change.key == "MC-31")
    assert half.standing_text == "02 kết luận, 01 đoàn đang kiểm tra, tại 03 đơn vị"
    shown = publishing.preview(SECOND, "v2.yaml", actor=cast.actor("administrator"))
    half = next(one for one in shown.effects if one.change.key == "MC-31")
    assert half.standing_text == "02 kết luận, tại 02 đơn vị"
    new = next(one for one in shown.effects if one.change.key == "MC-34")
    assert (new.standing_text, new.effect) == ("Chưa có kết luận", "Không có phần đã kết luận")


def test_what_changed_meanwhile_is_shown_again(client: Browser, session: Session) -> None:
    upload(client.sign_in("administrator"))
    conclude()
    session.commit()
    client.submit("main form[action$='/publish']", expect=409)
    assert "đã thay đổi sau lần xem trước" in client.text and "02 kết luận" in row(client, "MC-31")
    assert versions(session) == 1
    client.submit("main form[action$='/publish']", expect=303)
    assert versions(session) == 2


def test_a_version_published_meanwhile_from_another_text_stops_it(client: Browser, session: Session) -> None:
    upload(client.sign_in("administrator"))
    form_versions.publish(SECOND + "\n# khác\n")
    session.commit()
    client.submit("main form[action$='/publish']", expect=409)
    assert versions(session) == 2


def test_a_field_taken_meanwhile_is_named(client: Browser, session: Session) -> None:
    more = "fields_of_procedure:\n- {code: moi, ordinal: 900, title: Mới}\n"
    text = SECOND.replace("fields_of_procedure:\n", more)
    upload(client.sign_in("administrator"), text)
    session.add(ProcedureField(code="khac", name="Khác", ordinal=900))
    session.commit()
    client.submit("main form[action$='/publish']", expect=422)
    assert "Thứ tự 900 đã dành cho lĩnh vực “khac”." in client.text
    assert versions(session) == 1


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (form_versions.text(dropped=["MC-07"]), "v2.yaml", "Tiêu chí MC-07 của phiên bản 01 không có"),
        (form_versions.text(5), "v2.yaml", "phiên bản sau phải là 2, tệp ghi 5"),
        (form_versions.text(1), "v1.yaml", "lập phiên bản 2"),
        ("code: [", "v2.yaml", "không đúng cú pháp YAML"),
        (b"\xff\xfe", "v2.yaml", "không đúng với đuôi .yaml"),
        (SECOND, "v2.csv", "không thuộc loại được tiếp nhận (yaml)"),
        ("", "v2.yaml", "không có nội dung"),
    ],
)
def test_a_file_that_cannot_be_published_is_refused_in_words(
    client: Browser, session: Session, text: str | bytes, name: str, said: str
) -> None:
    client.sign_in("administrator")
    upload(client, text, name, expect=409 if "phiên bản" in said and "MC" not in said else 422)
    assert said in client.text and client.page.select_one("input[type=file]")
    assert versions(session) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0


def test_nothing_chosen_is_said_at_the_field(client: Browser, session: Session) -> None:
    client.sign_in("administrator").get("/forms/new")
    client.submit("main form", expect=422)
    assert "Chọn tệp phiếu kiểm tra." in client.text
    client.post("/forms/publish", {"upload": "1", "fingerprint": "x"}, expect=422)


def test_only_the_administrator_publishes_and_only_what_they_uploaded(
    client: Browser, session: Session
) -> None:
    upload(client.sign_in("administrator"))
    others = files.keep("cua-nguoi-khac.yaml", b"ten: mau", actor=cast.actor("planner"), kinds=("yaml",))
    session.commit()
    client.submit("main form[action$='/publish']", {"upload": str(others.id)}, expect=404)
    client.sign_in("planner").get("/forms/new", expect=403)
    client.get("/forms")
    assert client.page.select_one("main a[href='/forms/new']") is None


def test_the_preview_costs_few_queries(client: Browser, session: Session) -> None:
    conclude()
    session.commit()
    client.sign_in("administrator").get("/forms/new")
    session.expire_all()
    with count_queries(session) as sent:
        client.post("/forms/new", {"file": [(io.BytesIO(SECOND.encode()), "v2.yaml")]}, expect=200)
    assert len(sent) <= 16, sent


def test_fields_keep_their_place(session: Session) -> None:
    known = queries.list_fields()[0]
    text = form_versions.text()
    place = f"code: {known.code}\n  ordinal: "
    wrong = text.replace(f"{place}{known.ordinal}\n", f"{place}901\n")
    assert wrong != text
    with pytest.raises(FormFileError, match=f"đã có thứ tự {known.ordinal}; thứ tự không được đổi"):
        publishing.plan(wrong, "v2.yaml")
    renamed = text.replace(f"code: {known.code}\n  ordinal", "code: khac-han\n  ordinal")
    with pytest.raises(FormFileError, match=f"đã dành cho lĩnh vực “{known.code}”"):
        publishing.plan(renamed, "v2.yaml")


def test_versions_follow_one_another(session: Session) -> None:
    with pytest.raises(Conflict, match="phiên bản sau phải là 2, tệp ghi 3"):
        services.import_form(form_versions.text(3), "v3.yaml", actor=None)
    second = form_versions.second()
    assert not services.import_form(SECOND, "v2.yaml", actor=None).published
    with pytest.raises(Conflict, match="lập phiên bản 3"):
        services.import_form(form_versions.text(2), "v2.yaml", actor=None)
    form_versions.publish(form_versions.text(3, source=second.source))
    assert queries.latest_version().number == 3


def test_a_content_of_another_form_is_shared_and_told(session: Session) -> None:
    conclude()
    other = form_versions.text(1).replace("code: cchc-cong-vu", "code: tu-kiem-tra", 1)
    shown = publishing.preview(other, "v1.yaml", actor=None)
    assert shown.before is None
    one = next(found for found in shown.effects if found.change.key == "MC-05")
    assert one.change.fate is Fate.NEW and one.effect.startswith("Nội dung dùng chung với phiếu khác")


def run(app: Flask, tmp_path: Path, text: str, *extra: str) -> tuple[int, str]:
    path = tmp_path / "cchc-cong-vu" / "v2.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    ended = app.test_cli_runner().invoke(args=["forms", "import", *extra, str(path)])
    return ended.exit_code, ended.output


def test_the_command_shows_without_publishing(app: Flask, session: Session, tmp_path: Path) -> None:
    conclude()
    code, said = run(app, tmp_path, SECOND, "--dry-run")
    assert code == 0 and "chưa ban hành (xem trước)" in said
    assert "So với phiên bản 01: giữ nguyên 74 tiêu chí." in said
    assert "Tách: MC-31 – Tiêu chí thử MC-31 (từ MC-05 (phần 1/2)). 02 kết luận, 01 đoàn" in said
    assert versions(session) == 1


def test_the_command_publishes_and_says_so(app: Flask, session: Session, tmp_path: Path) -> None:
    assert run(app, tmp_path, SECOND) == (0, "cchc-cong-vu phiên bản 2: đã ban hành\n")
    assert versions(session) == 2
    code, said = run(app, tmp_path, SECOND, "--dry-run")
    assert code == 0 and "đã có, không thay đổi" in said


def test_the_command_names_what_would_be_lost(app: Flask, session: Session, tmp_path: Path) -> None:
    code, said = run(app, tmp_path, form_versions.text(dropped=["MC-07"]), "--dry-run")
    assert code == 1 and "retired (MC-07): Tiêu chí MC-07 của phiên bản 01" in said
