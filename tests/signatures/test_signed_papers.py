"""A leader signs and the office seals what was prepared; everything else is told for what it is."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.documents.rendering import preview_png
from app.documents.signatures import appearance, checking, keys, places, signing
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Expected, Problem, Trust
from app.errors import DomainError
from tests.processes import DEEP
from tests.signatures import forgeries, papers


def test_the_prepared_paper_signed_and_sealed_is_sound() -> None:
    found = papers.look(papers.paper().sealed)
    assert found.told == ()
    assert found.is_sound
    assert [(one.field, one.name, one.organisation) for one in found.signatures] == [
        (places.LEADER, papers.LEADER, papers.OFFICE),
        (places.OFFICE, papers.OFFICE, papers.OFFICE),
    ]
    assert [one.at for one in found.signatures] == [papers.AT, papers.SEALED_AT]
    assert not any(one.has_timestamp for one in found.signatures)


def test_what_was_prepared_stays_byte_for_byte() -> None:
    paper = papers.paper()
    assert paper.sealed.startswith(paper.signed)
    assert paper.signed.startswith(paper.prepared)
    assert paper.prepared.startswith(paper.drawn)


def test_a_picture_of_the_page_shows_what_was_signed() -> None:
    """Signatures are fields of a form, which a plain raster leaves out."""

    paper = papers.paper()

    def reds(pdf: bytes) -> int:
        page = Image.open(io.BytesIO(preview_png(pdf, paper.seal_box.page, 1))).convert("RGB")
        colours = page.getcolors(page.width * page.height) or []
        return sum(number for number, (r, g, b) in colours if r > 120 and r > 2 * max(g, b))

    assert reds(paper.drawn) == 0 and reds(paper.sealed) > 100


TOLD: dict[Callable[[], bytes], set[Problem]] = {
    forgeries.bit_flipped: {Problem.NOT_PREPARED},
    forgeries.bytes_appended: {Problem.NOT_TO_THE_END},
    forgeries.note_added: {Problem.ADDED, Problem.CHANGED_AFTER, Problem.NOT_TO_THE_END},
    forgeries.text_covered: {Problem.ADDED, Problem.CHANGED_AFTER, Problem.NOT_TO_THE_END},
    forgeries.pages_swapped: {Problem.ADDED, Problem.CHANGED_AFTER, Problem.NOT_TO_THE_END},
    forgeries.seal_redrawn: {Problem.NOT_TO_THE_END},
    forgeries.covered_between: {Problem.ADDED, Problem.CHANGED_AFTER},
    forgeries.covered_before: {Problem.ADDED},
    forgeries.not_sealed: {Problem.MISSING},
    forgeries.stripped: {Problem.MISSING},
    forgeries.other_paper: {Problem.NOT_PREPARED},
    forgeries.strange_authority: {Problem.UNTRUSTED, Problem.OTHER_SIGNER},
    forgeries.other_person: {Problem.OTHER_SIGNER},
    forgeries.expired: {Problem.EXPIRED, Problem.OTHER_SIGNER},
    forgeries.signed_once_more: {Problem.UNEXPECTED},
    forgeries.retitled_before: {Problem.ADDED},
    forgeries.other_info_before: {Problem.ADDED},
    forgeries.retitled_between: {Problem.ADDED},
    forgeries.field_over_the_text: {Problem.MISPLACED},
    forgeries.leaders_place_moved: {Problem.ADDED},
    forgeries.acts_on_opening: {Problem.ADDED},
}


def problems(data: bytes) -> set[Problem]:
    found = papers.look(data)
    return {*found.problems, *(problem for one in found.signatures for problem in one.problems)}


@pytest.mark.parametrize("forge", forgeries.ALL, ids=lambda forge: forge.__name__)
def test_a_forged_paper_is_told_for_what_it_is(forge: Callable[[], bytes]) -> None:
    found = problems(forge())
    assert TOLD[forge] <= found, found
    assert papers.look(forge()).told


def accepted_by_the_naive(data: bytes) -> bool:
    """Only: each signature is intact, valid, and its chain is trusted."""
    try:
        reader = PdfFileReader(io.BytesIO(data))
        found = [
            validate_pdf_signature(
                one,
                ValidationContext(
                    trust_roots=papers.look_roots(), moment=papers.SEALED_AT, allow_fetching=False
                ),
                skip_diff=True,
            )
            for one in reader.embedded_regular_signatures
        ]
    except Exception:
        return False
    return bool(found) and all(one.intact and one.valid and one.trusted for one in found)


def test_a_validator_of_intact_valid_and_trusted_alone_would_accept_most_of_them() -> None:
    fooled = {forge.__name__ for forge in forgeries.ALL if accepted_by_the_naive(forge())}
    assert fooled >= {"bytes_appended", "note_added", "covered_before", "not_sealed", "other_paper"}
    assert "bit_flipped" not in fooled


def test_no_flipped_bit_of_the_prepared_part_goes_unseen() -> None:
    """The rest is covered by the signatures, but for the room of a signature that is only filled up."""
    sealed, length = papers.paper().sealed, len(papers.paper().prepared)
    chance = random.Random(4)
    for _ in range(300 if DEEP else 12):
        data = bytearray(sealed)
        data[chance.randrange(length)] ^= 1 << chance.randrange(8)
        assert not papers.look(bytes(data)).is_sound


def test_a_certificate_is_judged_at_the_moment_of_signing() -> None:
    sealed = papers.paper().sealed
    assert papers.look(sealed, at=papers.SEALED_AT + timedelta(days=8 * 365)).is_sound
    found = papers.look(sealed, at=papers.AT + timedelta(days=20 * 365))
    assert {problem for one in found.signatures for problem in one.problems} >= {Problem.EXPIRED}


def test_a_signature_in_a_field_of_the_tools_own_is_known_by_its_certificate() -> None:
    """The state's tool places its own fields; what counts is whose certificate it is."""
    other = [
        Expected("Khac1", frozenset({papers.certificate(papers.LEADER).fingerprint})),
        Expected("Khac2", frozenset({papers.certificate(papers.OFFICE).fingerprint})),
    ]
    trust = Trust((papers.authority().certificate,))
    found = checking.check(
        papers.paper().sealed, other, trust, at=papers.SEALED_AT, prepared=papers.paper().prepared
    )
    assert found.told == ()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"khong phai PDF", b"\x00" * 4096])
def test_what_is_no_pdf_is_said_to_be_none(data: bytes) -> None:
    found = papers.look(data)
    assert Problem.NOT_A_PDF in found.problems
    assert not found.is_sound


def test_poppler_agrees_that_both_signatures_are_valid() -> None:
    tool = shutil.which("pdfsig")
    assert tool, "poppler-utils is part of the test set-up"
    path = papers.folder() / "sealed.pdf"
    path.write_bytes(papers.paper().sealed)
    told = subprocess.run([tool, "-nocert", str(path)], capture_output=True, check=False).stdout.decode()
    assert told.count("Signature is Valid") == 2
    assert told.count("Total document signed") == 1
    assert "KÝ THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in told


def test_the_seal_covers_a_third_of_the_leaders_picture_at_its_left_at_real_size() -> None:
    leader, seal = papers.paper().leader_box, papers.paper().seal_box
    assert seal.right - seal.left == pytest.approx(36 * 72 / 25.4)
    assert (seal.right - leader.left) / (leader.right - leader.left) == pytest.approx(1 / 3)
    assert (seal.top + seal.bottom) / 2 == pytest.approx((leader.top + leader.bottom) / 2)


def test_a_wrong_passphrase_or_a_missing_file_is_told_in_words() -> None:
    box, certificate = papers.paper().leader_box, papers.certificate(papers.LEADER)
    wanted = signing.Wanted(places.LEADER, box, Look(lines=("Thử",)), "Ký")
    wrong = keys.CertificateFile(certificate.key.path, "sai")
    with pytest.raises(DomainError, match="sai mật khẩu hoặc tệp hỏng"):
        signing.sign(papers.paper().prepared, wanted, wrong, at=papers.AT)
    missing = keys.CertificateFile(certificate.key.path.with_name("khong-co.p12"), "")
    with pytest.raises(DomainError, match="Không tìm thấy tệp chứng thư số"):
        signing.sign(papers.paper().prepared, wanted, missing, at=papers.AT)


def test_a_signature_needs_a_moment_with_a_zone_and_a_picture_that_is_a_png() -> None:
    wanted = signing.Wanted(places.LEADER, papers.paper().leader_box, Look(), "Ký")
    with pytest.raises(ValueError, match="aware"):
        signing.sign(
            papers.paper().prepared, wanted, papers.certificate(papers.LEADER).key,
            at=papers.AT.replace(tzinfo=None),
        )  # fmt: skip
    with pytest.raises(ValueError, match="PNG"):
        Look(picture=b"GIF89a")


def test_the_time_of_a_signed_annex_is_that_of_viet_nam() -> None:
    assert appearance.time_line(papers.AT) == "2026-09-04T09:30:00+07:00"


def test_places_have_names_of_their_own() -> None:
    place = places.Place("A", "Chữ ký", papers.paper().leader_box)
    with pytest.raises(ValueError, match="name of its own"):
        places.prepare(papers.paper().drawn, [place, place])
