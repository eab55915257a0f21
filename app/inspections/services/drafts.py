"""Making a case and editing it while it is a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import sqlalchemy as sa

from app import clock
from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.working_days import add_working_days
from app.errors import Conflict, DomainError
from app.extensions import db
from app.form_library.models import FormVersion
from app.inspections.models import Inspection, InspectionKind, InspectionState, Method
from app.inspections.planning import day_after
from app.inspections.services import scope
from app.inspections.services.common import refresh_search, require_draft
from app.inspections.services.reserving import follow_reservation
from app.policy import Action, Actor, authorise
from app.units.models import Unit
from app.vietnamese import nfc

PLANNABLE = (
    InspectionKind.PLANNED, InspectionKind.THEMATIC, InspectionKind.SURPRISE, InspectionKind.FOLLOW_UP
)  # fmt: skip


@dataclass(frozen=True)
class CaseData:
    """The first page of a case. `review_to` is the last day (inclusive); None only with `provisional`."""

    title: str
    kind: InspectionKind
    method: Method
    office_unit_id: int
    form_version_id: int
    review_from: date
    review_to: date | None
    provisional: bool = False
    term_days: int = 10
    starts_on: date | None = None
    ends_on: date | None = None
    includes_parts: bool = False
    plan_citation: str = ""
    authority: str = ""
    legal_bases: tuple[str, ...] = ()
    profile: str = "noi_bo_cchc"


def create(data: CaseData, *, actor: Actor) -> Inspection:
    """Begin a case as a draft, which takes nothing.

    Raises DomainError (a field that does not fit), Conflict (the person has the same draft already).
    """
    authorise(actor, Action.CREATE_INSPECTION)
    review_to = _review_end(data)
    twin = db.session.scalar(
        sa.select(Inspection.code).where(
            Inspection.created_by == actor.person_id,
            Inspection.state == InspectionState.DRAFT,
            Inspection.title == nfc(data.title).strip(),
            Inspection.review_from == data.review_from,
            Inspection.review_to == review_to,
        )
    )
    if twin is not None:
        raise Conflict(
            f"Cuộc kiểm tra cùng tên, cùng thời kỳ đang lập đã có, mã {twin}. "
            "Mở cuộc đã có hoặc đặt tên khác.",
            field="title",
        )
    inspection = Inspection(
        code=f"moi-{uuid4()}",
        title="",
        kind=data.kind,
        method=data.method,
        office_unit_id=data.office_unit_id,
        form_version_id=data.form_version_id,
        review_from=data.review_from,
        review_to=review_to,
        created_by=actor.person_id,
        state=InspectionState.DRAFT,
        units=[],
        members=[],
        legal_bases=[],
    )
    _fill(inspection, data, review_to)
    db.session.add(inspection)
    db.session.flush()
    # The key makes the code unique without a counter that two planners could take at once.
    inspection.code = f"KT{clock.today().year}-{inspection.id:03d}"
    refresh_search(inspection)
    audit.record(
        "inspection_created",
        inspection,
        actor=actor,
        data={"code": inspection.code, "title": inspection.title},
    )
    return inspection


def edit_draft(inspection: Inspection, data: CaseData, *, version: int | None, actor: Actor) -> None:
    """Change the first page; when the period, the form or the parts change, the scope follows.

    Raises Forbidden, WrongState, Stale, DomainError.
    """
    authorise(actor, Action.EDIT_INSPECTION, inspection)
    require_draft(inspection)
    check_version(inspection, version)
    review_to = _review_end(data)
    before = (inspection.review_from, inspection.review_to)
    new_form = inspection.form_version_id != data.form_version_id
    changed = _fill(inspection, data, review_to)
    db.session.flush()
    if new_form:
        scope.clear(inspection)
    elif before != (inspection.review_from, inspection.review_to):
        scope.replan(inspection)
    follow_reservation(inspection)
    refresh_search(inspection)
    if changed:
        audit.record("inspection_edited", inspection, actor=actor, data={"fields": changed})


def _fill(inspection: Inspection, data: CaseData, review_to: date) -> list[str]:
    values = {
        "title": nfc(data.title).strip(), "kind": data.kind, "method": data.method,
        "office_unit_id": data.office_unit_id, "form_version_id": data.form_version_id,
        "review_from": data.review_from, "review_to": review_to, "review_to_provisional": data.provisional,
        "term_days": data.term_days, "starts_on": data.starts_on, "ends_on": data.ends_on,
        "includes_parts": data.includes_parts, "plan_citation": data.plan_citation.strip(),
        "authority": data.authority.strip(), "profile": data.profile,
        "legal_bases": [line.strip() for line in data.legal_bases if line.strip()],
    }  # fmt: skip
    changed = [name for name, value in values.items() if getattr(inspection, name) != value]
    for name in changed:
        setattr(inspection, name, values[name])
    return sorted(changed)


def _review_end(data: CaseData) -> date:
    """The half-open end of the review period; every reference is checked on the way."""
    if not data.title.strip():
        raise DomainError("Ghi tên cuộc kiểm tra.", field="title")
    if data.kind not in PLANNABLE:
        raise DomainError("Chọn hình thức kiểm tra trong danh sách.", field="kind")
    if db.session.get(Unit, data.office_unit_id) is None:
        raise DomainError("Chọn cơ quan kiểm tra trong danh sách.", field="office_unit_id")
    if db.session.get(FormVersion, data.form_version_id) is None:
        raise DomainError("Chọn phiếu kiểm tra trong danh sách.", field="form_version_id")
    if not 1 <= data.term_days <= 90:
        raise DomainError("Thời hạn kiểm tra từ 01 đến 90 ngày.", field="term_days")
    if data.ends_on is not None and data.starts_on is not None and data.ends_on < data.starts_on:
        raise DomainError("Ngày kết thúc kiểm tra không trước ngày bắt đầu.", field="ends_on")
    last = data.review_to
    if last is None and data.provisional:
        last = data.ends_on or planned_end(data.starts_on or clock.today(), data.term_days)
    if last is None:
        raise DomainError(
            "Ghi ngày cuối của thời kỳ kiểm tra, hoặc chọn đến thời điểm kiểm tra.", field="review_to"
        )
    if last < data.review_from:
        raise DomainError("Ngày cuối của thời kỳ kiểm tra không trước ngày đầu.", field="review_to")
    return day_after(last)


def planned_end(starts_on: date, term_days: int) -> date:
    """The last day of a term of working days whose first day is `starts_on` (NĐ 217/2025 Đ13)."""
    calendar = deadlines.current_calendar()
    first = add_working_days(starts_on, 0, calendar)
    return add_working_days(first, term_days - 1, calendar)
