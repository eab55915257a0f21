"""Trách nhiệm về tồn tại đã kết luận, and cases passed on: the office's lists."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import render_template, request, url_for

from app import clock, web
from app.findings.models import FindingState
from app.policy import Action
from app.responsibility import queries
from app.responsibility.models import ANSWERS_LABELS, MEASURE_LABELS, RECOMMENDED, Answers, Measure
from app.responsibility.views.blueprint import bp
from app.web.access import requires

TITLE = "Trách nhiệm, xử lý"
CASES = "Vụ việc chuyển cơ quan có thẩm quyền"
Choice = TypeVar("Choice", bound=StrEnum)


def _choice(kind: type[Choice], text: str) -> Choice | None:
    return kind(text) if text in set(kind) else None


def filters_of_address() -> queries.Filters:
    """What the address narrows a list to; what it does not know is left out."""
    told = request.args
    return queries.Filters(
        state=told.get("state", ""),
        unit_id=web.read_id(told.get("unit")),
        measure=_choice(Measure, told.get("measure", "")),
        kind=_choice(Answers, told.get("kind", "")),
        text=" ".join(told.get("q", "").split())[:200],
    )


def tabs(*, cases: bool) -> list[web.LinkItem]:
    """The two lists of the room."""
    return [
        web.LinkItem("Tồn tại, hạn chế đã kết luận", url_for(".index"), current=not cases),
        web.LinkItem(CASES, url_for(".cases"), current=cases),
    ]


@bp.get("/responsibility")
@requires(Action.VIEW_RESPONSIBILITY, queries.office)
def index(_office: None) -> str:
    """Who answers for each concluded finding, what was recommended, what was decided. Without any name."""
    today, filters = clock.today(), filters_of_address()
    figures = queries.figures(today)
    numbers = (figures.unset, figures.waiting, figures.late, figures.answered)
    counted = dict(zip(("unset", "waiting", "late", "answered"), numbers, strict=True))
    looks = {"unset": "", "waiting": "soon", "late": "over", "answered": "good"}
    cards = [
        web.NumberCard(
            number,
            queries.STATES[key],
            url_for(".index", state=key),
            looks[key],
            current=filters.state == key,
        )
        for key, number in counted.items()
    ]
    return render_template(
        "responsibility/index.html",
        title=TITLE,
        tabs=tabs(cases=False),
        cards=cards,
        figures=figures,
        filters=filters,
        states=queries.STATES,
        measures={one.value: MEASURE_LABELS[one] for one in RECOMMENDED},
        kinds=ANSWERS_LABELS,
        units=queries.list_units(FindingState.CONCLUDED, today),
        page=queries.list_rows(filters, today, web.cursor_of_address(int, int)),
        filtered=filters != queries.Filters(),
        at=today,
    )


@bp.get("/referrals")
@requires(Action.VIEW_RESPONSIBILITY, queries.office)
def cases(_office: None) -> str:
    """Where every passed-on case stands; those without an answer first of all in the cards."""
    today, filters = clock.today(), filters_of_address()
    counted = queries.count_cases(today)
    looks = {"unsent": "", "waiting": "soon", "late": "over", "answered": "good"}
    cards = [
        web.NumberCard(
            number, queries.CASE_STATES[key], url_for(".cases", state=key), looks[key],
            current=filters.state == key,
        )
        for key, number in counted.items()
    ]  # fmt: skip
    return render_template(
        "responsibility/cases.html",
        title=CASES,
        tabs=tabs(cases=True),
        cards=cards,
        filters=filters,
        states=queries.CASE_STATES,
        units=queries.list_units(FindingState.PASSED_ON, today),
        page=queries.list_cases(filters, today, web.cursor_of_address(int)),
        filtered=filters != queries.Filters(),
        at=today,
    )
