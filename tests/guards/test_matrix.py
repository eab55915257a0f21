"""Address × person × whose it is: nobody gets what is not theirs, and everything opens for somebody.

What somebody may do is read from the table written by hand (tests/unit/policy/rights.py), what they are to
the things of this world from `CAN_BE` below; the product's own policy is not asked.
"""

from __future__ import annotations

import pytest

from app.policy import Action
from tests import cast
from tests.guards.survey import NOBODY, PARTS, UNIT_PEOPLE, Answer, Survey, read_everything, send_everything
from tests.unit.policy.rights import allowed

pytestmark = pytest.mark.slow

CAN_BE: dict[str, set[str]] = {
    cast.PLANNER: {"drafter", "creator"},
    cast.LEADER: {"signer"},
    cast.TEAM_LEADER: {"team_leader", "team_member"},
    cast.SECRETARY: {"team_secretary", "team_member"},
    cast.MEMBER: {"team_member", "assigned"},
    cast.FOLLOWER: {"follower"},
    cast.HEAD: {"unit_head", "unit_officer"},
    cast.OFFICER: {"unit_officer"},
    cast.OTHER_HEAD: {"unit_head", "unit_officer"},
}
"""What people of the cast are to some thing of this world, at most."""
NOT_HERE = {
    "notices.compare": "stands between an upload and its confirmation",
    "fieldwork.minutes_pdf": "needs minutes that were printed, which takes a second",
}
"""Pages that this world has nothing to show on, each with the reason."""
ROLES = {who.sign_in: {role.value for role in who.roles} for who in cast.PEOPLE}
KEPT: dict[str, Survey] = {}


@pytest.fixture
def reading(browser, app, session) -> Survey:
    """Every page asked for by everybody (once for all tests of this file)."""
    if "read" not in KEPT:
        KEPT["read"] = read_everything(browser, app, session, PARTS)
    return KEPT["read"]


@pytest.fixture
def sending(browser, app, session) -> Survey:
    """Every form sent empty by everybody (once for all tests of this file)."""
    if "sent" not in KEPT:
        KEPT["sent"] = send_everything(browser, app, session, PARTS)
    return KEPT["sent"]


def may_ever(answer: Answer) -> bool:
    """Whether the person may do this to anything at all in this world (duties that stay apart left aside)."""
    action = answer.address.action
    assert isinstance(action, Action)
    standings = {s for s in CAN_BE.get(answer.part, set()) if s not in ("drafter", "signer")}
    return allowed(action.value, ROLES[answer.part], standings) or allowed(
        action.value, ROLES[answer.part], CAN_BE.get(answer.part, set())
    )


def guarded(survey: Survey) -> list[Answer]:
    """Answers of addresses that ask for a right."""
    return [answer for answer in survey.answers if isinstance(answer.address.action, Action)]


def test_no_page_breaks_for_anybody(reading):
    assert sorted({str(a) for a in reading.answers if a.status >= 500}) == []


def test_no_form_breaks_when_it_comes_empty(sending):
    assert sorted({str(a) for a in sending.answers if a.status >= 500}) == []


def test_who_is_not_signed_in_is_asked_to_and_learns_nothing(reading, sending):
    wrong = [
        str(a)
        for survey in (reading, sending)
        for a in guarded(survey)
        if a.part == NOBODY and not (a.status == 303 and a.location.startswith("/sign-in"))
    ]
    assert wrong == []


def test_who_has_no_right_gets_no_page(reading):
    wrong = [
        str(a)
        for a in guarded(reading)
        if a.part != NOBODY and not may_ever(a) and a.status not in (403, 404)
    ]
    assert wrong == []


def test_who_has_no_right_changes_nothing(sending):
    wrong = [
        f"{a} {a.wrote}"
        for a in guarded(sending)
        if a.part != NOBODY and not may_ever(a) and (a.status not in (403, 404) or a.wrote)
    ]
    assert wrong == []


def test_who_has_the_right_is_never_told_to_sign_in(reading, sending):
    wrong = [
        str(a)
        for survey in (reading, sending)
        for a in guarded(survey)
        if a.part != NOBODY and a.location.startswith("/sign-in")
    ]
    assert wrong == []


def test_a_unit_never_learns_that_another_units_things_exist(reading, sending):
    """Refused, the answer is the one for a key that no row has."""
    wrong = []
    for survey in (reading, sending):
        for answer in guarded(survey):
            absent = survey.absent.get((answer.part, answer.address.rule))
            owners = survey.owners.get(answer.path)
            hidden = owners is not None and answer.part not in owners
            if hidden and absent is not None and answer.status in (403, 404) and answer.status != absent:
                wrong.append(f"{answer}, a missing one {absent}")
    assert wrong == []


def test_every_page_opens_for_somebody(reading):
    opened = {
        a.address for a in reading.answers if a.status == 200 or (a.status in (302, 303) and a.part != NOBODY)
    }
    asked = {a.address for a in reading.answers}
    assert sorted(str(address) for address in asked - opened if address.endpoint not in NOT_HERE) == []


def test_no_page_changes_anything_when_it_is_read_by_anybody(reading):
    assert [f"{a} wrote {a.wrote}" for a in reading.answers if a.wrote or a.dirty] == []


def test_every_page_is_good_html(reading):
    seen, wrong = set(), []
    for answer in reading.answers:
        if answer.problems and answer.address not in seen:
            seen.add(answer.address)
            wrong.append(f"{answer}: {answer.problems[:3]}")
    assert wrong == []


def test_a_form_without_words_is_refused_and_writes_nothing(sending):
    """Refused = 4xx; what a click alone does (303) may write, and only for who may."""
    wrong = [
        f"{a} {a.wrote}"
        for a in guarded(sending)
        if 400 <= a.status < 500 and any("SAVEPOINT" not in w for w in a.wrote)
    ]
    assert wrong == []


def test_the_cast_of_the_matrix_is_whole():
    assert set(CAN_BE) <= set(PARTS) and set(UNIT_PEOPLE) <= set(PARTS)
