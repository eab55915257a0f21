"""Autumn 2026: a case in fieldwork that another body's conclusion meets, one planned and partly refused, one
whose scope is reserved."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from app.example import cases, field
from app.example.organisation import actor, unit
from app.example.people import read
from app.extensions import db
from app.form_library import queries as forms
from app.inspections import services
from app.inspections.models import HalfDay, Inspection, InspectionKind
from app.register import entry
from app.register.models import Level, MandateKind

ONE_DAY = timedelta(days=1)


def case() -> Inspection:
    """The case in fieldwork."""
    return db.session.scalars(sa.select(Inspection).order_by(Inspection.id).offset(1).limit(1)).one()


def _draft() -> None:
    content = read("cases")["autumn"]
    cases.draft(
        cases.Plan(
            title="Kiểm tra trách nhiệm công vụ và tiếp nhận, giải quyết thủ tục hành chính năm 2026",
            kind=InspectionKind.PLANNED,
            units=("BA", "PT"),
            groups=tuple(content["groups"]),
            review_from=date(2026, 1, 1),
            review_to=None,
            visits=(
                ("BA", date(2026, 11, 20), HalfDay.WHOLE),
                ("PT", date(2026, 11, 26), HalfDay.MORNING),
            ),
        )
    )


def _decide() -> None:
    cases.decide(case(), 152, date(2026, 11, 9))
    cases.announce(case(), "Công văn số 3977/SNV-CCHC ngày 11/11/2026", date(2026, 11, 18))


def _open() -> None:
    field.open_visit(cases.inspected(case(), "BA").visits[0])


def _work() -> None:
    told = field.Told(read("cases")["autumn"]["units"]["BA"])
    unit = cases.inspected(case(), "BA")
    field.answer_all(unit, told, only=frozenset(told.content["met"]) | frozenset(told.content["short"]))
    field.tell_groups(unit, told)


def _overrun() -> None:
    """The inspectorate's conclusion arrives over contents that the team still holds."""
    told = read("cases")["autumn"]["overrun"]
    by_key = {criterion.key: criterion for criterion in forms.list_criteria(forms.latest_version().id)}
    entry.record(
        entry.Entry(
            kind=MandateKind.OTHER_BODY, body_name=told["body"], level=Level.PROVINCE,
            number_and_symbol=told["number"], concluded_on=told["since"], title=told["title"],
            lines=[
                entry.Said(unit(told["unit"]), [by_key[key]], told["from"], told["to"] + ONE_DAY, result)
                for key, result in told["results"].items()
            ],
        ),
        actor=actor("kehoach"),
    )  # fmt: skip


def _plan_next() -> None:
    cases.draft(
        cases.Plan(
            title="Kiểm tra chuyên đề cơ chế một cửa, quý IV năm 2026",
            kind=InspectionKind.THEMATIC,
            units=("LT", "LP", "AP", "BA", "PT"),
            groups=("KS", "MC"),
            review_from=date(2026, 4, 1),
            review_to=date(2026, 9, 30),
        )
    )


def _reserve() -> None:
    plan = cases.Plan(
        title="Kiểm tra kỷ luật, kỷ cương hành chính cuối năm 2026",
        kind=InspectionKind.PLANNED,
        units=("LP",),
        groups=("CĐ",),
        review_from=date(2026, 10, 1),
        review_to=date(2026, 12, 31),
    )
    services.reserve_scope(cases.draft(plan), version=None, actor=actor("kehoach"))


CHAPTERS = (
    (date(2026, 11, 5), 9, _draft),
    (date(2026, 11, 11), 14, _decide),
    (date(2026, 11, 20), 8, _open),
    (date(2026, 11, 20), 10, _work),
    (date(2026, 11, 20), 15, _overrun),
    (date(2026, 11, 20), 16, _plan_next),
    (date(2026, 11, 20), 17, _reserve),
)
