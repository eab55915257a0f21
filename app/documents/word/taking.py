"""Taking an edited .docx back into a record: what may be taken, what asks, what is only told. Pure.

The same for every paper: who keeps its words gives them as `RecordText` and gets new wordings by key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.documents.content import Block, Bulleted, Numbered, OfficialDocument, Paragraph
from app.documents.kinds import DocumentKind
from app.documents.word.comparing import Change, Comparison, Doubt, Frame, compare
from app.documents.word.origin import Figures
from app.documents.word.reading import Returned, read_docx
from app.documents.word.sides import RECIPIENTS
from app.documents.word.walking import WordRefused

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
SPLIT = "Phần này được tách thành nhiều đoạn; khi nhận được ghép thành một đoạn."
NOT_OURS = (
    "Tệp không có phần nào được đánh dấu nên không phải bản Word tải từ văn bản này. "
    "Chọn Tải Word, sửa trên tệp đó rồi nhận lại."
)
ANOTHER = "Tệp này là bản Word của văn bản khác. Chọn tệp đã tải từ văn bản này."
STAYS = "không xóa được bằng bản Word; bỏ hoặc sửa ở phần soạn thảo"
_ENDS = " .;,/"


@dataclass(frozen=True)
class RecordText:
    """A text of the record: `ref` is its mark in the file, `key` that by which the record takes new words.

    `single`: one paragraph, whatever was typed. `lines` as the record keeps them, without figures.
    """

    ref: str
    key: str
    where: str
    lines: tuple[str, ...]
    single: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True)
class Proposal:
    """A change and the text of the record it belongs to; taken unless somebody says otherwise when `sure`."""

    change: Change
    text: RecordText
    reasons: tuple[str, ...]

    @property
    def sure(self) -> bool:
        return not self.reasons

    @property
    def name(self) -> str:
        """Names this very change: another wording, or another state of the record, has another name."""
        told = "\n".join([self.change.key, *self.text.lines, "", *self.change.words])
        return f"pick_{hashlib.sha256(told.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Taking:
    """Everything a returned file says otherwise: what may be taken over, and what is only told."""

    proposals: tuple[Proposal, ...]
    told: tuple[Frame, ...]
    comparison: Comparison

    def wordings(self, taken: Collection[str]) -> tuple[tuple[str, str], ...]:
        """(key, new text) with the changes that are named in `taken`."""
        by_key: dict[str, list[Proposal]] = {}
        for proposal in self.proposals:
            if proposal.name in taken:
                by_key.setdefault(proposal.text.key, []).append(proposal)
        return tuple((key, _wording(of)) for key, of in by_key.items())


def read_as(data: bytes, *, kind: DocumentKind, about: str) -> Returned:
    """Read an uploaded file as that of a certain paper. Raises WordRefused (damaged, another paper's …)."""
    returned = read_docx(data)
    if not returned.controls:
        raise WordRefused(NOT_OURS)
    told = returned.origin
    if told.about not in ("", about) or told.kind not in ("", kind.value):
        raise WordRefused(ANOTHER)
    return returned


def marked(content: OfficialDocument, texts: Sequence[RecordText]) -> OfficialDocument:
    """The content in which lines that are no words of their text ("Đề nghị … :") have lost its mark."""
    own = {text.ref: {line.rstrip(_ENDS) for line in text.lines} for text in texts}

    def one(block: Block) -> Block:
        if not isinstance(block, Paragraph) or not block.ref:
            return block
        said = "".join(run.text for run in block.runs).rstrip(_ENDS)
        return block if said in own.get(block.ref, ()) else replace(block, ref="")

    return replace(content, blocks=tuple(one(block) for block in content.blocks))


def propose(
    content: OfficialDocument, returned: Returned, texts: Sequence[RecordText], *, figures: Figures
) -> Taking:
    """What the file words otherwise than `content`, each beside its text of the record."""
    found = compare(content, returned, figures=figures)
    by_ref = {text.ref: text for text in texts}
    lists = {
        item.ref for block in content.blocks if isinstance(block, Numbered | Bulleted) for item in block.items
    }
    proposals, told = [], list(found.frames)
    for change in found.changes:
        text = by_ref.get(change.ref)
        if text is None or not (change.words or text.may_be_empty):
            where = text.where if text is not None else change.where
            told.append(Frame(where, " ".join(change.before), " ".join(change.after) or STAYS))
            continue
        listed = change.ref in lists or change.ref == RECIPIENTS
        named = replace(change, where=text.where, words=_own_words(text, change, listed=listed))
        proposals.append(Proposal(named, text, _reasons(text, named, found)))
    return Taking(tuple(proposals), tuple(told), found)


def _reasons(text: RecordText, change: Change, found: Comparison) -> tuple[str, ...]:
    made = [UNKNOWN if doubt is Doubt.MOVED and not found.known else DOUBTS[doubt] for doubt in change.doubts]
    if text.single and len(change.words) > 1 and Doubt.BESIDE not in change.doubts:
        made.append(SPLIT)
    return tuple(made)


def _own_words(text: RecordText, change: Change, *, listed: bool) -> tuple[str, ...]:
    """Lines as the record keeps them: those that stayed as they are there, new ones ended as theirs are."""
    if text.single:
        return change.words
    own = {line.rstrip(_ENDS): line for line in text.lines}
    ending = "." if listed and text.lines and all(line.endswith(".") for line in text.lines) else ""
    made = []
    for line in change.words:
        bare = line.rstrip(_ENDS)
        made.append(own.get(bare, f"{bare}{ending}" if listed else line))
    return tuple(made)


def _wording(proposals: Sequence[Proposal]) -> str:
    """One text with all that is taken of it: reworded, and what was typed beside it."""
    beside = [proposal.change for proposal in proposals if Doubt.BESIDE in proposal.change.doubts]
    reworded = [proposal.change for proposal in proposals if Doubt.BESIDE not in proposal.change.doubts]
    if reworded:
        lines = [*reworded[0].words, *(line for change in beside for line in change.added)]
    else:
        lines = list(beside[0].words)
    if proposals[0].text.single:
        return " ".join(" ".join(lines).split()).rstrip(_ENDS)
    return "\n".join(lines)
