"""Papers that somebody altered: every one made here, once, from the paper that stands in `papers`."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from app.documents.rendering import SignatureBox
from app.documents.signatures import places, signing
from app.documents.signatures.appearance import Look
from tests.signatures import papers

WHITE_OVER_THE_TEXT = b"q 1 1 1 rg 0 300 600 300 re f Q"


def _increment(data: bytes, change: Callable[[Any], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _cover_the_text(writer: Any) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    over = writer.add_object(StreamObject(stream_data=WHITE_OVER_THE_TEXT))
    there = page.raw_get("/Contents")
    page["/Contents"] = ArrayObject([*(there if isinstance(there, ArrayObject) else [there]), over])
    writer.update_container(page)


def _note(writer: Any) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    note = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/FreeText"),
                pdf_name("/Rect"): ArrayObject(map(NumberObject, (100, 500, 400, 560))),
                pdf_name("/Contents"): TextStringObject("Không phải khắc phục"),
                pdf_name("/DA"): TextStringObject("/Helv 14 Tf 0 g"),
            }
        )
    )
    page["/Annots"] = ArrayObject([*page.get("/Annots", ArrayObject()), note])
    writer.update_container(page)


def _swap_pages(writer: Any) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"] = ArrayObject(reversed(list(pages["/Kids"].__iter__())))
    kids = pages["/Kids"]
    pages["/Kids"] = ArrayObject([kids.raw_get(place) for place in range(len(kids))])
    writer.update_container(pages)


def _other_look(writer: Any) -> None:
    """The seal's field gets another appearance."""
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field["/T"] == places.OFFICE:
            drawn = StreamObject(stream_data=b"1 0 0 rg 0 0 90 90 re f")
            drawn[pdf_name("/Type")] = pdf_name("/XObject")
            drawn[pdf_name("/Subtype")] = pdf_name("/Form")
            drawn[pdf_name("/BBox")] = ArrayObject(map(NumberObject, (0, 0, 90, 90)))
            field["/AP"] = DictionaryObject({pdf_name("/N"): writer.add_object(drawn)})
            writer.update_container(field)


def _retitle(writer: Any) -> None:
    """Readers show the title in their window."""
    writer.document_meta.title = "Không phải khắc phục"
    writer.update_root()  # nothing is written of a file in which nothing else changed


def _other_info(writer: Any) -> None:
    writer.set_info(DictionaryObject({pdf_name("/Title"): TextStringObject("Không phải khắc phục")}))


@cache
def bit_flipped() -> bytes:
    """One bit within the first page's text."""
    data = bytearray(papers.paper().sealed)
    data[len(papers.paper().drawn) // 2] ^= 1
    return bytes(data)


@cache
def bytes_appended() -> bytes:
    """Something after the end."""
    sealed = papers.paper().sealed
    return sealed + b"\n% Da sua\n" + sealed[sealed.rindex(b"startxref") :]


def with_note(data: bytes) -> bytes:
    """A note on the first page of any paper, in an update of its own."""
    return _increment(data, _note)


@cache
def note_added() -> bytes:
    """A note on the first page."""
    return with_note(papers.paper().sealed)


@cache
def text_covered() -> bytes:
    """White over half of the first page."""
    return _increment(papers.paper().sealed, _cover_the_text)


@cache
def pages_swapped() -> bytes:
    """Pages in another order."""
    return _increment(papers.paper().sealed, _swap_pages)


@cache
def seal_redrawn() -> bytes:
    """The seal looks otherwise than when it was set."""
    return _increment(papers.paper().sealed, _other_look)


@cache
def covered_between() -> bytes:
    """Leader signs, somebody covers text, the office seals: the shadow attack on two signatures."""
    changed = _increment(papers.paper().signed, _cover_the_text)
    return papers.by_office(changed, papers.paper().seal_box, papers.certificate(papers.OFFICE))


@cache
def covered_before() -> bytes:
    """Text is covered before the leader signs: both signatures are then right about what they signed."""
    return _signed_over(_cover_the_text)


@cache
def retitled_before() -> bytes:
    """The file gets another title before the leader signs."""
    return _signed_over(_retitle)


@cache
def other_info_before() -> bytes:
    """The same in the older place of the title."""
    return _signed_over(_other_info)


@cache
def retitled_between() -> bytes:
    """The file gets another title between signature and seal."""
    changed = _increment(papers.paper().signed, _retitle)
    return papers.by_office(changed, papers.paper().seal_box, papers.certificate(papers.OFFICE))


@cache
def field_over_the_text() -> bytes:
    """Before the leader signs: an empty field for a signature nobody gives, which looks like white paper."""

    def change(writer: Any) -> None:
        from pyhanko.sign.fields import SigFieldSpec, append_signature_field

        append_signature_field(writer, SigFieldSpec("Them", on_page=0, box=(0, 300, 600, 600)))
        field = writer.root["/AcroForm"]["/Fields"][-1].get_object()
        drawn = StreamObject(stream_data=WHITE_OVER_THE_TEXT)
        drawn[pdf_name("/Type")] = pdf_name("/XObject")
        drawn[pdf_name("/Subtype")] = pdf_name("/Form")
        drawn[pdf_name("/BBox")] = ArrayObject(map(NumberObject, (0, 300, 600, 600)))
        field["/AP"] = DictionaryObject({pdf_name("/N"): writer.add_object(drawn)})
        writer.update_container(field)

    return _signed_over(change)


@cache
def leaders_place_moved() -> bytes:
    """The field of the leader grows over the page before he signs in it."""

    def change(writer: Any) -> None:
        for reference in writer.root["/AcroForm"]["/Fields"]:
            field = reference.get_object()
            if field["/T"] == places.LEADER:
                field["/Rect"] = ArrayObject(map(NumberObject, (0, 200, 600, 800)))
                writer.update_container(field)

    return _signed_over(change)


@cache
def acts_on_opening() -> bytes:
    """A script that runs when the file is opened, before the leader signs."""

    def change(writer: Any) -> None:
        script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): TextStringObject("app.alert(1)")}
        writer.root["/OpenAction"] = DictionaryObject(script)
        writer.update_root()

    return _signed_over(change)


@cache
def not_sealed() -> bytes:
    """The seal is missing."""
    return papers.paper().signed


@cache
def stripped() -> bytes:
    """All signatures are gone."""
    return papers.paper().prepared


@cache
def other_paper() -> bytes:
    """Another notice, signed by the right people."""
    return papers.paper("Kết luận kiểm tra đối với đơn vị khác").sealed


@cache
def strange_authority() -> bytes:
    """The same names, from an authority that nobody trusts."""
    return _by(papers.certificate(papers.LEADER, of="strangers"), papers.certificate(papers.OFFICE))


@cache
def other_person() -> bytes:
    """Somebody else of the office, properly certified."""
    return _by(papers.certificate("Lê Văn Khác"), papers.certificate(papers.OFFICE))


@cache
def expired() -> bytes:
    """The leader's certificate ended the day before."""
    return _by(papers.certificate(papers.LEADER, until=-1), papers.certificate(papers.OFFICE))


@cache
def signed_once_more() -> bytes:
    """A third signature by somebody properly certified."""
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    box = SignatureBox(1, 50, 50, 150, 90)
    with_field = _increment(
        papers.paper().sealed,
        lambda writer: append_signature_field(writer, SigFieldSpec("Them", on_page=0, box=(50, 50, 150, 90))),
    )
    wanted = signing.Wanted("Them", box, Look(lines=("Thêm",)), "Ký thêm")
    return signing.sign(with_field, wanted, papers.certificate("Lê Văn Khác").key, at=papers.SEALED_AT)


def _signed_over(change: Callable[[Any], None]) -> bytes:
    """What was prepared is changed, then both sign."""
    paper = papers.paper()
    changed = _increment(paper.prepared, change)
    signed = papers.by_leader(changed, paper.leader_box, papers.certificate(papers.LEADER))
    return papers.by_office(signed, paper.seal_box, papers.certificate(papers.OFFICE))


def _by(leader: papers.Certificate, office: papers.Certificate) -> bytes:
    paper = papers.paper()
    signed = papers.by_leader(paper.prepared, paper.leader_box, leader)
    return papers.by_office(signed, paper.seal_box, office)


ALL = (
    bit_flipped, bytes_appended, note_added, text_covered, pages_swapped, seal_redrawn, covered_between,
    covered_before, not_sealed, stripped, other_paper, strange_authority, other_person, expired,
    signed_once_more, retitled_before, other_info_before, retitled_between, field_over_the_text,
    leaders_place_moved, acts_on_opening,
)  # fmt: skip
