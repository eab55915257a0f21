"""What the shell shows around every page: menu by role, who is signed in, links."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, current_app, g, request, url_for

from app import clock
from app.followup import inbox
from app.home import queries
from app.policy import ROLE_LABELS, Role, can
from app.policy import Actor as PolicyActor
from app.web import parts
from app.web.access import current_actor

OFFICE_MENU: tuple[parts.MenuItem, ...] = (
    parts.MenuItem("Việc của tôi", "home.index", "inbox", phone_label="Việc của tôi"),
    parts.MenuItem("Kế hoạch kiểm tra", "inspections.plan", "calendar3"),
    parts.MenuItem("Cuộc kiểm tra", "inspections.index", "clipboard-check", phone_label="Kiểm tra"),
    parts.MenuItem("Thông báo kết luận", "notices.index", "file-earmark-text"),
    parts.MenuItem("Theo dõi khắc phục", "followup.index", "list-check", phone_label="Theo dõi"),
    parts.MenuItem("Trách nhiệm, xử lý", "responsibility.index", "person-check"),
    parts.MenuItem("Nội dung đã kết luận", "register.index", "journal-check", phone_label="Đã kết luận"),
    parts.MenuItem("Báo cáo, thống kê", "reports.index", "bar-chart"),
    parts.MenuItem("Danh mục", "units.catalogue", "tags"),
    parts.MenuItem("Thêm", "home.more", "three-dots", phone_label="Thêm", phone_only=True),
)
UNIT_MENU: tuple[parts.MenuItem, ...] = (
    parts.MenuItem("Việc của tôi", "home.index", "inbox", phone_label="Việc của tôi"),
    parts.MenuItem("Thông báo đã nhận", "remediation.received", "file-earmark-text", phone_label="Thông báo"),
    parts.MenuItem("Lịch Đoàn làm việc", "inspections.my_visits", "calendar3"),
    parts.MenuItem("Nội dung khắc phục", "remediation.index", "list-check", phone_label="Khắc phục"),
    parts.MenuItem("Kiến nghị của đơn vị", "findings.proposals", "chat-left-text", phone_label="Kiến nghị"),
    parts.MenuItem("Nội dung đã kết luận", "register.index", "journal-check", phone_label="Đã kết luận"),
    parts.MenuItem("Hồ sơ sự việc", "responsibility.my_record", "person-check"),
)
OBSERVER_MENU: tuple[parts.MenuItem, ...] = (
    parts.MenuItem("Theo dõi khắc phục", "followup.index", "list-check", phone_label="Theo dõi"),
    parts.MenuItem("Thông báo kết luận", "notices.index", "file-earmark-text", phone_label="Thông báo"),
    parts.MenuItem("Nội dung đã kết luận", "register.index", "journal-check", phone_label="Đã kết luận"),
)
ROLE_ORDER = (
    Role.LEADER, Role.PLANNER, Role.CONTENT_CHECKER, Role.CLERK, Role.FOLLOWER, Role.INSPECTOR,
    Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER, Role.ADMINISTRATOR,
)  # fmt: skip


def role_label(actor: PolicyActor) -> str:
    """The name of the actor's first role in the order of the house."""
    return next((ROLE_LABELS[role] for role in ROLE_ORDER if role in actor.roles), "Chưa được phân công")


_ROOMS: dict[str, tuple[str, ...]] = {
    "accounts": ("units.catalogue",),
    "documents": ("notices.index", "remediation.received"),
    "exchange": ("units.catalogue",),
    "fieldwork": ("inspections.index",),
    "findings": ("findings.proposals", "inspections.index"),
    "followup": ("followup.index",),
    "inspections": ("inspections.index",),
    "notices": ("notices.index",),
    "register": ("register.index",),
    "remediation": ("remediation.index", "followup.index"),
    "responsibility": ("responsibility.index", "responsibility.my_record"),
    "units": ("units.catalogue",),
}
"""Under which lines of the menu the pages of a room stand, the first that the menu has."""
_PLAN_PAGES = frozenset(
    {"plan", "propose", "recount", "set_common_date", "move", "merge", "add", "add_task", "edit", "edit_task"}
)


def _place(endpoint: str, offered: list[str]) -> str:
    """The line of the menu that the current page belongs to."""
    if endpoint in offered:
        return endpoint
    room, _, page = endpoint.partition(".")
    if room == "remediation" and page in _PLAN_PAGES:
        return "inspections.index"
    if room == "findings" and "proposal" in page and "findings.proposals" not in offered:
        return "followup.index"
    return next((line for line in _ROOMS.get(room, ()) if line in offered), "")


def _count(endpoint: str, actor: PolicyActor) -> int | None:
    """The number at a line of the menu; None shows none."""
    if endpoint == "remediation.received":
        return queries.count_unacknowledged(actor) or None
    if endpoint == "home.index":
        found: int | None = g.get("work_count")  # the home page has counted
        return found or None
    return None


def _menu(actor: PolicyActor | None) -> list[parts.MenuItem]:
    if actor is None:
        return []
    if actor.in_office or Role.ADMINISTRATOR in actor.roles:
        items = OFFICE_MENU
    elif Role.OBSERVER in actor.roles:
        items = OBSERVER_MENU
    else:
        items = UNIT_MENU
    current = _place(request.endpoint or "", [item.endpoint for item in items])
    shown: list[parts.MenuItem] = []
    for item in items:
        view = current_app.view_functions.get(item.endpoint)
        action = getattr(view, "action", None)
        if view is None or (action is not None and not can(actor, action)):
            continue
        active = item.endpoint == current
        count = _count(item.endpoint, actor)
        shown.append(
            parts.MenuItem(
                item.label, item.endpoint, item.icon, active, count, item.phone_label, item.phone_only
            )
        )
    return _with_catalogue(shown)


def _with_catalogue(items: list[parts.MenuItem]) -> list[parts.MenuItem]:
    """Who has no room of the work (an administrator) finds the catalogue on the bar of a phone instead."""
    if sum(bool(item.phone_label) for item in items) > 2:
        return items
    return [replace(i, phone_label=i.label) if i.endpoint == "units.catalogue" else i for i in items]


def _shell() -> dict[str, Any]:
    actor = current_actor()
    known = current_app.view_functions

    def link(endpoint: str) -> str | None:
        return url_for(endpoint) if endpoint in known else None

    return {
        "menu": _menu(actor),
        "current_actor": parts.Actor(actor.name, actor.post, actor.unit_name, role_label(actor))
        if actor
        else None,
        "shell_links": parts.ShellLinks(
            home=link("home.index") or "/",
            search=link("home.search"),
            help=link("home.guide"),
            account=link("security.change_password"),
            calendar=link("followup.calendar_feed"),
            messages=link("followup.messages"),
            sign_out=link("security.logout"),
        ),
        "unread_messages": inbox.count_unread(actor.person_id) if actor else 0,
        "today": clock.today(),
        "actor": actor,
        "can": lambda action, subject=None: can(actor, action, subject),
    }


def register(app: Flask) -> None:
    """Attach to `app`."""
    app.context_processor(_shell)
