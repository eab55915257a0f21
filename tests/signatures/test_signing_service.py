"""Signing and sealing through the services: real signatures, real refusals, nothing lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.documents import chain, numbering
from app.documents.models import Document, DocumentState, Number, NumberState
from app.documents.signatures import acts, records, signers
from app.documents.signatures.acts import Prepared, SignaturesRefused
from app.documents.signatures.checking import SENTENCES
from app.documents.signatures.models import CheckSource, PreparedPaper, SignatureCheck
from app.errors import Conflict, Forbidden, WrongState
from tests import cast
from tests.factories import chain as steps
from tests.factories import notices, signatures
from tests.signatures import forgeries, papers
from tests.signatures.test_signed_papers import TOLD

LEADER, CLERK = cast.LEADER, cast.CLERK


def test_leader_and_office_sign_one_after_the_other(session: Session) -> None:
    signatures.office_signs()
    document = notices.approved().document
    steps.sign(document)
    assert document.state is DocumentState.SIGNED
    signed = signatures.bytes_of(document)
    chain.seal(document, actor=cast.actor(CLERK))
    sealed = signatures.bytes_of(document)
    prepared = session.scalars(sa.select(PreparedPaper)).one()
    assert sealed.startswith(signed) and signed.startswith(acts.read_prepared(prepared).data)
    kept = records.of_file(document, document.sha256)
    assert kept is not None and kept.sound and kept.source is CheckSource.KEY
    told = records.tell(kept.found)
    assert [(one.signed_as, one.name, one.on_trial) for one in told] == [
        ("Người ký", "Trần Văn Thử", True),
        ("Cơ quan", "Sở Nội vụ", True),
    ]
    assert all(one.trusted and not one.altered_after and one.problems == () for one in told)
    chain.issue(document, actor=cast.actor(CLERK))
    assert document.state is DocumentState.ISSUED and signatures.bytes_of(document) == sealed


def test_without_pictures_the_places_say_who_and_when(session: Session) -> None:
    from app.documents import pages

    signatures.office_signs(pictures=False)
    document = notices.approved().document
    steps.sign(document)
    chain.seal(document, actor=cast.actor(CLERK))
    text = " ".join(pages.texts(signatures.bytes_of(document), most=20))
    assert "Nơi nhận" in text
    kept = records.of_file(document, document.sha256)
    assert kept is not None and kept.sound


def test_without_a_key_signing_here_leads_to_the_tool(session: Session) -> None:
    signatures.office_signs(keys=False)
    document = notices.approved().document
    with pytest.raises(WrongState, match="Chọn Tải tệp để ký"):
        chain.begin_signing(document, actor=cast.actor(LEADER))
    assert session.scalars(sa.select(Number)).all() == []


def test_without_a_certificate_or_a_root_nothing_can_be_checked(session: Session, app: Flask) -> None:
    leader, _ = signatures.office_signs()
    document = notices.approved().document
    for one in leader.certificates:
        signers.withdraw_certificate(one, actor=cast.actor(cast.ADMINISTRATOR))
    with pytest.raises(Conflict, match="Chưa đăng ký chứng thư số"):
        chain.begin_signing(document, actor=cast.actor(LEADER))
    kept, app.config["TRIAL_KEYS"] = app.config["TRIAL_KEYS"], None
    try:
        with pytest.raises(Conflict, match="KL_SIGN_ROOTS"):
            chain.begin_signing(document, actor=cast.actor(LEADER))
    finally:
        app.config["TRIAL_KEYS"] = kept


def test_a_certificate_withdrawn_before_the_seal_still_stands_for_what_it_signed(session: Session) -> None:
    leader, _ = signatures.office_signs()
    document = notices.approved().document
    steps.sign(document)
    other = papers.certificate("Trần Văn Thử", since=-10).key
    certificate = signers.keys.certificate_of(other)
    for one in list(leader.certificates):
        signers.withdraw_certificate(one, actor=cast.actor(cast.ADMINISTRATOR))
    signers.add_certificate(leader, certificate, actor=None)
    chain.seal(document, actor=cast.actor(CLERK))
    assert document.state is DocumentState.SEALED


@pytest.fixture
def given_out(session: Session, app: Flask) -> Iterator[Document]:
    """A notice whose prepared bytes are those of `papers`, signed by nobody yet; no key on this server."""
    with papers.own_tools(app):
        document = notices.approved().document
        begun = chain.begin_signing(document, outside=True, actor=cast.actor(LEADER))
        paper = papers.paper()
        chain.give_out(
            document,
            begun,
            Prepared(paper.prepared, paper.leader_box, paper.seal_box),
            actor=cast.actor(LEADER),
        )
        session.commit()
        yield document


def test_what_was_signed_and_sealed_elsewhere_is_taken_in(given_out: Document, session: Session) -> None:
    paper = papers.paper()
    stored = chain.file_to_sign(given_out, actor=cast.actor(LEADER))
    assert stored is not None and stored.size == len(paper.prepared)
    chain.take_in(given_out, paper.signed, actor=cast.actor(LEADER))
    assert given_out.state is DocumentState.SIGNED and given_out.number == 1
    assert chain.file_to_sign(given_out, actor=cast.actor(CLERK)) is given_out.file
    chain.take_in(given_out, paper.sealed, actor=cast.actor(CLERK))
    assert given_out.state is DocumentState.SEALED
    assert signatures.bytes_of(given_out) == paper.sealed
    assert {kept.source for kept in session.scalars(sa.select(SignatureCheck))} == {CheckSource.OUTSIDE}


def test_no_forged_paper_is_taken_in(given_out: Document) -> None:
    chain.take_in(given_out, papers.paper().signed, actor=cast.actor(LEADER))
    before = given_out.sha256
    for forge in forgeries.ALL:
        with pytest.raises(SignaturesRefused) as refused:
            chain.take_in(given_out, forge(), actor=cast.actor(CLERK))
        told = " ".join(refused.value.reasons)
        assert any(SENTENCES[problem] in told for problem in TOLD[forge]), (forge.__name__, told)
        assert given_out.state is DocumentState.SIGNED and given_out.sha256 == before


@pytest.mark.parametrize(
    "forge", [forgeries.stripped, forgeries.covered_before, forgeries.other_paper, forgeries.bit_flipped]
)
def test_no_forged_paper_passes_for_the_leaders_signature(
    given_out: Document, forge: Callable[[], bytes]
) -> None:
    with pytest.raises(SignaturesRefused):
        chain.take_in(given_out, forge(), actor=cast.actor(LEADER))
    assert given_out.state is DocumentState.APPROVED and given_out.number is None
    held = numbering.live_number(given_out)
    assert held is not None and held.state is NumberState.RESERVED
    chain.take_in(given_out, papers.paper().signed, actor=cast.actor(LEADER))
    assert numbering.live_number(given_out) is held


def test_the_office_cannot_be_there_before_the_leader_was_taken_in(given_out: Document) -> None:
    with pytest.raises(SignaturesRefused, match="không được tiếp nhận"):
        chain.take_in(given_out, papers.paper().sealed, actor=cast.actor(LEADER))


def test_each_act_is_for_whose_it_is(given_out: Document) -> None:
    paper = papers.paper()
    with pytest.raises(Forbidden):
        chain.take_in(given_out, paper.signed, actor=cast.actor(CLERK))
    chain.take_in(given_out, paper.signed, actor=cast.actor(LEADER))
    with pytest.raises(Forbidden):
        chain.take_in(given_out, paper.sealed, actor=cast.actor(LEADER))
    chain.take_in(given_out, paper.sealed, actor=cast.actor(CLERK))
    with pytest.raises(WrongState, match="không ở bước ký"):
        chain.take_in(given_out, paper.sealed, actor=cast.actor(CLERK))


def test_a_return_voids_the_number_and_what_was_given_out_is_taken_in_no_more(given_out: Document) -> None:
    chain.return_back(given_out, "Sửa trích yếu", actor=cast.actor(LEADER))
    with pytest.raises(WrongState):
        chain.take_in(given_out, papers.paper().signed, actor=cast.actor(LEADER))
    assert acts.find_prepared(given_out) is None


def test_where_a_time_stamping_service_is_asked_for_a_signature_without_one_is_refused(
    given_out: Document, app: Flask
) -> None:
    app.config["SIGNING"] = dataclasses.replace(
        app.config["SIGNING"], timestamper="http://127.0.0.1:9/khong-co"
    )
    with pytest.raises(SignaturesRefused) as refused:
        chain.take_in(given_out, papers.paper().signed, actor=cast.actor(LEADER))
    assert any("chưa có dấu thời gian" in reason for reason in refused.value.reasons)
