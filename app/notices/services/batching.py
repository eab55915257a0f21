"""Notices of many units at once: asked for here, done in the background (`notices.jobs`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.audit import services as audit
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.inspections.models import InspectedUnit, Inspection
from app.jobs import services as jobs
from app.notices import batches
from app.notices.models import Notice, NoticeBatch, NoticeBatchItem
from app.notices.services.drafting import Details, edit_details
from app.policy import Action, Actor, authorise
from app.workflow import hold

KIND = "notice_batch"


def start_batch(inspection: Inspection, units: Sequence[InspectedUnit], *, actor: Actor) -> NoticeBatch:
    """Ask for one notice for each of these units. Raises Forbidden, DomainError (fewer than two)."""
    authorise(actor, Action.DRAFT_NOTICE, inspection)
    if len(units) < 2:
        raise DomainError("Chọn ít nhất hai đơn vị, mỗi đơn vị một thông báo.", field="units")
    ordered = sorted(units, key=lambda unit: (unit.ordinal, unit.id))
    batch = NoticeBatch(inspection=inspection, made_by=actor.person_id)
    batch.items = [
        NoticeBatchItem(inspected_unit=unit, ordinal=place) for place, unit in enumerate(ordered, 1)
    ]
    db.session.add(batch)
    db.session.flush()
    data = {"units": len(ordered)}
    audit.record("notice_batch_started", batch, inspection, actor=actor, data=data)
    _enqueue(batch, "compose", {}, actor)
    return batch


def ask_batch(batch: NoticeBatch, verb: str, *, two_sided: bool = False, actor: Actor) -> None:
    """Ask that something be done with every notice that is ready for it: a step, `compose`, `check`,
    `recount`, `print`.

    Raises Conflict while something else is being done or when no notice is ready, Forbidden.
    """
    hold(batch.inspection)
    db.session.refresh(batch, ["job_id", "job"])
    if batch.job is not None:
        db.session.refresh(batch.job)
    if batches.is_busy(batch):
        raise Conflict("Đợt này đang được xử lý. Chờ xong rồi thực hiện việc khác.")
    if verb in ("compose", "check", "recount"):
        authorise(actor, Action.DRAFT_NOTICE, batch.inspection)
    elif verb == "print":
        authorise(actor, Action.VIEW_NOTICE, batch)
        if not batches.printable(batch):
            raise WrongState("Chưa có thông báo nào để in.")
    elif not batches.ready_for(batch, batches.find_step(verb), actor):
        raise WrongState("Chưa có thông báo nào ở bước này thuộc nhiệm vụ của tài khoản đang dùng.")
    _enqueue(batch, verb, {"two_sided": two_sided} if verb == "print" else {}, actor)


def share_details(notice: Notice, details: Details, *, actor: Actor) -> int:
    """Give the way, signer and follower of a notice to the other drafts of its batch, which keep their own
    titles; returns how many. Raises DomainError at a field; then none is changed."""
    others = batches.other_drafts(notice, actor)
    for other in others:
        own = replace(details, subject=other.document.subject)
        edit_details(other, own, version=None, actor=actor)
    return len(others)


def _enqueue(batch: NoticeBatch, verb: str, more: dict[str, object], actor: Actor) -> None:
    payload = {"batch_id": batch.id, "verb": verb, **more}
    batch.job = jobs.enqueue(KIND, payload, actor=actor, unique_key=f"{KIND}:{batch.id}")
    db.session.flush()
