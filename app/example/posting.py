"""November 2026: two communes, a notice for each made and issued as a batch, one of them replaced since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import sqlalchemy as sa

from app.deadlines.queries import current_calendar
from app.deadlines.working_days import add_working_days
from app.documents.chain import TextChange
from app.documents.models import IssueWay
from app.example import cases, field, notices
from app.example.organisation import actor, person
from app.example.people import read
from app.extensions import db
from app.fieldwork.services import ending
from app.inspections import services
from app.inspections.models import HalfDay, Inspection, InspectionKind
from app.jobs import worker
from app.notices import batches
from app.notices import services as drafting
from app.notices.models import Notice, NoticeBatch
from app.remediation.models import Task
from app.remediation.services import adjusting
from app.remediation.services import drafting as tasks

UNITS = ("BA", "PT")
VISITS = (("BA", date(2026, 11, 12), HalfDay.MORNING), ("PT", date(2026, 11, 12), HalfDay.AFTERNOON))
DUE_ON = date(2026, 12, 18)
SYMBOL = "TB-ĐKT"
WHY = "Tồn tại tại mục II nêu thiếu nơi niêm yết: còn cả Trang thông tin điện tử của xã"
FIRST_STEPS = (("submit", "kehoach"), ("check_content", "truongphong"), ("check_form", "vanthu"))
LAST_STEPS = (("seal", "vanthu"), ("issue", "vanthu"))


def case() -> Inspection:
    """The case of this batch."""
    return db.session.scalars(sa.select(Inspection).order_by(Inspection.id).offset(2).limit(1)).one()


def told(code: str) -> field.Told:
    return field.Told(read("cases")["posting"]["units"][code])


def _draft() -> None:
    cases.draft(
        cases.Plan(
            title="Kiểm tra việc niêm yết, công khai thủ tục hành chính năm 2026",
            kind=InspectionKind.THEMATIC,
            units=UNITS,
            groups=("KS",),
            review_from=date(2026, 1, 1),
            review_to=date(2026, 9, 30),
            visits=VISITS,
        )
    )


def _decide() -> None:
    cases.decide(case(), 149, date(2026, 11, 6))
    cases.announce(case(), "Công văn số 3961/SNV-CCHC ngày 06/11/2026", date(2026, 11, 11))


def _visit(code: str, closed_hour: int) -> None:
    unit = cases.inspected(case(), code)
    services.record_unit_report(
        unit, f"Báo cáo số {told(code).content['report']} ngày 11/11/2026", unit.report_due_on,
        actor=actor("thuky"),
    )  # fmt: skip
    field.open_visit(unit.visits[0])
    field.answer_all(unit, told(code))
    field.tell_groups(unit, told(code))
    field.write_minutes(unit.visits[0], told(code), closed_hour=closed_hour)
    field.end(unit)


def _report() -> None:
    ending.record_team_report(
        case(), number=21, symbol="ĐKT-SNV", issued_on=date(2026, 11, 13),
        signer_name=person("truongdoan").name, actor=actor("thuky"),
    )  # fmt: skip
    field.agree_all(list(case().units))
    who = actor("truongdoan")
    tasks.propose(case(), case().units, start_on=date(2026, 11, 17), actor=who)
    asked = db.session.scalars(sa.select(Task).where(Task.inspection_id == case().id)).all()
    report_on = add_working_days(DUE_ON, 3, current_calendar())
    adjusting.set_common_date(list(asked), due_on=DUE_ON, report_due_on=report_on, actor=who)


def _batch() -> NoticeBatch:
    return db.session.scalars(sa.select(NoticeBatch).where(NoticeBatch.inspection_id == case().id)).one()


def _start() -> None:
    drafting.start_batch(case(), case().units, actor=actor("kehoach"))


def _compose() -> None:
    """The worker drafts a notice for each unit; the planner says who signs each and who follows."""
    worker.run_one()
    for item in _batch().items:
        assert item.notice is not None
        notices.put_details(item.notice, notices.Paper(IssueWay.HERE, SYMBOL, item.notice.document.subject))


def _steps(steps: Sequence[tuple[str, str]]) -> None:
    """The same step for both notices at once, as the page of the batch asks for it."""
    for verb, who in steps:
        batch = _batch()
        if batches.ready_for(batch, batches.find_step(verb), actor(who)):  # else done before a break
            drafting.ask_batch(batch, verb, actor=actor(who))
            db.session.commit()
            worker.run_one()


def _issued() -> Notice:
    """The notice of the first commune, as it was issued in the batch."""
    notice = _batch().items[0].notice
    assert notice is not None
    return notice


def _replace() -> None:
    """Its content was wrong in one place: another notice of the same commune, with the reason."""
    who = actor("kehoach")
    notice = drafting.draft_replacement(_issued(), WHY, actor=who)
    notices.put_details(notice, notices.Paper(IssueWay.HERE, SYMBOL, notice.document.subject))
    first = notice.items[0]
    words = f"{first.text.rstrip('.')} và trên Trang thông tin điện tử của xã"
    drafting.edit_texts(notice, [TextChange(f"item-{first.id}", words)], version=None, actor=who)
    notices.check_and_approve(notice)


def _issue_replacement() -> None:
    notices.sign_here(notices.notices()[-1])


CHAPTERS: tuple[tuple[date, int, Callable[[], None]], ...] = (
    (date(2026, 11, 5), 10, _draft),
    (date(2026, 11, 6), 15, _decide),
    (date(2026, 11, 12), 8, partial(_visit, "BA", 11)),
    (date(2026, 11, 12), 14, partial(_visit, "PT", 16)),
    (date(2026, 11, 13), 15, _report),
    (date(2026, 11, 16), 8, _start),
    (date(2026, 11, 16), 9, _compose),
    (date(2026, 11, 16), 14, partial(_steps, FIRST_STEPS)),
    (date(2026, 11, 17), 8, partial(_steps, (("approve", "lanhdao"), ("sign", "lanhdao")))),
    (date(2026, 11, 17), 9, partial(_steps, LAST_STEPS)),
    (date(2026, 11, 18), 15, _replace),
    (date(2026, 11, 19), 9, _issue_replacement),
)
