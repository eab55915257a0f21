"""Vietnamese text, dates, numbers and order, as officials write them.

Pure functions without Flask or a database. Three things that look alike are kept apart:
``nfc`` is what is stored, ``search_key`` is what is searched (typed without accents), ``sort_key`` is the
order of a Vietnamese dictionary. Dates follow Nghị định 30/2020/NĐ-CP, Phụ lục I: a day below ten and the
months one and two get a leading zero (04/9/2026, 05/01/2026, 23/9/2026).
"""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

VIETNAM = timezone(timedelta(hours=7), "+07")
"""The one time zone of the country; no summer time."""

DATE_HELP = "Nhập theo dạng ngày/tháng/năm, ví dụ 23/9/2026"

_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""Combining mark to rank: không dấu 0, huyền, hỏi, ngã, sắc, nặng."""

_SHAPES = {"\u0306": 1, "\u0302": 2, "\u031b": 3}
"""Marks that make another letter; ă before â, ô before ơ."""

_LETTERS = "abcdđeghiklmnopqrstuvxy"
"""Letters that number the points (điểm) of a legal text: no f, j, w, z, and no ă, â, ê, ô, ơ, ư."""

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)

_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
"""Characters that are letters by category and yet show nothing."""

_DATE_FORMS = (
    re.compile(r"(?P<d>[0-9]{1,2})\s*[/.\- ]\s*(?P<m>[0-9]{1,2})\s*[/.\- ]\s*(?P<y>[0-9]{4})"),
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    re.compile(r"(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4})"),
)

_UNIT = re.compile(r"[0-9]+|[^\W0-9_](?:[^\W0-9_]|[\u0300-\u036f])*")


def nfc(text: str) -> str:
    """Return ``text`` in the composed form in which it is stored and printed."""
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Composed letters, single spaces, no line ends: a name, a citation, a reason in one line."""
    return " ".join(nfc(text).split())


def search_key(text: str) -> str:
    """Return what a search compares: lower case, no marks, đ as d, single spaces.

    ``search_key("Long  THÀNH") == "long thanh"`` and ``search_key("Đức") == "duc"``.
    """
    # twice, because taking apart a letter-like sign can bring forth a capital, and folding a joined letter
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.replace("đ", "d").split())


def sort_key(text: str) -> str:
    """Return an ASCII key whose plain order is the order of a Vietnamese dictionary.

    Syllable by syllable: first the letters (a ă â b c d đ e ê … o ô ơ … u ư …), then the tone
    (không dấu, huyền, hỏi, ngã, sắc, nặng). Numbers stand before letters and by value, so that
    "Tổ 2" comes before "Tổ 10". The key holds digits and small letters only, so that it sorts alike in
    Python, SQLite and every collation of PostgreSQL.
    """
    return "".join(_syllable_key(unit) for unit in _UNIT.findall(nfc(text.casefold())))


def _syllable_key(unit: str) -> str:
    if unit[0] in "0123456789":
        digits = unit.lstrip("0") or "0"
        return f"1{len(digits):03d}{digits}"
    letters: list[str] = []
    tone = 0
    for char in unicodedata.normalize("NFD", unit):
        if char in _TONES:
            tone = max(tone, _TONES[char])
        elif char in _SHAPES and letters:
            letters[-1] = letters[-1][:-1] + str(_SHAPES[char])
        elif char == "đ":
            letters.append("d1")
        elif "a" <= char <= "z":
            letters.append(char + "0")
        elif not unicodedata.combining(char):
            letters.append(f"z9{ord(char):06x}")
    return "".join(letters) + f"0{tone}"


def format_date(day: date) -> str:
    """Return ``day`` in digits: 04/9/2026, 05/01/2026, 23/9/2026 (NĐ 30/2020, Phụ lục I)."""
    return f"{day.day:02d}/{_month(day)}/{day.year}"


def format_date_long(day: date) -> str:
    """Return ``day`` as on the head of a document: "ngày 04 tháng 9 năm 2026"."""
    return f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


def format_period(starts: date, ends_inclusive: date | None) -> str:
    """Return a period with both days inside it, "01/01/2026–30/6/2026".

    Without an end: "từ 01/01/2026 đến thời điểm kiểm tra".
    """
    if ends_inclusive is None:
        return f"từ {format_date(starts)} đến thời điểm kiểm tra"
    return f"{format_date(starts)}–{format_date(ends_inclusive)}"


def format_time(moment: datetime) -> str:
    """Return the clock of an aware ``moment`` in Vietnam: "10:42". A naive one raises ValueError."""
    return _in_vietnam(moment).strftime("%H:%M")


def format_moment(moment: datetime) -> str:
    """Return an aware ``moment`` as "10:42 ngày 23/9/2026". A naive one raises ValueError."""
    return f"{format_time(moment)} ngày {format_date(_in_vietnam(moment))}"


def format_moment_long(moment: datetime) -> str:
    """Return an aware ``moment`` as a report says it: "10 giờ 42 ngày 23/9/2026"."""
    local = _in_vietnam(moment)
    return f"{local.hour:02d} giờ {local.minute:02d} ngày {format_date(local)}"


def _in_vietnam(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(VIETNAM)


def weekday(day: date, *, capital: bool = False) -> str:
    """Return the day of the week, "thứ Sáu"; with ``capital`` "Thứ Sáu" for the start of a line."""
    name = _WEEKDAYS[day.weekday()]
    return name[0].upper() + name[1:] if capital else name


def count(how_many: int) -> str:
    """Return a counted number as labels write it: 00, 02, 09, 12, 3.468."""
    if how_many < 0:
        raise ValueError("a count is never negative")
    return f"{how_many:02d}" if how_many < 10 else number(how_many)


def number(value: int | float | Decimal | Fraction, digits: int = 0) -> str:
    """Return a number with points between thousands and a comma before ``digits`` decimals.

    It is rounded half up, away from zero, and without the errors of binary fractions.
    """
    exact = _exact(value) * 10**digits
    scaled, rest = divmod(abs(exact.numerator), exact.denominator)
    if 2 * rest >= exact.denominator:
        scaled += 1
    whole, decimals = divmod(scaled, 10**digits)
    sign = "-" if exact < 0 and scaled else ""
    tail = f",{decimals:0{digits}d}" if digits else ""
    return sign + f"{whole:,}".replace(",", ".") + tail


def percent(share: int | float | Decimal | Fraction, digits: int = 2) -> str:
    """Return a share between 0 and 1 as a percentage: ``percent(Fraction(45, 3468))`` is "1,30%"."""
    return number(_exact(share) * 100, digits) + "%"


def _exact(value: int | float | Decimal | Fraction) -> Fraction:
    # repr of a float is what the person meant: 0.125 and 0.1 stay 1/8 and 1/10
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def parse_date(text: str) -> date:
    """Return the date a person typed: 23/9/2026, 23-9-2026, 23.9.2026, 23092026 or ISO 2026-09-23.

    Eight bare digits are allowed because the number keyboard of a phone may have no slash.
    Raises ValueError with a message in Vietnamese that can be shown at the field.
    """
    cleaned = text.strip()
    for form in _DATE_FORMS:
        if match := form.fullmatch(cleaned):
            return _existing_date(int(match["y"]), int(match["m"]), int(match["d"]), cleaned)
    raise ValueError(DATE_HELP)


def _existing_date(year: int, month: int, day: int, typed: str) -> date:
    if not 1900 <= year <= 2199:
        raise ValueError(f"Năm {year} nằm ngoài khoảng 1900–2199. {DATE_HELP}")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"Không có ngày {typed} trong lịch. {DATE_HELP}") from None


def roman(value: int) -> str:
    """Return 1 … 3999 as Roman digits, for the parts of a document (I, II, III)."""
    if not 1 <= value <= 3999:
        raise ValueError("Roman digits go from 1 to 3999")
    digits = []
    for weight, sign in _ROMAN:
        times, value = divmod(value, weight)
        digits.append(sign * times)
    return "".join(digits)


def letter(position: int) -> str:
    """Return the letter of point 1, 2, 3 …: a, b, c, d, đ, e, g … y, then aa, ab …"""
    if position < 1:
        raise ValueError("points are counted from 1")
    name = ""
    while position:
        position, index = divmod(position - 1, len(_LETTERS))
        name = _LETTERS[index] + name
    return name


def file_size(size: int) -> str:
    """Return a size in bytes for people: "512 byte", "1,5 KB", "24 MB" (1 KB = 1.024 bytes)."""
    if size < 0:
        raise ValueError("a size is never negative")
    if size < 1024:
        return f"{size} byte"
    amount, name = Fraction(size, 1024), "KB"
    for larger in ("MB", "GB"):
        if amount < 1000:
            break
        amount, name = amount / 1024, larger
    digits = 1 if amount < 10 else 0
    return number(amount, digits).removesuffix(",0") + f" {name}"


def has_hidden_characters(text: str) -> bool:
    """Tell whether ``text`` holds what a reader cannot see: bidi controls, zero-width and control characters.

    Tab and line breaks are allowed; a no-break space is a space and allowed.
    """
    return any(
        char in _BLANKS or (unicodedata.category(char) in {"Cc", "Cf"} and char not in "\t\n\r")
        for char in text
    )
