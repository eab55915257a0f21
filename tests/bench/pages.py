"""`make bench-pages`: the pages of a province's plan, whole, as the application answers: 20 and 200 communes.

matrix: units × groups of the register, all units on one page; review: the review of overlaps of a draft that
asks all 79 contents of all of them; margin: another part of that draft, whose margin tells of the review;
accept: the service that takes the remainder. Bare: the same plan as one SQL join with a table of it, every
row fetched. One engine in one process; `make bench-pages` runs both, results/pages.json holds both.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app import collector
from app.extensions import db
from app.form_library import queries as forms
from app.inspections import queries, services
from app.register.boxes import Box
from tests import cast
from tests.bench import running
from tests.bench.measure import Measured
from tests.bench.register import bare_check
from tests.conftest import Browser
from tests.factories import large

SIZES = [int(size) for size in os.environ.get("KL_BENCH_UNITS", "20,200").split(",")]
HALF = "starts_on=01/01/2026&ends_on=30/6/2026"


def run(url: str, folder: Path, size: int) -> list[Measured]:
    """Build the province and ask for each page; an item is one content at one unit."""
    with running.application(url, folder) as app:
        province = large.province(size)
        db.session.commit()
        case = province.draft.id
        contents = {
            part.content_id
            for group in forms.whole_latest_version().groups
            for criterion in group.criteria
            for part in criterion.parts
        }
        plan = [
            Box(unit.id, content, large.FIRST, large.BEYOND)
            for unit in province.units
            for content in sorted(contents)
        ]
        browser = Browser(app).sign_in(cast.PLANNER)
        collector.settle()

        def accept() -> None:
            draft = queries.get_visible(cast.actor(cast.PLANNER), case)
            review = queries.review_scope(draft)
            seen = services.Remainder(review.fingerprint, frozenset(review.refused_ids))
            services.accept_remainder(draft, seen, version=None, actor=cast.actor(cast.PLANNER))
            db.session.rollback()

        def bare() -> None:
            bare_check(plan)
            db.session.rollback()

        items = size * len(contents)
        acts = {
            "matrix": running.page(browser, f"/register?{HALF}&q=mau+so&rows=250"),
            "review": running.page(browser, f"/inspections/{case}/review?rows=all"),
            "margin": running.page(browser, f"/inspections/{case}/team"),
            "accept": accept,
        }
        return running.each(items, acts, bare)


if __name__ == "__main__":
    sys.exit(running.main("pages", SIZES, run))
