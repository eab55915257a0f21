"""The concluded case of summer 2026: three units, two notices, work that is done, late or under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import sqlalchemy as sa

from app.deadlines.queries import current_calendar
from app.deadlines.working_days import add_working_days
from app.documents.models import IssueWay, SendingWay
from app.example import cases, field, followed, notices
from app.example.organisation import actor, person, unit
from app.example.people import read
from app.extensions import db
from app.fieldwork.services import ending
from app.findings import queries as findings_read
from app.findings import services as findings
from app.findings.models import Finding
from app.form_library.models import Criterion
from app.inspections import services
from app.inspections.models import HalfDay, InspectedUnit, Inspection, InspectionKind, ScopeItem
from app.remediation.models import Task
from app.remediation.services import adjusting, drafting
from app.remediation.values import ProductValues, StepValues, TaskValues

UNITS = ("LT", "LP", "AP")
VISITS = (
    ("LT", date(2026, 7, 21), HalfDay.MORNING),
    ("LP", date(2026, 7, 22), HalfDay.MORNING),
    ("AP", date(2026, 7, 23), HalfDay.MORNING),
)


def case() -> Inspection:
    """The case of this summer."""
    return db.session.scalars(sa.select(Inspection).order_by(Inspection.id).limit(1)).one()


def unit_of(code: str) -> InspectedUnit:
    return cases.inspected(case(), code)


def told(code: str) -> field.Told:
    return field.Told(read("cases")["summer"]["units"][code])


def _draft() -> None:
    content = read("cases")["summer"]
    cases.draft(
        cases.Plan(
            title="Kiểm tra công tác cải cách hành chính, công vụ 6 tháng đầu năm 2026",
            kind=InspectionKind.PLANNED,
            units=UNITS,
            groups=tuple(content["groups"]),
            review_from=date(2026, 1, 1),
            review_to=date(2026, 6, 30),
            visits=VISITS,
        )
    )


def _decide() -> None:
    cases.decide(case(), 98, date(2026, 7, 6))
    cases.announce(case(), "Công văn số 2210/SNV-CCHC ngày 10/7/2026", date(2026, 7, 17))


REPORTS = {"LT": "64/BC-UBND", "LP": "71/BC-UBND", "AP": "58/BC-UBND"}
"""What each unit sent before the visit."""


def _reported(code: str) -> None:
    unit = unit_of(code)
    cited = f"Báo cáo số {REPORTS[code]} ngày 16/7/2026"
    services.record_unit_report(unit, cited, unit.report_due_on, actor=actor("thuky"))


def _open(code: str) -> None:
    _reported(code)
    field.open_visit(unit_of(code).visits[0])


def _work(code: str) -> None:
    unit = unit_of(code)
    field.answer_all(unit, told(code))
    field.tell_groups(unit, told(code))
    field.look_at_old_tasks(unit, told(code))


def _sign(code: str) -> None:
    unit = unit_of(code)
    field.write_minutes(unit.visits[0], told(code), closed_hour=11)
    field.end(unit)


def _report() -> None:
    ending.record_team_report(
        case(), number=12, symbol="ĐKT-SNV", issued_on=date(2026, 7, 31),
        signer_name=person("truongdoan").name, actor=actor("thuky"),
    )  # fmt: skip
    field.agree_all(list(case().units))


DUE: dict[str, dict[str, date]] = {
    "LT": {
        "MC-05": date(2026, 9, 11), "MC-08": date(2026, 9, 11), "MC-11": date(2026, 10, 30),
    },
    "LP": {
        "MC-05": date(2026, 9, 11), "MC-07": date(2026, 9, 11), "MC-04": date(2026, 9, 30),
        "KS-07": date(2026, 11, 27),
    },
    "AP": {"MC-09": date(2026, 9, 11), "MC-12": date(2026, 11, 30)},
}  # fmt: skip
"""The dates the team agreed on: one near, one common, one later; reports three working days after."""


def _plan_remediation() -> None:
    who = actor("truongdoan")
    drafting.propose(case(), case().units, start_on=date(2026, 8, 12), actor=who)
    for code in UNITS:
        for key, entries in told(code).content["short"].items():
            if "task" in entries[0]:
                task = task_of(code, key)
                drafting.edit_task(task, _worded(task, entries[0]["task"]), actor=who)
    for code, dates in DUE.items():
        for key, due_on in dates.items():
            report_on = add_working_days(due_on, 3, current_calendar())
            adjusting.set_common_date([task_of(code, key)], due_on=due_on, report_due_on=report_on, actor=who)


def _worded(task: Task, text: str) -> TaskValues:
    """The proposed task in the team's own words."""
    return TaskValues(
        text=text,
        lead_unit_id=task.lead_unit_id,
        deadline_kind=task.deadline_kind,
        milestone=task.milestone,
        due_on=task.due_on,
        report_due_on=task.report_due_on,
        review_on=task.review_on,
        no_date_reason=task.no_date_reason,
        lead_person=task.lead_person,
        products=tuple(ProductValues(result.product, result.text) for result in task.results),
        finding_ids=tuple(finding.id for finding in task.findings),
    )


def task_of(code: str, key: str) -> Task:
    """The task that answers the unit's finding about this criterion."""
    return db.session.scalars(
        sa.select(Task)
        .join(Task.findings)
        .join(ScopeItem, ScopeItem.id == Finding.scope_item_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .where(Task.inspected_unit_id == unit_of(code).id, Criterion.key == key)
    ).one()


def _draft_notices() -> None:
    notices.open_book("TB-ĐKT", "Sổ thông báo của Đoàn kiểm tra")
    notices.draft(
        case(),
        [unit_of("LT")],
        notices.Paper(
            IssueWay.HERE,
            "TB-ĐKT",
            "Kết luận kiểm tra công tác cải cách hành chính, công vụ 6 tháng đầu năm 2026 đối với "
            "UBND phường Long Thành",
        ),
    )
    notices.draft(
        case(),
        [unit_of("LP"), unit_of("AP")],
        notices.Paper(
            IssueWay.RECORDED,
            "TB-SNV",
            "Kết luận kiểm tra công tác cải cách hành chính, công vụ 6 tháng đầu năm 2026 đối với "
            "UBND xã Long Phước và UBND xã An Phước",
        ),
    )

    notices.also_to(notices.notices()[0], "Thanh tra thành phố")
    notices.also_to(notices.notices()[1], "Thanh tra thành phố", "Ủy ban MTTQ Việt Nam xã Long Phước")


def _approve_notices() -> None:
    for notice in notices.notices():
        notices.check_and_approve(notice)


def _issue_here() -> None:
    notices.sign_here(notices.notices()[0])


def _record_from_eoffice() -> None:
    notices.record_from_eoffice(notices.notices()[1], 45, date(2026, 8, 12))


def _sent() -> None:
    """Everybody of the first by eOffice in one act; of the second one by post, one is left to be sent."""
    first, second = notices.notices()[:2]
    notices.send(first, SendingWay.EOFFICE)
    notices.send(second, SendingWay.POST, to="MTTQ", note="Bưu gửi bảo đảm số 118")
    for body in ("UBND", "Giám đốc", "Phòng"):
        notices.send(second, SendingWay.EOFFICE, to=body)


def _received() -> None:
    followed.acknowledge("LT", "chutich-lt")
    followed.acknowledge("LP", "chutich-lp")
    followed.record_receipt("AP", "Hệ thống quản lý văn bản báo đã tiếp nhận, số đến 1187")
    followed.assign("LP", "chutich-lp", "congchuc-lp", date(2026, 9, 8))


def _first_results() -> None:
    nearest = task_of("LT", "MC-05")
    followed.done(
        nearest, "chutich-lt", "Đã gửi phiếu xin lỗi và hẹn lại đối với 21 hồ sơ còn thiếu",
        "Báo cáo số 87/BC-UBND", date(2026, 8, 31),
    )  # fmt: skip
    followed.submit(nearest, "chutich-lt")
    followed.done(
        task_of("LP", "MC-05"), "congchuc-lp", "Đã gửi phiếu xin lỗi đối với 31 hồ sơ quá hạn",
        "Công văn số 214/UBND-VP", date(2026, 8, 28),
    )  # fmt: skip
    followed.submit(task_of("LP", "MC-05"), "chutich-lp")


def _first_verdicts() -> None:
    followed.accept(task_of("LT", "MC-05"))
    followed.send_back(
        task_of("LP", "MC-05"), "Gửi kèm danh sách mã hồ sơ và ngày gửi từng phiếu xin lỗi",
        date(2026, 9, 25),
    )  # fmt: skip


def _report_of_an_phuoc() -> None:
    followed.report_by_paper(
        [task_of("AP", "MC-09"), task_of("AP", "TT-06")], "102/BC-UBND", date(2026, 9, 14),
        "Đã lập đủ sổ theo dõi theo từng lĩnh vực; đã chấn chỉnh lịch trực tại quầy tiếp nhận",
    )  # fmt: skip


def _later_verdicts() -> None:
    followed.accept(task_of("AP", "MC-09"))


def _under_way() -> None:
    last = task_of("LP", "KS-07")
    followed.doing(
        last, "congchuc-lp", "Đã rà soát 22/37 quy trình nội bộ",
        "Chờ quyết định công bố thủ tục hành chính mới của thành phố",
    )  # fmt: skip
    officer = f"{person('congchuc-lp').name}, công chức Văn phòng"
    followed.not_at_once(
        last, "congchuc-lp", "15 quy trình còn lại chờ quyết định công bố thủ tục hành chính mới",
        (
            StepValues("Rà soát 22 quy trình đã đủ căn cứ", "Danh mục quy trình", officer,
                       date(2026, 11, 13), done_on=date(2026, 11, 13)),
            StepValues("Trình phê duyệt 22 quy trình", "Tờ trình", officer, date(2026, 11, 20)),
            StepValues("Rà soát, trình phê duyệt 15 quy trình còn lại", "Quyết định phê duyệt",
                       "Chủ tịch UBND xã", date(2026, 11, 27)),
        ),
    )  # fmt: skip
    late = task_of("LT", "MC-11")
    followed.done(
        late, "chutich-lt", "Đã xác định trách nhiệm đối với 45 hồ sơ quá hạn, kiểm điểm 02 công chức",
        "Báo cáo số 131/BC-UBND", date(2026, 11, 16),
    )  # fmt: skip
    followed.submit(late, "chutich-lt")


def _urge() -> None:
    followed.urge(task_of("LP", "MC-07"), "Công văn số 4015/SNV-CCHC")


def _direct() -> None:
    followed.direct(
        task_of("LP", "MC-07"), "lanhdao",
        "Chủ tịch UBND xã trực tiếp chỉ đạo xử lý dứt điểm hồ sơ quá hạn, báo cáo tiến độ",
        date(2026, 11, 24),
    )  # fmt: skip


def _answer() -> None:
    followed.answer(
        task_of("LP", "MC-07"), "chutich-lp", "Đã giao Tổ công tác rà soát, xử lý trước ngày 30/11/2026",
        "Công văn số 208/UBND-VP", date(2026, 11, 19),
    )  # fmt: skip


def _propose() -> None:
    """Two units send proposals of their own accord, one of them is answered by now."""
    followed.propose(
        "LP", "chutich-lp", "Hướng dẫn quy trình nội bộ sau sắp xếp đơn vị hành chính", "Sở Nội vụ"
    )
    followed.propose(
        "LT", "chutich-lt", "Bổ sung chức năng gửi phiếu xin lỗi trên phần mềm một cửa",
        "Sở Khoa học và Công nghệ",
    )  # fmt: skip


def _answer_proposal() -> None:
    findings.answer_proposal(
        findings_read.list_waiting_of(unit("LP"))[0],
        answer="Đã có hướng dẫn thực hiện thống nhất cho các xã, phường.",
        reference="Công văn số 3702/SNV-CCHC", on=date(2026, 10, 14), actor=actor("theodoi"),
    )  # fmt: skip


def _change_of_heads() -> None:
    followed.change_head("AP", "Huỳnh Văn Tiếp Nối", date(2026, 11, 1), "07/BB-UBND", date(2026, 11, 3))


def _field_days() -> tuple[tuple[date, int, Callable[[], None]], ...]:
    days: list[tuple[date, int, Callable[[], None]]] = []
    for code, day, _ in VISITS:
        days += [
            (day, 8, partial(_open, code)),
            (day, 10, partial(_work, code)),
            (day, 12, partial(_sign, code)),
        ]
    return tuple(days)


CHAPTERS = (
    (date(2026, 6, 29), 9, _draft),
    (date(2026, 7, 10), 14, _decide),
    *_field_days(),
    (date(2026, 7, 31), 15, _report),
    (date(2026, 8, 5), 9, _plan_remediation),
    (date(2026, 8, 6), 10, _draft_notices),
    (date(2026, 8, 7), 14, _approve_notices),
    (date(2026, 8, 10), 9, _issue_here),
    (date(2026, 8, 12), 15, _record_from_eoffice),
    (date(2026, 8, 12), 16, _sent),
    (date(2026, 8, 13), 8, _received),
    (date(2026, 8, 31), 16, _first_results),
    (date(2026, 9, 3), 9, _first_verdicts),
    (date(2026, 9, 15), 10, _report_of_an_phuoc),
    (date(2026, 9, 18), 14, _later_verdicts),
)
LATE_CHAPTERS = (
    (date(2026, 10, 5), 9, _propose),
    (date(2026, 10, 5), 16, followed.read_messages),
    (date(2026, 10, 14), 15, _answer_proposal),
    (date(2026, 11, 4), 9, _change_of_heads),
    (date(2026, 11, 17), 10, _under_way),
    (date(2026, 11, 18), 9, _urge),
    (date(2026, 11, 18), 10, followed.draft_reminder),
    (date(2026, 11, 18), 11, _direct),
    (date(2026, 11, 19), 15, _answer),
)
