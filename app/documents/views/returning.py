"""A paper in Word: download, and take the edited file back change by change."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import chain, papers
from app.documents.forms import TakingForm, WordForm, taking_form
from app.documents.models import DocumentState, Paper
from app.documents.papers import returning
from app.documents.papers.reading import DroppedPaper
from app.documents.views.drafts import draft_state, path_of
from app.documents.views.papers import bp
from app.documents.word import Taking
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.policy import Action
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Nhận lại bản Word đã sửa"
Answer = str | AnyResponse | tuple[str, int]


@bp.get("/papers/<int:paper_id>/word")
@requires(Action.VIEW_PAPER, papers.get_paper)
def paper_word(paper: Paper) -> Response:
    """Tải Word: the paper as it reads now, its texts marked."""
    data = returning.write(paper, on=clock.today(), created_at=clock.now())
    return web.word_file(data, f"{paper.document.kind.value.replace('_', '-')}-{paper.id}")


@bp.get("/papers/<int:paper_id>/word/back")
@requires(Action.VIEW_PAPER, papers.get_paper)
def paper_word_back(paper: Paper) -> str:
    """Hand in the edited file."""
    returning.ask_take_back(paper, the_actor())
    return _upload_page(paper, WordForm(formdata=None))


@bp.post("/papers/<int:paper_id>/word/back")
@requires(Action.VIEW_PAPER, papers.get_paper)
def take_paper_word(paper: Paper) -> Answer:
    """Keep the file; what it changes is the next page."""
    actor, form = the_actor(), WordForm()
    kept: list[int] = []

    def act() -> None:
        returning.ask_take_back(paper, actor)
        given = request.files["file"]
        data = given.read()
        returning.read(paper, data)
        kept.append(files.keep(given.filename or "", data, actor=actor, kinds=("docx",)).id)

    status = web.attempt(form, act, named=lambda field: "file")
    if status is not None:
        return _upload_page(paper, form), status
    return redirect(url_for(".paper_word_changes", paper_id=paper.id, file_id=kept[0]), 303)


def _upload_page(paper: Paper, form: WordForm) -> str:
    return render_template(
        "papers/word_back.html",
        title=TITLE,
        paper=paper,
        form=form,
        path=path_of(paper, TITLE),
        state=draft_state(paper),
    )


@bp.get("/papers/<int:paper_id>/word/<int:file_id>")
@requires(Action.VIEW_PAPER, papers.get_returned_word)
def paper_word_changes(pair: DroppedPaper) -> str:
    """Every change beside the text of the paper."""
    returning.ask_take_back(pair.paper, the_actor())
    taking = _taking(pair)
    form = taking_form(taking.proposals)(formdata=None)
    form.version.data = pair.paper.version
    return _changes_page(pair, taking, form)


@bp.post("/papers/<int:paper_id>/word/<int:file_id>")
@requires(Action.VIEW_PAPER, papers.get_returned_word)
def take_paper_changes(pair: DroppedPaper) -> Answer:
    """Take what was chosen, through the one way in which words are edited."""
    paper, actor = pair.paper, the_actor()
    taking = _taking(pair)
    form = taking_form(taking.proposals)()
    if not form.validate_on_submit():
        return _changes_page(pair, taking, form), 422
    approving = paper.document.state is DocumentState.APPROVAL
    try:
        changes = returning.changes(taking, form.taken())
        if not changes:
            raise DomainError("Chưa chọn nhận chỗ sửa nào.")
        if approving:
            changed = chain.approve_with_changes(
                paper.document, changes, version=form.seen(), opinion=form.opinion.data or "", actor=actor
            )
        else:
            changed = papers.reword(paper, changes, version=form.seen(), actor=actor)
    except DomainError as error:
        db.session.rollback()
        taking = _taking(pair)  # the file is kept: the choice stands again, beside what the paper reads now
        form = taking_form(taking.proposals)()
        names = {proposal.text.key: proposal.name for proposal in taking.proposals}
        status = web.refused(form, error, named=lambda key: names.get(key, key))
        return _changes_page(pair, taking, form), status
    db.session.commit()
    told = f"Đã nhận {count(changed)} chỗ sửa từ bản Word"
    flash(f"{told} và duyệt bản thảo." if approving else f"{told}.", "good")
    return redirect(url_for(".paper", paper_id=paper.id), 303)


def _taking(pair: DroppedPaper) -> Taking:
    returned = returning.read(pair.paper, files.read(pair.stored))
    return returning.take_back(pair.paper, returned, on=clock.today())


def _changes_page(pair: DroppedPaper, taking: Taking, form: TakingForm) -> str:
    paper = pair.paper
    return render_template(
        "papers/word_changes.html",
        title=TITLE,
        paper=paper,
        stored=pair.stored,
        taking=taking,
        form=form,
        approving=paper.document.state is DocumentState.APPROVAL,
        path=path_of(paper, TITLE),
        state=draft_state(paper),
    )
