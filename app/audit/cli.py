"""`flask --app wsgi audit verify`: does the chain of events hold?"""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.audit import queries

group = AppGroup("audit", help="Chuỗi sự kiện.")


@group.command("verify")
def verify() -> None:
    """Kiểm tra chuỗi sự kiện; mã thoát 0 khi nguyên vẹn, 4 khi có sai lệch."""
    count, fault = queries.verify_chain()
    if fault is None:
        click.echo(f"Chuỗi sự kiện nguyên vẹn: {count} sự kiện.")
        return
    click.echo(f"Sai lệch tại sự kiện số {fault.seq}: {fault.reason}.", err=True)
    sys.exit(4)
