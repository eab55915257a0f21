"""A time-stamping service by HTTP (RFC 3161); whatever it answers is checked with the signature."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from typing import Any

from app.errors import Conflict

WAIT = 20
"""Seconds until the service counts as silent."""
MOST = 256 * 1024
SILENT = "Dịch vụ cấp dấu thời gian không trả lời. Chưa ký; thử lại sau, hoặc báo người vận hành."


def client(address: str) -> Any:
    """pyHanko's time stamper that asks `address`. Signing with it raises Conflict when nobody answers."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class Service(TimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            return await asyncio.to_thread(self._ask, req.dump())

        def _ask(self, asked: bytes) -> Any:
            request = urllib.request.Request(
                address, data=asked, headers={"Content-Type": "application/timestamp-query"}
            )
            try:
                with urllib.request.urlopen(request, timeout=WAIT) as answer:
                    return tsp.TimeStampResp.load(answer.read(MOST))
            except (urllib.error.URLError, TimeoutError, OSError, ValueError) as error:
                raise Conflict(SILENT) from error

    made: Any = Service
    return made()
