"""The days after a unit's end, told in its successors: those that the successors tell of themselves."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.units import lineage
from app.units.models import SuccessionKind, Unit
from tests.factories import register as factory

BEGIN, END = date(2025, 1, 1), date(2026, 1, 1)
JULY = date(2025, 7, 1)


def told(of: Unit, since: date, units: list[Unit]) -> set[tuple[str, date, date]]:
    codes = {unit.id: unit.code for unit in units}
    pieces = lineage.afterwards(of.id, since, END)
    return {(codes[piece.unit_id], piece.starts_on, piece.ends_on) for piece in pieces}


def test_nobody_took_over(session: Session) -> None:
    old = factory.unit("CU", "UBND xã Cũ", valid_to=JULY)
    assert lineage.afterwards(old.id, JULY, END) == ()


def test_a_successor_before_the_end_or_of_the_function_alone_takes_no_days(session: Session) -> None:
    old = factory.unit("CU", "UBND xã Cũ", valid_to=JULY)
    early, function, heir = (factory.unit(f"M{n}", f"UBND xã Mới {n}") for n in range(3))
    factory.succeeds(early, old, on=date(2025, 3, 1), kind=SuccessionKind.SPLIT)
    factory.succeeds(function, old, on=JULY, kind=SuccessionKind.TRANSFER)
    factory.succeeds(heir, old, on=JULY)
    assert told(old, JULY, [early, function, heir]) == {("M2", JULY, END)}


def test_a_unit_reached_along_two_ways_is_told_once(session: Session) -> None:
    october = date(2025, 10, 1)
    old = factory.unit("CU", "UBND xã Cũ", valid_to=JULY)
    one, two = (factory.unit(f"M{n}", f"UBND xã Mới {n}", valid_from=JULY, valid_to=october) for n in (1, 2))
    last = factory.unit("SAU", "UBND xã Sau", valid_from=october)
    for middle in (one, two):
        factory.succeeds(middle, old, on=JULY, kind=SuccessionKind.SPLIT)
        factory.succeeds(last, middle, on=october)
    assert told(old, JULY, [one, two, last]) == {
        ("M1", JULY, october), ("M2", JULY, october), ("SAU", october, END),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_going_on_from_a_unit_finds_what_going_back_from_its_successors_finds(
    session: Session, seed: int
) -> None:
    """Generations of units, each wholly followed by some of the next one."""
    dice = random.Random(seed)
    days = sorted(dice.sample(range(60, 330), 3))
    turns = [BEGIN + timedelta(days=day) for day in days]
    spans = list(zip([date(1900, 1, 1), *turns], [*turns, None], strict=True))
    generations = [
        [
            factory.unit(f"G{g}-{n}", f"UBND xã {g} {n}", valid_from=first, valid_to=last)
            for n in range(dice.randint(1, 3))
        ]
        for g, (first, last) in enumerate(spans)
    ]
    for before, after, turn in zip(generations, generations[1:], turns, strict=False):
        for unit in before:
            for heir in dice.sample(after, dice.randint(1, len(after))):
                factory.succeeds(heir, unit, on=turn, kind=dice.choice(list(SuccessionKind)[:2]))
    units = [unit for generation in generations for unit in generation]
    start = generations[0][0]
    found = told(start, turns[0], units)
    lives = {unit.code: unit for unit in units}
    heirs = lineage.with_successors([start.id])
    codes = {unit.id: unit.code for unit in units}
    back = {
        (codes[piece.unit_id], max(piece.starts_on, turns[0]), piece.ends_on)
        for code, _, until in found
        if until == END
        for piece in lineage.expand(lives[code], BEGIN, END)
        if piece.unit_id in heirs and piece.ends_on > turns[0]
    }
    assert found == back
