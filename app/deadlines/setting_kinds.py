"""The kinds of a setting: what may be typed, how it is read, and the register of every key. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.errors import DomainError

T = TypeVar("T", int, bool, str)
Stored = int | bool | str
OWN = "mặc định của sản phẩm"
NAMES_MOST = 400
"""Characters of all the names of a paper's sections together."""


class SettingKind(StrEnum):
    """How a setting is typed in on the screen."""

    NUMBER = "number"
    YES_NO = "yes_no"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting. `read` takes what was stored or typed and gives the value, or raises DomainError (422)."""

    key: str
    default: T
    label: str
    source: str
    kind: SettingKind
    read: Callable[[object], T]
    choices: tuple[tuple[str, str], ...] = ()


REGISTRY: dict[str, Setting[Any]] = {}


def _register(setting: Setting[T]) -> Setting[T]:
    if setting.key in REGISTRY:
        raise ValueError(f"{setting.key} is registered twice")
    setting.read(setting.default)
    REGISTRY[setting.key] = setting
    return setting


def number(
    key: str, default: int, label: str, source: str = OWN, *, least: int = 0, most: int = 365
) -> Setting[int]:
    def read(value: object) -> int:
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:9])
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise DomainError(f"{label}: nhập số nguyên từ {least} đến {most}.", field=key)
        return value

    return _register(Setting(key, default, label, source, SettingKind.NUMBER, read))


def yes_no(key: str, default: bool, label: str, source: str = OWN) -> Setting[bool]:
    def read(value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise DomainError(f"{label}: chọn có hoặc không.", field=key)

    return _register(Setting(key, default, label, source, SettingKind.YES_NO, read))


def text(key: str, default: str, label: str, source: str = OWN, *, most: int = 200) -> Setting[str]:
    def read(value: object) -> str:
        text = " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else ""
        if not text:
            raise DomainError(f"{label}: chưa nhập nội dung.", field=key)
        if len(text) > most:
            raise DomainError(f"{label}: nhập tối đa {most} ký tự.", field=key)
        return text

    return _register(Setting(key, default, label, source, SettingKind.TEXT, read))


def days(key: str, default: str, label: str, source: str = OWN, *, most: int = 60) -> Setting[str]:
    """Numbers of days, “7, 3”: each once, from 1 to `most`, the largest first; empty = none."""

    def read(value: object) -> str:
        parts = re.split(r"[\s,;]+", value.strip()) if isinstance(value, str) else ["?"]
        parts = [part for part in parts if part]
        if len(parts) > 6 or not all(p.isascii() and p.isdigit() and 1 <= int(p[:4]) <= most for p in parts):
            raise DomainError(f"{label}: nhập tối đa 06 số từ 1 đến {most}, ví dụ 7, 3.", field=key)
        return ", ".join(str(n) for n in sorted({int(part) for part in parts}, reverse=True))

    return _register(Setting(key, default, label, source, SettingKind.TEXT, read))


def names(key: str, default: tuple[str, ...], label: str, source: str = OWN) -> Setting[str]:
    """Names of sections in their order, kept and typed as one text with semicolons; read by `names_of`."""

    def read(value: object) -> str:
        parts = [" ".join(unicodedata.normalize("NFC", part).split()) for part in str(value).split(";")]
        if len(parts) != len(default) or not all(parts):
            raise DomainError(
                f"{label}: nhập đủ {len(default):02d} tên mục, cách nhau bằng dấu chấm phẩy.", field=key
            )
        if len(text := "; ".join(parts)) > NAMES_MOST:
            raise DomainError(f"{label}: nhập tối đa {NAMES_MOST} ký tự.", field=key)
        return text

    return _register(Setting(key, "; ".join(default), label, source, SettingKind.TEXT, read))


def names_of(value: str) -> tuple[str, ...]:
    """The names of sections that a setting made by `_names` holds."""
    return tuple(value.split("; "))


def choice(key: str, default: str, choices: dict[str, str], label: str, source: str = OWN) -> Setting[str]:
    # Keys as plain text, so that an enum's own representation never reaches the stored JSON.
    pairs = tuple((str(value), name) for value, name in choices.items())
    known = dict(pairs)

    def read(value: object) -> str:
        if isinstance(value, str) and str(value) in known:
            return str(value)
        raise DomainError(f"{label}: chọn một trong các giá trị: {', '.join(known.values())}.", field=key)

    return _register(Setting(key, str(default), label, source, SettingKind.CHOICE, read, pairs))
