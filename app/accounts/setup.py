"""Sign-in through Flask-Security, and the actor of every request."""

from __future__ import annotations

from flask import Flask, g
from flask_security import SQLAlchemySessionUserDatastore, current_user

from app.accounts import queries
from app.accounts.models import Account, SecurityRole
from app.extensions import db, security


def _load_actor() -> None:
    """Rights follow the present: posts are read anew at every request."""
    g.actor = None
    if current_user.is_authenticated and current_user.active:
        g.actor = queries.actor_for(current_user.person)


def register(app: Flask) -> None:
    """Attach to `app`."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/password",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    )
    security.init_app(app, SQLAlchemySessionUserDatastore(db.session, Account, SecurityRole))
    app.before_request(_load_actor)
