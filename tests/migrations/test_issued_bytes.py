"""Issued bytes never change: after every step of a migration, down and up, and after a restore."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import clock
from app.documents import books, numbering, outgoing
from app.extensions import db
from app.files.store import store
from app.units.models import Unit
from tests import cast
from tests.cluster import find_binaries
from tests.conftest import ENGINE, NOON
from tests.documents_flow import letters
from tests.migrations.database import application, down, up
from tests.migrations.test_migrations import REVISIONS

KEPT = sa.text(
    "SELECT document.id, kind, state, subject, number, symbol, issued_on, issue_year, document.sha256, "
    "signer_name, content_hash, content, stored_file.sha256, stored_file.size FROM document "
    "JOIN stored_file ON stored_file.id = document.file_id ORDER BY document.id"
)
FIRST_WITH_PAPERS = "0005"


def fill() -> None:
    """Two issued letters, a void number and one that is held."""
    with clock.frozen(NOON):
        for subject in ("Thứ nhất", "Thứ hai"):
            letters.issued(subject)
        for subject in ("Trả lại", "Đang giữ"):
            held = letters.approved(subject)
            number = numbering.reserve(numbering.series_of("TB-SNV"), clock.today(), held, actor=None)
            if subject == "Trả lại":
                numbering.void(number, "Trả lại để hoàn thiện", actor=None)
        db.session.commit()


def papers() -> list[tuple[object, ...]]:
    """Everything that stands on issued papers, and that their bytes are those that were signed."""
    found = [tuple(row) for row in db.session.execute(KEPT)]
    assert len(found) == 2
    for row in found:
        data = store.read(str(row[12]))
        assert data is not None and row[8] == row[12] and str(row[3]).encode() in data
    return found


@pytest.mark.slow
def test_every_step_down_and_up_leaves_papers_and_bytes_as_they_were(filled_database, tmp_path):
    steps = [path.name[:4] for path in REVISIONS]
    with application(filled_database, tmp_path):
        fill()
        before = papers()
        db.session.remove()
        numbers = db.session.execute(sa.text("SELECT n, state, reason FROM number ORDER BY n")).all()
        for _ in range(len(steps) - 1 - steps.index(FIRST_WITH_PAPERS)):
            db.session.remove()
            down("-1")
            assert papers() == before
        for revision in steps[steps.index(FIRST_WITH_PAPERS) + 1 :]:
            db.session.remove()
            up(revision)
            assert papers() == before, revision
        assert db.session.execute(sa.text("SELECT n, state, reason FROM number ORDER BY n")).all() == numbers
        with pytest.raises(IntegrityError):
            db.session.execute(sa.text("UPDATE document SET sha256 = 'x' WHERE state = 'issued'"))
        db.session.rollback()


def test_a_restored_backup_holds_the_same_bytes_and_the_same_guards(filled_database, tmp_path):
    """As the guide for operation says it: the database by its own means, the folder of files beside it."""
    here, there = tmp_path / "here", tmp_path / "there"
    with application(filled_database, here):
        fill()
        before = papers()
        shutil.copytree(here / "files", there / "files")
    restored = restore(filled_database, there)
    try:
        with application(restored, there) as app:
            assert papers() == before
            runner = app.test_cli_runner()
            for command in (["audit", "verify"], ["files", "check"]):
                ended = runner.invoke(args=command)
                assert ended.exit_code == 0, ended.output
            for statement in ("UPDATE document SET subject = 'x'", "DELETE FROM stored_file"):
                with pytest.raises(IntegrityError):
                    db.session.execute(sa.text(statement))
                db.session.rollback()
            with clock.frozen(NOON):
                office = db.session.get_one(Unit, cast.unit(cast.OFFICE).id)
                series = numbering.find_series("TB-SNV")
                assert series is not None and books.symbols_of(series, 2026) == {"TB-SNV"}
                lines = outgoing.list_lines(series, 2026, office, outgoing.Filters(), most=10)
            assert [(line.n, line.issued) for line in lines] == [(1, True), (2, True), (3, False), (4, False)]
    finally:
        forget(restored)


def restore(url: str, folder: Path) -> str:
    """A copy of the database, made with the commands of the guide."""
    if ENGINE == "sqlite":
        target = folder / "ban-sao.db"
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        connection.close()
        return f"sqlite:///{target}"
    source = sa.make_url(url)
    name = f"{source.database}_restored"
    target = source.set(database=name)
    with maintenance(url) as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    dump = subprocess.run(
        [find_binaries() / "pg_dump", "--no-owner", plain(source)], check=True, capture_output=True
    )
    subprocess.run(
        [find_binaries() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", plain(target)],
        input=dump.stdout, check=True, capture_output=True,
    )  # fmt: skip
    return target.render_as_string(hide_password=False)


def plain(url: sa.URL) -> str:
    """The address as PostgreSQL's own programs read it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def maintenance(url: str) -> sa.Connection:
    address = sa.make_url(url).set(database="postgres")
    return sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect()


def forget(url: str) -> None:
    if ENGINE == "postgresql":
        with maintenance(url) as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{sa.make_url(url).database}" WITH (FORCE)')
