"""What a case asks of each of its units, in the words of the decision: contents and their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.form_library import queries as forms
from app.form_library.models import Criterion
from app.inspections.models import InspectedUnit, Inspection
from app.inspections.planning import last_day
from app.inspections.queries.scope import GroupHead, ScopeRow, list_group_heads, scope_rows, unit_names
from app.units import lineage
from app.vietnamese import format_date

Days = tuple[int, date, date]
"""Half-open days at a unit: of the inspected unit itself, or of one it was formed from."""
Asked = tuple[str, tuple[Days, ...]]
"""Fields of procedure in words ("" = all) and days; no days = all there are of the review period."""


@dataclass(frozen=True)
class ScopeLine:
    """Contents of one unit that are asked for the same days."""

    contents: str
    period: str


@dataclass(frozen=True)
class CaseScope:
    """The groups of the whole case; its lines by inspected unit. `differs`: not all the same for all."""

    groups: tuple[GroupHead, ...]
    lines: dict[int, list[ScopeLine]]
    differs: bool


def scope_told(inspection: Inspection) -> CaseScope:
    """The scope as it stands: after the review, what was taken."""
    criteria = {c.id: c for c in forms.list_criteria(inspection.form_version_id)}
    rows: dict[int, list[ScopeRow]] = defaultdict(list)
    for row in scope_rows(inspection):
        rows[row.piece.inspected_unit_id].append(row)
    lives = lineage.expand_all(
        [iu.unit for iu in inspection.units], inspection.review_from, inspection.review_to
    )
    asked: dict[int, dict[int, tuple[Asked, ...]]] = {}
    for iu in inspection.units:
        whole = tuple(sorted((one.unit_id, one.starts_on, one.ends_on) for one in lives[iu.unit_id]))
        asked[iu.id] = _asked(rows[iu.id], whole)
    everything = {criterion_id for one in asked.values() for criterion_id in one}
    codes = {criteria[criterion_id].group_id for criterion_id in everything}
    groups = tuple(g for g in list_group_heads(inspection.form_version_id) if g.id in codes)
    told = list(asked.values())
    differs = any(one != told[0] for one in told) or any(
        days for one in told for parts in one.values() for _, days in parts
    )
    chosen = [criteria[key] for key in sorted(everything, key=lambda key: criteria[key].ordinal)]
    names = {key: unit.name for key, unit in unit_names(_units(told)).items()} if differs else {}
    lines = {
        iu.id: [
            ScopeLine(_contents(keys, chosen, groups, fields), _period(inspection, iu, parts, names))
            for fields, parts, keys in _lines(asked[iu.id])
        ]
        for iu in inspection.units
    }
    return CaseScope(groups, lines, differs)


def without_number(title: str) -> str:
    """“IV. Tiếp nhận …” as it stands in a sentence: “tiếp nhận …”, unless it begins with an abbreviation."""
    text = title.split(". ", 1)[-1]
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _asked(rows: Iterable[ScopeRow], whole: tuple[Days, ...]) -> dict[int, tuple[Asked, ...]]:
    """By criterion: the fields, and the days unless they are the whole of the period."""
    found: dict[int, dict[str, list[Days]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        days = (row.piece.unit_id, row.piece.starts_on, row.piece.ends_on)
        found[row.piece.criterion_id][row.field_label].append(days)
    return {
        criterion_id: tuple(
            (fields, () if _joined(days) == whole else _joined(days))
            for fields, days in sorted(parts.items())
        )
        for criterion_id, parts in found.items()
    }


def _joined(days: Iterable[Days]) -> tuple[Days, ...]:
    """Days that follow upon each other as one run; the same days of several parts once."""
    kept: list[Days] = []
    for unit_id, starts_on, ends_on in sorted(set(days)):
        last = kept[-1] if kept else None
        if last is not None and last[0] == unit_id and starts_on <= last[2]:
            kept[-1] = (unit_id, last[1], max(last[2], ends_on))
        else:
            kept.append((unit_id, starts_on, ends_on))
    return tuple(kept)


def _units(told: Iterable[dict[int, tuple[Asked, ...]]]) -> set[int]:
    return {days[0] for one in told for parts in one.values() for _, spans in parts for days in spans}


def _lines(asked: dict[int, tuple[Asked, ...]]) -> list[tuple[str, tuple[Days, ...], set[int]]]:
    """Criteria asked for the same fields and days together; the whole period first."""
    found: dict[Asked, set[int]] = defaultdict(set)
    for criterion_id, parts in asked.items():
        for one in parts:
            found[one].add(criterion_id)
    return [
        (fields, days, found[(fields, days)]) for fields, days in sorted(found, key=lambda k: (k[1], k[0]))
    ]


def _contents(
    keys: Collection[int], chosen: Sequence[Criterion], groups: Sequence[GroupHead], fields: str
) -> str:
    """Groups by name; of a group that is asked in part, the contents it is about or those left out."""
    told: list[str] = []
    for group in groups:
        inside = [c.title for c in chosen if c.group_id == group.id and c.id in keys]
        outside = [c.title for c in chosen if c.group_id == group.id and c.id not in keys]
        if not inside:
            continue
        name = without_number(group.title)
        if outside and len(outside) < len(inside):
            name += f" (trừ: {', '.join(outside)})"
        elif outside:
            name += f" (gồm: {', '.join(inside)})"
        told.append(name)
    text = "; ".join(told)
    text = text[:1].upper() + text[1:]
    if not fields:
        return text
    return f"{text} ({fields})" if fields.startswith("trừ ") else f"{text} (lĩnh vực: {fields})"


def _period(inspection: Inspection, iu: InspectedUnit, days: Sequence[Days], names: dict[int, str]) -> str:
    spans = days or [(iu.unit_id, inspection.review_from, inspection.review_to)]
    told: list[str] = []
    for unit_id, starts_on, ends_on in spans:
        open_end = inspection.review_to_provisional and ends_on == inspection.review_to
        last = "thời điểm kiểm tra" if open_end else f"hết ngày {format_date(last_day(ends_on))}"
        where = f" (tại {names[unit_id]})" if unit_id != iu.unit_id else ""
        told.append(f"từ ngày {format_date(starts_on)} đến {last}{where}")
    text = "; ".join(told)
    return text[:1].upper() + text[1:]
