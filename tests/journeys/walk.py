"""One person after the other at the same product: who does each step, and who is refused at it.

    walk.at(date(2026, 9, 8), 8)
    walk.refused(cast.HEAD, "POST", f"/visits/{visit}/open")
    walk.as_(cast.TEAM_LEADER).submit("form[action$='/open']", {...})

A refusal is only believed when no row of the case's tables is different afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app import clock
from app.extensions import db
from app.form_library.models import Criterion
from app.inspections.models import InspectedUnit, ScopeItem
from tests.conftest import Browser

REFUSALS = (403, 404)
UNTOUCHED = frozenset({"account", "series_counter", "job"})
"""Tables that signing in and the queue write by themselves."""


class Walk:
    """A browser that changes hands, a clock, and the database behind them."""

    def __init__(self, client: Browser, session: Session, days: ExitStack) -> None:
        self.client, self.session, self._days = client, session, days
        self.refusals = 0

    def at(self, day: date, hour: int = 9) -> Walk:
        """From now on it is this hour of this Vietnamese day."""
        self._days.close()
        self._days.enter_context(clock.frozen(clock.at(day, hour)))
        return self

    def as_(self, part: str, path: str = "") -> Browser:
        """This part of the cast sits down, and opens `path`."""
        self.client.sign_in(part)
        if path:
            self.client.get(path)
        return self.client

    def seen(self) -> dict[str, list[Any]]:
        """Every row of every table of the product, as the database holds it."""
        self.session.expire_all()
        return {
            table.name: sorted(map(repr, self.session.execute(sa.select(table))))
            for table in db.metadata.sorted_tables
            if table.name not in UNTOUCHED
        }

    def refused(self, part: str, method: str, path: str, data: dict[str, Any] | None = None) -> None:
        """`part` is refused (403, or 404 for what they may not know of) and nothing is different."""
        client = self.as_(part)
        # any page has the token of the session; it was checked elsewhere, so it is not parsed here
        _forget_request()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.client.get("/password").text)
        assert token, "no page without a token"
        before = self.seen()
        _forget_request()
        sent = {"csrf_token": token.group(1), **(data or {})} if method == "POST" else None
        answer = client.client.open(path, method=method, data=sent, base_url=client.base_url)
        assert answer.status_code in REFUSALS, f"{part} at {method} {path}: {answer.status_code}"
        assert "Không" in answer.text or "không" in answer.text, "the refusal says nothing"
        after = self.seen()
        changed = [name for name, rows in before.items() if rows != after[name]]
        assert not changed, f"{part} was refused at {path}, and yet {changed} changed"
        self.refusals += 1

    def id_in(self, pattern: str) -> int:
        """The number that `pattern` finds in where the last answer redirected to."""
        found = re.search(pattern, self.client.response.headers["Location"])
        assert found, self.client.response.headers["Location"]
        return int(found.group(1))

    def items(self, inspected_unit_id: int) -> dict[str, ScopeItem]:
        """The scope items of a unit by criterion key."""
        rows = self.session.scalars(
            sa.select(ScopeItem)
            .join(Criterion, Criterion.id == ScopeItem.criterion_id)
            .where(ScopeItem.inspected_unit_id == inspected_unit_id)
        )
        return {item.criterion.key: item for item in rows}

    def units(self, inspection_id: int) -> dict[str, InspectedUnit]:
        """The inspected units of a case by the unit's code."""
        rows = self.session.scalars(
            sa.select(InspectedUnit).where(InspectedUnit.inspection_id == inspection_id)
        )
        return {found.unit.code: found for found in rows}


def upload(name: str, data: bytes) -> FileStorage:
    """A file as a form sends it."""
    import io

    return FileStorage(io.BytesIO(data), filename=name)


def _forget_request() -> None:
    """The test holds the application context, so `g` would carry one request's token into the next."""
    vars(g._get_current_object()).clear()


@pytest.fixture
def walk(app: Flask, session: Session) -> Iterator[Walk]:
    with ExitStack() as days:
        yield Walk(Browser(app), session, days)
