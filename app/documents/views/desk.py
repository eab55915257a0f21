"""What differs between the screens of one sort of papers and another; the screens themselves are one set.

A desk is made once for composed papers, and once by each feature above that carries papers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Protocol, TypeVar

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from app import web
from app.documents.chain import Carrier, Course, TextChange
from app.documents.content import OfficialDocument
from app.documents.drafting import RecordForm, text_field
from app.documents.models import DocumentState
from app.documents.states import DOCUMENT, STATE_KINDS
from app.documents.views.acts import ACTS, Act
from app.documents.word import Returned, Taking
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Actor, Standing
from app.web.access import requires

C = TypeVar("C", bound=Carrier)
One = TypeVar("One", bound=Carrier, contravariant=True)
Answer = str | Response | tuple[str, int]
OF_A_DRAFT = (
    (Action.ABANDON_PAPER, "abandon", "Bỏ dự thảo"),
    (Action.REASSIGN_PAPER, "reassign", "Giao người soạn khác"),
    (Action.EDIT_PAPER, "details", "Trích yếu, người ký"),
)
"""(right, name, label) of what a drafter does besides the words."""


class Rewording(Protocol[One]):
    """A service that writes typed words; returns how many changed."""

    def __call__(
        self, carrier: One, changes: Sequence[TextChange], /, *, version: int | None, actor: Actor
    ) -> int: ...


class Writing(Protocol[One]):
    """A service that writes the paper as .docx."""

    def __call__(self, carrier: One, /, *, on: date, created_at: datetime) -> bytes: ...


class TakingBack(Protocol[One]):
    """A service that sets what a returned .docx words otherwise beside the texts of the record."""

    def __call__(self, carrier: One, returned: Returned, /, *, on: date) -> Taking: ...


@dataclass(frozen=True)
class WordWay(Generic[C]):
    """How the papers go out as .docx and come back; `page` shows each change beside the record."""

    write: Writing[C]
    read: Callable[[C, bytes], Returned]
    take_back: TakingBack[C]
    file_name: Callable[[C], str]
    page: str = "papers/word_changes.html"


def nothing_besides(carrier: Carrier, actor: Actor) -> Sequence[tuple[str, str]]:
    """No acts but those of every paper."""
    return ()


@dataclass(frozen=True)
class Desk(Generic[C]):
    """One sort of papers: what it is `called` in a sentence, the `address` of one with its `key`.

    `shows`: the endpoint of its page; the others are the names of the screens with `suffix`. `besides`:
    (name, label) of acts of its own.
    """

    bp: Blueprint
    called: str
    address: str
    key: str
    shows: str
    suffix: str
    viewing: Action
    get: Callable[..., C]
    course: Callable[[C], Course]
    named: Callable[[C], str]
    path: Callable[..., list[web.Crumb]]
    reword: Rewording[C]
    bring_in_line: Rewording[C]
    slip: Callable[[C], OfficialDocument]
    word: WordWay[C]
    acts: tuple[Act, ...] = ACTS
    of_a_draft: tuple[tuple[Action, str, str], ...] = OF_A_DRAFT
    besides: Callable[[C, Actor], Sequence[tuple[str, str]]] = nothing_besides
    record_form: type[RecordForm] = RecordForm
    field_name: Callable[[str], str] = text_field

    def endpoint(self, name: str) -> str:
        """The endpoint of a screen within the blueprint."""
        return self.shows if name == "show" else f"{name}{self.suffix}"

    def url(self, carrier: C, name: str = "show", **values: Any) -> str:
        """The address of a screen of one paper."""
        return url_for(f"{self.bp.name}.{self.endpoint(name)}", **{self.key: carrier.id, **values})

    def back(self, carrier: C, name: str = "show", **values: Any) -> Response:
        """On to a screen of the paper after something was done."""
        return redirect(self.url(carrier, name, **values), 303)

    def add(
        self,
        path: str,
        name: str,
        view: Callable[[Any], Answer],
        *,
        action: Action | None = None,
        get: Callable[..., object] | None = None,
        method: str = "GET",
    ) -> None:
        """Put a screen at its address, behind its right."""
        guard = requires(action or self.viewing, get or self.get)
        self.bp.add_url_rule(f"{self.address}/{path}", self.endpoint(name), guard(view), methods=[method])

    def dropped(self, kind: str) -> Callable[..., Dropped[C]]:
        """The loader of a paper with the file of this kind that the same person handed in for it."""

        def get(actor: Actor, *, file_id: int, **values: int) -> Dropped[C]:
            return Dropped(self.get(actor, **values), files.get_own(actor, file_id, kind))

        return get


@dataclass(frozen=True)
class Dropped(Generic[C]):
    """A paper and the file that somebody handed in for it; rights are those of the paper."""

    carrier: C
    stored: StoredFile

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.carrier.standing_of(actor)


def state_of(carrier: Carrier) -> web.State:
    """The state tag; a draft that came back says so."""
    document = carrier.document
    if document.state is DocumentState.DRAFT and document.return_reason:
        return web.State("back", "Trả lại để hoàn thiện")
    return web.State(STATE_KINDS[document.state], DOCUMENT.labels[document.state])
