"""Before the year begins: two notices of the former district, one mapped to criteria, one still in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.example.organisation import actor, unit
from app.example.people import read
from app.form_library import queries as forms
from app.register import entry
from app.register.models import Level, MandateKind


def record() -> None:
    """Enter the old notices so that the promise is worth something on the first day."""
    told = read("cases")["history"]
    version = forms.latest_version()
    by_key = {criterion.key: criterion for criterion in forms.list_criteria(version.id)}
    mapped = [
        entry.Said(unit(code), [by_key[key]], told["from"], told["to"] + timedelta(days=1), result)
        for code, results in told["results"].items()
        for key, result in results.items()
    ]
    _record(told, mapped, record_only=False)
    words = told["unmapped"]
    said = [
        entry.Said(unit(code), [], words["from"], words["to"] + timedelta(days=1), text=text)
        for code, text in words["said"].items()
    ]
    _record(words, said, record_only=True)


def _record(told: dict[str, Any], lines: Sequence[entry.Said], *, record_only: bool) -> None:
    entry.record(
        entry.Entry(
            kind=MandateKind.HISTORIC, body_name=unit("LTH-PNV").version_on(told["since"]).name,
            level=Level.DEPARTMENT, number_and_symbol=told["number"], concluded_on=told["since"],
            title=told["title"], lines=lines, record_only=record_only,
        ),
        actor=actor("kehoach"),
    )  # fmt: skip
