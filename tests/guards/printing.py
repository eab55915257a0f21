"""A guide as it comes out of a printer: headings, lists, tables and bold words of Markdown on A4."""

from __future__ import annotations

import html
import re
from pathlib import Path

import weasyprint

LOOK = """
@page { size: A4; margin: 20mm }
body { font: 12pt/1.3 'Liberation Serif' }
h1 { font-size: 1.4em; margin: 0 0 .3em } h2 { font-size: 1.15em; margin: .6em 0 .2em }
p, ul, ol, table { margin: .3em 0 } li { margin: .15em 0 }
table { border-collapse: collapse } td { border: 1px solid; padding: .1em .4em }
"""
KINDS = ((r"#{1,6} ", ""), (r"\d+\. ", "ol"), (r"- ", "ul"), (r"\|", "table"))


def count_pages(path: Path) -> int:
    """How many sheets of A4 the file takes at twelve points."""
    drawn = weasyprint.HTML(string=f"<style>{LOOK}</style>{_body(path.read_text(encoding='utf-8'))}")
    return len(drawn.render().pages)


def _body(text: str) -> str:
    """One element a block; a list or table is closed by the first line that is none of it."""
    made: list[str] = []
    within = ""
    for block in re.split(r"\n(?=\n|#|\d+\. |- |\|)", text):
        line = " ".join(block.split())
        mark, kind = next(
            ((m.group(), kind) for rule, kind in KINDS if (m := re.match(rule, line))), ("", "")
        )
        if kind != within:
            made.append(f"</{within}>" * bool(within) + f"<{kind}>" * bool(kind))
            within = kind
        words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(line.removeprefix(mark), quote=False))
        if kind == "table":
            cells = "".join(f"<td>{cell}</td>" for cell in words.strip("|").split("|"))
            made.append("" if re.fullmatch(r"[|\s-]+", words) else f"<tr>{cells}</tr>")
        elif kind:
            made.append(f"<li>{words}</li>")
        elif mark:
            made.append(f"<h{len(mark) - 1}>{words}</h{len(mark) - 1}>")
        elif words:
            made.append(f"<p>{words}</p>")
    return "".join(made) + f"</{within}>" * bool(within)
