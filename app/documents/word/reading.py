"""Reading a .docx that came back from somebody's hands: what its texts say now. Pure; nothing is trusted.

Tracked changes are read as if accepted. A line of a list loses the mark it was written with.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.documents.content import clean_text
from app.documents.word import origin
from app.documents.word.walking import Control, Loose, Reader, WordRefused, shown, tag_of

MOST_BYTES = 24 * 1024 * 1024
"""Unpacked size of one part that is read; a notice of a hundred pages has two."""
MOST_ENTRIES = 2000
_ENTITIES = "Tệp Word có khai báo không được phép (DTD) nên không được tiếp nhận."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote in the margin, and beside which text."""

    text: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file says; `controls` and `loose` in the order of the paper, `tables` by tag, row by row."""

    origin: origin.Origin
    controls: tuple[Control, ...]
    loose: tuple[Loose, ...]
    tables: dict[str, tuple[tuple[str, ...], ...]]
    comments: tuple[Comment, ...] = ()
    tracked: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """Lines of each text with its figures in place; a text in several places is joined."""
        found: dict[str, tuple[str, ...]] = {}
        for control in self.controls:
            found[control.ref] = (*found.get(control.ref, ()), *shown(control.lines, control.figures))
        return found


def read_docx(data: bytes) -> Returned:
    """Read an uploaded .docx. Raises WordRefused (damaged, locked, too large, entities, no text)."""
    if data.startswith(_OLE):
        raise WordRefused(
            "Tệp Word có mật khẩu hoặc ở dạng .doc cũ nên không đọc được. Bỏ mật khẩu, lưu lại dạng .docx "
            "rồi tải lên."
        )
    if data[:1024].lstrip().startswith(b"%PDF-"):
        raise WordRefused("Tệp này là PDF, không phải tệp Word (.docx). Chọn tệp Word đã tải từ hệ thống.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(Parts(archive))
    except (
        zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, OverflowError,
        RecursionError, RuntimeError, ValueError, struct.error, etree.LxmlError,
    ) as error:  # fmt: skip  # what zipfile and the parser raise over files that are not honest
        raise WordRefused() from error


class Parts:
    """The parts of a package, each read once, bounded, and parsed without entities."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        names = archive.namelist()
        if len(names) > MOST_ENTRIES:
            raise WordRefused("Tệp Word chứa quá nhiều phần nên không được tiếp nhận.")
        self._archive, self.names = archive, frozenset(names)

    def tree(self, name: str) -> Any:
        """The root of a part; None when there is no such part. Raises WordRefused."""
        if name not in self.names:
            return None
        with self._archive.open(name) as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise WordRefused("Tệp Word chứa quá nhiều dữ liệu khi giải nén nên không được tiếp nhận.")
        if b"<!DOCTYPE" in data:
            raise WordRefused(_ENTITIES)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
            remove_pis=True,
        )  # fmt: skip
        root = etree.fromstring(data, parser)
        info = root.getroottree().docinfo
        if info.doctype or info.internalDTD is not None:
            raise WordRefused(_ENTITIES)
        return root


def _read(parts: Parts) -> Returned:
    root = parts.tree("word/document.xml")
    body = root.find(tag_of("body")) if root is not None else None
    if body is None:
        raise WordRefused("Tệp không có nội dung Word. Chọn tệp Word (.docx) đã tải từ hệ thống.")
    reader = Reader(_comments(parts))
    reader.walk(body)
    remarks = list(reader.remarks)
    if _has_notes(parts):
        remarks.append("chú thích cuối trang")
    return Returned(
        origin=_origin(parts),
        controls=tuple(reader.controls),
        loose=tuple(reader.loose),
        tables=reader.tables,
        comments=tuple(Comment(text, reader.commented.get(key, "")) for key, text in reader.comments.items()),
        tracked=reader.tracked,
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _comments(parts: Parts) -> dict[str, str]:
    root = parts.tree("word/comments.xml")
    found: dict[str, str] = {}
    for comment in root.iter(tag_of("comment")) if root is not None else ():
        texts = ("".join(t.text or "" for t in p.iter(tag_of("t"))) for p in comment.iter(tag_of("p")))
        found[comment.get(tag_of("id"), "")] = clean_text(" ".join(" ".join(texts).split()))[:2000]
    return {key: text for key, text in found.items() if text}


def _has_notes(parts: Parts) -> bool:
    root = parts.tree("word/footnotes.xml")
    kinds = ("separator", "continuationSeparator", "continuationNotice")
    return root is not None and any(
        note.get(tag_of("type"), "") not in kinds for note in root.iter(tag_of("footnote"))
    )


def _origin(parts: Parts) -> origin.Origin:
    """From the custom XML part, else from the document's own properties."""
    for name in sorted(n for n in parts.names if re.fullmatch(r"customXml/item\d{1,4}\.xml", n)):
        root = parts.tree(name)
        if root.tag != f"{{{origin.NAMESPACE}}}origin":
            continue
        inner = {child.tag.rpartition("}")[2]: child.text or "" for child in root}
        return origin.believed(
            root.get("kind", ""), root.get("about", ""), root.get("hash", ""),
            inner.get("content", ""), inner.get("figures", "{}"),
        )  # fmt: skip
    root = parts.tree("docProps/custom.xml")
    told = {}
    for one in root if root is not None else ():
        told[one.get("name", "")] = "".join(one.itertext())
    return origin.Origin(told.get(origin.KIND, ""), told.get(origin.ABOUT, ""), told.get(origin.HASH, ""))
