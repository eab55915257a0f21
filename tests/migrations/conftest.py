"""Databases of these tests: an empty one, and a copy of the filled template."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.conftest import ENGINE


@pytest.fixture
def empty_database(tmp_path: Path, worker_id: str) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if ENGINE == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    cluster = Cluster.attach(os.environ["KL_TEST_CLUSTER"])
    name = f"kl_{worker_id}_empty"
    cluster.drop_database(name)
    yield cluster.create_database(name)
    cluster.drop_database(name)


@pytest.fixture
def filled_database(new_database: Callable[[str], str], request: pytest.FixtureRequest) -> str:
    """The address of a database with the seeds, the form of 79 criteria and the cast."""
    return new_database(f"filled_{abs(hash(request.node.name)) % 10**6}")
