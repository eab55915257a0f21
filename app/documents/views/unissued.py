"""A composed paper that is not issued yet, as it would be printed today."""

from __future__ import annotations

import io
from dataclasses import replace

from flask import Response, send_file
from werkzeug.exceptions import NotFound

from app import clock
from app.documents import queries, rendering
from app.documents.composers import find_composer
from app.documents.models import Document
from app.documents.views.papers import bp, file_name
from app.policy import Action
from app.web.access import requires


@bp.get("/documents/<int:document_id>/draft.pdf")
@requires(Action.VIEW_DOCUMENT, queries.get_visible)
def draft(document: Document) -> Response:
    """The words of the record, with room for number and day."""
    paper, composer = queries.find_paper(document.id), find_composer(document.kind)
    if paper is None or composer is None or document.is_issued:
        raise NotFound
    content = replace(composer.compose(paper), expected_on=clock.today())
    drawn = rendering.render_pdf(content, created_at=clock.now())
    return send_file(
        io.BytesIO(drawn.data), mimetype="application/pdf", download_name=f"Du thao {file_name(document)}"
    )
