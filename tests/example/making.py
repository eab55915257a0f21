"""The example as `make setup` makes it: once for a whole test run and engine, then copied.

Migrating and replaying a year takes a quarter of a minute, so the first worker that needs it does it and the
others wait; every user works on a copy.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "kl_example"


@dataclass(frozen=True)
class Example:
    """A database with the example in it, and the folder of its files."""

    url: str
    data_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a command of the product needs to work on it."""
        return {
            **os.environ,
            "KL_ENV": "development",
            "KL_DATABASE_URL": self.url,
            "KL_DATA_DIR": str(self.data_dir),
        }

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`flask --app wsgi …` as somebody types it; standard output and error stay apart."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def make(example: Example) -> None:
    """Fill an empty database: migrations, forms, the example, as `make setup` does."""
    done = subprocess.run(
        [sys.executable, "scripts/prepare.py"],
        cwd=ROOT, env=example.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time, of all that share `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure(folder: Path, cluster: Cluster | None) -> Example:
    """The one original of this run, below `folder` (and in `cluster` when it is PostgreSQL)."""
    ready = folder / "ready"
    url = cluster.url(DATABASE) if cluster else f"sqlite:///{folder / 'ketluan.db'}"
    example = Example(url, folder / "data")
    with alone(folder):
        if not ready.exists():
            if cluster:
                cluster.create_database(DATABASE)
            make(example)
            ready.touch()
    return example


def copy(original: Example, target: Path, cluster: Cluster | None) -> Example:
    """A copy of one's own in the new folder `target`."""
    shutil.copytree(original.data_dir, target / "data")
    if cluster:
        # The parent's name keeps the workers' copies apart.
        url = cluster.create_database(f"{DATABASE}_{target.parent.name}_{target.name}", template=DATABASE)
    else:
        path = original.url.removeprefix("sqlite:///")
        shutil.copy(path, target / "ketluan.db")
        url = f"sqlite:///{target / 'ketluan.db'}"
    return Example(url, target / "data")
