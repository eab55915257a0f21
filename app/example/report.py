"""What the example made, as typed values and as JSON (`flask --app wsgi example report --json`)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import config
from app.accounts.models import Account
from app.accounts.queries import actor_for
from app.documents.kinds import DocumentKind
from app.documents.models import Delivery, Document, DocumentState
from app.example.people import sign_in_password
from app.extensions import db
from app.files.store import store
from app.home.setup import role_label
from app.inspections.models import Inspection
from app.register.models import Conclusion, ConclusionState, Coverage
from app.remediation.models import Task, TaskState
from app.units.models import Unit


@dataclass(frozen=True)
class InspectionLine:
    code: str
    state: str


@dataclass(frozen=True)
class NoticeLine:
    """`path` is relative to the project; `sha256` is that of the file's bytes."""

    number: int
    symbol: str
    date: str
    units: list[str]
    path: str
    sha256: str


@dataclass(frozen=True)
class ConcludedLine:
    """Days are inclusive ISO dates; `notice` is number and symbol."""

    unit: str
    criterion: str
    # `from` is a word of Python; `to_primitives` renames it.
    from_on: str
    to: str
    notice: str


@dataclass(frozen=True)
class TaskLine:
    unit: str
    due: str | None
    state: str


@dataclass(frozen=True)
class AccountLine:
    name: str
    sign_in: str
    password: str
    role: str
    unit: str


@dataclass(frozen=True)
class Report:
    inspections: list[InspectionLine]
    notices: list[NoticeLine]
    concluded: list[ConcludedLine]
    tasks: list[TaskLine]
    accounts: list[AccountLine]

    def to_primitives(self) -> dict[str, list[dict[str, object]]]:
        """Plain lists and tables, keys as published."""
        plain = asdict(self)
        for line in plain["concluded"]:
            line["from"] = line.pop("from_on")
        return plain


def _inspections() -> list[InspectionLine]:
    rows = db.session.execute(sa.select(Inspection.code, Inspection.state).order_by(Inspection.code))
    return [InspectionLine(row.code, row.state.value) for row in rows]


def _notices() -> list[NoticeLine]:
    documents = db.session.scalars(
        sa.select(Document)
        .where(
            Document.kind == DocumentKind.CONCLUSION_NOTICE,
            Document.state.in_([DocumentState.ISSUED, DocumentState.CORRECTED, DocumentState.REPLACED]),
        )
        .options(joinedload(Document.deliveries).joinedload(Delivery.unit))
        .order_by(Document.issued_on, Document.number)
    ).unique()
    return [
        NoticeLine(
            number=document.number or 0,
            symbol=document.symbol,
            date=document.issued_on.isoformat() if document.issued_on else "",
            units=sorted(delivery.unit.code for delivery in document.deliveries),
            path=_relative(document.sha256 or ""),
            sha256=document.sha256 or "",
        )
        for document in documents
    ]


def _relative(sha256: str) -> str:
    path = store.path(sha256)
    return str(path.relative_to(config.ROOT)) if path.is_relative_to(config.ROOT) else str(path)


def _concluded() -> list[ConcludedLine]:
    rows = db.session.execute(
        sa.select(
            Unit.code,
            Coverage.criterion_key,
            Coverage.starts_on,
            Coverage.ends_on,
            Conclusion.number_and_symbol,
        )
        .join(Unit, Unit.id == Coverage.unit_id)
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .where(Conclusion.state == ConclusionState.IN_FORCE, Conclusion.record_only.is_(False))
        .order_by(Unit.code, Coverage.criterion_key, Coverage.starts_on, Coverage.part_from)
    )
    return [
        ConcludedLine(
            unit=row.code,
            criterion=row.criterion_key,
            from_on=row.starts_on.isoformat(),
            to=(row.ends_on - timedelta(days=1)).isoformat(),
            notice=row.number_and_symbol,
        )
        for row in rows
    ]


def _tasks() -> list[TaskLine]:
    rows = db.session.execute(
        sa.select(Unit.code, Task.due_on, Task.state)
        .join(Unit, Unit.id == Task.lead_unit_id)
        .where(Task.state != TaskState.DRAFT)
        .order_by(Task.code)
    )
    return [
        TaskLine(row.code, row.due_on.isoformat() if row.due_on else None, row.state.value) for row in rows
    ]


def accounts() -> list[AccountLine]:
    """The accounts of the example, in the order they were made."""
    found = []
    for account in db.session.scalars(sa.select(Account).order_by(Account.id)):
        actor = actor_for(account.person)
        unit = db.session.get(Unit, actor.unit_id) if actor.unit_id else None
        found.append(
            AccountLine(
                account.person.name,
                account.email,
                sign_in_password(),
                role_label(actor),
                unit.code if unit else "",
            )
        )
    return found


def make() -> Report:
    """Read everything the example made from the database."""
    return Report(_inspections(), _notices(), _concluded(), _tasks(), accounts())
