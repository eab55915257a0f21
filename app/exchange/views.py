"""Pages of imports: template file, upload, dry run, confirmation."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from werkzeug.wrappers import Response

from app.errors import DomainError
from app.exchange import forms, queries, services
from app.exchange.plan import OUTCOME_LABELS, DryRun, Outcome
from app.exchange.services import ImportRefused, What
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action
from app.register import wording
from app.web import Crumb, read_id
from app.web.access import requires, the_actor

bp = Blueprint("exchange", __name__)
Answer = Response | str | tuple[str, int]
TITLES = {
    What.UNITS: "Nhập đơn vị từ tệp",
    What.SUCCESSIONS: "Nhập việc kế thừa từ tệp",
    What.PEOPLE: "Nhập cán bộ, chức vụ từ tệp",
    What.CONCLUSIONS: "Nhập kết luận từ tệp",
    What.PAST_TASKS: "Nhập nội dung khắc phục còn lại từ tệp",
    What.CALENDAR: "Nhập ngày nghỉ, ngày làm bù từ tệp",
}
DONE = {
    What.UNITS: "units.index",
    What.SUCCESSIONS: "units.index",
    What.PEOPLE: "accounts.people",
    What.CONCLUSIONS: "register.entered_list",
    What.PAST_TASKS: "followup.index",
    What.CALENDAR: "deadlines.calendar",
}
"""Where the list of what was written stands."""
OF_THE_REGISTER = (What.CONCLUSIONS, What.PAST_TASKS)
_SHOWN = 500
"""Lines shown on the page; wrong ones come first."""


@bp.get("/import")
@requires(Action.MANAGE_UNITS)
def index() -> Answer:
    return render_template("exchange/index.html")


@bp.route("/import/units", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS)
def units() -> Answer:
    return _upload(What.UNITS)


@bp.route("/import/successions", methods=["GET", "POST"])
@requires(Action.MANAGE_UNITS)
def successions() -> Answer:
    return _upload(What.SUCCESSIONS)


@bp.route("/import/people", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def people() -> Answer:
    return _upload(What.PEOPLE)


@bp.route("/import/conclusions", methods=["GET", "POST"])
@requires(Action.RECORD_CONCLUSION)
def conclusions() -> Answer:
    return _upload(What.CONCLUSIONS)


@bp.route("/import/past-tasks", methods=["GET", "POST"])
@requires(Action.RECORD_CONCLUSION)
def past_tasks() -> Answer:
    return _upload(What.PAST_TASKS)


@bp.route("/import/calendar", methods=["GET", "POST"])
@requires(Action.MANAGE_SETTINGS)
def calendar() -> Answer:
    return _upload(What.CALENDAR)


@bp.post("/import/calendar/confirm")
@requires(Action.MANAGE_SETTINGS)
def confirm_calendar() -> Answer:
    return _confirm(What.CALENDAR)


@bp.post("/import/units/confirm")
@requires(Action.MANAGE_UNITS)
def confirm_units() -> Answer:
    return _confirm(What.UNITS)


@bp.post("/import/successions/confirm")
@requires(Action.MANAGE_UNITS)
def confirm_successions() -> Answer:
    return _confirm(What.SUCCESSIONS)


@bp.post("/import/people/confirm")
@requires(Action.MANAGE_ACCOUNTS)
def confirm_people() -> Answer:
    return _confirm(What.PEOPLE)


@bp.post("/import/conclusions/confirm")
@requires(Action.RECORD_CONCLUSION)
def confirm_conclusions() -> Answer:
    return _confirm(What.CONCLUSIONS)


@bp.post("/import/past-tasks/confirm")
@requires(Action.RECORD_CONCLUSION)
def confirm_past_tasks() -> Answer:
    return _confirm(What.PAST_TASKS)


@bp.get("/import/<any(units, successions, people):what>/template.<any(xlsx, csv):kind>")
@requires(Action.MANAGE_UNITS)
def template(what: str, kind: str) -> Response:
    return _template(What(what), kind)


@bp.get("/import/conclusions/template.<any(xlsx, csv):kind>")
@requires(Action.RECORD_CONCLUSION)
def template_conclusions(kind: str) -> Response:
    return _template(What.CONCLUSIONS, kind)


@bp.get("/import/past-tasks/template.<any(xlsx, csv):kind>")
@requires(Action.RECORD_CONCLUSION)
def template_past_tasks(kind: str) -> Response:
    return _template(What.PAST_TASKS, kind)


@bp.get("/import/calendar/template.<any(xlsx, csv):kind>")
@requires(Action.MANAGE_SETTINGS)
def template_calendar(kind: str) -> Response:
    return _template(What.CALENDAR, kind)


def _template(what: What, kind: str) -> Response:
    rows = [services.columns_of(what), *services.example_of(what)]
    data = _csv(rows) if kind == "csv" else _xlsx(rows)
    return send_file(io.BytesIO(data), as_attachment=True, download_name=f"mau-{what}.{kind}")


def _template_url(what: What, kind: str) -> str:
    if what in (*OF_THE_REGISTER, What.CALENDAR):
        return url_for(f".template_{what}", kind=kind)
    return url_for(".template", what=what, kind=kind)


def _path(what: What) -> list[Crumb]:
    """The path above the pages of a file: conclusions belong to the register."""
    if what in OF_THE_REGISTER:
        return [Crumb("Nội dung đã kết luận", url_for("register.index"))]
    if what is What.CALENDAR:
        return [
            Crumb("Danh mục", url_for("units.catalogue")),
            Crumb("Lịch làm việc", url_for("deadlines.calendar")),
        ]
    return [Crumb("Danh mục", url_for("units.catalogue")), Crumb("Nhập từ tệp", url_for(".index"))]


def _upload(what: What) -> Answer:
    form = forms.UploadForm()
    status = 200
    if form.validate_on_submit():
        upload = form.file.data
        try:
            stored = files.keep(upload.filename or "", upload.read(), actor=the_actor(), kinds=services.KINDS)
            db.session.commit()
            dry_run = services.preview(stored, what, actor=the_actor())
            return _show(what, stored, dry_run), 422 if dry_run.counts[Outcome.ERROR] else 200
        except DomainError as error:
            db.session.rollback()
            form.refuse(error.message, "file")
            status = error.status
    elif form.is_submitted():
        status = 422
    return _page(what, form), status


def _confirm(what: What) -> Answer:
    form = forms.ConfirmForm()
    if not form.validate_on_submit():
        return _page(what, forms.UploadForm(formdata=None)), 422
    stored = queries.get_own_upload(the_actor(), read_id(form.upload.data) or 0)
    try:
        written = services.confirm(stored, what, form.fingerprint.data or "", actor=the_actor())
    except ImportRefused as refused:
        db.session.rollback()
        return _show(what, stored, refused.dry_run, refused.message), 409
    db.session.commit()
    counts = written.counts
    flash(
        f"Đã ghi {counts[Outcome.NEW]:02d} dòng thêm mới, {counts[Outcome.CHANGED]:02d} dòng thay đổi.",
        "good",
    )
    if written.remarks:
        flash(wording.overrun(written.remarks), "look")
    return redirect(url_for(DONE[what]), 303)


def _page(what: What, form: forms.UploadForm) -> str:
    return render_template(
        "exchange/upload.html",
        what=what,
        title=TITLES[what],
        form=form,
        columns=services.columns_of(what),
        path=[*_path(what), Crumb(TITLES[what])],
        back=_path(what)[-1].url,
        templates=[(kind, _template_url(what, kind)) for kind in services.KINDS],
    )


def _show(what: What, stored: StoredFile, dry_run: DryRun, message: str = "") -> str:
    rank = {Outcome.ERROR: 0, Outcome.CHANGED: 1, Outcome.NEW: 2, Outcome.SAME: 3}
    lines = sorted(dry_run.lines, key=lambda line: (rank[line.outcome], line.number))
    return render_template(
        "exchange/dry_run.html",
        what=what,
        title="Xem trước: " + TITLES[what].lower(),
        path=[*_path(what), Crumb(TITLES[what], url_for(f".{what}")), Crumb("Xem trước")],
        stored=stored,
        dry_run=dry_run,
        lines=lines[:_SHOWN],
        labels=OUTCOME_LABELS,
        message=message,
    )


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: list[tuple[str, ...]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Nhập"
    for row in rows:
        sheet.append(row)
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 24
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
