"""The garbage collector in a process that stays: web, worker, and the processes that draw."""

import gc


def settle() -> None:
    """What is loaded stays, and is never gone through again; from here on it looks around seldom.

    Making a page or a paper leaves little behind that only the collector can free, and going through
    everything loaded takes 0.2 s in the midst of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
