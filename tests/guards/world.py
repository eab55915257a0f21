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
from app.deadlines.badge import DeadlineKind
from app.documents import numbering
from app.documents.kinds import DocumentKind
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Actor, Standing
from app.remediation.models import Task
from tests import cast

OTHER_NAMES = {
    "version_id": "form_version", "proposal_id": "unit_proposal", "group_id": "criterion_group",
    "application_id": "sampled_application", "file_id": "stored_file", "member_id": "team_member",
    "result_id": "expected_result", "report_id": "progress_report", "step_id": "document_step",
    "recall_id": "notice_recall", "list_id": "handing_list", "sheet_id": "handing_sheet",
    "batch_id": "notice_batch",
    "unit_id": "unit", "lead_unit_id": "unit", "profile_id": "rule_profile", "job_id": "job",
}  # fmt: skip
"""Arguments that are not called after their table."""
WORDS = {
    "code": "cchc-cong-vu", "criterion_key": "MC-05", "filename": "look.css", "form_code": "cchc-cong-vu",
    "key": "MC-05", "name": "page_size", "number": "1", "page": "1", "profile": "noi_bo_cchc",
    "deadlines.setting:key": "notice_title", "documents.verify_code:code": "7K3M-Q9XD-2HTB",
    "step": "notice", "verb": "submit", "year": "2026", "token": "khong-co-ma-nay", "form": "docx",
}  # fmt: skip
"""Arguments that are no keys of rows."""
OWN, OTHER = cast.LONG_PHUOC, cast.AN_PHUOC


PUBLIC_TABLES = {"unit"}
"""What stands in the catalogue: everybody may know that it exists."""
FILES_OF = {
    "fieldwork.evidence": (
        "inspected_unit_id",
        "SELECT i.inspected_unit_id, f.file_id FROM answer_file f JOIN answer a ON a.id = f.answer_id"
        " JOIN scope_item i ON i.id = a.scope_item_id ORDER BY 1",
    ),
    "remediation.evidence": (
        "task_id",
        "SELECT p.task_id, f.file_id FROM progress_file f JOIN progress_report p ON p.id = f.progress_id",
    ),
}
"""Addresses of a file below its owner: the owner's argument, and who owns which file."""
OF_UNIT = {Standing.UNIT_HEAD, Standing.UNIT_OFFICER}


@dataclass(frozen=True)
class Found:
    """Values for an address, and whom of the units' people the thing concerns (None: everybody)."""

    values: dict[str, object]
    owners: frozenset[str] | None = None


@dataclass(frozen=True)
class Row:
    """A row that an address may name: its key, the keys it holds, whether it is the head's, its kind.

    `owners`: who of the units' people it concerns; None when everybody may know of it.
    """

    key: int
    keys: dict[str, int | None]
    own: bool
    owners: frozenset[str] | None
    stage: tuple[object, ...]


@dataclass
class World:
    """What stands in the database, and how to reach it."""

    app: Flask
    known: dict[str, list[Row]] = field(default_factory=dict)

    @cached_property
    def people(self) -> dict[str, Actor]:
        """People of units, as the policy sees them."""
        return {part: cast.actor(part) for part in (cast.HEAD, cast.OFFICER, cast.OTHER_HEAD, cast.OUTSIDER)}

    def model(self, argument: str) -> type[Base] | None:
        table = OTHER_NAMES.get(argument, argument.removesuffix("_id"))
        return next((m.class_ for m in Base.registry.mappers if m.local_table.name == table), None)

    def candidates(self, argument: str) -> list[Row]:
        """Rows that the argument may name, those of the head's own unit first; forty are looked at."""
        if argument not in self.known:
            model = self.model(argument)
            if argument == "unit_id":
                self.known[argument] = [row_of(cast.unit(OWN), self.people)]
            elif argument == "person_id":  # the head's is the one record that more than its owner may open
                self.known[argument] = [row_of(cast.person(cast.HEAD), self.people)]
            elif model is None:
                self.known[argument] = []
            else:
                query = sa.select(model).order_by(*sa.inspect(model).primary_key).limit(40)
                rows = [row_of(found, self.people) for found in db.session.scalars(query)]
                self.known[argument] = sorted(rows, key=lambda row: not row.own)
        return self.known[argument]

    def values(self, rule: Rule) -> list[Found]:
        """Values for the arguments of `rule`: one for each row worth trying, at most seven, maybe none."""
        keys = sorted((a for a in rule.arguments if a.endswith("_id")), key=lambda a: rule.rule.index(a))
        words = {a: self.word(rule, a) for a in rule.arguments if not a.endswith("_id")}
        if any(value is None for value in words.values()):
            return []
        if not keys:
            return [Found(words)]
        if rule.endpoint in FILES_OF:
            owner, query = FILES_OF[rule.endpoint]
            pairs = db.session.execute(sa.text(query)).all()
            return [Found({owner: pair[0], "file_id": pair[1]}) for pair in pairs[:2]]
        found = []
        for row in self.candidates(keys[-1]):
            chosen: dict[str, object] = {keys[-1]: row.key, **words}
            for key in keys[:-1]:
                other = row.keys.get(key) or next((r.key for r in self.candidates(key)), None)
                if other is not None:
                    chosen[key] = other
            if len(chosen) == len(rule.arguments):
                found.append((row.stage, Found(chosen, row.owners)))
        return _one_of_each(found)

    def word(self, rule: Rule, argument: str) -> object | None:
        converter = rule._converters[argument]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)[0]
        if argument == "day":
            return "2026-09-23"
        return WORDS.get(f"{rule.endpoint}:{argument}", WORDS.get(argument))


def row_of(found: Base, people: dict[str, Actor]) -> Row:
    """What the guards remember of a row."""
    asked = getattr(found, "standing_of", None)
    public = asked is None or type(found).__tablename__ in PUBLIC_TABLES
    theirs = (
        frozenset() if asked is None else frozenset(p for p, who in people.items() if OF_UNIT & asked(who))
    )
    columns = sa.inspect(type(found)).columns.keys()
    keys = {name: getattr(found, name) for name in columns if name.endswith("_id")}
    own = cast.HEAD in theirs
    authority = getattr(getattr(found, "mandate", None), "kind", None)
    of_the_past = (keys.get("concluded_unit_id") is not None, getattr(found, "converted", False))
    stage = (getattr(found, "state", None), own, getattr(found, "kind", authority), of_the_past)
    return Row(found.id, keys, own, None if public else theirs, stage)


def _one_of_each(found: list[tuple[object, Found]]) -> list[Found]:
    kept: dict[object, Found] = {}
    for stage, chosen in found:
        kept.setdefault(stage, chosen)
    return list(kept.values())[:7]


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
    from app.accounts import services as accounts
    from app.documents.models import DocumentCode, Recipient, SendingWay
    from app.followup import saved
    from app.inspections.models import InspectionKind
    from app.notices.models import Notice, NoticeBatch, NoticeBatchItem, NoticeRecall
    from app.remediation import services
    from app.remediation.models import (
        DirectiveKind,
        HandingKind,
        HandingLine,
        HandingList,
        HandingSheet,
    )
    from app.remediation.values import DirectiveValues
    from tests.factories import inspections as cases
    from tests.factories import notices, old_tables, papers, past, register, remediation

    first, last = date(2025, 8, 1), date(2025, 9, 30)
    before = register.unit("CU", "UBND xã Cũ", valid_to=date(2025, 7, 1))
    register.succeeds(cast.unit(OWN), before, on=date(2025, 7, 1))
    old = register.concluded([(register.box(unit, "CĐ-02", first, last), "CĐ-02") for unit in (OWN, OTHER)])
    drafted = notices.drafted(notices.reported(units=(OWN, OTHER)))
    one = NoticeBatchItem(inspected_unit=drafted.units[0], ordinal=1, notice=drafted)
    planner = cast.person(cast.PLANNER).id
    db.session.add(NoticeBatch(inspection=drafted.inspection, made_by=planner, file=_paper(), items=[one]))
    with clock.frozen(clock.at(date(2026, 9, 1))):
        followed = cases.decided(
            "Kiểm tra kỳ trước", units=(OWN, OTHER), review=(first.replace(month=7), last)
        )
    for unit in followed.units:
        remediation.finding(unit)
    remediation.PDF = PDF  # the factory's own bytes only begin like a PDF, and pages are drawn from these
    tasks = remediation.issued(inspection=followed)
    remediation.progressed(tasks[0])
    for task in tasks:
        services.direct(
            task, DirectiveValues(DirectiveKind.URGE, "Báo cáo tiến độ", clock.today()),
            actor=cast.actor(cast.LEADER),
        )  # fmt: skip
    handing = HandingList(
        kind=HandingKind.FOLLOWER, from_on=clock.today(), from_person_id=cast.person(cast.FOLLOWER).id,
        to_person_id=cast.person(cast.CONTENT_CHECKER).id, given_by=cast.person(cast.LEADER).id,
    )  # fmt: skip
    handing.lines.append(HandingLine(task=tasks[0], state=tasks[0].state, days_overdue=0))
    db.session.add(handing)
    for code in (OWN, OTHER):
        unit = cast.unit(code)
        db.session.add(
            HandingSheet(
                to_unit_id=unit.id, giver="UBND xã Cũ", receiver=unit.name, unit_name=unit.name,
                from_on=clock.today(), acknowledged_on=clock.today(),
            )
        )  # fmt: skip
    saved.save("Quá hạn", {"state": "open_late"}, opens=False, actor=cast.actor(cast.PLANNER))
    services.begin_reminder(tasks[:1], actor=cast.actor(cast.FOLLOWER))
    week = (date(2026, 9, 16), date(2026, 9, 20))
    cases.decided("Kiểm tra việc khắc phục", units=(OWN,), kind=InspectionKind.FOLLOW_UP, review=week)
    out = Notice(document=tasks[0].document, inspection=followed, units=list(followed.units))
    db.session.add(DocumentCode(document_id=out.document.id, code="7K3MQ9XD2HTB", made_at=clock.now()))
    clerk = cast.person(cast.CLERK).id
    db.session.add_all([out, NoticeRecall(notice=out, reason="Số liệu không đúng", requested_by=clerk)])
    sent = Recipient(
        document=out.document, ordinal=1, name="Thanh tra tỉnh", sent_on=clock.today(), way=SendingWay.POST,
        recorded_by=clerk, recorded_at=clock.now(),
    )  # fmt: skip
    db.session.add_all([sent, Recipient(document=out.document, ordinal=2, name="Ủy ban MTTQ tỉnh")])
    waits = tasks[-1]  # without a date: it is reviewed
    waits.deadline_kind, waits.due_on, waits.report_due_on = DeadlineKind.CONDITIONAL, None, None
    waits.review_on, waits.no_date_reason = date(2026, 10, 15), "Chờ nâng cấp phần mềm một cửa"
    report = db.session.execute(sa.text("SELECT max(id) FROM progress_report")).scalar_one()
    db.session.execute(
        sa.insert(Base.metadata.tables["progress_file"]).values(progress_id=report, file_id=_paper().id)
    )
    for task in tasks:
        if task.lead_unit.code == OWN:
            remediation.scheduled(task)
    past.task(past.notice(OWN, OTHER, paper=True), so_far="Đã làm một phần")
    old_tables.taken(old_tables.table(old_tables.line(notice="19/TB-SNV, ngày 14/11/2025")))
    old_tables.table(old_tables.line(notice="20/TB-SNV"))
    planned = cases.draft("Kiểm tra dự kiến", units=(OWN,), review=(date(2026, 7, 1), date(2026, 9, 15)))
    register.asked_again(old, [register.box(OWN, "CĐ-02", first, last)], inspection_id=planned.id)
    papers.drafted(planned)
    numbering.series_of("TB-SNV")
    for unit in (OWN, OTHER):
        name, head = "Hồ Văn Thí Nghiệm", {OWN: cast.HEAD, OTHER: cast.OTHER_HEAD}[unit]
        accounts.appoint_focal_point(
            cast.unit(unit), accounts.FocalPointValues(clock.today(), name=name), actor=cast.actor(head)
        )
    _in_the_field()
    _who_signs()
    _who_answers(tasks)
    db.session.commit()


def _who_answers(tasks: list[Task]) -> None:
    """A concluded finding of each unit with who answers for it, and one that was passed on with its paper."""
    from app.findings.models import FindingState
    from app.responsibility.models import Answerable, AnswerableName, Answers, Measure, Referral, Track
    from tests.factories import remediation

    day, follower = clock.today(), cast.person(cast.FOLLOWER).id
    for task in tasks:
        task.findings[0].state = FindingState.CONCLUDED
        away = remediation.finding(task.place, "Dấu hiệu thu thêm giấy tờ", criterion="MC-11")
        away.passed_to, away.state = "Thanh tra thành phố", FindingState.PASSED_ON
        one = Answerable(
            finding=task.findings[0], kind=Answers.PERSON, collective=task.lead_unit.name, post="Công chức",
            recommended=Measure.REVIEW, competent_body="UBND xã", asked_on=day, due_on=day, named=True,
            recorded_by=follower,
        )  # fmt: skip
        sent = Referral(
            finding=away, track=Track.INSPECTORATE, body="Thanh tra thành phố", reference="81/SNV-CCHC",
            sent_on=day, due_on=day, recorded_by=follower,
        )  # fmt: skip
        db.session.add_all([one, sent])
        db.session.flush()
        db.session.add(AnswerableName(answerable_id=one.id, name="Nguyễn Thị Thí Dụ"))


def _who_signs() -> None:
    """The office's seal: a picture and a certificate by which it is known."""
    from app.documents.signatures.models import Signer, SignerCertificate

    picture = files.keep("con-dau.png", b"\x89PNG\r\n\x1a\n", actor=cast.actor(cast.ADMINISTRATOR))
    signer = Signer(is_office=True, picture=picture, picture_mm=36)
    signer.certificates.append(
        SignerCertificate(
            fingerprint="0" * 64, name="Sở Nội vụ", issuer="Chứng thực", serial="1",
            begins_at=clock.now(), ends_at=clock.now(),
        )
    )  # fmt: skip
    db.session.add(signer)


def _paper() -> StoredFile:
    return files.keep("bien-ban.pdf", PDF, actor=cast.actor(cast.MEMBER))


def _in_the_field() -> None:
    """One case under way: answers with evidence, findings, samples, proposals; minutes drafted and signed."""
    from app.documents.canonical import canonical_json
    from app.documents.rendering import load_sample
    from app.fieldwork.models import Minutes, MinutesState, SampledApplication
    from app.findings.models import Dissent, FindingState, ProposalKind, UnitProposal
    from app.inspections.models import OverlapRecord, OverlapReferral
    from tests.factories import fieldwork, notices
    from tests.factories import inspections as cases

    running = cases.decided(
        "Kiểm tra chuyên đề", units=(OWN, OTHER), review=(date(2025, 10, 1), date(2025, 12, 31))
    )
    minutes: list[Minutes] = []
    for unit in running.units:
        visit = fieldwork.open_visit(cases.announced(unit))
        cases.scheduled(unit, date(2026, 9, 25))
        item = fieldwork.item(unit, "MC-05")
        answer = fieldwork.answer(item, fieldwork.not_met())
        answer.files.append(_paper())
        found = notices.finding(unit, "Niêm yết chưa đầy đủ", state=FindingState.DRAFT, in_minutes=False)
        group = item.criterion.group_id
        db.session.add_all(
            [
                SampledApplication(inspected_unit_id=unit.id, group_id=group, code="H19-0001"),
                UnitProposal(inspected_unit_id=unit.id, kind=ProposalKind.PROPOSAL, text="Nâng cấp phần mềm"),
                Dissent(finding_id=found.id, person_id=cast.person(cast.MEMBER).id, text="Chưa đủ căn cứ"),
            ]
        )
        minutes.append(fieldwork.composed(visit))
    planner = cast.person(cast.PLANNER).id
    db.session.add_all(
        [
            OverlapReferral(
                inspection_id=running.id, recipient="Thanh tra tỉnh", reference="52/SNV-CCHC",
                sent_on=clock.today(), sent_by=planner,
            ),
            OverlapRecord(
                inspection_id=running.id, made_by=planner, left_out=2,
                content=canonical_json(load_sample(DocumentKind.OVERLAP_MINUTES)),
            ),
        ]
    )  # fmt: skip
    signed = minutes[0]
    signed.state, signed.signed_on, signed.unit_signatory = (
        MinutesState.SIGNED,
        clock.today(),
        "Nguyễn Văn Mẫu",
    )
    signed.scan = _paper()
    db.session.flush()


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
