"""Screen 2, part 4: the review of overlaps, and what the planner makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.errors import Conflict
from app.extensions import db
from app.inspections import queries, services
from app.inspections.forms import (
    ReasonForm,
    RemainderForm,
    VersionForm,
)
from app.inspections.models import Inspection, InspectionState
from app.inspections.queries import ReviewedItem, ScopeReview
from app.inspections.services import Remainder
from app.inspections.views.bp import bp, render_step, reopening_state_of
from app.inspections.views.matrix import Shown, shown_matrix
from app.policy import Action, can
from app.register import wording
from app.register.review import Ground
from app.vietnamese import count, format_date
from app.web import read_id
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]
MOST_LISTED = 100
HEADINGS = (
    ("Đã kết luận", Ground.CONCLUDED),
    ("Đoàn khác đang kiểm tra", Ground.HELD),
    ("Đang được giữ chỗ", Ground.RESERVED),
    ("Được kiểm tra", None),
)


@dataclass(frozen=True)
class Listed:
    """One of the lists of contents: the items that are shown, and how many there are."""

    heading: str
    ground: Ground | None
    items: Sequence[ReviewedItem]
    total: int


@bp.get("/inspections/<int:inspection_id>/review")
@requires(Action.VIEW_INSPECTION, queries.get_visible)
def review(inspection: Inspection) -> Answer:
    """Rà soát chồng chéo: what would be refused, what is left; nothing is taken."""
    return render_review(inspection, queries.review_scope(inspection)), 200


def render_review(
    inspection: Inspection, answer: ScopeReview, *, refusal: str = "", reason: ReasonForm | None = None
) -> str:
    """The page of the review; `refusal` is a sentence above it."""
    remainder = RemainderForm(
        formdata=None, version=inspection.version, fingerprint=answer.fingerprint,
        refused=",".join(map(str, answer.refused_ids)),
    )  # fmt: skip
    unit, group = request.args.get("unit", ""), request.args.get("group", "")
    shown = Shown.of_address()
    picked = [
        item
        for item in answer.items
        if (not unit or str(item.piece.inspected_unit_id) == unit)
        and (not group or str(item.group_id) == group)
    ]
    return render_step(
        "review",
        inspection,
        "review",
        "Rà soát chồng chéo",
        review=answer,
        refusal=refusal,
        remainder=remainder,
        reason=reason or ReasonForm(formdata=None, version=inspection.version),
        matrix=shown_matrix(inspection, answer, shown),
        notes=queries.lineage_notes(inspection, answer),
        expansions=queries.list_expansions(inspection),
        concluded=answer.sources(Ground.CONCLUDED),
        held=answer.sources(Ground.HELD),
        others_reserved=answer.sources(Ground.RESERVED),
        reserved_words=wording.reserved,
        reserved=queries.reserved_of(inspection, answer),
        lists=_lists(picked, narrowed=bool(unit or group)),
        picked_total=len(picked),
        narrowed=bool(unit or group),
        old=queries.list_old_conclusions(inspection),
        reopenings=queries.list_reopenings(inspection),
        reopening_state_of=reopening_state_of,
        askable=_may_ask(inspection, answer),
        source_of=wording.source,
    )


def _lists(picked: Sequence[ReviewedItem], *, narrowed: bool) -> list[Listed]:
    """Concluded, held, reserved, free; of a whole large draft the first of each, of one cell all."""
    found = []
    for heading, ground in HEADINGS:
        items = [item for item in picked if item.ground is ground]
        if items:
            found.append(Listed(heading, ground, items if narrowed else items[:MOST_LISTED], len(items)))
    return found


def _may_ask(inspection: Inspection, answer: ScopeReview) -> bool:
    """Whether something of the draft is concluded, which the person may ask to be reopened."""
    return (
        inspection.state is InspectionState.DRAFT
        and bool(answer.counts.concluded)
        and can(the_actor(), Action.REQUEST_REOPENING, inspection)
    )


@bp.post("/inspections/<int:inspection_id>/review/accept")
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def accept_remainder(inspection: Inspection) -> Answer:
    """Nhận phạm vi còn lại."""
    form = RemainderForm()
    try:
        answer = services.accept_remainder(
            inspection, Remainder(form.fingerprint.data or "", form.refused_ids()), version=form.version.data,
            actor=the_actor(),
        )  # fmt: skip
        db.session.commit()
    except Conflict as conflict:  # also RemainderChanged: the page shows what is left now
        return _refused(inspection, conflict)
    flash(f"Đã nhận phạm vi còn lại: {count(answer.takeable)} nội dung.")
    return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)


def _refused(inspection: Inspection, conflict: Conflict) -> tuple[str, int]:
    db.session.rollback()
    return render_review(
        inspection, queries.review_scope(inspection), refusal=conflict.message
    ), conflict.status


@bp.post("/inspections/<int:inspection_id>/review/reserve")
@requires(Action.RESERVE_SCOPE, queries.get_visible)
def reserve_scope(inspection: Inspection) -> Answer:
    """Giữ chỗ phạm vi."""
    return _reserving(
        inspection,
        lambda version: f"Đã giữ chỗ đến hết ngày {_day(services.reserve_scope, inspection, version)}.",
    )


@bp.post("/inspections/<int:inspection_id>/review/reserve/extend")
@requires(Action.RESERVE_SCOPE, queries.get_visible)
def extend_reservation(inspection: Inspection) -> Answer:
    """Gia hạn giữ chỗ."""
    return _reserving(
        inspection,
        lambda version: (
            f"Đã gia hạn giữ chỗ đến hết ngày {_day(services.extend_reservation, inspection, version)}."
        ),
    )


@bp.post("/inspections/<int:inspection_id>/review/reserve/release")
@requires(Action.RESERVE_SCOPE, queries.get_visible)
def release_reservation(inspection: Inspection) -> Answer:
    """Bỏ giữ chỗ."""

    def act(version: int | None) -> str:
        services.release_reservation(inspection, version=version, actor=the_actor())
        return "Đã bỏ giữ chỗ; phạm vi không còn được giữ cho cuộc kiểm tra này."

    return _reserving(inspection, act)


def _day(act: Callable[..., date], inspection: Inspection, version: int | None) -> str:
    return format_date(act(inspection, version=version, actor=the_actor()))


def _reserving(inspection: Inspection, act: Callable[[int | None], str]) -> Answer:
    try:
        message = act(VersionForm().version.data)
    except Conflict as conflict:
        return _refused(inspection, conflict)
    db.session.commit()
    flash(message)
    return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/review/follow")
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def follow_lineage(inspection: Inspection) -> Answer:
    """Cập nhật phạm vi theo đơn vị cũ, đơn vị kế thừa."""
    form = VersionForm()
    services.follow_lineage(inspection, version=form.version.data, actor=the_actor())
    db.session.commit()
    flash("Đã cập nhật phạm vi theo đơn vị cũ, đơn vị kế thừa.")
    return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/review/drop")
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def drop_predecessor(inspection: Inspection) -> Answer:
    """Bỏ phần của đơn vị cũ khỏi phạm vi."""
    return _move(inspection, services.drop_predecessor, "Đã bỏ phần của đơn vị cũ khỏi phạm vi.")


@bp.post("/inspections/<int:inspection_id>/review/take-back")
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def take_back_predecessor(inspection: Inspection) -> Answer:
    """Lấy lại phần của đơn vị cũ."""
    return _move(inspection, services.take_back_predecessor, "Đã lấy lại phần của đơn vị cũ.")


def _move(inspection: Inspection, move: Callable[..., None], message: str) -> Answer:
    form = VersionForm()
    try:
        move(
            inspection, read_id(request.form.get("unit_id")) or 0, version=form.version.data,
            actor=the_actor(),
        )  # fmt: skip
    except Conflict as conflict:
        return _refused(inspection, conflict)
    db.session.commit()
    flash(message)
    return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)


@bp.post("/inspections/<int:inspection_id>/review/reason")
@requires(Action.EDIT_INSPECTION, queries.get_visible)
def give_reason(inspection: Inspection) -> Answer:
    """Ghi lý do kiểm tra nội dung cấp dưới đã kết luận."""
    form = ReasonForm()
    status: int | None = 422
    if form.validate():
        status = web.run(
            form,
            lambda: services.give_higher_reason(
                inspection, form.reason.data or "", version=form.version.data, actor=the_actor()
            ),
        )
        if status is None:
            flash("Đã ghi lý do.")
            return redirect(url_for("inspections.review", inspection_id=inspection.id), 303)
    return render_review(inspection, queries.review_scope(inspection), reason=form), status or 200
