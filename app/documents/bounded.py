"""Looking at what strangers hand in, within limits: a small file may ask for hours and for all memory.

The work is done in a process of its own, which the system ends at its limit of time or memory.
"""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")
SECONDS = 10
"""Of one core, and twice that by the clock; the longest paper that is drawn here takes half of it."""
MEGABYTES = 512
"""Beyond what the asking process has."""
_SIZE = Path("/proc/self/statm")


class TooMuch(Exception):
    """The work did not end within its limits."""


def within_limits(work: Callable[[], Made]) -> Made:
    """What `work` gives, or its error. It sees what the asker sees, must not touch the database, and what it
    gives must travel between processes. Raises TooMuch.
    """
    context = multiprocessing.get_context("fork")  # nothing has to be loaded again, and the file not be sent
    answers, told = context.Pipe(duplex=False)
    child = context.Process(target=_do, args=(work, told), daemon=True)
    child.start()
    told.close()
    try:
        if not answers.poll(SECONDS * 2):
            raise TooMuch
        made, error = answers.recv()
    except EOFError as ended:
        raise TooMuch from ended
    finally:
        answers.close()
        child.kill()
        child.join()
    if error is not None:
        raise error
    result: Made = made
    return result


def _do(work: Callable[[], Any], told: Connection) -> None:
    """In the process of its own; it ends without tidying up what belongs to the asker."""
    gc.disable()
    faulthandler.disable()  # a library that finds no memory ends the process
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _SIZE.is_file():  # elsewhere than on Linux the limit of time must do
        most = int(_SIZE.read_text().split()[0]) * resource.getpagesize() + MEGABYTES * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        told.send((work(), None))
    except MemoryError:
        os._exit(1)
    except Exception as error:
        told.send((None, error))
    os._exit(0)
