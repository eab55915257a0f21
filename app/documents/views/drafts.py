"""Papers prepared here: the list, one paper with its words and its real PDF, what stands around them."""

from __future__ import annotations

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.audit.timeline import timeline
from app.documents import composers, numbering, pages, papers, preview, rendering, slip
from app.documents.chain.waiting import duties_of, waits_of
from app.documents.drafting import PaperDetailsForm, text_field, words_form
from app.documents.kinds import KIND_LABELS
from app.documents.models import WAY_LABELS, DocumentState, IssueWay, Paper
from app.documents.papers import PaperCourse, PaperDetails, returning
from app.documents.states import DOCUMENT, STATE_KINDS
from app.documents.views.papers import bp
from app.errors import Conflict
from app.files import services as files
from app.policy import Action, Actor, can
from app.vietnamese import count
from app.web.access import requires, the_actor

STATE_CHOICES = (
    ("", "Tất cả"),
    ("drafting", "Đang soạn"),
    ("open", "Đang trình, chờ ký"),
    ("issued", "Đã ban hành"),
)


def draft_state(paper: Paper) -> web.State:
    """The state tag; a draft that came back says so."""
    document = paper.document
    if document.state is DocumentState.DRAFT and document.return_reason:
        return web.State("back", "Trả lại để hoàn thiện")
    return web.State(STATE_KINDS[document.state], DOCUMENT.labels[document.state])


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
        state_of=draft_state,
        waits_of=waits_of,
    )


@bp.get("/papers/<int:paper_id>")
@requires(Action.VIEW_PAPER, papers.get_paper)
def paper(paper: Paper) -> str:
    """One paper: words, the real PDF, what stops it, the chain."""
    return paper_page(paper)


def paper_page(paper: Paper, form: web.BaseForm | None = None, *, compare: bool = False) -> str:
    """The page of one paper; `form` is a refused one with what was typed."""
    actor, document, course = the_actor(), paper.document, PaperCourse(paper)
    words = course.words()
    editable = document.state is DocumentState.DRAFT and can(actor, Action.EDIT_PAPER, paper)
    if form is None:
        form = words_form(words)(formdata=None)
        form.version.data = paper.version
    last = max(page_count(paper), 1)
    waits = waits_of(document)
    done = next((s for s in reversed(document.steps) if s.verb in ("issue", "record_issued")), None)
    return render_template(
        "papers/draft.html",
        title=named(paper),
        paper=paper,
        document=document,
        state=draft_state(paper),
        path=path_of(paper),
        wait=web.Wait(waits.who, waits.what) if waits is not None else None,
        sub=_sub(paper),
        words=words,
        form=form,
        text_field=text_field,
        editable=editable,
        may_take_word=returning.may_take_back(paper, actor),
        compare=compare,
        missing=course.stopping() if not document.is_issued else (),
        effects=done.opinion if done is not None else course.effects(),
        page=min(max(request.args.get("page", 1, type=int), 1), last),
        pages=last,
        chain=duties_of(document),
        acts=acts_of(paper, actor),
        entries=timeline(document),
        fingerprint=(document.sha256 or str(paper.version))[:12],
    )


def _sub(paper: Paper) -> str:
    document = paper.document
    who = ", ".join(part for part in (document.signer_name, document.signer_title) if part) or "chưa chọn"
    way = WAY_LABELS[document.way]
    expected = "Người ký" if document.signed_by or document.is_issued else "Người ký dự kiến"
    return f"{document.subject} · Cách ban hành: {way[0].lower()}{way[1:]} · {expected}: {who}"


_OF_A_DRAFT = (
    (Action.ABANDON_PAPER, "abandon_paper", "Bỏ dự thảo"),
    (Action.REASSIGN_PAPER, "reassign_paper", "Giao người soạn khác"),
    (Action.EDIT_PAPER, "paper_details", "Trích yếu, người ký"),
)


def acts_of(paper: Paper, actor: Actor) -> list[tuple[str, str, bool]]:
    """(address, label, primary) of what this person may do now, the primary last."""
    document = paper.document
    state, here = document.state, document.way is IssueWay.HERE
    is_signer = actor.person_id == document.signer_id
    made: list[tuple[str, str, bool]] = []

    def add(verb: str, label: str, primary: bool = False) -> None:
        made.append((url_for(f"documents.{verb}", paper_id=paper.id), label, primary))

    if state is DocumentState.DRAFT:
        for action, verb, label in _OF_A_DRAFT:
            if can(actor, action, paper):
                add(verb, label)
    if state in (DocumentState.SIGNED, DocumentState.SEALED) and can(actor, Action.TAKE_BACK_SIGNED, paper):
        add("take_back_paper", "Hủy bản đã ký")
    recordable = any(state in t.sources for t in DOCUMENT.find("record_issued"))
    if recordable and not here and can(actor, Action.RECORD_ISSUED, paper):
        add("record_paper", "Ghi nhận văn bản đã ban hành", state is DocumentState.APPROVED)
    match state:
        case DocumentState.DRAFT if can(actor, Action.SUBMIT_PAPER, paper):
            add("submit_paper", "Trình kiểm tra nội dung", True)
        case DocumentState.CONTENT_CHECK if can(actor, Action.CHECK_CONTENT, paper):
            add("return_paper", "Trả lại để hoàn thiện")
            add("check_content_paper", "Đồng ý nội dung, trình tiếp", True)
        case DocumentState.FORM_CHECK if can(actor, Action.CHECK_FORM, paper):
            add("return_paper", "Trả lại để hoàn thiện")
            add("check_form_paper", "Đồng ý thể thức, trình duyệt", True)
        case DocumentState.APPROVAL if is_signer and can(actor, Action.APPROVE_PAPER, paper):
            add("return_paper", "Trả lại để hoàn thiện")
            add("change_paper", "Sửa và duyệt")
            add("approve_paper", "Duyệt bản thảo", True)
        case DocumentState.APPROVED if is_signer and can(actor, Action.SIGN_PAPER, paper):
            add("return_paper", "Trả lại để hoàn thiện")
            if here:
                add("sign_paper", "Ký văn bản", True)
        case DocumentState.SIGNED if can(actor, Action.SEAL_PAPER, paper):
            add("seal_paper", "Đóng dấu, ký số của cơ quan", True)
        case DocumentState.SEALED if can(actor, Action.ISSUE_PAPER, paper):
            add("issue_paper", "Ban hành", True)
    return made


@bp.post("/papers/<int:paper_id>/words")
@requires(Action.EDIT_PAPER, papers.get_paper)
def reword(paper: Paper) -> AnyResponse | tuple[str, int]:
    """Keep the words; with a `ref`, take that text from the record again besides."""
    ref = request.form.get("ref", "")
    form = words_form(PaperCourse(paper).words())()
    changed = 0

    def act() -> None:
        nonlocal changed
        typed = [change for change in form.changes() if change.key != ref]
        changed = papers.reword(paper, typed, version=form.version.data, actor=the_actor())
        if ref:
            papers.recompose(paper, ref, version=None, actor=the_actor())

    status = web.attempt(form, act, named=form.named)
    if status is not None:
        return paper_page(paper, form, compare=status == Conflict.status), status
    told = f"Đã lưu, sửa {count(changed)} chỗ." if changed else "Không có chỗ nào được sửa."
    flash("Đã lấy lại câu chữ từ hồ sơ." if ref else told, "good")
    return redirect(url_for(".paper", paper_id=paper.id), 303)


@bp.get("/papers/<int:paper_id>/details")
@requires(Action.EDIT_PAPER, papers.get_paper)
def paper_details(paper: Paper) -> str:
    """Title, symbol, way, signer."""
    document = paper.document
    form = PaperDetailsForm(
        formdata=None,
        subject=document.subject,
        symbol=document.symbol,
        way=document.way.value,
        signer_id=document.signer_id,
        signature_prefix=paper.signature_prefix,
        version=paper.version,
    )
    return _details_page(paper, form)


@bp.post("/papers/<int:paper_id>/details")
@requires(Action.EDIT_PAPER, papers.get_paper)
def edit_paper_details(paper: Paper) -> AnyResponse | tuple[str, int]:
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
        return _details_page(paper, form), status
    flash("Đã lưu.", "good")
    return redirect(url_for(".paper", paper_id=paper.id), 303)


def _filled(paper: Paper, form: PaperDetailsForm) -> PaperDetailsForm:
    today = clock.today()
    people = [
        (str(person.id), ", ".join(filter(None, (person.name, person.post_on(today)))))
        for person in papers.signers_of(paper)
    ]
    form.signer_id.choices = web.choices(people, blank="Chưa chọn")
    return form


def _details_page(paper: Paper, form: PaperDetailsForm) -> str:
    return render_template(
        "papers/draft_details.html",
        title="Trích yếu, người ký, cách ban hành",
        books=numbering.list_books(paper.document.kind),
        paper=paper,
        form=_filled(paper, form),
        path=path_of(paper, "Trích yếu, người ký"),
        state=draft_state(paper),
    )


def bytes_of(paper: Paper) -> bytes:
    """The signed or issued file, else the draft as the real PDF."""
    if paper.document.file is not None:
        return files.read(paper.document.file)
    return _drawn(paper).data


def page_count(paper: Paper) -> int:
    """Pages of the same."""
    if paper.document.file is not None:
        return pages.count_pages(files.read(paper.document.file))
    return _drawn(paper).pages


def _drawn(paper: Paper) -> preview.Drawn:
    content = PaperCourse(paper).compose()
    return preview.draft(content, expected_on=clock.today(), created_at=clock.now())


@bp.get("/papers/<int:paper_id>/preview.pdf")
@requires(Action.VIEW_PAPER, papers.get_paper)
def paper_pdf(paper: Paper) -> Response:
    """The draft (or what was signed) as PDF."""
    return _pdf(bytes_of(paper), "ban-xem-truoc.pdf")


@bp.get("/papers/<int:paper_id>/preview/<int:page>.png")
@requires(Action.VIEW_PAPER, lambda actor, paper_id, page: papers.get_paper(actor, paper_id))
def paper_picture(paper: Paper) -> Response:
    """One page of it as a picture."""
    try:
        picture = pages.picture(bytes_of(paper), int((request.view_args or {})["page"]))
    except pages.PageNotFound as error:
        raise NotFound from error
    return send_file(io.BytesIO(picture), mimetype="image/png")


@bp.get("/papers/<int:paper_id>/slip.pdf")
@requires(Action.VIEW_PAPER, papers.get_paper)
def paper_slip(paper: Paper) -> Response:
    """Phiếu trình with the opinions so far."""
    document, course = paper.document, PaperCourse(paper)
    office = document.issuer_unit.name if document.issuer_unit is not None else document.issuer_name
    drafter = document.drafter
    posts = [a for a in drafter.appointments if a.holds_on(clock.today())] if drafter is not None else []
    content = slip.compose_slip(
        document,
        type_name=course.compose().type_name,
        told=f"{document.subject}. {course.effects()}",
        office=office,
        division=posts[0].unit.name if posts else office,
    )
    return _pdf(rendering.render_pdf(content, created_at=clock.now()).data, "phieu-trinh.pdf")


def _pdf(data: bytes, name: str) -> Response:
    return web.framed_by_us(send_file(io.BytesIO(data), mimetype="application/pdf", download_name=name))
