"""More than one core for work that needs no database: drawing many papers.

The function and what it is given go to processes that know nothing of this one: they start fresh, open no
connection, and end by themselves when the process that asked is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from app.collector import settle

Given = TypeVar("Given")
Made = TypeVar("Made")
MOST = 2
"""Processes at work at once, whatever the machine has: web and database need the rest."""
WORTH_IT = 6
"""With fewer pieces of work than this a process of its own takes longer to start than it saves."""


class Pool:
    """Does pieces of work side by side, or one by one when that is quicker."""

    def __init__(self, executor: ProcessPoolExecutor | None = None) -> None:
        self._executor = executor

    def each(
        self, work: Callable[[Given], Made], given: Iterable[Given]
    ) -> Iterator[tuple[Given, Made | Exception]]:
        """What `work` makes of each piece, in the order given; its error where it made nothing."""
        begun = [(piece, self.begin(work, piece)) for piece in given]
        for piece, result in begun:
            try:
                yield piece, result()
            except Exception as error:
                yield piece, error

    def begin(self, work: Callable[[Given], Made], piece: Given) -> Callable[[], Made]:
        """Let one piece be done while the asker goes on; what is returned gives the result, or its error."""
        if self._executor is None:
            return partial(work, piece)
        return self._executor.submit(work, piece).result


@contextmanager
def opened(pieces: int, *, processes: int | None = None, modules: Sequence[str] = ()) -> Iterator[Pool]:
    """A pool for about so many pieces of work; closed, with its processes, at the end of the block.

    `modules` are loaded once, before the first pool of this process, and not by each of its processes.
    """
    wanted = min(MOST, os.cpu_count() or 1) if processes is None else processes
    if pieces < WORTH_IT or wanted < 2:
        yield Pool()
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", *modules])
    with ProcessPoolExecutor(wanted, mp_context=context, initializer=_begin) as executor:
        yield Pool(executor)


def _begin() -> None:
    """What is loaded stays and need not be collected; a killed asker says nothing, so it is watched."""
    settle()
    asker = multiprocessing.parent_process()
    if asker is not None:
        threading.Thread(target=_watch, args=(asker,), daemon=True).start()


def _watch(asker: multiprocessing.process.BaseProcess) -> None:
    asker.join()
    os._exit(1)
