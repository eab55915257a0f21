"""Papers prepared here: the list, one paper with its words and its real PDF, what stands around them."""

from __future__ import annotations

from functools import cache, partial

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import composers, papers, slip
from app.documents.chain.waiting import holders_of, waits_of
from app.documents.content import OfficialDocument
from app.documents.drafting import PaperDetailsForm, WordsForm, words_form
from app.documents.kinds import KIND_LABELS
from app.documents.models import IssueWay, Paper
from app.documents.papers import PaperCourse, PaperDetails, returning
from app.documents.views.desk import Desk, WordWay, state_of
from app.documents.views.papers import bp
from app.documents.views.screens import furnish
from app.documents.views.showing import details_page, editable, page_of
from app.errors import Conflict
from app.policy import Action
from app.vietnamese import count
from app.web.access import requires, the_actor

STATE_CHOICES = (
    ("", "Tất cả"),
    ("drafting", "Đang soạn"),
    ("open", "Đang trình, chờ ký"),
    ("issued", "Đã ban hành"),
)


def named(paper: Paper) -> str:
    """The h1: kind with number once there is one, before that the kind and that it is a draft."""
    document = paper.document
    kind = KIND_LABELS[document.kind]
    if document.number is not None:
        return f"{kind} số {document.number_and_symbol}"
    return f"Dự thảo {kind[0].lower()}{kind[1:]}"


def path_of(paper: Paper, *steps: str) -> list[web.Crumb]:
    """Văn bản soạn thảo › case › paper › steps."""
    path = [web.Crumb("Văn bản soạn thảo", url_for("documents.drafts"))]
    if paper.inspection_id is not None:
        path.append(web.Crumb(*composers.cases().named(paper.inspection_id)))
    if not steps:
        return [*path, web.Crumb(named(paper))]
    path.append(web.Crumb(named(paper), url_for("documents.paper", paper_id=paper.id)))
    return [*path, *(web.Crumb(step) for step in steps)]


def _slip(paper: Paper) -> OfficialDocument:
    """Phiếu trình with the opinions so far."""
    document, course = paper.document, PaperCourse(paper)
    office = document.issuer_unit.name if document.issuer_unit is not None else document.issuer_name
    drafter = document.drafter
    posts = [a for a in drafter.appointments if a.holds_on(clock.today())] if drafter is not None else []
    return slip.compose_slip(
        document,
        type_name=course.compose().type_name,
        told=f"{document.subject}. {course.effects()}",
        office=office,
        division=posts[0].unit.name if posts else office,
    )


PAPERS = Desk(
    bp=bp,
    called="văn bản",
    address="/papers/<int:paper_id>",
    key="paper_id",
    shows="paper",
    suffix="_paper",
    viewing=Action.VIEW_PAPER,
    get=papers.get_paper,
    course=PaperCourse,
    named=named,
    path=path_of,
    reword=papers.reword,
    bring_in_line=papers.bring_in_line,
    slip=_slip,
    word=WordWay(
        write=returning.write,
        read=returning.read,
        take_back=returning.take_back,
        file_name=lambda paper: f"{paper.document.kind.value.replace('_', '-')}-{paper.id}",
    ),
)
furnish(PAPERS)


@bp.get("/papers")
@requires(Action.VIEW_PAPER)
def drafts() -> str:
    """All papers prepared here that this person may know of."""
    text, state = request.args.get("q", "")[:200], request.args.get("state", "")
    state = state if state in {key for key, _ in STATE_CHOICES} else ""
    page = papers.list_papers(the_actor(), text=text, state=state, cursor=web.cursor_of_address(int))
    return render_template(
        "papers/drafts.html",
        title="Văn bản soạn thảo",
        page=page,
        text=text,
        state=state,
        states=STATE_CHOICES,
        kinds=KIND_LABELS,
        state_of=state_of,
        waits_of=partial(waits_of, holders=cache(holders_of)),
    )


@bp.get("/papers/<int:paper_id>")
@requires(Action.VIEW_PAPER, papers.get_paper)
def paper(paper: Paper) -> str:
    """One paper: words, the real PDF, what stops it, the chain."""
    return paper_page(paper)


def paper_page(paper: Paper, form: web.BaseForm | None = None, *, compare: bool = False) -> str:
    """The page of one paper; `form` is a refused one with what was typed."""
    course = PaperCourse(paper)
    words = course.words()
    if form is None:
        form = words_form(words, WordsForm)(formdata=None)
        form.version.data = paper.version
    return page_of(
        PAPERS,
        paper,
        course,
        "papers/draft.html",
        paper=paper,
        words=words,
        form=form,
        editable=editable(paper),
        compare=compare,
        missing=course.stopping() if not paper.document.is_issued else (),
    )


@bp.post("/papers/<int:paper_id>/words")
@requires(Action.EDIT_PAPER, papers.get_paper)
def reword(paper: Paper) -> AnyResponse | tuple[str, int]:
    """Keep the words; with a `ref`, take that text from the record again besides."""
    ref = request.form.get("ref", "")
    form = words_form(PaperCourse(paper).words(), WordsForm)()

    def act() -> int:
        typed = [change for change in form.changes() if change.key != ref]
        changed = papers.reword(paper, typed, version=form.version.data, actor=the_actor())
        if ref:
            papers.recompose(paper, ref, version=None, actor=the_actor())
        return changed

    changed = web.perform(form, act, named=form.named)
    if isinstance(changed, web.Refused):
        return paper_page(paper, form, compare=changed.status == Conflict.status), changed.status
    told = f"Đã lưu, sửa {count(changed)} chỗ." if changed else "Không có chỗ nào được sửa."
    flash("Đã lấy lại câu chữ từ hồ sơ." if ref else told, "good")
    return PAPERS.back(paper)


@bp.get("/papers/<int:paper_id>/details")
@requires(Action.EDIT_PAPER, papers.get_paper)
def details_paper(paper: Paper) -> str:
    """Title, symbol, way, signer."""
    return details_page(PAPERS, paper, _filled(paper, _details_of(paper)))


def _details_of(paper: Paper) -> PaperDetailsForm:
    document = paper.document
    return PaperDetailsForm(
        formdata=None,
        subject=document.subject,
        symbol=document.symbol,
        way=document.way.value,
        signer_id=document.signer_id,
        signature_prefix=paper.signature_prefix,
        version=paper.version,
    )


@bp.post("/papers/<int:paper_id>/details")
@requires(Action.EDIT_PAPER, papers.get_paper)
def edit_details_paper(paper: Paper) -> AnyResponse | tuple[str, int]:
    """Keep them."""
    form = _filled(paper, PaperDetailsForm())

    def act() -> None:
        typed = PaperDetails(
            subject=form.subject.data or "",
            symbol=form.symbol.data or "",
            way=IssueWay(form.way.data),
            signer_id=form.signer_id.data,
            signature_prefix=form.signature_prefix.data or "",
        )
        papers.edit_details(paper, typed, version=form.version.data, actor=the_actor())

    status = web.attempt(form, act)
    if status is not None:
        web.stand_beside(form, _filled(paper, _details_of(paper)))
        return details_page(PAPERS, paper, form), status
    flash("Đã lưu.", "good")
    return PAPERS.back(paper)


def _filled(paper: Paper, form: PaperDetailsForm) -> PaperDetailsForm:
    today = clock.today()
    people = [
        (str(person.id), ", ".join(filter(None, (person.name, person.post_on(today)))))
        for person in papers.signers_of(paper)
    ]
    form.signer_id.choices = web.choices(people, blank="Chưa chọn")
    return form
