"""`flask --app wsgi followup due --on DATE [--json]`: who would be reminded of what on a day,
and what would be put into a letter to the superior (`letter` null: a new draft)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup

from app import clock
from app.accounts.models import Person
from app.extensions import db
from app.followup import escalating, keeping, mailing, reminding
from app.followup.escalating import Planned
from app.followup.models import Mail
from app.postbox import postbox
from app.remediation.models import Task
from app.vietnamese import count, format_date

group = AppGroup("followup", help="Theo dõi khắc phục.")


@group.command("due")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Ngày, ví dụ 2026-09-23.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def due(on: datetime | None, as_json: bool) -> None:
    """Ai sẽ được nhắc việc gì, nhận thư nào, công văn đôn đốc nào được lập dự thảo trong ngày.

    Không gửi, không ghi gì.
    """
    day = on.date() if on is not None else clock.today()
    found = reminding.list_due(day)
    people = _names(Person, {one.person_id for one in found})
    letters = escalating.plan(day)
    mails = mailing.plan(day, current_app.config["PUBLIC_ADDRESS"], found) if postbox.is_open else []
    waiting = mailing.list_waiting(day) if postbox.is_open else []
    tasks = _tasks({one.task_id for one in found} | {step.task_id for one in letters for step in one.steps})
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
        told = {
            "on": day.isoformat(),
            "reminders": rows,
            "escalations": _escalations(letters, tasks),
            "mail_server": postbox.is_open,
            "mails": [asdict(one) for one in mails],
            "mails_again": [_again(one) for one in waiting],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"Ngày {format_date(day)}: {count(len(found))} lượt nhắc việc.")
    for one in found:
        what = f"{tasks[one.task_id].code}, thời hạn {format_date(one.due_on)}"
        click.echo(f"{people[one.person_id]}: {what} ({reminding.told(one.rung)})")
    for letter in letters:
        how = (
            "lập dự thảo công văn đôn đốc" if letter.paper_id is None else "bổ sung dự thảo công văn đôn đốc"
        )
        click.echo(f"{letter.drafter.name}: {how}, {count(len(letter.steps))} nội dung")
        for step in letter.steps:
            what = f"{tasks[step.task_id].code}, thời hạn {format_date(step.due_on)}"
            click.echo(f"  {what} ({reminding.told(step.rung)})")
    if not postbox.is_open:
        click.echo("Chưa cấu hình máy chủ thư: nhắc trên hệ thống, không gửi thư.")
    for mail in mails:
        click.echo(f"Thư gửi {mail.address}: {mail.subject}")
    for again in waiting:
        click.echo(f"Thư ngày {format_date(again.told_on)} gửi lại {again.address}: {again.subject}")


def _again(mail: Mail) -> dict[str, object]:
    return {
        "person_id": mail.person_id,
        "address": mail.address,
        "subject": mail.subject,
        "told_on": mail.told_on.isoformat(),
    }


def _escalations(letters: Sequence[Planned], tasks: Mapping[int, Task]) -> list[dict[str, object]]:
    return [
        {
            "drafter_id": one.drafter.person_id,
            "drafter": one.drafter.name,
            "letter": one.paper_id,
            "task": tasks[step.task_id].code,
            "due_on": step.due_on.isoformat(),
            "rung": step.rung,
            "rung_on": step.rung_on.isoformat(),
        }
        for one in letters
        for step in one.steps
    ]


def _tasks(ids: set[int]) -> dict[int, Task]:
    return {task.id: task for task in db.session.scalars(sa.select(Task).where(Task.id.in_(ids)))}


def _names(kind: type[Person], ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.scalars(sa.select(kind).where(kind.id.in_(ids)))}


@group.command("counts")
@click.option("--rebuild", is_flag=True, help="Đếm lại từ đầu; người ghi phải chờ đến khi đếm xong.")
def counts(rebuild: bool) -> None:
    """Số đếm đang giữ có đúng với các nội dung khắc phục không; mã thoát 0 khi đúng, 4 khi có sai lệch."""
    if rebuild:
        keeping.rebuild()
        db.session.commit()
    found = keeping.wrong()
    if not found:
        click.echo("Số đếm đang giữ khớp với các nội dung khắc phục.")
        return
    for *values, many in found:
        told = ", ".join(f"{name}={value}" for name, value in zip(keeping.NAMES, values, strict=True))
        click.echo(f"Lệch {many:+d}: {told}", err=True)
    click.echo("Sửa bằng lệnh: flask --app wsgi followup counts --rebuild", err=True)
    sys.exit(4)
