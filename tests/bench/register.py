"""`make bench-register`: checking and claiming a plan of 170 units × 60 contents among ever more claims.

The claims: every content of the plan at every unit in the newest period (10,200, the smallest register), then
the same units and others in earlier periods, up to 4,000 units × 60 contents × 5 periods. Bare: the same
question as one SQL join with a table of the plan, the same rows as one multi-row INSERT, guards in force.
One engine in one process; `make bench-register` runs both, results/register.json holds both.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from app import clock, collector
from app.extensions import db
from app.form_library.models import WHOLE, Content
from app.register import queries, services
from app.register.boxes import Box
from app.register.models import Claim, Level, Mandate
from app.register.review import Wanted
from app.register.services import ClaimWanted
from app.units.models import Unit, UnitVersion
from tests.bench import running
from tests.bench.measure import Measured, beside
from tests.conftest import ENGINE
from tests.factories import register as factory

SIZES = [int(size) for size in os.environ.get("KL_BENCH_SIZES", "10200,100000,1000000").split(",")]
UNITS, CONTENTS, PLAN_UNITS = 4000, 60, 170
QUARTER = timedelta(days=90)
FIRST = date(2026, 1, 1)
"""First day of the newest claimed period; the plan asks from the middle of it into days that are free."""
MAKE = 20_000
Spot = tuple[int, int, date]


def spots(units: Sequence[int], contents: Sequence[int]) -> Iterator[Spot]:
    """Units, contents and first days of all claims, in the order in which the register grows."""
    for unit, content in itertools.product(units[:PLAN_UNITS], contents):
        yield unit, content, FIRST
    for period in range(1, 5):
        for unit, content in itertools.product(units, contents):
            yield unit, content, FIRST - period * QUARTER
    for unit, content in itertools.product(units[PLAN_UNITS:], contents):
        yield unit, content, FIRST


def rows(found: Iterator[Spot], mandate_id: int, most: int) -> Iterator[list[dict[str, object]]]:
    """The next `most` claims in handy portions."""
    taken = itertools.islice(found, most)
    while portion := list(itertools.islice(taken, MAKE)):
        yield [
            {
                "mandate_id": mandate_id, "unit_id": unit, "content_id": content, "part_from": 0,
                "part_to": WHOLE, "level": Level.DEPARTMENT, "starts_on": first,
                "ends_on": first + QUARTER, "created_at": clock.now(),
            }
            for unit, content, first in portion
        ]  # fmt: skip


def make_units() -> list[int]:
    """Four thousand communes that always were."""
    known = db.session.scalar(sa.select(sa.func.max(Unit.id))) or 0
    keys = range(known + 1, known + UNITS + 1)
    db.session.execute(
        sa.insert(Unit),
        [{"id": k, "code": f"X{k}", "valid_from": date(1900, 1, 1), "search": f"x{k}"} for k in keys],
    )
    db.session.execute(
        sa.insert(UnitVersion),
        [
            {
                "unit_id": k, "from_on": date(1900, 1, 1), "name": f"UBND xã số {k}",
                "short_name": f"xã {k}", "type": "commune", "relation": "under",
            }
            for k in keys
        ],
    )  # fmt: skip
    return list(keys)


def plan_of(units: Sequence[int], contents: Sequence[int], first: date) -> list[Box]:
    """The plan: a quarter from `first` on, at its units, for its contents."""
    return [
        Box(unit, content, first, first + QUARTER, 0, WHOLE)
        for unit, content in itertools.product(units[:PLAN_UNITS], contents)
    ]


def bare_check(boxes: Sequence[Box]) -> None:
    """The plan as a table, one join, every row fetched."""
    connection = db.session.connection()
    asked = sa.Table(
        "asked", sa.MetaData(), sa.Column("unit_id", sa.BigInteger), sa.Column("content_id", sa.BigInteger),
        sa.Column("starts_on", sa.Date), sa.Column("ends_on", sa.Date), prefixes=["TEMPORARY"],
    )  # fmt: skip
    asked.create(connection)
    connection.execute(
        sa.insert(asked),
        [
            {"unit_id": b.unit_id, "content_id": b.content_id, "starts_on": b.starts_on, "ends_on": b.ends_on}
            for b in boxes
        ],
    )
    connection.execute(
        sa.select(asked.c.unit_id, asked.c.content_id, Claim.starts_on, Claim.ends_on, Mandate.decision)
        .join(Claim, sa.and_(Claim.unit_id == asked.c.unit_id, Claim.content_id == asked.c.content_id))
        .join(Mandate, Mandate.id == Claim.mandate_id)
        .where(Claim.ended_at.is_(None), Claim.starts_on < asked.c.ends_on, Claim.ends_on > asked.c.starts_on)
    ).all()
    asked.drop(connection)


def measure(size: int, units: Sequence[int], contents: Sequence[int], mandate_id: int) -> list[Measured]:
    """Check and claim at this size; nothing of it stays."""
    crossing = plan_of(units, contents, FIRST + QUARTER / 2)
    free = plan_of(units, contents, FIRST + 2 * QUARTER)
    wanted = [Wanted(number, box) for number, box in enumerate(crossing)]

    def check() -> None:
        answer = queries.review(wanted, level=Level.DEPARTMENT)
        assert answer.counts.held == len(wanted)

    def claim() -> None:
        mandate = factory.mandate("999/QĐ-SNV")
        services.claim(mandate, [ClaimWanted(None, box) for box in free], actor=None)
        db.session.rollback()

    def bare_insert() -> None:
        found = ((box.unit_id, box.content_id, box.starts_on) for box in free)
        for portion in rows(iter(found), mandate_id, len(free)):
            db.session.execute(sa.insert(Claim), portion)
        db.session.rollback()

    def sweep() -> None:
        """What the round before wrote and took back is no row any more, but lies in PostgreSQL's files."""
        if ENGINE == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM claim")

    return [
        beside(ENGINE, size, "check", check, lambda: bare_check(crossing)),
        beside(ENGINE, size, "claim", claim, bare_insert, rounds=3, tidy=sweep),
    ]


def run(url: str, folder: Path, _largest: int) -> list[Measured]:
    """Grow one register through the sizes and measure at each."""
    found: list[Measured] = []
    with running.application(url, folder):
        units = make_units()
        contents = list(db.session.scalars(sa.select(Content.id).order_by(Content.id).limit(CONTENTS)))
        mandate = factory.mandate()
        growing, standing = spots(units, contents), 0
        collector.settle()
        for size in SIZES:
            for portion in rows(growing, mandate.id, size - standing):
                db.session.execute(sa.insert(Claim), portion)
            standing = size
            db.session.commit()
            db.session.execute(sa.text("ANALYZE"))
            db.session.commit()
            found += measure(size, units, contents, mandate.id)
            db.session.rollback()
    return found


if __name__ == "__main__":
    sys.exit(running.main("register", SIZES[-1:], run))
