"""Where a .docx of ours comes from, as it travels inside the file: kind, whose it is, the content itself.

The file comes back from somebody's hands, so nothing here is believed without looking: content that does not
have the hash beside it counts as unknown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.documents.canonical import ContentError, canonical_json, content_hash, from_json
from app.documents.content import OfficialDocument
from app.documents.word.parts import escaped

NAMESPACE = "urn:ket-luan:van-ban:1"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VALUE_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
KIND, ABOUT, HASH = "KetLuanLoai", "KetLuanHoSo", "KetLuanNoiDung"

Figures = Mapping[str, tuple[str, ...]]
"""ref → figures of the record that stand in its text and are no words, e.g. "(45/3.468 hồ sơ)"."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the file says of itself; empty where it says nothing. `about` is the key of its record."""

    kind: str = ""
    about: str = ""
    content_hash: str = ""
    made_from: OfficialDocument | None = None
    figures: Figures = field(default_factory=dict)


def hash_of(document: OfficialDocument) -> str:
    """Hash of the content; the month in which a draft is looked at is no part of it."""
    return content_hash(replace(document, expected_on=None))


def data_part(document: OfficialDocument, about: str, figures: Figures) -> bytes:
    """The custom XML part."""
    kept = json.dumps({ref: list(of) for ref, of in figures.items()}, ensure_ascii=False, sort_keys=True)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<origin xmlns="{NAMESPACE}" kind="{document.kind.value}" about="{escaped(about)}" '
        f'hash="{hash_of(document)}"><content>{escaped(canonical_json(document))}</content>'
        f"<figures>{escaped(kept)}</figures></origin>"
    ).encode()


def properties_part(document: OfficialDocument, about: str) -> bytes:
    """Document properties with the same key and hash, which survive tools that drop custom XML."""
    values = ((KIND, document.kind.value), (ABOUT, about), (HASH, hash_of(document)))
    rows = "".join(
        f'<property fmtid="{FORMAT_ID}" pid="{place}" name="{name}">'
        f"<vt:lpwstr>{escaped(value)}</vt:lpwstr></property>"
        for place, (name, value) in enumerate(values, 2)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Properties xmlns="{PROPERTIES}" xmlns:vt="{VALUE_TYPES}">{rows}</Properties>'
    ).encode()


def believed(kind: str, about: str, told_hash: str, content: str, figures: str) -> Origin:
    """What can be believed of what a file says: its content only when it has the hash that is told."""
    try:
        made_from = from_json(content)
        kept = {str(ref): tuple(str(one) for one in of) for ref, of in dict(json.loads(figures)).items()}
    except (ContentError, ValueError, TypeError, RecursionError):
        made_from, kept = None, {}
    if made_from is not None and hash_of(made_from) != told_hash:
        made_from, kept = None, {}
    return Origin(kind, about, told_hash, made_from, kept)
