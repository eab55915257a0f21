"""Papers of remediation: letters that urge and answer, the unit's plan and report, and what an issue does."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Appointment, AppointmentKind
from app.documents.content import OfficialDocument, Paragraph, Table
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.findings.models import ProposalKind, UnitProposal
from app.remediation import letters, queries, services, unit_papers
from app.remediation.heads import head_of, unit_head
from app.remediation.models import ExtensionAnswer, ProgressStatus, Task
from app.remediation.values import AnswerValues, AssignValues, Officer
from tests import cast
from tests.factories import papers_after as papers
from tests.factories import past
from tests.factories import remediation as made
from tests.factories.papers_after import composed, missing
from tests.queries import count_queries

THREE = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH)


def words(document: OfficialDocument) -> str:
    return " ".join(
        run.text for block in document.blocks if isinstance(block, Paragraph) for run in block.runs
    )


def rows(document: OfficialDocument, annex: int = 0) -> list[tuple[str, ...]]:
    [table] = [block for block in document.annexes[annex].blocks if isinstance(block, Table)]
    return [row.cells for row in table.rows]


def reminder(*tasks: Task) -> Paper:
    return services.begin_reminder(tasks, actor=cast.actor(cast.FOLLOWER))


def test_the_letter_urges_in_the_words_of_the_office(session: Session) -> None:
    tasks = made.issued(units=THREE[:2], due_on=papers.OVERDUE)
    letter = composed(reminder(*tasks))
    assert letter.is_letter and letter.subject == "Đôn đốc khắc phục tồn tại, hạn chế sau kiểm tra"
    assert letter.symbol == "SNV-CCHC"
    assert letter.addressees == ("UBND xã An Phước", "UBND xã Long Phước")
    source = tasks[0].source
    assert source is not None
    assert words(letter) == (
        f"Ngày 12/8/2026, Sở Nội vụ có Thông báo số {source.number_and_symbol} về kết luận kiểm tra công tác "
        "cải cách hành chính, công vụ năm 2026, trong đó đề nghị các đơn vị khắc phục tồn tại, hạn chế "
        "và báo "
        "cáo kết quả trước ngày 12/9/2026. Tuy nhiên, đến ngày 23/9/2026, các đơn vị có tên tại Phụ lục kèm "
        "theo chưa hoàn thành hoặc chưa báo cáo. Sở Nội vụ đề nghị Thủ trưởng các đơn vị khẩn trương chỉ đạo "
        "thực hiện, báo cáo kết quả về Sở Nội vụ (qua Phòng Cải cách hành chính) trước ngày 01/10/2026. Kết "
        "quả thực hiện là một trong các căn cứ đánh giá mức độ hoàn thành nhiệm vụ và Chỉ số cải cách hành "
        "chính năm 2026."
    )
    assert {block.ref for block in letter.blocks if isinstance(block, Paragraph)} == {
        "status", "request", "consequence",
    }  # fmt: skip
    cells = rows(letter)[0]
    assert cells[0:2] == ("1", "UBND xã An Phước")
    assert cells[4:] == ("11/9/2026", "12", "01", "Chưa thực hiện")


def test_a_letter_to_many_units_points_to_the_annex_and_names_no_officer(session: Session) -> None:
    tasks = made.issued(units=THREE[:2], due_on=papers.OVERDUE)
    for task in tasks:
        services.assign(task, AssignValues(lead=Officer("Phạm Thị Thí Dụ")), actor=cast.actor(cast.FOLLOWER))
    paper = reminder(*tasks)
    assert "Thí Dụ" not in str(composed(paper))
    names = tuple(f"UBND xã Mẫu {place}" for place in range(13))
    assert letters._addressees(names, "Phụ lục") == ("Các đơn vị có tên tại Phụ lục kèm theo",)


def test_units_that_have_reported_stand_in_a_second_annex(session: Session) -> None:
    tasks = made.issued(units=THREE, due_on=papers.OVERDUE)
    by_unit = {task.lead_unit.code: task for task in tasks}
    made.submitted(by_unit[cast.LONG_THANH], by=cast.CLERK)
    letter = composed(reminder(by_unit[cast.LONG_PHUOC], by_unit[cast.AN_PHUOC]))
    assert [annex.label for annex in letter.annexes] == ["Phụ lục I", "Phụ lục II"]
    assert rows(letter, 1) == [("1", "UBND phường Long Thành", "87/BC-UBND", "23/9/2026")]
    assert "tại Phụ lục I kèm theo" in words(letter)
    alone = composed(reminder(by_unit[cast.LONG_PHUOC]))
    assert len(alone.annexes) == 1 and "An Phước" not in str(alone)
    assert "UBND xã Long Phước chưa hoàn thành hoặc chưa báo cáo các nội dung" in words(alone)


def test_tasks_of_several_notices_are_urged_by_one_letter(session: Session) -> None:
    tasks = [past.task(due_on=date(2026, 9, 1)), *made.issued(due_on=papers.OVERDUE)]
    letter = composed(reminder(*tasks))
    assert "Sở Nội vụ có các Thông báo kết luận kiểm tra (số 18/TB-SNV ngày 14/11/2025; số " in words(letter)
    one = composed(reminder(tasks[0]))
    assert words(one).startswith("Ngày 14/11/2025, Sở Nội vụ có Thông báo số 18/TB-SNV về ")


def test_an_issued_letter_counts_once_for_each_task_that_is_still_owed(session: Session) -> None:
    first, second = made.issued(units=THREE[:2], due_on=papers.OVERDUE)
    paper = reminder(first, second)
    made.submitted(second, by=cast.CLERK)
    assert [cells[1] for cells in rows(composed(paper))] == [first.lead_unit.name]
    document = papers.issued(paper)
    assert (first.urged_count, second.urged_count) == (1, 0)
    assert first.last_urged_reference == f"Công văn số {document.number_and_symbol} ngày 23/9/2026"
    assert first.last_urged_on == date(2026, 9, 23)
    services.urge_by_paper(paper, cast.actor(cast.CLERK))
    assert first.urged_count == 1


def test_only_what_is_owed_and_followed_is_urged(session: Session) -> None:
    [task] = made.issued()
    with pytest.raises(DomainError, match="Chọn ít nhất 01"):
        reminder()
    with pytest.raises(Forbidden):
        services.begin_reminder([task], actor=cast.actor(cast.HEAD))
    paper = reminder(task)
    assert missing(paper) == ()
    made.submitted(task)
    assert missing(paper) == (
        "Các nội dung trong công văn đều đã được báo cáo, không còn nội dung phải đôn đốc.",
    )
    with pytest.raises(WrongState, match=task.code):
        reminder(task)


def test_composing_a_letter_takes_as_many_reads_for_many_units_as_for_one(session: Session) -> None:
    few, many = reminder(*made.issued()), reminder(*made.issued(units=THREE, findings=3))
    session.commit()
    counts = []
    for paper in (few, many):
        session.expire_all()
        with count_queries(session) as counted:
            composed(paper)
        counts.append(len(counted))
    assert abs(counts[0] - counts[1]) <= 3, counts


def answered(task: Task, **changes: object) -> Paper:
    values = AnswerValues(
        **{
            "requested_by": cast.person(cast.HEAD).id, "requested_on": date(2026, 9, 20),
            "reason": "Chờ phần mềm một cửa nâng cấp", "granted_due_on": date(2026, 10, 30),
            "request_reference": "Công văn số 112/UBND-VP ngày 20/9/2026", **changes,
        }
    )  # fmt: skip
    return services.begin_extension_answer(task, values, actor=cast.actor(cast.FOLLOWER))


def items(document: OfficialDocument) -> list[str]:
    return [
        "".join(run.text for run in item.runs)
        for block in document.blocks
        for item in getattr(block, "items", ())
    ]


def test_a_granted_extension_moves_the_date_once_the_letter_is_issued(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    paper = answered(task)
    letter = composed(paper)
    assert letter.addressees == ("UBND xã Long Phước",)
    assert "Công văn số 112/UBND-VP ngày 20/9/2026" in words(letter)
    assert [line.split(".")[0] for line in items(letter)[:2]] == [
        "Đồng ý gia hạn thời hạn hoàn thành đến hết ngày 30/10/2026",
        "Số ngày quá hạn đến ngày đề nghị (09 ngày) vẫn được tính khi đánh giá kết quả thực hiện",
    ]
    assert task.due_on == papers.OVERDUE and missing(paper) == ()
    papers.issued(paper, 612)
    assert task.due_on == date(2026, 10, 30)
    [extension] = task.extensions
    assert extension.decided_by == cast.person(cast.LEADER).id
    assert extension.reference == "Công văn số 612/SNV-CCHC ngày 23/9/2026 của Sở Nội vụ"
    assert extension.document_id == paper.document_id
    assert extension.working_days > extension.most_days, "an issued answer goes beyond the limits"


def test_a_refusal_says_why_and_moves_nothing(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    paper = answered(task, granted_due_on=None, reason="Đã gia hạn hai lần.", requested_on=date(2026, 9, 10))
    assert items(composed(paper)) == [
        "Không đồng ý gia hạn thời hạn hoàn thành. Lý do: đã gia hạn hai lần.",
        "Đề nghị UBND xã Long Phước thực hiện theo thời hạn 11/9/2026 đã nêu tại Thông báo, báo cáo kết "
        "quả về "
        "Sở Nội vụ (qua Phòng Cải cách hành chính).",
    ]
    papers.issued(paper)
    assert task.due_on == papers.OVERDUE and task.extensions == []


def test_a_letter_that_comes_too_late_changes_nothing(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    paper = answered(task)
    made.submitted(task)
    assert missing(paper) == (f"{task.code} không còn phải thực hiện nên không còn thời hạn để trả lời.",)
    papers.issued(paper)
    assert task.extensions == []


def test_who_asks_for_time_does_not_grant_it(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    asker = cast.person(cast.LEADER)
    asker.appointments.append(
        Appointment(unit_id=task.lead_unit_id, title="Phó Chủ tịch", kind=AppointmentKind.DEPUTY,
                    from_on=date(2026, 1, 1), roles=[])
    )  # fmt: skip
    session.flush()
    paper = answered(task, requested_by=asker.id)
    paper.document.signer_id = asker.id
    assert missing(paper) == ("Người đề nghị gia hạn không quyết định việc gia hạn. Chọn người ký khác.",)
    papers.issued(paper)
    assert task.extensions == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("reason", {"reason": " "}),
        ("requested_on", {"requested_on": date(2026, 9, 24)}),
        ("requested_on", {"requested_on": date(2026, 8, 1)}),
        ("granted_due_on", {"granted_due_on": papers.OVERDUE}),
        ("asked_due_on", {"asked_due_on": date(2026, 9, 1)}),
        ("granted_due_on", {"granted_due_on": date(2026, 9, 15)}),
        ("requested_by", {"requested_by": 10**9}),
    ],
)
def test_a_wrong_answer_is_refused_at_its_field(
    session: Session, field: str, changes: dict[str, object]
) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    with pytest.raises(DomainError) as refused:
        answered(task, **changes)
    assert refused.value.field == field
    assert session.query(ExtensionAnswer).count() == 0


def test_one_answer_is_drafted_at_a_time(session: Session) -> None:
    [task] = made.issued(due_on=papers.OVERDUE)
    paper = answered(task)
    with pytest.raises(Conflict, match="đang có công văn trả lời"):
        answered(task)
    papers.issued(paper)
    answered(task, granted_due_on=date(2026, 11, 30))
    made.submitted(task)
    with pytest.raises(WrongState):
        answered(task)


def unit_paper(kind: DocumentKind, *tasks: Task) -> Paper:
    made_ = services.begin(
        kind, subject="Khắc phục tồn tại, hạn chế", symbol="KH-UBND", units=[cast.unit(cast.LONG_PHUOC)],
        actor=cast.actor(cast.HEAD),
    )  # fmt: skip
    services.link(made_, tasks)
    return made_


def test_the_plan_says_who_does_what_until_when(session: Session) -> None:
    first, second = made.issued(findings=2)
    services.assign(
        first,
        AssignValues(
            lead=Officer("Phạm Thị Thí Dụ"), coordinating=(Officer("Võ Văn Mẫu"),),
            internal_due_on=date(2026, 9, 28),
        ),
        actor=cast.actor(cast.HEAD),
    )  # fmt: skip
    first.findings[0].subjective_causes = ["no_supervision"]
    plan = composed(unit_paper(DocumentKind.REMEDIATION_PLAN, first))
    assert plan.issuing_body == "Ủy ban nhân dân xã Long Phước" and plan.governing_body is None
    assert (plan.symbol, plan.place, plan.number) == ("KH-UBND", "Long Phước", None)
    assert plan.signature is not None and plan.signature.authority == ("TM. Ủy ban nhân dân",)
    assert plan.signature.posts == ("Chủ tịch",)
    [cells] = rows(plan)
    assert cells[2] == "Chủ quan: thiếu kiểm tra, đôn đốc."
    assert cells[4:] == (
        "Phạm Thị Thí Dụ", "Võ Văn Mẫu", "30/9/2026", "Báo cáo", "Hạn nội bộ 28/9/2026",
    )  # fmt: skip
    both = composed(unit_paper(DocumentKind.REMEDIATION_PLAN))
    assert len(rows(both)) == 2 and rows(both)[1][4] == second.lead_unit.name


def test_the_report_tells_done_doing_and_not_yet_with_evidence_and_cause(session: Session) -> None:
    first, second, third = made.issued(findings=3)
    made.submitted(made.progressed(first))
    made.progressed(second, status=ProgressStatus.DOING)
    session.add(
        UnitProposal(
            inspected_unit_id=first.inspected_unit_id,
            kind=ProposalKind.PROPOSAL,
            text="Nâng cấp phần mềm một cửa.",
        )
    )
    session.flush()
    report = composed(unit_paper(DocumentKind.REMEDIATION_REPORT))
    assert report.symbol == "BC-UBND" and report.addressees == ("Sở Nội vụ",)
    assert "đã khắc phục xong: 01; đang khắc phục: 01; chưa khắc phục: 01." in words(report)
    assert items(report) == ["Nâng cấp phần mềm một cửa."]
    done, doing, left = rows(report)
    assert done[2] == "Đã khắc phục xong" and done[3:5] == ("", "")
    assert done[5] == "31/TB-UBND ngày 10/9/2026; 87/BC-UBND ngày 23/9/2026"
    assert doing[3] == "Đã ban hành và niêm yết" and doing[6] == "Thiếu nhân lực"
    assert left[4] == "Chưa thực hiện" and left[5:7] == ("", "")
    assert unit_papers.status_of(third) is ProgressStatus.NOT_YET


def test_a_report_keeps_to_its_own_unit_and_needs_something_to_tell(session: Session) -> None:
    own, other = made.issued(units=THREE[:2])
    if own.lead_unit.code != cast.LONG_PHUOC:
        own, other = other, own
    report = composed(unit_paper(DocumentKind.REMEDIATION_REPORT, own, other))
    assert len(rows(report)) == 1 and "An Phước" not in str(report)
    nobody = unit_paper(DocumentKind.REMEDIATION_REPORT)
    nobody.units = [cast.unit(cast.LONG_THANH)]
    session.flush()
    assert missing(nobody) == ("Đơn vị không có nội dung khắc phục nào.",)


def test_a_task_without_a_date_tells_its_review(session: Session) -> None:
    task = past.task(
        deadline_kind="continuing", due_on=None, review_on=date(2026, 10, 15), no_date_reason="Thường xuyên"
    )
    tasks = queries.list_of_unit(task.lead_unit_id)
    assert rows(unit_papers.plan(task.lead_unit, tasks))[0][6] == "Rà soát 15/10/2026"
    assert rows(unit_papers.report(task.lead_unit, tasks))[0][8] == "Thường xuyên"
    letter = letters.reminder(head_of(reminder(task)), tasks, as_of=date(2026, 9, 23))
    assert rows(letter)[0][4:6] == ("15/10/2026", "")


def test_the_head_of_another_body_stands_under_its_own_superior(session: Session) -> None:
    head = unit_head(cast.unit(cast.OFFICE), "BC")
    assert (head.printed, head.parent, head.place) == ("Sở Nội vụ", "UBND thành phố Đồng Nai", "Đồng Nai")
    assert head.symbol == "BC-SNV" and head.signature.authority == ()
