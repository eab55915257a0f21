"""Writing people, posts and accounts. Everything is an event on the person, the unit and the account."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flask_security.utils import hash_password

from app import clock
from app.accounts import queries
from app.accounts.models import Account, Appointment, AppointmentKind, FocalPoint, Person
from app.audit import services as audit
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.policy import Actor, Role
from app.units.models import Unit
from app.vietnamese import format_date, has_hidden_characters, search_key

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look alike on paper."""


@dataclass(frozen=True)
class Post:
    """What a person holds where, from a day until (and including) another."""

    unit: Unit
    title: str
    kind: AppointmentKind
    from_on: date
    to_on: date | None = None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class FocalPointValues:
    """Who speaks for a unit: a person with a post there, or a name alone; both days included.

    `reference`: number, symbol and day of the unit's paper, where the office enters it.
    """

    from_on: date
    person_id: int | None = None
    name: str = ""
    contact: str = ""
    to_on: date | None = None
    reference: str = ""


@dataclass(frozen=True)
class Access:
    """An account with the password that is shown once."""

    account: Account
    password: str


def create_person(name: str, *, actor: Actor | None) -> Person:
    """Add somebody by name. Two people may have the same name. Raises DomainError (422)."""
    cleaned = " ".join(name.split())
    if not 2 <= len(cleaned) <= 120 or has_hidden_characters(cleaned):
        raise DomainError("Họ và tên có từ 02 đến 120 ký tự.", field="name")
    person = Person(name=cleaned, search=search_key(cleaned))
    db.session.add(person)
    db.session.flush()
    audit.record("person_created", person, actor=actor, data={"person": person.name})
    return person


def appoint(person: Person, post: Post, *, actor: Actor | None) -> Appointment:
    """Let `person` hold `post`.

    Raises DomainError for days outside the unit's life or the role of a head without the post of one,
    Conflict when the unit has a head in those days or the person holds the post already.
    """
    title = " ".join(post.title.split())
    if not 2 <= len(title) <= 120:
        raise DomainError("Chức vụ có từ 02 đến 120 ký tự.", field="title")
    if post.to_on is not None and post.to_on < post.from_on:
        raise DomainError("Ngày thôi giữ chức vụ không được trước ngày bắt đầu.", field="to_on")
    if not post.unit.exists_on(post.from_on):
        raise DomainError(
            f"{post.unit.name} không hoạt động vào ngày {format_date(post.from_on)}.", field="from_on"
        )
    if Role.UNIT_HEAD in post.roles and post.kind is not AppointmentKind.HEAD:
        raise DomainError("Vai trò Thủ trưởng đơn vị chỉ đi với chức vụ người đứng đầu.", field="roles")
    for other in queries.list_overlapping(post.unit.id, post.from_on, post.to_on):
        if post.kind is AppointmentKind.HEAD and other.kind is AppointmentKind.HEAD:
            raise Conflict(
                f"Đơn vị có người đứng đầu từ ngày {format_date(other.from_on)}: {other.person.name}, "
                f"{other.title}. Ghi ngày thôi giữ chức vụ của người trước.",
                field="from_on",
            )
        if other.person_id == person.id and search_key(other.title) == search_key(title):
            raise Conflict(f"{person.name} đang giữ chức vụ này.", field="title")
    row = Appointment(
        person=person,
        unit=post.unit,
        title=title,
        kind=post.kind,
        from_on=post.from_on,
        to_on=post.to_on,
        roles=sorted(role.value for role in post.roles),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("appointment_started", person, post.unit, actor=actor, data=_said(row))
    return row


def end_appointment(appointment: Appointment, to_on: date, *, actor: Actor | None) -> None:
    """Record the last day of a post.

    Raises WrongState when it has one, DomainError too early, Conflict when nobody would administer any more.
    """
    if appointment.to_on is not None:
        raise WrongState(f"Chức vụ này đã ghi ngày cuối giữ chức vụ: {format_date(appointment.to_on)}.")
    if to_on < appointment.from_on:
        raise DomainError(
            f"Ngày thôi giữ chức vụ không được trước ngày bắt đầu ({format_date(appointment.from_on)}).",
            field="to_on",
        )
    _keep_an_administrator(appointment, "to_on")
    appointment.to_on = to_on
    db.session.flush()
    audit.record(
        "appointment_ended", appointment.person, appointment.unit, actor=actor, data=_said(appointment)
    )


def change_roles(appointment: Appointment, roles: Collection[Role], *, actor: Actor | None) -> None:
    """Give an appointment other roles, from the next request on.

    Raises DomainError as `appoint` does, Conflict when nobody would administer any more.
    """
    if Role.UNIT_HEAD in roles and appointment.kind is not AppointmentKind.HEAD:
        raise DomainError("Vai trò Thủ trưởng đơn vị chỉ đi với chức vụ người đứng đầu.", field="roles")
    if Role.ADMINISTRATOR not in roles:
        _keep_an_administrator(appointment, "roles")
    before = list(appointment.roles)
    appointment.roles = sorted(role.value for role in roles)
    db.session.flush()
    audit.record(
        "appointment_roles_changed",
        appointment.person,
        appointment.unit,
        actor=actor,
        data={**_said(appointment), "before": before},
    )


def _keep_an_administrator(leaving: Appointment, field: str) -> None:
    """Raise Conflict when `leaving` is the last post whose holder can administer with an open account."""
    if Role.ADMINISTRATOR not in leaving.role_set:
        return
    if not queries.has_other_administrator(leaving):
        raise Conflict(
            "Đây là người quản trị duy nhất đang có tài khoản. Giao vai trò Quản trị cho người khác trước.",
            field=field,
        )


def appoint_focal_point(
    unit: Unit, values: FocalPointValues, *, actor: Actor, on_behalf: bool = False
) -> FocalPoint:
    """Cử đầu mối của đơn vị; `on_behalf`: entered by the office from the unit's paper.

    The caller asked for the right. Raises DomainError at a field, Conflict when somebody is it in those days.
    """
    name = _name_of_focal_point(unit, values, actor)
    if values.to_on is not None and values.to_on < values.from_on:
        raise DomainError("Ngày cuối làm đầu mối không được trước ngày bắt đầu.", field="to_on")
    if not unit.exists_on(values.from_on):
        raise DomainError(
            f"{unit.name} không hoạt động vào ngày {format_date(values.from_on)}.", field="from_on"
        )
    if values.to_on is not None and values.to_on < clock.today():
        raise DomainError("Ngày cuối làm đầu mối không được trước ngày hôm nay.", field="to_on")
    if on_behalf and not values.reference.strip():
        raise DomainError("Ghi số, ký hiệu, ngày văn bản cử đầu mối của đơn vị.", field="reference")
    for other in queries.list_focal_points(unit.id):
        ends_before = other.to_on is not None and other.to_on < values.from_on
        if not ends_before and (values.to_on is None or other.from_on <= values.to_on):
            raise Conflict(
                f"Từ ngày {format_date(other.from_on)} đầu mối của đơn vị là {other.name}. Ghi ngày cuối của "
                "người trước.",
                field="from_on",
            )
    row = FocalPoint(
        unit=unit, person_id=values.person_id, name=name, contact=values.contact.strip(),
        from_on=values.from_on, to_on=values.to_on, reference=values.reference.strip(), on_behalf=on_behalf,
        appointed_by=actor.person_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _tell_focal_point("focal_point_appointed", row, actor, on_behalf=on_behalf)
    return row


def _name_of_focal_point(unit: Unit, values: FocalPointValues, actor: Actor) -> str:
    if values.person_id is not None:
        posts = {post.person_id: post for post in queries.list_people_of(unit.id)}
        post = posts.get(values.person_id)
        if post is None or post.unit_id != unit.id:
            raise DomainError("Chọn công chức của đơn vị trong danh sách.", field="person_id")
        if values.person_id == actor.person_id or post.kind is AppointmentKind.HEAD:
            raise DomainError("Thủ trưởng cử người khác làm đầu mối.", field="person_id")
        return post.person.name
    name = " ".join(values.name.split())
    if not 2 <= len(name) <= 120 or has_hidden_characters(name):
        raise DomainError("Chọn hoặc nhập họ tên đầu mối, từ 02 đến 120 ký tự.", field="name")
    return name


def end_focal_point(row: FocalPoint, to_on: date, *, actor: Actor, on_behalf: bool = False) -> None:
    """Record the last day, which may be moved until it has passed. Raises WrongState, DomainError.

    The day that is on record already is told, and nothing is written.
    """
    if row.to_on == to_on:
        raise WrongState(f"Ngày cuối làm đầu mối của {row.name} đã ghi là {format_date(to_on)}.")
    if row.to_on is not None and row.to_on < clock.today():
        raise WrongState(f"{row.name} đã thôi làm đầu mối từ sau ngày {format_date(row.to_on)}.")
    earliest = max(row.from_on, clock.today() - timedelta(days=1))
    if to_on < earliest:
        raise DomainError(f"Ngày cuối làm đầu mối sớm nhất là {format_date(earliest)}.", field="to_on")
    if row.to_on is not None and to_on > row.to_on:
        raise DomainError("Không kéo dài tại đây; cử đầu mối cho thời gian tiếp theo.", field="to_on")
    row.to_on = to_on
    db.session.flush()
    _tell_focal_point("focal_point_ended", row, actor, on_behalf=on_behalf)


def _tell_focal_point(event: str, row: FocalPoint, actor: Actor, *, on_behalf: bool) -> None:
    audit.record(
        event,
        row.unit,
        row,
        *([row.person] if row.person is not None else []),
        actor=actor,
        on_behalf_of=row.unit.name if on_behalf else None,
        data={
            "name": row.name,
            "from": format_date(row.from_on),
            "to": format_date(row.to_on) if row.to_on else "",
            "reference": row.reference,
        },
    )


def create_account(
    person: Person,
    sign_in: str,
    *,
    actor: Actor | None,
    password: str | None = None,
    must_change: bool = True,
    ready: bool = True,
) -> Access:
    """Give `person` a way in. Without `password` a random one is made, shown once, to be changed at sign-in.

    `ready` False leaves the account without any password until `reset_password` (import of many accounts).
    Raises DomainError (422) for a name that cannot be typed, Conflict when the name or the person has one.
    """
    name = unicodedata.normalize("NFC", sign_in).strip().lower()
    if not 3 <= len(name) <= 100 or not all(
        char.isascii() and (char.isalnum() or char in "@.-_") for char in name
    ):
        raise DomainError(
            "Tên đăng nhập có từ 03 đến 100 ký tự, gồm chữ không dấu, số và các dấu @ . - _", field="sign_in"
        )
    if queries.find_account(name) is not None:
        raise Conflict(f"Tên đăng nhập {name} đã được dùng.", field="sign_in")
    if queries.account_of(person) is not None:
        raise Conflict(f"{person.name} đã có tài khoản.", field="sign_in")
    chosen = (password or _random_password()) if ready else ""
    account = Account(
        person=person,
        email=name,
        password=_hash(chosen) if chosen else "",
        fs_uniquifier=secrets.token_hex(32),
        must_change_password=must_change,
    )
    db.session.add(account)
    db.session.flush()
    audit.record(
        "account_created", account, person, actor=actor, data={"sign_in": name, "person": person.name}
    )
    return Access(account, chosen)


def reset_password(account: Account, *, actor: Actor | None) -> Access:
    """Make a random password, shown once; all sessions end. Raises WrongState when disabled."""
    if not account.active:
        raise WrongState("Tài khoản đã ngừng sử dụng. Mở lại tài khoản trước khi cấp mật khẩu.")
    password = _random_password()
    account.password = _hash(password)
    account.must_change_password = True
    account.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()
    audit.record("password_reset", account, account.person, actor=actor, data={"person": account.person.name})
    return Access(account, password)


def disable_account(account: Account, *, actor: Actor | None) -> None:
    """Close an account; sessions end at their next request. WrongState, or DomainError for one's own."""
    if actor is not None and actor.person_id == account.person_id:
        raise DomainError("Không ngừng tài khoản đang dùng. Việc này do người quản trị khác thực hiện.")
    if not account.active:
        raise WrongState("Tài khoản đã ngừng sử dụng.")
    account.active = False
    account.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()
    audit.record(
        "account_disabled", account, account.person, actor=actor, data={"person": account.person.name}
    )


def enable_account(account: Account, *, actor: Actor | None) -> None:
    """Open a closed account again. Raises WrongState when it is open."""
    if account.active:
        raise WrongState("Tài khoản đang được sử dụng.")
    account.active = True
    db.session.flush()
    audit.record(
        "account_enabled", account, account.person, actor=actor, data={"person": account.person.name}
    )


def enrol(name: str, post: Post, sign_in: str, *, actor: Actor | None) -> tuple[Person, Access | None]:
    """A new person with a post and, unless `sign_in` is empty, an account."""
    person = create_person(name, actor=actor)
    appoint(person, post, actor=actor)
    return person, create_account(person, sign_in, actor=actor) if sign_in.strip() else None


def _said(row: Appointment) -> dict[str, object]:
    return {
        "person": row.person.name,
        "unit": row.unit.name,
        "title": row.title,
        "kind": row.kind,
        "from": row.from_on,
        "to": row.to_on,
        "roles": row.roles,
    }


def _random_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _hash(password: str) -> str:
    # NFKD as the library normalises what is typed at sign-in
    return str(hash_password(unicodedata.normalize("NFKD", password)))
