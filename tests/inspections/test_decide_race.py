"""Planners who send their decisions at one moment, over HTTP: one wins, the others get 409 and read why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app import clock, create_app
from app.extensions import db
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import inspections as make
from tests.processes import DEEP, RACERS
from tests.racing import together

ROUNDS = 25 if DEEP else 3
FIELDS = {
    "symbol": "QĐ-SNV",
    "issued_on": "23/9/2026",
    "issuer_name": "Sở Nội vụ",
    "signer_name": "Trần Văn Thử",
}


def send(app: Flask, drafts: list[int], gate: threading.Barrier, told: list[tuple[int, int, str]]) -> None:
    """A browser of its own: the page of each draft, then everybody's button at once."""
    with clock.frozen(NOON):
        client = app.test_client()
        now = clock.now().timestamp()
        with client.session_transaction() as kept:
            kept.update({"_user_id": f"cast-{cast.PLANNER}", "_fresh": True, "fs_cc": "set", "fs_paa": now,
                         "signed_in_at": now, "seen_at": now})  # fmt: skip
        for number, inspection_id in enumerate(drafts):
            page = BeautifulSoup(client.get(f"/inspections/{inspection_id}/decision").text, "html5lib")
            form = page.select_one("form[action$='/decide']")
            assert form is not None
            hidden = {
                str(field["name"]): field.get("value", "") for field in form.select("input[type=hidden]")
            }
            gate.wait(120)
            answer = client.post(
                f"/inspections/{inspection_id}/decide", data=hidden | FIELDS | {"number": str(inspection_id)}
            )
            told.append((number, answer.status_code, answer.text))


@pytest.mark.slow
def test_who_comes_second_gets_409_and_reads_who_has_it(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("decide_race"), tmp_path))
    with app.app_context(), clock.frozen(NOON):
        plans: list[list[int]] = [[] for _ in range(RACERS)]
        for number in range(ROUNDS):
            first = date(2025, 7, 1) + timedelta(days=10 * number)
            for planner, plan in enumerate(plans):
                days = (first + timedelta(days=planner), first + timedelta(days=9))
                made = make.draft(f"Cuộc {number}-{planner}", criteria=("MC-05", "MC-11"), review=days)
                plan.append(made.id)
        db.session.commit()
        db.session.remove()
    gate, told = threading.Barrier(RACERS), list[tuple[int, int, str]]()
    together(app, [partial(send, app, plan, gate, told) for plan in plans], seconds=300)
    assert Counter(status for _, status, _ in told) == {303: ROUNDS, 409: ROUNDS * (RACERS - 1)}
    assert sorted(number for number, status, _ in told if status == 303) == list(range(ROUNDS))
    for _, status, page in told:
        assert status == 303 or "đang do Đoàn kiểm tra theo Quyết định số" in page
