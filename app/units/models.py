"""Units, their dated versions, and succession between them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Edited, Keyed, choice_column
from app.policy import Actor, Standing

BEGINNING = date(1900, 1, 1)


class UnitType(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    DEPARTMENT = "department"
    DIVISION = "division"
    COMMUNE = "commune"
    WARD = "ward"
    TOWNSHIP = "township"
    SERVICE_UNIT = "service_unit"
    OTHER = "other"


UNIT_TYPE_LABELS: dict[UnitType, str] = {
    UnitType.PROVINCE: "UBND tỉnh, thành phố",
    UnitType.DISTRICT: "UBND huyện",
    UnitType.DEPARTMENT: "Sở, ban, ngành",
    UnitType.DIVISION: "Phòng, bộ phận",
    UnitType.COMMUNE: "UBND xã",
    UnitType.WARD: "UBND phường",
    UnitType.TOWNSHIP: "UBND thị trấn",
    UnitType.SERVICE_UNIT: "Đơn vị sự nghiệp",
    UnitType.OTHER: "Cơ quan khác",
}


class Relation(StrEnum):
    """How a unit belongs to its parent: a part of it, or merely under its direction."""

    PART_OF = "part_of"
    UNDER = "under"


class SuccessionKind(StrEnum):
    MERGE = "merge"
    SPLIT = "split"
    TRANSFER = "transfer"


RELATION_LABELS: dict[Relation, str] = {
    Relation.PART_OF: "Là bộ phận của",
    Relation.UNDER: "Trực thuộc",
}
SUCCESSION_LABELS: dict[SuccessionKind, str] = {
    SuccessionKind.MERGE: "Nhập, hợp nhất",
    SuccessionKind.SPLIT: "Chia, tách",
    SuccessionKind.TRANSFER: "Chuyển chức năng, nhiệm vụ",
}


class Unit(Keyed, Edited, Base):
    """A body that exists from `valid_from` until before `valid_to` (None = still); `code` stays its own."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(unique=True)
    valid_from: Mapped[date] = mapped_column(default=BEGINNING)
    valid_to: Mapped[date | None]
    search: Mapped[str] = mapped_column(index=True)
    verified: Mapped[bool] = mapped_column(default=True)
    versions: Mapped[list[UnitVersion]] = relationship(
        back_populates="unit",
        foreign_keys="UnitVersion.unit_id",
        order_by="UnitVersion.from_on",
        lazy="selectin",
    )
    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="life_in_order"),
        sa.CheckConstraint("length(code) >= 2", name="code_length"),
    )

    def version_on(self, day: date) -> UnitVersion:
        """The version in force on `day` (the nearest one outside the unit's life)."""
        chosen = self.versions[0]
        for version in self.versions:
            if version.from_on <= day:
                chosen = version
        return chosen

    @property
    def current(self) -> UnitVersion:
        """The version of today, or the last one of a unit that has ended."""
        last = self.valid_to or clock.today()
        return self.version_on(min(last, clock.today()))

    @property
    def name(self) -> str:
        return self.current.name

    @property
    def type(self) -> UnitType:
        return self.current.type

    def exists_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        found: set[Standing] = set()
        if self.id in actor.headed_unit_ids:
            found.add(Standing.UNIT_HEAD)
        if self.id in actor.unit_ids:
            found.add(Standing.UNIT_OFFICER)
        if self.id in actor.focal_unit_ids:
            found.add(Standing.FOCAL_POINT)
        if actor.works_at(self.id):
            found.add(Standing.WORKS_THERE)
        return frozenset(found)


class UnitVersion(Keyed, Base):
    """Name, type and parent of a unit from `from_on` on, until the next version."""

    __tablename__ = "unit_version"
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    from_on: Mapped[date]
    name: Mapped[str]
    short_name: Mapped[str]
    type: Mapped[UnitType] = mapped_column(choice_column(UnitType, "type_known"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    relation: Mapped[Relation] = mapped_column(
        choice_column(Relation, "relation_known"), default=Relation.UNDER
    )
    legal_basis: Mapped[str] = mapped_column(default="")
    unit: Mapped[Unit] = relationship(back_populates="versions", foreign_keys=[unit_id])
    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id])
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "from_on"),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> unit_id", name="not_own_parent"),
        sa.CheckConstraint("length(name) >= 2", name="has_name"),
    )


class Succession(Keyed, Base):
    """`successor` takes over from `predecessor` on a date, by a decision."""

    __tablename__ = "succession"
    predecessor_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    successor_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    on_date: Mapped[date]
    kind: Mapped[SuccessionKind] = mapped_column(choice_column(SuccessionKind, "kind_known"))
    legal_basis: Mapped[str] = mapped_column(default="")
    verified: Mapped[bool] = mapped_column(default=True)
    predecessor: Mapped[Unit] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Unit] = relationship(foreign_keys=[successor_id])
    __table_args__ = (
        sa.UniqueConstraint("predecessor_id", "successor_id", "on_date"),
        sa.CheckConstraint("predecessor_id <> successor_id", name="two_units"),
    )
