"""Queueing, taking and finishing jobs; periodic kinds queue themselves again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

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
    """Add a job to the current transaction; with `unique_key`, the waiting one is returned instead."""
    if kind not in KINDS:
        raise KeyError(kind)
    if unique_key is not None:
        existing = db.session.scalar(sa.select(Job).where(Job.unique_key == unique_key))
        if existing is not None:
            return existing
    job = Job(
        kind=kind, payload=dict(payload), unique_key=unique_key,
        requested_by=actor.person_id if actor else None,
    )
    db.session.add(job)
    db.session.flush()
    return job


def ensure_periodic() -> None:
    """Queue each periodic kind that is not queued yet."""
    for kind in KINDS.values():
        if kind.every is not None:
            enqueue(kind.name, {}, unique_key=f"periodic:{kind.name}")


def take() -> Job | None:
    """Lease the next due job (also one whose lease ran out); the caller commits before running it."""
    moment = clock.now()
    query = (
        sa.select(Job)
        .where(
            sa.or_(
                sa.and_(Job.state == JobState.WAITING, Job.run_at <= moment),
                sa.and_(Job.state == JobState.RUNNING, Job.leased_until < moment),
            )
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = db.session.scalar(query)
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.leased_until = moment + LEASE
    db.session.flush()
    return job


def finish(job: Job, result: str) -> None:
    """Mark `job` done; a periodic one is put back for its next turn."""
    kind = KINDS.get(job.kind)
    job.result, job.leased_until, job.finished_at = result, None, clock.now()
    if kind is not None and kind.every is not None:
        job.state, job.attempts, job.run_at = JobState.WAITING, 0, clock.now() + kind.every
    else:
        job.state = JobState.DONE
    db.session.flush()


def fail(job: Job, reason: str) -> None:
    """Put `job` back with a growing pause, or give it up after MAX_ATTEMPTS."""
    job.result, job.leased_until = reason[:500], None
    if job.attempts >= MAX_ATTEMPTS:
        job.state, job.finished_at = JobState.FAILED, clock.now()
    else:
        job.state = JobState.WAITING
        job.run_at = clock.now() + timedelta(seconds=2**job.attempts)
    db.session.flush()
