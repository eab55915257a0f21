"""After a recall: each recipient confirms that it deleted or sent back what it had received."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.documents import removing
from app.documents.models import Delivery
from app.errors import DomainError, Forbidden, WrongState
from app.notices.models import Notice, NoticeRecall
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as made


@pytest.fixture
def recalled(session: Session) -> Notice:
    return made.recalled(made.issued(made.drafted(made.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC)))))


def of(notice: Notice, code: str) -> Delivery:
    return next(d for d in notice.document.deliveries if d.unit.code == code)


def test_only_a_recalled_paper_is_confirmed_and_once(session: Session) -> None:
    notice = made.issued()
    delivery = of(notice, cast.LONG_PHUOC)
    with pytest.raises(WrongState, match="không bị thu hồi"):
        removing.confirm_removed(delivery, actor=cast.actor(cast.HEAD))
    made.recalled(notice)
    assert removing.waits(delivery)
    with pytest.raises(Forbidden):
        removing.confirm_removed(delivery, actor=cast.actor(cast.OTHER_HEAD))
    removing.confirm_removed(delivery, actor=cast.actor(cast.HEAD))
    assert delivery.removal is not None and delivery.removal.removed_on == clock.today()
    assert not removing.waits(delivery)
    with pytest.raises(WrongState, match="đã được xác nhận"):
        removing.confirm_removed(delivery, actor=cast.actor(cast.HEAD))


def test_the_office_records_what_it_knows_with_its_ground(session: Session, recalled: Notice) -> None:
    delivery = of(recalled, cast.AN_PHUOC)
    clerk = cast.actor(cast.CLERK)
    for day, reference, field in (
        (clock.today() + timedelta(days=1), "Công văn số 210/UBND-VP", "removed_on"),
        (delivery.sent_on - timedelta(days=1), "Công văn số 210/UBND-VP", "removed_on"),
        (clock.today(), " ", "reference"),
    ):
        with pytest.raises(DomainError) as refused:
            removing.record_removed(delivery, removed_on=day, reference=reference, actor=clerk)
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        removing.record_removed(
            delivery, removed_on=clock.today(), reference="Công văn", actor=cast.actor(cast.PLANNER)
        )
    removing.record_removed(
        delivery, removed_on=clock.today(), reference="Công văn số 210/UBND-VP", actor=clerk
    )
    assert delivery.removal is not None
    assert (delivery.removal.recorded_by, delivery.removal.confirmed_by) == (clerk.person_id, None)


def test_the_unit_finds_it_among_its_work_and_the_office_sees_who_is_missing(
    client: Browser, session: Session, recalled: Notice
) -> None:
    recall = session.scalars(sa.select(NoticeRecall)).one()
    own, other = of(recalled, cast.LONG_PHUOC), of(recalled, cast.AN_PHUOC)
    client.sign_in(cast.HEAD).get("/")
    assert client.page.select(f"a[href='/deliveries/{own.id}/removed']")
    client.get(f"/deliveries/{own.id}/removed")
    client.submit("main form[method=post]", {})
    client.follow()
    assert "Đã xóa, thu hồi" in client.text
    client.get("/")
    assert not client.page.select(f"a[href='/deliveries/{own.id}/removed']")
    client.get(f"/deliveries/{other.id}/removed", expect=404)
    client.sign_in(cast.CLERK).get(f"/notices/recalls/{recall.id}")
    assert client.page.select(f"a[href='/deliveries/{other.id}/removal']")
    assert not client.page.select(f"a[href='/deliveries/{own.id}/removal']")
    client.get(f"/deliveries/{other.id}/removal")
    client.submit("main form[method=post]", {"removed_on": "", "reference": ""}, expect=422)
    client.submit(
        "main form[method=post]",
        {"removed_on": format_date(clock.today()), "reference": "Hệ thống quản lý văn bản báo đã thu hồi"},
    )
    client.get(f"/notices/recalls/{recall.id}")
    assert "chưa xác nhận" not in client.text
    client.get(f"/deliveries/{other.id}/removal", expect=409)
