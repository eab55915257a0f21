"""The prepared decision as Word, for offices that circulate it so."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.documents.word import compare, read_docx
from app.inspections.composing import compose_decision
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make


def test_it_says_what_the_pdf_says_and_only_to_who_sees_the_case(client: Browser, session: Session) -> None:
    made = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC), criteria=("MC-05", "KL-01"))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{made.id}/decision")
    link = next(str(a["href"]) for a in client.page.select("main a") if a.text == "Tải Word")
    returned = read_docx(client.get(link).data)
    assert "attachment" in client.response.headers["Content-Disposition"]
    said = " ".join(loose.text for loose in returned.loose)
    assert "QUYẾT ĐỊNH:" in said and "Nguyễn Văn Mẫu, Phó Giám đốc Sở Nội vụ, Trưởng đoàn" in said
    found = compare(compose_decision(made), returned)
    assert (found.changes, found.frames) == ((), ())
    client.sign_in(cast.HEAD).get(link, expect=404)
