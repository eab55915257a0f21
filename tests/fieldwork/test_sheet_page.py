"""The page of a group: what it shows, what is locked, and how much it asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.extensions import db
from app.form_library import queries as forms
from tests import cast
from tests.conftest import Browser
from tests.factories import fieldwork, findings, form_versions, register
from tests.fieldwork.sheets import address

HALF = (date(2026, 1, 1), date(2026, 6, 30))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile, without savepoints."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            seen.append(statement)

    engine = db.engine.engine if isinstance(db.engine, sa.Connection) else db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_a_page_of_fourteen_contents_with_answers_needs_few_reads(client: Browser, session: Session) -> None:
    keys = [c.key for c in forms.list_criteria(forms.latest_version().id) if c.key.startswith("MC-")]
    unit = fieldwork.opened(criteria=keys).units[0]
    for key in keys:
        item = fieldwork.item(unit, key)
        fieldwork.answer(item, fieldwork.not_met())
        findings.finding(item, f"Tồn tại của {key}.")
    session.commit()
    where = address(unit)
    client.sign_in(cast.MEMBER).get(where)
    db.session.expire_all()
    db.session.expunge_all()
    with counted() as statements:
        client.get(where)
    assert len(keys) == 14 and client.text.count("Tồn tại của MC-") >= 14
    assert len(statements) <= 20, "\n".join(s[:150] for s in statements)


def test_what_a_notice_concluded_is_shown_locked_with_its_citation(client: Browser, session: Session) -> None:
    register.concluded([(register.box(cast.LONG_PHUOC, "MC-05", *HALF), "MC-05")])
    unit = fieldwork.opened(criteria=("MC-07",)).units[0]
    client.sign_in(cast.MEMBER).get(address(unit))
    locked = client.page.select_one(".kl-crit.is-shut")
    assert locked is not None
    words = " ".join(locked.get_text(" ").split())
    assert "Đã kết luận, không đánh giá lại. Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ" in words
    assert "Chỉ kiểm tra việc khắc phục." in words and not locked.select("form")


def test_only_the_part_left_open_is_asked(client: Browser, session: Session) -> None:
    register.concluded([(register.box(cast.LONG_PHUOC, "MC-06", *HALF), "MC-06")])
    unit = fieldwork.opened(criteria=("MC-07",)).units[0]
    client.sign_in(cast.MEMBER).get(address(unit))
    codes = [code.get_text() for code in client.page.select(".kl-crit .kl-code")]
    assert codes == ["MC-07", "MC-06"]  # what is asked, then what is concluded, and nothing else
    assert client.page.select_one("details.kl-shut:not([open]) .kl-crit.is-shut .kl-code")


def test_the_last_conclusion_stands_at_hand(client: Browser, session: Session) -> None:
    last = register.box(cast.LONG_PHUOC, "MC-07", date(2025, 7, 1), date(2025, 12, 31))
    register.concluded([(last, "MC-07")], "12/TB-SNV", on=date(2026, 2, 3), result="partly")
    unit = fieldwork.opened(criteria=("MC-07",)).units[0]
    client.sign_in(cast.MEMBER).get(address(unit))
    assert "01/7/2025–31/12/2025: Đạt một phần – Thông báo số 12/TB-SNV ngày 03/02/2026" in client.text


def test_what_the_old_criterion_was_concluded_with_stands_at_its_heir(
    client: Browser, session: Session
) -> None:
    last = register.box(cast.LONG_PHUOC, "MC-05", date(2025, 7, 1), date(2025, 12, 31))
    register.concluded([(last, "MC-05")], "12/TB-SNV", on=date(2026, 2, 3), result="partly")
    form_versions.second()
    unit = fieldwork.opened(criteria=("MC-30", "MC-31")).units[0]
    client.sign_in(cast.MEMBER).get(address(unit, "MC-30"))
    told = [" ".join(found.get_text(" ").split()) for found in client.page.select("details:has(> summary)")]
    earlier = [text for text in told if text.startswith("Lần trước")]
    assert ["12/TB-SNV" in text for text in earlier] == [False, True]


def test_mine_leaves_out_what_a_colleague_recorded(client: Browser, session: Session) -> None:
    unit = fieldwork.opened(criteria=("MC-06", "MC-07")).units[0]
    fieldwork.answer(fieldwork.item(unit, "MC-06"), by=cast.SECRETARY)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit, view="mine"))
    assert [code.get_text() for code in client.page.select(".kl-crit .kl-code")] == ["MC-07"]
    client.get(address(unit, view="all"))
    assert [code.get_text() for code in client.page.select(".kl-crit .kl-code")] == ["MC-06", "MC-07"]


def test_an_official_of_the_office_reads_without_forms(client: Browser, session: Session) -> None:
    unit = fieldwork.opened(criteria=("MC-07",)).units[0]
    fieldwork.answer(fieldwork.item(unit, "MC-07"))
    session.commit()
    client.sign_in(cast.LEADER).get(address(unit))
    assert "Sổ theo dõi hồ sơ năm 2026" in client.text
    assert not client.page.select("main form")
