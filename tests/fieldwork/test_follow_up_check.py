"""A check of remediation looks at what was concluded; it holds no content and gives no result."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import WrongState
from app.fieldwork import services
from app.fieldwork.models import Answer
from app.form_library.builder import AnswerValues
from app.form_library.values import Result
from app.inspections.models import InspectedUnit, InspectionKind
from app.register.models import Claim
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork, past
from tests.factories import inspections as cases
from tests.fieldwork.sheets import address, form_of

TOLD = "Cuộc kiểm tra việc khắc phục không đánh giá lại nội dung"


@pytest.fixture
def place(session: Session) -> InspectedUnit:
    """xã Long Phước, visited this morning to see what was mended."""
    inspection = cases.decided(kind=InspectionKind.FOLLOW_UP)
    fieldwork.open_visit(cases.announced(inspection.units[0]))
    session.commit()
    return inspection.units[0]


def test_no_result_is_given_not_even_one_for_many(session: Session, place: InspectedUnit) -> None:
    item = fieldwork.item(place, "MC-05")
    for values in (fieldwork.met(), fieldwork.not_met(), AnswerValues(result=Result.NOT_EXAMINED)):
        with pytest.raises(WrongState, match=TOLD):
            fieldwork.answer(item, values)
    with pytest.raises(WrongState, match=TOLD):
        services.record_for_many([item], fieldwork.met(), actor=cast.actor(cast.MEMBER))
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 0


def test_the_sheet_has_no_form_and_says_where_to_note(
    client: Browser, session: Session, place: InspectedUnit
) -> None:
    past.task()
    item = fieldwork.item(place, "MC-05")
    client.sign_in(cast.MEMBER).get(address(place, "MC-05", view="all"))
    assert TOLD in client.text and "Nội dung khắc phục cũ" in client.text
    assert not client.page.select(form_of(item)) and "Ghi chung" not in client.text
    prefix = f"a{item.id}-"
    client.post(f"/scope-items/{item.id}/answer", {f"{prefix}result": "met"}, expect=422)


def test_it_ends_with_what_was_seen_in_the_minutes_and_every_content_not_examined(
    session: Session, place: InspectedUnit
) -> None:
    from app.remediation import queries
    from app.remediation import services as remediation
    from app.remediation.models import ProgressStatus
    from app.remediation.values import SightingValues

    task = past.task()
    riding = queries.get_riding(cast.actor(cast.MEMBER), place.id, task.id)
    remediation.note_seen(
        riding, SightingValues(ProgressStatus.DOING, "Mới làm một nửa"), actor=cast.actor(cast.MEMBER)
    )
    minutes = fieldwork.signed(place.visits[0])
    assert "Mới làm một nửa" in minutes.sections["texts"]["old_tasks"]
    items = len(services.ending.list_unanswered(place.id))
    services.end_fieldwork(place, confirmed_missing=items, actor=cast.actor(cast.TEAM_LEADER))
    results = set(session.scalars(sa.select(Answer.result)))
    assert results == {Result.NOT_EXAMINED}
