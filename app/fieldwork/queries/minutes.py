"""Reading minutes: who was there, what the answers say, and the document made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app.accounts import queries as accounts
from app.documents.content import OfficialDocument
from app.errors import NotFound
from app.extensions import db
from app.fieldwork import composing, panels
from app.fieldwork.composing import Basis, MinutesText, Point, Texts
from app.fieldwork.models import Answer, GroupNote, Minutes, MinutesState
from app.fieldwork.queries.sheet import locked_of
from app.findings import queries as findings
from app.findings.models import Finding, FindingState, UnitProposal
from app.form_library.models import Criterion, CriterionGroup
from app.form_library.values import Result
from app.inspections.models import InspectedUnit, ScopeItem, TeamRole, Visit
from app.inspections.queries import full_name, list_scope
from app.policy import Actor
from app.vietnamese import one_line


def get_visit(actor: Actor, visit_id: int) -> Visit:
    """A visit of a case this person may see as team or office. Raises NotFound."""
    found = db.session.get(Visit, visit_id)
    if found is None:
        raise NotFound()
    findings.get_inspected_unit(actor, found.inspected_unit_id)
    return found


def find_minutes(visit: Visit) -> Minutes | None:
    """The minutes of a visit, if they were begun."""
    return db.session.scalars(sa.select(Minutes).where(Minutes.visit_id == visit.id)).one_or_none()


def list_refused(visits: Sequence[Visit]) -> frozenset[int]:
    """Ids of those of `visits` whose minutes the unit did not sign."""
    return frozenset(
        db.session.scalars(
            sa.select(Minutes.visit_id).where(
                Minutes.visit_id.in_([visit.id for visit in visits]), Minutes.state == MinutesState.REFUSED
            )
        )
    )


def get_minutes(actor: Actor, visit_id: int) -> Minutes:
    """The minutes of a visit. Raises NotFound when there are none or the visit is not visible."""
    found = find_minutes(get_visit(actor, visit_id))
    if found is None:
        raise NotFound()
    return found


def list_unsigned(inspected_unit_id: int) -> Sequence[Finding]:
    """Findings that stand in no signed minutes yet, in the order of the form."""
    return db.session.scalars(
        sa.select(Finding)
        .join(ScopeItem, ScopeItem.id == Finding.scope_item_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .where(
            Finding.inspected_unit_id == inspected_unit_id,
            Finding.in_minutes.is_(False),
            Finding.state == FindingState.DRAFT,
        )
        .options(joinedload(Finding.scope_item).joinedload(ScopeItem.criterion).joinedload(Criterion.group))
        .order_by(Criterion.ordinal, Finding.ordinal)
    ).all()


def ordered_findings(minutes: Minutes) -> Sequence[Finding]:
    """The findings of these minutes in their order; before signing also those recorded since, at the end."""
    if minutes.document_id is not None:
        rows = db.session.scalars(
            sa.select(Finding)
            .where(Finding.id.in_(minutes.finding_ids))
            .options(
                joinedload(Finding.scope_item).joinedload(ScopeItem.criterion).joinedload(Criterion.group)
            )
        ).all()
    else:
        rows = list_unsigned(minutes.visit.inspected_unit_id)
    place = {finding_id: number for number, finding_id in enumerate(minutes.finding_ids)}
    return sorted(rows, key=lambda finding: (place.get(finding.id, len(place)), finding.ordinal))


def team_lines(visit: Visit) -> tuple[str, ...]:
    """“Nguyễn Văn Mẫu, Phó Giám đốc Sở Nội vụ, Trưởng đoàn”, in the order of the decision."""
    return tuple(full_name(member, visit.on_date) for member in visit.inspected_unit.inspection.members)


def unit_lines(visit: Visit) -> tuple[str, ...]:
    """Head and deputies of the unit on the day of the visit, with their posts."""
    held = accounts.list_people_of(visit.inspected_unit.unit_id, visit.on_date)
    leading = [a for a in held if a.kind in ("head", "deputy")]
    return tuple(f"{a.person.name}, {a.title}" for a in (leading or held[:1]))


def composed_texts(unit: InspectedUnit) -> Texts:
    """The sections as the answers say them now."""
    items = list_scope(unit.id)
    answers = {
        answer.scope_item_id: answer
        for answer in db.session.scalars(
            sa.select(Answer).where(Answer.scope_item_id.in_([item.id for item in items]))
        )
    }
    notes = db.session.scalars(
        sa.select(GroupNote)
        .join(CriterionGroup, CriterionGroup.id == GroupNote.group_id)
        .where(GroupNote.inspected_unit_id == unit.id, GroupNote.strengths != "")
        .options(joinedload(GroupNote.group))
        .order_by(CriterionGroup.ordinal)
    )
    proposals = db.session.scalars(
        sa.select(UnitProposal).where(UnitProposal.inspected_unit_id == unit.id).order_by(UnitProposal.id)
    )
    seen: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.id in answers:
            seen[item.criterion.group.short_title] += answers[item.id].looked_at
    papers = [composing.papers_line(group, looked_at) for group, looked_at in seen.items()]
    report = [f"- {unit.report_citation}"] if unit.report_citation else []
    fixed = [
        f"- {finding.scope_item.criterion.title}: {finding.fixed_note}"
        for finding in list_unsigned(unit.id)
        if finding.fixed_on_spot
    ]
    return Texts(
        supplied="\n".join([*report, *(line for line in papers if line)]),
        strengths="\n".join(f"- {note.group.short_title}: {one_line(note.strengths)}" for note in notes),
        fixed="\n".join(fixed),
        not_examined="\n".join(_not_examined(items, answers)),
        concluded="\n".join(_concluded(unit)),
        old_tasks="\n".join(f"- {line}" for line in panels.old_tasks_told(unit)),
        difficulties="\n".join(f"- {one_line(proposal.text)}" for proposal in proposals),
    )


def _not_examined(items: Sequence[ScopeItem], answers: dict[int, Answer]) -> list[str]:
    by_group: dict[str, list[str]] = defaultdict(list)
    for item in items:
        answer = answers.get(item.id)
        if answer is not None and answer.result is not Result.NOT_EXAMINED:
            continue
        field = f" ({item.field_label})" if item.field_label else ""
        reason = f": {answer.reason}" if answer is not None and answer.reason else ""
        by_group[item.criterion.group.short_title].append(
            f"{item.criterion.key} {item.criterion.title}{field}{reason}"
        )
    return [f"- {group}: {'; '.join(names)}" for group, names in by_group.items()]


def _concluded(unit: InspectedUnit) -> list[str]:
    groups = {item.criterion.group_id for item in list_scope(unit.id)}
    criteria = db.session.scalars(
        sa.select(Criterion)
        .where(Criterion.group_id.in_(groups))
        .options(lazyload(Criterion.parts))
        .order_by(Criterion.ordinal)
    ).all()
    return [
        f"- {row.key} {row.title}, thời kỳ {row.period}: {row.citation}" for row in locked_of(unit, criteria)
    ]


def point_of(finding: Finding) -> Point:
    """A finding as minutes print it."""
    criterion = finding.scope_item.criterion
    return Point(
        finding_id=finding.id,
        group=_bare(criterion.group.title),
        code=criterion.key,
        description=finding.description,
        total=finding.total,
        sample=finding.sample,
        failing=finding.failing,
        fixed=finding.fixed_on_spot,
    )


def _bare(title: str) -> str:
    """A group's title without its numeral: minutes count the groups they name themselves."""
    return title.partition(". ")[2] or title


def official_document(minutes: Minutes) -> OfficialDocument:
    """The minutes as an official document. Hours, place and people must be there."""
    assert minutes.opened_at is not None and minutes.closed_at is not None
    unit = minutes.visit.inspected_unit
    inspection = unit.inspection
    decision = inspection.decision
    by_role = {member.role: member.person.name for member in inspection.members}
    return composing.official(
        Basis(
            office=inspection.office_unit.name,
            decision=decision.number_and_symbol if decision else "",
            decided_on=decision.issued_on if decision else None,
            authority=inspection.authority or (decision.issuer_name if decision else ""),
            inspection_title=inspection.title,
            unit=unit.unit.name,
        ),
        MinutesText(
            place=minutes.place,
            opened_at=minutes.opened_at,
            closed_at=minutes.closed_at,
            team_present=tuple(minutes.team_present),
            unit_present=tuple(minutes.unit_present),
            texts=Texts(**minutes.sections["texts"]),
            points=tuple(point_of(finding) for finding in ordered_findings(minutes)),
            opinion=minutes.unit_opinion,
            requests=minutes.requests,
            copies=minutes.copies,
            unit_signer=minutes.unit_signatory,
            secretary=by_role.get(TeamRole.SECRETARY, ""),
            leader=by_role.get(TeamRole.LEADER, ""),
        ),
    )
