"""Signing starts an event loop of its own, as in a worker; Playwright leaves one running in the process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_running_loop() -> Iterator[None]:
    """As if Playwright had left none; for fixtures that sign, too, when they serve more than one test."""
    left = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(left)
