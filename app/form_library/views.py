"""Published forms, to be read: groups, criteria, evidence, legal basis; publishing the next version."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import clock
from app.errors import DomainError, NotFound
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.form_library import publishing, queries, services
from app.form_library.forms import FormFileForm, PublishForm
from app.form_library.loaders import FormFileError, text_of
from app.form_library.models import FormVersion
from app.form_library.publishing import Preview
from app.form_library.replacing import FATE_LABELS
from app.form_library.schema import (
    CERTAINTY_LABELS,
    DEADLINE_KIND_LABELS,
    LEVEL_LABELS,
    CriterionDefinition,
    basis_in_force,
)
from app.policy import Action, Actor
from app.web import read_id
from app.web.access import requires, the_actor

KINDS = ("yaml",)

bp = Blueprint("form_library", __name__)


def _version(_actor: Actor, version_id: int) -> FormVersion:
    return queries.get_version(version_id)


def _criterion(_actor: Actor, version_id: int, key: str) -> tuple[FormVersion, CriterionDefinition]:
    version = queries.get_version(version_id)
    try:
        return version, queries.definition_of(version).criterion(key)
    except KeyError:
        raise NotFound() from None


@bp.get("/forms")
@requires(Action.VIEW_CATALOGUE)
def index() -> str:
    versions = queries.list_versions()
    return render_template(
        "form_library/index.html",
        versions=versions,
        definitions={version.id: queries.definition_of(version) for version in versions},
    )


@bp.get("/forms/<int:version_id>")
@requires(Action.VIEW_CATALOGUE, _version)
def version(shown: FormVersion) -> str:
    return render_template(
        "form_library/version.html",
        version=shown,
        definition=queries.definition_of(shown),
        levels=LEVEL_LABELS,
        deadline_kinds=DEADLINE_KIND_LABELS,
    )


@bp.get("/forms/<int:version_id>/criteria/<string:key>")
@requires(Action.VIEW_CATALOGUE, _criterion)
def criterion(found: tuple[FormVersion, CriterionDefinition]) -> str:
    shown, item = found
    today = clock.today()
    return render_template(
        "form_library/criterion.html",
        version=shown,
        criterion=item,
        in_force=[
            basis
            for reference in item.legal_bases
            for basis in basis_in_force(reference, today, today + timedelta(days=1))
        ],
        levels=LEVEL_LABELS,
        deadline_kinds=DEADLINE_KIND_LABELS,
        certainties=CERTAINTY_LABELS,
    )


@bp.route("/forms/new", methods=["GET", "POST"])
@requires(Action.IMPORT_FORM)
def new() -> str | tuple[str, int]:
    """Ban hành phiên bản mới: the file is looked at, nothing is published yet."""
    form, status = FormFileForm(), 200
    problems: FormFileError | None = None
    if form.validate_on_submit():
        upload, actor = form.file.data, the_actor()
        try:
            stored = files.keep(upload.filename or "", upload.read(), actor=actor, kinds=KINDS)
            shown = publishing.preview(text_of(files.read(stored), stored.name), stored.name, actor=actor)
            db.session.commit()
            return _preview(stored, shown)
        except FormFileError as error:
            problems, status = error, 422
            form.refuse("Tệp chưa dùng được; các chỗ cần sửa nêu dưới đây.", "file")
        except DomainError as error:
            form.refuse(error.message, "file")
            status = error.status
        db.session.rollback()
    elif form.is_submitted():
        status = 422
    return render_template("form_library/new.html", form=form, problems=problems), status


@bp.post("/forms/publish")
@requires(Action.IMPORT_FORM)
def publish() -> Response | str | tuple[str, int]:
    """The same bytes as were shown, if they would still do the same."""
    form, actor = PublishForm(), the_actor()
    if not form.validate_on_submit():
        return render_template("form_library/new.html", form=FormFileForm(formdata=None), problems=None), 422
    stored = queries.get_own_upload(actor, read_id(form.upload.data) or 0)
    try:
        text = text_of(files.read(stored), stored.name)
        done = services.publish(text, stored.name, form.fingerprint.data or "", actor=actor)
    except services.PublishRefused as refused:
        db.session.rollback()
        return _preview(stored, refused.preview, refused.message), 409
    except FormFileError as error:
        db.session.rollback()
        refill = FormFileForm(formdata=None)
        return render_template("form_library/new.html", form=refill, problems=error), 422
    db.session.commit()
    flash(f"Đã ban hành phiên bản {done.version.number:02d} của phiếu.", "good")
    return redirect(url_for(".version", version_id=done.version.id), 303)


def _preview(stored: StoredFile, shown: Preview, message: str = "") -> str:
    return render_template(
        "form_library/preview.html", stored=stored, preview=shown, labels=FATE_LABELS, message=message,
        tells_teams=the_actor().in_office,
    )  # fmt: skip
