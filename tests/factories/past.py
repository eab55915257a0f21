"""Past notices of the office and what they still ask for, by the real services."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.deadlines.badge import DeadlineKind
from app.extensions import db
from app.register import entry
from app.register.models import Conclusion, Level, MandateKind
from app.remediation import services
from app.remediation.models import Task
from app.remediation.values import PastTaskValues
from tests import cast
from tests.factories import register as factory
from tests.replaying import replayed

DATED = date(2025, 11, 14)
FIRST, AFTER = date(2025, 7, 1), date(2025, 10, 1)
PDF = b"%PDF-1.7\n% thong bao cu\n%%EOF\n"


def scan() -> io.BytesIO:
    return io.BytesIO(PDF)


@replayed
def notice(
    *units: str,
    number: str = "18/TB-SNV",
    criteria: Sequence[str] = (),
    paper: bool = False,
    kind: MandateKind = MandateKind.HISTORIC,
) -> Conclusion:
    """Entered by the planner: about these units (xã Long Phước), mapped to these criteria or to none."""
    said = [
        entry.Said(
            cast.unit(code), [factory.criterion(key) for key in criteria], FIRST, AFTER,
            text="" if criteria else "Niêm yết thủ tục hành chính chưa đủ",
        )
        for code in units or (cast.LONG_PHUOC,)
    ]  # fmt: skip
    made = entry.record(
        entry.Entry(
            kind=kind, body_name="Sở Nội vụ", level=Level.DEPARTMENT, number_and_symbol=number,
            concluded_on=DATED, title="Kết luận kiểm tra công tác cải cách hành chính", lines=said,
            record_only=True, upload=entry.Upload("thong-bao-cu.pdf", PDF) if paper else None,
        ),
        actor=cast.actor(cast.PLANNER),
    )  # fmt: skip
    db.session.commit()
    return made.conclusion


def values(**changes: object) -> PastTaskValues:
    """What a form would send: to be done by 31/1/2026 by xã Long Phước, followed by the cast's follower."""
    unit = cast.unit(cast.LONG_PHUOC)
    found = PastTaskValues(
        text="Niêm yết đầy đủ thủ tục hành chính", concluded_unit_id=unit.id, lead_unit_id=unit.id,
        follower_id=cast.person(cast.FOLLOWER).id, deadline_kind=DeadlineKind.FIXED, due_on=date(2026, 1, 31),
    )  # fmt: skip
    return replace(found, **changes)


@replayed
def task(conclusion: Conclusion | None = None, *, by: str = cast.PLANNER, **changes: object) -> Task:
    """One task of a past notice (of a new one, unless it is given)."""
    made = services.add_past_task(conclusion or notice(), values(**changes), actor=cast.actor(by))
    db.session.commit()
    return made
