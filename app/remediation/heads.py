"""The head and foot of a paper: who issues it, from where, under which symbol, who signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.accounts import queries as accounts
from app.accounts.models import AppointmentKind
from app.deadlines import queries as deadlines
from app.deadlines.settings import DRAFTING_UNIT_SYMBOL, PLACE_NAME
from app.documents.content import SignatureBlock
from app.documents.models import Paper
from app.units.models import Unit

_COMMITTEE = re.compile(r"^(UBND|Ủy ban nhân dân) ")
_COMMUNE = re.compile(r"^(UBND|Ủy ban nhân dân) (xã|phường|thị trấn|đặc khu) ")
_BODY = re.compile(r" (UBND|Ủy ban nhân dân|Sở|Ban|Chi cục|Trung tâm|Văn phòng|Phòng) .*")


@dataclass(frozen=True)
class Head:
    """`body` as the text names it; `printed` as it stands over the number; `parent` above it, if any."""

    body: str
    printed: str
    parent: str | None
    symbol: str
    place: str
    signature: SignatureBlock

    @property
    def recipients(self) -> tuple[str, ...]:
        """Nơi nhận of a letter: as above, the body above, the file copy."""
        return ("Như trên", *self.informed, self.kept)

    @property
    def informed(self) -> tuple[str, ...]:
        """The body above, for its information."""
        return (f"{self.parent} (để báo cáo)",) if self.parent else ()

    @property
    def kept(self) -> str:
        """“Lưu: VT, CCHC”."""
        return f"Lưu: VT, {deadlines.setting(DRAFTING_UNIT_SYMBOL)}"


def head_of(paper: Paper) -> Head:
    """The head of a paper of ours, as its document names issuer, symbol and signer."""
    document, office = paper.document, paper.document.issuer_unit
    lines = [line.strip() for line in paper.signature_prefix.split("\n") if line.strip()]
    parent = office.current.parent if office is not None else None
    return Head(
        body=document.issuer_name,
        printed=document.issuer_name,
        parent=parent.name if parent is not None else None,
        symbol=document.symbol,
        place=deadlines.setting(PLACE_NAME),
        signature=SignatureBlock(
            name=document.signer_name,
            authority=tuple(lines[:-1]) if lines else _authority(document.issuer_name),
            posts=tuple(lines[-1:]) or (_post(document.issuer_name),),
        ),
    )


def unit_head(unit: Unit, abbreviation: str) -> Head:
    """The head of a unit's own paper: `BC-UBND`, its number left to be filled, signed by its head.

    A people's committee is written out and stands under no other body; its place is the commune's name.
    """
    committee = bool(_COMMITTEE.match(unit.name))
    parent = None if committee else unit.current.parent
    place = _COMMUNE.sub("", unit.name)
    chief = next((a for a in accounts.list_people_of(unit.id) if a.kind is AppointmentKind.HEAD), None)
    post = _BODY.sub("", chief.title) if chief is not None else _post(unit.name)
    return Head(
        body=unit.name,
        printed=re.sub(r"^UBND ", "Ủy ban nhân dân ", unit.name),
        parent=parent.name if parent is not None else None,
        symbol=f"{abbreviation}-UBND" if committee else f"{abbreviation}-{unit.code}",
        place=place if place != unit.name else deadlines.setting(PLACE_NAME),
        signature=SignatureBlock(
            name=chief.person.name if chief is not None and chief.person is not None else "",
            authority=_authority(unit.name),
            posts=(post,),
        ),
    )


def _authority(body: str) -> tuple[str, ...]:
    return ("TM. Ủy ban nhân dân",) if _COMMITTEE.match(body) else ()


def _post(body: str) -> str:
    """Who heads such a body, while nobody is named."""
    if _COMMITTEE.match(body):
        return "Chủ tịch"
    return "Giám đốc" if body.startswith(("Sở ", "Trung tâm ")) else "Thủ trưởng"
