"""A file that a signed-in person hands in may be a stranger's: it is read and drawn within limits."""

from __future__ import annotations

import resource
import time

import pytest
from sqlalchemy.orm import Session

from app.documents import bounded, chain, pages, rendering
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


def test_a_page_that_asks_for_too_much_has_no_picture() -> None:
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(pages.PageNotFound):
        pages.picture_within_limits(made(*LETTERS), 1)
    assert time.monotonic() - began < 2 * bounded.SECONDS + 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KILOBYTES
    with pytest.raises(pages.PageNotFound):
        pages.picture_within_limits(b"%PDF-1.7 hong", 1)
    assert pages.picture_within_limits(made(b"9 20 Td (Thong bao) Tj"), 1).startswith(b"\x89PNG")


def test_pages_that_take_too_long_to_count_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(b"9 20 Td (Thong bao) Tj")
    assert (pages.count_within_limits(data), pages.count_within_limits(b"khong phai PDF")) == (1, 0)
    monkeypatch.setattr(bounded, "SECONDS", 1)
    monkeypatch.setattr(rendering, "page_count", lambda pdf: time.sleep(30))
    began = time.monotonic()
    assert pages.count_within_limits(data) == 0
    assert time.monotonic() - began < 10
