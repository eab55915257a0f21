"""Files taken in: bytes under their hash, a row that never changes, nothing altered is given out."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.errors import NotFound
from app.files import services
from app.files.gate import UploadRefused
from app.files.models import StoredFile
from app.files.store import store
from tests import cast
from tests.conftest import ENGINE

PDF = b"%PDF-1.7\n" + "Biên bản".encode()


def test_a_file_is_kept_with_its_row(session):
    stored = services.keep("Bie\u0302n ba\u0309n.PDF", PDF, actor=cast.actor(cast.MEMBER))
    session.commit()
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (stored.name, stored.media_type, stored.size) == ("Biên bản.PDF", "application/pdf", len(PDF))
    assert stored.uploaded_by == cast.person(cast.MEMBER).id
    assert services.read(stored) == PDF


def test_the_same_bytes_twice_are_two_rows_and_one_file(session):
    one = services.keep("a.pdf", PDF, actor=None)
    two = services.keep("b.pdf", PDF, actor=None)
    assert one.id != two.id and one.sha256 == two.sha256
    beside = [path.name for path in store.path(one.sha256).parent.iterdir()]
    assert beside.count(one.sha256) == 1
    assert all(len(name) == len(one.sha256) for name in beside), "nothing half written is left"


def test_a_file_damaged_on_the_disk_is_not_found(session):
    stored = services.keep("a.pdf", PDF + b"1", actor=None)
    store.path(stored.sha256).write_bytes(PDF + b"2")
    with pytest.raises(NotFound):
        services.read(stored)


def test_a_file_lost_from_the_disk_is_not_found(session):
    stored = services.keep("a.pdf", PDF + b"3", actor=None)
    store.path(stored.sha256).unlink()
    with pytest.raises(NotFound):
        services.read(stored)


def test_what_the_gate_refuses_leaves_neither_row_nor_file(session):
    before = session.scalar(sa.select(sa.func.count()).select_from(StoredFile))
    disguised = b"MZ\x90\x00 a program"
    with pytest.raises(UploadRefused):
        services.keep("Biên bản.pdf", disguised, actor=None)
    assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == before
    assert not store.path(hashlib.sha256(disguised).hexdigest()).exists()


def test_a_file_larger_than_the_setting_is_413(session, monkeypatch):
    monkeypatch.setattr(store, "max_bytes", 20)
    with pytest.raises(UploadRefused) as refused:
        services.keep("a.pdf", PDF + b" " * 20, actor=None)
    assert refused.value.status == 413


STATEMENTS = [
    "UPDATE stored_file SET sha256 = 'f' || substr(sha256, 2)",
    "UPDATE stored_file SET size = size + 1",
    "UPDATE stored_file SET media_type = 'text/html'",
    "DELETE FROM stored_file",
]
if ENGINE == "sqlite":
    STATEMENTS.append("INSERT OR REPLACE INTO stored_file SELECT * FROM stored_file")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_change_what_was_kept(session, statement):
    services.keep("a.pdf", b"%PDF-1.7\nx", actor=None)
    session.commit()
    with pytest.raises(IntegrityError, match="stored_file_fixed"), session.begin_nested():
        session.execute(sa.text(statement))
