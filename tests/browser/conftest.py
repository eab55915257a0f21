"""A browser in front of the served example. These tests look at screens, which are the same on either
engine, so they are collected on SQLite only."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.stage import Stage, staged
from tests.conftest import ENGINE, ROOT
from tests.example.making import Example

collect_ignore_glob = [] if ENGINE == "sqlite" else ["test_*.py"]
PASSWORD = "Ket-Luan-2026"
MOMENT = "2026-11-21T09:30"
"""The day after the example's last chapter."""
PICTURES = ROOT / "build" / "browser"
KNOWN = {
    "{concluded}": "SELECT id FROM inspection WHERE state = 'concluded'",
    "{running}": "SELECT id FROM inspection WHERE state = 'in_progress'",
    "{draft}": "SELECT id FROM inspection WHERE state = 'draft' ORDER BY id LIMIT 1",
    "{reserving}": "SELECT inspection_id FROM reservation",
    "{unit}": "SELECT id FROM inspected_unit WHERE state = 'fieldwork'",
    "{done-unit}": "SELECT id FROM inspected_unit WHERE state = 'concluded' ORDER BY id LIMIT 1",
    "{group}": "SELECT id FROM criterion_group WHERE code = 'MC'",
    "{open-visit}": "SELECT id FROM visit WHERE state = 'under_way'",
    "{next-visit}": "SELECT id FROM visit WHERE state = 'scheduled'",
    "{signed-visit}": "SELECT id FROM visit WHERE state = 'signed' ORDER BY id LIMIT 1",
    "{finding}": "SELECT id FROM finding WHERE state = 'draft' ORDER BY id LIMIT 1",
    "{here}": "SELECT id FROM notice ORDER BY id LIMIT 1",
    "{eoffice}": "SELECT id FROM notice ORDER BY id DESC LIMIT 1",
    "{paper}": "SELECT document_id FROM notice ORDER BY id LIMIT 1",
    "{code}": "SELECT code FROM document_code ORDER BY document_id LIMIT 1",
    "{book}": "SELECT id FROM series ORDER BY id LIMIT 1",
    "{signer}": "SELECT id FROM signer ORDER BY id LIMIT 1",
    "{delivery}": "SELECT id FROM delivery ORDER BY id LIMIT 1",
    "{received}": "SELECT delivery.id FROM delivery JOIN unit ON unit.id = unit_id WHERE code = 'LP'",
    "{submitted}": "SELECT id FROM task WHERE state = 'submitted' ORDER BY id LIMIT 1",
    "{returned}": "SELECT id FROM task WHERE state = 'returned'",
    "{doing}": "SELECT id FROM task WHERE state = 'in_progress' AND inspection_id IS NOT NULL",
    "{issued}": "SELECT id FROM task WHERE state = 'issued' AND code LIKE '%2' ORDER BY id LIMIT 1",
    "{ward}": "SELECT id FROM unit WHERE code = 'LT'",
    "{commune}": "SELECT id FROM unit WHERE code = 'LP'",
    "{answered}": "SELECT finding_id FROM answerable WHERE decided IS NOT NULL",
    "{asked}": "SELECT min(id) FROM answerable WHERE decided IS NULL",
    "{sent}": "SELECT max(id) FROM unit_proposal WHERE sender_id IS NOT NULL",
    "{handing}": "SELECT max(id) FROM handing_list",
    "{away}": "SELECT finding_id FROM referral",
    "{chief}": "SELECT person_id FROM appointment JOIN unit ON unit.id = unit_id "
    "WHERE code = 'LT' AND kind = 'head'",
    "{person}": "SELECT id FROM person ORDER BY id LIMIT 1",
    "{form}": "SELECT id FROM form_version ORDER BY id LIMIT 1",
    "{recorded}": "SELECT id FROM conclusion WHERE record_only",
    "{conclusion}": "SELECT id FROM conclusion ORDER BY id LIMIT 1",
}


@dataclass
class Site:
    """The served example: where it is, and the addresses of what is in it."""

    address: str
    ids: dict[str, str] = field(default_factory=dict)

    def path(self, pattern: str) -> str:
        """`/tasks/{submitted}` with the number of that task."""
        for name, number in self.ids.items():
            pattern = pattern.replace(name, number)
        assert "{" not in pattern, pattern
        return pattern


@pytest.fixture(scope="session")
def example(new_example: Callable[[str], Example]) -> Example:
    return new_example("browsed")


@pytest.fixture(scope="session")
def site(example: Example) -> Iterator[Site]:
    server = subprocess.Popen(
        [sys.executable, "tests/browser/serve.py", MOMENT],
        cwd=ROOT,
        env=example.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None and server.stdout is not None
    port = server.stdout.readline().strip()
    assert port.isdigit(), "the server did not start"
    database = sqlite3.connect(example.url.removeprefix("sqlite:///"))
    ids = {}
    for name, question in KNOWN.items():
        found = database.execute(question).fetchone()
        assert found, f"the example has no {name}"
        ids[name] = str(found[0])
    database.close()
    yield Site(f"http://127.0.0.1:{port}", ids)
    server.stdin.close()
    server.wait(timeout=20)
    server.stdout.close()


@pytest.fixture(scope="session")
def cookies() -> dict[str, Any]:
    """What the browser was given when somebody signed in: once each, it takes a second."""
    return {}


@pytest.fixture
def new_page(chromium: Browser, site: Site, cookies: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """Give a page of a browser of its own: `new_page("kehoach", width=360, scripts=False)`, signed in."""
    opened: list[BrowserContext] = []

    def make(who: str = "", *, width: int = 1280, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site.address, viewport={"width": width, "height": 900}, java_script_enabled=scripts,
            locale="vi-VN", reduced_motion="reduce",
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        if who in cookies:
            context.add_cookies(cookies[who])
        elif who:
            sign_in(page, who)
            cookies[who] = context.cookies()
        return page

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def stage(
    new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Stage]:
    """The product with the cast and nothing else, for this test alone."""
    with staged(new_database("staged"), tmp_path_factory.mktemp("staged"), chromium) as made:
        yield made


def sign_in(page: Page, who: str) -> None:
    """Through the form, as everybody does."""
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill(f"{who}@vidu.example")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
