"""A time-stamping service by HTTP (RFC 3161); whatever it answers is checked with the signature."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from http.client import HTTPException
from typing import Any

from app.errors import Conflict

WAIT = 20
"""Seconds until the service counts as silent."""
MOST = 256 * 1024
GRANTED = ("granted", "granted_with_mods")
SILENT = "Dịch vụ cấp dấu thời gian không trả lời. Chưa ký; thử lại sau, hoặc báo người vận hành."


def client(address: str) -> Any:
    """pyHanko's time stamper that asks `address`. Signing with it raises Conflict when nobody answers."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class Service(TimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            return await asyncio.to_thread(self._ask, req.dump())

        def _ask(self, asked: bytes) -> Any:
            try:
                found = tsp.TimeStampResp.load(_answer(address, asked))
                given = found["status"]["status"].native in GRANTED and found["time_stamp_token"].native
            except (OSError, HTTPException, ValueError, TypeError) as error:
                raise Conflict(SILENT) from error
            if not given:
                raise Conflict(SILENT)
            return found

    made: Any = Service
    return made()


def _answer(address: str, asked: bytes) -> bytes:
    """All that the service says within `WAIT`. Raises OSError, HTTPException, ValueError."""
    until, found = time.monotonic() + WAIT, b""
    request = urllib.request.Request(
        address, data=asked, headers={"Content-Type": "application/timestamp-query"}
    )
    with urllib.request.urlopen(request, timeout=WAIT) as answer:
        while part := answer.read1(MOST + 1 - len(found)):
            found += part
            if len(found) > MOST or time.monotonic() > until:
                raise TimeoutError
    return found
