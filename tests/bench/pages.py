"""`make bench-pages`: the pages of a province's plan, whole, as the application answers: 20 and 200 communes.

matrix: units × groups of the register, all units on one page; review: the review of overlaps of a draft that
asks all 79 contents of all of them; margin: another part of that draft, whose margin tells of the review;
accept: the service that takes the remainder. Bare: the same plan as one SQL join with a table of it, every
row fetched.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("KL_TEST_ENGINE", sys.argv[1] if len(sys.argv) > 1 else "sqlite")

from flask import g

from app import clock, create_app
from app.extensions import db
from app.form_library import queries as forms
from app.inspections import queries, services
from app.register.boxes import Box
from tests import cast
from tests.bench.measure import Measured, beside, write
from tests.bench.register import bare_check
from tests.cluster import Cluster
from tests.conftest import ENGINE, NOON, Browser, fill_template, settings_for
from tests.factories import large

SIZES = [int(size) for size in os.environ.get("KL_BENCH_UNITS", "20,200").split(",")]
HALF = "starts_on=01/01/2026&ends_on=30/6/2026"


def run(url: str, folder: Path, size: int) -> list[Measured]:
    """Build the province and ask for each page; an item is one content at one unit."""
    app = create_app(settings_for(url, folder))
    with app.app_context(), clock.frozen(NOON):
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
        gc.collect()
        gc.freeze()  # as the server does (gunicorn.conf.py)
        gc.set_threshold(50_000, 20, 20)

        def page(path: str) -> Callable[[], None]:
            def ask() -> None:
                vars(g._get_current_object()).clear()
                db.session.remove()
                answer = browser.client.get(path)
                assert answer.status_code == 200, (path, answer.status_code)

            return ask

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
            "matrix": page(f"/register?{HALF}&q=mau+so&rows=250"),
            "review": page(f"/inspections/{case}/review?rows=all"),
            "margin": page(f"/inspections/{case}/team"),
            "accept": accept,
        }
        found = [beside(ENGINE, items, name, act, bare, rounds=3) for name, act in acts.items()]
        db.session.remove()
        db.engine.dispose()
    return found


def main() -> int:
    """One engine in one process; `make bench-pages` runs both, results/pages.json holds both."""
    cluster = Cluster.start() if ENGINE == "postgresql" else None
    found: list[Measured] = []
    try:
        for size in SIZES:
            with tempfile.TemporaryDirectory(prefix="kl-bench-") as name:
                folder = Path(name)
                url = (
                    cluster.create_database(f"bench_{size}")
                    if cluster
                    else f"sqlite:///{folder / 'bench.db'}"
                )
                fill_template(url, folder)
                found += run(url, folder, size)
    finally:
        if cluster:
            cluster.stop()
    write("pages", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
