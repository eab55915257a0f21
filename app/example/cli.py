"""`flask --app wsgi example …`: load it, list its accounts, report what it made."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from app.example import load, report

group = AppGroup("example", help="Ví dụ: một năm làm việc của Sở Nội vụ.")


@group.command("load")
def load_example() -> None:
    """Nạp ví dụ nếu cơ sở dữ liệu chưa có đơn vị nào."""
    click.echo("Đã nạp ví dụ." if load.load() else "Cơ sở dữ liệu đã có dữ liệu, không nạp ví dụ.")


@group.command("accounts")
def list_accounts() -> None:
    """In các tài khoản của ví dụ."""
    lines = report.accounts()
    if not lines:
        return
    width = max(len(line.sign_in) for line in lines)
    click.echo(f"Mật khẩu của mọi tài khoản: {lines[0].password}")
    for line in lines:
        click.echo(f"  {line.sign_in:<{width}}  {line.name} – {line.role}")


@group.command("report")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON.")
def print_report(as_json: bool) -> None:
    """Cho biết ví dụ đã tạo những gì."""
    made = report.make()
    if as_json:
        click.echo(json.dumps(made.to_primitives(), ensure_ascii=False, indent=2))
        return
    click.echo(f"{len(made.inspections)} cuộc kiểm tra, {len(made.notices)} thông báo kết luận,")
    click.echo(f"{len(made.concluded)} nội dung đã kết luận, {len(made.tasks)} nội dung khắc phục.")
