"""Keys out of addresses and forms: a key or nothing, never a failure."""

import pytest

from app.inspections.forms import RemainderForm
from app.web import read_id, read_ids, read_year


@pytest.mark.parametrize("text", [None, "", " 7", "-7", "7.0", "²", "٣", "x", "1" * 19, "9" * 5000, "7\x00"])
def test_what_is_no_key_is_none(text):
    assert read_id(text) is None


def test_keys_are_read_once_in_their_order_and_bounded():
    assert read_ids(["7", "x", "3", "7", "²", "1"]) == [7, 3, 1]
    assert read_ids(map(str, range(1000)), most=3) == [0, 1, 2]


def test_years_have_four_digits():
    assert [read_year(text) for text in ("2026", "226", "20266", "²026", "", None)] == [2026, *[None] * 5]


def test_refused_items_are_read_however_long_the_text(app):
    with app.test_request_context(method="POST", data={"refused": f"7,x,{'9' * 5000},8"}):
        assert RemainderForm().refused_ids() == {7, 8}
