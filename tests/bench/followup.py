"""`make bench-followup`: following up 100,000 open tasks of 200 communes, beside bare SQL, on both engines.

nightly: all that the worker does on the morning of a working day, in a fresh process, on a database where
nobody was told yet: reminders of every rung, the mail of the day of every head, the draft letters to the
superior, events into messages; its parts, and the same once more, half an hour later. Its memory is that of
the whole process. outside: the texts for Zalo of as many tasks as are chosen at once.

Pages (median of several; their memory is what Python takes for one; kept counts are folded, as the worker
leaves them): homes of a head with 500 tasks, of the leader and of the follower of all of them; the table:
first and last page, its heaviest filters, the month, papers; lists beside it. `*_first`: the first page of a
process, with nothing compiled yet.

Bare: of the night the dates that are due × the heads; of a page the four figures and the first lines by one
SQL statement each; of the head's page those of the unit. Every row fetched. One engine in one process;
`make bench-followup` runs both, results/followup.json holds both; what it prints tells the processor time
and the load of the machine as well.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock, collector
from app.accounts.models import Appointment
from app.audit import services as audit
from app.extensions import db
from app.followup import inbox, keeping, outside
from app.remediation.models import Task
from app.web.paging import Cursor
from tests import cast
from tests.bench import running
from tests.bench.measure import Measured, best, peak
from tests.conftest import ENGINE, ROOT, Browser
from tests.factories import followed, large

SIZES = [int(size) for size in os.environ.get("KL_BENCH_TASKS", "10000,100000").split(",")]
OF_A_UNIT = 500
EVENTS = 2_000
"""Acts on tasks of one night, of which people are told on screen."""
ROUNDS = int(os.environ.get("KL_BENCH_ROUNDS", "9"))
WARM = 12
"""Pages that a process has served before: PostgreSQL plans anew what was asked less often."""
MOST_PICKED = 500
"""Tasks of one choosing."""
LAST = Cursor(("9999-12-31", 2**40), backwards=True).encode()
"""From behind the last line backwards: the last page."""
PAGES = {
    "head": (cast.HEAD, "/"),
    "leader": (cast.LEADER, "/"),
    "follower": (cast.FOLLOWER, "/"),
    "table": (cast.FOLLOWER, "/follow-up"),
    "table_last": (cast.FOLLOWER, f"/follow-up?cursor={LAST}"),
    "table_late": (cast.FOLLOWER, "/follow-up?state=open_late"),
    "table_no_evidence": (cast.FOLLOWER, "/follow-up?state=no_evidence"),
    "table_quiet": (cast.FOLLOWER, "/follow-up?state=quiet"),
    "table_recurring": (cast.FOLLOWER, "/follow-up?recurring=1"),
    "table_words": (cast.FOLLOWER, "/follow-up?q=niem+yet+471"),
    "table_words_of_many": (cast.FOLLOWER, "/follow-up?q=so+7"),
    "table_all_columns": (cast.FOLLOWER, "/follow-up?columns=all"),
    "month": (cast.FOLLOWER, "/follow-up/month"),
    "print": (cast.FOLLOWER, "/follow-up/print"),
    "xlsx": (cast.FOLLOWER, "/follow-up/export.xlsx"),
    "of_a_unit": (cast.HEAD, "/remediation"),
    "reminders": (cast.FOLLOWER, "/reminders"),
    "inbox": (cast.HEAD, "/messages"),
}
FEW = frozenset({"print", "xlsx"})
"""What takes 5,000 lines at once is asked for three times."""
OPEN = "state IN ('issued', 'in_progress', 'returned', 'submitted')"
_DUE = "coalesce(due_on, proof_due_on)"
TERM = f"CASE WHEN supplement_on > {_DUE} THEN supplement_on ELSE {_DUE} END"
FOUR = f"""SELECT sum(CASE WHEN state = 'accepted' AND {TERM} >= submitted_on THEN 1 ELSE 0 END),
  sum(CASE WHEN state = 'accepted' AND {TERM} < submitted_on THEN 1 ELSE 0 END),
  sum(CASE WHEN {OPEN} AND {TERM} >= :today THEN 1 ELSE 0 END),
  sum(CASE WHEN {OPEN} AND {TERM} < :today THEN 1 ELSE 0 END) FROM task WHERE """
LINES = "SELECT id, code, text, due_on, state FROM task WHERE {} ORDER BY due_on, id LIMIT 25"


def events_of(many: int) -> None:
    """Acts of the office on the first tasks, which the chain holds and nobody was told of."""
    leader = cast.actor(cast.LEADER)
    for task in db.session.scalars(sa.select(Task).order_by(Task.id).limit(many)):
        audit.record("task_urged", task, actor=leader, data={"reference": "Công văn số 9/SNV-CCHC"})


def told(operation: str, size: int, seconds: float, used: float, floor: float, peak_mb: float) -> Measured:
    """One row, printed with what it took of the processor and how loaded the machine is."""
    ratio = round(seconds / floor, 2)
    row = Measured(ENGINE, size, operation, round(seconds, 4), round(floor, 4), ratio, round(peak_mb, 1))
    took = ", ".join(
        f"{what} {1000 * value:8.1f} ms"
        for what, value in (("wall", seconds), ("processor", used), ("bare", floor))
    )
    load = os.getloadavg()[0]
    print(
        f"{ENGINE:10} {size:>9,} {operation:22} {took}, × {ratio:.2f}, {peak_mb:.0f} MB, load {load:.1f}",
        flush=True,
    )
    return row


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds and processor seconds of one call."""
    began, used = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - used


def usual(act: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The medians of some calls."""
    times = [timed(act) for _ in range(rounds)]
    return statistics.median(t for t, _ in times), statistics.median(u for _, u in times)


def night(url: str, folder: Path) -> list[dict[str, Any]]:
    """What a fresh process told of its parts."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.night", url, str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "KL_TEST_ENGINE": ENGINE},
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(url: str, folder: Path, size: int) -> list[Measured]:
    """Build the tasks and measure; an item is one open task."""
    with running.application(url, folder) as app:
        unit_ids = [unit.id for unit in large.communes(max(1, size // OF_A_UNIT))]
        head_unit = cast.unit(cast.LONG_PHUOC).id
        followed.heads_of(unit_ids)
        followed.tasks_of([head_unit, *unit_ids[1:]], size)
        inbox.deliver_events()
        events_of(min(size // 10, EVENTS))
        keeping.fold()  # as the worker does every hour
        db.session.commit()
        db.session.remove()
        if ENGINE == "postgresql":  # as its autovacuum does, which has no time here
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM ANALYZE"))
        collector.settle()
        today = clock.today()

        def bare(condition: str) -> Callable[[], None]:
            def ask() -> None:
                for statement in (FOUR + condition, LINES.format(condition)):
                    assert db.session.execute(sa.text(statement), {"today": today.isoformat()}).all()
                db.session.rollback()

            return ask

        def bare_night() -> None:
            people = sa.select(Appointment.unit_id, Appointment.person_id).subquery()
            rows: Any = db.session.execute(
                sa.select(Task.id, Task.due_on, people.c.person_id)
                .join(people, people.c.unit_id == Task.lead_unit_id)
                .where(Task.due_on <= today + timedelta(days=7))
            )
            assert rows.all()
            db.session.rollback()

        def texts() -> None:
            chosen = db.session.scalars(
                sa.select(Task).order_by(Task.id).limit(MOST_PICKED).options(joinedload(Task.lead_unit))
            ).all()
            assert outside.texts_of(chosen, today, "https://ketluan.vidu.example")
            db.session.rollback()

        of_all, of_one = best(bare("state <> 'draft'"), 3), best(bare(f"lead_unit_id = {head_unit}"), 3)
        found = []
        for name, (who, path) in PAGES.items():
            ask = running.page(Browser(app).sign_in(who), path)
            floor = of_one if who == cast.HEAD else of_all
            seconds, used = timed(ask)
            if name in ("head", "leader", "table"):
                found.append(told(f"{name}_first", size, seconds, used, floor, 0.0))
            for _ in range(1 if name in FEW else WARM):
                ask()
            seconds, used = usual(ask, 3 if name in FEW else ROUNDS)
            found.append(told(name, size, seconds, used, floor, peak(ask)))
        seconds, used = usual(texts, 3)
        found.append(told("outside", size, seconds, used, of_all, peak(texts)))
        floor = best(bare_night, 3)
        db.session.remove()
        db.engine.dispose()  # the night has the database for itself
        for again in ("", "_again"):
            for part in night(url, folder):
                found.append(
                    told(part["part"] + again, size, part["seconds"], part["processor"], floor,
                         part.get("peak_mb", 0.0))
                )  # fmt: skip
                if "written" in part:
                    print(f"{'':20} {part['written']}", flush=True)
                    assert all(part["written"].values()) and part["written"]["reminder"] > size // 5
        return found


if __name__ == "__main__":
    sys.exit(running.main("followup", SIZES, run))
