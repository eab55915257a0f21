"""Letters of the office about remediation: urging what is overdue, answering who asked for more time.

They name units, papers and dates, never an officer: one letter may go to many units.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.badge import days_overdue
from app.deadlines.settings import (
    EXTENSION_ANSWER_SUBJECT,
    FOLLOW_UP_UNIT,
    NOTICE_VERB,
    REMINDER_ANNEX,
    REMINDER_ANSWER_DAYS,
    REMINDER_SUBJECT,
)
from app.deadlines.working_days import add_working_days, phrase_before
from app.documents.content import (
    Align,
    Annex,
    Block,
    Column,
    Item,
    Numbered,
    OfficialDocument,
    Row,
    Table,
    paragraph,
    plain,
)
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.errors import WrongState
from app.policy import UNIT_DECIDES
from app.remediation import queries
from app.remediation.heads import Head, head_of
from app.remediation.lateness import position, proof_missing, report_after
from app.remediation.models import ExtensionAnswer, Source, Task
from app.remediation.queries.papers import HasReported
from app.remediation.services.requests import askers_of, may_be_extended
from app.remediation.states import TASK
from app.vietnamese import count, format_date

MOST_ADDRESSEES = 12
"""Beyond so many units “Kính gửi” points to the annex instead of naming each."""
OVERDUE_COLUMNS = (
    Column("STT", 11, Align.CENTER),
    Column("Đơn vị", 40),
    Column("Số, ngày thông báo", 34, Align.CENTER),
    Column("Nội dung chưa thực hiện", 74),
    Column("Thời hạn", 24, Align.CENTER),
    Column("Số ngày quá hạn", 18, Align.CENTER),
    Column("Lần đôn đốc", 16, Align.CENTER),
    Column("Tình trạng, ghi chú", 30),
)
REPORTED_COLUMNS = (
    Column("STT", 11, Align.CENTER),
    Column("Đơn vị đã báo cáo", 70),
    Column("Số, ký hiệu báo cáo", 40, Align.CENTER),
    Column("Ngày gửi", 30, Align.CENTER),
)


def owed(tasks: Sequence[Task]) -> list[Task]:
    """Those that their units still have to mend, to report or, late already, to prove."""
    return [task for task in tasks if queries.is_owed(task, clock.today())]


def compose_reminder(paper: Paper) -> OfficialDocument:
    """Công văn đôn đốc of a drafted paper."""
    listed = queries.list_tasks_of(paper)
    if not listed:
        raise WrongState("Chọn nội dung trong bảng theo dõi khắc phục rồi soạn công văn đôn đốc.")
    tasks = owed(listed) or listed
    as_of = queries.stands_on(paper)
    return reminder(head_of(paper), tasks, reported=queries.list_reported(tasks, as_of), as_of=as_of)


def reminder_misses(paper: Paper) -> tuple[str, ...]:
    """What stops it: nothing left to urge."""
    if owed(queries.list_tasks_of(paper)):
        return ()
    return ("Các nội dung trong công văn đều đã được báo cáo, không còn nội dung phải đôn đốc.",)


def reminder(
    head: Head, tasks: Sequence[Task], *, as_of: date, reported: Sequence[HasReported] = ()
) -> OfficialDocument:
    """One letter to all units that lead one of `tasks`, with the annex of what is overdue.

    It tells how things stand on `as_of`, the day on which it was begun or last added to, so that a letter
    which waits a night for its signature still says what was checked and approved.
    """
    units = queries.units_of_tasks(tasks)
    names = tuple(unit.name for unit in units)
    several = len(units) > 1
    annexes = [
        Annex(
            deadlines.setting(REMINDER_ANNEX),
            (_overdue_table(tasks, as_of),),
            label="Phụ lục I" if several and reported else "Phụ lục",
            landscape=True,
        )
    ]
    if several and reported:
        annexes.append(
            Annex("Đơn vị đã báo cáo kết quả khắc phục", (_reported_table(reported),), label="Phụ lục II")
        )
    return OfficialDocument(
        kind=DocumentKind.REMINDER_LETTER,
        type_name="Công văn",
        subject=deadlines.setting(REMINDER_SUBJECT),
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        addressees=_addressees(names, annexes[0].label),
        blocks=_reminder_words(head, tasks, names, annexes[0].label, as_of),
        signature=head.signature,
        recipients=head.recipients,
        annexes=tuple(annexes),
    )


def _addressees(names: tuple[str, ...], annex: str) -> tuple[str, ...]:
    return names if len(names) <= MOST_ADDRESSEES else (f"Các đơn vị có tên tại {annex} kèm theo",)


def _reminder_words(
    head: Head, tasks: Sequence[Task], names: Sequence[str], annex: str, today: date
) -> tuple[Block, ...]:
    """users.md §4, “Đôn đốc, body”, with the names and dates of the record."""
    until = add_working_days(today, deadlines.setting(REMINDER_ANSWER_DAYS), deadlines.current_calendar())
    many = len(names) != 1
    whom = "các đơn vị" if many else names[0]
    behind = (
        f"các đơn vị có tên tại {annex} kèm theo chưa hoàn thành hoặc chưa báo cáo"
        if many
        else f"{names[0]} chưa hoàn thành hoặc chưa báo cáo các nội dung nêu tại Phụ lục kèm theo"
    )
    status = f"{_asked(head, tasks, whom)} Tuy nhiên, đến ngày {format_date(today)}, {behind}."
    request = (
        f"{head.body} {deadlines.setting(NOTICE_VERB)} Thủ trưởng {whom} khẩn trương chỉ đạo thực hiện, "
        f"báo cáo kết quả về {head.body} (qua {deadlines.setting(FOLLOW_UP_UNIT)}) {phrase_before(until)}."
    )
    consequence = (
        "Kết quả thực hiện là một trong các căn cứ đánh giá mức độ hoàn thành nhiệm vụ và Chỉ số cải cách "
        f"hành chính năm {today.year}."
    )
    return (
        paragraph(status, ref="status"),
        paragraph(request, ref="request"),
        paragraph(consequence, ref="consequence"),
    )


def _asked(head: Head, tasks: Sequence[Task], whom: str) -> str:
    """“Ngày 12/8/2026, Sở Nội vụ có Thông báo số 45/TB-SNV về …, trong đó đề nghị …”."""
    verb = deadlines.setting(NOTICE_VERB)
    sources = sources_of(tasks)
    wanted = f"trong đó {verb} {whom} khắc phục tồn tại, hạn chế và báo cáo kết quả"
    if len(sources) == 1:
        [source] = sources
        reports = [day for task in tasks if (day := task.report_due_on or task.due_on) is not None]
        by = f" {phrase_before(max(reports))}" if reports else ""
        title = title_of_notice(tasks[0])
        about = f" về {title}" if title else ""
        return (
            f"Ngày {format_date(source.issued_on)}, {source.body_name} có Thông báo số "
            f"{source.number_and_symbol}{about}, {wanted}{by}."
        )
    listed = "; ".join(f"số {s.number_and_symbol} ngày {format_date(s.issued_on)}" for s in sources)
    return f"{head.body} có các Thông báo kết luận kiểm tra ({listed}), {wanted} theo thời hạn tại Thông báo."


def sources_of(tasks: Sequence[Task]) -> list[Source]:
    """The notices that these tasks follow from, each once, oldest first."""
    found = {source for task in tasks if (source := task.source) is not None}
    return sorted(found, key=lambda source: (source.issued_on, source.number_and_symbol))


def title_of_notice(task: Task) -> str:
    """What its notice is about, as words within a sentence: “kết luận kiểm tra công tác …”."""
    title = (
        task.conclusion.title
        if task.conclusion is not None
        else task.document.subject
        if task.document
        else ""
    )
    title = " ".join(title.split()).rstrip(".")
    for opening in ("Về việc ", "V/v ", "Về "):
        title = title.removeprefix(opening)
    return title[:1].lower() + title[1:] if not title[:2].isupper() else title


def _overdue_table(tasks: Sequence[Task], today: date) -> Table:
    rows = []
    for place, task in enumerate(tasks, start=1):
        source, late = task.source, days_overdue(position(task), today)
        missing = proof_missing(task, today)
        state = missing[0].upper() + missing[1:] if missing else TASK.labels[task.state]
        rows.append(
            Row(
                (
                    str(place),
                    task.lead_unit.name,
                    f"{source.number_and_symbol}\n{format_date(source.issued_on)}" if source else "",
                    task.text.rstrip(".;"),
                    _term(task),
                    count(late) if late else "",
                    count(task.urged_count + 1),
                    f"{state}: {task.return_reason}" if task.return_reason else state,
                ),
                ref=f"task:{task.id}",
            )
        )
    return Table(OVERDUE_COLUMNS, tuple(rows), font_size=11)


def _term(task: Task) -> str:
    day = task.term or task.review_on
    return format_date(day) if day is not None else ""


def _reported_table(reported: Sequence[HasReported]) -> Table:
    rows = tuple(
        Row((str(place), one.unit, one.reference, format_date(one.on)))
        for place, one in enumerate(reported, start=1)
    )
    return Table(REPORTED_COLUMNS, rows, font_size=12)


def compose_answer(paper: Paper) -> OfficialDocument:
    """Công văn trả lời đề nghị gia hạn of a drafted paper."""
    found = queries.find_answer(paper)
    if found is None:
        raise WrongState("Soạn công văn trả lời từ trang của nội dung khắc phục.")
    return answer(head_of(paper), found)


def answer_misses(paper: Paper) -> tuple[str, ...]:
    """What stops it: nothing to move any more, or the asker would decide."""
    found = queries.find_answer(paper)
    if found is None:
        return ("Công văn chưa gắn với đề nghị gia hạn nào.",)
    told = []
    task = found.task
    if not may_be_extended(task):
        told.append(f"{task.code} không còn phải thực hiện nên không còn thời hạn để trả lời.")
    elif found.granted_due_on and task.term and found.granted_due_on <= task.term:
        told.append(f"Thời hạn mới phải sau thời hạn {format_date(task.term)}.")
    if paper.document.signer_id in askers_of(found):
        told.append("Người đề nghị gia hạn không quyết định việc gia hạn. Chọn người ký khác.")
    elif paper.document.signer_id in {key for key, _name, _post in queries.list_people_at(task.lead_unit_id)}:
        told.append(f"{UNIT_DECIDES} Chọn người ký khác.")
    return tuple(told)


def answer(head: Head, found: ExtensionAnswer) -> OfficialDocument:
    """Granted with the new date, or refused with the reason; the days overdue before it stay counted."""
    task, unit = found.task, found.task.lead_unit.name
    source = task.source
    by_notice = f" theo {source.citation}" if source is not None else ""
    asked = f" ({found.request_reference})" if found.request_reference else ""
    wished = f", đề nghị đến hết ngày {format_date(found.asked_due_on)}" if found.asked_due_on else ""
    due = f" (thời hạn {format_date(task.due_on)}{wished})" if task.due_on else ""
    opening = (
        f"Ngày {format_date(found.requested_on)}, {unit} có đề nghị gia hạn{asked} đối với nội dung khắc phục"
        f"{by_notice}: {_quoted(task.text)}{due}. Sau khi xem xét, {head.body} có ý kiến như sau:"
    )
    lines = _granted(head, found) if found.granted_due_on else _refused(head, found)
    items = tuple(Item(plain(line), ref="answer") for line in lines)
    return OfficialDocument(
        kind=DocumentKind.EXTENSION_ANSWER,
        type_name="Công văn",
        subject=deadlines.setting(EXTENSION_ANSWER_SUBJECT),
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        addressees=(unit,),
        blocks=(paragraph(opening, ref="opening"), Numbered(items)),
        signature=head.signature,
        recipients=head.recipients,
    )


def _quoted(text: str) -> str:
    """Words of the record in quotes, unless they hold quotes of their own."""
    bare = text.rstrip(".;")
    return bare if "“" in bare else f"“{bare}”"


def _granted(head: Head, found: ExtensionAnswer) -> list[str]:
    task = found.task
    assert found.granted_due_on is not None
    report = report_after(task, found.granted_due_on)
    lines = [
        f"Đồng ý gia hạn thời hạn hoàn thành đến hết ngày {format_date(found.granted_due_on)}. "
        f"Lý do: {_inside(found.reason)}.",
    ]
    late = _late_by(task, found.requested_on)
    if late:
        lines.append(
            f"Số ngày quá hạn đến ngày đề nghị ({count(late)} ngày) vẫn được tính khi đánh giá kết quả thực "
            "hiện."
        )
    lines.append(
        f"{deadlines.setting(NOTICE_VERB).capitalize()} {task.lead_unit.name} chỉ đạo hoàn thành đúng thời "
        f"hạn được gia hạn, báo cáo kết quả về {head.body} (qua {deadlines.setting(FOLLOW_UP_UNIT)}) chậm "
        f"nhất hết ngày {format_date(report)}."
    )
    return lines


def _refused(head: Head, found: ExtensionAnswer) -> list[str]:
    task = found.task
    due = f" {format_date(task.due_on)}" if task.due_on else ""
    return [
        f"Không đồng ý gia hạn thời hạn hoàn thành. Lý do: {_inside(found.reason)}.",
        f"{deadlines.setting(NOTICE_VERB).capitalize()} {task.lead_unit.name} thực hiện theo thời hạn{due} "
        f"đã nêu tại Thông báo, báo cáo kết quả về {head.body} (qua {deadlines.setting(FOLLOW_UP_UNIT)}).",
    ]


def _late_by(task: Task, on: date) -> int:
    if task.converted or task.due_on is None:
        return 0
    return max((on - task.due_on).days, 0)


def _inside(text: str) -> str:
    """Words of a reason within a sentence."""
    bare = " ".join(text.split()).rstrip(".;")
    return bare if bare[:2].isupper() else bare[:1].lower() + bare[1:]


def reminder_effects(paper: Paper) -> str:
    """What issuing the letter does, before anybody clicks."""
    tasks, units = len(queries.list_tasks_of(paper)), len(paper.units)
    return (
        f"Ghi một lần đôn đốc cho {count(tasks)} nội dung khắc phục còn phải thực hiện; "
        f"gửi công văn đến {count(units)} đơn vị."
    )


def answer_effects(paper: Paper) -> str:
    """What issuing the answer does to the date."""
    answer = queries.find_answer(paper)
    if answer is None or answer.granted_due_on is None:
        return "Ghi không đồng ý gia hạn; thời hạn giữ nguyên."
    return f"Thời hạn của nội dung {answer.task.code} thành ngày {format_date(answer.granted_due_on)}."
