"""Whom the server asks about certificates: hosts that were named, briefly, and nobody they send it to."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.documents.signatures import revocation, timestamping
from app.documents.signatures.revocation import Sources, allowed
from app.errors import Conflict
from tests.signatures.papers import AT

NAMED = frozenset({"ocsp.vidu.example", "127.0.0.1:8080"})


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("http://ocsp.vidu.example/a", True),
        ("https://ocsp.vidu.example", True),
        ("https://OCSP.vidu.example:443/", True),
        ("http://127.0.0.1:8080/crl", True),
        ("http://ocsp.vidu.example:8080/", False),
        ("http://127.0.0.1/crl", False),
        ("http://x.ocsp.vidu.example/", False),
        ("http://ocsp.vidu.example@169.254.1.1/", False),
        ("http://a@ocsp.vidu.example/", False),
        ("http://ocsp.vidu.example:khong/", False),
        ("ftp://ocsp.vidu.example/", False),
        ("file:///etc/hosts", False),
        ("ldap://ocsp.vidu.example/", False),
        ("http:///a", False),
        ("", False),
    ],
)
def test_only_named_hosts_are_asked(address: str, may: bool) -> None:
    assert allowed(address, NAMED) is may
    assert allowed(address, frozenset()) is False


@contextmanager
def serving(act: object) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            act(self)  # type: ignore[operator]

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(port: int, *, seconds: float = 10) -> bytes | None:
    sources = Sources(hosts=frozenset({f"127.0.0.1:{port}"}))
    asking = revocation._Asking(sources, AT, time.monotonic() + seconds)
    return asking._ask(f"http://127.0.0.1:{port}/crl", None, "")


def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(body)


def test_an_answer_is_taken_as_it_is() -> None:
    with serving(lambda handler: answer(handler, b"ok")) as port:
        assert asked(port) == b"ok"


def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    def move(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.path)
        handler.send_response(302)
        handler.send_header("Location", "/noi-khac")
        handler.end_headers()

    with serving(move) as port:
        assert asked(port) is None
    assert seen == ["/crl"]


def test_an_answer_without_end_and_one_by_drops_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "MOST", 1000)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    with serving(lambda handler: answer(handler, b"x" * 1001)) as port:
        assert asked(port) is None
    with serving(drip) as port:
        began = time.monotonic()
        assert asked(port, seconds=0.3) is None
        assert time.monotonic() - began < 1.5


def test_nobody_there_and_a_refusal_are_no_answer() -> None:
    with serving(lambda handler: handler.send_error(500)) as port:
        assert asked(port) is None
    assert asked(9) is None


def babble(handler: BaseHTTPRequestHandler) -> None:
    """No HTTP at all."""
    handler.wfile.write(b"XIN CHAO\r\n\r\n")


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"khong phai so\r\n")


@pytest.mark.parametrize("act", [babble, cut_short], ids=lambda act: act.__name__)
def test_an_answer_that_is_no_http_is_no_answer(act: object) -> None:
    with serving(act) as port:
        assert asked(port) is None


def refuse(handler: BaseHTTPRequestHandler) -> None:
    """The service says that it gives no timestamp."""
    from asn1crypto import tsp

    said = tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
    answer(handler, said)


def sluggish(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b"0")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize(
    "act",
    [babble, cut_short, refuse, sluggish, lambda handler: answer(handler, b"<html>"),
     lambda handler: answer(handler, b"\x30\x00")],
    ids=["babble", "cut short", "refusal", "by drops", "a page", "nothing in it"],
)  # fmt: skip
def test_a_time_stamping_service_that_gives_none_is_told_in_words(
    act: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamping, "WAIT", 0.5)
    with serving(act) as port, pytest.raises(Conflict, match="không trả lời"):
        client = timestamping.client(f"http://127.0.0.1:{port}/tsa")
        began = time.monotonic()
        try:
            asyncio.run(client.async_timestamp(b"\0" * 32, "sha256"))
        finally:
            assert time.monotonic() - began < 2
