"""Room for signatures, written into a paper before anybody signs: empty fields, tagged for screen readers.

The fields are an incremental update of the drawn PDF, so its bytes stay the beginning of every later version.
Each widget stands under a Form element of the structure tree with a name that is read aloud (ISO 14289-1
§7.18.4), without which the signed paper would no longer be PDF/UA.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.documents.rendering import SignatureBox

LEADER, OFFICE = "LanhDao", "CoQuan"
"""Names of the two fields of an issued paper: who signs it, and the office's seal."""
Corners = tuple[float, float, float, float]
"""Left, bottom, right, top of a field, in points from the page's lower left."""
SIGNATURES_EXIST, APPEND_ONLY = 1, 2
SLACK = 15 * 72 / 25.4
"""Points (15 mm) that a tool's own field may reach beyond the prepared ones: nobody clicks to the point."""


@dataclass(frozen=True)
class Place:
    """An empty signature field; `label` is read aloud ("Chữ ký số của Giám đốc Sở Nội vụ")."""

    field: str
    label: str
    box: SignatureBox


def prepare(pdf: bytes, places: Sequence[Place]) -> bytes:
    """The PDF with an empty signature field for each place. Raises ValueError for no or repeated fields."""
    from pyhanko.pdf_utils.generic import NumberObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    if not places or len({place.field for place in places}) != len(places):
        raise ValueError("a paper needs places for signatures, each under a name of its own")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    for place in places:
        box = place.box
        append_signature_field(
            writer,
            SigFieldSpec(
                place.field,
                on_page=box.page - 1,
                box=(round(box.left), round(box.bottom), round(box.right), round(box.top)),
                readable_field_name=place.label,
            ),
        )
        _tag(writer, place)
    form = writer.root["/AcroForm"]
    form["/SigFlags"] = NumberObject(SIGNATURES_EXIST | APPEND_ONLY)  # signing then leaves the form as it is
    writer.update_container(form)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def has_strays(reader: Any, before: Any) -> bool:
    """Whether a field that is not in `before` shows anywhere but at the places that were prepared there.

    Both are pyHanko's readers. That nothing but signature fields was added is judged elsewhere.
    """
    kept = list(_shown(before))
    known = {reference for reference, _, _ in kept}
    return not all(
        any(page == there and _is_within(box, place) for _, there, place in kept)
        for reference, page, box in _shown(reader)
        if reference not in known
    )


def _shown(reader: Any) -> Iterator[tuple[Any, int, Corners]]:
    """Every widget that takes room: its reference (None: written into the page), page from 0, corners."""
    for page in range(int(reader.root["/Pages"]["/Count"])):
        drawn = reader.find_page_for_modification(page)[0].get_object()
        for entry in drawn.get("/Annots", ()):  # iterating leaves references as they are
            annotation = entry.get_object()
            if annotation.get("/Subtype") != "/Widget":
                continue
            one, other, third, fourth = (float(corner) for corner in annotation["/Rect"])
            box = (min(one, third), min(other, fourth), max(one, third), max(other, fourth))
            if box[0] < box[2] and box[1] < box[3]:
                yield getattr(entry, "reference", None), page, box


def _is_within(box: Corners, place: Corners) -> bool:
    reach = (place[0] - SLACK, place[1] - SLACK, place[2] + SLACK, place[3] + SLACK)
    return box[0] >= reach[0] and box[1] >= reach[1] and box[2] <= reach[2] and box[3] <= reach[3]


def _tag(writer: Any, place: Place) -> None:
    """Put the widget under a Form element of the structure tree; a PDF without one is left as it is."""
    from pyhanko.pdf_utils.generic import (
        ArrayObject,
        DictionaryObject,
        NumberObject,
        TextStringObject,
        pdf_name,
    )

    root = writer.root
    if "/StructTreeRoot" not in root:
        return
    tree = root["/StructTreeRoot"]
    reference = next(
        field for field in root["/AcroForm"]["/Fields"] if field.get_object()["/T"] == place.field
    )
    page, _ = writer.find_page_for_modification(place.box.page - 1)
    top = tree["/K"]
    several = isinstance(top, ArrayObject)
    parent = (top[0] if several else top).get_object()
    parent_reference = top.raw_get(0) if several else tree.raw_get("/K")
    element = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): parent_reference,
                pdf_name("/Alt"): TextStringObject(place.label),
                pdf_name("/Pg"): page,
                pdf_name("/K"): DictionaryObject(
                    {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): reference}
                ),
            }
        )
    )
    kids = parent["/K"]
    if isinstance(kids, ArrayObject):
        kids.append(element)
    else:
        parent["/K"] = ArrayObject([kids, element])
    writer.update_container(parent) if parent.container_ref else writer.mark_update(parent_reference)
    key = max([int(tree.get("/ParentTreeNextKey", 0)), *(key + 1 for key in _keys(tree["/ParentTree"]))])
    _enter(writer, tree["/ParentTree"], key, element)
    tree["/ParentTreeNextKey"] = NumberObject(key + 1)
    writer.update_container(tree)
    widget = reference.get_object()
    widget["/StructParent"] = NumberObject(key)
    widget["/TU"] = TextStringObject(place.label)
    writer.update_container(widget)
    drawn = page.get_object()
    drawn["/Tabs"] = pdf_name("/S")
    writer.update_container(drawn)


def _enter(writer: Any, tree: Any, key: int, element: Any) -> None:
    """Add key → element to the number tree."""
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name

    if "/Nums" in tree:
        tree["/Nums"].extend([NumberObject(key), element])
    else:
        leaf = DictionaryObject(
            {
                pdf_name("/Nums"): ArrayObject([NumberObject(key), element]),
                pdf_name("/Limits"): ArrayObject([NumberObject(key), NumberObject(key)]),
            }
        )
        tree["/Kids"].append(writer.add_object(leaf))
    writer.update_container(tree)


def _keys(node: Any) -> Iterator[int]:
    if "/Nums" in node:
        yield from (int(key) for key in list(node["/Nums"])[0::2])
        return
    for kid in node["/Kids"]:
        yield from _keys(kid.get_object())
