"""Publishing forms: a file is imported once; afterwards the database is the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.audit import services as audit
from app.errors import Conflict
from app.extensions import db
from app.form_library import publishing
from app.form_library.loaders import source_sha256
from app.form_library.models import (
    Content,
    Criterion,
    CriterionGroup,
    CriterionPart,
    Form,
    FormVersion,
    ProcedureField,
)
from app.form_library.publishing import Preview
from app.form_library.replacing import Parts
from app.form_library.schema import CriterionDefinition, FormDefinition
from app.policy import Actor


@dataclass(frozen=True)
class Imported:
    """The version and whether this import published it (False = it stood there, unchanged)."""

    version: FormVersion
    published: bool


def import_form(text: str, source_name: str, *, actor: Actor | None) -> Imported:
    """Publish the form version written in `text` (YAML).

    Raises FormFileError (file, key, reason) for a broken file, Conflict when this version was published
    before from another text (a published version never changes) or is not the one after the newest.
    """
    planned = publishing.plan(text, source_name)
    if planned.existing is not None:
        return Imported(planned.existing, published=False)
    definition, form = planned.definition, planned.form
    if form is None:
        form = Form(code=definition.code, title=definition.title)
        db.session.add(form)
        db.session.flush()
    version = FormVersion(
        form=form,
        number=definition.version,
        title=definition.title,
        source=text,
        source_sha256=source_sha256(text),
    )
    db.session.add(version)
    db.session.flush()
    _keep_fields(definition)
    _keep_groups(definition, version, planned.worked.parts)
    audit.record(
        "form_published",
        version,
        actor=actor,
        data={"code": form.code, "number": version.number, "source": source_name},
    )
    db.session.flush()
    return Imported(version, published=True)


class PublishRefused(Conflict):
    """What publishing would change is not what was shown; `preview` shows how it stands now."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(
            "Dữ liệu trong hệ thống đã thay đổi sau lần xem trước, nên chưa ban hành. "
            "Xem lại kết quả mới dưới đây rồi xác nhận."
        )
        self.preview = preview


def publish(text: str, source_name: str, fingerprint: str, *, actor: Actor) -> Imported:
    """Publish what was shown under `fingerprint`. Raises PublishRefused when it would do something else."""
    shown = publishing.preview(text, source_name, actor=actor)
    if shown.fingerprint != fingerprint:
        raise PublishRefused(shown)
    return import_form(text, source_name, actor=actor)


def _keep_fields(definition: FormDefinition) -> None:
    known = set(db.session.scalars(sa.select(ProcedureField.code)))
    for field in definition.fields_of_procedure:
        if field.code not in known:
            db.session.add(ProcedureField(code=field.code, name=field.title, ordinal=field.ordinal))
    db.session.flush()


def _keep_groups(definition: FormDefinition, version: FormVersion, parts: Mapping[str, Parts]) -> None:
    contents = {content.key: content for content in db.session.scalars(sa.select(Content))}
    ordinal = 0
    for position, group in enumerate(definition.groups):
        kept = CriterionGroup(
            version_id=version.id,
            code=group.key,
            ordinal=position,
            title=f"{group.numeral}. {group.title}",
            short_title=group.short_title,
        )
        db.session.add(kept)
        db.session.flush()
        for criterion in group.criteria:
            row = Criterion(
                group_id=kept.id,
                version_id=version.id,
                key=criterion.key,
                ordinal=ordinal,
                title=criterion.title,
                text=criterion.text,
                by_field=criterion.by_field,
            )
            db.session.add(row)
            db.session.flush()
            _keep_parts(criterion, parts[criterion.key], row, contents)
            ordinal += 1


def _keep_parts(
    criterion: CriterionDefinition, parts: Parts, row: Criterion, contents: dict[str, Content]
) -> None:
    for part in parts:
        content = contents.get(part.content)
        if content is None:
            content = Content(key=part.content, title=criterion.title, by_field=criterion.by_field)
            db.session.add(content)
            db.session.flush()
            contents[part.content] = content
        db.session.add(
            CriterionPart(
                criterion_id=row.id, content_id=content.id, part_from=part.part_from, part_to=part.part_to
            )
        )
