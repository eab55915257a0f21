"""Whether a paper in somebody's hands is what was issued: by its code, and by its bytes.

A code is drawn at random for each paper that is signed here and stands on its last page; it says nothing of
the paper but which one it claims to be. What is handed in is only looked at: it is not kept, and the answer
tells of no other paper than the one it claims to be.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.documents import pages
from app.documents.bounded import TooMuch, within_limits
from app.documents.models import IN_FORCE, Document, DocumentCode, DocumentState
from app.documents.signatures import records
from app.documents.signatures.records import Told
from app.extensions import db
from app.files import services as files

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which people take for other signs or words."""
LENGTH, GROUP = 12, 4
LABEL = "Mã kiểm tra văn bản"
OURS = (
    Document.issuer_unit_id.is_not(None),
    Document.state.in_((*IN_FORCE, DocumentState.REPLACED, DocumentState.RECALLED)),
)
"""Issued by this office: for a paper of another body, recorded here, nobody here can answer."""
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_ON_PAPER = re.compile(rf"{LABEL}:\s*([0-9A-Z]{{4}}-[0-9A-Z]{{4}}-[0-9A-Z]{{4}})")
MOST_PAGES = 400
"""Pages of a handed-in file that are looked at."""
COMPARED_AT = 0.5
"""Dots per point at which two pages are compared."""


TOO_MUCH = "Tệp quá lớn hoặc quá phức tạp nên không xem hết được từng trang."


class Verdict(StrEnum):
    """What the bytes are."""

    GENUINE = "genuine"
    SUPERSEDED = "superseded"
    ALTERED = "altered"
    UNKNOWN = "unknown"


SENTENCES: dict[Verdict, str] = {
    Verdict.GENUINE: "Tệp đúng và đủ như văn bản đã ban hành.",
    Verdict.SUPERSEDED: "Tệp đúng như văn bản đã ban hành, nhưng văn bản này không còn được áp dụng.",
    Verdict.ALTERED: "Tệp mang mã của văn bản dưới đây nhưng đã bị thay đổi so với bản đã ban hành.",
    Verdict.UNKNOWN: "Không có văn bản đã ban hành nào trùng với tệp này. Tệp có thể đã được lưu lại, quét "
    "hoặc in ra: kiểm tra bằng mã trên văn bản.",
}


@dataclass(frozen=True)
class Examined:
    """The verdict, the paper it is about (none for an unknown file), and what differs or could not be seen.

    `signatures`: of the issued file as they were checked when it was taken in, of an altered one as they are.
    """

    verdict: Verdict
    sha256: str
    document: Document | None = None
    differences: tuple[str, ...] = ()
    signatures: tuple[Told, ...] = ()


def code_of(document: Document) -> str:
    """The code of the paper in groups of four; drawn at the first asking, and for good."""
    found = printed_code(document)
    if found is None:
        code = draw_code()
        db.session.add(DocumentCode(document_id=document.id, code=code, made_at=clock.now()))
        db.session.flush()
        found = spelled(code)
    return found


def printed_code(document: Document) -> str | None:
    """The code that stands on the paper; None for one that was not signed here."""
    found = db.session.scalar(sa.select(DocumentCode.code).where(DocumentCode.document_id == document.id))
    return None if found is None else spelled(found)


def draw_code() -> str:
    """Sixty bits at random: nobody meets a code by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def page() -> str:
    """The address of the public page, as it is printed."""
    return f"{current_app.config['PUBLIC_ADDRESS']}/verify"


def spelled(code: str) -> str:
    """“7K3M-Q9XD-2HTB”."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def read_code(text: str) -> str | None:
    """A code as people type it, in small letters, with spaces, O for 0; None when it can be none."""
    code = re.sub(r"[\s\-–.]", "", text).upper().translate(_READ_AS)
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return code


def find_issued(text: str) -> Document | None:
    """The issued paper of a code; None for a code of nothing, or of a paper that was never issued."""
    code = read_code(text)
    if code is None:
        return None
    return db.session.scalar(
        sa.select(Document)
        .join(DocumentCode, DocumentCode.document_id == Document.id)
        .where(DocumentCode.code == code, *OURS)
    )


def examine(data: bytes) -> Examined:
    """Compare a file with what was issued: the same bytes, or a paper that it only claims to be."""
    sha256 = hashlib.sha256(data).hexdigest()
    whole = db.session.scalar(
        sa.select(Document).where(Document.sha256 == sha256, *OURS).order_by(Document.id).limit(1)
    )
    if whole is not None:
        verdict = Verdict.SUPERSEDED if whole.is_over else Verdict.GENUINE
        return Examined(verdict, sha256, whole, signatures=signatures_of(whole))
    try:
        theirs = within_limits(lambda: pages.texts(data, most=MOST_PAGES))
    except TooMuch:
        return Examined(Verdict.UNKNOWN, sha256, differences=(TOO_MUCH,))
    claimed = _claimed(theirs)
    if claimed is None:
        return Examined(Verdict.UNKNOWN, sha256)
    issued = files.read(claimed.file) if claimed.file is not None else b""
    at = claimed.signed_at or clock.now()
    told: tuple[Told, ...] = ()
    try:
        different = within_limits(lambda: tuple(_differences(data, theirs, issued)))
        told = within_limits(lambda: records.tell(records.as_kept(records.look(data, at=at))))
    except TooMuch:
        different = (TOO_MUCH,)
    return Examined(Verdict.ALTERED, sha256, claimed, different, told)


def signatures_of(document: Document) -> tuple[Told, ...]:
    """Who signed the issued file, as it was found when the file was taken in."""
    kept = records.of_file(document, document.sha256)
    return records.tell(kept.found) if kept is not None else ()


def _claimed(theirs: Sequence[str]) -> Document | None:
    """The paper whose code stands in the texts of the file's pages, nearest the end first."""
    codes = [code for text in theirs for code in _ON_PAPER.findall(text)]
    found = (find_issued(code) for code in reversed(list(dict.fromkeys(codes))))
    return next((document for document in found if document is not None), None)


def _differences(data: bytes, theirs: Sequence[str], issued: bytes) -> Iterator[str]:
    """What of a file is not as it was issued, page by page; never what the issued paper says."""
    if data.startswith(issued) and issued:
        yield "Có dữ liệu thêm vào sau bản đã ban hành."
    before, after = pages.count_pages(issued), pages.count_pages(data)
    if before != after:
        yield f"Bản đã ban hành có {before:02d} trang, tệp này có {after:02d} trang."
    ours = pages.texts(issued, most=MOST_PAGES)
    both = enumerate(zip(theirs, ours, strict=False), 1)  # the pages that both have
    changed = [number for number, (their, our) in both if their != our]
    if changed:
        yield f"Chữ trên trang {_numbers(changed)} khác bản đã ban hành."
    drawn = [
        number
        for number in range(1, min(before, after) + 1)
        if number not in changed and not pages.look_alike(data, issued, number, scale=COMPARED_AT)
    ]
    if drawn:
        yield f"Hình ảnh trang {_numbers(drawn)} khác bản đã ban hành."
    if before == after and not changed and not drawn and not data.startswith(issued):
        yield "Các trang trông giống bản đã ban hành nhưng dữ liệu của tệp đã bị thay đổi."


def _numbers(found: list[int]) -> str:
    return ", ".join(f"{number:02d}" for number in found)
