"""What the follow-up hangs into the rooms below: its papers, and the way to them on the page of a check."""

from __future__ import annotations

from flask import Flask, url_for

from app.documents.composers import Composer, add_composer
from app.documents.kinds import DocumentKind
from app.followup import checks, ending, reminding, services
from app.inspections import panels
from app.inspections.models import Inspection, InspectionKind, InspectionState
from app.inspections.panels import ActionLink
from app.policy import Action, Actor, can
from app.remediation import holds
from app.remediation import services as remediation

COMPOSERS = (
    Composer(
        DocumentKind.FOLLOWUP_MINUTES, checks.compose_minutes, Action.WRITE_MINUTES, checks.minutes_miss
    ),
    Composer(
        DocumentKind.FOLLOWUP_NOTICE, checks.compose_notice, Action.DRAFT_NOTICE, checks.notice_misses,
        remediation.send
    ),
    Composer(
        DocumentKind.FOLLOWUP_END, ending.compose, Action.EDIT_FOLLOW_UP, ending.misses,
        services.close_followed, ending.effects,
    ),
)  # fmt: skip


def actions_of(inspection: Inspection, actor: Actor) -> list[ActionLink]:
    """Biên bản, thông báo of a check of remediation."""
    if inspection.kind is not InspectionKind.FOLLOW_UP or inspection.state is InspectionState.DRAFT:
        return []
    if not can(actor, Action.DRAFT_NOTICE, inspection):
        return []
    address = url_for("followup.check_papers", inspection_id=inspection.id)
    return [ActionLink("Biên bản, thông báo việc khắc phục", address, icon="file-earmark-text")]


def register(_app: Flask) -> None:
    """Attach at start-up."""
    for composer in COMPOSERS:
        add_composer(composer)
    panels.add_actions(actions_of)
    holds.add(reminding.reminded_of)
