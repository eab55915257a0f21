"""Bàn giao khi sắp xếp đơn vị: the office assigns what dissolved units left, successors acknowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.errors import WrongState
from app.policy import Action, can
from app.remediation import queries, services, sheets
from app.remediation.forms import HandOverForm, HandoverPaperForm
from app.remediation.lateness import state_tag
from app.remediation.models import TaskHandover, TaskState
from app.remediation.views.blueprint import bp
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Bàn giao khi sắp xếp đơn vị"
RECEIVE = "Nhận bàn giao khi sắp xếp đơn vị"


@dataclass(frozen=True)
class Picked:
    """Ticked rows: tasks with the version that was on the page, deliveries, hand-overs."""

    tasks: dict[int, int | None]
    deliveries: tuple[int, ...]
    handovers: tuple[int, ...]


def _picked() -> Picked:
    """Boxes are sent as “t12:3” (task, version), “d5” (delivery), “h7” (hand-over); the rest is left out."""
    tasks: dict[int, int | None] = {}
    others: dict[str, list[int]] = {"d": [], "h": []}
    for value in request.form.getlist("pick")[:1000]:
        key, _, version = value[1:].partition(":")
        number = web.read_id(key)
        if number is None:
            continue
        if value[0] == "t":
            tasks[number] = web.read_id(version)
        elif value[0] in others:
            others[value[0]].append(number)
    return Picked(tasks, tuple(dict.fromkeys(others["d"])), tuple(dict.fromkeys(others["h"])))


@dataclass(frozen=True)
class Typed:
    """What was refused: at which unit, the form, and what was ticked."""

    unit_id: int
    form: web.BaseForm
    ticked: frozenset[str]


def _page(typed: Typed | None = None) -> str:
    found, more = queries.list_left()
    may_assign = can(the_actor(), Action.HAND_OVER_TASKS)
    if not may_assign:
        found, more = [left for left in found if left.waiting], 0
    return render_template(
        "remediation/handovers.html",
        title=TITLE,
        groups=[(left, *_forms(left, typed)) for left in found],
        more=more,
        total=sum(left.to_assign for left in found) + more,
        waiting=sum(len(left.waiting) for left in found),
        typed=typed,
        may_assign=may_assign,
        may_enter=can(the_actor(), Action.ENTER_FOR_UNIT),
        moment=clock.now(),
        path=[web.Crumb("Theo dõi khắc phục", url_for("followup.index")), web.Crumb(TITLE)],
    )


def _forms(left: queries.Left, typed: Typed | None) -> tuple[web.BaseForm, web.BaseForm]:
    give, paper = HandOverForm(formdata=None), HandoverPaperForm(formdata=None)
    give.offer(left.unit.id, left.heirs)
    paper.offer(left.unit.id)
    if typed is not None and typed.unit_id == left.unit.id:
        if isinstance(typed.form, HandOverForm):
            return typed.form, paper
        return give, typed.form
    return give, paper


def _done(message: str) -> Response:
    flash(message, "good")
    return redirect(url_for(".handovers"), 303)


def _refused(unit_id: int, form: web.BaseForm, status: int) -> tuple[str, int]:
    return _page(Typed(unit_id, form, frozenset(request.form.getlist("pick")))), status


@bp.get("/handovers")
@requires(Action.VIEW_HANDOVERS)
def handovers() -> str:
    """What dissolved units left, by unit, for who assigns it; and what successors have not acknowledged."""
    return _page()


@bp.post("/handovers/<int:unit_id>")
@requires(Action.HAND_OVER_TASKS, queries.get_left)
def save_handovers(left: queries.Left) -> Response | tuple[str, int]:
    """Assign the ticked rows to one successor."""
    actor, form, unit_id, unit = the_actor(), HandOverForm(), left.unit.id, left.unit
    form.offer(unit_id, left.heirs)
    picked = _picked()

    def act(successor_id: int | None = None) -> None:
        services.hand_over(
            unit,
            queries.list_by_ids(actor, list(picked.tasks)),
            queries.list_deliveries(unit, picked.deliveries),
            successor_id=successor_id,
            actor=actor,
            versions=list(picked.tasks.values()),
        )

    if not left.heirs:  # the page offers no form then; the service says what to do first
        act()
    status = web.attempt(form, lambda: act(int(form.successor_id.data)))
    if status is not None:
        return _refused(unit_id, form, status)
    number = len(picked.tasks) + len(picked.deliveries)
    return _done(f"Đã giao {count(number)} việc cho đơn vị kế thừa.")


@bp.post("/handovers/<int:unit_id>/received")
@requires(Action.ENTER_FOR_UNIT, queries.get_left)
def record_handovers(left: queries.Left) -> Response | tuple[str, int]:
    """The successor's signed paper says that it took over the ticked tasks."""
    actor, form, unit_id = the_actor(), HandoverPaperForm(), left.unit.id
    form.offer(unit_id)
    rows: list[TaskHandover] = []

    def act() -> None:
        rows.extend(_waiting(left.waiting))
        services.acknowledge_handover(rows, actor=actor, on=form.on.data, reference=form.reference.data or "")

    status = web.attempt(form, act)
    if status is not None:
        return _refused(unit_id, form, status)
    return _done(f"Đã ghi nhận biên bản bàn giao {count(len(rows))} nội dung.")


def _waiting(listed: Sequence[TaskHandover]) -> list[TaskHandover]:
    """The ticked ones; what was acknowledged or given to another unit meanwhile is no longer listed."""
    picked = _picked().handovers
    rows = [row for row in listed if row.id in picked]
    if len(rows) < len(picked):
        raise WrongState("Việc bàn giao đã được xác nhận hoặc đã giao đơn vị khác. Mở lại trang để xem.")
    return rows


# --- The successor's side


def _received_page(received: queries.Received, refused: str = "") -> str:
    actor = the_actor()
    return render_template(
        "remediation/handovers_received.html",
        title=RECEIVE,
        rows=[(row, sheets.of_handover(row)) for row in received.rows],
        states={state: state_tag(state) for state in TaskState},
        office=actor.in_office,
        proposals=queries.proposals_of([row.task for row in received.rows]),
        refused=refused,
        ticked=frozenset(request.form.getlist("pick")) if refused else None,
        may_acknowledge=can(actor, Action.ACKNOWLEDGE, received),
        path=[web.Crumb("Nội dung khắc phục", url_for(".index")), web.Crumb(RECEIVE)],
    )


@bp.get("/handovers/received")
@requires(Action.LIST_TASKS)
def received_handovers() -> str:
    """What the actor's unit took over and has not acknowledged."""
    return _received_page(queries.get_received(the_actor()))


@bp.post("/handovers/received")
@requires(Action.ACKNOWLEDGE, queries.get_received)
def acknowledge_handovers(received: queries.Received) -> Response | tuple[str, int]:
    """Xác nhận nhận bàn giao for the ticked tasks."""
    rows: list[TaskHandover] = []

    def act() -> None:
        rows.extend(_waiting(received.rows))
        services.acknowledge_handover(rows, actor=the_actor())

    form = web.BaseForm()
    status = web.attempt(form, act)
    if status is not None:
        told = " ".join(str(line) for line in form.form_errors) or "Chọn ít nhất 01 nội dung."
        return _received_page(queries.get_received(the_actor()), told), status
    flash(f"Đã xác nhận nhận bàn giao {count(len(rows))} nội dung.", "good")
    return redirect(url_for(".received_handovers"), 303)
