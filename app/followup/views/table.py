"""Bảng theo dõi khắc phục (screen 9): table, quick edit, acts on several lines, xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.deadlines.badge import DEADLINE_KIND_LABELS
from app.errors import DomainError, NotFound
from app.extensions import db
from app.followup import columns, escalating, queries, saved, services
from app.followup import figures as counted
from app.followup.figures import Figures
from app.followup.filters import NAMES, STATES, Filters
from app.followup.forms import LineForm, filters_of, line_field
from app.followup.models import SavedFilter
from app.inspections.queries.visible import WATCHERS
from app.policy import OFFICE_ROLES, Action, Actor, Role, can
from app.remediation import queries as remediation
from app.remediation.models import Task
from app.remediation.services.following import MAY_FOLLOW
from app.vietnamese import count
from app.web.access import requires, the_actor

bp = Blueprint("followup", __name__)
_ARGS = (*NAMES, "columns", "cursor", "all")


def kept() -> dict[str, Any]:
    """The filters of the address, to come back to the same page of the table."""
    sent = request.args
    return {name: sent[name] for name in _ARGS if sent.get(name)} if sent else {}


def narrowed_by(**changes: str | None) -> str:
    """The table with its filters as they are but for these: what a figure beside the filters leads to."""
    values = {name: value for name, value in kept().items() if name not in ("cursor", "all", *changes)}
    values |= {name: value for name, value in changes.items() if value is not None}
    return url_for(".index", **values or {"all": 1})


def _cards(figures: Figures, state: str) -> list[web.NumberCard]:
    shown = (
        ("done_on_time", figures.done_on_time, "good"),
        ("done_late", figures.done_late, ""),
        ("open_in_time", figures.open_in_time, ""),
        ("open_late", figures.open_late, "over"),
    )
    return [
        web.NumberCard(
            value,
            STATES[key],
            narrowed_by(state=None if state == key else key),
            kind,
            state == key,
        )
        for key, value, kind in shown
    ]


def _chips(
    figures: Figures, filters: Filters, actor: Actor, own: Sequence[SavedFilter]
) -> list[web.LinkItem]:
    def of_state(key: str, label: str) -> web.LinkItem:
        here = filters.state == key
        return web.LinkItem(label, narrowed_by(state=None if here else key), here)

    index = url_for(".index")
    chips = [
        of_state("waiting", f"Chờ thẩm tra ({count(figures.waiting)})"),
        of_state("due_soon", "Đến hạn trong 07 ngày"),
        of_state("late_over_30", f"Quá hạn trên 30 ngày ({count(figures.late_over_30)})"),
        of_state("not_answered", f"Quá hạn trả lời ({count(figures.not_answered)})"),
        web.LinkItem(
            f"Tái diễn ({count(figures.recurring)})",
            narrowed_by(recurring=None if filters.recurring else "1"),
            filters.recurring,
        ),
    ]
    if Role.FOLLOWER in actor.roles:
        chips.insert(0, web.LinkItem("Tôi theo dõi", f"{index}?mine=1", filters.mine))
    here = saved.address_of(request.args)
    return chips + [web.LinkItem(row.name, f"{index}?{row.address}", row.address == here) for row in own]


def _wait(figures: Figures, actor: Actor) -> web.Wait | None:
    jobs = []
    if figures.waiting:
        jobs.append(f"Thẩm tra {count(figures.waiting)} báo cáo")
    if figures.owed_late:
        jobs.append(f"đôn đốc {count(figures.owed_late)} nội dung quá hạn")
    if not jobs:
        return None
    who = actor.name if Role.FOLLOWER in actor.roles else "Người theo dõi"
    what = ", ".join(jobs)
    return web.Wait(who, what[0].upper() + what[1:])


def _page(
    *,
    edited: int = 0,
    form: LineForm | None = None,
    picked: frozenset[int] = frozenset(),
    refused: str = "",
    own: Sequence[SavedFilter] | None = None,
) -> str:
    actor = the_actor()
    filters, followed = filters_of(request.args.to_dict()), remediation.get_followed(actor)
    page = queries.table(actor, filters, web.cursor_of_address(date, int))
    names = queries.sees_names(actor)
    edited = edited or web.read_id(request.args.get("edit")) or 0
    line = next((line for line in page if line.id == edited), None)
    elsewhere = None
    if line is None and edited and form is not None:  # saving moved it out of the filter: keep what was typed
        elsewhere = queries.find_line(actor, edited)
    if line is not None and form is None:
        form = _line_form(fresh=True)
        form.show(line)
    figures = counted.figures(actor, filters)
    return render_template(
        "followup/index.html",
        title=f"Bảng theo dõi khắc phục năm {clock.today().year}",
        page=page,
        filters=filters,
        figures=figures,
        cards=_cards(figures, filters.state),
        chips=_chips(figures, filters, actor, saved.list_saved(actor) if own is None else own),
        narrowed=saved.address_of(request.args),
        narrowed_by=narrowed_by,
        wait=_wait(figures, actor),
        choices=counted.choices(actor, only=filters),
        states=STATES,
        kinds=DEADLINE_KIND_LABELS,
        names=names,
        columns=columns.columns_for(names=names, asked=request.args.get("columns", "")),
        shown=columns.shown,
        many_columns=len(columns.columns_for(names=names)),
        all_columns=bool(request.args.get("columns")),
        may_edit=can(actor, Action.EDIT_FOLLOW_UP, followed),
        may_edit_line=lambda shown: Role.FOLLOWER in actor.roles or shown.follower_id == actor.person_id,
        may_direct=can(actor, Action.DIRECT_TASK, followed),
        today=clock.today(),
        may_accept=can(actor, Action.ACCEPT_TASK, followed),
        may_enter=can(actor, Action.ENTER_FOR_UNIT),
        edited=line.id if line is not None else 0,
        elsewhere=elsewhere,
        form=form,
        picked=picked,
        refused=refused,
        moment=clock.now(),
        kept=kept(),
        letters=escalating.letters_of([line.id for line in page]) if actor.roles & WATCHERS else {},
        by_unit=bool(actor.roles & (WATCHERS | {Role.OBSERVER})),
        waiting=escalating.list_waiting() if actor.roles & WATCHERS else (),
    )


@bp.get("/follow-up")
@requires(Action.LIST_TASKS)
def index() -> str | Response:
    """The table. A unit's own people have their own list instead."""
    actor = the_actor()
    if not actor.roles & (OFFICE_ROLES | {Role.OBSERVER}):
        return redirect(url_for("remediation.index"), 303)
    own = saved.list_saved(actor)
    opening = next((row for row in own if row.opens), None)
    if opening is not None and not request.args:
        return redirect(url_for(".index", **saved.arguments_of(opening.address)), 303)
    return _page(own=own)


def get_table(actor: Actor) -> None:
    """The table of the office; a unit's people have their own list. Raises NotFound."""
    if not actor.roles & (OFFICE_ROLES | {Role.OBSERVER}):
        raise NotFound()


@bp.get("/follow-up/filters")
@requires(Action.LIST_TASKS)
def more_filters() -> str:
    """All filters on a page of their own (phones)."""
    actor = the_actor()
    return render_template(
        "followup/filters.html",
        title="Lọc bảng theo dõi",
        filters=filters_of(request.args.to_dict()),
        choices=counted.choices(actor),
        states=STATES,
        names=queries.sees_names(actor),
        month=request.args.get("month", "")[:7] if request.args.get("view") == "month" else "",
    )


@bp.post("/follow-up/<int:task_id>/edit-line")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_visible)
def edit_line(task: Task) -> Response | tuple[str, int]:
    """Save one line, and come back to the same page of the table: to the next line when that was asked."""
    form = _line_form(fresh=False)
    task_id, code, actor = task.id, task.code, the_actor()

    def save() -> None:
        services.quick_edit(task, form.values(), actor=actor, version=form.seen())

    status = web.attempt(form, save, named=line_field)
    if status is not None:
        return _page(edited=task_id, form=form), status
    flash(f"Đã lưu dòng {code}.", "good")
    following = web.read_id(request.form.get("next"))
    back = kept() | ({"edit": following} if following else {})
    return redirect(url_for(".index", _anchor="step" if following else f"dong-{task_id}", **back), 303)


def _line_form(*, fresh: bool) -> LineForm:
    form = LineForm(formdata=None) if fresh else LineForm()
    form.offer(remediation.list_holders(*MAY_FOLLOW))
    return form


def versions() -> dict[int, int | None]:
    """The ticked lines, each sent as “id:version”: what stood on the page when it was ticked."""
    sent = (value.partition(":") for value in request.values.getlist("pick")[:200])
    found = {web.read_id(key): web.read_id(version) for key, _, version in sent}
    return {key: version for key, version in found.items() if key is not None}


def picked_tasks(actor: Actor) -> list[Task]:
    """The ticked lines that the actor may see."""
    return remediation.list_by_ids(actor, list(versions()))


def picks(actor: Actor) -> list[services.Pick]:
    """The ticked lines, each with the version that was on the page when it was ticked."""
    seen = versions()
    return [(task, seen[task.id]) for task in picked_tasks(actor)]


def refuse(error: DomainError) -> tuple[str, int]:
    """The table again with the ticks kept and the reason above."""
    picked = frozenset(versions())
    db.session.rollback()
    return _page(picked=picked, refused=error.message), error.status


def told(outcome: services.Outcome, done: str, not_done: str) -> Response:
    if outcome.done:
        flash(f"{done} {count(len(outcome.done))} nội dung.", "good")
    if outcome.left:
        left = "; ".join(f"{code}: {reason}" for code, reason in outcome.left)
        flash(f"{not_done} {count(len(outcome.left))} nội dung. {left}.", "look")
    return redirect(url_for(".index", **kept()), 303)


@bp.post("/follow-up/accept")
@requires(Action.ACCEPT_TASK, remediation.get_followed)
def accept_many(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """Công nhận hoàn thành for the ticked lines, where it is allowed."""
    actor = the_actor()
    try:
        outcome = services.accept_many(picks(actor), actor=actor)
    except DomainError as error:
        return refuse(error)
    db.session.commit()
    return told(outcome, "Đã công nhận hoàn thành", "Chưa công nhận")


@bp.post("/follow-up/report")
@requires(Action.ENTER_FOR_UNIT)
def report_many() -> Response | tuple[str, int]:
    """Ghi nhận báo cáo của đơn vị for the ticked lines: on to the form with them ticked."""
    actor = the_actor()
    try:
        tasks = picked_tasks(actor)
        unit_id = services.unit_of(tasks)
    except DomainError as error:
        return refuse(error)
    return redirect(
        url_for("remediation.report_for_unit", unit_id=unit_id, task=[task.id for task in tasks]), 303
    )
