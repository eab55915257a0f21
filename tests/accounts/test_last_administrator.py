"""Somebody can always administer; a post at a unit that ended gives no right."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.models import AppointmentKind
from app.errors import Conflict, WrongState
from app.policy import Role
from tests import cast
from tests.conftest import Browser
from tests.factories import accounts, units

ONLY = "Đây là người quản trị duy nhất"


def test_the_only_administrator_keeps_role_and_post(client: Browser, session: Session) -> None:
    (post,) = cast.person(cast.ADMINISTRATOR).appointments
    client.sign_in(cast.ADMINISTRATOR).get(f"/appointments/{post.id}/roles")
    client.submit(data={"roles": ["inspector"]}, expect=409)
    assert ONLY in client.text
    client.get(f"/appointments/{post.id}/end")
    client.submit(data={"to_on": "23/9/2026"}, expect=409)
    assert ONLY in client.text
    session.expire_all()
    assert post.role_set == {Role.ADMINISTRATOR} and post.to_on is None


def test_with_a_second_one_who_can_sign_in_the_first_may_leave(session: Session) -> None:
    (post,) = cast.person(cast.ADMINISTRATOR).appointments
    second = accounts.person()
    accounts.post(second, cast.unit(cast.OFFICE), Role.ADMINISTRATOR)
    with pytest.raises(Conflict, match=ONLY):
        services.end_appointment(post, date(2026, 9, 23), actor=None)
    services.create_account(second, "second@mau.example", actor=None)
    services.change_roles(post, [Role.ADMINISTRATOR, Role.PLANNER], actor=None)
    services.end_appointment(post, date(2026, 9, 23), actor=None)
    assert post.to_on == date(2026, 9, 23)


def test_a_post_with_its_last_day_says_that_day(session: Session) -> None:
    who = accounts.person()
    post = accounts.post(who, cast.unit(cast.LONG_PHUOC), to_on=date(2026, 9, 30))
    with pytest.raises(WrongState, match="ngày cuối giữ chức vụ: 30/9/2026"):
        services.end_appointment(post, date(2026, 10, 1), actor=None)


def test_posts_that_go_on_at_a_unit_that_ended_are_listed_and_give_nothing(
    client: Browser, session: Session
) -> None:
    made = units.unit("CU", "UBND xã Cũ", valid_from=date(2025, 7, 1))
    who = accounts.person()
    accounts.post(
        who, made, Role.UNIT_HEAD, Role.FOLLOWER, title="Chủ tịch UBND xã", kind=AppointmentKind.HEAD
    )
    assert who in queries.list_holders(Role.FOLLOWER)
    client.sign_in(cast.ADMINISTRATOR).get(f"/units/{made.id}/end")
    client.submit(data={"ended_on": "01/9/2026", "legal_basis": "Nghị quyết số 1/NQ"})
    client.follow()
    assert "chưa ghi thôi giữ chức vụ: Tô Văn Tạm Bợ, Chủ tịch UBND xã" in client.text
    session.expire_all()
    actor = queries.actor_for(who)
    assert (actor.roles, actor.unit_ids, actor.headed_unit_ids) == (frozenset(),) * 3
    assert who not in queries.list_holders(Role.FOLLOWER)
    assert queries.actor_for(who, date(2026, 8, 31)).headed_unit_ids == {made.id}
