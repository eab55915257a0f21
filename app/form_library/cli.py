"""`flask --app wsgi forms import`: publish the forms of inspection_forms/, or tell what that does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

import config
from app.errors import Conflict
from app.extensions import db
from app.form_library import publishing, services
from app.form_library.loaders import FormFileError, read_source
from app.form_library.publishing import Preview
from app.form_library.replacing import FATE_LABELS
from app.vietnamese import count, sort_key

group = AppGroup("forms", help="Phiếu kiểm tra.")


@group.command("import")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ cho biết thay đổi gì, không ban hành.")
def import_forms(paths: tuple[Path, ...], dry_run: bool) -> None:
    """Ban hành các phiếu trong inspection_forms/ (hoặc các tệp nêu tên) chưa có trong cơ sở dữ liệu."""
    shipped = (config.ROOT / "inspection_forms").glob("*/v*.yaml")
    files = paths or tuple(sorted(shipped, key=lambda path: sort_key(str(path))))
    for path in (path.resolve() for path in files):
        try:
            text = read_source(path)
            shown = publishing.preview(text, str(path), actor=None) if dry_run else None
            imported = services.import_form(text, str(path), actor=None)
        except (FormFileError, Conflict) as error:
            db.session.rollback()
            click.echo(str(error), err=True)
            sys.exit(1)
        for line in _told(shown) if shown else ():
            click.echo(line)
        done = "đã ban hành" if shown is None else "chưa ban hành (xem trước)"
        said = done if imported.published else "đã có, không thay đổi"
        click.echo(f"{imported.version.form.code} phiên bản {imported.version.number}: {said}")
    if dry_run:
        # what several files would do one after the other was tried; nothing of it stays
        db.session.rollback()
    else:
        db.session.commit()


def _told(shown: Preview) -> Iterator[str]:
    """A line for every change; a first version has none to tell."""
    if shown.before is None:
        return
    kept = len(shown.effects) - len(shown.changed)
    yield f"So với phiên bản {shown.before:02d}: giữ nguyên {count(kept)} tiêu chí."
    for one in shown.changed:
        named = f"{one.change.key} – {one.change.title}"
        source = f" (từ {one.from_text})" if one.from_text else ""
        yield f"{FATE_LABELS[one.change.fate]}: {named}{source}. {one.standing_text}. {one.effect}."
