"""Typed definitions of an inspection form: what a file under inspection_forms/ says, and nothing else.

The names of the dataclass fields are the keys of the YAML file, one to one, except those marked `_DERIVED`,
which the loader works out. All definitions are frozen and hashable. Dates of instruments are inclusive, as
people write them; reviewed periods are half-open `[starts_on, ends_on)`, as everywhere in the code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

WHOLE_PART_TO = 2**30
"""A content is the half-open range [0, WHOLE_PART_TO); a criterion covers it whole unless it says else."""

FIELD_WIDTH = 2**20
"""Width of the part that one field of procedure takes of every content by field."""

_DERIVED = {"derived": True}


class Level(StrEnum):
    """Default severity of a shortcoming; internal, not printed by default."""

    MINOR = "minor"
    MODERATE = "moderate"
    SERIOUS = "serious"


class DeadlineKind(StrEnum):
    """How the remediation of a criterion usually ends (users' list: Loại thời hạn)."""

    FIXED = "fixed"
    AT_ONCE = "at_once"
    CONTINUING = "continuing"
    CONDITIONAL = "conditional"


class Certainty(StrEnum):
    """How sure the legal source is: article read, instrument confirmed, or still to be verified."""

    READ = "read"
    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"


class FieldKind(StrEnum):
    """Kinds of answer field; `fields.REGISTRY` has one handler for each."""

    RESULT = "result"
    NUMBER = "number"
    RATIO = "ratio"
    PERCENTAGE = "percentage"
    DATE = "date"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    APPLICATION_CODES = "application_codes"
    ROLL_CALL = "roll_call"


LEVEL_LABELS = {
    Level.MINOR: "Cần rút kinh nghiệm",
    Level.MODERATE: "Cần chấn chỉnh",
    Level.SERIOUS: "Cần xem xét trách nhiệm",
}
DEADLINE_KIND_LABELS = {
    DeadlineKind.FIXED: "Có hạn cụ thể",
    DeadlineKind.AT_ONCE: "Khắc phục ngay",
    DeadlineKind.CONTINUING: "Thường xuyên",
    DeadlineKind.CONDITIONAL: "Chờ điều kiện",
}
CERTAINTY_LABELS = {
    Certainty.READ: "Đã đọc điều khoản",
    Certainty.CONFIRMED: "Đã xác nhận văn bản",
    Certainty.UNVERIFIED: "Chưa kiểm chứng",
}


def slug_of(code: str) -> str:
    """The ASCII lower-case form of a code, for HTML names, ids and addresses: `CĐ-01` gives `cd-01`."""
    decomposed = unicodedata.normalize("NFD", code.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


@dataclass(frozen=True)
class LegalBasisDefinition:
    """A legal instrument and the days it is in force; both ends inclusive, None = open."""

    code: str
    citation: str
    title: str
    certainty: Certainty
    effective_from: date | None = None
    effective_to: date | None = None
    replaces: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    note: str = ""

    @property
    def starts_on(self) -> date:
        """First day in force; an unknown beginning is date.min."""
        return self.effective_from or date.min

    @property
    def ends_on(self) -> date:
        """First day no longer in force (half-open); no known end is date.max."""
        return self.effective_to + timedelta(days=1) if self.effective_to else date.max


@dataclass(frozen=True)
class BasisReference:
    """What a criterion cites: an instrument of the catalogue and, where known, the article in it."""

    code: str
    certainty: Certainty
    article: str = ""
    lineage: tuple[LegalBasisDefinition, ...] = field(default=(), metadata=_DERIVED)
    """The instrument with everything it replaced and everything that replaced it, oldest first."""


@dataclass(frozen=True)
class BasisInForce:
    """One instrument that governs part of a reviewed period, `[starts_on, ends_on)`."""

    basis: LegalBasisDefinition
    article: str
    certainty: Certainty
    starts_on: date
    ends_on: date

    @property
    def citation(self) -> str:
        """The reference as it is printed: `khoản 3 Điều 18 Nghị định số 63/2010/NĐ-CP`."""
        return f"{self.article} {self.basis.citation}" if self.article else self.basis.citation


def basis_in_force(reference: BasisReference, starts_on: date, ends_on: date) -> tuple[BasisInForce, ...]:
    """The instruments that governed the reviewed period `[starts_on, ends_on)`, oldest first.

    A period across the day of replacement yields both, each with its own days; a period before anything known
    yields nothing. The article belongs to the instrument that the form cites: its predecessor and successor
    are cited without one and as no better than confirmed, because their articles were not compared.

    Raises ValueError when the period is empty.
    """
    if starts_on >= ends_on:
        raise ValueError("the reviewed period is empty")
    found = []
    for basis in reference.lineage:
        first, last = max(basis.starts_on, starts_on), min(basis.ends_on, ends_on)
        if first < last:
            cited = basis.code == reference.code
            article = reference.article if cited else ""
            certainty = reference.certainty if cited else basis.certainty
            if not cited and certainty is Certainty.READ:
                certainty = Certainty.CONFIRMED
            found.append(BasisInForce(basis, article, certainty, first, last))
    return tuple(found)


@dataclass(frozen=True)
class ProcedureFieldDefinition:
    """A field of procedure (lĩnh vực). Its ordinal, its place in every content by field, never changes."""

    code: str
    ordinal: int
    title: str

    @property
    def part_from(self) -> int:
        """First part of a content that this field stands for."""
        return self.ordinal * FIELD_WIDTH

    @property
    def part_to(self) -> int:
        """One past the last part (half-open)."""
        return (self.ordinal + 1) * FIELD_WIDTH


@dataclass(frozen=True)
class ChoiceDefinition:
    """One allowed answer of a `choice` field: the value that is stored and the label on the screen."""

    value: str
    label: str


@dataclass(frozen=True)
class FieldDefinition:
    """A figure or other answer that a criterion asks beside the result."""

    key: str
    kind: FieldKind
    label: str
    unit: str = ""
    hint: str = ""
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    choices: tuple[ChoiceDefinition, ...] = ()


@dataclass(frozen=True)
class ContentPartDefinition:
    """The part `[part_from, part_to)` of a content, stable across forms, that a criterion covers."""

    content: str
    part_from: int = 0
    part_to: int = WHOLE_PART_TO


@dataclass(frozen=True)
class ReplacedDefinition:
    """A criterion of the version before that this one replaces.

    `content`: only what it covers of that content. `part`: only that share of it; the shares of one old
    criterion are laid end to end in the order of the file.
    """

    key: str
    content: str = ""
    part: Fraction | None = None


@dataclass(frozen=True)
class RetiredDefinition:
    """A criterion of the version before that is asked no more, or of which a rest is asked no more."""

    key: str
    reason: str


@dataclass(frozen=True)
class CriterionDefinition:
    """One content to be inspected. Remediation and watch days are working days."""

    key: str
    title: str
    text: str
    evidence: tuple[str, ...]
    level: Level
    remediation_days: int
    legal_bases: tuple[BasisReference, ...]
    deadline_kind: DeadlineKind = DeadlineKind.FIXED
    watch_days: int | None = None
    by_field: bool = False
    fields: tuple[FieldDefinition, ...] = ()
    contents: tuple[ContentPartDefinition, ...] = ()
    replaces: tuple[ReplacedDefinition, ...] = ()
    note: str = ""

    @property
    def slug(self) -> str:
        """ASCII name for HTML names and ids."""
        return slug_of(self.key)


@dataclass(frozen=True)
class GroupDefinition:
    """A group of criteria, with its Roman numeral as printed and a short title for narrow screens."""

    key: str
    numeral: str
    title: str
    short_title: str
    criteria: tuple[CriterionDefinition, ...]

    @property
    def slug(self) -> str:
        """ASCII name for HTML names and ids."""
        return slug_of(self.key)


@dataclass(frozen=True)
class PackageDefinition:
    """A ready selection for planning: whole groups and single criteria."""

    key: str
    title: str
    groups: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormDefinition:
    """One version of one inspection form."""

    code: str
    version: int
    title: str
    legal_bases: tuple[LegalBasisDefinition, ...]
    fields_of_procedure: tuple[ProcedureFieldDefinition, ...]
    groups: tuple[GroupDefinition, ...]
    packages: tuple[PackageDefinition, ...]
    retired: tuple[RetiredDefinition, ...] = ()
    source_sha256: str = field(default="", metadata=_DERIVED)

    @property
    def criteria(self) -> Iterator[CriterionDefinition]:
        """All criteria in the order of the form."""
        return (criterion for group in self.groups for criterion in group.criteria)

    @property
    def paths(self) -> list[str]:
        """Where each of `criteria` stands in the file: `groups[3].criteria[4]`."""
        return [
            f"groups[{g}].criteria[{c}]"
            for g, group in enumerate(self.groups)
            for c in range(len(group.criteria))
        ]

    @cached_property
    def _criteria_by_key(self) -> dict[str, CriterionDefinition]:
        return {criterion.key: criterion for criterion in self.criteria}

    def criterion(self, key: str) -> CriterionDefinition:
        """The criterion with this key; KeyError when the form has none."""
        return self._criteria_by_key[key]

    def legal_basis(self, code: str) -> LegalBasisDefinition:
        """The instrument with this code; KeyError when the catalogue has none."""
        for basis in self.legal_bases:
            if basis.code == code:
                return basis
        raise KeyError(code)

    def criteria_of(self, package: PackageDefinition) -> tuple[CriterionDefinition, ...]:
        """The criteria that a package selects, each once, in the order of the form."""
        return tuple(
            criterion
            for group in self.groups
            for criterion in group.criteria
            if group.key in package.groups or criterion.key in package.criteria
        )


FILE_PARTS: tuple[type[Any], ...] = (
    FormDefinition,
    LegalBasisDefinition,
    ProcedureFieldDefinition,
    GroupDefinition,
    CriterionDefinition,
    BasisReference,
    FieldDefinition,
    ChoiceDefinition,
    ContentPartDefinition,
    ReplacedDefinition,
    PackageDefinition,
    RetiredDefinition,
)
"""Every table that a form file is made of."""


def keys_of(part: type[Any]) -> tuple[str, ...]:
    """The keys that a table of a form file may have, in order."""
    return tuple(item.name for item in _file_fields(part))


def _file_fields(part: type[Any]) -> Iterator[Field[Any]]:
    return (item for item in fields(part) if not item.metadata.get("derived"))
