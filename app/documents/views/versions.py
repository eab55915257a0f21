"""So sánh với bản trước: two versions of a paper, word by word."""

from __future__ import annotations

from flask import render_template, request

from app import web
from app.documents import papers, queries
from app.documents.canonical import from_json
from app.documents.comparing import Change, compare
from app.documents.models import Document
from app.documents.slip import ACTS
from app.documents.views.papers import bp, state_of, title_of
from app.policy import Action
from app.vietnamese import format_moment
from app.web.access import requires


@bp.get("/documents/<int:document_id>/versions")
@requires(Action.VIEW_PAPER, queries.get_visible)
def versions(document: Document) -> str:
    """Two versions, the last two unless others are chosen."""
    kept = papers.list_versions(document)
    known = {version.id: version for version in kept}
    later = known.get(request.args.get("after", 0, type=int)) or (kept[-1] if kept else None)
    earlier = known.get(request.args.get("before", 0, type=int))
    if earlier is None and later is not None and kept.index(later) > 0:
        earlier = kept[kept.index(later) - 1]
    changes = compare(from_json(earlier.content), from_json(later.content)) if earlier and later else ()
    return render_template(
        "papers/versions.html",
        title="So sánh các bản",
        document=document,
        path=[web.Crumb(title_of(document)), web.Crumb("So sánh các bản")],
        state=state_of(document),
        choices=[
            (
                version.id,
                f"Bản {place}: {ACTS.get(version.step.verb, version.step.verb).lower()} "
                f"{format_moment(version.step.at)}, {version.step.person.name}",
            )
            for place, version in enumerate(kept, 1)
        ],
        earlier=earlier,
        later=later,
        changes=changes,
        Change=Change,
    )
