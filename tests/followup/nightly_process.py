"""The nightly run in processes: `python -m tests.followup.nightly_process URL DATA_DIR PORT POINT…`.

Tasks of two units with a date on every working day of three weeks stand; each POINT has a day of its own.
What `flask followup due` tells of the day is kept, a worker is killed at the point, others come an hour and
two hours later, and a line of JSON tells what the command told and what the database then holds.

Points: `before:2`, `after:2`: before or after its second commit; `hand:1`: the first mail is marked and not
given to the server; `given:1`: given and not yet noted; `escalate:1`: the letter is written and not
committed; `two`: two workers at one moment, nobody is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import config
from app import clock, create_app
from app.extensions import db
from app.followup import escalating, inbox, jobs
from app.followup.models import Escalation, Mail, MailState, Message, Reminder
from app.jobs import services as queue
from app.jobs import worker
from app.jobs.models import Job
from app.postbox import postbox
from tests import cast
from tests.conftest import settings_for
from tests.factories import remediation

UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC)
FIRST_DUE, LAST_DUE = date(2026, 9, 14), date(2026, 10, 2)
FIRST_DAY = date(2026, 10, 5)


def prepare() -> None:
    """The tasks; the chain was read up to here."""
    day = FIRST_DUE
    while day <= LAST_DUE:
        if day.isoweekday() <= 5:
            remediation.issued(due_on=day, units=UNITS)
        day += timedelta(days=1)
    inbox.deliver_events()
    db.session.commit()


def work() -> None:
    """What the worker of a morning does until nothing is due."""
    queue.ensure_periodic()
    db.session.commit()
    while worker.run_one() is not None:
        db.session.remove()


def all_at_once() -> None:
    """The same without the queue, which would give each job to one of two workers."""
    for handle in (jobs.remind, jobs.escalate, jobs.deliver_messages, jobs.send_mails):
        handle(Job(kind="", payload={}))
        db.session.commit()


def killed(point: str) -> None:
    """Let this process be killed at the point."""
    where, _, nth = point.partition(":")
    of: Any
    if where in ("hand", "given"):
        of, name = postbox, "send"
    else:
        of, name = (escalating, "escalate") if where == "escalate" else (db.session, "commit")
    real: Callable[..., Any] = getattr(of, name)
    calls: list[object] = []

    def call(*args: object, **named: object) -> object:
        calls.append(args)
        now = len(calls) == int(nth)
        if now and where in ("before", "hand"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = real(*args, **named)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(of, name, call)


def begun(act: Callable[[], None]) -> int:
    """A process that does it; its number."""
    child = os.fork()
    if child:
        return child
    try:
        act()
        db.session.remove()
        db.engine.dispose()
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def ended(child: int) -> int:
    """How it ended: 0, or minus the signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def night(day: date, point: str) -> list[int]:
    """Whoever is killed or races at 8, and who comes at 9 and at 10; how each ended."""

    def at(hour: int, act: Callable[[], None], minute: int = 0) -> Callable[[], None]:
        def later() -> None:
            with clock.frozen(datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.VIETNAM)):
                act()

        return later

    def is_killed() -> None:
        killed(point)
        work()
        at(8, work, 10)()  # what was written is sent at the next turn

    first = [all_at_once, all_at_once] if point == "two" else [is_killed]
    codes = [ended(child) for child in [begun(at(8, act)) for act in first]]
    return [*codes, ended(begun(at(9, work))), ended(begun(at(10, work)))]


def told(app: Any, day: date) -> dict[str, Any]:
    """What the command tells of the day."""
    done = app.test_cli_runner().invoke(args=["followup", "due", "--json", "--on", day.isoformat()])
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output))


def report() -> dict[str, Any]:
    """Reminders, rungs that a letter answers, mails that were not sent, messages."""
    rows = db.session.execute(sa.select(Reminder).order_by(Reminder.id)).scalars()
    return {
        "reminders": [
            [r.task.code, r.person_id, r.due_on.isoformat(), r.rung, r.rung_on.isoformat()] for r in rows
        ],
        "escalations": [
            [e.task_id, e.due_on.isoformat(), e.rung, e.added]
            for e in db.session.scalars(sa.select(Escalation).order_by(Escalation.id))
        ],
        "letters": db.session.scalar(sa.select(sa.func.count(Escalation.paper_id.distinct()))),
        "steps": len(escalating.list_steps(clock.today())),
        "messages": db.session.scalar(sa.select(sa.func.count()).select_from(Message)),
        "unsent": [
            [mail.id, mail.told_on.isoformat(), mail.state.value]
            for mail in db.session.scalars(sa.select(Mail).where(Mail.state != MailState.SENT))
        ],
        "mails": db.session.scalars(sa.select(Mail.id).order_by(Mail.id)).all(),
    }


def main(url: str, data_dir: str, port: str, *points: str) -> None:
    """A day for each point, from one working day to the next."""
    app = create_app(settings_for(url, Path(data_dir)))
    postbox.open(config.Smtp("127.0.0.1", int(port), "none", "nhacviec@vidu.example"))
    day = FIRST_DAY
    with app.app_context():
        prepare()
    for point in points:
        while day.isoweekday() > 5:
            day += timedelta(days=1)
        with app.app_context(), clock.frozen(datetime(day.year, day.month, day.day, 7, tzinfo=clock.VIETNAM)):
            due = told(app, day)
            assert due == told(app, day), "the same twice"
            db.session.remove()
            db.engine.dispose()
            codes = night(day, point)
            found = {"point": point, "day": day.isoformat(), "due": due, "codes": codes, **report()}
            print(json.dumps(found), flush=True)
            db.session.remove()
            db.engine.dispose()
        day += timedelta(days=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
