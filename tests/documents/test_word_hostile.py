"""Files that are no honest .docx: each is refused in words, none is opened further than it may be."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
from datetime import UTC, datetime

import pytest

from app.documents.kinds import DocumentKind
from app.documents.rendering import load_sample
from app.documents.word import WordRefused, compare, read_docx, write_docx
from tests.factories import word
from tests.factories.word import W

WHEN = datetime(2026, 9, 4, 2, 30, tzinfo=UTC)
CONTENT = load_sample(DocumentKind.CONCLUSION_NOTICE)


def good() -> bytes:
    return write_docx(CONTENT, created_at=WHEN)


def with_text(xml: bytes) -> bytes:
    return word.packed({**word.parts_of(good()), "word/document.xml": xml})


def paragraphs(xml: str) -> bytes:
    return f'<w:document xmlns:w="{W}"><w:body>{xml}</w:body></w:document>'.encode()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
    + f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'.encode()
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>'.encode()
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n% khong phai Word", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "mật khẩu"),
        (b"", "Không đọc được"),
        (b"PK\x03\x04 hong", "Không đọc được"),
        (word.packed({"xl/workbook.xml": b"<x/>"}), "không có nội dung Word"),
        (word.packed({"word/document.xml": b"<a><b></a>"}), "Không đọc được"),
        (word.packed({"word/document.xml": b"<a/>"}), "không có nội dung Word"),
        (with_text(BOMB), "DTD"),
        (with_text(OUTSIDE), "DTD"),
        (with_text(OUTSIDE.decode().encode("utf-16")), "DTD|Không đọc được"),
        (with_text(paragraphs("<w:sdt>" * 5000 + "</w:sdt>" * 5000)), "Không đọc được"),
        (with_text(paragraphs("<w:p/>" * 5_001)), "quá nhiều đoạn"),
        (with_text(paragraphs(f"<w:p><w:r><w:t>{'a ' * 30_000}</w:t></w:r></w:p>")), "quá dài"),
        (word.packed({f"x/{n}": b"" for n in range(2001)}), "quá nhiều phần"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:12],
)
def test_it_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(WordRefused, match=said) as refused:
        read_docx(data)
    assert refused.value.field == "file"


def test_a_part_that_unpacks_without_end_is_refused_early() -> None:
    data = with_text(b"<a>" + b" " * (60 * 1024 * 1024) + b"</a>")
    assert len(data) < 200_000
    begun = time.monotonic()
    with pytest.raises(WordRefused, match="giải nén"):
        read_docx(data)
    assert time.monotonic() - begun < 5


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    data = bytearray(good())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 3)
    with pytest.raises(WordRefused):
        read_docx(bytes(data[: place + 10]))


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(good())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("word/document.xml")
    data[info.header_offset + 6] |= 1
    place = 0
    while (place := data.find(b"PK\x01\x02", place + 1)) > 0:
        data[place + 8] |= 1
    with pytest.raises(WordRefused):
        read_docx(bytes(data))


def test_a_bit_flipped_anywhere_is_read_or_refused_and_never_breaks() -> None:
    chance, data = random.Random(4), good()
    for _ in range(60):
        broken = bytearray(data)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        try:
            returned = read_docx(bytes(broken))
        except WordRefused:
            continue
        compare(CONTENT, returned)


def test_what_the_file_says_of_itself_may_be_anything() -> None:
    for content in ("", "{", "[" * 5000, "null", '{"schema": 1}', '{"schema": 1, "kind": 3}'):
        parts = word.parts_of(good())
        parts["customXml/item1.xml"] = (
            '<origin xmlns="urn:ket-luan:van-ban:1" kind="x" about="notice:1" hash="y">'
            f"<content>{content}</content><figures>[1]</figures></origin>"
        ).encode()
        told = read_docx(word.packed(parts)).origin
        assert (told.kind, told.made_from, dict(told.figures)) == ("x", None, {})


def test_direction_marks_and_controls_typed_into_a_text_are_not_read() -> None:
    edited = word.edited(good(), word.reword("finding:12", "giải quyết", "giải\u202e quy\u200bết"))
    assert compare(CONTENT, read_docx(edited)).changes == ()


def test_text_boxes_deleted_rows_and_foreign_controls_do_not_become_text() -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    data = with_text(
        paragraphs(
            f'<w:p><w:r><mc:AlternateContent xmlns:mc="{mc}"><mc:Choice><w:drawing><w:txbxContent><w:p><w:r>'
            "<w:t>hộp</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:t>hộp"
            "</w:t></w:pict></mc:Fallback></mc:AlternateContent><w:t>chữ</w:t><w:tab/><w:noBreakHyphen/></w:r></w:p>"
            f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Fallback><w:p><w:r><w:t>thay</w:t></w:r></w:p>'
            "</mc:Fallback>"
            '</mc:AlternateContent><w:sdt/><w:sdt><w:sdtPr><w:tag w:val="finding:1"/></w:sdtPr><w:sdtContent>'
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>ô</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>lời</w:t>"
            "</w:r><w:moveFrom><w:r><w:t>cũ</w:t></w:r></w:moveFrom></w:p><w:del/></w:sdtContent></w:sdt>"
            "<w:ins><w:p><w:r><w:t>thêm</w:t></w:r></w:p></w:ins><w:altChunk/>"
            '<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"/></w:p>'
        )
    )
    returned = read_docx(data)
    assert returned.texts == {"finding:1": ("lời",)}
    assert [loose.text for loose in returned.loose] == ["chữ -", "thêm"]
    assert set(returned.remarks) == {
        "hình, hộp văn bản", "bảng được chèn vào phần chữ", "tệp khác được chèn vào", "công thức",
    }  # fmt: skip
