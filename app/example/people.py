"""Units and people of the example, through the services that a clerk of the office would use."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent


@cache
def read(name: str) -> dict[str, Any]:
    """One of the YAML files beside this module."""
    with (HERE / f"{name}.yaml").open(encoding="utf-8") as stream:
        content: dict[str, Any] = yaml.safe_load(stream)
    return content


def sign_in_password() -> str:
    """The password of every account of the example."""
    return str(read("people")["password"])


def sign_in_name(short: str) -> str:
    """`vanthu` → `vanthu@vidu.example`."""
    return f"{short}@{read('people')['domain']}"


def day(value: object) -> date | None:
    """A date of the YAML, or None."""
    return value if isinstance(value, date) else None
