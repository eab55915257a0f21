"""The nightly run is killed anywhere, or run by two at once: every rung once, no mail twice, none lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.followup.mail_server import mail_server
from tests.processes import DEEP

POINTS = ("before:3", "after:3", "hand:1", "given:1", "two", "before:7", "after:7", "escalate:1")
MANY = tuple(f"{where}:{nth}" for nth in range(1, 13) for where in ("before", "after"))


@pytest.mark.slow
def test_a_killed_or_doubled_night_tells_every_rung_once_and_what_was_foretold(
    new_database: object, tmp_path: Path
) -> None:
    url = new_database("killed_night")  # type: ignore[operator]
    points = [*POINTS, *MANY, "two", "hand:2", "given:2"] if DEEP else POINTS
    with mail_server() as server:
        done = subprocess.run(
            [sys.executable, "-m", "tests.followup.nightly_process", url, str(tmp_path), str(server.port),
             *points],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        arrived = Counter((mail["To"], mail["Message-ID"]) for mail in server.mails)
    nights = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(nights) == len(points)
    known: list[Any] = []
    added = 0
    for one in nights:
        assert one["codes"][-2:] == [0, 0], one["point"]
        assert set(one["codes"][:-2]) == {0 if one["point"] == "two" else -signal.SIGKILL}, one["point"]
        new = one["reminders"][len(known) :]
        foretold = [
            [row["task"], row["person_id"], row["due_on"], row["rung"], row["rung_on"]]
            for row in one["due"]["reminders"]
        ]
        assert sorted(new) == sorted(foretold) != [], (one["point"], "what the command told is what came")
        steps = [row for row in one["escalations"] if row[3]]
        assert len(steps) - added == len(one["due"]["escalations"]), one["point"]
        assert one["steps"] == 0 and one["letters"] == 1, one["point"]
        known, added = one["reminders"], len(steps)
    rungs = Counter(tuple(row[:4]) for row in known)
    assert set(rungs.values()) == {1}
    answered = Counter(tuple(row[:3]) for row in nights[-1]["escalations"])
    assert set(answered.values()) == {1} and added > 0
    assert set(arrived.values()) == {1}, "no mail twice"
    unclear = {mail_id: told_on for mail_id, told_on, state in nights[-1]["unsent"] if state == "sending"}
    assert len(unclear) == len(nights[-1]["unsent"]) == len(set(unclear.values())), "one of a killed night"
    handed = {one["day"] for one in nights if one["point"].startswith(("hand", "given"))}
    assert handed <= set(unclear.values()) < {one["day"] for one in nights if one["point"] != "two"}
    arrived_ids = {int(key.removeprefix("<nhac-viec-").partition("@")[0]) for _, key in arrived}
    assert set(nights[-1]["mails"]) - set(unclear) <= arrived_ids, "none lost"
