"""Work without the database on more than one core: same answers, in order, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.jobs import pool
from tests.conftest import ROOT


def half(number: int) -> int:
    """Half of an even number."""
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number // 2


def whose(_number: int) -> int:
    """Which process this is."""
    return os.getpid()


def wait_for_ever(folder: str) -> None:
    """Say which process this is, and never end."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(600)


def told(pieces: list[int], processes: int) -> list[object]:
    with pool.opened(len(pieces), processes=processes) as many:
        return [str(made) if isinstance(made, Exception) else made for _, made in many.each(half, pieces)]


@pytest.mark.slow
def test_two_processes_answer_like_one_in_order_with_the_error_of_each() -> None:
    pieces = [8, 6, 3, 4, 2, 0, 12]
    assert told(pieces, 2) == told(pieces, 1) == [4, 3, "3 is odd", 2, 1, 0, 6]


@pytest.mark.slow
def test_the_work_is_done_elsewhere_only_when_there_is_enough_of_it() -> None:
    with pool.opened(pool.WORTH_IT - 1, processes=2) as few:
        assert {made for _, made in few.each(whose, range(3))} == {os.getpid()}
    with pool.opened(pool.WORTH_IT, processes=2) as many:
        assert os.getpid() not in {made for _, made in many.each(whose, range(pool.WORTH_IT))}


def has_loaded(name: str) -> bool:
    """Whether this process has this module."""
    return name in sys.modules


@pytest.mark.slow
@pytest.mark.parametrize(("modules", "loaded"), [("'plistlib',", True), ("", False)])
def test_what_every_piece_needs_is_loaded_before_the_processes_begin(
    modules: str, loaded: bool, tmp_path: Path
) -> None:
    script = tmp_path / "asker.py"
    script.write_text(
        "from app.jobs import pool; from tests.jobs.test_pool import has_loaded\n"
        "if __name__ == '__main__':\n"
        f"    with pool.opened(9, processes=2, modules=({modules})) as many:\n"
        "        print({made for _, made in many.each(has_loaded, ['plistlib'] * 9)})"
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str({loaded})


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split()[2] != "Z"


@pytest.mark.slow
def test_processes_end_with_who_asked(tmp_path: Path) -> None:
    code = (
        "from app.jobs import pool; from tests.jobs.test_pool import wait_for_ever\n"
        "if __name__ == '__main__':\n"
        "    with pool.opened(9, processes=2) as many:\n"
        f"        list(many.each(wait_for_ever, [{str(tmp_path)!r}] * 9))"
    )
    script = tmp_path / "asker.py"
    script.write_text(code)
    asker = subprocess.Popen(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    until = time.monotonic() + 60
    while len(list(tmp_path.glob("[0-9]*"))) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    pids = [int(found.name) for found in tmp_path.glob("[0-9]*")]
    assert len(pids) == 2
    asker.kill()
    asker.wait()
    until = time.monotonic() + 30
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in pids if alive(pid)] == []
