"""What the tests of the register's pages share: the days of the notice, rows of a table, counted reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import Browser
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
QUESTION = {"unit": "long phuoc", "criterion": "MC-05", "starts_on": "01/01/2026", "ends_on": "30/9/2026"}


def ask(**changes: str) -> str:
    return "/register?" + urlencode({**QUESTION, "field": "", **changes})


def group(code: str) -> int:
    return int(next(item.id for item in factory.forms.latest_version().groups if item.code == code))


def rows(client: Browser) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in client.page.select("tbody tr")]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    sa.event.listen(session.get_bind(), "before_cursor_execute", listen)
    yield seen
    sa.event.remove(session.get_bind(), "before_cursor_execute", listen)
