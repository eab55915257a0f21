"""People, appointments and accounts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, Edited, Keyed, choice_column
from app.policy import Actor, Role, Standing
from app.units.models import Unit


class Person(Keyed, Edited, Base):
    """Somebody by name, with or without an account."""

    __tablename__ = "person"
    name: Mapped[str]
    search: Mapped[str] = mapped_column(index=True)
    appointments: Mapped[list[Appointment]] = relationship(
        back_populates="person", order_by="Appointment.from_on"
    )
    focal_points: Mapped[list[FocalPoint]] = relationship(
        back_populates="person", foreign_keys="FocalPoint.person_id"
    )
    __table_args__ = (sa.CheckConstraint("length(name) >= 2", name="has_name"),)

    def post_on(self, day: date) -> str:
        """The person's main post on `day`, e.g. “Phó Giám đốc”; empty when none is known."""
        held = [a for a in self.appointments if a.holds_on(day)]
        return held[0].title if held else ""


class AppointmentKind(StrEnum):
    HEAD = "head"
    DEPUTY = "deputy"
    STAFF = "staff"


KIND_LABELS: dict[AppointmentKind, str] = {
    AppointmentKind.HEAD: "Người đứng đầu",
    AppointmentKind.DEPUTY: "Cấp phó",
    AppointmentKind.STAFF: "Công chức, viên chức",
}


class Appointment(Keyed, Base):
    """A person holds a post at a unit from a day until (and including) another; with what roles."""

    __tablename__ = "appointment"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    title: Mapped[str]
    kind: Mapped[AppointmentKind] = mapped_column(choice_column(AppointmentKind, "kind_known"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    roles: Mapped[list[str]] = mapped_column(default=list)
    person: Mapped[Person] = relationship(back_populates="appointments")
    unit: Mapped[Unit] = relationship()
    __table_args__ = (
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        sa.Index(
            "uq_appointment_one_head",
            "unit_id",
            unique=True,
            sqlite_where=sa.text("kind = 'head' AND to_on IS NULL"),
            postgresql_where=sa.text("kind = 'head' AND to_on IS NULL"),
        ),
    )

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(role) for role in self.roles)


class FocalPoint(Keyed, Base):
    """Đầu mối của đơn vị: the officer who does the unit's side but the head's own acknowledgement.

    From a day until (and including) another; one at a time for a unit (EXCLUDE / triggers
    `focal_point_one_at_a_time`). `person_id` None: somebody without an account, known by name. `reference`:
    the unit's paper, always there when the office entered it (`on_behalf`).
    """

    __tablename__ = "focal_point"
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(default="")
    on_behalf: Mapped[bool] = mapped_column(default=False)
    appointed_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    appointed_at: Mapped[datetime] = mapped_column(default=clock.now)
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship(back_populates="focal_points", foreign_keys=[person_id])
    appointer: Mapped[Person] = relationship(foreign_keys=[appointed_by])
    __table_args__ = (
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        sa.CheckConstraint("length(name) >= 2", name="has_name"),
        sa.CheckConstraint("NOT on_behalf OR reference <> ''", name="on_behalf_has_paper"),
        sa.CheckConstraint("person_id IS NULL OR person_id <> appointed_by", name="appointed_by_another"),
        ExcludeConstraint(
            (sa.text("int8range(unit_id, unit_id, '[]')"), "="),
            (sa.text("daterange(from_on, to_on, '[]')"), "&&"),
            using="gist",
            name="focal_point_one_at_a_time",
        ),
    )

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        """What the actor is to the unit."""
        return self.unit.standing_of(actor)


class Account(Keyed, Edited, UserMixin, Base):
    """A way in for one person. `email` is the sign-in name (lower case, NFC)."""

    __tablename__ = "account"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    last_seen_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship(lazy="joined")
    roles: Mapped[list[SecurityRole]] = relationship(  # type: ignore[assignment]  # a plain list in the mixin
        secondary="account_security_role"
    )


class SecurityRole(Keyed, Base):
    """Demanded by the sign-in library; stays empty, because roles come from appointments."""

    __tablename__ = "security_role"
    name: Mapped[str] = mapped_column(unique=True)


account_security_role = sa.Table(
    "account_security_role",
    Base.metadata,
    sa.Column("account_id", sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("security_role_id", sa.ForeignKey("security_role.id"), primary_key=True),
)


class SignInFailure(Keyed, Base):
    """A wrong password: whose name was tried (normalised) and from which address."""

    __tablename__ = "sign_in_failure"
    sign_in: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (
        sa.Index("ix_sign_in_failure_sign_in", "sign_in", "at"),
        sa.Index("ix_sign_in_failure_address", "address", "at"),
    )
