"""A notice on its way through the chain: its words, its checks, what its issue does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app import clock
from app.accounts.models import Person
from app.db import Base
from app.documents.chain import Earliest, Reworded, ShortDate, TextChange, Words
from app.documents.content import OfficialDocument
from app.documents.matching import Difference
from app.documents.models import Document
from app.documents.readback import ReadBack
from app.notices import annexes, checks, queries, texts
from app.notices.compose import comparable, compose
from app.notices.effects import effects_of
from app.notices.models import Notice
from app.notices.record import Record, gather
from app.notices.services import recording
from app.notices.services.bringing import editable_keys
from app.notices.services.drafting import PROPOSED, apply_texts, touch
from app.notices.services.issuing import take_effect
from app.notices.waited import short_dates
from app.policy import Actor
from app.remediation.services import recount
from app.vietnamese import format_date
from app.workflow import hold


class NoticeCourse:
    """What the chain asks of a notice (`documents.chain.Course`); the record is gathered once for an act."""

    named = "Thông báo"

    def __init__(self, notice: Notice) -> None:
        self.carrier = notice
        self._gathered: Record | None = None

    @property
    def document(self) -> Document:
        return self.carrier.document

    @property
    def record(self) -> Record:
        if self._gathered is None:
            self._gathered = gather(self.carrier)
        return self._gathered

    @property
    def about(self) -> tuple[Base, ...]:
        return (self.carrier,)

    @property
    def case(self) -> tuple[Base, ...]:
        return (self.carrier.inspection,)

    def hold(self) -> None:
        hold(self.carrier.inspection)

    def compose(self) -> OfficialDocument:
        return compose(self.carrier, self.record)

    def comparable(self, content: OfficialDocument) -> OfficialDocument:
        return comparable(content)

    def pieces(self) -> Mapping[str, texts.Piece]:
        """The texts by key, with what they belong to."""
        return {piece.key: piece for piece in texts.pieces_of(self.carrier, self.record)}

    def words(self) -> Sequence[Words]:
        return [piece.words for piece in self.pieces().values()]

    def issued_texts(self) -> Sequence[Words]:
        known = self.words()
        annex = editable_keys(self.carrier, self.record) - {words.ref for words in known}
        return [*known, *(Words(key, "", "", single=True) for key in annex)]

    def stopping(self, *, on: date | None = None, elsewhere: bool = False) -> Sequence[str]:
        found = checks.refusing(checks.run(self.carrier, self.record, on=on, elsewhere=elsewhere))
        return [f"{check.text} {check.detail}".strip() for check in found]

    def looks(self) -> Sequence[str]:
        found = checks.run(self.carrier, self.record)
        return [f"{check.text} {check.detail}".strip() for check in found if not check.ok and not check.hard]

    def reword(self, changes: Sequence[TextChange]) -> Sequence[Reworded]:
        changed = apply_texts(self.carrier, changes)
        self._gathered = None
        return [Reworded(piece.where, piece.text, text) for piece, text in changed]

    def short_dates(self) -> Sequence[ShortDate]:
        return [
            ShortDate(annexes.lines_of(self.record, [one.task]), one.due_on, one.missing, one.task.text)
            for one in short_dates(self.record, clock.today())
        ]

    def redate(self) -> Sequence[Reworded]:
        short = short_dates(self.record, clock.today())
        if not short:
            return ()
        self.thaw()  # words that nobody edited are proposed again, with the new dates
        recount([one.task for one in short], start_on=clock.today(), actor=None)
        self._gathered = None
        return [
            Reworded(
                f"Thời hạn, {annexes.lines_of(self.record, [one.task])}",
                format_date(one.due_on),
                format_date(one.task.due_on),
            )
            for one in short
            if one.task.due_on is not None
        ]

    def freeze(self) -> None:
        notice = self.carrier
        pieces = [piece for piece in texts.pieces_of(notice, self.record) if piece.item is None]
        proposed = [piece.key for piece in pieces if piece.key not in notice.sections]
        notice.sections = {
            **notice.sections,
            **{piece.key: piece.text for piece in pieces},
            PROPOSED: [*notice.sections.get(PROPOSED, []), *proposed],
            texts.SUMMARY: texts.summary(notice, self.record),
        }

    def thaw(self) -> None:
        notice = self.carrier
        proposed = {*notice.sections.get(PROPOSED, []), PROPOSED, texts.SUMMARY}
        notice.sections = {key: text for key, text in notice.sections.items() if key not in proposed}

    def touch(self) -> None:
        touch(self.carrier)

    def earliest(self) -> Earliest | None:
        decision = self.carrier.inspection.decision
        if decision is None or decision.issued_on is None:
            return None
        day = format_date(decision.issued_on)
        return Earliest(
            decision.issued_on,
            f"Ngày văn bản trước ngày quyết định kiểm tra ({day}). Kiểm tra lại ngày.",
        )

    def differences(self, back: ReadBack) -> Sequence[Difference]:
        return recording.compare(self.carrier, self.record, back)

    def drafters(self) -> Sequence[Person]:
        return queries.drafters_of(self.carrier)

    def effects(self) -> str:
        return effects_of(self.carrier, self.record).sentence

    def effect_lines(self) -> Sequence[tuple[str, str, str]]:
        return effects_of(self.carrier, self.record).lines

    def take_effect(self, actor: Actor) -> None:
        take_effect(self.carrier, self.record, actor=actor)


def of(document: Document) -> NoticeCourse:
    """The course of the notice whose paper this is. Raises NotFound."""
    return NoticeCourse(queries.get_of_document(document.id))
