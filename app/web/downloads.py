"""Files that are made on request and sent to be kept."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word_file(data: bytes, name: str) -> Response:
    """A .docx to be saved under `name`, given without its ending."""
    return send_file(BytesIO(data), mimetype=WORD, as_attachment=True, download_name=f"{name}.docx")
