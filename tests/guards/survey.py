"""Every page asked for by everybody, and every form sent by everybody: what came back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from app.extensions import db
from tests import cast
from tests.conftest import Browser
from tests.guards.addresses import Address, addresses
from tests.guards.world import World, undone
from tests.strict_client import SCRUTINY, page_problems

NOBODY = "nobody"
PARTS = tuple(who.sign_in for who in cast.PEOPLE)
Who = Callable[[Address, int], tuple[str, ...]]
"""Who asks for an address, the how-manieth it is."""
UNIT_PEOPLE = (cast.HEAD, cast.OFFICER, cast.OTHER_HEAD, cast.OUTSIDER)
"""Who must not learn what stands with other units."""
ABSENT = 987_654_321
"""A key that no row has."""
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|TRUNCATE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What one person got from one address."""

    part: str
    address: Address
    path: str
    status: int
    location: str = ""
    wrote: tuple[str, ...] = ()
    dirty: bool = False
    problems: tuple[str, ...] = ()
    error: str = ""

    def __str__(self) -> str:
        return f"{self.part}: {self.path} ({self.address.endpoint}) gave {self.status} {self.error}"


@dataclass
class Survey:
    """All answers, and the addresses for which the world has no row to show."""

    answers: list[Answer] = field(default_factory=list)
    absent: dict[tuple[str, str], int] = field(default_factory=dict)
    """(part, rule) → status for keys that no row has."""
    unknown: list[str] = field(default_factory=list)
    owners: dict[str, frozenset[str] | None] = field(default_factory=dict)
    """path → whom of the units' people the thing concerns; None: everybody may know of it."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """Statements that write, while inside."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if WRITES.match(statement):
            seen.append(" ".join(statement.split())[:90])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def paths(
    app: Flask, world: World, address: Address, owners: dict[str, frozenset[str] | None] | None = None
) -> tuple[list[str], str | None]:
    """Where the address leads in this world, and where with keys that no row has. Fills `owners` by path."""
    rule = next(
        r for r in app.url_map.iter_rules() if (r.endpoint, r.rule) == (address.endpoint, address.rule)
    )
    places = []
    with app.test_request_context():
        for found in world.values(rule):
            built = rule.build(found.values, append_unknown=False)
            if built is not None:
                places.append(built[1])
                if owners is not None:
                    owners[built[1]] = found.owners
        words = {a: world.word(rule, a) for a in rule.arguments if not a.endswith("_id")}
        keys = {a: ABSENT for a in rule.arguments if a.endswith("_id")}
        absent = rule.build({**keys, **words}, append_unknown=False) if keys else None
    return places, absent[1] if absent else None


def ask(
    browser: Browser,
    session: Session,
    part: str,
    address: Address,
    path: str,
    method: str,
    looked_at: set[tuple[str, int]] | None = None,
) -> Answer:
    """One request; an exception that reached the server counts as 500.

    `looked_at`: look at the HTML of every page that is not in it yet (refusals look alike everywhere).
    """
    vars(g._get_current_object()).clear()
    db.session.rollback()
    with statements() as wrote:
        try:
            response = browser.client.open(path, method=method, buffered=True)
        except Exception as error:
            db.session.rollback()
            shown = f"{type(error).__name__}: {str(error)[:200]}"
            return Answer(part, address, path, 500, error=shown)
        dirty = bool(session.new or session.dirty or session.deleted)
    problems: list[str] = []
    page = (path if response.status_code == 200 else address.endpoint, response.status_code)
    html = response.mimetype == "text/html" and not 300 <= response.status_code < 400
    if looked_at is not None and html and page not in looked_at:
        looked_at.add(page)
        problems = page_problems(response.get_data(as_text=True))
    return Answer(
        part, address, path, response.status_code, response.headers.get("Location", ""), tuple(wrote), dirty,
        tuple(problems),
    )  # fmt: skip


def play(browser: Browser, part: str) -> None:
    """Be this part of the cast, or nobody."""
    browser.client.delete_cookie("ket-luan")
    if part != NOBODY:
        browser.sign_in(part)


def _pages(
    app: Flask, world: World, survey: Survey, *, writes: bool
) -> Iterator[tuple[Address, list[str], str | None]]:
    for address in addresses(app):
        if address.writes if writes else address.reads:
            found, absent = paths(app, world, address, survey.owners)
            if not found:
                survey.unknown.append(str(address))
            yield address, found, absent


def read_everything(
    browser: Browser, app: Flask, session: Session, who: Who, *, checked: bool = True
) -> Survey:
    """Every GET address as each of `who` and as nobody.

    A row in every state is shown to the first two who may see one, the first two rows (own unit's, other
    unit's) to the units' people, one to everybody else.
    `checked`: look at the HTML, once of every page; pages are the same on every engine.
    """
    survey = Survey()
    world = World(app)
    looked_at: set[tuple[str, int]] | None = set() if checked and SCRUTINY else None
    for place, (address, found, absent) in enumerate(_pages(app, world, survey, writes=False)):
        seen = 0
        for part in (NOBODY, *who(address, place)):
            play(browser, part)
            several = found[: 2 if part in UNIT_PEOPLE else 1]
            if checked and seen < 2 and part != NOBODY:
                several = found
            answers = [ask(browser, session, part, address, path, "GET", looked_at) for path in several]
            seen += any(answer.status == 200 for answer in answers)
            survey.answers += answers
            if absent is not None and part in UNIT_PEOPLE:
                answer = ask(browser, session, part, address, absent, "GET")
                survey.absent[part, address.rule] = answer.status
    return survey


def send_everything(browser: Browser, app: Flask, session: Session, who: Who) -> Survey:
    """Every POST address with an empty form as each of `who` and as nobody; nothing of it stays."""
    survey = Survey()
    world = World(app)
    for place, (address, found, absent) in enumerate(_pages(app, world, survey, writes=True)):
        for part in (NOBODY, *who(address, place)):
            for path in found[:2] if part in UNIT_PEOPLE else found[:1]:
                with undone(session):
                    play(browser, part)
                    survey.answers.append(ask(browser, session, part, address, path, "POST"))
            if absent is not None and part in UNIT_PEOPLE:
                with undone(session):
                    play(browser, part)
                    answer = ask(browser, session, part, address, absent, "POST")
                    survey.absent[part, address.rule] = answer.status
    return survey
