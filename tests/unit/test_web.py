"""Forms, paging, headers, macros and the strict client itself."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask, Response, render_template_string
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from flask_wtf.file import FileField, FileSize
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.i18n import messages_path
from wtforms.validators import InputRequired, Length

from app import web
from app.web.forms import error_lines
from app.web.headers import content_security_policy
from app.web.messages import MESSAGES, VIETNAMESE
from tests.strict_client import StrictClient, page_problems

ROOT = Path(__file__).resolve().parents[2]
FORM_PAGE = """{% extends "base.html" %}{% set title = "Trang mẫu" %}{% block main %}
{% call kl.post_form(form, "/form") %}
{% for field in form if field.type not in ("CSRFTokenField", "IntegerField") %}
{{ kl.field(field, help="Gợi ý") }}
{% endfor %}
{{ kl.buttons("Gửi", "/", draft="Lưu tạm") }}
{% endcall %}{% endblock %}"""
TWO = [("a", "Một"), ("b", "Hai")]


class SampleForm(web.BaseForm):
    day = web.DateField("Ngày văn bản", [InputRequired()])
    total = web.WholeNumberField("Tổng số hồ sơ")
    symbol = StringField("Số, ký hiệu", [InputRequired(), Length(max=5)])
    text = TextAreaField("Mô tả")
    unit = SelectField("Đơn vị", choices=web.choices([("a", "UBND xã An Mẫu")], blank="Chọn đơn vị"))
    way = RadioField("Cách ban hành", choices=web.choices(TWO), validators=[InputRequired()])
    seen = SelectMultipleField("Đã xem gì", choices=web.choices(TWO))
    fixed = BooleanField("Đã khắc phục ngay")
    paper = FileField("Tệp")


GOOD = {"day": "4/9/2026", "total": "3.468", "symbol": "45", "unit": "a", "way": "b", "version": "3"}


@pytest.fixture
def app() -> Flask:
    """The real templates around pages of this test; no database, no people."""
    made = Flask("pages", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "app/static"))
    made.config.update(SECRET_KEY="for tests only", BOOTSTRAP_SERVE_LOCAL=True, TESTING=True)
    Bootstrap5(made)
    CSRFProtect(made)
    web.register_filters(made)
    made.after_request(web.set_security_headers)

    @made.context_processor
    def shell() -> dict[str, Any]:  # a context processor gives Flask a dict
        menu = [
            web.MenuItem("Việc của tôi", "form", "inbox", active=True, count=9, phone_label="Việc"),
            web.MenuItem("Danh mục", "form", "tags"),
            web.MenuItem("Thêm", "form", "three-dots", phone_label="Thêm", phone_only=True),
        ]
        actor = web.Actor("Phạm Thị Thí Dụ", "Chuyên viên", "Sở Nội vụ", "Người theo dõi")
        links = web.ShellLinks(
            search="/form", help="/form", account="/form", switch_role="/form", sign_out="/out"
        )
        return {"menu": menu, "current_actor": actor, "shell_links": links, "today": date(2026, 9, 23)}

    @made.route("/form", methods=["GET", "POST"])
    def form() -> tuple[str, int] | Response:
        sample = SampleForm()
        if sample.validate_on_submit():
            return Response(
                f"{sample.day.data} {sample.total.data} {sample.version.data}", 200, mimetype="text/plain"
            )
        return render_template_string(FORM_PAGE, form=sample), 422 if sample.is_submitted() else 200

    return made


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

keys = st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=20)), min_size=1, max_size=4)


@given(keys, st.booleans())
def test_a_cursor_comes_back_whole(values: list[str | int | None], backwards: bool) -> None:
    cursor = web.Cursor(tuple(values), backwards)
    assert web.parse_cursor(cursor.encode(), length=len(values)) == cursor


@given(st.text())
def test_a_cursor_of_somebody_else_is_refused(text: str) -> None:
    try:
        cursor = web.parse_cursor(text, length=2)
    except web.BadCursor as error:
        assert "Mở lại danh sách" in str(error)
    else:
        assert cursor is None or len(cursor.values) == 2


@pytest.mark.parametrize(
    "content", ["[0]", "[2,1,2]", "[0,1,[2]]", "[0,1,true]", "[0,1,1.5]", "{}", "[" * 700]
)
def test_a_cursor_with_other_contents_is_refused(content: str) -> None:
    with pytest.raises(web.BadCursor):
        web.parse_cursor(base64.urlsafe_b64encode(content.encode()).decode(), length=2)


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
        page = fetch(web.parse_cursor(page.next_cursor, length=1))
        pages.append(list(page))
    forth = [row for part in pages for row in part]
    assert forth == rows
    for expected in reversed(pages[:-1]):
        page = fetch(web.parse_cursor(page.previous_cursor, length=1))
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


# ---------- macros ----------


def shown(app: Flask, source: str, **values: Any) -> str:
    with app.test_request_context("/form"):
        page = (
            '{% extends "base.html" %}{% set title = "Trang mẫu" %}{% block main %}'
            + source
            + "{% endblock %}"
        )
        html = render_template_string(page, **values)
    assert page_problems(html) == []
    return html


def test_every_kind_of_state_and_deadline_has_its_sign_and_word(app: Flask) -> None:
    states = [
        web.State(kind, f"Chữ {kind}") for kind in ("idle", "doing", "wait", "back", "done", "final", "stop")
    ]
    badges = [
        web.Badge(kind, f"Hạn {kind}")
        for kind in ("plain", "soon", "today", "over", "ontime", "late", "open", "pending")
    ]
    tags = "{% for state in states %}{{ kl.state_tag(state) }}{% endfor %}"
    html = shown(
        app, tags + "{% for b in badges %}{{ kl.due_badge(b) }}{% endfor %}", states=states, badges=badges
    )
    assert html.count('class="kl-tag kl-tag--') == 7
    assert all(state.label in html for state in states)
    assert all(badge.label in html for badge in badges)


def test_the_head_of_an_object_says_who_must_do_what_until_when(app: Flask) -> None:
    with app.test_request_context("/form"):
        html = render_template_string(
            '{% extends "base.html" %}{% set title = "Nội dung 45-01" %}{% block object %}'
            '{% call kl.object_header(title, path=path, state=state, sub="Dòng phụ", wait=wait) %}'
            '{{ kl.button_post("/out", "Công nhận", look="primary", values={"version": 3}) }}'
            "{% endcall %}{% endblock %}",
            path=[web.Crumb("Theo dõi", "/form"), web.Crumb("45-01")],
            state=web.State("doing", "Đang thực hiện"),
            wait=web.Wait("Lê Thị Mẫu", "Thẩm tra", date(2026, 9, 4), web.Badge("over", "Quá hạn 19 ngày")),
        )
    assert page_problems(html) == []
    for text in (
        "Lê Thị Mẫu",
        "Thẩm tra",
        "04/9/2026",
        "Quá hạn 19 ngày",
        "Dòng phụ",
        'name="version" value="3"',
    ):
        assert text in html


def test_texts_are_escaped_wherever_they_come_from(app: Flask) -> None:
    bad = "<script>alert(1)</script>"
    entry = web.TimelineEntry(date(2026, 9, 4), bad, who=bad)
    html = shown(
        app,
        "{{ kl.timeline([entry]) }}{{ kl.empty(bad) }}"
        "{{ kl.state_tag('idle', bad) }}{{ kl.chips([link], bad) }}",
        bad=bad,
        entry=entry,
        link=web.LinkItem(bad, "/form"),
    )
    assert bad not in html
    assert html.count("&lt;script&gt;") == 6


def test_lists_tables_and_figures_are_sound(app: Flask) -> None:
    html = shown(
        app,
        """{{ kl.numbers([card], "Lọc") }}{{ kl.tabs([link], "Phạm vi") }}{{ kl.parts([link], "Các phần") }}
        {% call kl.filter_bar("Lọc", "/form", "/form", more_url="/form", more_count=4) %}{% endcall %}
        {% call kl.table("Bảng", columns, pick="Chọn tất cả") %}
        <tr role="row"><td class="is-pick" role="cell"></td>
        <th scope="row" role="rowheader">1</th><td role="cell">2</td></tr>{% endcall %}
        {{ kl.pager(page, "nội dung") }}{{ kl.matrix_legend() }}
        {{ kl.matrix("Ma trận", [("CĐ", "Chỉ đạo")] * 5, rows) }}
        {{ kl.share(71, 19, 6) }}{{ kl.strip(6, 14) }}
        {{ kl.results("MC-01", "not_met", errors=["Chọn kết quả."]) }}
        {{ kl.result_mark("", hide_word=true) }}{{ kl.long_work("Đang tạo", 1, 2, stop_url="/out") }}
        {% call kl.confirm("/out", "Thu hồi", "/form") %}<p>Hậu quả</p>{% endcall %}
        {{ kl.print_foot("A", "B", "C") }}
        {{ kl.whole_menu(menu, current_actor, shell_links) }}{{ kl.timeline(entries, narrow=true) }}""",
        card=web.NumberCard(2, "Quá hạn", "/form", "over", True),
        link=web.LinkItem("Mở đầu", "/form", current=True, done=True),
        columns=["Mã", web.Column("Thời hạn", "/form", "ascending")],
        page=web.Page([1, 2], next_cursor="n", previous_cursor="p", total=36),
        rows=[
            (
                "UBND xã An Mẫu",
                "kế thừa",
                [web.Cell(k, "/form", 3, 8) for k in ("free", "part", "done", "held")] + [None],
            )
        ],
        entries=[
            web.TimelineEntry(datetime(2026, 9, 23, 3, 42, tzinfo=UTC), "Gia hạn"),
            web.TimelineEntry(date(2026, 8, 12), Markup("<b>Thông báo</b>"), kind="key", sealed=True),
        ],
    )
    for text in (
        "10:42 ngày 23/9/2026",
        "12/8/2026",
        "<b>Thông báo</b>",
        "(2)",
        "02 trong 36 nội dung",
        "03/08",
    ):
        assert text in html
    assert "cursor=n" in html


def test_a_macro_that_does_not_exist_is_named(app: Flask) -> None:
    with app.test_request_context("/form"), pytest.raises(Exception, match=r"components/nothing\.html"):
        render_template_string("{{ kl.nothing() }}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500])
def test_every_error_page_is_sound_and_leads_on(app: Flask, status: int) -> None:
    with app.test_request_context("/form"):
        html = app.jinja_env.get_template(f"errors/{status}.html").render()
        within = render_template_string(f'{{% include "errors/{status}.html" %}}', message="Lời riêng.")
    for page in (html, within):
        assert page_problems(page) == []
        assert "Về Việc của tôi" in page
        assert "bạn" not in page
        assert "!" not in page.replace("<!doctype", "")
    assert status == 500 or "Lời riêng." in within


# ---------- the strict client ----------

SOUND = """<!doctype html><html lang="vi"><head><title>Trang – Kết Luận</title></head>
<body><main><h1>Trang</h1>BODY</main></body></html>"""


def test_a_sound_page_passes() -> None:
    assert (
        page_problems(SOUND.replace("BODY", '<form method="get"><label>Tên <input name="a"></label></form>'))
        == []
    )


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p><div></div></p>", "unexpected-end-tag"),
        ("<h1>Hai</h1>", "2 h1"),
        ('<b id="x"></b><b id="x"></b>', "id x 2 times"),
        ('<input name="a">', "has no label"),
        ('<label for="a"></label><input id="a">', "has no label"),
        ("<form></form>", "neither where nor how"),
        ('<form method="post" action="/x"></form>', "no token"),
        ('<form method="get"><input type="hidden" name="csrf_token" value="x"></form>', "in the address"),
        ('<p style="color:red">x</p>', "inline style"),
        ('<button onclick="x()">x</button>', "onclick on button"),
        ("<script>1</script>", "a script in the page"),
        ('<a href="javascript:x()">x</a>', "a script in href"),
        ('<a href="/x"><i></i></a>', "says nothing"),
        ('<a href="#nowhere">x</a>', "#nowhere"),
        ('<b aria-describedby="nowhere">x</b>', "names nowhere"),
        ('<img src="/x">', "without alt"),
        ('<img src="https://elsewhere.example/x" alt="">', "from elsewhere"),
    ],
)
def test_a_page_with_a_fault_is_refused(body: str, problem: str) -> None:
    assert any(problem in found for found in page_problems(SOUND.replace("BODY", body)))


def test_a_title_that_is_not_the_heading_is_refused() -> None:
    assert any("does not begin" in found for found in page_problems(SOUND.replace("<h1>Trang", "<h1>Khác")))


def test_a_wrong_status_and_lost_headers_are_refused(app: Flask) -> None:
    client = StrictClient(app.test_client())
    with pytest.raises(AssertionError, match="200, not 404"):
        client.get("/form", expect=404)
    bare = Flask("bare")
    bare.add_url_rule("/", "bare", lambda: "x")
    with pytest.raises(AssertionError, match="X-Content-Type-Options"):
        StrictClient(bare.test_client()).get("/")


def test_a_field_the_page_does_not_have_cannot_be_sent(client: StrictClient) -> None:
    client.get("/form")
    with pytest.raises(AssertionError, match="has no field nothing"):
        client.submit("main form", {"nothing": "x"})
