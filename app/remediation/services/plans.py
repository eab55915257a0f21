"""Kế hoạch khắc phục of a unit: its number and day come back, by the unit or from its paper."""

from __future__ import annotations

from datetime import date

from app.audit import services as audit
from app.documents.models import Document
from app.errors import Conflict, DomainError, NotFound
from app.extensions import db
from app.policy import Action, Actor
from app.remediation.models import UnitPlan
from app.remediation.queries import list_of_unit, list_plans
from app.remediation.services.guards import ask_unit_side
from app.remediation.services.unit_side import check_document
from app.units.models import Unit
from app.vietnamese import format_date, search_key


def record_plan(unit: Unit, notice: Document, *, reference: str, issued_on: date, actor: Actor) -> UnitPlan:
    """Nhập số kế hoạch đã ký, for one notice that asks something of the unit.

    Raises DomainError at “reference”, “document_on”, Conflict (known already), NotFound, Forbidden.
    """
    tasks = list_of_unit(unit.id, document_id=notice.id)
    if not tasks:
        raise NotFound()
    on_behalf = ask_unit_side(actor, Action.REPORT_PROGRESS, tasks[0])
    reference = " ".join(reference.split())
    if not reference:
        raise DomainError("Ghi số, ký hiệu của kế hoạch.", field="reference")
    check_document(reference, issued_on)
    if notice.issued_on is not None and issued_on < notice.issued_on:
        raise DomainError(
            f"Ngày kế hoạch không trước ngày thông báo {format_date(notice.issued_on)}.", field="document_on"
        )
    for known in list_plans(unit.id, [notice.id]):
        if search_key(known.reference) == search_key(reference) and known.issued_on == issued_on:
            raise Conflict(f"Kế hoạch {known.reference} ngày {format_date(issued_on)} đã được ghi.")
    made = UnitPlan(
        unit_id=unit.id, document_id=notice.id, reference=reference, issued_on=issued_on,
        on_behalf=on_behalf is not None, written_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    data = {"unit": unit.name, "reference": f"{reference} ngày {format_date(issued_on)}"}
    audit.record("unit_plan_recorded", notice, unit, actor=actor, on_behalf_of=on_behalf, data=data)
    return made
