"""What every write at a unit asks first, with the unit's row held so that the answer stays true."""

from __future__ import annotations

import sqlalchemy as sa

from app.errors import WrongState
from app.extensions import db
from app.inspections import holds
from app.inspections.models import (
    InspectedUnit,
    InspectedUnitState,
    Inspection,
    InspectionState,
    ScopeItem,
)
from app.register.conflicts import SUSPENDED as SUSPENDED
from app.workflow import hold


def hold_unit(unit: InspectedUnit) -> None:
    """Lock the unit's row until the transaction ends. Raises WrongState while the case is suspended."""
    hold(unit)
    state = db.session.scalar(sa.select(Inspection.state).where(Inspection.id == unit.inspection_id))
    if state is InspectionState.SUSPENDED:
        raise WrongState(SUSPENDED)


def check_in_scope(scope_item: ScopeItem) -> None:
    """Raise WrongState when a paper took the content out of the case meanwhile. The unit's row is held."""
    dropped = db.session.scalar(sa.select(ScopeItem.dropped_by_id).where(ScopeItem.id == scope_item.id))
    if dropped is not None:
        raise WrongState(
            "Nội dung này đã đình chỉ kiểm tra nên không thuộc phạm vi của Đoàn. Kết quả đã ghi vẫn được giữ."
        )


def check_writable(unit: InspectedUnit) -> None:
    """Raise WrongState unless the unit is being inspected."""
    hold_unit(unit)
    if unit.state is not InspectedUnitState.FIELDWORK:
        raise WrongState(
            "Tồn tại, hạn chế chỉ được ghi khi đang kiểm tra tại đơn vị. Mở buổi làm việc trước khi ghi."
        )


def is_heard(unit: InspectedUnit) -> bool:
    """Whether what the unit says for itself is taken down: from the first visit on, also after the end."""
    return unit.state not in (InspectedUnitState.PENDING, InspectedUnitState.TERMINATED)


def check_heard(unit: InspectedUnit) -> None:
    """Raise WrongState unless the team has been at the unit: what the unit says is then taken down."""
    hold_unit(unit)
    if not is_heard(unit):
        raise WrongState("Kiến nghị của đơn vị được ghi từ khi mở buổi làm việc tại đơn vị.")


def check_decidable(unit: InspectedUnit) -> None:
    """Raise WrongState once the unit was concluded or the inspection there was stopped for good."""
    hold_unit(unit)
    if unit.state in (InspectedUnitState.CONCLUDED, InspectedUnitState.TERMINATED):
        raise WrongState("Đơn vị đã có thông báo kết luận hoặc đã dừng kiểm tra nên không xem xét lại.")
    holds.ask_free(unit.id)
