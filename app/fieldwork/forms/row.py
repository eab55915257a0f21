"""The form of one scope item: the answer, its findings, and the versions it was filled from.

The hidden field `version` holds them all (`a3;12:2;n15:1;p9f…`: answer at version 3, finding 12 at 2, the new
block has become finding 15 at 1, on the opened page 9f…). A page that saves while typing gets the next token
with each answer, so that a new finding is recorded once however often it is saved. The name of the page tells
its own saves from those of others when an answer got lost on the way.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.errors import DomainError
from app.fieldwork.queries import SheetRow
from app.fieldwork.services import FindingEntry, RowEntry
from app.fieldwork.services.answers import SHORTCOMING_RESULTS, RowSaved
from app.findings import services as findings
from app.findings.forms import FindingBlock, initial_of
from app.findings.models import Finding, FindingState
from app.form_library.builder import AnswerValues, CriterionForm, answers_from, form_for
from app.form_library.inputs import InputError, add_error
from app.form_library.values import RESULT_LABELS, SAMPLE_METHOD_LABELS, RatioValue
from app.vietnamese import count, number

_PART = re.compile(r"(a|n?)([0-9]{1,12})(?::([0-9]{1,9}))?")
_PAGE = re.compile(r"p[0-9a-f]{16}")
NEW = "new-"


@dataclass(frozen=True)
class Token:
    """What rows, at which versions, a form was filled from; `answer` None = there was no answer."""

    answer: int | None = None
    findings: tuple[tuple[int, int], ...] = ()
    new: tuple[int, int] | None = None
    page: str = ""

    def __str__(self) -> str:
        parts = [f"a{self.answer or 0}"]
        parts += [f"{finding_id}:{version}" for finding_id, version in self.findings]
        if self.new is not None:
            parts.append(f"n{self.new[0]}:{self.new[1]}")
        if self.page:
            parts.append(self.page)
        return ";".join(parts)

    @classmethod
    def read(cls, text: str) -> Token:
        """The token of a posted form; what cannot be read counts as filled from nothing."""
        token = cls()
        for part in text.split(";")[:200]:
            if _PAGE.fullmatch(part):
                token = replace(token, page=part)
            match = _PART.fullmatch(part)
            if match is None:
                continue
            kind, first, second = match.groups()
            if kind == "a":
                token = replace(token, answer=int(first) or None)
            elif second is not None and kind == "n":
                token = replace(token, new=(int(first), int(second)))
            elif second is not None:
                token = replace(token, findings=(*token.findings, (int(first), int(second))))
        return token


@dataclass(frozen=True)
class Difference:
    """One thing that differs between what is stored and what was typed."""

    label: str
    stored: str
    typed: str


def is_editable(finding: Finding) -> bool:
    """Whether the sheet may still change a finding."""
    return finding.state is FindingState.DRAFT and not finding.in_minutes


class RowForm:
    """Answer form, a block for each finding that may be edited, and a block for a new one."""

    def __init__(self, row: SheetRow, posted: Any = None, *, adding: bool = False) -> None:
        self.row = row
        self.bound = posted is not None
        self.conflict = ""
        self.differences: tuple[Difference, ...] = ()
        self.form_errors: list[str] = []
        editable = [finding for finding in row.findings if is_editable(finding)]
        if posted is None:
            version = row.answer.version if row.answer is not None else None
            shown = tuple((finding.id, finding.version) for finding in editable)
            self.token = Token(version, shown, page=f"p{secrets.token_hex(8)}")
        else:
            self.token = Token.read(posted.get("version", ""))
        self.answer: CriterionForm = form_for(
            row.definition, row.values, formdata=posted, prefix=f"a{row.item.id}"
        )
        known = {finding.id: finding for finding in row.findings}
        self.blocks: list[tuple[int, FindingBlock]] = []
        for finding_id, _ in self.token.findings:
            data = initial_of(known[finding_id]) if finding_id in known else None
            self.blocks.append((finding_id, FindingBlock(posted, prefix=f"f{finding_id}", data=data)))
        wanted = (
            adding or not row.findings or (posted is not None and f"{self.new_prefix}description" in posted)
        )
        self.new_block = (
            FindingBlock(posted, prefix=self.new_prefix, data=self._prefilled()) if wanted else None
        )

    @property
    def new_prefix(self) -> str:
        """Prefix of the block for a new finding; every row of the page has its own."""
        return f"n{self.row.item.id}-"

    @property
    def fixed_findings(self) -> tuple[Finding, ...]:
        """Findings that are shown and no longer edited here."""
        shown = {finding_id for finding_id, _ in self.token.findings}
        if self.token.new is not None:
            shown.add(self.token.new[0])
        return tuple(finding for finding in self.row.findings if finding.id not in shown)

    def finding(self, finding_id: int) -> Finding | None:
        """A finding of the row by id."""
        return next((found for found in self.row.findings if found.id == finding_id), None)

    def _prefilled(self) -> Mapping[str, object]:
        return {
            "basis": "; ".join(self.row.bases),
            "severity": str(self.row.definition.level),
            "classification": "shortcoming",
        }

    def _is_short(self) -> bool:
        return self.answer.result_value() in SHORTCOMING_RESULTS

    def _new_is_used(self) -> bool:
        return self.new_block is not None and (
            bool(self.new_block.description.data) or self.token.new is not None
        )

    def validate(self) -> bool:
        """Check the answer and, for “Đạt một phần” and “Chưa đạt”, every block that was begun."""
        good = self.answer.validate()
        if not self._is_short():
            return good
        used = [block for _, block in self.blocks]
        if self.new_block is not None and self._new_is_used():
            used.append(self.new_block)
        for block in used:
            if not block.validate():
                good = False
                continue
            try:
                findings.check(block.values())
            except DomainError as error:
                add_error(block[error.field or "description"], error.message)
                good = False
        return good

    def entry(self) -> RowEntry:
        """What was typed, once validated."""
        answer = answers_from(self.answer)
        entries: list[FindingEntry] = []
        if self._is_short():
            versions = dict(self.token.findings)
            entries = [
                FindingEntry(block.values(), finding_id, versions[finding_id])
                for finding_id, block in self.blocks
            ]
            if self.new_block is not None and self._new_is_used():
                values = _with_figures(self.new_block, answer)
                new_id, version = self.token.new or (None, None)
                entries.append(FindingEntry(values, new_id, version))
        return RowEntry(answer, self.token.answer, tuple(entries), self.token.page)

    def after(self, saved: RowSaved) -> Token:
        """The token of the same form once it was saved."""
        versions = {finding.id: finding.version for finding in saved.findings}
        new = self.token.new[0] if self.token.new else saved.added[0].id if saved.added else None
        shown = tuple(
            (finding_id, versions.get(finding_id, version)) for finding_id, version in self.token.findings
        )
        kept = (new, versions[new]) if new in versions and new else None
        return Token(saved.answer.version, shown, kept, self.token.page)

    def errors(self) -> tuple[InputError, ...]:
        """Every message with the id of its input, for the list above the row."""
        found = [InputError("", message) for message in self.form_errors]
        forms = [self.answer, *(block for _, block in self.blocks)]
        if self.new_block is not None:
            forms.append(self.new_block)
        for form in forms:
            for error in form.input_errors():
                several = error.input_id.endswith(("-result", "-looked_at"))
                found.append(InputError(f"{error.input_id}-0" if several else error.input_id, error.message))
        return tuple(found)

    def refuse(self, error: DomainError) -> None:
        """Show what the service refused at its field, or above the row."""
        if error.field is not None and error.field in self.answer:
            add_error(self.answer[error.field], error.message)
        else:
            self.form_errors.append(error.message)

    def go_on_from(self, row: SheetRow, message: str) -> None:
        """After a stale edit: keep what was typed, show both texts, let the next save be made knowingly."""
        self.conflict = message
        stored = RowForm(row)
        self.differences = _differences(stored, self)
        new = self.token.new
        current = {finding.id: finding.version for finding in row.findings}
        self.token = Token(
            stored.token.answer,
            tuple(
                (finding_id, current[finding_id])
                for finding_id, _ in self.token.findings
                if finding_id in current
            ),
            (new[0], current[new[0]]) if new is not None and new[0] in current else None,
            self.token.page,
        )
        self.blocks = [(finding_id, block) for finding_id, block in self.blocks if finding_id in current]
        self.row = row


def _with_figures(block: FindingBlock, answer: AnswerValues) -> findings.FindingValues:
    """A new finding takes the figures of the answer when it was given none of its own."""
    values = block.values()
    if answer.ratio is None or (values.total, values.sample, values.failing) != (None, None, None):
        return values
    return replace(
        values,
        total=answer.ratio.total,
        sample=answer.ratio.sample,
        failing=answer.ratio.failing,
        sample_method=values.sample_method or str(answer.sample_method or ""),
    )


def _ratio_text(ratio: RatioValue | None) -> str:
    if ratio is None:
        return ""
    return f"tổng {number(ratio.total)}; kiểm tra {number(ratio.sample)}; sai sót {number(ratio.failing)}"


def _told(form: RowForm) -> dict[str, str]:
    """A row as labelled texts, to lay two of them side by side."""
    answer = form.answer
    result = answer.result_value()
    method = answer.sample_method.data
    evidence = form.row.definition.evidence
    looked_at = [
        evidence[int(n) - 1] for n in answer.looked_at.data or () if n.isdecimal() and int(n) <= len(evidence)
    ]
    ratio = None
    if not answer.ratio_form().errors:
        try:
            ratio = answer.ratio_form().value()
        except ValueError:
            ratio = None
    told = {
        "Kết quả": RESULT_LABELS[result] if result else "",
        "Đã xem gì": "; ".join(
            [*looked_at, *([answer.looked_at_other.data] if answer.looked_at_other.data else [])]
        ),
        "Số liệu": _ratio_text(ratio),
        "Cách chọn mẫu": SAMPLE_METHOD_LABELS.get(method, ""),
        "Ghi chú": answer.note.data or "",
        "Lý do": answer.na_reason.data or "",
    }
    for finding_id, block in form.blocks:
        found = form.finding(finding_id)
        label = f"Tồn tại, hạn chế {count(found.ordinal)}" if found else "Tồn tại, hạn chế"
        told[label] = block.description.data or ""
    if form.bound and form.new_block is not None and form.new_block.description.data:
        told["Tồn tại, hạn chế mới"] = form.new_block.description.data
    return told


def _differences(stored: RowForm, typed: RowForm) -> tuple[Difference, ...]:
    left, right = _told(stored), _told(typed)
    labels = dict.fromkeys([*left, *right])
    return tuple(
        Difference(label, left.get(label, ""), right.get(label, ""))
        for label in labels
        if left.get(label, "") != right.get(label, "")
    )
