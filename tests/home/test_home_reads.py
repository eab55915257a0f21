"""What a home page asks of the database: as much with many tasks as with one."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.home.work.together import Part, Together
from app.remediation.models import Task, TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as papers
from tests.factories import remediation as made
from tests.queries import count_queries


@pytest.mark.parametrize("who", [cast.LEADER, cast.FOLLOWER])
def test_a_home_of_the_office_asks_twelve_times(client: Browser, session: Session, who: str) -> None:
    client.sign_in(who)
    asked = []
    for units in ((cast.LONG_PHUOC,), (cast.AN_PHUOC, cast.LONG_THANH)):
        made.issued(units=units, due_on=date(2026, 9, 4), findings=2)
        papers.reported(units=units)
        session.commit()
        session.expire_all()
        with count_queries(session) as sent:
            client.get("/")
        asked.append(len(sent))
    assert asked[1] <= asked[0] <= 12


def test_lists_read_together_are_those_read_alone(session: Session) -> None:
    made.issued(due_on=date(2026, 9, 4), findings=2)
    columns = (Task.id, Task.text, Task.state, Task.due_on, Task.review_on, Task.converted, Task.created_at)
    issued = sa.select(*columns).where(Task.state == TaskState.ISSUED).order_by(Task.id)
    nothing = sa.select(Task.id).where(Task.state == TaskState.WITHDRAWN)
    many = sa.select(sa.func.count().label("many")).select_from(Task)
    first, none, number = Together.of([Part(issued, list), Part(nothing, list), Part(many, list)]).read()
    assert [tuple(vars(row).values()) for row in first] == [tuple(row) for row in session.execute(issued)]
    assert (none, number[0].many) == ([], session.scalar(many))
    assert Together.of([]).read() == []
