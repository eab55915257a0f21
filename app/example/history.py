"""Before the year begins: two notices of the former district, one mapped to criteria, one still in words.

What the first still asks for is followed from now on, by the ward that took over. Later the follower brings
the table of last year over, as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.conversion import services as conversion
from app.conversion.layouts import OURS_22, Column
from app.deadlines.badge import DeadlineKind
from app.example.organisation import actor, person, unit
from app.example.people import read
from app.form_library import queries as forms
from app.register import entry
from app.register.models import Conclusion, Level, MandateKind
from app.remediation import queries as remediation
from app.remediation import services
from app.remediation.values import PastTaskValues


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
    _enter_left(_record(told, mapped, record_only=False), told["left"])
    words = told["unmapped"]
    said = [
        entry.Said(unit(code), [], words["from"], words["to"] + timedelta(days=1), text=text)
        for code, text in words["said"].items()
    ]
    _record(words, said, record_only=True)


def bring_table() -> None:
    """The follower brings the table of last year: what is sure comes in, the rest waits to be answered."""
    told = read("cases")["old_table"]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(OURS_22)
    for number, row in enumerate(told["rows"], 1):
        cells = {"STT": number, **row}
        writer.writerow([cells.get(heading, "") for heading in OURS_22])
    follower = actor("theodoi")
    table = conversion.bring(told["file"], out.getvalue().encode("utf-8-sig"), actor=follower)
    conversion.read_rows(
        table,
        conversion.Choice(
            sheet=table.sheet, heading_row=table.heading_row,
            mapping={Column(key): int(place) for key, place in table.mapping.items()},
            body_name=table.body_name, level=Level.DEPARTMENT, follower_id=person("theodoi").id,
        ),
        actor=follower,
    )  # fmt: skip
    conversion.take_ready(table, actor=follower)


def _enter_left(notice: Conclusion, left: Sequence[dict[str, Any]]) -> None:
    for one in left:
        concerned = unit(one["unit"])
        lead = remediation.lead_today(concerned)
        assert lead is not None
        services.add_past_task(
            notice,
            PastTaskValues(
                text=one["text"], concluded_unit_id=concerned.id, lead_unit_id=lead.id,
                follower_id=person("theodoi").id, deadline_kind=DeadlineKind.CONDITIONAL,
                review_on=one["review"], no_date_reason=one["reason"], so_far=one.get("so_far", ""),
            ),
            actor=actor("kehoach"),
        )  # fmt: skip


def _record(told: dict[str, Any], lines: Sequence[entry.Said], *, record_only: bool) -> Conclusion:
    entered = entry.record(
        entry.Entry(
            kind=MandateKind.HISTORIC, body_name=unit("LTH-PNV").version_on(told["since"]).name,
            level=Level.DEPARTMENT, number_and_symbol=told["number"], concluded_on=told["since"],
            title=told["title"], lines=lines, record_only=record_only,
        ),
        actor=actor("kehoach"),
    )  # fmt: skip
    return entered.conclusion
