"""A conclusion that was mistyped is voided by somebody else: its claims end, its number is free again."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.documents.models import Document, DocumentState
from app.errors import DomainError, Forbidden, WrongState
from app.register import entry, queries
from app.register.models import Claim, Conclusion, ConclusionState, Coverage
from app.register.review import Wanted
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory
from tests.register.test_register_entry import FIRST, LAST, enter

REASON = "Ghi nhầm thời kỳ kiểm tra"


def scan() -> io.BytesIO:
    return io.BytesIO(b"%PDF-1.7 mau")


def recorded(session: Session) -> Conclusion:
    return session.scalars(sa.select(Conclusion).order_by(Conclusion.id.desc())).first()


def is_free() -> bool:
    return queries.review([Wanted(0, factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST))], level=20).is_free


def test_somebody_else_voids_it_and_the_content_is_free_again(client: Browser, session: Session) -> None:
    enter(client, files=(scan(), "kl-05.pdf"))
    made = recorded(session)
    assert not is_free()
    client.sign_in(cast.CLERK).get(f"/register/conclusions/{made.id}")
    assert client.page.select(f"a[href='/register/conclusions/{made.id}/void']")
    client.get(f"/register/conclusions/{made.id}/void")
    client.submit("main form[method=post]", {"reason": REASON})
    client.follow()
    assert "Đã hủy ghi nhận; 01 phần không còn được áp dụng." in client.text
    assert (
        "Đã hủy ghi nhận" in client.text and REASON in client.text and "Đã hủy, không áp dụng" in client.text
    )
    session.expire_all()
    assert is_free()
    claim = session.scalars(sa.select(Claim).where(Claim.conclusion_id == made.id)).one()
    assert claim.ended_at is not None and claim.ended_reason == f"Hủy ghi nhận: {REASON}"
    assert session.scalar(sa.select(sa.func.count()).where(Coverage.conclusion_id == made.id)) == 1
    paper = session.get_one(Document, made.document_id)
    assert paper.state is DocumentState.VOIDED
    names = session.scalars(sa.select(Event.name).order_by(Event.seq.desc()).limit(2)).all()
    assert sorted(names) == ["conclusion_voided", "document_voided"]
    client.get(f"/documents/{paper.id}")
    assert "Đã hủy ghi nhận" in client.text


def test_the_right_one_is_entered_under_the_same_number(client: Browser, session: Session) -> None:
    enter(client, files=(scan(), "kl-05.pdf"))
    entry.void(recorded(session), REASON, actor=cast.actor(cast.CLERK))
    session.commit()
    enter(client, ends_on="31/3/2026", files=(scan(), "kl-05.pdf"))
    again = recorded(session)
    assert again.state is ConclusionState.IN_FORCE
    enter(client, expect=409)
    assert "đã có trong danh mục" in client.text
    client.get("/register/contents")
    assert "01/01/2026" in client.text and "30/6/2026" not in client.text


def test_who_recorded_it_is_told_to_ask_somebody_else(client: Browser, session: Session) -> None:
    enter(client)
    made = recorded(session)
    client.get(f"/register/conclusions/{made.id}")
    assert not client.page.select("a[href$='/void']")
    assert "đề nghị người khác xem lại và hủy" in client.text
    client.get(f"/register/conclusions/{made.id}/void", expect=403)
    with pytest.raises(Forbidden):
        entry.void(made, REASON, actor=cast.actor(cast.PLANNER))
    client.sign_in(cast.LEADER).get(f"/register/conclusions/{made.id}")
    assert "người khác xem lại" not in client.text


def test_a_reason_is_needed_and_nothing_happens_without(client: Browser, session: Session) -> None:
    enter(client)
    made = recorded(session)
    client.sign_in(cast.CLERK).get(f"/register/conclusions/{made.id}/void")
    client.submit("main form[method=post]", {"reason": ""}, expect=422)
    assert "Ghi lý do hủy ghi nhận" in client.text
    with pytest.raises(DomainError, match="Ghi lý do") as refused:
        entry.void(made, " \u200b ", actor=cast.actor(cast.CLERK))
    assert refused.value.field == "reason"
    assert not is_free()


def test_it_is_voided_once_and_ours_never(client: Browser, session: Session) -> None:
    enter(client)
    made = recorded(session)
    entry.void(made, REASON, actor=cast.actor(cast.CLERK))
    session.commit()
    with pytest.raises(WrongState):
        entry.void(made, REASON, actor=cast.actor(cast.CLERK))
    session.rollback()
    ours = factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST), "MC-11")])
    with pytest.raises(WrongState, match="thu hồi hoặc thay thế"):
        entry.void(ours, REASON, actor=cast.actor(cast.CLERK))


def test_claims_end_only_with_their_conclusion(client: Browser, session: Session) -> None:
    """Neither ours nor one in force loses its claims, whoever writes the rows."""
    enter(client)
    made = recorded(session)
    ended = (
        sa.update(Claim)
        .where(Claim.conclusion_id == made.id)
        .values(ended_at=sa.func.now(), ended_reason="x")
    )
    with pytest.raises(sa.exc.IntegrityError, match="claim_concluded_fixed"), session.begin_nested():
        session.execute(ended)
    ours = factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST), "MC-11")])
    voided = sa.update(Conclusion).values(
        state="voided", voided_by=cast.person(cast.CLERK).id, voided_at=sa.func.now(), void_reason="x"
    )
    with pytest.raises(sa.exc.IntegrityError, match="conclusion_fixed"), session.begin_nested():
        session.execute(voided.where(Conclusion.id == ours.id))


def test_who_confirms_second_is_told_on_the_page(client: Browser, session: Session) -> None:
    enter(client)
    made = recorded(session)
    client.sign_in(cast.CLERK).get(f"/register/conclusions/{made.id}/void")
    entry.void(made, REASON, actor=cast.actor(cast.CLERK))
    session.commit()
    client.submit("main form[method=post]", {"reason": REASON}, expect=409)
