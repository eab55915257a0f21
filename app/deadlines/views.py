"""Pages of the calendar, of the deadlines by profile, and of the office's settings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.deadlines import forms, moved, queries, services
from app.deadlines.models import DAY_KIND_LABELS, STEP_LABELS, DeadlineRule, ProfileCode, Step
from app.deadlines.moved import MovedDates
from app.deadlines.settings import REGISTRY, Setting
from app.deadlines.working_days import MODE_LABELS, Mode
from app.errors import DomainError, NotFound
from app.extensions import db
from app.policy import Action, Actor
from app.web.access import requires, the_actor

bp = Blueprint("deadlines", __name__)
Answer = Response | str | tuple[str, int]


@bp.get("/calendar")
@requires(Action.VIEW_CATALOGUE)
def calendar() -> Answer:
    """Published versions; the days of one version and year."""
    versions = queries.list_calendar_versions()
    current = queries.current_calendar().version
    number = current
    if "version" in request.args:
        known = {version.number for version in versions}
        number = web.read_id(request.args["version"]) or 0
        if number not in known:
            raise NotFound()
    chosen = queries.get_calendar_version(number)
    years = sorted({entry.day.year for entry in chosen.days})
    year = request.args.get("year", clock.today().year, type=int)
    return render_template(
        "deadlines/calendar.html",
        versions=versions,
        current=current,
        chosen=chosen,
        days=[entry for entry in chosen.days if entry.day.year == year],
        years=[
            web.LinkItem(
                str(one), url_for("deadlines.calendar", version=number, year=one), current=one == year
            )
            for one in years
        ],
        year=year,
        kinds=DAY_KIND_LABELS,
        moved=moved.list_moved(chosen.calendar, the_actor()),
    )


@bp.route("/calendar/publish", methods=["GET", "POST"])
@requires(Action.MANAGE_SETTINGS)
def publish_calendar() -> Answer:
    now = queries.get_calendar_version(queries.list_calendar_versions()[0].number)
    form = forms.CalendarForm()
    form.offer([entry for entry in now.days if entry.day >= clock.today()])
    status = 200
    shown: MovedDates | None = None
    if form.validate_on_submit():
        try:
            made = services.publish_calendar(
                form.days_after(now.days),
                the_actor(),
                effective_from=form.effective_from.data,
                note=form.note.data or "",
            )
        except DomainError as error:
            status = web.refused(form, error)
        else:
            if "look" not in request.form:
                db.session.commit()
                flash(
                    f"Đã công bố lịch phiên bản {made.number}. Các thời hạn đã thông báo giữ nguyên.", "good"
                )
                return redirect(url_for("deadlines.calendar", version=made.number), 303)
            shown = moved.list_moved(made.calendar, the_actor())
            db.session.rollback()
            queries.forget_calendars()
    elif form.is_submitted():
        status = 422
    return render_template("deadlines/publish_calendar.html", form=form, now=now, moved=shown), status


@bp.get("/deadline-profiles")
@requires(Action.VIEW_CATALOGUE)
def profiles() -> Answer:
    return render_template(
        "deadlines/profiles.html", profiles=queries.list_profiles(), steps=STEP_LABELS, modes=MODE_LABELS
    )


def _rule(_actor: Actor, profile: str, step: str) -> DeadlineRule:
    if profile not in set(ProfileCode) or step not in set(Step):
        raise NotFound()
    rule = queries.find_rule(profile, step)
    if rule is None:
        raise NotFound()
    return rule


@bp.route("/deadline-profiles/<string:profile>/<string:step>", methods=["GET", "POST"])
@requires(Action.MANAGE_SETTINGS, _rule)
def change_rule(rule: DeadlineRule) -> Answer:
    form = forms.RuleForm(
        data={"days": rule.days, "mode": rule.mode.value, "basis": rule.basis, "version": rule.row_version}
    )
    status = 200
    if form.validate_on_submit():
        assert form.days.data is not None
        try:
            services.change_rule(
                rule.profile.code,
                rule.step,
                days=form.days.data,
                mode=Mode(form.mode.data),
                basis=form.basis.data or "",
                actor=the_actor(),
                seen_version=form.version.data,
            )
        except DomainError as error:
            status = web.refused(form, error)
        else:
            db.session.commit()
            flash("Đã đổi thời hạn. Các thời hạn đã thông báo giữ nguyên.", "good")
            return redirect(url_for("deadlines.profiles"), 303)
    elif form.is_submitted():
        status = 422
    return render_template("deadlines/change_rule.html", form=form, rule=rule, steps=STEP_LABELS), status


@bp.get("/settings")
@requires(Action.VIEW_CATALOGUE)
def settings() -> Answer:
    rows = queries.current_settings()
    lines = [
        (
            setting,
            forms.shown_value(setting, rows[key].value if key in rows else setting.default),
            rows.get(key),
        )
        for key, setting in REGISTRY.items()
    ]
    return render_template("deadlines/settings.html", lines=lines)


def _setting(_actor: Actor, key: str) -> Setting[Any]:
    if key not in REGISTRY:
        raise NotFound()
    return REGISTRY[key]


@bp.route("/settings/<string:key>", methods=["GET", "POST"])
@requires(Action.MANAGE_SETTINGS, _setting)
def setting(shown: Setting[Any]) -> Answer:
    """History of one setting, and its next value."""
    history = queries.list_setting_history(shown.key)
    form = forms.setting_form(shown)()
    status = 200
    if form.validate_on_submit():
        assert form.effective_from.data is not None
        try:
            services.set_setting(
                shown.key,
                forms.typed_value(shown, form["value"].data or ""),
                form.effective_from.data,
                the_actor(),
            )
        except DomainError as error:
            status = web.refused(form, error, named=lambda field: "value" if field == shown.key else field)
        else:
            db.session.commit()
            flash("Đã ghi giá trị mới của cài đặt.", "good")
            return redirect(url_for("deadlines.setting", key=shown.key), 303)
    elif form.is_submitted():
        status = 422
    return render_template(
        "deadlines/setting.html",
        setting=shown,
        form=form,
        history=[(row, forms.shown_value(shown, row.value)) for row in history],
    ), status
