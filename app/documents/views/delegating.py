"""Ủy quyền ký: written delegations that the clerk recorded, and a new one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import web
from app.accounts import queries as accounts
from app.documents import authority
from app.documents.authority import Delegation
from app.documents.drafting import DelegationForm
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.papers.ways import GROUPS
from app.documents.views.papers import bp
from app.policy import OFFICE_ROLES, Action, Role
from app.web.access import requires, the_actor

TITLE = "Ủy quyền ký văn bản"
SIGNED_HERE = (
    *GROUPS,
    DocumentKind.ANNOUNCEMENT,
    DocumentKind.MEMBER_REQUEST,
    DocumentKind.REPORT_OUTLINE,
    DocumentKind.EXTENSION_ANSWER,
    DocumentKind.REMINDER_LETTER,
    DocumentKind.CORRIGENDUM,
)
"""Kinds that the office signs."""


@bp.get("/documents/delegations")
@requires(Action.RECORD_DELEGATION)
def delegations() -> str:
    """All of them, and the form of a new one."""
    return _page(_filled(DelegationForm(formdata=None)))


@bp.post("/documents/delegations")
@requires(Action.RECORD_DELEGATION)
def record_delegation() -> AnyResponse | tuple[str, int]:
    """Record one."""
    form = _filled(DelegationForm())

    def act() -> None:
        assert form.basis_on.data and form.starts_on.data and form.ends_on.data  # InputRequired
        authority.record_delegation(
            Delegation(
                giver_id=form.giver_id.data,
                taker_id=form.taker_id.data,
                basis=form.basis.data or "",
                basis_on=form.basis_on.data,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                kinds=tuple(DocumentKind(kind) for kind in form.kinds.data or ()),
            ),
            actor=the_actor(),
        )

    status = web.attempt(form, act)
    if status is not None:
        return _page(form), status
    flash("Đã ghi nhận văn bản ủy quyền.", "good")
    return redirect(url_for(".delegations"), 303)


def _filled(form: DelegationForm) -> DelegationForm:
    leaders = [(str(person.id), person.name) for person in accounts.list_holders(Role.LEADER)]
    people = {person.id: person for person in accounts.list_holders(*OFFICE_ROLES)}
    form.giver_id.choices = web.choices(leaders, blank="Chọn người ủy quyền")
    form.taker_id.choices = web.choices(
        [(str(person.id), person.name) for person in people.values()], blank="Chọn người được ủy quyền"
    )
    form.kinds.choices = web.choices([(kind.value, KIND_LABELS[kind]) for kind in SIGNED_HERE])
    return form


def _page(form: DelegationForm) -> str:
    return render_template(
        "papers/delegations.html",
        title=TITLE,
        form=form,
        delegations=authority.list_delegations(),
        kinds=KIND_LABELS,
    )
