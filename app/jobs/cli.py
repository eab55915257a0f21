"""`flask --app wsgi jobs work`: the worker."""

from __future__ import annotations

import signal
import time

import click
from flask.cli import AppGroup

from app.collector import settle
from app.extensions import db
from app.jobs import services, worker

group = AppGroup("jobs", help="Hàng đợi công việc.")


@group.command("work")
@click.option("--once", is_flag=True, help="Xử lý hết việc đến hạn rồi dừng.")
@click.option("--pause", default=2.0, show_default=True, help="Số giây chờ khi không có việc.")
def work(once: bool, pause: float) -> None:
    """Lấy và thực hiện công việc trong hàng đợi; việc định kỳ không có gì để làm thì không in gì."""
    stop = False

    def ask_to_stop(_signal: int, _frame: object) -> None:
        nonlocal stop
        stop = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    services.ensure_periodic()
    db.session.commit()
    settle()
    while not stop:
        job = worker.run_one()
        if job is not None and job.result:
            click.echo(f"{job.kind} #{job.id}: {job.state} {job.result}")
        db.session.remove()
        if job is not None:
            continue
        if once:
            return
        time.sleep(pause)
