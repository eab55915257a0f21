"""What a home page asks of the database: as much with many tasks as with one."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.findings import services as findings
from app.findings.models import ProposalKind
from app.findings.services import SentValues
from app.home.work.together import Part, Together
from app.notices.services import publishing
from app.remediation import services as remediation
from app.remediation.models import DirectiveKind, Task, TaskState
from app.remediation.values import AssignValues, DirectiveValues, Officer, RequestValues
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


def everything(n: int) -> None:
    """Of every list of the unit's page one more line."""
    tasks = made.issued(due_on=date(2026, 9, 4 + n), findings=2)
    owner = cast.actor(cast.HEAD)
    officer = cast.person(cast.OFFICER)
    remediation.assign(tasks[0], AssignValues(Officer(officer.name, officer.id)), actor=owner)
    asked = RequestValues(date(2026, 12, 1), "Chờ nâng cấp phần mềm", "9/UBND-VP", date(2026, 9, 20))
    remediation.request_extension(tasks[0], asked, actor=owner)
    wanted = DirectiveValues(DirectiveKind.URGE, "Khẩn trương thực hiện", date(2026, 9, 25))
    remediation.direct(tasks[0], wanted, actor=cast.actor(cast.LEADER))
    made.scheduled(tasks[1], date(2026, 9, 2 + n))
    text = f"Đề nghị trang bị máy quét lần {n}"
    findings.send_proposal(cast.unit(cast.LONG_PHUOC), SentValues(ProposalKind.PROPOSAL, text), actor=owner)
    db.session.commit()


def test_a_home_of_a_unit_asks_twelve_times_whatever_waits(client: Browser, session: Session) -> None:
    for n in range(3):
        everything(n)
    notice = papers.issued()
    publishing.publish(notice, on=clock.today(), place="Cổng thông tin điện tử", actor=cast.actor(cast.CLERK))
    session.commit()
    client.sign_in(cast.HEAD)
    session.expire_all()
    with count_queries(session) as sent:
        client.get("/")
    shown = {section["aria-labelledby"].split("-")[0] for section in client.page.select("section.kl-card")}
    assert {"tb", "kh", "cd", "lt", "nd", "kn", "dtg"} <= shown
    assert len(sent) <= 12, "\n".join(sent)
