"""Contents, forms and their published versions, as the database keeps them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Keyed

WHOLE = 2**30
FIELD_WIDTH = 2**20


class Content(Keyed, Base):
    """What may be concluded, stable across forms. `by_field`: one part per field of procedure."""

    __tablename__ = "content"
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    by_field: Mapped[bool] = mapped_column(default=False)


class ProcedureField(Keyed, Base):
    """A field of procedure (đất đai, xây dựng …); `ordinal` fixes its part of every content by field."""

    __tablename__ = "procedure_field"
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    ordinal: Mapped[int] = mapped_column(unique=True)
    __table_args__ = (
        sa.CheckConstraint(f"ordinal BETWEEN 0 AND {WHOLE // FIELD_WIDTH - 1}", name="ordinal_range"),
    )

    @property
    def part(self) -> tuple[int, int]:
        """Half-open part range of this field within a content by field."""
        return self.ordinal * FIELD_WIDTH, (self.ordinal + 1) * FIELD_WIDTH


class Form(Keyed, Base):
    __tablename__ = "form"
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    versions: Mapped[list[FormVersion]] = relationship(back_populates="form", order_by="FormVersion.number")


class FormVersion(Keyed, Base):
    """A published version: its source text and hash never change (triggers on both engines)."""

    __tablename__ = "form_version"
    form_id: Mapped[int] = mapped_column(sa.ForeignKey("form.id"))
    number: Mapped[int]
    title: Mapped[str]
    source: Mapped[str]
    source_sha256: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    form: Mapped[Form] = relationship(back_populates="versions")
    groups: Mapped[list[CriterionGroup]] = relationship(
        back_populates="version", order_by="CriterionGroup.ordinal"
    )
    __table_args__ = (
        sa.UniqueConstraint("form_id", "number"),
        sa.CheckConstraint("length(source_sha256) = 64", name="hash_length"),
    )


class CriterionGroup(Keyed, Base):
    """Nhóm nội dung: “IV. Tiếp nhận, giải quyết, trả kết quả theo cơ chế một cửa”."""

    __tablename__ = "criterion_group"
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_version.id"))
    code: Mapped[str]
    ordinal: Mapped[int]
    title: Mapped[str]
    short_title: Mapped[str]
    version: Mapped[FormVersion] = relationship(back_populates="groups")
    criteria: Mapped[list[Criterion]] = relationship(back_populates="group", order_by="Criterion.ordinal")
    __table_args__ = (sa.UniqueConstraint("version_id", "code"),)


class Criterion(Keyed, Base):
    """One question of a form version; which contents it covers stands in `criterion_part`.

    Evidence, level, days, legal bases and own fields are read from the version's source
    (`queries.definition_of`), so that they are kept once.
    """

    __tablename__ = "criterion"
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion_group.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_version.id"))
    key: Mapped[str] = mapped_column(index=True)
    ordinal: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    by_field: Mapped[bool] = mapped_column(default=False)
    group: Mapped[CriterionGroup] = relationship(back_populates="criteria")
    parts: Mapped[list[CriterionPart]] = relationship(back_populates="criterion")
    __table_args__ = (sa.UniqueConstraint("version_id", "key"),)


class CriterionPart(Keyed, Base):
    """Which part of which content a criterion covers; half-open `[part_from, part_to)`."""

    __tablename__ = "criterion_part"
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("content.id"))
    part_from: Mapped[int] = mapped_column(default=0)
    part_to: Mapped[int] = mapped_column(default=WHOLE)
    criterion: Mapped[Criterion] = relationship(back_populates="parts")
    content: Mapped[Content] = relationship(lazy="joined")
    __table_args__ = (
        sa.UniqueConstraint("criterion_id", "content_id", "part_from"),
        sa.CheckConstraint(
            f"part_from >= 0 AND part_to <= {WHOLE} AND part_from < part_to", name="part_range"
        ),
    )
