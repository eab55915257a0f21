"""What a form file would publish, told before it is done: which criteria change and what stands on them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import Conflict
from app.extensions import db
from app.form_library import queries
from app.form_library.loaders import FormFileError, parse_form, source_sha256
from app.form_library.models import WHOLE, Content, Criterion, CriterionPart, Form, FormVersion
from app.form_library.panels import Range, Standing, standing_on
from app.form_library.replacing import Asked, Before, Change, Fate, Worked, work_out
from app.form_library.schema import ContentPartDefinition, FormDefinition
from app.form_library.yaml_source import Problem
from app.policy import Actor
from app.vietnamese import count


@dataclass(frozen=True)
class Planned:
    """A good file against what is published. `existing`: this very version stands there already."""

    definition: FormDefinition
    form: Form | None
    before: Before | None
    worked: Worked
    existing: FormVersion | None = None


@dataclass(frozen=True)
class Effect:
    """One change and what stands on the contents of its criterion today; `teams`: whether teams are told."""

    change: Change
    standing: Standing
    teams: bool

    @property
    def from_text(self) -> str:
        """“MC-05 (phần 1/2), MC-06”; empty for something new."""
        return ", ".join(taken.text for taken in self.change.taken)

    @property
    def parts_text(self) -> str:
        """Which contents it covers: “MC-05 (50 %)”; the plain whole of its own key says nothing."""
        shares: dict[str, int] = defaultdict(int)
        for part in self.change.parts:
            shares[part.content] += part.part_to - part.part_from
        if shares == {self.change.key: WHOLE}:
            return ""
        return ", ".join(
            content if size == WHOLE else f"{content} ({_percent(size)})" for content, size in shares.items()
        )

    @property
    def standing_text(self) -> str:
        """“03 kết luận, 01 đoàn đang kiểm tra, tại 12 đơn vị”, or that there is nothing."""
        told = self.standing
        if not told.conclusions and not told.teams:
            return "Chưa có kết luận, chưa có đoàn đang kiểm tra" if self.teams else "Chưa có kết luận"
        concluded = f"{count(told.conclusions)} kết luận" if told.conclusions else ""
        held = f"{count(told.teams)} đoàn đang kiểm tra" if told.teams else ""
        return f"{', '.join(filter(None, (concluded, held)))}, tại {count(told.units)} đơn vị"

    @property
    def effect(self) -> str:
        """What the change means for what was concluded and for what may be inspected."""
        stands = bool(self.standing.conclusions or self.standing.teams)
        key = self.change.key
        if self.change.fate is Fate.RETIRED:
            told = "Kết luận đã có giữ nguyên; phiên bản này không kiểm tra nội dung này nữa"
            return f"{told}. Lý do: {self.change.reason}"
        if not stands:
            return f"Tiêu chí {key} kiểm tra được ở mọi đơn vị" if self.teams else "Không có phần đã kết luận"
        return {
            Fate.KEPT: "Không thay đổi",
            Fate.RENAMED: f"Phần đã kết luận, đang kiểm tra theo mã cũ thì không kiểm tra lại theo {key}",
            Fate.SPLIT: f"Kết luận về cả tiêu chí cũ tính cho cả {key}; đơn vị, thời kỳ khác kiểm tra được",
            Fate.MERGED: "Phần đã kết luận không kiểm tra lại; phần còn lại ở đơn vị, thời kỳ đó kiểm tra "
            "theo tiêu chí cũ của phiếu trước",
            Fate.NEW: "Nội dung dùng chung với phiếu khác; phần đã kết luận không kiểm tra lại",
        }[self.change.fate]


@dataclass(frozen=True)
class Preview:
    """What publishing would do. `unchanged`: the version is published already, from the same text."""

    code: str
    title: str
    number: int
    before: int | None
    effects: tuple[Effect, ...]
    source_sha256: str
    unchanged: bool = False

    @property
    def counts(self) -> dict[Fate, int]:
        """How many criteria of every fate."""
        return {fate: sum(one.change.fate is fate for one in self.effects) for fate in Fate}

    @property
    def changed(self) -> tuple[Effect, ...]:
        """Everything but what is kept as it was."""
        return tuple(one for one in self.effects if one.change.fate is not Fate.KEPT)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the file and of everything that is shown; another one means look again."""
        shown = repr((self.source_sha256, self.code, self.number, self.before, self.effects, self.unchanged))
        return hashlib.sha256(shown.encode()).hexdigest()


def plan(text: str, source_name: str) -> Planned:
    """Read the file against what is published.

    Raises FormFileError (file, key, reason), Conflict when this version was published from another text or
    is not the one after the newest.
    """
    definition = parse_form(text, source_name)
    form = db.session.scalar(sa.select(Form).where(Form.code == definition.code))
    versions = {version.number: version for version in form.versions} if form else {}
    existing = versions.get(definition.version)
    if existing is not None:
        if existing.source_sha256 != source_sha256(text):
            raise Conflict(
                f"Phiên bản {definition.version} của phiếu “{definition.code}” đã được ban hành với "
                f"nội dung khác. Giữ nguyên tệp cũ và lập phiên bản {max(versions) + 1}."
            )
        return Planned(definition, form, None, Worked({}, (), ()), existing)
    newest = max(versions, default=None)
    if newest is not None and definition.version != newest + 1:
        raise Conflict(
            f"Phiên bản mới nhất của phiếu “{definition.code}” là {newest}; phiên bản sau phải là "
            f"{newest + 1}, tệp ghi {definition.version}."
        )
    before = before_of(versions[newest]) if newest is not None else None
    worked = work_out(definition, before)
    problems = (*_field_problems(definition), *worked.problems)
    if problems:
        raise FormFileError(source_name, problems)
    return Planned(definition, form, before, worked)


def _field_problems(definition: FormDefinition) -> list[Problem]:
    """A field of procedure keeps its place for ever, and no other field gets it."""
    known = {field.code: field.ordinal for field in queries.list_fields()}
    holders = {ordinal: code for code, ordinal in known.items()}
    found: list[Problem] = []
    for index, field in enumerate(definition.fields_of_procedure):
        place = f"fields_of_procedure[{index}].ordinal"
        if known.get(field.code, field.ordinal) != field.ordinal:
            reason = f"Lĩnh vực “{field.code}” đã có thứ tự {known[field.code]}; thứ tự không được đổi."
            found.append(Problem(place, reason))
        elif holders.get(field.ordinal, field.code) != field.code:
            reason = f"Thứ tự {field.ordinal} đã dành cho lĩnh vực “{holders[field.ordinal]}”."
            found.append(Problem(place, reason))
    return found


def before_of(version: FormVersion) -> Before:
    """The published version as the next one is worked out from it: two reads."""
    asked = tuple(
        Asked(
            criterion.key,
            criterion.title,
            criterion.by_field,
            tuple(
                ContentPartDefinition(part.content.key, part.part_from, part.part_to)
                for part in sorted(criterion.parts, key=lambda part: part.id)
            ),
        )
        for criterion in queries.list_criteria(version.id)
    )
    used: dict[str, set[str]] = defaultdict(set)
    rows = db.session.execute(
        sa.select(Criterion.key, Content.key.label("content"))
        .join(FormVersion, FormVersion.id == Criterion.version_id)
        .join(CriterionPart, CriterionPart.criterion_id == Criterion.id)
        .join(Content, Content.id == CriterionPart.content_id)
        .where(FormVersion.form_id == version.form_id)
        .distinct()
    )
    for row in rows:
        used[row.key].add(row.content)
    return Before(version.number, asked, {key: frozenset(found) for key, found in used.items()})


def preview(text: str, source_name: str, *, actor: Actor | None) -> Preview:
    """What publishing the file would change, and what stands on it. Raises as `plan` does; writes nothing.

    Teams at work are told to the office and at the command line (no actor) alone.
    """
    planned = plan(text, source_name)
    changes = planned.worked.changes
    ids = {row.key: row.id for row in db.session.execute(sa.select(Content.key, Content.id))}
    teams = actor is None or actor.in_office
    standing = standing_on([_ranges(change, ids) for change in changes], teams=teams)
    return Preview(
        code=planned.definition.code,
        title=planned.definition.title,
        number=planned.definition.version,
        before=planned.before.number if planned.before else None,
        effects=tuple(Effect(one, found, teams) for one, found in zip(changes, standing, strict=True)),
        source_sha256=source_sha256(text),
        unchanged=planned.existing is not None,
    )


def _percent(size: int) -> str:
    share = round(size * 1000 / WHOLE) / 10
    return f"{share:.1f}".removesuffix(".0").replace(".", ",") + "%"


def _ranges(change: Change, ids: dict[str, int]) -> Sequence[Range]:
    return [
        Range(ids[part.content], part.part_from, part.part_to) for part in change.parts if part.content in ids
    ]
