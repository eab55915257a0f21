"""What views and queries hand to the macros: small frozen values, text and addresses already made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu.

    ``icon`` is a name of bootstrap-icons without "bi-"; ``count`` None shows no number. An item with a
    ``phone_label`` also stands in the bottom bar of phones, which has room for five; ``phone_only`` is for
    "Thêm", the page with the whole menu.
    """

    label: str
    endpoint: str
    icon: str
    active: bool = False
    count: int | None = None
    phone_label: str | None = None
    phone_only: bool = False


@dataclass(frozen=True)
class Actor:
    """Who is signed in and in which role, as the foot of the menu says it."""

    name: str
    post: str
    unit_name: str
    role_label: str


@dataclass(frozen=True)
class ShellLinks:
    """Addresses around every page; None leaves the part out. ``sign_out`` is sent by POST."""

    home: str = "/"
    search: str | None = None
    help: str | None = None
    account: str | None = None
    calendar: str | None = None
    messages: str | None = None
    switch_role: str | None = None
    sign_out: str | None = None


@dataclass(frozen=True)
class Crumb:
    """One step of the path above the name; the last has no ``url``."""

    label: str
    url: str | None = None


@dataclass(frozen=True)
class State:
    """A state tag. ``kind``: idle, doing, wait, back, done, final or stop."""

    kind: str
    label: str


@dataclass(frozen=True)
class Badge:
    """A deadline badge. ``kind``: plain, soon, today, over, ontime, late, open (thường xuyên) or pending
    (chờ điều kiện)."""

    kind: str
    label: str


@dataclass(frozen=True)
class Wait:
    """The strip under the name: who is waited for, to do what, until which inclusive day."""

    who: str
    what: str
    until: date | None = None
    badge: Badge | None = None


@dataclass(frozen=True)
class LinkItem:
    """A tab, chip, part or line that leads somewhere; ``done`` marks a part that is complete."""

    label: str
    url: str
    current: bool = False
    done: bool = False


@dataclass(frozen=True)
class NumberCard:
    """A counted number that filters. ``kind``: "", over, soon or good."""

    value: int
    label: str
    url: str
    kind: str = ""
    current: bool = False


@dataclass(frozen=True)
class Column:
    """A column head. ``sort_url`` makes it a link; ``sorted`` is "", ascending or descending."""

    label: str
    sort_url: str | None = None
    sorted: str = ""
    right: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    """One entry. ``kind``: "" an act, key a document or decision, next to come; ``sealed`` adds the ring.

    ``at`` is a date or an aware moment; ``when`` replaces how it is written ("10:42 hôm nay").
    """

    at: date | datetime
    text: str | Markup
    who: str = ""
    kind: str = ""
    sealed: bool = False
    when: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix. ``kind``: free, part, done, held (another team) or reserved. Counts are criteria.

    ``partly`` says of what the counted criteria have only a part ("thời kỳ"), where the figures do not.
    """

    kind: str
    url: str
    done: int = 0
    total: int = 0
    partly: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """A unit of the matrix: its name (or a link to it), a remark, how many of its contents something is left
    of, and a cell for each head; None where nothing is asked."""

    unit: str | Markup
    remark: str
    left: int
    total: int
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Saved:
    """The answer to a form that saves itself (``data-autosave``); send it with ``jsonify(asdict(saved))``.

    ``saved_at`` is the clock ("10:42"), ``version`` the row version that the next save must name.
    """

    saved_at: str
    version: int | None = None
