"""Mandates, conclusions, coverage and claims: what is under inspection and what is concluded."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum, StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed, choice_column
from app.documents.models import Document
from app.form_library.models import WHOLE, Content
from app.policy import Actor, Standing
from app.units.models import Unit


class Level(IntEnum):
    """Level of the deciding body; a higher number stands above a lower one."""

    COMMUNE = 10
    DEPARTMENT = 20
    PROVINCE = 30
    CENTRAL = 40


LEVEL_LABELS: dict[Level, str] = {
    Level.COMMUNE: "cấp xã",
    Level.DEPARTMENT: "sở, ngành",
    Level.PROVINCE: "cấp tỉnh",
    Level.CENTRAL: "trung ương",
}


class MandateKind(StrEnum):
    OWN = "own"
    OTHER_BODY = "other_body"
    HISTORIC = "historic"


class Mandate(Keyed, Base):
    """On whose authority content is claimed, with its own citation, so that a refusal explains itself."""

    __tablename__ = "mandate"
    kind: Mapped[MandateKind] = mapped_column(choice_column(MandateKind, "kind_known"))
    body_name: Mapped[str]
    level: Mapped[int]
    decision: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    leader_name: Mapped[str] = mapped_column(default="")
    leader_title: Mapped[str] = mapped_column(default="")
    until_on: Mapped[date | None]
    hidden: Mapped[bool] = mapped_column(default=False)
    suspended_on: Mapped[date | None]
    """Since when its team stands still by a paper; what it holds stays held and nothing is concluded."""
    __table_args__ = (sa.CheckConstraint("level IN (10, 20, 30, 40)", name="level_known"),)


class ConclusionState(StrEnum):
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    RECALLED = "recalled"
    VOIDED = "voided"


class Conclusion(Keyed, Base):
    """The effect of a notice: ours (points to its document), another body's, or historic.

    One that was entered by mistake is voided by somebody else than who recorded it; ours never.
    """

    __tablename__ = "conclusion"
    mandate_id: Mapped[int] = mapped_column(sa.ForeignKey("mandate.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    title: Mapped[str]
    number_and_symbol: Mapped[str]
    concluded_on: Mapped[date]
    body_name: Mapped[str]
    level: Mapped[int]
    state: Mapped[ConclusionState] = mapped_column(
        choice_column(ConclusionState, "state_known"), default=ConclusionState.IN_FORCE
    )
    record_only: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    voided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(default="")
    search: Mapped[str] = mapped_column(default="")
    mandate: Mapped[Mandate] = relationship(lazy="joined")
    document: Mapped[Document | None] = relationship()
    voider: Mapped[Person | None] = relationship(foreign_keys=[voided_by])
    coverage: Mapped[list[Coverage]] = relationship(back_populates="conclusion")
    lines: Mapped[list[ConclusionLine]] = relationship(order_by="ConclusionLine.id")
    __table_args__ = (
        sa.Index(
            "uq_conclusion_paper", "body_name", "number_and_symbol", "concluded_on", unique=True,
            sqlite_where=sa.text("state <> 'voided'"), postgresql_where=sa.text("state <> 'voided'"),
        ),
        sa.Index("ix_conclusion_newest", "concluded_on", "id"),
        sa.CheckConstraint("level IN (10, 20, 30, 40)", name="level_known"),
        sa.CheckConstraint(
            "(state = 'voided' AND voided_by IS NOT NULL AND voided_at IS NOT NULL AND void_reason <> '') OR "
            "(state <> 'voided' AND voided_by IS NULL AND voided_at IS NULL AND void_reason = '')",
            name="voided_is_told",
        ),
        sa.CheckConstraint(
            "recorded_by IS NULL OR voided_by IS NULL OR recorded_by <> voided_by", name="two_people_void"
        ),
    )  # fmt: skip

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return frozenset({Standing.RECORDER} if actor.person_id == self.recorded_by else ())


class ConclusionLine(Keyed, Base):
    """One line as somebody typed it: a unit, the criteria it was mapped to (“MC-05; MC-06”, "" = none yet),
    half-open days, the result, and what the paper says of it. Never rewritten; coverage follows from it."""

    __tablename__ = "conclusion_line"
    conclusion_id: Mapped[int] = mapped_column(sa.ForeignKey("conclusion.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    criteria: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    result: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    unit: Mapped[Unit] = relationship()
    __table_args__ = (sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),)


class Coverage(Keyed, Base):
    """A box as it was decided: unit × part of a content × days, with the result; never rewritten."""

    __tablename__ = "coverage"
    conclusion_id: Mapped[int] = mapped_column(sa.ForeignKey("conclusion.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("content.id"))
    part_from: Mapped[int] = mapped_column(default=0)
    part_to: Mapped[int] = mapped_column(default=WHOLE)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    result: Mapped[str] = mapped_column(default="")
    criterion_key: Mapped[str] = mapped_column(default="")
    conclusion: Mapped[Conclusion] = relationship(back_populates="coverage")
    unit: Mapped[Unit] = relationship()
    content: Mapped[Content] = relationship()
    __table_args__ = (
        sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),
        sa.CheckConstraint(
            f"part_from >= 0 AND part_to <= {WHOLE} AND part_from < part_to", name="part_range"
        ),
        sa.Index("ix_coverage_box", "unit_id", "content_id", "starts_on", "ends_on"),
    )


class ReopeningState(StrEnum):
    REQUESTED = "requested"
    REFUSED = "refused"
    GRANTED = "granted"
    USED = "used"
    ENDED = "ended"


class ReopeningGround(StrEnum):
    """Luật Thanh tra 84/2025/QH15 Đ25, and what nobody had looked at yet."""

    PROCEDURE = "procedure"
    WRONG_LAW = "wrong_law"
    AGAINST_EVIDENCE = "against_evidence"
    FALSIFIED = "falsified"
    MISSED = "missed"
    NEW_INFORMATION = "new_information"


class Reopening(Keyed, Base):
    """A request to assess concluded boxes again in one named case, and a leader's written answer.

    `mandate_id`: who holds the boxes: one of its own from the grant on, the team's once the case is decided.
    `refusal`: why it was not granted.
    """

    __tablename__ = "reopening"
    conclusion_id: Mapped[int] = mapped_column(sa.ForeignKey("conclusion.id"), index=True)
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    mandate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mandate.id"))
    ground: Mapped[ReopeningGround] = mapped_column(choice_column(ReopeningGround, "ground_known"))
    reason: Mapped[str]
    evidence: Mapped[str]
    responsibility: Mapped[str]
    requested_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    refusal: Mapped[str] = mapped_column(default="")
    ended_reason: Mapped[str] = mapped_column(default="")
    state: Mapped[ReopeningState] = mapped_column(
        choice_column(ReopeningState, "state_known"), default=ReopeningState.REQUESTED
    )
    conclusion: Mapped[Conclusion] = relationship()
    mandate: Mapped[Mandate | None] = relationship()
    requester: Mapped[Person] = relationship(foreign_keys=[requested_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])
    boxes: Mapped[list[ReopeningBox]] = relationship(lazy="selectin", order_by="ReopeningBox.id")
    __table_args__ = (
        sa.Index(
            "ix_reopening_waiting", "id",
            sqlite_where=sa.text("state = 'requested'"), postgresql_where=sa.text("state = 'requested'"),
        ),
        sa.CheckConstraint("requested_by <> decided_by", name="asker_not_decider"),
        sa.CheckConstraint(
            "reason <> '' AND evidence <> '' AND responsibility <> ''", name="request_is_told"
        ),
        sa.CheckConstraint(
            "(state = 'requested' AND decided_by IS NULL) OR "
            "(state = 'refused' AND decided_by IS NOT NULL AND refusal <> '') OR "
            "(state IN ('granted', 'used', 'ended') AND decided_by IS NOT NULL AND decision <> '' "
            "AND decided_on IS NOT NULL AND mandate_id IS NOT NULL)",
            name="answer_is_told",
        ),
    )  # fmt: skip

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return frozenset({Standing.REQUESTER} if actor.person_id == self.requested_by else ())


class ReopeningBox(Keyed, Base):
    """What is asked to be assessed again: half-open days and parts of a content of a unit."""

    __tablename__ = "reopening_box"
    reopening_id: Mapped[int] = mapped_column(sa.ForeignKey("reopening.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("content.id"))
    part_from: Mapped[int] = mapped_column(default=0)
    part_to: Mapped[int] = mapped_column(default=WHOLE)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    unit: Mapped[Unit] = relationship()
    content: Mapped[Content] = relationship()
    __table_args__ = (
        sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),
        sa.CheckConstraint(
            f"part_from >= 0 AND part_to <= {WHOLE} AND part_from < part_to", name="part_range"
        ),
    )


class ReservationState(StrEnum):
    HELD = "held"
    LAPSED = "lapsed"
    RELEASED = "released"
    USED = "used"


class Reservation(Keyed, Base):
    """What a draft has reserved under a mandate of its own, until the end of `lapses_on`; one at a time.

    `planned`: what the case is called, for the other planners of the office; empty for a surprise.
    """

    __tablename__ = "reservation"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(sa.ForeignKey("mandate.id"), unique=True)
    planned: Mapped[str] = mapped_column(default="")
    lapses_on: Mapped[date]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[ReservationState] = mapped_column(
        choice_column(ReservationState, "state_known"), default=ReservationState.HELD
    )
    mandate: Mapped[Mandate] = relationship()
    __table_args__ = (
        sa.Index(
            "uq_reservation_one_held", "inspection_id", unique=True,
            sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"),
        ),
    )  # fmt: skip

    @property
    def holds(self) -> bool:
        """Whether it stands today; one whose day has passed does not, though nobody has ended it yet."""
        return self.state is ReservationState.HELD and self.lapses_on >= clock.today()

    @property
    def has_lapsed(self) -> bool:
        """Whether it came to its day before anybody used it or gave it back."""
        return not self.holds and self.state in (ReservationState.HELD, ReservationState.LAPSED)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return frozenset()


LAPSING = "ended_at IS NULL AND conclusion_id IS NULL AND lapses_on IS NOT NULL"
"""Reservations: a handful among a million claims, looked for before every claim."""


class Claim(Keyed, Base):
    """A box under a mandate: held while `conclusion_id` is null, concluded when it has one.

    Half-open days and parts. No two live claims of one level overlap (EXCLUDE / triggers
    `claim_overlap`); see migrations/guards for everything else the database refuses.
    """

    __tablename__ = "claim"
    scope_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("scope_item.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(sa.ForeignKey("mandate.id"), index=True)
    conclusion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conclusion.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("content.id"))
    part_from: Mapped[int] = mapped_column(default=0)
    part_to: Mapped[int] = mapped_column(default=WHOLE)
    level: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    lapses_on: Mapped[date | None]
    override_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    reopening_id: Mapped[int | None] = mapped_column(sa.ForeignKey("reopening.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    mandate: Mapped[Mandate] = relationship(lazy="joined")
    conclusion: Mapped[Conclusion | None] = relationship(lazy="joined")
    __table_args__ = (
        sa.CheckConstraint("starts_on < ends_on", name="days_in_order"),
        sa.CheckConstraint(
            f"part_from >= 0 AND part_to <= {WHOLE} AND part_from < part_to", name="part_range"
        ),
        sa.CheckConstraint("level IN (10, 20, 30, 40)", name="level_known"),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_reason IS NULL OR ended_reason = '')", name="ended_has_reason"
        ),
        sa.Index("ix_claim_box", "unit_id", "content_id", "level", "starts_on", "ends_on"),
        sa.Index(
            "ix_claim_lapsing", "lapses_on", sqlite_where=sa.text(LAPSING), postgresql_where=sa.text(LAPSING)
        ),
        sa.Index(
            "ix_claim_reopened", "reopening_id",
            sqlite_where=sa.text("reopening_id IS NOT NULL"),
            postgresql_where=sa.text("reopening_id IS NOT NULL"),
        ),
        ExcludeConstraint(
            (sa.text("int8range(unit_id, unit_id, '[]')"), "="),
            (sa.text("int8range(content_id, content_id, '[]')"), "="),
            (sa.text("int8range(level, level, '[]')"), "="),
            (sa.text("int8range(part_from, part_to)"), "&&"),
            (sa.text("daterange(starts_on, ends_on)"), "&&"),
            where=sa.text("ended_at IS NULL"),
            using="gist",
            name="claim_overlap",
        ),
    )  # fmt: skip

    @classmethod
    def lifted(cls, *, settled: bool) -> sa.ColumnElement[bool]:
        """Ended by a reopening; `settled`: by one of which nothing is open any more."""
        if not settled:
            return cls.reopening_id.is_not(None)
        still_open = sa.select(Reopening.id).where(Reopening.state == ReopeningState.GRANTED)
        return sa.and_(cls.reopening_id.is_not(None), cls.reopening_id.not_in(still_open))
