"""What happens at the door, as events on the account."""

from __future__ import annotations

from app import clock
from app.accounts import queries, throttle
from app.accounts.models import Account
from app.audit import services as audit


def note_in(account: Account, sign_in: str, address: str) -> None:
    """The right password came: event, and the count of wrong ones starts anew."""
    throttle.forgive(sign_in)
    account.last_seen_at = clock.now()
    audit.record("signed_in", account, actor=queries.actor_for(account.person), data={"address": address})


def note_wrong(account: Account | None, address: str) -> None:
    """A wrong password or an unknown name; what was typed is not kept."""
    objects = () if account is None else (account,)
    audit.record("sign_in_failed", *objects, actor=None, data={"address": address})


def note_out(account: Account) -> None:
    """The person signed out."""
    audit.record("signed_out", account, actor=queries.actor_for(account.person))


def note_password_changed(account: Account) -> None:
    """The person chose a password: a temporary one is done with."""
    account.must_change_password = False
    audit.record("password_changed", account, actor=queries.actor_for(account.person))
