"""What the screens of the register share: the days asked for, answers in words with links, timelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request, url_for
from markupsafe import Markup

from app import clock, web
from app.errors import DomainError
from app.register import history, typed, wording
from app.register.asking import Answer, Block
from app.register.forms import PeriodForm
from app.register.queries import Named
from app.units.models import Unit
from app.web.access import the_actor

bp = Blueprint("register", __name__, url_prefix="/register")

UNITS_OFFERED = 400
ANSWER_STATES = {
    "free": web.State("idle", "Còn được kiểm tra"),
    "part": web.State("doing", "Đã kết luận một phần"),
    "done": web.State("final", "Đã kết luận"),
    "held": web.State("wait", "Đoàn khác đang kiểm tra"),
    "reserved": web.State("wait", "Đang được giữ chỗ"),
}
NOT_CONCLUDED = web.State("idle", "Chưa có kết luận")


@dataclass(frozen=True)
class Told:
    """A sentence of an answer with its paper as a link."""

    text: str | Markup


def this_year() -> tuple[date, date]:
    """From 1 January until today."""
    today = clock.today()
    return date(today.year, 1, 1), today


def period_or_this_year() -> tuple[date, date]:
    """The days of the address when they are some, else this year until today."""
    return read_period(PeriodForm(request.args)) or this_year()


def read_period(form: PeriodForm) -> tuple[date, date] | None:
    """The days that were typed; None when they are none, which the form then says at its fields."""
    first, last = form.starts_on.data, form.ends_on.data
    if not form.validate() or first is None or last is None:
        return None
    try:
        typed.period(first, last)
    except DomainError as error:
        form.refuse(error.message, error.field)
        return None
    return first, last


def told(answer: Answer) -> list[Told]:
    """Every sentence; a conclusion is a link to its page."""
    said = [Told(_linked(answer.sentence(block), block)) for block in answer.blocks]
    said += [Told(_linked(wording.lower_concluded(block.refusal), block)) for block in answer.warnings]
    said += [Told(sentence) for sentence in (*answer.near, *answer.rest_texts)]
    return said + [Told(former.sentence) for former in answer.past]


def told_briefly(answer: Answer) -> list[Told]:
    """The papers of an answer, a line each, as a table shows them."""
    lines: list[Told] = []
    for block in (*answer.blocks, *answer.warnings):
        remarks = [
            block.fields,
            wording.under(block.under),
            f"kế thừa từ {block.unit_name}" if block.inherited else "",
            "cấp dưới" if block in answer.warnings else "",
        ]
        remark = "; ".join(filter(None, remarks))
        said = wording.brief(block.refusal)
        lines.append(Told(_linked(f"{said} ({remark})" if remark else said, block)))
    return lines


def _linked(sentence: str, block: Block) -> str | Markup:
    if block.refusal.conclusion_id is None:
        return sentence
    source = wording.source(block.refusal)
    before, _, after = sentence.partition(source)
    url = url_for(".conclusion", conclusion_id=block.refusal.conclusion_id)
    return Markup('{}<a href="{}">{}</a>{}').format(before, url, source, after)


def state_of(answer: Answer) -> web.State:
    """Sign and word of an answer."""
    if answer.kind == "free" and answer.concluded_only:
        return NOT_CONCLUDED
    return ANSWER_STATES[answer.kind]


def units_offered(names: Sequence[Named]) -> list[str]:
    """What the field of a unit completes; beyond a few hundred it is typed."""
    today = clock.today()
    return [f"{item.version_on(today)[1]} (mã {item.code})" for item in names[:UNITS_OFFERED]]


def history_of(unit: Unit) -> list[web.TimelineEntry]:
    """The timeline of a unit with its papers as links."""
    found: list[web.TimelineEntry] = []
    for item in history.of_unit(the_actor(), unit):
        head: str | Markup = item.head
        if item.conclusion_id is not None:
            url = url_for(".conclusion", conclusion_id=item.conclusion_id)
            head = Markup('<a href="{}"><b>{}</b></a>').format(url, item.head)
        remark = Markup(", <i>{}</i>").format(item.remark) if item.remark else ""
        text = Markup("{} {}{}").format(head, item.text, remark) if item.head else item.text
        found.append(web.TimelineEntry(item.on, text, kind=item.kind, sealed=item.sealed))
    return found


def path_to(*crumbs: web.Crumb) -> list[web.Crumb]:
    """The path above a page of the register."""
    return [web.Crumb("Nội dung đã kết luận", url_for(".index")), *crumbs]
