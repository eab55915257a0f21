"""Writing what the unit says for itself, and the answers it is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from app import clock
from app.audit import services as audit
from app.audit.freshness import stale
from app.errors import DomainError, WrongState
from app.extensions import db
from app.findings.models import ProposalKind, UnitProposal
from app.findings.services.at_work import check_heard, check_writable
from app.inspections.models import InspectedUnit
from app.policy import Actor

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
    audit.record("proposal_routed", proposal, proposal.inspected_unit, actor=actor)


def answer_proposal(proposal: UnitProposal, *, answer: str, reference: str, on: date, actor: Actor) -> None:
    """Record the answer the unit was given: words, number and symbol of the paper, date."""
    if len(answer.strip()) < 3:
        raise DomainError("Ghi nội dung trả lời.", field="answer")
    if on > clock.today():
        raise DomainError("Ngày trả lời không sau hôm nay.", field="answered_on")
    proposal.answer, proposal.answer_reference, proposal.answered_on = answer.strip(), reference, on
    db.session.flush()
    audit.record("proposal_answered", proposal, proposal.inspected_unit, actor=actor)
