"""How a measurement is taken: beside the bare thing in one run (machines differ, ratios tell)."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measured:
    """Seconds of the product and of the bare thing on the same data; `peak_mb` = Python memory of a call."""

    engine: str
    size: int
    operation: str
    seconds: float
    floor_seconds: float
    ratio: float
    peak_mb: float


def best(act: Callable[[], object], rounds: int, tidy: Callable[[], object] | None = None) -> float:
    """Seconds of the quickest of `rounds` calls, after one that warms up; `tidy` before each, not counted."""
    act()
    times = []
    for _ in range(rounds):
        if tidy is not None:
            tidy()
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return min(times)


def peak(act: Callable[[], object]) -> float:
    """Megabytes of Python memory at most during one call."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def beside(
    engine: str, size: int, operation: str, ours: Callable[[], object], bare: Callable[[], object],
    *, rounds: int = 5, tidy: Callable[[], object] | None = None,
) -> Measured:  # fmt: skip
    """Measure both, ours last, and print one line."""
    floor, seconds = best(bare, rounds, tidy), best(ours, rounds, tidy)
    found = Measured(
        engine, size, operation, round(seconds, 4), round(floor, 4), round(seconds / floor, 2),
        round(peak(ours), 1),
    )  # fmt: skip
    print(
        f"{engine:10} {size:>9,} {operation:6} {1000 * seconds:8.1f} ms, bare {1000 * floor:8.1f} ms, "
        f"× {found.ratio:.2f}, {found.peak_mb:.0f} MB",
        flush=True,
    )
    return found


def write(name: str, rows: list[Measured]) -> None:
    """Keep the figures in results/<name>.json, beside those of the engines that were measured before."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    others = [row for row in known if row["engine"] not in {row.engine for row in rows}]
    text = json.dumps([*others, *(asdict(row) for row in rows)], indent=1)
    path.write_text(text + "\n", encoding="utf-8")
