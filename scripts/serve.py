"""`make run`: web and worker on this machine, until Ctrl-C.

The web server gets a socket that is already listening, so the port that is printed is the port that answers.
Both children end with this process, whichever way it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PORTS_TRIED = 50
START_SECONDS = 60.0
STOP_SECONDS = 25.0
PR_SET_PDEATHSIG = 1


class NotServed(RuntimeError):
    """The product can't be served; the message says why."""


def listen(first_port: int) -> socket.socket:
    """A listening socket on `first_port`, or on the next free port after it. Raises NotServed."""
    for port in range(first_port, min(first_port + PORTS_TRIED, 65536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    raise NotServed(f"No free port from {first_port} on")


def wanted_port() -> int:
    """KL_PORT, or 8000. Raises NotServed."""
    raw = os.environ.get("KL_PORT") or "8000"
    if not raw.isdigit() or not 1 <= int(raw) <= 65535:
        raise NotServed(f"KL_PORT is a number from 1 to 65535, not {raw!r}")
    return int(raw)


_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(arguments: list[str], pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """Start `python -m …` in a session of its own: Ctrl-C then reaches only this process, which stops it."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask every child to finish what it does, then end whoever has not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    limit = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def answers(port: int) -> bool:
    """Whether the web server gives any answer at all to a request for the first page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def wait_until_served(port: int, web: subprocess.Popen[bytes], stopping: threading.Event) -> None:
    """Return when the first page is there, or when asked to stop. Raises NotServed."""
    limit = time.monotonic() + START_SECONDS
    while not stopping.is_set() and not answers(port):
        if web.poll() is not None:
            raise NotServed(f"The web server ended at its start (exit code {web.returncode})")
        if time.monotonic() > limit:
            raise NotServed(f"The web server gave no answer within {START_SECONDS:.0f} seconds")
        stopping.wait(0.05)


def serve(stopping: threading.Event) -> int:
    """Serve until `stopping` is set (0) or until a child ends by itself (1)."""
    children: list[subprocess.Popen[bytes]] = []
    try:
        with contextlib.closing(listen(wanted_port())) as listener:
            port = listener.getsockname()[1]
            descriptor = listener.fileno()
            os.environ["KL_BIND"] = f"fd://{descriptor}"
            web = start(["gunicorn", "--config", "gunicorn.conf.py"], pass_fds=(descriptor,))
            children.append(web)
        wait_until_served(port, web, stopping)
        if not stopping.is_set():
            print(f"\nKết Luận: http://{HOST}:{port}   (Ctrl-C stops it)", flush=True)
            # After the first page, so that the two do not share the processor while somebody waits.
            worker = start(["flask", "--app", "wsgi", "jobs", "work"])
            children.append(worker)
            while not stopping.wait(0.3):
                for name, child in (("web server", web), ("worker", worker)):
                    if child.poll() is not None:
                        raise NotServed(f"The {name} ended by itself (exit code {child.returncode})")
    finally:
        stop(children)
    return 0


def main() -> int:
    """Entry point: signals in, exit code out."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    try:
        return serve(stopping)
    except NotServed as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
