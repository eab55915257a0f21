"""The notice in Word: download, and take the edited file back change by change."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import chain
from app.documents.forms import TakingForm, WordForm, taking_form
from app.documents.models import DocumentState
from app.documents.word import Taking
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.notices import queries, services, texts, wordback
from app.notices.models import Notice
from app.notices.record import Record, gather
from app.notices.views.common import bp, path_to, state_of
from app.policy import Action
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Nhận lại bản Word đã sửa"
Answer = str | AnyResponse | tuple[str, int]


@bp.get("/notices/<int:notice_id>/word")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def word(notice: Notice) -> Response:
    """Tải Word: the notice as it reads now, its texts marked."""
    record = gather(notice)
    data = wordback.write(
        notice, record, texts.pieces_of(notice, record), on=clock.today(), created_at=clock.now()
    )
    return web.word_file(data, f"thong-bao-ket-luan-{notice.id}")


@bp.get("/notices/<int:notice_id>/word/back")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def word_back(notice: Notice) -> str:
    """Hand in the edited file."""
    wordback.ask_take_back(notice, the_actor())
    return _upload_page(notice, WordForm(formdata=None))


@bp.post("/notices/<int:notice_id>/word/back")
@requires(Action.VIEW_NOTICE, queries.get_visible)
def take_word(notice: Notice) -> Answer:
    """Keep the file; what it changes is the next page."""
    actor, form = the_actor(), WordForm()
    if not form.validate_on_submit():
        return _upload_page(notice, form), 422
    given = request.files["file"]
    try:
        wordback.ask_take_back(notice, actor)
        data = given.read()
        wordback.read(notice, data)
        stored = files.keep(given.filename or "", data, actor=actor, kinds=("docx",))
    except DomainError as error:
        status = web.refused(form, error, named=lambda field: "file")
        return _upload_page(notice, form), status
    db.session.commit()
    return redirect(url_for(".word_changes", notice_id=notice.id, file_id=stored.id), 303)


def _upload_page(notice: Notice, form: WordForm) -> str:
    return render_template(
        "notices/word_back.html",
        title=TITLE,
        notice=notice,
        form=form,
        path=path_to(notice, TITLE),
        state=state_of(notice),
    )


@bp.get("/notices/<int:notice_id>/word/<int:file_id>")
@requires(Action.VIEW_NOTICE, queries.get_returned_word)
def word_changes(pair: queries.Dropped) -> str:
    """Every change beside the finding or request it belongs to."""
    wordback.ask_take_back(pair.notice, the_actor())
    record = gather(pair.notice)
    taking = _taking(pair, record)
    form = taking_form(taking.proposals)(formdata=None)
    form.version.data = pair.notice.version
    return _changes_page(pair, record, taking, form)


@bp.post("/notices/<int:notice_id>/word/<int:file_id>")
@requires(Action.VIEW_NOTICE, queries.get_returned_word)
def take_changes(pair: queries.Dropped) -> Answer:
    """Take what was chosen, through the one way in which words are edited."""
    notice, actor = pair.notice, the_actor()
    record = gather(notice)
    taking = _taking(pair, record)
    form = taking_form(taking.proposals)()
    if not form.validate_on_submit():
        return _changes_page(pair, record, taking, form), 422
    approving = notice.document.state is DocumentState.APPROVAL
    try:
        changes = wordback.changes(taking, form.taken())
        if not changes:
            raise DomainError("Chưa chọn nhận chỗ sửa nào.")
        if approving:
            changed = chain.approve_with_changes(
                notice.document, changes, version=form.seen(), opinion=form.opinion.data or "", actor=actor
            )
        else:
            changed = services.edit_texts(notice, changes, version=form.seen(), actor=actor)
    except DomainError as error:
        db.session.rollback()
        record = gather(notice)  # the file is kept: the choice stands again, beside what the record reads now
        taking = _taking(pair, record)
        form = taking_form(taking.proposals)()
        names = {proposal.text.key: proposal.name for proposal in taking.proposals}
        status = web.refused(form, error, named=lambda key: names.get(key, key))
        return _changes_page(pair, record, taking, form), status
    db.session.commit()
    told = f"Đã nhận {count(changed)} chỗ sửa từ bản Word"
    flash(f"{told} và duyệt bản thảo." if approving else f"{told}.", "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


def _taking(pair: queries.Dropped, record: Record) -> Taking:
    notice = pair.notice
    pieces = texts.pieces_of(notice, record)
    returned = wordback.read(notice, files.read(pair.stored))
    return wordback.take_back(notice, record, pieces, returned, on=clock.today())


def _changes_page(pair: queries.Dropped, record: Record, taking: Taking, form: TakingForm) -> str:
    notice = pair.notice
    return render_template(
        "notices/word_changes.html",
        title=TITLE,
        notice=notice,
        stored=pair.stored,
        record=record,
        taking=taking,
        form=form,
        approving=notice.document.state is DocumentState.APPROVAL,
        pieces={piece.key: piece for piece in texts.pieces_of(notice, record)},
        labels=texts.PART_LABELS,
        path=path_to(notice, TITLE),
        state=state_of(notice),
    )
