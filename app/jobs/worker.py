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
    job_id = job.id
    try:
        result = KINDS[job.kind].handle(job)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        again = db.session.get_one(Job, job_id)
        fail(again, f"{type(error).__name__}: {error}")
        db.session.commit()
        return again
    done = db.session.get_one(Job, job_id)
    finish(done, result)
    db.session.commit()
    return done
