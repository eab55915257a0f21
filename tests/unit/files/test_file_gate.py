"""The gate of every upload: size, name and content must agree with a kind of file that is accepted."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files import gate
from app.files.gate import MEDIA_TYPES, ON_REQUEST, UploadRefused, clean_name, inspect

MB = 1024 * 1024


def office(*names: str, size: int = 10) -> bytes:
    """A zip archive with files of these names."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"x" * size)
    return kept.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")
XLSX = office("[Content_Types].xml", "xl/workbook.xml")
GOOD = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\n",
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "jpeg": b"\xff\xd8\xff\xe1" + b"\0" * 20,
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "docx": DOCX,
    "xlsx": XLSX,
    "csv": "mã,tên\n1,Long Phước\n".encode("utf-8-sig"),
    "txt": "Biên bản".encode(),
}


def refusal(name: str, data: bytes, **options) -> UploadRefused:
    with pytest.raises(UploadRefused) as refused:
        inspect(name, data, **{"max_bytes": MB, **options})
    assert refused.value.field == "files"
    return refused.value


def test_there_is_a_good_file_of_every_kind():
    assert set(GOOD) == set(MEDIA_TYPES) - ON_REQUEST


def test_a_form_is_taken_only_where_forms_are_asked_for():
    data = "form: cchc-công-vụ\n".encode()
    assert inspect("phieu.yaml", data, max_bytes=MB, kinds=("yaml",)).media_type == "application/yaml"
    assert "không thuộc loại được tiếp nhận" in refusal("phieu.yaml", data).message


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_file_of_each_kind_passes_with_the_type_its_content_shows(kind):
    accepted = inspect(f"Biên bản.{kind.upper()}", GOOD[kind], max_bytes=MB)
    assert accepted.name == f"Biên bản.{kind.upper()}"
    assert accepted.media_type == MEDIA_TYPES[kind]


@pytest.mark.parametrize("shown", GOOD)
@pytest.mark.parametrize("real", GOOD)
def test_a_file_that_is_not_what_its_name_says_is_refused(shown, real):
    alike = {"jpg": "jpeg", "csv": "txt"}
    if alike.get(shown, shown) == alike.get(real, real):
        assert inspect(f"a.{shown}", GOOD[real], max_bytes=MB).media_type == MEDIA_TYPES[shown]
    else:
        refused = refusal(f"a.{shown}", GOOD[real])
        assert refused.status == 422
        assert refused.message == f"Nội dung tệp “a.{shown}” không đúng với đuôi .{shown}. Kiểm tra lại tệp."


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.html", "a.svg", "a.zip", "a.docm", "a.xlsm", "a.pdf.exe", "a", "pdf", ".pdf", "a.", ""],
)
def test_a_kind_nobody_asked_for_is_refused(name):
    refused = refusal(name, GOOD["pdf"])
    assert refused.status == 422
    assert "không thuộc loại được tiếp nhận (pdf, png" in refused.message


def test_a_page_may_take_fewer_kinds():
    assert inspect("a.pdf", GOOD["pdf"], max_bytes=MB, kinds=("pdf",)).name == "a.pdf"
    assert "(pdf)" in refusal("a.png", GOOD["png"], kinds=("pdf",)).message


def test_a_page_cannot_take_a_kind_nobody_can_check():
    refusal("a.exe", b"MZ", kinds=("exe",))


def test_an_empty_file_is_refused_by_its_name():
    assert refusal("Phụ lục.pdf", b"").message == "Tệp “Phụ lục.pdf” không có nội dung."


def test_a_file_of_just_the_size_passes_and_one_byte_more_is_413():
    data = GOOD["pdf"].ljust(MB, b" ")
    assert inspect("a.pdf", data, max_bytes=MB)
    refused = refusal("a.pdf", data + b" ")
    assert refused.status == 413
    assert refused.message == "Tệp “a.pdf” lớn hơn 1 MB. Nén hoặc chụp lại rồi tải lên."


@pytest.mark.parametrize(
    "part",
    ["word/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml", "customUI/vbaProject.bin"],
)
@pytest.mark.parametrize("kind, main", [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")])
def test_a_file_with_macros_is_refused_whatever_it_is_called(kind, main, part):
    assert "macro" in refusal(f"a.{kind}", office(main, part)).message


def test_a_zip_that_unpacks_to_too_much_is_refused_by_its_directory_alone(monkeypatch):
    """200 MB of zeros in 200 KB: nothing is unpacked to find out."""
    bomb = office("word/document.xml", "word/media/a.bin", size=MB)
    monkeypatch.setattr(gate, "MAX_UNPACKED", 2 * MB - 1)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("the archive was unpacked"))
    assert len(bomb) < 10_000
    assert "quá nhiều dữ liệu" in refusal("a.docx", bomb).message


def test_a_zip_of_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(gate, "MAX_ENTRIES", 3)
    assert inspect("a.docx", office("word/document.xml", "a", "b"), max_bytes=MB)
    assert "quá nhiều" in refusal("a.docx", office("word/document.xml", "a", "b", "c")).message


def test_the_limits_are_those_of_an_office_machine():
    assert gate.MAX_UNPACKED == 200 * MB
    assert gate.MAX_ENTRIES == 5000


def future_version(data: bytes) -> bytes:
    """The archive says that it needs version 9.9 of zip."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 6] + struct.pack("<H", 99) + data[at + 8 :]


def broken_name(data: bytes) -> bytes:
    """The directory says that its names are UTF-8, and they are not."""
    at = data.index(b"PK\x01\x02")
    named = data[: at + 8] + struct.pack("<H", 0x800) + data[at + 10 :]
    return named[: at + 46] + b"\xff\xfe" + named[at + 48 :]


@pytest.mark.parametrize(
    "data",
    [
        b"PK", b"PK\x05\x06" + b"\0" * 18, DOCX[:-10], DOCX[: len(DOCX) // 2],
        future_version(DOCX), broken_name(DOCX), DOCX.replace(b"word/document.xml", b"word/documenX.xml"),
    ],
)  # fmt: skip
def test_a_broken_archive_is_refused_and_breaks_nothing(data):
    assert refusal("a.docx", data).status == 422


@given(st.data())
def test_a_damaged_archive_is_refused_or_passes_but_never_breaks_the_gate(data):
    broken = bytearray(DOCX)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert inspect("a.docx", bytes(broken), max_bytes=MB).name == "a.docx"
    except UploadRefused as refused:
        assert refused.message


@pytest.mark.parametrize("text", [b"a\x00b", b"\xff\xfea\x00", "Đồng Nai".encode("utf-16"), b"\x80abc"])
@pytest.mark.parametrize("kind", ["csv", "txt"])
def test_text_that_is_not_utf_8_is_refused(kind, text):
    refusal(f"a.{kind}", text)


NAMES = {
    "Biên bản.pdf": "Biên bản.pdf",
    "C:\\Users\\cán bộ\\Biên bản.pdf": "Biên bản.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "/a/b/": "tep",
    "hop\u202efdp.exe": "hopfdp.exe",
    "a\u2066b\u2069.pdf": "ab.pdf",
    "a\u200bb\u200d\ufeff.pdf": "ab.pdf",
    "a\x00b\x1f\r\n.pdf": "ab.pdf",
    "  nhiều   khoảng\u00a0trắng .pdf ": "nhiều khoảng trắng .pdf",
    "...": "tep",
    "": "tep",
    "a\ue000\ud800.pdf": "a.pdf",
    "Bie\u0302n ba\u0309n.pdf": "Biên bản.pdf",
}


@pytest.mark.parametrize("given_name", NAMES)
def test_a_name_keeps_its_words_and_loses_folders_and_tricks(given_name):
    assert clean_name(given_name) == NAMES[given_name]


def test_a_direction_character_cannot_disguise_a_program():
    assert "loại" in refusal("bao-cao-\u202efdp.exe", GOOD["pdf"]).message


def test_a_long_name_keeps_its_ending_and_is_cut_at_120():
    assert clean_name("ă" * 300 + ".pdf") == "ă" * 116 + ".pdf"
    assert clean_name("a" * 300) == "a" * 120
    assert clean_name("a." + "x" * 300) == "a." + "x" * 118
    assert clean_name("a" * 116 + ".pdf") == "a" * 116 + ".pdf"


@given(st.text(max_size=300))
def test_whatever_the_name_the_shown_one_is_safe_and_stays_so(name):
    shown = clean_name(name)
    assert 0 < len(shown) <= 120
    assert not set(shown) & {"/", "\\", "\x00", "\n", "\r", "\u202e"}
    assert unicodedata.is_normalized("NFC", shown)
    assert not any(unicodedata.category(c).startswith("C") for c in shown)
    assert clean_name(shown) == shown.strip(" .")


def test_what_may_open_in_a_page_cannot_run_there():
    """HTML, SVG and XML would; they are not even accepted."""
    assert set(MEDIA_TYPES.values()) > gate.INLINE
    assert not {"text/html", "image/svg+xml", "application/xml"} & set(MEDIA_TYPES.values())
