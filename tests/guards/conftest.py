"""Fixtures of the guards: a client in a world with something in every room."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import Browser
from tests.guards import world as worlds
from tests.guards.world import World


@pytest.fixture
def world(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> World:
    """Cases at every stage; forms need no token here (test_csrf.py is about tokens)."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    worlds.build()
    return World(app)


@pytest.fixture
def browser(app: Flask, world: World) -> Browser:
    return Browser(app)
