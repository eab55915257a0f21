"""The commune that reorganisations entered late are about."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.units.models import Unit
from tests.factories.units import unit


@pytest.fixture
def old(session: Session) -> Unit:
    """A commune whose end nobody has recorded yet."""
    return unit("CU", "UBND xã Cũ")
