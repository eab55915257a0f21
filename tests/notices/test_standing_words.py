"""What the public page says of a paper: in force, corrected, replaced, recalled, by which papers."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import queries, verification
from app.documents.kinds import DocumentKind
from app.documents.models import DocumentState, Paper
from app.documents.services import record_elsewhere
from app.extensions import db
from app.vietnamese import format_date
from tests import cast
from tests.conftest import Browser
from tests.factories import notices as made


@pytest.mark.parametrize("how", ["in force", "corrected", "replaced", "recalled"])
def test_the_page_names_the_paper_that_changed_it(client: Browser, session: Session, how: str) -> None:
    notice = made.issued()
    document, today = notice.document, format_date(clock.today())
    expected = "Đang có hiệu lực."
    if how == "corrected":
        paper = record_elsewhere(
            kind=DocumentKind.CORRIGENDUM, number=77, symbol="SNV-CCHC", issued_on=clock.today(),
            issuer_name="Sở Nội vụ", subject="Đính chính thông báo", actor=cast.actor(cast.CLERK),
        )  # fmt: skip
        db.session.add(Paper(document=paper, about=document))
        document.state = DocumentState.CORRECTED
        expected = f"đã được đính chính tại văn bản số 77/SNV-CCHC ngày {today} của Sở Nội vụ."
    elif how == "replaced":
        new = made.issued(made.replacement(notice)).document
        number = new.number_and_symbol
        expected = f"Đã được thay thế bằng văn bản số {number} ngày {today} của Sở Nội vụ."
    elif how == "recalled":
        made.recalled(notice)
        expected = f"Đã bị thu hồi theo văn bản số 152/QĐ-SNV ngày {today} của Sở Nội vụ."
    db.session.commit()
    assert expected in queries.standing_words(document)
    client.get(f"/verify/{verification.printed_code(document)}")
    assert expected in " ".join(client.page.get_text(" ").split())


def test_a_recorded_paper_has_no_code_in_print_and_says_how_it_is_checked(
    client: Browser, session: Session
) -> None:
    notice = made.recorded()
    assert verification.printed_code(notice.document) is None
    client.sign_in(cast.CLERK).get(f"/documents/{notice.document_id}")
    assert "Văn bản không in mã" in client.text and client.page.select("a[href='/verify']")
