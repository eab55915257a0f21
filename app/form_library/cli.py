"""`flask --app wsgi forms import`: publish the forms that ship in inspection_forms/."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

import config
from app.errors import Conflict
from app.extensions import db
from app.form_library import services
from app.form_library.loaders import FormFileError, read_source

group = AppGroup("forms", help="Phiếu kiểm tra.")


@group.command("import")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_forms(paths: tuple[Path, ...]) -> None:
    """Ban hành các phiếu trong inspection_forms/ (hoặc các tệp nêu tên) chưa có trong cơ sở dữ liệu."""
    files = paths or tuple(sorted((config.ROOT / "inspection_forms").glob("*/v*.yaml")))
    for path in (path.resolve() for path in files):
        try:
            imported = services.import_form(read_source(path), str(path), actor=None)
        except (FormFileError, Conflict) as error:
            db.session.rollback()
            click.echo(str(error), err=True)
            sys.exit(1)
        said = "đã ban hành" if imported.published else "đã có, không thay đổi"
        click.echo(f"{imported.version.form.code} phiên bản {imported.version.number}: {said}")
    db.session.commit()
