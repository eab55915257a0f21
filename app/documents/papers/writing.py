"""Beginning a composed paper, its words, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.audit import services as audit
from app.audit.freshness import check_version
from app.documents import composers, numbering
from app.documents import services as documents
from app.documents.authority import authority_of
from app.documents.chain import TextChange, ask_edit
from app.documents.content import OfficialDocument
from app.documents.kinds import KIND_LABELS, DocumentKind
from app.documents.models import Document, IssueWay, Paper
from app.documents.papers.course import PaperCourse
from app.documents.papers.reading import OUT, OVER, signers_of
from app.documents.papers.ways import is_of_team, symbol_of, way_of
from app.documents.papers.words import clean
from app.errors import Conflict, DomainError, NotFound
from app.extensions import db
from app.policy import Action, Actor, Role, authorise
from app.units.models import Unit
from app.workflow import hold

_AUTHORITY = re.compile(r"(TM|KT|TL|TUQ|Q)\. ?\S.*|(Phó )?Trưởng đoàn", re.I)


@dataclass(frozen=True)
class PaperDetails:
    """What stands around the words: title, symbol, way, who signs under which authority."""

    subject: str
    symbol: str
    way: IssueWay
    signer_id: int | None
    signature_prefix: str


def begin_paper(
    kind: DocumentKind,
    *,
    issuer: Unit,
    inspection_id: int | None = None,
    units: Sequence[Unit] = (),
    about: Document | None = None,
    actor: Actor,
) -> Paper:
    """Begin a paper of a kind that is composed here; `actor` is its drafter.

    Raises NotFound (no composer), Forbidden, Conflict (such a draft is on its way already).
    """
    composer = composers.find_composer(kind)
    if composer is None:
        raise NotFound
    case: Any = composers.cases().get(inspection_id) if inspection_id is not None else None
    authorise(actor, composer.draft, case or about)
    if case is not None:
        hold(case)
    _ask_none_on_its_way(kind, inspection_id, units, about)
    return start_paper(
        kind, issuer=issuer, inspection_id=inspection_id, units=units, about=about, actor=actor
    )


def start_paper(
    kind: DocumentKind,
    *,
    issuer: Unit,
    inspection_id: int | None = None,
    units: Sequence[Unit] = (),
    about: Document | None = None,
    subject: str = "",
    symbol: str = "",
    link: Callable[[Paper], None] | None = None,
    actor: Actor,
) -> Paper:
    """The same for a feature that has asked for the right by rules of its own. Raises NotFound.

    `link` adds what it keeps of the paper before its words are composed; `subject`, `symbol` stand in place
    of the kind's.
    """
    composer = composers.find_composer(kind)
    if composer is None:
        raise NotFound
    case: Any = composers.cases().get(inspection_id) if inspection_id is not None else None
    document = documents.create(
        kind=kind, way=way_of(kind), subject=subject or KIND_LABELS[kind], issuer=issuer,
        symbol=symbol or symbol_of(kind), actor=actor,
    )  # fmt: skip
    paper = Paper(
        document=document, inspection_id=inspection_id, about=about, units=list(units), texts={},
        type_name="", signature_prefix="",
    )  # fmt: skip
    db.session.add(paper)
    db.session.flush()
    if link is not None:
        link(paper)
        db.session.flush()
    content = composer.compose(paper)
    document.subject = " ".join(content.subject.split()) or document.subject
    document.issuer_name = content.issuing_body or document.issuer_name
    _propose_signer(paper, content, issuer)
    document.search = documents.search_text(document)
    db.session.flush()
    told = KIND_LABELS[kind]
    audit.record(
        "paper_drafted", paper, document, *([case] if case is not None else []), actor=actor,
        data={"kind": f"{told[0].lower()}{told[1:]}"},
    )  # fmt: skip
    return paper


def _ask_none_on_its_way(
    kind: DocumentKind, inspection_id: int | None, units: Sequence[Unit], about: Document | None
) -> None:
    wanted = {unit.id for unit in units}
    waiting = db.session.scalars(
        sa.select(Paper)
        .join(Paper.document)
        .where(
            Document.kind == kind,
            Document.state.not_in((*OVER, *OUT)),
            Paper.inspection_id == inspection_id,
            Paper.about_document_id == (about.id if about is not None else None),
        )
    )
    for paper in waiting:
        if {unit.id for unit in paper.units} == wanted:
            raise Conflict(
                f"Đã có dự thảo “{paper.document.subject}” đang xử lý. Mở dự thảo đó để sửa hoặc bỏ dự thảo.",
                field="kind",
            )


def _propose_signer(paper: Paper, content: OfficialDocument, issuer: Unit) -> None:
    """The team's leader for a paper of the team, else a leader of the office; never the drafter."""
    document, signature = paper.document, content.signature
    composed = [*signature.authority, *signature.posts] if signature is not None else []
    people = signers_of(paper)
    if is_of_team(document.kind):
        signer = people[0] if people else None
        prefix = "\n".join(composed) or "Trưởng đoàn"
    else:
        leaders = [p for p in accounts.list_holders(Role.LEADER) if p.id != document.drafter_id]
        signer = next((p for p in leaders if any(a.unit_id == issuer.id for a in p.appointments)), None)
        prefix = authority_of(signer, issuer) if signer is not None else ""
    if signer is not None:
        documents.name_signer(document, signer)
        paper.signature_prefix = prefix


def reword(paper: Paper, changes: Sequence[TextChange], *, version: int | None, actor: Actor) -> int:
    """Keep the typed words; returns how many changed. Raises Stale, Forbidden, WrongState, DomainError."""
    ask_edit(paper, actor)
    check_version(paper, version)
    return _reword(paper, changes, "paper_reworded", actor)


def bring_in_line(paper: Paper, changes: Sequence[TextChange], *, version: int | None, actor: Actor) -> int:
    """Cập nhật hồ sơ theo bản đã ban hành: the words that were issued become those of the paper.

    The caller asked for the right to record. Raises Stale, DomainError at a text.
    """
    authorise(actor, Action.RECORD_ISSUED, paper)
    check_version(paper, version)
    return _reword(paper, changes, "paper_brought_in_line", actor)


def _reword(paper: Paper, changes: Sequence[TextChange], event: str, actor: Actor) -> int:
    course = PaperCourse(paper)
    changed = course.reword(changes)
    if changed:
        course.touch()
        where = ", ".join(one.where for one in changed)
        audit.record(event, paper, paper.document, actor=actor, data={"where": where})
    return len(changed)


def recompose(paper: Paper, ref: str, *, version: int | None, actor: Actor) -> None:
    """Take the words of one text from the record again. Raises as `reword`, NotFound."""
    ask_edit(paper, actor)
    check_version(paper, version)
    words = next((one for one in PaperCourse(paper).words() if one.ref == ref), None)
    if words is None:
        raise NotFound
    paper.texts = {key: text for key, text in paper.texts.items() if key != ref}
    PaperCourse(paper).touch()
    audit.record("paper_recomposed", paper, paper.document, actor=actor, data={"where": words.where})


def edit_details(paper: Paper, details: PaperDetails, *, version: int | None, actor: Actor) -> None:
    """Title, symbol, way, signer with authority. Raises DomainError at a field; else as `reword`."""
    ask_edit(paper, actor)
    check_version(paper, version)
    document = paper.document
    subject = " ".join(details.subject.split())
    if len(subject) < 3:
        raise DomainError("Nhập trích yếu nội dung văn bản.", field="subject")
    symbol = documents.clean_symbol(details.symbol)
    if details.way is IssueWay.HERE and symbol not in numbering.list_books(document.kind):
        raise DomainError(
            f"Sổ văn bản {symbol} chưa được mở. Đề nghị văn thư mở sổ, hoặc chọn cách ban hành khác.",
            field="symbol",
        )
    document.subject, document.way, document.symbol = subject, details.way, symbol
    _name_signer(paper, details)
    document.search = documents.search_text(document)
    PaperCourse(paper).touch()
    audit.record("paper_settings_changed", paper, document, actor=actor)


def _name_signer(paper: Paper, details: PaperDetails) -> None:
    document, prefix = paper.document, details.signature_prefix
    if details.signer_id is None:
        document.signer, document.signer_id = None, None
        document.signer_name = document.signer_title = ""
    else:
        people: dict[int, Person] = {person.id: person for person in signers_of(paper)}
        signer = people.get(details.signer_id)
        if signer is None:
            raise DomainError("Chọn người ký trong danh sách.", field="signer_id")
        changed = signer.id != document.signer_id
        documents.name_signer(document, signer)
        untouched = clean(prefix) == clean(paper.signature_prefix)
        if changed and untouched and not is_of_team(document.kind) and document.issuer_unit is not None:
            prefix = authority_of(signer, document.issuer_unit)
    paper.signature_prefix = clean_authority(prefix, has_signer=details.signer_id is not None)


def clean_authority(text: str, *, has_signer: bool) -> str:
    """Lines TM./KT./TL./TUQ./Q. and, last, the post. Raises DomainError (field `signature_prefix`)."""
    lines = clean(text).split("\n") if text.strip() else []
    if has_signer and not lines:
        raise DomainError("Nhập quyền hạn, chức vụ của người ký.", field="signature_prefix")
    if len(lines) > 4 or any(not _AUTHORITY.fullmatch(line) for line in lines[:-1]):
        raise DomainError(
            "Các dòng trên chức vụ bắt đầu bằng TM., KT., TL., TUQ. hoặc Q.; "
            "dòng cuối là chức vụ của người ký.",
            field="signature_prefix",
        )
    return "\n".join(lines)
