"""Writing what the unit says for itself, and the answers it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import stale
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.findings import queries
from app.findings.models import ProposalKind, UnitProposal
from app.findings.services.at_work import check_heard, check_writable
from app.inspections.models import InspectedUnit
from app.policy import Action, Actor, authorise
from app.units.models import Unit
from app.vietnamese import format_date

SHORTEST = 3


@dataclass(frozen=True)
class ProposalValues:
    """A difficulty or proposal of the unit, in its own words; who should answer, and by when."""

    kind: ProposalKind
    text: str
    answering_body: str = ""
    answer_due_on: date | None = None


def add_proposal(unit: InspectedUnit, values: ProposalValues, *, actor: Actor) -> UnitProposal:
    """Record what the unit says for itself, also after the end. WrongState before a visit is opened."""
    check_heard(unit)
    if len(values.text.strip()) < SHORTEST:
        raise DomainError("Nội dung kiến nghị có ít nhất 03 ký tự.", field="text")
    made = UnitProposal(inspected_unit=unit, **asdict(values))
    db.session.add(made)
    db.session.flush()
    audit.record("proposal_recorded", made, unit, actor=actor)
    return made


@dataclass(frozen=True)
class SentValues:
    """What a unit sends of its own accord. `reference`: its paper, needed when the office enters it;
    `sent_on`: the day of that paper, today for the unit's own people."""

    kind: ProposalKind
    text: str
    answering_body: str = ""
    reference: str = ""
    sent_on: date | None = None


def send_proposal(unit: Unit, values: SentValues, *, actor: Actor, on_behalf: bool = False) -> UnitProposal:
    """Kiến nghị that no minutes carry; `on_behalf`: the office enters the unit's paper in its place.

    Raises DomainError at a field, Conflict when the unit waits for the answer to the same words already.
    """
    authorise(actor, Action.ENTER_FOR_UNIT if on_behalf else Action.SEND_PROPOSAL, unit)
    sent_on = (values.sent_on if on_behalf else None) or clock.today()
    _check_sendable(unit, values, sent_on, on_behalf=on_behalf)
    # the same form sent twice at once makes one
    db.session.execute(sa.select(Unit.id).where(Unit.id == unit.id).with_for_update())
    for other in queries.list_waiting_of(unit):
        assert other.sent_on is not None
        if _plain(other.text) == _plain(values.text):
            raise Conflict(
                f"Kiến nghị này đã gửi ngày {format_date(other.sent_on)} và đang chờ trả lời.", field="text"
            )
    made = UnitProposal(
        sender=unit, sent_on=sent_on, sent_by=actor.person_id, reference=values.reference,
        on_behalf=on_behalf, kind=values.kind, text=values.text, answering_body=values.answering_body,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        "proposal_sent", made, unit, actor=actor, on_behalf_of=unit.name if on_behalf else None,
        data={"reference": values.reference} if values.reference else None,
    )  # fmt: skip
    return made


def _check_sendable(unit: Unit, values: SentValues, sent_on: date, *, on_behalf: bool) -> None:
    if len(values.text.strip()) < SHORTEST:
        raise DomainError("Nội dung kiến nghị có ít nhất 03 ký tự.", field="text")
    if sent_on > clock.today():
        raise DomainError("Ngày văn bản của đơn vị không sau hôm nay.", field="sent_on")
    if on_behalf and not values.reference:
        raise DomainError("Ghi số, ký hiệu văn bản kiến nghị của đơn vị.", field="reference")
    if not unit.exists_on(sent_on):
        raise DomainError(
            f"{unit.name} không hoạt động vào ngày {format_date(sent_on)}.",
            field="sent_on" if on_behalf else None,
        )


_ASKS = ("đề nghị", "kiến nghị", "đề xuất")
_NONE = ("", "không", "không có")


def take_up(unit: InspectedUnit, lines: Iterable[str], known: Iterable[str], *, actor: Actor) -> int:
    """Difficulties told in signed minutes that are no proposals yet become some. Returns how many."""
    seen = {_plain(text) for text in known}
    made = 0
    for line in lines:
        text = line.strip(" -–")
        said = _plain(text)
        if said in seen or said in _NONE or len(text) < SHORTEST:
            continue
        kind = ProposalKind.PROPOSAL if said.startswith(_ASKS) else ProposalKind.DIFFICULTY
        add_proposal(unit, ProposalValues(kind=kind, text=text), actor=actor)
        seen.add(said)
        made += 1
    return made


def _plain(text: str) -> str:
    """Words alone, to tell whether two lines say the same."""
    return " ".join(text.casefold().split()).strip(" -–.;")


def remove_proposal(proposal: UnitProposal, *, actor: Actor) -> None:
    """Take away a proposal that was entered by mistake and nobody answered yet."""
    if proposal.answered_on is not None:
        raise WrongState("Kiến nghị đã có trả lời nên không bỏ được.")
    if proposal.inspected_unit is None:
        raise WrongState("Kiến nghị do đơn vị gửi không bỏ được.")
    check_writable(proposal.inspected_unit)
    audit.record(
        "proposal_removed", proposal, proposal.inspected_unit, actor=actor, data={"text": proposal.text}
    )
    db.session.delete(proposal)
    db.session.flush()


def check_seen(proposal: UnitProposal, seen: datetime | None) -> None:
    """Hold the proposal; raise Stale unless the form was filled from it as it was last saved, at `seen`."""
    db.session.refresh(proposal, with_for_update=True)
    if proposal.updated_at != seen:
        raise stale(None, proposal.updated_at)


def route_proposal(proposal: UnitProposal, body: str, due_on: date | None, *, actor: Actor) -> None:
    """Say who must answer and by when; the same again writes nothing."""
    if (proposal.answering_body, proposal.answer_due_on) == (body, due_on):
        return
    proposal.answering_body, proposal.answer_due_on = body, due_on
    db.session.flush()
    told = ", ".join(filter(None, (body, f"chậm nhất hết ngày {format_date(due_on)}" if due_on else "")))
    audit.record("proposal_routed", proposal, proposal.source, actor=actor, data={"told": told})


def answer_proposal(proposal: UnitProposal, *, answer: str, reference: str, on: date, actor: Actor) -> None:
    """Record the answer the unit was given: words, number and symbol of the paper, date."""
    if len(answer.strip()) < 3:
        raise DomainError("Ghi nội dung trả lời.", field="answer")
    if on > clock.today():
        raise DomainError("Ngày trả lời không sau hôm nay.", field="answered_on")
    proposal.answer, proposal.answer_reference, proposal.answered_on = answer.strip(), reference, on
    db.session.flush()
    audit.record("proposal_answered", proposal, proposal.source, actor=actor, data={"reference": reference})
