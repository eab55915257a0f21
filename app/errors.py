"""What may go wrong by the rules of the work, each with the HTTP answer it becomes.

Services raise these; views show them beside the form; everything else is a defect (500).
A constraint that the database refuses is translated by `explain_integrity` through `MESSAGES`,
which holds a Vietnamese sentence for every named constraint (a guard test compares the lists).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.constraint_messages import GONE, KNOWN_VALUE, MESSAGES
from app.db import Base

# How SQLite words a refusal; a trigger says the name of its rule and nothing else.
_CHECK, _UNIQUE = "CHECK constraint failed: ", "UNIQUE constraint failed: "
_FOREIGN = "FOREIGN KEY constraint failed"


class DomainError(Exception):
    """A refusal people can do something about. `message` is Vietnamese and says what to do."""

    status = 422
    upload: str | None = None
    """The name of a file that is itself what was refused."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is in the way, one by one."""
        return (self.message,)


class NotFound(DomainError):
    """The object does not exist or this person may not know of it (the two look the same)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Không tìm thấy nội dung, hoặc tài khoản này không được phân công theo dõi.")


class Forbidden(DomainError):
    """The person sees the object but the act belongs to somebody else."""

    status = 403


class Conflict(DomainError):
    """Somebody or something was there first: another state, another edit, another claim."""

    status = 409


class Stale(Conflict):
    """The form was filled from an older version of the row; `version` is the one that holds now, if known."""

    def __init__(self, message: str, *, version: int | None = None) -> None:
        super().__init__(message)
        self.version = version


class WrongState(Conflict):
    """The act does not belong to the state the object is in."""


class BrokenRule(DomainError):
    """The database refused: `constraint` names the rule."""

    status = 409

    def __init__(self, message: str, *, constraint: str) -> None:
        super().__init__(message)
        self.constraint = constraint


def constraint_of(error: DBAPIError) -> str | None:
    """Name of the constraint or trigger that refused, on either engine; None when it cannot be told."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name:
        return str(name)
    text = str(error.orig).strip()
    if text in MESSAGES:  # RAISE(ABORT, rule) of a trigger
        return text
    if text.startswith(_CHECK):
        return text.removeprefix(_CHECK)
    if text.startswith(_FOREIGN):  # SQLite does not say which
        return "fk_"
    return _sqlite_unique(text)


def _sqlite_unique(text: str) -> str | None:
    """SQLite names the columns, not the constraint: `UNIQUE constraint failed: t.a, t.b`."""
    if not text.startswith(_UNIQUE):
        return None
    columns = [part.strip() for part in text.removeprefix(_UNIQUE).split(",")]
    table = Base.metadata.tables.get(columns[0].split(".")[0])
    if table is None:
        return None
    wanted = [column.split(".")[1] for column in columns]
    unique: list[sa.UniqueConstraint | sa.Index] = [
        *(c for c in table.constraints if isinstance(c, sa.UniqueConstraint)),
        *(index for index in table.indexes if index.unique),
    ]
    for rule in unique:
        if [column.name for column in rule.columns] == wanted:
            return str(rule.name) if rule.name else f"uq_{table.name}_" + "_".join(wanted)
    return None


def message_of(name: str) -> str | None:
    """The sentence for a constraint: its own, or the common one of lists of values and of foreign keys."""
    if name in MESSAGES:
        return MESSAGES[name]
    if name.startswith("ck_") and name.endswith("_known"):
        return KNOWN_VALUE
    if name.startswith("fk_"):
        return GONE
    return None


def explain_integrity(error: DBAPIError) -> BrokenRule | None:
    """Turn a refusal of the database into the sentence kept for its constraint; None if unknown."""
    name = constraint_of(error)
    message = message_of(name) if name is not None else None
    if name is None or message is None:
        return None
    return BrokenRule(message, constraint=name)
