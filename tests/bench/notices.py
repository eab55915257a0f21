"""`make bench-notices`: notices drawn by the product beside bare WeasyPrint on the same HTML, and a batch.

draw: notices of 3, 10 and 100 pages, the record in the file and the QR mark on it; bare: WeasyPrint's own
calls on the very same page, style sheets and attachment. Seconds are of this process's processor time, the
least of rounds that take turns, so that work of others beside tells on neither.
batch: 170 notices of 3 pages by two processes; bare: the same by one, ten of each by turns, in seconds of the
clock; the ratio is how many times as many the two draw in the same time (2 at best, less when the cores
have other work), `peak_mb` the whole memory of a worker.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import weasyprint

from app.documents.canonical import canonical_json
from app.documents.content import OfficialDocument
from app.documents.rendering import Mark, compose_html, page_count, render_pdf
from tests.bench.measure import Measured, peak, write
from tests.documents.paper import WHEN, findings, notice, task_annex

MARK = Mark("7K3M-Q9XD-2HTB", "https://ketluan.vidu.example/verify")
BATCH = int(os.environ.get("KL_BENCH_BATCH", "170"))
PROCESSES, ROUND = 2, 10
ROUNDS = {3: 12, 10: 6, 100: 3}
LENGTHS = {10: (20, 170), 100: (300, 2010)}
"""Findings in the text and tasks in the annex of a notice of so many pages."""


def paper(pages: int) -> OfficialDocument:
    """A notice of so many pages: findings in the text, the rest tasks in the annex."""
    if pages not in LENGTHS:
        return notice()
    told, tasks = LENGTHS[pages]
    return notice(blocks=(findings(told), *notice().blocks), annexes=(task_annex(tasks),))


def draw(document: OfficialDocument) -> bytes:
    """The product's way, as when a notice is signed."""
    return render_pdf(
        document, created_at=WHEN, attachment_json=canonical_json(document), mark=MARK
    ).data  # fmt: skip


def bare(html: str, styles: list[str], attachment: str) -> bytes:
    """WeasyPrint alone on a finished page."""
    sheets = [weasyprint.CSS(string=style) for style in styles]
    drawn = weasyprint.HTML(string=html).render(stylesheets=sheets)
    record = weasyprint.Attachment(string=attachment, name="noi-dung.json", created=WHEN, modified=WHEN)
    return drawn.write_pdf(pdf_variant="pdf/a-3a", attachments=[record])


def taking_turns(ours: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Processor seconds of the quickest of `rounds` calls of each, after one that warms up."""
    times: dict[Callable[[], object], list[float]] = {other: [], ours: []}
    for _ in range(rounds + 1):
        for act, taken in times.items():
            gc.collect()
            began = time.process_time()
            act()
            taken.append(time.process_time() - began)
    return min(times[ours][1:]), min(times[other][1:])


def single(pages: int) -> Measured:
    """One notice beside the bare thing."""
    document = paper(pages)
    drawn = page_count(draw(document))
    html, styles = compose_html(document, WHEN, mark=MARK)
    record = canonical_json(document)
    seconds, floor = taking_turns(
        lambda: draw(document), lambda: bare(html, styles, record), ROUNDS[pages]
    )  # fmt: skip
    found = Measured(
        "none", drawn, "draw", round(seconds, 4), round(floor, 4), round(seconds / floor, 2),
        round(peak(lambda: draw(document)), 1),
    )  # fmt: skip
    print(f"{drawn:>4} pages  {seconds:7.3f} s, bare {floor:7.3f} s, × {found.ratio:.2f}", flush=True)
    return found


def portion(places: range) -> float:
    """In a worker: draw these notices, each with a number of its own; the most memory it had, in MB."""
    document = notice()
    for place in places:
        draw(replace(document, number=place + 1))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def batch() -> Measured:
    """A batch by two processes beside the same by one, ten notices by turns, all processes warm before."""
    context = get_context("forkserver")
    taken = {1: 0.0, PROCESSES: 0.0}
    with ProcessPoolExecutor(1, context) as one, ProcessPoolExecutor(PROCESSES, context) as several:
        pools = {1: one, PROCESSES: several}
        for processes, pool in pools.items():
            list(pool.map(portion, [range(2)] * 2 * processes))
        memory = 0.0
        for start in range(0, BATCH, ROUND):
            for processes, pool in pools.items():
                portions = [range(place, place + 1) for place in range(start, min(start + ROUND, BATCH))]
                began = time.perf_counter()
                memory = max(memory, *pool.map(portion, portions))
                taken[processes] += time.perf_counter() - began
    floor, seconds = taken[1], taken[PROCESSES]
    found = Measured(
        "none", BATCH, "batch", round(seconds, 2), round(floor, 2), round(floor / seconds, 2), round(memory)
    )  # fmt: skip
    print(
        f"{BATCH:>4} notices {seconds:6.1f} s by {PROCESSES}, {floor:6.1f} s by one, × {found.ratio:.2f}, "
        f"{found.peak_mb:.0f} MB a worker",
        flush=True,
    )
    return found


def main() -> int:
    """Measure and keep the figures in results/notices.json."""
    write("notices", [*(single(pages) for pages in ROUNDS), batch()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
