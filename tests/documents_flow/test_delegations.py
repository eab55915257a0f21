"""TUQ.: signing by a written delegation, for a time and for kinds, never handed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents import authority, chain, papers
from app.documents.authority import Delegation
from app.documents.kinds import DocumentKind
from app.documents.models import DocumentState, Paper
from app.errors import Conflict, DomainError, Forbidden
from tests import cast
from tests.conftest import Browser
from tests.factories import papers as made

CLERK, LEADER, TAKER = cast.CLERK, cast.LEADER, cast.CONTENT_CHECKER


def typed(**other: object) -> Delegation:
    given = Delegation(
        giver_id=cast.person(LEADER).id,
        taker_id=cast.person(TAKER).id,
        basis="12/GUQ-SNV",
        basis_on=date(2026, 9, 1),
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 12, 31),
        kinds=(DocumentKind.DECISION,),
    )
    return replace(given, **other)


def by_delegation() -> Paper:
    """A decision to be signed by the division's head under TUQ."""
    paper = made.drafted()
    details = replace(
        made.details_of(paper),
        signer_id=cast.person(TAKER).id,
        signature_prefix="TUQ. Giám đốc\nTrưởng phòng",
    )
    papers.edit_details(paper, details, version=None, actor=cast.actor(cast.PLANNER))
    return paper


def test_who_has_a_delegation_may_be_named_and_signs(session: Session) -> None:
    authority.record_delegation(typed(), actor=cast.actor(CLERK))
    paper = by_delegation()
    chain.submit(paper.document, actor=cast.actor(cast.PLANNER))
    assert paper.document.state is DocumentState.CONTENT_CHECK


def test_without_one_nobody_but_leaders_can_be_named(session: Session) -> None:
    with pytest.raises(DomainError, match="danh sách"):
        by_delegation()


@pytest.mark.parametrize(
    "other",
    [{"ends_on": date(2026, 9, 2)}, {"kinds": (DocumentKind.FOLLOWUP_NOTICE,)}],
    ids=["over", "other kind"],
)
def test_a_delegation_that_does_not_hold_stops_the_paper(session: Session, other: dict[str, object]) -> None:
    held = authority.record_delegation(typed(), actor=cast.actor(CLERK))
    paper = by_delegation()
    held.ends_on = other.get("ends_on", held.ends_on)
    held.kinds = [kind.value for kind in other.get("kinds", ())] or held.kinds
    session.flush()
    with pytest.raises(Conflict, match=r"ký thừa ủy quyền \(TUQ.\) nhưng chưa có văn bản ủy quyền"):
        chain.submit(paper.document, actor=cast.actor(cast.PLANNER))


def test_one_who_signs_by_delegation_hands_it_on_to_nobody(session: Session) -> None:
    others = [p for p in (cast.PLANNER, cast.TEAM_LEADER) if p != LEADER]
    authority.record_delegation(typed(), actor=cast.actor(CLERK))
    with pytest.raises(DomainError, match="lãnh đạo được ký"):
        back = typed(giver_id=cast.person(TAKER).id, taker_id=cast.person(others[0]).id)
        authority.record_delegation(back, actor=cast.actor(CLERK))


def test_a_leader_who_holds_one_gives_none_in_that_time(session: Session) -> None:
    from app.documents.models import SigningDelegation

    session.add(
        SigningDelegation(
            giver_id=cast.person(cast.PLANNER).id, taker_id=cast.person(LEADER).id, basis="9/GUQ-SNV",
            basis_on=date(2026, 1, 1), starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
            kinds=["decision"], recorded_by=cast.person(CLERK).id,
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(Conflict, match="không ủy quyền lại"):
        authority.record_delegation(typed(), actor=cast.actor(CLERK))


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"giver_id": None}, "giver_id"),
        ({"taker_id": None}, "taker_id"),
        ({"basis": " "}, "basis"),
        ({"ends_on": date(2026, 8, 1)}, "ends_on"),
        ({"kinds": ()}, "kinds"),
    ],
    ids=["giver", "taker", "basis", "time", "kinds"],
)
def test_what_a_delegation_must_say_is_asked_at_its_field(session, other, field) -> None:
    with pytest.raises(DomainError) as refused:
        authority.record_delegation(typed(**other), actor=cast.actor(CLERK))
    assert refused.value.field == field


def test_nobody_delegates_to_themselves_and_only_the_clerk_records(session: Session) -> None:
    with pytest.raises(DomainError, match="phải khác"):
        authority.record_delegation(typed(taker_id=cast.person(LEADER).id), actor=cast.actor(CLERK))
    with pytest.raises(Forbidden):
        authority.record_delegation(typed(), actor=cast.actor(LEADER))


def test_the_clerk_records_one_on_its_page(client: Browser, session: Session) -> None:
    client.sign_in(CLERK).get("/documents/delegations")
    given = {
        "giver_id": str(cast.person(LEADER).id), "taker_id": str(cast.person(TAKER).id),
        "basis": "12/GUQ-SNV", "basis_on": "01/09/2026", "starts_on": "01/09/2026", "ends_on": "31/12/2026",
        "kinds": ["decision"],
    }  # fmt: skip
    client.submit(data={**given, "ends_on": "01/08/2026"}, expect=422)
    client.submit(data=given)
    client.follow()
    assert "12/GUQ-SNV" in client.text and "Quyết định kiểm tra" in client.text
