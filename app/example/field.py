"""What a team does at a unit, told from the texts of `cases.yaml` through the services of fieldwork."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app import clock
from app.example.organisation import actor
from app.extensions import db
from app.fieldwork.composing import Texts
from app.fieldwork.models import GroupNote
from app.fieldwork.queries import minutes as reading
from app.fieldwork.services import answers, ending, minutes
from app.fieldwork.services import visits as visit_services
from app.findings import services as findings
from app.findings.models import Finding, FindingState, ProposalKind
from app.form_library import queries as forms
from app.form_library.builder import AnswerValues
from app.form_library.models import CriterionGroup
from app.form_library.schema import CriterionDefinition, Level, basis_in_force
from app.form_library.values import RatioValue, Result, SampleMethod
from app.inspections import queries as inspections
from app.inspections.models import InspectedUnit, ScopeItem, Visit
from app.remediation import queries as remediation
from app.remediation import services
from app.remediation.models import ProgressStatus
from app.remediation.values import SightingValues


@dataclass(frozen=True)
class Told:
    """What the story says of one unit: see `cases.yaml`."""

    content: Mapping[str, Any]

    def shortcomings(self, key: str) -> list[Mapping[str, Any]]:
        return list(self.content.get("short", {}).get(key, ()))

    def reason(self, kind: str, key: str) -> str:
        return str(self.content.get(kind, {}).get(key, ""))


def open_visit(visit: Visit) -> None:
    """The leader announces the decision in the hall."""
    visit_services.open_visit(visit, opened_at=clock.now(), actor=actor("truongdoan"))


def answer_all(unit: InspectedUnit, told: Told, *, only: frozenset[str] | None = None) -> None:
    """Each scope item gets the answer of the story; without a word in it, “đạt” on what the form asks."""
    who = actor("thuky")
    for item in inspections.list_scope(unit.id):
        key = item.criterion.key
        if only is None or key in only:
            definition = forms.criterion_definition(item.criterion, unit.inspection.form_version)
            _answer(item, definition, told, who)


def _answer(item: ScopeItem, definition: CriterionDefinition, told: Told, who: Any) -> None:
    key = item.criterion.key
    entries: list[answers.FindingEntry] = []
    if told.reason("na", key):
        values = AnswerValues(Result.NOT_APPLICABLE, na_reason=told.reason("na", key))
    elif told.reason("skip", key):
        values = AnswerValues(Result.NOT_EXAMINED, na_reason=told.reason("skip", key))
    elif told.shortcomings(key):
        first = told.shortcomings(key)[0]
        total, sample, failing = first["figures"]
        values = AnswerValues(
            Result.NOT_MET if failing * 2 >= sample else Result.PARTLY,
            looked_at=definition.evidence[:2],
            sample_method=SampleMethod.ALL if sample == total else SampleMethod.RANDOM,
            ratio=RatioValue(total, sample, failing),
        )
        entries = [
            answers.FindingEntry(_finding(entry, item, definition)) for entry in told.shortcomings(key)
        ]
    else:
        values = AnswerValues(Result.MET, looked_at=definition.evidence[:2])
    answers.save_row(item, answers.RowEntry(values, None, tuple(entries)), actor=who)


def _finding(
    entry: Mapping[str, Any], item: ScopeItem, definition: CriterionDefinition
) -> findings.FindingValues:
    total, sample, failing = entry["figures"]
    governing = [
        found.citation
        for reference in definition.legal_bases
        for found in basis_in_force(reference, item.starts_on, item.ends_on)
    ]
    return findings.FindingValues(
        description=entry["text"],
        severity=Level(entry["severity"]) if "severity" in entry else definition.level,
        total=total,
        sample=sample,
        failing=failing,
        sample_method=SampleMethod.ALL.value if sample == total else SampleMethod.RANDOM.value,
        basis=governing[0] if governing else "",
        subjective_causes=tuple(entry.get("subjective", ())),
        objective_causes=tuple(entry.get("objective", ())),
        responsible_collective=item.unit.name,
        responsible_post=entry.get("post", ""),
        head_responsible=bool(entry.get("head")),
        other_body=entry.get("other", ""),
        fixed_on_spot="fixed" in entry,
        fixed_note=entry.get("fixed", ""),
    )


def tell_groups(unit: InspectedUnit, told: Told) -> None:
    """Strengths by group, why a clean group is clean, and what the unit says for itself."""
    who = actor("thuky")
    groups = {group.code: group for group in forms.list_groups(unit.inspection.form_version_id)}
    for code, text in told.content.get("strengths", {}).items():
        answers.set_group_note(unit, groups[code], text, seen=None, actor=who)
    for code, (reason, sample) in told.content.get("clean", {}).items():
        note = _note(unit, groups[code])
        answers.set_clean(
            unit, groups[code], reason=reason, sample=sample, seen=note, actor=actor("truongdoan")
        )
    for kind, text, body in told.content.get("proposals", ()):
        findings.add_proposal(
            unit, findings.ProposalValues(ProposalKind(kind), text, answering_body=body), actor=who
        )


def _note(unit: InspectedUnit, group: CriterionGroup) -> Any:
    return db.session.scalar(
        sa.select(GroupNote.updated_at).where(
            GroupNote.inspected_unit_id == unit.id, GroupNote.group_id == group.id
        )
    )


def look_at_old_tasks(unit: InspectedUnit, told: Told) -> None:
    """The team sees what is left of an earlier notice, and says so without assessing anything."""
    who = actor("thuky")
    seen_of = {seen["of"]: seen for seen in told.content.get("old", ())}
    for row in remediation.list_old(unit):
        seen = seen_of.get(row.task.concerned.code)
        if seen is None:
            continue
        services.note_seen(
            remediation.Riding(unit, row.task),
            SightingValues(ProgressStatus(seen["status"]), seen["text"]),
            actor=who,
        )


def write_minutes(visit: Visit, told: Told, *, closed_hour: int) -> None:
    """Compose, take the unit's words, print, sign: the secretary's afternoon."""
    who = actor("thuky")
    paper = minutes.compose_minutes(visit, actor=who)
    assert visit.on_date is not None
    assert paper.opened_at is not None
    values = minutes.MinutesValues(
        place=paper.place,
        opened_at=paper.opened_at,
        closed_at=clock.at(visit.on_date, closed_hour, 15),
        team_present=tuple(paper.team_present),
        unit_present=tuple(paper.unit_present),
        texts=Texts(**paper.sections["texts"]),
        points=tuple((found.id, found.description) for found in reading.ordered_findings(paper)),
        unit_opinion=told.content["opinion"],
        unit_agrees=False,
        requests="",
        copies=2,
        unit_signatory=told.content["signatory"],
    )
    minutes.edit_minutes(paper, values, actor=who, version=None)
    minutes.print_minutes(paper, actor=who)
    minutes.sign_minutes(paper, signatory=told.content["signatory"], signed_on=visit.on_date, actor=who)


def end(unit: InspectedUnit) -> None:
    """The leader ends the inspection at the unit."""
    missing = len(ending.list_unanswered(unit.id))
    ending.end_fieldwork(unit, confirmed_missing=missing, reason="", actor=actor("truongdoan"))


def agree_all(units: list[InspectedUnit]) -> None:
    """The team's leader agrees to what stands in the signed minutes."""
    who = actor("truongdoan")
    for unit in units:
        found = db.session.scalars(
            sa.select(Finding)
            .where(Finding.inspected_unit_id == unit.id, Finding.state == FindingState.OPINION_TAKEN)
            .order_by(Finding.ordinal)
        ).all()
        findings.agree_all(found, actor=who)
