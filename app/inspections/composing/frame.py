"""What the papers of a case share: whose they are, their symbols, what they cite, who signs them."""

from __future__ import annotations

from collections.abc import Iterable

from app import clock
from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, PLACE_NAME
from app.documents.content import (
    Annex,
    Block,
    Bulleted,
    Heading,
    HeadingLevel,
    Item,
    Numbered,
    Numbering,
    OfficialDocument,
    SignatureBlock,
    paragraph,
    plain,
)
from app.documents.delivery import short_citation
from app.documents.kinds import DocumentKind
from app.documents.models import Document, Paper
from app.documents.papers import symbol_of
from app.extensions import db
from app.inspections.models import InspectedUnit, InspectedUnitState, Inspection
from app.inspections.planning import last_day
from app.inspections.queries.team import place_of
from app.vietnamese import format_date, roman


def case_of(paper: Paper) -> Inspection:
    """The case that the paper is about."""
    return db.session.get_one(Inspection, paper.inspection_id)


def units_of(paper: Paper, inspection: Inspection) -> list[InspectedUnit]:
    """The units that the paper is about, all of the case unless it names some; none that left the case."""
    named = {unit.id for unit in paper.units}
    return [
        iu
        for iu in inspection.units
        if iu.state is not InspectedUnitState.TERMINATED and (not named or iu.unit_id in named)
    ]


def lowered(text: str) -> str:
    """A title within a sentence: “kiểm tra công tác …”; one that begins with an abbreviation stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def titled(opening: str, inspection: Inspection) -> str:
    """“Tiến hành” and the title of the case: “Tiến hành kiểm tra công tác …”."""
    return f"{opening} {lowered(inspection.title.strip())}"


def authority_of(inspection: Inspection) -> str:
    """Who decided the case: “Giám đốc Sở Nội vụ”."""
    return inspection.authority.strip() or f"Thủ trưởng {inspection.office_unit.name}"


def post_of(authority: str, office: str) -> str:
    """“Giám đốc” of “Giám đốc Sở Nội vụ”, “Chủ tịch” of “Chủ tịch UBND xã Long Phước”."""
    for rest in (office, "Ủy ban nhân dân", "UBND", "Sở"):
        post, found, _ = authority.partition(f" {rest}")
        if found:
            return post
    return authority


def full_citation(inspection: Inspection, decision: Document) -> str:
    """The decision as it is cited the first time: number, date, who decided, about what (rules.md 1.8)."""
    said = short_citation(decision, "Quyết định").removesuffix(decision.issuer_name)
    subject = " ".join(decision.subject.split())
    for begin in ("Về việc ", "về việc "):
        subject = subject.removeprefix(begin)
    about = f"{subject[:1].lower()}{subject[1:]}" if subject.startswith("Kiểm tra") else subject
    return f"{said}{inspection.authority.strip() or decision.issuer_name} về việc {about}"


def carrying_out(inspection: Inspection) -> str:
    """“Thực hiện Kế hoạch số … và Quyết định số …”: the chain that a paper of the case stands on."""
    chain = [inspection.plan_citation.strip()] if inspection.plan_citation.strip() else []
    if inspection.decision is not None:
        chain.append(full_citation(inspection, inspection.decision))
    return f"Thực hiện {' và '.join(chain)}" if chain else "Thực hiện nhiệm vụ được giao"


def period_words(inspection: Inspection) -> str:
    """“từ ngày 01/01/2026 đến thời điểm kiểm tra”."""
    last = (
        "đến thời điểm kiểm tra"
        if inspection.review_to_provisional
        else f"đến hết ngày {format_date(last_day(inspection.review_to))}"
    )
    return f"từ ngày {format_date(inspection.review_from)} {last}"


def section(place: int, name: str) -> Heading:
    """“II. NỘI DUNG”."""
    return Heading(HeadingLevel.SECTION, roman(place), name)


def clause(place: int, name: str) -> Heading:
    """“2. Nội dung”."""
    return Heading(HeadingLevel.CLAUSE, str(place), name)


def words(ref: str, *lines: str) -> tuple[Block, ...]:
    """Paragraphs that people may reword together."""
    return tuple(paragraph(line, ref=ref) for line in lines)


def points(ref: str, lines: Iterable[str], style: Numbering = Numbering.CLAUSE) -> Numbered:
    """Counted sentences that people may reword together."""
    return Numbered(tuple(Item(plain(line), ref=ref) for line in lines), style)


def dashes(ref: str, lines: Iterable[str]) -> Bulleted:
    """Sentences after hyphens."""
    return Bulleted(tuple(Item(plain(line), ref=ref) for line in lines))


def signed_by(paper: Paper, proposed: SignatureBlock) -> SignatureBlock:
    """The signer chosen for the paper, else the one that the record proposes."""
    lines = [line.strip() for line in (paper.signature_prefix or "").split("\n") if line.strip()]
    if not lines:
        return proposed
    return SignatureBlock(
        name=paper.document.signer_name, authority=tuple(lines[:-1]), posts=tuple(lines[-1:])
    )


def _symbol(paper: Paper, proposed: str) -> str:
    return str(getattr(paper.document, "symbol", "")) or proposed  # one that nobody keeps has no document


def office_paper(
    kind: DocumentKind,
    paper: Paper,
    inspection: Inspection,
    *,
    subject: str,
    blocks: Iterable[Block],
    recipients: Iterable[str],
    addressees: Iterable[str] = (),
    annexes: Iterable[Annex] = (),
    type_name: str = "Công văn",
) -> OfficialDocument:
    """A paper of the office, signed by its head unless somebody else is chosen."""
    office = inspection.office_unit
    head = office.current.parent
    drafting = deadlines.setting(DRAFTING_UNIT_SYMBOL)
    authority = authority_of(inspection)
    signature = signed_by(paper, SignatureBlock(posts=(post_of(authority, office.name),)))
    if not signature.authority:  # who signs himself is not reported to
        recipients = (one for one in recipients if one != f"{authority} (để báo cáo)")
    return OfficialDocument(
        kind=kind,
        type_name=paper.type_name or type_name,
        subject=subject,
        governing_body=head.name if head is not None else None,
        issuing_body=office.name,
        symbol=_symbol(paper, symbol_of(kind)),
        place=deadlines.setting(PLACE_NAME),
        addressees=tuple(addressees),
        blocks=tuple(blocks),
        signature=signature,
        recipients=(*recipients, f"Lưu: VT, {drafting}"),
        annexes=tuple(annexes),
    )


def team_paper(
    kind: DocumentKind,
    paper: Paper,
    inspection: Inspection,
    *,
    type_name: str,
    subject: str,
    blocks: Iterable[Block],
    recipients: Iterable[str],
    addressees: Iterable[str] = (),
    annexes: Iterable[Annex] = (),
) -> OfficialDocument:
    """A paper of the team. Its leader signs with the post held in the agency, whose seal the team uses
    (NĐ 30/2020 Phụ lục I mục II.7)."""
    decision, leader = inspection.decision, inspection.leader
    proposed = SignatureBlock(posts=("Trưởng đoàn",))
    if leader is not None:
        post = place_of(leader, clock.today())
        proposed = SignatureBlock(
            posts=tuple(line for line in ("Trưởng đoàn", post) if line), name=leader.person.name
        )
    by = f" theo Quyết định số {decision.number_and_symbol}" if decision is not None else ""
    return OfficialDocument(
        kind=kind,
        type_name=paper.type_name or type_name,
        subject=subject,
        governing_body=inspection.office_unit.name,
        issuing_body=f"Đoàn kiểm tra{by}",
        symbol=_symbol(paper, symbol_of(kind)),
        place=deadlines.setting(PLACE_NAME),
        addressees=tuple(addressees),
        blocks=tuple(blocks),
        signature=signed_by(paper, proposed),
        recipients=(*recipients, "Lưu: VT, hồ sơ Đoàn kiểm tra"),
        annexes=tuple(annexes),
    )
