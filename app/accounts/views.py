"""Pages of people, their posts and accounts; and the page of one unit, which shows who heads it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.accounts import forms, queries, services
from app.accounts.models import KIND_LABELS, Account, Appointment, AppointmentKind, Person
from app.audit.timeline import timeline
from app.errors import DomainError
from app.extensions import db
from app.policy import ROLE_LABELS, Action, Role, can
from app.units import queries as units
from app.units.models import RELATION_LABELS, SUCCESSION_LABELS, UNIT_TYPE_LABELS, Unit
from app.web.access import requires, the_actor

bp = Blueprint("accounts", __name__)
PAGE_SIZE = 50
Answer = Response | str | tuple[str, int]


@bp.get("/units/<int:unit_id>")
@requires(Action.VIEW_CATALOGUE, units.get_visible)
def unit(shown: Unit) -> Answer:
    """One unit: names over time, place, who headed it when, where it came from, what happened."""
    actor = the_actor()
    today = clock.today()
    posts = queries.list_appointments(shown.id)
    inside = actor.in_office or can(actor, Action.MANAGE_ACCOUNTS) or shown.id in actor.unit_ids
    successions = units.list_successions([shown.id])
    return render_template(
        "accounts/unit.html",
        unit=shown,
        parts=[line for line in units.list_lines() if line.parent_id == shown.id],
        leaders=[post for post in posts if post.kind is not AppointmentKind.STAFF],
        left=[p for p in posts if inside and shown.valid_to and p.holds_on(shown.valid_to)],
        staff=[p for p in posts if p.kind is AppointmentKind.STAFF and p.holds_on(today)] if inside else None,
        before=[row for row in successions if row.successor_id == shown.id],
        after=[row for row in successions if row.predecessor_id == shown.id],
        types=UNIT_TYPE_LABELS,
        relations=RELATION_LABELS,
        successions=SUCCESSION_LABELS,
        kinds=KIND_LABELS,
        roles={role.value: label for role, label in ROLE_LABELS.items()},
        entries=timeline(shown, names=inside),
    )


@bp.get("/people")
@requires(Action.MANAGE_ACCOUNTS)
def people() -> Answer:
    text = request.args.get("q", "").strip()[:120]
    cursor = web.cursor_of_address(str, int)
    page = queries.page_people(text, cursor, size=PAGE_SIZE)
    return render_template(
        "accounts/people.html",
        page=page,
        text=text,
        today=clock.today(),
        accounts=queries.accounts_of([person.id for person in page]),
        roles={role.value: label for role, label in ROLE_LABELS.items()},
    )


@bp.get("/people/<int:person_id>")
@requires(Action.MANAGE_ACCOUNTS, queries.load_person)
def person(shown: Person) -> Answer:
    account = queries.account_of(shown)
    return render_template(
        "accounts/person.html",
        person=shown,
        account=account,
        posts=sorted(shown.appointments, key=lambda post: (post.from_on, post.id), reverse=True),
        kinds=KIND_LABELS,
        roles={role.value: label for role, label in ROLE_LABELS.items()},
        entries=timeline(shown),
    )


def _post(form: forms.PostForm) -> services.Post:
    assert form.from_on.data is not None
    return services.Post(
        unit=units.get_visible(the_actor(), int(form.unit.data)),
        title=form.title.data or "",
        kind=AppointmentKind(form.kind.data),
        from_on=form.from_on.data,
        roles=frozenset(Role(value) for value in form.roles.data or ()),
    )


def _show_once(access: services.Access) -> Answer:
    """The password stands on this page alone: it is never stored, sent or put into the address."""
    return render_template("accounts/access.html", access=access)


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def new_person() -> Answer:
    form = forms.PersonForm(unit=request.args.get("unit", ""))
    form.offer(units.choices())
    status = 200
    if form.validate_on_submit():
        try:
            made, access = services.enrol(
                form.name.data or "", _post(form), form.sign_in.data or "", actor=the_actor()
            )
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            if access is not None:
                return _show_once(access)
            flash("Đã thêm cán bộ.", "good")
            return redirect(url_for("accounts.person", person_id=made.id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("accounts/new_person.html", form=form), status


@bp.route("/people/<int:person_id>/appoint", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS, queries.load_person)
def appoint(shown: Person) -> Answer:
    form = forms.PostForm()
    form.offer(units.choices())
    status = 200
    if form.validate_on_submit():
        try:
            services.appoint(shown, _post(form), actor=the_actor())
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã ghi chức vụ.", "good")
            return redirect(url_for("accounts.person", person_id=shown.id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("accounts/appoint.html", form=form, person=shown), status


@bp.route("/appointments/<int:appointment_id>/end", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS, queries.load_appointment)
def end_appointment(post: Appointment) -> Answer:
    form = forms.EndPostForm()
    status = 200
    if form.validate_on_submit():
        assert form.to_on.data is not None
        try:
            services.end_appointment(post, form.to_on.data, actor=the_actor())
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã ghi thôi giữ chức vụ.", "good")
            return redirect(url_for("accounts.person", person_id=post.person_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("accounts/end_appointment.html", form=form, post=post), status


@bp.route("/appointments/<int:appointment_id>/roles", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS, queries.load_appointment)
def change_roles(post: Appointment) -> Answer:
    form = forms.RolesForm(roles=post.roles)
    status = 200
    if form.validate_on_submit():
        try:
            services.change_roles(post, [Role(value) for value in form.roles.data or ()], actor=the_actor())
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã đổi vai trò.", "good")
            return redirect(url_for("accounts.person", person_id=post.person_id), 303)
    elif form.is_submitted():
        status = 422
    return render_template("accounts/roles.html", form=form, post=post), status


@bp.route("/people/<int:person_id>/account", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS, queries.load_person)
def new_account(shown: Person) -> Answer:
    form = forms.AccountForm()
    status = 200
    if form.validate_on_submit():
        try:
            access = services.create_account(shown, form.sign_in.data or "", actor=the_actor())
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            return _show_once(access)
    elif form.is_submitted():
        status = 422
    return render_template("accounts/new_account.html", form=form, person=shown), status


@bp.post("/people/<int:person_id>/account/reset")
@requires(Action.MANAGE_ACCOUNTS, queries.load_account)
def reset_password(account: Account) -> Answer:
    access = services.reset_password(account, actor=the_actor())
    db.session.commit()
    return _show_once(access)


@bp.post("/people/<int:person_id>/account/disable")
@requires(Action.MANAGE_ACCOUNTS, queries.load_account)
def disable(account: Account) -> Answer:
    services.disable_account(account, actor=the_actor())
    db.session.commit()
    flash("Đã ngừng tài khoản. Các phiên đang mở kết thúc ngay.", "good")
    return redirect(url_for("accounts.person", person_id=account.person_id), 303)


@bp.post("/people/<int:person_id>/account/enable")
@requires(Action.MANAGE_ACCOUNTS, queries.load_account)
def enable(account: Account) -> Answer:
    services.enable_account(account, actor=the_actor())
    db.session.commit()
    flash("Đã mở lại tài khoản.", "good")
    return redirect(url_for("accounts.person", person_id=account.person_id), 303)
