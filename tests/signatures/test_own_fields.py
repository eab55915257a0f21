"""The state's tool places a field of its own where the signer clicks: let in at the place for signatures."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyhanko import stamp
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.generic import ArrayObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from app.documents.rendering import SignatureBox
from app.documents.signatures import appearance, checking, demo
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Problem, Report, Trust
from tests.signatures import papers

Corners = tuple[float, float, float, float]


def corners(box: SignatureBox, *, moved: float = 0) -> Corners:
    return (round(box.left), round(box.bottom + moved), round(box.right), round(box.top + moved))


def by_own_tool(
    data: bytes,
    name: str,
    where: Corners,
    who: papers.Certificate,
    *,
    at: datetime,
    page: int,
    certify: bool = False,
    change: Callable[[Any], None] | None = None,
) -> bytes:
    """Signed by a tool that knows nothing of our places: a field `name` of its own, with a picture."""
    drawn = Path(papers.folder()) / f"{name}-look.pdf"
    drawn.write_bytes(appearance.draw(Look(papers.picture()), SignatureBox(page, *where)))
    style = stamp.StaticStampStyle(
        background=ImportedPdfPage(str(drawn)), background_opacity=1.0, border_width=0
    )
    asked = PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )  # fmt: skip
    key = SimpleSigner.load_pkcs12(str(who.key.path), passphrase=demo.PASSPHRASE.encode())
    field = SigFieldSpec(name, on_page=page - 1, box=tuple(map(round, where)))

    class At(PdfSigner):
        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = at
            return session

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if change is not None:
        change(writer)
    signed = io.BytesIO()
    At(asked, signer=key, stamp_style=style, new_field_spec=field).sign_pdf(writer, output=signed)
    return signed.getvalue()


@cache
def signed(*, certify: bool = False, moved: float = 0, page: int | None = None) -> bytes:
    paper = papers.paper()
    box = paper.leader_box
    return by_own_tool(
        paper.prepared, "Signature1", corners(box, moved=moved), papers.certificate(papers.LEADER),
        at=papers.AT, page=page or box.page, certify=certify,
    )  # fmt: skip


@cache
def sealed(*, certify: bool = False) -> bytes:
    box = papers.paper().seal_box
    return by_own_tool(
        signed(certify=certify), "Signature2", corners(box), papers.certificate(papers.OFFICE),
        at=papers.SEALED_AT, page=box.page,
    )  # fmt: skip


def look(data: bytes, *, leader_only: bool = False) -> Report:
    expected = papers.expected()[:1] if leader_only else papers.expected()
    trust = Trust((papers.authority().certificate,))
    return checking.check(data, expected, trust, at=papers.SEALED_AT, prepared=papers.paper().prepared)


@pytest.mark.parametrize("certify", [False, True])
def test_leader_and_office_sign_in_fields_of_their_tools(certify: bool) -> None:
    assert look(signed(certify=certify), leader_only=True).told == ()
    found = look(sealed(certify=certify))
    assert found.told == ()
    assert [one.field for one in found.signatures] == ["Signature1", "Signature2"]


def test_the_office_seals_in_its_place_what_the_leaders_tool_signed_in_a_field_of_its_own() -> None:
    box = papers.paper().seal_box
    data = papers.by_office(signed(), box, papers.certificate(papers.OFFICE))
    assert look(data).told == ()


def test_a_little_beside_the_place_will_do() -> None:
    assert look(signed(moved=10), leader_only=True).told == ()


@pytest.mark.parametrize(("moved", "page"), [(150.0, None), (0.0, 1)])
def test_over_the_text_or_on_another_page_it_is_refused_with_the_place(
    moved: float, page: int | None
) -> None:
    assert papers.paper().leader_box.page > 1
    found = look(signed(moved=moved, page=page), leader_only=True)
    assert Problem.MISPLACED in found.problems
    assert "Chữ ký đặt ngoài chỗ dành cho chữ ký, có thể che nội dung: ký lại đúng chỗ." in found.told


def test_a_field_of_several_pictures_or_below_another_is_judged_by_each() -> None:
    """One picture in its place, a second over the text of the first page."""
    box = papers.paper().leader_box

    def change(writer: Any) -> None:
        from pyhanko.sign.fields import append_signature_field

        append_signature_field(writer, SigFieldSpec("Signature1", on_page=box.page - 1, box=corners(box)))
        field = writer.root["/AcroForm"]["/Fields"][-1]
        page = writer.find_page_for_modification(0)[0].get_object()
        page["/Annots"] = ArrayObject([*page.get("/Annots", ArrayObject()), field])
        writer.update_container(page)

    paper = papers.paper()
    data = by_own_tool(
        paper.prepared, "Signature1", corners(box), papers.certificate(papers.LEADER), at=papers.AT,
        page=box.page, change=change,
    )  # fmt: skip
    assert not look(data, leader_only=True).is_sound


def test_a_picture_that_reaches_out_of_the_place_is_refused() -> None:
    left, bottom, right, top = corners(papers.paper().leader_box)
    paper = papers.paper()
    data = by_own_tool(
        paper.prepared, "Signature1", (left, bottom, right, top + 300), papers.certificate(papers.LEADER),
        at=papers.AT, page=paper.leader_box.page,
    )  # fmt: skip
    assert Problem.MISPLACED in look(data, leader_only=True).problems


def test_a_signature_without_a_picture_has_no_place() -> None:
    paper = papers.paper()
    data = by_own_tool_unseen(paper.prepared)
    assert look(data, leader_only=True).told == ()


def by_own_tool_unseen(data: bytes) -> bytes:
    asked = PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    key = papers.certificate(papers.LEADER).key
    signer = SimpleSigner.load_pkcs12(str(key.path), passphrase=demo.PASSPHRASE.encode())
    from pyhanko.sign.signers import sign_pdf

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    signed: io.BytesIO = sign_pdf(writer, asked, signer=signer)
    return signed.getvalue()
