"""Ghi nhận văn bản đã ban hành: drop the issued PDF or the scan, see what differs, bring in line, record."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, render_template, request

from app import clock, web
from app.documents import chain
from app.documents import services as documents
from app.documents.chain import Issued, Place, Words
from app.documents.drafting import RecordForm, UploadForm, words_form
from app.documents.readback import ReadBack
from app.documents.signatures import records
from app.documents.views.desk import Answer, C, Desk, Dropped, state_of
from app.errors import DomainError
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action
from app.vietnamese import count
from app.web.access import the_actor

TITLE = "Ghi nhận văn bản đã ban hành"


def add_recording(desk: Desk[C]) -> None:
    """The upload and the comparison."""

    def record(carrier: C) -> Answer:
        chain.ask_record(carrier.document, the_actor())
        return _upload_page(desk, carrier, UploadForm(formdata=None))

    def upload(carrier: C) -> Answer:
        form = UploadForm()
        stored = web.perform(form, lambda: _keep(desk, carrier), named=lambda field: "file")
        if isinstance(stored, web.Refused):
            return _upload_page(desk, carrier, form), stored.status
        return desk.back(carrier, "compare", file_id=stored.id)

    def compare(pair: Dropped[C]) -> Answer:
        document = pair.carrier.document
        chain.ask_record(document, the_actor())
        back = chain.read_file(pair.stored)
        places = chain.places_of(desk.course(pair.carrier), back)
        form = _form(desk, places)(formdata=None)
        form.version.data = pair.carrier.version
        form.number.data, form.symbol.data = back.number, back.symbol or document.symbol
        form.issued_on.data = back.issued_on
        form.signer_name.data = back.signer_name or document.signer_name
        form.signer_title.data = document.signer_title
        return _compare_page(desk, pair, back, form, places)

    def do_record(pair: Dropped[C]) -> Answer:
        carrier, document, updating = pair.carrier, pair.carrier.document, "update" in request.form
        back = chain.read_file(pair.stored)
        places = chain.places_of(desk.course(carrier), back)
        form = _form(desk, places)()
        act = _update if updating else _record
        changed = web.perform(form, lambda: act(desk, pair, form), named=form.named)
        if isinstance(changed, web.Refused):
            return _compare_page(desk, pair, back, form, places), changed.status
        if updating:
            flash(f"Đã cập nhật {count(changed)} chỗ trong hồ sơ theo bản đã ban hành.", "good")
            return desk.back(carrier, "compare", file_id=pair.stored.id)
        flash(f"Đã ghi nhận {desk.called} số {document.number_and_symbol}.", "good")
        return desk.back(carrier)

    right, dropped = Action.RECORD_ISSUED, desk.dropped("pdf")
    desk.add("record", "record", record, action=right)
    desk.add("record", "upload", upload, action=right, method="POST")
    desk.add("record/<int:file_id>", "compare", compare, action=right, get=dropped)
    desk.add("record/<int:file_id>", "do_record", do_record, action=right, get=dropped, method="POST")


def _keep(desk: Desk[C], carrier: C) -> StoredFile:
    chain.ask_record(carrier.document, the_actor())
    given = request.files.get("file")
    if given is None or not given.filename:
        raise DomainError("Chọn tệp PDF đã ký, đã ban hành.", field="file")
    stored = files.keep(given.filename, given.read(), actor=the_actor(), kinds=("pdf",))
    chain.read_file(stored)
    return stored


def _upload_page(desk: Desk[C], carrier: C, form: UploadForm) -> str:
    return render_template(
        "papers/record.html",
        title=TITLE,
        desk=desk,
        carrier=carrier,
        document=carrier.document,
        form=form,
        path=desk.path(carrier, TITLE),
        state=state_of(carrier),
    )


def _form(desk: Desk[C], places: Sequence[Place]) -> type[RecordForm]:
    texts = [Words(place.ref, place.where, place.issued) for place in places if place.ref]
    return words_form(texts, desk.record_form, "{where}: câu chữ đã ban hành", desk.field_name)


def _update(desk: Desk[C], pair: Dropped[C], form: RecordForm) -> int:
    chain.ask_record(pair.carrier.document, the_actor())
    return desk.bring_in_line(
        pair.carrier, form.changes(), version=form.version.data, actor=the_actor()
    )  # fmt: skip


def _record(desk: Desk[C], pair: Dropped[C], form: RecordForm) -> int:
    chain.record_issued(
        pair.carrier.document,
        pair.stored,
        _issued(form),
        confirmed=bool(form.confirmed.data),
        version=form.version.data,
        actor=the_actor(),
    )
    return 0


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
    desk: Desk[C], pair: Dropped[C], back: ReadBack, form: RecordForm, places: Sequence[Place]
) -> str:
    carrier, course = pair.carrier, desk.course(pair.carrier)
    warning, otherwise = "", {}
    if form.number.data and form.issued_on.data and form.symbol.data and not form.symbol.errors:
        warning = documents.earlier_than_last(
            carrier.document.issuer_name, form.symbol.data, form.issued_on.data, form.number.data
        )
        otherwise = chain.fact_differences(_issued(form), back)
    return render_template(
        "papers/compare.html",
        title=TITLE,
        desk=desk,
        carrier=carrier,
        stored=pair.stored,
        back=back,
        form=form,
        places=places,
        many=sum(len(place.differences) for place in places),
        path=desk.path(carrier, TITLE),
        state=state_of(carrier),
        warning=warning,
        otherwise=otherwise,
        signatures=records.of_given_file(files.read(pair.stored), at=clock.now()),
        effects=course.effects(),
        effect_lines=course.effect_lines(),
    )
