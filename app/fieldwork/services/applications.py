"""“Bảng kê hồ sơ TTHC đã kiểm tra” of a group at a unit: several people may keep it at the same time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import sqlalchemy as sa

from app.audit import services as audit
from app.errors import DomainError, Stale
from app.extensions import db
from app.fieldwork.models import SampledApplication
from app.fieldwork.services.answers import writable
from app.form_library.models import CriterionGroup
from app.inspections.models import InspectedUnit
from app.policy import Actor

MAX_APPLICATIONS = 300


@dataclass(frozen=True)
class ApplicationRow:
    """A row of the table; days late are counted from the dates unless somebody typed another number."""

    code: str
    procedure: str = ""
    field: str = ""
    received_on: date | None = None
    promised_on: date | None = None
    result_signed_on: date | None = None
    returned_on: date | None = None
    days_late: int | None = None
    supplements: int | None = None
    apology: bool | None = None
    fault: str = ""
    position: str = ""
    note: str = ""

    @property
    def counted_days_late(self) -> int | None:
        """Calendar days from the promised day to the return; None while either is unknown."""
        if self.promised_on is None or self.returned_on is None:
            return None
        return max((self.returned_on - self.promised_on).days, 0)

    @property
    def digest(self) -> str:
        """Changes with any word of the row."""
        told = json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class RowTyped:
    """A row as it was posted. `stored_id` and `digest` = the stored row it was filled from (None: a new one).

    A stored row whose code was emptied is taken away.
    """

    row: ApplicationRow
    stored_id: int | None = None
    digest: str = ""


def row_of(stored: SampledApplication) -> ApplicationRow:
    """A stored row as values."""
    return ApplicationRow(**{name: getattr(stored, name) for name in ApplicationRow.__dataclass_fields__})


def save_sampled_applications(
    unit: InspectedUnit, group: CriterionGroup, typed: Sequence[RowTyped], *, actor: Actor
) -> int:
    """Write what was changed on the page, and leave alone what was not. Returns how many rows there are.

    Rows that others added or changed meanwhile stay. Raises Stale when the same row was changed on both
    sides, DomainError naming the line of a code that comes twice, or when there would be more than 300.
    """
    writable(unit)
    stored = {
        found.id: found
        for found in db.session.scalars(
            sa.select(SampledApplication)
            .where(SampledApplication.inspected_unit_id == unit.id, SampledApplication.group_id == group.id)
            .execution_options(populate_existing=True)
        )
    }
    _check_codes(typed)
    counted = {found.id: row_of(found).counted_days_late for found in stored.values()}
    changed = [one for one in typed if one.stored_id is None or one.row.digest != one.digest]
    removed = []
    for one in changed:
        if one.stored_id is None or not (one.row.code or one.stored_id in stored):
            continue
        found = _fresh(one, stored)
        if one.row.code != found.code:
            removed += [] if one.row.code else [found.code]
            db.session.delete(found)
            del stored[found.id]
    db.session.flush()
    by_code = {found.code: found for found in stored.values()}
    for one in changed:
        if not one.row.code:
            continue
        known = stored.get(one.stored_id or 0)
        if known is None:
            known = SampledApplication(inspected_unit_id=unit.id, group_id=group.id, code=one.row.code)
            _add(known, by_code)
        row = one.row
        if row.days_late is None or row.days_late == counted.get(one.stored_id or 0):
            row = replace(row, days_late=row.counted_days_late)
        for name, value in asdict(row).items():
            setattr(known, name, value)
    if len(by_code) > MAX_APPLICATIONS:
        raise DomainError(f"Bảng kê không quá {MAX_APPLICATIONS} hồ sơ mỗi nhóm.", field="paste")
    db.session.flush()
    if changed:
        data = {"group": group.code, "rows": len(by_code), "removed": removed}
        audit.record("sampled_applications_saved", unit, actor=actor, data=data)
    return len(by_code)


def _check_codes(typed: Sequence[RowTyped]) -> None:
    lines: dict[str, int] = {}
    for line, code in enumerate((one.row.code for one in typed), start=1):
        if code and (first := lines.setdefault(code, line)) != line:
            raise DomainError(f"Mã hồ sơ “{code}” ở dòng {line} đã có ở dòng {first}.", field="paste")


def _fresh(one: RowTyped, stored: Mapping[int, SampledApplication]) -> SampledApplication:
    found = stored.get(one.stored_id or 0)
    if found is None:
        raise Stale(f"Hồ sơ “{one.row.code}” vừa được cán bộ khác bỏ khỏi bảng kê. Bỏ dòng hoặc lưu lần nữa.")
    if row_of(found).digest not in (one.digest, one.row.digest):
        raise Stale(
            f"Hồ sơ “{found.code}” vừa được cán bộ khác sửa. Phần vừa nhập vẫn được giữ; "
            "so sánh hai bản rồi lưu lần nữa."
        )
    return found


def _add(made: SampledApplication, by_code: dict[str, SampledApplication]) -> None:
    if made.code in by_code:
        raise Stale(f"Hồ sơ “{made.code}” vừa được cán bộ khác ghi vào bảng kê. Bỏ dòng trùng rồi lưu lại.")
    db.session.add(made)
    by_code[made.code] = made
