"""The notice that the pages of the register are read with."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests import cast
from tests.factories import register as factory
from tests.register.reading import FIRST, LAST


@pytest.fixture
def notice(session: Session) -> int:
    """Notice 45/TB-SNV concluded MC-05 and MC-06 of Long Phước and CĐ-01 of An Phước; a team holds KL-01."""
    made = factory.concluded(
        [
            (factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05"),
            (factory.box(cast.LONG_PHUOC, "MC-06", FIRST, LAST), "MC-06"),
            (factory.box(cast.AN_PHUOC, "CĐ-01", FIRST, LAST), "CĐ-01"),
        ],
        result="partly",
    )
    factory.held([factory.box(cast.LONG_PHUOC, "KL-01", FIRST, LAST)])
    session.commit()
    return made.id
