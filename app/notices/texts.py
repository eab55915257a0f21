"""The words of a notice: which texts it has, what the record proposes for each, and what was edited.

A text is lines: one line is one paragraph, point or recipient. Figures are not in the words: they are tokens
of the record that `compose` sets behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app import clock
from app.accounts.models import AppointmentKind
from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, FOLLOW_UP_UNIT, NOTICE_TITLE, NOTICE_VERB
from app.documents.chain import Words
from app.documents.delivery import short_citation
from app.findings.models import Classification, Finding
from app.form_library.models import CriterionGroup
from app.inspections.composing import full_citation
from app.inspections.models import InspectedUnit, Inspection, VisitState
from app.notices.annexes import MOST_NAMED, left_annex, left_words, of_units, task_annex
from app.notices.figures import figures
from app.notices.models import Notice, NoticeFinding
from app.notices.record import Record
from app.remediation.lateness import due_words
from app.remediation.models import Task
from app.units.models import Unit
from app.vietnamese import count, format_date, format_period, nfc

MAX_LENGTH = 8000
SUMMARY = "summary"
"""Key under which a notice keeps what its slip tells, as it was submitted."""
FIXED_ON_SPOT = "Đã khắc phục ngay trong thời gian kiểm tra:"


class Part(StrEnum):
    """Tabs of the screen, in the order of the text."""

    OPENING = "opening"
    STRENGTHS = "strengths"
    SHORTCOMINGS = "shortcomings"
    REQUESTS = "requests"
    ORGANISATION = "organisation"
    RECIPIENTS = "recipients"


PART_LABELS: dict[Part, str] = {
    Part.OPENING: "Mở đầu",
    Part.STRENGTHS: "Ưu điểm",
    Part.SHORTCOMINGS: "Tồn tại, hạn chế",
    Part.REQUESTS: "Đề nghị, phụ lục",
    Part.ORGANISATION: "Tổ chức thực hiện",
    Part.RECIPIENTS: "Nơi nhận",
}
PART_NUMERALS: dict[Part, str] = {
    Part.STRENGTHS: "I", Part.SHORTCOMINGS: "II", Part.REQUESTS: "III", Part.ORGANISATION: "IV"
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """One editable text. `where` names it to people ("Mục II.3"); `token` = figures of the record."""

    key: str
    part: Part
    label: str
    where: str
    text: str
    token: str = ""
    item: NoticeFinding | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text.split("\n") if line.strip())

    @property
    def heading(self) -> str:
        return PART_LABELS[self.part]

    @property
    def words(self) -> Words:
        """The same as every paper on its way shows it to be reworded."""
        label = self.label if self.item is None else f"Câu chữ {self.where}"
        return Words(self.key, label, self.text, self.heading, self.token, single=self.item is not None)


def clean(text: str) -> str:
    """Typed text as it is kept: NFC, single spaces, no empty lines."""
    lines = (" ".join(line.split()) for line in nfc(text).replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def pieces_of(notice: Notice, record: Record) -> tuple[Piece, ...]:
    """Every text of the notice in the order of the document: edited where it was, else as proposed."""
    kept = notice.sections

    def one(key: str, part: Part, label: str, where: str, proposed: str) -> Piece:
        return Piece(key, part, label, where, str(kept.get(key, proposed)))

    made = [one("opening", Part.OPENING, "Lời mở đầu", "Mở đầu", opening(notice, record))]
    for place, group in enumerate(strength_groups(notice, record), 1):
        key = f"strengths-{group.id}"
        made.append(one(key, Part.STRENGTHS, group.short_title, f"Mục I.{place}", strengths(group, record)))
    if len(made) == 1:
        made.append(one("strengths", Part.STRENGTHS, "Ưu điểm", "Mục I", ""))
    for place, item in enumerate(record.items, 1):
        made.append(
            Piece(
                f"item-{item.id}", Part.SHORTCOMINGS, f"Mục {place}", f"Mục II.{place}", item.text,
                "" if kept.get(f"plain-{item.finding_id}") else figures(item.finding, item.text), item,
            )
        )  # fmt: skip
    if not record.items:
        made.append(
            one("no-shortcomings", Part.SHORTCOMINGS, "Nội dung", "Mục II", without_shortcomings(record))
        )
    made += [
        one("requests", Part.REQUESTS, "Đề nghị", "Mục III", requests(notice, record)),
        one("organisation", Part.ORGANISATION, "Tổ chức thực hiện", "Mục IV", organisation(notice, record)),
        one("closing", Part.ORGANISATION, "Lời kết", "Lời kết", closing(notice)),
        one(
            "recipients",
            Part.RECIPIENTS,
            "Nơi nhận, mỗi dòng một nơi",
            "Nơi nhận",
            recipients(notice, record),
        ),
    ]
    return tuple(made)


def item_text(finding: Finding) -> str:
    """What a finding says in the notice before somebody edits it."""
    text = finding.description.strip().rstrip(".;")
    if finding.classification is Classification.RECURRENCE and finding.earlier_notice:
        text += f" (tái diễn, đã nêu tại {finding.earlier_notice})"
    elif finding.classification is Classification.UNREMEDIED and finding.earlier_notice:
        text += f" (chưa khắc phục theo {finding.earlier_notice})"
    if finding.fixed_on_spot:
        text += f". {FIXED_ON_SPOT} {finding.fixed_note.strip().rstrip('.')}"
    return text


def subject(inspection: Inspection, units: Sequence[InspectedUnit]) -> str:
    """Trích yếu: “Kết luận kiểm tra công tác … đối với 05 đơn vị năm 2026”."""
    rest = inspection.title.strip()
    for begin in ("Kiểm tra ", "kiểm tra "):
        rest = rest.removeprefix(begin)
    text = f"{deadlines.setting(NOTICE_TITLE)} {rest}"
    if "đối với" not in rest and " tại " not in rest:
        text += f" đối với {units[0].unit.name if len(units) == 1 else f'{count(len(units))} đơn vị'}"
    return text


def who(notice: Notice) -> str:
    """“UBND xã Long Phước” or “05 đơn vị”."""
    names = [unit.unit.name for unit in notice.units]
    return names[0] if len(names) == 1 else f"{count(len(names))} đơn vị"


def visit_days(notice: Notice) -> tuple[date, date] | None:
    """First and last day on which a visit to these units was held."""
    days = [
        visit.on_date for unit in notice.units for visit in unit.visits
        if visit.on_date is not None and visit.state in (VisitState.SIGNED, VisitState.UNDER_WAY)
    ]  # fmt: skip
    return (min(days), max(days)) if days else None


def opening(notice: Notice, record: Record) -> str:
    """The chain: plan, decision, days, report of the team; the checks say what is missing."""
    inspection, office = record.inspection, record.inspection.office_unit.name
    chain = [inspection.plan_citation.strip()] if inspection.plan_citation.strip() else []
    if inspection.decision is not None:
        chain.append(full_citation(inspection, inspection.decision))
    days = visit_days(notice)
    when = ""
    if days is not None:
        first, last = (format_date(day) for day in days)
        when = f", ngày {first}" if days[0] == days[1] else f", từ ngày {first} đến ngày {last}"
    period = periods(record)
    text = f"Thực hiện {' và '.join(chain)}{when}, " if chain else ""
    text += f"Đoàn kiểm tra đã kiểm tra tại {who(notice)} (thời kỳ kiểm tra {period})"
    if record.team_report is not None:
        day = f" ngày {format_date(record.team_report.on)}" if record.team_report.on else ""
        text += f"; xét Báo cáo số {record.team_report.citation}{day} của Đoàn kiểm tra"
    for again in record.reopened:
        text += f"; theo {again.decision} mở lại nội dung đã kết luận tại {again.notice}"
    return f"{text}, {office} thông báo kết luận như sau:"


MOST_PERIODS = 3


def periods(record: Record) -> str:
    """“01/01/2026–31/10/2026; một số nội dung từ ngày 01/7/2026”: the days of what this notice decides."""
    days: dict[tuple[int, str, str], list[tuple[date, date]]] = {}
    for item in sorted(record.covered, key=lambda item: item.starts_on):
        runs = days.setdefault((item.inspected_unit_id, item.criterion_key, item.field_label), [])
        if runs and item.starts_on <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], item.ends_on))
        else:
            runs.append((item.starts_on, item.ends_on))
    found = sorted({run for runs in days.values() for run in runs})
    if not found:
        return format_period(record.inspection.review_from, before(record.inspection.review_to))
    first, last = found[0][0], max(end for _, end in found)
    told = []
    for starts_on, ends_on in found:
        since = f"từ ngày {format_date(starts_on)}" if starts_on > first else ""
        until = f"đến ngày {format_date(before(ends_on))}" if ends_on < last else ""
        told.append(" ".join(filter(None, (since, until))))
    told = [words for words in told if words]
    some = ", ".join(told) if len(told) <= MOST_PERIODS else "theo thời kỳ ghi tại biên bản kiểm tra"
    return format_period(first, before(last)) + (f"; một số nội dung {some}" if told else "")


def before(day: date) -> date:
    """The last day inside a half-open period that ends at `day`."""
    return date.fromordinal(day.toordinal() - 1)


def strength_groups(notice: Notice, record: Record) -> tuple[CriterionGroup, ...]:
    """Groups that have strengths on record, or a text that was written here."""
    noted = {note.group_id for note in record.notes if note.strengths.strip()}
    return tuple(
        group for group in record.groups if group.id in noted or f"strengths-{group.id}" in notice.sections
    )


def strengths(group: CriterionGroup, record: Record) -> str:
    """Strengths of a group as the team noted them, unit by unit."""
    notes = [note for note in record.notes if note.group_id == group.id and note.strengths.strip()]
    if len(record.units) == 1:
        return clean("\n".join(note.strengths for note in notes))
    return clean(
        "\n".join(f"{note.inspected_unit.unit.name}: {' '.join(note.strengths.split())}" for note in notes)
    )


def without_shortcomings(record: Record) -> str:
    """When nothing was found: reason and sample by unit and group, so that “no shortcoming” is never bare."""
    lines = ["Qua kiểm tra, chưa phát hiện tồn tại, hạn chế đối với các nội dung đã kiểm tra."]
    for note in record.notes:
        if note.clean_reason.strip():
            sample = f" (mẫu đã xem: {note.clean_sample.strip()})" if note.clean_sample.strip() else ""
            name = "" if len(record.units) == 1 else f"{note.inspected_unit.unit.name}, "
            lines.append(f"{name}{note.group.short_title}: {note.clean_reason.strip()}{sample}.")
    return clean("\n".join(lines))


def requests(notice: Notice, record: Record) -> str:
    """Points asked of the heads: the annex with its last dates, responsibility, the report."""
    office = record.inspection.office_unit.name
    follow = notice.follow_unit.name if notice.follow_unit else deadlines.setting(FOLLOW_UP_UNIT)
    lines = []
    due = [task.due_on for task in record.tasks if task.due_on]
    if record.tasks:
        until = f", hoàn thành chậm nhất ngày {format_date(max(due))}" if due else ""
        lines.append(
            f"Chỉ đạo khắc phục {count(len(record.tasks))} nội dung tại {task_annex(record)} kèm theo, "
            f"đúng thời hạn của từng nội dung{until}"
        )
    if record.items:
        lines.append(
            "Kiểm điểm, rút kinh nghiệm đối với tập thể, cá nhân liên quan theo thẩm quyền, không để tái diễn"
        )
    reports = [task.report_due_on for task in record.tasks if task.report_due_on]
    by = f" chậm nhất ngày {format_date(max(reports))}" if reports else ""
    if record.tasks:
        lines.append(f"Báo cáo kết quả khắc phục về {office} (qua {follow}){by}")
    else:
        lines.append("Tiếp tục duy trì kết quả đã đạt được, thường xuyên tự kiểm tra các nội dung đã nêu")
    return "\n".join(lines)


def organisation(notice: Notice, record: Record) -> str:
    """Who carries it out, who follows it."""
    follow = notice.follow_unit.name if notice.follow_unit else deadlines.setting(FOLLOW_UP_UNIT)
    heads = f"Thủ trưởng {notice.units[0].unit.name}" if len(notice.units) == 1 else "Thủ trưởng các đơn vị"
    lines = []
    if record.tasks:
        lines.append(f"{heads} tổ chức thực hiện và chịu trách nhiệm về kết quả khắc phục.")
    for unit in outside_leads(record):
        own = [task for task in record.tasks if task.lead_unit_id == unit.id]
        lines.append(f"{unit.name} chủ trì thực hiện nội dung được nêu tại {task_annex(record, own)}.")
    lines.append(
        f"Giao {follow} theo dõi, đôn đốc, tổng hợp kết quả thực hiện, báo cáo {head_of_office(notice)}."
    )
    if record.not_examined or record.before:
        left = left_words(record.not_examined, record.before)
        lines.append(f"{left} nêu tại {left_annex(record)} kèm theo.")
    return "\n".join(lines)


def head_of_office(notice: Notice) -> str:
    """“Giám đốc Sở”, “Chủ tịch UBND xã”: told from the name of the office."""
    name = notice.inspection.office_unit.name
    if name.startswith(("UBND", "Ủy ban")):
        return f"Chủ tịch {name}"
    return "Giám đốc Sở" if name.startswith("Sở") else f"Thủ trưởng {name}"


def closing(notice: Notice) -> str:
    """The last sentence; the layout puts the closing mark."""
    office = notice.inspection.office_unit.name
    begin = "Trên đây là Thông báo kết luận kiểm tra"
    end = f"{begin}, {office} thông báo để {who(notice)} biết, nghiêm túc thực hiện."
    return f"{replacing(notice.replaces)}\n{end}" if notice.replaces is not None else end


def replacing(old: Notice) -> str:
    """The sentence by which a notice takes the place of another."""
    return f"Thông báo này thay thế {short_citation(old.document)}."


def outside_leads(record: Record) -> tuple[Unit, ...]:
    """Lead units of tasks that were not inspected, each once."""
    inside = {unit.unit_id for unit in record.units}
    return tuple({t.lead_unit_id: t.lead_unit for t in record.tasks if t.lead_unit_id not in inside}.values())


def recipients(notice: Notice, record: Record) -> str:
    """Nơi nhận: the superior, the units, the office, the file."""
    office = notice.inspection.office_unit
    parent = office.current.parent
    lines = [f"{parent.name} (để báo cáo)"] if parent is not None else []
    if len(notice.units) > MOST_NAMED and of_units(record):
        lines.append("Các đơn vị có tên tại các phụ lục kèm theo")
    else:
        lines += [unit.unit.name for unit in notice.units]
    lines += [unit.name for unit in outside_leads(record)]
    if not _head_signs(notice):
        lines.append(f"{head_of_office(notice)} (để báo cáo)")
    if notice.follow_unit is not None and notice.follow_unit_id != office.id:
        lines.append(notice.follow_unit.name)
    lines.append(f"Lưu: VT, {deadlines.setting(DRAFTING_UNIT_SYMBOL)}")
    return "\n".join(dict.fromkeys(lines))


def _head_signs(notice: Notice) -> bool:
    signer, office = notice.document.signer, notice.inspection.office_unit
    held = signer.appointments if signer is not None else ()
    today = clock.today()
    return any(a.unit_id == office.id and a.kind is AppointmentKind.HEAD and a.holds_on(today) for a in held)


def summary(notice: Notice, record: Record) -> str:
    """What the notice says in one paragraph, for who is asked to sign it."""
    found = (
        f"nêu {count(len(record.items))} tồn tại, hạn chế" if record.items else "không nêu tồn tại, hạn chế"
    )
    text = f"Kết luận kiểm tra đối với {who(notice)}, thời kỳ {periods(record)}; {found}"
    if record.tasks:
        due = [task.due_on for task in record.tasks if task.due_on]
        until = f", hoàn thành chậm nhất ngày {format_date(max(due))}" if due else ""
        text += f"; {verb()} thực hiện {count(len(record.tasks))} nội dung khắc phục{until}"
    if record.not_examined:
        text += f"; {count(len(record.not_examined))} nội dung chưa kiểm tra"
    return f"{text}."


def verb() -> str:
    """“đề nghị” or “yêu cầu”: a property of issuer and recipient that the office sets."""
    return deadlines.setting(NOTICE_VERB)


def due_text(task: Task) -> str:
    """The date of a task as the annex prints it, or its kind when it has none."""
    return due_words(task)
