"""How many days a team may work at units, by the rules of the profile (NĐ 217/2025 Điều 13)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from app.deadlines import queries as deadlines
from app.deadlines.models import DeadlineRule, Step
from app.deadlines.settings import DEFAULT_PROFILE, OfficeLevel
from app.deadlines.working_days import Mode
from app.inspections.models import Inspection, InspectionState
from app.inspections.queries.review import level
from app.vietnamese import count

_EXTENSION = {
    Step.ONSITE_COMMUNE: Step.ONSITE_COMMUNE_EXTENSION,
    Step.ONSITE_DEPARTMENT: Step.ONSITE_DEPARTMENT_EXTENSION,
}


@dataclass(frozen=True)
class TermLimit:
    """The longest term of a case under a profile, and how much longer it may be by one extension."""

    profile: str
    term: DeadlineRule

    @cached_property
    def extension(self) -> DeadlineRule | None:
        """Read when it is asked for: a term within its days needs none."""
        return deadlines.find_rule(self.profile, _EXTENSION[self.term.step])

    @property
    def text(self) -> str:
        """“không quá 10 ngày làm việc, gia hạn một lần không quá 05 ngày làm việc”."""
        more = f", gia hạn một lần {_most(self.extension)}" if self.extension is not None else ""
        return _most(self.term) + more

    @property
    def extension_text(self) -> str:
        """“Không quá 05 ngày làm việc (…)”; "" without a rule."""
        return f"{_most(self.extension).capitalize()} ({self.extension.basis})" if self.extension else ""

    def passed_by(self, inspection: Inspection) -> bool:
        """Whether the case takes longer: with its extension, once it is decided."""
        over = inspection.term_days - self.term.days
        if over <= 0 or inspection.state is InspectionState.DRAFT:
            return over > 0
        return self.extension is None or over > self.extension.days


def _most(rule: DeadlineRule) -> str:
    days = "ngày làm việc" if rule.mode is Mode.WORKING else "ngày"
    return f"không quá {count(rule.days)} {days}"


def term_limit(profile: str = "") -> TermLimit | None:
    """That of a profile ("" = the office's usual one) today; None where it has no rule."""
    code = profile or deadlines.setting(DEFAULT_PROFILE)
    of_commune = level() == OfficeLevel.COMMUNE.rank
    term = deadlines.find_rule(code, Step.ONSITE_COMMUNE if of_commune else Step.ONSITE_DEPARTMENT)
    return TermLimit(code, term) if term is not None else None
