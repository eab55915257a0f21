"""The macros of templates/components and the pages of templates/errors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask, render_template_string
from markupsafe import Markup

from app import web
from tests.strict_client import page_problems
from tests.unit.pages import make_app


@pytest.fixture
def app() -> Flask:
    return make_app()


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
        {{ kl.matrix("Ma trận", [("CĐ", "Chỉ đạo")] * 5, rows, totals=[71, 0, 1, 2, 3]) }}
        {{ kl.share(71, 19, 6) }}{{ kl.strip(6, 14) }}
        {{ kl.results("MC-01", "not_met", errors=["Chọn kết quả."]) }}
        {{ kl.result_mark("", hide_word=true) }}
        {% call kl.confirm("/out", "Thu hồi", "/form") %}<p>Hậu quả</p>{% endcall %}
        {{ kl.print_foot("A", "B", "C") }}
        {{ kl.whole_menu(menu, current_actor, shell_links) }}{{ kl.timeline(entries, narrow=true) }}""",
        card=web.NumberCard(2, "Quá hạn", "/form", "over", True),
        link=web.LinkItem("Mở đầu", "/form", current=True, done=True),
        columns=["Mã", web.Column("Thời hạn", "/form", "ascending")],
        page=web.Page([1, 2], next_cursor="n", previous_cursor="p", total=36),
        rows=[
            web.MatrixRow(
                "UBND xã An Mẫu",
                "kế thừa",
                left,
                79,
                [*(web.Cell(k, "/form", 3, 8) for k in ("free", "part", "done", "held")), None],
            )
            for left in (71, 0)
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
        "<b>71</b>/79",
        "không còn",
        "<small>còn 71</small>",
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
