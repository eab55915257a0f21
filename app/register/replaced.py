"""Criteria of other form versions behind what stands in the register.

A conclusion stays under the criterion it was decided by; the criterion that asks its content today may have
another key, be one of several that share it, or join it with others. Nothing is rewritten: this module reads
which criterion a box was decided by and which of today's stand for a part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.extensions import db
from app.form_library.models import Criterion, CriterionPart, FormVersion
from app.form_library.panels import Range, Standing
from app.register.models import Claim, Conclusion, ConclusionState, Coverage
from app.register.review import Ground, Refusal, Reviewed


@dataclass(frozen=True)
class Version:
    """A criterion as one form version asks it, with what it covers of one content."""

    criterion_id: int
    key: str
    title: str
    version_id: int
    number: int
    part_from: int
    part_to: int

    def holds(self, part_from: int, part_to: int) -> bool:
        """Whether it asks all of these parts."""
        return self.part_from <= part_from and part_to <= self.part_to


@dataclass(frozen=True)
class Known:
    """Who ever asked some contents (newest version first), and what conclusions were decided by.

    `decided`: (conclusion, unit, content) → keys of the criteria and the parts they decided.
    """

    asked: Mapping[int, Sequence[Version]] = field(default_factory=dict)
    decided: Mapping[tuple[int, int, int], Sequence[tuple[str, int, int]]] = field(default_factory=dict)

    def under(self, refusal: Refusal, criterion_id: int) -> Version | None:
        """The criterion by which the refusing paper decided, when that is not the asked one."""
        box = refusal.box
        if refusal.ground is not Ground.CONCLUDED or refusal.conclusion_id is None:
            return None
        span = (box.part_from, box.part_to)
        cited = self.cited(refusal.conclusion_id, box.unit_id, box.content_id, span)
        if cited is None or any(
            one.criterion_id == criterion_id
            and (one.key, one.part_from, one.part_to) == (cited.key, cited.part_from, cited.part_to)
            for one in self.asked[box.content_id]
        ):
            return None
        return cited

    def alone(self, content_id: int, span: tuple[int, int], contents: frozenset[int]) -> Sequence[Version]:
        """Criteria that ask all of these parts and of `contents` no other, newest version first."""
        others = {one.criterion_id for other in contents - {content_id} for one in self.asked.get(other, ())}
        return [
            one
            for one in self.asked.get(content_id, ())
            if one.criterion_id not in others and one.holds(*span)
        ]

    def cited(
        self, conclusion_id: int, unit_id: int, content_id: int, span: tuple[int, int]
    ) -> Version | None:
        """The criterion by which the conclusion decided these parts; None when no form knows it."""
        found = [
            (one, (one.part_from, one.part_to) != (part_from, part_to))
            for key, part_from, part_to in self.decided.get((conclusion_id, unit_id, content_id), ())
            if part_from < span[1] and span[0] < part_to
            for one in self.asked.get(content_id, ())
            if one.key == key and one.holds(part_from, part_to)
        ]
        # what asked exactly that before what asked more; among these the newest version, as they are read
        return next((one for one, _ in sorted(found, key=lambda pair: pair[1])), None)

    def within(self, content_id: int, span: tuple[int, int], contents: frozenset[int]) -> Sequence[Version]:
        """The criteria of the newest version that ask these parts alone and of `contents` no other."""
        others = {one.criterion_id for other in contents - {content_id} for one in self.asked.get(other, ())}
        versions: dict[int, list[Version]] = defaultdict(list)
        for one in self.asked.get(content_id, ()):
            inside = span[0] <= one.part_from and one.part_to <= span[1]
            if one.criterion_id not in others and inside:
                versions[one.version_id].append(one)
        return versions[max(versions)] if versions else ()


def behind(items: Iterable[Reviewed]) -> Known:
    """The criteria behind what stands in the way of reviewed boxes; nothing is read when nothing does."""
    reviewed = list(items)
    met = [refusal for item in reviewed for refusal in (*item.refusals, *item.warnings)]
    if not met:
        return Known()
    return known(
        {item.wanted.box.content_id for item in reviewed},
        {(one.conclusion_id, one.box.unit_id) for one in met if one.conclusion_id is not None},
    )


def known(contents: Iterable[int], boxes: Iterable[tuple[int, int]] = ()) -> Known:
    """What to know of these contents and of (conclusion, unit) pairs: two reads.

    One while every content was only ever asked by one key and whole: then nothing needs to be cited.
    """
    wanted = set(contents)
    asked: dict[int, list[Version]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(
            CriterionPart.content_id, CriterionPart.part_from, CriterionPart.part_to,
            Criterion.id, Criterion.key, Criterion.title, FormVersion.number, Criterion.version_id,
        )
        .join(Criterion, Criterion.id == CriterionPart.criterion_id)
        .join(FormVersion, FormVersion.id == Criterion.version_id)
        .where(CriterionPart.content_id.in_(wanted))
        .order_by(FormVersion.id.desc(), Criterion.ordinal, CriterionPart.id)
    )  # fmt: skip
    for row in rows:
        asked[row.content_id].append(
            Version(row.id, row.key, row.title, row.version_id, row.number, row.part_from, row.part_to)
        )
    several = any(
        len({(one.key, one.part_from, one.part_to) for one in group}) > 1 for group in asked.values()
    )
    pairs = set(boxes) if several else set()
    decided: dict[tuple[int, int, int], list[tuple[str, int, int]]] = defaultdict(list)
    if pairs:
        found = db.session.execute(
            sa.select(
                Coverage.conclusion_id, Coverage.unit_id, Coverage.content_id, Coverage.criterion_key,
                Coverage.part_from, Coverage.part_to,
            )
            .where(
                Coverage.conclusion_id.in_({pair[0] for pair in pairs}),
                Coverage.unit_id.in_({pair[1] for pair in pairs}),
                Coverage.content_id.in_(wanted),
            )
            .order_by(Coverage.id)
        )  # fmt: skip
        for one in found:
            spot = (one.conclusion_id, one.unit_id, one.content_id)
            decided[spot].append((one.criterion_key, one.part_from, one.part_to))
    return Known(asked, decided)


def standing_on(asked: Sequence[Sequence[Range]], *, teams: bool) -> Sequence[Standing]:
    """What stands on each group of ranges: conclusions in force, teams at work, units; two reads for all."""
    contents = {one.content_id for group in asked for one in group}
    conclusions: list[set[int]] = [set() for _ in asked]
    holders: list[set[int]] = [set() for _ in asked]
    units: list[set[int]] = [set() for _ in asked]
    groups: dict[int, list[tuple[int, Range]]] = defaultdict(list)
    for number, group in enumerate(asked):
        for one in group:
            groups[one.content_id].append((number, one))
    for found, query in ((conclusions, _concluded(contents)), (holders, _held(contents) if teams else None)):
        for row in db.session.execute(query) if query is not None and contents else ():
            for number, one in groups[row.content_id]:
                if row.part_from < one.part_to and one.part_from < row.part_to:
                    found[number].add(row.who)
                    units[number].add(row.unit_id)
    return [
        Standing(len(done), len(held), len(where))
        for done, held, where in zip(conclusions, holders, units, strict=True)
    ]


def _concluded(contents: set[int]) -> sa.Select[int, int, int, int, int]:
    return (
        sa.select(
            Coverage.conclusion_id.label("who"), Coverage.unit_id, Coverage.content_id,
            Coverage.part_from, Coverage.part_to,
        )
        .join(Conclusion, Conclusion.id == Coverage.conclusion_id)
        .where(
            Coverage.content_id.in_(contents),
            Conclusion.state == ConclusionState.IN_FORCE,
            Conclusion.record_only.is_(False),
        )
        .distinct()
    )  # fmt: skip


def _held(contents: set[int]) -> sa.Select[int, int, int, int, int]:
    return (
        sa.select(
            Claim.mandate_id.label("who"), Claim.unit_id, Claim.content_id, Claim.part_from, Claim.part_to
        )
        .where(
            Claim.content_id.in_(contents),
            Claim.ended_at.is_(None),
            Claim.conclusion_id.is_(None),
            sa.or_(Claim.lapses_on.is_(None), Claim.lapses_on >= clock.today()),
        )
        .distinct()
    )


@dataclass(frozen=True)
class Called:
    """What a criterion is called, and whether it joins several contents."""

    title: str
    joint: bool


def called(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Called]:
    """(criterion key, content) → what the newest criterion of that key there is called: one read."""
    wanted = set(keys)
    if not wanted:
        return {}
    other = aliased(CriterionPart)
    joint = sa.exists().where(
        other.criterion_id == CriterionPart.criterion_id, other.content_id != CriterionPart.content_id
    )
    rows = db.session.execute(
        sa.select(Criterion.key, CriterionPart.content_id, Criterion.title, joint.label("joint"))
        .join(CriterionPart, CriterionPart.criterion_id == Criterion.id)
        .where(
            Criterion.key.in_({key for key, _ in wanted}),
            CriterionPart.content_id.in_({content_id for _, content_id in wanted}),
        )
        .order_by(Criterion.version_id)
    )
    return {(row.key, row.content_id): Called(row.title, bool(row.joint)) for row in rows}
