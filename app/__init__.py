"""Kết Luận: inspection and accountability cases of Vietnamese local government."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import web
from app.audit import services as audit
from app.extensions import babel, bootstrap, csrf, db, limiter, migrate, watch_engine
from app.files.store import store
from app.jobs import services as jobs
from app.postbox import postbox

FEATURES = (
    "audit", "jobs", "files", "units", "accounts", "deadlines", "documents", "form_library", "register",
    "inspections", "findings", "fieldwork", "remediation", "notices", "followup", "responsibility", "home",
    "reports", "exchange", "conversion", "api", "example",
)  # fmt: skip


def _parts(name: str) -> list[Any]:
    """The module `app.<feature>.<name>` of every feature that has one, in the order of the layers.

    Modules are found by name, so what they offer is not known to the type checker where they are used.
    """
    found: list[Any] = []
    for feature in FEATURES:
        path = f"app.{feature}.{name}"
        if find_spec(f"app.{feature}") is not None and find_spec(path) is not None:
            found.append(import_module(path))
    return found


def create_app(settings: config.Settings | None = None) -> Flask:
    """Settings → extensions → blueprints → errors → commands."""
    settings = settings or config.read_settings()
    app = Flask(__name__, template_folder="../templates", static_folder="static")
    _configure(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        behind = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = behind  # type: ignore[method-assign]  # Flask documents replacing it; a method in its types
    _models()
    db.init_app(app)
    with app.app_context():
        watch_engine(db.engine)
    store.open(settings.data_dir / "files", settings.max_upload_bytes)
    postbox.open(settings.smtp)
    migrate.init_app(app, db, render_as_batch=True, compare_type=True)
    csrf.init_app(app)
    limiter.init_app(app)
    limiter.enabled = settings.environment != "test"  # a test of it turns it on
    babel.init_app(app)
    bootstrap.init_app(app)
    audit.watch_session()
    web.register_filters(app)
    app.after_request(web.set_security_headers)
    from app.web import errors as error_pages
    from app.web import requests

    requests.register(app)
    error_pages.register(app)
    for setup in _parts("setup"):
        setup.register(app)
    for views in _parts("views"):
        app.register_blueprint(views.bp)
    for cli in _parts("cli"):
        app.cli.add_command(cli.group)
    for work in _parts("jobs"):
        for kind in getattr(work, "KINDS", ()):
            jobs.register_kind(kind)
    return app


def _models() -> None:
    """Import every model, so that metadata is whole."""
    _parts("models")


def _configure(app: Flask, settings: config.Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        ENVIRONMENT=settings.environment,
        TESTING=settings.environment == "test",
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes * 4,
        PUBLIC_ADDRESS=settings.public_address,
        SIGNING=settings.signing,
        TRIAL_KEYS=None if settings.environment == "production" else settings.data_dir / "ky-thu",
        MAX_FORM_PARTS=5000,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="__Host-ket-luan" if settings.secure_cookies else "ket-luan",
        SESSION_IDLE_MINUTES=settings.session_idle_minutes,
        SESSION_ABSOLUTE_HOURS=settings.session_absolute_hours,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
    )
