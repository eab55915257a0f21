"""Đầu mối của đơn vị: appointed by the head, does everything of the unit's side but acknowledge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.accounts import queries as accounts
from app.accounts import services
from app.accounts.services import FocalPointValues
from app.audit.timeline import timeline
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.policy import Action, Role, can
from app.remediation import services as remediation
from app.remediation.models import TaskState
from app.remediation.values import AssignValues, Officer
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

TODAY = date(2026, 9, 23)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(clock.at(TODAY)):
        yield


def appointed(part: str = cast.OFFICER, **changes: object):
    values = FocalPointValues(**{"from_on": TODAY, "person_id": cast.person(part).id, **changes})
    return services.appoint_focal_point(cast.unit(cast.LONG_PHUOC), values, actor=cast.actor(cast.HEAD))


def test_the_focal_point_assigns_and_hands_in_and_it_is_shown_as_theirs(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(Forbidden):
        remediation.assign(task, AssignValues(Officer("Hồ Văn Thử")), actor=cast.actor(cast.OFFICER))
    appointed()
    session.commit()
    officer = cast.actor(cast.OFFICER)
    assert officer.focal_unit_ids == {task.lead_unit_id}
    remediation.assign(task, AssignValues(Officer("Hồ Văn Thử")), actor=officer)
    made.progressed(task)
    remediation.submit(task, actor=officer)
    session.commit()
    assert task.state is TaskState.SUBMITTED
    assert timeline(task)[0].who == "Mai Thị Làm Mẫu (đầu mối)"


def test_acknowledging_stays_with_the_head_and_appointing_too(session: Session) -> None:
    task = made.issued()[0]
    appointed()
    session.commit()
    officer = cast.actor(cast.OFFICER)
    assert not can(officer, Action.ACKNOWLEDGE, task)
    assert not can(officer, Action.APPOINT_FOCAL_POINT, task.lead_unit)


def test_the_right_begins_and_ends_with_the_days(session: Session) -> None:
    appointed(from_on=TODAY + timedelta(days=2), to_on=TODAY + timedelta(days=4))
    session.commit()
    person = cast.person(cast.OFFICER)
    unit = cast.unit(cast.LONG_PHUOC).id
    held = [unit in accounts.actor_for(person, TODAY + timedelta(days=n)).focal_unit_ids for n in range(7)]
    assert held == [False, False, True, True, True, False, False]


def test_an_officer_without_a_role_reads_the_units_things_while_it_lasts(session: Session) -> None:
    post = cast.person(cast.OFFICER).appointments[0]
    post.roles = []
    appointed()
    session.commit()
    assert accounts.actor_for(cast.person(cast.OFFICER)).roles == {Role.UNIT_OFFICER}


def test_two_at_the_same_time_are_refused_and_one_after_the_other_is_not(session: Session) -> None:
    first = appointed(to_on=TODAY + timedelta(days=10))
    with pytest.raises(Conflict):
        appointed(person_id=None, name="Hồ Văn Thử", from_on=TODAY + timedelta(days=10))
    services.end_focal_point(first, TODAY, actor=cast.actor(cast.HEAD))
    appointed(person_id=None, name="Hồ Văn Thử", from_on=TODAY + timedelta(days=1))
    assert [point.name for point in accounts.list_focal_points(first.unit_id)] == [
        "Hồ Văn Thử",
        "Mai Thị Làm Mẫu",
    ]


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"to_on": TODAY - timedelta(days=1)}, "to_on"),
        ({"from_on": date(2026, 1, 1), "to_on": date(2026, 2, 1)}, "to_on"),
        ({"from_on": date(2020, 1, 1)}, "from_on"),
        ({"person_id": None, "name": " "}, "name"),
    ],
)
def test_wrong_values_are_refused_at_their_field(session: Session, changes: dict[str, object], field: str):
    with pytest.raises(DomainError) as refused:
        appointed(**changes)
    assert refused.value.field == field


@pytest.mark.parametrize("part", [cast.HEAD, cast.OTHER_HEAD])
def test_neither_the_head_nor_somebody_from_elsewhere_is_appointed(session: Session, part: str) -> None:
    with pytest.raises(DomainError) as refused:
        appointed(part)
    assert refused.value.field == "person_id"


def test_the_last_day_is_not_long_past_and_is_not_moved_once_it_was(session: Session) -> None:
    point = appointed(to_on=TODAY + timedelta(days=5))
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=9)):
        with pytest.raises(DomainError):
            services.end_focal_point(point, day, actor=cast.actor(cast.HEAD))
    services.end_focal_point(point, TODAY, actor=cast.actor(cast.HEAD))
    with clock.frozen(clock.at(TODAY + timedelta(days=3))), pytest.raises(WrongState):
        services.end_focal_point(point, TODAY, actor=cast.actor(cast.HEAD))


GIVE, END = "form[action$='/focal-point']", "form[action$='/end']"


def test_the_head_appoints_and_ends_on_one_page(session: Session, client: Browser) -> None:
    unit = cast.unit(cast.LONG_PHUOC).id
    client.sign_in(cast.HEAD).get(f"/units/{unit}/focal-point")
    assert "Chưa có. Thủ trưởng đơn vị là người liên hệ." in client.text
    client.submit(GIVE, {"person_id": str(cast.person(cast.OFFICER).id)})
    client.follow()
    client.submit(GIVE, {"name": "Hồ Văn Thử"}, expect=409)
    assert "đầu mối của đơn vị là Mai Thị Làm Mẫu" in client.text
    client.get(f"/units/{unit}/focal-point")
    client.submit(END, {"last_on": "1/9/2026"}, expect=422)
    assert "sớm nhất" in client.text
    client.submit(END, {"last_on": clock.today().strftime("%d/%m/%Y")})
    client.get("/")
    assert "Mai Thị Làm Mẫu" in client.text and "Đổi đầu mối" in client.text


def test_the_office_enters_it_from_a_paper_that_it_names(session: Session, client: Browser) -> None:
    unit = cast.unit(cast.AN_PHUOC).id
    client.sign_in(cast.CLERK).get(f"/units/{unit}/for-unit/focal-point")
    client.submit(GIVE, {"name": "Hồ Văn Thử"}, expect=422)
    assert "Ghi số, ký hiệu, ngày văn bản cử đầu mối" in client.text
    client.submit(GIVE, {"reference": "12/UBND-VP ngày 20/9/2026"})
    point = accounts.list_focal_points(unit)[0]
    assert point.on_behalf and timeline(point)[0].who.endswith("(nhập thay UBND xã An Phước)")
    client.follow()
    client.submit(END, {"last_on": "30/9/2026"})
    assert accounts.focal_point_of(unit) is not None


def test_another_units_head_learns_nothing_of_it(session: Session, client: Browser) -> None:
    point = appointed()
    session.commit()
    client.sign_in(cast.OTHER_HEAD).get("/")
    client.get(f"/units/{point.unit_id}/focal-point", expect=404)
    client.get("/")
    client.post(f"/focal-points/{point.id}/end", {"last_on": "23/9/2026"}, expect=404)
