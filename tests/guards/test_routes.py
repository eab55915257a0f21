"""Every address names its right, types its keys, is kebab-case, and changes things by POST alone."""

from __future__ import annotations

import re

import pytest

from app.policy import Action
from tests import cast
from tests.guards.addresses import FILES, PUBLIC, addresses, untyped
from tests.guards.survey import read_everything
from tests.guards.world import World


def test_every_address_names_its_right_or_is_on_the_short_public_list(app):
    silent = [str(a) for a in addresses(app) if not isinstance(a.action, Action) and a.endpoint not in PUBLIC]
    assert silent == [], "wrap the view in @requires(Action.…), outermost below the route"


def test_the_public_list_names_nothing_that_asks_for_a_right_or_is_gone(app):
    found = {a.endpoint: a.action for a in addresses(app)}
    for endpoint, reason in PUBLIC.items():
        assert reason
        assert endpoint in FILES or found[endpoint] is None, (
            f"{endpoint} is gone, asks for a right or says nothing"
        )


def test_every_argument_says_its_type_and_every_key_is_a_number(app):
    wrong = [str(a) for a in addresses(app) if untyped(a.rule)]
    wrong += [
        str(a)
        for a in addresses(app)
        for name in a.arguments
        if name.endswith("_id") and f"<int:{name}>" not in a.rule
    ]
    assert wrong == []


def test_addresses_are_kebab_case(app):
    wrong = []
    for address in addresses(app):
        for word in re.sub(r"<[^>]+>", "", address.rule).split("/"):
            if not re.fullmatch(r"[a-z0-9]*(-[a-z0-9]+)*(\.[a-z]+)?\.?", word):
                wrong.append(str(address))
    assert wrong == []


def test_addresses_are_read_by_get_and_changed_by_post_and_nothing_else(app):
    wrong = [str(a) for a in addresses(app) if a.methods - {"GET", "HEAD", "OPTIONS", "POST"}]
    assert wrong == []


def test_a_key_that_is_too_long_for_the_database_is_not_found(client):
    client.sign_in(cast.PLANNER)
    client.get(f"/units/{2**63}", expect=404)
    client.get(f"/units/{2**63 - 1}", expect=404)


@pytest.mark.parametrize("path", ["/units?q=%00", "/units/%00", "/sign-in?next=%00"])
def test_the_letter_no_database_keeps_is_refused(client, path):
    response = client.sign_in(cast.PLANNER).client.get(path)
    assert response.status_code in (400, 404)


def test_no_page_changes_anything_when_it_is_read(browser, app, session):
    """As the planner; test_matrix.py looks as everybody."""
    survey = read_everything(browser, app, session, lambda *_: (cast.PLANNER,), checked=False)
    assert [f"{a} wrote {a.wrote}" for a in survey.answers if a.wrote] == []
    assert [str(a) for a in survey.answers if a.dirty] == []


def test_the_world_has_a_row_for_every_address(app, world):
    """An address that no guard can try is an address without a guard: see tests/guards/world.py."""
    made = World(app)
    rules = {(rule.endpoint, rule.rule): rule for rule in app.url_map.iter_rules()}
    assert [str(a) for a in addresses(app) if not made.values(rules[a.endpoint, a.rule])] == []
