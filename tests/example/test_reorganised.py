"""The real reorganisations in the example: Long Thành on 1/7/2025, thành phố Đồng Nai on 30/4/2026."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask

from app import clock, create_app
from app.extensions import db
from app.remediation import queries as remediation
from app.units import lineage, queries
from app.units.models import SuccessionKind, Unit
from tests.conftest import settings_for
from tests.example.making import Example

REORGANISED, CITY = date(2025, 7, 1), date(2026, 4, 30)
COMMUNES = {"LT", "AP", "BA", "LP", "PT"}


@pytest.fixture(scope="module")
def made(new_example: Callable[[str], Example]) -> Iterator[Flask]:
    example = new_example("reorganised")
    app = create_app(settings_for(example.url, example.data_dir))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def opened(made: Flask) -> Iterator[None]:
    with clock.frozen(clock.at(date(2026, 11, 20))), made.app_context():
        yield
        db.session.remove()


def unit(code: str) -> Unit:
    found = queries.find_by_code(code)
    assert found is not None, code
    return found


def old_communes() -> list[Unit]:
    """Thị trấn Long Thành and the thirteen xã of the former district."""
    return [
        one for one in queries.list_all()
        if one.code.startswith("LTH-") and one.type in ("commune", "township")
    ]  # fmt: skip


def test_the_former_district_had_one_township_and_thirteen_communes(opened: None) -> None:
    assert Counter(one.type for one in old_communes()) == {"commune": 13, "township": 1}
    assert {one.valid_to for one in (*old_communes(), unit("LTH"), unit("LTH-PNV"))} == {REORGANISED}


def test_each_went_to_one_commune_of_today_and_none_of_it_is_verified(opened: None) -> None:
    rows = queries.list_successions([one.id for one in old_communes()])
    assert Counter(row.predecessor.code for row in rows) == Counter(one.code for one in old_communes())
    assert {row.successor.code for row in rows} == COMMUNES
    assert {(row.on_date, row.kind, row.verified) for row in rows} == {
        (REORGANISED, SuccessionKind.MERGE, False)
    }
    assert all("chưa xác minh" in row.legal_basis for row in rows)


def test_what_the_district_left_is_a_choice_among_the_communes(opened: None) -> None:
    gone = unit("LTH-PNV")
    assert {heir.code for heir in remediation.heirs_of(gone)} == COMMUNES
    assert lineage.with_predecessors([unit("LT").id]) == {
        one.id for one in map(unit, ("LT", "LTH-LONGTHANH", "LTH-LOCAN", "LTH-BINHSON", "LTH-LONGAN"))
    }, "a transfer of functions carries no conclusions"


def test_a_former_commune_hands_over_to_the_one_that_took_it_over(opened: None) -> None:
    assert [heir.name for heir in remediation.heirs_of(unit("LTH-LOCAN"))] == ["UBND phường Long Thành"]


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("DN", "UBND tỉnh Đồng Nai", "UBND thành phố Đồng Nai"),
        ("LT", "UBND xã Long Thành", "UBND phường Long Thành"),
    ],
)
def test_the_city_and_the_ward_are_new_versions_of_the_same_unit(
    opened: None, code: str, before: str, after: str
) -> None:
    one = unit(code)
    assert one.version_on(date(2026, 4, 29)).name == before
    assert one.version_on(CITY).name == after
    assert [version.from_on for version in one.versions][-1] == CITY
    assert not [row for row in queries.list_successions([one.id]) if row.on_date == CITY]
    assert one.valid_to is None


def test_the_province_of_today_took_over_binh_phuoc(opened: None) -> None:
    (row,) = queries.list_successions([unit("BP").id])
    assert (row.successor.code, row.on_date, row.verified) == ("DN", REORGANISED, False)


def test_nothing_of_a_former_unit_waits_for_a_successor(opened: None) -> None:
    assert remediation.count_left() == (0, 0)
