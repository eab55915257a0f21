"""What was prepared beside what was issued, both ways: which text stands where, and what is left over. Pure.

Both texts are squeezed to what no line end, font or hyphen of a word processor changes, walked side by side,
and brought together again after every difference by the next words that they share.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from app.vietnamese import nfc

FIXED = "fixed"
"""Key of a text that is not told of: it only tells its neighbours apart (a running number, a mark)."""
EXTRA = "extra"
"""Key of words that stand in the issued text alone."""
_SHARED = 18
"""So many squeezed characters in a row say that both texts go on together."""
_SMALL = 3000
_MARK = re.compile(r"^(?:[IVX]+\.|\d{1,3}\.|[a-zA-ZđĐ]\))\s+", re.M)
_BARE_MARK = re.compile(r"(?:[IVX]+\.|\d{1,3}\.|[a-zđ]\))")
_LEFT_MARK = re.compile(r"^(?:[IVX]+\.|\d{1,3}\.|[a-zđ]\))\s*\Z", re.M)
_SKIPPED = re.compile(r"[^\w(]*")
_STAMP = re.compile(r"^(?:Ký bởi|Người ký|Email|Cơ quan|Thời gian ký|Ngày ký) ?:.*$", re.M)
"""Lines that a digital signature shows on the page."""
_END = re.compile(r"Nơi nhận|(?:TM|KT|TL|TUQ|Q)\. ?[A-ZĐÀ-Ỹ]{2}")
_DATE = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}/\d{4}(?!\d)")
Span = tuple[int, int]


@dataclass(frozen=True)
class Prepared:
    """One text as it was prepared: `key` of the record, where it stands, its words as printed.

    `cell`: what follows it on the page is another cell, never the same text going on.
    """

    key: str
    where: str
    text: str
    cell: bool = False


@dataclass(frozen=True)
class Difference:
    """A text that the issued paper has otherwise; `found` = its words there, as far as they can be told.

    `prepared` is empty for words that the issued paper has besides, `after` is then the text before them.
    """

    key: str
    where: str
    prepared: str
    found: str
    after: str = ""


def squeeze(text: str) -> str:
    """Letters and digits, small, and what stands between two digits: the same whatever breaks the lines."""
    return _squeezed(nfc(text))[0]


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The squeezed text and, for each of its characters, where it stands in `text`."""
    skipped = {at for found in (*_MARK.finditer(text), *_STAMP.finditer(text)) for at in range(*found.span())}
    made: list[str] = []
    places: list[int] = []
    last = -1  # the last character kept, when it was a digit
    for index, char in enumerate(text):
        if index in skipped or not char.isalnum():
            continue
        if char.isdigit() and last >= 0 and index - last > 1:
            made.append(_between_digits(text[last + 1 : index]))
            places.append(last + 1)
        for small in char.casefold():
            if small.isalnum():
                made.append(small)
                places.append(index)
        last = index if char.isdigit() else -1
    return "".join(made), places


def _between_digits(run: str) -> str:
    """`45/3.468`, `1,30`, `30-6` keep their mark; anything else parts two figures."""
    bare = run.strip()
    return bare if bare in ("/", "-") or run in (".", ",") else " "


@dataclass(frozen=True)
class Matched:
    """The prepared texts, where each stands in the issued one (None: not word for word), and that text."""

    prepared: tuple[Prepared, ...]
    spans: tuple[Span | None, ...]
    text: str

    def differences(self) -> tuple[Difference, ...]:
        """Every prepared text that the issued one does not hold word for word, with what stands instead."""
        return tuple(
            Difference(piece.key, piece.where, piece.text, self._instead(index))
            for index, piece in enumerate(self.prepared)
            if self.spans[index] is None and piece.key != FIXED
        )

    def additions(self, furniture: Sequence[str] = ()) -> tuple[Difference, ...]:
        """Words of the issued text between texts that agree, where nothing was prepared.

        `furniture` = what a page may repeat (the heads of a table that goes on).
        """
        repeated = [squeeze(text) for text in furniture]
        made: list[Difference] = []
        agreed = [index for index, span in enumerate(self.spans) if span is not None]
        for left, right in zip([-1, *agreed], [*agreed, len(self.spans)], strict=True):
            if any(piece.key != FIXED for piece in self.prepared[left + 1 : right]):
                continue
            gap = self._gap(left, right)
            bare = squeeze(gap)
            for text in repeated:
                bare = bare.replace(text, "")
            if bare.replace(" ", "").isdigit() and len(bare) <= 3:  # the number of a page
                continue
            if bare.strip():
                made.append(self._addition(left, gap))
        return tuple(made)

    def _addition(self, left: int, gap: str) -> Difference:
        gap = _LEFT_MARK.sub("", gap)
        words = " ".join(gap.strip(" \t\n.,;:/)%").split())
        piece = next((p for p in reversed(self.prepared[: left + 1]) if p.where), None)
        if piece is None:
            return Difference(EXTRA, "Đầu văn bản", "", words)
        skipped = _SKIPPED.match(gap)
        cut = skipped.end() if skipped else 0
        ended = "\n" in gap[:cut] and (_MARK.match(gap[cut:]) or set(".;:") & set(gap[:cut]))
        apart = piece.cell or piece is not self.prepared[left]
        if ended or apart:
            key = EXTRA if apart or piece.key.startswith("item-") else piece.key
            bare = " ".join(_MARK.sub("", gap[cut:]).split()).rstrip(" .,;:/")
            return Difference(key, f"Sau {piece.where}", "", bare, piece.text)
        return Difference(piece.key, piece.where, piece.text, f"{piece.text.rstrip(' .;')} {words}")

    def _gap(self, left: int, right: int) -> str:
        before = self.spans[left] if left >= 0 else None
        after = self.spans[right] if right < len(self.spans) else None
        begin, end = before[1] if before else 0, after[0] if after else len(self.text)
        return self.text[begin:end] if begin < end else ""

    def _instead(self, index: int) -> str:
        """The words between the neighbours that agree, cut at the marks of a list when several differ."""
        first = last = index
        while first > 0 and self.spans[first - 1] is None:
            first -= 1
        while last + 1 < len(self.spans) and self.spans[last + 1] is None:
            last += 1
        run = [p for p in range(first, last + 1) if self.prepared[p].key != FIXED]
        gap = self._gap(first - 1, last + 1)
        if all(_DATE.fullmatch(self.prepared[p].text) for p in run):
            days = _DATE.findall(gap)
            return days[run.index(index)] if len(days) == len(run) else " ".join(gap.split())
        chunks = _chunks(gap)
        if len(chunks) == len(run):
            return chunks[run.index(index)]
        if len(run) == 1:
            return " ".join(chunks)
        return _closest(self.prepared[index].text, chunks)


def match(prepared: Sequence[Prepared], text: str) -> Matched:
    """Find every prepared text in the issued one, in their order."""
    text = nfc(text)
    pieces = [piece for piece in prepared if squeeze(piece.text)]
    joined = nfc("\n".join(piece.text for piece in pieces))
    ours, ours_at = _squeezed(joined)
    theirs, theirs_at = _squeezed(text)
    blocks = _shared(ours, theirs)
    spans: list[Span | None] = []
    offset = 0
    for piece in pieces:
        begin = bisect_left(ours_at, offset)
        offset += len(nfc(piece.text)) + 1
        end = bisect_left(ours_at, offset - 1)
        while begin < end and not ours[begin].isalnum():
            begin += 1
        block = next((b for b in blocks if b[0] <= begin and end <= b[0] + b[2]), None)
        shift = block[1] - block[0] if block else 0
        spans.append((theirs_at[begin + shift], theirs_at[end - 1 + shift] + 1) if block else None)
    return Matched(tuple(pieces), tuple(spans), text)


def _shared(ours: str, theirs: str) -> list[tuple[int, int, int]]:
    """Runs that both texts have, in their order: (begin here, begin there, length)."""
    blocks: list[tuple[int, int, int]] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        n = _same(ours, i, theirs, j)
        if n:
            blocks.append((i, j, n))
            i, j = i + n, j + n
            continue
        here, there = _together_again(ours, i, theirs, j)
        blocks += _inside(ours, (i, here), theirs, (j, there))
        i, j = here, there
    return blocks


def _same(ours: str, i: int, theirs: str, j: int) -> int:
    """How far both go on alike."""
    most = min(len(ours) - i, len(theirs) - j)
    step, n = most, 0
    while step:
        if ours[i + n : i + n + step] == theirs[j + n : j + n + step]:
            n += step
            step = min(step, most - n)
        else:
            step //= 2
    return n


def _together_again(ours: str, i: int, theirs: str, j: int) -> tuple[int, int]:
    """The nearest place from which both go on alike; the ends when there is none."""
    best, cost = None, len(ours) + len(theirs)
    for ahead in range(len(ours) - i - _SHARED + 1):
        if ahead >= cost:
            break
        start = i + ahead
        found = theirs.find(ours[start : start + _SHARED], j, j + cost - ahead + _SHARED)
        if found >= 0 and ahead + found - j < cost:
            best, cost = (start, found), ahead + found - j
    if best is not None:
        return best
    alike, most = 0, min(len(ours) - i, len(theirs) - j)
    while alike < most and ours[-1 - alike] == theirs[-1 - alike]:
        alike += 1
    return len(ours) - alike, len(theirs) - alike


def _inside(ours: str, here: Span, theirs: str, there: Span) -> list[tuple[int, int, int]]:
    """Short runs that both have between two places where they part."""
    mine, other = ours[slice(*here)], theirs[slice(*there)]
    if not mine or not other or max(len(mine), len(other)) > _SMALL:
        return []
    found = SequenceMatcher(None, mine, other, autojunk=False).get_matching_blocks()
    return [(here[0] + b.a, there[0] + b.b, b.size) for b in found if b.size]


def _chunks(gap: str) -> list[str]:
    """Paragraphs of a gap: a mark (1. a)) at a line's start opens a new one; headings are left out.

    Punctuation of the text before is cut away, and all from the recipients or the signature on.
    """
    made: list[str] = []
    for raw in gap.lstrip(" \t\n).,;:/").split("\n"):
        line = raw.strip()
        if _END.match(line):
            break
        if not line or _BARE_MARK.fullmatch(line) or (line.isupper() and len(line) > 3):
            continue
        marked = _MARK.match(line)
        body = _MARK.sub("", line).strip()
        if marked and body.rstrip(" .;").isupper():
            continue
        if marked or not made:
            made.append(body)
        else:
            made[-1] = f"{made[-1]} {line}"
    return [chunk.removesuffix("./.").strip() for chunk in made if squeeze(chunk)]


def _closest(wanted: str, chunks: Sequence[str]) -> str:
    """The chunk that shares most words with `wanted`; none when they share hardly any."""
    words = set(nfc(wanted).casefold().split())
    best, most = "", 0.3
    for chunk in chunks:
        other = set(nfc(chunk).casefold().split())
        share = len(words & other) / max(len(words | other), 1)
        if share > most:
            best, most = chunk, share
    return best
