"""Processes issue at once across 31 December, a tenth of it fails, some are killed: the books hold."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import clock, create_app
from app.audit import queries as events
from app.documents import numbering
from app.documents.models import Document, DocumentState, Number, NumberState, SeriesCounter
from app.extensions import db
from app.files import queries as files
from app.files.models import StoredFile
from app.files.store import store
from tests.conftest import settings_for
from tests.processes import DEEP, RACERS, warm

T = TypeVar("T")
WORKERS = 8 if DEEP else RACERS
EACH = 200 if DEEP else 12
KILLED_EVERY = 40 if DEEP else 6
FAILING = 0.1
FAILS = ("render", "sign", "store", "commit")
KILLS = ("reserved", "render", "store", "stored", "sign", "commit", "committed")
OLD_YEAR, NEW_YEAR = datetime(2026, 12, 31, 16, 58, tzinfo=UTC), datetime(2026, 12, 31, 17, 2, tzinfo=UTC)
"""Two minutes before and after midnight in Việt Nam."""
AFTER = datetime(2027, 1, 4, 2, tzinfo=UTC)
SYMBOL = "TB-SNV"


class Forced(RuntimeError):
    """A failure that the test made."""


class Fire:
    """Where this turn fails, or where the process dies, if anywhere."""

    def __init__(self) -> None:
        self.fails = self.dies = ""

    def aim(self, worker: int, turn: int) -> None:
        chance = random.Random(f"{worker}-{turn}")
        self.fails = chance.choice(FAILS) if chance.random() < FAILING else ""
        killed = turn % KILLED_EVERY == KILLED_EVERY - 1
        if killed:
            self.fails = ""
        self.dies = KILLS[(turn // KILLED_EVERY + worker * 2) % len(KILLS)] if killed else ""

    def at(self, point: str) -> None:
        if self.dies == point:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fails == point:
            self.fails = ""
            raise Forced(point)


@contextmanager
def under(fire: Fire) -> Iterator[None]:
    """The real services with points of failure inside: in the use of the number, around the rename."""
    use, replace = numbering.use, os.replace

    def failing_use(number: Number) -> None:
        fire.at("sign")
        use(number)

    def failing_replace(*given: object, **named: object) -> None:
        fire.at("store")
        replace(*given, **named)  # type: ignore[arg-type]
        fire.at("stored")

    numbering.use, os.replace = failing_use, failing_replace  # type: ignore[assignment]
    try:
        yield
    finally:
        numbering.use, os.replace = use, replace


def _until_free(act: Callable[[], T]) -> T:
    """SQLite has one writer and no queue: who waited too long for the others clicks again."""
    while True:
        try:
            return act()
        except OperationalError as error:
            assert "locked" in str(error)
            db.session.rollback()


def _approve(subject: str) -> int:
    from tests.documents_flow import letters

    document = letters.approved(subject, symbol=SYMBOL)
    db.session.commit()
    return document.id


def _sign(key: int, fire: Fire) -> None:
    """As the page does it: reserve, commit, draw, finish, commit."""
    from app.documents import chain
    from tests import cast
    from tests.documents_flow import letters

    document = db.session.get_one(Document, key)
    if document.state is DocumentState.ISSUED:
        return  # the commit went through before the lock was missed
    leader, clerk = cast.actor(cast.LEADER), cast.actor(cast.CLERK)
    signing = chain.begin_signing(document, actor=leader)
    db.session.commit()
    fire.at("reserved")
    fire.at("render")
    pdf = chain.Drawn(letters.stand_in(document.subject))
    chain.finish_signing(document, signing, pdf, actor=leader)
    chain.seal(document, actor=clerk)
    chain.issue(document, actor=clerk)
    db.session.flush()
    fire.at("commit")
    db.session.commit()
    fire.at("committed")


def _work(url: str, folder: str, worker: int, first: int) -> None:
    app = create_app(settings_for(url, Path(folder)))
    fire = Fire()
    with app.app_context(), under(fire):
        for turn in range(first, EACH):
            Path(folder, f"turn-{worker}").write_text(str(turn))
            with clock.frozen(OLD_YEAR if turn < EACH // 2 else NEW_YEAR):
                fire.aim(worker, turn)
                key = _until_free(partial(_approve, f"Văn bản {worker}-{turn}"))
                try:
                    _until_free(partial(_sign, key, fire))
                    continue
                except Forced:
                    db.session.rollback()
            if (worker + turn) % 3 == 0:
                continue  # nobody tries again
            late = turn >= EACH // 2 or (worker + turn) % 2
            with clock.frozen(NEW_YEAR if late else OLD_YEAR):
                _until_free(partial(_sign, key, fire))
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
def test_numbers_are_whole_whatever_fails_and_whoever_is_killed(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url, context = new_database("numbers_under_fire"), warm()
    killed = _run(url, tmp_path, context)
    assert killed == WORKERS * (EACH // KILLED_EVERY), "every process that was to die did"
    app = create_app(settings_for(url, tmp_path))
    with app.app_context(), clock.frozen(AFTER):
        numbering.void_lapsed()
        db.session.commit()
        assert numbering.void_lapsed() == 0
        for year in (2026, 2027):
            _the_book_is_whole(year)
        _every_row_has_its_bytes()
        assert events.verify_chain()[1] is None
        db.session.remove()
        db.engine.dispose()


def _run(url: str, folder: Path, context: object) -> int:
    """Start every worker, start it again after its death with the next turn; how many died."""
    killed = 0
    running = {n: _start(context, url, folder, n, 0) for n in range(WORKERS)}
    while running:
        for n, process in list(running.items()):
            process.join(0.05)
            if process.exitcode is None:
                continue
            if process.exitcode == 0:
                del running[n]
                continue
            assert process.exitcode == -signal.SIGKILL, f"worker {n} ended with {process.exitcode}"
            killed += 1
            running[n] = _start(context, url, folder, n, int((folder / f"turn-{n}").read_text()) + 1)
    return killed


def _start(context: object, url: str, folder: Path, worker: int, first: int) -> object:
    process = context.Process(target=_work, args=(url, str(folder), worker, first))  # type: ignore[attr-defined]
    process.start()
    return process


def _the_book_is_whole(year: int) -> None:
    """{1 … n}, each once, days in order, every void explained, nothing held but the last of this year."""
    rows = db.session.scalars(sa.select(Number).where(Number.year == year).order_by(Number.n)).all()
    assert [row.n for row in rows] == list(range(1, len(rows) + 1)) and len(rows) > EACH // 4
    assert db.session.scalars(sa.select(SeriesCounter.last).where(SeriesCounter.year == year)).one() == len(
        rows
    )
    assert [row.dated_on for row in rows] == sorted(row.dated_on for row in rows)
    assert {row.dated_on for row in rows} == {date(2026, 12, 31) if year == 2026 else date(2027, 1, 1)}
    for row in rows:
        if row.state is NumberState.VOID:
            assert row.reason in (numbering.NOT_SIGNED_THAT_DAY, numbering.YEAR_OVER)
        elif row.state is NumberState.RESERVED:
            assert year == 2027 and row.n == len(rows), "only the last still serves"
        else:
            paper = row.document
            assert paper is not None and paper.state is DocumentState.ISSUED
            assert (paper.number, paper.issued_on, paper.issue_year) == (row.n, row.dated_on, year)
    assert any(row.state is NumberState.VOID for row in rows)


def _every_row_has_its_bytes() -> None:
    assert files.list_lost() == []
    papers = db.session.scalars(sa.select(Document).where(Document.number.is_not(None))).all()
    assert papers
    for paper in papers:
        assert paper.file is not None and paper.file.sha256 == paper.sha256
        data = store.read(paper.file.sha256)
        assert data is not None and paper.subject.encode() in data
    used = db.session.scalar(
        sa.select(sa.func.count()).select_from(Number).where(Number.state == NumberState.USED)
    )
    assert used == len(papers)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == len(papers)
