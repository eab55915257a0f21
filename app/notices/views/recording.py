"""Ghi nhận văn bản đã ban hành: drop the issued PDF, see what differs, bring the record in line, record."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.documents import chain
from app.documents import services as documents
from app.documents.chain import Issued
from app.documents.matching import Difference
from app.documents.readback import ReadBack
from app.documents.signatures import records
from app.errors import DomainError
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.notices import queries, services
from app.notices.effects import effects_of
from app.notices.forms import RecordForm, UploadForm, field_name, record_form
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import recording
from app.notices.services.bringing import editable_keys
from app.notices.views.common import bp, path_to, state_of
from app.policy import Action
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Ghi nhận văn bản đã ban hành"


@bp.get("/notices/<int:notice_id>/record")
@requires(Action.RECORD_ISSUED, queries.get_visible)
def record(notice: Notice) -> str:
    """Drop the file."""
    chain.ask_record(notice.document, the_actor())
    return _upload_page(notice, UploadForm(formdata=None))


@bp.post("/notices/<int:notice_id>/record")
@requires(Action.RECORD_ISSUED, queries.get_visible)
def upload(notice: Notice) -> AnyResponse | tuple[str, int]:
    """Keep the file and read it."""
    actor, form = the_actor(), UploadForm()
    if not form.validate_on_submit():
        return _upload_page(notice, form), 422
    given = request.files.get("file")
    try:
        chain.ask_record(notice.document, actor)
        if given is None or not given.filename:
            raise DomainError("Chọn tệp PDF đã ký, đã ban hành.", field="file")
        stored = files.keep(given.filename, given.read(), actor=actor, kinds=("pdf",))
        chain.read_file(stored)
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, "file")
        return _upload_page(notice, form), error.status
    db.session.commit()
    return redirect(url_for(".compare", notice_id=notice.id, file_id=stored.id), 303)


def _upload_page(notice: Notice, form: UploadForm) -> str:
    return render_template(
        "notices/record.html",
        title=TITLE,
        notice=notice,
        form=form,
        path=path_to(notice, TITLE),
        state=state_of(notice),
    )


@bp.get("/notices/<int:notice_id>/record/<int:file_id>")
@requires(Action.RECORD_ISSUED, queries.get_dropped)
def compare(pair: queries.Dropped) -> str:
    """What was read, and where the issued text differs."""
    notice, stored = pair.notice, pair.stored
    chain.ask_record(notice.document, the_actor())
    back = chain.read_file(stored)
    groups = _groups(notice, back)
    form = _form_for(groups)(formdata=None)
    form.version.data = notice.version
    form.number.data, form.symbol.data = back.number, back.symbol or notice.document.symbol
    form.issued_on.data = back.issued_on
    form.signer_name.data = back.signer_name or notice.document.signer_name
    form.signer_title.data = notice.document.signer_title
    return _compare_page(notice, stored, back, form, groups)


@bp.post("/notices/<int:notice_id>/record/<int:file_id>")
@requires(Action.RECORD_ISSUED, queries.get_dropped)
def do_record(pair: queries.Dropped) -> AnyResponse | tuple[str, int]:
    """Either bring the record in line (button “update”), or record the issue."""
    notice, stored, actor = pair.notice, pair.stored, the_actor()
    back = chain.read_file(stored)
    groups = _groups(notice, back)
    form = _form_for(groups)()
    if not form.validate_on_submit():
        return _compare_page(notice, stored, back, form, groups), 422
    updating = "update" in request.form
    try:
        if updating:
            changed = services.bring_in_line(notice, form.changes(), version=form.version.data, actor=actor)
        else:
            chain.record_issued(
                notice.document,
                stored,
                _issued(form),
                confirmed=bool(form.confirmed.data),
                version=form.version.data,
                actor=actor,
            )
    except DomainError as error:
        web.refused(form, error, named=field_name)
        return _compare_page(notice, stored, back, form, groups), error.status
    db.session.commit()
    if updating:
        flash(f"Đã cập nhật {count(changed)} chỗ trong hồ sơ theo bản đã ban hành.", "good")
        return redirect(url_for(".compare", notice_id=notice.id, file_id=stored.id), 303)
    flash(f"Đã ghi nhận Thông báo số {notice.document.number_and_symbol}.", "good")
    return redirect(url_for(".show", notice_id=notice.id), 303)


def _issued(form: RecordForm) -> Issued:
    assert form.number.data is not None and form.issued_on.data is not None  # InputRequired
    return Issued(
        form.number.data,
        form.symbol.data or "",
        form.issued_on.data,
        form.signer_name.data or "",
        form.signer_title.data or "",
    )


@dataclass(frozen=True)
class Group:
    """Places of one text of the record that the issued paper has otherwise; `key` empty: only to be seen."""

    key: str
    words: str
    differences: tuple[Difference, ...]


def _groups(notice: Notice, back: ReadBack) -> list[Group]:
    if not back.has_text:
        return []
    record = gather(notice)
    found = recording.compare(notice, record, back)
    known = editable_keys(notice, record)
    return [
        Group(
            group[0].key if group[0].key in known else "",
            recording.issued_words(notice, record, group),
            group,
        )
        for group in recording.whole_texts(notice, record, found)
    ]


def _form_for(groups: list[Group]) -> type[RecordForm]:
    return record_form(
        (group.key, f"{group.differences[0].where}: câu chữ đã ban hành", group.words)
        for group in groups
        if group.key
    )


def _compare_page(
    notice: Notice, stored: StoredFile, back: ReadBack, form: RecordForm, groups: list[Group]
) -> str:
    warning, otherwise = "", {}
    if form.number.data and form.issued_on.data and form.symbol.data:
        warning = documents.earlier_than_last(
            notice.document.issuer_name, form.symbol.data, form.issued_on.data, form.number.data
        )
        otherwise = chain.fact_differences(_issued(form), back)
    return render_template(
        "notices/compare.html",
        title=TITLE,
        notice=notice,
        stored=stored,
        back=back,
        form=form,
        groups=groups,
        field_name=field_name,
        path=path_to(notice, TITLE),
        state=state_of(notice),
        warning=warning,
        otherwise=otherwise,
        signatures=records.of_given_file(files.read(stored), at=clock.now()),
        places=sum(len(group.differences) for group in groups),
        effects=effects_of(notice, gather(notice)),
    )
