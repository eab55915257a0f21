"""What a returned .docx says otherwise, text by text. Nothing is taken over here: a person decides."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from app.documents.content import OfficialDocument
from app.documents.word.origin import Figures, hash_of
from app.documents.word.parts import NAMED_STYLES, RECIPIENT, MarkStyle
from app.documents.word.reading import Comment, Returned, read_docx
from app.documents.word.walking import FIGURE, Control, Loose, shown
from app.documents.word.writing import places_of, write_docx
from app.documents.wording import CLOSING_MARK

ALIKE = 0.6
"""From here on a loose paragraph counts as the text it looks like."""
FAR = 0.3
"""Below this a new wording has so little of the old one that somebody must look."""
MOST_PAIRS = 4_000_000
"""Words of one text times words of the other up to which they are held against each other finely."""
_LISTS = frozenset({MarkStyle.CLAUSE, MarkStyle.POINT, MarkStyle.BULLET, RECIPIENT})
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class Doubt(StrEnum):
    """Why a change isn't taken unless somebody says so."""

    MOVED = "moved"  # the record says otherwise than when the file was made
    EMPTIED = "emptied"
    REMOVED = "removed"  # the control is gone, and so is its text
    FOUND = "found"  # the control is gone; the text was found by its place
    DOUBLED = "doubled"
    FAR = "far"
    BESIDE = "beside"  # typed after the text, outside every control


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A text that the file words otherwise.

    `before`: as the record reads now; `made_from`: as it read when the file was made, if otherwise. `after`:
    as the file reads, figures in place; `words`: the same as words of the record, without figures and without
    the closing mark; `added`: those of them that were typed beside the text. `diff` leads from `before` to
    `after`.
    """

    ref: str
    where: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    words: tuple[str, ...]
    made_from: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    diff: tuple[Part, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Names the change on a page; one text may have two: reworded, and something typed beside it."""
        return f"{self.ref}+" if Doubt.BESIDE in self.doubts else self.ref


@dataclass(frozen=True, slots=True)
class Frame:
    """Something that isn't reworded here and stands otherwise in the file; it is not taken over."""

    where: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`older`: made from a state of the record that is past; `known`: that state could be told."""

    changes: tuple[Change, ...]
    frames: tuple[Frame, ...]
    comments: tuple[Comment, ...] = ()
    tracked: int = 0
    remarks: tuple[str, ...] = ()
    older: bool = False
    known: bool = True


def compare(prepared: OfficialDocument, returned: Returned, *, figures: Figures | None = None) -> Comparison:
    """Each text that the file words otherwise than it was made, beside how the record reads now.

    `prepared` is the paper as it is composed now. Was the file made from another state of it, that state is
    what its edits are told from, as far as the file still carries it; else every difference is a doubt.
    """
    older = returned.origin.content_hash != hash_of(prepared)
    made_from = returned.origin.made_from if older else None
    now = _written(prepared, figures or {})
    base = _written(made_from, returned.origin.figures) if made_from is not None else now
    known = not older or made_from is not None
    places = {**places_of(made_from or prepared), **places_of(prepared)}
    loose, frames = _loose(base, returned, places)
    changes, used = [], Counter[int]()
    of_now, of_file = _by_ref(now), _by_ref(returned)
    for ref, own in _by_ref(base).items():
        here = of_file.get(ref, [])
        doubts = [] if known else [Doubt.MOVED]
        lines, told = _joined(own)
        words, kept = _joined(here)
        if len(here) > len(own):
            doubts.append(Doubt.DOUBLED)
        if not here:
            found = _find(lines, told, loose, used, own[0].style)
            doubts.append(Doubt.FOUND if found else Doubt.REMOVED)
            words, kept = found, ()
        elif not words:
            doubts.append(Doubt.EMPTIED)
        frames += _figure_frames(places.get(ref, ref), told, kept, words)
        in_list = own[0].style in _LISTS
        if _same(words, lines, in_list) and Doubt.DOUBLED not in doubts:
            continue
        current = of_now.get(ref)
        if current is None:
            frames.append(Frame(places.get(ref, ref), _flat(shown(lines, told)), _flat(shown(words, told))))
            continue
        now_lines, now_told = _joined(current)
        if _same(words, now_lines, in_list) and Doubt.DOUBLED not in doubts:
            continue
        moved = not _same(lines, now_lines, in_list)
        if moved and Doubt.MOVED not in doubts:
            doubts.append(Doubt.MOVED)
        changes.append(
            _change(ref, places.get(ref, ref), now_lines, now_told, words, doubts, lines if moved else ())
        )
    beside: dict[str, list[str]] = {}
    for place, one in enumerate(loose):
        if not used[place] and one.after in of_now:
            beside.setdefault(one.after, []).append(one.text)
        elif not used[place]:
            frames.append(Frame(_after(one.after, places), "", one.text))
    for ref, typed in beside.items():
        now_lines, now_told = _joined(of_now[ref])
        whole = (*now_lines, *typed)
        change = _change(ref, places.get(ref, ref), now_lines, now_told, whole, [Doubt.BESIDE], ())
        changes.append(replace(change, added=tuple(typed)))
    frames += _strange(of_file, _by_ref(base))
    frames += _tables(base, returned)
    return Comparison(
        tuple(changes), tuple(frames), returned.comments, returned.tracked, returned.remarks, older, known
    )


def _written(document: OfficialDocument, figures: Figures) -> Returned:
    """The paper as the reader would find it untouched: by this everything is compared."""
    return read_docx(write_docx(document, created_at=_ANY_TIME, figures=figures))


def _by_ref(returned: Returned) -> dict[str, list[Control]]:
    found: dict[str, list[Control]] = {}
    for control in returned.controls:
        found.setdefault(control.ref, []).append(control)
    return found


def _joined(controls: Sequence[Control]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines and figures of a text that stands in one place or several."""
    lines = tuple(line for control in controls for line in control.lines)
    return lines, tuple(figure for control in controls for figure in control.figures)


def _change(
    ref: str,
    where: str,
    now: tuple[str, ...],
    figures: tuple[str, ...],
    words: tuple[str, ...],
    doubts: list[Doubt],
    made_from: tuple[str, ...],
) -> Change:
    before, after = shown(now, figures), shown(words, figures)
    if words and not doubts and likeness(before, after) < FAR:
        doubts = [*doubts, Doubt.FAR]
    return Change(
        ref, where, before, after, tuple(_bare(line) for line in words),
        shown(made_from, figures), tuple(doubts), word_diff("\n".join(before), "\n".join(after)),
    )  # fmt: skip


def _bare(line: str) -> str:
    """A line as words of the record: no figures, a full stop for the closing mark."""
    text = re.sub(rf"\s*\(?{FIGURE}\)?", "", line).rstrip()
    text = f"{text.removesuffix(CLOSING_MARK).rstrip()}." if text.endswith(CLOSING_MARK) else text
    return re.sub(r" +([.,;])", r"\1", text)


def _key(line: str, in_list: bool) -> str:
    """A line as it is compared: spaces don't count, nor the closing mark, nor how an entry of a list ends."""
    text = " ".join(_closed(line).replace(FIGURE, "").split())
    text = re.sub(r"\s+([.,;])", r"\1", text)
    return text.rstrip(" .;,/") if in_list else text


def _closed(line: str) -> str:
    bare = line.rstrip()
    return f"{bare.removesuffix(CLOSING_MARK).rstrip(' .')}." if bare.endswith(CLOSING_MARK) else bare


def _same(one: Sequence[str], other: Sequence[str], in_list: bool) -> bool:
    return [_key(line, in_list) for line in one] == [_key(line, in_list) for line in other]


def likeness(one: Sequence[str], other: Sequence[str], least: float = 0) -> float:
    """0 to 1: how much of the words two texts share, in their order; 0 when it is surely below `least`."""
    first, second = " ".join(one).split(), " ".join(other).split()
    if not first or not second:
        return 0.0
    long = len(first) * len(second) > MOST_PAIRS
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=long)
    if matcher.real_quick_ratio() < least or (least and matcher.quick_ratio() < least):
        return 0.0
    return matcher.ratio()


def word_diff(before: str, after: str) -> tuple[Part, ...]:
    """What leads from one text to the other, word by word; line ends count as words."""
    one, other = _words(before), _words(after)
    made: list[Part] = []
    long = len(one) * len(other) > MOST_PAIRS  # then quickly rather than finely
    for op, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=long).get_opcodes():
        if op == "equal":
            made.append(Part("same", "".join(one[a:b])))
            continue
        if b > a:
            made.append(Part("gone", "".join(one[a:b])))
        if d > c:
            made.append(Part("new", "".join(other[c:d])))
    return tuple(made)


def _words(text: str) -> list[str]:
    return re.findall(r"\n|[^\S\n]+|[^\s.,;:()]+|[.,;:()]", text)


def _loose(base: Returned, returned: Returned, places: dict[str, str]) -> tuple[list[Loose], list[Frame]]:
    """What was typed outside the controls, and what of the frame reads otherwise now."""
    one, other = [_flat((p.text,)) for p in base.loose], [_flat((p.text,)) for p in returned.loose]
    cells = _cells_of_missing_tables(base, returned)
    added: list[Loose] = []
    frames: list[Frame] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        here = list(returned.loose[c:d])
        for place in range(a, b):
            alike = max(here, key=lambda p: likeness((one[place],), (p.text,)), default=None)
            if alike is not None and likeness((one[place],), (alike.text,)) >= FAR:
                here.remove(alike)
                frames.append(Frame(_after(alike.after, places), one[place], alike.text))
            else:
                frames.append(Frame(_after(base.loose[place].after, places), one[place], ""))
        for paragraph in here:
            if cells[_flat((paragraph.text,))] > 0:
                cells[_flat((paragraph.text,))] -= 1
            else:
                added.append(paragraph)
    return added, frames


def _cells_of_missing_tables(base: Returned, returned: Returned) -> Counter[str]:
    """A table that lost its control is read as loose paragraphs: those are no new text."""
    gone = [rows for tag, rows in base.tables.items() if tag not in returned.tables]
    lines = (line for rows in gone for row in rows for cell in row for line in cell.split("\n"))
    return Counter(_flat((line,)) for line in lines)


def _find(
    lines: tuple[str, ...], figures: tuple[str, ...], loose: list[Loose], used: Counter[int], style: str
) -> tuple[str, ...]:
    """Lines of a text whose control is gone, among what stands outside: each line what it looks like most."""
    free = {place: one.text for place, one in enumerate(loose) if not used[place]}
    exact = {_unmarked(text): place for place, text in reversed(free.items())}
    found: list[tuple[int, str]] = []
    for line in shown(lines, figures):
        best = exact.get(_unmarked(line))
        if best is None or best not in free:
            best = max(free, key=lambda p: likeness((line,), (free[p],), ALIKE), default=None)
        if best is not None and likeness((line,), (free[best],), ALIKE) >= ALIKE:
            used[best] += 1
            found.append((best, free.pop(best)))
    texts = [text for _, text in sorted(found)]
    if style in _LISTS and style in NAMED_STYLES:
        texts = [_unmarked(text) for text in texts]
    return tuple(_marked(text, figures) for text in texts)


def _unmarked(text: str) -> str:
    """A line without the mark of a list that it may begin with."""
    return re.sub(r"^(\d{1,5}[.)]|[a-zđ]{1,3}\)|[-–•+])\s+", "", text).strip()


def _marked(text: str, figures: tuple[str, ...]) -> str:
    for figure in figures:
        text = text.replace(figure, FIGURE, 1) if figure else text
    return text


def _figure_frames(
    where: str, told: tuple[str, ...], kept: tuple[str, ...], words: tuple[str, ...]
) -> list[Frame]:
    """Figures that were written over or thrown away; a text that lost only the control still has them."""
    rest = " ".join(words)
    frames = []
    for place, figure in enumerate(told):
        stands = place < len(kept) and _flat((kept[place],)) == _flat((figure,))
        if not stands and figure not in rest and words and not figure.isdigit():
            after = kept[place] if place < len(kept) else ""
            frames.append(Frame(f"{where}, số liệu", figure, after))
    return frames


def _strange(of_file: dict[str, list[Control]], of_base: dict[str, list[Control]]) -> list[Frame]:
    """Marked texts that the paper never had, pasted from another one."""
    return [
        Frame("Phần của văn bản khác", "", _flat(shown(*_joined(controls))))
        for ref, controls in of_file.items()
        if ref not in of_base
    ]


def _tables(base: Returned, returned: Returned) -> list[Frame]:
    frames = []
    for place, (tag, rows) in enumerate(base.tables.items(), 1):
        here = returned.tables.get(tag)
        name = f"Bảng {place}"
        if here is None:
            frames.append(Frame(name, "Bảng lập từ hồ sơ", "bảng không còn khung đánh dấu hoặc đã bị xóa"))
            continue
        if len(here) != len(rows):
            frames.append(Frame(name, f"{len(rows)} dòng", f"{len(here)} dòng"))
            continue
        for number, (one, other) in enumerate(zip(rows, here, strict=True), 1):
            before, after = " | ".join(map(_flat_cell, one)), " | ".join(map(_flat_cell, other))
            if before != after:
                frames.append(Frame(f"{name}, dòng thứ {number}", before, after))
    return frames


def _flat(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def _flat_cell(text: str) -> str:
    return _flat((text,))


def _after(ref: str, places: dict[str, str]) -> str:
    return f"Sau {places.get(ref, ref)}" if ref else "Đầu văn bản"
