"""Bàn giao khi thay đổi người: lists that a new follower, a new head of a unit acknowledges, and prints."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.extensions import db
from app.policy import Action, can
from app.remediation import queries, services, sheets
from app.remediation.forms import HandoverPaperForm
from app.remediation.lateness import state_tag
from app.remediation.models import HandingKind, HandingList, HandingSheet, TaskState
from app.remediation.views.blueprint import bp
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Bàn giao khi thay đổi người"
PAPER = "Danh sách bàn giao nội dung khắc phục"


def _crumbs(title: str) -> list[web.Crumb]:
    actor = the_actor()
    if can(actor, Action.HAND_OVER_TASKS):
        first = [web.Crumb("Theo dõi khắc phục", url_for("followup.index"))]
        return [*first, web.Crumb(TITLE, url_for(".handings")), web.Crumb(title)]
    return [web.Crumb("Nội dung khắc phục", url_for(".index")), web.Crumb(title)]


def _sheet(sheet: HandingSheet, status: int = 200, **what: object) -> tuple[str, int]:
    page = render_template(
        "remediation/handing.html",
        title=PAPER,
        path=_crumbs(PAPER),
        sheet=sheet,
        states={state: state_tag(state) for state in TaskState},
        office=the_actor().in_office,
        **what,
    )
    return page, status


@bp.get("/handovers/people")
@requires(Action.HAND_OVER_TASKS)
def handings() -> str:
    """What new followers and new heads have not acknowledged, the oldest first."""
    return render_template(
        "remediation/handings.html",
        title=TITLE,
        lists=queries.list_handings(),
        changes=queries.list_head_changes(),
        today=clock.today(),
        path=[web.Crumb("Theo dõi khắc phục", url_for("followup.index")), web.Crumb(TITLE)],
    )


@bp.get("/handovers/lists/<int:list_id>")
@requires(Action.LIST_TASKS, queries.get_handing)
def handing(handing: HandingList) -> tuple[str, int]:
    """One list, to read, to acknowledge, to print and sign."""
    return _sheet(
        sheets.of_list(handing),
        handing=handing,
        of_follower=handing.kind is HandingKind.FOLLOWER,
        may_take=handing.acknowledged_on is None and can(the_actor(), Action.TAKE_OVER_TASKS, handing),
    )


@bp.get("/handovers/sheets/<int:sheet_id>")
@requires(Action.LIST_TASKS, queries.get_sheet)
def handing_sheet(handing_sheet: HandingSheet) -> tuple[str, int]:
    """What a successor acknowledged, as it stood then."""
    return _sheet(handing_sheet)


@bp.post("/handovers/lists/<int:list_id>/received")
@requires(Action.TAKE_OVER_TASKS, queries.get_handing)
def receive_handing(handing: HandingList) -> Response:
    """Xác nhận nhận bàn giao by the new follower."""
    services.acknowledge_list(handing, actor=the_actor())
    db.session.commit()
    flash(f"Đã xác nhận nhận bàn giao {count(len(handing.lines))} nội dung.", "good")
    return redirect(url_for(".handing", list_id=handing.id), 303)


def _head_sheet(
    found: queries.ToTakeOver, paper: HandoverPaperForm | None = None, status: int = 200
) -> tuple[str, int]:
    actor, change = the_actor(), found.change
    if paper is None:
        paper = HandoverPaperForm(formdata=None)
    paper.offer(found.unit.id)
    return _sheet(
        sheets.of_change(found),
        status,
        found=found,
        unit=found.unit,
        of_follower=False,
        may_take=change is not None and can(actor, Action.TAKE_OVER_TASKS, found),
        paper=paper if change and can(actor, Action.ENTER_FOR_UNIT) else None,
    )


@bp.get("/handovers/heads/<int:unit_id>")
@requires(Action.LIST_TASKS, queries.get_head_change)
def head_change(found: queries.ToTakeOver) -> tuple[str, int]:
    """What was open when the unit's present head came."""
    return _head_sheet(found)


@bp.post("/handovers/heads/<int:unit_id>/received")
@requires(Action.TAKE_OVER_TASKS, queries.get_head_change)
def receive_as_head(found: queries.ToTakeOver) -> Response:
    """Xác nhận nhận bàn giao by the new head."""
    made = services.take_over_as_head(found.unit, actor=the_actor(), mark=request.form.get("mark", ""))
    db.session.commit()
    return _taken(made)


@bp.post("/handovers/heads/<int:unit_id>/recorded")
@requires(Action.ENTER_FOR_UNIT, queries.get_head_change)
def record_head_change(found: queries.ToTakeOver) -> Response | tuple[str, int]:
    """The signed paper says that the new head took over."""
    form = HandoverPaperForm()
    done = web.perform(
        form,
        lambda: services.take_over_as_head(
            found.unit, actor=the_actor(), mark=request.form.get("mark", ""), on=form.on.data,
            reference=form.reference.data or "",
        ),
    )  # fmt: skip
    if isinstance(done, web.Refused):
        return _head_sheet(queries.read_head_change(found.unit), form, done.status)
    return _taken(done)


def _taken(made: HandingList) -> Response:
    flash("Đã ghi nhận việc nhận bàn giao của người đứng đầu.", "good")
    return redirect(url_for(".handing", list_id=made.id), 303)
