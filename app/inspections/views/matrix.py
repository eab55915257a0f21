"""The matrix unit × group of a draft: which of its units are shown, every cell a link to its contents."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from app import web
from app.inspections import queries
from app.inspections.models import InspectedUnit, Inspection
from app.inspections.queries import ScopeReview
from app.inspections.queries.matrix import Matrix
from app.vietnamese import count, search_key
from app.web.paging import Cursor

ROWS = 50
"""Units on one page; on paper, or when asked for, all of them."""
LEFT, SETTLED, NONE_LEFT = "left", "settled", "none_left"


@dataclass(frozen=True)
class Shown:
    """Which units are wanted. `only`: "", left (something is), settled (something is not), none_left."""

    text: str = ""
    only: str = ""
    whole: bool = False
    cursor: Cursor | None = None

    @staticmethod
    def of_address() -> Shown:
        """What the address asks for; what it should not say it does not."""
        only = request.args.get("only", "")
        return Shown(
            request.args.get("q", "")[:200],
            only if only in (LEFT, SETTLED, NONE_LEFT) else "",
            request.args.get("rows") == "all",
            web.cursor_of_address(int),
        )

    def query(self) -> str:
        """The same as it stands in an address, the page apart."""
        told = {"q": self.text, "only": self.only, "rows": "all" if self.whole else ""}
        return urlencode({key: value for key, value in told.items() if value})


@dataclass(frozen=True)
class ShownMatrix:
    """Heads, a page of rows, what is left by head (None where nothing is asked); `narrowed` by filters."""

    heads: list[tuple[str, str]]
    rows: web.Page[web.MatrixRow]
    totals: list[int | None]
    shown: Shown
    narrowed: bool


def shown_matrix(inspection: Inspection, review: ScopeReview, shown: Shown) -> ShownMatrix:
    """The matrix of a review; figures by group are of the whole draft, whatever is shown."""
    groups = queries.list_group_heads(inspection.form_version_id)
    matrix = queries.matrix_of(review)
    units = [iu for iu in inspection.units if _wanted(iu, matrix, shown)]
    page = web.Page(units, total=len(units)) if shown.whole else _page(units, shown.cursor)
    here = url_for("inspections.review", inspection_id=inspection.id)
    query = shown.query()
    rows = [_row(iu, groups, matrix, f"{here}?{query}{'&' if query else ''}") for iu in page]
    return ShownMatrix(
        heads=[(group.code, group.short_title) for group in groups],
        rows=web.Page(rows, page.next_cursor, page.previous_cursor, total=len(units)),
        totals=[matrix.left_of_group.get(group.id) for group in groups],
        shown=shown,
        narrowed=len(units) < len(inspection.units),
    )


def _wanted(iu: InspectedUnit, matrix: Matrix, shown: Shown) -> bool:
    left, total = matrix.left_of_unit[iu.id], matrix.total_of_unit[iu.id]
    kept = {LEFT: left > 0, SETTLED: left < total, NONE_LEFT: left == 0}.get(shown.only, True)
    return kept and all(word in iu.unit.search for word in search_key(shown.text).split())


def _page(units: list[InspectedUnit], cursor: Cursor | None) -> web.Page[InspectedUnit]:
    """By the order of the units in the case; a cursor names the last unit that was seen."""
    rows = sorted(units, key=lambda iu: (iu.ordinal, iu.id))
    if cursor is not None:
        places = {iu.id: place for place, iu in enumerate(rows)}
        mark = places.get(int(cursor.values[0] or 0), -1)
        rows = list(reversed(rows[: max(mark, 0)])) if cursor.backwards else rows[mark + 1 :]
    return web.slice_page(rows[: ROWS + 1], size=ROWS, key=lambda iu: (iu.id,), cursor=cursor)


def _row(iu: InspectedUnit, groups: list[queries.GroupHead], matrix: Matrix, here: str) -> web.MatrixRow:
    cells: list[web.Cell | None] = []
    for group in groups:
        cell = matrix.cells.get((iu.id, group.id))
        if cell is None:
            cells.append(None)
            continue
        url = f"{here}unit={iu.id}&group={group.id}#noi-dung-chon"
        cells.append(web.Cell(cell.kind, url, cell.concluded, cell.total, cell.partly))
    many = matrix.inherited[iu.id]
    remark = f"kế thừa từ {count(many)} đơn vị cũ" if many else ""
    left, total = matrix.left_of_unit[iu.id], matrix.total_of_unit[iu.id]
    return web.MatrixRow(iu.unit.name, remark, left, total, cells)
