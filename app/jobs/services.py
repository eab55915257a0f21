"""Queueing, taking and finishing jobs; periodic kinds queue themselves again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import clock
from app.extensions import db
from app.jobs.models import Job, JobState
from app.policy import Actor

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Kind:
    """A kind of job: its handler (given the job) and, for a periodic one, how often it comes back."""

    name: str
    handle: Callable[[Job], str]
    every: timedelta | None = None


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make `kind` known to the worker (called once per feature when the app is made)."""
    KINDS[kind.name] = kind


def enqueue(
    kind: str, payload: Mapping[str, object], *, actor: Actor | None = None, unique_key: str | None = None
) -> Job:
    """Add a job to the current transaction.

    With `unique_key`, the job of that key which is waiting or running is returned instead; a finished one
    gives its key back, so that the same work may be asked for again.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    job = Job(
        kind=kind,
        payload=dict(payload),
        unique_key=unique_key,
        requested_by=actor.person_id if actor else None,
    )
    if unique_key is None:
        db.session.add(job)
        db.session.flush()
        return job
    same = sa.select(Job).where(Job.unique_key == unique_key)
    existing = db.session.scalar(same)
    if existing is not None:
        return existing
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:  # somebody else asked for the same work at this very moment
        return db.session.scalars(same).one()
    return job


def ensure_periodic() -> None:
    """Queue each periodic kind that is not queued yet."""
    for kind in KINDS.values():
        if kind.every is not None:
            enqueue(kind.name, {}, unique_key=f"periodic:{kind.name}")


def take() -> Job | None:
    """Lease the next due job (also one whose lease ran out); the caller commits before running it.

    A job that took its worker down MAX_ATTEMPTS times is given up, not handed to the next worker. What was
    planned or leased further ahead than anything ever is was so by a clock that has been put back since.
    """
    moment = clock.now()
    ahead = moment + 2 * LEASE  # clocks of two machines differ by less
    run_out = sa.and_(
        Job.state == JobState.RUNNING, sa.or_(Job.leased_until < moment, Job.leased_until > ahead)
    )
    every = {kind.name: kind.every for kind in KINDS.values() if kind.every is not None}
    most = {name: sa.literal(ahead + pause, Job.run_at.type) for name, pause in every.items()}
    latest: sa.ColumnElement[datetime] = sa.literal(ahead, Job.run_at.type)
    if most:
        latest = sa.case(most, value=Job.kind, else_=latest)
    spent = db.session.scalars(
        sa.select(Job).where(run_out, Job.attempts >= MAX_ATTEMPTS).with_for_update(skip_locked=True)
    )
    for job in spent:
        fail(job, "Tiến trình xử lý bị dừng giữa chừng")
    query = (
        sa.select(Job)
        .where(
            sa.or_(
                sa.and_(Job.state == JobState.WAITING, sa.or_(Job.run_at <= moment, Job.run_at > latest)),
                run_out,
            )
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    due = db.session.scalar(query)
    if due is None:
        return None
    due.state = JobState.RUNNING
    due.attempts += 1
    due.leased_until = moment + LEASE
    db.session.flush()
    return due


class Overtaken(RuntimeError):
    """The lease ran out and another worker took the job."""


def go_on(job_id: int, attempt: int, *, done: int, total: int) -> None:
    """Say how far a long job is and keep it for another lease, in the current transaction.

    Raises Overtaken when somebody else has it; what was done in this transaction is then not to be committed.
    """
    job = db.session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    if job.attempts != attempt or job.state is not JobState.RUNNING:
        raise Overtaken(f"job {job_id} is at attempt {job.attempts}")
    job.progress, job.total, job.leased_until = done, total, clock.now() + LEASE
    db.session.flush()


def finish(job: Job, result: str) -> None:
    """Mark `job` done; a periodic one is put back for its next turn."""
    job.result, job.leased_until, job.finished_at = result[:500], None, clock.now()
    if not _put_back(job):
        job.state, job.unique_key = JobState.DONE, None
    db.session.flush()


def _put_back(job: Job) -> bool:
    """Let a periodic job wait for its next turn; whether it is periodic."""
    kind = KINDS.get(job.kind)
    if kind is None or kind.every is None:
        return False
    job.state, job.attempts, job.run_at = JobState.WAITING, 0, clock.now() + kind.every
    return True


def fail(job: Job, reason: str) -> None:
    """Put `job` back with a growing pause; after MAX_ATTEMPTS give up (a periodic one: for this turn)."""
    job.result, job.leased_until = reason[:500], None
    if job.attempts >= MAX_ATTEMPTS:
        job.finished_at = clock.now()
        if not _put_back(job):
            job.state, job.unique_key = JobState.FAILED, None
    else:
        job.state = JobState.WAITING
        job.run_at = clock.now() + timedelta(seconds=2**job.attempts)
    db.session.flush()
