"""A row of an old table → what it becomes, or what is asked about it. Writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app import clock
from app.conversion.layouts import LABELS, Column
from app.conversion.models import OldRow, OldTable
from app.conversion.old_dates import OldDate
from app.conversion.old_dates import read as read_date
from app.conversion.old_progress import done as read_progress
from app.conversion.sheets import LONGEST
from app.conversion.unit_names import UnitNames
from app.deadlines.badge import DeadlineKind
from app.errors import DomainError
from app.policy import Role
from app.register import entry
from app.remediation import queries as remediation
from app.remediation.models import Product
from app.remediation.values import Conversion, PastTaskValues, ProductValues
from app.units.models import Unit
from app.vietnamese import format_date, search_key

EMPTY = "(trống)"
"""What a person types where a cell is to stay empty although the sheet has words in it."""
LONGEST_TEXT = 4000
FORMULA = "Ô chứa công thức chưa có kết quả. Nhập giá trị."
_NUMBER = re.compile(r"\d{1,6}[A-Za-z]?/[A-Za-zĐđ][^\s/,;]{1,29}")
_PAPER = re.compile(
    r"(?<!\d)(\d{1,6}[A-Za-z]?/[A-ZĐa-zđ][^\s,;]*),?\s+(?:ngày\s+)?(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})"
)
_KINDS = {
    "thuong xuyen": DeadlineKind.CONTINUING, "cho dieu kien": DeadlineKind.CONDITIONAL,
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked about a cell. `blocking`: the row can't come in before; else the cell may stay empty.

    `proposals`: (what would be typed, why).
    """

    column: Column
    reason: str
    blocking: bool = True
    proposals: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, object]:
        """As a row keeps it."""
        return {
            "column": self.column.value,
            "reason": self.reason,
            "blocking": self.blocking,
            "proposals": [list(one) for one in self.proposals],
        }


@dataclass(frozen=True)
class Notice:
    """The notice that a row belongs to."""

    number: str
    concluded_on: date


@dataclass(frozen=True)
class Reading:
    """What a row becomes, as far as nothing blocks it."""

    questions: tuple[Question, ...]
    notice: Notice | None = None
    unit: Unit | None = None
    values: PastTaskValues | None = None
    fingerprint: str = ""

    @property
    def blocked(self) -> bool:
        """A question stands that must be answered first."""
        return any(question.blocking for question in self.questions)


@dataclass
class Known:
    """What names mean, read once for a whole table."""

    units: UnitNames
    followers: Sequence[tuple[int, str, str]]
    today: date = field(default_factory=clock.today)

    @classmethod
    def load(cls) -> Known:
        """Units and followers of today."""
        return cls(UnitNames.load(), remediation.list_holders(Role.FOLLOWER))


def text_of(table: OldTable, row: OldRow, column: Column) -> str:
    """What a row says in a kept column: what a person put there, else what the sheet says."""
    if column.value in row.fixes:
        fixed = str(row.fixes[column.value])
        return "" if fixed == EMPTY else fixed
    return sheet_text(table, row, column)


def sheet_text(table: OldTable, row: OldRow, column: Column) -> str:
    """What the sheet says there, whatever was corrected."""
    place = table.mapping.get(column.value)
    return row.cells[place] if isinstance(place, int) and place < len(row.cells) else ""


def read(table: OldTable, row: OldRow, known: Known) -> Reading:
    """What the row becomes, and every question about it."""
    return _Reader(table, row, known).read()


class _Reader:
    def __init__(self, table: OldTable, row: OldRow, known: Known) -> None:
        self.table, self.row, self.known = table, row, known
        self.asked: list[Question] = []
        self.texts = {column: text_of(table, row, column) for column in Column}
        for column, text in self.texts.items():
            if text.startswith("=") and column.value not in row.fixes:
                self.ask(column, FORMULA, blocking=column in (Column.TEXT, Column.UNIT))
                self.texts[column] = ""

    def ask(
        self, column: Column, reason: str, *, blocking: bool = True,
        proposals: tuple[tuple[str, str], ...] = (),
    ) -> None:  # fmt: skip
        self.asked.append(Question(column, reason, blocking, proposals))

    def read(self) -> Reading:
        notice = self.notice()
        unit = self.unit(Column.UNIT, notice.concluded_on if notice else None)
        lead = self.lead(unit)
        text = self.texts[Column.TEXT]
        if len(text) < 3:
            self.ask(Column.TEXT, "Nhập nội dung cần khắc phục, ít nhất 03 ký tự.")
        elif len(text) > LONGEST_TEXT:
            more = " (ô dài hơn mức Excel cho phép, phần cuối không đọc được)" if len(text) > LONGEST else ""
            self.ask(Column.TEXT, f"Nội dung dài quá {LONGEST_TEXT} ký tự{more}. Rút gọn lại.")
        done = self.done()
        kind, due, due_text = self.deadline(notice)
        done_on = self.day(Column.DONE_ON, notice) if done else None
        if done_on is not None and done_on > self.known.today:
            self.ask(Column.DONE_ON, "Ngày hoàn thành sau ngày hôm nay.", blocking=False)
            done_on = None
        questions = tuple(self.asked)
        if any(question.blocking for question in questions) or notice is None or unit is None or lead is None:
            return Reading(questions, notice, unit)
        reference, document_on = self.paper()
        values = PastTaskValues(
            text=text, concluded_unit_id=unit.id, lead_unit_id=lead.id, follower_id=self.follower(),
            deadline_kind=kind, due_on=due,
            no_date_reason="" if kind is DeadlineKind.FIXED else due_text,
            products=self.products(), so_far=self.texts[Column.RESULT][:LONGEST_TEXT],
            conversion=Conversion(
                done=done, done_on=done_on, due_text=due_text, reference=reference, document_on=document_on,
            ),
        )  # fmt: skip
        values = self.with_note(values, notice, unit, lead)
        return Reading(questions, notice, unit, values, fingerprint(self.table.body_name, notice, unit, text))

    def notice(self) -> Notice | None:
        number, dated = self.texts[Column.NUMBER], self.texts[Column.DATED]
        both = self.texts[Column.NOTICE]
        where, when = Column.NUMBER, Column.DATED
        if Column.NUMBER.value not in self.table.mapping and Column.NUMBER.value not in self.row.fixes:
            where = Column.NOTICE
            found = _NUMBER.search(both)
            number = found.group(0) if found else both
        if Column.DATED.value not in self.table.mapping and Column.DATED.value not in self.row.fixes:
            when = Column.NOTICE if where is Column.NOTICE else Column.DATED
            dated = _NUMBER.sub("", both).strip(" ,;.()-–").removeprefix("ngày ") if both else ""
        clean = ""
        try:
            clean = entry.clean_number(number).group(0)
        except DomainError as error:
            self.ask(where, error.message)
        day = self.sure(when if when is not Column.NOTICE else Column.DATED, dated, blocking=True)
        if day is None and not dated:
            self.ask(Column.DATED, "Nhập ngày thông báo.")
        elif day is not None and day > self.known.today:
            self.ask(Column.DATED, f"Ngày thông báo {format_date(day)} sau ngày hôm nay.")
            return None
        return Notice(clean, day) if clean and day is not None else None

    def sure(self, column: Column, text: str, *, blocking: bool) -> date | None:
        """The day in a text; one that is not sure is asked about, with what it may be."""
        term = column in (Column.DUE, Column.EXTENDED)
        found: OldDate = read_date(text, self.known.today, deadline=term)
        if found.asked:
            told = f"Chưa đọc được chắc chắn ngày “{found.text[:80]}”."
            if not blocking:
                told += " Để nguyên thì nhập là còn thiếu, giữ lại chữ trong ô."
            self.ask(
                column, told, blocking=blocking,
                proposals=tuple((format_date(one.day), one.reason) for one in found.proposals),
            )  # fmt: skip
        return found.day

    def day(self, column: Column, notice: Notice | None) -> date | None:
        day = self.sure(column, self.texts[column], blocking=False)
        if day is not None and notice is not None and day < notice.concluded_on:
            told = f"{LABELS[column]} trước ngày thông báo {format_date(notice.concluded_on)}."
            self.ask(column, f"{told} Để nguyên thì nhập là còn thiếu.", blocking=False)
            return None
        return day

    def deadline(self, notice: Notice | None) -> tuple[DeadlineKind, date | None, str]:
        """Kind, sure date, words where there is none. What was extended stands in the place of the first."""
        text = self.texts[Column.DUE]
        for words in (self.texts[Column.KIND], text):
            kind = next((kind for key, kind in _KINDS.items() if key in search_key(words)), None)
            if kind is not None:
                return kind, None, words
        extended = re.sub(r"\(\s*\d+\s*(lần)?\s*\)", "", self.texts[Column.EXTENDED]).strip()
        column = Column.EXTENDED if extended else Column.DUE
        if extended:
            self.texts[Column.EXTENDED] = text = extended
        day = self.day(column, notice)
        return DeadlineKind.FIXED, day, "" if day else text

    def unit(self, column: Column, on: date | None) -> Unit | None:
        text = self.texts[column]
        match = self.known.units.find(text, on)
        if match.unit is not None:
            return match.unit
        told = (
            f"Chưa rõ đơn vị “{text[:80]}”. Chọn đơn vị hoặc nhập mã." if text else "Nhập tên hoặc mã đơn vị."
        )
        self.ask(column, told, proposals=tuple((one.code, one.name) for one in match.others))
        return None

    def lead(self, unit: Unit | None) -> Unit | None:
        if self.texts[Column.LEAD]:
            unit = self.unit(Column.LEAD, None)
        if unit is None:
            return None
        leads = self.known.units.leads_of(unit)
        if len(leads) == 1:
            return leads[0]
        told = f"{unit.name} đã chấm dứt hoạt động. Chọn đơn vị chủ trì hiện nay."
        self.ask(Column.LEAD, told, proposals=tuple((one.code, one.name) for one in leads))
        return None

    def done(self) -> bool:
        text = self.texts[Column.PROGRESS]
        said = read_progress(text)
        if said is None and not text and Column.PROGRESS.value not in self.table.mapping:
            said = read_progress(self.texts[Column.RESULT])  # tables of one column for both
        if said is not None:
            return said
        told = f"Chưa rõ tiến độ “{text[:80]}”" if text else "Bảng không ghi tiến độ"
        self.ask(
            Column.PROGRESS, f"{told}. Để nguyên thì nhập là đang theo dõi.", blocking=False,
            proposals=(("Đang thực hiện", ""), ("Đã hoàn thành", "")),
        )  # fmt: skip
        return False

    def follower(self) -> int:
        text = search_key(self.texts[Column.FOLLOWER])
        fits = [key for key, name, _post in self.known.followers if search_key(name) == text]
        assert self.table.follower_id is not None, "rows are read once somebody follows"
        return fits[0] if len(fits) == 1 else self.table.follower_id

    def products(self) -> tuple[ProductValues, ...]:
        words = self.texts[Column.PRODUCTS][:500]
        return (ProductValues(Product.OTHER, words),) if words else ()

    def paper(self) -> tuple[str, date | None]:
        """The only paper that the result names with number and sure date."""
        found = _PAPER.findall(self.texts[Column.RESULT])
        if len(found) != 1:
            return "", None
        day = read_date(found[0][1], self.known.today).day
        return (found[0][0], day) if day is not None and day <= self.known.today else ("", None)

    def with_note(self, values: PastTaskValues, notice: Notice, unit: Unit, lead: Unit) -> PastTaskValues:
        """Keep in the note all that has no place of its own, or not as it was written: no word gets lost."""
        conversion = values.conversion
        assert conversion is not None

        def stands(column: Column, told: str) -> bool:
            match column:
                case Column.NOTICE:
                    return _names(told, notice)
                case Column.NUMBER:
                    return told == notice.number
                case Column.DATED:
                    return self._is_day(told, notice.concluded_on)
                case Column.UNIT:
                    return search_key(told) in search_key(unit.name)
                case Column.LEAD:
                    return search_key(told) in search_key(lead.name)
                case Column.TEXT:
                    return told == values.text
                case Column.PRODUCTS:
                    return any(told == product.text for product in values.products)
                case Column.DUE:
                    return not self.texts[Column.EXTENDED] and self._is_day(told, values.due_on)
                case Column.RESULT:
                    return told == values.so_far
                case Column.DONE_ON:
                    return self._is_day(told, conversion.done_on)
            return False  # what kind of term, how often extended, who followed: told as it was

        parts = [f"{heading}: {text}" for heading, text in others(self.table, self.row)]
        for column in Column:
            told = sheet_text(self.table, self.row, column)
            if told and not stands(column, told):
                parts.append(f"{LABELS[column]} trong bảng cũ: {told}")
            fixed = text_of(self.table, self.row, column)
            if fixed and fixed != told and not stands(column, fixed):
                parts.append(f"{LABELS[column]} sửa khi chuyển đổi: {fixed}")
        return replace(values, conversion=replace(conversion, note="; ".join(parts)))

    def _is_day(self, told: str, day: date | None) -> bool:
        return day is not None and read_date(told, self.known.today).day == day


def others(table: OldTable, row: OldRow) -> list[tuple[str, str]]:
    """(heading, text) of every cell with words in a column that nothing is kept of in a place of its own."""
    return [
        (heading, text)
        for place, (heading, text) in enumerate(zip(table.columns, row.cells, strict=False))
        if text and place not in table.mapping.values()
    ]


def _names(told: str, notice: Notice) -> bool:
    """The text is the notice's number and day, and nothing else."""
    number, _, dated = told.partition(" ")
    day = read_date(dated, clock.today()).day
    return number.strip(",;") == notice.number and day == notice.concluded_on


def fingerprint(body: str, notice: Notice, unit: Unit, text: str) -> str:
    """What stands once: notice, date, unit, words."""
    told = (
        search_key(body),
        notice.number.casefold(),
        notice.concluded_on.isoformat(),
        str(unit.id),
        search_key(text),
    )
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def fixes_of(typed: Mapping[Column, str], table: OldTable, row: OldRow) -> dict[str, str]:
    """What was typed where it differs from the sheet; a cell that was emptied is told so."""
    return {
        column.value: text or EMPTY
        for column, text in typed.items()
        if text != sheet_text(table, row, column)
    }
