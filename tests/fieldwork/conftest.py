"""A case under way this morning at UBND xã Long Phước."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.inspections.models import InspectedUnit
from tests.factories import fieldwork


@pytest.fixture
def unit(session: Session) -> InspectedUnit:
    """The inspected unit, in fieldwork, with four contents in its scope."""
    return fieldwork.opened().units[0]
