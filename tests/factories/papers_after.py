"""Papers after a notice, begun and issued for tests, as the chain would issue them."""

from __future__ import annotations

from datetime import date

from app import clock
from app.documents.composers import Composer, find_composer
from app.documents.content import OfficialDocument
from app.documents.models import Document, DocumentState, IssueWay, Paper
from app.documents.states import DOCUMENT
from app.extensions import db
from app.inspections.models import InspectedUnit, InspectionKind
from app.remediation import queries, services
from app.remediation.models import ProgressStatus, Task
from app.remediation.values import SightingValues
from app.workflow import advance
from tests import cast
from tests.factories import fieldwork
from tests.factories import inspections as cases
from tests.factories.documents import stored

OVERDUE = date(2026, 9, 11)
"""Twelve days before the day on which tests play."""


def composer_of(paper: Paper) -> Composer:
    """Who composes such papers."""
    composer = find_composer(paper.document.kind)
    assert composer is not None
    return composer


def composed(paper: Paper) -> OfficialDocument:
    """Its text, of the record as it is now."""
    return composer_of(paper).compose(paper)


def missing(paper: Paper) -> tuple[str, ...]:
    """What stands in the way of its issue."""
    return composer_of(paper).missing(paper)


def issued(paper: Paper, number: int = 512, *, by: str = cast.LEADER) -> Document:
    """Signed by the leader and issued in eOffice; what follows of it has followed."""
    document, clerk = paper.document, cast.actor(cast.CLERK)
    document.signer_id = document.signed_by = cast.person(by).id
    document.signer_name = cast.person(by).name
    document.way = IssueWay.RECORDED
    document.number, document.issued_on = number, clock.today()
    document.issue_year = clock.today().year
    stored_file = stored()
    document.file, document.sha256 = stored_file, stored_file.sha256
    db.session.flush()
    advance(document, "record_issued", DOCUMENT, actor=clerk)
    assert document.state is DocumentState.ISSUED
    composer_of(paper).take_effect(paper, clerk)
    db.session.commit()
    return document


def checked(*tasks: Task, status: ProgressStatus = ProgressStatus.NOT_YET, text: str = "") -> InspectedUnit:
    """A check of remediation, in fieldwork at Long Phước, that has looked at these tasks."""
    inspection = cases.decided(units=(cast.LONG_PHUOC,), kind=InspectionKind.FOLLOW_UP)
    place = inspection.units[0]
    fieldwork.open_visit(cases.announced(place))
    for task in tasks:
        riding = queries.get_riding(cast.actor(cast.MEMBER), place.id, task.id)
        values = SightingValues(status, text or "Bảng niêm yết còn thiếu 12 thủ tục")
        services.note_seen(riding, values, actor=cast.actor(cast.MEMBER))
    db.session.commit()
    return place
