"""Vietnamese text, dates, numbers and order."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import vietnamese as vi

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"
syllables = st.tuples(
    st.text(ALPHABET, min_size=1, max_size=4), st.sampled_from(["", *TONES])
)  # the tone is put on the last letter; a key does not care where it sits
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def written(parts: list[tuple[str, str]]) -> str:
    return " ".join(letters + tone for letters, tone in parts)


def dictionary_rank(parts: list[tuple[str, str]]) -> list[tuple[list[int], int]]:
    """The order by the book, told in another way than the code: letters, then tone, syllable by syllable."""
    marks = ["", *TONES]
    return [([ALPHABET.index(c) for c in letters], marks.index(tone)) for letters, tone in parts]


# ---------- text ----------


def test_nfc_composes_what_a_mac_decomposed() -> None:
    assert vi.nfc(unicodedata.normalize("NFD", "Nguyễn Văn Mẫu")) == "Nguyễn Văn Mẫu"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Long Thành", "long thanh"),
        ("ĐỨC", "duc"),
        ("  Ủy   ban\tnhân\ndân ", "uy ban nhan dan"),
        ("Tồn tại, hạn chế", "ton tai, han che"),
        ("ƯƠNG Ơ", "uong o"),
    ],
)
def test_search_key_is_what_people_type_without_accents(text: str, key: str) -> None:
    assert vi.search_key(text) == key


@given(st.text())
def test_search_key_is_stable_and_blind_to_composition(text: str) -> None:
    key = vi.search_key(text)
    assert vi.search_key(key) == key
    assert vi.search_key(unicodedata.normalize("NFD", text)) == vi.search_key(vi.nfc(text)) == key


@given(st.text(ALPHABET + ALPHABET.upper(), max_size=20))
def test_search_key_of_vietnamese_letters_is_plain_ascii(text: str) -> None:
    assert vi.search_key(text).isascii()


def test_sort_key_orders_like_a_dictionary() -> None:
    words = ["ba", "ba lê", "bà", "bà nội", "bả", "bã", "bá", "bạ", "ban", "bán", "băn", "bân", "bo", "bơ"]
    backwards = words[::-1]
    assert sorted(backwards, key=vi.sort_key) == words


def test_sort_key_puts_d_with_stroke_after_d_and_before_e() -> None:
    assert sorted(["em", "đa", "dy", "da"], key=vi.sort_key) == ["da", "dy", "đa", "em"]


def test_sort_key_orders_units_as_officials_list_them() -> None:
    units = ["Tổ 2", "Tổ 10", "UBND phường Tân Mẫu", "UBND xã An Mẫu", "UBND xã Ấn Mẫu", "UBND xã Đức Mẫu"]
    backwards = units[::-1]
    assert sorted(backwards, key=vi.sort_key) == units


@given(st.lists(syllables, min_size=1, max_size=3), st.lists(syllables, min_size=1, max_size=3))
def test_sort_key_agrees_with_the_order_by_the_book(
    left: list[tuple[str, str]], right: list[tuple[str, str]]
) -> None:
    one, other = vi.sort_key(written(left)), vi.sort_key(written(right))
    first, second = dictionary_rank(left), dictionary_rank(right)
    assert (one < other, one == other) == (first < second, first == second)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_sort_key_orders_numbers_by_value(one: int, other: int) -> None:
    assert (vi.sort_key(f"Tổ {one}") < vi.sort_key(f"Tổ {other}")) == (one < other)


@given(st.text())
def test_sort_key_holds_only_digits_and_small_letters(text: str) -> None:
    key = vi.sort_key(text)
    assert not key or (key.isascii() and key.isalnum() and key == key.lower())
    assert vi.sort_key(unicodedata.normalize("NFD", text)) == vi.sort_key(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "text",
    [
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
        "\ufeffa",
        "a\u00adb",
        "a\u0000b",
        "a\u061cb",
        "a\u3164b",
        "\U000e0041",
    ],
)
def test_hidden_characters_are_noticed(text: str) -> None:
    assert vi.has_hidden_characters(text)


@pytest.mark.parametrize(
    "text", ["", "Nguyễn Văn Mẫu", "hai\ndòng\tcột", "Tổ\u00a01", unicodedata.normalize("NFD", "Ễ")]
)
def test_ordinary_text_has_no_hidden_characters(text: str) -> None:
    assert not vi.has_hidden_characters(text)


# ---------- dates ----------


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2026, 9, 4), "04/9/2026", "ngày 04 tháng 9 năm 2026"),
        (date(2026, 9, 23), "23/9/2026", "ngày 23 tháng 9 năm 2026"),
        (date(2026, 1, 5), "05/01/2026", "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 20), "20/02/2026", "ngày 20 tháng 02 năm 2026"),
        (date(2026, 3, 1), "01/3/2026", "ngày 01 tháng 3 năm 2026"),
        (date(2026, 10, 30), "30/10/2026", "ngày 30 tháng 10 năm 2026"),
    ],
)
def test_dates_carry_the_zeros_of_the_decree(day: date, short: str, long: str) -> None:
    assert vi.format_date(day) == short
    assert vi.format_date_long(day) == long


@given(days)
def test_every_written_date_is_read_back(day: date) -> None:
    for written_as in (
        vi.format_date(day),
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f" {day.day} - {day.month} - {day.year} ",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d%m%Y}",
    ):
        assert vi.parse_date(written_as) == day


@pytest.mark.parametrize(
    "text",
    ["", "23-9", "hôm nay", "23/9/26", "9/2026", "2026/09/23", "23/9/2026 10:42", "٢٣/٩/٢٠٢٦", "20260923"],
)
def test_what_is_no_date_is_refused_with_the_form_to_use(text: str) -> None:
    with pytest.raises(ValueError, match=r"Nhập theo dạng ngày/tháng/năm, ví dụ 23/9/2026$"):
        vi.parse_date(text)


@pytest.mark.parametrize("text", ["31/9/2026", "29/02/2026", "00/9/2026", "23/13/2026", "2026-02-30"])
def test_a_day_that_does_not_exist_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"Không có ngày {text} trong lịch"):
        vi.parse_date(text)


@pytest.mark.parametrize("text", ["23/9/0206", "23/9/2226", "1899-12-31"])
def test_a_year_out_of_reach_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nằm ngoài khoảng 1900–2199"):
        vi.parse_date(text)


@given(st.text(max_size=12))
def test_parse_date_gives_a_date_or_a_message_in_vietnamese(text: str) -> None:
    try:
        assert isinstance(vi.parse_date(text), date)
    except ValueError as error:
        assert str(error).endswith(vi.DATE_HELP)


def test_a_period_shows_both_days_inside_it() -> None:
    assert vi.format_period(date(2026, 1, 1), date(2026, 6, 30)) == "01/01/2026–30/6/2026"
    assert vi.format_period(date(2026, 1, 1), None) == "từ 01/01/2026 đến thời điểm kiểm tra"


def test_moments_are_told_in_vietnamese_time() -> None:
    moment = datetime(2026, 9, 22, 18, 5, tzinfo=UTC)
    assert vi.format_time(moment) == "01:05"
    assert vi.format_moment(moment) == "01:05 ngày 23/9/2026"
    assert vi.format_moment_long(moment) == "01 giờ 05 ngày 23/9/2026"


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        vi.format_moment(datetime(2026, 9, 23, 10, 42))


def test_weekdays_have_their_names() -> None:
    assert vi.weekday(date(2026, 9, 11)) == "thứ Sáu"
    assert vi.weekday(date(2026, 9, 23), capital=True) == "Thứ Tư"
    assert vi.weekday(date(2026, 9, 27)) == "Chủ nhật"


# ---------- numbers ----------


@pytest.mark.parametrize(
    ("value", "label"), [(0, "00"), (2, "02"), (9, "09"), (10, "10"), (412, "412"), (3468, "3.468")]
)
def test_counts_below_ten_get_a_leading_zero(value: int, label: str) -> None:
    assert vi.count(value) == label


def test_a_negative_count_or_size_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        vi.count(-1)
    with pytest.raises(ValueError, match="negative"):
        vi.file_size(-1)


@given(st.integers())
def test_numbers_lose_nothing_by_their_points(value: int) -> None:
    shown = vi.number(value)
    assert int(shown.replace(".", "")) == value
    assert all(len(group) == 3 for group in shown.split(".")[1:])


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (Decimal("98.45"), 1, "98,5"),
        (98.45, 1, "98,5"),
        (-1234.5, 0, "-1.235"),
        (Fraction(2, 3), 3, "0,667"),
        (1234567, 2, "1.234.567,00"),
    ],
)
def test_decimals_have_a_comma_and_round_half_up(
    value: int | float | Decimal | Fraction, digits: int, shown: str
) -> None:
    assert vi.number(value, digits) == shown


def test_percentages_are_those_of_the_papers() -> None:
    assert vi.percent(Fraction(45, 3468)) == "1,30%"
    assert vi.percent(0.984, 1) == "98,4%"
    assert vi.percent(1, 0) == "100%"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_is_never_off_by_more_than_half_its_last_digit(part: int, whole: int) -> None:
    shown = vi.percent(Fraction(part, whole), 2).removesuffix("%").replace(".", "").replace(",", ".")
    assert abs(Fraction(shown) - Fraction(part * 100, whole)) <= Fraction(1, 200)


@given(st.integers(1, 3999))
def test_roman_digits_are_read_back(value: int) -> None:
    weights = dict(zip("IVXLCDM", (1, 5, 10, 50, 100, 500, 1000), strict=True))
    digits = [weights[sign] for sign in vi.roman(value)]
    total = sum(-d if d < max([0, *digits[i + 1 :]]) else d for i, d in enumerate(digits))
    assert total == value


def test_roman_digits_stop_where_they_stop() -> None:
    assert [vi.roman(n) for n in (1, 4, 9, 14, 40, 2026)] == ["I", "IV", "IX", "XIV", "XL", "MMXXVI"]
    for value in (0, 4000):
        with pytest.raises(ValueError, match="1 to 3999"):
            vi.roman(value)


def test_points_follow_the_letters_of_legal_texts() -> None:
    assert [vi.letter(n) for n in range(1, 10)] == ["a", "b", "c", "d", "đ", "e", "g", "h", "i"]
    assert (vi.letter(23), vi.letter(24), vi.letter(25)) == ("y", "aa", "ab")
    with pytest.raises(ValueError, match="from 1"):
        vi.letter(0)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_no_two_points_share_a_letter(one: int, other: int) -> None:
    assert (vi.letter(one) == vi.letter(other)) == (one == other)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 byte"),
        (1023, "1023 byte"),
        (1024, "1 KB"),
        (1536, "1,5 KB"),
        (20 * 1024 * 1024, "20 MB"),
        (1023 * 1024, "1 MB"),
        (5 * 1024**4, "5.120 GB"),
    ],
)
def test_sizes_are_short(size: int, shown: str) -> None:
    assert vi.file_size(size) == shown
