"""Dates that the wait for a signature has eaten: seen, shifted together at the approval, never unnoticed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain
from app.documents.models import DocumentState
from app.errors import DomainError
from app.notices import checks
from app.notices.record import gather
from app.notices.waited import short_dates
from tests import cast
from tests.conftest import Browser
from tests.factories import notices


def test_dates_that_the_wait_made_short_are_shifted_together_by_the_signer(session: Session) -> None:
    notice = notices.checked()
    [task] = gather(notice).tasks
    assert task.due_on == date(2026, 9, 28) and short_dates(gather(notice), date(2026, 9, 23)) == ()
    with clock.frozen(clock.at(date(2026, 9, 25))):
        [short] = short_dates(gather(notice), clock.today())
        assert (short.task, short.missing) == (task, 2)
        told = [check for check in checks.run(notice, gather(notice)) if "do chờ ký" in check.text]
        assert [check.text for check in told] == [
            "Có 01 thời hạn ngắn hơn bộ thời hạn do chờ ký, thiếu nhiều nhất 02 ngày làm việc (dòng 1)."
        ]
        assert "Sửa và duyệt" in told[0].detail and not told[0].hard
        changed = chain.approve_with_changes(
            notice.document, [], version=None, redate=True, actor=cast.actor(cast.LEADER)
        )
        assert changed == 1 and short_dates(gather(notice), clock.today()) == ()
    assert (task.due_on, task.report_due_on) == (date(2026, 9, 30), date(2026, 10, 5))
    document, step = notice.document, notice.document.steps[-1]
    assert "Thời hạn, dòng 1: “28/9/2026” → “30/9/2026”" in step.opinion
    assert document.state is DocumentState.APPROVED and document.approved_hash == document.content_hash
    with clock.frozen(clock.at(date(2026, 9, 28))):
        told = [check for check in checks.run(notice, gather(notice)) if "do chờ ký" in check.text]
        assert "không tự thay đổi" in told[0].detail, "once approved nothing moves by itself"


def test_a_date_set_by_hand_is_never_short(session: Session) -> None:
    notice = notices.checked()
    [task] = gather(notice).tasks
    task.term_days = None
    assert short_dates(gather(notice), date(2026, 9, 25)) == ()


def test_without_short_dates_shifting_changes_nothing(session: Session) -> None:
    notice = notices.checked()
    with pytest.raises(DomainError, match="Chưa có chỗ nào được sửa"):
        chain.approve_with_changes(
            notice.document, [], version=None, redate=True, actor=cast.actor(cast.LEADER)
        )


def test_the_signer_sees_how_short_the_dates_are_and_ticks_to_shift_them(
    client: Browser, session: Session
) -> None:
    notice = notices.checked()
    session.commit()
    with clock.frozen(clock.at(date(2026, 9, 25))):
        client.sign_in(cast.LEADER).get(f"/notices/{notice.id}")
        assert "Có 01 thời hạn ngắn hơn bộ thời hạn do chờ ký" in client.text
        client.get(f"/notices/{notice.id}/approve-with-changes")
        assert "dòng 1: 28/9/2026, thiếu 02 ngày làm việc" in client.text
        client.submit("form[action$='/approve-with-changes']", {"redate": "y"})
        session.expire_all()
        assert gather(notice).tasks[0].due_on == date(2026, 9, 30)
        assert notice.document.state is DocumentState.APPROVED
