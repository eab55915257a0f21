"""Trying and writing an import. The view keeps the upload first, so that confirming reads the same bytes."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, Protocol

from app.audit import services as audit
from app.errors import Conflict
from app.exchange import (
    calendar_file,
    conclusions_file,
    past_tasks_file,
    people_file,
    successions_file,
    tables,
    units_file,
)
from app.exchange.plan import DryRun, Outcome, Plan, Written
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.followup import keeping
from app.policy import Actor

KINDS = ("xlsx", "csv")


class What(StrEnum):
    """Which file is imported."""

    UNITS = "units"
    SUCCESSIONS = "successions"
    PEOPLE = "people"
    CONCLUSIONS = "conclusions"
    PAST_TASKS = "past_tasks"
    CALENDAR = "calendar"


class KindOfFile(Protocol):
    """What a module of this folder offers for its file."""

    @property
    def COLUMNS(self) -> tuple[str, ...]: ...
    @property
    def EXAMPLE(self) -> tuple[tuple[str, ...], ...]: ...
    def plan(self, rows: list[tables.Row]) -> Plan[Any]: ...
    def write(self, planned: Plan[Any], *, actor: Actor) -> Written: ...


FILES: dict[What, KindOfFile] = {
    What.UNITS: units_file,
    What.SUCCESSIONS: successions_file,
    What.PEOPLE: people_file,
    What.CONCLUSIONS: conclusions_file,
    What.PAST_TASKS: past_tasks_file,
    What.CALENDAR: calendar_file,
}


class ImportRefused(Conflict):
    """The database changed after the dry run, or a line is wrong; `dry_run` shows how it stands now."""

    def __init__(self, dry_run: DryRun) -> None:
        super().__init__(
            "Dữ liệu trong hệ thống đã thay đổi sau lần xem trước, nên chưa ghi gì. "
            "Xem lại kết quả mới dưới đây rồi xác nhận."
        )
        self.dry_run = dry_run


def columns_of(what: What) -> tuple[str, ...]:
    """The headings of the file."""
    return FILES[what].COLUMNS


def example_of(what: What) -> tuple[tuple[str, ...], ...]:
    """Rows of the template file."""
    return FILES[what].EXAMPLE


def preview(stored: StoredFile, what: What, *, actor: Actor) -> DryRun:
    """What the file would change. Every line is tried and taken back. Raises TableRefused."""
    planned = _plan(stored, what)
    if not planned.dry_run.writable:
        return planned.dry_run
    trial = db.session.begin_nested()
    try:
        tried = FILES[what].write(planned, actor=actor)
    finally:
        trial.rollback()
    return planned.dry_run.after(tried)


def confirm(stored: StoredFile, what: What, fingerprint: str, *, actor: Actor) -> DryRun:
    """Write the whole file. Raises ImportRefused when it would not do what `fingerprint` showed.

    The caller rolls back then.
    """
    planned = _plan(stored, what)
    if not planned.dry_run.writable:
        raise ImportRefused(planned.dry_run)
    done = planned.dry_run.after(FILES[what].write(planned, actor=actor))
    if not done.writable or done.fingerprint != fingerprint:
        raise ImportRefused(done)
    if what is What.PAST_TASKS:
        keeping.fold()  # each task left some changes of the kept counts, which the next page would add up
    counts = planned.dry_run.counts
    audit.record(
        f"{what.value}_imported",
        stored,
        actor=actor,
        data={
            "file": stored.name,
            "sha256": stored.sha256,
            "new": counts[Outcome.NEW],
            "changed": counts[Outcome.CHANGED],
        },
    )
    return replace(planned.dry_run, remarks=tuple(dict.fromkeys(planned.remarks)))


def _plan(stored: StoredFile, what: What) -> Plan[Any]:
    return FILES[what].plan(tables.read(stored.name, files.read(stored), columns_of(what)))
