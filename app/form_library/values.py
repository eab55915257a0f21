"""What people answer on a form: typed values, and how they are typed and shown in Vietnamese."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.vietnamese import nfc

MAX_COUNT = 999_999_999
MAX_CODES = 500
MAX_ROWS = 300

_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,(?P<fraction>[0-9]+))?")
_TIME = re.compile(r"([0-9]{1,2})(?::|h|g|giờ) ?([0-9]{2})?")
_CODE = re.compile(r"[0-9A-Za-zÀ-ỹĐđ][0-9A-Za-zÀ-ỹĐđ./_-]{0,59}")


class Result(StrEnum):
    """The five answers to a criterion, and their labels in `RESULT_LABELS`."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    NOT_EXAMINED = "not_examined"

    @property
    def is_assessed(self) -> bool:
        """Whether the content was judged: the other two need no figures."""
        return self in (Result.MET, Result.PARTLY, Result.NOT_MET)


class SampleMethod(StrEnum):
    """How the sample was chosen; what the unit handed over itself must stay visible as such."""

    ALL = "all"
    RANDOM = "random"
    BY_FIELD = "by_field"
    BY_COMPLAINT = "by_complaint"
    GIVEN_BY_UNIT = "given_by_unit"


class Presence(StrEnum):
    """One row of a roll-call; the three excused kinds are counted apart."""

    PRESENT = "present"
    ON_LEAVE = "on_leave"
    ON_DUTY = "on_duty"
    IN_THE_FIELD = "in_the_field"
    UNEXCUSED = "unexcused"

    @property
    def is_excused(self) -> bool:
        """Absent for a reason."""
        return self in (Presence.ON_LEAVE, Presence.ON_DUTY, Presence.IN_THE_FIELD)


RESULT_LABELS = {
    Result.MET: "Đạt",
    Result.PARTLY: "Đạt một phần",
    Result.NOT_MET: "Chưa đạt",
    Result.NOT_APPLICABLE: "Không áp dụng",
    Result.NOT_EXAMINED: "Chưa kiểm tra",
}


def not_examined(reason: str) -> str:
    """“Chưa kiểm tra: lý do” as papers print it; a reason that begins with these words says them itself."""
    label, why = RESULT_LABELS[Result.NOT_EXAMINED], " ".join(reason.split()).rstrip(".;")
    if why.casefold().startswith(label.casefold()):
        return why
    return f"{label}: {why}" if why else label


SAMPLE_METHOD_LABELS = {
    SampleMethod.ALL: "Toàn bộ",
    SampleMethod.RANDOM: "Ngẫu nhiên",
    SampleMethod.BY_FIELD: "Theo lĩnh vực",
    SampleMethod.BY_COMPLAINT: "Theo phản ánh, kiến nghị",
    SampleMethod.GIVEN_BY_UNIT: "Do đơn vị cung cấp",
}
PRESENCE_LABELS = {
    Presence.PRESENT: "Có mặt",
    Presence.ON_LEAVE: "Vắng: nghỉ phép",
    Presence.ON_DUTY: "Vắng: đi công tác, họp",
    Presence.IN_THE_FIELD: "Vắng: đi cơ sở",
    Presence.UNEXCUSED: "Vắng không có lý do",
}


@dataclass(frozen=True)
class RatioValue:
    """Total, examined, failing among these. Raises ValueError unless 0 ≤ failing ≤ sample ≤ total."""

    total: int
    sample: int
    failing: int

    def __post_init__(self) -> None:
        if not 0 <= self.failing <= self.sample <= self.total <= MAX_COUNT:
            raise ValueError("a ratio needs 0 <= failing <= sample <= total")

    @property
    def percent(self) -> Decimal | None:
        """Failing in per cent of the sample, two decimals, half up; None when nothing was examined."""
        if not self.sample:
            return None
        return (Decimal(self.failing) * 100 / self.sample).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class RollCallRow:
    """One person of the list; restricted data."""

    name: str
    post: str
    section: str
    presence: Presence
    reason: str = ""
    note: str = ""
    badge: bool = False


@dataclass(frozen=True)
class RollCallTotals:
    """The head line of a roll-call table."""

    listed: int
    present: int
    on_leave: int
    on_duty: int
    in_the_field: int
    unexcused: int
    badge: int

    @property
    def excused(self) -> int:
        """Absent for a reason."""
        return self.on_leave + self.on_duty + self.in_the_field


@dataclass(frozen=True)
class RollCall:
    """A roll-call: when and where (`at` is HH:MM, both may be unknown) and one row per person."""

    rows: tuple[RollCallRow, ...]
    on: date | None = None
    at: str = ""
    place: str = ""

    @property
    def totals(self) -> RollCallTotals:
        """Counted from the rows, never typed."""
        count = {kind: sum(row.presence is kind for row in self.rows) for kind in Presence}
        return RollCallTotals(
            listed=len(self.rows),
            present=count[Presence.PRESENT],
            on_leave=count[Presence.ON_LEAVE],
            on_duty=count[Presence.ON_DUTY],
            in_the_field=count[Presence.IN_THE_FIELD],
            unexcused=count[Presence.UNEXCUSED],
            badge=sum(row.badge for row in self.rows),
        )


def clean_text(text: str | None) -> str:
    """Typed text as it is kept: NFC, trimmed, line ends `\\n`, without control characters."""
    unified = nfc(text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        letter for letter in unified if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    return "".join(kept).strip()


def clean_line(text: str | None) -> str:
    """`clean_text` on one line, every run of blanks a single space."""
    return " ".join(clean_text(text).split())


def parse_number(text: str) -> Decimal:
    """A number in Vietnamese writing: `3.468` is 3468, `1,30` is 1.30. ValueError holds the message."""
    compact = re.sub(r"[\s\u00a0\u202f]+", "", text)
    match = _NUMBER.fullmatch(compact)
    if match is None:
        raise ValueError(
            "Nhập số, dấu chấm ngăn cách hàng nghìn, dấu phẩy cho phần thập phân; ví dụ 3.468 hoặc 1,30."
        )
    # 28 digits are what decimal arithmetic keeps exactly; longer texts would be rounded unseen.
    if len(compact) > 28:
        raise ValueError("Số quá dài.")
    value = Decimal(f"{match['sign']}{match['whole'].replace('.', '')}.{match['fraction'] or ''}")
    return value + 0  # "-0" is 0


def typed_number(value: Decimal | int) -> str:
    """A number as it would be typed, with all its digits: the inverse of `parse_number`."""
    return f"{Decimal(value):,f}".translate(str.maketrans(",.", ".,"))


def parse_time(text: str) -> str:
    """An hour typed as 8:05, 8h05 or 8 giờ 05, as HH:MM. Raises ValueError with the message to show."""
    match = _TIME.fullmatch(clean_line(text).lower().replace(" giờ", "giờ"))
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 60)
    if hour > 23 or minute > 59:
        raise ValueError("Nhập giờ dạng 8:05 hoặc 8h05.")
    return f"{hour:02d}:{minute:02d}"


def parse_codes(text: str) -> tuple[str, ...]:
    """Application codes, one per line. Raises ValueError naming the line that is wrong or repeated."""
    lines = [(number, clean_line(line)) for number, line in enumerate(clean_text(text).split("\n"), start=1)]
    codes: dict[str, int] = {}
    found = []
    for number, code in lines:
        if not code:
            continue
        if not _CODE.fullmatch(code):
            raise ValueError(f"Dòng {number}: “{code[:60]}” không phải mã hồ sơ.")
        if (first := codes.setdefault(code.casefold(), number)) != number:
            raise ValueError(f"Dòng {number}: mã hồ sơ “{code}” đã ghi ở dòng {first}.")
        found.append(code)
    if len(found) > MAX_CODES:
        raise ValueError(f"Nhiều hơn {MAX_CODES} mã hồ sơ; tách thành nhiều lần ghi.")
    return tuple(found)
