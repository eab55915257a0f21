"""The record of the overlap review as PDF and xlsx; what was sent to the inspectorate and answered."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.deadlines import queries as deadlines
from app.deadlines.settings import OVERLAP_BODY
from app.documents import rendering, sheets
from app.documents.canonical import from_json
from app.documents.content import OfficialDocument
from app.inspections import overlap, queries, services
from app.inspections.forms import ReferralAnswerForm, ReferralForm
from app.inspections.models import Inspection, OverlapRecord, OverlapReferral
from app.inspections.views.bp import bp, path_to, state_of
from app.policy import Action, can
from app.web.access import requires, the_actor
from app.web.sheets import MEDIA_TYPE

Answer = str | Response | tuple[str, int]


@bp.get("/inspections/<int:inspection_id>/overlap")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def overlap_file(inspection: Inspection) -> Answer:
    """Hồ sơ xử lý chồng chéo."""
    return _page(inspection)


def _page(
    inspection: Inspection, form: ReferralForm | None = None, answering: ReferralAnswerForm | None = None,
    answered: OverlapReferral | None = None,
) -> str:  # fmt: skip
    return render_template(
        "inspections/overlap.html",
        inspection=inspection,
        title="Hồ sơ xử lý chồng chéo",
        path=path_to(inspection, "Hồ sơ xử lý chồng chéo"),
        state=state_of(inspection.state),
        form=form or ReferralForm(formdata=None, recipient=deadlines.setting(OVERLAP_BODY)),
        referrals=[
            (one, answering if answered is one and answering else _answer_form(one, formdata=None))
            for one in queries.list_referrals(inspection)
        ],
        records=queries.list_overlap_records(inspection),
        told=overlap.told,
        editable=can(the_actor(), Action.EDIT_INSPECTION, inspection),
    )


def _answer_form(referral: OverlapReferral, **given: Any) -> ReferralAnswerForm:
    """Several stand on one page: each has names of its own."""
    return ReferralAnswerForm(prefix=f"v{referral.id}-", **given)


@bp.post("/inspections/<int:inspection_id>/overlap")
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def send_plan(inspection: Inspection) -> Answer:
    """Ghi nhận việc gửi kế hoạch."""
    form = ReferralForm()
    status = web.attempt(
        form,
        lambda: services.send_plan(
            inspection, recipient=form.recipient.data or "", reference=form.reference.data or "",
            sent_on=form.sent_on.day, actor=the_actor(),
        ),
    )  # fmt: skip
    if status is not None:
        return _page(inspection, form), status
    flash("Đã ghi nhận việc gửi kế hoạch.", "good")
    return redirect(url_for(".overlap_file", inspection_id=inspection.id), 303)


@bp.post("/overlap-referrals/<int:overlap_referral_id>/answer")
@requires(Action.EDIT_INSPECTION, queries.get_referral_visible)
def answer_plan(referral: OverlapReferral) -> Answer:
    """Ghi kết quả xử lý chồng chéo."""
    form = _answer_form(referral)
    inspection = queries.get_visible(the_actor(), referral.inspection_id)
    status = web.attempt(
        form,
        lambda: services.record_answer(
            inspection, referral, reference=form.answer_reference.data or "", actor=the_actor(),
            answered_on=form.answered_on.day, answer=form.answer.data or "",
        ),
    )  # fmt: skip
    if status is not None:
        return _page(inspection, answering=form, answered=referral), status
    flash("Đã ghi kết quả xử lý chồng chéo.", "good")
    return redirect(url_for(".overlap_file", inspection_id=inspection.id), 303)


def _composed(inspection: Inspection) -> OfficialDocument:
    return overlap.compose(
        inspection, queries.review_scope(inspection), queries.list_referrals(inspection), on=clock.today(),
        maker=the_actor().name,
    )  # fmt: skip


@bp.get("/inspections/<int:inspection_id>/overlap.pdf")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def overlap_pdf(inspection: Inspection) -> Response:
    """Biên bản rà soát chồng chéo."""
    drawn = rendering.render_pdf(_composed(inspection), created_at=clock.now())
    name = f"ra-soat-chong-cheo-{inspection.code}.pdf"
    return send_file(io.BytesIO(drawn.data), mimetype="application/pdf", download_name=name)


@bp.get("/overlap-records/<int:overlap_record_id>/record.pdf")
@requires(Action.VIEW_INSPECTION, queries.get_overlap_record_visible)
def kept_record(record: OverlapRecord) -> Response:
    """The record of the review as it stood when the remainder was taken."""
    drawn = rendering.render_pdf(from_json(record.content), created_at=record.made_at)
    name = f"ra-soat-chong-cheo-{record.inspection_id}-{record.id}.pdf"
    return send_file(io.BytesIO(drawn.data), mimetype="application/pdf", download_name=name)


@bp.get("/inspections/<int:inspection_id>/overlap.xlsx")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def overlap_xlsx(inspection: Inspection) -> Response:
    """The same as a workbook."""
    data = sheets.workbook(_composed(inspection))
    name = f"ra-soat-chong-cheo-{inspection.code}.xlsx"
    return send_file(io.BytesIO(data), mimetype=MEDIA_TYPE, as_attachment=True, download_name=name)
