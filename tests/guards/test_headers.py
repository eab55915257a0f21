"""Every answer, whatever its status, carries the same set of security headers, and cookies are kept close."""

from __future__ import annotations

import pytest
from flask import Flask, abort, g

from app import create_app
from app.web.headers import set_security_headers
from tests import cast
from tests.conftest import settings_for
from tests.guards.addresses import addresses
from tests.guards.survey import paths
from tests.guards.world import World
from tests.strict_client import check_headers

STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


@pytest.fixture
def failing(tmp_path) -> Flask:
    """An application of its own that fails as it is told and does not pass exceptions on."""
    app = create_app(settings_for(f"sqlite:///{tmp_path}/none.db", tmp_path))
    app.config.update(PROPAGATE_EXCEPTIONS=False, SESSION_COOKIE_SECURE=True)

    def fail(status: int) -> str:
        if status == 500:
            raise RuntimeError("a defect with a secret: mat-khau")
        if status == 405:
            return str(app.make_response(("", 200)))
        abort(status)

    app.add_url_rule("/fail/<int:status>", "fail", fail, methods=["GET"])
    app.before_request_funcs[None] = [
        f for f in app.before_request_funcs.get(None, []) if "load" not in f.__name__
    ]
    return app


@pytest.mark.parametrize("status", STATUSES)
def test_a_failure_of_every_kind_has_the_headers_and_a_page(failing, status):
    client = failing.test_client()
    response = client.post("/fail/400") if status == 405 else client.get(f"/fail/{status}")
    expected = 400 if status == 405 else status
    assert response.status_code in (expected, 405)
    check_headers(response)
    page = response.get_data(as_text=True)
    assert response.mimetype == "text/html" and "<h1" in page
    assert "mat-khau" not in page and "Traceback" not in page


def test_every_page_has_the_headers(browser, app):
    world = World(app)
    browser.sign_in(cast.PLANNER)
    for address in addresses(app):
        if address.reads:
            for path in paths(app, world, address)[0][:1]:
                vars(g._get_current_object()).clear()
                response = browser.client.get(path)
                check_headers(response)
                assert response.headers["Cache-Control"] == "no-store", path
                response.close()


def test_files_of_ours_have_the_headers_and_may_be_kept(client):
    response = client.client.get("/static/look.css")
    assert response.status_code == 200
    check_headers(response)
    assert "no-store" not in response.headers.get("Cache-Control", "")
    response.close()


def test_over_https_the_browser_is_told_to_stay_there(client):
    assert client.client.get("/sign-in", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.client.get("/sign-in").headers


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client):
    client.get("/sign-in")
    cookies = client.response.headers.getlist("Set-Cookie")
    assert cookies, "the page with a token starts a session"
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Domain=" not in cookie, cookie


def test_in_production_cookies_are_secure_and_bound_to_the_host(tmp_path):
    from config import Settings

    settings = Settings(
        "production", f"sqlite:///{tmp_path}/none.db", tmp_path, "s" * 40, secure_cookies=True
    )
    app = create_app(settings)
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"] and app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_PATH"] in (None, "/") and not app.config["SESSION_COOKIE_DOMAIN"]
    assert not app.testing


def test_the_policy_names_no_other_server_and_no_inline_code():
    from app.web.headers import content_security_policy

    for frames in (True, False):
        for framed in (True, False):
            policy = content_security_policy(frames=frames, framed=framed)
            assert "unsafe" not in policy and "http" not in policy and "*" not in policy
            assert "default-src 'none'" in policy
    assert set_security_headers
