"""The shelf of files whose form came back with a mistake: they belong to no record and go after a day."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.files import gate
from app.files.store import FileStore

KEPT_SECONDS = 25 * 3600
"""An hour more than the form may ask for them."""


class HeldFiles(FileStore):
    """A folder of its own beside that of the records, which `files check` and backups need not know."""

    def put(self, name: str, data: bytes) -> str:
        """The key under which `data` waits. Raises UploadRefused for a file that is never taken in."""
        gate.inspect(name, data, max_bytes=self.max_bytes)
        self.clear()
        key = self.keep(data)
        os.utime(self.path(key))
        return key

    def take(self, key: str) -> bytes | None:
        """What waits under `key`; None when it is gone."""
        return self.read(key)

    def clear(self) -> None:
        """Throw away what nobody came back for."""
        oldest = time.time() - KEPT_SECONDS
        for path in self.folder.glob("??/*"):
            if _touched(path) < oldest:
                path.unlink(missing_ok=True)


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was quicker
        return float("inf")


held = HeldFiles()
