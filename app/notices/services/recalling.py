"""Thu hồi: an issued notice is taken back by a paper, and everything that its issue did, all or nothing.

One asks with the reason, somebody else decides (who asks ≠ who decides). The old bytes stay and say that they
were recalled; claims are held again, tasks withdrawn, findings reopened, the units wait for a fresh notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import clock
from app.audit import services as audit
from app.documents import services as documents
from app.documents.chain.steps import add_step
from app.documents.delivery import deliver, short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document
from app.documents.states import DOCUMENT
from app.errors import Conflict, DomainError, WrongState
from app.extensions import db
from app.fieldwork import queries as fieldwork
from app.files.models import StoredFile
from app.findings import services as findings
from app.inspections.models import InspectedUnit, Inspection, InspectionState
from app.inspections.states import INSPECTED_UNIT, INSPECTION
from app.notices import queries
from app.notices.models import Notice, NoticeRecall
from app.notices.services.issuing import lock
from app.notices.states import RECALL
from app.policy import Action, Actor, authorise
from app.register import recalled as register
from app.register import services as claims
from app.register.recalled import Returned
from app.remediation import queries as remediation_queries
from app.remediation import services as remediation
from app.vietnamese import count, nfc
from app.workflow import advance


@dataclass(frozen=True)
class RecallPaper:
    """The paper that recalls: number, symbol, date, who signed it, its scan."""

    number: int
    symbol: str
    issued_on: date
    signer_name: str
    signer_title: str
    scan: StoredFile


@dataclass(frozen=True)
class Recalled:
    """What became of what the notice had done: tasks withdrawn, findings reopened, claims."""

    tasks: int
    findings: int
    claims: Returned

    @property
    def sentence(self) -> str:
        """In one sentence, kept with the act."""
        told = [
            f"trả {count(self.claims.held)} phần nội dung về Đoàn",
            f"rút {count(self.tasks)} nội dung khắc phục",
            f"xem xét lại {count(self.findings)} tồn tại, hạn chế",
        ]
        if self.claims.ended:
            told.append(f"bỏ {count(self.claims.ended)} phần đã có kết luận của cấp trên")
        text = "; ".join(told)
        return f"{text[0].upper()}{text[1:]}."


def request_recall(notice: Notice, reason: str, *, actor: Actor) -> NoticeRecall:
    """Ask that an issued notice be recalled. Changes nothing of it.

    Raises DomainError (reason), WrongState (not in force), Conflict (asked already), Forbidden.
    """
    authorise(actor, Action.REQUEST_RECALL, notice)
    text = _text(reason, "reason", "Ghi lý do đề nghị thu hồi.")
    lock(notice)
    ask_in_force(notice)
    if queries.find_open_recall(notice) is not None:
        raise Conflict("Thông báo này đang có đề nghị thu hồi chờ quyết định.")
    made = NoticeRecall(notice=notice, reason=text, requested_by=actor.person_id)
    db.session.add(made)
    db.session.flush()
    data = {"reason": text, "notice": _named(notice)}
    audit.record("recall_requested", made, notice.document, notice.inspection, actor=actor, data=data)
    return made


def refuse_recall(recall: NoticeRecall, reason: str, *, actor: Actor) -> None:
    """Say no, with the reason. Raises DomainError (refusal), WrongState, Forbidden (who asked)."""
    text = _text(reason, "refusal", "Ghi lý do không đồng ý thu hồi.")
    lock(recall.notice)
    _answer(recall, "refuse", actor, {"reason": text})
    recall.refusal = text
    db.session.flush()


def recall_notice(recall: NoticeRecall, paper: RecallPaper, *, actor: Actor) -> Recalled:
    """Recall the notice by the paper, with all that follows, in this transaction.

    Tasks that were accepted stay as history. Each unit that had the notice is sent the paper. Raises
    DomainError (number, symbol, issued_on, signer_name), Conflict, WrongState, Forbidden (who asked). The
    caller rolls back on any of them.
    """
    notice = recall.notice
    document, inspection = notice.document, notice.inspection
    authorise(actor, Action.DECIDE_RECALL, recall)
    lock(notice)
    ask_in_force(notice)
    written = _record_paper(notice, paper, actor)
    _answer(recall, "grant", actor, {"paper": written.number_and_symbol})
    recall.document = written
    db.session.flush()
    told = short_citation(written, "văn bản")
    advance(
        document, "recall", DOCUMENT, actor=actor, about=(notice, inspection, written), data={"paper": told}
    )
    db.session.flush()
    returned = Returned(0, 0)
    if notice.conclusion is not None:
        returned = register.recall(notice.conclusion, recall.reason, actor=actor)
    tasks = remediation.withdraw(
        remediation_queries.list_for_document(document.id), f"{_named(notice)} đã thu hồi theo {told}",
        about_also=(document, inspection), actor=actor,
    )  # fmt: skip
    reopened = findings.reopen(
        [item.finding for item in notice.items], document, notice=_named(notice), actor=actor
    )
    _open_units(notice, told, actor)
    for delivery in document.deliveries:
        if delivery.handed_to is None:  # else its successor has a delivery of its own
            deliver(written, delivery.unit, sent_on=clock.today(), actor=actor)
    made = Recalled(tasks, reopened, returned)
    add_step(document, "recall", actor, made.sentence)
    db.session.flush()
    return made


def _open_units(notice: Notice, told: str, actor: Actor) -> None:
    """The units, and the case with them, wait for a notice again; in a case that was stopped for good nothing
    waits, so what came back is given up at once."""
    inspection = notice.inspection
    for unit in notice.units:
        verb = _reopens(inspection, [unit])
        advance(unit, verb, INSPECTED_UNIT, actor=actor, about=(inspection, notice.document))
    if inspection.state in (InspectionState.CONCLUDED, InspectionState.CLOSED):
        verb = _reopens(inspection, inspection.units)
        advance(inspection, verb, INSPECTION, actor=actor, about=(notice.document,))
    if inspection.state is not InspectionState.TERMINATED:
        return
    reason = f"Cuộc kiểm tra đã đình chỉ; thông báo thu hồi theo {told}"
    for unit in notice.units:
        advance(unit, "terminate", INSPECTED_UNIT, actor=actor, about=(inspection,), data={"reason": reason})
    if inspection.mandate is not None:
        claims.release(queries.list_scope_ids(notice), reason, actor=actor, mandate=inspection.mandate)


def _reopens(inspection: Inspection, units: Sequence[InspectedUnit]) -> str:
    """Back to where the issue found them: with the team's report, or with the fieldwork just ended."""
    report = fieldwork.find_team_report(inspection, [unit.id for unit in units])
    return "reopen" if report is not None else "reopen_unreported"


def _record_paper(notice: Notice, paper: RecallPaper, actor: Actor) -> Document:
    document = notice.document
    if document.issued_on is not None and paper.issued_on < document.issued_on:
        raise DomainError("Ngày văn bản thu hồi trước ngày thông báo. Kiểm tra lại ngày.", field="issued_on")
    if len(" ".join(paper.signer_name.split())) < 2:
        raise DomainError("Nhập người ký văn bản thu hồi.", field="signer_name")
    return documents.record_elsewhere(
        kind=DocumentKind.OTHER, number=paper.number, symbol=paper.symbol, issued_on=paper.issued_on,
        issuer_name=document.issuer_name, signer_name=paper.signer_name, signer_title=paper.signer_title,
        subject=f"Thu hồi {short_citation(document, 'Thông báo')}", file=paper.scan, actor=actor,
    )  # fmt: skip


def _answer(recall: NoticeRecall, verb: str, actor: Actor, data: dict[str, object]) -> None:
    notice = recall.notice
    about = (notice.document, notice.inspection)
    advance(recall, verb, RECALL, actor=actor, about=about, data={**data, "notice": _named(notice)})
    recall.decided_by, recall.decided_at = actor.person_id, clock.now()


def ask_in_force(notice: Notice) -> None:
    """Raises WrongState unless the notice is issued, and neither replaced nor recalled."""
    if notice.document.state not in IN_FORCE:
        raise WrongState(
            f"Thông báo ở trạng thái “{DOCUMENT.labels[notice.document.state]}” nên không thu hồi được."
        )


def _named(notice: Notice) -> str:
    return f"Thông báo số {notice.document.number_and_symbol}"


def _text(text: str, field: str, message: str) -> str:
    cleaned = nfc(text).strip()
    if len(cleaned) < 3:
        raise DomainError(message, field=field)
    return cleaned
