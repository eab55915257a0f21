"""Pages of the calendar, of the deadlines by profile, and of the office's settings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.deadlines import forms, moved, queries, services
from app.deadlines.models import DAY_KIND_LABELS, RETIRED, STEP_LABELS, DeadlineRule, ProfileCode, Step
from app.deadlines.moved import MovedDates
from app.deadlines.settings import REGISTRY, Setting
from app.deadlines.working_days import Rule, explain
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
        next_year=max((entry.day.year for entry in chosen.days), default=year) + 1,
        waiting=queries.year_to_confirm(clock.today()),
        moved=moved.list_moved(chosen.calendar, the_actor()),
    )


@bp.post("/calendar/add-year")
@requires(Action.MANAGE_SETTINGS)
def add_year() -> Answer:
    """The year after the last one of the calendar, computed until its announcement comes."""
    made = services.add_computed_year(the_actor())
    db.session.commit()
    year = max(entry.day.year for entry in made.days)
    flash(f"Đã thêm các ngày dự kiến của năm {year}. Nhập thông báo chính thức khi có.", "good")
    return redirect(url_for("deadlines.calendar", version=made.number, year=year), 303)


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
    """Every profile with its rules; `?start=` shows what the deadlines from that day would be."""
    form = forms.PreviewForm(request.args)
    good = form.validate()
    start = form.start.data if good else None
    found = queries.list_profiles()
    return render_template(
        "deadlines/profiles.html",
        form=form,
        profiles=found,
        steps=STEP_LABELS,
        start=start,
        due=queries.due_dates(found, start) if start else {},
    ), 200 if good else 422


def _rule(_actor: Actor, profile: str, step: str) -> DeadlineRule:
    if profile not in set(ProfileCode) or step not in set(Step) - RETIRED:
        raise NotFound()
    versions = queries.list_rule_versions(profile, step)
    if not versions:
        raise NotFound()
    return versions[0]


@bp.route("/deadline-profiles/<string:profile>/<string:step>", methods=["GET", "POST"])
@requires(Action.MANAGE_SETTINGS, _rule)
def change_rule(rule: DeadlineRule) -> Answer:
    """The versions of one rule, and its next one; looked at before it is written."""
    form = forms.RuleForm.of(rule, clock.today())
    status, preview = 200, ""
    if "look" in request.form:
        status = 200 if form.validate() else 422
        preview = _preview(form) if status == 200 else ""
    elif form.is_submitted():
        refused = web.attempt(form, lambda: _change(rule, form))
        if refused is None:
            flash("Đã ghi phiên bản mới của thời hạn. Các thời hạn đã thông báo giữ nguyên.", "good")
            return redirect(url_for("deadlines.profiles"), 303)
        status = refused
    return render_template(
        "deadlines/change_rule.html",
        form=form,
        rule=rule,
        steps=STEP_LABELS,
        preview=preview,
        versions=queries.list_rule_versions(rule.profile.code, rule.step),
    ), status


def _change(rule: DeadlineRule, form: forms.RuleForm) -> None:
    services.change_rule(rule.profile.code, rule.step, form.values, actor=the_actor(), seen=form.seen())


def _preview(form: forms.RuleForm) -> str:
    data, start = form.values, form.start.data or clock.today()
    rule = Rule(data.days, data.mode, data.until, data.rolls)
    return explain(start, rule, rule.due_on(start, queries.current_calendar()))


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
