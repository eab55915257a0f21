"""Hồ sơ sự việc của người đứng đầu: the list of heads for leaders, and each head's facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock, web
from app.policy import Action
from app.responsibility import heads as reading
from app.responsibility import queries
from app.responsibility.forms import PeriodForm
from app.responsibility.heads import Headship
from app.responsibility.record import Fact, record_of
from app.responsibility.views.blueprint import bp
from app.web.access import requires, the_actor

TITLE = "Hồ sơ sự việc của người đứng đầu"


@bp.get("/heads")
@requires(Action.LIST_HEADS, queries.office)
def heads(_office: None) -> str:
    """Heads by the name of their unit, without figures: nobody is ranked."""
    text = " ".join(request.args.get("q", "").split())[:200]
    return render_template(
        "responsibility/heads.html",
        title=TITLE,
        page=reading.list_heads(text, web.cursor_of_address(str, int)),
        text=text,
    )


@bp.get("/my-record")
@requires(Action.VIEW_OWN_RECORD)
def my_record() -> Response:
    """On to one's own record."""
    return redirect(url_for(".head_record", person_id=the_actor().person_id), 303)


def link_of(fact: Fact) -> str:
    """Where more of a fact stands, for a reader who may open it; "" for what only the record tells."""
    actor = the_actor()
    if not actor.in_office:
        if fact.unit_id not in actor.unit_ids:
            return ""
        if fact.task_id is not None:
            return url_for("remediation.show", task_id=fact.task_id)
        return url_for("documents.show", document_id=fact.document_id) if fact.document_id else ""
    if fact.task_id is not None:
        return url_for("remediation.show", task_id=fact.task_id)
    if fact.finding_id is not None:
        return url_for(".of_finding", finding_id=fact.finding_id)
    return url_for("documents.paper", paper_id=fact.paper_id)


def _period() -> tuple[PeriodForm, date, date]:
    """The days of the address; what cannot be read is told at its field and the year's days are shown."""
    today, form = clock.today(), PeriodForm(request.args)
    good = form.validate()
    start = form.start.data or date((form.end.data or today).year, 1, 1)
    end = form.end.data or max(today, start)
    if good and start > end:
        form.end.errors = [*form.end.errors, "Ngày cuối không trước ngày đầu."]
        good = False
    if not good:
        return form, date(today.year, 1, 1), today
    form.start.data, form.end.data = start, end
    return form, start, end


@bp.get("/heads/<int:person_id>/record")
@requires(Action.VIEW_HEAD_RECORD, reading.get_headship)
def head_record(head: Headship) -> str | tuple[str, int]:
    """The facts of a period, or of one figure of it (`show`)."""
    form, start, end = _period()
    found = record_of(head, start, end, actor=the_actor())
    show = request.args.get("show", "")
    keys = {figure.key for figure in found.figures}
    chosen = [figure for figure in found.figures if show not in keys or figure.key == show]
    kept: dict[str, Any] = {"start": start.isoformat(), "end": end.isoformat()}
    cards = [
        web.NumberCard(
            len(figure.facts), figure.label,
            url_for(".head_record", person_id=head.person.id, show=figure.key, **kept),
            current=figure.key == show,
        )
        for figure in found.figures
    ]  # fmt: skip
    own = the_actor().person_id == head.person.id
    html = render_template(
        "responsibility/head_record.html",
        title=TITLE,
        head=head,
        record=found,
        cards=cards,
        chosen=chosen,
        show=show if show in keys else "",
        form=form,
        start=start,
        end=end,
        kept=kept,
        own=own,
        link_of=link_of,
        moment=clock.now(),
        path=[] if own else [web.Crumb("Người đứng đầu", url_for(".heads")), web.Crumb(head.person.name)],
    )
    return (html, 422) if form.errors else html
