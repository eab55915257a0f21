"""Papers that nobody keeps: what a composer says of a case as it stands."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock
from app.documents import composers, rendering
from app.documents.kinds import DocumentKind
from app.documents.models import Paper
from app.inspections.models import Inspection
from app.units.models import Unit


def blank(inspection: Inspection, units: Sequence[Unit] = ()) -> Paper:
    """A paper about the case, or about some of its units."""
    return Paper(inspection_id=inspection.id, units=list(units))


def draw(kind: DocumentKind, paper: Paper) -> bytes:
    """Its PDF, without number and date; raises whatever its composer refuses."""
    composer = composers.find_composer(kind)
    assert composer is not None, kind
    return rendering.render_pdf(composer.compose(paper), created_at=clock.now()).data
