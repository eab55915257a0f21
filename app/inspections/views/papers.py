"""Tạo dự thảo: which paper of the case, for which units."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.documents import papers as composed
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import Paper
from app.inspections import papers, queries
from app.inspections.forms import BeginPaperForm
from app.inspections.models import Inspection
from app.inspections.views.bp import bp, path_to, state_of
from app.policy import Action
from app.web.access import requires, the_actor

TITLE = "Tạo dự thảo văn bản"


@bp.get("/inspections/<int:inspection_id>/papers/new")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def begin_paper(inspection: Inspection) -> str:
    """Choose the kind; `?kind=` where a page leads to one."""
    asked = BeginPaperForm(formdata=None, kind=request.args.get("kind"))
    return _page(inspection, _filled(inspection, asked))


@bp.post("/inspections/<int:inspection_id>/papers/new")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def do_begin_paper(inspection: Inspection) -> Response | tuple[str, int]:
    """Begin it; the right is the composer's own."""
    form = _filled(inspection, BeginPaperForm())

    def begin() -> Paper:
        chosen = set(form.units.data or ())
        return composed.begin_paper(
            DocumentKind(form.kind.data),
            issuer=inspection.office_unit,
            inspection_id=inspection.id,
            units=[iu.unit for iu in inspection.units if iu.unit_id in chosen],
            actor=the_actor(),
        )

    paper = web.perform(form, begin)
    if isinstance(paper, web.Refused):
        return _page(inspection, form), paper.status
    flash("Đã tạo dự thảo từ hồ sơ.", "good")
    return redirect(url_for("documents.paper", paper_id=paper.id), 303)


def _filled(inspection: Inspection, form: BeginPaperForm) -> BeginPaperForm:
    kinds = papers.kinds_for(inspection, the_actor())
    form.kind.choices = web.choices([(kind.value, KIND_LABELS[kind]) for kind in kinds])
    form.units.choices = web.choices([(str(iu.unit_id), iu.unit.name) for iu in inspection.units])
    return form


def _page(inspection: Inspection, form: BeginPaperForm) -> str:
    return render_template(
        "inspections/begin_paper.html",
        inspection=inspection,
        title=TITLE,
        path=path_to(inspection, TITLE),
        state=state_of(inspection.state),
        form=form,
        may=bool(form.kind.choices),
    )
