"""Mapping what was only recorded to the contents of the form."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.errors import DomainError
from app.extensions import db
from app.form_library import queries as forms
from app.policy import Action
from app.register import entered, mapping, queries, typed, wording
from app.register.entered import OpenLine
from app.register.forms import MappingForm, MappingLineForm
from app.register.mapping import Pick, PickRefused, Suggestion
from app.register.models import Conclusion
from app.register.views.common import bp, path_to
from app.vietnamese import count
from app.web.access import requires, the_actor


@bp.route("/conclusions/<int:conclusion_id>/contents", methods=["GET", "POST"])
@requires(Action.RECORD_CONCLUSION, queries.get_recorded)
def map_contents(conclusion: Conclusion) -> AnyResponse | tuple[str, int]:
    """Gắn kết luận với nội dung của phiếu kiểm tra."""
    version = forms.whole_latest_version()
    lines = entered.open_lines(conclusion)
    suggestions = mapping.suggest(conclusion, lines, version)
    form = MappingForm()
    asked = {line.line_id: _line_form(line, suggestions[line.line_id]) for line in lines}
    status = 200
    if form.is_submitted():
        status = 422
        good = [line_form.validate() for line_form in asked.values()]
        if form.validate() and all(good):
            try:
                mapped = mapping.confirm(conclusion, _picks(asked), actor=the_actor())
            except DomainError as error:
                db.session.rollback()
                at = asked[error.line_id] if isinstance(error, PickRefused) else form
                at.refuse(error.message, error.field)
                status = error.status
            else:
                db.session.commit()
                flash(
                    f"Đã gắn {count(mapped.boxes)} nội dung; {count(mapped.applied)} phần được áp dụng, "
                    "không đánh giá lại.",
                    "good",
                )
                if mapped.overrun:
                    flash(wording.overrun(mapped.overrun), "look")
                return redirect(url_for(".conclusion", conclusion_id=conclusion.id), 303)
    there = url_for(".conclusion", conclusion_id=conclusion.id)
    page = render_template(
        "register/mapping.html",
        form=form,
        conclusion=conclusion,
        named=wording.notice(conclusion.number_and_symbol, conclusion.concluded_on),
        lines=[(line, asked[line.line_id], suggestions[line.line_id]) for line in lines],
        mapped=len({(row.unit_id, row.criterion_key) for row in conclusion.coverage}),
        groups=version.groups,
        path=path_to(web.Crumb(conclusion.number_and_symbol, there), web.Crumb("Gắn nội dung")),
    )
    return page, status


def _line_form(line: OpenLine, suggestions: list[Suggestion]) -> MappingLineForm:
    posted = request.form if request.method == "POST" else None
    form = MappingLineForm(
        posted, prefix=f"l{line.line_id}-", data={"starts_on": line.starts_on, "ends_on": line.last_day}
    )
    form.offer([(item.key, f"{item.key} – {item.title}") for item in suggestions])
    return form


def _picks(asked: dict[int, MappingLineForm]) -> list[Pick]:
    picks = []
    for line_id, form in asked.items():
        keys = (*(form.picked.data or ()), *typed.split_keys(form.criteria.data or ""))
        try:
            days = typed.period(form.starts_on.data, form.ends_on.data)
        except DomainError as error:
            raise PickRefused(error, line_id) from error
        picks.append(Pick(line_id, keys, *days))
    return picks
