"""Publishing forms: a file is imported once; afterwards the database is the truth."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.audit import services as audit
from app.errors import Conflict
from app.extensions import db
from app.form_library.loaders import parse_form, source_sha256
from app.form_library.models import (
    Content,
    Criterion,
    CriterionGroup,
    CriterionPart,
    Form,
    FormVersion,
    ProcedureField,
)
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
    before from another text: a published version never changes.
    """
    definition = parse_form(text, source_name)
    form = db.session.scalar(sa.select(Form).where(Form.code == definition.code))
    if form is None:
        form = Form(code=definition.code, title=definition.title)
        db.session.add(form)
        db.session.flush()
    existing = db.session.scalar(
        sa.select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.number == definition.version)
    )
    if existing is not None:
        if existing.source_sha256 != source_sha256(text):
            raise Conflict(
                f"Phiên bản {definition.version} của phiếu “{definition.code}” đã được ban hành với "
                f"nội dung khác. Giữ nguyên tệp cũ và lập phiên bản {definition.version + 1}."
            )
        return Imported(existing, published=False)
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
    _keep_groups(definition, version)
    audit.record(
        "form_published",
        version,
        actor=actor,
        data={"code": form.code, "number": version.number, "source": source_name},
    )
    db.session.flush()
    return Imported(version, published=True)


def _keep_fields(definition: FormDefinition) -> None:
    known = {field.code: field for field in db.session.scalars(sa.select(ProcedureField))}
    for field in definition.fields_of_procedure:
        kept = known.get(field.code)
        if kept is None:
            db.session.add(ProcedureField(code=field.code, name=field.title, ordinal=field.ordinal))
        elif kept.ordinal != field.ordinal:
            raise Conflict(f"Lĩnh vực “{field.code}” đã có thứ tự {kept.ordinal}; thứ tự không được đổi.")
    db.session.flush()


def _keep_groups(definition: FormDefinition, version: FormVersion) -> None:
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
            _keep_parts(criterion, row, contents)
            ordinal += 1


def _keep_parts(criterion: CriterionDefinition, row: Criterion, contents: dict[str, Content]) -> None:
    for part in criterion.contents:
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
