"""Work for later: asked for with the change, taken under a lease, tried again, given up, never done twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.extensions import db
from app.jobs import services, worker
from app.jobs.models import Job, JobState
from app.jobs.services import KINDS, LEASE, MAX_ATTEMPTS, Kind, enqueue, take
from tests import cast
from tests.conftest import NOON, ROOT
from tests.processes import RACERS


@pytest.fixture
def done(monkeypatch):
    """What the handlers did; the kinds of these tests are known to the worker meanwhile."""
    for name in list(KINDS):
        monkeypatch.delitem(KINDS, name)
    acts: list[object] = []

    def count(job: Job) -> str:
        acts.append(job.payload)
        return "đã đếm"

    def break_down(job: Job) -> str:
        acts.append("broke")
        db.session.add(Job(kind="half_done", payload={}))
        db.session.flush()
        raise ValueError("giấy kẹt")

    monkeypatch.setitem(KINDS, "count_sheets", Kind("count_sheets", count))
    monkeypatch.setitem(KINDS, "print_sheets", Kind("print_sheets", break_down))
    monkeypatch.setitem(KINDS, "count_daily", Kind("count_daily", count, every=timedelta(days=1)))
    monkeypatch.setitem(KINDS, "print_daily", Kind("print_daily", break_down, every=timedelta(days=1)))
    return acts


def later(**span: float):
    return clock.frozen(clock.now() + timedelta(**span))


def jobs() -> list[Job]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Job).order_by(Job.id)))


def test_a_job_is_asked_for_in_the_transaction_of_the_change(session, done):
    enqueue("count_sheets", {"document_id": 3}, actor=cast.actor(cast.CLERK))
    session.rollback()
    assert jobs() == []
    enqueue("count_sheets", {"document_id": 4}, actor=cast.actor(cast.CLERK))
    session.commit()
    assert [(job.payload, job.requested_by) for job in jobs()] == [
        ({"document_id": 4}, cast.person(cast.CLERK).id)
    ]


def test_a_kind_nobody_handles_is_refused_when_it_is_asked_for(session, done):
    with pytest.raises(KeyError, match="fold_sheets"):
        enqueue("fold_sheets", {})


def test_a_job_is_run_once_and_keeps_its_result(session, done):
    enqueue("count_sheets", {"n": 1})
    session.commit()
    job = worker.run_one()
    assert job is not None and (job.state, job.result, job.attempts) == (JobState.DONE, "đã đếm", 1)
    assert job.finished_at == NOON and job.leased_until is None
    assert worker.run_one() is None
    assert done == [{"n": 1}]


def test_jobs_are_taken_in_the_order_they_are_due(session, done):
    enqueue("count_sheets", {"n": 1}).run_at = NOON - timedelta(minutes=1)
    enqueue("count_sheets", {"n": 2}).run_at = NOON - timedelta(minutes=2)
    enqueue("count_sheets", {"n": 3}).run_at = NOON + timedelta(minutes=1)
    session.commit()
    while worker.run_one():
        pass
    assert done == [{"n": 2}, {"n": 1}]


def test_a_taken_job_is_nobody_elses_until_its_lease_runs_out(session, done):
    enqueue("count_sheets", {})
    taken = take()
    assert taken is not None and taken.leased_until == NOON + LEASE
    session.commit()
    assert take() is None
    with later(seconds=LEASE.total_seconds()):
        assert take() is None, "the last moment of the lease is still the holder's"
    with later(seconds=LEASE.total_seconds() + 1):
        again = take()
        assert again is not None and again.id == taken.id and again.attempts == 2


def test_a_failure_is_tried_again_after_a_growing_pause_and_given_up_in_the_end(session, done):
    enqueue("print_sheets", {})
    session.commit()
    pauses, moment = [], NOON
    for _ in range(MAX_ATTEMPTS):
        with clock.frozen(moment):
            job = worker.run_one()
            assert job is not None and job.result == "ValueError: giấy kẹt"
            if job.state is JobState.WAITING:
                assert worker.run_one() is None, "not before its pause is over"
                pauses.append((job.run_at - moment).total_seconds())
                moment = job.run_at
    assert job.state is JobState.FAILED and job.finished_at == moment
    assert pauses == [2, 4, 8, 16]
    with later(days=365):
        assert worker.run_one() is None
    assert done == ["broke"] * MAX_ATTEMPTS


def test_what_a_failed_handler_wrote_is_gone(session, done):
    enqueue("print_sheets", {})
    session.commit()
    worker.run_one()
    assert [job.kind for job in jobs()] == ["print_sheets"]


def test_a_job_that_takes_its_worker_down_every_time_is_given_up(session, done):
    """No handler ends, no exception is seen: only the lease runs out, again and again."""
    enqueue("count_sheets", {}, unique_key="sheets")
    session.commit()
    moment = NOON
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with clock.frozen(moment):
            taken = take()
            assert taken is not None and taken.attempts == attempt
            session.commit()
        moment += LEASE + timedelta(seconds=1)
    with clock.frozen(moment):
        assert take() is None
        session.commit()
    (job,) = jobs()
    assert (job.state, job.result) == (JobState.FAILED, "Tiến trình xử lý bị dừng giữa chừng")


def test_who_lost_the_lease_no_longer_decides_what_became_of_the_job(session, done, monkeypatch):
    """A slow handler ends after the job was taken by somebody else."""

    def slow(job: Job) -> str:
        with clock.frozen(NOON + LEASE + timedelta(seconds=1)):
            assert take() is not None
        db.session.commit()
        return "quá chậm"

    monkeypatch.setitem(KINDS, "count_sheets", Kind("count_sheets", slow))
    enqueue("count_sheets", {})
    session.commit()
    worker.run_one()
    (job,) = jobs()
    assert (job.state, job.attempts, job.result) == (JobState.RUNNING, 2, None)


def test_who_lost_the_lease_and_fails_leaves_the_job_to_its_new_holder(session, done, monkeypatch):
    def slow(job: Job) -> str:
        with clock.frozen(NOON + LEASE + timedelta(seconds=1)):
            assert take() is not None
        db.session.commit()
        raise ValueError("quá chậm")

    monkeypatch.setitem(KINDS, "count_sheets", Kind("count_sheets", slow))
    enqueue("count_sheets", {})
    session.commit()
    worker.run_one()
    (job,) = jobs()
    assert (job.state, job.attempts, job.result) == (JobState.RUNNING, 2, None)


def test_a_job_of_a_kind_that_is_gone_fails_and_stops_nobody(session, done):
    session.add(Job(kind="fold_sheets", payload={}))
    enqueue("count_sheets", {})
    session.commit()
    assert worker.run_one().result == "KeyError: 'fold_sheets'"
    assert worker.run_one().state is JobState.DONE


def test_the_same_work_asked_for_twice_is_one_job_while_it_waits_or_runs(session, done):
    one = enqueue("count_sheets", {}, unique_key="sheets")
    assert enqueue("count_sheets", {}, unique_key="sheets") is one
    assert enqueue("count_sheets", {}, unique_key="other") is not one
    take()
    assert enqueue("count_sheets", {}, unique_key="sheets") is one


@pytest.mark.parametrize("kind", ["count_sheets", "print_sheets"])
def test_finished_work_may_be_asked_for_again(session, done, kind):
    enqueue(kind, {}, unique_key="sheets").attempts = MAX_ATTEMPTS - 1
    session.commit()
    worker.run_one()
    enqueue(kind, {}, unique_key="sheets")
    assert [job.state for job in jobs()][1:] == [JobState.WAITING]


def test_a_periodic_kind_is_queued_once_and_comes_back_after_its_time(session, done):
    services.ensure_periodic()
    services.ensure_periodic()
    assert sorted(job.kind for job in jobs()) == ["count_daily", "print_daily"]
    session.execute(sa.delete(Job).where(Job.kind == "print_daily"))
    session.commit()
    ran = worker.run_one()
    assert (ran.state, ran.attempts, ran.run_at) == (JobState.WAITING, 0, NOON + timedelta(days=1))
    assert worker.run_one() is None
    with later(days=1):
        assert worker.run_one().id == ran.id
    assert len(done) == 2


def test_a_periodic_kind_that_keeps_failing_is_tried_at_its_next_turn(session, done):
    services.ensure_periodic()
    session.execute(sa.delete(Job).where(Job.kind == "count_daily"))
    (job,) = jobs()
    job.attempts = MAX_ATTEMPTS - 1
    session.commit()
    failed = worker.run_one()
    assert (failed.state, failed.attempts, failed.run_at) == (JobState.WAITING, 0, NOON + timedelta(days=1))
    assert failed.result == "ValueError: giấy kẹt"


def test_the_command_works_off_what_is_due_and_ends(app, session, done):
    enqueue("count_sheets", {"n": 1})
    session.commit()
    ended = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])
    assert ended.exit_code == 0, ended.output
    assert {"n": 1} in done
    assert "count_sheets #" in ended.output


def start(url: str, folder, moment, *rest: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.worker", url, str(folder), moment.isoformat(), *rest],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def put(url: str, **values: object) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        row = {
            "kind": "count_sheets", "payload": {}, "state": "waiting", "run_at": NOON, "attempts": 0,
            "progress": 0, "total": 0, "created_at": NOON,
        }  # fmt: skip
        connection.execute(sa.insert(Job.__table__).values({**row, **values}))
    engine.dispose()


def state_of_all(url: str) -> list[tuple[str, int]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT state, attempts FROM job ORDER BY id")).all()
    engine.dispose()
    return [(row.state, row.attempts) for row in rows]


@pytest.mark.slow
def test_the_job_of_a_worker_that_was_killed_comes_back(new_database, tmp_path):
    url = new_database("killed_worker")
    put(url)
    first = start(url, tmp_path, NOON, "hang")
    assert first.stdout is not None and first.stdout.readline() == "started 1\n"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert state_of_all(url) == [("running", 1)]
    soon = start(url, tmp_path, NOON + timedelta(minutes=1))
    assert soon.communicate(timeout=60)[0] == "ended None\n"
    later_on = start(url, tmp_path, NOON + LEASE + timedelta(seconds=1))
    assert later_on.communicate(timeout=60)[0] == "started 2\nended done\n"
    assert state_of_all(url) == [("done", 2)]


@pytest.mark.slow
def test_workers_at_once_share_the_jobs_and_run_none_twice(new_database, tmp_path):
    url = new_database("many_workers")
    for _ in range(RACERS):
        put(url)
    workers = [start(url, tmp_path, NOON) for _ in range(RACERS + 1)]
    said = [worker.communicate(timeout=60)[0] for worker in workers]
    assert sorted(said) == ["ended None\n", *["started 1\nended done\n"] * RACERS]
    assert state_of_all(url) == [("done", 1)] * RACERS


@pytest.mark.slow
def test_the_same_key_asked_for_at_one_moment_is_one_job(app, new_database, tmp_path):
    """Two transactions that do not see each other: the second finds the row of the first, not an error."""
    from app import create_app
    from tests.conftest import settings_for

    other = create_app(settings_for(new_database("same_key"), tmp_path))
    services.register_kind(Kind("count_sheets", lambda job: ""))
    gate, found, wrong = threading.Barrier(4), [], []

    def ask() -> None:
        with other.app_context():
            try:
                gate.wait()
                found.append(enqueue("count_sheets", {}, unique_key="sheets").id)
                db.session.commit()
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    del KINDS["count_sheets"]
    with other.app_context():
        db.engine.dispose()
    assert wrong == []
    assert len(found) == 4 and len(set(found)) == 1


def test_a_clock_that_ran_ahead_and_is_put_back_keeps_no_job_waiting(session, done):
    services.ensure_periodic()
    session.execute(sa.delete(Job).where(Job.kind == "print_daily"))
    session.commit()
    with later(days=365):
        worker.run_one()
        enqueue("count_sheets", {})
        left = take()
        session.commit()
    assert left.state is JobState.RUNNING, "its worker died a year ahead"
    done.clear()
    while worker.run_one() is not None:
        pass
    assert len(done) == 2, "the periodic one and what was left, each once"
    assert [job.run_at for job in jobs() if job.kind == "count_daily"] == [NOON + timedelta(days=1)]


def test_clocks_that_differ_by_less_than_a_lease_take_no_job_from_each_other(session, done):
    enqueue("count_sheets", {})
    session.commit()
    with later(seconds=(LEASE / 2).total_seconds()):
        assert take() is not None
        session.commit()
    assert take() is None
