"""The strict client refuses what it should, and only that."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.strict_client import StrictClient, page_problems
from tests.unit.pages import make_app


@pytest.fixture
def app() -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> StrictClient:
    return StrictClient(app.test_client())


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
