"""A process of its own for a batch: `python -m tests.notices.batch_process URL DATA_DIR PHASE…`.

`prepare`: a case of three units and its batch; `compose:N`, `sign:N`: a worker that is killed at the N-th
notice (never without N), and with it the process; `up`: the drafts go up to the signer; `ask`: signing is
asked for; `report`: what stands in the database, as a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import clock, create_app
from app.documents.models import Document, Number
from app.extensions import db
from app.jobs import worker
from app.notices import jobs as batching
from app.notices import services
from app.notices.models import Notice, NoticeBatch
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import notices as made

UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH)


def prepare() -> None:
    """The case, and the batch that asks to be composed."""
    case = made.reported(units=UNITS)
    services.start_batch(case, case.units, actor=cast.actor(cast.PLANNER))
    db.session.commit()


def up() -> None:
    """Every draft of the batch up to the signer, signed here."""
    for item in db.session.scalars(sa.select(NoticeBatch)).one().items:
        assert item.notice is not None
        services.edit_details(
            item.notice, made.details_of(item.notice), version=None, actor=cast.actor(cast.PLANNER)
        )
        made.approved(item.notice)


def ask() -> None:
    """The leader signs them together."""
    batch = db.session.scalars(sa.select(NoticeBatch)).one()
    services.ask_batch(batch, "sign", actor=cast.actor(cast.LEADER))
    db.session.commit()


def killed_at(nth: int, name: str) -> None:
    """Let this process be killed in the N-th call of a function of the batch."""
    real: Callable[..., Any] = getattr(batching, name)
    calls: list[object] = []

    def call(*args: object, **named: object) -> object:
        calls.append(args)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)

    setattr(batching, name, call)


def report() -> None:
    """Notices by unit, numbers with their state, what is signed, how the last job stands."""
    batch = db.session.scalars(sa.select(NoticeBatch)).one()
    numbers = db.session.execute(sa.select(Number.n, Number.state, Number.document_id).order_by(Number.n))
    print(
        json.dumps(
            {
                "units": [
                    [unit.unit.name for unit in n.units] for n in db.session.scalars(sa.select(Notice))
                ],
                "notices": [item.notice_id for item in batch.items],
                "problems": [item.problem for item in batch.items],
                "numbers": [[n, state.value] for n, state, _ in numbers],
                "signed": db.session.scalar(
                    sa.select(sa.func.count()).select_from(Document).where(Document.sha256.is_not(None))
                ),
                "job": batch.job.state.value if batch.job is not None else "",
                "result": batch.job.result if batch.job is not None else "",
            }
        ),
        flush=True,
    )


def main(url: str, data_dir: str, *phases: str) -> None:
    """One phase after the other; workers after the first come when the lease of a killed one is over."""
    app = create_app(settings_for(url, Path(data_dir)))
    for asked in phases:
        phase, _, at = asked.partition(":")
        late = timedelta(minutes=10) if phase in ("compose", "sign") and not at else timedelta()
        with app.app_context(), clock.frozen(NOON + late):
            match phase:
                case "compose" | "sign":
                    if at:
                        killed_at(int(at), {"compose": "_stopping", "sign": "finish_signing"}[phase])
                    worker.run_one()
                case _:
                    {"prepare": prepare, "up": up, "ask": ask, "report": report}[phase]()
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
