"""Requests for more time that wait: ten on the work list, the rest in a list for who decides."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.home.work import following
from app.remediation import queries, services
from app.remediation.models import ExtensionRequest, Task
from app.remediation.values import RequestValues
from app.web.paging import parse_cursor
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made
from tests.queries import count_queries

LIST = "/extension-requests"
ASKED = RequestValues(
    date(2026, 10, 20), "Chờ kinh phí", reference="31/UBND-VP", document_on=date(2026, 9, 20)
)


def asked(many: int, part: str = cast.HEAD) -> list[ExtensionRequest]:
    tasks = list[Task]()
    while len(tasks) < many:
        tasks += made.issued(findings=min(3, many - len(tasks)))
    return [services.request_extension(task, ASKED, actor=cast.actor(part)) for task in tasks]


def shown(client: Browser) -> list[str]:
    return [line.get_text() for line in client.page.select(".kl-task h3") if "gia hạn" in line.get_text()]


@pytest.mark.parametrize("who", [cast.LEADER, cast.CONTENT_CHECKER, cast.FOLLOWER])
def test_ten_stand_on_the_work_list_and_one_line_leads_to_all(
    client: Browser, session: Session, who: str
) -> None:
    asked(following.REQUESTS)
    session.commit()
    client.sign_in(who).get("/")
    assert len(shown(client)) == following.REQUESTS == 10
    assert not client.page.select(f"a[href='{LIST}']")
    asked(2)
    session.commit()
    client.get("/")
    assert len(shown(client)) == following.REQUESTS + 1
    assert "còn 02 đề nghị khác chờ quyết định" in client.text
    client.get(client.page.select_one(f"a[href='{LIST}']")["href"])
    assert len(client.page.select("tbody tr")) == 12
    assert "Chờ kinh phí" in client.text


@pytest.mark.parametrize("who", [cast.PLANNER, cast.CLERK, cast.MEMBER, cast.OBSERVER, cast.HEAD])
def test_whoever_decides_nothing_finds_nothing_there(client: Browser, session: Session, who: str) -> None:
    request = asked(1)[0]
    session.commit()
    client.sign_in(who).get(LIST)
    assert "Không có đề nghị gia hạn nào chờ đồng chí quyết định." in client.text
    assert request.task.code not in client.text


def test_who_asked_finds_it_neither_at_home_nor_in_the_list(client: Browser, session: Session) -> None:
    mine, others = asked(2)
    mine.requested_by = cast.person(cast.CONTENT_CHECKER).id  # who keyed it in moved up since
    session.commit()
    client.sign_in(cast.CONTENT_CHECKER)
    for page, lines in (("/", ".kl-task"), (LIST, "tbody tr")):
        client.get(page)
        [line] = client.page.select(lines)
        assert others.task.code in line.get_text()


def test_what_is_decided_leaves_the_list(client: Browser, session: Session) -> None:
    request = asked(1)[0]
    services.refuse_oneself(request.task, reason="Đủ điều kiện", actor=cast.actor(cast.LEADER))
    session.commit()
    client.sign_in(cast.LEADER).get(LIST)
    assert "Không có đề nghị gia hạn nào" in client.text


def test_pages_walk_there_and_back_oldest_first(session: Session) -> None:
    requests = asked(5)
    for request, day in zip(requests, (20, 18, 18, 21, 19), strict=True):
        request.requested_on = date(2026, 9, day)
    session.flush()
    actor = cast.actor(cast.LEADER)
    wanted = sorted(requests, key=lambda one: (one.requested_on, one.id))
    found, cursor, pages = list[ExtensionRequest](), None, []
    while True:
        page = queries.list_requests(actor, cursor, size=2)
        pages.append(page)
        found += page.items
        cursor = parse_cursor(page.next_cursor, date, int)
        if cursor is None:
            break
    assert (found, [len(page) for page in pages]) == (wanted, [2, 2, 1])
    back = queries.list_requests(actor, parse_cursor(pages[-1].previous_cursor, date, int), size=2)
    assert list(back) == wanted[2:4]


def test_the_list_asks_as_much_of_many_as_of_few_and_shows_a_page(client: Browser, session: Session) -> None:
    client.sign_in(cast.LEADER)
    sent = []
    for many in (2, 15, 12):
        asked(many)
        session.commit()
        session.expire_all()
        with count_queries(session) as statements:
            client.get(LIST)
        sent.append(len(statements))
    assert sent[2] <= sent[0] <= 12, sent
    assert len(client.page.select("tbody tr")) == queries.PAGE == 25
    assert client.page.select("a[rel=next]")
