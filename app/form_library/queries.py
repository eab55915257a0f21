"""Reading forms: published versions, their criteria, and the typed definition behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.errors import NotFound
from app.extensions import db
from app.files.models import StoredFile
from app.form_library.loaders import parse_form
from app.form_library.models import (
    Criterion,
    CriterionGroup,
    CriterionPart,
    Form,
    FormVersion,
    ProcedureField,
)
from app.form_library.schema import CriterionDefinition, FormDefinition
from app.policy import Actor


@lru_cache(maxsize=16)
def _parsed(_sha256: str, source: str) -> FormDefinition:
    return parse_form(source, "phiếu đã ban hành")


def definition_of(version: FormVersion) -> FormDefinition:
    """The typed definition of a published version (parsed once per process)."""
    return _parsed(version.source_sha256, version.source)


def criterion_definition(criterion: Criterion, version: FormVersion) -> CriterionDefinition:
    """What the form says of one criterion: evidence, level, days, bases, own fields."""
    return definition_of(version).criterion(criterion.key)


def get_own_upload(actor: Actor, file_id: int) -> StoredFile:
    """A file this person uploaded. Raises NotFound for anybody else's."""
    found = db.session.get(StoredFile, file_id)
    if found is None or found.uploaded_by != actor.person_id:
        raise NotFound()
    return found


def list_versions() -> Sequence[FormVersion]:
    """All published versions, newest first."""
    return db.session.scalars(
        sa.select(FormVersion).join(Form).order_by(Form.code, FormVersion.number.desc())
    ).all()


def _newest() -> sa.Select[FormVersion]:
    return sa.select(FormVersion).join(Form).order_by(Form.code, FormVersion.number.desc()).limit(1)


def latest_version() -> FormVersion:
    """The newest version of the (first) form. Raises NotFound when none is published."""
    found = db.session.scalars(_newest()).first()
    if found is None:
        raise NotFound()
    return found


def whole_latest_version() -> FormVersion:
    """The newest version with groups, criteria, parts and contents loaded (four reads). Raises NotFound."""
    whole = (
        selectinload(FormVersion.groups)
        .selectinload(CriterionGroup.criteria)
        .selectinload(Criterion.parts)
        .joinedload(CriterionPart.content)
    )
    found = db.session.scalars(_newest().options(whole).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound()
    return found


def get_version(version_id: int) -> FormVersion:
    found = db.session.get(FormVersion, version_id)
    if found is None:
        raise NotFound()
    return found


def list_criteria(version_id: int) -> Sequence[Criterion]:
    """All criteria of a version in its order, with parts and groups loaded."""
    return db.session.scalars(
        sa.select(Criterion)
        .where(Criterion.version_id == version_id)
        .options(
            selectinload(Criterion.parts).joinedload(CriterionPart.content), selectinload(Criterion.group)
        )
        .order_by(Criterion.ordinal)
    ).all()


def list_groups(version_id: int) -> Sequence[CriterionGroup]:
    return db.session.scalars(
        sa.select(CriterionGroup)
        .where(CriterionGroup.version_id == version_id)
        .order_by(CriterionGroup.ordinal)
    ).all()


def list_fields() -> Sequence[ProcedureField]:
    """All fields of procedure in their fixed order."""
    return db.session.scalars(sa.select(ProcedureField).order_by(ProcedureField.ordinal)).all()


def list_former(version: FormVersion) -> Sequence[Criterion]:
    """Criteria of earlier versions of the form whose keys `version` asks no more, as they were last asked."""
    newest = (
        sa.select(sa.func.max(Criterion.id))
        .join(FormVersion, FormVersion.id == Criterion.version_id)
        .where(
            FormVersion.form_id == version.form_id,
            FormVersion.number < version.number,
            Criterion.key.not_in(sa.select(Criterion.key).where(Criterion.version_id == version.id)),
        )
        .group_by(Criterion.key)
    )
    return db.session.scalars(
        sa.select(Criterion)
        .where(Criterion.id.in_(newest))
        .order_by(Criterion.version_id.desc(), Criterion.ordinal)
    ).all()


def list_by_field(criterion_ids: Collection[int]) -> frozenset[int]:
    """Those of the criteria that are concluded field by field."""
    query = sa.select(Criterion.id).where(Criterion.id.in_(criterion_ids), Criterion.by_field)
    return frozenset(db.session.scalars(query))


def find_criterion(key: str, version_id: int | None = None) -> Criterion | None:
    """The criterion called `key` in `version_id` (default: the newest version that asks it)."""
    query = sa.select(Criterion).where(Criterion.key == key).order_by(Criterion.version_id.desc()).limit(1)
    if version_id is not None:
        query = query.where(Criterion.version_id == version_id)
    return db.session.scalars(query).first()
