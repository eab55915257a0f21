"""From the unit's first page to the papers that are made from what it entered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made


def test_the_units_page_leads_to_both_papers_in_word(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    for paper in ("plan", "report"):
        client.sign_in(cast.HEAD).get("/")
        (way,) = client.page.select(f"a[href='/units/{task.lead_unit_id}/remediation-{paper}.docx']")
        assert client.get(str(way["href"])).data[:2] == b"PK"
