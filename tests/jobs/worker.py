"""A worker of its own: `python -m tests.jobs.worker URL DATA_DIR [hang]` takes one job and runs it.

With `hang` the handler says that it started and then never ends: the process waits to be killed.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

from app import clock, create_app
from app.extensions import db
from app.jobs import services, worker
from app.jobs.models import Job
from tests.conftest import settings_for


def main(url: str, data_dir: str, at: str, *rest: str) -> None:
    """Run one job at the instant `at` (ISO)."""

    def handle(job: Job) -> str:
        print(f"started {job.attempts}", flush=True)
        if "hang" in rest:
            time.sleep(600)
        return "xong"

    app = create_app(settings_for(url, Path(data_dir)))
    services.register_kind(services.Kind("count_sheets", handle))
    with app.app_context(), clock.frozen(datetime.fromisoformat(at)):
        job = worker.run_one()
        print(f"ended {job.state if job else None}", flush=True)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
