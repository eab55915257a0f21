"""The file itself: fonts, text layer, conformance marks, reproducible bytes, nothing loaded from outside."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.documents import pages as paper_pages
from app.documents import rendering
from app.documents.canonical import canonical_json
from app.documents.content import Paragraph, Run, paragraph
from app.documents.fonts import FontError, check_fonts, vietnamese_letters
from app.documents.kinds import DocumentKind
from app.documents.rendering import (
    ForbiddenResource,
    PageNotFound,
    list_drawn,
    load_sample,
    page_count,
    preview_png,
    render_pdf,
)
from tests.documents.paper import WHEN, is_nfc, notice
from tests.drawing import draw_once

KINDS = list_drawn()


def pdftotext(data: bytes, *options: str) -> str:
    tool = shutil.which("pdftotext")
    assert tool, "poppler-utils is part of the test set-up"
    done = subprocess.run([tool, *options, "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_only_embedded_times_faces_are_used(kind: DocumentKind) -> None:
    reader = PdfReader(io.BytesIO(draw_once(load_sample(kind), created_at=WHEN).data))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert font["/BaseFont"].split("+")[1].replace("-", " ").startswith("Liberation Serif")
        assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]


@pytest.mark.parametrize("options", [("-raw",), ("-layout",), ()])
def test_the_text_layer_is_vietnamese_in_nfc_and_reading_order(options: tuple[str, ...]) -> None:
    text = pdftotext(draw_once(notice(), created_at=WHEN).data, *options)
    assert is_nfc(text) and "\ufffd" not in text
    flat = " ".join(text.split())
    order = [
        "SỞ NỘI VỤ",
        "Số: 05/TB-SNV",
        "THÔNG BÁO",
        "đối với 05 đơn vị năm 2026",
        "Thực hiện Kế hoạch số 15/KH-SNV ngày 20/01/2026",
        "I. ƯU ĐIỂM",
        "II. TỒN TẠI, HẠN CHẾ",
        "1. Việc giải quyết hồ sơ thủ tục hành chính còn quá hạn",
        "III. ĐỀ NGHỊ",
        "nghiêm túc triển khai thực hiện./.",
        "Nơi nhận:",
        "Trần Văn Thử",
        "Phụ lục NỘI DUNG KHẮC PHỤC",
        "UBND phường Long Thành",
        "UBND xã Long Phước",
    ]
    places = []
    for part in order:
        places.append(flat.index(part, places[-1] if places else 0))
    assert places == sorted(places)


def test_every_vietnamese_letter_survives_in_all_four_styles() -> None:
    letters = " ".join(vietnamese_letters())
    runs = [(Run(letters, bold=bold, italic=italic),) for bold in (False, True) for italic in (False, True)]
    blocks = tuple(Paragraph(run) for run in runs)
    text = pdftotext(draw_once(notice(blocks=blocks, annexes=()), created_at=WHEN).data, "-raw")
    for letter in vietnamese_letters():
        assert text.count(letter) >= 4


def test_decomposed_text_comes_out_composed() -> None:
    block = paragraph("Kie\u0302\u0309m tra ca\u0309i ca\u0301ch ha\u0300nh chi\u0301nh")
    text = pdftotext(draw_once(notice(blocks=(block,)), created_at=WHEN).data, "-raw")
    assert "Kiểm tra cải cách hành chính./." in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_says_that_it_is_pdf_a_3a_and_pdf_ua_tagged_vietnamese_and_titled(
    kind: DocumentKind,
) -> None:
    document = load_sample(kind)
    reader = PdfReader(io.BytesIO(draw_once(document, created_at=WHEN).data))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in xmp and 'pdfaid:conformance="A"' in xmp and 'pdfuaid:part="1"' in xmp
    assert root["/Lang"] == "vi" and root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.startswith(document.type_name)
    assert "2026-09-04T02:30:00" in xmp


@pytest.mark.parametrize("kind", KINDS)
def test_heading_tags_never_skip_a_step(kind: DocumentKind) -> None:
    reader = PdfReader(io.BytesIO(draw_once(load_sample(kind), created_at=WHEN).data))
    depths: list[int] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for part in node:
                walk(part)
        elif isinstance(node, dict):
            name = str(node.get("/S", ""))
            if name[:2] == "/H" and name[2:].isdigit():
                depths.append(int(name[2:]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert depths and depths[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(depths))


def test_the_same_content_and_instant_give_the_same_bytes_in_another_process() -> None:
    document = load_sample(DocumentKind.MINUTES)
    here = render_pdf(document, created_at=WHEN, attachment_json=canonical_json(document)).data
    assert here == render_pdf(document, created_at=WHEN, attachment_json=canonical_json(document)).data
    script = (
        "import sys,hashlib;from datetime import datetime as d;from app.documents.rendering import *;"
        "from app.documents.canonical import canonical_json as c;x=load_sample(DocumentKind.MINUTES);"
        f"sys.stdout.buffer.write(render_pdf(x,created_at=d.fromisoformat('{WHEN.isoformat()}'),attachment_json=c(x)).data)"
    )
    root = Path(rendering.__file__).parents[2]
    environment = {
        "PYTHONHASHSEED": "7",
        "TZ": "America/Lima",
        "PYTHONPATH": str(root),
        "PATH": "/usr/bin:/bin",
    }
    there = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, env=environment, cwd=root
    )
    assert there.stdout == here


def test_another_instant_or_word_gives_other_bytes() -> None:
    first = draw_once(notice(), created_at=WHEN).data
    assert draw_once(notice(), created_at=WHEN + timedelta(seconds=1)).data != first
    assert draw_once(notice(number=6), created_at=WHEN).data != first


def test_the_record_travels_in_the_file() -> None:
    document = notice()
    rendered = draw_once(document, created_at=WHEN, attachment_json=canonical_json(document))
    reader = PdfReader(io.BytesIO(rendered.data))
    assert reader.attachments["noi-dung.json"] == [canonical_json(document).encode()]


def test_markup_in_a_text_is_text() -> None:
    hostile = '<script>x</script> <img src="file:///etc/passwd"> {{ 7 * 7 }} & <b>đậm</b>'
    document = notice(
        blocks=(paragraph(hostile),),
        subject=hostile,
        issuing_body="A & <B>",
        recipients=(hostile,),
        annexes=(),
    )
    text = " ".join(pdftotext(draw_once(document, created_at=WHEN).data, "-raw").split())
    assert text.count("<script>x</script>") == 3 and "{{ 7 * 7 }}" in text and "A & <B>" in text


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "data:image/png;base64,AAAA"]
)
def test_a_document_may_load_nothing(address: str) -> None:
    with pytest.raises(ForbiddenResource):
        rendering.lay_out_html(f'<html lang="vi"><title>x</title><img alt="x" src="{address}"></html>')
    with pytest.raises(ForbiddenResource):
        rendering.lay_out_html("<p>x</p>", [f'@import "{address}";'])


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        render_pdf(notice(), created_at=datetime(2026, 9, 4))


def test_a_preview_is_a_png_of_the_page_asked_for() -> None:
    from PIL import Image

    rendered = draw_once(notice(), created_at=WHEN)
    assert page_count(rendered.data) == rendered.pages == 3
    shapes = [Image.open(io.BytesIO(preview_png(rendered.data, page, 1))).size for page in (1, 2, 3)]
    assert shapes == [(596, 842), (596, 842), (842, 596)]
    for page in (0, 4, -1):
        with pytest.raises(PageNotFound):
            preview_png(rendered.data, page, 1)


def test_the_installed_font_has_all_vietnamese_letters_and_another_is_refused() -> None:
    assert len(vietnamese_letters()) == 178
    check_fonts()
    with pytest.raises(FontError, match="fonts-liberation2"):
        check_fonts('"Liberation Mono"')


def test_a_letter_that_no_font_has_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.documents.fonts.vietnamese_letters", lambda: "a\U00013000")
    with pytest.raises(FontError, match="U\\+13000"):
        check_fonts()


@pytest.mark.parametrize("kind", KINDS)
def test_the_title_of_the_file_names_the_document(kind: DocumentKind) -> None:
    document = replace(load_sample(kind), number=7, symbol="TB-SNV", subject="Nội dung\nhai dòng")
    reader = PdfReader(io.BytesIO(draw_once(document, created_at=WHEN).data))
    assert reader.metadata.title == f"{document.type_name} số 07/TB-SNV: Nội dung hai dòng"


def test_the_mark_stands_under_the_recipients_and_is_no_part_of_the_content() -> None:
    """QR code, code and page on the last page of the text; the file keeps its conformance."""
    mark = rendering.Mark("7K3M-Q9XD-2HTB", "https://ketluan.vidu.example/verify")
    plain = draw_once(notice(), created_at=WHEN)
    marked = draw_once(notice(), created_at=WHEN, mark=mark)
    assert marked.body_pages == plain.body_pages
    last = paper_pages.texts(marked.data, most=50)[marked.body_pages - 1]
    assert last.index("Lưu:") < last.index("Mã kiểm tra văn bản: 7K3M-Q9XD-2HTB")
    assert "https://ketluan.vidu.example/verify" in last and "7K3M" not in " ".join(
        paper_pages.texts(plain.data, most=50)
    )
    reader = PdfReader(io.BytesIO(marked.data))
    told = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "pdfuaid" in told and "pdfaid" in told
    assert mark.address == "https://ketluan.vidu.example/verify/7K3M-Q9XD-2HTB"
