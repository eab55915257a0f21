"""PDF/A-3a and PDF/UA-1 in one file, by the word of veraPDF and not by the marks in the file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pypdf
import pytest
from pypdf.generic import NameObject, NullObject, StreamObject

from app.documents.canonical import canonical_json
from app.documents.content import Urgency
from app.documents.rendering import Mark, list_drawn, load_sample
from tests.documents.paper import WHEN, findings, notice, task_annex
from tests.documents.validator import Conformance, validate
from tests.drawing import draw_once

pytestmark = pytest.mark.no_cover


def whole() -> bytes:
    """A notice with all that may be in one: the record, the mark, a stamp, annexes upright and across."""
    document = notice(
        urgency=Urgency.HOA_TOC,
        blocks=(*notice().blocks, findings(12)),
        annexes=(task_annex(30), replace(task_annex(0), label="Phụ lục II", landscape=False)),
    )
    mark = Mark("7K3M-Q9XD-2HTB", "https://ketluan.vidu.example/verify")
    return draw_once(document, created_at=WHEN, attachment_json=canonical_json(document), mark=mark).data


def changed(act: Callable[[pypdf.PdfWriter], None]) -> bytes:
    """The sample notice after a change that a reader of the file does not see."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(draw_once(notice(), created_at=WHEN).data))
    act(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def unmark(writer: pypdf.PdfWriter) -> None:
    xmp = StreamObject()
    metadata = writer.root_object["/Metadata"]
    xmp.set_data(metadata.get_data().replace(b'pdfuaid:part="1"', b""))
    xmp |= {NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")}
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)


def untag(writer: pypdf.PdfWriter) -> None:
    writer.root_object[NameObject("/StructTreeRoot")] = NullObject()


def unlanguage(writer: pypdf.PdfWriter) -> None:
    del writer.root_object["/Lang"]


def unembed(writer: pypdf.PdfWriter) -> None:
    for font in writer.pages[0]["/Resources"]["/Font"].values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        described.pop("/FontFile2", None)


@cache
def answers() -> dict[str, Conformance]:
    """All files in one call, since the engine takes longer to start than to look."""
    sound = {kind.value: draw_once(load_sample(kind), created_at=WHEN).data for kind in list_drawn()}
    broken = {act.__name__: changed(act) for act in (unmark, untag, unlanguage, unembed)}
    return validate(
        {**sound, "whole": whole(), **broken, "cut": whole()[:-2000], "no pdf": b"%PDF-1.7 nothing"}
    )


def test_vera_finds_every_kind_and_a_notice_with_everything_in_it_to_be_both() -> None:
    sound = {name: answers()[name] for name in (*(kind.value for kind in list_drawn()), "whole")}
    assert {name: answer.broken for name, answer in sound.items() if not answer.both} == {}


def test_vera_tells_a_file_that_only_says_that_it_conforms() -> None:
    told = {name: answers()[name] for name in ("unmark", "untag", "unlanguage", "unembed", "cut", "no pdf")}
    assert not any(answer.both for answer in told.values())
    broken = {name: " ".join(answer.broken) for name, answer in told.items()}
    assert "PDF/A-3a" in told["unmark"].compliant and broken["unmark"] == "PDF/UA-1 5-1"
    assert told["untag"].compliant == told["unembed"].compliant == frozenset()
    assert "PDF/UA-1 7.1" in broken["untag"] and "PDF/A-3a 6.7" in broken["untag"]
    assert "6.2.11.4" in broken["unembed"] and "7.21.4" in broken["unembed"]
    assert "PDF/UA-1 7.2" in broken["unlanguage"]
    for name in ("cut", "no pdf"):
        assert not told[name].compliant and "ParsingException" in broken[name]
