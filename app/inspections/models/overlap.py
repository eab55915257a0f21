"""The file of overlaps: records of the review as they stood, what the inspectorate was sent and answered."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, Keyed


class OverlapRecord(Keyed, Base):
    """The record of the review as it stood when the planner took the remainder: what was left out, and why.

    `content`: canonical JSON of the paper; `left_out`: how many contents were cut, wholly or in part.
    """

    __tablename__ = "overlap_record"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_out: Mapped[int]
    content: Mapped[str]
    __table_args__ = (sa.CheckConstraint("left_out > 0 AND content <> ''", name="something_left_out"),)


class OverlapReferral(Keyed, Base):
    """The plan sent to the inspectorate so that overlaps are handled, and its answer (NĐ 217/2025 Đ7.2a)."""

    __tablename__ = "overlap_referral"
    inspection_id: Mapped[int] = mapped_column(sa.ForeignKey("inspection.id"), index=True)
    recipient: Mapped[str]
    reference: Mapped[str]
    sent_on: Mapped[date]
    sent_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    answer_reference: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        sa.CheckConstraint("reference <> '' AND recipient <> ''", name="names_paper"),
        sa.CheckConstraint(
            "(answered_on IS NULL AND answer = '' AND answer_reference = '') OR "
            "(answered_on IS NOT NULL AND answered_on >= sent_on AND answer <> '')",
            name="answer_after_sending",
        ),
    )
