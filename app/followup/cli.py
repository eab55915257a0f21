"""`flask --app wsgi followup due --on DATE [--json]`: who would be reminded of what on a day."""

from __future__ import annotations

import json
from datetime import datetime

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from app import clock
from app.accounts.models import Person
from app.extensions import db
from app.followup import reminding
from app.remediation.models import Task
from app.vietnamese import count, format_date

group = AppGroup("followup", help="Theo dõi khắc phục.")


@group.command("due")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Ngày, ví dụ 2026-09-23.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def due(on: datetime | None, as_json: bool) -> None:
    """Ai sẽ được nhắc việc gì trong ngày; không gửi, không ghi gì."""
    day = on.date() if on is not None else clock.today()
    found = reminding.list_due(day)
    people = _names(Person, {one.person_id for one in found})
    tasks = {
        task.id: task
        for task in db.session.scalars(sa.select(Task).where(Task.id.in_({one.task_id for one in found})))
    }
    if as_json:
        rows = [
            {
                "person_id": one.person_id,
                "person": people[one.person_id],
                "task": tasks[one.task_id].code,
                "due_on": one.due_on.isoformat(),
                "rung": one.rung,
                "rung_on": one.rung_on.isoformat(),
            }
            for one in found
        ]
        click.echo(json.dumps({"on": day.isoformat(), "reminders": rows}, ensure_ascii=False, indent=2))
        return
    click.echo(f"Ngày {format_date(day)}: {count(len(found))} lượt nhắc việc.")
    for one in found:
        what = f"{tasks[one.task_id].code}, thời hạn {format_date(one.due_on)}"
        click.echo(f"{people[one.person_id]}: {what} ({reminding.told(one.rung)})")


def _names(kind: type[Person], ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.scalars(sa.select(kind).where(kind.id.in_(ids)))}
