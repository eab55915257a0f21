"""The quick question and the matrix."""

from __future__ import annotations

from flask import render_template, request, url_for
from markupsafe import Markup

from app import clock, web
from app.errors import DomainError
from app.form_library import queries as forms
from app.form_library.models import FormVersion
from app.policy import Action, can
from app.register import asking, matrix, queries, typed
from app.register.asking import Answer, Question
from app.register.forms import PeriodForm, QuestionForm
from app.register.views.common import (
    bp,
    history_of,
    read_period,
    state_of,
    this_year,
    told,
    units_offered,
)
from app.units.models import UNIT_TYPE_LABELS, UnitType
from app.web import read_id
from app.web.access import requires, the_actor

PERIOD = {"starts_on", "ends_on"}


@bp.get("")
@requires(Action.VIEW_REGISTER)
def index() -> tuple[str, int]:
    """Nội dung đã kết luận."""
    actor = the_actor()
    version = forms.whole_latest_version()
    level = asking.office_level()
    asked = "unit" in request.args
    form = QuestionForm(request.args if asked else None)
    form.offer(
        [
            *(
                (item.key, f"{item.key} – {item.title}")
                for group in version.groups
                for item in group.criteria
            ),
            *((item.key, f"{item.key} – {item.title} (phiếu trước)") for item in forms.list_former(version)),
        ],
        [(item.code, item.name) for item in forms.list_fields()],
    )
    answer = _answer(form, version, level) if asked else None
    period = PeriodForm(request.args)
    days = read_period(period)
    first, last = days or this_year()
    mistyped = days is None and not asked and bool(PERIOD & request.args.keys())
    if not asked:
        form.starts_on.data, form.ends_on.data = first, last
    names = queries.list_names(actor)
    narrow = _narrow(version)
    wanted = read_id(request.args.get("rows"))
    size = wanted if wanted in matrix.PAGES else matrix.PAGES[0]
    view = matrix.build(
        actor,
        version,
        names,
        *typed.period(first, last),
        level=level,
        narrow=narrow,
        size=size,
        cursor=web.cursor_of_address(str, int),
    )
    unit = answer.question.unit if answer else None
    page = render_template(
        "register/index.html",
        form=form,
        answer=answer,
        told=told(answer) if answer else (),
        state=state_of(answer) if answer else None,
        units=units_offered(names),
        view=view,
        heads=[(group.code, group.short_title) for group in view.groups],
        rows=_matrix_rows(view),
        chosen_days=period if mistyped else PeriodForm(formdata=None, starts_on=first, ends_on=last),
        narrow=narrow,
        size=size,
        sizes=matrix.PAGES,
        groups=version.groups,
        types={kind: UNIT_TYPE_LABELS[kind] for kind in matrix.types_of(names)},
        knows_holds=queries.sees_holds(actor),
        unit=unit,
        entries=history_of(unit) if unit else (),
        may_record=can(actor, Action.RECORD_CONCLUSION),
    )
    return page, 422 if mistyped or (asked and answer is None) else 200


def _answer(form: QuestionForm, version: FormVersion, level: int) -> Answer | None:
    """The answer to a good question; the form shows what is wrong with another."""
    if not form.validate():
        return None
    actor = the_actor()
    try:
        days = typed.period(form.starts_on.data, form.ends_on.data)
        criterion = typed.find_criterion(form.criterion.data or "", version)
        visible = queries.visible_units(actor)
        question = Question(
            unit=typed.find_unit(form.unit.data or "", on=clock.today(), visible=visible),
            criterion=criterion,
            starts_on=days[0],
            ends_on=days[1],
            field=typed.find_field(form.field.data or "", criterion),
        )
        return asking.ask(question, level=level, concluded_only=not queries.sees_holds(actor))
    except DomainError as error:
        form.refuse(error.message, error.field)
        return None


def _narrow(version: FormVersion) -> matrix.Narrow:
    """The filters of the matrix in the address; what is none of them filters nothing."""
    kind, only = request.args.get("type", ""), request.args.get("only", "")
    group = read_id(request.args.get("group"))
    return matrix.Narrow(
        text=request.args.get("q", "")[:200],
        type=UnitType(kind) if kind in set(UnitType) else None,
        group_id=group if group in {item.id for item in version.groups} else None,
        only=matrix.Only(only) if only in set(matrix.Only) else None,
    )


def _matrix_rows(view: matrix.Matrix) -> list[web.MatrixRow]:
    first, last = view.starts_on.isoformat(), view.last_day.isoformat()
    rows: list[web.MatrixRow] = []
    for line in view.page:
        link = Markup('<a href="{}">{}</a>').format(url_for(".unit", unit_id=line.unit.id), line.unit.name)
        cells = [
            web.Cell(
                tally.kind,
                url_for(".group", unit_id=line.unit.id, group_id=group.id, starts_on=first, ends_on=last),
                done=tally.touched,
                total=tally.total,
                partly=tally.partly,
            )
            for group, tally in zip(view.groups, line.tallies, strict=True)
        ]
        rows.append(web.MatrixRow(link, line.remark, line.left, line.total, cells))
    return rows
