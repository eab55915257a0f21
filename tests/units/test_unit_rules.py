"""Rules of units: codes, versions, end, succession."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, WrongState
from app.units import lineage, queries, services
from app.units.models import Relation, SuccessionKind, Unit, UnitType
from tests import cast
from tests.factories import units

JULY = date(2025, 7, 1)


def change(of: Unit, on: date, name: str = "UBND phường Mới", **more: object) -> None:
    services.add_version(of, services.VersionData(name, UnitType.WARD, on, **more), actor=None)


def test_a_unit_is_found_by_old_and_new_names_without_marks(session: Session) -> None:
    made = units.unit("q1", "UBND xã Đức Lập")
    change(made, date(2026, 1, 1), "UBND phường Thống Nhất")
    for text in ("duc lap", "THONG NHAT", "Q1"):
        assert [line.code for line in queries.list_lines(text=text)] == ["Q1"]


def test_a_unit_carries_the_name_of_the_day(session: Session) -> None:
    made = units.unit("Q1", "UBND xã Cũ", valid_from=JULY)
    change(made, date(2026, 4, 30))
    lines = {on: queries.list_lines(on, text="Q1") for on in (date(2026, 4, 29), date(2026, 4, 30))}
    assert [line[0].name for line in lines.values()] == ["UBND xã Cũ", "UBND phường Mới"]
    assert queries.list_lines(date(2025, 6, 30), text="Q1") == []


@pytest.mark.parametrize("code", ["", "A", "Ă B", "A/B", "x" * 41])
def test_a_code_that_cannot_be_typed_everywhere_is_refused(session: Session, code: str) -> None:
    with pytest.raises(DomainError, match="Mã đơn vị"):
        units.unit(code)


def test_a_code_never_changes_hands(session: Session) -> None:
    with pytest.raises(Conflict, match="đã được dùng"):
        units.unit("lp")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (JULY, "Thay đổi phải từ sau ngày hình thành"),
        (date(2026, 6, 1), "đã chấm dứt hoạt động"),
        (date(2026, 2, 1), "đã có thay đổi ghi từ ngày này"),
    ],
)
def test_a_change_lies_inside_the_life_of_the_unit_and_once_a_day(
    session: Session, on: date, said: str
) -> None:
    made = units.unit("Q1", valid_from=JULY, valid_to=date(2026, 6, 1))
    change(made, date(2026, 2, 1))
    with pytest.raises(DomainError, match=said):
        change(made, on)


def test_a_unit_never_stands_above_itself(session: Session) -> None:
    top = units.unit("Q1")
    below = units.unit("Q2", parent="Q1")
    with pytest.raises(DomainError, match="không phải là đơn vị trực thuộc"):
        change(top, date(2026, 1, 1), parent=below, relation=Relation.UNDER)


def test_a_parent_must_exist_on_the_day(session: Session) -> None:
    with pytest.raises(DomainError, match="không hoạt động vào ngày 01/01/1900"):
        units.unit("Q1", parent="LP")


def test_a_unit_ends_once_and_after_its_parts(session: Session) -> None:
    top = units.unit("Q1")
    part = units.unit("Q2", "Văn phòng Thử", parent="Q1", relation=Relation.PART_OF)
    with pytest.raises(DomainError, match="Văn phòng Thử"):
        services.end_unit(top, JULY, actor=None)
    services.end_unit(part, JULY, actor=None)
    services.end_unit(top, JULY, actor=None)
    assert top.valid_to == JULY and not top.exists_on(JULY)
    with pytest.raises(WrongState):
        services.end_unit(top, JULY, actor=None)


def succeed(before: Unit, after: Unit, on: date) -> None:
    services.add_succession(before, after, on, SuccessionKind.MERGE, legal_basis="Thử", actor=None)


def test_dates_of_succession_strictly_decrease_going_back(session: Session) -> None:
    first = units.unit("Q1", valid_to=date(2020, 1, 1))
    second = units.unit("Q2", valid_from=date(2020, 1, 1), valid_to=JULY)
    third = units.unit("Q3", valid_from=JULY)
    succeed(second, third, JULY)
    succeed(first, second, date(2020, 1, 1))
    assert [row.on_date.year for row in queries.list_successions([second.id])] == [2020, 2025]
    with pytest.raises(Conflict, match="đã được ghi"):
        succeed(first, second, date(2020, 1, 1))


def test_nothing_passes_through_a_unit_within_one_day(session: Session) -> None:
    a, b, c = units.unit("Q1"), units.unit("Q2"), units.unit("Q3")
    succeed(a, b, date(2021, 1, 1))
    with pytest.raises(DomainError, match="Ghi UBND xã Thử Q3 kế thừa thẳng từ đơn vị đó"):
        succeed(b, c, date(2021, 1, 1))
    with pytest.raises(DomainError, match="Ghi đơn vị đó kế thừa thẳng, hoặc ghi ngày trước"):
        succeed(c, a, date(2021, 1, 1))
    with pytest.raises(DomainError, match="trong cùng ngày 01/01/2021"):
        succeed(b, a, date(2021, 1, 1))
    succeed(b, c, date(2020, 1, 1))


def test_what_was_given_away_may_come_back_later(session: Session) -> None:
    a = units.unit("Q1", valid_from=date(2015, 1, 1))
    b = units.unit("Q2", valid_from=date(2020, 1, 1))
    c = units.unit("Q3", valid_from=date(2024, 1, 1))
    succeed(a, b, date(2020, 1, 1))
    succeed(b, a, date(2022, 1, 1))
    services.end_unit(b, date(2022, 1, 1), actor=None)
    succeed(a, c, date(2024, 1, 1))
    services.end_unit(a, date(2024, 1, 1), actor=None)
    day = date(2025, 1, 1)
    assert lineage.heirs([a.id, b.id], day) == {a.id: {c.id}, b.id: {c.id}}
    told = lineage.expand_all([a, b, c], date(2019, 1, 1), day)
    assert [[(p.unit_id, p.starts_on.year, p.ends_on.year) for p in told[u.id]] for u in (a, b, c)] == [
        [(a.id, 2019, 2024)],
        [(a.id, 2019, 2020), (b.id, 2020, 2022)],
        [(a.id, 2019, 2024), (c.id, 2024, 2025)],
    ]


def test_what_was_taken_over_later_is_not_of_who_was_separated_before(session: Session) -> None:
    old = units.unit("Q1", valid_to=date(2022, 1, 1))
    kept = units.unit("Q2", valid_from=date(2018, 1, 1))
    parted = units.unit("Q3", valid_from=date(2020, 1, 1))
    succeed(old, kept, date(2022, 1, 1))
    succeed(kept, parted, date(2020, 1, 1))
    days = (date(2017, 1, 1), date(2023, 1, 1))
    assert {piece.unit_id for piece in lineage.expand(parted, *days)} == {kept.id, parted.id}
    day = date(2025, 1, 1)
    assert lineage.heirs([old.id], day) == {old.id: {kept.id}}


def test_a_day_is_told_the_same_way_wherever_the_period_begins(session: Session) -> None:
    first = units.unit("Q1", valid_to=date(2020, 1, 1))
    joined = units.unit("Q2", valid_to=date(2023, 1, 1))
    unit = units.unit("Q3", valid_from=date(2020, 1, 1))
    succeed(first, unit, date(2020, 1, 1))
    succeed(joined, unit, date(2023, 1, 1))
    last = date(2025, 1, 1)
    early, late = (lineage.expand(unit, day, last) for day in (date(2019, 1, 1), date(2021, 1, 1)))
    assert {piece.unit_id for piece in late} == {unit.id}
    assert {p.unit_id for p in early if p.ends_on > unit.valid_from} == {unit.id}


def test_who_takes_over_exists_that_day_and_who_is_taken_over_the_day_before(session: Session) -> None:
    old, new = units.unit("Q1", valid_to=date(2020, 1, 1)), cast.unit("LP")
    with pytest.raises(DomainError, match="không hoạt động vào ngày 30/6/2025"):
        succeed(cast.unit("DN"), new, date(2025, 6, 30))
    with pytest.raises(DomainError, match="không hoạt động trước ngày 01/7/2025"):
        succeed(old, new, JULY)
    with pytest.raises(DomainError, match="phải khác"):
        succeed(new, new, JULY)


@pytest.mark.parametrize("letter", ["\u202e", "\u200b"])
def test_a_name_with_letters_that_are_not_seen_is_refused(session: Session, letter: str) -> None:
    with pytest.raises(DomainError, match="ký tự không hiển thị"):
        units.unit("Q1", f"UBND xã{letter} Cũ")
    made = units.unit("Q2")
    with pytest.raises(DomainError, match="Tên viết ngắn"):
        change(made, JULY, short_name=f"Xã{letter} Mới")


def test_who_is_inherited_is_told_as_heirs_are_from_the_other_side(session: Session) -> None:
    """Chains, parts, a circle in time, a transfer and a unit that goes on, on days before and after each."""
    a, b, c, d, e = (units.unit(f"Q{n}", valid_from=date(2015, 1, 1)) for n in range(1, 6))
    succeed(a, b, date(2020, 1, 1))
    succeed(b, a, date(2021, 1, 1))
    services.end_unit(b, date(2021, 1, 1), actor=None)
    succeed(a, c, date(2022, 1, 1))
    succeed(a, d, date(2022, 1, 1))
    services.end_unit(a, date(2022, 1, 1), actor=None)
    succeed(d, e, date(2019, 1, 1))
    succeed(d, c, date(2023, 1, 1))
    services.end_unit(d, date(2023, 1, 1), actor=None)
    every = [unit.id for unit in (a, b, c, d, e)]
    for year in range(2018, 2025):
        for day in (date(year, 1, 1), date(year, 7, 1)):
            heirs = lineage.heirs(every, day)
            gone = {unit.id for unit in (a, b, c, d, e) if not unit.exists_on(day)}
            for unit in every:
                told = set(session.scalars(lineage.inherited_by([unit], day)))
                assert told == {one for one in gone if unit in heirs[one]}, (day, unit)
    assert set(session.scalars(lineage.inherited_by(every, date(2025, 1, 1)))) == {a.id, b.id, d.id}
    assert set(session.scalars(lineage.inherited_by([], date(2025, 1, 1)))) == set()
