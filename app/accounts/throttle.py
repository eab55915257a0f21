"""Wrong passwords, counted in the database: per account and per address, never for everybody at once.

An attempt is written (and committed by the view) before the password is looked at, so that attempts sent at
the same moment count each other; a right password takes the account's rows away again.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.accounts.models import SignInFailure
from app.extensions import db

MOST = 10
WINDOW = timedelta(minutes=5)
KEPT = timedelta(days=1)


def name_key(sign_in: str) -> str:
    """What stands for a sign-in name: a hash, because people type a password there by mistake."""
    plain = unicodedata.normalize("NFC", sign_in).strip().lower()
    return hashlib.sha256(plain.encode()).hexdigest()


def begin(sign_in: str, address: str) -> SignInFailure:
    """Write the attempt before the password is looked at; rows older than a day go."""
    db.session.execute(sa.delete(SignInFailure).where(SignInFailure.at < clock.now() - KEPT))
    attempt = SignInFailure(sign_in=name_key(sign_in), address=address)
    db.session.add(attempt)
    db.session.flush()
    return attempt


def seconds_to_wait(attempt: SignInFailure) -> int:
    """Seconds until this attempt could be looked at; 0 = now."""
    since = clock.now() - WINDOW
    wait = 0.0
    for column, value in ((SignInFailure.sign_in, attempt.sign_in), (SignInFailure.address, attempt.address)):
        earlier = db.session.scalars(
            sa.select(SignInFailure.at)
            .where(column == value, SignInFailure.at > since, SignInFailure.id != attempt.id)
            .order_by(SignInFailure.at.desc(), SignInFailure.id.desc())
            .limit(MOST)
        ).all()
        if len(earlier) == MOST:
            wait = max(wait, (earlier[-1] - since).total_seconds())
    return math.ceil(wait)


def withdraw(attempt: SignInFailure) -> None:
    """Take away an attempt that was turned down unread: it must not make the waiting longer."""
    db.session.delete(attempt)
    db.session.flush()


def forgive(sign_in: str) -> None:
    """The right password came: the account's count starts anew."""
    db.session.execute(sa.delete(SignInFailure).where(SignInFailure.sign_in == name_key(sign_in)))
