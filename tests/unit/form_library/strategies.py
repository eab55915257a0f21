"""Hypothesis strategies: one for the values of each field kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.form_library.schema import ChoiceDefinition, FieldDefinition, FieldKind
from app.form_library.values import (
    Presence,
    RatioValue,
    Result,
    RollCall,
    RollCallRow,
    clean_line,
    clean_text,
)

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cn"))
lines = st.text(LETTERS, max_size=60).map(clean_line)
filled_lines = lines.filter(bool)
areas = st.text(LETTERS, max_size=200).map(clean_text).filter(bool)
codes = st.from_regex(r"[0-9A-Z]{1,4}\.[0-9]{1,6}-[0-9]{1,8}", fullmatch=True)

counts = st.integers(min_value=0, max_value=999_999_999)
ratios = st.lists(counts, min_size=3, max_size=3).map(lambda n: RatioValue(*sorted(n, reverse=True)))


@st.composite
def roll_call_rows(draw: st.DrawFn) -> RollCallRow:
    presence = draw(st.sampled_from(Presence))
    return RollCallRow(
        name=draw(filled_lines),
        post=draw(lines),
        section=draw(lines),
        presence=presence,
        reason=draw(filled_lines if presence.is_excused else lines),
        note=draw(lines),
        badge=presence is Presence.PRESENT and draw(st.booleans()),
    )


def _person(row: RollCallRow) -> tuple[str, str, str]:
    return (row.name.casefold(), row.post.casefold(), row.section.casefold())


roll_calls = st.builds(
    RollCall,
    rows=st.lists(roll_call_rows(), min_size=1, max_size=6, unique_by=_person).map(tuple),
    on=st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    at=st.just("") | st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59)),
    place=lines,
)


def decimals(high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(0), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


VALUES: Mapping[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.RESULT: st.sampled_from(Result),
    FieldKind.NUMBER: decimals("999999999", 2),
    FieldKind.RATIO: ratios,
    FieldKind.PERCENTAGE: decimals("100", 2),
    FieldKind.DATE: st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    FieldKind.SHORT_TEXT: filled_lines,
    FieldKind.LONG_TEXT: areas,
    FieldKind.CHOICE: st.sampled_from(["paper", "electronic"]),
    FieldKind.APPLICATION_CODES: st.lists(codes, min_size=1, max_size=5, unique_by=str.casefold).map(tuple),
    FieldKind.ROLL_CALL: roll_calls,
}

DEFINITIONS: Mapping[FieldKind, FieldDefinition] = {
    kind: FieldDefinition(
        key=f"a_{kind}",
        kind=kind,
        label=f"Trường {kind}",
        unit="hồ sơ",
        decimals=2 if kind in (FieldKind.NUMBER, FieldKind.PERCENTAGE) else 0,
        choices=(ChoiceDefinition("paper", "Giấy"), ChoiceDefinition("electronic", "Điện tử"))
        if kind is FieldKind.CHOICE
        else (),
    )
    for kind in FieldKind
}
