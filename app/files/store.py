"""Where bytes are kept: a folder of files named by their SHA-256 (one small interface)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

HALF_WRITTEN = "tmp"


class FileStore:
    """Content-addressed folder. `open` says where and how large a file may be (bytes)."""

    def __init__(self) -> None:
        self.folder = Path()
        self.max_bytes = 0

    def open(self, folder: Path, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def keep(self, data: bytes) -> str:
        """Write `data` durably under its SHA-256 (hex) and return it: a row committed after this finds it.

        Write, fsync, rename, fsync of every folder on the way. Writing twice is harmless; a copy that was
        damaged meanwhile is written anew. What another process has renamed it may not have synced yet, so
        the folders are synced for a known file too.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if self.read(sha256) is None:
            self._write(target, data)
        for folder in (target.parent, self.folder, self.folder.parent):
            _sync(folder)
        return sha256

    def _write(self, target: Path, data: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=HALF_WRITTEN)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def read(self, sha256: str) -> bytes | None:
        """The bytes kept under `sha256`; None when they are missing or no longer the same."""
        path = self.path(sha256)
        if not path.is_file():
            return None
        data = path.read_bytes()
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def half_written(self) -> Iterator[Path]:
        """What a process that was stopped while it wrote has left; it is nobody's."""
        return self.folder.glob(f"??/{HALF_WRITTEN}*")


def _sync(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


store = FileStore()
