"""What mail did not reach people: for who looks after it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Account, Person
from app.accounts.queries import gets_mail
from app.extensions import db
from app.followup import proposed
from app.followup.mailing import AGAIN
from app.followup.models import Mail, MailState, Message, Reminder

LISTED = 100
"""Unsent mails, or people without an address, in a list."""


def list_unsent() -> Sequence[Mail]:
    """Mails that did not get out, the oldest first: what somebody has to look after."""
    return db.session.scalars(
        sa.select(Mail)
        .where(
            sa.or_(
                Mail.state == MailState.FAILED,
                sa.and_(
                    Mail.state == MailState.SENDING,
                    sa.not_(Mail.tried_at.between(clock.now() - AGAIN, clock.now() + AGAIN)),
                ),
            )
        )
        .options(joinedload(Mail.person))
        .order_by(Mail.id)
        .limit(LISTED)
    ).all()


def list_without_address() -> Sequence[tuple[str, str]]:
    """(name, sign-in name) of who was reminded, or has news of a proposal, and gets no mail, as the latter is
    no address; by name."""
    reminded = sa.exists().where(Reminder.person_id == Person.id, Reminder.mail_id.is_(None))
    told = sa.exists().where(Message.person_id == Person.id, proposed.untold())
    found = db.session.execute(
        sa.select(Person.name, Account.email)
        .join(Account, Account.person_id == Person.id)
        .where(
            Account.active,
            sa.not_(gets_mail()),
            sa.or_(reminded, told),
        )
        .order_by(Person.name, Person.id)
        .limit(LISTED)
    )
    return [(name, sign_in) for name, sign_in in found]
