"""What becomes of a unit's proposal: whom of the unit it is told to, and in which words.

Words name bodies, numbers and days, no person: they go out by mail and are pasted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app.accounts import queries as accounts
from app.extensions import db
from app.findings.models import UnitProposal
from app.findings.queries import heirs_of_senders
from app.inspections.models import InspectedUnit, Visit, VisitState
from app.units.models import Unit
from app.vietnamese import format_date

LONGEST = 200
"""Letters of the unit's own words in what is told."""


@dataclass(frozen=True)
class Told:
    """A proposal with the units that it concerns today: its own, or those that took over from it."""

    proposal: UnitProposal
    units: tuple[Unit, ...]
    speakers: tuple[tuple[int, int], ...]
    """(unit, person): the head and the đầu mối of these units who have a way in."""

    @property
    def people(self) -> frozenset[int]:
        """Whom it is told to."""
        return frozenset(person_id for _, person_id in self.speakers)

    @property
    def silent(self) -> tuple[Unit, ...]:
        """Those of its units where nobody reads messages of the system."""
        reached = {unit_id for unit_id, _ in self.speakers}
        return tuple(unit for unit in self.units if unit.id not in reached)

    def unit_of(self, person_id: int) -> Unit | None:
        """The unit for which this person is told of it; None when it is no matter of theirs."""
        own = {unit_id for unit_id, speaker in self.speakers if speaker == person_id}
        return next((unit for unit in self.units if unit.id in own), None)


def list_told(proposal_ids: Iterable[int]) -> list[Told]:
    """These proposals with whom they are told to; what was said in a case once its minutes are signed."""
    signed = sa.exists().where(
        Visit.inspected_unit_id == UnitProposal.inspected_unit_id, Visit.state == VisitState.SIGNED
    )
    found = db.session.scalars(
        sa.select(UnitProposal)
        .where(UnitProposal.id.in_(proposal_ids), sa.or_(UnitProposal.sender_id.is_not(None), signed))
        .options(
            joinedload(UnitProposal.sender),
            joinedload(UnitProposal.inspected_unit).options(lazyload("*"), joinedload(InspectedUnit.unit)),
        )
        .order_by(UnitProposal.id)
    ).all()
    heirs = heirs_of_senders(found)
    concerned = [(one, heirs.get(one.unit.id, (one.unit,))) for one in found]
    speakers = accounts.list_speakers({unit.id for _, units in concerned for unit in units})
    return [
        Told(one, units, tuple(row for row in speakers if row[0] in {unit.id for unit in units}))
        for one, units in concerned
    ]


def words(proposal: UnitProposal) -> str:
    """“Đã trả lời ngày 22/9/2026 (99/SNV-CCHC): Bổ sung biên chế.”"""
    text = " ".join(proposal.text.split()).rstrip(".;")
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
    return f"{becomes(proposal)}: {text}."


def becomes(proposal: UnitProposal) -> str:
    """How far the answer is."""
    if proposal.answered_on is not None:
        by = f" ({proposal.answer_reference})" if proposal.answer_reference else ""
        return f"Đã trả lời ngày {format_date(proposal.answered_on)}{by}"
    by = (
        f"{proposal.answering_body} trả lời"
        if proposal.answering_body
        else "Cơ quan trả lời đang được xác định"
    )
    if proposal.answer_due_on is None:
        return by
    return f"{by}, chậm nhất hết ngày {format_date(proposal.answer_due_on)}"


def text_for(unit: Unit, proposal: UnitProposal) -> str:
    """What the follower pastes for a unit where nobody reads messages of the system."""
    whose = f" (kế thừa từ {proposal.unit.name})" if proposal.unit.id != unit.id else ""
    return f"{unit.name}{whose}, kiến nghị: {words(proposal)}"
