"""The chain of events: whatever is changed, left out, swapped or cut off is found."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.chain import GENESIS, Link, digest, primitive, verify

COMPOSED = "Long Phước"
DECOMPOSED = "Long Phu\u031bo\u031b\u0301c"


def link(seq: int, **changes: object) -> Link:
    plain = Link(
        seq=seq, at=f"2026-09-23T03:00:{seq:02d}+00:00", name="inspection_created", actor_id=4,
        actor_name="Đỗ Văn Giả Định", on_behalf_of=None, subjects=(("inspection", seq),),
        data={"code": f"KT-{seq}"},
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


def chained(*links: Link) -> list[tuple[Link, str, str]]:
    """The rows as the database would hold them."""
    rows, last = [], GENESIS
    for item in links:
        rows.append((item, last, digest(item, last)))
        last = rows[-1][2]
    return rows


def head_of(rows: list[tuple[Link, str, str]]) -> tuple[int, str]:
    return (rows[-1][0].seq, rows[-1][2]) if rows else (0, GENESIS)


FIVE = chained(*(link(seq) for seq in range(1, 6)))


def test_a_chain_that_nobody_touched_holds():
    assert verify(FIVE, head_of(FIVE)) is None


def test_an_empty_chain_holds():
    assert verify([], (0, GENESIS)) is None


CHANGES = {
    "at": "2026-09-23T03:00:00+00:00",
    "name": "inspection_closed",
    "actor_id": 5,
    "actor_name": "Ai Khác",
    "on_behalf_of": "UBND xã Long Phước",
    "subjects": (("inspection", 99),),
    "data": {"code": "KT-0"},
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("where", range(5))
def test_changing_anything_of_any_link_is_found_at_that_link(what, where):
    rows = list(FIVE)
    item, prev, stored = rows[where]
    rows[where] = (dataclasses.replace(item, **{what: CHANGES[what]}), prev, stored)
    fault = verify(rows, head_of(FIVE))
    assert fault is not None
    assert (fault.seq, fault.reason) == (where + 1, "nội dung không khớp mã băm")


def test_every_field_of_a_link_is_covered_by_its_hash():
    assert set(CHANGES) | {"seq"} == {field.name for field in dataclasses.fields(Link)}


@pytest.mark.parametrize("where", range(5))
def test_a_link_rewritten_with_a_fresh_hash_no_longer_joins_the_next(where):
    rows = list(FIVE)
    item = dataclasses.replace(rows[where][0], actor_name="Ai Khác")
    rows[where] = (item, rows[where][1], digest(item, rows[where][1]))
    fault = verify(rows, head_of(FIVE))
    assert fault is not None
    assert fault.reason == (
        "không nối với bản ghi trước" if where < 4 else "không khớp bản ghi cuối của chuỗi"
    )
    assert fault.seq == min(where + 2, 5)


@pytest.mark.parametrize("where", range(5))
def test_a_link_taken_out_is_missed(where):
    rows = [row for position, row in enumerate(FIVE) if position != where]
    fault = verify(rows, head_of(FIVE))
    assert fault is not None
    assert fault.seq == (where + 1 if where < 4 else 4)


@pytest.mark.parametrize("length", range(5))
def test_a_chain_cut_off_at_its_end_is_missed_by_the_head(length):
    fault = verify(FIVE[:length], head_of(FIVE))
    assert fault is not None
    assert fault.reason == "không khớp bản ghi cuối của chuỗi"
    assert fault.seq == length


def test_two_links_that_changed_places_are_found():
    rows = [FIVE[0], FIVE[2], FIVE[1], *FIVE[3:]]
    fault = verify(rows, head_of(FIVE))
    assert fault is not None and fault.seq == 2


def test_two_contents_that_changed_places_are_found():
    rows = list(FIVE)
    rows[1] = (dataclasses.replace(FIVE[2][0], seq=2), FIVE[1][1], FIVE[1][2])
    rows[2] = (dataclasses.replace(FIVE[1][0], seq=3), FIVE[2][1], FIVE[2][2])
    fault = verify(rows, head_of(FIVE))
    assert fault is not None and fault.seq == 2


def test_a_chain_written_anew_from_the_middle_ends_elsewhere():
    forged = chained(
        *(link(seq, data={"code": "giả"} if seq > 2 else {"code": f"KT-{seq}"}) for seq in range(1, 6))
    )
    assert verify(forged, head_of(forged)) is None, "it holds by itself"
    assert verify(forged, head_of(FIVE)) is not None, "but it is not the chain whose end was kept"


def test_a_head_that_is_ahead_or_behind_is_found():
    assert verify(FIVE, (6, FIVE[-1][2])) is not None
    assert verify(FIVE, (4, FIVE[3][2])) is not None
    assert verify(FIVE, (5, GENESIS)) is not None


def test_a_first_link_must_join_the_beginning():
    item = link(1)
    fault = verify([(item, "f" * 64, digest(item, "f" * 64))], (1, digest(item, "f" * 64)))
    assert fault is not None and (fault.seq, fault.reason) == (1, "không nối với bản ghi trước")


def test_text_typed_in_parts_hashes_like_the_text_that_is_stored():
    """Columns keep NFC; a name typed as letters with loose marks must not break the chain."""
    assert DECOMPOSED != COMPOSED
    for field in ("actor_name", "on_behalf_of", "name"):
        loose, composed = link(1, **{field: DECOMPOSED}), link(1, **{field: COMPOSED})
        assert digest(loose, GENESIS) == digest(composed, GENESIS)
    assert digest(link(1, data={"unit": DECOMPOSED}), GENESIS) == digest(
        link(1, data={"unit": COMPOSED}), GENESIS
    )


def test_the_order_of_keys_does_not_matter_and_the_values_do():
    one, two = link(1, data={"a": 1, "b": 2}), link(1, data={"b": 2, "a": 1})
    assert digest(one, GENESIS) == digest(two, GENESIS)
    assert digest(link(1, data={"a": 2, "b": 1}), GENESIS) != digest(one, GENESIS)


def test_the_hash_is_known_and_stays_known():
    """A change here breaks every chain there is: it needs a new kind of link, not a new digest."""
    assert digest(link(1), GENESIS) == HASH_OF_FIRST


HASH_OF_FIRST = "0c25598422f2f17c9b87b408ca0880951aa35847401313f99d5eafd6da7a1f42"


class Colour(StrEnum):
    RED = "red"


class Plain(Enum):
    RED = 1


def test_what_is_kept_of_an_event_is_plain_json():
    assert primitive(
        {
            "day": date(2026, 9, 23),
            "at": datetime(2026, 9, 23, 3, 0, tzinfo=UTC),
            "ratio": Decimal("98.40"),
            "colour": Colour.RED,
            3: (1, 2.5, None, True),
            "unit": DECOMPOSED,
        }
    ) == {
        "day": "2026-09-23",
        "at": "2026-09-23T03:00:00+00:00",
        "ratio": "98.40",
        "colour": "red",
        "3": [1, 2.5, None, True],
        "unit": COMPOSED,
    }


@pytest.mark.parametrize(
    "value",
    [object(), b"bytes", bytearray(b"x"), Plain.RED, float("nan"), float("inf"), {"deep": [object()]}],
)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match="not a primitive"):
        primitive(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_making_primitive_twice_changes_nothing(value):
    assert primitive(primitive(value)) == primitive(value)


@given(
    st.lists(st.dictionaries(st.text(max_size=4), st.integers(), max_size=2), min_size=1, max_size=8),
    st.data(),
)
def test_any_one_edit_of_any_chain_is_found(contents, data):
    rows = chained(*(link(seq, data=content) for seq, content in enumerate(contents, 1)))
    where = data.draw(st.integers(0, len(rows) - 1))
    item, prev, stored = rows[where]
    edited = list(rows)
    edited[where] = (dataclasses.replace(item, data={**item.data, "thêm": 1}), prev, stored)
    assert verify(rows, head_of(rows)) is None
    assert verify(edited, head_of(rows)) is not None
