"""Pages of the published forms, to be read: groups, criteria, evidence, legal basis in force."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from app import clock
from app.errors import NotFound
from app.form_library import queries
from app.form_library.models import FormVersion
from app.form_library.schema import (
    CERTAINTY_LABELS,
    DEADLINE_KIND_LABELS,
    LEVEL_LABELS,
    CriterionDefinition,
    basis_in_force,
)
from app.policy import Action, Actor
from app.web.access import requires

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
