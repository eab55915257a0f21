"""The table of rights: every action, role and standing, compared with the same table written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pytest

from app.policy import OFFICE_ROLES, ROLE_LABELS, RULES, Action, Actor, Role, Standing, can, refusal
from tests.unit.policy.rights import RIGHTS, allowed, words_of


@dataclass(frozen=True)
class Thing:
    """An object to which everybody is `standings`."""

    standings: frozenset[Standing]

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.standings


def somebody(*roles: Role) -> Actor:
    return Actor(person_id=7, name="Nguyễn Văn Mẫu", roles=frozenset(roles))


def test_both_tables_know_the_same_actions():
    assert sorted(RIGHTS) == sorted(action.value for action in Action)
    assert set(RULES) == set(Action)


def test_the_written_table_names_only_roles_and_standings_there_are():
    known = {role.value for role in Role} | {f"{sign}{s.value}" for s in Standing for sign in "@-"}
    assert {word for action in RIGHTS for word in words_of(action)} <= known | {"everybody"}


@pytest.mark.parametrize("action", Action, ids=str)
def test_every_role_with_every_standing_may_do_just_what_the_table_says(action):
    wrong = []
    for role in [None, *Role]:
        for standing in [None, *Standing]:
            who = somebody(*([role] if role else []))
            thing = Thing(frozenset([standing] if standing else []))
            expected = allowed(
                action.value, {role.value} if role else set(), {standing.value} if standing else set()
            )
            if can(who, action, thing) != expected:
                wrong.append((role, standing, f"expected {expected}"))
    assert wrong == []


@pytest.mark.parametrize("action", Action, ids=str)
def test_two_standings_at_once_never_open_what_one_of_them_forbids(action):
    wrong = []
    everything = somebody(*Role)
    for pair in combinations(Standing, 2):
        expected = allowed(action.value, {role.value for role in Role}, {standing.value for standing in pair})
        if can(everything, action, Thing(frozenset(pair))) != expected:
            wrong.append(pair)
    assert wrong == []


@pytest.mark.parametrize(
    "action, standing",
    [(action, standing) for action, rule in RULES.items() for standing in rule.never],
    ids=str,
)
def test_what_must_stay_apart_stays_apart_whatever_else_somebody_is(action, standing):
    reason = refusal(somebody(*Role), action, Thing(frozenset(Standing)))
    assert reason in RULES[action].never.values()
    assert refusal(somebody(*Role), action, Thing(frozenset([standing]))) == RULES[action].never[standing]


def test_the_four_hard_rules_have_a_reason_each():
    """Drafter ≠ signer, signer ≠ who seals, who reports ≠ who accepts; nobody inspects where they work."""
    apart = {(standing.value, action.value) for action, rule in RULES.items() for standing in rule.never}
    assert {
        ("drafter", "sign_paper"),
        ("drafter", "approve_paper"),
        ("signer", "seal_paper"),
        ("reporter", "accept_task"),
        ("works_there", "record_answer"),
    } <= apart


def test_nobody_signed_in_may_do_nothing_and_is_asked_to_sign_in():
    for action in Action:
        assert refusal(None, action) == "Cần đăng nhập để thực hiện."
        assert not can(None, action, Thing(frozenset(Standing)))


def test_without_an_object_only_roles_count():
    assert can(somebody(Role.PLANNER), Action.CREATE_INSPECTION)
    assert not can(somebody(Role.INSPECTOR), Action.AGREE_FINDING)


def test_a_refusal_says_whose_work_it_is_not():
    reason = refusal(somebody(), Action.CREATE_INSPECTION)
    assert reason == "Việc này không thuộc nhiệm vụ được phân công của tài khoản đang dùng."


def test_the_office_is_whoever_holds_one_of_its_roles():
    assert all(somebody(role).in_office == (role in OFFICE_ROLES) for role in Role)
    assert not somebody().in_office
    assert Role.ADMINISTRATOR not in OFFICE_ROLES


def test_every_role_has_its_vietnamese_name():
    assert set(ROLE_LABELS) == set(Role)
