"""What every page needs from Python: macros, filters, forms, paging and headers. No rules of the work.

In ``create_app``::

    web.register_filters(app)                     # filters, globals and ``kl`` (templates/components/)
    app.after_request(web.set_security_headers)

In a context processor: ``menu`` (list of MenuItem), ``current_actor`` (Actor), ``shell_links`` (ShellLinks)
and ``today`` (date). Templates call a macro as ``kl.<macro>(…)`` without importing anything.
"""

from app.web.attempts import Refused, attempt, perform, refused, run, stand_beside
from app.web.downloads import word_file
from app.web.fields import DateField, WholeNumberField, choices
from app.web.filters import register_filters
from app.web.forms import BaseForm
from app.web.headers import allow_connection, allow_pdf_frame, framed_by_us, set_security_headers
from app.web.ids import read_id, read_ids, read_year
from app.web.messages import VIETNAMESE, csrf_message
from app.web.paging import Cursor, Page, cursor_of_address, slice_page, url_with
from app.web.parts import (
    Actor,
    Badge,
    Cell,
    Column,
    Crumb,
    LinkItem,
    MatrixRow,
    MenuItem,
    NumberCard,
    Saved,
    ShellLinks,
    State,
    TimelineEntry,
    Wait,
)

__all__ = [
    "VIETNAMESE",
    "Actor",
    "Badge",
    "BaseForm",
    "Cell",
    "Column",
    "Crumb",
    "Cursor",
    "DateField",
    "LinkItem",
    "MatrixRow",
    "MenuItem",
    "NumberCard",
    "Page",
    "Refused",
    "Saved",
    "ShellLinks",
    "State",
    "TimelineEntry",
    "Wait",
    "WholeNumberField",
    "allow_connection",
    "allow_pdf_frame",
    "attempt",
    "choices",
    "csrf_message",
    "cursor_of_address",
    "framed_by_us",
    "perform",
    "read_id",
    "read_ids",
    "read_year",
    "refused",
    "register_filters",
    "run",
    "set_security_headers",
    "slice_page",
    "stand_beside",
    "url_with",
    "word_file",
]
