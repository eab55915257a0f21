"""One case: decision, team, inspected units, scope and visits."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Edited, Keyed, choice_column
from app.documents.models import Document
from app.form_library.models import WHOLE, Criterion, CriterionGroup, FormVersion
from app.policy import Actor, Standing
from app.register.models import Mandate
from app.units.models import Unit


class InspectionKind(StrEnum):
    PLANNED = "planned"
    SURPRISE = "surprise"
    THEMATIC = "thematic"
    SELF = "self"
    FOLLOW_UP = "follow_up"


class Method(StrEnum):
    ON_SITE = "on_site"
    BY_REPORT = "by_report"
    ONLINE = "online"


class InspectionState(StrEnum):
    DRAFT = "draft"
    DECIDED = "decided"
    IN_PROGRESS = "in_progress"
    FIELDWORK_ENDED = "fieldwork_ended"
    REPORTED = "reported"
    CONCLUDED = "concluded"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class InspectedUnitState(StrEnum):
    PENDING = "pending"
    FIELDWORK = "fieldwork"
    ENDED = "ended"
    REPORTED = "reported"
    CONCLUDED = "concluded"
    TERMINATED = "terminated"


class VisitState(StrEnum):
    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    UNDER_WAY = "under_way"
    SIGNED = "signed"
    NOT_HELD = "not_held"


class TeamRole(StrEnum):
    LEADER = "leader"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"


class HalfDay(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    WHOLE = "whole"


TEAM_STANDINGS: dict[TeamRole, frozenset[Standing]] = {
    TeamRole.LEADER: frozenset({Standing.TEAM_LEADER, Standing.TEAM_MEMBER}),
    TeamRole.DEPUTY: frozenset({Standing.TEAM_MEMBER}),
    TeamRole.SECRETARY: frozenset({Standing.TEAM_SECRETARY, Standing.TEAM_MEMBER}),
    TeamRole.MEMBER: frozenset({Standing.TEAM_MEMBER}),
}


class Inspection(Keyed, Edited, Base):
    """A case. Review period half-open `[review_from, review_to)`; provisional until fieldwork fixes it."""

    __tablename__ = "inspection"
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[InspectionKind] = mapped_column(choice_column(InspectionKind, "kind_known"))
    method: Mapped[Method] = mapped_column(choice_column(Method, "method_known"))
    state: Mapped[InspectionState] = mapped_column(
        choice_column(InspectionState, "state_known"), default=InspectionState.DRAFT, index=True
    )
    office_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    form_version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_version.id"))
    mandate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mandate.id"))
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    plan_citation: Mapped[str] = mapped_column(default="")
    legal_bases: Mapped[list[str]] = mapped_column(default=list)
    authority: Mapped[str] = mapped_column(default="")
    profile: Mapped[str] = mapped_column(default="noi_bo_cchc")
    review_from: Mapped[date]
    review_to: Mapped[date]
    review_to_provisional: Mapped[bool] = mapped_column(default=False)
    term_days: Mapped[int] = mapped_column(default=10)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    includes_parts: Mapped[bool] = mapped_column(default=False)
    follow_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    follower_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    search: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    form_version: Mapped[FormVersion] = relationship()
    office_unit: Mapped[Unit] = relationship(foreign_keys=[office_unit_id])
    mandate: Mapped[Mandate | None] = relationship()
    decision: Mapped[Document | None] = relationship()
    follower: Mapped[Person | None] = relationship(foreign_keys=[follower_id])
    follow_unit: Mapped[Unit | None] = relationship(foreign_keys=[follow_unit_id])
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="inspection",
        order_by="TeamMember.ordinal",
        lazy="selectin",
        cascade="all, delete-orphan",
    )
    units: Mapped[list[InspectedUnit]] = relationship(
        back_populates="inspection",
        order_by="InspectedUnit.ordinal",
        lazy="selectin",
        cascade="all, delete-orphan",
    )
    dropped: Mapped[list[Unit]] = relationship(secondary="inspection_dropped_unit", order_by="Unit.id")
    """Predecessors whose days the planner left out, through whichever unit of the case they are reached."""
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        sa.CheckConstraint("review_from < review_to", name="review_in_order"),
        sa.CheckConstraint("term_days BETWEEN 1 AND 90", name="term_range"),
        sa.CheckConstraint(
            "state IN ('draft') OR (mandate_id IS NOT NULL AND decision_id IS NOT NULL)",
            name="decided_has_decision",
        ),
    )

    @property
    def short_name(self) -> str:
        """What people call it: “Quyết định số 120/QĐ-SNV”, or the code while there is no decision."""
        decision = self.decision
        return f"Quyết định số {decision.number_and_symbol}" if decision is not None else self.code

    def member_of(self, person_id: int) -> TeamMember | None:
        return next((m for m in self.members if m.person_id == person_id), None)

    @property
    def leader(self) -> TeamMember | None:
        return next((m for m in self.members if m.role is TeamRole.LEADER), None)

    def team_standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the case, whichever of its units is meant."""
        found: set[Standing] = set()
        member = self.member_of(actor.person_id)
        if member is not None:
            found |= TEAM_STANDINGS[member.role]
        if actor.person_id == self.follower_id:
            found.add(Standing.FOLLOWER)
        return frozenset(found)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """To the case as a whole, somebody works there who works at one of its units."""
        found = self.team_standing_of(actor)
        if any(actor.works_at(iu.unit_id) for iu in self.units):
            found |= {Standing.WORKS_THERE}
        return found


inspection_dropped_unit = sa.Table(
    "inspection_dropped_unit",
    Base.metadata,
    sa.Column("inspection_id", sa.ForeignKey("inspection.id"), primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), primary_key=True),
)


class TeamMember(Keyed, Base):
    """A person in the team, of the office or of another agency; other ties are declared and decided upon."""

    __tablename__ = "team_member"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[TeamRole] = mapped_column(choice_column(TeamRole, "role_known"))
    ordinal: Mapped[int] = mapped_column(default=0)
    agency: Mapped[str] = mapped_column(default="")
    post: Mapped[str] = mapped_column(default="")
    declared_tie: Mapped[str] = mapped_column(default="")
    tie_decision: Mapped[str] = mapped_column(default="")
    inspection: Mapped[Inspection] = relationship(back_populates="members")
    person: Mapped[Person] = relationship(lazy="joined")
    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="member", lazy="selectin", cascade="all, delete-orphan"
    )
    __table_args__ = (
        sa.UniqueConstraint("inspection_id", "person_id"),
        sa.Index(
            "uq_team_member_one_leader",
            "inspection_id",
            unique=True,
            sqlite_where=sa.text("role = 'leader'"),
            postgresql_where=sa.text("role = 'leader'"),
        ),
    )

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.inspection.standing_of(actor)


class InspectedUnit(Keyed, Base):
    """A unit within a case, with its own state; `reason` says why nothing was found or why it ended."""

    __tablename__ = "inspected_unit"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    ordinal: Mapped[int] = mapped_column(default=0)
    state: Mapped[InspectedUnitState] = mapped_column(
        choice_column(InspectedUnitState, "state_known"), default=InspectedUnitState.PENDING
    )
    report_citation: Mapped[str] = mapped_column(default="")
    report_due_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    planned_days: Mapped[list[str] | None]
    """Its days in its lineage when the scope was written (`planning.days_told`); None = not kept then."""
    inspection: Mapped[Inspection] = relationship(back_populates="units")
    unit: Mapped[Unit] = relationship(lazy="joined")
    visits: Mapped[list[Visit]] = relationship(
        back_populates="inspected_unit",
        order_by="Visit.on_date",
        lazy="selectin",
        cascade="all, delete-orphan",
    )
    __table_args__ = (sa.UniqueConstraint("inspection_id", "unit_id"),)

    @property
    def hangs_from(self) -> Inspection:
        """Whose row is taken before this one's."""
        return self.inspection

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.inspection.team_standing_of(actor) | self.unit.standing_of(actor)


class Assignment(Keyed, Base):
    """A member looks at one group of contents in one inspected unit."""

    __tablename__ = "assignment"
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("team_member.id"))
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"))
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion_group.id"))
    reported_at: Mapped[datetime | None]
    member: Mapped[TeamMember] = relationship(back_populates="assignments")
    inspected_unit: Mapped[InspectedUnit] = relationship()
    group: Mapped[CriterionGroup] = relationship()
    __table_args__ = (sa.UniqueConstraint("member_id", "inspected_unit_id", "group_id"),)


class ScopeItem(Keyed, Base):
    """unit × criterion (× part by field) × half-open days of one case. Owns claims from the decision on."""

    __tablename__ = "scope_item"
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"))
    part_from: Mapped[int] = mapped_column(default=0)
    part_to: Mapped[int] = mapped_column(default=WHOLE)
    field_label: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    higher_reason: Mapped[str | None]
    dropped_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partial_termination.id"))
    """The paper that took it out of the case again; its answer and evidence stay on record."""
    inspected_unit: Mapped[InspectedUnit] = relationship()
    unit: Mapped[Unit] = relationship()
    criterion: Mapped[Criterion] = relationship()
    __table_args__ = (
        sa.UniqueConstraint(
            "inspected_unit_id",
            "unit_id",
            "criterion_id",
            "part_from",
            "starts_on",
            name="uq_scope_item_once",
        ),
        sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),
        sa.CheckConstraint(
            f"part_from >= 0 AND part_to <= {WHOLE} AND part_from < part_to", name="part_range"
        ),
        sa.Index(
            "ix_scope_item_dropped", "dropped_by_id",
            sqlite_where=sa.text("dropped_by_id IS NOT NULL"),
            postgresql_where=sa.text("dropped_by_id IS NOT NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def stays(cls) -> sa.ColumnElement[bool]:
        """Still in the scope of its case."""
        return cls.dropped_by_id.is_(None)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.inspected_unit.standing_of(actor)


class PartialTermination(Keyed, Base):
    """Đình chỉ một phần: the leader's paper by which contents or units were taken out of a decided case."""

    __tablename__ = "partial_termination"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    citation: Mapped[str]
    issued_on: Mapped[date]
    reason: Mapped[str]
    recorded_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (sa.CheckConstraint("citation <> '' AND reason <> ''", name="paper_is_told"),)


class ScopeRecut(Keyed, Base):
    """A scope item was cut after the decision: `unit` had ended, its successors are asked instead.

    Half-open days that it had asked of the unit; a successor that is recorded later is asked them too.
    """

    __tablename__ = "scope_recut"
    scope_item_id: Mapped[int] = mapped_column(sa.ForeignKey("scope_item.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    scope_item: Mapped[ScopeItem] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("scope_item_id", "unit_id"),
        sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),
    )


class Visit(Keyed, Base):
    """Buổi làm việc: a day, a half-day and a place at one inspected unit, led by somebody."""

    __tablename__ = "visit"
    inspected_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("inspected_unit.id"), index=True)
    state: Mapped[VisitState] = mapped_column(
        choice_column(VisitState, "state_known"), default=VisitState.UNSCHEDULED
    )
    on_date: Mapped[date | None] = mapped_column(index=True)
    half_day: Mapped[HalfDay] = mapped_column(
        choice_column(HalfDay, "half_day_known"), default=HalfDay.MORNING
    )
    place: Mapped[str] = mapped_column(default="")
    subteam: Mapped[str] = mapped_column(default="")
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    announced_at: Mapped[datetime | None]
    announcement: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    not_held_reason: Mapped[str] = mapped_column(default="")
    inspected_unit: Mapped[InspectedUnit] = relationship(back_populates="visits")
    chair: Mapped[Person | None] = relationship()
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('unscheduled','not_held') OR on_date IS NOT NULL", name="scheduled_has_date"
        ),
        sa.CheckConstraint("state <> 'not_held' OR not_held_reason <> ''", name="not_held_has_reason"),
    )

    @property
    def hangs_from(self) -> InspectedUnit:
        """Whose row is taken before this one's."""
        return self.inspected_unit

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.inspected_unit.standing_of(actor)
