"""What responsibility shows on the pages of findings and tasks, and what it holds in place below."""

from __future__ import annotations

from flask import Flask, render_template
from markupsafe import Markup

from app import clock
from app.findings import holds
from app.findings import panels as findings
from app.findings.models import Finding, FindingState
from app.policy import Action, Actor, can
from app.remediation import panels as tasks
from app.remediation.models import Task
from app.responsibility import queries, services
from app.responsibility.models import Answerable


def of_finding(finding: Finding, actor: Actor) -> Markup | None:
    """Who answers for a concluded finding, or where a passed-on one went; for the office."""
    if not can(actor, Action.VIEW_RESPONSIBILITY):
        return None
    if finding.state is FindingState.CONCLUDED:
        return _panel([(finding, list(queries.list_of([finding.id])))])
    if finding.state is FindingState.PASSED_ON:
        return Markup(
            render_template(
                "responsibility/_case.html", finding=finding, referral=queries.find_referral(finding.id),
                at=clock.today(),
            )
        )  # fmt: skip
    return None


def of_task(task: Task, actor: Actor) -> Markup | None:
    """Who answers for the findings that a task mends; for the office, never for the unit."""
    if not can(actor, Action.VIEW_RESPONSIBILITY):
        return None
    concluded = [one for one in task.findings if one.state is FindingState.CONCLUDED]
    rows = queries.list_of([one.id for one in concluded])
    groups = [(one, [row for row in rows if row.finding_id == one.id]) for one in concluded]
    return _panel(groups) if groups else None


def _panel(groups: list[tuple[Finding, list[Answerable]]]) -> Markup:
    return Markup(render_template("responsibility/_panel.html", groups=groups, at=clock.today()))


def register(_app: Flask) -> None:
    """Attach at start-up."""
    holds.add(services.sent)
    findings.add_section(of_finding)
    tasks.add_section(of_task)
