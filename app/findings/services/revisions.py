"""A finding whose notice was recalled or replaced: what was concluded is kept, then it goes on from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.documents.models import Document
from app.extensions import db
from app.findings import queries
from app.findings.models import Finding, FindingRevision, FindingState
from app.findings.states import FINDING
from app.policy import Actor
from app.vietnamese import search_key
from app.workflow import advance

NOT_SAID = frozenset({"version", "created_at", "updated_at", "search"})


def reopen(findings: Sequence[Finding], document: Document, *, notice: str, actor: Actor | None) -> int:
    """Keep how `document` concluded the findings and give them back to the team, agreed as before its issue.

    The finding keeps its key: recurrence, tasks and figures know one finding, however often it is concluded.
    `notice` names the recalled paper. Returns how many. Called by the notice, once the document was recalled.
    """
    concluded = [finding for finding in findings if finding.state is FindingState.CONCLUDED]
    for finding in concluded:
        number = len(queries.list_revisions(finding)) + 1
        db.session.add(
            FindingRevision(
                finding_id=finding.id, document_id=document.id, number=number, content=said_by(finding)
            )
        )
    db.session.flush()
    for finding in concluded:
        about = (finding.inspected_unit, document)
        advance(finding, "reopen", FINDING, actor=actor, about=about, data={"notice": notice})
    db.session.flush()
    return len(concluded)


def drop(
    findings: Sequence[Finding], document: Document, *, notice: str, reason: str, actor: Actor | None
) -> int:
    """Keep how `document` concluded the findings, and let them go with the reason. Returns how many.

    Called by the notice that replaced `document` and does not tell them any more.
    """
    dropped = [finding for finding in findings if finding.state is FindingState.CONCLUDED]
    reopen(dropped, document, notice=notice, actor=actor)
    for finding in dropped:
        finding.left_out_reason = reason
        about = (finding.inspected_unit, document)
        advance(finding, "drop", FINDING, actor=actor, about=about, data={"reason": reason})
    db.session.flush()
    return len(dropped)


def restate(
    finding: Finding, document: Document, words: str, *, figures: bool, notice: str, actor: Actor | None
) -> None:
    """Keep how `document` concluded a finding, and let it say `words`, agreed as before; without its figures
    when the words tell others (`figures` False).

    Called by the notice that replaced `document`, which concludes it again at once.
    """
    reopen([finding], document, notice=notice, actor=actor)
    finding.description = words
    if not figures:
        finding.total = finding.sample = finding.failing = None
    finding.search = search_key(f"{words} {finding.basis}")
    db.session.flush()


def said_by(finding: Finding) -> dict[str, Any]:
    """Every field by its column, as JSON has it."""
    columns = [attribute.key for attribute in sa.inspect(Finding).column_attrs]
    return {
        key: value.isoformat() if isinstance(value := getattr(finding, key), date) else value
        for key in columns
        if key not in NOT_SAID
    }
