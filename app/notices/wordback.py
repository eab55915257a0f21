"""The notice in Word: its texts as they are marked in the file, and who may take an edited one back.

Nothing is written here: what a person takes goes through `services.edit_texts` in the draft, or through
`chain.approve_with_changes` when the signer edits ("Sửa và duyệt").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from app.documents import word
from app.documents.content import OfficialDocument
from app.documents.kinds import DocumentKind
from app.documents.word import RecordText, Returned, Taking
from app.errors import WrongState
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.record import Record
from app.notices.texts import Piece


def about(notice: Notice) -> str:
    """The key under which a file knows its notice again."""
    return f"notice:{notice.id}"


def write(
    notice: Notice, record: Record, pieces: Sequence[Piece], *, on: date, created_at: datetime
) -> bytes:
    """The notice as .docx, as it reads now. Raises WrongState once it is signed: the PDF is the paper."""
    if notice.document.file is not None:
        raise WrongState("Văn bản đã ký nên không còn bản Word. Tải tệp PDF của văn bản.")
    content, texts = prepared(notice, record, pieces, on=on), record_texts(pieces)
    places = {text.ref: text.where for text in texts}
    return word.write_docx(
        content, created_at=created_at, about=about(notice), figures=_figures(pieces), places=places
    )


def prepared(notice: Notice, record: Record, pieces: Sequence[Piece], *, on: date) -> OfficialDocument:
    """The notice as it is composed, in the month of `on`, with only its own words marked."""
    return replace(word.marked(compose(notice, record), record_texts(pieces)), expected_on=on)


def record_texts(pieces: Sequence[Piece]) -> tuple[RecordText, ...]:
    """The texts of the notice as the file marks them."""
    return tuple(
        RecordText(
            ref_of(piece), piece.key, piece.where, piece.lines,
            single=piece.item is not None, may_be_empty=piece.key.startswith("strengths"),
        )
        for piece in pieces
    )  # fmt: skip


def read(notice: Notice, data: bytes) -> Returned:
    """Read an uploaded file as this notice's. Raises WordRefused (damaged, locked, another paper's)."""
    return word.read_as(data, kind=DocumentKind.CONCLUSION_NOTICE, about=about(notice))


def take_back(
    notice: Notice, record: Record, pieces: Sequence[Piece], returned: Returned, *, on: date
) -> Taking:
    """What the file words otherwise, each beside its text of the record."""
    content = prepared(notice, record, pieces, on=on)
    return word.propose(content, returned, record_texts(pieces), figures=_figures(pieces))


def ref_of(piece: Piece) -> str:
    """The mark of a text in the file: a finding's stays the same whichever notice it stands in."""
    return f"finding:{piece.item.finding_id}" if piece.item is not None else piece.key


def _figures(pieces: Sequence[Piece]) -> Mapping[str, tuple[str, ...]]:
    return {ref_of(piece): (f"({piece.token})",) for piece in pieces if piece.token}
