"""What stands on a whole concerns its parts and the reverse; what is merely under a unit does not."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.inspections import queries, services
from app.inspections.models import Inspection, ScopeItem
from app.register.models import Claim
from app.register.services import ClaimRefused
from app.units import services as unit_services
from app.units.models import Relation, UnitType
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register

JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30)
PAIRS = [(cast.LONG_PHUOC, cast.CULTURE), (cast.CULTURE, cast.LONG_PHUOC)]


def decide(made: Inspection) -> None:
    services.decide(made, make.decision_data(), version=None, actor=cast.actor(cast.PLANNER))


def claims_of(session: Session, made: Inspection) -> set[tuple[str, date, date]]:
    rows = session.scalars(sa.select(Claim).where(Claim.mandate_id == made.mandate_id))
    codes = {cast.unit(code).id: code for code in (cast.LONG_PHUOC, cast.CULTURE)}
    return {(codes[row.unit_id], row.starts_on, row.ends_on) for row in rows}


@pytest.mark.parametrize(("standing", "asked"), PAIRS)
@pytest.mark.parametrize("how", ["held", "concluded"])
def test_the_other_one_is_inspected_only_with_a_recorded_reason(
    session: Session, standing: str, asked: str, how: str
) -> None:
    box = register.box(standing, "MC-05", JANUARY, MARCH)
    if how == "held":
        register.held([box])
    else:
        register.concluded([(box, "MC-05")])
    made = make.draft(units=(asked,), criteria=("MC-05", "CĐ-01"))
    review = queries.review_scope(made)
    (item,) = review.without_reason
    assert item.criterion_key == "MC-05" and not item.refusals
    assert f"Nội dung này của {cast.unit(standing).name}, thời kỳ 01/01/2026–31/3/2026" in item.reason_needed
    assert "thuộc cùng một cơ quan" in item.reason_needed
    with session.begin_nested() as point, pytest.raises(ClaimRefused, match="thuộc cùng một cơ quan"):
        decide(made)
    assert not point.is_active
    services.give_higher_reason(made, "Có phản ánh mới", version=None, actor=cast.actor(cast.PLANNER))
    decide(made)
    reasons = set(
        session.scalars(sa.select(Claim.override_reason).where(Claim.mandate_id == made.mandate_id))
    )
    assert reasons == {None, "Có phản ánh mới"}


def test_the_page_asks_for_the_reason(client: Browser, session: Session) -> None:
    register.concluded([(register.box(cast.CULTURE, "MC-05", JANUARY, MARCH), "MC-05")], "5/KL-TTr")
    made = make.draft(criteria=("MC-05",))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    assert "Cần ghi lý do vẫn kiểm tra: 01 nội dung" in client.text
    assert "đã có kết luận tại Kết luận số 5/KL-TTr ngày 12/8/2026 của Sở Nội vụ" in client.text
    client.submit("form[action$='/review/reason']", {"reason": "Có phản ánh mới"})
    session.expire_all()
    assert session.scalars(sa.select(ScopeItem.higher_reason)).all() == ["Có phản ánh mới"]


def test_what_is_under_a_unit_or_became_a_part_of_it_later_is_another_thing(session: Session) -> None:
    parent = cast.unit(cast.AN_PHUOC)
    first = unit_services.VersionData(
        "Phòng Kinh tế xã An Phước", UnitType.DIVISION, date(2025, 7, 1), parent=parent
    )
    room = unit_services.create_unit(unit_services.NewUnit("AP-KT", first), actor=None)
    later = unit_services.VersionData(
        "Phòng Kinh tế xã An Phước", UnitType.DIVISION, date(2026, 4, 1), parent=parent,
        relation=Relation.PART_OF,
    )  # fmt: skip
    unit_services.add_version(room, later, actor=None)
    register.held([register.box(room, "MC-05", JANUARY, JUNE)])
    before = make.draft("Trước", units=(cast.AN_PHUOC,), criteria=("MC-05",), review=(JANUARY, MARCH))
    across = make.draft("Qua", units=(cast.AN_PHUOC,), criteria=("MC-05",), includes_parts=True)
    assert not queries.review_scope(before).without_reason
    (item,) = queries.review_scope(across).items
    assert [(r.box.starts_on, r.box.unit_id) for r in item.left_out] == [(date(2026, 4, 1), room.id)]


def test_what_stands_on_an_included_part_is_left_out_of_that_part_alone(
    client: Browser, session: Session
) -> None:
    register.concluded([(register.box(cast.CULTURE, "MC-05", JANUARY, MARCH), "MC-05")])
    made = make.draft(criteria=("MC-05",), includes_parts=True)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/review")
    assert "Phần của đơn vị trực thuộc không kiểm tra lại: 01" in client.text
    told = "của Phòng Văn hóa – Xã hội xã Long Phước, thời kỳ 01/01/2026–31/3/2026, đã có kết luận"
    assert told in client.text
    assert "của UBND xã Long Phước, thời kỳ" not in client.text
    review = queries.review_scope(made)
    assert review.is_free and not review.without_reason
    decide(made)
    july = date(2026, 7, 1)
    assert claims_of(session, made) == {
        (cast.LONG_PHUOC, JANUARY, july),
        (cast.CULTURE, date(2026, 4, 1), july),
    }
    (item,) = session.scalars(sa.select(ScopeItem))
    assert (item.starts_on, item.ends_on) == (JANUARY, july)


def test_a_lower_body_at_an_included_part_is_named(session: Session) -> None:
    register.concluded(
        [(register.box(cast.CULTURE, "MC-05", JANUARY, MARCH), "MC-05")], "12/TB-UBND",
        body="UBND xã Long Phước", level=10,
    )  # fmt: skip
    (item,) = queries.review_scope(make.draft(criteria=("MC-05",), includes_parts=True)).without_reason
    assert "– Phòng Văn hóa – Xã hội xã Long Phước: Cấp dưới đã có kết luận" in item.reason_needed
