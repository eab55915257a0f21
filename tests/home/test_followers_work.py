"""Việc của tôi of who follows: reports first, all of it counted, days of review among it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.deadlines.badge import DeadlineKind
from app.home import work
from app.home.work import following
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made


def verbs(client: Browser) -> list[str]:
    return [b.get_text() for b in client.page.select(".kl-task h3 b")]


@pytest.fixture(autouse=True)
def fresh_statements() -> Iterator[None]:
    """The statement of a day is kept with the limits it was made with."""
    work._lists_of.cache_clear()
    yield
    work._lists_of.cache_clear()


def test_reports_to_verify_stand_first_even_behind_many_overdue_tasks(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST", 3)
    late = made.issued(findings=3, due_on=date(2026, 9, 4))
    late += made.issued(units=(cast.AN_PHUOC,), findings=2, due_on=date(2026, 9, 4))
    made.submitted(late[-1], by=cast.OTHER_HEAD)
    client.sign_in("follower").get("/")
    assert client.page.select(".kl-group")[0].get_text() == "Đã báo cáo, chờ thẩm tra · 01"
    assert client.page.select(".kl-numbers b")[0].get_text() == "04"
    assert "Còn 02 nội dung khác cần xử lý." in client.text


@pytest.mark.parametrize("kind", [DeadlineKind.CONTINUING, DeadlineKind.CONDITIONAL])
def test_the_day_of_review_brings_the_task_back_to_its_follower(
    client: Browser, session: Session, kind: DeadlineKind
) -> None:
    task = made.issued(kind=kind, deliver=False)[0]
    client.sign_in("follower").get("/")
    assert verbs(client) == []
    task.review_on = date(2026, 9, 23)
    session.commit()
    client.get("/")
    assert verbs(client) == ["Rà soát"]
    assert "đến ngày rà soát" in client.text
