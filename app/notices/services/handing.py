"""A notice that does not go its way: other units, another drafter, given up, taken back after signing."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts import queries as accounts
from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents import numbering
from app.documents import services as documents
from app.documents.models import DocumentState
from app.documents.states import DOCUMENT
from app.errors import DomainError, WrongState
from app.extensions import db
from app.inspections.models import InspectedUnit
from app.notices import queries, texts
from app.notices.models import Notice
from app.notices.services.chain import add_step, begin_again
from app.notices.services.drafting import add_agreed, ask_edit, ask_units, touch
from app.notices.services.issuing import lock
from app.notices.services.replacing import give_up
from app.policy import Action, Actor, authorise
from app.workflow import advance


def _ask_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise DomainError("Ghi lý do.", field="opinion")
    return reason


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


def reassign(
    notice: Notice, person_id: int | None, reason: str, *, version: int | None, actor: Actor
) -> None:
    """Giao người soạn khác, while it is a draft. Raises Forbidden, WrongState, Stale, DomainError."""
    authorise(actor, Action.REASSIGN_NOTICE, notice)
    check_version(notice, version)
    document = notice.document
    if document.state is not DocumentState.DRAFT:
        raise WrongState("Thông báo đã trình. Đề nghị trả lại để hoàn thiện trước khi giao người soạn khác.")
    if person_id not in {person.id for person in queries.drafters_of(notice)}:
        raise DomainError("Chọn người soạn trong danh sách; người ký không soạn.", field="drafter_id")
    reason = _ask_reason(reason)
    assert person_id is not None
    before = document.drafter.name if document.drafter is not None else ""
    document.drafter = accounts.get_person(person_id)
    document.drafter_id = person_id
    touch(notice)
    told = f"{before} → {document.drafter.name}: {reason}".removeprefix(" → ")
    audit.record("notice_reassigned", notice, document, actor=actor, data={"reason": told})


def abandon(notice: Notice, reason: str, *, version: int | None, actor: Actor) -> None:
    """Bỏ dự thảo: its units are free for another notice, their claims stay.

    Raises Forbidden, WrongState, Stale, DomainError (no reason).
    """
    check_version(notice, version)
    if notice.document.state is DocumentState.DRAFT:
        authorise(actor, Action.ABANDON_NOTICE, notice)
        reason = _ask_reason(reason)
        add_step(notice, "abandon", actor, reason)
        give_up(notice, actor=actor)
    advance(
        notice.document, "abandon", DOCUMENT, actor=actor, about=(notice, notice.inspection),
        data={"reason": reason},
    )  # fmt: skip
    touch(notice)


def take_back_signed(notice: Notice, reason: str, *, version: int | None, actor: Actor) -> None:
    """Hủy bản đã ký, before it is issued: its number is void with the reason, the draft begins again.

    Raises Forbidden, WrongState, Stale, DomainError (no reason).
    """
    lock(notice)
    check_version(notice, version)
    document = notice.document
    shown, sha256 = document.number_and_symbol, document.sha256
    number = numbering.live_number(document)
    if any(document.state in transition.sources for transition in DOCUMENT.find("take_back")):
        authorise(actor, Action.TAKE_BACK_SIGNED, notice)
        reason = _ask_reason(reason)
        if number is not None:
            numbering.take_back(number, f"Hủy bản đã ký: {reason}", actor=actor)
        add_step(notice, "take_back_signed", actor, f"Số {shown}: {reason}")
    advance(
        document, "take_back", DOCUMENT, actor=actor, about=(notice, notice.inspection),
        data={"reason": f"Số {shown}: {reason}", "sha256": sha256},
    )  # fmt: skip
    document.number = document.issued_on = document.issue_year = None
    document.file, document.file_id, document.sha256 = None, None, None
    document.signed_by = document.signed_at = document.sealed_by = None
    begin_again(notice, f"Hủy bản đã ký số {shown}: {reason}")


__all__ = ["abandon", "choose_units", "reassign", "take_back_signed"]
