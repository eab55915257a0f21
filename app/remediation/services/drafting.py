"""Draft tasks: proposed from the agreed findings, adjusted by the drafter, issued with the notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import proposals
from app.deadlines import queries as deadlines
from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import MilestoneKind
from app.deadlines.settings import MAX_MILESTONES
from app.deadlines.working_days import Calendar, add_working_days, explain
from app.errors import Conflict, DomainError, NotFound, WrongState
from app.extensions import db
from app.findings.models import Finding, FindingState
from app.form_library import queries as forms
from app.inspections import holds
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection
from app.policy import Action, Actor, authorise
from app.remediation.codes import next_codes
from app.remediation.models import ExpectedResult, Product, Task, TaskState
from app.remediation.queries import find_withdrawn, planned_for
from app.remediation.services.guards import about, ask_draft, index_task, touch
from app.remediation.values import ProductValues, TaskValues
from app.units.models import Unit
from app.workflow import hold

DATED = frozenset({DeadlineKind.FIXED, DeadlineKind.AT_ONCE})
REVIEW_DAYS = 20
"""Working days to the first review where the form names none."""
REGULAR_REASON = "Thực hiện thường xuyên theo kỳ"


def propose(
    inspection: Inspection, inspected_units: Iterable[InspectedUnit], *, start_on: date, actor: Actor
) -> list[Task]:
    """One draft task for each agreed finding that has none and needs one; returns the new ones.

    Dates run from `start_on` (the day the notice is expected to be issued) and are gathered into at most
    three milestones per unit. What was mended on the spot, or has a reason for no task, is left out. After a
    recall the words of the task that was withdrawn are proposed again; what was accepted is not asked twice.
    """
    authorise(actor, Action.PLAN_REMEDIATION, inspection)
    hold(inspection)  # planning goes one by one, and never beside an issue
    calendar = deadlines.current_calendar()
    terms = deadlines.milestone_terms(inspection.profile, start_on)
    made: list[Task] = []
    for unit in inspected_units:
        if unit.inspection_id != inspection.id:
            raise NotFound()
        holds.ask_free(unit.id)
        findings = _without_task(unit)
        counted = _counted(unit) if findings else []
        planned = _plan(findings, counted, inspection, start_on, calendar, terms)
        for task in counted:
            _gather(task, planned[_key(task)], start_on, calendar, terms, inspection, actor)
        for finding, code in zip(findings, next_codes(start_on.year, len(findings)), strict=True):
            made.append(_propose_one(inspection, unit, finding, planned.get(_key(finding)), code, start_on))
            db.session.flush()
            _count(made[-1], planned.get(_key(finding)), start_on, calendar, terms, inspection.profile)
            index_task(made[-1])
    db.session.flush()
    for task in made:
        audit.record("task_proposed", task, inspection, actor=actor, data=about(task))
    return made


def _without_task(unit: InspectedUnit) -> list[Finding]:
    return list(
        db.session.scalars(
            sa.select(Finding)
            .where(
                Finding.inspected_unit_id == unit.id,
                Finding.state == FindingState.AGREED,
                Finding.fixed_on_spot.is_(False),
                Finding.merged_into_id.is_(None),
                Finding.no_task_reason == "",
                ~planned_for(Finding.id),
                ~planned_for(Finding.id, TaskState.ACCEPTED),
            )
            .order_by(Finding.ordinal)
        )
    )


def _counted(unit: InspectedUnit) -> Sequence[Task]:
    """Draft tasks of the unit whose dates were counted, not typed: they share milestones with new ones."""
    return db.session.scalars(
        sa.select(Task)
        .where(
            Task.inspected_unit_id == unit.id,
            Task.state == TaskState.DRAFT,
            Task.due_on.is_not(None),
            Task.term_days.is_not(None),
        )
        .order_by(Task.id)
    ).all()


def _key(row: Finding | Task) -> str:
    return f"{row.__tablename__}-{row.id}"


def _plan(
    findings: Sequence[Finding],
    counted: Sequence[Task],
    inspection: Inspection,
    start_on: date,
    calendar: Calendar,
    terms: proposals.Terms,
) -> dict[str, proposals.Milestone]:
    """The milestone of each new finding and of each task that was counted before, by key."""
    version = inspection.form_version
    items = [proposals.Item(_key(task), task.term_days, task.deadline_kind) for task in counted]
    for finding in findings:
        definition = forms.criterion_definition(finding.scope_item.criterion, version)
        kind = DeadlineKind(definition.deadline_kind.value)
        items.append(proposals.Item(_key(finding), definition.remediation_days or None, kind))
    found = proposals.propose(items, start_on, calendar, deadlines.setting(MAX_MILESTONES), terms=terms)
    return {key: milestone for milestone in found for key in milestone.keys}


def _gather(
    task: Task,
    milestone: proposals.Milestone,
    start_on: date,
    calendar: Calendar,
    terms: proposals.Terms,
    inspection: Inspection,
    actor: Actor,
) -> None:
    """Let a task that was proposed earlier keep one date with the new ones of its milestone."""
    before = (task.milestone, task.due_on, task.report_due_on)
    if before == (milestone.kind, milestone.complete_on, milestone.report_on):
        return
    task.milestone = milestone.kind
    task.due_on, task.report_due_on = milestone.complete_on, milestone.report_on
    _count(task, milestone, start_on, calendar, terms, inspection.profile)
    touch(task)
    audit.record(
        "task_dates_recounted", task, inspection, actor=actor, data={**about(task), "due_on": task.due_on}
    )


def _propose_one(
    inspection: Inspection,
    unit: InspectedUnit,
    finding: Finding,
    milestone: proposals.Milestone | None,
    code: str,
    start_on: date,
) -> Task:
    definition = forms.criterion_definition(finding.scope_item.criterion, inspection.form_version)
    kind = DeadlineKind(definition.deadline_kind.value)
    before = find_withdrawn(finding.id)
    task = Task(
        code=code,
        inspection_id=inspection.id,
        inspected_unit_id=unit.id,
        lead_unit_id=before.lead_unit_id if before else unit.unit_id,
        lead_person=before.lead_person if before else "",
        text=before.text
        if before
        else f"Khắc phục tồn tại, hạn chế về {_lower_first(definition.title)}, "
        f"bảo đảm yêu cầu “{definition.text.strip().rstrip('.;')}”",
        deadline_kind=kind,
        milestone=milestone.kind if milestone else MilestoneKind.LONG,
        follower_id=inspection.follower_id,
        findings=[finding],
        coordinating=list(before.coordinating) if before else [],
        results=[ExpectedResult(product=result.product, text=result.text) for result in before.results]
        if before
        else [ExpectedResult(product=Product.REPORT)],
    )
    if milestone:
        task.due_on, task.report_due_on = milestone.complete_on, milestone.report_on
    else:
        days = definition.remediation_days or REVIEW_DAYS
        task.term_days, task.counted_from = days, start_on
        task.review_on = add_working_days(start_on, days, deadlines.current_calendar())
        task.no_date_reason = REGULAR_REASON if kind is DeadlineKind.CONTINUING else "Chờ điều kiện thực hiện"
    db.session.add(task)
    return task


def _lower_first(text: str) -> str:
    """Keep an abbreviation's capitals: only a word whose second letter is small loses its capital."""
    return text[0].lower() + text[1:] if len(text) > 1 and text[1].islower() else text


def _count(
    task: Task,
    milestone: proposals.Milestone | None,
    start_on: date,
    calendar: Calendar,
    terms: proposals.Terms,
    profile: str,
) -> None:
    """Store with the date how it was counted."""
    if milestone is None or task.due_on is None:
        return
    task.term_days, task.counted_from = milestone.days, start_on
    task.rule = explain(start_on, terms.remediation.of(milestone.days), task.due_on)
    task.profile, task.rule_number, task.calendar_version = profile, terms.number, calendar.version


def add_task(inspected_unit: InspectedUnit, values: TaskValues, *, actor: Actor) -> Task:
    """A task of the drafter's own, for several findings or for none."""
    inspection = inspected_unit.inspection
    authorise(actor, Action.PLAN_REMEDIATION, inspection)
    hold(inspection)  # planning goes one by one, and never beside an issue
    db.session.refresh(inspected_unit, ["state"])
    if inspected_unit.state is InspectedUnitState.CONCLUDED:
        raise WrongState(f"{inspected_unit.unit.name} đã có thông báo kết luận nên không thêm nội dung.")
    holds.ask_free(inspected_unit.id)
    _refuse_twin(inspected_unit, values)
    task = Task(
        code=next_codes(clock.today().year, 1)[0],
        inspection_id=inspection.id,
        inspected_unit_id=inspected_unit.id,
        text=values.text,
        lead_unit_id=values.lead_unit_id,
        deadline_kind=values.deadline_kind,
        milestone=values.milestone,
    )
    task.inspection, task.inspected_unit = inspection, inspected_unit
    _apply(task, values)
    db.session.add(task)
    db.session.flush()
    index_task(task)
    audit.record("task_added", task, inspection, actor=actor, data=about(task))
    return task


def _refuse_twin(inspected_unit: InspectedUnit, values: TaskValues) -> None:
    """The same form sent twice makes one task: no two drafts of a unit ask the same of the same body."""
    twin = db.session.scalar(
        sa.select(Task.code).where(
            Task.inspected_unit_id == inspected_unit.id,
            Task.state == TaskState.DRAFT,
            Task.text == values.text.strip(),
            Task.lead_unit_id == values.lead_unit_id,
        )
    )
    if twin is not None:
        raise Conflict(
            f"Nội dung này đã được thêm, mã {twin}. Sửa {twin} hoặc ghi nội dung khác.", field="text"
        )


def edit_task(task: Task, values: TaskValues, *, actor: Actor, version: int | None = None) -> None:
    """Change a draft task. A date set by hand is kept as it is when the others are counted anew."""
    ask_draft(actor, task)
    check_version(task, version)
    before = (task.due_on, task.report_due_on, task.review_on)
    _apply(task, values)
    if (task.due_on, task.report_due_on, task.review_on) != before:
        forget_rule(task)
    touch(task)
    db.session.flush()
    index_task(task)
    audit.record("task_edited", task, task.case, actor=actor, data=about(task))


def forget_rule(task: Task) -> None:
    """A date set by hand was counted by nothing."""
    task.term_days, task.counted_from, task.rule, task.rule_number = None, None, "", None


def _apply(task: Task, values: TaskValues) -> None:
    text = values.text.strip()
    if len(text) < 3:
        raise DomainError("Nội dung cần khắc phục có ít nhất 03 ký tự.", field="text")
    lead = db.session.get(Unit, values.lead_unit_id)
    if lead is None or not lead.exists_on(clock.today()):
        raise DomainError("Chọn đơn vị chủ trì đang hoạt động.", field="lead_unit_id")
    _check_dates(values)
    dated = values.deadline_kind in DATED
    task.text, task.lead_unit_id, task.lead_unit = text, lead.id, lead
    task.lead_person = values.lead_person.strip()
    task.follower_id = values.follower_id
    task.deadline_kind, task.milestone = values.deadline_kind, values.milestone
    task.due_on = values.due_on if dated else None
    task.report_due_on = values.report_due_on if dated else None
    task.review_on = None if dated else values.review_on
    task.no_date_reason = "" if dated else values.no_date_reason.strip() or _default_reason(values)
    task.findings = _findings(task, values.finding_ids)
    task.coordinating = _units(unit_id for unit_id in values.coordinating_unit_ids if unit_id != lead.id)
    products = values.products or (ProductValues(Product.OTHER),)
    if [(r.product, r.text) for r in task.results] != [(p.product, p.text.strip()) for p in products]:
        task.results = [ExpectedResult(product=p.product, text=p.text.strip()) for p in products]


def _default_reason(values: TaskValues) -> str:
    return REGULAR_REASON if values.deadline_kind is DeadlineKind.CONTINUING else ""


def _check_dates(values: TaskValues) -> None:
    if values.deadline_kind in DATED:
        if values.due_on is None:
            raise DomainError("Nhập thời hạn hoàn thành.", field="due_on")
        if values.report_due_on is not None and values.report_due_on < values.due_on:
            raise DomainError("Thời hạn báo cáo không được trước thời hạn hoàn thành.", field="report_due_on")
        return
    if values.review_on is None:
        raise DomainError("Nội dung không có thời hạn thì ghi ngày rà soát.", field="review_on")
    if values.deadline_kind is DeadlineKind.CONDITIONAL and not values.no_date_reason.strip():
        raise DomainError("Ghi điều kiện đang chờ.", field="no_date_reason")


def _findings(task: Task, ids: Sequence[int]) -> list[Finding]:
    """The findings of the same inspected unit; NotFound for any other."""
    if not ids:
        return []
    found = db.session.scalars(
        sa.select(Finding)
        .where(Finding.id.in_(ids), Finding.inspected_unit_id == task.inspected_unit_id)
        .order_by(Finding.ordinal)
    ).all()
    if len(found) != len(set(ids)):
        raise DomainError("Chọn tồn tại, hạn chế của chính đơn vị này.", field="finding_ids")
    return list(found)


def _units(ids: Iterable[int]) -> list[Unit]:
    wanted = list(dict.fromkeys(ids))
    found = db.session.scalars(sa.select(Unit).where(Unit.id.in_(wanted)).order_by(Unit.id)).all()
    if len(found) != len(wanted):
        raise DomainError("Chọn đơn vị phối hợp trong danh mục.", field="coordinating_unit_ids")
    return list(found)


def remove_task(task: Task, *, actor: Actor) -> None:
    """Take a draft task away; its findings are without a task again."""
    ask_draft(actor, task)
    data = about(task)
    inspection = task.case
    task.findings, task.coordinating = [], []
    db.session.delete(task)
    db.session.flush()
    audit.record("task_removed", inspection, actor=actor, data=data)
