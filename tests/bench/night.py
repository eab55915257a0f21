"""One night in a fresh process, as the worker has it: `python -m tests.bench.night URL DATA_DIR`.

What is committed stays: the second night of a day has nothing left to tell. A line of JSON for each part:
`seconds`, `processor` (of this process), how much was written; the last one holds the most memory that the
process had, whole, in MB.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

import config
from app import clock, collector, create_app
from app.extensions import db
from app.followup import jobs
from app.followup.models import Escalation, Mail, Message, Reminder
from app.jobs.models import Job
from app.postbox import postbox

MORNING = datetime(2026, 9, 23, 3, 0, tzinfo=UTC)
"""The day of the benchmark; nothing of the tests is loaded here, which would count as the worker's memory."""

RUNS = {"remind": 1, "escalate": 1, "deliver_messages": 6}
"""How often each job runs: the last one takes some hundred events at a time."""


def main(url: str, data_dir: str) -> None:
    """Run the jobs of the night, mails written and not sent."""
    began, processor = time.perf_counter(), time.process_time()
    app = create_app(
        config.Settings(
            environment="test", database_url=url, data_dir=Path(data_dir), secret_key="x" * 40,
            secure_cookies=False,
        )
    )  # fmt: skip
    collector.settle()
    with app.app_context(), clock.frozen(MORNING):
        postbox.open(config.Smtp("127.0.0.1", 9, "none", "nhacviec@vidu.example"))
        for kind in jobs.KINDS:
            start, used = time.perf_counter(), time.process_time()
            for _ in range(RUNS.get(kind.name, 0)):
                kind.handle(Job(kind=kind.name, payload={}))
                db.session.commit()
            if kind.name in RUNS:
                _tell(kind.name, start, used)
        written = {
            kind.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(kind))
            for kind in (Reminder, Mail, Escalation, Message)
        }
        _tell("nightly", began, processor, peak_mb=_most_memory(), written=written)
        db.session.remove()
        db.engine.dispose()


def _most_memory() -> float:
    """MB that this process held at most (`ru_maxrss` would tell what its parent held, too)."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024 / 1e6


def _tell(part: str, began: float, used: float, **more: object) -> None:
    print(
        json.dumps(
            {"part": part, "seconds": time.perf_counter() - began,
             "processor": time.process_time() - used, **more}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
