"""Events are part of the change they speak of: written with it, chained, and gone when it is gone."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.audit import chain, queries
from app.audit import services as audit
from app.audit.models import ChainHead, Event, EventSubject
from app.extensions import db
from app.units.models import BEGINNING, Unit
from tests import cast
from tests.conftest import ENGINE, ROOT
from tests.processes import RACERS


def new_unit(code: str) -> Unit:
    unit = Unit(code=code, valid_from=BEGINNING, search=code.lower())
    db.session.add(unit)
    db.session.flush()
    return unit


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def exists(code: str) -> bool:
    return db.session.scalar(sa.select(Unit.id).where(Unit.code == code)) is not None


def newest() -> Event:
    return db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()


def test_an_event_is_written_at_commit_and_not_before(session):
    before = count(Event)
    audit.record("unit_created", new_unit("XA-1"), actor=None)
    session.flush()
    assert count(Event) == before
    session.commit()
    assert count(Event) == before + 1


def test_an_event_says_who_what_when_and_for_whom(session):
    unit, other, actor = new_unit("XA-1"), new_unit("XA-2"), cast.actor(cast.PLANNER)
    audit.record(
        "unit_created", unit, other, actor=actor, data={"from": BEGINNING}, on_behalf_of="UBND xã Long Phước"
    )
    session.commit()
    event = newest()
    assert (event.name, event.actor_id, event.actor_name) == ("unit_created", actor.person_id, actor.name)
    assert event.on_behalf_of == "UBND xã Long Phước"
    assert event.data == {"from": "1900-01-01"}
    assert event.at.isoformat() == "2026-09-23T03:00:00+00:00"
    assert [(s.kind, s.object_id) for s in event.subjects] == [("unit", unit.id), ("unit", other.id)]


def test_what_the_product_does_itself_says_so(session):
    audit.record("unit_created", new_unit("XA-1"), actor=None)
    session.commit()
    assert (newest().actor_id, newest().actor_name) == (None, "Hệ thống")


def test_events_of_several_commits_make_one_chain(session):
    for number in range(5):
        for part in "ab":
            audit.record("unit_created", new_unit(f"XA-{number}{part}"), actor=None, data={"number": number})
        session.commit()
    total, fault = queries.verify_chain()
    assert fault is None
    assert total == count(Event) >= 10
    head = session.get_one(ChainHead, 1)
    assert (head.seq, head.hash) == (newest().seq, newest().hash)


def test_the_first_event_of_all_joins_the_beginning(session):
    first = session.scalars(sa.select(Event).order_by(Event.seq).limit(1)).one()
    assert (first.seq, first.prev_hash) == (1, chain.GENESIS)


def test_a_change_that_is_rolled_back_leaves_no_event(session):
    before = count(Event)
    audit.record("unit_created", new_unit("XA-1"), actor=None)
    session.rollback()
    session.commit()
    assert count(Event) == before and not exists("XA-1")


def test_nothing_of_a_rolled_back_change_reaches_the_next_commit(session):
    audit.record("unit_created", new_unit("XA-1"), actor=None)
    session.rollback()
    audit.record("unit_created", new_unit("XA-2"), actor=None, data={"code": "XA-2"})
    session.commit()
    assert newest().data == {"code": "XA-2"}
    assert queries.verify_chain()[1] is None


def test_an_event_that_cannot_be_written_takes_the_change_with_it(session, monkeypatch):
    """The hash of an event that is there already: the database refuses the second."""
    audit.record("unit_created", new_unit("XA-1"), actor=None)
    session.commit()
    used = newest().hash
    monkeypatch.setattr(chain, "digest", lambda *_: used)
    audit.record("unit_created", new_unit("XA-2"), actor=None)
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()
    assert exists("XA-1") and not exists("XA-2")
    monkeypatch.undo()
    assert queries.verify_chain()[1] is None


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_events(session):
    audit.record("unit_created", new_unit("XA-1"), actor=None, data={"code": "XA-1"})
    savepoint = session.begin_nested()
    audit.record("unit_created", new_unit("XA-2"), actor=None, data={"code": "XA-2"})
    deeper = session.begin_nested()
    audit.record("unit_created", new_unit("XA-3"), actor=None, data={"code": "XA-3"})
    deeper.commit()
    savepoint.rollback()
    session.commit()
    assert exists("XA-1") and not exists("XA-2") and not exists("XA-3")
    assert newest().data == {"code": "XA-1"}
    assert queries.verify_chain()[1] is None


def test_a_savepoint_that_is_kept_keeps_its_events_until_the_commit(session):
    before = count(Event)
    with session.begin_nested():
        audit.record("unit_created", new_unit("XA-1"), actor=None)
    assert count(Event) == before
    session.commit()
    assert count(Event) == before + 1


def test_names_typed_with_loose_marks_do_not_break_the_chain(session):
    audit.record(
        "unit_created",
        new_unit("XA-1"),
        actor=None,
        on_behalf_of="UBND xa\u0303 Long Phu\u031bo\u031b\u0301c",
    )
    session.commit()
    assert newest().on_behalf_of == "UBND xã Long Phước"
    assert queries.verify_chain()[1] is None


def test_the_timeline_of_an_object_has_its_events_newest_first(session):
    unit, other = new_unit("XA-1"), new_unit("XA-2")
    for number in range(3):
        audit.record("unit_created", unit, actor=None, data={"number": number})
        audit.record("unit_ended", other, unit, actor=None)
        session.commit()
    assert [event.name for event in queries.list_events(unit)] == ["unit_ended", "unit_created"] * 3
    assert len(queries.list_events(unit, limit=2)) == 2
    assert [event.name for event in queries.list_events(other)] == ["unit_ended"] * 3
    assert queries.list_events(Unit(code="never saved")) == []


STATEMENTS = {
    "an event changed": "UPDATE event SET actor_name = 'Ai Khác'",
    "an event changed to itself": "UPDATE event SET name = name",
    "an event deleted": "DELETE FROM event",
    "a subject changed": "UPDATE event_subject SET object_id = 0",
    "a subject deleted": "DELETE FROM event_subject",
}
if ENGINE == "sqlite":
    STATEMENTS["an event replaced"] = "INSERT OR REPLACE INTO event SELECT * FROM event"
    STATEMENTS["a subject replaced"] = "INSERT OR REPLACE INTO event_subject SELECT * FROM event_subject"


@pytest.mark.parametrize("what", STATEMENTS)
def test_the_database_refuses(session, what):
    audit.record("unit_created", new_unit("XA-1"), actor=None)
    session.commit()
    with pytest.raises(IntegrityError, match="event_append_only"), session.begin_nested():
        session.execute(sa.text(STATEMENTS[what]))


def drop_guards(session) -> None:
    """What somebody with the database in their hands would do first."""
    if ENGINE == "sqlite":
        names = session.scalars(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'event%'")
        )
        for name in names.all():
            session.execute(sa.text(f"DROP TRIGGER {name}"))
    else:
        session.execute(sa.text("ALTER TABLE event DISABLE TRIGGER USER"))
        session.execute(sa.text("ALTER TABLE event_subject DISABLE TRIGGER USER"))


TAMPERED = {
    "the name of who did it": "UPDATE event SET actor_name = 'Ai Khác' WHERE seq = 2",
    "what was said": "UPDATE event SET data = '{}' WHERE seq = 2",
    "when it was": "UPDATE event SET at = '2026-01-01 00:00:00' WHERE seq = 2",
    "what it was about": "UPDATE event_subject SET object_id = 999 WHERE event_seq = 2",
    "one taken out": "DELETE FROM event WHERE seq = 2",
    "the last taken out": "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
    "the end moved back": "UPDATE chain_head SET seq = seq - 1",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_verify_finds_what_was_done_behind_the_guards(app, session, what):
    for number in range(4):
        audit.record("unit_created", new_unit(f"XA-{number}"), actor=None, data={"number": number})
    session.commit()
    runner = app.test_cli_runner()
    whole = runner.invoke(args=["audit", "verify"])
    assert whole.exit_code == 0
    assert f"Chuỗi sự kiện nguyên vẹn: {count(Event)} sự kiện." in whole.output
    drop_guards(session)
    if what in ("one taken out", "the last taken out"):
        session.execute(sa.text(TAMPERED[what].replace("event WHERE seq", "event_subject WHERE event_seq")))
    session.execute(sa.text(TAMPERED[what]))
    session.expire_all()
    found = runner.invoke(args=["audit", "verify"])
    assert found.exit_code == 4, found.output
    assert "Sai lệch tại sự kiện số" in found.output


@pytest.mark.slow
@pytest.mark.parametrize("empty", [False, True], ids=["a chain", "no event yet"])
def test_processes_that_append_at_once_never_fork_the_chain(new_database, tmp_path, empty):
    """Each starts with its app loaded, all at one moment; every event must be in one chain without a gap."""
    url = new_database(f"appenders_{empty}")
    engine = sa.create_engine(url)
    if empty:
        with engine.begin() as connection:
            if ENGINE == "sqlite":
                guards = connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                ).all()
                for (name,) in guards:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            for table in (EventSubject, Event, ChainHead):
                if ENGINE == "postgresql":
                    connection.exec_driver_sql(f"ALTER TABLE {table.__tablename__} DISABLE TRIGGER USER")
                connection.exec_driver_sql(f"DELETE FROM {table.__tablename__}")
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.audit.appender", url, str(tmp_path), f"P{number}", "15"],
            cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for number in range(RACERS)
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    with engine.connect() as connection:
        before = connection.execute(sa.text("SELECT count(*) FROM event")).scalar_one()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * RACERS, said
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT seq, prev_hash, hash FROM event ORDER BY seq")).all()
        head = connection.execute(sa.text("SELECT seq, hash FROM chain_head")).one()
    engine.dispose()
    assert [row.seq for row in rows] == list(range(1, before + 15 * RACERS + 1))
    assert [row.prev_hash for row in rows] == [chain.GENESIS, *(row.hash for row in rows[:-1])]
    assert tuple(head) == (rows[-1].seq, rows[-1].hash)
