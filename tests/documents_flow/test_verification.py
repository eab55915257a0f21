"""Anybody holds a paper against what was issued: by its code, its file, at the page, at the command line."""

from __future__ import annotations

import io
import json
import resource
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.documents import bounded, pages, verification
from app.documents.models import Document, DocumentCode, DocumentState
from app.documents.verification import Verdict
from app.extensions import limiter
from app.files import services as files
from app.files.store import store
from app.notices.models import Notice
from tests.conftest import Browser
from tests.documents_flow.greedy import made
from tests.factories import notices as make


@pytest.fixture
def issued(session: Session) -> Document:
    """A notice signed, sealed and issued here."""
    document = make.issued().document
    session.commit()
    return document


def recall(session: Session, document: Document) -> None:
    """As a leader does, with its paper."""
    make.recalled(session.scalars(sa.select(Notice).where(Notice.document_id == document.id)).one())
    session.commit()


def data_of(document: Document) -> bytes:
    assert document.file is not None
    return files.read(document.file)


def code_of(session: Session, document: Document) -> str:
    found = session.get(DocumentCode, document.id)
    assert found is not None
    return verification.spelled(found.code)


def altered(data: bytes) -> bytes:
    """The same paper with a white box over a page, saved anew."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(data)
    page = opened[0]
    drawn = pypdfium2.raw.FPDFPageObj_CreateNewRect(100, 300, 300, 200)
    pypdfium2.raw.FPDFPageObj_SetFillColor(drawn, 255, 0, 0, 255)
    pypdfium2.raw.FPDFPath_SetDrawMode(drawn, pypdfium2.raw.FPDF_FILLMODE_ALTERNATE, 0)
    pypdfium2.raw.FPDFPage_InsertObject(page.raw, drawn)
    page.gen_content()
    out = io.BytesIO()
    opened.save(out)
    opened.close()
    return out.getvalue()


def test_the_code_stands_on_the_paper_and_leads_to_it(session: Session, issued: Document) -> None:
    told = " ".join(pages.texts(data_of(issued), most=20))
    code = code_of(session, issued)
    assert f"Mã kiểm tra văn bản: {code}" in told
    assert verification.find_issued(code.lower().replace("-", " ")) is issued
    assert verification.find_issued(code[:-1]) is None and verification.find_issued("0" * 12) is None


def test_a_code_is_drawn_at_random_from_signs_that_nobody_mixes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    codes = {verification.draw_code() for _ in range(50)}
    assert len(codes) == 50 and all(verification.read_code(code) == code for code in codes)


def test_what_people_misread_is_read_as_it_was_meant() -> None:
    assert verification.read_code("o1il-u234 5678") == "0111V2345678"
    assert verification.read_code("7K3M-Q9XD-2HT!") is None


def test_the_issued_file_is_genuine_until_the_paper_is_recalled(session: Session, issued: Document) -> None:
    found = verification.examine(data_of(issued))
    assert (found.verdict, found.document) == (Verdict.GENUINE, issued)
    recall(session, issued)
    assert verification.examine(data_of(issued)).verdict is Verdict.SUPERSEDED


def test_an_altered_file_is_told_with_the_page_that_differs(issued: Document) -> None:
    found = verification.examine(altered(data_of(issued)))
    assert (found.verdict, found.document) == (Verdict.ALTERED, issued)
    assert found.differences == ("Hình ảnh trang 01 khác bản đã ban hành.",)
    appended = verification.examine(data_of(issued) + b"\n% them\n")
    assert appended.differences[0] == "Có dữ liệu thêm vào sau bản đã ban hành."


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"khong phai PDF"])
def test_a_strange_file_is_unknown(issued: Document, data: bytes) -> None:
    found = verification.examine(data)
    assert (found.verdict, found.document) == (Verdict.UNKNOWN, None)


@pytest.mark.parametrize(
    ("piece", "times"),
    [(b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 4000, 1000), (b" " * 1_000_000, 900)],
    ids=["eighty million letters", "nine hundred million blanks"],
)
def test_a_small_file_that_asks_for_all_memory_is_given_up(
    issued: Document, piece: bytes, times: int
) -> None:
    data = made(piece, times)
    assert len(data) < 1024 * 1024
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = verification.examine(data)
    assert (found.verdict, found.document) == (Verdict.UNKNOWN, None)
    assert found.differences == (verification.TOO_MUCH,)
    assert time.monotonic() - began < 2 * bounded.SECONDS + 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "kilobytes of our own"


def test_a_file_that_takes_too_long_is_given_up_and_its_error_is_the_askers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 1)
    for work in (lambda: time.sleep(30), lambda: [None for _ in iter(int, 1)]):
        with pytest.raises(bounded.TooMuch):
            bounded.within_limits(work)
    with pytest.raises(KeyError):
        bounded.within_limits(lambda: {}["x"])
    assert bounded.within_limits(lambda: [1, 2]) == [1, 2]


@pytest.mark.parametrize("box", [b"0 0 40000 40000", b"0 0 90000000 90000000", b"0 0 595 843"])
def test_a_page_of_monstrous_size_is_not_drawn(issued: Document, box: bytes) -> None:
    data = made(b"9 20 Td (Thong bao) Tj", box=box)
    assert not pages.look_alike(data, data_of(issued), 1, scale=verification.COMPARED_AT)
    assert not pages.look_alike(b"%PDF-", data_of(issued), 1, scale=verification.COMPARED_AT)


def test_what_is_signed_but_not_issued_is_unknown(session: Session) -> None:
    waiting = make.signed().document
    assert verification.examine(data_of(waiting)).verdict is Verdict.UNKNOWN
    assert verification.find_issued(code_of(session, waiting)) is None


def test_the_page_works_without_signing_in(client: Browser, session: Session, issued: Document) -> None:
    client.get("/verify")
    code = code_of(session, issued)
    client.get(f"/verify?code={code.lower().replace('-', '')}", expect=303)
    client.follow()
    told = client.page.select_one("main").get_text(" ", strip=True)
    assert issued.number_and_symbol in told and issued.subject in told and issued.issuer_name in told
    assert str(issued.sha256) in told and "Đã ban hành" in told
    client.get("/verify?code=sai", expect=422)
    client.get("/verify/0000-0000-0000", expect=404)
    assert "Không có văn bản đã ban hành mang mã này" in client.page.get_text()


def test_a_file_is_looked_at_and_not_kept(client: Browser, session: Session, issued: Document) -> None:
    from app.files.models import StoredFile

    before = session.query(StoredFile).count()
    for data, told in (
        (data_of(issued), "Tệp đúng và đủ như văn bản đã ban hành."),
        (altered(data_of(issued)), "đã bị thay đổi so với bản đã ban hành"),
        (b"khong phai PDF", "Không có văn bản đã ban hành nào trùng với tệp này"),
    ):
        client.get("/verify")
        client.submit("form[method=post]", {"file": (io.BytesIO(data), "van-ban.pdf")}, expect=200)
        assert told in client.page.get_text(" ", strip=True)
    assert session.query(StoredFile).count() == before


def test_a_file_that_is_none_or_too_large_is_told_at_its_field(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/verify")
    client.submit("form[method=post]", {}, expect=422)
    assert "Chọn tệp PDF của văn bản." in client.page.get_text()
    monkeypatch.setattr(store, "max_bytes", 2048)
    client.submit("form[method=post]", {"file": (io.BytesIO(b"0" * 2049), "van-ban.pdf")}, expect=413)
    assert "Tệp lớn hơn 2" in client.page.get_text()


def test_look_ups_are_throttled(client: Browser, app: Flask) -> None:
    limiter.enabled = True
    try:
        answers = [client.client.get("/verify/0000-0000-0000").status_code for _ in range(31)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers[:30] == [404] * 30 and answers[30] == 429


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [(bytes, "genuine", 0), (altered, "altered", 4), (lambda data: b"%PDF-", "unknown", 5)],
)
def test_the_command_line_says_it_with_its_exit_code(
    app: Flask, issued: Document, tmp_path: Path, change, verdict: str, code: int
) -> None:
    path = tmp_path / "van-ban.pdf"
    path.write_bytes(change(data_of(issued)))
    run = app.test_cli_runner().invoke(args=["notices", "verify", str(path), "--json"])
    assert run.exit_code == code, run.output
    told = json.loads(run.output)
    assert told["verdict"] == verdict
    assert (told["document"] or {}).get("number") == (
        None if verdict == "unknown" else issued.number_and_symbol
    )
    plain = app.test_cli_runner().invoke(args=["notices", "verify", str(path)])
    assert plain.exit_code == code and "SHA-256:" in plain.output


def test_a_recalled_paper_ends_with_six(
    app: Flask, session: Session, issued: Document, tmp_path: Path
) -> None:
    recall(session, issued)
    path = tmp_path / "van-ban.pdf"
    path.write_bytes(data_of(issued))
    assert app.test_cli_runner().invoke(args=["notices", "verify", str(path)]).exit_code == 6
    session.refresh(issued)
    assert issued.state is DocumentState.RECALLED
