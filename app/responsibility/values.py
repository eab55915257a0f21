"""What forms hand to services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.responsibility.models import Answers, Measure, Track


@dataclass(frozen=True)
class AnswerableValues:
    """Who answers and what is recommended. `name` "" keeps what is there, `forget_name` takes it away."""

    kind: Answers
    collective: str
    post: str = ""
    name: str = ""
    forget_name: bool = False
    recommended: Measure | None = None
    competent_body: str = ""
    asked_reference: str = ""
    asked_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class DecisionValues:
    """What the competent body decided."""

    decided: Measure
    body: str
    reference: str
    decided_on: date
    note: str = ""


@dataclass(frozen=True)
class ReferralValues:
    """The paper that passed a case on, and until when an answer is awaited."""

    track: Track
    body: str
    reference: str
    sent_on: date
    due_on: date


@dataclass(frozen=True)
class AnswerValues:
    """What the other body answered."""

    answer: str
    reference: str
    answered_on: date
