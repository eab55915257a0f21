"""The served product on a database of its own, filled through the services while people look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from app import create_app
from app.extensions import db
from tests import cast
from tests.browser.serve import Quiet
from tests.conftest import settings_for


@dataclass
class Stage:
    """The application, where it is served, and a browser for each person."""

    app: Flask
    address: str
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)

    def as_(self, part: str, path: str = "", *, width: int = 1280) -> Page:
        """This person at this page; who was not there before signs in."""
        if part not in self.pages:
            context = self.chromium.new_context(
                base_url=self.address, viewport={"width": width, "height": 800}, locale="vi-VN",
                reduced_motion="reduce",
            )  # fmt: skip
            self.contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.goto("/sign-in")
            page.get_by_label("Tên đăng nhập").fill(f"{part}@mau.example")
            page.get_by_label("Mật khẩu").fill(cast.PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
            self.pages[part] = page
        if path:
            self.pages[part].goto(path)
        return self.pages[part]


@contextmanager
def staged(url: str, data_dir: Path, chromium: Browser) -> Iterator[Stage]:
    """Serve the database at `url` in a thread of this process, with its clock, until the end of the block."""
    app = create_app(settings_for(url, data_dir))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    expect.set_options(timeout=10_000)  # as long as a page may take (`as_`), also when the machine is busy
    stage = Stage(app, f"http://127.0.0.1:{server.port}", chromium)
    try:
        yield stage
    finally:
        for context in stage.contexts:
            context.close()
        server.shutdown()
        serving.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()
