"""A cursor over one table of a form file: each read checks the type and reports a fault at its key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from math import isfinite
from typing import Any, TypeVar

from app.form_library.schema import keys_of
from app.form_library.yaml_source import Problem

_E = TypeVar("_E", bound=StrEnum)
_V = TypeVar("_V")


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """“ Có phải “MC-05”?” when something known is written nearly so."""
    close = get_close_matches(value, list(known), n=1, cutoff=0.5)
    return f" Có phải “{close[0]}”?" if close else ""


@dataclass
class Table:
    """One YAML table. A faulty or missing value reads as an empty stand-in, so that reading goes on."""

    values: dict[str, object]
    path: str
    problems: list[Problem]
    readable: bool = True
    reported: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, part: type[Any], value: object, path: str, problems: list[Problem]) -> Table:
        """The table at `path`, whose keys must be those of the dataclass `part`."""
        if not isinstance(value, dict):
            if not any(problem.key == path for problem in problems):
                problems.append(Problem(path, "Phải là một bảng khóa: giá trị."))
            return cls({}, path, problems, readable=False)
        table = cls(value, path, problems)
        allowed = keys_of(part)
        for key in value:
            if key not in allowed:
                close = get_close_matches(key, allowed, n=1)
                hint = f" Có phải “{close[0]}”?" if close else ""
                table.refuse(key, f"Khóa không có trong cấu trúc của biểu.{hint}")
        return table

    def has(self, key: str) -> bool:
        """Whether the key was given and no fault was found in it."""
        return key in self.values and key not in self.reported

    def refuse(self, key: str, reason: str) -> None:
        """Report a fault at `key`, a key of this table or a path below it."""
        self.reported.add(key)
        if self.readable:
            self.problems.append(Problem(f"{self.path}.{key}" if self.path else key, reason))

    def text(self, key: str, *, default: str | None = None, limit: int, pattern: str | None = None) -> str:
        """One line or more of text, trimmed; `pattern` must match the whole of it."""
        if key not in self.values:
            return self._missing(key, default, "")
        value = self._text_at(key, self.values[key], limit)
        if value and pattern is not None and not re.fullmatch(pattern, value):
            self.refuse(key, f"“{value}” không đúng dạng cho phép.")
        return value

    def texts(self, key: str, *, least: int = 1, limit: int = 100) -> tuple[str, ...]:
        """A list of different texts; with `least=0` it may be left out."""
        items = self._list(key, least)
        found: list[str] = []
        for index, item in enumerate(items):
            value = self._text_at(f"{key}[{index}]", item, limit)
            if value and value in found:
                self.refuse(f"{key}[{index}]", f"“{value}” ghi hai lần.")
            found.append(value)
        return tuple(found)

    def whole_number(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        if key not in self.values:
            return self._missing(key, default, 0)
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, value, "số nguyên")
        elif not low <= value <= high:
            self.refuse(key, f"Phải từ {low} đến {high}.")
        else:
            return value
        return 0

    def optional_whole_number(self, key: str, low: int, high: int) -> int | None:
        """A whole number that may be left out."""
        return self.whole_number(key, low, high) if key in self.values else None

    def decimal(self, key: str) -> Decimal | None:
        """A number that may be left out."""
        value = self.values.get(key)
        if key not in self.values:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (isinstance(value, float) and not isfinite(value))
        ):
            self._wrong(key, value, "số")
            return None
        return Decimal(str(value))

    def share(self, key: str) -> Fraction | None:
        """A share of a whole, written `1/2`, that may be left out: more than nothing, less than the whole."""
        if key not in self.values:
            return None
        value = self.values[key]
        found = (
            re.fullmatch(r"([1-9][0-9]{0,2})/([1-9][0-9]{0,2})", value) if isinstance(value, str) else None
        )
        if found is None or int(found[1]) >= int(found[2]):
            self._wrong(key, value, "phân số nhỏ hơn 1, dạng 1/2")
            return None
        return Fraction(int(found[1]), int(found[2]))

    def flag(self, key: str) -> bool:
        """true or false; false when left out."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self._wrong(key, value, "true hoặc false")
            return False
        return value

    def day(self, key: str) -> date | None:
        """An ISO date that may be left out."""
        if key not in self.values:
            return None
        value = self.values[key]
        if isinstance(value, datetime) or not isinstance(value, date):
            self._wrong(key, value, "ngày dạng 2025-07-01")
            return None
        return value

    def choice(self, key: str, kind: type[_E], *, default: _E | None = None) -> _E:
        """One value of an enumeration."""
        allowed = ", ".join(kind)
        if key not in self.values:
            return self._missing(key, default, next(iter(kind)))
        value = self.values[key]
        if not isinstance(value, str):
            self._wrong(key, value, f"một trong: {allowed}")
        elif value not in list(kind):
            self.refuse(key, f"“{value}” không dùng được; phải là một trong: {allowed}.")
        else:
            return kind(value)
        return next(iter(kind))

    def tables(self, key: str, part: type[Any], *, least: int = 0) -> list[Table]:
        """A list of tables, which must be given."""
        if key not in self.values:
            self._missing(key, None, "")
            return []
        return self._tables(key, part, least)

    def optional_tables(self, key: str, part: type[Any]) -> list[Table]:
        """A list of tables that may be left out."""
        return self._tables(key, part, 0)

    def _tables(self, key: str, part: type[Any], least: int) -> list[Table]:
        prefix = f"{self.path}.{key}" if self.path else key
        items = self._list(key, least)
        return [Table.of(part, item, f"{prefix}[{index}]", self.problems) for index, item in enumerate(items)]

    def _list(self, key: str, least: int) -> list[object]:
        if key not in self.values:
            if least:
                self._missing(key, None, "")
            return []
        value = self.values[key]
        if not isinstance(value, list):
            self._wrong(key, value, "danh sách")
            return []
        if len(value) < least:
            self.refuse(key, "Danh sách không được để trống.")
        return value

    def _text_at(self, key: str, value: object, limit: int) -> str:
        if not isinstance(value, str):
            self._wrong(key, value, "chữ")
            return ""
        if not value.strip():
            self.refuse(key, "Không được để trống.")
        elif len(value) > limit:
            self.refuse(key, f"Dài {len(value)} ký tự, quá {limit} ký tự.")
        return value.strip()

    def _missing(self, key: str, default: _V | None, stand_in: _V) -> _V:
        if default is not None:
            return default
        self.refuse(key, "Thiếu khóa bắt buộc.")
        return stand_in

    def _wrong(self, key: str, value: object, wanted: str) -> None:
        full = f"{self.path}.{key}" if self.path else key
        # The reader may have refused this value already (a date that does not exist); one fault, one line.
        if value is None and any(problem.key == full for problem in self.problems):
            self.reported.add(key)
            return
        self.refuse(key, f"Phải là {wanted}.")
