"""Dán từ Excel: a block is pasted, previewed line by line, then written line by line."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.errors import DomainError
from app.extensions import db
from app.followup import pasting, queries
from app.followup.forms import PasteForm, filters_of
from app.followup.pasting import Block, Told
from app.followup.queries import Line
from app.followup.views.table import bp, kept, versions
from app.policy import Action
from app.remediation import queries as remediation
from app.vietnamese import count
from app.web.access import requires, the_actor

TITLE = "Dán từ Excel"


def _first() -> Line | None:
    """The line from which on a block without codes is pasted."""
    start = web.read_id(request.args.get("start"))
    return queries.find_line(the_actor(), start) if start else None


def _page(form: PasteForm, told: Sequence[Told] = (), block: Block | None = None, done: int = 0) -> str:
    """The form; with what each line would change, or with what is left after the others were written."""
    rank = {"error": 0, "changed": 1, "same": 2}
    counts = {key: sum(line.outcome == key for line in told) for key in rank}
    return render_template(
        "followup/paste.html",
        title=TITLE,
        form=form,
        told=sorted(told, key=lambda line: (rank[line.outcome], line.number)),
        counts=counts,
        block=block,
        done=done,
        start=None if block is not None else _first(),
        heads=list(pasting.CELLS.values()),
        most=pasting.MOST,
        kept=kept(),
        path=[web.Crumb("Theo dõi khắc phục", url_for(".index", **kept())), web.Crumb(TITLE)],
    )


@bp.get("/follow-up/paste")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def paste(_followed: remediation.Followed) -> str:
    """Where the block goes, and which columns are read; ?start= begins at that line of the table."""
    return _page(PasteForm(formdata=None))


def _read(form: PasteForm) -> tuple[Block, dict[str, Line]]:
    actor, start = the_actor(), web.read_id(request.args.get("start"))
    codes = None
    if start:
        beside = queries.lines_from(actor, filters_of(request.args.to_dict()), start, pasting.MOST)
        codes = [line.code for line in beside]
    block = pasting.read(form.text.data or "", codes)
    return block, queries.lines_of_codes(actor, {row.code for row in block.rows})


@bp.post("/follow-up/paste")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def preview_paste(_followed: remediation.Followed) -> str | tuple[str, int]:
    """What each line would change; nothing is written."""
    form = PasteForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        block, lines = _read(form)
        told = pasting.preview(block, lines, actor=the_actor())
    except DomainError as error:
        status = web.refused(form, error)
        return _page(form), status
    db.session.rollback()
    return _shown(form, block, told), 422 if any(line.problems for line in told) else 200


@bp.post("/follow-up/paste/apply")
@requires(Action.EDIT_FOLLOW_UP, remediation.get_followed)
def apply_paste(_followed: remediation.Followed) -> Response | str | tuple[str, int]:
    """Write line by line; lines that are refused come back as they were typed, each with its reason."""
    form = PasteForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        block, lines = _read(form)
        done, left = pasting.apply(block, lines, versions(), actor=the_actor())
        db.session.commit()
    except DomainError as error:
        status = web.refused(form, error)
        return _page(form), status
    if left:
        rest = Block(
            block.heads, tuple(row for row in block.rows if row.number in {line.number for line in left})
        )
        return _shown(form, rest, left, len(done)), 409
    flash(f"Đã ghi {count(len(done))} dòng dán từ Excel.", "good")
    return redirect(url_for(".index", **kept()), 303)


def _shown(form: PasteForm, block: Block, told: Sequence[Told], done: int = 0) -> str:
    """The page with the block as it is from now on: every line with its code."""
    form.text.data, form.text.raw_data = block.text(), None
    return _page(form, told, block, done)
