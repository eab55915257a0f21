"""What people type, in an address or at the command line → the unit, criterion, field and days they mean."""

from __future__ import annotations

import re
from datetime import date, timedelta

import sqlalchemy as sa

from app.errors import DomainError
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion, FormVersion, ProcedureField
from app.units.models import Unit
from app.vietnamese import format_date, nfc, search_key

ONE_DAY = timedelta(days=1)
MOST_NAMED = 6
_KIND_OF_UNIT = re.compile(r"^(ubnd )?(xa|phuong|thi tran|thi xa|huyen|quan|thanh pho|tinh) ")


def find_unit(text: str, *, on: date, visible: frozenset[int] | None = None) -> Unit:
    """The one unit a person means: by code, or by present or former name typed with or without marks.

    Among several that fit, the same name wins, with or without “UBND xã”, then what existed on `on`.
    Raises DomainError (field `unit`) that names the candidates when it stays unclear.
    """
    typed = nfc(text).strip()
    code = typed.rpartition("(mã ")[2].removesuffix(")").strip() if "(mã " in typed else typed
    key = search_key(typed)
    if not key:
        raise DomainError("Nhập tên hoặc mã đơn vị.", field="unit")
    query = sa.select(Unit)
    if visible is not None:
        query = query.where(Unit.id.in_(visible))
    exact = db.session.scalar(query.where(sa.func.upper(Unit.code) == code.upper()))
    if exact is not None:
        return exact
    found = list(
        db.session.scalars(
            query.where(Unit.search.contains(key, autoescape=True)).order_by(Unit.code).limit(200)
        )
    )
    for fits in (
        lambda unit: key in {search_key(version.name) for version in unit.versions},
        lambda unit: key in {_proper(version.name) for version in unit.versions},
        lambda unit: unit.exists_on(on),
    ):
        found = [unit for unit in found if fits(unit)] or found
    if not found:
        raise DomainError(
            f"Không tìm thấy đơn vị “{typed[:80]}”. Gõ tên (kể cả tên cũ) hoặc mã đơn vị.", field="unit"
        )
    if len(found) > 1:
        named = "; ".join(f"{u.name} (mã {u.code})" for u in found[:MOST_NAMED])
        more = " …" if len(found) > MOST_NAMED else ""
        raise DomainError(f"Nhiều đơn vị có tên này: {named}{more}. Chọn một đơn vị.", field="unit")
    return found[0]


def _proper(name: str) -> str:
    """“long phuoc” of “UBND xã Long Phước”."""
    return _KIND_OF_UNIT.sub("", search_key(name))


def find_criterion(key: str, version: FormVersion | None = None) -> Criterion:
    """The criterion called `key` (any case, any way to type its letters) in the newest form that asks it.

    `version`: where it is looked for first, without a read; a key of an older version is found too.
    Raises DomainError (field `criterion`).
    """
    wanted = nfc(key).strip().upper()
    groups = version.groups if version is not None else ()
    found = next((c for group in groups for c in group.criteria if c.key == wanted), None)
    if found is None:
        found = forms.find_criterion(wanted)
    if found is None:
        raise DomainError(
            f"Không có tiêu chí “{nfc(key).strip()[:40]}” trong phiếu kiểm tra.", field="criterion"
        )
    return found


class ContentNames:
    """What keys mean that people write one after the other: “MC-05; TC” = a criterion and a whole group."""

    def __init__(self, version: FormVersion) -> None:
        self._known: dict[str, tuple[Criterion, ...]] = {}
        for group in version.groups:
            self._known[group.code.upper()] = tuple(group.criteria)
            self._known |= {criterion.key.upper(): (criterion,) for criterion in group.criteria}

    def find(self, key: str) -> tuple[Criterion, ...]:
        """The criteria meant, of an older form when the newest does not ask them. Raises DomainError."""
        wanted = nfc(key).strip().upper()
        if wanted not in self._known:
            self._known[wanted] = (find_criterion(wanted),)
        return self._known[wanted]


def split_keys(text: str) -> list[str]:
    """“MC-05; mc-06” → both, as they were typed."""
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def find_field(code: str, criterion: Criterion) -> ProcedureField | None:
    """The field of procedure called `code`; None for the empty code. Raises DomainError (field `field`)."""
    code = nfc(code).strip()
    if not code:
        return None
    if not criterion.by_field:
        raise DomainError(
            f"Tiêu chí {criterion.key} không tách theo lĩnh vực. Bỏ lựa chọn lĩnh vực.", field="field"
        )
    for field in forms.list_fields():
        if field.code == code.lower():
            return field
    known = ", ".join(field.code for field in forms.list_fields())
    raise DomainError(f"Không có lĩnh vực “{code[:40]}”. Các lĩnh vực: {known}.", field="field")


def period(first: date | None, last: date | None) -> tuple[date, date]:
    """Inclusive days as people type them → half-open. Raises DomainError at the field that is wrong."""
    if first is None:
        raise DomainError("Nhập ngày bắt đầu của thời kỳ.", field="starts_on")
    if last is None:
        raise DomainError("Nhập ngày kết thúc của thời kỳ.", field="ends_on")
    if last < first:
        raise DomainError(
            f"Ngày kết thúc {format_date(last)} trước ngày bắt đầu {format_date(first)}.", field="ends_on"
        )
    return first, last + ONE_DAY
