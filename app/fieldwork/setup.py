"""What fieldwork adds to the page of a case: columns of the table of units, papers, buttons, open parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from flask import Flask, render_template, url_for
from markupsafe import Markup

from app import clock
from app.deadlines import steps
from app.deadlines.models import STEP_LABELS
from app.deadlines.moved import Moved, MovedDates, add_counter
from app.deadlines.working_days import Calendar
from app.documents.composers import Composer, add_composer
from app.documents.kinds import DocumentKind
from app.extensions import db
from app.fieldwork import queries
from app.fieldwork.forms import JournalForm
from app.fieldwork.models import Answer, Minutes, MinutesState
from app.fieldwork.queries.owed_dates import list_owed
from app.fieldwork.report_lacks import missing_for_team_report
from app.fieldwork.services.answers import copy_answers
from app.fieldwork.services.ending import issue_team_report, list_ended
from app.fieldwork.states import MINUTES
from app.fieldwork.team_report import compose_team_report
from app.findings import queries as findings
from app.findings.models import Finding
from app.inspections import holds, panels
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
    Visit,
)
from app.inspections.panels import ActionLink, CellText, Paper, Section
from app.policy import Action, Actor, can
from app.vietnamese import count

OPEN = (InspectedUnitState.FIELDWORK, InspectedUnitState.PENDING)
JOURNAL_SHOWN = 5


def _ids(inspection: Inspection) -> list[int]:
    return [unit.id for unit in inspection.units]


def progress_cells(inspection: Inspection, actor: Actor) -> dict[int, CellText]:
    """“07/13” per unit, a link to the unit's form for those who may read it."""
    if not can(actor, Action.VIEW_FIELDWORK, inspection):
        return {}
    found = queries.progress_by_unit(_ids(inspection))
    return {
        unit_id: CellText(
            f"{count(row.done)}/{count(row.total)}", url_for("fieldwork.unit", inspected_unit_id=unit_id)
        )
        for unit_id, row in found.items()
    }


def finding_cells(inspection: Inspection, actor: Actor) -> dict[int, CellText]:
    """How many shortcomings each unit has."""
    if not can(actor, Action.VIEW_FIELDWORK, inspection):
        return {}
    found = findings.count_by_unit(_ids(inspection))
    return {
        unit_id: CellText(
            count(number), url_for("fieldwork.agreement", inspection_id=inspection.id, unit=unit_id)
        )
        for unit_id, number in found.items()
    }


def _minutes(inspection: Inspection) -> Sequence[Minutes]:
    return db.session.scalars(
        sa.select(Minutes)
        .join(Visit, Visit.id == Minutes.visit_id)
        .join(InspectedUnit, InspectedUnit.id == Visit.inspected_unit_id)
        .where(InspectedUnit.inspection_id == inspection.id)
        .order_by(Minutes.id)
    ).all()


def minutes_cells(inspection: Inspection, actor: Actor) -> dict[int, CellText]:
    """State of the latest minutes of each unit."""
    if not can(actor, Action.VIEW_FIELDWORK, inspection):
        return {}
    return {
        row.visit.inspected_unit_id: CellText(
            MINUTES.labels[row.state], url_for("fieldwork.minutes", visit_id=row.visit_id)
        )
        for row in _minutes(inspection)
    }


def opinion_cells(inspection: Inspection, actor: Actor) -> dict[int, CellText]:
    """What the unit said in its signed minutes: agreed, has a view of its own, did not sign."""
    if not can(actor, Action.VIEW_FIELDWORK, inspection):
        return {}
    cells = {}
    for row in _minutes(inspection):
        if row.state is MinutesState.REFUSED:
            cells[row.visit.inspected_unit_id] = CellText("Không ký biên bản")
        elif row.state is MinutesState.SIGNED:
            text = "Thống nhất" if row.unit_agrees else "Có ý kiến"
            cells[row.visit.inspected_unit_id] = CellText(text)
    return cells


def papers_of(inspection: Inspection, actor: Actor) -> list[Paper]:
    """Signed minutes of the case and the team's report."""
    if not can(actor, Action.VIEW_FIELDWORK, inspection):
        return []
    reports = [_report_paper(report, actor) for report in queries.list_team_reports(inspection)]
    return reports + [
        Paper(
            kind="Biên bản",
            title=f"Biên bản làm việc với {row.visit.inspected_unit.unit.name}",
            on=row.signed_on,
            url=url_for("fieldwork.minutes", visit_id=row.visit_id),
        )
        for row in _minutes(inspection)
        if row.state in (MinutesState.SIGNED, MinutesState.REFUSED)
    ]


def _report_paper(report: queries.TeamReport, actor: Actor) -> Paper:
    """The report, a link for those who may open the document."""
    url = ""
    if report.document_id is not None and actor.in_office:
        url = url_for("documents.show", document_id=report.document_id)
    return Paper(
        kind="Báo cáo của Đoàn", title=f"Báo cáo kết quả kiểm tra số {report.citation}", on=report.on, url=url
    )


def _unit_under_way(inspection: Inspection, actor: Actor) -> InspectedUnit | None:
    """The unit whose form a member of the team opens: one assigned to them before any other."""
    units = [
        unit
        for unit in inspection.units
        if unit.state is InspectedUnitState.FIELDWORK and can(actor, Action.RECORD_ANSWER, unit)
    ]
    member = inspection.member_of(actor.person_id)
    assigned = {one.inspected_unit_id for one in member.assignments} if member is not None else set()
    return next((unit for unit in units if unit.id in assigned), units[0] if units else None)


def actions_of(inspection: Inspection, actor: Actor) -> list[ActionLink]:
    """The form of the unit under way, the agreement page, and the report once a unit has ended."""
    if inspection.state is InspectionState.DRAFT or not can(actor, Action.VIEW_FIELDWORK, inspection):
        return []
    unit = _unit_under_way(inspection, actor)
    links = (
        []
        if unit is None
        else [
            ActionLink(
                "Mở phiếu kiểm tra",
                url_for("fieldwork.unit", inspected_unit_id=unit.id),
                primary=True,
                icon="clipboard-check",
            )
        ]
    )
    links += [
        ActionLink(
            "Tổng hợp, thống nhất",
            url_for("fieldwork.agreement", inspection_id=inspection.id),
            icon="list-check",
        )
    ]
    over = inspection.state is InspectionState.FIELDWORK_ENDED
    ended = inspection.state is InspectionState.IN_PROGRESS and list_ended(inspection)
    if (over or ended) and can(actor, Action.END_FIELDWORK, inspection):
        address = url_for("fieldwork.ask_report", inspection_id=inspection.id)
        links.append(ActionLink("Ghi nhận báo cáo của Đoàn", address, primary=over))
    return links


def parts_left(inspection: Inspection, actor: Actor) -> Markup | None:
    """Who still has which part to close, while a unit is being inspected."""
    units = [unit for unit in inspection.units if unit.state in OPEN]
    if inspection.state is not InspectionState.IN_PROGRESS or not units:
        return None
    if not can(actor, Action.VIEW_FIELDWORK, inspection):
        return None
    return Markup(render_template("fieldwork/_parts.html", rows=queries.list_open_parts(inspection.id)))


def journal_of(inspection: Inspection, actor: Actor) -> Markup | None:
    """The last lines of Nhật ký Đoàn, and for the team the form to write one."""
    if inspection.state is InspectionState.DRAFT or not can(actor, Action.VIEW_FIELDWORK, inspection):
        return None
    found = queries.list_journal(inspection.id, limit=JOURNAL_SHOWN + 1)
    writes = can(actor, Action.RECORD_ANSWER, inspection)
    html = render_template(
        "fieldwork/_journal.html",
        inspection=inspection,
        lines=found[:JOURNAL_SHOWN],
        more=len(found) > JOURNAL_SHOWN,
        form=JournalForm(formdata=None, data={"on_date": clock.today()}) if writes else None,
    )
    return Markup(html)


def kept_by_findings(scope_item_ids: Collection[int]) -> str | None:
    """What the team found stays until its leader has decided about it: nothing of it is lost in silence."""
    keys = findings.list_undecided_keys(scope_item_ids)
    if not keys:
        return None
    return (
        f"Còn tồn tại, hạn chế đã ghi tại {', '.join(keys)}. Trưởng đoàn chuyển cơ quan có thẩm quyền, "
        "hoặc không đưa vào kết luận và nêu lý do, trước khi đình chỉ nội dung này."
    )


def kept_by_an_answer(scope_item_id: int) -> str | None:
    """What was assessed or found at a unit is not asked of another one."""
    item = db.session.get_one(ScopeItem, scope_item_id)
    known = db.session.scalar(sa.select(Answer.id).where(Answer.scope_item_id == scope_item_id).limit(1))
    found = db.session.scalar(sa.select(Finding.id).where(Finding.scope_item_id == scope_item_id).limit(1))
    if known is None and found is None:
        return None
    return (
        f"nội dung {item.criterion.key} của {item.unit.name} đã có kết quả kiểm tra, chỉ về những ngày nay "
        "thuộc đơn vị kế thừa nên không chuyển được."
    )


def moved(calendar: Calendar, actor: Actor) -> MovedDates:
    """For the calendar: reports and notices still owed that it would count otherwise."""
    owed = {one.date.id: one for one in list_owed(actor)}
    found = steps.otherwise([one.date for one in owed.values()], calendar)
    return MovedDates(
        len(found),
        tuple(
            Moved(
                f"{STEP_LABELS[row.step]}: {owed[row.id].unit.inspection.short_name}",
                owed[row.id].unit.unit.name,
                row.due_on,
                day,
                url_for("inspections.show", inspection_id=owed[row.id].unit.inspection_id),
            )
            for row, day in found
            if owed[row.id].seen
        ),
    )


def register(_app: Flask) -> None:
    """Attach to the page of a case."""
    holds.add_to_scope(kept_by_findings)
    holds.follow_split(copy_answers)
    holds.add_item(kept_by_an_answer)
    add_composer(
        Composer(
            DocumentKind.TEAM_REPORT, compose_team_report, Action.DRAFT_TEAM_REPORT,
            missing=missing_for_team_report, take_effect=issue_team_report,
        )
    )  # fmt: skip
    add_counter(moved)
    panels.add_column("progress", progress_cells)
    panels.add_column("findings", finding_cells)
    panels.add_column("minutes", minutes_cells)
    panels.add_column("opinion", opinion_cells)
    panels.add_papers(papers_of)
    panels.add_actions(actions_of)
    panels.add_section(Section("parts", "Phân công và phần việc còn thiếu", parts_left, order=20))
    panels.add_section(Section("journal", "Nhật ký Đoàn", journal_of, order=60))
