"""What lists and figures ask of every task: days told by the row itself, and the indexes that find them."""

from __future__ import annotations

import sqlalchemy as sa

from app.wordsearch import index_of_words

_DUE = "coalesce(due_on, proof_due_on)"
_TERM = f"CASE WHEN supplement_on > {_DUE} THEN supplement_on ELSE {_DUE} END"
_HAS_TERM = "(deadline_kind IN ('fixed', 'at_once') OR proof_due_on IS NOT NULL)"
JUDGED_ON = (
    "CASE WHEN state IN ('issued', 'in_progress', 'returned', 'watching') AND NOT converted "
    f"AND {_HAS_TERM} THEN {_TERM} END"
)
FALLS_ON = (
    f"CASE WHEN state IN ('draft', 'withdrawn') THEN NULL WHEN {_HAS_TERM} AND {_DUE} IS NOT NULL "
    f"THEN {_TERM} ELSE review_on END"
)
_FIGURES = (
    "state", "deadline_kind", "due_on", "proof_due_on", "supplement_on", "review_on", "submitted_on",
    "completed_on", "converted",
)  # fmt: skip
"""All that state and lateness are told by: counted from an index, in its order."""


def indexes() -> list[sa.Index]:
    """Those of the table of tasks."""
    by_day = sa.text("coalesce(due_on, proof_due_on, '9999-12-31')")
    first_day = sa.text("coalesce(due_on, proof_due_on, review_on, '9999-12-31')")
    report_day = sa.text("coalesce(report_due_on, due_on)")
    return [
        index_of_words("task"),
        sa.Index("ix_task_follow_up", "state", "due_on", "id"),
        sa.Index("ix_task_unit_due", "lead_unit_id", "state", "due_on"),
        sa.Index("ix_task_due_day", "due_on"),
        _of_some("supplement_on IS NOT NULL", "ix_task_supplement_day", "supplement_on"),
        sa.Index("ix_task_review_day", "review_on"),
        sa.Index("ix_task_in_order", by_day, "id"),
        sa.Index("ix_task_report_day", "state", report_day),
        sa.Index("ix_task_updated", "state", "updated_at"),
        sa.Index("ix_task_figures", *_FIGURES, "lead_unit_id"),
        sa.Index("ix_task_followed", "follower_id", *_FIGURES, "report_due_on", "id"),
        sa.Index("ix_task_to_do", "follower_id", "state", first_day, "id"),
        _of_some("converted IS 1", "ix_task_converted", "state"),
        _of_some("judged_on IS NOT NULL", "ix_task_judged", "lead_unit_id", "judged_on"),
        sa.Index("ix_task_falls", "falls_on", "id", "state", "judged_on"),
        _of_some("recurs IS 1", "ix_task_recurs", by_day, "id", "state"),
        _of_some("has_evidence IS 0", "ix_task_no_evidence", "state", by_day, "id"),
    ]


def _of_some(which: str, name: str, *columns: str | sa.TextClause) -> sa.Index:
    """An index of the rows of which it is so; `which` as SQLite writes a truth."""
    postgresql = which.replace("IS 1", "IS true").replace("IS 0", "IS false")
    return sa.Index(name, *columns, sqlite_where=sa.text(which), postgresql_where=sa.text(postgresql))
