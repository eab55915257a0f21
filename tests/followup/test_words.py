"""Words are found by an index that the database holds true: as by reading every row, whatever is typed."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import wordsearch
from app.findings.models import Finding
from app.followup.filters import Filters, conditions_of
from app.remediation.models import Task
from app.vietnamese import search_key
from tests import cast
from tests.conftest import ENGINE, ROOT
from tests.factories import followed
from tests.factories import remediation as made
from tests.strict_client import StrictClient

WORDS = ("niêm yết", "Long Thành", "45/TB-SNV", "KP-2026-0007", "đất đai", "số 7", "70", "12e3", "(khu phố)")
TYPED = (
    "nie", "long th", "thanh lo", "45/tb", "tb-s", "snv", "kp-2026-00", "2026", "7", "dat", "ĐẤT ĐAI",
    "so 70", "n " * 100, "n-" * 100, "12e3", "khu", "hanh", "", "  ", "long\tthành",
)  # fmt: skip
HOSTILE = (
    '"',
    "*",
    '" OR "1',
    "NEAR(a b)",
    ":*",
    "a:*",
    "-long",
    "' OR 1=1 --",
    "a & b",
    "<->",
    "\\",
    "%",
    "_",
)


def tasks_of(session: Session, many: int) -> list[Task]:
    """Tasks of one unit with words by chance."""
    chance, (task,) = random.Random(7), made.issued()
    row = followed.row_of(Task.__table__, task.id)
    del row["id"]
    for n in range(many):
        text = search_key(" ".join(chance.choices(WORDS, k=3)))
        session.execute(sa.insert(Task).values(row | {"code": f"W-{n}", "search": text}))
    return list(session.scalars(sa.select(Task)))


def found(session: Session, typed: str) -> set[int]:
    return set(session.scalars(sa.select(Task.id).where(wordsearch.found(Task, typed))))


def read_through(tasks: list[Task], typed: str) -> set[int]:
    """The plain meaning: the parts of a word stand one after the other, the last one begins a part."""

    def holds(text: str, word: str) -> bool:
        parts, asked = re.findall(r"[a-z0-9]+", text), re.findall(r"[a-z0-9]+", word)
        places = range(len(parts) - len(asked) + 1)
        return any(
            parts[n : n + len(asked) - 1] == asked[:-1] and parts[n + len(asked) - 1].startswith(asked[-1])
            for n in places
        )

    words = search_key(typed).split()
    return {task.id for task in tasks if all(holds(task.search, word) for word in words)}


def test_the_index_finds_what_reading_every_row_finds(session: Session) -> None:
    tasks = tasks_of(session, 120)
    for typed in TYPED:
        assert found(session, typed) == read_through(tasks, typed), typed
        plain = set(session.scalars(sa.select(Task.id).where(*wordsearch.words_in(Task.search, typed))))
        assert plain <= found(session, typed), typed


@pytest.mark.parametrize("typed", HOSTILE)
def test_signs_are_no_language(session: Session, client: StrictClient, typed: str) -> None:
    tasks_of(session, 5)
    session.commit()
    assert found(session, typed) <= {task.id for task in session.scalars(sa.select(Task))}
    client.sign_in(cast.FOLLOWER).get("/follow-up", query_string={"q": typed})
    client.get("/search", query_string={"q": typed})
    client.get("/responsibility", query_string={"q": typed})


def test_what_changes_and_goes_is_found_as_it_is(session: Session) -> None:
    one, *_rest = tasks_of(session, 3)
    one.search = "hoan toan khac"
    session.flush()
    assert found(session, "hoàn toàn") == {one.id}
    key = session.scalars(sa.select(Task.id).where(Task.code == "W-1")).one()
    session.execute(sa.update(Task).where(Task.id == key).values(search="sap di"))
    assert found(session, "sap di") == {key}
    session.execute(sa.delete(Task).where(Task.id == key))
    assert found(session, "sap di") == set()
    if ENGINE == "sqlite":
        session.execute(sa.text("INSERT INTO task_words (task_words) VALUES ('integrity-check')"))


def test_an_insert_taken_back_is_in_no_index(session: Session) -> None:
    one, *_rest = tasks_of(session, 1)
    with session.begin_nested() as begun:
        session.execute(sa.update(Task).where(Task.id == one.id).values(search="tam thoi"))
        assert found(session, "tam thoi") == {one.id}
        begun.rollback()
    assert found(session, "tam thoi") == set()


def test_a_text_of_many_findings_is_kept_and_found(session: Session) -> None:
    """A B-tree on the whole text refused what takes more than a third of a page."""
    guide = Path(ROOT / "docs/huong-dan/nguoi-theo-doi.md").read_text(encoding="utf-8")
    (task,) = made.issued()
    task.search = search_key(f"{guide} cuoi cung het")
    task.findings[0].search = task.search
    session.flush()
    assert len(task.search) > 8_000
    assert found(session, "cuoi cung het") == {task.id}
    assert session.scalars(sa.select(Finding.id).where(wordsearch.found(Finding, "cuoi cung"))).all() == [
        task.findings[0].id
    ]


def test_words_of_the_task_and_of_the_head_are_told_together(session: Session) -> None:
    (task,) = made.issued(units=(cast.LONG_PHUOC,))
    session.commit()
    head = cast.person(cast.HEAD).name
    follower = cast.actor(cast.FOLLOWER)

    def shown(text: str) -> list[int]:
        met = conditions_of(follower, Filters(text=text))
        return list(session.scalars(sa.select(Task.id).where(*met)))

    assert shown(head) == [task.id] and shown(f"{task.code} {head}") == [task.id]
    assert shown(f"{head} khôngcó") == [] == shown(f"khôngcó {task.code}")


def test_the_index_is_asked_and_not_the_table(session: Session) -> None:
    tasks_of(session, 30)
    query = sa.select(Task.id).where(wordsearch.found(Task, "long th"))
    if ENGINE == "postgresql":
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    literal = str(query.compile(session.connection(), compile_kwargs={"literal_binds": True}))
    told = "EXPLAIN QUERY PLAN " if ENGINE == "sqlite" else "EXPLAIN "
    plan = "\n".join(
        str(row) for row in session.connection().exec_driver_sql(told + literal.replace("%", "%%"))
    )
    assert ("task_words VIRTUAL TABLE INDEX" if ENGINE == "sqlite" else "ix_task_words") in plan
