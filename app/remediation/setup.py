"""What remediation tells the rooms below: how what was concluded is mended, what it relies on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from flask import Flask

from app import clock
from app.deadlines.badge import progress
from app.extensions import db
from app.findings.models import Finding
from app.form_library.models import Criterion
from app.inspections.models import ScopeItem
from app.register.models import Conclusion
from app.register.panels import Concluded, provide_remediation_states
from app.remediation.lateness import position
from app.remediation.models import Task, TaskState
from app.remediation.queries import FAR, relies_on
from app.units import holds
from app.vietnamese import count


def remediation_states(contents: Collection[Concluded]) -> Mapping[Concluded, str]:
    """“Đã hoàn thành đúng hạn”, “Đang thực hiện quá hạn (02 nội dung)”: one read for a whole page."""
    rows = db.session.execute(
        sa.select(Task, ScopeItem.unit_id, Criterion.key, Conclusion.id)
        .join(Task.findings)
        .join(ScopeItem, ScopeItem.id == Finding.scope_item_id)
        .join(Criterion, Criterion.id == ScopeItem.criterion_id)
        .join(Conclusion, Conclusion.document_id == Task.document_id)
        .where(
            Conclusion.id.in_({one.conclusion_id for one in contents}),
            ScopeItem.unit_id.in_({one.unit_id for one in contents}),
            Task.state.not_in((TaskState.DRAFT, TaskState.WITHDRAWN)),
        )
        .order_by(sa.func.coalesce(Task.due_on, FAR), Task.id)
    ).all()
    told: dict[Concluded, list[str]] = defaultdict(list)
    today = clock.today()
    for task, unit_id, key, conclusion_id in rows:
        told[Concluded(unit_id, key, conclusion_id)].append(progress(position(task), today).label)
    wanted = set(contents)
    return {one: _words(labels) for one, labels in told.items() if one in wanted}


def _words(labels: list[str]) -> str:
    counts = {label: labels.count(label) for label in dict.fromkeys(labels)}
    return "; ".join(
        label if len(labels) == 1 else f"{label} ({count(number)} nội dung)"
        for label, number in counts.items()
    )


def register(_app: Flask) -> None:
    """Attach at start-up."""
    provide_remediation_states(remediation_states)
    holds.add(relies_on)
