"""A draft that shall conclude other units."""

from __future__ import annotations

from collections.abc import Sequence

from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents import services as documents
from app.documents.chain import ask_edit
from app.extensions import db
from app.inspections.models import InspectedUnit
from app.notices import texts
from app.notices.models import Notice
from app.notices.services.drafting import add_agreed, ask_units, touch
from app.policy import Actor


def choose_units(
    notice: Notice, units: Sequence[InspectedUnit], *, version: int | None, actor: Actor
) -> None:
    """Let a draft conclude other units; findings of those that left go, agreed ones of the new come in.

    Raises Forbidden, WrongState, Stale, DomainError (no unit), Conflict (a unit in another notice).
    """
    ask_edit(notice, actor)
    check_version(notice, version)
    ask_units(notice.inspection, units, own=notice)
    before = {unit.id for unit in notice.units}
    old_subject = texts.subject(notice.inspection, notice.units)
    notice.units = sorted(units, key=lambda unit: (unit.ordinal, unit.id))
    kept = {unit.id for unit in notice.units}
    for item in [item for item in notice.items if item.finding.inspected_unit_id not in kept]:
        notice.items.remove(item)
    db.session.flush()
    add_agreed(notice, sorted(kept - before))
    document = notice.document
    if document.subject == old_subject:
        document.subject = texts.subject(notice.inspection, notice.units)
        document.search = documents.search_text(document)
    touch(notice)
    names = ", ".join(unit.unit.name for unit in notice.units)
    audit.record(
        "notice_units_changed", notice, document, notice.inspection, actor=actor, data={"units": names}
    )
