"""The gate every upload passes: size, name and content must agree with an allowed kind of file."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass

from app.errors import DomainError

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 5000

MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "yaml": "application/yaml",
}
ON_REQUEST = frozenset({"yaml"})
"""Kinds accepted only where they are asked for by name."""
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True)
class Accepted:
    """An upload that passed: safe display name and the media type its content shows."""

    name: str
    media_type: str


class UploadRefused(DomainError):
    """The file is too large, empty, of a kind not accepted, or not what its name says."""

    def __init__(self, message: str, *, status: int = 422) -> None:
        super().__init__(message, field="files")
        self.status = status


def clean_name(name: str) -> str:
    """A display name without folders, control or direction characters; at most 120 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    base = re.sub(r"\s+", " ", base).strip(" .") or "tep"
    stem, dot, extension = base.rpartition(".")
    if len(base) <= 120 or not dot or len(extension) > 10:
        return base[:120]
    return f"{stem[: 119 - len(extension)]}.{extension}"


def _office_kind(data: bytes, extension: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise UploadRefused("Tệp nén chứa quá nhiều dữ liệu. Lưu lại tệp gọn hơn rồi tải lên.")
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct.error):
        return False  # what zipfile raises over a central directory that is no honest one
    if any(name.lower().endswith("vbaproject.bin") or "macrosheets/" in name.lower() for name in names):
        raise UploadRefused("Tệp có mã lệnh (macro) không được tiếp nhận. Lưu lại dạng không có macro.")
    wanted = "word/document.xml" if extension == "docx" else "xl/workbook.xml"
    return wanted in names


def _matches(data: bytes, extension: str) -> bool:
    if extension == "pdf":
        return data[:1024].lstrip().startswith(b"%PDF-")
    if extension == "png":
        return data.startswith(b"\x89PNG\r\n\x1a\n")
    if extension in ("jpg", "jpeg"):
        return data.startswith(b"\xff\xd8\xff")
    if extension == "webp":
        return data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if extension in ("docx", "xlsx"):
        return data.startswith(b"PK") and _office_kind(data, extension)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def inspect(name: str, data: bytes, *, max_bytes: int, kinds: tuple[str, ...] | None = None) -> Accepted:
    """Let `data` called `name` pass, or raise UploadRefused. `kinds`: extensions accepted here."""
    try:
        return _accept(name, data, max_bytes, kinds)
    except UploadRefused as error:
        error.upload = name
        raise


def _accept(name: str, data: bytes, max_bytes: int, kinds: tuple[str, ...] | None) -> Accepted:
    shown = clean_name(name)
    extension = shown.rpartition(".")[2].lower() if "." in shown else ""
    allowed = kinds or tuple(kind for kind in MEDIA_TYPES if kind not in ON_REQUEST)
    if not data:
        raise UploadRefused(f"Tệp “{shown}” không có nội dung.")
    if len(data) > max_bytes:
        raise UploadRefused(
            f"Tệp “{shown}” lớn hơn {max_bytes // (1024 * 1024)} MB. Nén hoặc chụp lại rồi tải lên.",
            status=413,
        )
    if extension not in allowed or extension not in MEDIA_TYPES:
        raise UploadRefused(f"Tệp “{shown}” không thuộc loại được tiếp nhận ({', '.join(allowed)}).")
    if not _matches(data, extension):
        raise UploadRefused(f"Nội dung tệp “{shown}” không đúng với đuôi .{extension}. Kiểm tra lại tệp.")
    return Accepted(name=shown, media_type=MEDIA_TYPES[extension])
