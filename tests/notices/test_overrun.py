"""A notice never concludes what another body has decided meanwhile; the way out is said early and exactly."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.documents import chain
from app.errors import Conflict, WrongState
from app.form_library.values import Result
from app.inspections import queries, services
from app.inspections.models import Inspection
from app.inspections.services import Chosen, Paper
from app.notices import checks
from app.notices.record import gather
from app.register.models import Coverage, Level
from tests import cast
from tests.factories import notices
from tests.factories import register as factory

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 31)
PAPER = Paper("150/QĐ-SNV", date(2026, 9, 23), "Trùng với kết luận thanh tra")
CLEAN = {"MC-05": Result.MET, "MC-11": Result.MET, "CĐ-01": Result.NOT_EXAMINED}


def over(key: str) -> None:
    factory.concluded(
        [(factory.box(cast.LONG_PHUOC, key, JANUARY, MARCH), key)], "05/KL-TTr", on=date(2026, 9, 2),
        body="Thanh tra tỉnh", level=Level.PROVINCE,
    )  # fmt: skip


def cut(case: Inspection) -> None:
    pieces = [(one.item_id, box) for one in queries.list_conflicts(case) for box in one.boxes]
    services.terminate_part(case, Chosen(pieces=pieces), PAPER, version=None, actor=cast.actor(cast.PLANNER))


def test_the_check_says_it_before_the_notice_goes_up_and_the_rest_is_concluded(session: Session) -> None:
    notice = notices.drafted()
    over("MC-11")
    (told,) = [check for check in checks.run(notice, gather(notice)) if "trùng với" in check.text]
    assert told.hard and not told.ok and "Kết luận số 05/KL-TTr ngày 02/9/2026" in told.text
    with pytest.raises(Conflict, match="Đình chỉ một phần"):
        notices.submitted(notice)
    cut(notice.inspection)
    notices.issued(notice)
    rows = session.execute(
        sa.select(Coverage.criterion_key, Coverage.starts_on)
        .where(Coverage.conclusion_id == notice.conclusion_id)
        .order_by(Coverage.criterion_key)
    ).all()
    assert [tuple(row) for row in rows] == [("MC-05", JANUARY), ("MC-11", date(2026, 4, 1))]


def test_what_was_not_examined_is_given_back_and_stands_in_no_ones_way(session: Session) -> None:
    notice = notices.drafted()
    over("CĐ-01")
    assert gather(notice).overrun == ()
    assert notices.issued(notice).conclusion_id is not None


def test_a_conclusion_that_arrives_after_the_signing_stops_the_issue(session: Session) -> None:
    notice = notices.sealed()
    over("MC-11")
    with pytest.raises(Conflict, match="05/KL-TTr"):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))


def test_a_notice_on_its_way_keeps_the_contents_until_it_is_sent_back(session: Session) -> None:
    notice = notices.submitted()
    over("MC-11")
    with pytest.raises(Conflict, match="Đề nghị trả lại để hoàn thiện"):
        cut(notice.inspection)


def test_nothing_is_issued_while_the_case_is_suspended(session: Session) -> None:
    notice = notices.sealed()
    case = notice.inspection
    assert case.mandate is not None
    case.mandate.suspended_on = date(2026, 9, 22)
    session.flush()
    with pytest.raises((Conflict, WrongState), match="đang tạm dừng"):
        chain.issue(notice.document, actor=cast.actor(cast.CLERK))
