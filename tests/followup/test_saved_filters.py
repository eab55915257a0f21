"""Filters that a person keeps: an address under a name, one opens by itself, nobody else sees them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict, DomainError
from app.followup import saved
from app.followup.models import SavedFilter
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries


def keep(name: str, who: str = cast.FOLLOWER, opens: bool = False, **args: str) -> SavedFilter:
    return saved.save(name, args or {"state": "open_late"}, opens=opens, actor=cast.actor(who))


def chips(client: Browser) -> dict[str, str]:
    return {str(chip.get_text()): str(chip["href"]) for chip in client.page.select(".kl-chip")}


def test_a_filter_is_kept_and_opened_by_its_address(client: Browser, session: Session) -> None:
    made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    client.sign_in("follower").get("/follow-up?q=an+phuoc&state=open_in_time&cursor=")
    link = next(a for a in client.page.select("a[href*='saved-filters?']"))
    client.get(str(link["href"]))
    client.submit("form[action*='saved-filters?']", {"name": "  An Phước,  trong hạn "})
    assert client.response.headers["Location"] == "/follow-up?q=an+phuoc&state=open_in_time"
    client.follow()
    assert chips(client)["An Phước, trong hạn"] == "/follow-up?q=an+phuoc&state=open_in_time"
    assert client.page.select_one(".kl-chip[aria-current]").get_text() == "An Phước, trong hạn"
    assert len(client.page.select("tbody tr")) == 1


def test_the_table_opens_with_the_one_that_was_chosen(client: Browser, session: Session) -> None:
    made.issued()
    first, second = keep("Quá hạn", opens=True), keep("Tôi theo dõi", opens=True, mine="1", columns="all")
    session.commit()
    session.expire_all()
    assert (first.opens, second.opens) == (False, True)
    client.sign_in("follower").get("/follow-up", expect=303)
    assert client.response.headers["Location"] == "/follow-up?mine=1&columns=all"
    client.get("/follow-up?all=1")
    assert len(client.page.select("tbody tr")) == 1
    clear = next(a for a in client.page.select(".kl-filter a") if a.get_text() == "Bỏ lọc")
    assert clear["href"] == "/follow-up?all=1"
    client.sign_in("planner").get("/follow-up")  # another person's table opens whole


def test_a_filter_is_renamed_and_removed(client: Browser, session: Session) -> None:
    row = keep("Quá hạn")
    other = keep("Khác", mine="1")
    session.commit()
    client.sign_in("follower").get(f"/follow-up/saved-filters/{row.id}")
    client.submit(f"form[action$='/{row.id}']", {"name": "Khác"}, expect=409)
    assert client.page.select_one("#name")["value"] == "Khác"
    client.submit(f"form[action$='/{row.id}']", {"name": "Quá hạn của tôi", "opens": "y"})
    session.expire_all()
    assert (row.name, row.opens, row.address) == ("Quá hạn của tôi", True, "state=open_late")
    client.follow()
    client.submit(f"form[action$='/{other.id}/remove']")
    assert [found.name for found in saved.list_saved(cast.actor(cast.FOLLOWER))] == ["Quá hạn của tôi"]


def test_what_is_wrong_is_said_and_the_name_stays(client: Browser, session: Session) -> None:
    keep("Quá hạn")
    session.commit()
    client.sign_in("follower").get("/follow-up/saved-filters?q=long")
    client.submit("form[action*='saved-filters?']", {"name": "x"}, expect=422)
    client.submit("form[action*='saved-filters?']", {"name": "Quá hạn"}, expect=409)
    assert client.page.select_one("#name")["value"] == "Quá hạn"
    with pytest.raises(DomainError, match="Chọn điều kiện"):
        saved.save("Trống", {"cursor": "x", "all": "1"}, opens=False, actor=cast.actor(cast.FOLLOWER))
    with pytest.raises(DomainError, match="quá dài"):
        keep("Dài", q="ế" * 200)
    for number in range(saved.MOST - 1):
        keep(f"Bộ lọc {number}")
    with pytest.raises(Conflict, match="tối đa 30"):
        keep("Thêm nữa")


def test_nobody_opens_changes_or_removes_what_is_anothers(client: Browser, session: Session) -> None:
    row = keep("Quá hạn")
    keep("Quá hạn", who=cast.PLANNER)  # the same name of another person
    session.commit()
    for part in ("planner", "head"):
        client.sign_in(part).get(f"/follow-up/saved-filters/{row.id}", expect=404)
        client.post(f"/follow-up/saved-filters/{row.id}", {"name": "Của tôi"}, expect=404)
        client.post(f"/follow-up/saved-filters/{row.id}/remove", {}, expect=404)
    client.get("/follow-up/saved-filters", expect=404)
    client.sign_in("planner").get("/follow-up/saved-filters")
    assert len(client.page.select(".kl-rows li")) == 1


def test_addresses_hold_filters_alone_in_one_order() -> None:
    assert saved.address_of({"state": "waiting", "q": "long phước", "cursor": "x", "edit": "4"}) == (
        "q=long+ph%C6%B0%E1%BB%9Bc&state=waiting"
    )
    assert saved.arguments_of("q=long+ph%C6%B0%E1%BB%9Bc") == {"q": "long phước"}
    assert saved.address_of({"cursor": "x"}) == ""


def test_all_filters_of_a_person_are_one_read(session: Session) -> None:
    for number in range(20):
        keep(f"Bộ lọc {number}")
    session.expire_all()
    with count_queries(session) as sent:
        assert len(saved.list_saved(cast.actor(cast.FOLLOWER))) == 20
    assert sum("saved_filter" in statement for statement in sent) == 1
    index = sa.inspect(session.connection()).get_unique_constraints("saved_filter")
    assert ["person_id", "name"] in [found["column_names"] for found in index]


def test_a_persons_own_bookmarks_leave_no_event(session: Session) -> None:
    """docs/decisions/0010: they change nothing of any case, and the chain keeps no search words."""
    events = sa.select(sa.func.count()).select_from(Event)
    before = session.scalar(events)
    kept = keep("Quá hạn", q="nguyen van a")
    saved.change(kept, "Quá hạn của tôi", opens=True, actor=cast.actor(cast.FOLLOWER))
    session.commit()
    saved.remove(kept)
    session.commit()
    assert session.scalar(events) == before
