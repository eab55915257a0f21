"""Draw the longest paper that is taken, in a process of its own: processor seconds and memory.

`python -m tests.documents.longest 1.0`: a table of as many cells as the limit allows (times the share), of
texts that make nearly as many lines as it allows.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from app.documents import limits
from app.documents.content import Annex, Column, Row, Table
from app.documents.limits import check_length
from app.documents.rendering import render_pdf
from tests.documents.paper import WHEN, notice

MOST_SECONDS = 60 / 2
"""Half of what the server waits for an answer (gunicorn.conf.py)."""
MOST_MEGABYTES = 400


def main(share: float) -> int:
    """Draw and write what it took as JSON."""
    columns = (Column("STT", 10), Column("Nội dung", 50), Column("Cách", 50), Column("Thời hạn", 40))
    text = "Niêm yết, công khai thủ tục hành chính chưa đầy đủ."
    rows = int(limits.CELLS * share) // len(columns)
    table = Table(columns, tuple(Row((str(n), text, text[:50], "30/10/2026")) for n in range(rows)))
    document = notice(annexes=(Annex("Bảng", (table,), landscape=True),))
    check_length(document)
    began = time.process_time()
    pages = render_pdf(document, created_at=WHEN).pages
    seconds = time.process_time() - began
    # of this program alone: what getrusage tells counts the process that started it too
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    told = {"cells": rows * len(columns), "pages": pages, "seconds": seconds, "megabytes": peak}
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
