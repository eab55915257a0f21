"""Dates as people typed them into a table for years: read when there is one way to read them, else asked.

Pure. A day is given only for a full date, in the order day–month–year or as Excel keeps it, in a year that a
notice or a deadline can have. Everything else is a proposal with its reason, or nothing. All days are
inclusive: a deadline "trước ngày D" ends with the day before D.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.deadlines.working_days import before
from app.vietnamese import format_date, nfc

FIRST_YEAR = 2000
AHEAD = 10
"""Years after today that a deadline may lie in."""
_SERIAL_ZERO = date(1899, 12, 30)
_BUDDHIST = 543
_PREFIX = re.compile(r"^(ngày|hạn|trước|trước ngày|đến|đến hết|đến ngày|hết|hết ngày|xong)\b[: ]*", re.I)
_BEFORE = re.compile(r"(?<!\w)(?:trước|truoc)(?:\s+(?:ngày|ngay))?[: ]*$", re.I)
"""What stands right before a date that a term leaves out; "trước 17 giờ ngày D" does not."""
_WORDS = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}) năm (\d{4})", re.I)
_FULL = re.compile(r"(?:ngày )?(\d{1,2})\s*([/.\-–])\s*(\d{1,2})\s*\2\s*(\d{4})", re.I)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_PARTS = re.compile(
    r"(?<!\d)(\d{1,2})\s*[/.\-–]\s*(\d{1,2})\s*[/.\-–]\s*(\d{3,5}(?!\d)|\d{2}(?!\d|\s*[/.\-–]\s*\d))"
)
"""Of "01/9-30/9/2026" the last day: 30 is no year there."""
_WORDED = re.compile(r"(\d{1,2}) tháng (\d{1,2}) năm (\d{2,5})", re.I)
_MONTH = re.compile(
    r"(?:(?<!\w)(?:tháng|t\.?)\s*|(?<!\w))(\d{1,2})\s*(?:[/.\-–]|\s+năm\s+)\s*(\d{4})(?!\d)", re.I
)
_NO_MONTH = re.compile(r"(?<!\w)(?:tuần|kỳ|kì|đợt|lần|số|phiên|khóa)\s*$", re.I)
"""What counts something else than months."""
_FROM = re.compile(r"\d+\s*(?:ngày|tuần|tháng)(?:\s+làm việc)?\s*,?\s*(?:kể|tính)?\s*từ(?!\w)\D{0,40}$", re.I)
"""What stands before the day from which a term is counted: the term never ends on that day."""
_QUARTER = re.compile(
    r"(?<!\w)(?:qu[ýíyi]|q)\.?\s*(IV|III|II|I|[1-4])\s*(?:[/.\-–,]|\s+năm|\s)\s*(\d{4})", re.I
)
_YEAR = re.compile(r"(?:cuối\s+|trong\s+)?(?:năm\s*)?(\d{4})", re.I)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}


@dataclass(frozen=True)
class Proposal:
    """A day that may be meant, and why it is only proposed."""

    day: date
    reason: str


@dataclass(frozen=True)
class OldDate:
    """`day` when it is sure; else `proposals`, and the words as they stand in the cell."""

    text: str
    day: date | None = None
    proposals: tuple[Proposal, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing was written."""
        return not self.text

    @property
    def asked(self) -> bool:
        """Something was written that is no sure date."""
        return bool(self.text) and self.day is None


def read(text: str, today: date, *, deadline: bool = False) -> OldDate:
    """The date in a cell of an old table. `deadline`: a term, in which "trước ngày D" leaves D out."""
    cleaned = " ".join(nfc(text).split()).strip(" .;,")
    if cleaned in ("", "-", "–", "x"):
        return OldDate("")
    sure = _sure(cleaned, today)
    if sure is not None:
        return OldDate(cleaned, sure)
    found: dict[date, Proposal] = {}
    for proposal in _proposals(cleaned, today, deadline=deadline):
        if _plausible(proposal.day.year, today):
            found.setdefault(proposal.day, proposal)
    return OldDate(cleaned, None, tuple(found.values()))


def _plausible(year: int, today: date) -> bool:
    return FIRST_YEAR <= year <= today.year + AHEAD


def _sure(text: str, today: date) -> date | None:
    for form in (_FULL, _WORDS, _DIGITS):
        if match := form.fullmatch(text):
            groups = match.groups()
            return _day(int(groups[-1]), int(groups[-2]), int(groups[0]), today)
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), today)
    return None


def _day(year: int, month: int, day: int, today: date) -> date | None:
    if not _plausible(year, today):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _proposals(text: str, today: date, *, deadline: bool) -> list[Proposal]:
    if re.fullmatch(r"\d{5}", text):
        serial = _SERIAL_ZERO + timedelta(days=int(text))
        return [Proposal(serial, f"số thứ tự ngày của Excel, tức ngày {format_date(serial)}")]

    def leaves_out(start: int) -> bool:
        return deadline and _BEFORE.search(text[:start]) is not None

    bare = _PREFIX.sub("", text)
    if bare != text and (day := _sure(bare, today)) is not None:
        start = len(text) - len(bare)
        return [_left_out(day, text) if leaves_out(start) else Proposal(day, f"ô ghi “{text}”")]
    parts = [*_PARTS.finditer(text), *_WORDED.finditer(text)]
    if not parts and (match := _ISO.fullmatch(text)):
        return _of_parts((match[3], match[2], match[1]), today, alone=True)
    if parts:
        if deadline:
            parts = [part for part in parts if not _FROM.search(text[: part.start()])]
        return [
            _left_out(found.day, text, found.reason) if leaves_out(part.start()) else found
            for part in parts
            for found in _of_parts((part[1], part[2], part[3]), today, alone=len(parts) == 1)
        ]
    if match := _QUARTER.search(text):
        last = (_ROMAN.get(match[1].upper()) or int(match[1])) * 3
        if leaves_out(match.start()):
            return [_left_out(_first_of(int(match[2]), last - 2, today), text)]
        return [_end_of(int(match[2]), last, "chỉ ghi quý, lấy ngày cuối quý", today)]
    match = _MONTH.search(text)
    if match and 1 <= int(match[1]) <= 12 and not _NO_MONTH.search(text[: match.start()]):
        if leaves_out(match.start()):
            return [_left_out(_first_of(int(match[2]), int(match[1]), today), text)]
        return [_end_of(int(match[2]), int(match[1]), "chỉ ghi tháng, lấy ngày cuối tháng", today)]
    if (match := _YEAR.fullmatch(text)) and _plausible(int(match[1]), today):
        return [_end_of(int(match[1]), 12, "chỉ ghi năm, lấy ngày cuối năm", today)]
    return []


def _left_out(day: date, text: str, why: str = "") -> Proposal:
    """The last day of a term that ends "trước ngày `day`" (rules.md §9)."""
    last = before(day)
    told = f"ô ghi “{text[:80]}”, tức hết ngày {format_date(last)}"
    return Proposal(last, "; ".join(filter(None, (why, told))))


def _first_of(year: int, month: int, today: date) -> date:
    return date(year if _plausible(year, today) else FIRST_YEAR, month, 1)


def _end_of(year: int, month: int, reason: str, today: date) -> Proposal:
    year = year if _plausible(year, today) else FIRST_YEAR - 1
    return Proposal(date(year, month, calendar.monthrange(year, month)[1]), reason)


def _of_parts(part: tuple[str, str, str], today: date, *, alone: bool) -> list[Proposal]:
    day, month = int(part[0]), int(part[1])
    found = []
    for year, why in _years(part[2], today):
        for first, second, order in ((day, month, ""), (month, day, "ghi tháng trước ngày")):
            if order and month <= 12:
                continue
            try:
                meant = date(year, second, first)
            except ValueError:
                continue
            reason = "; ".join(filter(None, (why, order))) or (
                "ô ghi thêm chữ khác" if alone else "ô ghi nhiều ngày"
            )
            found.append(Proposal(meant, reason))
        if 1 <= month <= 12 and 1 <= day <= 31 and not _exists(year, month, day):
            last = calendar.monthrange(year, month)[1]
            found.append(Proposal(date(year, month, last), f"tháng {month}/{year} chỉ có {last} ngày"))
    return found


def _exists(year: int, month: int, day: int) -> bool:
    return day <= calendar.monthrange(year, month)[1]


def _years(text: str, today: date) -> list[tuple[int, str]]:
    """The years that may be meant, each with why it is asked ("" = as written)."""
    year = int(text)
    if len(text) == 2:
        return [(FIRST_YEAR + year, "năm ghi 02 chữ số")]
    if _plausible(year, today):
        return [(year, "")]
    near: dict[int, str] = {}
    if _plausible(year - _BUDDHIST, today):
        near[year - _BUDDHIST] = f"năm {text} là Phật lịch"
    for candidate in range(today.year - 15, today.year + AHEAD + 1):
        if _one_slip(text, str(candidate)) or (len(text) == 4 and text[2:] == str(candidate)[2:]):
            near.setdefault(candidate, f"năm {text} ghi nhầm")
    return sorted(near.items(), key=lambda item: abs(item[0] - today.year))[:4]


def _one_slip(typed: str, meant: str) -> bool:
    """One digit wrong, two changed over, one too many or one left out."""
    if len(typed) == len(meant):
        wrong = [place for place in range(len(meant)) if typed[place] != meant[place]]
        swapped = (
            len(wrong) == 2 and typed[wrong[0]] == meant[wrong[1]] and typed[wrong[1]] == meant[wrong[0]]
        )
        return len(wrong) == 1 or swapped
    short, long = sorted((typed, meant), key=len)
    return len(long) - len(short) == 1 and any(
        long[:place] + long[place + 1 :] == short for place in range(len(long))
    )
