"""Writing calendars, deadline rules and settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.deadlines import queries
from app.deadlines.models import (
    EVENTS_OF,
    CalendarDay,
    CalendarVersion,
    DayKind,
    DeadlineRule,
    Event,
    OfficeSetting,
    ProfileCode,
    RuleProfile,
    Step,
)
from app.deadlines.seeds import DayEntry, shipped_days, shipped_profiles
from app.deadlines.settings import REGISTRY
from app.deadlines.working_days import Mode, Until
from app.errors import Conflict, DomainError, NotFound, Stale
from app.extensions import db
from app.policy import Actor
from app.vietnamese import format_date, nfc

SINCE_EVER = date(1900, 1, 1)
"""Day from which what ships holds, so that any past date finds a calendar and its settings."""

_PRODUCT = "Hệ thống"
_CONFIRMED = re.compile(
    r"\bsố\s+\S*\d\S*.*\bngày\s+\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4}|\bĐiều\s+\d+", re.IGNORECASE | re.DOTALL
)
"""A paper with its number and its day, or an article of a law."""


def publish_calendar(
    days: Sequence[DayEntry], actor: Actor | None, *, effective_from: date | None = None, note: str = ""
) -> CalendarVersion:
    """Publish `days` (the whole list, all years) as the next version; earlier versions stay as they are.

    Counted with from `effective_from` (default today) on; no stored date moves. Raises DomainError when a day
    stands twice, has no name, or a worked day is not a Saturday or Sunday; Conflict when a later version
    already holds from a later day.
    """
    _check_days(days)
    last = db.session.scalars(
        sa.select(CalendarVersion).order_by(CalendarVersion.number.desc()).limit(1)
    ).first()
    starts = effective_from or clock.today()
    if last is not None and starts < last.effective_from:
        raise Conflict(
            f"Lịch phiên bản {last.number} áp dụng từ ngày {format_date(last.effective_from)}. "
            "Chọn ngày áp dụng không sớm hơn ngày này.",
        )
    version = CalendarVersion(
        number=1 if last is None else last.number + 1,
        effective_from=starts,
        note=note,
        published_by=actor.name if actor else _PRODUCT,
        days=[
            CalendarDay(
                day=e.day, kind=e.kind, name=e.name.strip(), source=e.source.strip(), verified=e.verified
            )
            for e in sorted(days, key=lambda entry: entry.day)
        ],
    )
    db.session.add(version)
    db.session.flush()
    queries.forget_calendars()
    audit.record(
        "calendar_published",
        version,
        actor=actor,
        data={"version": version.number, "effective_from": starts, "days": len(days)},
    )
    return version


def is_confirmed_by(source: str) -> bool:
    """Whether a day with this source is confirmed; a source without number and day leaves it computed."""
    return _CONFIRMED.search(nfc(source)) is not None


def add_computed_year(actor: Actor | None) -> CalendarVersion:
    """Publish the next version with the days of the year after its last one, as far as they can be computed.

    They wait for the official announcement. Raises Conflict for a year that is more than two years off.
    """
    now = queries.get_calendar_version(queries.list_calendar_versions()[0].number)
    year = max((entry.day.year for entry in now.days), default=clock.today().year - 1) + 1
    if year > clock.today().year + 2:
        raise Conflict(f"Lịch đã có đến năm {year - 1}. Chưa cần thêm năm {year}.")
    held = [DayEntry(e.day, e.kind, e.name, e.source, e.verified) for e in now.days]
    return publish_calendar(
        [*held, *shipped_days(range(year, year + 1))],
        actor,
        effective_from=max(clock.today(), now.effective_from),
        note=f"Thêm các ngày dự kiến của năm {year}",
    )


def _check_days(days: Sequence[DayEntry]) -> None:
    seen: set[date] = set()
    for entry in days:
        if entry.day in seen:
            raise DomainError(f"Ngày {format_date(entry.day)} được nhập hai lần.", field="days")
        seen.add(entry.day)
        if not entry.name.strip():
            raise DomainError(
                f"Ngày {format_date(entry.day)}: chưa nhập tên ngày nghỉ hoặc lý do.", field="days"
            )
        if entry.kind is DayKind.WORKED and entry.day.weekday() < 5:
            raise DomainError(
                f"Ngày {format_date(entry.day)} là ngày làm việc trong tuần; "
                "ngày làm bù phải là thứ Bảy hoặc Chủ nhật.",
                field="days",
            )


def set_setting(key: str, value: object, effective_from: date, actor: Actor | None) -> OfficeSetting:
    """Let `key` have `value` from `effective_from` on.

    Raises NotFound for an unknown key, DomainError (422) for a value of the wrong kind or a day already past,
    Conflict when that day has a value already.
    """
    setting = REGISTRY.get(key)
    if setting is None:
        raise NotFound
    stored = setting.read(value)
    if actor is not None and effective_from < clock.today():
        raise DomainError(
            "Ngày áp dụng không sớm hơn hôm nay, để không làm đổi những gì đã thực hiện.",
            field="effective_from",
        )
    taken = db.session.scalar(
        sa.select(OfficeSetting.id).where(
            OfficeSetting.key == key, OfficeSetting.effective_from == effective_from
        )
    )
    if taken is not None:
        raise Conflict(
            f"{setting.label} đã có giá trị áp dụng từ ngày {format_date(effective_from)}. Chọn ngày khác.",
            field="effective_from",
        )
    row = OfficeSetting(
        key=key, value=stored, effective_from=effective_from, who=actor.name if actor else _PRODUCT
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "setting_changed",
        row,
        actor=actor,
        data={"key": key, "value": stored, "effective_from": effective_from},
    )
    return row


@dataclass(frozen=True)
class RuleData:
    """What the next version of a rule says; `effective_from` None = today."""

    days: int
    mode: Mode
    basis: str
    event: Event | None = None
    until: Until = Until.END
    rolls: bool = True
    effective_from: date | None = None


def change_rule(
    profile: ProfileCode, step: Step, data: RuleData, *, actor: Actor | None, seen: int | None = None
) -> DeadlineRule:
    """Publish the next version of how long `step` takes; dates already counted stay as they were stored.

    `seen` = the number of the version the form was filled from. Raises NotFound, Stale, Conflict when a later
    version holds from a later day, DomainError (422).
    """
    versions = queries.list_rule_versions(profile, step)
    if not versions:
        raise NotFound
    last = versions[0]
    if seen is not None and seen != last.number:
        raise Stale("Thời hạn này vừa được người khác sửa. Mở lại trang để xem giá trị mới rồi nhập lại.")
    starts = data.effective_from or clock.today()
    event = data.event or last.event
    _check_rule(step, data, event, starts)
    if starts < last.effective_from:
        raise Conflict(
            f"Phiên bản {last.number} áp dụng từ ngày {format_date(last.effective_from)}. "
            "Chọn ngày áp dụng không sớm hơn ngày này.",
            field="effective_from",
        )
    said = (data.days, data.mode, data.until, data.rolls, event, data.basis.strip())
    if said == (last.days, last.mode, last.until, last.rolls, last.event, last.basis):
        raise DomainError("Nội dung trùng với phiên bản đang có. Sửa ít nhất một giá trị.", field="days")
    rule = DeadlineRule(
        profile_id=last.profile_id,
        step=step,
        number=last.number + 1,
        effective_from=starts,
        event=event,
        days=data.days,
        mode=data.mode,
        until=data.until,
        rolls=data.rolls,
        basis=data.basis.strip(),
        verified=False,
        made_by=actor.name if actor else _PRODUCT,
    )
    db.session.add(rule)
    db.session.flush()
    audit.record(
        "deadline_rule_changed",
        rule,
        actor=actor,
        data={
            "profile": profile,
            "step": step,
            "before": last.sentence,
            "now": rule.sentence,
            "version": rule.number,
            "basis": rule.basis,
            "effective_from": starts,
        },
    )
    return rule


def _check_rule(step: Step, data: RuleData, event: Event, starts: date) -> None:
    least = 0 if step is Step.COMPLETION_REPORT else 1
    if not least <= data.days <= 366:
        raise DomainError(f"Số ngày: nhập số nguyên từ {least} đến 366.", field="days")
    if data.until is Until.BEFORE and data.days < 2:
        raise DomainError("Thời hạn tính “trước ngày cuối” có ít nhất 02 ngày.", field="days")
    if event not in EVENTS_OF[step]:
        raise DomainError("Chọn sự kiện của bước này.", field="event")
    if not data.basis.strip():
        raise DomainError("Căn cứ: chưa nhập nội dung.", field="basis")
    if starts < clock.today():
        raise DomainError(
            "Ngày áp dụng không sớm hơn hôm nay, để không làm đổi những gì đã thực hiện.",
            field="effective_from",
        )


def seed_defaults(actor: Actor | None = None) -> None:
    """Add what ships and is missing: calendar version 1, profiles with their rules, settings.

    Changes nothing that is there, so it may run at every start.
    """
    if db.session.scalar(sa.select(sa.func.count()).select_from(CalendarVersion)) == 0:
        publish_calendar(
            shipped_days(), actor, effective_from=SINCE_EVER, note="Lịch kèm theo sản phẩm, 2024–2027"
        )
    _seed_profiles(actor)
    _seed_settings(actor)


def _seed_profiles(actor: Actor | None) -> None:
    profiles = {profile.code: profile for profile in db.session.scalars(sa.select(RuleProfile))}
    have = {
        (profile_id, step)
        for profile_id, step in db.session.execute(sa.select(DeadlineRule.profile_id, DeadlineRule.step))
    }
    for shipped in shipped_profiles():
        profile = profiles.get(shipped.code)
        added = profile is None
        if profile is None:
            profile = RuleProfile(code=shipped.code, name=shipped.name, note=shipped.note)
            db.session.add(profile)
            db.session.flush()
        missing = [rule for rule in shipped.rules if (profile.id, rule.step) not in have]
        db.session.add_all(
            DeadlineRule(
                profile_id=profile.id, step=r.step, number=1, effective_from=SINCE_EVER, event=r.event,
                days=r.days, mode=r.mode, basis=r.basis, verified=r.verified, made_by=_PRODUCT,
            )
            for r in missing
        )  # fmt: skip
        if added or missing:
            db.session.flush()
            audit.record(
                "rule_profile_seeded",
                profile,
                actor=actor,
                data={"profile": shipped.code, "steps": [rule.step for rule in missing]},
            )


def _seed_settings(actor: Actor | None) -> None:
    stored = set(db.session.scalars(sa.select(OfficeSetting.key).distinct()))
    rows = [
        OfficeSetting(key=setting.key, value=setting.default, effective_from=SINCE_EVER, who=_PRODUCT)
        for setting in REGISTRY.values()
        if setting.key not in stored
    ]
    if rows:
        db.session.add_all(rows)
        db.session.flush()
        audit.record("settings_seeded", rows[0], actor=actor, data={"keys": [row.key for row in rows]})
