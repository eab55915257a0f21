"""The README of the forms names exactly the keys and kinds that the code knows."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from app.form_library.fields import REGISTRY
from app.form_library.schema import FILE_PARTS, FieldKind, keys_of
from tests.unit.form_library import strategies

README = Path("inspection_forms/README.md").read_text(encoding="utf-8")


def documented(part: type[Any]) -> dict[str, bool]:
    """Key to whether it is marked as required, in the table under the heading of `part`."""
    section = re.search(rf"^### {part.__name__} .*?(?=^##)", README, re.M | re.S)
    assert section, f"no section for {part.__name__}"
    table = section[0].split("| kind |")[0]
    return {key: bool(star) for key, star in re.findall(r"^\| `(\w+)`( \*)? \|", table, re.M)}


@pytest.mark.parametrize("part", FILE_PARTS, ids=lambda part: part.__name__)
def test_the_readme_lists_every_key_in_order_and_which_must_be_given(part: type[Any]) -> None:
    found = documented(part)
    assert tuple(found) == keys_of(part)
    needed = {item.name for item in fields(part) if item.default is MISSING}
    assert {key for key, required in found.items() if required} == needed


def test_every_key_has_an_example() -> None:
    for line in re.findall(r"^\| `\w+`(?: \*)? \|.*$", README, re.M):
        assert all(cell.strip() for cell in line.strip("|").split("|")), line


def test_every_field_kind_has_a_handler_a_row_and_a_strategy() -> None:
    rows = re.search(r"\| kind \|.*?\n\n", README, re.S)
    assert rows
    assert re.findall(r"^\| `(\w+)` \|", rows[0], re.M) == [str(kind) for kind in FieldKind]
    assert set(REGISTRY) == set(FieldKind) == set(strategies.VALUES) == set(strategies.DEFINITIONS)
