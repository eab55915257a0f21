"""Ghi nhận văn bản đã ban hành: drop the issued PDF or the scan, see what differs, bring in line, record."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.documents import chain, papers
from app.documents import services as documents
from app.documents.chain import Issued
from app.documents.drafting import RecordForm, UploadForm, text_field, words_form
from app.documents.matching import Difference, squeeze
from app.documents.models import Paper
from app.documents.papers import PaperCourse, Words
from app.documents.papers.reading import DroppedPaper
from app.documents.readback import ReadBack
from app.documents.views.drafts import draft_state, path_of
from app.documents.views.papers import bp
from app.errors import DomainError
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Ghi nhận văn bản đã ban hành"
Answer = AnyResponse | tuple[str, int]


@bp.get("/papers/<int:paper_id>/record")
@requires(Action.RECORD_ISSUED, papers.get_paper)
def record_paper(paper: Paper) -> str:
    """Drop the file."""
    chain.ask_record(paper.document, the_actor())
    return _upload_page(paper, UploadForm(formdata=None))


@bp.post("/papers/<int:paper_id>/record")
@requires(Action.RECORD_ISSUED, papers.get_paper)
def upload_paper(paper: Paper) -> Answer:
    """Keep the file and read it."""
    form = UploadForm()
    kept: list[int] = []

    def act() -> None:
        chain.ask_record(paper.document, the_actor())
        given = request.files.get("file")
        if given is None or not given.filename:
            raise DomainError("Chọn tệp PDF đã ký, đã ban hành.", field="file")
        stored = files.keep(given.filename, given.read(), actor=the_actor(), kinds=("pdf",))
        chain.read_file(stored)
        kept.append(stored.id)

    status = web.attempt(form, act)
    if status is not None:
        return _upload_page(paper, form), status
    return redirect(url_for(".compare_paper", paper_id=paper.id, file_id=kept[0]), 303)


def _upload_page(paper: Paper, form: UploadForm) -> str:
    return render_template(
        "papers/record.html",
        title=TITLE,
        paper=paper,
        form=form,
        path=path_of(paper, TITLE),
        state=draft_state(paper),
    )


@dataclass(frozen=True)
class Place:
    """A text that the issued paper has otherwise; `ref` empty: only to be seen. `found`: its whole words."""

    ref: str
    where: str
    found: str
    differences: tuple[Difference, ...]


def places_of(paper: Paper, back: ReadBack) -> list[Place]:
    """The differences gathered by text, because a text is brought in line as a whole."""
    if not back.has_text:
        return []
    course = PaperCourse(paper)
    known = {words.ref: words for words in course.words()}
    groups: dict[str, list[Difference]] = {}
    for number, difference in enumerate(course.differences(back)):
        groups.setdefault(difference.key if difference.key in known else f" {number}", []).append(difference)
    return [
        Place(
            key if key in known else "",
            group[0].where,
            _issued_words(known[key], group) if key in known else group[0].found,
            tuple(group),
        )
        for key, group in groups.items()
    ]


def _issued_words(words: Words, group: list[Difference]) -> str:
    """The whole text with the issued words in place of those that differ, as far as they could be read."""
    other = {squeeze(d.prepared): d.found for d in group if d.found and d.prepared}
    lines: list[str] = []
    for line in words.lines:
        lines.append(other.get(squeeze(line), line))
        lines += [d.found for d in group if not d.prepared and squeeze(d.after) == squeeze(line)]
    return "\n".join(lines)


def _form_for(places: list[Place]) -> type[RecordForm]:
    made = words_form(
        [Words(place.ref, place.where, place.found) for place in places if place.ref],
        RecordForm,
        "{where}: câu chữ đã ban hành",
    )
    assert issubclass(made, RecordForm)
    return made


@bp.get("/papers/<int:paper_id>/record/<int:file_id>")
@requires(Action.RECORD_ISSUED, papers.get_dropped)
def compare_paper(pair: DroppedPaper) -> str:
    """What was read, and where the issued text differs."""
    paper, document = pair.paper, pair.paper.document
    chain.ask_record(document, the_actor())
    back = chain.read_file(pair.stored)
    places = places_of(paper, back)
    form = _form_for(places)(formdata=None)
    form.version.data = paper.version
    form.number.data, form.symbol.data = back.number, back.symbol or document.symbol
    form.issued_on.data = back.issued_on
    form.signer_name.data = back.signer_name or document.signer_name
    form.signer_title.data = document.signer_title
    return _compare_page(paper, pair.stored, back, form, places)


@bp.post("/papers/<int:paper_id>/record/<int:file_id>")
@requires(Action.RECORD_ISSUED, papers.get_dropped)
def do_record_paper(pair: DroppedPaper) -> Answer:
    """Either bring the words in line (button “update”), or record the issue."""
    paper, actor, updating = pair.paper, the_actor(), "update" in request.form
    back = chain.read_file(pair.stored)
    places = places_of(paper, back)
    form = _form_for(places)()
    changed = 0

    def act() -> None:
        nonlocal changed
        if updating:
            chain.ask_record(paper.document, actor)
            changed = papers.bring_in_line(paper, form.changes(), version=form.version.data, actor=actor)
            return
        chain.record_issued(
            paper.document,
            pair.stored,
            _issued(form),
            confirmed=bool(form.confirmed.data),
            version=form.version.data,
            actor=actor,
        )

    status = web.attempt(form, act, named=form.named)
    if status is not None:
        return _compare_page(paper, pair.stored, back, form, places), status
    if updating:
        flash(f"Đã cập nhật {count(changed)} chỗ theo bản đã ban hành.", "good")
        return redirect(url_for(".compare_paper", paper_id=paper.id, file_id=pair.stored.id), 303)
    flash(f"Đã ghi nhận văn bản số {paper.document.number_and_symbol}.", "good")
    return redirect(url_for(".paper", paper_id=paper.id), 303)


def _issued(form: RecordForm) -> Issued:
    assert form.number.data is not None and form.issued_on.data is not None  # InputRequired
    return Issued(
        form.number.data,
        form.symbol.data or "",
        form.issued_on.data,
        form.signer_name.data or "",
        form.signer_title.data or "",
    )


def _compare_page(
    paper: Paper, stored: StoredFile, back: ReadBack, form: RecordForm, places: list[Place]
) -> str:
    warning, otherwise = "", {}
    if form.number.data and form.issued_on.data and form.symbol.data and not form.symbol.errors:
        warning = documents.earlier_than_last(
            paper.document.issuer_name, form.symbol.data, form.issued_on.data, form.number.data
        )
        otherwise = chain.fact_differences(_issued(form), back)
    return render_template(
        "papers/compare.html",
        title=TITLE,
        paper=paper,
        stored=stored,
        back=back,
        form=form,
        places=places,
        text_field=text_field,
        path=path_of(paper, TITLE),
        state=draft_state(paper),
        warning=warning,
        otherwise=otherwise,
        effects=PaperCourse(paper).effects(),
    )
