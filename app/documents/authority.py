"""Under which authority somebody signs (NĐ 30/2020 Đ13): TM., KT., TL., TUQ., and the written delegation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import AppointmentKind, Person
from app.audit import services as audit
from app.constraint_messages import MESSAGES
from app.documents.content import OfficialDocument
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import Document, SigningDelegation
from app.errors import Conflict, DomainError
from app.extensions import db
from app.policy import Action, Actor, Role, authorise
from app.units.models import Unit
from app.vietnamese import format_date

BY_DELEGATION = "TUQ."
NO_DELEGATION = (
    "{name} ký thừa ủy quyền (TUQ.) nhưng chưa có văn bản ủy quyền ký {kind} còn thời hạn vào ngày {day}. "
    "Ghi nhận văn bản ủy quyền, hoặc chọn người ký khác."
)
HANDED_ON = (
    "{name} đang ký theo ủy quyền nên không ủy quyền lại cho người khác "
    "(khoản 4 Điều 13 Nghị định số 30/2020/NĐ-CP)."
)


@dataclass(frozen=True)
class Delegation:
    """A written delegation as it is typed in."""

    giver_id: int | None
    taker_id: int | None
    basis: str
    basis_on: date
    starts_on: date
    ends_on: date
    kinds: tuple[DocumentKind, ...]


def authority_of(signer: Person, office: Unit) -> str:
    """The lines above the name: “KT. Giám đốc / Phó Giám đốc”, “TM. Ủy ban nhân dân / …”."""
    today = clock.today()
    held = next((a for a in signer.appointments if a.unit_id == office.id and a.holds_on(today)), None)
    post = re.sub(r" (UBND|Ủy ban|Sở) .*", "", held.title) if held is not None else signer.post_on(today)
    lines = ["TM. Ủy ban nhân dân"] if office.name.startswith(("UBND", "Ủy ban")) else []
    if held is not None and held.kind is AppointmentKind.DEPUTY and post.startswith("Phó "):
        above = post.removeprefix("Phó ")
        lines.append(f"KT. {above[0].upper()}{above[1:]}")
    elif held is not None and held.kind is AppointmentKind.STAFF:
        lines = ["TL. Chủ tịch" if lines else "TL. Giám đốc"]
    return "\n".join([*lines, post])


def ask_entitled(document: Document, content: OfficialDocument, on: date) -> None:
    """Raises Conflict when the signer signs TUQ. and no written delegation says so for this kind and day."""
    block = content.signature
    if block is None or not any(line.upper().startswith(BY_DELEGATION) for line in block.authority):
        return
    if document.signer_id is not None and any(
        document.kind.value in held.kinds for held in _held_by(document.signer_id, on, on)
    ):
        return
    kind = KIND_LABELS[document.kind]
    raise Conflict(
        NO_DELEGATION.format(
            name=document.signer_name or "Người ký", kind=f"{kind[0].lower()}{kind[1:]}", day=format_date(on)
        )
    )


def takers_for(kind: DocumentKind, on: date) -> Sequence[Person]:
    """Who may sign papers of this kind by a delegation in force on the day."""
    found = db.session.scalars(
        sa.select(SigningDelegation)
        .where(SigningDelegation.starts_on <= on, SigningDelegation.ends_on >= on)
        .options(joinedload(SigningDelegation.taker))
        .order_by(SigningDelegation.id)
    )
    return list({held.taker_id: held.taker for held in found if kind.value in held.kinds}.values())


def list_delegations() -> Sequence[SigningDelegation]:
    """Every delegation, the one that ends last first."""
    return db.session.scalars(
        sa.select(SigningDelegation)
        .options(joinedload(SigningDelegation.giver), joinedload(SigningDelegation.taker))
        .order_by(SigningDelegation.ends_on.desc(), SigningDelegation.id.desc())
        .limit(200)
    ).all()


def record_delegation(typed: Delegation, *, actor: Actor) -> SigningDelegation:
    """Record a written delegation; never one of somebody who signs by delegation. Raises DomainError,
    Conflict, Forbidden."""
    authorise(actor, Action.RECORD_DELEGATION)
    leaders = {person.id: person for person in accounts.list_holders(Role.LEADER)}
    giver = leaders.get(typed.giver_id or 0)
    if giver is None:
        raise DomainError("Chọn người ủy quyền trong danh sách lãnh đạo được ký văn bản.", field="giver_id")
    if typed.taker_id is None:
        raise DomainError("Chọn người được ủy quyền.", field="taker_id")
    if typed.taker_id == giver.id:
        raise DomainError(MESSAGES["ck_signing_delegation_giver_not_taker"], field="taker_id")
    basis = " ".join(typed.basis.split())
    if len(basis) < 3:
        raise DomainError(MESSAGES["ck_signing_delegation_basis_is_written"], field="basis")
    if not typed.basis_on <= typed.starts_on <= typed.ends_on:
        raise DomainError(MESSAGES["ck_signing_delegation_time_in_order"], field="ends_on")
    if not typed.kinds:
        raise DomainError("Chọn ít nhất một loại văn bản được ủy quyền ký.", field="kinds")
    if _held_by(giver.id, typed.starts_on, typed.ends_on):
        raise Conflict(HANDED_ON.format(name=giver.name), field="giver_id")
    made = SigningDelegation(
        giver_id=giver.id, taker=accounts.get_person(typed.taker_id), basis=basis, basis_on=typed.basis_on,
        starts_on=typed.starts_on, ends_on=typed.ends_on, kinds=[kind.value for kind in typed.kinds],
        recorded_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        "signing_delegated", made, made.taker, actor=actor,
        data={"told": f"{giver.name} → {made.taker.name}, {basis}"},
    )  # fmt: skip
    return made


def _held_by(person_id: int, begin: date, end: date) -> Sequence[SigningDelegation]:
    """Delegations to a person that hold on some day from `begin` to `end`."""
    return db.session.scalars(
        sa.select(SigningDelegation).where(
            SigningDelegation.taker_id == person_id,
            SigningDelegation.starts_on <= end,
            SigningDelegation.ends_on >= begin,
        )
    ).all()
