"""Forms, paging and headers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask, Response
from flask_wtf.file import FileField, FileSize
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import (
    FieldList,
    Form,
    FormField,
    StringField,
)
from wtforms.i18n import messages_path
from wtforms.validators import InputRequired, NumberRange

from app import web
from app.web.forms import error_lines
from app.web.headers import content_security_policy
from app.web.messages import MESSAGES, VIETNAMESE
from app.web.paging import BadCursor, parse_cursor
from tests.strict_client import StrictClient
from tests.unit.pages import GOOD, SampleForm, make_app


@pytest.fixture
def app() -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> StrictClient:
    return StrictClient(app.test_client())


@pytest.fixture
def request_in(app: Flask) -> Iterator[Flask]:
    with app.test_request_context("/form?q=long+thanh&state=a&state=b&cursor=x"):
        yield app


def filled(**changes: str) -> SampleForm:
    form = SampleForm(MultiDict({**GOOD, **changes}), meta={"csrf": False})
    form.validate()
    return form


# ---------- forms ----------


def test_a_form_page_is_sound_and_sends_what_it_shows(client: StrictClient) -> None:
    client.get("/form")
    values = {**GOOD, "seen": ["a", "b"]}
    values.pop("version")
    client.submit("main form", values, expect=200)
    assert client.response.get_data(as_text=True) == "2026-09-04 3468 None"


def test_a_refused_form_keeps_what_was_typed_and_says_how_to_mend_it(client: StrictClient) -> None:
    client.get("/form")
    client.submit("main form", {"day": "23-9", "symbol": "quá dài", "total": "nhiều"}, expect=422)
    page = client.page
    assert [page.select_one(f"#{name}")["value"] for name in ("day", "symbol", "total")] == [
        "23-9",
        "quá dài",
        "nhiều",
    ]
    summary = page.select_one(".kl-errors")
    assert summary.h2.get_text() == "Có 04 chỗ cần sửa trước khi gửi"
    assert [link["href"] for link in summary.select("a")] == ["#day", "#total", "#symbol", "#way-0"]
    assert "Nhập không quá 5 ký tự." in client.text
    assert page.select_one("#day")["aria-describedby"] == "day-error day-help"
    assert page.select_one("#day")["aria-invalid"] == "true"


def test_a_form_without_its_token_is_refused(client: StrictClient) -> None:
    client.get("/form")
    assert client.client.post("/form", data=GOOD).status_code == 400
    assert client.client.post("/form", data={**GOOD, "csrf_token": "made up"}).status_code == 400


def test_a_day_that_cannot_be_read_is_not_also_called_missing(request_in: Flask) -> None:
    assert filled(day="31/9/2026").day.errors == [
        "Không có ngày 31/9/2026 trong lịch. Nhập theo dạng ngày/tháng/năm, ví dụ 23/9/2026"
    ]
    assert filled(day=" ").day.errors == ["Cần nhập nội dung này."]


def test_a_day_is_shown_as_officials_write_it(request_in: Flask) -> None:
    form = SampleForm(meta={"csrf": False}, day=date(2026, 1, 5), total=3468)
    assert (form.day._value(), form.total._value()) == ("05/01/2026", "3.468")


@pytest.mark.parametrize("values", [("a", "a"), (1, None), (None, 1), (1, 2), ("a", True)])
def test_a_cursor_with_values_of_another_kind_is_refused(values: tuple[str | int | None, ...]) -> None:
    with pytest.raises(BadCursor):
        parse_cursor(web.Cursor(values).encode(), str, int)
    assert parse_cursor(web.Cursor(("a", 1)).encode(), str, int) == web.Cursor(("a", 1))


@pytest.mark.parametrize("day", ["", "2026-13-01", "2026-02-30", "20260101", "1/1/2026", 20260101])
def test_a_cursor_whose_day_is_none_is_refused(day: str | int) -> None:
    with pytest.raises(BadCursor):
        parse_cursor(web.Cursor((day, 1)).encode(), date, int)
    assert parse_cursor(web.Cursor(("2026-01-01", 1)).encode(), date, int) == web.Cursor(("2026-01-01", 1))


@pytest.mark.parametrize(
    ("typed", "value"), [("3.468", 3468), ("3468", 3468), ("0", 0), ("-2", -2), ("", None)]
)
def test_whole_numbers_are_read_as_people_write_them(
    request_in: Flask, typed: str, value: int | None
) -> None:
    assert filled(total=typed).total.data == value


@pytest.mark.parametrize("typed", ["3,5", "1.23", "12.3456", "nhiều", "1e3", "٣"])
def test_what_is_no_whole_number_is_refused(request_in: Flask, typed: str) -> None:
    assert filled(total=typed).total.errors == ["Nhập số nguyên, ví dụ 45 hoặc 3.468"]


def test_a_bounded_number_says_its_bounds(request_in: Flask) -> None:
    class Term(web.BaseForm):
        days = web.WholeNumberField("Thời hạn", [NumberRange(min=1, max=90)])
        least = web.WholeNumberField("Ít nhất", [NumberRange(min=1)])

    form = Term(MultiDict({"days": "mười", "least": "mười"}), meta={"csrf": False})
    form.validate()
    assert form.days.errors == ["Nhập số nguyên từ 1 đến 90."]
    assert form.least.errors == ["Nhập số nguyên, ví dụ 45 hoặc 3.468"]


def test_the_row_version_comes_back_as_a_number(request_in: Flask) -> None:
    assert filled().version.data == 3
    assert filled(version="").version.data is None


def test_a_row_version_that_was_changed_shows_above_the_form(request_in: Flask) -> None:
    lines = error_lines(filled(version="x"))
    assert [(line.target, line.message) for line in lines] == [("", "Nhập số nguyên, ví dụ 45.")]


def test_a_refusal_of_a_service_shows_at_its_field_or_above(request_in: Flask) -> None:
    form = filled()
    form.refuse("Số này đã dùng.", "symbol")
    form.refuse("Chưa được gửi.", "nowhere")
    form.refuse("Chưa đủ.")
    assert [(line.target, line.message) for line in error_lines(form)] == [
        ("", "Chưa được gửi."),
        ("", "Chưa đủ."),
        ("symbol", "Số này đã dùng."),
    ]


def test_mistakes_in_nested_forms_are_found(request_in: Flask) -> None:
    class Part(Form):
        name = StringField("Tên", [InputRequired()])

    class Whole(web.BaseForm):
        head = FormField(Part)
        items = FieldList(FormField(Part), min_entries=2)

    form = Whole(MultiDict({"items-0-name": "", "items-1-name": "x"}), meta={"csrf": False})
    assert not form.validate()
    assert [line.target for line in error_lines(form)] == ["head-name", "items-0-name"]


def test_every_message_of_wtforms_has_its_vietnamese() -> None:
    with open(Path(messages_path()) / "wtforms.pot", "rb") as file:
        catalogue = read_po(file)
    asked = {
        text
        for entry in catalogue
        for text in ([entry.id] if isinstance(entry.id, str) else entry.id)
        if text
    }
    assert len(asked) > 35
    assert asked <= MESSAGES.keys()


def test_translations_keep_every_value_that_is_filled_in() -> None:
    for english, vietnamese in MESSAGES.items():
        for name in ("min", "max", "other_name", "values", "value"):
            assert (f"%({name})" in english) == (f"%({name})" in vietnamese)


def test_file_sizes_are_told_in_vietnamese(request_in: Flask) -> None:
    class Upload(web.BaseForm):
        paper = FileField("Tệp", [FileSize(max_size=2048, min_size=1)])

    assert Upload(meta={"csrf": False}).paper.gettext("File must be between 1 and 2048 bytes.") == (
        "Tệp phải có dung lượng từ 1 byte đến 2 KB."
    )


def test_unknown_messages_stay_as_they_are() -> None:
    assert VIETNAMESE.gettext("Nhập lý do.") == "Nhập lý do."
    assert VIETNAMESE.ngettext("Field cannot be longer than %(max)d character.", "", 1) == (
        "Nhập không quá %(max)d ký tự."
    )


# ---------- paging ----------

keys = st.lists(st.one_of(st.integers(1 - 2**63, 2**63 - 1), st.text(max_size=20)), min_size=1, max_size=4)


@pytest.mark.parametrize("key", [2**63, -(2**63), 10**30])
def test_a_cursor_with_a_key_no_database_holds_is_refused(key: int) -> None:
    with pytest.raises(BadCursor):
        parse_cursor(web.Cursor((key,)).encode(), int)


@given(keys, st.booleans())
def test_a_cursor_comes_back_whole(values: list[str | int], backwards: bool) -> None:
    cursor = web.Cursor(tuple(values), backwards)
    assert parse_cursor(cursor.encode(), *map(type, values)) == cursor


@given(st.text())
def test_a_cursor_of_somebody_else_is_refused(text: str) -> None:
    try:
        cursor = parse_cursor(text, str, int)
    except BadCursor as error:
        assert "Mở lại danh sách" in str(error)
    else:
        assert cursor is None or len(cursor.values) == 2


@pytest.mark.parametrize(
    "content", ["[0]", "[2,1,2]", "[0,1,[2]]", "[0,1,true]", "[0,1,1.5]", "{}", "[" * 700]
)
def test_a_cursor_with_other_contents_is_refused(content: str) -> None:
    with pytest.raises(BadCursor):
        parse_cursor(base64.urlsafe_b64encode(content.encode()).decode(), int, int)


@given(st.sets(st.integers(0, 60)), st.integers(1, 7))
def test_walking_a_list_forth_and_back_meets_every_row_once(numbers: set[int], size: int) -> None:
    rows = sorted(numbers)

    def fetch(cursor: web.Cursor | None) -> web.Page[int]:
        if cursor is None:
            found = rows
        elif cursor.backwards:
            found = [row for row in reversed(rows) if row < cursor.values[0]]
        else:
            found = [row for row in rows if row > cursor.values[0]]
        return web.slice_page(found[: size + 1], size=size, key=lambda row: (row,), cursor=cursor)

    page, forth = fetch(None), []
    assert page.previous_cursor is None
    pages = [list(page)]
    while page.next_cursor:
        page = fetch(parse_cursor(page.next_cursor, int))
        pages.append(list(page))
    forth = [row for part in pages for row in part]
    assert forth == rows
    for expected in reversed(pages[:-1]):
        page = fetch(parse_cursor(page.previous_cursor, int))
        assert list(page) == expected
    assert page.previous_cursor is None


def test_links_of_a_list_keep_its_filters_and_start_at_its_first_page(request_in: Flask) -> None:
    assert web.url_with(q=None) == "/form?state=a&state=b"
    assert web.url_with(state="c") == "/form?q=long+thanh&state=c"
    assert web.url_with(cursor="y") == "/form?q=long+thanh&state=a&state=b&cursor=y"


# ---------- headers ----------


def test_static_files_may_be_kept_and_pages_may_not(client: StrictClient) -> None:
    client.get("/form")
    assert client.response.headers["Cache-Control"] == "no-store"
    client.get("/static/look.css")
    assert "no-store" not in client.response.headers["Cache-Control"]


def test_everything_a_page_loads_is_there(client: StrictClient) -> None:
    client.get("/form")
    addresses = [tag.get("src") or tag["href"] for tag in client.page.select("link[href], script[src]")]
    assert len(addresses) == 5
    for address in addresses:
        client.get(address)


def test_a_frame_is_allowed_only_where_it_was_asked_for() -> None:
    assert "frame-src" not in content_security_policy()
    assert "frame-src 'self'" in content_security_policy(frames=True)
    assert "frame-ancestors 'none'" in content_security_policy(frames=True)
    assert "frame-ancestors 'self'" in content_security_policy(framed=True)
    assert "connect-src 'self' wss://127.0.0.1:8987" in content_security_policy(
        connects="wss://127.0.0.1:8987"
    )
    assert "unsafe" not in content_security_policy(frames=True, framed=True)


def test_a_pdf_and_the_page_around_it_allow_each_other(app: Flask) -> None:
    app.add_url_rule(
        "/paper", "paper", lambda: web.framed_by_us(Response(b"%PDF", mimetype="application/pdf"))
    )

    @app.route("/around")
    def around() -> str:
        web.allow_pdf_frame()
        return "x"

    paper = app.test_client().get("/paper")
    assert paper.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in paper.headers["Content-Security-Policy"]

    assert "frame-src 'self'" in app.test_client().get("/around").headers["Content-Security-Policy"]
    assert "frame-src" not in app.test_client().get("/form").headers["Content-Security-Policy"]


def test_a_secure_page_asks_to_stay_secure(app: Flask) -> None:
    answer = app.test_client().get("/form", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in app.test_client().get("/form").headers
