"""Draw an official document: content in, PDF out. No database, no network, no file but `templates/documents`.

The file is PDF/A-3a and PDF/UA-1 in one, tagged, Vietnamese, with embedded fonts; the same content, layout
and instant give the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from app.documents import wording
from app.documents.canonical import from_primitive
from app.documents.content import Annex, Block, Column, OfficialDocument, RunField, Table
from app.documents.kinds import DocumentKind
from app.documents.layout import LayoutRules
from app.documents.limits import UnknownLetters, check_length, foreign_letters, is_tall

if TYPE_CHECKING:
    import weasyprint

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "documents"
POINTS_PER_PIXEL = 72 / 96
STANDARD_LAYOUT = LayoutRules()
HEADER_LEFT_SHARE = 0.41
RECIPIENTS_BESIDE = 20
"""So many lines of Nơi nhận are kept whole beside the signature; a longer list goes on over the pages."""
_DOCUMENT_NUMBER = re.compile(r"(\d[\d/]{0,12}/[^\W\d][\w-]{1,20})")
BODY_PAGES_UNKNOWN = "00"  # as wide as the number that replaces it

# PDF/UA-1 beside PDF/A-3: the XMP must declare the schema it uses (ISO 14289-1 §5, ISO 19005-3 §6.6.2.3).
_PDF_UA_XMP = b"""<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>"""


class PageNotFound(ValueError):
    """The PDF has no page of this number."""


class ForbiddenResource(RuntimeError):
    """A document tried to load something from outside itself."""


@dataclass(frozen=True, slots=True)
class SignatureBox:
    """Room kept for a signature and seal: page from 1, corners in points from the page's lower left."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished PDF. `body_pages` leaves the annexes out; boxes stand in the order of their columns."""

    data: bytes
    pages: int
    body_pages: int
    signature_boxes: tuple[SignatureBox, ...]

    @property
    def signature_box(self) -> SignatureBox | None:
        """The first (for most kinds the only) place for a signature."""
        return self.signature_boxes[0] if self.signature_boxes else None


@dataclass(frozen=True, slots=True)
class Mark:
    """By what anybody can check the paper: the code as it is read, and the public page that asks for it."""

    code: str
    page: str

    @property
    def address(self) -> str:
        """What the QR code says: the page, asked for this code."""
        return f"{self.page}/{self.code}"


def render_pdf(
    document: OfficialDocument,
    *,
    created_at: datetime,
    attachment_json: str | None = None,
    layout: LayoutRules = STANDARD_LAYOUT,
    mark: Mark | None = None,
    template: str = "",
) -> RenderedPdf:
    """Render to PDF/A-3a + PDF/UA-1. `mark` stands under the recipients, no part of the content.

    `template`: the folder of a print that is no kind of paper (a register), in place of the kind's.

    `created_at` is an aware instant and becomes the date in the file; `attachment_json` is embedded as
    `noi-dung.json` (relationship Data), so that the record travels with the paper. Raises TooLong and
    UnknownLetters (DomainErrors) for a text that cannot be set, ValueError for a naive instant, jinja2 errors
    for a broken template.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at must be aware")
    check_length(document)
    import weasyprint

    drawn = _lay_out(document, created_at, layout, mark, body_pages=BODY_PAGES_UNKNOWN, template=template)
    body_pages = _body_pages(drawn)
    if wording.has_field(document, RunField.BODY_PAGES):
        drawn = _lay_out(
            document, created_at, layout, mark, body_pages=f"{body_pages:02d}", template=template
        )
        body_pages = _body_pages(drawn)
    attachments = None
    if attachment_json is not None:
        attachments = [
            weasyprint.Attachment(
                string=attachment_json,
                name="noi-dung.json",
                description="Nội dung văn bản dạng dữ liệu",
                created=created_at,
                modified=created_at,
                relationship="Data",
            )
        ]
    with _profile_left_open():
        data: bytes = drawn.write_pdf(
            pdf_variant="pdf/a-3a", finisher=_declare_pdf_ua, attachments=attachments
        )
    foreign = set(foreign_letters(drawn.fonts.values()))
    if foreign:
        raise UnknownLetters(foreign)
    return RenderedPdf(data, len(drawn.pages), body_pages, tuple(_signature_boxes(drawn)))


def draw_piece(html: str, styles: Iterable[str]) -> bytes:
    """A small page as PDF/A-3u, to be set into a paper; it may draw pictures written into the page itself."""
    with _profile_left_open():
        data: bytes = lay_out_html(html, styles, pictures=True).write_pdf(pdf_variant="pdf/a-3u")
    return data


@contextmanager
def _profile_left_open() -> Iterator[None]:
    """WeasyPrint leaves closing its colour profile to the garbage collector."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*sRGB2014.icc", category=ResourceWarning)
        yield


def preview_png(pdf: bytes, page: int, scale: float = 1.5) -> bytes:
    """PNG of a page (from 1); `scale` 1 is 72 dots per inch. Raises PageNotFound."""
    with opened(pdf) as document:
        if not 1 <= page <= len(document):
            raise PageNotFound(f"page {page} of {len(document)}")
        buffer = io.BytesIO()
        document[page - 1].render(scale=scale).to_pil().save(buffer, "PNG")
        return buffer.getvalue()


def page_count(pdf: bytes) -> int:
    """Number of pages of a PDF."""
    with opened(pdf) as document:
        return len(document)


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """The pages of a PDF, for as long as the block lasts."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()  # signatures are fields of a form: without this their pictures are not drawn
    try:
        yield document
    finally:
        document.close()


def list_drawn() -> tuple[DocumentKind, ...]:
    """The kinds that are drawn here: those with a template."""
    return tuple(kind for kind in DocumentKind if (TEMPLATES / kind.value / "template.html").exists())


def load_sample(kind: DocumentKind) -> OfficialDocument:
    """The example that stands beside the kind's template (`sample.yaml`)."""
    text = (TEMPLATES / kind.value / "sample.yaml").read_text("utf-8")
    return from_primitive(yaml.safe_load(text))


def _lay_out(
    document: OfficialDocument,
    created_at: datetime,
    layout: LayoutRules,
    mark: Mark | None,
    *,
    body_pages: str,
    template: str,
) -> weasyprint.Document:
    html, styles = compose_html(document, created_at, layout, mark, body_pages=body_pages, template=template)
    return lay_out_html(html, styles, pictures=mark is not None)


def compose_html(
    document: OfficialDocument,
    created_at: datetime,
    layout: LayoutRules = STANDARD_LAYOUT,
    mark: Mark | None = None,
    *,
    body_pages: str = BODY_PAGES_UNKNOWN,
    template: str = "",
) -> tuple[str, list[str]]:
    """The page that is laid out, and its style sheets: the common one, then the kind's own."""
    prepared = wording.with_closing_mark(wording.filled(document, {RunField.BODY_PAGES: body_pages}))
    context = _context(prepared, created_at, layout) | {"mark": mark}
    kind = template or document.kind.value
    html = _environment().get_template(f"{kind}/template.html").render(context)
    styles = [_environment().get_template("_layout/theme.css").render(context)]
    with suppress(TemplateNotFound):  # a kind needs a theme only where it differs
        styles.append(_environment().get_template(f"{kind}/theme.css").render(context))
    return html, styles


def lay_out_html(html: str, styles: Iterable[str] = (), *, pictures: bool = False) -> weasyprint.Document:
    """Lay out a page of HTML that may load nothing; raises ForbiddenResource when it tries.

    `pictures`: what is written into the page itself (data:image/png) may be drawn.
    """
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _deny_all(pictures)
    try:
        sheets = [weasyprint.CSS(string=style, url_fetcher=fetcher) for style in styles]
        return weasyprint.HTML(string=html, url_fetcher=fetcher).render(stylesheets=sheets)
    except FatalURLFetchingError as error:  # a BaseException, which would end a worker
        raise ForbiddenResource(str(error)) from error


def _context(document: OfficialDocument, created_at: datetime, layout: LayoutRules) -> dict[str, object]:
    tables = list(_tables(document))
    return {
        "document": document,
        "layout": layout,
        "title": wording.title_of(document),
        "created_at": created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "text_width": layout.text_width(landscape=document.landscape),
        "header_left_width": round(layout.text_width(landscape=document.landscape) * HEADER_LEFT_SHARE, 2),
        "annex_width": lambda annex: layout.text_width(landscape=annex.landscape),
        "recipients_beside": RECIPIENTS_BESIDE,
        "table_sizes": sorted({table.font_size for table in tables}),
        "table_shares": sorted({share for table in tables for share in _shares(table.columns)}),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "attached_line": wording.attached_line,
        "balanced": lambda text, width, size: wording.balanced(text, width_mm=width, size_pt=size),
        "breaks": _breaks,
        "citation_lines": wording.citation_lines,
        "date_words": wording.date_words,
        "mark_of": wording.mark_of,
        "number_line": wording.number_line,
        "one_line": lambda text: " ".join(text.split()),
        "place_date": wording.place_date,
        "qr_picture": _qr_picture,
        "placed": wording.placed,
        "leads_on": wording.leads_on,
        "letter_subject": wording.letter_subject,
        "recipient_lines": wording.recipient_lines,
        "running": _running,
        "shares": _shares,
        "table_type": _table_type,
        "tall": is_tall,
        "type_name": lambda block: type(block).__name__,
        "upper": str.upper,  # typed as capitals, so that the text layer has them too
    }
    return environment


def _qr_picture(address: str) -> str:
    """The QR code of an address as a picture written into the page (error correction M, quiet zone 1)."""
    import segno

    return segno.make(address, error="m", micro=False).png_data_uri(scale=8, border=1)


def _breaks(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _running(text: str) -> Markup:
    """Text of a paragraph: as `_breaks`, and the number of a document ("98/QĐ-SNV") never torn."""
    lines = (re.split(_DOCUMENT_NUMBER, line) for line in text.split("\n"))
    whole = Markup('<span class="whole">{}</span>')
    return Markup("<br>").join(
        Markup("").join(whole.format(part) if place % 2 else escape(part) for place, part in enumerate(parts))
        for parts in lines
    )


def _table_type(size: float) -> str:
    return f"{size:g}".replace(".", "-")


def _shares(columns: Iterable[Column]) -> list[int]:
    """Widths in hundredths of a per cent."""
    widths = [column.width for column in columns]
    return [round(width / sum(widths) * 10_000) for width in widths]


def _tables(document: OfficialDocument) -> Iterable[Table]:
    parts: list[OfficialDocument | Annex] = [document, *document.annexes]
    blocks: list[Block] = [block for part in parts for block in part.blocks]
    return (block for block in blocks if isinstance(block, Table))


def _body_pages(drawn: weasyprint.Document) -> int:
    """Pages before the first annex: its anchor stands on the first page that is not the body's."""
    for index, page in enumerate(drawn.pages):
        if "annex-1" in page.anchors:
            return index
    return len(drawn.pages)


def _signature_boxes(drawn: weasyprint.Document) -> Iterable[SignatureBox]:
    found: dict[int, SignatureBox] = {}
    for index, page in enumerate(drawn.pages, 1):
        for name, (left, top, right, bottom) in page.anchors.items():
            if not name.startswith("signature-"):
                continue
            found[int(name.removeprefix("signature-"))] = SignatureBox(
                page=index,
                left=left * POINTS_PER_PIXEL,
                bottom=(page.height - bottom) * POINTS_PER_PIXEL,
                right=right * POINTS_PER_PIXEL,
                top=(page.height - top) * POINTS_PER_PIXEL,
            )
    return (found[place] for place in sorted(found))


@cache
def _deny_all(pictures: bool = False) -> Any:
    """A fetcher that refuses every address, also files: a document holds all it needs."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class DenyAll(URLFetcher):  # type: ignore[misc]  # the library is untyped
        def fetch(self, url: str, headers: object = None) -> Any:
            if pictures and url.startswith("data:image/png;base64,"):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(f"a document may not load {url}")

    return DenyAll()


def _declare_pdf_ua(document: weasyprint.Document, pdf: Any) -> None:
    number = int(pdf.catalog["Metadata"].split()[0])
    metadata = pdf.objects[number]
    metadata.stream = [metadata.stream[0].replace(b"</rdf:RDF>", _PDF_UA_XMP + b"</rdf:RDF>")]
