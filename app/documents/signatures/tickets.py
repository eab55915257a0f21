"""One file, once: a signing tool on somebody's machine hands in what they signed, without their session."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.documents.models import Document
from app.documents.signatures.models import SigningAct, SigningTicket
from app.errors import Conflict, NotFound
from app.extensions import db
from app.policy import Actor

LIFE = timedelta(minutes=10)
"""The agent itself gives up after about five minutes."""
USED = "Mã nhận tệp đã được dùng. Mở lại trang ký để lấy mã mới."


def give(document: Document, act: SigningAct, *, actor: Actor) -> str:
    """A token for one file of this paper by this person; only its hash is kept. The caller commits."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SigningTicket(
            token_sha256=_hash(token),
            document_id=document.id,
            person_id=actor.person_id,
            act=act,
            expires_at=clock.now() + LIFE,
        )
    )
    db.session.flush()
    return token


def find(token: str) -> SigningTicket:
    """The ticket of a token, while it lives. Raises NotFound; Conflict when it was used."""
    found = db.session.scalar(sa.select(SigningTicket).where(SigningTicket.token_sha256 == _hash(token)))
    if found is None or found.expires_at < clock.now():
        raise NotFound
    if found.used_at is not None:
        raise Conflict(USED)
    return found


def document_of(ticket: SigningTicket) -> Document:
    """The paper that the ticket is for."""
    return db.session.get_one(Document, ticket.document_id)


def use(ticket: SigningTicket) -> None:
    """From now on it is used, whoever asks at the same moment. Raises Conflict. The caller commits."""
    done = db.session.execute(
        sa.update(SigningTicket)
        .where(SigningTicket.id == ticket.id, SigningTicket.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]  # a cursor's result has it
        raise Conflict(USED)
    db.session.expire(ticket)


def holder(ticket: SigningTicket) -> Actor:
    """Who asked for the ticket, with the rights of now. Raises NotFound when their account is closed."""
    person = db.session.get_one(Person, ticket.person_id)
    account = accounts.account_of(person)
    if account is None or not account.active:
        raise NotFound
    return accounts.actor_for(person)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
