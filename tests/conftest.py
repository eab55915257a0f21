"""Fixtures of every test: a migrated database per worker, a transaction per test, the strict client."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask_migrate import upgrade
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import app as app_package
import config
from app import clock, create_app
from app.documents import rendering, verification
from app.documents.models import DocumentCode
from app.extensions import db
from app.files.store import store
from tests import cast, replaying
from tests.cluster import Cluster
from tests.drawing import draw_once
from tests.example import making
from tests.loops import no_running_loop
from tests.processes import DEEP
from tests.strict_client import StrictClient

ENGINE = os.environ.get("KL_TEST_ENGINE", "sqlite")
ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 9, 23, 3, 0, tzinfo=UTC)
"""The day on which tests happen unless they say otherwise: Wednesday 23/9/2026, 10:00 in Việt Nam."""

_clusters: list[Cluster] = []
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("COVERAGE_PROCESS_START", None)  # what tests start is not measured

for _part in ("models", "setup", "views", "cli", "jobs"):
    app_package._parts(_part)  # loaded within a test that is not measured it would count as never run

DATABASES = frozenset({"new_database", "new_example", "empty_database"})
"""Fixtures through which every test that needs a database comes to it."""

MEASURING = ("unit/", "register/", "documents_flow/") if ENGINE == "sqlite" else (
    "documents_flow/test_numbering", "register/test_register_services",
)  # fmt: skip
"""Tests that cover what scripts/coverage_gate.py asks for; on the second engine what only it can reach."""

hypothesis.settings.register_profile("fast", max_examples=40, derandomize=True, deadline=None)
hypothesis.settings.register_profile("deep", max_examples=300, derandomize=True, deadline=None)
hypothesis.settings.load_profile("deep" if DEEP else "fast")


def pytest_configure(config: pytest.Config) -> None:
    if ENGINE == "postgresql" and not hasattr(config, "workerinput") and "KL_TEST_CLUSTER" not in os.environ:
        cluster = Cluster.start()
        _clusters.append(cluster)
        os.environ["KL_TEST_CLUSTER"] = str(cluster.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    while _clusters:
        _clusters.pop().stop()
        os.environ.pop("KL_TEST_CLUSTER", None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the second engine only what touches a database: the rest cannot come out otherwise there.

    Measuring slows whatever runs: without the full budgets only the tests of what must be covered whole do.
    """
    for item in items:
        if not DEEP and not str(item.path.relative_to(ROOT / "tests")).startswith(MEASURING):
            item.add_marker("no_cover")
    if ENGINE == "sqlite":
        return
    there, elsewhere = [], []
    for item in items:
        (there if DATABASES & set(getattr(item, "fixturenames", ())) else elsewhere).append(item)
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = there


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Stop measuring for a test that is not to be measured, its fixtures included."""
    measuring = coverage.Coverage.current() if item.get_closest_marker("no_cover") else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Workers are ended before Python's own end, at which coverage would save what it has."""
    measuring = coverage.Coverage.current()
    if measuring is not None and hasattr(session.config, "workerinput"):
        measuring.stop()
        measuring.save()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the collector need not look at it again after every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def settings_for(url: str, data_dir: Path) -> config.Settings:
    """Settings of a test application."""
    return config.Settings(
        environment="test", database_url=url, data_dir=data_dir, secret_key="x" * 40, secure_cookies=False
    )


def fill_template(url: str, data_dir: Path) -> None:
    """Migrate an empty database and write what every test may count on: seeds, forms, the cast."""
    from flask_security.utils import hash_password

    from app.deadlines import services as deadlines
    from app.form_library import services as forms

    app = create_app(settings_for(url, data_dir))
    with app.app_context(), clock.frozen(NOON):
        upgrade(directory=str(ROOT / "migrations"))
        deadlines.seed_defaults()
        # most tests are about other things than signatures; those that are turn them on
        deadlines.set_setting("sign_digitally", False, date(2020, 1, 2), None)
        path = ROOT / "inspection_forms" / "cchc-cong-vu" / "v1.yaml"
        forms.import_form(path.read_text(encoding="utf-8"), path.name, actor=None)
        cast.build(hash_password(cast.PASSWORD))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Callable[[str], str]]:
    """Give the address of a fresh copy of the filled template, called by name."""
    folder = tmp_path_factory.mktemp("databases")
    if ENGINE == "postgresql":
        cluster = Cluster.attach(os.environ["KL_TEST_CLUSTER"])
        cluster.ensure_template("kl_template", lambda url: fill_template(url, folder))
        made: list[str] = []

        def copy(name: str) -> str:
            full = f"kl_{worker_id}_{name}"
            cluster.drop_database(full)
            made.append(full)
            return cluster.create_database(full, template="kl_template")

        yield copy
        for full in made:
            cluster.drop_database(full)
    else:
        given = os.environ.get("KL_TEST_TEMPLATE")  # tests of the guards on broken copies of the tree
        template = Path(given) if given else folder / "template.db"
        if not given:
            fill_template(f"sqlite:///{template}", folder)

        def copy(name: str) -> str:
            target = folder / f"{name}.db"
            shutil.copy(template, target)
            return f"sqlite:///{target}"

        yield copy


@pytest.fixture(scope="session")
def new_example(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str], making.Example]:
    """Give a copy of the example, called by name; the example itself is made once for all workers."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    cluster = Cluster.attach(os.environ["KL_TEST_CLUSTER"]) if ENGINE == "postgresql" else None

    def copy(name: str) -> making.Example:
        original = making.ensure(shared / "example", cluster)
        folder = tmp_path_factory.mktemp(f"example_{worker_id}") / name
        folder.mkdir()
        return making.copy(original, folder, cluster)

    return copy


@pytest.fixture(scope="session")
def app(new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database of this worker's own."""
    folder = tmp_path_factory.mktemp("data")
    made = create_app(settings_for(new_database("shared"), folder))
    made.config["FILES"] = folder / "files"
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def frozen_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is NOON in every test (tests under tests/unit may freeze their own)."""
    with clock.frozen(NOON):
        yield


@pytest.fixture(autouse=True)
def counted_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of papers count up from one, so that the very same paper is drawn once (`draw_once`)."""

    def count() -> str:
        return f"{db.session.query(DocumentCode).count() + 1:012d}"

    monkeypatch.setattr(verification, "draw_code", count)


_tests_done = itertools.count(1)


def sweep(engine: sa.Engine) -> None:
    """On PostgreSQL rows that were rolled back stay in the files until somebody sweeps: every question got
    slower, test by test, up to five times."""
    if ENGINE == "postgresql" and next(_tests_done) % 20 == 0:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")


@pytest.fixture(scope="session")
def rewind(app: Flask) -> str:
    """On PostgreSQL a rollback leaves sequences where they are; this statement puts them back, so that every
    test is given the same keys and codes (and papers that were drawn once need not be drawn again)."""
    if ENGINE != "postgresql":
        return ""
    with app.app_context(), db.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT sequencename, last_value FROM pg_sequences").all()
    calls = (f"setval('{name}', {last or 1}, {'true' if last else 'false'})" for name, last in found)
    return f"SELECT {', '.join(calls)}"


@pytest.fixture
def session(app: Flask, rewind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The application's session in a transaction rolled back after the test; commits are savepoints."""
    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        connection = engine.connect()
        transaction = connection.begin()
        if rewind:
            connection.exec_driver_sql(rewind)
        engines[None] = connection
        db.session.remove()
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        replaying.begin(connection)
        monkeypatch.setattr(rendering, "render_pdf", draw_once)
        # another application of the same process, which a race may need, has opened its own
        monkeypatch.setattr(store, "folder", app.config["FILES"])
        try:
            yield db.session()
        finally:
            replaying.end()
            db.session.remove()
            transaction.rollback()
            connection.close()
            engines[None] = engine
            sweep(engine)


class Browser(StrictClient):
    """A strict client that can be one of the cast."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.test_client())

    def _open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # the test holds the application context open, so what a request left in `g` would reach the next one
        vars(g._get_current_object()).clear()
        return super()._open(*args, **kwargs)

    def sign_in(self, part: str) -> Browser:
        """Be signed in as this part of the cast (tests of sign-in itself use the real form)."""
        self.client.delete_cookie("ket-luan")
        with self.client.session_transaction() as kept:
            kept["_user_id"] = f"cast-{part}"
            kept["_fresh"] = True
            kept["fs_cc"] = "set"
            kept["fs_paa"] = clock.now().timestamp()
            kept["signed_in_at"] = clock.now().timestamp()
            kept["seen_at"] = clock.now().timestamp()
        db.session.expire_all()
        return self


@pytest.fixture
def client(app: Flask, session: Session) -> Browser:
    """A browser that checks every page it is given; `client.sign_in("planner")` plays a part of the cast."""
    return Browser(app)


CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The machine's Chromium, else the one that Playwright brought: one a process, whoever asks."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def own_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright leaves its event loop running in the process; signing starts one of its own, as in a worker.

    A test of the browser keeps Playwright's.
    """
    if "chromium" in request.fixturenames:
        yield
        return
    with no_running_loop():
        yield
