"""The unit's signed plan to remedy, known by its number and day."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import Person
from app.db import Base, Keyed


class UnitPlan(Keyed, Base):
    """Kế hoạch khắc phục that a unit issued for a notice (`document_id`): the paper lives with the unit.

    Another plan, or the right number of one that was mistyped, is a further row; the newest counts.
    """

    __tablename__ = "unit_plan"
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    reference: Mapped[str]
    issued_on: Mapped[date]
    on_behalf: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    author: Mapped[Person] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("document_id", "unit_id", "reference", "issued_on"),
        sa.CheckConstraint("reference <> ''", name="has_reference"),
    )
