"""One finding: who answers for it, what was decided; one passed-on case: its paper and its answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.audit.timeline import timeline
from app.extensions import db
from app.findings.models import Finding, FindingState
from app.policy import Action
from app.responsibility import queries, services
from app.responsibility.forms import AnswerableForm, AnswerForm, DecisionForm, ReferralForm
from app.responsibility.models import Answerable, Referral
from app.responsibility.views.blueprint import bp
from app.responsibility.views.lists import CASES, TITLE
from app.web.access import requires, the_actor

OF_FINDING = "Trách nhiệm về tồn tại, hạn chế"


def _crumbs(finding: Finding, *more: str) -> list[web.Crumb]:
    passed = finding.state is FindingState.PASSED_ON
    first = web.Crumb(CASES, url_for(".cases")) if passed else web.Crumb(TITLE, url_for(".index"))
    own = finding.inspected_unit.unit.name
    if not more:
        return [first, web.Crumb(own)]
    back = url_for(".of_finding", finding_id=finding.id)
    return [first, web.Crumb(own, back), *(web.Crumb(text) for text in more)]


def _show(finding: Finding, names: dict[int, str] | None = None) -> str:
    passed = finding.state is FindingState.PASSED_ON
    return render_template(
        "responsibility/finding.html",
        title="Vụ việc đã chuyển" if passed else OF_FINDING,
        finding=finding,
        passed=passed,
        notice=None if passed else queries.notice_of(finding.id),
        rows=() if passed else queries.list_of([finding.id]),
        referral=queries.find_referral(finding.id) if passed else None,
        names=names,
        entries=timeline(finding),
        path=_crumbs(finding),
        at=clock.today(),
    )


@bp.get("/findings/<int:finding_id>/responsibility")
@requires(Action.VIEW_RESPONSIBILITY, queries.get_finding)
def of_finding(finding: Finding) -> str:
    """Who answers, by post and task; names only by the logged look below."""
    return _show(finding)


@bp.post("/findings/<int:finding_id>/responsibility/names")
@requires(Action.VIEW_ANSWERABLE_NAMES, queries.get_finding)
def names(finding: Finding) -> str:
    """Xem họ tên: the same page with the names, this once; the look is recorded before they are shown."""
    found = dict(services.look_at_names(finding, actor=the_actor()))
    db.session.commit()
    return _show(finding, found)


def _form_page(
    title: str, finding: Finding, form: web.BaseForm, *, action: str, save: str, **more: object
) -> str:
    return render_template(
        "responsibility/form.html",
        title=title,
        finding=finding,
        form=form,
        action_url=action,
        save=save,
        back=url_for(".of_finding", finding_id=finding.id),
        path=_crumbs(finding, title),
        **more,
    )


def _back(finding_id: int, told: str) -> Response:
    flash(told, "good")
    return redirect(url_for(".of_finding", finding_id=finding_id), 303)


# --- Xác định trách nhiệm

ADD, CHANGE, DECIDE = "Xác định trách nhiệm", "Sửa việc xác định trách nhiệm", "Ghi kết quả xử lý"


def _add_page(finding: Finding, form: AnswerableForm) -> str:
    return _form_page(
        ADD, finding, form, action=url_for(".save_new", finding_id=finding.id), save="Ghi trách nhiệm"
    )


@bp.get("/findings/<int:finding_id>/responsibility/new")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_finding)
def new(finding: Finding) -> str:
    """Who answers, beginning from what the team wrote in the finding."""
    form = AnswerableForm(formdata=None)
    form.collective.data = finding.responsible_collective or finding.inspected_unit.unit.name
    form.post.data = finding.responsible_post
    form.kind.data = "person" if finding.responsible_post else "collective"
    form.asked_on.data = clock.today()
    return _add_page(finding, form)


@bp.post("/findings/<int:finding_id>/responsibility/new")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_finding)
def save_new(finding: Finding) -> Response | tuple[str, int]:
    """Record it."""
    form, finding_id = AnswerableForm(), finding.id
    status = web.attempt(form, lambda: services.add(finding, form.values(), actor=the_actor()))
    if status is not None:
        return _add_page(finding, form), status
    return _back(finding_id, "Đã ghi trách nhiệm.")


def _change_page(made: Answerable, form: AnswerableForm) -> str:
    action = url_for(".save_change", answerable_id=made.id)
    return _form_page(CHANGE, made.finding, form, action=action, save="Lưu thay đổi", made=made)


@bp.get("/answerables/<int:answerable_id>/edit")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_answerable)
def change(made: Answerable) -> str:
    """Correct it; the name that is kept is not shown."""
    form = AnswerableForm(formdata=None)
    form.show(made)
    return _change_page(made, form)


@bp.post("/answerables/<int:answerable_id>/edit")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_answerable)
def save_change(made: Answerable) -> Response | tuple[str, int]:
    """Save what was corrected."""
    form, finding_id = AnswerableForm(), made.finding_id
    status = web.attempt(
        form, lambda: services.change(made, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _change_page(made, form), status
    return _back(finding_id, "Đã lưu.")


@bp.post("/answerables/<int:answerable_id>/remove")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_answerable)
def remove(made: Answerable) -> Response:
    """Take back what was entered by mistake."""
    finding_id = made.finding_id
    form = web.BaseForm()
    services.remove(made, actor=the_actor(), version=form.seen())
    db.session.commit()
    return _back(finding_id, "Đã bỏ phần nhập nhầm.")


def _decide_page(made: Answerable, form: DecisionForm) -> str:
    action = url_for(".save_decision", answerable_id=made.id)
    return _form_page(DECIDE, made.finding, form, action=action, save="Ghi kết quả xử lý", made=made)


@bp.get("/answerables/<int:answerable_id>/decision")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_answerable)
def decision(made: Answerable) -> str:
    """What the competent body decided."""
    form = DecisionForm(formdata=None)
    form.show(made)
    return _decide_page(made, form)


@bp.post("/answerables/<int:answerable_id>/decision")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_answerable)
def save_decision(made: Answerable) -> Response | tuple[str, int]:
    """Record it."""
    form, finding_id = DecisionForm(), made.finding_id
    status = web.attempt(
        form, lambda: services.decide(made, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _decide_page(made, form), status
    return _back(finding_id, "Đã ghi kết quả xử lý.")


# --- Vụ việc chuyển cơ quan có thẩm quyền

REFER, ANSWER = "Ghi văn bản chuyển", "Ghi trả lời"


def _refer_page(finding: Finding, form: ReferralForm) -> str:
    action = url_for(".save_referral", finding_id=finding.id)
    return _form_page(REFER, finding, form, action=action, save=REFER)


@bp.get("/findings/<int:finding_id>/referral")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_finding)
def referral(finding: Finding) -> str:
    """By which paper the case went, beginning from whom the leader named."""
    form = ReferralForm(formdata=None)
    known = queries.find_referral(finding.id)
    if known is not None:
        form.show(known)
    else:
        form.body.data = finding.passed_to
    return _refer_page(finding, form)


@bp.post("/findings/<int:finding_id>/referral")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_finding)
def save_referral(finding: Finding) -> Response | tuple[str, int]:
    """Record or correct it."""
    form, finding_id = ReferralForm(), finding.id

    def act() -> None:
        # without a version the form was filled before any paper was on record
        known = queries.find_referral(finding_id) if form.version.data is not None else None
        version = form.version.data
        services.refer(finding, form.values(), actor=the_actor(), known=known, version=version)

    status = web.attempt(form, act)
    if status is not None:
        return _refer_page(finding, form), status
    return _back(finding_id, "Đã ghi văn bản chuyển.")


def _answer_page(made: Referral, form: AnswerForm) -> str:
    action = url_for(".save_answer", referral_id=made.id)
    return _form_page(ANSWER, made.finding, form, action=action, save=ANSWER, referral=made)


@bp.get("/referrals/<int:referral_id>/answer")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_referral)
def answer(made: Referral) -> str:
    """What came back."""
    form = AnswerForm(formdata=None)
    form.show(made)
    return _answer_page(made, form)


@bp.post("/referrals/<int:referral_id>/answer")
@requires(Action.RECORD_RESPONSIBILITY, queries.get_referral)
def save_answer(made: Referral) -> Response | tuple[str, int]:
    """Record it."""
    form, finding_id = AnswerForm(), made.finding_id
    status = web.attempt(
        form, lambda: services.answer(made, form.values(), actor=the_actor(), version=form.seen())
    )
    if status is not None:
        return _answer_page(made, form), status
    return _back(finding_id, "Đã ghi trả lời.")
