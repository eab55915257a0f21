"""Figures of the table, the month and the print-outs count alike, and lead to as many lines as they say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.deadlines.badge import ageing
from app.followup import conditions, figures, month, queries
from app.followup.filters import STATES, Filters
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

LATE = (1, 7, 8, 30, 31, 200)


def fill() -> None:
    """A line overdue by each number of days at the edges of ageing, at two units; one in time at a third."""
    tasks = [
        task for unit in (cast.LONG_PHUOC, cast.LONG_THANH) for task in made.issued(units=(unit,), findings=3)
    ]
    for task, days in zip(tasks, LATE, strict=True):
        task.due_on = task.report_due_on = clock.today() - timedelta(days=days)
    made.issued(units=(cast.AN_PHUOC,))


def test_ageing_has_the_three_classes_and_loses_none(session: Session) -> None:
    fill()
    found = figures.figures(cast.actor(cast.FOLLOWER), Filters())
    assert (found.late_1_7, found.late_8_30, found.late_over_30) == (2, 2, 2)
    assert found.owed_late == len(LATE)
    for days in LATE:
        [place] = [n for n, (first, last) in enumerate(conditions.AGEING) if first <= days <= (last or days)]
        assert list(type(ageing(days))).index(ageing(days)) == place  # the badge puts it into the same class


@pytest.mark.parametrize("narrowed", [{}, {"text": "an phuoc"}, {"text": "long"}])
def test_every_figure_is_the_number_of_lines_behind_it(session: Session, narrowed: dict[str, object]) -> None:
    fill()
    actor = cast.actor(cast.FOLLOWER)
    found = figures.figures(actor, Filters(**narrowed))
    for state in STATES:
        if hasattr(found, state):
            lines = queries.table(actor, Filters(**narrowed, state=state))
            assert len(lines) == getattr(found, state), state


def test_page_paper_and_month_count_alike(session: Session) -> None:
    fill()
    actor = cast.actor(cast.FOLLOWER)
    told, four = figures.figures(actor, Filters()), queries.whole_table(actor, Filters()).four
    names = ("total", "done_on_time", "done_late", "open_in_time", "open_late")
    assert [getattr(told, name) for name in names] == [getattr(four, name) for name in names]
    months = [month.month(actor, Filters(), date(2026, number, 1)) for number in range(1, 13)]
    assert sum(shown.total for shown in months) == told.total
    assert sum(shown.late for shown in months) == told.owed_late


def test_a_figure_keeps_the_other_filters(client: Browser, session: Session) -> None:
    fill()
    client.sign_in("follower").get("/follow-up?q=long")
    for text, many in (("nội dung 1–7 ngày", 2), ("nội dung chưa có thời hạn", 0)):
        [link] = [a for a in client.page.select(".kl-quality a") if text in a.get_text()]
        assert link.get_text().startswith(f"{many:02d} ")
        assert "q=long" in link["href"]
    over = client.page.select_one(".kl-numbers .is-over a")
    client.get(str(over["href"]))
    assert len(client.page.select("tbody tr")) == len(LATE)
    again = client.page.select_one(".kl-numbers .is-over a")
    assert (again["aria-current"], again["href"]) == ("true", "/follow-up?q=long")


def test_a_refused_line_leaves_the_figures_leading_to_the_table(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in("follower").get(f"/follow-up?edit={task.id}")
    client.submit("form[action*='edit-line']", {"document_on": "22/9/2026"}, expect=422)
    assert all(str(a["href"]).startswith("/follow-up?") for a in client.page.select(".kl-numbers a"))
