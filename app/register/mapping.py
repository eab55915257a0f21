"""From words to criteria: what lines of a recorded conclusion are probably about, and what a person says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log

from app.errors import Conflict, DomainError
from app.extensions import db
from app.form_library import queries as forms
from app.form_library.models import Criterion, FormVersion
from app.policy import Action, Actor, authorise
from app.register import entered, entry, services, typed
from app.register.boxes import subtract
from app.register.entered import OpenLine
from app.register.listing import box_of
from app.register.models import Conclusion
from app.units.models import Unit
from app.vietnamese import nfc, search_key

BEST = 5
"""Suggestions for one line."""
TOLD_LITTLE = 1.0
"""Two syllables that stand in more than about a third of the titles say nothing."""
NOTHING_CHOSEN = "Chọn ít nhất một nội dung, hoặc nhập mã tiêu chí."
SHORT = {
    "tthc": "thủ tục hành chính",
    "cchc": "cải cách hành chính",
    "cbccvc": "cán bộ, công chức, viên chức",
}
"""What titles and notices write short."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Suggestion:
    """A criterion whose title shares words with what was typed; `words` as the title spells them."""

    key: str
    title: str
    words: tuple[str, ...]

    @property
    def reason(self) -> str:
        """“Cùng nói: “xin lỗi”, “quá hạn””."""
        return "Cùng có: " + ", ".join(f"“{said}”" for said in self.words)


@dataclass(frozen=True)
class Pick:
    """What a person says of one open line; half-open days."""

    line_id: int
    keys: tuple[str, ...]
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Mapped:
    """`boxes` were added to the coverage; on `applied` pieces nothing may be assessed again from now on."""

    boxes: int
    applied: int
    overrun: tuple[str, ...] = ()


class PickRefused(DomainError):
    """What was said of one line cannot be."""

    def __init__(self, refused: DomainError, line_id: int) -> None:
        super().__init__(refused.message, field=refused.field)
        self.line_id = line_id


def suggest(
    conclusion: Conclusion, lines: Sequence[OpenLine], version: FormVersion
) -> dict[int, list[Suggestion]]:
    """By line: the few criteria whose titles share the most telling pairs of syllables with what was typed.

    A pair tells the more, the fewer titles have it; the line itself counts double the title and note of the
    paper, which every line shares.
    """
    criteria = [criterion for group in version.groups for criterion in group.criteria]
    titles = {criterion.key: _spelled(criterion.title) for criterion in criteria}
    pairs = {key: set(_pairs(words)) for key, words in titles.items()}
    spread = Counter(pair for found in pairs.values() for pair in found)
    weight = {pair: log(len(criteria) / often) for pair, often in spread.items()}
    telling = {pair for pair, tells in weight.items() if tells >= TOLD_LITTLE}
    shared = set(_pairs(_spelled(f"{conclusion.title}. {conclusion.note}"))) & telling
    found = {}
    for line in lines:
        own = set(_pairs(_spelled(line.text))) & telling
        scored = [
            (sum(weight[pair] * (2 if pair in own else 1) for pair in pairs[c.key] & (own | shared)), c)
            for c in criteria
        ]
        best = sorted((item for item in scored if item[0]), key=lambda item: (-item[0], item[1].ordinal))
        found[line.line_id] = [
            Suggestion(c.key, c.title, _told(titles[c.key], own | shared)) for _, c in best[:BEST]
        ]
    return found


def _spelled(text: str) -> list[str]:
    """The words of a text as it spells them, what is written short in full."""
    words = (SHORT.get(word.lower(), word) for word in re.findall(r"\w+", nfc(text)))
    return re.findall(r"\w+", " ".join(words))


def _pairs(words: Sequence[str]) -> list[Pair]:
    return list(pairwise(search_key(word) for word in words))


def _told(words: Sequence[str], pairs: set[Pair]) -> tuple[str, ...]:
    """The longest runs of a title of which every two neighbours were found."""
    runs: list[list[str]] = []
    open_run = False
    for place, pair in enumerate(_pairs(words)):
        if pair in pairs:
            if not open_run:
                runs.append([words[place]])
            runs[-1].append(words[place + 1])
        open_run = pair in pairs
    return tuple(dict.fromkeys(" ".join(run).lower() for run in runs))


def confirm(conclusion: Conclusion, picks: Sequence[Pick], *, actor: Actor) -> Mapped:
    """Map lines to criteria as a person says: coverage is added, what is free is claimed, it applies at once.

    Lines of which nothing is said stay open. Raises PickRefused at a line, DomainError for nothing chosen,
    Conflict when somebody else was faster, WrongState for the office's own and for one not in force.
    """
    authorise(actor, Action.RECORD_CONCLUSION, conclusion)
    services.lock()
    db.session.refresh(conclusion)
    entry.check_changeable(conclusion)
    lines = {line.line_id: line for line in entered.open_lines(conclusion)}
    said = _said(conclusion, [pick for pick in picks if pick.keys], lines)
    if not said and not (conclusion.record_only and conclusion.coverage):
        raise DomainError(NOTHING_CHOSEN)
    try:
        boxes = entry.boxes_of(said)
    except entry.LineRefused as refused:
        kept = [pick.line_id for pick in picks if pick.keys]
        raise PickRefused(DomainError(refused.message, field="starts_on"), kept[refused.line]) from refused
    if said:
        entry.keep_lines(conclusion, said)
    standing = [box_of(row) for row in conclusion.coverage]
    added = [
        (piece, result, key)
        for box, result, key in boxes
        for piece in subtract(box, [there for there in standing if there.meets(box)])
    ]
    applied = services.apply_mapped(conclusion, added, standing, actor=actor)
    whole = [*added, *((box, "", "") for box in standing)]
    return Mapped(len(added), applied, entry.overrun_by(conclusion, whole, actor=actor))


def _said(conclusion: Conclusion, picks: Sequence[Pick], lines: dict[int, OpenLine]) -> list[entry.Said]:
    names = typed.ContentNames(forms.whole_latest_version())
    made = []
    for pick in picks:
        line = lines.get(pick.line_id)
        if line is None:
            raise Conflict("Dòng này đã được gắn với nội dung. Tải lại trang để xem hiện trạng.")
        try:
            entry.check_days(pick.starts_on, pick.ends_on, conclusion.concluded_on)
            criteria = _criteria(pick.keys, names)
        except DomainError as error:
            raise PickRefused(error, pick.line_id) from error
        unit = db.session.get_one(Unit, line.unit_id)
        made.append(entry.Said(unit, criteria, pick.starts_on, pick.ends_on, line.result, line.text))
    return made


def _criteria(keys: Sequence[str], names: typed.ContentNames) -> list[Criterion]:
    found: dict[str, Criterion] = {}
    for key in keys:
        try:
            found |= {criterion.key: criterion for criterion in names.find(key)}
        except DomainError as error:
            raise DomainError(error.message, field="criteria") from error
    return list(found.values())
