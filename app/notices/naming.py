"""Whether persons are named in the common part: everybody who receives the notice reads it (users.md H13)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa

from app.accounts.models import Appointment, Person
from app.extensions import db
from app.notices.annexes import is_general
from app.notices.checked import Check, Page
from app.notices.models import Notice
from app.notices.record import Record
from app.notices.texts import Part, Piece
from app.vietnamese import nfc

_NAMED = re.compile(r"\b(?:[Ôô]ng|[Bb]à|[Đđ]ồng chí)\s+((?:[A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+\s?){2,5})")
_FULL_NAME = re.compile(r"(?:[A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+ ){2,4}[A-ZĐÀ-ỸĂÂÊÔƠƯ][a-zà-ỹđăâêôơư]+")
"""Who a task names may be a post (“Công chức tiếp nhận”); only what is written as a person's name is one."""
SUBJECT = "Trích yếu"


def names(
    notice: Notice, record: Record, pieces: Iterable[Piece], *, elsewhere: bool = False
) -> Iterable[Check]:
    """Persons of the units and of the bodies in charge who stand in the common part, each with its place.

    A general notice is refused, because every unit reads it; in one unit's own notice they are to be looked
    at, as are names that nobody on record has. `elsewhere`: the words were issued in eOffice already.
    """
    people = _people(record)
    refuses = is_general(record) and not elsewhere
    said: list[tuple[str, str, Part | None]] = [(SUBJECT, notice.document.subject, None)]
    said += [(piece.where, piece.text, piece.part) for piece in pieces]
    fine = True
    for where, text, part in said:
        known = [name for name in people if _stands(name, text)]
        spoken = [m.group(1).strip() for m in _NAMED.finditer(text)]
        for name in dict.fromkeys([*known, *(name for name in spoken if not _any(name, known))]):
            fine = False
            hard = refuses and name in known
            yield Check(
                False,
                f"{where} nêu tên cá nhân {name}; thông báo chung gửi nhiều đơn vị không nêu tên cá nhân."
                if hard
                else f"Có tên cá nhân trong phần chung: {name}.",
                "Ghi theo chức danh, phần việc; tên cá nhân chỉ ghi trong hồ sơ.",
                part, where, hard=hard, page=Page.DETAILS if part is None else None,
            )  # fmt: skip
    if fine:
        yield Check(True, "Phần chung không nêu tên cá nhân")


def _people(record: Record) -> list[str]:
    """Who works at the units or the bodies in charge, and whom a task names: full names, each once."""
    units = {unit.unit_id for unit in record.units} | {task.lead_unit_id for task in record.tasks}
    found = db.session.scalars(
        sa.select(Person.name)
        .join(Appointment)
        .where(Appointment.unit_id.in_(units))
        .distinct()
        .order_by(Person.name)
    ).all()
    typed = [name for task in record.tasks for name in _FULL_NAME.findall(nfc(task.lead_person))]
    return [name for name in dict.fromkeys([*found, *typed]) if len(name.split()) > 1]


def _stands(name: str, text: str) -> bool:
    """Whether the name stands there as whole words, in whatever capitals."""
    name, text = nfc(name).casefold(), " ".join(nfc(text).casefold().split())
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _any(name: str, known: Iterable[str]) -> bool:
    return any(one.casefold() in name.casefold() or name.casefold() in one.casefold() for one in known)
