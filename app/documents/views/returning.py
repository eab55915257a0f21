"""A paper in Word: download, and take the edited file back change by change."""

from __future__ import annotations

from flask import Response, flash, render_template, request

from app import clock, web
from app.documents import chain
from app.documents.forms import TakingForm, WordForm, taking_form
from app.documents.models import DocumentState
from app.documents.views.desk import Answer, C, Desk, Dropped, state_of
from app.documents.word import Taking
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.vietnamese import count
from app.web.access import the_actor

TITLE = "Nhận lại bản Word đã sửa"


def add_word(desk: Desk[C]) -> None:
    """Tải Word, and the way back."""

    def word(carrier: C) -> Response:
        data = desk.word.write(carrier, on=clock.today(), created_at=clock.now())
        return web.word_file(data, desk.word.file_name(carrier))

    def word_back(carrier: C) -> Answer:
        chain.ask_take_back(carrier, the_actor())
        return _upload_page(desk, carrier, WordForm(formdata=None))

    def take_word(carrier: C) -> Answer:
        form = WordForm()
        stored = web.perform(form, lambda: _keep(desk, carrier), named=lambda field: "file")
        if isinstance(stored, web.Refused):
            return _upload_page(desk, carrier, form), stored.status
        return desk.back(carrier, "word_changes", file_id=stored.id)

    def word_changes(pair: Dropped[C]) -> Answer:
        chain.ask_take_back(pair.carrier, the_actor())
        taking = _taking(desk, pair)
        form = taking_form(taking.proposals)(formdata=None)
        form.version.data = pair.carrier.version
        return _changes_page(desk, pair, taking, form)

    def take_changes(pair: Dropped[C]) -> Answer:
        carrier, taking = pair.carrier, _taking(desk, pair)
        form = taking_form(taking.proposals)()
        if not form.validate_on_submit():
            return _changes_page(desk, pair, taking, form), 422
        approving = _approving(carrier)
        try:
            changed = _take(desk, carrier, taking, form)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            taking = _taking(desk, pair)  # the file is kept: the choice stands again, beside the words of now
            form = taking_form(taking.proposals)()
            names = {proposal.text.key: proposal.name for proposal in taking.proposals}
            status = web.refused(form, error, named=lambda key: names.get(key, key))
            return _changes_page(desk, pair, taking, form), status
        told = f"Đã nhận {count(changed)} chỗ sửa từ bản Word"
        flash(f"{told} và duyệt bản thảo." if approving else f"{told}.", "good")
        return desk.back(carrier)

    dropped = desk.dropped("docx")
    desk.add("word", "word", word)
    desk.add("word/back", "word_back", word_back)
    desk.add("word/back", "take_word", take_word, method="POST")
    desk.add("word/<int:file_id>", "word_changes", word_changes, get=dropped)
    desk.add("word/<int:file_id>", "take_changes", take_changes, get=dropped, method="POST")


def _approving(carrier: C) -> bool:
    return carrier.document.state is DocumentState.APPROVAL


def _keep(desk: Desk[C], carrier: C) -> StoredFile:
    chain.ask_take_back(carrier, the_actor())
    given = request.files["file"]
    data = given.read()
    desk.word.read(carrier, data)
    return files.keep(given.filename or "", data, actor=the_actor(), kinds=("docx",))


def _take(desk: Desk[C], carrier: C, taking: Taking, form: TakingForm) -> int:
    """Take what was chosen, through the one way in which words are edited."""
    changes = chain.changes_of(taking, form.taken())
    if not changes:
        raise DomainError("Chưa chọn nhận chỗ sửa nào.")
    if not _approving(carrier):
        return desk.reword(carrier, changes, version=form.seen(), actor=the_actor())
    return chain.approve_with_changes(
        carrier.document, changes, version=form.seen(), opinion=form.opinion.data or "", actor=the_actor()
    )


def _upload_page(desk: Desk[C], carrier: C, form: WordForm) -> str:
    return render_template(
        "papers/word_back.html",
        title=TITLE,
        desk=desk,
        carrier=carrier,
        form=form,
        path=desk.path(carrier, TITLE),
        state=state_of(carrier),
    )


def _taking(desk: Desk[C], pair: Dropped[C]) -> Taking:
    returned = desk.word.read(pair.carrier, files.read(pair.stored))
    return desk.word.take_back(pair.carrier, returned, on=clock.today())


def _changes_page(desk: Desk[C], pair: Dropped[C], taking: Taking, form: TakingForm) -> str:
    return render_template(
        desk.word.page,
        title=TITLE,
        desk=desk,
        carrier=pair.carrier,
        course=desk.course(pair.carrier),
        stored=pair.stored,
        taking=taking,
        form=form,
        approving=_approving(pair.carrier),
        path=desk.path(pair.carrier, TITLE),
        state=state_of(pair.carrier),
    )
