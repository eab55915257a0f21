"""A date of an old table is read as what was meant, or asked: never as another day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.conversion import old_dates
from app.vietnamese import format_date

TODAY = date(2026, 9, 23)
DAYS = st.dates(date(2000, 1, 1), date(2036, 12, 31))
SEPARATORS = st.sampled_from(["/", "-", ".", " / ", "–", " - "])
TYPED = (
    lambda day, sep: f"{day.day}{sep}{day.month}{sep}{day.year}",
    lambda day, sep: f"{day.day:02d}{sep}{day.month:02d}{sep}{day.year}",
    lambda day, sep: f"{day.day:02d}{sep}{day.month}{sep}{day.year % 100:02d}",
    lambda day, sep: f"{day.month}{sep}{day.day}{sep}{day.year}",
    lambda day, sep: f"ngày {day.day}{sep}{day.month}{sep}{day.year}",
    lambda day, sep: f"trước ngày {day.day}{sep}{day.month}{sep}{day.year}",
    lambda day, _: f"{day.day} tháng {day.month} năm {day.year}",
    lambda day, _: f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}.",
    lambda day, _: day.isoformat(),
    lambda day, _: f"{day.day:02d}{day.month:02d}{day.year}",
    lambda day, _: str((day - date(1899, 12, 30)).days),
    lambda day, sep: f"{day.day}{sep}{day.month}{sep}{day.year + 543}",
    lambda day, _: f"tháng {day.month}/{day.year}",
    lambda day, _: f"quý {(day.month + 2) // 3}/{day.year}",
    lambda day, _: f"năm {day.year}",
    lambda day, sep: (
        f"{day.day}{sep}{day.month}{sep}{str(day.year)[0]}{str(day.year)[2]}{str(day.year)[1]}{str(day.year)[3]}"
    ),
    lambda day, sep: (
        f"{day.day}{sep}{day.month}{sep}{day.year}, gia hạn {day.day}{sep}{day.month}{sep}{day.year + 1}"
    ),
)
MONTH_FIRST = TYPED[3]


@settings(max_examples=400)
@given(DAYS, st.sampled_from(TYPED), SEPARATORS)
def test_every_way_to_type_a_date_reads_the_same_or_is_asked(day, typed, separator):
    found = old_dates.read(typed(day, separator), TODAY)
    assert not found.empty
    if found.day is not None and typed is not MONTH_FIRST:
        assert found.day == day
    if typed is MONTH_FIRST and day.day > 12:
        assert found.day is None, "a month does not go past twelve: it is asked, not turned round"
    if typed in TYPED[:2] and separator in "/-.":
        assert found.day == day, "the plain way is never asked"


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_whatever_stands_in_a_cell_a_date_is_plausible_or_asked(text):
    found = old_dates.read(text, TODAY)
    for day in filter(None, (found.day, *(one.day for one in found.proposals))):
        assert 2000 <= day.year <= 2036
    assert found.empty or found.asked or found.day is not None


@pytest.mark.parametrize(
    ("text", "day"),
    [("15/3/2025", date(2025, 3, 15)), ("15-03-2025", date(2025, 3, 15)), ("15.3.2025", date(2025, 3, 15)),
     ("Ngày 15 tháng 3 năm 2025", date(2025, 3, 15)), ("2025-03-15", date(2025, 3, 15)),
     ("15032025", date(2025, 3, 15))],
)  # fmt: skip
def test_full_dates_are_sure(text, day):
    assert old_dates.read(text, TODAY).day == day


@pytest.mark.parametrize(
    ("text", "proposed", "why"),
    [
        ("15.3.25", date(2025, 3, 15), "02 chữ số"),
        ("tháng 3/2025", date(2025, 3, 31), "chỉ ghi tháng"),
        ("quý I/2025", date(2025, 3, 31), "chỉ ghi quý"),
        ("Quý 4 năm 2025", date(2025, 12, 31), "chỉ ghi quý"),
        ("Q3/2025", date(2025, 9, 30), "chỉ ghi quý"),
        ("quy III-2025", date(2025, 9, 30), "chỉ ghi quý"),
        ("T9/2025", date(2025, 9, 30), "chỉ ghi tháng"),
        ("năm 2025", date(2025, 12, 31), "chỉ ghi năm"),
        ("45731", date(2025, 3, 15), "Excel"),
        ("15/3/2205", date(2025, 3, 15), "ghi nhầm"),
        ("15/3/1925", date(2025, 3, 15), "ghi nhầm"),
        ("2205-03-15", date(2025, 3, 15), "ghi nhầm"),
        ("15/3/20225", date(2025, 3, 15), "ghi nhầm"),
        ("15/3/2568", date(2025, 3, 15), "Phật lịch"),
        ("31/02/2025", date(2025, 2, 28), "chỉ có 28 ngày"),
        ("3/15/2025", date(2025, 3, 15), "tháng trước ngày"),
        ("trước ngày 15/3/2025", date(2025, 3, 15), "ô ghi"),
        ("15/3/2025 (lần 1)", date(2025, 3, 15), "chữ khác"),
    ],
)
def test_the_rest_is_proposed_with_its_reason(text, proposed, why):
    found = old_dates.read(text, TODAY)
    assert found.asked and found.day is None
    assert any(one.day == proposed and why in one.reason for one in found.proposals), found


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("trước ngày 15/3/2025", date(2025, 3, 14)),
        ("Trước 15-3-2025", date(2025, 3, 14)),
        ("trước ngày 01/3/2025.", date(2025, 2, 28)),
        ("TRƯỚC NGÀY 01 THÁNG 01 NĂM 2026", date(2025, 12, 31)),
        ("Hoàn thành trước ngày 15/3/2025", date(2025, 3, 14)),
        ("báo cáo trước 15.3.25", date(2025, 3, 14)),
        ("trước ngày 15/3/2205", date(2025, 3, 14)),
        ("trước tháng 3/2025", date(2025, 2, 28)),
        ("trước quý II/2025", date(2025, 3, 31)),
    ],
)
def test_before_a_day_leaves_that_day_out_of_a_term(text, proposed):
    """rules.md §9: "trước ngày D" = latest D−1, whatever day of the week that is."""
    found = old_dates.read(text, TODAY, deadline=True)
    assert found.asked and found.proposals[0].day == proposed
    assert f"tức hết ngày {format_date(proposed)}" in found.proposals[0].reason


@pytest.mark.parametrize("text", ["đến hết ngày 15/3/2025", "trước 17 giờ ngày 15/3/2025", "hạn 15/3/2025"])
def test_a_day_that_is_named_as_the_last_is_the_last_of_a_term(text):
    assert [one.day for one in old_dates.read(text, TODAY, deadline=True).proposals] == [date(2025, 3, 15)]


@pytest.mark.parametrize("text", ["01/9-30/9/2025", "từ 01/9 đến 30/9/2025", "01-30/9/2025"])
def test_of_some_days_in_a_row_a_term_is_the_last(text):
    assert [one.day for one in old_dates.read(text, TODAY, deadline=True).proposals] == [date(2025, 9, 30)]


def test_the_day_from_which_a_term_is_counted_is_not_its_last():
    counted = "30 ngày kể từ ngày ký thông báo 31/8/2025"
    assert not old_dates.read(counted, TODAY, deadline=True).proposals
    both = old_dates.read(f"30/9/2025 ({counted})", TODAY, deadline=True)
    assert [one.day for one in both.proposals] == [date(2025, 9, 30)]
    assert old_dates.read(counted, TODAY).proposals[0].day == date(2025, 8, 31)


def test_what_is_not_a_term_keeps_the_day_it_names():
    assert old_dates.read("trước ngày 15/3/2025", TODAY).proposals[0].day == date(2025, 3, 15)


def test_several_dates_are_all_proposed():
    found = old_dates.read("15/3/2025, gia hạn đến 20/4/2025", TODAY)
    assert [one.day for one in found.proposals] == [date(2025, 3, 15), date(2025, 4, 20)]


@pytest.mark.parametrize(
    "text",
    ["sớm", "Thường xuyên", "99/99/9999", "tháng 13/2025", "00/00/2025", "2/2105555", "tuần 3/2025",
     "Văn bản số 12/2025"],
)  # fmt: skip
def test_what_is_no_date_is_asked_without_a_proposal(text):
    found = old_dates.read(text, TODAY)
    assert found.asked and not found.proposals


@pytest.mark.parametrize("text", ["", "  ", "-", "–", "x"])
def test_an_empty_cell_asks_nothing(text):
    assert old_dates.read(text, TODAY).empty
