"""Thu hồi thông báo: somebody asks with the reason, a leader decides and enters the paper."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.audit.timeline import timeline
from app.files import services as files
from app.notices import queries, services
from app.notices.forms import AskRecallForm, RecallForm, RefuseRecallForm
from app.notices.models import Notice, NoticeRecall, RecallState
from app.notices.states import RECALL
from app.notices.views.common import bp, notice_page, path_to, title_of
from app.policy import Action, can, refusal
from app.web.access import requires, the_actor

KINDS = ("pdf", "png", "jpg", "jpeg")
ASK = "Đề nghị thu hồi thông báo"
STATES = {
    RecallState.REQUESTED: web.State("wait", RECALL.labels[RecallState.REQUESTED]),
    RecallState.REFUSED: web.State("stop", RECALL.labels[RecallState.REFUSED]),
    RecallState.GRANTED: web.State("final", RECALL.labels[RecallState.GRANTED]),
}
Answer = AnyResponse | tuple[str, int]


@bp.get("/notices/<int:notice_id>/recalls/new")
@requires(Action.REQUEST_RECALL, queries.get_visible)
def ask_recall(notice: Notice) -> Answer:
    """Why the notice is to be recalled, and what that does."""
    services.ask_in_force(notice)
    return notice_page("notices/ask_recall.html", ASK, notice, AskRecallForm(formdata=None)), 200


@bp.post("/notices/<int:notice_id>/recalls/new")
@requires(Action.REQUEST_RECALL, queries.get_visible)
def do_ask_recall(notice: Notice) -> Answer:
    """Send the request."""
    services.ask_in_force(notice)
    form = AskRecallForm()
    made = web.perform(
        form, lambda: services.request_recall(notice, form.reason.data or "", actor=the_actor())
    )
    if isinstance(made, web.Refused):
        return notice_page("notices/ask_recall.html", ASK, notice, form), made.status
    flash("Đã gửi đề nghị thu hồi. Người quyết định không phải là người đề nghị.", "good")
    return redirect(url_for(".recall", recall_id=made.id), 303)


@bp.get("/notices/recalls/<int:recall_id>")
@requires(Action.VIEW_NOTICE, queries.get_recall)
def recall(recall: NoticeRecall) -> Answer:
    """One request and its answer."""
    return _page(recall), 200


def _page(
    recall: NoticeRecall, *, grant: RecallForm | None = None, refuse: RefuseRecallForm | None = None
) -> str:
    actor, notice = the_actor(), recall.notice
    waits = recall.state is RecallState.REQUESTED
    return render_template(
        "notices/recall.html",
        title=ASK,
        recall=recall,
        notice=notice,
        named=title_of(notice),
        state=STATES[recall.state],
        path=path_to(notice, ASK),
        waits=waits,
        decidable=waits and can(actor, Action.DECIDE_RECALL, recall),
        told=refusal(actor, Action.DECIDE_RECALL, recall) if waits else None,
        grant=grant or RecallForm(formdata=None),
        refuse=refuse or RefuseRecallForm(formdata=None),
        entries=timeline(recall),
    )


@bp.post("/notices/recalls/<int:recall_id>/grant")
@requires(Action.DECIDE_RECALL, queries.get_recall)
def grant_recall(recall: NoticeRecall) -> Answer:
    """Thu hồi theo văn bản."""
    form = RecallForm()

    def act() -> str:
        done = services.recall_notice(recall, _paper(form), actor=the_actor())
        return (
            f"Đã thu hồi {title_of(recall.notice)[0].lower()}{title_of(recall.notice)[1:]}. {done.sentence}"
        )

    return _answer(form, recall, act, lambda: _page(recall, grant=form))


def _paper(form: RecallForm) -> services.RecallPaper:
    upload = form.scan.data
    assert form.number.data is not None and form.issued_on.data is not None  # InputRequired
    return services.RecallPaper(
        number=form.number.data,
        symbol=form.symbol.data or "",
        issued_on=form.issued_on.data,
        signer_name=form.signer_name.data or "",
        signer_title=form.signer_title.data or "",
        scan=files.keep(upload.filename or "", upload.read(), actor=the_actor(), kinds=KINDS),
    )


@bp.post("/notices/recalls/<int:recall_id>/refuse")
@requires(Action.DECIDE_RECALL, queries.get_recall)
def refuse_recall(recall: NoticeRecall) -> Answer:
    """Không đồng ý."""
    form = RefuseRecallForm()

    def act() -> str:
        services.refuse_recall(recall, form.refusal.data or "", actor=the_actor())
        return "Đã ghi không đồng ý thu hồi."

    return _answer(form, recall, act, lambda: _page(recall, refuse=form))


def _answer(
    form: web.BaseForm, recall: NoticeRecall, act: Callable[[], str], page: Callable[[], str]
) -> Answer:
    """Run, commit and say what was done; a refusal stands at the form."""
    told = web.perform(form, act, named=_scan)
    if isinstance(told, web.Refused):
        return page(), told.status
    flash(told, "good")
    return redirect(url_for(".recall", recall_id=recall.id), 303)


def _scan(field: str) -> str:
    """The recalling paper is the one file of the form."""
    return "scan" if field in ("file", "files") else field
