"""Walks of form versions that keep, rename, split, merge and retire criteria, and of claims by any of them.

The seeds are fixed: both engines walk the same ways, and each must agree with the oracle at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.extensions import db
from app.form_library.models import WHOLE, Content, Criterion
from app.register import queries, services
from app.register.boxes import Box
from app.register.models import Claim, Mandate
from app.register.review import Wanted
from app.register.services import ClaimWanted
from tests import cast
from tests.factories import form_versions
from tests.factories import register as factory
from tests.processes import DEEP
from tests.register.form_oracle import EIGHTHS, FormOracle, Published, key_of
from tests.register.oracle import Cell, Holding, Oracle, Patch, cells
from tests.register.walking import agree, forgotten

START = date(2026, 1, 1)
DAYS, CONTENTS, VERSIONS = 3, 3, 4
LEVELS = (10, 20, 20, 30)
EIGHTH = WHOLE // EIGHTHS
CLAIM = Claim.__table__
SHIPPED = form_versions.tree()
FATES = ("keep", "rename", "split", "split", "halve", "part", "merge", "merge", "retire")

fates = st.lists(st.sampled_from(FATES), min_size=16, max_size=16)
spans = st.sampled_from([(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)])
number = st.integers(0, 11)
claiming = st.tuples(st.just("claim"), st.integers(0, 3), number, number, spans, st.booleans())
steps = st.sampled_from([
    claiming, claiming, claiming,
    st.tuples(st.just("publish"), fates), st.tuples(st.just("publish"), fates),
    st.tuples(st.just("cover"), st.sampled_from(LEVELS), number, number, spans),
]).flatmap(lambda kind: kind)  # fmt: skip


def source(published: Published, version: int) -> str:
    """The file of a version, with one group of the shipped form about it."""
    form = deepcopy(SHIPPED)
    form |= {"code": "walk", "version": version, "title": "Phiếu thử"}
    form.pop("retired", None)
    home = next(group for group in form["groups"] if group["key"] == "MC")
    pattern = {**home["criteria"][0], "by_field": False}
    for key in ("fields", "contents", "note", "replaces"):
        pattern.pop(key, None)
    home["criteria"] = [
        {**deepcopy(pattern), "key": key, "title": f"Tiêu chí thử {key}", "text": f"Nội dung thử {key}"}
        for key in published.covers
    ]
    for criterion in home["criteria"]:
        if criterion["key"] in published.mentions:
            criterion["replaces"] = [
                {"key": old}
                | ({} if content is None else {"content": key_of(content)})
                | ({"part": "1/2"} if half else {})
                for old, content, half in published.mentions[criterion["key"]]
            ]
    if published.retired:
        form["retired"] = [{"key": key, "reason": "Quy định đã bãi bỏ."} for key in published.retired]
    form["groups"] = [home]
    form["packages"] = [{"key": "tat-ca", "title": "Tất cả", "groups": ["MC"]}]
    return yaml.dump(form, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)


@dataclass
class Walk:
    """The product and the oracles side by side."""

    unit: int
    mandates: list[Mandate]
    form: FormOracle = field(default_factory=lambda: FormOracle(CONTENTS))
    register: Oracle = field(default_factory=lambda: Oracle({0: (0, DAYS)}))
    criteria: dict[tuple[int, str], Criterion] = field(default_factory=dict)
    contents: dict[int, int] = field(default_factory=dict)
    items: int = 0

    def step(self, act: tuple[Any, ...]) -> None:
        getattr(self, act[0])(*act[1:])
        assert self.board() == self.register.board(), act

    def agree(self, expected: bool, write: Callable[[], object]) -> bool:
        return agree(expected, write, Conflict)

    def begin(self) -> None:
        self._published(self.form.first())
        rows = db.session.execute(sa.select(Content.id, Content.key)).all()
        ids = {key: content_id for content_id, key in rows}
        self.contents = {ids[key_of(number)]: number for number in range(CONTENTS)}

    def publish(self, chosen: list[str]) -> None:
        if len(self.form.versions) < VERSIONS:
            self._published(self.form.publish(chosen))

    def _published(self, published: Published) -> None:
        number = len(self.form.versions) - 1
        made = form_versions.publish(source(published, number + 1))
        for criterion in db.session.scalars(sa.select(Criterion).where(Criterion.version_id == made.id)):
            self.criteria[(number, criterion.key)] = criterion
        assert {key for version, key in self.criteria if version == number} == set(published.covers)

    def asked(self, version: int, key: int, days: tuple[int, int]) -> tuple[list[Patch], list[Box]]:
        """By the oracle and by the product; a version that was replaced may still be asked by."""
        at = len(self.form.versions) - 1 - version % len(self.form.versions)
        keys = list(self.form.versions[at].covers)
        chosen = keys[key % len(keys)]
        first, last = (START + timedelta(day) for day in days)
        boxes = [
            Box(self.unit, part.content_id, first, last, part.part_from, part.part_to)
            for part in self.criteria[(at, chosen)].parts
        ]
        patches = self.form.asked(at, chosen, 0, days)
        assert self._cells(boxes) == frozenset().union(*map(cells, patches)), (at, chosen)
        return patches, boxes

    def claim(self, team: int, version: int, key: int, days: tuple[int, int], reason: bool) -> None:
        patches, boxes = self.asked(version, key, days)
        answer = queries.review([Wanted(number, box) for number, box in enumerate(boxes)], level=LEVELS[team])
        left = frozenset().union(*(self.register.free(patch, LEVELS[team]) for patch in patches))
        assert self._cells([box for item in answer.items for box in item.free]) == left
        wanted = []
        for patch in patches:
            self.items += 1
            wanted.append(Holding(self.items, team, LEVELS[team], patch, reason))
        told = "Có phản ánh mới" if reason else None
        asked = [ClaimWanted(None, box, told) for box in boxes]
        expected = self.register.take(wanted)
        self.agree(expected, lambda: services.claim(self.mandates[team], asked, actor=None))

    def cover(self, level: int, version: int, key: int, days: tuple[int, int]) -> None:
        """A notice that was decided by a criterion of any version."""
        patches, boxes = self.asked(version, key, days)
        self.items += 1
        made = factory.conclusion(f"{self.items}/TB", body="Thanh tra tỉnh", level=level)
        services.cover(made, [(box, "met", "MC") for box in boxes], actor=None)
        self.register.cover(level, patches)

    def _cells(self, boxes: list[Box]) -> frozenset[Cell]:
        found: set[Cell] = set()
        for box in boxes:
            assert box.part_from % EIGHTH == box.part_to % EIGHTH == 0
            days = ((box.starts_on - START).days, (box.ends_on - START).days)
            parts = (box.part_from // EIGHTH, box.part_to // EIGHTH)
            found |= cells(Patch(0, self.contents[box.content_id], *days, *parts))
        return frozenset(found)

    def board(self) -> dict[Cell, set[tuple[int, bool]]]:
        found: dict[Cell, set[tuple[int, bool]]] = {}
        for row in db.session.execute(sa.select(CLAIM).where(CLAIM.c.ended_at.is_(None))):
            box = Box(row.unit_id, row.content_id, row.starts_on, row.ends_on, row.part_from, row.part_to)
            for cell in self._cells([box]):
                found.setdefault(cell, set()).add((row.level, row.conclusion_id is not None))
        return found


@settings(max_examples=300 if DEEP else 12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=8, max_size=30 if DEEP else 14))
def test_a_criterion_of_any_version_takes_the_parts_it_always_meant(
    session: Session, acts: list[tuple[Any, ...]]
) -> None:
    with forgotten(session):
        mandates = [factory.mandate(f"{n}/QĐ-SNV", level=level) for n, level in enumerate(LEVELS, 1)]
        walk = Walk(cast.unit(cast.LONG_PHUOC).id, mandates)
        walk.begin()
        for act in acts:
            walk.step(act)
