"""What a paper of the case would say now, as a PDF."""

from __future__ import annotations

import io

from flask import send_file
from werkzeug.wrappers import Response

from app.documents import composers
from app.inspections import queries
from app.inspections.composing import blank
from app.inspections.queries import CasePaper
from app.inspections.queries.papers import address_of
from app.inspections.views.bp import bp
from app.policy import Action
from app.web.access import requires

_KINDS = ", ".join(f'"{address_of(kind)}"' for kind in queries.DRAFTS)


@bp.get(f"/inspections/<int:inspection_id>/drafts/<any({_KINDS}):kind>.pdf")
@requires(Action.DRAFT_CASE_PAPER, queries.get_case_paper)
def draft_paper(paper: CasePaper) -> Response:
    """Dự thảo văn bản của cuộc kiểm tra."""
    data = composers.draw_draft(paper.kind, blank(paper.inspection))
    name = f"du-thao-{address_of(paper.kind)}-{paper.inspection.code.lower()}.pdf"
    return send_file(io.BytesIO(data), mimetype="application/pdf", download_name=name)
