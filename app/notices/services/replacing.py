"""Thay thế: a wrong content is put right by a new notice of the same units (NĐ 30/2020 Đ18).

The new notice begins with what the old one concluded and goes the whole chain; until it is issued nothing
changes. Its issue moves everything over, all or nothing: claims without a gap, findings, tasks, recipients.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.audit import services as audit
from app.audit.freshness import check_version
from app.deadlines import queries as deadlines
from app.deadlines.models import Step
from app.deadlines.settings import WAY_OF_ISSUING
from app.documents import services as documents
from app.documents.authority import authority_of
from app.documents.chain import ask_edit
from app.documents.chain.steps import add_step
from app.documents.delivery import deliver
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, IssueWay
from app.documents.states import DOCUMENT
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.findings import services as findings
from app.findings.models import FindingState
from app.findings.states import FINDING
from app.notices import annexes, queries, replaced, texts
from app.notices.compose import figure_text
from app.notices.effects import effects_of, named, withdrawn_by
from app.notices.models import DroppedTask, Notice, NoticeFinding, NoticeReplacement
from app.notices.record import WITHOUT_CLAIMS, Record, gather
from app.notices.services.drafting import PROPOSED, propose_signer, touch
from app.policy import Action, Actor, authorise
from app.register import recalled as register
from app.register import services as claims
from app.register.services import Concluded
from app.remediation import queries as remediation_queries
from app.remediation import services as remediation
from app.remediation.models import Task, TaskState
from app.remediation.services import replacing as tasks_of_old
from app.vietnamese import nfc
from app.workflow import advance, hold

FROM_RECORD = ("requests", "organisation", "closing")
"""Texts that tell of the tasks and of the replaced notice: the record proposes them anew."""
NOT_TOLD = "{notice} không nêu nội dung này"


class Fate(StrEnum):
    """What becomes of a task of the replaced notice."""

    KEEP = "keep"
    REWORD = "reword"
    DROP = "drop"


@dataclass(frozen=True)
class TaskFate:
    """What the drafter decided of one task, and why when it does not simply go on."""

    task_id: int
    fate: Fate
    reason: str = ""


def ask_replaceable(old: Notice) -> None:
    """Raises WrongState (not in force, asked to be recalled), Conflict (another draft replaces it)."""
    document = old.document
    if document.state not in IN_FORCE:
        raise WrongState(
            f"Thông báo ở trạng thái “{DOCUMENT.labels[document.state]}” nên không soạn thông báo thay thế."
        )
    if queries.find_open_recall(old) is not None:
        raise WrongState("Thông báo này đang có đề nghị thu hồi chờ quyết định nên chưa soạn thay thế.")
    other = replaced.find_replacing(old)
    if other is not None:
        raise Conflict("Thông báo này đang có dự thảo thay thế. Hoàn thiện hoặc bỏ dự thảo đó trước.")


def draft_replacement(old: Notice, reason: str, *, actor: Actor) -> Notice:
    """Begin the notice that is to replace `old`: same units, its words and findings as a start.

    Changes nothing of `old`. Raises Forbidden, DomainError (reason), WrongState, Conflict.
    """
    inspection = old.inspection
    authorise(actor, Action.DRAFT_NOTICE, inspection)
    reason = " ".join(nfc(reason).split())
    if len(reason) < 3:
        raise DomainError("Ghi lý do thay thế: nội dung nào sai, sửa thế nào.", field="reason")
    hold(inspection)
    hold(old.document)
    db.session.refresh(old.document)
    ask_replaceable(old)
    signer = old.document.signer
    if signer is None or signer.id == actor.person_id:
        signer = propose_signer(inspection.office_unit, actor)
    document = documents.create(
        kind=DocumentKind.CONCLUSION_NOTICE, way=_way(old), subject=old.document.subject,
        issuer=inspection.office_unit, symbol=old.document.symbol, signer=signer, actor=actor,
    )  # fmt: skip
    same = signer is not None and signer is old.document.signer
    prefix = old.signature_prefix if same else authority_of(signer, inspection.office_unit) if signer else ""
    notice = Notice(
        document=document, inspection=inspection, type_name=old.type_name, sections=_sections(old),
        signature_prefix=prefix, follow_unit_id=old.follow_unit_id, follower_id=old.follower_id,
        units=list(old.units),
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    db.session.add(
        NoticeReplacement(notice_id=notice.id, replaces_id=old.id, reason=reason, made_by=actor.person_id)
    )
    db.session.flush()
    db.session.refresh(notice, ["replacement"])
    _copy_items(old, notice)
    db.session.flush()
    audit.record(
        "notice_replacement_drafted", notice, document, old.document, inspection, actor=actor,
        data={"notice": named(old), "reason": reason},
    )  # fmt: skip
    return notice


def _way(old: Notice) -> IssueWay:
    """The way the old one went, with its symbol and its book; by the office's own after one of the past."""
    way = old.document.way
    return way if way is not IssueWay.PAPER else IssueWay(deadlines.setting(WAY_OF_ISSUING["notice"]))


def _sections(old: Notice) -> dict[str, object]:
    proposed = set(old.sections.get(PROPOSED, []))
    left = {PROPOSED, texts.SUMMARY} | {key for key in FROM_RECORD if key in proposed or key == "closing"}
    return {key: kept for key, kept in old.sections.items() if key not in left}


def _copy_items(old: Notice, notice: Notice) -> None:
    """The findings as the old notice printed them, figures in the words, so that both can be put right."""
    sections = dict(notice.sections)
    for piece in texts.pieces_of(old, gather(old)):
        if piece.item is None:
            continue
        text = figure_text(piece).rstrip(".") if piece.token else piece.text
        finding = piece.item.finding
        notice.items.append(
            NoticeFinding(finding_id=finding.id, finding=finding, ordinal=len(notice.items) + 1, text=text)
        )
        sections[f"plain-{finding.id}"] = "1"
    notice.sections = sections


def choose_tasks(notice: Notice, fates: Sequence[TaskFate], *, version: int | None, actor: Actor) -> int:
    """Say what becomes of the open tasks of the replaced notice; returns how many changed their fate.

    A reworded one gets a draft of its own, to be edited with the plan. Raises Forbidden, WrongState, Stale,
    DomainError (field `reason-<task>`).
    """
    ask_edit(notice, actor)
    check_version(notice, version)
    replacement = _replacement(notice)
    known = {task.id: task for task in list_open_tasks(notice)}
    now = {row.task_id: row for row in replacement.dropped}
    changed = 0
    for wanted in fates:
        task = known.get(wanted.task_id)
        if task is None:
            continue
        row = now.get(task.id)
        reason = " ".join(nfc(wanted.reason).split())
        if wanted.fate is not Fate.KEEP and len(reason) < 3:
            raise DomainError(f"{task.code}: ghi lý do.", field=f"reason-{task.id}")
        if wanted.fate is fate_of(row) and (row is None or row.reason == reason):
            continue
        changed += 1
        if wanted.fate is fate_of(row) and row is not None:
            row.reason = reason
            continue
        if row is not None:
            _undo(replacement, row, actor)
        if wanted.fate is not Fate.KEEP:
            instead = None
            if wanted.fate is Fate.REWORD:
                instead = tasks_of_old.copy_to_draft(task, actor=actor)
            replacement.dropped.append(DroppedTask(task=task, instead=instead, reason=reason))
        data = {"code": task.code, "reason": reason}
        event = "notice_task_kept" if wanted.fate is Fate.KEEP else "notice_task_dropped"
        audit.record(event, notice, notice.document, task, actor=actor, data=data)
    db.session.flush()
    if changed:
        touch(notice)
    return changed


def fate_of(row: DroppedTask | None) -> Fate:
    """What was decided of a task so far."""
    if row is None:
        return Fate.KEEP
    return Fate.DROP if row.instead_id is None and row.instead is None else Fate.REWORD


def list_open_tasks(notice: Notice) -> list[Task]:
    """Tasks of the replaced notice that are not done yet."""
    old = _replacement(notice).replaces
    over = (TaskState.ACCEPTED, TaskState.WITHDRAWN)
    return [t for t in remediation_queries.list_for_document(old.document_id) if t.state not in over]


def _replacement(notice: Notice) -> NoticeReplacement:
    if notice.replacement is None:
        raise WrongState("Thông báo này không thay thế thông báo nào.")
    return notice.replacement


def _undo(replacement: NoticeReplacement, row: DroppedTask, actor: Actor) -> None:
    instead = row.instead
    replacement.dropped.remove(row)
    db.session.flush()
    if instead is not None:
        tasks_of_old.discard(instead, actor=actor)


def give_up(document: Document, actor: Actor) -> None:
    """A draft that is abandoned leaves no drafts of tasks behind."""
    notice = queries.get_of_document(document.id)
    for row in list(notice.replacement.dropped) if notice.replacement is not None else ():
        _undo(_replacement(notice), row, actor)


def take_effect(notice: Notice, record: Record, *, actor: Actor) -> None:
    """Everything that follows from an issued notice that replaces another. The document is issued already.

    Raises WrongState when the old one is in force no more, Conflict, DomainError (a task).
    """
    replacement = _replacement(notice)
    old, document, inspection = replacement.replaces, notice.document, notice.inspection
    assert document.issued_on is not None
    hold(old.document)
    db.session.refresh(old.document)
    told = effects_of(notice, record).sentence
    withdrawn = withdrawn_by(notice, record)
    before = [task for task in record.tasks if task.state is not TaskState.DRAFT]
    advance(
        old.document, "replace", DOCUMENT, actor=actor, about=(old, inspection, document),
        data={"paper": named(notice)},
    )  # fmt: skip
    db.session.flush()
    _findings(notice, record, actor)
    if inspection.kind not in WITHOUT_CLAIMS and old.conclusion is not None:
        _claims(notice, old, record, actor)
    reasons = {row.task_id: row.reason for row in replacement.dropped}
    for task in withdrawn:
        reason = reasons.get(task.id) or NOT_TOLD.format(notice=named(notice))
        remediation.withdraw([task], reason, about_also=(document, inspection), actor=actor)
    tasks_of_old.take_over(before, document, actor=actor)
    drafts = [task for task in record.tasks if task.state is TaskState.DRAFT]
    if drafts:
        if notice.follower_id is None:
            raise DomainError("Chọn người theo dõi trước khi ban hành.", field="follower_id")
        remediation.issue_tasks(
            drafts, document=document, follower_id=notice.follower_id, issued_on=document.issued_on,
            actor=actor,
        )  # fmt: skip
    _deliver(notice, old.document, record, actor)
    inspection.follow_unit_id = notice.follow_unit_id or inspection.follow_unit_id
    inspection.follower_id = notice.follower_id or inspection.follower_id
    add_step(old.document, "replace", actor, f"{named(notice)}: {told}")
    db.session.flush()


def _findings(notice: Notice, record: Record, actor: Actor) -> None:
    """Those that the new notice tells stand concluded, in its words; the others are let go."""
    replacement = _replacement(notice)
    old, name = replacement.replaces, named(replacement.replaces)
    printed = {item.finding_id: item.text for item in old.items}
    tokens = {p.item.finding_id: p for p in texts.pieces_of(old, gather(old)) if p.item is not None}
    for item in record.items:
        finding = item.finding
        piece = tokens.get(finding.id)
        said = "" if piece is None else figure_text(piece).rstrip(".") if piece.token else piece.text
        if finding.state is FindingState.CONCLUDED and finding.id in printed and item.text != said:
            figures = _numbers(item.text) == _numbers(said)
            findings.restate(
                finding, old.document, _bare(item, said if figures and piece and piece.token else ""),
                figures=figures, notice=name, actor=actor,
            )  # fmt: skip
        if finding.state is not FindingState.CONCLUDED:
            advance(finding, "conclude", FINDING, actor=actor, about=(notice, notice.inspection))
    reason = f"{named(notice)} thay thế {name}: {replacement.reason}"
    findings.drop(record.dropped, old.document, notice=name, reason=reason, actor=actor)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _bare(item: NoticeFinding, said: str) -> str:
    """The words as the record keeps them: without figures that it keeps itself, and without what it adds."""
    finding = item.finding
    words = item.text.split("\n")[0].partition(f". {texts.FIXED_ON_SPOT}")[0]
    added = texts.item_text(finding).removeprefix(finding.description.strip().rstrip(".;"))
    words = words.replace(added.partition(f". {texts.FIXED_ON_SPOT}")[0], "") if added else words
    for token in re.findall(r" \([^()]*\d[^()]*\)", said):
        words = words.replace(token, "")
    return words.strip().rstrip(".;")


def _claims(notice: Notice, old: Notice, record: Record, actor: Actor) -> None:
    document, mandate = notice.document, notice.inspection.mandate
    assert mandate is not None and document.issued_on is not None and old.conclusion is not None
    conclusion = claims.record_conclusion(
        mandate=mandate, document=document, title=document.subject,
        number_and_symbol=document.number_and_symbol, concluded_on=document.issued_on,
        body_name=document.issuer_name, level=mandate.level, actor=actor,
    )  # fmt: skip
    notice.conclusion = conclusion
    items = [
        Concluded(item.scope_item_id, item.result.value, item.criterion_key)
        for item in record.concluding
        if item.result is not None
    ]
    register.replace(old.conclusion, conclusion, items, actor=actor)


def _deliver(notice: Notice, old: Document, record: Record, actor: Actor) -> None:
    """To everybody who had the old one, and to whom the new one names."""
    document = notice.document
    assert document.issued_on is not None
    until = deadlines.due_on(notice.inspection.profile, Step.ACKNOWLEDGEMENT, document.issued_on).due_on
    had = [delivery.unit for delivery in old.deliveries if delivery.handed_to is None]
    for unit in [*(unit.unit for unit in record.units), *texts.outside_leads(record), *had]:
        deliver(
            document, unit, sent_on=document.issued_on, acknowledge_by=until,
            annex=annexes.of_recipient(record, unit), actor=actor,
        )  # fmt: skip


__all__ = [
    "Fate",
    "TaskFate",
    "ask_replaceable",
    "choose_tasks",
    "draft_replacement",
    "fate_of",
    "give_up",
    "list_open_tasks",
    "take_effect",
]
