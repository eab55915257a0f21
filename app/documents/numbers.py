"""Rows of the books of numbers: series, the year's book and counter, each number. Part of `models`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Keyed, choice_column
from app.documents.kinds import DocumentKind

if TYPE_CHECKING:
    from app.documents.models import Document


class Series(Keyed, Base):
    """A line of numbers of ours, starting at 01 each 1 January (NĐ 30/2020 Đ15).

    `symbol`: the one symbol of its papers ("TB-SNV"), or a template for several types ("{LOẠI}-SNV").
    """

    __tablename__ = "series"
    code: Mapped[str] = mapped_column(unique=True)
    symbol: Mapped[str]
    title: Mapped[str]


class SeriesKind(Keyed, Base):
    """From `year` on papers of this kind are numbered in this series; None: in that of their symbol."""

    __tablename__ = "series_kind"
    kind: Mapped[DocumentKind] = mapped_column(choice_column(DocumentKind, "kind_known"))
    year: Mapped[int]
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id"))
    series: Mapped[Series | None] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("kind", "year"),)


class Book(Keyed, Base):
    """What was said of a series' book of one year: the number it begins with after paper, its closing."""

    __tablename__ = "book"
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id"))
    year: Mapped[int]
    first: Mapped[int] = mapped_column(default=1)
    first_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    series: Mapped[Series] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("series_id", "year"),
        sa.CheckConstraint("first >= 1", name="first_positive"),
        sa.CheckConstraint("first = 1 OR first_reason <> ''", name="first_has_reason"),
    )


class SeriesCounter(Base):
    """The last number given in a series and year; the row is locked while a number is taken."""

    __tablename__ = "series_counter"
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)
    last_on: Mapped[date | None]
    __table_args__ = (sa.CheckConstraint("last >= 0", name="last_not_negative"),)


class NumberState(StrEnum):
    RESERVED = "reserved"
    USED = "used"
    VOID = "void"


class Number(Keyed, Base):
    """One number of a series; a void one says why. Each n up to the counter has a row or is eOffice's."""

    __tablename__ = "number"
    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id"))
    year: Mapped[int]
    n: Mapped[int]
    dated_on: Mapped[date]
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"), index=True)
    state: Mapped[NumberState] = mapped_column(choice_column(NumberState, "state_known"))
    reason: Mapped[str | None]
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    series: Mapped[Series] = relationship()
    document: Mapped[Document | None] = relationship()
    __table_args__ = (
        sa.UniqueConstraint("series_id", "year", "n"),
        sa.CheckConstraint("n >= 1", name="n_positive"),
        sa.CheckConstraint(
            "state <> 'void' OR (reason IS NOT NULL AND reason <> '')", name="void_has_reason"
        ),
        sa.Index(
            "uq_number_live_per_document",
            "document_id",
            unique=True,
            sqlite_where=sa.text("state <> 'void' AND document_id IS NOT NULL"),
            postgresql_where=sa.text("state <> 'void' AND document_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_number_reserved",
            "dated_on",
            sqlite_where=sa.text("state = 'reserved'"),
            postgresql_where=sa.text("state = 'reserved'"),
        ),
    )
