"""The notice in Word: written with its texts marked, and what an edited file would change, text by text.

Nothing is written here: what a person takes goes through `services.edit_texts` in the draft, or through
`services.approve_with_changes` when the signer edits ("Sửa và duyệt").
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.documents import word
from app.documents.content import Block, Numbered, OfficialDocument, Paragraph
from app.documents.kinds import DocumentKind
from app.documents.models import DocumentState
from app.documents.word import Change, Comparison, Doubt, Frame, Returned, WordRefused
from app.errors import Forbidden, WrongState
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.record import Record
from app.notices.services.chain import NOT_THE_SIGNER
from app.notices.services.drafting import ask_edit
from app.notices.texts import Piece, TextChange, clean
from app.policy import Action, Actor, authorise

WORD_KINDS = ("docx",)
DOUBTS: dict[Doubt, str] = {
    Doubt.MOVED: "Câu chữ này trong hồ sơ đã được sửa sau khi tải bản Word.",
    Doubt.EMPTIED: "Phần này bị xóa hết trong bản Word.",
    Doubt.REMOVED: "Phần này bị xóa khỏi bản Word.",
    Doubt.FOUND: "Khung đánh dấu của phần này không còn; câu chữ được tìm theo vị trí trong tệp.",
    Doubt.DOUBLED: "Phần này được chép thành nhiều chỗ trong tệp.",
    Doubt.FAR: "Câu chữ mới khác hẳn câu chữ cũ.",
    Doubt.BESIDE: "Đoạn này được gõ ngoài các phần đã đánh dấu, sau phần nêu trên.",
}
UNKNOWN = "Không rõ bản Word được lập từ bản nào của hồ sơ."
SPLIT = "Mục này được tách thành nhiều đoạn; khi nhận được ghép thành một đoạn."
NOT_OURS = (
    "Tệp không có phần nào được đánh dấu nên không phải bản Word tải từ thông báo này. "
    "Chọn Tải Word, sửa trên tệp đó rồi nhận lại."
)
ANOTHER = "Tệp này là bản Word của văn bản khác. Chọn tệp đã tải từ thông báo này."
STAYS = "không xóa được bằng bản Word; bỏ hoặc sửa ở phần soạn thông báo"
_ENDS = " .;,/"


@dataclass(frozen=True)
class Proposal:
    """A change beside the text of the record it belongs to; `sure`: taken unless a person says otherwise."""

    change: Change
    piece: Piece
    reasons: tuple[str, ...]

    @property
    def sure(self) -> bool:
        return not self.reasons

    @property
    def name(self) -> str:
        """Names this very change: another wording, or another state of the record, has another name."""
        told = "\n".join([self.change.key, self.piece.text, *self.change.words])
        return f"pick_{hashlib.sha256(told.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Taking:
    """Everything a returned file says otherwise: what may be taken, and what is only told."""

    proposals: tuple[Proposal, ...]
    told: tuple[Frame, ...]
    comparison: Comparison

    def changes(self, taken: Collection[str]) -> tuple[TextChange, ...]:
        """The texts as they read with the changes named in `taken`."""
        chosen = [proposal for proposal in self.proposals if proposal.name in taken]
        by_key: dict[str, list[Proposal]] = {}
        for proposal in chosen:
            by_key.setdefault(proposal.piece.key, []).append(proposal)
        return tuple(TextChange(key, _text(of)) for key, of in by_key.items())


def about(notice: Notice) -> str:
    """The key under which a file knows its notice again."""
    return f"notice:{notice.id}"


def ask_take_back(notice: Notice, actor: Actor) -> None:
    """Raises Forbidden, WrongState unless `actor` may edit the words now: the drafter, later the signer."""
    if notice.document.state is not DocumentState.APPROVAL:
        ask_edit(notice, actor)
        return
    authorise(actor, Action.APPROVE_NOTICE, notice)
    if actor.person_id != notice.document.signer_id:
        raise Forbidden(NOT_THE_SIGNER.format(name=notice.document.signer_name))


def may_take_back(notice: Notice, actor: Actor) -> bool:
    """The same as a question."""
    try:
        ask_take_back(notice, actor)
    except (Forbidden, WrongState):
        return False
    return True


def write(
    notice: Notice, record: Record, pieces: Sequence[Piece], *, on: date, created_at: datetime
) -> bytes:
    """The notice as .docx, as it reads now. Raises WrongState once it is signed: the PDF is the paper."""
    if notice.document.file is not None:
        raise WrongState("Văn bản đã ký nên không còn bản Word. Tải tệp PDF của văn bản.")
    content = prepared(notice, record, pieces, on=on)
    return word.write_docx(
        content, created_at=created_at, about=about(notice), figures=_figures(pieces), places=_places(pieces)
    )


def prepared(notice: Notice, record: Record, pieces: Sequence[Piece], *, on: date) -> OfficialDocument:
    """The notice as it is composed; lines that are no words of a text ("Đề nghị … :") lose their mark."""
    content = compose(notice, record)
    own = {_ref(piece): {line.rstrip(_ENDS) for line in piece.lines} for piece in pieces}

    def marked(block: Block) -> Block:
        if not isinstance(block, Paragraph) or not block.ref:
            return block
        text = "".join(run.text for run in block.runs).rstrip(_ENDS)
        return block if text in own.get(block.ref, ()) else replace(block, ref="")

    return replace(content, blocks=tuple(marked(block) for block in content.blocks), expected_on=on)


def read(notice: Notice, data: bytes) -> Returned:
    """Read an uploaded file as this notice's. Raises WordRefused (damaged, locked, another paper's)."""
    returned = word.read_docx(data)
    if not returned.controls:
        raise WordRefused(NOT_OURS)
    told = returned.origin
    if told.about not in ("", about(notice)) or told.kind not in ("", DocumentKind.CONCLUSION_NOTICE.value):
        raise WordRefused(ANOTHER)
    return returned


def take_back(
    notice: Notice, record: Record, pieces: Sequence[Piece], returned: Returned, *, on: date
) -> Taking:
    """What the file words otherwise, each beside its text of the record."""
    content = prepared(notice, record, pieces, on=on)
    found = word.compare(content, returned, figures=_figures(pieces))
    by_ref = {_ref(piece): piece for piece in pieces}
    lists = {block.items[0].ref for block in content.blocks if isinstance(block, Numbered) and block.items}
    proposals, told = [], list(found.frames)
    for change in found.changes:
        piece = by_ref.get(change.ref)
        if piece is None or not (change.words or piece.key.startswith("strengths")):
            where = piece.where if piece is not None else change.where
            told.append(Frame(where, " ".join(change.before), " ".join(change.after) or STAYS))
            continue
        named = replace(change, where=piece.where, words=_own_words(piece, change, lists))
        proposals.append(Proposal(named, piece, _reasons(piece, named, found)))
    return Taking(tuple(proposals), tuple(told), found)


def _reasons(piece: Piece, change: Change, found: Comparison) -> tuple[str, ...]:
    made = [UNKNOWN if doubt is Doubt.MOVED and not found.known else DOUBTS[doubt] for doubt in change.doubts]
    if piece.item is not None and len(change.words) > 1 and Doubt.BESIDE not in change.doubts:
        made.append(SPLIT)
    return tuple(made)


def _ref(piece: Piece) -> str:
    return f"finding:{piece.item.finding_id}" if piece.item is not None else piece.key


def _figures(pieces: Sequence[Piece]) -> Mapping[str, tuple[str, ...]]:
    return {_ref(piece): (f"({piece.token})",) for piece in pieces if piece.token}


def _places(pieces: Sequence[Piece]) -> Mapping[str, str]:
    return {_ref(piece): piece.where for piece in pieces}


def _own_words(piece: Piece, change: Change, lists: Collection[str]) -> tuple[str, ...]:
    """Lines as the record keeps them: those that stayed as they are there, new ones ended as theirs are."""
    if piece.item is not None:
        return change.words
    own = {line.rstrip(_ENDS): line for line in piece.lines}
    listed = change.ref in lists or change.ref == word.RECIPIENTS
    ending = "." if listed and piece.lines and all(line.endswith(".") for line in piece.lines) else ""
    made = []
    for line in change.words:
        bare = line.rstrip(_ENDS)
        kept = own.get(bare, f"{bare}{ending}" if listed else line)
        made.append(kept)
    return tuple(made)


def _text(proposals: Sequence[Proposal]) -> str:
    """One text with all that is taken of it: reworded, and what was typed beside it."""
    piece = proposals[0].piece
    beside = [proposal for proposal in proposals if Doubt.BESIDE in proposal.change.doubts]
    reworded = [proposal for proposal in proposals if Doubt.BESIDE not in proposal.change.doubts]
    if reworded:
        added = [line for proposal in beside for line in proposal.change.added]
        lines = [*reworded[0].change.words, *added]
    else:
        lines = list(beside[0].change.words)
    if piece.item is not None:
        return clean(" ".join(lines)).rstrip(_ENDS)
    return clean("\n".join(lines))
