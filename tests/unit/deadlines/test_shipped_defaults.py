"""The calendar, the profiles and the settings that ship."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from app.deadlines import settings
from app.deadlines.models import (
    EVENT_LABELS,
    EVENTS_OF,
    RETIRED,
    STEP_LABELS,
    DayKind,
    Event,
    ProfileCode,
    Step,
)
from app.deadlines.proposals import Terms
from app.deadlines.seeds import shipped_days, shipped_profiles
from app.deadlines.working_days import Mode, Rule
from app.documents.papers.ways import GROUPS, LETTER
from app.errors import DomainError

DAYS = {entry.day: entry for entry in shipped_days()}


def test_the_days_off_of_2026_are_those_announced() -> None:
    off = {day for day, entry in DAYS.items() if day.year == 2026 and entry.kind is DayKind.OFF}
    assert off == {
        date(2026, 1, 1),
        date(2026, 1, 2),
        *(date(2026, 2, day) for day in range(16, 21)),
        date(2026, 4, 27),
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 8, 31),
        date(2026, 9, 1),
        date(2026, 9, 2),
        date(2026, 11, 24),
    }


def test_the_worked_saturdays_are_those_swapped() -> None:
    worked = [day for day, entry in DAYS.items() if entry.kind is DayKind.WORKED]
    assert worked == [date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)]


def test_in_2026_only_the_swap_of_new_year_is_unverified() -> None:
    unverified = {day for day, entry in DAYS.items() if day.year == 2026 and not entry.verified}
    assert unverified == {date(2026, 1, 2), date(2026, 1, 10)}


def test_tet_2027_waits_for_its_notice_but_the_make_up_of_may_is_law() -> None:
    assert not DAYS[date(2027, 2, 8)].verified
    assert DAYS[date(2027, 5, 3)].verified


def test_every_shipped_day_changes_a_count_and_has_name_and_source() -> None:
    for entry in shipped_days():
        assert (entry.day.weekday() < 5) is (entry.kind is DayKind.OFF)
        assert entry.name
        assert entry.source


def test_every_profile_has_a_rule_for_every_step_once() -> None:
    assert [profile.code for profile in shipped_profiles()] == list(ProfileCode)
    for profile in shipped_profiles():
        assert [rule.step for rule in profile.rules] == [step for step in Step if step not in RETIRED]
    assert set(STEP_LABELS) == set(Step)


@pytest.mark.parametrize(
    ("profile", "step", "days", "mode", "verified"),
    [
        (ProfileCode.INTERNAL, Step.ONSITE_DEPARTMENT, 10, Mode.WORKING, False),
        (ProfileCode.INTERNAL, Step.ACKNOWLEDGEMENT, 3, Mode.WORKING, False),
        (ProfileCode.INTERNAL, Step.REMEDIATION_PLAN, 10, Mode.CALENDAR, False),
        (ProfileCode.SPECIALISED_217, Step.ONSITE_COMMUNE, 7, Mode.WORKING, True),
        (ProfileCode.SPECIALISED_217, Step.ONSITE_COMMUNE_EXTENSION, 3, Mode.WORKING, True),
        (ProfileCode.INSPECTORATE_84, Step.TEAM_REPORT, 20, Mode.CALENDAR, True),
        (ProfileCode.INSPECTORATE_84, Step.NOTICE, 15, Mode.CALENDAR, True),
        (ProfileCode.INSPECTORATE_84, Step.ONSITE_DEPARTMENT, 10, Mode.WORKING, False),
    ],
)
def test_a_profile_ships_the_days_of_its_law(
    profile: ProfileCode, step: Step, days: int, mode: Mode, verified: bool
) -> None:
    shipped = next(p for p in shipped_profiles() if p.code is profile)
    rule = next(r for r in shipped.rules if r.step is step)
    assert (rule.days, rule.mode, rule.verified) == (days, mode, verified)


def test_the_milestone_settings_ship_as_the_terms_of_proposals() -> None:
    assert Terms() == Terms(
        now=settings.MILESTONE_NOW_DAYS.default,
        common=settings.MILESTONE_COMMON_DAYS.default,
    )
    for profile in shipped_profiles():
        rules = {rule.step: rule for rule in profile.rules}
        for step, counted in (
            (Step.REMEDIATION, Terms().remediation),
            (Step.COMPLETION_REPORT, Terms().report),
        ):
            assert Rule(rules[step].days, rules[step].mode) == counted


def test_every_rule_runs_from_an_event_of_its_step_and_every_event_is_of_some_step() -> None:
    for profile in shipped_profiles():
        assert all(rule.event in EVENTS_OF[rule.step] for rule in profile.rules)
    assert {event for events in EVENTS_OF.values() for event in events} == set(EVENT_LABELS) == set(Event)
    [of_law] = [
        rule for rule in shipped_profiles()[2].rules if rule.step is Step.NOTICE
    ]  # fmt: skip
    assert of_law.event is Event.DRAFT_RECEIVED


def test_every_default_is_a_value_its_own_setting_accepts() -> None:
    for setting in settings.REGISTRY.values():
        assert setting.read(setting.default) == setting.default
        assert type(setting.default) in (int, bool, str)
        assert setting.label


@pytest.mark.parametrize("value", ["10", 10, " 10 "])
def test_a_number_is_read_as_typed(value: object) -> None:
    assert settings.MEMBER_REPLY_DAYS.read(value) == 10


@pytest.mark.parametrize("value", ["", "mười", "-1", 31, 61, 2.5, True, None, "9" * 40, "١٠"])
def test_what_is_not_a_number_in_range_is_refused_with_the_range(value: object) -> None:
    with pytest.raises(DomainError, match="từ 0 đến 30") as refused:
        settings.MEMBER_REPLY_DAYS.read(value)
    assert refused.value.field == "member_reply_days"


def test_a_text_is_tidied_and_must_not_be_empty_or_too_long() -> None:
    assert settings.PLACE_NAME.read("  Long   Thành ") == "Long Thành"
    with pytest.raises(DomainError, match="chưa nhập"):
        settings.PLACE_NAME.read("   ")
    with pytest.raises(DomainError, match="tối đa 60"):
        settings.PLACE_NAME.read("x" * 61)


def test_a_choice_and_a_yes_no_take_only_their_values() -> None:
    assert settings.NOTICE_VERB.read("yêu cầu") == "yêu cầu"
    with pytest.raises(DomainError, match="đề nghị, yêu cầu"):
        settings.NOTICE_VERB.read("ra lệnh")
    assert settings.ONE_STEP_ACCEPTANCE.read(True) is True
    with pytest.raises(DomainError, match="có hoặc không"):
        settings.ONE_STEP_ACCEPTANCE.read("true")


def test_levels_rise_from_commune_to_central() -> None:
    ranks = [level.rank for level in settings.OfficeLevel]
    assert ranks == [10, 20, 30, 40]


def test_the_profiles_to_choose_from_are_the_profiles_that_ship() -> None:
    chosen = dict(settings.DEFAULT_PROFILE.choices)
    assert chosen == {profile.code.value: profile.name for profile in shipped_profiles()}


def test_every_setting_on_offer_is_read_by_something() -> None:
    """What nobody reads would be answered "Đã ghi" and change nothing."""
    app = Path(settings.__file__).parents[1]
    elsewhere = "\n".join(
        path.read_text(encoding="utf-8") for path in app.rglob("*.py") if path != Path(settings.__file__)
    )
    names = {name: value for name, value in vars(settings).items() if isinstance(value, settings.Setting)}
    assert [name for name in names if not re.search(rf"\b{name}\b", elsewhere)] == []
    several = ("REMIND_", "ESCALATE_", "EXTENSION_DAYS_", "EXTENSIONS_")
    by_profile = {name: value for name, value in vars(settings).items() if name.startswith(several)}
    assert [name for name in by_profile if not re.search(rf"\b{name}\b", elsewhere)] == []
    ways, symbols = (set(column) for column in zip(*GROUPS.values(), LETTER, strict=True))
    assert (set(settings.WAY_OF_ISSUING), set(settings.SYMBOLS)) == (ways, symbols)
    profiled = sum(map(len, by_profile.values()))
    assert len(settings.REGISTRY) == len(names) + len(ways) + len(symbols) + profiled
