"""A real SMTP server on this machine, that keeps what it was given and can be told to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import socket
from typing import Any

from aiosmtpd.controller import Controller

import config
from app.postbox import postbox


class Kept:
    """The mails that arrived; `refusing`: the answer instead of taking them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusing = ""
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusing:
            return self.refusing
        read = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        self.mails.append(read)
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[Kept]:
    """The server, with the product's postbox open to it."""
    kept = Kept()
    with socket() as probe:  # the controller wants to be told its port
        probe.bind(("127.0.0.1", 0))
        port = kept.port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    postbox.open(config.Smtp("127.0.0.1", port, "none", "nhacviec@vidu.example"))
    try:
        yield kept
    finally:
        postbox.open(None)
        controller.stop()
