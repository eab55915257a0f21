"""Whatever a text contains: nothing is opened, nothing takes for ever, and a refusal says why."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from pypdf import PdfReader

from app.documents import limits, rendering, wording
from app.documents.content import (
    Annex,
    Column,
    Item,
    Numbered,
    OfficialDocument,
    Paragraph,
    Row,
    Run,
    Table,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.limits import TooLong, UnknownLetters, check_length
from app.documents.rendering import ForbiddenResource, list_drawn, render_pdf
from app.errors import DomainError
from tests.conftest import ROOT
from tests.documents.hostile import HOSTILE, hostile, with_everything
from tests.documents.longest import MOST_MEGABYTES, MOST_SECONDS
from tests.documents.paper import MM, WHEN, draw, notice
from tests.processes import DEEP

pytestmark = pytest.mark.no_cover

SENTENCE = "Niêm yết, công khai thủ tục hành chính chưa đầy đủ. "


def table(*rows: tuple[str, str]) -> Annex:
    columns = (Column("STT", 1), Column("Nội dung", 9))
    return Annex("Bảng", (Table(columns, tuple(Row(row) for row in rows)),))


def child(module: str, *arguments: str) -> dict[str, object]:
    """What a program of ours, in a process of its own, writes as JSON."""
    command = [sys.executable, "-m", f"tests.documents.{module}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=1200, cwd=ROOT)
    return json.loads(done.stdout)


def test_hostile_texts_in_every_field_of_every_kind_open_no_file_and_no_connection() -> None:
    found = child("hostile")
    assert found["pages"] >= len(list_drawn())
    allowed = (
        f"open {rendering.TEMPLATES}/",
        "urllib.Request data:image/png;base64,",  # the QR code, written into the page
    )
    strange = [event for event in found["opened"] if not event.startswith(allowed)]
    assert all(
        event.startswith("open ") and event.endswith("/weasyprint/pdf/sRGB2014.icc") for event in strange
    )
    assert any(event.endswith("/etc/passwd") for event in found["proof"]), "the watch sees no file"
    assert any(event.startswith("socket.connect") for event in found["proof"]), "the watch sees no socket"


def test_markup_that_got_into_a_page_unescaped_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other wall: were escaping ever forgotten, the page's own fetcher refuses."""
    monkeypatch.setitem(rendering._environment().filters, "running", lambda text: rendering.Markup(text))
    with pytest.raises(ForbiddenResource):
        render_pdf(notice(blocks=(paragraph('<img alt="" src="file:///etc/passwd">'),)), created_at=WHEN)


def test_a_cell_of_20_000_characters_is_set_whole_inside_the_margins() -> None:
    words = (SENTENCE * 400)[: limits.TEXT_LENGTH].split()
    began = time.process_time()
    _, sheets = draw(
        notice(
            annexes=(
                table(
                    ("1", " ".join(words)),
                ),
            )
        )
    )
    assert time.process_time() - began < MOST_SECONDS
    cell = [line.text for page in sheets[1:] for line in page.lines if 40 * MM < line.left < 50 * MM]
    found = "".join("".join(cell).split())
    assert "".join(words) in found
    assert max(line.right for page in sheets for line in page.lines) <= 195 * MM + 0.5


def test_the_longest_paper_that_is_taken_ends_within_half_a_minute_and_400_megabytes() -> None:
    share = 1.0 if DEEP else 0.1
    found = child("longest", str(share))
    assert found["cells"] == int(limits.CELLS * share) and found["pages"] > 100 * share
    assert found["seconds"] < MOST_SECONDS * max(share, 0.5)
    assert found["megabytes"] < MOST_MEGABYTES


def test_5_000_rows_are_refused_at_once_with_the_reason() -> None:
    document = notice(annexes=(table(*((str(n), "Nội dung khắc phục") for n in range(1, 5001))),))
    began = time.process_time()
    with pytest.raises(TooLong, match=r"có 10\.000 ô.*nhiều nhất 7\.000 ô.*Tách bớt"):
        render_pdf(document, created_at=WHEN)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"annexes": (table(("1", "từ " * 7000)),)}, r"Đoạn “từ từ .*dài 21\.000 ký tự, quá 20\.000"),
        ({"blocks": (Numbered((Item(plain("dòng\n" * 500 + "cuối")),)),)}, "có 501 dòng, quá 500 dòng"),
        ({"blocks": (paragraph("x" * 501),)}, "chuỗi liền nhau quá 500 ký tự"),
        ({"blocks": (paragraph("a" + "\u0301" * 10_000),)}, "chuỗi liền nhau"),
        ({"blocks": (Paragraph(tuple(Run("x" * 300) for _ in range(2))),)}, "chuỗi liền nhau"),
        ({"subject": "về việc " * 260}, r"dài 2\.0\d\d ký tự, quá 2\.000 ký tự"),
        ({"recipients": ("UBND xã " * 300,)}, r"quá 2\.000 ký tự"),
        ({"blocks": tuple(paragraph("từ " * 6000) for _ in range(70))}, r"nhiều nhất 15\.000 dòng"),
    ],
)
def test_what_is_too_long_is_refused_before_it_is_drawn_and_the_refusal_names_it(
    change: dict[str, object], reason: str
) -> None:
    began = time.process_time()
    with pytest.raises(TooLong, match=reason) as refused:
        render_pdf(notice(**change), created_at=WHEN)
    assert time.process_time() - began < 2
    assert isinstance(refused.value, DomainError) and refused.value.status == 422


def test_the_longest_texts_that_are_taken_are_counted_as_they_will_be_set() -> None:
    check_length(notice(subject="x " * 1000, blocks=(paragraph("từ " * 6666), paragraph("x" * 500))))
    half = table(("1", "x " * 5000))
    wide = replace(half, blocks=(replace(half.blocks[0], columns=(Column("STT", 9), Column("Nội dung", 1))),))
    check_length(notice(annexes=(half,) * 40))
    with pytest.raises(TooLong, match="dòng"):
        check_length(notice(annexes=(wide,) * 40))


def test_a_title_of_two_thousand_characters_is_broken_into_lines_in_a_moment() -> None:
    words = ("kết luận kiểm tra công tác cải cách hành chính, công vụ đối với các đơn vị " * 27).split()
    began = time.process_time()
    lines = wording.balanced(" ".join(words), width_mm=60, size_pt=14)
    assert time.process_time() - began < 5
    assert " ".join(lines).split() == words and len(lines) > 50


@pytest.mark.parametrize(
    ("text", "named"),
    [("Xong ☑", r"☑ \(U\+2611\)"), ("漢字", r"字 \(U\+5B57\), 漢 \(U\+6F22\)"), ("\U00013000", "U\\+13000")],
)
def test_a_letter_that_the_face_lacks_is_refused_by_name_not_set_in_another(text: str, named: str) -> None:
    with pytest.raises(UnknownLetters, match=named):
        draw(notice(blocks=(paragraph(text),), annexes=()))


def test_signs_that_offices_use_are_in_the_face() -> None:
    _, sheets = draw(notice(blocks=(paragraph("≤ ≥ ± × ÷ № ₫ € § … – — “ ” ‘ ’ • → ½ ² °"),), annexes=()))
    assert "≤ ≥ ± × ÷ № ₫ € § … – — “ ” ‘ ’ • → ½ ² °" in sheets[0].text


@pytest.mark.parametrize("kind", list_drawn())
def test_nothing_is_cut_off_at_the_margins_whatever_stands_in_a_field(kind: DocumentKind) -> None:
    """A word that no line can hold, in every field: it is broken."""
    document: OfficialDocument = hostile(with_everything(rendering.load_sample(kind)), "W" * 120)
    for page in draw(document)[1]:
        assert min(line.left for line in page.lines) >= 30 * MM - 0.5
        assert max(line.right for line in page.lines) <= page.width - 15 * MM + 0.5


def test_hostile_texts_stand_on_the_page_as_they_were_typed() -> None:
    document = notice(blocks=(paragraph(HOSTILE),), recipients=(HOSTILE,), annexes=())
    text = "".join(PdfReader(io.BytesIO(draw(document)[0].data)).pages[0].extract_text().split())
    for piece in ('src="http://127.0.0.1:9/a"', "{%include'/etc/passwd'%}", "&#60;", "{{7*7}}"):
        assert text.count(piece) == 2
