"""`make bench-followup`: following up 100,000 open tasks of 200 communes, beside bare SQL, on both engines.

nightly: one run of the reminders over every open task, written and taken back; mails: the mail of the day of
every head; head: the page of a head with 500 tasks; leader: the leader's page over all of them; table: the
first page of the table. Bare: the same rows by one SQL statement, every row fetched. One engine in one
process; `make bench-followup` runs both, results/followup.json holds both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import clock, collector
from app.accounts.models import Account, Appointment, AppointmentKind, Person
from app.extensions import db
from app.followup import mailing, reminding
from app.policy import Role
from app.remediation.models import Task
from tests import cast
from tests.bench import running
from tests.bench.measure import Measured
from tests.conftest import Browser
from tests.factories import large, remediation

SIZES = [int(size) for size in os.environ.get("KL_BENCH_TASKS", "10000,100000").split(",")]
OF_A_UNIT = 500
CHUNK = 5_000


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


def run(url: str, folder: Path, size: int) -> list[Measured]:
    """Build the tasks and measure; an item is one open task."""
    with running.application(url, folder) as app:
        unit_ids = [unit.id for unit in large.communes(max(1, size // OF_A_UNIT))]
        head_unit = cast.unit(cast.LONG_PHUOC).id
        heads_of(unit_ids)
        tasks_of([head_unit, *unit_ids[1:]] if len(unit_ids) > 1 else [head_unit], size)
        db.session.commit()
        collector.settle()
        today = clock.today()

        def nightly() -> None:
            assert reminding.remind(today) > 0
            db.session.rollback()

        def mails() -> None:
            reminding.remind(today)
            assert mailing.write_mails(today, "https://ketluan.vidu.example") > 0
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
            "mails": mails,
            "head": page(cast.HEAD, "/"),
            "leader": page(cast.LEADER, "/"),
            "table": page(cast.FOLLOWER, "/follow-up"),
        }
        return running.each(size, acts, bare)


if __name__ == "__main__":
    sys.exit(running.main("followup", SIZES, run))
