"""Papers every text of which tries to break out; as a program: draw them and tell what was opened.

`python -m tests.documents.hostile` draws every kind with an audit hook (PEP 578) that sees each file, socket
and process that Python code begins to open, and writes the list as JSON.
"""

from __future__ import annotations

import json
import socket
import sys
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.documents.content import Annex, Block, OfficialDocument, SignatureBlock, Urgency

WATCHED = (
    "open",
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "urllib.",
    "ctypes.dlopen",
)

ATTACKS = (
    '"><img src="http://127.0.0.1:9/a"><svg><image href="file:///etc/passwd"/></svg>',
    "</title><link rel=attachment href=file:///etc/passwd>",
    "<style>@import url(file:///etc/passwd);</style> '); } p{background:url(//127.0.0.1:9/b)} /*",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} &#60; <!--",
    "\u202ebidi\u2066 \x00\x1b[31m \ufeff\ud800 a" + "\u0301" * 9,
)
HOSTILE = " ".join(ATTACKS)


def hostile(value: Any, text: str = HOSTILE) -> Any:
    """The same content with `text` in the place of every text (enums, references and dates stay)."""
    if isinstance(value, StrEnum) or not value:
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(hostile(part, text) for part in value)
    if is_dataclass(value):
        texts = (item.name for item in fields(value) if item.name != "ref")
        return replace(value, **{name: hostile(getattr(value, name), text) for name in texts})
    return value


def one_of_each(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The first block of each type, with the first item or rows that it has: every field once."""
    first: dict[type, Block] = {}
    for block in blocks:
        for name in ("items", "rows", "pairs"):
            if hasattr(block, name):
                block = replace(block, **{name: getattr(block, name)[:1]})
        first.setdefault(type(block), block)
    return tuple(first.values())


def with_everything(document: OfficialDocument) -> OfficialDocument:
    """The same with each field filled that may be."""
    blocks = one_of_each(document.blocks)
    return replace(
        document,
        blocks=blocks,
        governing_body=document.governing_body or "x",
        symbol=document.symbol or "x",
        place=document.place or "x",
        urgency=Urgency.KHAN,
        authority_line="x",
        addressees=("x", "x"),
        legal_bases=("x", "x"),
        signature=document.signature or SignatureBlock("x", ("x",), ("x",), "x"),
        recipients=document.recipients or ("x",),
        annexes=tuple(replace(annex, blocks=one_of_each(annex.blocks)) for annex in document.annexes[:1])
        or (Annex("x", blocks, attached_to="x"),),
    )


def main() -> int:
    """Draw one sample, so that what is loaded once is loaded; watch; draw every kind with hostile texts."""
    from app.documents.canonical import canonical_json
    from app.documents.rendering import Mark, list_drawn, load_sample, render_pdf
    from tests.documents.paper import WHEN

    mark = Mark("7K3M-Q9XD-2HTB", "https://ketluan.vidu.example/verify")
    papers = [with_everything(load_sample(kind)) for kind in list_drawn()]
    render_pdf(papers[0], created_at=WHEN, mark=mark, attachment_json=canonical_json(papers[0]))
    seen: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(WATCHED):
            seen.append(f"{event} {arguments[0]}")

    sys.addaudithook(watch)
    drawn = 0
    for paper in papers:
        text = hostile(paper)
        drawn += render_pdf(text, created_at=WHEN, mark=mark, attachment_json=canonical_json(text)).pages
    told, seen = seen, []
    Path("/etc/passwd").read_bytes()  # what the watch must see if it sees at all
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    sys.stdout.write(json.dumps({"pages": drawn, "opened": told, "proof": seen}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
