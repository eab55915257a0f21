"""Reading the calendar, counting deadlines by profile, reading settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, overload

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, object_session, selectinload

from app import clock
from app.deadlines.models import (
    RETIRED,
    CalendarDay,
    CalendarVersion,
    DayKind,
    DeadlineRule,
    OfficeSetting,
    ProfileCode,
    RuleProfile,
    Step,
)
from app.deadlines.proposals import Terms
from app.deadlines.settings import (
    DEFAULT_PROFILE,
    MILESTONE_COMMON_DAYS,
    MILESTONE_NOW_DAYS,
    REGISTRY,
    Setting,
    T,
)
from app.deadlines.working_days import Calendar, Deadline, Rule, explain
from app.errors import DomainError, NotFound
from app.extensions import db
from app.vietnamese import count

REMIND_FROM_MONTH = 11
LEAST_DAYS_OFF = 10
"""Eleven days of rest a year fall on working days or are made up for; fewer means that days are missing."""
_CACHE = "calendars"
_CURRENT = "current_calendars"
_KEPT = "office_settings"
Dated = sa.Select[int, date, DayKind]


def forget_calendars() -> None:
    """Drop the session's calendars (a version was published)."""
    for kept in (_CACHE, _CURRENT):
        db.session().info.pop(kept, None)


def current_calendar(on: date | None = None) -> Calendar:
    """The calendar counted with on `on` (default today): the latest version that holds by then."""
    day = on or clock.today()
    known: dict[date, Calendar] = db.session().info.setdefault(_CURRENT, {})
    if day not in known:
        found = _read_calendar(_latest(), {"day": day})
        if found is None:
            raise DomainError("Chưa có lịch làm việc. Công bố lịch làm việc trước khi tính thời hạn.")
        known[day] = found
    return known[day]


def calendar_version(n: int) -> Calendar:
    """Version `n`, read once a session (a published version never changes). Raises NotFound."""
    known: dict[int, Calendar] = db.session().info.setdefault(_CACHE, {})
    if n not in known:
        found = _read_calendar(_numbered(), {"number": n})
        if found is None:
            raise NotFound
        known[n] = found
    return known[n]


@cache
def _numbered() -> Dated:
    """The version of :number with its days; like `_latest` built once, every page asks."""
    return _with_days(sa.bindparam("number", type_=sa.BigInteger()))


@cache
def _latest() -> Dated:
    """The version that holds on :day."""
    in_force = CalendarVersion.effective_from <= sa.bindparam("day", type_=sa.Date())
    return _with_days(sa.select(sa.func.max(CalendarVersion.number)).where(in_force).scalar_subquery())


def _with_days(number: sa.ColumnElement[int]) -> Dated:
    return (
        sa.select(CalendarVersion.number, CalendarDay.day, CalendarDay.kind)
        .outerjoin(CalendarDay, CalendarDay.calendar_version_id == CalendarVersion.id)
        .where(CalendarVersion.number == number)
    )


def _read_calendar(query: Dated, of: dict[str, date] | dict[str, int]) -> Calendar | None:
    """The version with its days, by one read."""
    rows = db.session.execute(query, of).all()
    if not rows:
        return None
    return Calendar(
        version=rows[0].number,
        off=frozenset(row.day for row in rows if row.kind is DayKind.OFF),
        worked=frozenset(row.day for row in rows if row.kind is DayKind.WORKED),
    )


def get_calendar_version(n: int) -> CalendarVersion:
    """The row of version `n` with its days. Raises NotFound."""
    version = db.session.scalar(
        sa.select(CalendarVersion)
        .where(CalendarVersion.number == n)
        .options(selectinload(CalendarVersion.days))
    )
    if version is None:
        raise NotFound
    return version


def list_calendar_versions() -> Sequence[CalendarVersion]:
    """All versions, newest first."""
    return db.session.scalars(sa.select(CalendarVersion).order_by(CalendarVersion.number.desc())).all()


@dataclass(frozen=True)
class YearToConfirm:
    """A year of the newest calendar that an official announcement has not confirmed yet."""

    year: int
    days: tuple[date, ...]

    @property
    def told(self) -> str:
        """What is missing, in words."""
        if not self.days:
            return "chưa có đủ ngày nghỉ của năm"
        return f"còn {count(len(self.days))} ngày dự kiến"


def year_to_confirm(today: date) -> YearToConfirm | None:
    """The year whose calendar waits for its announcement: the one under way; from 1 November the next one.

    Confirmed = it has the days of the law (Bộ luật Lao động Đ112), and none of those ahead is only computed.
    """
    days = db.session.execute(
        sa.select(CalendarDay.day, CalendarDay.kind, CalendarDay.verified)
        .join(CalendarVersion, CalendarVersion.id == CalendarDay.calendar_version_id)
        .where(
            CalendarVersion.number == sa.select(sa.func.max(CalendarVersion.number)).scalar_subquery(),
            CalendarDay.day >= date(today.year, 1, 1),
            CalendarDay.day <= date(today.year + 1, 12, 31),
        )
        .order_by(CalendarDay.day)
    ).all()
    for year in (today.year, today.year + 1) if today.month >= REMIND_FROM_MONTH else (today.year,):
        off = [row.day for row in days if row.day.year == year and row.kind is DayKind.OFF]
        waiting = tuple(
            row.day for row in days if row.day.year == year and row.day >= today and not row.verified
        )
        if waiting or len(off) < LEAST_DAYS_OFF:
            return YearToConfirm(year, waiting)
    return None


@dataclass(frozen=True)
class ProfileRules:
    """A profile with the rule of every step that holds on a day, in the order of `Step`."""

    profile: RuleProfile
    rules: tuple[DeadlineRule, ...]


def list_profiles(on: date | None = None) -> Sequence[ProfileRules]:
    """The profiles in the order they ship, with the rules that hold on `on` (default today)."""
    profiles = db.session.scalars(sa.select(RuleProfile).order_by(RuleProfile.id)).all()
    held: dict[tuple[int, Step], DeadlineRule] = {}
    counted = [step for step in Step if step not in RETIRED]
    for rule in db.session.scalars(
        sa.select(DeadlineRule)
        .where(DeadlineRule.effective_from <= (on or clock.today()))
        .order_by(DeadlineRule.number)
    ):
        held[rule.profile_id, rule.step] = rule
    return [
        ProfileRules(one, tuple(held[one.id, step] for step in counted if (one.id, step) in held))
        for one in profiles
    ]


def due_dates(profiles: Sequence[ProfileRules], start: date) -> dict[int, date]:
    """Id of a rule → the deadline if its event were on `start`, by the calendar of today."""
    calendar = current_calendar()
    return {rule.id: rule.rule.due_on(start, calendar) for one in profiles for rule in one.rules}


def list_rule_versions(profile: ProfileCode | str, step: Step | str) -> Sequence[DeadlineRule]:
    """Every version of the rule of `step` under `profile`, newest first."""
    return db.session.scalars(
        sa.select(DeadlineRule)
        .join(DeadlineRule.profile)
        .where(RuleProfile.code == ProfileCode(profile), DeadlineRule.step == Step(step))
        .order_by(DeadlineRule.number.desc())
        .options(contains_eager(DeadlineRule.profile))
    ).all()


def find_rule(profile: ProfileCode | str, step: Step | str, on: date | None = None) -> DeadlineRule | None:
    """The rule of `step` under `profile` that holds on `on` (default today); None when there is none."""
    day = on or clock.today()
    return next((rule for rule in list_rule_versions(profile, step) if rule.effective_from <= day), None)


def due_on(profile: ProfileCode | str, step: Step | str, start: date) -> Deadline:
    """The deadline of `step` that runs from the event on `start`, with all that is stored beside it.

    By the rule that held on that day, so that a changed profile counts for later papers only, and with the
    calendar of today. Raises ValueError for an unknown code, NotFound for a missing rule.
    """
    row = find_rule(profile, step, start)
    if row is None:
        raise NotFound
    calendar = current_calendar()
    due = row.rule.due_on(start, calendar)
    return Deadline(
        due_on=due,
        rule_text=explain(start, row.rule, due),
        profile=row.profile.code.value,
        calendar_version=calendar.version,
        step=row.step.value,
        rule=row.rule,
        start=start,
        rule_number=row.number,
    )


@overload
def setting(key: Setting[T], on: date | None = None) -> T: ...
@overload
def setting(key: str, on: date | None = None) -> Any: ...
def setting(key: Setting[Any] | str, on: date | None = None) -> Any:
    """The value that holds on `on` (default today), checked as it is read; else the default.

    Pass the constant of `settings` (typed). KeyError for an unknown key: a defect of the caller.
    """
    known = REGISTRY[key] if isinstance(key, str) else key
    day = on or clock.today()
    for effective_from, value in _values().get(known.key, ()):
        if effective_from <= day:
            return known.read(value)
    return known.default


def _values() -> dict[str, list[tuple[date, Any]]]:
    """Key → (first day, value), newest first: one read of the short table serves a whole transaction."""
    session = db.session()
    values: dict[str, list[tuple[date, Any]]]
    transaction, values = session.info.get(_KEPT, (None, {}))
    if transaction is None or transaction is not session.get_transaction():
        values = {}
        for row in session.execute(
            sa.select(OfficeSetting.key, OfficeSetting.effective_from, OfficeSetting.value).order_by(
                OfficeSetting.effective_from.desc()
            )
        ):
            values.setdefault(row[0], []).append((row[1], row[2]))
        session.info[_KEPT] = session.get_transaction(), values
    return values


@sa.event.listens_for(OfficeSetting, "after_insert")
def _forget(_mapper: object, _connection: object, row: OfficeSetting) -> None:
    session = object_session(row)
    assert session is not None
    session.info.pop(_KEPT, None)


def list_setting_history(key: str) -> Sequence[OfficeSetting]:
    """Every value `key` had or will have, newest day first."""
    return db.session.scalars(
        sa.select(OfficeSetting).where(OfficeSetting.key == key).order_by(OfficeSetting.effective_from.desc())
    ).all()


def milestone_terms(profile: ProfileCode | str, on: date | None = None) -> Terms:
    """The office's terms for `proposals.propose` under the profile of a case; "" = the office's usual one.

    Raises NotFound when the profile lacks a rule.
    """
    code = ProfileCode(profile or setting(DEFAULT_PROFILE, on))
    remediation, report = (find_rule(code, step, on) for step in (Step.REMEDIATION, Step.COMPLETION_REPORT))
    if remediation is None or report is None:
        raise NotFound
    return Terms(
        now=setting(MILESTONE_NOW_DAYS, on),
        common=setting(MILESTONE_COMMON_DAYS, on),
        remediation=remediation.rule,
        report=report.rule,
        number=remediation.number,
    )


def remediation_rules() -> dict[tuple[str, int], Rule]:
    """(profile, number of the version) → how the days of remediation were counted by it."""
    return {
        (rule.profile.code.value, rule.number): rule.rule
        for rule in db.session.scalars(
            sa.select(DeadlineRule)
            .join(DeadlineRule.profile)
            .where(DeadlineRule.step == Step.REMEDIATION)
            .options(contains_eager(DeadlineRule.profile))
        )
    }


def current_settings(on: date | None = None) -> dict[str, OfficeSetting]:
    """Key → the row that holds on `on` (default today), in one query."""
    rows = db.session.scalars(
        sa.select(OfficeSetting)
        .where(OfficeSetting.effective_from <= (on or clock.today()))
        .order_by(OfficeSetting.effective_from)
    )
    return {row.key: row for row in rows}
