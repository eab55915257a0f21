"""Old tasks ride along when a team comes to the unit: it notes what it sees, and assesses nothing by it."""

from __future__ import annotations

import io
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import DomainError, Forbidden, NotFound, WrongState
from app.fieldwork.models import Answer
from app.findings.models import Classification, Finding
from app.followup import queries as followup
from app.followup.filters import Filters
from app.inspections.models import InspectedUnit
from app.register.models import Claim
from app.remediation import queries, services
from app.remediation.models import ProgressStatus, Task, TaskState
from app.remediation.values import SightingValues, Upload
from tests import cast
from tests.factories import fieldwork, past
from tests.factories import inspections as cases
from tests.factories import register as factory
from tests.factories import remediation as made
from tests.fieldwork.sheets import form_of
from tests.queries import count_queries
from tests.strict_client import StrictClient

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "0200015e5b1e0b0000000049454e44ae426082"
)


@pytest.fixture
def place(session: Session) -> InspectedUnit:
    """The unit in fieldwork this morning, in a case of its own."""
    return fieldwork.opened().units[0]


def seen(place: InspectedUnit, task: Task, *, by: str = cast.MEMBER, **values: object) -> None:
    riding = queries.get_riding(cast.actor(by), place.id, task.id)
    said = SightingValues(**{"status": ProgressStatus.NOT_YET, "text": "Bảng còn trống", **values})
    services.note_seen(riding, said, actor=cast.actor(by))


def test_tasks_of_earlier_cases_and_past_notices_ride_along_and_no_others(
    session: Session, place: InspectedUnit
) -> None:
    old, another = (
        past.task(),
        past.task(
            past.notice(cast.AN_PHUOC, number="20/TB-SNV"),
            concluded_unit_id=cast.unit(cast.AN_PHUOC).id,
            lead_unit_id=cast.unit(cast.AN_PHUOC).id,
        ),
    )
    earlier = made.issued()[0]
    done = made.accepted(made.issued()[0])
    riding = [row.task for row in queries.list_old(place)]
    assert riding == [old, earlier] and queries.count_old(place) == 2
    assert another not in riding and done not in riding
    with pytest.raises(NotFound):
        queries.get_riding(cast.actor(cast.MEMBER), place.id, another.id)


def test_what_a_dissolved_predecessor_owed_rides_along_at_its_heir(session: Session) -> None:
    gone = factory.unit("CU", "UBND xã Cũ", valid_to=date(2026, 7, 1))
    factory.succeeds(cast.unit(cast.LONG_PHUOC), gone, on=date(2026, 7, 1))
    task = past.task()
    task.lead_unit = gone
    session.flush()
    (row,) = queries.list_old(fieldwork.opened().units[0])
    assert row.task is task


def test_the_follower_reads_it_and_nothing_is_assessed(session: Session, place: InspectedUnit) -> None:
    task = past.task()
    before = session.scalar(sa.select(sa.func.count()).select_from(Claim))
    seen(place, task, text="Bảng niêm yết còn thiếu 12 thủ tục.")
    assert task.state is TaskState.ISSUED
    (line,) = followup.table(cast.actor(cast.FOLLOWER), Filters())
    assert line.verdict == (
        "Đoàn kiểm tra ghi nhận ngày 23/9/2026: chưa khắc phục. Bảng niêm yết còn thiếu 12 thủ tục."
    )
    assert session.scalar(sa.select(sa.func.count()).select_from(Answer)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Claim)) == before


def test_the_last_one_counts_and_the_minutes_tell_it(session: Session, place: InspectedUnit) -> None:
    task = past.task()
    minutes = fieldwork.composed(place.visits[0])
    assert minutes.sections["texts"]["old_tasks"] == ""
    seen(place, task)
    seen(place, task, status=ProgressStatus.DONE, text="Đã niêm yết đủ 92 thủ tục")
    fieldwork.composed(place.visits[0])
    assert minutes.sections["texts"]["old_tasks"] == (
        "- Thông báo số 18/TB-SNV ngày 14/11/2025: Niêm yết đầy đủ thủ tục hành chính: "
        "đã khắc phục xong. Đã niêm yết đủ 92 thủ tục."
    )
    (row,) = queries.list_old(place)
    assert row.seen is not None and row.seen.status is ProgressStatus.DONE and len(task.sightings) == 2


def test_what_is_undone_is_told_in_words_and_what_is_done_by_words_or_a_photo(
    session: Session, place: InspectedUnit
) -> None:
    task = past.task()
    for status in ProgressStatus:
        with pytest.raises(DomainError) as error:
            seen(place, task, status=status, text=" ")
        assert error.value.field == "text"
    seen(place, task, status=ProgressStatus.DONE, text="", files=(Upload("bang.png", PNG),))
    assert [file.name for file in task.sightings[0].files] == ["bang.png"]


def test_only_the_team_at_work_notes_it_on_what_is_still_followed(session: Session) -> None:
    inspection = cases.decided()
    pending = inspection.units[0]
    task = past.task()
    with pytest.raises(WrongState, match="Chưa mở buổi làm việc"):
        seen(pending, task)
    fieldwork.open_visit(cases.announced(pending))
    with pytest.raises(Forbidden):
        seen(pending, task, by=cast.PLANNER)
    with pytest.raises(NotFound):
        seen(pending, task, by=cast.HEAD)
    made.accepted(task)
    with pytest.raises(WrongState, match="không còn theo dõi"):
        seen(pending, task)


def test_on_the_phone_the_member_sees_them_and_notes_with_a_photo(
    session: Session, client: StrictClient, place: InspectedUnit
) -> None:
    task = past.task()
    session.commit()
    client.sign_in(cast.MEMBER).get(f"/inspected-units/{place.id}/fieldwork")
    assert "Đơn vị còn 01 nội dung khắc phục theo các kết luận trước" in client.text
    group = fieldwork.item(place, "MC-05").criterion.group_id
    client.get(f"/inspected-units/{place.id}/groups/{group}")
    there = f"/inspected-units/{place.id}/old-tasks"
    assert client.page.select(f'a[href="{there}"]')
    client.get(there)
    assert "Thông báo số 18/TB-SNV ngày 14/11/2025 của Sở Nội vụ" in client.text
    client.post(f"{there}/{task.id}", {"status": "not_yet", "text": ""}, expect=422)
    assert "Nêu việc chưa khắc phục xong." in client.text
    client.submit(
        f'form[action="{there}/{task.id}"]',
        {"status": "doing", "text": "Đang in lại bảng", "files": [(io.BytesIO(PNG), "bang.png")]},
    )
    client.follow()
    assert "Đoàn ghi nhận ngày 23/9/2026: đang khắc phục." in client.text and "01 tệp kèm theo" in client.text
    client.sign_in(cast.FOLLOWER).get(f"/tasks/{task.id}")
    assert "Đoàn kiểm tra ghi nhận tại đơn vị: đang khắc phục" in client.text
    (photo,) = client.page.select("a.kl-photo")
    client.get(photo["href"])
    client.sign_in(cast.HEAD).get(there, expect=404)
    client.get(f"/tasks/{task.id}")
    assert "Đang in lại bảng" in client.text


def test_what_is_unremedied_becomes_a_finding_where_this_case_asks_the_same(
    session: Session, client: StrictClient, place: InspectedUnit
) -> None:
    task, left = made.issued()[0], past.task()
    asked = {row.task.id: row.asked for row in queries.list_old(place)}
    item = fieldwork.item(place, "MC-05")
    assert asked[left.id] is None
    assert asked[task.id] == queries.AskedHere("MC-05", item.criterion.group_id, item.id)
    client.sign_in(cast.MEMBER).get(f"/inspected-units/{place.id}/old-tasks")
    (link,) = [a for a in client.page.select("main a") if "Mở phiếu kiểm tra tại MC-05" in a.text]
    client.get(link["href"].partition("#")[0])
    prefix = f"n{item.id}-"
    client.submit(
        form_of(item),
        {
            f"a{item.id}-result": "not_met", f"a{item.id}-looked_at_other": "Sổ theo dõi",
            f"{prefix}description": "Vẫn chưa gửi phiếu xin lỗi", f"{prefix}classification": "unremedied",
        },
    )  # fmt: skip
    found = session.scalars(sa.select(Finding).where(Finding.inspected_unit_id == place.id)).one()
    assert found.classification is Classification.UNREMEDIED and found.scope_item_id == item.id


def test_without_old_tasks_the_pages_say_nothing(
    session: Session, client: StrictClient, place: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER).get(f"/inspected-units/{place.id}/fieldwork")
    assert "Nội dung khắc phục cũ" not in client.text
    client.get(f"/inspected-units/{place.id}/old-tasks")
    assert "Đơn vị không còn nội dung khắc phục nào" in client.text


def test_the_list_reads_as_often_for_many_as_for_one(session: Session, place: InspectedUnit) -> None:
    notice = past.notice()
    seen(place, past.task(notice))
    counts = []
    for more in (0, 6):
        for number in range(more):
            seen(place, past.task(notice, text=f"Việc còn lại thứ {number}"))
        session.commit()
        with count_queries(session) as sent:
            for row in queries.list_old(place):
                assert row.task.source and row.task.lead_unit.name and row.seen and row.seen.author.name
        counts.append(len(sent))
    assert counts[0] == counts[1]
