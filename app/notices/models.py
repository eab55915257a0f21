"""A notice: its document, the units and findings it covers, its editable sections."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Edited, Keyed, choice_column
from app.documents.models import Document, DocumentState
from app.findings.models import Finding
from app.inspections.models import InspectedUnit, Inspection
from app.policy import Actor, Standing
from app.register.models import Conclusion
from app.units.models import Unit


class Notice(Keyed, Edited, Base):
    """The document that concludes some inspected units of one case. `sections`: texts by section key."""

    __tablename__ = "notice"
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"), unique=True)
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    conclusion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conclusion.id"))
    type_name: Mapped[str] = mapped_column(default="THÔNG BÁO")
    sections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    signature_prefix: Mapped[str] = mapped_column(default="")
    follow_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    follower_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    document: Mapped[Document] = relationship(lazy="joined")
    inspection: Mapped[Inspection] = relationship()
    conclusion: Mapped[Conclusion | None] = relationship()
    follow_unit: Mapped[Unit | None] = relationship()
    follower: Mapped[Person | None] = relationship()
    units: Mapped[list[InspectedUnit]] = relationship(
        secondary="notice_unit", order_by="InspectedUnit.ordinal"
    )
    items: Mapped[list[NoticeFinding]] = relationship(
        back_populates="notice", order_by="NoticeFinding.ordinal", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def is_draft(self) -> bool:
        return self.document.state is DocumentState.DRAFT

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.document.standing_of(actor) | self.inspection.standing_of(actor)


notice_unit = sa.Table(
    "notice_unit",
    Base.metadata,
    sa.Column("notice_id", sa.ForeignKey("notice.id"), primary_key=True),
    sa.Column("inspected_unit_id", sa.ForeignKey("inspected_unit.id"), primary_key=True, index=True),
)


class NoticeFinding(Keyed, Base):
    """A finding as the notice words it: the text is edited here, its figures stay tokens of the record."""

    __tablename__ = "notice_finding"
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notice.id"))
    finding_id: Mapped[int] = mapped_column(sa.ForeignKey("finding.id"), index=True)
    ordinal: Mapped[int]
    text: Mapped[str]
    notice: Mapped[Notice] = relationship(back_populates="items")
    finding: Mapped[Finding] = relationship()
    __table_args__ = (sa.UniqueConstraint("notice_id", "finding_id"),)


class RecallState(StrEnum):
    REQUESTED = "requested"
    REFUSED = "refused"
    GRANTED = "granted"


class NoticeRecall(Keyed, Base):
    """Đề nghị thu hồi an issued notice, and a leader's answer: the paper that recalls it, or why not."""

    __tablename__ = "notice_recall"
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notice.id"))
    reason: Mapped[str]
    requested_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    refusal: Mapped[str] = mapped_column(default="")
    state: Mapped[RecallState] = mapped_column(
        choice_column(RecallState, "state_known"), default=RecallState.REQUESTED
    )
    notice: Mapped[Notice] = relationship()
    document: Mapped[Document | None] = relationship()
    requester: Mapped[Person] = relationship(foreign_keys=[requested_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])
    __table_args__ = (
        sa.Index(
            "uq_notice_recall_open", "notice_id", unique=True,
            sqlite_where=sa.text("state <> 'refused'"), postgresql_where=sa.text("state <> 'refused'"),
        ),
        sa.Index(
            "ix_notice_recall_waiting", "id",
            sqlite_where=sa.text("state = 'requested'"), postgresql_where=sa.text("state = 'requested'"),
        ),
        sa.CheckConstraint("requested_by <> decided_by", name="asker_not_decider"),
        sa.CheckConstraint("reason <> ''", name="request_is_told"),
        sa.CheckConstraint(
            "(state = 'requested' AND decided_by IS NULL) OR "
            "(state = 'refused' AND decided_by IS NOT NULL AND refusal <> '') OR "
            "(state = 'granted' AND decided_by IS NOT NULL AND document_id IS NOT NULL)",
            name="answer_is_told",
        ),
    )  # fmt: skip

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        own = {Standing.REQUESTER} if actor.person_id == self.requested_by else set()
        return self.notice.standing_of(actor) | own
