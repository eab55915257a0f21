"""From one version of a form to the next: what each criterion covers of the contents of the version before.

Pure arithmetic; nothing past is rewritten. A criterion that keeps its key keeps what it covered; `replaces`
says otherwise: one old criterion alone is a new name, several are merged, a share is a piece of a split. The
shares of one old criterion lie end to end in the order of the file, so they never overlap. What is taken
over by nobody must be named in `retired`, so that nothing vanishes by oversight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import floor

from app.form_library.reading import did_you_mean
from app.form_library.schema import (
    WHOLE_PART_TO,
    ContentPartDefinition,
    CriterionDefinition,
    FormDefinition,
    ReplacedDefinition,
)
from app.form_library.yaml_source import Problem

Parts = tuple[ContentPartDefinition, ...]
Source = tuple[str, str]
"""An old criterion and a content of it: what shares are taken of."""


class Fate(StrEnum):
    """What becomes of criteria from one version to the next."""

    KEPT = "kept"
    RENAMED = "renamed"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    RETIRED = "retired"


FATE_LABELS = {
    Fate.KEPT: "Giữ nguyên",
    Fate.RENAMED: "Đổi mã",
    Fate.SPLIT: "Tách",
    Fate.MERGED: "Gộp",
    Fate.NEW: "Mới",
    Fate.RETIRED: "Bỏ",
}


@dataclass(frozen=True)
class Asked:
    """A criterion as the version before asks it."""

    key: str
    title: str
    by_field: bool
    parts: Parts

    @property
    def contents(self) -> tuple[str, ...]:
        """The contents it covers something of, in its order."""
        return tuple(dict.fromkeys(part.content for part in self.parts))

    def of(self, content: str) -> Parts:
        """What it covers of one content."""
        return tuple(part for part in self.parts if part.content == content)


@dataclass(frozen=True)
class Before:
    """The version before. `used`: every key that any version of the form gave, with the contents it meant."""

    number: int
    asked: tuple[Asked, ...]
    used: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Taken:
    """What a new criterion takes over of an old one; `share` is that of the whole old criterion's content."""

    key: str
    content: str = ""
    share: Fraction | None = None

    @property
    def text(self) -> str:
        """“MC-05”, “MC-05 (phần 1/2)”, “MC-30 (nội dung MC-05)”."""
        told = [
            f"nội dung {self.content}" if self.content else "",
            f"phần {self.share}" if self.share else "",
        ]
        remark = ", ".join(filter(None, told))
        return f"{self.key} ({remark})" if remark else self.key


@dataclass(frozen=True)
class Change:
    """What becomes of one criterion; `parts` is what it covers, or what is asked no more when retired."""

    fate: Fate
    key: str
    title: str
    parts: Parts
    taken: tuple[Taken, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Worked:
    """What each new criterion covers, by key, and what that means; nothing holds while there are problems."""

    parts: Mapping[str, Parts]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def work_out(form: FormDefinition, before: Before | None) -> Worked:
    """What the criteria of `form` cover, given the version before (None: it is the first)."""
    return _Working(form, before).run()


@dataclass
class _Working:
    form: FormDefinition
    before: Before | None
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> Worked:
        asked = {item.key: item for item in self.before.asked} if self.before else {}
        paths = dict(zip((item.key for item in self.form.criteria), self.form.paths, strict=True))
        named: dict[str, list[tuple[ReplacedDefinition, str]]] = {}
        for item in self.form.criteria:
            named[item.key] = self._named(item, paths[item.key], asked)
        places = self._places(named, asked)
        parts: dict[str, Parts] = {}
        changes: list[Change] = []
        for item in self.form.criteria:
            found = [part for index, _ in enumerate(named[item.key]) for part in places[(item.key, index)]]
            parts[item.key] = joined(found) if named[item.key] else item.contents
            taken = tuple(_taken(one, asked[one.key]) for one, _ in named[item.key])
            changes.append(Change(_fate(item, taken), item.key, item.title, parts[item.key], taken))
            self._check_key(item, paths[item.key], parts[item.key])
        self._check_own_contents(parts, named, paths, asked)
        changes += self._retired(parts, asked)
        return Worked(parts, tuple(changes), tuple(self.problems))

    def _refuse(self, key: str, reason: str) -> None:
        if all(problem.key != key for problem in self.problems):
            self.problems.append(Problem(key, reason))

    def _named(
        self, item: CriterionDefinition, path: str, asked: Mapping[str, Asked]
    ) -> list[tuple[ReplacedDefinition, str]]:
        """The old criteria that the new one lawfully replaces, with the place in the file."""
        if self.before is None:
            if item.replaces:
                self._refuse(f"{path}.replaces", "Phiếu chưa có phiên bản trước để thay thế.")
            return []
        own = ContentPartDefinition(content=item.key)
        if not item.replaces and item.key in asked and item.contents == (own,):
            given = [(ReplacedDefinition(item.key), f"{path}.key")]
        else:
            given = [(one, f"{path}.replaces[{index}]") for index, one in enumerate(item.replaces)]
        return [(one, place) for one, place in given if self._lawful(item, one, place, asked)]

    def _lawful(
        self, item: CriterionDefinition, one: ReplacedDefinition, place: str, asked: Mapping[str, Asked]
    ) -> bool:
        assert self.before is not None
        old = asked.get(one.key)
        version = f"phiên bản {self.before.number:02d}"
        if old is None:
            hint = did_you_mean(one.key, asked)
            self._refuse(f"{place}.key", f"Phiếu {version} không có tiêu chí “{one.key}”.{hint}")
            return False
        if one.content and one.content not in old.contents:
            held = ", ".join(old.contents)
            self._refuse(
                f"{place}.content", f"Tiêu chí {old.key} không có nội dung “{one.content}”; chỉ có: {held}."
            )
            return False
        if item.by_field != old.by_field:
            told = "chia theo lĩnh vực" if old.by_field else "không chia theo lĩnh vực"
            self._refuse(
                place,
                f"Tiêu chí {old.key} của {version} {told}; tiêu chí thay thế phải như vậy. "
                f"Nếu là nội dung khác, đặt mã mới và ghi {old.key} vào retired.",
            )
            return False
        if one.part is not None and old.by_field:
            self._refuse(
                f"{place}.part",
                f"Tiêu chí {old.key} chia theo lĩnh vực nên không tách bằng part; mỗi lĩnh vực là một phần.",
            )
            return False
        if one.part is not None and not one.content and len(old.contents) > 1:
            held = ", ".join(old.contents)
            self._refuse(
                f"{place}.part", f"Tiêu chí {old.key} gộp từ {held}; ghi content để nói tách nội dung nào."
            )
            return False
        return True

    def _places(
        self, named: Mapping[str, list[tuple[ReplacedDefinition, str]]], asked: Mapping[str, Asked]
    ) -> dict[tuple[str, int], Parts]:
        """The parts of every mention: shares of one source end to end, in the order of the file."""
        found: dict[tuple[str, int], Parts] = {}
        used: dict[Source, Fraction] = defaultdict(Fraction)
        takers: dict[Source, list[str]] = defaultdict(list)
        for key, mentions in named.items():
            for index, (one, place) in enumerate(mentions):
                old = asked[one.key]
                pieces: list[ContentPartDefinition] = []
                for content in (one.content,) if one.content else old.contents:
                    source = (old.key, content)
                    start, size = used[source], one.part or Fraction(1)
                    used[source] += size
                    takers[source].append(key)
                    if used[source] > 1:
                        self._refuse(place, _too_much(old.key, takers[source], used[source]))
                        continue
                    piece = share_of(old.of(content), start, start + size)
                    if not piece:
                        self._refuse(
                            f"{place}.part", f"Phần {one.part} của {old.key} nhỏ quá, không tách được."
                        )
                    pieces += piece
                found[(key, index)] = tuple(pieces)
        return found

    def _check_key(self, item: CriterionDefinition, path: str, parts: Parts) -> None:
        """A key that meant one content never comes to mean another: old papers name it."""
        meant = self.before.used.get(item.key) if self.before else None
        if meant is not None and not meant & {part.content for part in parts}:
            self._refuse(
                f"{path}.key",
                f"Mã {item.key} đã dùng ở phiên bản trước cho nội dung khác. Đặt mã mới, "
                f"hoặc thêm {{key: {item.key}}} vào replaces nếu tiêu chí vẫn gồm nội dung đó.",
            )

    def _check_own_contents(
        self,
        parts: Mapping[str, Parts],
        named: Mapping[str, list[tuple[ReplacedDefinition, str]]],
        paths: Mapping[str, str],
        asked: Mapping[str, Asked],
    ) -> None:
        """`contents` is for what the version before does not ask; nothing is asked twice in one version."""
        before = {content: old.key for old in asked.values() for content in old.contents}
        seen: list[tuple[str, ContentPartDefinition]] = []
        for key, covered in parts.items():
            for part in covered:
                if not named[key] and part.content in before:
                    self._refuse(
                        f"{paths[key]}.contents",
                        f"Nội dung {part.content} thuộc tiêu chí {before[part.content]} của phiên bản trước; "
                        "ghi replaces thay cho contents.",
                    )
                other = next((name for name, one in seen if name != key and _meet(one, part)), None)
                if other is not None:
                    self._refuse(
                        paths[key], f"Cùng một phần của nội dung {part.content} với tiêu chí {other} ở trên."
                    )
                seen.append((key, part))

    def _retired(self, parts: Mapping[str, Parts], asked: Mapping[str, Asked]) -> list[Change]:
        reasons = {item.key: (index, item.reason) for index, item in enumerate(self.form.retired)}
        for key, (index, _) in reasons.items():
            if self.before is None:
                self._refuse(f"retired[{index}].key", "Phiếu chưa có phiên bản trước để bỏ tiêu chí.")
            elif key not in asked:
                hint = did_you_mean(key, asked)
                told = f"Phiếu phiên bản {self.before.number:02d} không có tiêu chí “{key}”.{hint}"
                self._refuse(f"retired[{index}].key", told)
        covered = [part for found in parts.values() for part in found]
        found: list[Change] = []
        for old in asked.values():
            left = beside(old.parts, covered)
            index, reason = reasons.get(old.key, (-1, ""))
            if left and index < 0:
                self._refuse(f"retired ({old.key})", self._forgotten(old, left))
            elif not left and index >= 0:
                self._refuse(f"retired[{index}].key", f"Tiêu chí {old.key} đã được thay thế cả; bỏ dòng này.")
            elif left:
                whole = left == joined(old.parts)
                taken = () if whole else (Taken(old.key, share=_size(left) / _size(old.parts)),)
                found.append(Change(Fate.RETIRED, old.key, old.title, left, taken, reason))
        return found

    def _forgotten(self, old: Asked, left: Parts) -> str:
        assert self.before is not None
        if left == joined(old.parts):
            told = f"Tiêu chí {old.key} của phiên bản {self.before.number:02d} không có trong phiên bản này."
        else:
            told = f"Tiêu chí {old.key} còn một phần không tiêu chí nào thay thế."
        return f"{told} Ghi {old.key} và lý do bỏ vào retired, hoặc ghi replaces ở tiêu chí thay thế."


def share_of(parts: Sequence[ContentPartDefinition], first: Fraction, last: Fraction) -> Parts:
    """The piece from `first` to `last` (shares of the whole) of parts laid end to end.

    Neighbouring shares meet exactly: what 1/3 leaves over belongs to the one after it.
    """
    width = sum(part.part_to - part.part_from for part in parts)
    low, high = floor(width * first), floor(width * last)
    found: list[ContentPartDefinition] = []
    passed = 0
    for part in parts:
        size = part.part_to - part.part_from
        start, end = max(low - passed, 0), min(high - passed, size)
        if start < end:
            found.append(ContentPartDefinition(part.content, part.part_from + start, part.part_from + end))
        passed += size
    return tuple(found)


def joined(parts: Iterable[ContentPartDefinition]) -> Parts:
    """The same parts with neighbours as one; contents in the order in which they come first."""
    by_content: dict[str, list[tuple[int, int]]] = {}
    for part in parts:
        by_content.setdefault(part.content, []).append((part.part_from, part.part_to))
    found: list[ContentPartDefinition] = []
    for content, ranges in by_content.items():
        start, end = min(ranges)
        for low, high in sorted(ranges)[1:]:
            if low > end:
                found.append(ContentPartDefinition(content, start, end))
                start = low
            end = max(end, high)
        found.append(ContentPartDefinition(content, start, end))
    return tuple(found)


def beside(parts: Iterable[ContentPartDefinition], taken: Iterable[ContentPartDefinition]) -> Parts:
    """What of `parts` is not `taken`."""
    left = list(parts)
    for hole in taken:
        left = [
            ContentPartDefinition(part.content, low, high)
            for part in left
            for low, high in (
                ((part.part_from, hole.part_from), (hole.part_to, part.part_to))
                if _meet(part, hole)
                else ((part.part_from, part.part_to),)
            )
            if low < high
        ]
    return joined(left)


def _meet(one: ContentPartDefinition, other: ContentPartDefinition) -> bool:
    return one.content == other.content and one.part_from < other.part_to and other.part_from < one.part_to


def _size(parts: Iterable[ContentPartDefinition]) -> Fraction:
    return Fraction(sum(part.part_to - part.part_from for part in parts), WHOLE_PART_TO)


def _taken(one: ReplacedDefinition, old: Asked) -> Taken:
    """A content is named only where the old criterion has several."""
    return Taken(one.key, one.content if len(old.contents) > 1 else "", one.part)


def _fate(item: CriterionDefinition, taken: Sequence[Taken]) -> Fate:
    if not taken:
        return Fate.NEW
    if len(taken) > 1:
        return Fate.MERGED
    if taken[0].share is not None or taken[0].content:
        return Fate.SPLIT
    return Fate.KEPT if taken[0].key == item.key else Fate.RENAMED


def _too_much(key: str, takers: Sequence[str], total: Fraction) -> str:
    others = ", ".join(dict.fromkeys(takers))
    return (
        f"Các phần của tiêu chí {key} cộng lại là {total}, quá cả tiêu chí (thay thế bởi {others}). "
        "Ghi part cho từng tiêu chí, cộng lại không quá 1."
    )
