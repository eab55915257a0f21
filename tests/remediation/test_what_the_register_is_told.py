"""The register says beside concluded content how its remediation stands, in one read for a page."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.register import services as register
from app.register.models import Conclusion
from app.register.panels import Concluded, remediation_states
from app.remediation.models import Task
from tests import cast
from tests.factories import remediation as made
from tests.queries import count_queries


def concluded_by(task: Task) -> Conclusion:
    document, mandate = task.document, task.inspection.mandate
    assert document is not None and document.issued_on is not None and mandate is not None
    return register.record_conclusion(
        mandate=mandate, document=document, title=document.subject,
        number_and_symbol=document.number_and_symbol, concluded_on=document.issued_on,
        body_name=document.issuer_name, level=mandate.level, actor=None,
    )  # fmt: skip


def test_a_late_task_is_told_beside_its_content(session: Session) -> None:
    [task] = made.issued(due_on=date(2026, 9, 11))
    conclusion = concluded_by(task)
    unit = cast.unit(cast.LONG_PHUOC)
    asked = Concluded(unit.id, "MC-05", conclusion.id)
    other = Concluded(unit.id, "MC-11", conclusion.id)
    assert remediation_states([asked, other]) == {asked: "Đang thực hiện quá hạn"}


def test_what_is_accepted_is_told_as_done(session: Session) -> None:
    task = made.accepted(made.issued(due_on=date(2026, 9, 30))[0])
    asked = Concluded(task.lead_unit_id, "MC-05", concluded_by(task).id)
    assert remediation_states([asked]) == {asked: "Đã hoàn thành đúng hạn"}


def test_a_page_is_told_by_a_number_of_reads_that_does_not_grow(session: Session) -> None:
    task = made.issued(units=(cast.LONG_PHUOC, cast.AN_PHUOC), findings=2)[0]
    conclusion = concluded_by(task)
    units = [cast.unit(code).id for code in (cast.LONG_PHUOC, cast.AN_PHUOC)]
    one = [Concluded(units[0], "MC-05", conclusion.id)]
    many = [Concluded(unit, key, conclusion.id) for unit in units for key in ("MC-05", "MC-11")]
    with count_queries(session) as few:
        remediation_states(one)
    session.expire_all()
    with count_queries(session) as more:
        remediation_states(many)
    assert len(more) <= len(few) + 2
