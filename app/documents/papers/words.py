"""The words of a composed paper that people may change: every text with a `ref`, by its lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from app.documents.chain.course import Words
from app.documents.content import (
    Article,
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    Item,
    Numbered,
    OfficialDocument,
    Paragraph,
    Run,
    plain,
)
from app.vietnamese import nfc

MAX_LENGTH = 8000
PROPOSED = "proposed"
"""Key of the refs that were kept as the record proposed them, and that nobody edited."""


def clean(text: str) -> str:
    """Typed text as it is kept: NFC, single spaces, no empty lines."""
    lines = (" ".join(line.split()) for line in nfc(text).replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def text_of(runs: tuple[Run, ...]) -> str:
    """Runs of a paragraph as one text."""
    return "".join(run.text for run in runs)


def words_of(content: OfficialDocument) -> tuple[Words, ...]:
    """Every text that may be reworded, in the order of the page; the same ref twice is told once."""
    made: dict[str, Words] = {}
    places: dict[str, int] = {}
    for where, ref, text in _texts(content):
        if ref in made:
            continue
        places[where] = places.get(where, 0) + 1
        place = places[where]
        made[ref] = Words(ref, where if place == 1 else f"{where}, đoạn {place}", text)
    return tuple(made.values())


def _texts(content: OfficialDocument) -> Iterator[tuple[str, str, str]]:
    """(where, ref, lines) of each run of neighbours with one ref."""
    for where, whole in [("Mở đầu", content.blocks), *((a.label, a.blocks) for a in content.annexes)]:
        for ref, group in groupby(whole, key=_ref):
            blocks = list(group)
            if ref:
                where = _place(blocks[0]) or where
                yield where, ref, "\n".join(text_of(b.runs) for b in blocks if isinstance(b, _TEXTS))
                continue
            for block in blocks:
                where = _place(block) or where
                if isinstance(block, Numbered | Bulleted):
                    for item_ref, items in groupby(block.items, key=lambda item: item.ref):
                        if item_ref:
                            yield where, item_ref, "\n".join(text_of(item.runs) for item in items)


_TEXTS = (Paragraph, Article)


def _ref(block: Block) -> str:
    return block.ref if isinstance(block, _TEXTS) else ""


def _place(block: Block) -> str:
    if isinstance(block, Article):
        return f"Điều {block.number}"
    if isinstance(block, Heading) and block.level in (HeadingLevel.PART, HeadingLevel.SECTION):
        return f"{'Phần' if block.level is HeadingLevel.PART else 'Mục'} {block.number}".strip()
    return ""


def reworded(content: OfficialDocument, texts: Mapping[str, str]) -> OfficialDocument:
    """The content with the lines of `texts` in place of what was composed, each line as its neighbours look.

    A text without lines is left out, and with it the list that has no other item.
    """
    known = {ref: tuple(filter(None, text.split("\n"))) for ref, text in texts.items() if ref != PROPOSED}
    if not known:
        return content
    annexes = tuple(replace(annex, blocks=_blocks(annex.blocks, known)) for annex in content.annexes)
    return replace(content, blocks=_blocks(content.blocks, known), annexes=annexes)


def _blocks(blocks: tuple[Block, ...], known: Mapping[str, tuple[str, ...]]) -> tuple[Block, ...]:
    made: list[Block] = []
    for ref, group in groupby(blocks, key=_ref):
        same = list(group)
        if ref in known:
            made += _again(same[0], known[ref])
            continue
        for block in same:
            if isinstance(block, Numbered | Bulleted):
                items = _items(block.items, known)
                made += [replace(block, items=items)] if items else []
            else:
                made.append(block)
    return tuple(made)


def _again(first: Block, lines: tuple[str, ...]) -> list[Block]:
    if isinstance(first, Article):  # one number, one text
        return [replace(first, runs=plain(" ".join(lines)))]
    assert isinstance(first, Paragraph)
    return [replace(first, runs=_like(first.runs, line)) for line in lines]


def _items(items: tuple[Item, ...], known: Mapping[str, tuple[str, ...]]) -> tuple[Item, ...]:
    made: list[Item] = []
    for ref, group in groupby(items, key=lambda item: item.ref):
        same = list(group)
        if ref in known:
            made += [replace(same[0], runs=_like(same[0].runs, line)) for line in known[ref]]
        else:
            made += same
    return tuple(made)


def _like(runs: tuple[Run, ...], line: str) -> tuple[Run, ...]:
    """One run as bold or italic as all of the text was."""
    return plain(
        line, bold=bool(runs) and all(r.bold for r in runs), italic=bool(runs) and all(r.italic for r in runs)
    )
