"""Scopes on the next form version: what its criteria claim, what refuses them, what is left."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.form_library.models import WHOLE
from app.inspections import queries, services
from app.inspections.models import Inspection, ScopeItem
from app.inspections.queries import ScopeReview
from app.inspections.services import Remainder
from app.register.boxes import Box
from app.register.models import Claim
from tests import cast
from tests.factories import form_versions, register
from tests.factories import inspections as make

JANUARY, JUNE, SEPTEMBER = date(2026, 1, 1), date(2026, 6, 30), date(2026, 9, 30)
HALF = WHOLE // 2


def accept(inspection: Inspection, review: ScopeReview) -> None:
    seen = Remainder(review.fingerprint, frozenset(review.refused_ids))
    services.accept_remainder(inspection, seen, version=None, actor=cast.actor(cast.PLANNER))


def pieces(session: Session) -> list[tuple[str, int, int, str]]:
    """Criterion, parts and label of every scope item."""
    session.expire_all()
    items = session.scalars(sa.select(ScopeItem).order_by(ScopeItem.starts_on, ScopeItem.criterion_id))
    return [(item.criterion.key, item.part_from, item.part_to, item.field_label) for item in items]


def test_a_decided_scope_claims_the_parts_its_criteria_cover(session: Session) -> None:
    form_versions.second()
    made = make.decided(criteria=("MC-30", "MC-31", "MC-33"))
    claimed = session.execute(
        sa.select(Claim.content_id, Claim.part_from, Claim.part_to)
        .where(Claim.mandate_id == made.mandate_id)
        .order_by(Claim.content_id)
    ).all()
    contents = {key: register.content(key).id for key in ("MC-04", "MC-05", "MC-08", "MC-10")}
    assert [tuple(row) for row in claimed] == sorted(
        [
            (contents["MC-04"], 0, WHOLE),
            (contents["MC-05"], 0, HALF),
            (contents["MC-08"], 0, WHOLE),
            (contents["MC-10"], 0, WHOLE),
        ]
    )


def test_a_refusal_names_the_old_criterion_and_nothing_meaningless_is_left(session: Session) -> None:
    register.concluded([(register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE), "MC-05")])
    form_versions.second()
    made = make.draft(criteria=("MC-30", "MC-31", "MC-32"), review=(JANUARY, SEPTEMBER))
    review = queries.review_scope(made)
    refused = [item for item in review.items if item.refusals]
    assert [item.criterion_key for item in refused] == ["MC-31", "MC-32"]
    told = refused[0].sentence(refused[0].refusals[0])
    assert "đã có kết luận theo tiêu chí MC-05 của phiếu phiên bản 01 tại Thông báo số 45/TB-SNV" in told
    assert told.endswith("Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026.")
    accept(made, review)
    assert pieces(session) == [
        ("MC-30", 0, WHOLE, ""), ("MC-31", 0, WHOLE, ""), ("MC-32", 0, WHOLE, "")
    ]  # fmt: skip
    again = queries.review_scope(made)
    assert again.is_free and again.counts.free == 3


def test_the_old_criterion_keeps_the_part_that_no_new_one_concluded(session: Session) -> None:
    made = make.draft(criteria=("MC-05", "CĐ-01"))
    form_versions.second()
    here = register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE)
    half = Box(here.unit_id, here.content_id, here.starts_on, here.ends_on, 0, HALF)
    register.concluded([(half, "MC-31")])
    review = queries.review_scope(made)
    (item,) = [item for item in review.items if item.refusals]
    assert "theo tiêu chí MC-31 của phiếu phiên bản 02" in item.sentence(item.refusals[0])
    accept(made, review)
    assert ("MC-05", HALF, WHOLE, "một phần") in pieces(session)
    assert queries.review_scope(made).is_free
