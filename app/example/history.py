"""Before the year begins: the notice of 2024 of the former district, mapped to criteria."""

from __future__ import annotations

from datetime import timedelta

from app.example.organisation import actor, unit
from app.example.people import read
from app.form_library import queries as forms
from app.register import services as register
from app.register.boxes import Box
from app.register.models import Level, MandateKind


def record() -> None:
    """Enter the old notice so that the promise is worth something on the first day."""
    told = read("cases")["history"]
    office = unit("LTH-PNV")
    body = office.version_on(told["since"]).name
    mandate = register.create_mandate(
        kind=MandateKind.HISTORIC, body_name=body, level=Level.DEPARTMENT, decided_on=told["since"]
    )
    conclusion = register.record_conclusion(
        mandate=mandate, document=None, title=told["title"], number_and_symbol=told["number"],
        concluded_on=told["since"], body_name=body, level=Level.DEPARTMENT, actor=actor("kehoach"),
    )  # fmt: skip
    version = forms.latest_version()
    by_key = {criterion.key: criterion for criterion in forms.list_criteria(version.id)}
    boxes = [
        (
            Box(
                unit(code).id, part.content_id, told["from"], told["to"] + timedelta(days=1),
                part.part_from, part.part_to,
            ),
            result,
            key,
        )
        for code, results in told["results"].items()
        for key, result in results.items()
        for part in by_key[key].parts
    ]  # fmt: skip
    register.cover(conclusion, boxes, actor=actor("kehoach"))
