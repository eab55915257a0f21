"""Việc của tôi (screen 1), the unit's own page (screen 8), search, the whole menu, the guide."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.accounts import queries as accounts
from app.documents import delivery as deliveries
from app.documents import removing
from app.documents.models import Delivery
from app.home import queries, work
from app.home.setup import role_label
from app.home.work.following import overdue_by_unit
from app.home.work.item import Item
from app.policy import Action, Actor, Role, can
from app.remediation import queries as remediation
from app.units import queries as units
from app.web.access import requires, the_actor

bp = Blueprint("home", __name__)
SHOWN = ("over", "soon", "wait")


def _url_of(item: Item) -> str:
    return url_for(item.endpoint, **item.values)


@bp.get("/")
@requires(Action.VIEW_HOME)
def index() -> str | Response:
    """What waits for who is signed in: the office's list, the unit's page, the table for observers."""
    actor = the_actor()
    if not actor.roles:
        return _nothing()
    if actor.in_office or Role.ADMINISTRATOR in actor.roles:
        return _office(actor)
    if Role.OBSERVER in actor.roles:
        return redirect(url_for("followup.index"), 303)
    return _unit(actor)


def _office(actor: Actor) -> str:
    today = clock.today()
    found = work.of(actor)
    g.work_count = found.total
    show = request.args.get("show", "")
    show = show if show in SHOWN else ""
    cards = [
        web.NumberCard(number, label, url_for(".index", show=None if show == key else key), kind, show == key)
        for key, number, label, kind in (
            ("over", found.over, "Quá hạn", "over"),
            ("soon", found.soon, "Đến hạn trong 07 ngày", "soon"),
            ("wait", found.wait, "Chờ xử lý", ""),
        )
    ]
    return render_template(
        "home/index.html",
        title="Việc của tôi",
        sub=" – ".join(part for part in (actor.name, actor.post, actor.unit_name) if part),
        role=role_label(actor),
        cards=cards,
        groups=found.only(show),
        total=found.total,
        unlisted=found.unlisted,
        url_of=_url_of,
        week=queries.week(actor),
        news=queries.recent(actor),
        ageing=overdue_by_unit(today) if Role.LEADER in actor.roles else [],
        quiet=found.quiet,
        leader=Role.LEADER in actor.roles,
    )


def _nothing() -> str:
    """For who has no role or post yet: whom to ask."""
    ask = ", ".join(person.name for person in accounts.list_holders(Role.ADMINISTRATOR))
    return render_template("home/nothing.html", title="Việc của tôi", ask=ask)


def _unit(actor: Actor) -> str:
    unit = units.get_visible(actor, actor.unit_id) if actor.unit_id is not None else None
    if unit is None:
        return _nothing()
    page = queries.unit_page(unit)
    received = remediation.list_received(actor)
    waiting = [d for d in received if d.receipt is None and not d.document.is_over]
    to_remove = [d for d in received if removing.waits(d)]
    handed = remediation.get_received(actor)
    changes = remediation.list_head_changes(actor.unit_ids) if actor.unit_ids else []
    tasks = queries.list_unit_tasks(sorted(actor.unit_ids))
    assigned = {
        row.task_id
        for task in tasks
        for row in task.assignments
        if row.person_id == actor.person_id and row.ended_at is None
    }
    tasks = sorted(tasks, key=lambda task: task.id not in assigned)
    directives = remediation.list_of_units(sorted(actor.unit_ids))
    g.work_count = (
        len(waiting)
        + len(to_remove)
        + len(handed.rows)
        + len(changes)
        + len(directives)
        + page.overdue
        + page.returned
    )
    return render_template(
        "home/unit.html",
        title=unit.name,
        page=page,
        waiting=[(delivery, _oath(delivery, actor)) for delivery in waiting],
        to_remove=to_remove,
        handed=handed,
        changes=changes,
        tasks=tasks,
        assigned=assigned,
        directives=directives,
        late_steps=remediation.list_late_steps(clock.today(), unit_ids=sorted(actor.unit_ids)),
        focal=accounts.focal_point_of(unit.id),
        plans=remediation.list_plans_owed(unit_ids=sorted(actor.unit_ids)),
        proposals=queries.list_proposals(sorted(actor.unit_ids)),
        own=actor.unit_ids,
        week=queries.week(actor),
        entries=queries.recent(actor),
        action=Action,
    )


def _oath(delivery: Delivery, actor: Actor) -> str:
    """The statement a head confirms; empty for who may not."""
    if not can(actor, Action.ACKNOWLEDGE, delivery):
        return ""
    person = accounts.get_person(actor.person_id)
    return deliveries.acknowledgement_statement(delivery, person, deliveries.post_at(person, delivery.unit))


@bp.get("/search")
@requires(Action.VIEW_CATALOGUE)
def search() -> str:
    """Units, papers, tasks and cases by words, with or without marks."""
    text = request.args.get("q", "")[:200]
    return render_template(
        "home/search.html", title="Tìm kiếm", text=text, found=queries.search(the_actor(), text)
    )


@bp.get("/more")
@requires(Action.VIEW_CATALOGUE)
def more() -> str:
    """The whole menu (behind "Thêm" on phones)."""
    return render_template("home/more.html", title="Toàn bộ danh mục")


@bp.get("/guide")
@requires(Action.VIEW_HOME)
def guide() -> str:
    """How to, by role; one's own roles first."""
    return render_template("home/guide.html", title="Hướng dẫn", mine=the_actor().roles)
