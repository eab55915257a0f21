"""A small office at work, for guards that try every address: cases at every stage, played by the cast.

Everything is made by the factories. `World.values` finds what the arguments of an address name, by itself:
`task_id` is a row of table `task`, of the unit whose head the cast's head is where it matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from app import clock
from app.db import Base
from app.extensions import db
from app.policy import Actor, Standing
from tests import cast

OTHER_NAMES = {
    "version_id": "form_version", "proposal_id": "unit_proposal", "group_id": "criterion_group",
    "application_id": "sampled_application", "file_id": "stored_file", "member_id": "team_member",
    "result_id": "expected_result", "report_id": "progress_report", "step_id": "notice_step",
    "unit_id": "unit", "lead_unit_id": "unit", "profile_id": "rule_profile", "job_id": "job",
}  # fmt: skip
"""Arguments that are not called after their table."""
WORDS = {
    "code": "cchc-cong-vu", "criterion_key": "MC-05", "filename": "look.css", "form_code": "cchc-cong-vu",
    "key": "MC-05", "name": "page_size", "number": "1", "page": "1", "profile": "noi_bo_cchc",
    "step": "notice", "year": "2026",
}  # fmt: skip
"""Arguments that are no keys of rows."""
OWN, OTHER = cast.LONG_PHUOC, cast.AN_PHUOC


@dataclass(frozen=True)
class Row:
    """A row that an address may name: its key, the keys it holds, whether it is the head's, its kind."""

    key: int
    keys: dict[str, int | None]
    own: bool
    stage: tuple[object, ...]


@dataclass
class World:
    """What stands in the database, and how to reach it."""

    app: Flask
    known: dict[str, list[Row]] = field(default_factory=dict)

    @cached_property
    def head(self) -> Actor:
        return cast.actor(cast.HEAD)

    def model(self, argument: str) -> type[Base] | None:
        table = OTHER_NAMES.get(argument, argument.removesuffix("_id"))
        return next((m.class_ for m in Base.registry.mappers if m.local_table.name == table), None)  # type: ignore[attr-defined]

    def candidates(self, argument: str) -> list[Row]:
        """Rows that the argument may name, those of the head's own unit first; forty are looked at."""
        if argument not in self.known:
            model = self.model(argument)
            if argument == "unit_id":
                self.known[argument] = [row_of(cast.unit(OWN), self.head)]
            elif model is None:
                self.known[argument] = []
            else:
                query = sa.select(model).order_by(*sa.inspect(model).primary_key).limit(40)
                rows = [row_of(found, self.head) for found in db.session.scalars(query)]
                self.known[argument] = sorted(rows, key=lambda row: not row.own)
        return self.known[argument]

    def values(self, rule: Rule) -> list[dict[str, object]]:
        """Values for the arguments of `rule`: one for each row worth trying, at most six, maybe none."""
        keys = sorted((a for a in rule.arguments if a.endswith("_id")), key=lambda a: rule.rule.index(a))
        words = {a: self.word(rule, a) for a in rule.arguments if not a.endswith("_id")}
        if any(value is None for value in words.values()):
            return []
        if not keys:
            return [dict(words)]
        found = []
        for row in self.candidates(keys[-1]):
            chosen: dict[str, object] = {keys[-1]: row.key, **words}
            for key in keys[:-1]:
                other = row.keys.get(key) or next((r.key for r in self.candidates(key)), None)
                if other is not None:
                    chosen[key] = other
            if len(chosen) == len(rule.arguments):
                found.append((row.stage, chosen))
        return _one_of_each(found)

    def word(self, rule: Rule, argument: str) -> object | None:
        converter = rule._converters[argument]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)[0]
        if argument == "day":
            return "2026-09-23"
        return WORDS.get(argument)


def row_of(found: Base, head: Actor) -> Row:
    """What the guards remember of a row."""
    asked = getattr(found, "standing_of", None)
    own = asked is not None and Standing.UNIT_HEAD in asked(head)
    columns = sa.inspect(type(found)).columns.keys()
    keys = {name: getattr(found, name) for name in columns if name.endswith("_id")}
    stage = (getattr(found, "state", None), own, getattr(found, "kind", None))
    return Row(found.id, keys, own, stage)  # type: ignore[attr-defined]


def _one_of_each(found: list[tuple[object, dict[str, object]]]) -> list[dict[str, object]]:
    kept: dict[object, dict[str, object]] = {}
    for stage, chosen in found:
        kept.setdefault(stage, chosen)
    return list(kept.values())[:6]


PDF = b"".join(
    [
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n",
        b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n",
        b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n",
    ]
)
"""One empty page."""


def build() -> None:
    """A draft, a case in the field, one whose notice is drafted, one under remediation; two units each."""
    from app.fieldwork.models import Answer, SampledApplication
    from app.findings.models import Dissent, FindingState, ProposalKind, UnitProposal
    from app.form_library.values import Result
    from tests.factories import inspections as cases
    from tests.factories import notices, register, remediation

    first, last = date(2025, 8, 1), date(2025, 9, 30)
    register.concluded([(register.box(unit, "CĐ-02", first, last), "CĐ-02") for unit in (OWN, OTHER)])
    notices.drafted(notices.reported(units=(OWN, OTHER)))
    with clock.frozen(clock.at(date(2026, 9, 1))):
        followed = cases.decided(
            "Kiểm tra kỳ trước", units=(OWN, OTHER), review=(date(2025, 7, 1), date(2025, 9, 30))
        )
    for unit in followed.units:
        remediation.finding(unit)
    remediation.PDF = PDF  # the factory's own bytes only begin like a PDF, and pages are drawn from these
    tasks = remediation.issued(inspection=followed)
    remediation.progressed(tasks[0])
    with clock.frozen(clock.at(date(2026, 9, 20))):
        running = cases.decided(
            "Kiểm tra chuyên đề", units=(OWN, OTHER), criteria=("MC-05", "MC-11", "CĐ-01"),
            review=(date(2025, 10, 1), date(2025, 12, 31)),
        )  # fmt: skip
        cases.draft("Kiểm tra dự kiến", units=(OWN,), review=(date(2026, 7, 1), date(2026, 9, 15)))
        member, planner = cast.person(cast.MEMBER), cast.person(cast.PLANNER)
        for unit in running.units:
            cases.announced(unit, date(2026, 9, 24))
            item = notices.scope(unit)[0]
            found = notices.finding(
                unit, "Niêm yết thủ tục chưa đầy đủ", state=FindingState.DRAFT, in_minutes=False
            )
            db.session.add_all(
                [
                    Answer(scope_item_id=item.id, result=Result.NOT_MET, recorded_by=member.id),
                    SampledApplication(
                        inspected_unit_id=unit.id, group_id=item.criterion.group_id, code="H19-0001"
                    ),
                    UnitProposal(
                        inspected_unit_id=unit.id, kind=ProposalKind.PROPOSAL, text="Nâng cấp phần mềm"
                    ),
                    Dissent(finding_id=found.id, person_id=planner.id, text="Chưa đủ căn cứ"),
                ]
            )
    db.session.commit()


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Whatever happens inside, commits included, did not happen afterwards."""
    session.close()
    connection = db.engine
    assert isinstance(connection, sa.Connection), "inside the fixture `session`"
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        session.close()
        savepoint.rollback()
