"""Văn bản thu hồi: the paper by which a leader grants a request to recall a notice (NĐ 30/2020 Đ18.4)."""

from __future__ import annotations

from app.deadlines import queries as deadlines
from app.deadlines.settings import RECALL_TYPE_NAME
from app.documents.content import Item, Numbered, OfficialDocument, paragraph, plain
from app.documents.delivery import short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import IN_FORCE, Document, Paper
from app.errors import WrongState
from app.notices import about as about_papers
from app.notices.models import NoticeRecall
from app.policy import REQUESTER_DECIDES
from app.remediation.heads import Head, head_of


def subject_of(document: Document) -> str:
    """“Thu hồi Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ”."""
    return f"Thu hồi {short_citation(document, 'Thông báo')}"


def compose(paper: Paper) -> OfficialDocument:
    """The recalling paper of the request that waits for an answer."""
    recall = about_papers.find_recall_of(paper)
    if paper.about is None or recall is None:
        raise WrongState("Soạn văn bản thu hồi từ trang của đề nghị thu hồi.")
    return notice_of_recall(head_of(paper), paper.about, recall, tuple(unit.name for unit in paper.units))


def misses(paper: Paper) -> tuple[str, ...]:
    """What stops it: no open request, a notice not in force, who asked would sign."""
    recall = about_papers.find_recall_of(paper)
    told = []
    if recall is None or recall.decided_by is not None:
        told.append("Không có đề nghị thu hồi nào chờ quyết định.")
    elif paper.document.signer_id == recall.requested_by:
        told.append(REQUESTER_DECIDES)
    if paper.about is None or paper.about.state not in IN_FORCE:
        told.append("Thông báo không còn được áp dụng nên không thu hồi được.")
    return tuple(told)


def notice_of_recall(
    head: Head, about: Document, recall: NoticeRecall, units: tuple[str, ...]
) -> OfficialDocument:
    """What is recalled and why, what follows of it, what the receivers do."""
    named = short_citation(about, "Thông báo")
    bare = named.partition(" ngày ")[0]
    reason = " ".join(recall.reason.split()).rstrip(".;")
    lines = (
        f"Thu hồi {named} về “{about.subject.rstrip('.')}”. Lý do: {reason[:1].lower()}{reason[1:]}.",
        f"{bare} không còn được áp dụng. Nội dung khắc phục chưa hoàn thành không còn phải thực hiện "
        "theo Thông "
        "báo này; nội dung đã được công nhận hoàn thành giữ nguyên kết quả.",
        f"{head.body} xem xét, kết luận lại và thông báo đến đơn vị được kiểm tra theo quy định.",
        "Cơ quan, đơn vị đã nhận văn bản dừng sử dụng, xóa văn bản trên hệ thống quản lý văn bản, gửi "
        "lại văn bản "
        f"giấy (nếu có) và thông báo việc đã thực hiện cho {head.body}.",
    )
    return OfficialDocument(
        kind=DocumentKind.RECALL,
        type_name=deadlines.setting(RECALL_TYPE_NAME),
        subject=subject_of(about),
        governing_body=head.parent,
        issuing_body=head.printed,
        symbol=head.symbol,
        place=head.place,
        blocks=(
            paragraph(f"{head.body} thông báo việc thu hồi văn bản như sau:", ref="opening"),
            Numbered(tuple(Item(plain(line), ref=f"recall_{place}") for place, line in enumerate(lines, 1))),
        ),
        signature=head.signature,
        recipients=(*units, *head.informed, head.kept),
    )


def effects(paper: Paper) -> str:
    """What issuing the paper takes back."""
    assert paper.about is not None, "a recall is begun about a notice"
    return (
        f"{short_citation(paper.about)} được thu hồi: nội dung đã kết luận trở lại đang được kiểm tra, nội "
        "dung khắc phục chưa hoàn thành được rút, các đơn vị đã nhận được báo."
    )
