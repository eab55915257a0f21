"""Nothing is changed by a form that did not come from a page of ours."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import g

from app.db import Base
from tests import cast
from tests.guards.addresses import addresses
from tests.guards.survey import paths, statements
from tests.guards.world import World
from tests.processes import DEEP

pytestmark = pytest.mark.no_cover
BODIES = {
    "no token": {"data": {"reason": "x"}},
    "a wrong token": {"data": {"csrf_token": "IjEyMyI.made-up.signature", "reason": "x"}},
    "a token in the address": {"query_string": {"csrf_token": "@@"}, "data": {"reason": "x"}},
    "plain text": {"data": "reason=x", "content_type": "text/plain"},
    "JSON": {"json": {"reason": "x"}},
}


TICKETED = {"documents.hand_in": 404}
"""Taken without a page of ours, from a program that holds a ticket of its own: what it gets without one."""


def counts(session) -> dict[str, int]:
    """Rows of every table."""
    one = sa.union_all(
        *(
            sa.select(sa.literal(table.name), sa.select(sa.func.count()).select_from(table).scalar_subquery())
            for table in Base.metadata.sorted_tables
        )
    )
    return {row[0]: row[1] for row in session.execute(one)}


def token_of(client) -> str:
    """A good token, made for the session of whoever is signed in."""
    client.get("/password")
    field = client.page.select_one("input[name=csrf_token]")
    assert field is not None
    return str(field["value"])


@pytest.fixture
def protected(browser, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return browser


def refused(app, world, browser, part, body, *, start=0, step=1, expected=(400, 415)) -> list[str]:
    """Every form (each `step`th) sent by `part` with `body`: what was not refused."""
    wrong = []
    browser.sign_in(part)
    for address in [address for address in addresses(app) if address.writes][start::step]:
        for path in paths(app, world, address)[0][:1]:
            vars(g._get_current_object()).clear()
            with statements() as wrote:
                response = browser.client.post(path, **body)
            lawful = (TICKETED[address.endpoint],) if address.endpoint in TICKETED else expected
            if response.status_code not in lawful or wrote:
                wrong.append(f"{part}: POST {path} with {body} gave {response.status_code} and wrote {wrote}")
    return wrong


def test_every_form_refuses_what_has_no_good_token(protected, app, session):
    """By five ways of having none, and with a token of somebody else's session; and no row more or less.

    One way is tried on every form, the others in turn; in `make deep` every way on every form.
    """
    world, wrong = World(app), []
    theirs = token_of(protected.sign_in(cast.CLERK))
    before = counts(session)
    bodies = [*BODIES.values(), {"data": {"csrf_token": theirs}}]
    wrong += refused(app, world, protected, cast.HEAD, BODIES["no token"])
    for start, body in enumerate(bodies):
        step = 1 if DEEP else len(bodies)
        wrong += refused(app, world, protected, cast.PLANNER, body, start=start % step, step=step)
    assert wrong == []
    assert counts(session) == before


def test_a_good_token_is_taken(protected, app):
    """The guard above would also be green if nothing at all were accepted."""
    token = token_of(protected.sign_in(cast.PLANNER))
    response = protected.client.post("/password", data={"csrf_token": token})
    assert response.status_code == 422
