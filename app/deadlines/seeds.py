"""What ships: calendar version 1 for 2024–2027 and the deadlines of the three profiles. Pure.

Days come from the `holidays` package (which knows the lunar calendar and most swaps), corrected here. Only
days that the law itself fixes, or that a known official notice announces, are marked verified; the rest waits
for a person to compare it with the yearly notice and publish the next version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import holidays

from app.deadlines.models import EVENTS_OF, DayKind, Event, ProfileCode, Step
from app.deadlines.working_days import Mode

SHIPPED_YEARS = range(2024, 2028)

_CODE = "Bộ luật Lao động 2019, Điều 112"
_MAKE_UP = "Bộ luật Lao động 2019, khoản 3 Điều 111"
_CULTURE_DAY = "Nghị quyết số 28/2026/QH16, Điều 2"
_NOTICE_2026 = "Thông báo số 9441/TB-BNV ngày 16/10/2025"
_SWAP_2026 = "Công văn số 12729/VPCP-KGVX, chưa đối chiếu văn bản gốc"
_UNCHECKED = "Tính theo quy tắc chung, chưa đối chiếu thông báo chính thức"

_FIXED_BY_LAW = {(1, 1), (4, 30), (5, 1), (9, 2)}


@dataclass(frozen=True)
class DayEntry:
    """One day of a calendar to be published."""

    day: date
    kind: DayKind
    name: str
    source: str
    verified: bool


_CORRECTIONS = (
    DayEntry(date(2026, 1, 2), DayKind.OFF, "Nghỉ hoán đổi với ngày 10/01/2026", _SWAP_2026, False),
    DayEntry(date(2026, 1, 10), DayKind.WORKED, "Làm bù cho ngày 02/01/2026", _SWAP_2026, False),
    DayEntry(date(2026, 4, 27), DayKind.OFF, "Nghỉ bù Giỗ Tổ Hùng Vương", _MAKE_UP, True),
    DayEntry(date(2026, 8, 22), DayKind.WORKED, "Làm bù cho ngày 31/8/2026", _NOTICE_2026, True),
    DayEntry(date(2026, 8, 31), DayKind.OFF, "Nghỉ hoán đổi với ngày 22/8/2026", _NOTICE_2026, True),
    DayEntry(date(2026, 9, 1), DayKind.OFF, "Quốc khánh", _NOTICE_2026, True),
    DayEntry(date(2027, 5, 3), DayKind.OFF, "Nghỉ bù Ngày Quốc tế Lao động", _MAKE_UP, True),
)


def shipped_days(years: range = SHIPPED_YEARS) -> tuple[DayEntry, ...]:
    """Days off on Monday–Friday and worked days of rest of `years` (2024–2027 ship), by date.

    A holiday that falls on the weekly rest changes no count and is left out.
    """
    known = holidays.country_holidays("VN", years=years, language="vi")
    days = {day: _entry(day, name) for day, name in known.items() if day.weekday() < 5 and day.year in years}
    # The package keeps worked Saturdays of all years in one set, without a public name for a range.
    for day in getattr(known, "weekend_workdays", ()):
        if day.year in years:
            days[day] = DayEntry(day, DayKind.WORKED, "Làm bù cho ngày nghỉ hoán đổi", _UNCHECKED, False)
    days.update((entry.day, entry) for entry in _CORRECTIONS if entry.day.year in years)
    return tuple(days[day] for day in sorted(days))


def _entry(day: date, name: str) -> DayEntry:
    if (day.month, day.day) in _FIXED_BY_LAW:
        return DayEntry(day, DayKind.OFF, name, _CODE, True)
    if (day.month, day.day) == (11, 24):
        return DayEntry(day, DayKind.OFF, name, _CULTURE_DAY, True)
    if date(2026, 2, 16) <= day <= date(2026, 2, 20):
        return DayEntry(day, DayKind.OFF, name, _NOTICE_2026, True)
    return DayEntry(day, DayKind.OFF, name, _UNCHECKED, False)


@dataclass(frozen=True)
class ShippedRule:
    """The default deadline of a step."""

    step: Step
    days: int
    mode: Mode
    basis: str
    verified: bool = False
    from_event: Event | None = None

    @property
    def event(self) -> Event:
        """The event it runs from: the step's usual one where no other is named."""
        return self.from_event or EVENTS_OF[self.step][0]


@dataclass(frozen=True)
class ShippedProfile:
    """A profile with a rule for every step that is counted."""

    code: ProfileCode
    name: str
    note: str
    rules: tuple[ShippedRule, ...]


_OWN = "Mặc định của sản phẩm, cơ quan điều chỉnh theo quy chế"
_217 = "Nghị định số 217/2025/NĐ-CP, Điều 13; văn bản ghi “ngày”, áp dụng là ngày làm việc"
_217_BY_ANALOGY = "Vận dụng Nghị định số 217/2025/NĐ-CP, Điều 13"
_84 = "Luật Thanh tra số 84/2025/QH15, "
_84_BY_ANALOGY = "Vận dụng Luật Thanh tra số 84/2025/QH15, "


def _internal() -> tuple[ShippedRule, ...]:
    working, calendar = Mode.WORKING, Mode.CALENDAR
    return (
        ShippedRule(Step.ONSITE_DEPARTMENT, 10, working, _217_BY_ANALOGY),
        ShippedRule(Step.ONSITE_DEPARTMENT_EXTENSION, 5, working, _217_BY_ANALOGY),
        ShippedRule(Step.ONSITE_COMMUNE, 7, working, _217_BY_ANALOGY),
        ShippedRule(Step.ONSITE_COMMUNE_EXTENSION, 3, working, _217_BY_ANALOGY),
        ShippedRule(Step.TEAM_REPORT, 10, working, _OWN),
        ShippedRule(Step.EXPLANATION, 5, working, _OWN),
        ShippedRule(Step.NOTICE, 10, working, _OWN),
        ShippedRule(Step.ACKNOWLEDGEMENT, 3, working, _OWN),
        ShippedRule(Step.REMEDIATION_PLAN, 10, calendar, _84_BY_ANALOGY + "khoản 1 Điều 54"),
        ShippedRule(Step.FOLLOW_UP_CHECK_EARLIEST, 30, calendar, _OWN),
        ShippedRule(Step.FOLLOW_UP_CHECK_LATEST, 60, calendar, _OWN),
        ShippedRule(Step.PUBLICATION, 10, calendar, _84_BY_ANALOGY + "Điều 37"),
        ShippedRule(Step.REMEDIATION, 20, working, _OWN),
        ShippedRule(Step.COMPLETION_REPORT, 3, working, _OWN),
        ShippedRule(Step.EXTENSION_ANSWER, 5, working, _OWN),
    )


def _over(base: tuple[ShippedRule, ...], *changed: ShippedRule) -> tuple[ShippedRule, ...]:
    by_step = {rule.step: rule for rule in changed}
    return tuple(by_step.get(rule.step, rule) for rule in base)


def shipped_profiles() -> tuple[ShippedProfile, ...]:
    """The three profiles, each with a rule for every `Step`; all configurable."""
    internal = _internal()
    specialised = _over(
        internal,
        *(
            ShippedRule(rule.step, rule.days, rule.mode, _217, True)
            for rule in internal
            if rule.basis == _217_BY_ANALOGY
        ),
    )
    inspectorate = _over(
        internal,
        ShippedRule(Step.TEAM_REPORT, 20, Mode.CALENDAR, _84 + "điểm b khoản 4 Điều 33", True),
        ShippedRule(
            Step.NOTICE, 15, Mode.CALENDAR, _84 + "khoản 1 Điều 36 (từ khi nhận dự thảo)", True,
            Event.DRAFT_RECEIVED,
        ),
        ShippedRule(Step.REMEDIATION_PLAN, 10, Mode.CALENDAR, _84 + "khoản 1 Điều 54", True),
        ShippedRule(Step.PUBLICATION, 10, Mode.CALENDAR, _84 + "Điều 37", True),
    )  # fmt: skip
    return (
        ShippedProfile(
            ProfileCode.INTERNAL,
            "Kiểm tra nội bộ cải cách hành chính, công vụ",
            "Kiểm tra của cơ quan hành chính cấp trên; thời hạn do cơ quan quy định.",
            internal,
        ),
        ShippedProfile(
            ProfileCode.SPECIALISED_217,
            "Kiểm tra chuyên ngành theo Nghị định số 217/2025/NĐ-CP",
            "Thời hạn kiểm tra tại đơn vị tính từ ngày công bố quyết định.",
            specialised,
        ),
        ShippedProfile(
            ProfileCode.INSPECTORATE_84,
            "Thanh tra theo Luật số 84/2025/QH15",
            "Dùng cho kết luận thanh tra được nhập vào để theo dõi.",
            inspectorate,
        ),
    )
