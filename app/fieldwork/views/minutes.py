"""Screen 5: minutes of a visit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for

from app import clock
from app.audit.timeline import timeline
from app.documents.word import write_docx
from app.errors import DomainError, NotFound, Stale, WrongState
from app.extensions import db
from app.fieldwork import queries, services
from app.fieldwork.forms import MinutesForm, RefuseForm, SignForm
from app.fieldwork.models import Minutes, MinutesState
from app.fieldwork.queries.minutes import ordered_findings
from app.fieldwork.services.minutes import document_of, draft_pdf
from app.fieldwork.views import bp
from app.fieldwork.views.common import minutes_state, path_to
from app.files import services as files
from app.files.gate import INLINE
from app.files.models import StoredFile
from app.findings.forms import OneFileForm, uploads_of
from app.findings.models import Finding
from app.form_library.values import clean_text
from app.inspections.models import Visit
from app.policy import Action, can
from app.web import Crumb, framed_by_us, read_id, read_ids, word_file
from app.web.access import requires, the_actor


@bp.post("/visits/<int:visit_id>/minutes/compose")
@requires(Action.WRITE_MINUTES, queries.get_visit)
def compose_minutes(visit: Visit) -> Any:
    visit_id = visit.id
    services.compose_minutes(visit, actor=the_actor())
    db.session.commit()
    flash("Đã ghép nội dung từ phiếu kiểm tra.")
    return redirect(url_for("fieldwork.minutes", visit_id=visit_id), 303)


@dataclass(frozen=True)
class PointShown:
    """A finding on the page: its place, its words as they stand or were typed, and those stored if others."""

    finding: Finding
    order: str
    words: str
    stored: str = ""


def _points(minutes: Minutes, posted: Any = None) -> list[PointShown]:
    """The findings as they stand, or as they were typed; what was not touched is shown as it stands."""
    rows = []
    for place, finding in enumerate(ordered_findings(minutes), start=1):
        order, words, now = str(place), finding.description, finding.description
        stored = ""
        if posted is not None:
            order = posted.get(f"order-{finding.id}", order)
            typed = clean_text(posted.get(f"words-{finding.id}", now))
            shown = clean_text(posted.get(f"shown-{finding.id}", now))
            if typed != shown:
                words = typed
                stored = now if now not in (typed, shown) else ""
        rows.append(PointShown(finding, order, words, stored))
    return rows


def _page(
    minutes: Minutes,
    form: MinutesForm,
    status: int = 200,
    *,
    posted: Any = None,
    stored: MinutesForm | None = None,
    **bound: Any,
) -> tuple[str, int]:
    unit = minutes.visit.inspected_unit
    may = can(the_actor(), Action.WRITE_MINUTES, minutes)
    open_ = minutes.state in (MinutesState.DRAFT, MinutesState.PRINTED)
    ready = {"signed_on": clock.today(), "version": minutes.version}
    forms = {
        "sign": SignForm(formdata=None, prefix="ky-", data={"signatory": minutes.unit_signatory, **ready}),
        "refuse": RefuseForm(formdata=None, prefix="tc-", data=ready),
        "scan": OneFileForm(formdata=None, prefix="scan-"),
        **bound,
    }
    html = render_template(
        "fieldwork/minutes.html",
        minutes=minutes,
        unit=unit,
        form=form,
        points=_points(minutes, posted),
        state=minutes_state(minutes.state),
        editable=may and open_,
        may=may,
        forms=forms,
        stored=stored,
        path=path_to(
            unit,
            Crumb("Buổi làm việc", url_for("fieldwork.visit", visit_id=minutes.visit_id)),
            Crumb("Biên bản"),
        ),
        entries=timeline(minutes),
    )
    return html, status


@bp.get("/visits/<int:visit_id>/minutes")
@requires(Action.VIEW_FIELDWORK, queries.get_minutes)
def minutes(minutes: Minutes) -> Any:
    return _page(minutes, MinutesForm(formdata=None).fill(minutes))


def _posted_points() -> tuple[tuple[int, str], ...]:
    """The findings that the page showed, by the places typed (a place that is no number comes last)."""
    places = []
    for finding_id in read_ids(request.form.getlist("point")):
        place = read_id(request.form.get(f"order-{finding_id}", "").strip())
        places.append((10**6 if place is None else place, finding_id))
    return tuple(
        (finding_id, clean_text(request.form.get(f"words-{finding_id}")))
        for _, finding_id in sorted(places, key=lambda row: row[0])
    )


def _posted_shown() -> dict[int, tuple[int, str]]:
    """By finding: its version and its words as the page was filled."""
    return {
        finding_id: (
            read_id(request.form.get(f"seen-{finding_id}")) or 0,
            clean_text(request.form.get(f"shown-{finding_id}")),
        )
        for finding_id in read_ids(request.form.getlist("point"))
    }


@bp.post("/visits/<int:visit_id>/minutes/edit")
@requires(Action.WRITE_MINUTES, queries.get_minutes)
def edit_minutes(minutes: Minutes) -> Any:
    form = MinutesForm()
    visit_id = minutes.visit_id
    if not form.validate_on_submit():
        return _page(minutes, form, 422, posted=request.form)
    actor = the_actor()
    try:
        values = replace(form.values(_posted_points()), shown=_posted_shown())
        services.edit_minutes(minutes, values, actor=actor, version=form.version.data)
        if "print" in request.form:
            services.print_minutes(minutes, actor=actor)
    except DomainError as error:
        db.session.rollback()
        minutes = queries.get_minutes(actor, visit_id)
        form.refuse(error.message, error.field)
        stored = None
        if isinstance(error, Stale):
            stored = MinutesForm(formdata=None).fill(minutes)
            form.version.data = minutes.version
            form.version.raw_data = None
        return _page(minutes, form, error.status, posted=request.form, stored=stored)
    db.session.commit()
    if "print" in request.form:
        flash("Đã lập bản in. In, đọc lại cho mọi người cùng nghe rồi ký.")
        return redirect(url_for("fieldwork.minutes", visit_id=visit_id, _anchor="ky"), 303)
    flash(f"Đã lưu lúc {clock.local(clock.now()):%H:%M}.")
    return redirect(url_for("fieldwork.minutes", visit_id=visit_id), 303)


@bp.get("/visits/<int:visit_id>/minutes.pdf")
@requires(Action.VIEW_FIELDWORK, queries.get_minutes)
def minutes_pdf(minutes: Minutes) -> Any:
    """The paper: a draft as of now, printed minutes as they were printed, signed ones as they were kept."""
    stored = minutes.document.file if minutes.document is not None else None
    data = files.read(stored) if stored is not None else draft_pdf(minutes)
    answer = send_file(BytesIO(data), mimetype="application/pdf", download_name="Bien ban lam viec.pdf")
    return framed_by_us(answer)


@bp.get("/visits/<int:visit_id>/minutes.docx")
@requires(Action.VIEW_FIELDWORK, queries.get_minutes)
def minutes_word(minutes: Minutes) -> Any:
    """The draft as Word. Printed minutes are the paper that was read out and signed: there is no other."""
    if minutes.state is not MinutesState.DRAFT:
        raise WrongState("Biên bản đã in để ký nên không còn bản Word. Mở bản in của biên bản.")
    data = write_docx(document_of(minutes), created_at=clock.now(), about=f"minutes:{minutes.id}")
    return word_file(data, "bien-ban-lam-viec")


@bp.post("/visits/<int:visit_id>/minutes/sign")
@requires(Action.WRITE_MINUTES, queries.get_minutes)
def sign_minutes(minutes: Minutes) -> Any:
    form = SignForm(prefix="ky-")

    def act() -> None:
        assert form.signed_on.data is not None
        services.sign_minutes(
            minutes,
            signatory=form.signatory.data or "",
            signed_on=form.signed_on.data,
            opinion=form.opinion.data or "",
            version=form.version.data or 0,
            actor=the_actor(),
        )

    return _end(minutes, form, act, "sign", "Đã ghi nhận chữ ký.")


@bp.post("/visits/<int:visit_id>/minutes/refuse")
@requires(Action.WRITE_MINUTES, queries.get_minutes)
def refuse_minutes(minutes: Minutes) -> Any:
    form = RefuseForm(prefix="tc-")

    def act() -> None:
        assert form.signed_on.data is not None
        services.record_refusal(
            minutes,
            reason=form.reason.data or "",
            witness=form.witness.data or "",
            signed_on=form.signed_on.data,
            version=form.version.data or 0,
            actor=the_actor(),
        )

    return _end(minutes, form, act, "refuse", "Đã ghi nhận đơn vị không ký biên bản.")


@bp.post("/visits/<int:visit_id>/minutes/scan")
@requires(Action.WRITE_MINUTES, queries.get_minutes)
def attach_scan(minutes: Minutes) -> Any:
    form = OneFileForm(prefix="scan-")
    posted = uploads_of(request.files.getlist("scan-file"))

    def act() -> None:
        if not posted:
            raise DomainError("Chọn tệp bản đã ký.", field="file")
        services.attach_scan(minutes, posted[0], actor=the_actor())

    return _end(minutes, form, act, "scan", "Đã tải lên bản đã ký.")


def _end(minutes: Minutes, form: Any, act: Any, name: str, done: str) -> Any:
    visit_id = minutes.visit_id
    if not form.validate_on_submit():
        return _page(minutes, MinutesForm(formdata=None).fill(minutes), 422, **{name: form})
    try:
        act()
    except DomainError as error:
        db.session.rollback()
        minutes = queries.get_minutes(the_actor(), visit_id)
        form.refuse(error.message, {"files": "file"}.get(error.field or "", error.field))
        if isinstance(error, Stale):
            form.version.data, form.version.raw_data = minutes.version, None
        return _page(minutes, MinutesForm(formdata=None).fill(minutes), error.status, **{name: form})
    db.session.commit()
    flash(done)
    return redirect(url_for("fieldwork.minutes", visit_id=visit_id, _anchor="ky"), 303)


class _Scan:
    """The scan with the minutes whose rights decide about it."""

    def __init__(self, minutes: Minutes, file: StoredFile) -> None:
        self.minutes, self.file = minutes, file

    def standing_of(self, actor: Any) -> Any:
        return self.minutes.standing_of(actor)


def _get_scan(actor: Any, visit_id: int) -> _Scan:
    minutes = queries.get_minutes(actor, visit_id)
    if minutes.scan is None:
        raise NotFound()
    return _Scan(minutes, minutes.scan)


@bp.get("/visits/<int:visit_id>/minutes/scan")
@requires(Action.VIEW_FIELDWORK, _get_scan)
def scan(found: _Scan) -> Any:
    stored = found.file
    return send_file(
        BytesIO(files.read(stored)),
        mimetype=stored.media_type,
        download_name=stored.name,
        as_attachment=stored.media_type not in INLINE,
    )
