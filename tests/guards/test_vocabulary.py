"""How the screens speak: plain and official, without a raised voice, and nothing is "locked"."""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
NEVER = {
    "bạn": r"\b[Bb]ạn\b",
    "Oops": r"\b[Oo]ops\b|\bÔi\b|\bRất tiếc\b",
    "khóa": r"\bbị khóa\b|\bbị khoá\b",
    "a bare Lỗi": r"^Lỗi[.:]?$|\bLỗi:|\bLỗi hệ thống\b|\bLỗi không xác định\b",
    "an exclamation mark": r"[^\W\d_]!(?!=)|! *$",
    "please": r"\b[Vv]ui lòng\b|\b[Hh]ãy\b",
    "English on the screen": r"\b([Ss]ubmit|[Dd]ashboard|[Ee]rror|[Ss]uccess|[Ii]nvalid|[Cc]lick)\b",
}
"""Words that no screen shows, each by a pattern."""


@cache
def shown() -> list[tuple[str, str]]:
    """(place, words) of everything a template says and of every Vietnamese string of the Python."""
    found = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|<!--.*?-->", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        where = str(path.relative_to(ROOT))
        for piece in re.split(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", text, flags=re.DOTALL):
            if piece.strip():
                found.append((where, " ".join(piece.split())))
        found += [(where, words) for words in re.findall(r"[\"']([^\"'<>{}]*[À-ỹ][^\"'<>{}]*)[\"']", text)]
    for path in sorted((ROOT / "app").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            words = node.value if isinstance(node, ast.Constant) and id(node) not in docs else None
            if isinstance(words, str) and re.search(r"[À-ỹ]", words):
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", words))
    return found


def offends(words: str, what: str) -> bool:
    return re.search(NEVER[what], words) is not None


@pytest.mark.parametrize("what", NEVER)
def test_no_screen_says(what):
    assert [f"{where}: {words[:80]}" for where, words in shown() if offends(words, what)] == []


def test_letters_are_composed():
    """NFC: one letter, one character, so that a search finds what the eye sees."""
    assert [where for where, words in shown() if not unicodedata.is_normalized("NFC", words)] == []


def test_there_is_something_to_read():
    assert len(shown()) > 500


@pytest.mark.parametrize(
    "words, what",
    [
        ("Chào bạn", "bạn"),
        ("Nội dung bị khóa", "khóa"),
        ("Lỗi", "a bare Lỗi"),
        ("Đã lưu!", "an exclamation mark"),
        ("Vui lòng chờ", "please"),
        ("Bấm Submit", "English on the screen"),
        ("Oops", "Oops"),
    ],
)
def test_the_patterns_find_what_they_are_for(words, what):
    assert offends(words, what)
    assert not offends("Sửa sai sót của cán bộ phụ trách, đã kết luận", what)
