"""Entry of what other bodies, or the office long ago, concluded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import clock, web
from app.errors import DomainError
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import CriterionGroup
from app.policy import Action
from app.register import entry, queries, typed, wording
from app.register.forms import EntryForm, VoidForm
from app.register.models import Conclusion, Level, MandateKind
from app.register.queries import Named
from app.register.views.common import bp, path_to
from app.vietnamese import count, format_date
from app.web.access import requires, the_actor


@bp.get("/conclusions/new")
@requires(Action.RECORD_CONCLUSION)
def enter() -> str:
    """Ghi nhận kết luận của cơ quan khác."""
    return _entry_page(EntryForm(kind=MandateKind.OTHER_BODY.value))


def _entry_page(form: EntryForm) -> str:
    groups = forms.whole_latest_version().groups
    _offer(form, groups)
    return render_template(
        "register/enter.html", form=form, groups=groups, path=path_to(web.Crumb("Ghi nhận"))
    )


def _offer(form: EntryForm, groups: Sequence[CriterionGroup]) -> None:
    form.offer(
        [(item.unit_id, _unit_label(item)) for item in queries.list_names(the_actor())],
        [(item.id, item.code) for item in groups],
        [
            (criterion.key, f"{criterion.key} – {criterion.title}")
            for item in groups
            for criterion in item.criteria
        ],
    )


def _unit_label(unit: Named) -> str:
    ended = f", đến {format_date(unit.valid_to - typed.ONE_DAY)}" if unit.valid_to else ""
    return f"{unit.version_on(clock.today())[1]} (mã {unit.code}{ended})"


@bp.post("/conclusions/new")
@requires(Action.RECORD_CONCLUSION)
def record() -> AnyResponse | tuple[str, int]:
    """Write what was entered."""
    form = EntryForm()
    groups = forms.whole_latest_version().groups
    _offer(form, groups)
    entered = web.perform(form, lambda: entry.record(_entry(form, groups), actor=the_actor()))
    if isinstance(entered, web.Refused):
        return _entry_page(form), entered.status
    flash(_recorded(entered), "good")
    if entered.overrun:
        flash(wording.overrun(entered.overrun), "look")
    return redirect(url_for(".conclusion", conclusion_id=entered.conclusion.id), 303)


@bp.route("/conclusions/<int:conclusion_id>/void", methods=["GET", "POST"])
@requires(Action.VOID_CONCLUSION, queries.get_recorded)
def void(conclusion: Conclusion) -> AnyResponse | tuple[str, int]:
    """Hủy ghi nhận một kết luận nhập nhầm."""
    form, status = VoidForm(), 200
    if form.validate_on_submit():
        try:
            ended = entry.void(conclusion, form.reason.data or "", actor=the_actor())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error.message, error.field)
            status = error.status
        else:
            db.session.commit()
            flash(f"Đã hủy ghi nhận; {count(ended)} phần không còn được áp dụng.", "good")
            return redirect(url_for(".conclusion", conclusion_id=conclusion.id), 303)
    elif form.is_submitted():
        status = 422
    named = wording.notice(conclusion.number_and_symbol, conclusion.concluded_on)
    there = url_for(".conclusion", conclusion_id=conclusion.id)
    page = render_template(
        "register/void.html", form=form, conclusion=conclusion, named=named,
        path=path_to(web.Crumb(conclusion.number_and_symbol, there), web.Crumb("Hủy ghi nhận")),
    )  # fmt: skip
    return page, status


def _recorded(entered: entry.Entered) -> str:
    if not entered.boxes:
        return "Đã ghi nhận kết luận, chưa gắn với nội dung nào của phiếu kiểm tra."
    said = f"Đã ghi nhận {count(entered.boxes)} nội dung"
    if entered.conclusion.record_only:
        return f"{said}, chỉ ghi nhận."
    return f"{said}; {count(entered.applied)} phần được áp dụng, không đánh giá lại."


def _entry(form: EntryForm, groups: Sequence[CriterionGroup]) -> entry.Entry:
    days = typed.period(form.starts_on.data, form.ends_on.data)
    picked, whole = set(form.criteria.data or ()), set(form.groups.data or ())
    criteria = [
        criterion
        for item in groups
        for criterion in item.criteria
        if item.id in whole or criterion.key in picked
    ]
    upload = form.files.data
    return entry.Entry(
        kind=MandateKind(form.kind.data),
        body_name=form.issuer_name.data or "",
        level=Level(int(form.level.data)),
        number_and_symbol=form.number.data or "",
        concluded_on=_day(form),
        title=form.subject.data or "",
        lines=[
            entry.Said(unit, criteria, *days, form.result.data or "")
            for unit in queries.list_units(the_actor(), form.units.data or [])
        ],
        record_only=form.effect.data == "recorded" if form.effect.data else None,
        note=form.note.data or "",
        upload=entry.Upload(upload.filename, upload.read()) if upload and upload.filename else None,
    )


def _day(form: EntryForm) -> date:
    day = form.issued_on.data
    assert day is not None, "the form asks for it"
    return day
