"""Objects of the register for tests of every room: mandates, claims, conclusions, scope without a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Content, Criterion
from app.inspections.models import InspectedUnit, Inspection, InspectionKind, Method, ScopeItem
from app.register import services
from app.register.boxes import Box
from app.register.models import (
    Conclusion,
    Level,
    Mandate,
    MandateKind,
    Reopening,
    ReopeningBox,
    ReopeningGround,
    ReopeningState,
)
from app.register.services import ClaimWanted, Concluded
from app.units.models import Relation, Succession, SuccessionKind, Unit, UnitType, UnitVersion
from app.vietnamese import search_key
from tests import cast

OFFICE = "Sở Nội vụ"


def content(key: str) -> Content:
    """The content behind a criterion key of the shipped form."""
    return db.session.scalars(sa.select(Content).where(Content.key == key)).one()


def criterion(key: str) -> Criterion:
    found = forms.find_criterion(key)
    assert found is not None, key
    return found


def box(unit: str | Unit, key: str, first: date, last: date, *, field: str = "") -> Box:
    """The box of a unit (by code), a content and inclusive days; `field` takes that field's part alone."""
    unit_id = cast.unit(unit).id if isinstance(unit, str) else unit.id
    days = (first, last + timedelta(days=1))
    if field:
        part = next(item.part for item in forms.list_fields() if item.code == field)
        return Box(unit_id, content(key).id, *days, *part)
    return Box(unit_id, content(key).id, *days)


def mandate(
    decision: str = "120/QĐ-SNV",
    *,
    level: int = Level.DEPARTMENT,
    body: str = OFFICE,
    kind: MandateKind = MandateKind.OWN,
    hidden: bool = False,
) -> Mandate:
    """Another team's mandate: decided on 03/9/2026, led by an invented deputy director until 30/9/2026."""
    return services.create_mandate(
        kind=kind, body_name=body, level=level, decision=decision, decided_on=date(2026, 9, 3),
        leader_name="Nguyễn Văn Mẫu", leader_title="Phó Giám đốc", until_on=date(2026, 9, 30), hidden=hidden,
    )  # fmt: skip


def held(boxes: Sequence[Box], under: Mandate | None = None) -> Mandate:
    """Boxes that a team holds."""
    holder = under or mandate()
    services.claim(holder, [ClaimWanted(None, item) for item in boxes], actor=None)
    return holder


def conclusion(
    number: str = "45/TB-SNV",
    *,
    on: date = date(2026, 8, 12),
    under: Mandate | None = None,
    body: str = OFFICE,
    level: int = Level.DEPARTMENT,
    record_only: bool = False,
    title: str = "Kết luận kiểm tra công tác cải cách hành chính",
) -> Conclusion:
    """A conclusion that covers nothing yet."""
    return services.record_conclusion(
        mandate=under or mandate(decision="", level=level, body=body), document=None, title=title,
        number_and_symbol=number, concluded_on=on, body_name=body, level=level, record_only=record_only,
        actor=None,
    )  # fmt: skip


def concluded(
    boxes: Sequence[tuple[Box, str]],
    number: str = "45/TB-SNV",
    *,
    on: date = date(2026, 8, 12),
    body: str = OFFICE,
    level: int = Level.DEPARTMENT,
    record_only: bool = False,
    result: str = "met",
) -> Conclusion:
    """(box, criterion key) concluded by a notice, claims included where they are free."""
    made = conclusion(number, on=on, body=body, level=level, record_only=record_only)
    services.cover(made, [(item, result, key) for item, key in boxes], actor=None)
    return made


def asked_again(
    conclusion: Conclusion, boxes: Sequence[Box], *, inspection_id: int | None = None
) -> Reopening:
    """A request for these boxes, for a bare case unless one is named; nothing is asked of the register."""
    inspection_id = inspection_id or db.session.scalar(sa.select(Inspection.id).limit(1))
    if inspection_id is None:
        items = scope(cast.LONG_PHUOC, ["MC-05"], date(2026, 1, 1), date(2026, 9, 30))
        inspection_id = items[0].inspected_unit.inspection_id
    made = Reopening(
        conclusion_id=conclusion.id, inspection_id=inspection_id, ground=ReopeningGround.NEW_INFORMATION,
        reason="Có tài liệu mới", evidence="Đơn số 14/PA ngày 02/9/2026",
        responsibility="Đoàn trước chưa đối chiếu sổ theo dõi", requested_by=cast.person(cast.PLANNER).id,
        boxes=[
            ReopeningBox(
                unit_id=one.unit_id, content_id=one.content_id, part_from=one.part_from,
                part_to=one.part_to, starts_on=one.starts_on, ends_on=one.ends_on,
            )
            for one in boxes
        ],
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def granted(conclusion: Conclusion, boxes: Sequence[Box]) -> Reopening:
    """The same, granted as a row: no claim is touched and nothing is held."""
    made = asked_again(conclusion, boxes)
    made.mandate, decider = mandate("130/QĐ-SNV"), cast.person(cast.LEADER)
    made.state, made.decision, made.decided_on = ReopeningState.GRANTED, "130/QĐ-SNV", date(2026, 9, 20)
    made.decided_by = decider.id
    db.session.flush()
    return made


def scope(unit: str, keys: Sequence[str], first: date, last: date) -> list[ScopeItem]:
    """Scope items of a bare case on one unit: rows, nothing claimed."""
    version = forms.latest_version()
    person = cast.person(cast.PLANNER)
    case = Inspection(
        code=f"DK-{unit}-{first}", title="Kiểm tra dựng sẵn", kind=InspectionKind.PLANNED,
        method=Method.ON_SITE,
        office_unit_id=cast.unit(cast.OFFICE).id, form_version_id=version.id, review_from=first,
        review_to=last + timedelta(days=1), created_by=person.id,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    inspected = InspectedUnit(inspection_id=case.id, unit_id=cast.unit(unit).id)
    db.session.add(inspected)
    db.session.flush()
    items = [
        ScopeItem(
            inspected_unit_id=inspected.id, unit_id=inspected.unit_id, criterion_id=criterion(key).id,
            starts_on=first, ends_on=last + timedelta(days=1),
        )
        for key in keys
    ]  # fmt: skip
    db.session.add_all(items)
    db.session.flush()
    return items


def claimed_scope(
    unit: str, keys: Sequence[str], first: date, last: date, under: Mandate | None = None
) -> tuple[Mandate, list[ScopeItem]]:
    """Scope items of a bare case, claimed."""
    holder = under or mandate()
    items = scope(unit, keys, first, last)
    boxes = [box(unit, key, first, last) for key in keys]
    wanted = [ClaimWanted(item.id, asked) for item, asked in zip(items, boxes, strict=True)]
    services.claim(holder, wanted, actor=None)
    return holder, items


def decided(items: Sequence[ScopeItem], keys: Sequence[str], result: str = "met") -> list[Concluded]:
    """What is concluded about scope items."""
    return [Concluded(item.id, result, key) for item, key in zip(items, keys, strict=True)]


def unit(
    code: str,
    name: str,
    *,
    type: UnitType = UnitType.COMMUNE,
    valid_from: date = date(1900, 1, 1),
    valid_to: date | None = None,
    former: str = "",
    renamed_on: date | None = None,
) -> Unit:
    """A unit with one version, or two when it had a former name until `renamed_on`."""
    names = [(valid_from, former), (renamed_on, name)] if renamed_on else [(valid_from, name)]
    made = Unit(
        code=code, valid_from=valid_from, valid_to=valid_to,
        search=search_key(" ".join([code, *(text for _, text in names)])),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for day, text in names:
        db.session.add(
            UnitVersion(
                unit_id=made.id, from_on=day, name=text, short_name=text, type=type,
                parent_id=cast.unit(cast.PROVINCE).id, relation=Relation.UNDER,
            )
        )  # fmt: skip
    db.session.flush()
    db.session.refresh(made)
    return made


def succeeds(
    successor: Unit, *predecessors: Unit, on: date, kind: SuccessionKind = SuccessionKind.MERGE
) -> None:
    """`successor` takes over from the predecessors on a day."""
    for predecessor in predecessors:
        db.session.add(
            Succession(predecessor_id=predecessor.id, successor_id=successor.id, on_date=on, kind=kind)
        )
    db.session.flush()
