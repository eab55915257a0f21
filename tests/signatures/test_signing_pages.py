"""The pages: signing by key, the file that goes out and comes back, what anybody is told of signatures."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.documents import chain, verification
from app.documents.models import Document, DocumentState, IssueWay
from app.documents.signatures import acts, records
from app.documents.signatures.models import CheckSource, SignatureCheck
from app.documents.verification import Verdict
from app.notices.models import Notice
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import documents, notices, signatures
from tests.factories import papers as composed
from tests.signatures import forgeries, papers

LEADER, CLERK = cast.LEADER, cast.CLERK


def upload(client: Browser, data: bytes, *, expect: int) -> None:
    """Hand in a signed file by the form of the page."""
    form = 'main form[enctype="multipart/form-data"]'
    client.submit(form, {"file": (io.BytesIO(data), "da-ky.pdf")}, expect=expect)


def test_signing_and_sealing_by_click(client: Browser, session: Session) -> None:
    signatures.office_signs()
    notice = notices.approved()
    client.sign_in(LEADER).get(f"/notices/{notice.id}/sign")
    assert "KÝ THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in client.text
    client.submit()
    client.sign_in(CLERK).get(f"/notices/{notice.id}/seal")
    assert "KÝ THỬ" in client.text
    client.submit()
    session.expire_all()
    document = session.get_one(Notice, notice.id).document
    assert document.state is DocumentState.SEALED
    chain.issue(document, actor=cast.actor(CLERK))
    session.commit()
    client.get(f"/documents/{document.id}")
    for told in ("Người ký: Trần Văn Thử", "Cơ quan: Sở Nội vụ", "KÝ THỬ", "không bị sửa sau khi ký"):
        assert told in client.text
    client.get(f"/documents/{document.id}/annexes")
    client.submit(data={"file": (io.BytesIO(b"khong phai PDF"), "pl.pdf")}, expect=422)
    assert "Không đọc được tệp PDF" in client.text
    client.submit(data={"file": (io.BytesIO(papers.drawn().data), "pl.pdf")}, expect=200)
    found = records.look(client.response.data, at=NOON)
    assert found.is_sound and [one.name for one in found.signatures] == ["Sở Nội vụ"]


def test_what_anybody_is_told_of_the_signatures(session: Session, tmp_path: Path, app: Flask) -> None:
    signatures.office_signs()
    document = notices.issued().document
    issued = signatures.bytes_of(document)
    found = verification.examine(issued)
    assert found.verdict is Verdict.GENUINE
    assert [(one.signed_as, one.trusted, one.altered_after) for one in found.signatures] == [
        ("Người ký", True, False),
        ("Cơ quan", True, False),
    ]
    altered = verification.examine(forgeries.with_note(issued))
    assert altered.verdict is Verdict.ALTERED
    assert any(one.altered_after for one in altered.signatures)
    path = tmp_path / "thong-bao.pdf"
    path.write_bytes(issued)
    runner = app.test_cli_runner()
    told = runner.invoke(args=["notices", "verify", str(path)])
    assert told.exit_code == 0
    assert "Người ký: Trần Văn Thử (chứng thư số do Chứng thực ký thử cấp, lúc " in told.output
    assert "KÝ THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ." in told.output
    read = json.loads(runner.invoke(args=["notices", "verify", str(path), "--json"]).output)
    assert [(one["as"], one["trusted"], one["problems"]) for one in read["signatures"]] == [
        ("Người ký", True, []),
        ("Cơ quan", True, []),
    ]


@pytest.fixture
def elsewhere(session: Session, app: Flask) -> Iterator[int]:
    """The number of an approved notice in an office whose people sign with tools of their own."""
    with papers.own_tools(app):
        document_id = notices.approved().document_id
        session.commit()
        yield document_id


def test_the_file_goes_out_and_comes_back_signed(client: Browser, session: Session, elsewhere: int) -> None:
    document = session.get_one(Document, elsewhere)
    notice = session.scalars(sa.select(Notice).where(Notice.document_id == elsewhere)).one()
    client.sign_in(LEADER).get(f"/notices/{notice.id}/sign")
    assert "Máy chủ không có khóa ký của Trần Văn Thử" in client.text
    assert client.page.select("main form[method=post]") == []
    assert client.page.select_one(f'main a[href="/documents/{elsewhere}/signing"]')
    client.get(f"/documents/{elsewhere}/signing")
    assert "Nhận tệp đã ký" not in client.page.select_one("main").get_text()
    client.get(f"/documents/{elsewhere}/signing/file", expect=404)
    client.get(f"/documents/{elsewhere}/signing")
    client.submit()
    client.follow()
    assert "Đã chuẩn bị tệp để ký" in client.text
    prepared = client.get(f"/documents/{elsewhere}/signing/file").data
    boxes = acts.read_prepared(acts.find_prepared(document))
    assert boxes.data == prepared
    client.get(f"/documents/{elsewhere}/signing")
    upload(client, b"khong phai PDF", expect=422)
    upload(client, prepared, expect=422)
    assert "Thiếu chữ ký" in client.text
    assert session.scalars(sa.select(SignatureCheck.source)).all() == [CheckSource.OUTSIDE]
    signed = papers.by_leader(prepared, boxes.leader, papers.certificate(papers.LEADER))
    client.get(f"/documents/{elsewhere}/signing")
    upload(client, forgeries.with_note(signed), expect=422)
    assert "Ngoài chữ ký, tệp còn có phần được thêm vào" in client.text
    client.get(f"/documents/{elsewhere}/signing")
    upload(client, signed, expect=303)
    session.expire_all()
    assert session.get_one(Document, elsewhere).state is DocumentState.SIGNED
    client.get(f"/documents/{elsewhere}/signing", expect=403)
    client.sign_in(CLERK).get(f"/documents/{elsewhere}/signing")
    assert client.get(f"/documents/{elsewhere}/signing/file").data == signed
    client.get(f"/documents/{elsewhere}/signing")
    sealed = papers.by_office(signed, boxes.office, papers.certificate(papers.OFFICE))
    upload(client, sealed, expect=303)
    session.expire_all()
    document = session.get_one(Document, elsewhere)
    assert document.state is DocumentState.SEALED and signatures.bytes_of(document) == sealed
    client.get(f"/documents/{elsewhere}/signing", expect=409)


def test_what_is_too_large_is_refused(
    client: Browser, elsewhere: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.files.store import store

    client.sign_in(LEADER).get(f"/documents/{elsewhere}/signing")
    client.submit()
    client.follow()
    monkeypatch.setattr(store, "max_bytes", 1000)
    upload(client, b"%PDF-" + b"0" * 2000, expect=413)


def test_what_was_signed_elsewhere_is_shown_when_it_is_recorded(
    client: Browser, session: Session, elsewhere: int
) -> None:
    """Way A: a warning, never a refusal."""
    notice = session.scalars(sa.select(Notice).where(Notice.document_id == elsewhere)).one()
    client.sign_in(CLERK).get(f"/notices/{notice.id}/record")
    client.submit(data={"file": (io.BytesIO(papers.paper().sealed), "tb.pdf")})
    client.follow()
    assert "Chữ ký số trong tệp" in client.text and "Người ký: Trần Văn Thử" in client.text


def test_so_it_is_of_every_kind_of_paper(client: Browser, session: Session) -> None:
    """A decision that was signed elsewhere, and its scan without a signature."""
    paper = composed.approved(composed.drafted(way=IssueWay.RECORDED))
    for data, told in (
        (papers.paper().sealed, "Người ký: Trần Văn Thử"), (documents.blank_pdf(), "Tệp không có chữ ký số.")
    ):  # fmt: skip
        client.sign_in(CLERK).get(f"/papers/{paper.id}/record")
        client.submit(data={"file": (io.BytesIO(data), "qd.pdf")})
        client.follow()
        assert "Chữ ký số trong tệp" in client.text and told in client.text
