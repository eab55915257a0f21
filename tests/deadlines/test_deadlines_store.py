"""Calendars, rules and settings in the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.deadlines import queries, services, settings
from app.deadlines.models import (
    RETIRED,
    CalendarVersion,
    DayKind,
    DeadlineRule,
    Event,
    OfficeSetting,
    ProfileCode,
    RuleProfile,
    Step,
)
from app.deadlines.proposals import Terms
from app.deadlines.seeds import DayEntry, shipped_days
from app.deadlines.services import RuleData
from app.deadlines.working_days import Mode, Rule, Until
from app.errors import Conflict, DomainError, NotFound, Stale
from app.policy import Actor

ACTOR = Actor(person_id=1, name="Trần Thị Thí Dụ")
NOW = clock.at(date(2026, 8, 12))


@pytest.fixture
def seeded(session: Session) -> Session:
    services.seed_defaults()
    return session


def storm(day: date) -> DayEntry:
    return DayEntry(day, DayKind.OFF, "Nghỉ phòng chống bão", "Công điện của tỉnh", True)


def how_many(session: Session) -> list[int]:
    tables = (CalendarVersion, RuleProfile, DeadlineRule)
    counted = [sa.select(sa.func.count()).select_from(table) for table in tables]
    keys = sa.select(sa.func.count(OfficeSetting.key.distinct()))  # one of them has a later value in tests
    return [session.scalar(query) or 0 for query in (*counted, keys)]


def test_seeding_twice_adds_nothing_the_second_time(seeded: Session) -> None:
    first = how_many(seeded)
    assert first == [1, 3, 3 * (len(Step) - len(RETIRED)), len(settings.REGISTRY)]
    services.seed_defaults()
    assert how_many(seeded) == first


def test_seeding_again_keeps_what_people_changed(seeded: Session) -> None:
    services.change_rule(
        ProfileCode.INTERNAL, Step.NOTICE, RuleData(12, Mode.WORKING, "Quy chế"), actor=ACTOR
    )
    services.seed_defaults()
    rule = queries.find_rule(ProfileCode.INTERNAL, Step.NOTICE)
    assert rule is not None
    assert (rule.days, rule.basis, rule.verified) == (12, "Quy chế", False)


def test_a_deadline_is_counted_by_profile_with_all_that_is_kept_beside_it(seeded: Session) -> None:
    with clock.frozen(NOW):
        deadline = queries.due_on("noi_bo_cchc", "team_report", date(2026, 8, 20))
    assert deadline.due_on == date(2026, 9, 7)
    assert deadline.rule == Rule(10, Mode.WORKING)
    assert (deadline.profile, deadline.step, deadline.calendar_version) == ("noi_bo_cchc", "team_report", 1)
    assert deadline.rule_text.startswith("Chậm nhất hết ngày 07/9/2026 (thứ Hai) – 10 ngày làm việc")


def test_an_unknown_profile_is_a_defect_and_a_missing_rule_is_not_found(seeded: Session) -> None:
    with pytest.raises(ValueError, match="khong_co"):
        queries.due_on("khong_co", "notice", date(2026, 8, 20))
    with pytest.raises(NotFound):
        queries.due_on(ProfileCode.INTERNAL, Step.NOTICE, date(1899, 12, 31))


def test_a_new_version_counts_from_its_day_and_leaves_the_old_one_alone(seeded: Session) -> None:
    with clock.frozen(NOW):
        version = services.publish_calendar([*shipped_days(), storm(date(2026, 9, 3))], ACTOR)
        assert version.number == 2
        assert queries.current_calendar().version == 2
        assert queries.due_on("noi_bo_cchc", "team_report", date(2026, 8, 20)).due_on == date(2026, 9, 8)
    assert queries.current_calendar(date(2026, 8, 11)).version == 1
    assert queries.calendar_version(1).is_working(date(2026, 9, 3))
    assert not queries.calendar_version(2).is_working(date(2026, 9, 3))
    assert [row.number for row in queries.list_calendar_versions()] == [2, 1]


def test_a_version_that_starts_before_the_last_one_is_refused(seeded: Session) -> None:
    services.publish_calendar(shipped_days(), ACTOR, effective_from=date(2026, 9, 1))
    with pytest.raises(Conflict, match="01/9/2026"):
        services.publish_calendar(shipped_days(), ACTOR, effective_from=date(2026, 8, 31))


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ([storm(date(2026, 9, 3)), storm(date(2026, 9, 3))], "03/9/2026 được nhập hai lần"),
        ([DayEntry(date(2026, 9, 3), DayKind.OFF, "  ", "", False)], "chưa nhập tên"),
        ([DayEntry(date(2026, 9, 3), DayKind.WORKED, "Làm bù", "", False)], "phải là thứ Bảy"),
    ],
)
def test_a_calendar_with_a_wrong_day_is_refused_and_nothing_is_published(
    seeded: Session, days: list[DayEntry], message: str
) -> None:
    with pytest.raises(DomainError, match=message):
        services.publish_calendar(days, ACTOR)
    assert how_many(seeded)[0] == 1


def test_on_a_day_without_a_calendar_no_deadline_is_counted(session: Session) -> None:
    with pytest.raises(DomainError, match="Chưa có lịch làm việc"):
        queries.current_calendar(date(1850, 1, 1))
    with pytest.raises(NotFound):
        queries.calendar_version(99)


def test_a_setting_holds_from_its_day_and_the_past_keeps_its_value(seeded: Session) -> None:
    with clock.frozen(NOW):
        services.set_setting("extension_days_most_noi_bo_cchc", "15", date(2026, 9, 1), ACTOR)
        assert queries.setting(settings.EXTENSION_DAYS_MOST["noi_bo_cchc"]) == 30
    assert queries.setting(settings.EXTENSION_DAYS_MOST["noi_bo_cchc"], date(2026, 9, 1)) == 15
    assert queries.setting("extension_days_most_noi_bo_cchc", date(2026, 8, 31)) == 30
    history = queries.list_setting_history("extension_days_most_noi_bo_cchc")
    assert [(row.value, row.who) for row in history] == [(15, "Trần Thị Thí Dụ"), (30, "Hệ thống")]


def test_a_setting_that_was_never_stored_has_its_default(session: Session) -> None:
    assert queries.setting(settings.NOTICE_TITLE) == "Kết luận kiểm tra"
    assert queries.setting(settings.ONE_STEP_ACCEPTANCE) is True
    assert queries.milestone_terms("noi_bo_cchc") == Terms(number=1)
    with pytest.raises(KeyError):
        queries.setting("khong_co")


def test_a_wrong_value_a_past_day_and_a_taken_day_are_refused(seeded: Session) -> None:
    before = how_many(seeded)
    with clock.frozen(NOW):
        with pytest.raises(NotFound):
            services.set_setting("khong_co", 1, date(2026, 9, 1), ACTOR)
        with pytest.raises(DomainError, match="số nguyên") as wrong:
            services.set_setting("extension_days_most_noi_bo_cchc", "nhiều", date(2026, 9, 1), ACTOR)
        assert wrong.value.field == "extension_days_most_noi_bo_cchc"
        with pytest.raises(DomainError, match="không sớm hơn hôm nay"):
            services.set_setting("extension_days_most_noi_bo_cchc", 15, date(2026, 8, 11), ACTOR)
        assert how_many(seeded) == before
        services.set_setting("one_step_acceptance", True, date(2026, 8, 12), ACTOR)
        with pytest.raises(Conflict, match="12/8/2026"):
            services.set_setting("one_step_acceptance", False, date(2026, 8, 12), ACTOR)


def test_changing_a_rule_counts_anew_only_what_is_asked_later(seeded: Session) -> None:
    with clock.frozen(NOW):
        earlier = queries.due_on("noi_bo_cchc", "notice", date(2026, 8, 20))
        rule = queries.find_rule("noi_bo_cchc", "notice")
        assert rule is not None
        changed = RuleData(7, Mode.CALENDAR, "Quy chế làm việc", effective_from=date(2026, 8, 15))
        services.change_rule(ProfileCode.INTERNAL, Step.NOTICE, changed, actor=ACTOR, seen=rule.number)
        later = queries.due_on("noi_bo_cchc", "notice", date(2026, 8, 20))
        before = queries.due_on("noi_bo_cchc", "notice", date(2026, 8, 14))
    assert (earlier.due_on, later.due_on) == (date(2026, 9, 7), date(2026, 8, 27))
    assert (earlier.rule_number, later.rule_number, before.rule_number) == (1, 2, 1)
    assert [one.profile.code for one in queries.list_profiles()] == list(ProfileCode)
    counted = [step for step in Step if step not in RETIRED]
    assert all([rule.step for rule in one.rules] == counted for one in queries.list_profiles())


def test_a_stale_or_senseless_change_of_a_rule_is_refused(seeded: Session) -> None:
    def change(days: int = 7, basis: str = "Quy chế", seen: int | None = None, **more: Any) -> None:
        data = RuleData(days, Mode.WORKING, basis, **more)
        services.change_rule(ProfileCode.INTERNAL, Step.NOTICE, data, actor=ACTOR, seen=seen)

    for days in (0, 367):
        with pytest.raises(DomainError, match="từ 1 đến 366"):
            change(days=days)
    with pytest.raises(DomainError, match="ít nhất 02 ngày"):
        change(days=1, until=Until.BEFORE)
    with pytest.raises(DomainError, match="sự kiện"):
        change(event=Event.REQUEST_RECEIVED)
    with pytest.raises(DomainError, match="không sớm hơn hôm nay"):
        change(effective_from=date(2020, 1, 1))
    shipped = queries.find_rule(ProfileCode.INTERNAL, Step.NOTICE)
    assert shipped is not None
    with pytest.raises(DomainError, match="trùng với phiên bản"):
        change(days=10, basis=shipped.basis)
    with pytest.raises(DomainError, match="Căn cứ"):
        change(basis=" ")
    change(seen=1)
    with pytest.raises(Stale):
        change(days=9, seen=1)
    ahead = clock.today() + timedelta(days=40)
    change(days=9, effective_from=ahead)
    with pytest.raises(Conflict, match="Phiên bản 3 áp dụng từ ngày"):
        change(days=11)
    assert [rule.number for rule in queries.list_rule_versions(ProfileCode.INTERNAL, Step.NOTICE)] == [
        3,
        2,
        1,
    ]
    with pytest.raises(NotFound):
        queries.milestone_terms(ProfileCode.INTERNAL, date(1899, 1, 1))


def test_the_report_may_be_due_on_the_day_of_completion_itself(seeded: Session) -> None:
    same_day = RuleData(0, Mode.WORKING, "Quy chế")
    services.change_rule(ProfileCode.INTERNAL, Step.COMPLETION_REPORT, same_day, actor=ACTOR)
    terms = queries.milestone_terms(ProfileCode.INTERNAL)
    assert terms.report_on(date(2026, 9, 11), queries.current_calendar()) == date(2026, 9, 11)
    assert queries.milestone_terms("") == terms, "without a profile the usual one of the office"


def test_the_database_itself_refuses_a_rule_of_no_days(seeded: Session) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="days_in_range"), seeded.begin_nested():
        seeded.execute(
            sa.insert(DeadlineRule).values(
                profile_id=1, step=Step.NOTICE, number=9, effective_from=date(2026, 1, 1), days=0,
                event=Event.REPORT_SENT, mode=Mode.WORKING, basis="x", verified=False, made_by="x",
            )
        )  # fmt: skip
