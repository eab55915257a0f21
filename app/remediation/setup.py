"""What remediation tells the rooms below: how what was concluded is mended, what holds it, what is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from flask import Flask, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import lazyload

from app import clock
from app.deadlines import steps
from app.deadlines.badge import progress
from app.deadlines.models import STEP_LABELS
from app.deadlines.moved import Moved, MovedDates, add_counter
from app.deadlines.working_days import Calendar
from app.documents.composers import Composer, add_composer
from app.documents.kinds import DocumentKind
from app.extensions import db
from app.fieldwork import panels as fieldwork
from app.fieldwork.panels import Asked
from app.findings.models import Finding
from app.form_library.models import Criterion
from app.inspections.models import InspectedUnit, ScopeItem
from app.policy import Action, Actor, can
from app.register import holds as conclusions
from app.register.models import Conclusion, ConclusionState, MandateKind
from app.register.panels import Concluded, add_section, provide_remediation_states
from app.remediation import letters, queries, services, unit_papers
from app.remediation.lateness import due_words, position
from app.remediation.models import PRODUCT_LABELS, Task, TaskState
from app.remediation.queries import FAR, relies_on
from app.remediation.services import past
from app.remediation.services.sightings import told as told_of
from app.units import holds
from app.vietnamese import count, format_date


def remediation_states(contents: Collection[Concluded]) -> Mapping[Concluded, str]:
    """“Đã hoàn thành đúng hạn”, “Đang thực hiện quá hạn (02 nội dung)”: one read for a whole page."""
    rows = db.session.execute(
        sa.select(Task, ScopeItem.unit_id, Criterion.key, Conclusion.id)
        .join(Task.findings)
        .join(ScopeItem, ScopeItem.id == Finding.scope_item_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .join(Conclusion, Conclusion.document_id == Task.document_id)
        .where(
            Conclusion.id.in_({one.conclusion_id for one in contents}),
            ScopeItem.unit_id.in_({one.unit_id for one in contents}),
            Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN)),
        )
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()
    told: dict[Concluded, list[str]] = defaultdict(list)
    today = clock.today()
    for task, unit_id, key, conclusion_id in rows:
        told[Concluded(unit_id, key, conclusion_id)].append(progress(position(task), today).label)
    for (unit_id, conclusion_id), labels in _of_the_past(contents, today).items():
        for one in contents:
            if (one.unit_id, one.conclusion_id) == (unit_id, conclusion_id):
                told[one] += labels
    wanted = set(contents)
    return {one: _words(labels) for one, labels in told.items() if one in wanted}


def _of_the_past(contents: Collection[Concluded], today: date) -> dict[tuple[int, int], list[str]]:
    """By unit and past notice: what is still asked of the unit as a whole, whatever the criterion."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for task in db.session.scalars(
        sa.select(Task)
        .where(
            Task.conclusion_id.in_({one.conclusion_id for one in contents}),
            Task.concluded_unit_id.in_({one.unit_id for one in contents}),
            Task.state != TaskState.WITHDRAWN,
        )
        .options(lazyload(Task.results))
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
    ):
        assert task.concluded_unit_id is not None and task.conclusion_id is not None
        found[(task.concluded_unit_id, task.conclusion_id)].append(progress(position(task), today).label)
    return found


def past_tasks(conclusion: Conclusion, actor: Actor) -> Markup | None:
    """On the page of a past notice: what is still asked, and where to add to it."""
    if conclusion.mandate.kind is not MandateKind.HISTORIC:
        return None
    tasks = queries.list_of_notice(actor, conclusion)
    may_add = conclusion.state is ConclusionState.IN_FORCE and can(actor, Action.RECORD_CONCLUSION)
    if not tasks and not may_add:
        return None
    return Markup(
        render_template("remediation/_past.html", conclusion=conclusion, tasks=tasks, may_add=may_add)
    )


def riding(place: InspectedUnit, actor: Actor) -> Markup | None:
    """On the pages of a unit under inspection: how many tasks of earlier it still has."""
    number = queries.count_old(place)
    return Markup(render_template("remediation/_riding.html", place=place, number=number)) if number else None


def seen_at(place: InspectedUnit) -> list[str]:
    """For the minutes: what the team saw of every old task, in the order of their dates."""
    return [
        f"{row.task.source.citation}: {row.task.text.rstrip('.;')}: {told_of(row.seen)}"
        for row in queries.list_old(place)
        if row.seen is not None and row.task.source is not None
    ]


def asked_of(units: Sequence[InspectedUnit]) -> list[Asked]:
    """For the team's report: what each unit is to mend, by whom, until when."""
    return [
        Asked(
            ref=f"task:{task.id}",
            inspected_unit_id=task.inspected_unit_id or 0,
            text=task.text,
            lead="; ".join(part for part in (task.lead_unit.name, task.lead_person.strip()) if part),
            products="; ".join(
                f"{PRODUCT_LABELS[one.product]}: {one.text}"
                if one.text.strip()
                else PRODUCT_LABELS[one.product]
                for one in task.results
            ),
            due=due_words(task),
            report_due=format_date(task.report_due_on) if task.report_due_on else "",
        )
        for task in queries.list_asked([unit.id for unit in units])
    ]


def _words(labels: list[str]) -> str:
    counts = {label: labels.count(label) for label in dict.fromkeys(labels)}
    return "; ".join(
        label if len(labels) == 1 else f"{label} ({count(number)} nội dung)"
        for label, number in counts.items()
    )


def moved(calendar: Calendar, actor: Actor) -> MovedDates:
    """For the calendar: open tasks whose date it would count otherwise."""
    total, tasks = queries.list_moved(calendar, actor)
    return MovedDates(
        total,
        tuple(
            Moved(
                task.text, task.lead_unit.name, task.due_on, day, url_for("remediation.show", task_id=task.id)
            )
            for task, day in tasks
            if task.due_on is not None
        ),
    )


def moved_plans(calendar: Calendar, actor: Actor) -> MovedDates:
    """For the calendar: plans that units still owe and that it would count otherwise."""
    owed = queries.list_plans_owed(most=None) if actor.in_office else ()
    of = {one.date.id: one for one in owed}
    found = steps.otherwise([one.date for one in owed], calendar)
    return MovedDates(
        len(found),
        tuple(
            Moved(
                f"{STEP_LABELS[row.step]}: Thông báo số {of[row.id].notice.number_and_symbol}",
                of[row.id].unit.name, row.due_on, day,
                url_for("documents.show", document_id=of[row.id].notice.id),
            )
            for row, day in found
        ),
    )  # fmt: skip


def moved_answers(calendar: Calendar, actor: Actor) -> MovedDates:
    """For the calendar: answers to requests for more time that it would count otherwise."""
    owed = queries.list_answers_owed() if actor.in_office else ()
    waiting = {row.id: task for task, row in owed}
    found = steps.otherwise([row for _task, row in owed], calendar)
    return MovedDates(
        len(found),
        tuple(
            Moved(
                f"{STEP_LABELS[row.step]}: {waiting[row.id].code}", waiting[row.id].lead_unit.name,
                row.due_on, day, url_for("remediation.show", task_id=waiting[row.id].id),
            )
            for row, day in found
        ),
    )  # fmt: skip


COMPOSERS = (
    Composer(
        DocumentKind.REMINDER_LETTER, letters.compose_reminder, Action.EDIT_FOLLOW_UP,
        letters.reminder_misses, services.urge_by_paper, letters.reminder_effects,
    ),
    Composer(
        DocumentKind.EXTENSION_ANSWER, letters.compose_answer, Action.EDIT_FOLLOW_UP,
        letters.answer_misses, services.extend_by_paper, letters.answer_effects,
    ),
    Composer(
        DocumentKind.REMEDIATION_PLAN, unit_papers.compose_plan, Action.REPORT_PROGRESS,
        unit_papers.misses_tasks,
    ),
    Composer(
        DocumentKind.REMEDIATION_REPORT, unit_papers.compose_report, Action.REPORT_PROGRESS,
        unit_papers.misses_tasks,
    ),
)  # fmt: skip
"""Papers of remediation: two of the office, two of the unit."""


def register(_app: Flask) -> None:
    """Attach at start-up."""
    provide_remediation_states(remediation_states)
    add_counter(moved)
    add_counter(moved_answers)
    add_counter(moved_plans)
    holds.add(relies_on)
    conclusions.add(past.followed)
    conclusions.on_paper(past.join_paper)
    add_section(past_tasks)
    fieldwork.add_section(riding)
    fieldwork.provide_old_tasks(seen_at)
    fieldwork.provide_asked(asked_of)
    for composer in COMPOSERS:
        add_composer(composer)
