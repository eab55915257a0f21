"""Acts of the chain: each is a page with its consequence, then one click; and Sửa và duyệt."""

from __future__ import annotations

from flask import flash, render_template

from app import clock, web
from app.documents import chain, numbering
from app.documents.drafting import ChangesForm, words_form
from app.documents.models import Document
from app.documents.signatures.models import SigningAct
from app.documents.views.acts import APPROVE, SUBMIT, Act
from app.documents.views.desk import Answer, C, Desk, state_of
from app.documents.views.signing import means
from app.errors import Forbidden
from app.policy import Action, refusal
from app.vietnamese import format_date
from app.web.access import the_actor

CHANGE = "Sửa và duyệt"


def _page(desk: Desk[C], carrier: C, act: Act, form: web.BaseForm) -> str:
    """The question of an act with its consequence."""
    course, document = desk.course(carrier), carrier.document
    return render_template(
        "papers/act.html",
        title=act.question,
        desk=desk,
        carrier=carrier,
        document=document,
        act=act,
        form=form,
        fields=[name for name in ("units", "drafter_id", "opinion") if name in form],
        path=desk.path(carrier, act.question),
        state=state_of(carrier),
        missing=course.stopping() if act.stops else (),
        looks=course.looks() if act.name == SUBMIT.name else (),
        effects=course.effects() if act.tells else "",
        effect_lines=course.effect_lines() if act.tells else (),
        number=_next_number(document) if act.signing is SigningAct.SIGN else "",
        means=means(document, act.signing) if act.signing is not None else None,
    )


def _next_number(document: Document) -> str:
    today = clock.today()
    return f"{numbering.next_number(document, today):02d}/{document.symbol} ngày {format_date(today)}"


def add_acts(desk: Desk[C]) -> None:
    """Every act of the chain: GET shows the question, POST does it."""
    for act in desk.acts:
        _add(desk, act)
    _add_changes(desk)


def _add(desk: Desk[C], act: Act) -> None:
    def ask(carrier: C) -> Answer:
        act.ask(carrier.document)
        form = act.form(formdata=None)
        form.version.data = carrier.version
        act.fill(carrier.document, form)
        return _page(desk, carrier, act, form)

    def do(carrier: C) -> Answer:
        form = act.form()
        act.fill(carrier.document, form)
        status = web.attempt(form, lambda: act.run(carrier.document, form))
        if status is not None:
            return _page(desk, carrier, act, form), status
        flash(act.done, "good")
        return desk.back(carrier)

    desk.add(act.path, act.name, ask, action=act.action)
    desk.add(act.path, f"do_{act.name}", do, action=act.action, method="POST")


def _add_changes(desk: Desk[C]) -> None:
    """Sửa và duyệt: all texts on one page for the signer."""

    def change(carrier: C) -> Answer:
        APPROVE.ask(carrier.document)
        if the_actor().person_id != carrier.document.signer_id:
            raise Forbidden(refusal(the_actor(), Action.SIGN_PAPER, carrier) or "")
        form = form_of(carrier)(formdata=None)
        form.version.data = carrier.version
        return page(carrier, form)

    def do_change(carrier: C) -> Answer:
        form = form_of(carrier)()
        status = web.attempt(
            form,
            lambda: chain.approve_with_changes(
                carrier.document,
                form.changes(),
                version=form.version.data,
                opinion=form.opinion.data or "",
                redate=bool(form.redate.data),
                actor=the_actor(),
            ),
            named=form.named,
        )
        if status is not None:
            return page(carrier, form), status
        flash("Đã sửa và duyệt. Chỗ sửa được giữ trong chuỗi xử lý.", "good")
        return desk.back(carrier)

    def form_of(carrier: C) -> type[ChangesForm]:
        return words_form(desk.course(carrier).words(), ChangesForm, name=desk.field_name)

    def page(carrier: C, form: ChangesForm) -> str:
        course = desk.course(carrier)
        return render_template(
            "papers/approve_with_changes.html",
            title=CHANGE,
            desk=desk,
            carrier=carrier,
            form=form,
            words=course.words(),
            short=course.short_dates(),
            path=desk.path(carrier, CHANGE),
            state=state_of(carrier),
        )

    path, name = "approve-with-changes", "approve_with_changes"
    desk.add(path, name, change, action=Action.APPROVE_PAPER)
    desk.add(path, f"do_{name}", do_change, action=Action.APPROVE_PAPER, method="POST")
