"""A file of a form that is read at once, before the gate of stored files."""

from __future__ import annotations

from app import web
from app.files.store import store
from app.vietnamese import file_size


def read_upload(form: web.BaseForm) -> bytes | web.Refused:
    """The bytes of the form's `file`, no more than are kept; else why the form comes back (422, 413)."""
    if not form.validate_on_submit():
        return web.Refused(422)
    with form["file"].data.stream as handed_in:
        data: bytes = handed_in.read(store.max_bytes + 1)
    if len(data) > store.max_bytes:
        form.refuse(f"Tệp lớn hơn {file_size(store.max_bytes)}.", "file")
        return web.Refused(413)
    return data
