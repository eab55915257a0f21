"""`flask --app wsgi files check`: whether every row still has its bytes."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.files import queries
from app.files.store import store
from app.vietnamese import count

group = AppGroup("files", help="Tệp đã nhận và văn bản.")


@group.command("check")
def check() -> None:
    """Đọc lại mọi tệp, so với mã băm đã ghi; mã thoát 4 khi có tệp mất hoặc bị sửa."""
    lost = queries.list_lost()
    for one in lost:
        click.echo(one.told)
    left = sum(1 for _ in store.half_written())
    if left:
        click.echo(f"{count(left)} tệp ghi dở do tiến trình bị dừng, không thuộc hồ sơ nào.")
    click.echo(f"{count(queries.count_files())} tệp, {count(len(lost))} tệp mất hoặc bị sửa.")
    if lost:
        raise SystemExit(4)
