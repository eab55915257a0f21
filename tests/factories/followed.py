"""A follow-up table of the size of a province: tasks of hundreds of notices, open and done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.accounts.models import Account, Appointment, AppointmentKind, Person
from app.documents.models import Document
from app.extensions import db
from app.findings.models import Classification, Finding
from app.policy import Role
from app.remediation.models import (
    ExpectedResult,
    Extension,
    Product,
    ProgressReport,
    ProgressStatus,
    Task,
    TaskState,
    task_finding,
)
from tests import cast
from tests.factories import remediation

CHUNK = 5_000
DONE_OF_OPEN = 5
"""One accepted task to so many open ones."""
_STATES = (*[TaskState.ISSUED] * 6, TaskState.IN_PROGRESS, TaskState.IN_PROGRESS, TaskState.RETURNED)


def heads_of(unit_ids: Sequence[int]) -> None:
    """A head with an account for each unit."""
    first = (db.session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    pattern = db.session.scalars(sa.select(Account).limit(1)).one()
    now = clock.now()
    keys = [first + n for n in range(len(unit_ids))]
    db.session.execute(
        sa.insert(Person),
        [
            {"id": key, "name": f"Nguyễn Văn Mẫu {key}", "search": f"nguyen van mau {key}", "created_at": now,
             "updated_at": now}
            for key in keys
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(Appointment),
        [
            {"person_id": key, "unit_id": unit_id, "title": "Chủ tịch UBND xã", "kind": AppointmentKind.HEAD,
             "from_on": date(2025, 7, 1), "roles": [Role.UNIT_HEAD.value]}
            for key, unit_id in zip(keys, unit_ids, strict=True)
        ],
    )  # fmt: skip
    db.session.execute(
        sa.insert(Account),
        [
            {"person_id": key, "email": f"mau{key}@vidu.example", "password": pattern.password,
             "active": True, "fs_uniquifier": f"mau-{key}", "must_change_password": False,
             "created_at": now, "updated_at": now}
            for key in keys
        ],
    )  # fmt: skip
    _number_on(Person)


def tasks_of(unit_ids: Sequence[int], many: int) -> None:
    """`many` open tasks, and a fifth as many accepted ones: of one notice a task at each unit in turn.

    They are dated over a year round today. Of ten one is submitted, one has had more time; every second has a
    report of progress; each has a finding and a product.
    """
    [pattern] = remediation.issued(due_on=date(2026, 9, 30))
    row = row_of(Task.__table__, pattern.id)
    first, today = row.pop("id") + 1, clock.today()
    found = _findings(pattern, len(range(many + many // DONE_OF_OPEN)))
    notices = _notices(pattern, -(-many * (1 + DONE_OF_OPEN) // DONE_OF_OPEN // len(unit_ids)))
    whole = range(many + many // DONE_OF_OPEN)
    reporter, accepter = cast.person(cast.HEAD).id, cast.person(cast.FOLLOWER).id

    def due(n: int) -> date:
        return today + timedelta(days=(n * 7) % 365 - 120)

    def task(n: int) -> dict[str, Any]:
        made = {
            **row, "id": first + n, "code": f"M-{first + n}", "document_id": notices[n // len(unit_ids)],
            "lead_unit_id": unit_ids[n % len(unit_ids)], "due_on": due(n), "original_due_on": due(n),
            "report_due_on": due(n), "issued_on": date(2026, 1, 5), "state": _STATES[n % len(_STATES)],
            "text": f"Niêm yết công khai thủ tục hành chính, bổ sung phiếu xin lỗi của hồ sơ trễ hạn {n}",
            "search": f"niem yet cong khai thu tuc hanh chinh bo sung phieu xin loi {n} xa mau so {n % 200}",
        }  # fmt: skip
        if made["state"] is TaskState.RETURNED:
            made["return_reason"] = "Chưa có ảnh chụp hiện trạng"
        if n >= many:
            done = min(due(n), today) + timedelta(days=(n % 3) - 1)
            made |= {
                "state": TaskState.ACCEPTED, "submitted_on": done, "completed_on": done, "accepted_on": done,
                "reported_by": reporter, "accepted_by": accepter,
            }  # fmt: skip
        elif n % 10 == 3:
            made |= {"state": TaskState.SUBMITTED, "submitted_on": today - timedelta(days=n % 7),
                     "reported_by": reporter}  # fmt: skip
        return made

    _insert(Task.__table__, (task(n) for n in whole))
    _insert(task_finding, ({"task_id": first + n, "finding_id": found[n]} for n in whole))
    _insert(
        ExpectedResult.__table__,
        ({"task_id": first + n, "product": Product.REPORT, "text": ""} for n in whole),
    )
    _insert(
        ProgressReport.__table__,
        (
            {"task_id": first + n, "status": ProgressStatus.DONE if n >= many else ProgressStatus.DOING,
             "text": "Đã niêm yết tại trụ sở", "written_by": reporter, "written_at": clock.now(),
             "document_reference": f"{n}/BC-UBND" if n % 4 else "", "document_on": today}
            for n in whole if n % 2
        ),
    )  # fmt: skip
    _insert(
        Extension.__table__,
        (
            {"task_id": first + n, "old_due_on": due(n) - timedelta(days=14), "new_due_on": due(n),
             "reason": "Chờ nâng cấp phần mềm một cửa", "requested_by": reporter, "decided_by": accepter,
             "requested_on": date(2026, 1, 6), "decided_on": date(2026, 1, 7), "working_days": 10,
             "days_in_sum": 10, "most_days": 10, "most_in_sum": 10}
            for n in whole if n % 10 == 5
        ),
    )  # fmt: skip
    _number_on(Task, Document, Finding)


def _notices(pattern: Task, many: int) -> list[int]:
    """Issued notices like that of the first task, numbered on and dated over the year before it."""
    assert pattern.document_id is not None
    row = row_of(Document.__table__, pattern.document_id)
    first = (db.session.scalar(sa.select(sa.func.max(Document.id))) or 0) + 1
    _insert(
        Document.__table__,
        ({**row, "id": first + n, "number": 1000 + n,
          "issued_on": date(2026, 1, 5) + timedelta(days=n % 200)} for n in range(many)),
    )  # fmt: skip
    return list(range(first, first + many))


def _findings(pattern: Task, many: int) -> list[int]:
    """Findings like that of the first task; of fifty one came back after an earlier notice."""
    row = row_of(Finding.__table__, pattern.findings[0].id)
    first = (db.session.scalar(sa.select(sa.func.max(Finding.id))) or 0) + 1
    _insert(
        Finding.__table__,
        ({**row, "id": first + n, "ordinal": 10 + n,
          "classification": Classification.RECURRENCE if n % 50 == 7 else row["classification"]}
         for n in range(many)),
    )  # fmt: skip
    return list(range(first, first + many))


def _number_on(*kinds: Any) -> None:
    """Let PostgreSQL give the next numbers after those that were given here."""
    if db.engine.dialect.name != "postgresql":
        return
    for kind in kinds:
        last = db.session.scalar(sa.select(sa.func.max(kind.id)))
        db.session.execute(sa.select(sa.func.setval(f"{kind.__tablename__}_id_seq", last)))


def row_of(table: Any, key: int) -> dict[str, Any]:
    """The values of a row that can be written into another one."""
    written = [column for column in table.c if column.computed is None]
    return dict(db.session.execute(sa.select(*written).where(table.c.id == key)).mappings().one())


def _insert(table: Any, rows: Iterator[dict[str, Any]]) -> None:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            db.session.execute(sa.insert(table), chunk)
            chunk.clear()
    if chunk:
        db.session.execute(sa.insert(table), chunk)
