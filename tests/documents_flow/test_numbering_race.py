"""Several processes take numbers at once: every number once, none missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import clock, create_app
from app.documents import numbering
from app.documents.models import Number
from app.extensions import db
from tests.conftest import settings_for
from tests.processes import RACERS, warm

WORKERS, EACH = RACERS, 12


def _take(url: str, folder: str, worker: int) -> None:
    from tests.factories import documents

    app = create_app(settings_for(url, Path(folder)))
    with app.app_context(), clock.frozen(datetime(2026, 9, 23, 3, tzinfo=UTC)):
        for turn in range(EACH):
            document = documents.draft(f"Văn bản {worker}-{turn}")
            number = numbering.reserve(numbering.series_of("TB-SNV"), date(2026, 9, 23), document, actor=None)
            numbering.use(number)
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
def test_processes_at_once_leave_no_gap_and_no_number_twice(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_database("numbering_race")
    context = warm()
    workers = [context.Process(target=_take, args=(url, str(tmp_path), n)) for n in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        taken = db.session.scalars(sa.select(Number.n).order_by(Number.n)).all()
        db.session.remove()
        db.engine.dispose()
    assert list(taken) == list(range(1, WORKERS * EACH + 1))
