"""Taking in many rows in the background, each in a transaction of its own."""

from __future__ import annotations

from app.accounts import queries as accounts
from app.conversion import queries, services
from app.conversion.models import OldTable
from app.conversion.reading import Known
from app.extensions import db
from app.followup import keeping
from app.jobs import services as jobs
from app.jobs.models import Job
from app.jobs.services import Kind
from app.vietnamese import count


def bring_over(job: Job) -> str:
    """Take in what can come in; a killed worker leaves whole rows behind and the next one goes on."""
    job_id, attempt = job.id, job.attempts
    table_id, with_gaps = int(job.payload["table_id"]), bool(job.payload["with_gaps"])
    actor = accounts.actor_for(accounts.get_person(int(job.payload["person_id"])))
    ready = queries.ready_ids(db.session.get_one(OldTable, table_id), with_gaps=with_gaps)
    known, taken = Known.load(), 0
    for done, row_id in enumerate(ready, start=1):
        taken += services.take_some([row_id], known, actor=actor)
        jobs.go_on(job_id, attempt, done=done, total=len(ready))
        db.session.commit()
    keeping.fold()  # each row left some changes of the kept counts, which the next page would add up
    db.session.commit()
    left = f"; {count(len(ready) - taken)} dòng chưa nhập được" if taken < len(ready) else ""
    return f"Đã nhập {count(taken)} dòng{left}."


KINDS = (Kind("bring_over", bring_over),)
