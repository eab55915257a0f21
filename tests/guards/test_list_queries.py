"""Every page of the rooms of following up asks the database as often for three times the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask, g, url_for
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.followup import escalating, inbox, reminding
from app.remediation import services
from app.remediation.models import DirectiveKind, Task
from app.remediation.values import AssignValues, DirectiveValues, Officer, RequestValues
from tests import cast
from tests.conftest import Browser
from tests.factories import handover, inspections, papers, past, remediation, responsibility
from tests.queries import count_queries

ROOMS = ("home", "followup", "remediation", "responsibility", "documents")
WHO = (cast.LEADER, cast.FOLLOWER, cast.CLERK, cast.HEAD)
UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC)
WORDS = {"home.search": "?q=niem+yet", "followup.index": "?columns=all"}
LISTS = {
    "home.index", "home.search", "followup.index", "followup.month_view", "followup.print_view",
    "followup.export_xlsx", "followup.reminders", "followup.messages", "remediation.index",
    "remediation.received", "remediation.handings", "remediation.report_for_unit", "responsibility.index",
    "responsibility.heads", "responsibility.cases", "responsibility.head_record", "documents.index",
    "documents.drafts", "documents.books_list", "documents.delegations",
}  # fmt: skip
"""Pages that some of the cast must have been given, so that the guard cannot come to look at nothing."""


def lot(n: int) -> None:
    """Of everything that these pages list, so many as make a difference."""
    tasks = remediation.issued(units=UNITS, findings=3, due_on=date(2026, 9, 14 + n))
    own = [task for task in tasks if task.lead_unit.code == cast.LONG_PHUOC]
    _given(own[0])
    remediation.progressed(own[0])
    remediation.submitted(remediation.progressed(own[1]))
    done = remediation.accepted(remediation.progressed(own[2]))
    responsibility.answerable(responsibility.concluded(done))
    responsibility.referred()
    past.task(past.notice(number=f"{n}/TB-SNV"))
    papers.drafted(inspections.draft(f"Kiểm tra lần {n}"))
    papers.submitted(papers.drafted(inspections.draft(f"Kiểm tra đột xuất lần {n}")))
    handover.follow_on(*[task for task in tasks if task not in own][:1])
    db.session.commit()
    inbox.deliver_events()
    reminding.remind(clock.today())
    escalating.escalate(clock.today())
    db.session.commit()


def _given(task: Task) -> None:
    officer = cast.person(cast.OFFICER)
    services.assign(task, AssignValues(Officer(officer.name, officer.id)), actor=cast.actor(cast.HEAD))
    services.request_extension(
        task,
        RequestValues(date(2026, 12, 1), "Chờ nâng cấp phần mềm", "9/UBND-VP", date(2026, 9, 20)),
        actor=cast.actor(cast.HEAD),
    )
    services.direct(
        task, DirectiveValues(DirectiveKind.URGE, "Khẩn trương thực hiện", date(2026, 9, 25)),
        actor=cast.actor(cast.LEADER),
    )  # fmt: skip


def pages(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of what is asked for without naming a row, or by the cast's head and their unit."""
    named = {"unit_id": cast.unit(cast.LONG_PHUOC).id, "person_id": cast.person(cast.HEAD).id}
    with app.test_request_context():
        return iter(
            [
                (rule.endpoint, url_for(rule.endpoint, **{name: named[name] for name in rule.arguments})
                 + WORDS.get(rule.endpoint, ""))
                for rule in app.url_map.iter_rules()
                if rule.endpoint.partition(".")[0] in ROOMS and "GET" in (rule.methods or ())
                and rule.arguments <= set(named)
            ]
        )  # fmt: skip


def counted(app: Flask, session: Session, *, warm: int = 0) -> dict[tuple[str, str], list[str]]:
    """(who, endpoint) → the statements of a page that was given, as a request of its own.

    `warm`: how often it is asked for before, to fill what is remembered for the life of the process.
    """
    found = {}
    for who in WHO:
        browser = Browser(app).sign_in(who)
        for endpoint, address in pages(app):
            for _ in range(1 + warm):
                vars(g._get_current_object()).clear()
                session.expunge_all()
                with count_queries(session) as sent:
                    answer = browser.client.get(address)
            if answer.status_code == 200:
                found[who, endpoint] = sent
    return found


@pytest.mark.slow
def test_three_times_the_rows_are_read_by_as_many_statements(app: Flask, session: Session) -> None:
    inbox.deliver_events()  # the first run only marks where the chain stands
    lot(1)
    few = counted(app, session, warm=1)
    lot(2)
    lot(3)
    many = counted(app, session)
    assert {endpoint for _, endpoint in few} >= LISTS
    grown = [
        f"{endpoint} of the {who}: {_grown(few[who, endpoint], sent)}"
        for (who, endpoint), sent in many.items()
        if (who, endpoint) in few and len(sent) > len(few[who, endpoint])
    ]
    assert not grown, "\n".join(grown)


def _grown(before: list[str], after: list[str]) -> str:
    """How many more statements, and those that came more often, cut."""
    more = Counter(after) - Counter(before)
    told = "".join(f"\n   {n} × {' '.join(one.split())[:200]}" for one, n in more.items())
    return f"{len(before)} → {len(after)}{told}"
