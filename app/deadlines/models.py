"""Calendar versions, rule profiles and settings as rows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Edited, Keyed, choice_column
from app.deadlines.working_days import Calendar, Mode, Rule, Until


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
    REMEDIATION = "remediation"
    COMPLETION_REPORT = "completion_report"
    EXTENSION_ANSWER = "extension_answer"


RETIRED = frozenset({Step.REMEDIATION_REPORT})
"""Steps that nothing counts any more: rules of them that were kept still load, and nobody is shown one
(docs/decisions/0013)."""
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
    Step.REMEDIATION: "Khắc phục tồn tại, hạn chế (khi tiêu chí không nêu số ngày)",
    Step.COMPLETION_REPORT: "Báo cáo sau thời hạn hoàn thành",
    Step.EXTENSION_ANSWER: "Trả lời đề nghị gia hạn",
}


class Event(StrEnum):
    """The event from which a deadline runs; its day is not counted."""

    DECISION_READ = "decision_read"
    TERM_ENDED = "term_ended"
    VISIT_ENDED = "visit_ended"
    DRAFT_SENT = "draft_sent"
    REPORT_SENT = "report_sent"
    DRAFT_RECEIVED = "draft_received"
    NOTICE_SIGNED = "notice_signed"
    NOTICE_RECEIVED = "notice_received"
    NOTICE_PUBLISHED = "notice_published"
    COMPLETION_DUE = "completion_due"
    COMPLETION_REPORTED = "completion_reported"
    REQUEST_RECEIVED = "request_received"


EVENT_LABELS: dict[Event, str] = {
    Event.DECISION_READ: "ngày công bố quyết định kiểm tra",
    Event.TERM_ENDED: "ngày hết thời hạn kiểm tra",
    Event.VISIT_ENDED: "ngày kết thúc kiểm tra tại đơn vị",
    Event.DRAFT_SENT: "ngày gửi dự thảo cho đơn vị",
    Event.REPORT_SENT: "ngày Đoàn gửi báo cáo",
    Event.DRAFT_RECEIVED: "ngày nhận dự thảo kết luận",
    Event.NOTICE_SIGNED: "ngày ký thông báo",
    Event.NOTICE_RECEIVED: "ngày đơn vị nhận thông báo",
    Event.NOTICE_PUBLISHED: "ngày công bố kết luận",
    Event.COMPLETION_DUE: "thời hạn hoàn thành",
    Event.COMPLETION_REPORTED: "ngày đơn vị báo cáo hoàn thành",
    Event.REQUEST_RECEIVED: "ngày nhận đề nghị gia hạn",
}
EVENTS_OF: dict[Step, tuple[Event, ...]] = {
    Step.ONSITE_DEPARTMENT: (Event.DECISION_READ,),
    Step.ONSITE_DEPARTMENT_EXTENSION: (Event.TERM_ENDED,),
    Step.ONSITE_COMMUNE: (Event.DECISION_READ,),
    Step.ONSITE_COMMUNE_EXTENSION: (Event.TERM_ENDED,),
    Step.TEAM_REPORT: (Event.VISIT_ENDED, Event.TERM_ENDED),
    Step.EXPLANATION: (Event.DRAFT_SENT, Event.DRAFT_RECEIVED),
    Step.NOTICE: (Event.REPORT_SENT, Event.DRAFT_RECEIVED),
    Step.ACKNOWLEDGEMENT: (Event.NOTICE_RECEIVED,),
    Step.REMEDIATION_PLAN: (Event.NOTICE_PUBLISHED, Event.NOTICE_SIGNED, Event.NOTICE_RECEIVED),
    Step.REMEDIATION_REPORT: (Event.NOTICE_SIGNED, Event.NOTICE_RECEIVED),
    Step.FOLLOW_UP_CHECK_EARLIEST: (Event.COMPLETION_REPORTED,),
    Step.FOLLOW_UP_CHECK_LATEST: (Event.COMPLETION_REPORTED,),
    Step.PUBLICATION: (Event.NOTICE_SIGNED,),
    Step.REMEDIATION: (Event.NOTICE_SIGNED,),
    Step.COMPLETION_REPORT: (Event.COMPLETION_DUE,),
    Step.EXTENSION_ANSWER: (Event.REQUEST_RECEIVED,),
}
"""The events that a step may run from, the one that ships first; dates of remediation are fixed in the notice
itself, so they can only run from its own day."""


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
    """A set of deadlines for a kind of case; `queries.list_profiles` reads its rules."""

    __tablename__ = "rule_profile"
    code: Mapped[ProfileCode] = mapped_column(choice_column(ProfileCode, "code_known"))
    name: Mapped[str]
    note: Mapped[str]

    __table_args__ = (sa.UniqueConstraint("code"),)


class DeadlineRule(Keyed, Base):
    """One version of how long a step takes under a profile, never changed: a correction is the next number.

    Counted with from `effective_from` on, for papers of that day and later. `verified` = the days were read
    in the text that `basis` cites.
    """

    __tablename__ = "deadline_rule"
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_profile.id"))
    step: Mapped[Step] = mapped_column(choice_column(Step, "step_known"))
    number: Mapped[int]
    effective_from: Mapped[date]
    event: Mapped[Event] = mapped_column(choice_column(Event, "event_known"))
    days: Mapped[int]
    mode: Mapped[Mode] = mapped_column(choice_column(Mode, "mode_known"))
    until: Mapped[Until] = mapped_column(choice_column(Until, "until_known"), default=Until.END)
    rolls: Mapped[bool] = mapped_column(default=True)
    basis: Mapped[str]
    verified: Mapped[bool]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    profile: Mapped[RuleProfile] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("profile_id", "step", "number"),
        sa.CheckConstraint("number >= 1", name="number_from_one"),
        sa.CheckConstraint(
            "(days BETWEEN 1 AND 366 OR (days = 0 AND step = 'completion_report')) "
            "AND (until = 'end' OR days >= 2)",
            name="days_in_range",
        ),
    )

    @property
    def rule(self) -> Rule:
        """The same as a value to count with."""
        return Rule(self.days, self.mode, self.until, self.rolls)

    @property
    def sentence(self) -> str:
        """What the profile says, as it is read wherever its date stands."""
        return self.rule.since(EVENT_LABELS[self.event])


class StepDate(Keyed, Base):
    """The date of a step as it was counted when its event came, never moved: `queries.due_on` kept for good.

    Of a unit under inspection, of a paper, of a paper for one unit that receives it, or of what a unit asks;
    a later event of the same step adds a row and the newest holds. `rule_text` explains it to people.
    """

    __tablename__ = "step_date"
    step: Mapped[Step] = mapped_column(choice_column(Step, "step_known"))
    event: Mapped[Event] = mapped_column(choice_column(Event, "event_known"))
    event_on: Mapped[date]
    due_on: Mapped[date]
    rule_text: Mapped[str]
    profile: Mapped[str]
    rule_number: Mapped[int]
    calendar_version: Mapped[int]
    inspected_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inspected_unit.id"))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("extension_request.id"))
    counted_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        sa.CheckConstraint(
            "CASE WHEN inspected_unit_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN document_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN request_id IS NULL THEN 0 ELSE 1 END = 1 "
            "AND (unit_id IS NULL OR document_id IS NOT NULL)",
            name="of_one_thing",
        ),
        sa.CheckConstraint("due_on > event_on", name="after_its_event"),
        sa.UniqueConstraint("inspected_unit_id", "step", "event_on"),
        sa.UniqueConstraint("document_id", "unit_id", "step", "event_on"),
        sa.UniqueConstraint("request_id", "step", "event_on"),
        sa.Index(
            "uq_step_date_of_document", "document_id", "step", "event_on", unique=True,
            sqlite_where=sa.text("unit_id IS NULL"), postgresql_where=sa.text("unit_id IS NULL"),
        ),
        sa.Index("ix_step_date_unit", "unit_id", "step"),
    )  # fmt: skip

    @property
    def source(self) -> str:
        """How it was counted, with the versions that did."""
        versions = f"bộ thời hạn phiên bản {self.rule_number}, lịch phiên bản {self.calendar_version}"
        return f"{self.rule_text} ({versions})"


class OfficeSetting(Keyed, Base):
    """A setting's value from a day on; rows are added, never changed, so that the past can be told."""

    __tablename__ = "office_setting"
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(sa.JSON(none_as_null=True), nullable=False)
    effective_from: Mapped[date]
    who: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (sa.UniqueConstraint("key", "effective_from"),)
