"""`make bench-followup`: following up 100,000 open tasks of 200 communes, beside bare SQL, on both engines.

nightly: all that the worker does on the morning of a working day, on a database where nobody was told yet:
reminders of every rung, the mail of the day of every head, the draft letters to the superior, events into
messages; its parts after it. The jobs run as they are, their commits are savepoints and everything is taken
back. outside: the texts for Zalo of as many tasks as are chosen at once. head: the page of a head with 500
tasks; leader: the leader's page over all of them; table: the first page of the table. Bare: the dates that
are due × the heads by one SQL statement, every row fetched. One engine in one process; `make bench-followup`
runs both, results/followup.json holds both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import joinedload

import config
from app import clock, collector
from app.accounts.models import Account, Appointment, AppointmentKind, Person
from app.audit import services as audit
from app.extensions import db
from app.followup import inbox, jobs, outside
from app.followup.models import Escalation, Mail, Message, Reminder
from app.jobs.models import Job
from app.policy import Role
from app.postbox import postbox
from app.remediation.models import Task
from tests import cast
from tests.bench import running
from tests.bench.measure import Measured, beside
from tests.conftest import ENGINE, Browser
from tests.factories import large, remediation

SIZES = [int(size) for size in os.environ.get("KL_BENCH_TASKS", "10000,100000").split(",")]
OF_A_UNIT = 500
CHUNK = 5_000
EVENTS = 2_000
"""Acts on tasks of one night, of which people are told on screen."""
LONG = frozenset({"nightly", "remind", "escalate", "messages"})
MOST_PICKED = 500
"""Tasks of one choosing."""


def heads_of(unit_ids: list[int]) -> None:
    """A head with an account for each unit."""
    first = (db.session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    pattern = db.session.scalars(sa.select(Account).limit(1)).one()
    now = clock.now()
    keys = [first + n for n in range(len(unit_ids))]
    db.session.execute(
        sa.insert(Person),
        [
            {"id": key, "name": f"Nguyễn Văn Mẫu {key}", "search": f"nguyen van mau {key}", "created_at": now,
             "updated_at": now}
            for key in keys
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(Appointment),
        [
            {"person_id": key, "unit_id": unit_id, "title": "Chủ tịch UBND xã", "kind": AppointmentKind.HEAD,
             "from_on": date(2025, 7, 1), "roles": [Role.UNIT_HEAD.value]}
            for key, unit_id in zip(keys, unit_ids, strict=True)
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(Account),
        [
            {"person_id": key, "email": f"mau{key}@vidu.example", "password": pattern.password,
             "active": True, "fs_uniquifier": f"mau-{key}", "must_change_password": False,
             "created_at": now, "updated_at": now}
            for key in keys
        ],
    )  # fmt: skip


def tasks_of(unit_ids: list[int], many: int) -> None:
    """Issued tasks like the first one, dated over a year round today, each unit in turn."""
    [pattern] = remediation.issued(due_on=date(2026, 9, 30))
    row = dict(
        db.session.execute(sa.select(Task.__table__).where(Task.__table__.c.id == pattern.id))
        .mappings()
        .one()
    )
    first = row.pop("id") + 1
    today = clock.today()
    for begin in range(0, many, CHUNK):
        db.session.execute(
            sa.insert(Task.__table__),
            [
                {
                    **row, "id": first + n, "code": f"M-{first + n}",
                    "lead_unit_id": unit_ids[n % len(unit_ids)],
                    "due_on": (due := today + timedelta(days=(n * 7) % 365 - 120)), "original_due_on": due,
                    "report_due_on": due, "issued_on": date(2026, 1, 5),
                }
                for n in range(begin, min(many, begin + CHUNK))
            ],
        )  # fmt: skip


def events_of(many: int) -> None:
    """Acts of the office on the first tasks, which the chain holds and nobody was told of."""
    leader = cast.actor(cast.LEADER)
    for task in db.session.scalars(sa.select(Task).order_by(Task.id).limit(many)):
        audit.record("task_urged", task, actor=leader, data={"reference": "Công văn số 9/SNV-CCHC"})


@contextmanager
def taken_back(app: Flask) -> Iterator[None]:
    """What is committed within is a savepoint, and gone after."""
    engines = db._app_engines[app]
    engine = engines[None]
    db.session.remove()
    with engine.connect() as connection, connection.begin() as transaction:
        engines[None] = connection  # type: ignore[assignment]
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            db.session.remove()
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = engine
            transaction.rollback()


def run(url: str, folder: Path, size: int) -> list[Measured]:
    """Build the tasks and measure; an item is one open task."""
    with running.application(url, folder) as app:
        unit_ids = [unit.id for unit in large.communes(max(1, size // OF_A_UNIT))]
        head_unit = cast.unit(cast.LONG_PHUOC).id
        heads_of(unit_ids)
        tasks_of([head_unit, *unit_ids[1:]] if len(unit_ids) > 1 else [head_unit], size)
        inbox.deliver_events()
        events_of(min(size // 10, EVENTS))
        db.session.commit()
        if ENGINE == "postgresql":
            db.session.execute(sa.text("ANALYZE"))  # as its autovacuum does, which has no time here
            db.session.commit()
        collector.settle()
        today, turns = clock.today(), 1 + EVENTS // inbox.AT_ONCE
        postbox.open(config.Smtp("127.0.0.1", 9, "none", "nhacviec@vidu.example"))

        def job(kind: str) -> None:
            {one.name: one for one in jobs.KINDS}[kind].handle(Job(kind=kind, payload={}))
            db.session.commit()

        def of(kind: str, rounds: int = 1) -> Callable[[], None]:
            def act() -> None:
                with taken_back(app):
                    for _ in range(rounds):
                        job(kind)

            return act

        def nightly() -> None:
            with taken_back(app):
                job("remind")
                job("escalate")
                for _ in range(turns):
                    job("deliver_messages")
                reminders, mails, letters, told = (
                    db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0
                    for kind in (Reminder, Mail, Escalation, Message)
                )
                assert reminders > size // 5 and mails >= len(unit_ids) - 1 and letters and told

        def texts() -> None:
            chosen = db.session.scalars(
                sa.select(Task).order_by(Task.id).limit(MOST_PICKED).options(joinedload(Task.lead_unit))
            ).all()
            assert outside.texts_of(chosen, today, "https://ketluan.vidu.example")
            db.session.rollback()

        def bare() -> None:
            people = sa.select(Appointment.unit_id, Appointment.person_id).subquery()
            rows: Any = db.session.execute(
                sa.select(Task.id, Task.due_on, people.c.person_id)
                .join(people, people.c.unit_id == Task.lead_unit_id)
                .where(Task.due_on <= today + timedelta(days=7))
            )
            assert rows.all()
            db.session.rollback()

        def page(who: str, path: str) -> Callable[[], None]:
            return running.page(Browser(app).sign_in(who), path)

        acts = {
            "nightly": nightly,
            "remind": of("remind"),
            "escalate": of("escalate"),
            "messages": of("deliver_messages", turns),
            "outside": texts,
            "head": page(cast.HEAD, "/"),
            "leader": page(cast.LEADER, "/"),
            "table": page(cast.FOLLOWER, "/follow-up"),
            "inbox": page(cast.HEAD, "/messages"),
        }
        try:
            return [
                beside(ENGINE, size, name, act, bare, rounds=1 if name in LONG else 3)
                for name, act in acts.items()
            ]
        finally:
            postbox.open(None)


if __name__ == "__main__":
    sys.exit(running.main("followup", SIZES, run))
