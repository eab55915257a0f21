"""A file that a signed-in person hands in may be a stranger's: it is read within limits."""

from __future__ import annotations

import resource
import time

import pytest
from sqlalchemy.orm import Session

from app.documents import bounded, chain
from app.errors import DomainError
from tests.documents_flow.greedy import made
from tests.factories import documents

LETTERS = (b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 4000, 1000)
MOST_KILOBYTES = 64 * 1024


def test_an_issued_file_that_asks_for_all_memory_is_told_at_its_field(session: Session) -> None:
    data = made(*LETTERS)
    assert len(data) < 1024 * 1024
    stored = documents.stored(data)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DomainError, match="quá phức tạp") as refused:
        chain.read_file(stored)
    assert refused.value.field == "file"
    assert time.monotonic() - began < 2 * bounded.SECONDS + 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KILOBYTES


def test_an_issued_file_that_is_damaged_is_still_told_as_such(session: Session) -> None:
    with pytest.raises(DomainError, match="không mở được") as refused:
        chain.read_file(documents.stored(b"%PDF-1.7 hong"))
    assert refused.value.field == "file"
