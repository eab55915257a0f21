"""Biên bản làm việc: composed from the answers, edited, printed to be signed, signed or refused, scanned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents import canonical, rendering
from app.documents import services as documents
from app.documents.content import OfficialDocument
from app.documents.kinds import DocumentKind
from app.documents.models import Document, DocumentState, IssueWay
from app.errors import Conflict, DomainError, Stale, WrongState
from app.extensions import db
from app.fieldwork import composing
from app.fieldwork.composing import Texts
from app.fieldwork.models import Minutes, MinutesState
from app.fieldwork.queries import minutes as reading
from app.fieldwork.states import MINUTES
from app.files import services as files
from app.findings import queries as recorded
from app.findings import services as findings
from app.findings.models import Finding, FindingState
from app.findings.services import Upload
from app.inspections.models import Visit, VisitState
from app.inspections.states import VISIT
from app.policy import Actor
from app.vietnamese import format_date
from app.workflow import advance

SCAN_KINDS = ("pdf", "jpg", "jpeg", "png")
LONGEST = timedelta(days=2)
AGREES = "Đơn vị thống nhất với nội dung biên bản."


@dataclass(frozen=True)
class MinutesValues:
    """What the secretary edits. `points`: (finding, its words) in the order of the minutes.

    `shown`: by finding, its version and words as the page was filled; none = nothing was typed over them.
    """

    place: str
    opened_at: datetime | None
    closed_at: datetime | None
    team_present: tuple[str, ...]
    unit_present: tuple[str, ...]
    texts: Texts
    points: tuple[tuple[int, str], ...]
    unit_opinion: str
    unit_agrees: bool
    requests: str
    copies: int
    unit_signatory: str = ""
    shown: Mapping[int, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Printed:
    """The bytes that go to be signed, and how many pages they have."""

    pdf: bytes
    pages: int


def compose_minutes(visit: Visit, *, actor: Actor) -> Minutes:
    """Begin the minutes of a visit that is under way, or bring unedited sections up to date.

    A section whose text somebody changed stays as it is. Raises WrongState before the visit is opened and
    after the minutes are signed.
    """
    findings.hold_unit(visit.inspected_unit)
    minutes = reading.find_minutes(visit)
    if visit.state is not VisitState.UNDER_WAY:
        raise WrongState("Biên bản được lập khi buổi làm việc đang diễn ra. Công bố quyết định trước.")
    fresh = asdict(reading.composed_texts(visit.inspected_unit))
    if minutes is None:
        minutes = Minutes(
            visit=visit,
            place=visit.place or f"trụ sở {visit.inspected_unit.unit.name}",
            opened_at=visit.opened_at,
            team_present=list(reading.team_lines(visit)),
            unit_present=list(reading.unit_lines(visit)),
            sections={"texts": fresh, "composed": fresh},
            finding_ids=[finding.id for finding in reading.list_unsigned(visit.inspected_unit_id)],
        )
        db.session.add(minutes)
        db.session.flush()
        audit.record("minutes_composed", minutes, visit, visit.inspected_unit, actor=actor)
        return minutes
    advance(minutes, "edit", MINUTES, actor=actor, about=(visit, visit.inspected_unit))
    texts, before = minutes.sections["texts"], minutes.sections["composed"]
    same = {key for key in fresh if texts.get(key, "") == before.get(key, "")}
    merged = {key: fresh[key] if key in same else texts[key] for key in fresh}
    minutes.sections = {"texts": merged, "composed": fresh}
    minutes.finding_ids = [finding.id for finding in reading.ordered_findings(minutes)]
    minutes.content_hash = None
    db.session.flush()
    return minutes


def edit_minutes(minutes: Minutes, values: MinutesValues, *, actor: Actor, version: int | None) -> None:
    """Write what the secretary typed; printed minutes become a draft again, to be printed anew.

    The words of a finding are changed in the finding itself, so that record and minutes never differ.
    """
    _hold(minutes)
    check_version(minutes, version)
    _check_hours(minutes, values)
    if not 1 <= values.copies <= 20:
        raise DomainError("Số bản từ 01 đến 20.", field="copies")
    visit = minutes.visit
    advance(minutes, "edit", MINUTES, actor=actor, about=(visit, visit.inspected_unit))
    known = {finding.id: finding for finding in reading.ordered_findings(minutes)}
    if {finding_id for finding_id, _ in values.points} != known.keys():
        raise Stale(
            "Danh sách tồn tại, hạn chế vừa thay đổi. Phần vừa nhập vẫn được giữ; xem lại rồi lưu lần nữa."
        )
    for finding_id, words in values.points:
        seen, before = values.shown.get(finding_id, (None, None))
        if words in (before, known[finding_id].description):
            continue
        check_version(known[finding_id], seen)
        findings.reword(known[finding_id], words, actor=actor)
    minutes.place = values.place
    minutes.opened_at, minutes.closed_at = values.opened_at, values.closed_at
    minutes.team_present, minutes.unit_present = list(values.team_present), list(values.unit_present)
    minutes.sections = {"texts": asdict(values.texts), "composed": minutes.sections["composed"]}
    minutes.finding_ids = [finding_id for finding_id, _ in values.points]
    minutes.unit_agrees = values.unit_agrees
    minutes.unit_opinion = values.unit_opinion or (AGREES if values.unit_agrees else "")
    minutes.requests = values.requests
    minutes.copies = values.copies
    minutes.unit_signatory = values.unit_signatory
    minutes.content_hash = None
    db.session.flush()


def _hold(minutes: Minutes) -> None:
    """The unit's row first, then the minutes as they stand now."""
    findings.hold_unit(minutes.visit.inspected_unit)
    db.session.refresh(minutes, with_for_update={"of": Minutes})


def _check_hours(minutes: Minutes, values: MinutesValues) -> None:
    opened, closed, visit = values.opened_at, values.closed_at, minutes.visit
    day = clock.local(visit.opened_at).date() if visit.opened_at else visit.on_date
    if opened and day and clock.local(opened).date() != day:
        raise DomainError(
            f"Ngày làm việc là ngày công bố quyết định tại đơn vị, {format_date(day)}.", field="opened_on"
        )
    if opened and closed and closed <= opened:
        raise DomainError("Giờ kết thúc phải sau giờ bắt đầu.", field="closed_time")
    if opened and closed and clock.local(closed).date() > clock.local(opened).date() + LONGEST:
        raise DomainError("Buổi làm việc kết thúc trong ngày hoặc chậm nhất 02 ngày sau.", field="closed_on")


def document_of(minutes: Minutes) -> OfficialDocument:
    """The minutes as they would be printed now. Raises DomainError for what is still missing."""
    missing = [
        text
        for absent, text in (
            (not minutes.place, "địa điểm"),
            (minutes.opened_at is None, "giờ bắt đầu"),
            (minutes.closed_at is None, "giờ kết thúc"),
            (not minutes.team_present, "thành phần Đoàn kiểm tra"),
            (not minutes.unit_present, "thành phần đơn vị được kiểm tra"),
        )
        if absent
    ]
    if missing:
        raise DomainError(f"Biên bản còn thiếu: {', '.join(missing)}.")
    return reading.official_document(minutes)


def draft_pdf(minutes: Minutes) -> bytes:
    """The PDF to look at or to sign; printed minutes give the very bytes that were printed."""
    return rendering.render_pdf(document_of(minutes), created_at=_instant(minutes)).data


def _instant(minutes: Minutes) -> datetime:
    printed = minutes.sections.get("printed_at")
    return (
        datetime.fromisoformat(printed) if printed and minutes.state is MinutesState.PRINTED else clock.now()
    )


def print_minutes(minutes: Minutes, *, actor: Actor, version: int | None = None) -> Printed:
    """“In để ký”: fix what is printed by its hash and its instant. Raises DomainError for what is missing."""
    _hold(minutes)
    check_version(minutes, version)
    document = document_of(minutes)
    visit = minutes.visit
    advance(minutes, "print", MINUTES, actor=actor, about=(visit, visit.inspected_unit))
    now = clock.now()
    drawn = rendering.render_pdf(document, created_at=now)
    minutes.sections = {**minutes.sections, "printed_at": now.isoformat()}
    minutes.finding_ids = [finding.id for finding in reading.ordered_findings(minutes)]
    minutes.content_hash = canonical.content_hash(document)
    minutes.pages = drawn.body_pages
    db.session.flush()
    return Printed(drawn.data, drawn.body_pages)


def sign_minutes(
    minutes: Minutes,
    *,
    signatory: str,
    signed_on: date,
    opinion: str = "",
    version: int | None = None,
    actor: Actor,
) -> Document:
    """Record that both sides signed the printed minutes; the bytes that were signed are kept.

    `opinion`: the unit's words when they were written by hand on the paper. Every finding listed has then the
    unit's opinion. Raises Stale when they were printed anew since the page was opened, Conflict when the
    record changed after printing.
    """
    _hold(minutes)
    check_version(minutes, version)
    if len(signatory.strip()) < 3:
        raise DomainError("Ghi họ tên, chức vụ người đại diện đơn vị đã ký.", field="signatory")
    if not (minutes.unit_opinion or opinion.strip()):
        raise DomainError("Ghi ý kiến của đơn vị (nguyên văn).", field="opinion")
    said = minutes.unit_opinion or opinion.strip()
    document = _freeze(
        minutes, "sign", signed_on, {"unit_signatory": signatory.strip(), "unit_opinion": said}, actor
    )
    _close(minutes, signed_on, minutes.unit_opinion, actor, refused=False)
    return document


def record_refusal(
    minutes: Minutes,
    *,
    reason: str,
    witness: str,
    signed_on: date,
    version: int | None = None,
    actor: Actor,
) -> Document:
    """Record that the unit did not sign, why, and who witnessed it (the team and the witness signed).

    That is the unit's opinion then, whatever words stood ready in the print. Raises as `sign_minutes` does.
    """
    _hold(minutes)
    check_version(minutes, version)
    if len(witness.strip()) < 3:
        raise DomainError("Ghi họ tên, chức vụ người chứng kiến.", field="witness")
    if len(reason.strip()) < 3:
        raise DomainError("Ghi lý do đơn vị không ký.", field="reason")
    said = f"Đơn vị không ký biên bản. Lý do: {reason.strip()}"
    refused: dict[str, object] = {
        "refusal_reason": reason.strip(),
        "witness": witness.strip(),
        "unit_opinion": said,
        "unit_agrees": False,
    }
    document = _freeze(minutes, "refuse", signed_on, refused, actor)
    _close(minutes, signed_on, said, actor, refused=True)
    return document


def _freeze(
    minutes: Minutes, verb: str, signed_on: date, signed: Mapping[str, object], actor: Actor
) -> Document:
    visit = minutes.visit
    if signed_on > clock.today():
        raise DomainError("Ngày ký không sau hôm nay.", field="signed_on")
    if minutes.opened_at is not None and signed_on < clock.local(minutes.opened_at).date():
        raise DomainError("Ngày ký không trước ngày làm việc.", field="signed_on")
    if minutes.closed_at is not None and signed_on < clock.local(minutes.closed_at).date():
        raise DomainError("Ngày ký không trước ngày kết thúc buổi làm việc.", field="signed_on")
    before = _instant(minutes)
    if minutes.state is MinutesState.PRINTED:
        text = document_of(minutes)
        if canonical.content_hash(text) != minutes.content_hash:
            raise Conflict("Nội dung đã thay đổi sau khi in. In lại biên bản để ký đúng nội dung mới.")
    minutes.signed_on = signed_on
    for name, value in signed.items():
        setattr(minutes, name, value)
    advance(minutes, verb, MINUTES, actor=actor, about=(visit, visit.inspected_unit))
    stored = files.keep(
        "Bien ban lam viec.pdf",
        rendering.render_pdf(text, created_at=before).data,
        actor=actor,
        kinds=("pdf",),
    )
    inspection = visit.inspected_unit.inspection
    document = Document(
        kind=DocumentKind.MINUTES,
        way=IssueWay.PAPER,
        state=DocumentState.SIGNED,
        subject=text.subject,
        issuer_unit=inspection.office_unit,
        issuer_name=text.issuing_body,
        symbol=composing.SYMBOL,
        content=canonical.canonical_json(text),
        content_hash=minutes.content_hash,
        file=stored,
        sha256=stored.sha256,
        drafter_id=actor.person_id,
        signed_at=clock.now(),
    )
    document.search = documents.search_text(document)
    db.session.add(document)
    db.session.flush()
    minutes.document = document
    return document


def _close(minutes: Minutes, on: date, opinion: str, actor: Actor, *, refused: bool) -> None:
    visit = minutes.visit
    listed = db.session.scalars(
        sa.select(Finding).where(Finding.id.in_(minutes.finding_ids), Finding.state != FindingState.CONCLUDED)
    ).all()
    findings.put_in_minutes(listed, opinion, on, actor=actor)
    visit.closed_at = minutes.closed_at
    unit = visit.inspected_unit
    told = str(minutes.sections["texts"]["difficulties"]).split("\n")
    known = [proposal.text for proposal in recorded.list_proposals_of_unit(unit.id)]
    findings.take_up(unit, told, known, actor=actor)
    advance(visit, "sign", VISIT, actor=actor, about=(unit, unit.inspection), data={"refused": refused})
    db.session.flush()


def attach_scan(minutes: Minutes, upload: Upload, *, actor: Actor) -> None:
    """Keep the scan or photo of the signed paper. Raises UploadRefused, WrongState before it is signed."""
    if minutes.state not in (MinutesState.SIGNED, MinutesState.REFUSED):
        raise WrongState("Ghi nhận chữ ký trước khi tải lên bản đã ký.")
    before: dict[str, Any] = {"replaces": minutes.scan.sha256} if minutes.scan else {}
    minutes.scan = files.keep(upload.name, upload.data, actor=actor, kinds=SCAN_KINDS)
    db.session.flush()
    audit.record(
        "minutes_scanned", minutes, minutes.visit, actor=actor, data={"sha256": minutes.scan.sha256, **before}
    )
