"""A composed paper on its way through the chain, by its composer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Person
from app.db import Base
from app.documents import composers
from app.documents.chain import Earliest, Reworded, ShortDate, TextChange, Words, numbered
from app.documents.composers import Composer
from app.documents.content import OfficialDocument, SignatureBlock
from app.documents.kinds import KIND_LABELS
from app.documents.matching import EXTRA, Difference, match
from app.documents.models import Document, Paper
from app.documents.papers.words import MAX_LENGTH, PROPOSED, clean, reworded, words_of
from app.documents.printed import printed_texts, table_heads
from app.documents.readback import ReadBack
from app.errors import DomainError, NotFound
from app.extensions import db
from app.policy import Actor, Role
from app.vietnamese import format_date
from app.workflow import hold

MUCH_LONGER = 5


class PaperCourse:
    """What the chain asks of a paper that a composer makes (`documents.chain.Course`)."""

    def __init__(self, paper: Paper) -> None:
        self.carrier = paper

    @property
    def document(self) -> Document:
        return self.carrier.document

    @property
    def composer(self) -> Composer:
        found = composers.find_composer(self.document.kind)
        if found is None:
            raise NotFound
        return found

    @property
    def about(self) -> tuple[Base, ...]:
        return (self.carrier,)

    @property
    def case(self) -> tuple[Base, ...]:
        if self.carrier.inspection_id is None:
            return ()
        return (composers.cases().get(self.carrier.inspection_id),)

    @property
    def named(self) -> str:
        return KIND_LABELS[self.document.kind]

    def hold(self) -> None:
        if self.carrier.inspection_id is not None:
            hold(composers.cases().get(self.carrier.inspection_id))

    def compose(self) -> OfficialDocument:
        """The composer's words with the drafter's in their place, who signs, the symbol of the office."""
        paper, document = self.carrier, self.document
        content = reworded(self.composer.compose(paper), paper.texts)
        return replace(
            content,
            number=None,
            issued_on=None,
            symbol=document.symbol,
            subject=document.subject,
            type_name=paper.type_name or content.type_name,
            signature=_signature(paper, content.signature),
        )

    def comparable(self, content: OfficialDocument) -> OfficialDocument:
        return replace(content, expected_on=None)

    def words(self) -> tuple[Words, ...]:
        """Every text that may be reworded, as it reads now."""
        return words_of(self.compose())

    def issued_texts(self) -> tuple[Words, ...]:
        return self.words()

    def stopping(self, *, on: date | None = None, elsewhere: bool = False) -> Sequence[str]:
        return self.composer.missing(self.carrier)

    def looks(self) -> Sequence[str]:
        return ()

    def reword(self, changes: Sequence[TextChange]) -> Sequence[Reworded]:
        known = {words.ref: words for words in self.words()}
        kept, changed = dict(self.carrier.texts), []
        for change in changes:
            words = known.get(change.key)
            if words is None:
                raise DomainError("Phần này không còn trong văn bản. Mở lại trang.", field=change.key)
            text = clean(change.text)
            if len(text) > MAX_LENGTH:
                raise DomainError(f"{words.where}: nhập tối đa {MAX_LENGTH} ký tự.", field=change.key)
            if text == clean(words.text):
                continue
            if not text:
                raise DomainError(f"{words.where}: chưa nhập nội dung.", field=change.key)
            kept[change.key] = text
            proposed = [ref for ref in _proposed(kept) if ref != change.key]
            kept = {**kept, PROPOSED: "\n".join(proposed)}
            changed.append(Reworded(words.where, words.text, text))
        self.carrier.texts = {ref: text for ref, text in kept.items() if text}
        return changed

    def short_dates(self) -> Sequence[ShortDate]:
        return ()  # a composed paper gives no dates of its own

    def redate(self) -> Sequence[Reworded]:
        return ()

    def freeze(self) -> None:
        kept = self.carrier.texts
        proposed = {words.ref: words.text for words in self.words() if words.ref not in kept and words.text}
        refs = [*_proposed(kept), *proposed]
        self.carrier.texts = {**kept, **proposed, **({PROPOSED: "\n".join(refs)} if refs else {})}

    def thaw(self) -> None:
        proposed = {*_proposed(self.carrier.texts), PROPOSED}
        self.carrier.texts = {ref: text for ref, text in self.carrier.texts.items() if ref not in proposed}

    def touch(self) -> None:
        flag_modified(self.carrier, "texts")
        self.carrier.updated_at = clock.now()
        db.session.flush()

    def earliest(self) -> Earliest | None:
        about = self.carrier.about
        if about is None or about.issued_on is None:
            return None
        return Earliest(
            about.issued_on,
            f"Ngày văn bản trước ngày của văn bản số {about.number_and_symbol} "
            f"({format_date(about.issued_on)}). Kiểm tra lại ngày.",
        )

    def differences(self, back: ReadBack) -> Sequence[Difference]:
        content = self.compose()
        if back.number is not None and back.symbol and back.issued_on is not None:
            content = numbered(content, back.number, back.symbol, back.issued_on)
        prepared = printed_texts(content, {words.ref: words.where for words in words_of(content)})
        if len(back.text) > MUCH_LONGER * sum(len(piece.text) for piece in prepared):
            return (Difference(EXTRA, "Toàn văn", content.subject, "Tệp dài hơn nhiều bản đã chuẩn bị"),)
        matched = match(prepared, back.text)
        return (*matched.differences(), *matched.additions(table_heads(content)))

    def drafters(self) -> Sequence[Person]:
        document = self.document
        known = accounts.list_holders(Role.PLANNER, Role.FOLLOWER, Role.CONTENT_CHECKER)
        apart = (document.drafter_id, document.signer_id)
        return list({person.id: person for person in known if person.id not in apart}.values())

    def effects(self) -> str:
        return self.composer.effects(self.carrier) or f"Ban hành {self.named[0].lower()}{self.named[1:]}."

    def effect_lines(self) -> Sequence[tuple[str, str, str]]:
        return ()

    def take_effect(self, actor: Actor) -> None:
        self.composer.take_effect(self.carrier, actor)


def _proposed(texts: dict[str, str]) -> list[str]:
    return [ref for ref in texts.get(PROPOSED, "").split("\n") if ref]


def _signature(paper: Paper, composed: SignatureBlock | None) -> SignatureBlock | None:
    """Who signs under which authority, as it was chosen; the composer's own until then."""
    lines = [line.strip() for line in paper.signature_prefix.split("\n") if line.strip()]
    name = paper.document.signer_name
    if lines:
        return SignatureBlock(name=name, authority=tuple(lines[:-1]), posts=tuple(lines[-1:]))
    if composed is not None and name and not composed.name:
        return replace(composed, name=name)
    return composed
