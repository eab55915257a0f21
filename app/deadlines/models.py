"""Calendar versions, rule profiles and settings as rows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Edited, Keyed, choice_column
from app.deadlines.working_days import Calendar, Mode, Rule


class DayKind(StrEnum):
    """What a calendar says of a day."""

    OFF = "off"
    WORKED = "worked"


DAY_KIND_LABELS: dict[DayKind, str] = {DayKind.OFF: "Nghỉ", DayKind.WORKED: "Làm việc"}


class ProfileCode(StrEnum):
    """Which set of deadlines a case follows."""

    INTERNAL = "noi_bo_cchc"
    SPECIALISED_217 = "chuyen_nganh_217"
    INSPECTORATE_84 = "thanh_tra_84"


class Step(StrEnum):
    """The step whose deadline a rule gives. Vietnamese names in `STEP_LABELS`."""

    ONSITE_DEPARTMENT = "onsite_department"
    ONSITE_DEPARTMENT_EXTENSION = "onsite_department_extension"
    ONSITE_COMMUNE = "onsite_commune"
    ONSITE_COMMUNE_EXTENSION = "onsite_commune_extension"
    TEAM_REPORT = "team_report"
    EXPLANATION = "explanation"
    NOTICE = "notice"
    ACKNOWLEDGEMENT = "acknowledgement"
    REMEDIATION_PLAN = "remediation_plan"
    REMEDIATION_REPORT = "remediation_report"
    FOLLOW_UP_CHECK_EARLIEST = "follow_up_check_earliest"
    FOLLOW_UP_CHECK_LATEST = "follow_up_check_latest"
    PUBLICATION = "publication"


STEP_LABELS: dict[Step, str] = {
    Step.ONSITE_DEPARTMENT: "Kiểm tra tại đơn vị (cấp sở)",
    Step.ONSITE_DEPARTMENT_EXTENSION: "Gia hạn kiểm tra tại đơn vị (cấp sở)",
    Step.ONSITE_COMMUNE: "Kiểm tra tại đơn vị (cấp xã)",
    Step.ONSITE_COMMUNE_EXTENSION: "Gia hạn kiểm tra tại đơn vị (cấp xã)",
    Step.TEAM_REPORT: "Báo cáo của Đoàn kiểm tra",
    Step.EXPLANATION: "Ý kiến, giải trình của đơn vị",
    Step.NOTICE: "Thông báo kết luận",
    Step.ACKNOWLEDGEMENT: "Xác nhận đã nhận thông báo",
    Step.REMEDIATION_PLAN: "Kế hoạch khắc phục",
    Step.REMEDIATION_REPORT: "Báo cáo kết quả khắc phục",
    Step.FOLLOW_UP_CHECK_EARLIEST: "Kiểm tra việc khắc phục, sớm nhất",
    Step.FOLLOW_UP_CHECK_LATEST: "Kiểm tra việc khắc phục, muộn nhất",
    Step.PUBLICATION: "Công khai kết luận",
}


class CalendarVersion(Keyed, Base):
    """A published calendar, never changed; `effective_from` = the first day on which it is counted with."""

    __tablename__ = "calendar_version"
    number: Mapped[int]
    effective_from: Mapped[date]
    note: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_by: Mapped[str]
    days: Mapped[list[CalendarDay]] = relationship(order_by="CalendarDay.day", lazy="selectin")

    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.CheckConstraint("number >= 1", name="number_from_one"),
    )

    @property
    def calendar(self) -> Calendar:
        """The same as a value to count with."""
        return Calendar(
            version=self.number,
            off=frozenset(entry.day for entry in self.days if entry.kind is DayKind.OFF),
            worked=frozenset(entry.day for entry in self.days if entry.kind is DayKind.WORKED),
        )


class CalendarDay(Keyed, Base):
    """A day off besides the weekly rest, or a day of rest that is worked.

    `verified` = fixed by law, or read in an official notice.
    """

    __tablename__ = "calendar_day"
    calendar_version_id: Mapped[int] = mapped_column(sa.ForeignKey("calendar_version.id"))
    day: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(choice_column(DayKind, "kind_known"))
    name: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]

    __table_args__ = (sa.UniqueConstraint("calendar_version_id", "day"),)


class RuleProfile(Keyed, Edited, Base):
    """A set of deadlines for a kind of case."""

    __tablename__ = "rule_profile"
    code: Mapped[ProfileCode] = mapped_column(choice_column(ProfileCode, "code_known"))
    name: Mapped[str]
    note: Mapped[str]
    rules: Mapped[list[DeadlineRule]] = relationship(order_by="DeadlineRule.id", back_populates="profile")

    __table_args__ = (sa.UniqueConstraint("code"),)


class DeadlineRule(Keyed, Edited, Base):
    """How long a step takes under a profile; `verified` = the days were read in the cited text."""

    __tablename__ = "deadline_rule"
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_profile.id"))
    step: Mapped[Step] = mapped_column(choice_column(Step, "step_known"))
    days: Mapped[int]
    mode: Mapped[Mode] = mapped_column(choice_column(Mode, "mode_known"))
    basis: Mapped[str]
    verified: Mapped[bool]
    row_version: Mapped[int] = mapped_column(default=1)
    profile: Mapped[RuleProfile] = relationship(back_populates="rules")

    __mapper_args__ = {"version_id_col": row_version}
    __table_args__ = (
        sa.UniqueConstraint("profile_id", "step"),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name="days_in_range"),
    )

    @property
    def rule(self) -> Rule:
        """The same as a value to count with."""
        return Rule(self.days, self.mode)


class OfficeSetting(Keyed, Base):
    """A setting's value from a day on; rows are added, never changed, so that the past can be told."""

    __tablename__ = "office_setting"
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=False)
    effective_from: Mapped[date]
    who: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.UniqueConstraint("key", "effective_from"),)
