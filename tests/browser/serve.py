"""Serve the product on loopback with a clock that stands still, until standard input closes.

    python tests/browser/serve.py 2026-11-21T09:30

The settings come from the environment, as always. Prints the port on one line.
"""

from __future__ import annotations

import sys
import threading
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from werkzeug.serving import WSGIRequestHandler, make_server

from app import clock, create_app


class Quiet(WSGIRequestHandler):
    """Says nothing about requests; an error still reaches standard error."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    moment = datetime.fromisoformat(sys.argv[1])
    with clock.frozen(clock.at(moment.date(), moment.hour, moment.minute)):
        server = make_server("127.0.0.1", 0, create_app(), threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.port, flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
