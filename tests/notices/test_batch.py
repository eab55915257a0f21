"""Notices of many units at once: composed, checked, sent on, signed and printed, each for itself."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain, pages
from app.documents.models import DocumentState, IssueWay, Number, NumberState
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.extensions import db
from app.files import services as files
from app.jobs import services as jobs
from app.jobs import worker
from app.jobs.models import JobState
from app.notices import batches, services
from app.notices import jobs as batching
from app.notices.models import Notice, NoticeBatch
from app.remediation.models import Task, TaskState
from tests import cast
from tests.conftest import ROOT, Browser
from tests.factories import notices as made
from tests.queries import count_queries

UNITS = (cast.LONG_PHUOC, cast.AN_PHUOC, cast.LONG_THANH)


def started() -> NoticeBatch:
    case = made.reported(units=UNITS)
    batch = services.start_batch(case, case.units, actor=cast.actor(cast.PLANNER))
    db.session.commit()
    return batch


def ran(batch: NoticeBatch) -> str:
    """The worker does what was asked; what it says."""
    job = worker.run_one()
    assert job is not None and job.id == batch.job_id
    assert job.state is JobState.DONE, job.result
    db.session.expire_all()
    return job.result or ""


def composed() -> NoticeBatch:
    batch = started()
    ran(batch)
    for notice in notices_of(batch):
        services.edit_details(notice, made.details_of(notice), version=None, actor=cast.actor(cast.PLANNER))
    db.session.commit()
    return batch


def asked(batch: NoticeBatch, verb: str, by: str, **more: bool) -> str:
    services.ask_batch(batch, verb, actor=cast.actor(by), **more)
    db.session.commit()
    return ran(batch)


def approved(batch: NoticeBatch) -> NoticeBatch:
    asked(batch, "submit", cast.PLANNER)
    asked(batch, "check_content", cast.CONTENT_CHECKER)
    asked(batch, "check_form", cast.CLERK)
    asked(batch, "approve", cast.LEADER)
    return batch


def notices_of(batch: NoticeBatch) -> list[Notice]:
    return [item.notice for item in batch.items if item.notice is not None]


def states(batch: NoticeBatch) -> list[DocumentState]:
    db.session.expire_all()
    return [notice.document.state for notice in notices_of(batch)]


def spoil(notice: Notice) -> None:
    """Its case now says something that stops it."""
    services.leave_out_finding(notice, notice.items[0].id, actor=cast.actor(cast.PLANNER))
    db.session.commit()


def test_each_unit_gets_a_notice_of_its_own(session: Session) -> None:
    batch = started()
    assert [item.notice_id for item in batch.items] == [None, None, None]
    assert ran(batch) == "Đã soạn 03 thông báo."
    names = [[unit.unit.code for unit in notice.units] for notice in notices_of(batch)]
    assert names == [[code] for code in UNITS]
    assert [item.problem for item in batch.items] == ["", "", ""]
    assert (batch.job.progress, batch.job.total) == (3, 3) if batch.job else False


def test_who_may_ask_and_for_how_many(session: Session) -> None:
    case = made.reported(units=UNITS)
    with pytest.raises(DomainError, match="ít nhất hai đơn vị"):
        services.start_batch(case, case.units[:1], actor=cast.actor(cast.PLANNER))
    with pytest.raises(Forbidden):
        services.start_batch(case, case.units, actor=cast.actor(cast.CLERK))
    batch = services.start_batch(case, case.units, actor=cast.actor(cast.PLANNER))
    with pytest.raises(Conflict, match="đang được xử lý"):
        services.ask_batch(batch, "check", actor=cast.actor(cast.PLANNER))


def test_a_unit_that_has_a_notice_stops_only_itself(session: Session) -> None:
    batch = started()
    services.draft(batch.inspection, [batch.inspection.units[1]], actor=cast.actor(cast.PLANNER))
    db.session.commit()
    assert ran(batch) == "Đã soạn 02 thông báo; 01 thông báo chưa thực hiện được."
    assert [bool(item.notice_id) for item in batch.items] == [True, False, True]
    assert "đã có trong thông báo" in batch.items[1].problem


def test_what_stops_a_draft_stands_beside_it_and_the_others_go_up(session: Session) -> None:
    batch = composed()
    spoil(notices_of(batch)[1])
    assert asked(batch, "check", cast.PLANNER) == "Đã kiểm tra 03 thông báo."
    assert "chưa có trong thông báo" in batch.items[1].problem
    told = asked(batch, "submit", cast.PLANNER)
    assert told == "Đã trình kiểm tra nội dung: 02 thông báo; 01 thông báo chưa thực hiện được."
    assert states(batch) == [DocumentState.CONTENT_CHECK, DocumentState.DRAFT, DocumentState.CONTENT_CHECK]


def test_nobody_asks_for_a_step_that_is_not_theirs(session: Session) -> None:
    batch = composed()
    for verb, by in (("submit", cast.CLERK), ("sign", cast.LEADER), ("issue", cast.CLERK)):
        with pytest.raises(WrongState, match="Chưa có thông báo nào ở bước này"):
            services.ask_batch(batch, verb, actor=cast.actor(by))


def test_they_are_signed_in_order_sealed_and_issued_together(session: Session) -> None:
    batch = approved(composed())
    assert asked(batch, "sign", cast.LEADER) == "Đã ký 03 thông báo."
    assert [notice.document.number for notice in notices_of(batch)] == [1, 2, 3]
    asked(batch, "seal", cast.CLERK)
    asked(batch, "issue", cast.CLERK)
    assert set(states(batch)) == {DocumentState.ISSUED}


def test_one_that_fails_to_be_drawn_blocks_no_other_and_keeps_its_number(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = approved(composed())
    bad = notices_of(batch)[1].document_id
    real = batching.draw_ahead

    def draw(signing: chain.Signing) -> chain.Signing | chain.Drawn:
        if signing.document_id == bad:
            raise RuntimeError("giấy kẹt")
        return real(signing)

    monkeypatch.setattr(batching, "draw_ahead", draw)
    assert asked(batch, "sign", cast.LEADER) == "Đã ký 02 thông báo; 01 thông báo chưa thực hiện được."
    assert states(batch) == [DocumentState.SIGNED, DocumentState.APPROVED, DocumentState.SIGNED]
    assert batch.items[1].problem == batching.BROKEN
    monkeypatch.setattr(batching, "draw_ahead", real)
    assert asked(batch, "sign", cast.LEADER) == "Đã ký 01 thông báo."
    numbers = session.execute(sa.select(Number.n, Number.state).order_by(Number.n)).all()
    assert [tuple(row) for row in numbers] == [(n, NumberState.USED) for n in (1, 2, 3)]
    assert [notice.document.number for notice in notices_of(batch)] == [1, 2, 3]
    assert batch.items[1].problem == ""


def test_the_printed_file_has_every_notice_in_order_on_sheets_of_its_own(session: Session) -> None:
    batch = composed()
    asked(batch, "print", cast.PLANNER, two_sided=True)
    assert batch.file is not None
    read = pypdf.PdfReader(io.BytesIO(files.read(batch.file)))
    texts = [page.extract_text() for page in read.pages]
    begins = [place for place, text in enumerate(texts) if "Độc lập - Tự do - Hạnh phúc" in text]
    assert len(begins) == 3 and all(place % 2 == 0 for place in begins)
    names = ["xã Long Phước", "xã An Phước", "phường Long Thành"]
    for place, name in zip(begins, names, strict=True):
        assert name in " ".join(texts[place].split())
    asked(batch, "print", cast.PLANNER, two_sided=False)
    assert batch.file is not None
    alone = pypdf.PdfReader(io.BytesIO(files.read(batch.file)))
    assert len(alone.pages) == sum(bool(text.strip()) for text in texts)


@pytest.mark.parametrize(("two_sided", "expected"), [(True, 2 + 2), (False, 1 + 2)])
def test_an_odd_paper_is_followed_by_an_empty_page(two_sided: bool, expected: int) -> None:
    made_of = []
    for many in (1, 2):
        writer, buffer = pypdf.PdfWriter(), io.BytesIO()
        for _ in range(many):
            writer.add_blank_page(595, 842)
        writer.write(buffer)
        made_of.append(buffer.getvalue())
    assert pages.count_pages(pages.joined(made_of, two_sided=two_sided)) == expected
    with pytest.raises(ValueError, match="file 2"):
        pages.joined([made_of[0], b"%PDF-1.7 x"], two_sided=two_sided)


def test_who_lost_the_lease_writes_nothing_more(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = started()

    def overtaken(*_: object, **__: object) -> None:
        raise jobs.Overtaken("attempt 2")

    monkeypatch.setattr(jobs, "go_on", overtaken)
    worker.run_one()
    db.session.expire_all()
    assert notices_of(batch) == [] and session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0


# --- killed


@pytest.mark.slow
def test_a_killed_batch_goes_on_without_a_second_notice_or_a_burnt_number(
    new_database: object, tmp_path: Path
) -> None:
    url = new_database("killed_batch")  # type: ignore[operator]

    def run(*phases: str) -> list[dict[str, Any]]:
        """What a process reports until it ends, or is killed where a phase says so."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.notices.batch_process", url, str(tmp_path), *phases],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == (-signal.SIGKILL if ":" in phases[-1] else 0), phases
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert run("prepare", "compose:3") == []
    half, whole = run("report", "compose", "report", "up", "ask", "sign:2")
    assert (len(half["units"]), half["job"]) == (2, "running")
    assert sorted(whole["units"]) == [
        ["UBND phường Long Thành"],
        ["UBND xã An Phước"],
        ["UBND xã Long Phước"],
    ]
    assert None not in whole["notices"] and whole["notices"][:2] == half["notices"][:2]
    assert whole["problems"] == ["", "", ""] and whole["job"] == "done"
    half, whole = run("report", "sign", "report")
    assert half["signed"] == 1 and half["numbers"] == [[1, "used"], [2, "reserved"], [3, "reserved"]]
    assert whole["signed"] == 3 and whole["numbers"] == [[1, "used"], [2, "used"], [3, "used"]]


# --- pages


def test_the_planner_asks_leaves_and_finds_it_again(client: Browser, session: Session) -> None:
    case = made.reported(units=UNITS)
    client.sign_in(cast.PLANNER).get(f"/inspections/{case.id}/notices/new")
    form = client.page.select_one("main form[method=post]")
    button = client.page.select_one("button[formaction$='/notice-batches/new']")
    assert form is not None and button is not None
    form["action"] = button["formaction"]
    client.submit("main form[method=post]", {})
    client.follow()
    batch = session.scalars(sa.select(NoticeBatch)).one()
    assert "Đang xử lý" in client.text
    ran(batch)
    client.get(f"/inspections/{case.id}/notices/new")
    assert client.page.select(f"a[href='/notices/batches/{batch.id}']")
    client.get(f"/notices/batches/{batch.id}")
    assert "Đã soạn 03 thông báo." in client.text and "Trình kiểm tra nội dung (03)" in client.text
    client.get(f"/notices/batches/{batch.id}/steps/submit")
    client.submit("main form[method=post]", {})
    assert ran(batch).startswith("Đã trình kiểm tra nội dung: 03")
    client.get(f"/notices/batches/{batch.id}")
    client.submit(f"form[action='/notices/batches/{batch.id}/print']", {})
    ran(batch)
    answer = client.get(f"/notices/batches/{batch.id}/print.pdf")
    assert answer.data.startswith(b"%PDF")
    client.get(f"/notices/batches/{batch.id}/steps/fold", expect=404)


def test_what_cannot_be_done_is_said_on_the_page(client: Browser, session: Session) -> None:
    batch = composed()
    client.sign_in(cast.PLANNER).get(f"/notices/batches/{batch.id}/steps/issue")
    client.submit("main form[method=post]", {}, expect=409)
    assert "Chưa có thông báo nào ở bước này" in client.text
    client.get(f"/notices/batches/{batch.id}/print.pdf", expect=404)
    client.sign_in(cast.HEAD).get(f"/notices/batches/{batch.id}", expect=404)


@pytest.mark.parametrize("address", ["/notices/batches/{}", "/inspections/{}/notices/new"])
def test_the_pages_ask_as_often_for_three_units_as_for_two(
    client: Browser, session: Session, address: str
) -> None:
    case = made.reported(units=UNITS)
    batch = services.start_batch(case, case.units[:2], actor=cast.actor(cast.PLANNER))
    db.session.commit()
    ran(batch)
    place = address.format(batch.id if "batches" in address else case.id)
    client.sign_in(cast.PLANNER).get(place)
    with count_queries(session) as few:
        client.get(place)
    other = services.start_batch(case, case.units, actor=cast.actor(cast.PLANNER))
    db.session.commit()
    for item in other.items:
        assert worker.run_one() is not None or item
    place = address.format(other.id if "batches" in address else case.id)
    client.get(place)
    with count_queries(session) as many:
        client.get(place)
    assert len(many) <= len(few) + 1


def test_way_signer_and_follower_are_given_to_the_other_drafts_at_once(session: Session) -> None:
    batch = started()
    ran(batch)
    first, second, third = notices_of(batch)
    titles = [one.document.subject for one in (first, second, third)]
    planner = cast.actor(cast.PLANNER)
    chain.submit(third.document, actor=planner)  # what has gone up keeps what it says
    wanted = replace(made.details_of(first), way=IssueWay.HERE, follower_id=None)
    assert batches.other_drafts(first, planner) == [second]
    assert services.share_details(first, wanted, actor=planner) == 1
    assert (second.document.way, second.follower_id) == (IssueWay.HERE, None)
    assert third.follower_id is not None
    assert [one.document.subject for one in (first, second, third)] == titles


def test_the_page_of_details_offers_the_whole_batch(client: Browser, session: Session) -> None:
    batch = started()
    ran(batch)
    first, *others = notices_of(batch)
    client.sign_in(cast.PLANNER).get(f"/notices/{first.id}/details")
    assert "cho cả 02 dự thảo khác trong đợt" in client.text
    client.submit(data={"symbol": "", "whole_batch": "y"}, expect=422)
    assert client.page.select_one("[name=whole_batch][checked]")
    client.submit(data={"symbol": "TB-SNV", "follower_id": "", "whole_batch": "y"})
    client.follow()
    assert "ghi cả cho 02 dự thảo khác trong đợt" in client.text
    db.session.expire_all()
    assert [one.follower_id for one in (first, *others)] == [None] * 3


def test_a_notice_of_no_batch_shares_its_details_with_nobody(client: Browser, session: Session) -> None:
    notice = made.drafted()
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}/details")
    assert not client.page.select("[name=whole_batch]")


def test_all_dates_are_counted_from_today_in_one_act(session: Session) -> None:
    batch = composed()
    with clock.frozen(clock.at(date(2026, 12, 1))):
        asked(batch, "check", cast.PLANNER)
        assert all("không sau ngày hôm nay" in item.problem for item in batch.items)
        assert asked(batch, "recount", cast.PLANNER) == "Đã tính lại thời hạn của 03 thông báo."
        assert [item.problem for item in batch.items] == ["", "", ""]
    dates = session.scalars(sa.select(Task.due_on).where(Task.state == TaskState.DRAFT)).all()
    assert dates and all(due is None or due > date(2026, 12, 1) for due in dates)


def test_the_page_of_details_asks_as_often_for_a_large_batch(client: Browser, session: Session) -> None:
    batch = started()
    ran(batch)
    first, *_, last = notices_of(batch)
    place = f"/notices/{first.id}/details"
    client.sign_in(cast.PLANNER).get(place)
    session.expire_all()
    with count_queries(session) as many:
        client.get(place)
    chain.submit(last.document, actor=cast.actor(cast.PLANNER))
    db.session.commit()
    session.expire_all()
    with count_queries(session) as few:
        client.get(place)
    assert "01 dự thảo khác" in client.text
    assert len(many) <= len(few)
