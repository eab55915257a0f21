"""The folder of files named by their SHA-256."""

from __future__ import annotations

import hashlib
import os

import pytest

from app.files.store import FileStore

DATA = "Biên bản làm việc".encode()
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path):
    made = FileStore()
    made.open(tmp_path / "files", 100)
    return made


def names(store: FileStore) -> list[str]:
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file())


def test_bytes_are_kept_under_their_hash_and_come_back(store):
    assert store.keep(DATA) == SHA
    assert store.read(SHA) == DATA
    assert store.path(SHA).relative_to(store.folder).as_posix() == f"{SHA[:2]}/{SHA}"


def test_the_same_bytes_are_kept_once(store):
    store.keep(DATA)
    before = store.path(SHA).stat().st_mtime_ns
    assert store.keep(DATA) == SHA
    assert names(store) == [SHA]
    assert store.path(SHA).stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", DATA[:-1], DATA + b".", b"x" * len(DATA)])
def test_bytes_that_changed_on_the_disk_are_not_given_out(store, damage):
    store.keep(DATA)
    store.path(SHA).write_bytes(damage)
    assert store.read(SHA) is None


def test_a_damaged_copy_is_written_anew_when_the_bytes_come_again(store):
    store.keep(DATA)
    store.path(SHA).write_bytes(b"damaged")
    assert store.keep(DATA) == SHA
    assert store.read(SHA) == DATA


def test_a_missing_file_is_none(store):
    assert store.read(SHA) is None


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_nothing_behind(store, monkeypatch, call):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        store.keep(DATA)
    monkeypatch.undo()
    assert names(store) == []
    assert store.read(SHA) is None


def test_the_file_and_its_folder_are_on_the_disk_before_anybody_is_told(store, monkeypatch):
    """Written aside, synced, renamed, every folder on the way synced: a row is never without its bytes."""
    order = []
    real = {"fsync": os.fsync, "replace": os.replace}
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("fsync"), real["fsync"](fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("replace"), real["replace"](a, b)))
    store.keep(DATA)
    assert order == ["fsync", "replace", "fsync", "fsync", "fsync"]
