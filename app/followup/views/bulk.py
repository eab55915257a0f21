"""Acts on several lines of the table, each with its form: đôn đốc, giao lại, the four acts of a leader."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.errors import DomainError
from app.extensions import db
from app.followup import services
from app.followup.forms import UrgeForm
from app.followup.services import Outcome, Pick
from app.followup.views.table import bp, kept, picked_tasks, picks, refuse, told, versions
from app.policy import Action
from app.remediation import queries as remediation
from app.remediation.forms import DirectiveForm, FollowerForm
from app.remediation.services.following import MAY_FOLLOW
from app.remediation.services.requests import IN_ITS_PLACE
from app.web.access import requires, the_actor

URGE, HAND_OVER, DIRECT = "Đôn đốc", "Giao lại người theo dõi", "Chỉ đạo thực hiện"


def _choose(page: str) -> Response | tuple[str, int]:
    """On to the form of an act with the ticked lines, as they stood when they were ticked."""
    try:
        chosen = picks(the_actor())
        if not chosen:
            raise DomainError("Chọn ít nhất 01 nội dung trong bảng.")
    except DomainError as error:
        return refuse(error)
    ticks = [f"{task.id}:{version or task.version}" for task, version in chosen]
    return redirect(url_for(page, pick=ticks, **kept()), 303)


@bp.post("/follow-up/choose")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def choose(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """On to đôn đốc, giao lại or the text of a reminder with the ticked lines."""
    pages = {"hand_over": ".hand_over", "copy": ".reminder_text"}
    return _choose(pages.get(request.form.get("act", ""), ".urge"))


@bp.post("/follow-up/choose-direct")
@requires(Action.DIRECT_TASK, remediation.get_followed)
def choose_direct(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """On to the four acts of a leader with the ticked lines."""
    return _choose(".direct")


def _form_page(template: str, title: str, form: web.BaseForm) -> str:
    tasks, seen = picked_tasks(the_actor()), versions()
    return render_template(
        f"followup/{template}.html", title=title, form=form, tasks=tasks, kept=kept(),
        ticks={task.id: seen.get(task.id) or task.version for task in tasks},
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **kept())), web.Crumb(title)],
    )  # fmt: skip


def _save(
    template: str, title: str, form: web.BaseForm, act: Callable[[list[Pick]], Outcome], done: str, left: str
) -> Response | tuple[str, int]:
    """Do it line by line; what is wrong with the form itself shows the form again."""
    if not form.validate_on_submit():
        return _form_page(template, title, form), 422
    try:
        outcome = act(picks(the_actor()))
    except DomainError as error:
        db.session.rollback()
        form.refuse(error.message, error.field)
        return _form_page(template, title, form), error.status
    db.session.commit()
    return told(outcome, done, left)


@bp.get("/follow-up/urge")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def urge(_followed: remediation.Followed) -> str:
    """The paper that urged the chosen lines."""
    return _form_page("urge", URGE, UrgeForm(formdata=None))


@bp.post("/follow-up/urge")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def save_urge(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """Record it at each of them."""
    form = UrgeForm()

    def act(chosen: list[Pick]) -> Outcome:
        assert form.urged_on.data is not None  # InputRequired
        return services.urge_many(chosen, form.reference.data or "", form.urged_on.data, actor=the_actor())

    return _save("urge", URGE, form, act, "Đã ghi đôn đốc", "Chưa ghi đôn đốc")


def _follower_form(*, fresh: bool) -> FollowerForm:
    form = FollowerForm(formdata=None) if fresh else FollowerForm()
    form.offer(remediation.list_holders(*MAY_FOLLOW))
    return form


@bp.get("/follow-up/hand-over")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def hand_over(_followed: remediation.Followed) -> str:
    """Who follows the chosen lines from now on."""
    return _form_page("hand_over", HAND_OVER, _follower_form(fresh=True))


@bp.post("/follow-up/hand-over")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def save_hand_over(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """Hand them over, with the reason."""
    form = _follower_form(fresh=False)

    def act(chosen: list[Pick]) -> Outcome:
        reason = form.reason.data or ""
        return services.hand_over_many(chosen, int(form.follower_id.data), reason=reason, actor=the_actor())

    return _save("hand_over", HAND_OVER, form, act, "Đã giao lại", "Chưa giao lại")


def _directive_form(*, fresh: bool) -> DirectiveForm:
    form = DirectiveForm(formdata=None) if fresh else DirectiveForm()
    units = sorted({task.lead_unit_id for task in picked_tasks(the_actor())})
    followers = remediation.list_holders(*MAY_FOLLOW)
    askers = [person for unit_id in units for person in remediation.list_people_at(unit_id)]
    form.offer([*askers, *remediation.list_holders(*IN_ITS_PLACE)], followers)
    if fresh:
        form.requested_on.data = clock.today()
    return form


@bp.get("/follow-up/direct")
@requires(Action.DIRECT_TASK, remediation.get_followed)
def direct(_followed: remediation.Followed) -> str:
    """Which of the four acts on the chosen lines, and until when it is answered."""
    return _form_page("direct", DIRECT, _directive_form(fresh=True))


@bp.post("/follow-up/direct")
@requires(Action.DIRECT_TASK, remediation.get_followed)
def save_direct(_followed: remediation.Followed) -> Response | tuple[str, int]:
    """Ask it of each of them."""
    form = _directive_form(fresh=False)

    def act(chosen: list[Pick]) -> Outcome:
        return services.direct_many(chosen, form.values(), actor=the_actor())

    return _save("direct", DIRECT, form, act, "Đã ghi chỉ đạo", "Chưa ghi chỉ đạo")
