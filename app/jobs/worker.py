"""Running jobs: take, run, finish, with a commit after each step."""

from __future__ import annotations

from app.extensions import db
from app.jobs.models import Job
from app.jobs.services import KINDS, fail, finish, take


def run_one() -> Job | None:
    """Take, run and finish one job, committing after each step; None when nothing is due."""
    job = take()
    db.session.commit()
    if job is None:
        return None
    job_id, attempt = job.id, job.attempts
    try:
        result = KINDS[job.kind].handle(job)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        again = _locked(job_id)
        if again.attempts == attempt:
            fail(again, f"{type(error).__name__}: {error}")
        db.session.commit()
        return again
    done = _locked(job_id)
    if done.attempts == attempt:
        finish(done, result)
    db.session.commit()
    return done


def _locked(job_id: int) -> Job:
    """The row as it is now. Another number of attempts = our lease ran out and it is somebody else's."""
    return db.session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
