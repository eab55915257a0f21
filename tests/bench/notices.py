"""`make bench-notices`: notices drawn by the product beside bare WeasyPrint on the same HTML, and a batch.

draw: notices of 3, 10 and 100 pages, the record in the file and the QR mark on it; bare: WeasyPrint's own
calls on the very same page, style sheets and attachment. Seconds are of this process's processor time, the
least of rounds that take turns, so that work of others beside tells on neither.
batch: 170 notices of 3 pages by the pool of the batch (`app/jobs/pool.py`, two processes) beside one process,
34 of each by turns, in seconds of the clock; the ratio is how many times as many the two draw in the same
time (2 at best, less when the cores have other work), `peak_mb` the whole memory of a process of the pool.
sign: a notice of 3 pages signed by the leader and sealed by the office, each checked as whatever comes back;
bare: pyHanko's own two signatures in the same fields of the same bytes, without pictures and unchecked.
"""

from __future__ import annotations

import gc
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import weasyprint
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf

from app.collector import settle
from app.documents.canonical import canonical_json
from app.documents.chain import Signing, draw_ahead
from app.documents.content import OfficialDocument
from app.documents.rendering import Mark, RenderedPdf, compose_html, page_count, render_pdf
from app.documents.signatures import acts, demo, places, specimens
from app.documents.signatures.checking import Trust
from app.documents.signatures.signers import Identity
from app.jobs import pool
from app.notices.jobs import DRAWING
from tests.bench.measure import Measured, peak, write
from tests.documents.paper import WHEN, findings, notice, task_annex

MARK = Mark("7K3M-Q9XD-2HTB", "https://ketluan.vidu.example/verify")
BATCH = int(os.environ.get("KL_BENCH_BATCH", "170"))
PROCESSES, ROUND = 2, 34
ROUNDS = {3: 12, 10: 6, 100: 3}
LENGTHS = {10: (20, 170), 100: (300, 2010)}
"""Findings in the text and tasks in the annex of a notice of so many pages."""


def paper(pages: int) -> OfficialDocument:
    """A notice of so many pages: findings in the text, the rest tasks in the annex."""
    if pages not in LENGTHS:
        return notice()
    told, tasks = LENGTHS[pages]
    return notice(blocks=(findings(told), *notice().blocks), annexes=(task_annex(tasks),))


def draw_full(document: OfficialDocument) -> RenderedPdf:
    """The product's way, as when a notice is signed."""
    return render_pdf(
        document, created_at=WHEN, attachment_json=canonical_json(document), mark=MARK
    )  # fmt: skip


def draw(document: OfficialDocument) -> bytes:
    """Its bytes."""
    return draw_full(document).data


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


def piece(place: int) -> Signing:
    """What the batch hands to a process: a notice with a number of its own."""
    content = replace(notice(), number=place + 1)
    return Signing(place, place + 1, "TB-SNV", WHEN.date(), "", content, WHEN, MARK)


def drawn_with(signing: Signing) -> float:
    """In a process: draw it as the batch does; the most memory this process has had, in MB."""
    draw_ahead(signing)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def batch() -> Measured:
    """A batch by two processes beside the same by one, ten notices by turns, all warm before."""
    taken, memory = {1: 0.0, PROCESSES: 0.0}, 0.0
    with (
        pool.opened(BATCH, processes=1) as one,
        pool.opened(max(BATCH, pool.WORTH_IT), processes=PROCESSES, modules=DRAWING) as several,
    ):
        pools = {1: one, PROCESSES: several}
        for processes, drawers in pools.items():
            list(drawers.each(drawn_with, map(piece, range(4 * processes))))
        for start in range(0, BATCH, ROUND):
            pieces = [piece(place) for place in range(start, min(start + ROUND, BATCH))]
            for processes, drawers in pools.items():
                began = time.perf_counter()
                used = [found for _, found in drawers.each(drawn_with, pieces)]
                taken[processes] += time.perf_counter() - began
                for found in used:
                    if isinstance(found, Exception):
                        raise found
                    memory = max(memory, found if processes > 1 else 0.0)
    floor, seconds = taken[1], taken[PROCESSES]
    found = Measured(
        "none", BATCH, "batch", round(seconds, 2), round(floor, 2), round(floor / seconds, 2), round(memory)
    )  # fmt: skip
    print(
        f"{BATCH:>4} notices {seconds:6.1f} s by {PROCESSES}, {floor:6.1f} s by one, × {found.ratio:.2f}, "
        f"{found.peak_mb:.0f} MB a process",
        flush=True,
    )
    return found


def sign() -> Measured:
    """Sign and seal one notice as the product does, beside pyHanko alone."""
    with tempfile.TemporaryDirectory() as folder:
        authority = demo.found_authority(WHEN - timedelta(days=1))
        made = [
            authority.issue(Path(folder, f"{name}.p12"), name, "Sở Nội vụ", since=WHEN - timedelta(days=1))
            for name in ("Trần Văn Thử", "Sở Nội vụ")
        ]
        pictures = (specimens.signature_picture(), specimens.seal_picture("Sở Nội vụ"))
        leader, office = (
            Identity(name, key, picture, fingerprints=frozenset({fingerprint}), on_trial=True)
            for name, (key, fingerprint), picture in zip(("Thử", "Sở"), made, pictures, strict=True)
        )
        plan = acts.Plan(leader, office, "Chữ ký số", "Con dấu số", "", Trust((authority.certificate,)))
        prepared = acts.prepare(draw_full(notice()), plan)

        def ours() -> None:
            signed = acts.sign_by_key(prepared, plan, at=WHEN)
            acts.seal_by_key(acts.Sealing(1, "", signed.data, prepared, plan), at=WHEN)

        keys = [
            SimpleSigner.load_pkcs12(str(key.path), passphrase=demo.PASSPHRASE.encode()) for key, _ in made
        ]

        def alone() -> None:
            data = prepared.data
            for field, key in zip((places.LEADER, places.OFFICE), keys, strict=True):
                asked = PdfSignatureMetadata(
                    field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
                )
                writer = IncrementalPdfFileWriter(io.BytesIO(data))
                data = sign_pdf(writer, asked, signer=key, existing_fields_only=True).getvalue()

        seconds, floor = taking_turns(ours, alone, ROUNDS[3])
        found = Measured(
            "none", page_count(prepared.data), "sign", round(seconds, 4), round(floor, 4),
            round(seconds / floor, 2), round(peak(ours), 1),
        )  # fmt: skip
    print(f"signed and sealed {seconds:7.3f} s, bare {floor:7.3f} s, × {found.ratio:.2f}", flush=True)
    return found


def main() -> int:
    """Measure and keep the figures in results/notices.json."""
    settle()  # as in the processes that draw (app/jobs)
    write("notices", [*(single(pages) for pages in ROUNDS), batch(), sign()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
