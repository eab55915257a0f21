"""Numbers, hours, codes and texts as people type them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.form_library.values import (
    Presence,
    RatioValue,
    Result,
    RollCall,
    RollCallRow,
    clean_line,
    clean_text,
    parse_codes,
    parse_number,
    parse_time,
    typed_number,
)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3.468", "3468"),
        ("1,30", "1.30"),
        ("3468", "3468"),
        ("1.234.567,5", "1234567.5"),
        (" 3 468 ", "3468"),
        ("3\u00a0468", "3468"),
        ("-0", "0"),
        ("+7", "7"),
        ("007", "7"),
    ],
)
def test_numbers_are_read_in_vietnamese_writing(typed: str, value: str) -> None:
    assert str(parse_number(typed)) == value


@pytest.mark.parametrize(
    "typed", ["", "1.5", "1,2,3", "3.46", "1.2345", ",5", "5,", "1e5", "٣", "²", "NaN", "mười", "--1"]
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"3\.468 hoặc 1,30"):
        parse_number(typed)


def test_a_number_too_long_to_be_exact_is_refused() -> None:
    with pytest.raises(ValueError, match="quá dài"):
        parse_number("9" * 100_000)


@given(st.decimals(-(10**15), 10**15, places=2, allow_nan=False, allow_infinity=False))
def test_a_number_that_is_shown_reads_back_as_itself(value: Decimal) -> None:
    assert parse_number(typed_number(value)) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("8:05", "08:05"),
        ("8h05", "08:05"),
        ("08H", "08:00"),
        ("8 giờ 05", "08:05"),
        ("23:59", "23:59"),
        ("7g30", "07:30"),
    ],
)
def test_hours_are_read_in_the_ways_they_are_written(typed: str, value: str) -> None:
    assert parse_time(typed) == value


@pytest.mark.parametrize("typed", ["24:00", "8:60", "sáng", "8:5", "8", "٨:٠٥"])
def test_what_is_no_hour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Nhập giờ"):
        parse_time(typed)


def test_codes_are_trimmed_and_blank_lines_do_not_count() -> None:
    assert parse_codes("  H19.34-260115-0003 \r\n\r\n000.00.01.H19-240715-0001\n") == (
        "H19.34-260115-0003",
        "000.00.01.H19-240715-0001",
    )


def test_a_repeated_code_is_refused_with_both_lines() -> None:
    with pytest.raises(ValueError, match=r"Dòng 4: mã hồ sơ “h19-1” đã ghi ở dòng 1\."):
        parse_codes("H19-1\n\nH19-2\nh19-1")


@pytest.mark.parametrize("line", ["<b>", "H19 0001", "-1", "a" * 61])
def test_what_is_no_code_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="Dòng 2:"):
        parse_codes(f"H19-1\n{line}")


def test_too_many_codes_are_refused() -> None:
    assert len(parse_codes("\n".join(f"H-{n}" for n in range(500)))) == 500
    with pytest.raises(ValueError, match="500"):
        parse_codes("\n".join(f"H-{n}" for n in range(501)))


@given(st.text())
def test_kept_text_is_composed_trimmed_and_free_of_control_characters(text: str) -> None:
    kept = clean_text(text)
    assert kept == unicodedata.normalize("NFC", kept) == clean_text(kept)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in kept)
    assert "\n" not in clean_line(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@pytest.mark.parametrize("bad", [(1, 2, 0), (2, 1, 2), (1, 1, -1), (10**9, 1, 1)])
def test_a_ratio_that_cannot_be_is_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="ratio"):
        RatioValue(*bad)


def test_the_percentage_is_worked_out_of_the_sample() -> None:
    assert RatioValue(total=5000, sample=3468, failing=45).percent == Decimal("1.30")
    assert RatioValue(total=8, sample=8, failing=1).percent == Decimal("12.50")
    assert RatioValue(total=5, sample=0, failing=0).percent is None


def test_totals_of_a_roll_call_are_counted_from_its_rows() -> None:
    kinds = [
        Presence.PRESENT,
        Presence.PRESENT,
        Presence.ON_LEAVE,
        Presence.ON_DUTY,
        Presence.IN_THE_FIELD,
        Presence.UNEXCUSED,
    ]
    rows = tuple(RollCallRow("Nguyễn Văn Mẫu", "", "", kind, badge=i == 0) for i, kind in enumerate(kinds))
    totals = RollCall(rows).totals
    assert (totals.listed, totals.present, totals.excused, totals.unexcused, totals.badge) == (6, 2, 3, 1, 1)


def test_only_three_results_judge_the_content() -> None:
    assert [result for result in Result if result.is_assessed] == [Result.MET, Result.PARTLY, Result.NOT_MET]
