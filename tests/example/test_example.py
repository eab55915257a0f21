"""The example that `make run` opens on: what it reports, and what the product says about it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask

import config
from app import clock, create_app
from app.documents.canonical import from_json
from app.documents.models import Document, DocumentState, Recipient, SendingWay
from app.example import report
from app.example.organisation import actor
from app.extensions import db
from app.files.store import store
from app.findings import queries as findings
from app.followup import inbox
from app.home.work import papers
from app.home.work.together import Together
from app.inspections import queries as inspections
from app.inspections.models import Inspection
from app.notices.models import Notice, NoticeBatch
from app.register.review import Ground
from tests.conftest import ROOT, Browser, settings_for
from tests.example.making import Example

pytestmark = pytest.mark.slow

KEYS = {
    "inspections": {"code", "state"},
    "notices": {"number", "symbol", "date", "units", "path", "sha256"},
    "concluded": {"unit", "criterion", "from", "to", "notice"},
    "tasks": {"unit", "due", "state"},
    "accounts": {"name", "sign_in", "password", "role", "unit"},
}
LAST_DAY = date(2026, 11, 21)
"""The day after the example's last chapter."""
FREE, BLOCKED = 0, 3


@pytest.fixture(scope="module")
def example(new_example: Callable[[str], Example]) -> Example:
    return new_example("reported")


@pytest.fixture(scope="module")
def told(example: Example) -> dict[str, list[dict[str, Any]]]:
    """What `example report --json` prints."""
    done = example.flask("example", "report", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def made(example: Example) -> Iterator[Flask]:
    app = create_app(settings_for(example.url, example.data_dir))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def opened(made: Flask, example: Example) -> Iterator[Flask]:
    """The product on the example, on the day after its last chapter."""
    before = store.folder, store.max_bytes
    store.open(example.data_dir / "files", before[1] or 25 * 1024 * 1024)
    try:
        with clock.frozen(clock.at(LAST_DAY)), made.app_context():
            yield made
            db.session.remove()
    finally:
        store.open(*before)


def ask(app: Flask, *arguments: str) -> tuple[int, str]:
    """`register check …`: exit code and output."""
    outcome = app.test_cli_runner().invoke(args=["register", "check", *arguments])
    return outcome.exit_code, outcome.output


def question(unit: str, first: str, last: str, *more: str) -> list[str]:
    return ["--unit", unit, "--criterion", "MC-05", "--from", first, "--to", last, *more]


def notice(told: dict[str, list[dict[str, Any]]], unit: str) -> dict[str, Any]:
    return next(line for line in told["notices"] if unit in line["units"])


def test_the_report_has_the_published_keys_and_no_others(told: dict[str, list[dict[str, Any]]]) -> None:
    assert set(told) == set(KEYS)
    for part, keys in KEYS.items():
        assert told[part], f"nothing under {part}"
        for line in told[part]:
            assert set(line) == keys, part


def test_two_cases_are_concluded_one_in_fieldwork_two_planned(told: dict[str, list[dict[str, Any]]]) -> None:
    states = sorted(line["state"] for line in told["inspections"])
    assert states == ["concluded", "concluded", "draft", "draft", "in_progress"]
    codes = [line["code"] for line in told["inspections"]]
    assert len(set(codes)) == 5
    assert all(code.startswith("KT2026-") for code in codes)


def test_a_notice_is_the_file_that_its_hash_names(told: dict[str, list[dict[str, Any]]]) -> None:
    assert [(line["number"], line["symbol"], line["units"]) for line in told["notices"]] == [
        (1, "TB-ĐKT", ["LT"]),
        (45, "TB-SNV", ["AP", "LP"]),
        (2, "TB-ĐKT", ["BA"]),
        (3, "TB-ĐKT", ["PT"]),
        (4, "TB-ĐKT", ["BA"]),
    ]
    for line in told["notices"]:
        data = (ROOT / line["path"]).read_bytes()
        assert data.startswith(b"%PDF-")
        assert hashlib.sha256(data).hexdigest() == line["sha256"]
        assert date.fromisoformat(line["date"]) < LAST_DAY


def test_below_the_project_the_path_of_a_notice_is_told_from_the_project(
    opened: Flask, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", example.data_dir)
    for line in report.make().notices:
        assert not Path(line.path).is_absolute()
        assert (example.data_dir / line.path).is_file()


def test_concluded_days_are_inclusive_and_name_a_notice(told: dict[str, list[dict[str, Any]]]) -> None:
    periods = {(line["notice"], line["from"], line["to"]) for line in told["concluded"]}
    assert periods == {
        ("62/TB-PNV", "2024-01-01", "2024-06-30"),
        ("01/TB-ĐKT", "2026-01-01", "2026-06-30"),
        ("45/TB-SNV", "2026-01-01", "2026-06-30"),
        ("27/KL-TTr", "2026-01-01", "2026-06-30"),
        ("03/TB-ĐKT", "2026-01-01", "2026-09-30"),
        ("04/TB-ĐKT", "2026-01-01", "2026-09-30"),
    }
    by_notice = {f"{n['number']:02d}/{n['symbol']}": n["units"] for n in told["notices"]}
    for line in told["concluded"]:
        if line["notice"] in by_notice:
            assert line["unit"] in by_notice[line["notice"]], line
        else:
            assert line["unit"].startswith("LTH-") or line["notice"] == "27/KL-TTr", line


def test_tasks_are_of_the_units_that_got_a_notice_and_some_are_overdue(
    told: dict[str, list[dict[str, Any]]],
) -> None:
    assert {line["unit"] for line in told["tasks"]} == {"LT", "LP", "AP", "BA", "PT"}
    states = {line["state"] for line in told["tasks"]}
    assert {"accepted", "submitted", "in_progress", "returned", "issued"} <= states
    overdue = [
        line
        for line in told["tasks"]
        if line["due"] and date.fromisoformat(line["due"]) < LAST_DAY and line["state"] != "accepted"
    ]
    assert overdue


def test_every_account_of_the_report_signs_in_through_the_real_form(
    told: dict[str, list[dict[str, Any]]], opened: Flask
) -> None:
    assert len({line["sign_in"] for line in told["accounts"]}) == len(told["accounts"]) >= 10
    for line in told["accounts"]:
        client = Browser(opened)
        client.get("/sign-in")
        client.submit(data={"email": line["sign_in"], "password": line["password"]})
        assert client.response.headers["Location"] == "/"
        client.get("/password")
        assert line["name"] in client.page.get_text(), "somebody else is signed in"
        assert line["role"] in client.page.get_text()


def test_a_second_load_changes_nothing(example: Example, told: dict[str, list[dict[str, Any]]]) -> None:
    files = sorted(path.name for path in (example.data_dir / "files").rglob("*"))
    again = example.flask("example", "load")
    assert again.returncode == 0, again.stderr
    assert json.loads(example.flask("example", "report", "--json").stdout) == told
    assert sorted(path.name for path in (example.data_dir / "files").rglob("*")) == files


def test_the_chain_of_its_events_is_whole(opened: Flask) -> None:
    outcome = opened.test_cli_runner().invoke(args=["audit", "verify"])
    assert outcome.exit_code == 0, outcome.output


def test_what_the_notice_of_this_year_concluded_is_blocked(
    opened: Flask, told: dict[str, list[dict[str, Any]]]
) -> None:
    code, text = ask(opened, *question("LT", "2026-03-01", "2026-03-31"))
    assert code == BLOCKED, text
    line = notice(told, "LT")
    assert f"số {line['number']:02d}/{line['symbol']}" in text
    assert "UBND xã Long Thành" in text, "its name in March 2026"
    assert "free" not in text.split()


def test_what_the_former_township_was_told_is_inherited_by_the_ward(opened: Flask) -> None:
    code, text = ask(opened, *question("LT", "2024-01-01", "2024-06-30"))
    assert code == BLOCKED, text
    assert "62/TB-PNV" in text
    assert "thị trấn Long Thành" in text
    code, text = ask(opened, *question("LT", "2024-01-01", "2024-06-30", "--json"))
    assert code == BLOCKED
    blocks = json.loads(text)["blocking"]
    assert ("62/TB-PNV", "LTH-LONGTHANH", True) in {(b["number"], b["unit"], b["inherited"]) for b in blocks}


def test_the_quarter_after_is_free_at_the_command_line(example: Example) -> None:
    done = example.flask("register", "check", *question("LT", "2026-07-01", "2026-09-30"))
    assert done.returncode == FREE, done.stdout + done.stderr
    assert done.stdout.split()[0] == "free"
    done = example.flask("register", "check", *question("LT", "2026-06-30", "2026-09-30"))
    assert done.returncode == BLOCKED, "one day of overlap"


def test_the_planned_case_is_partly_refused(opened: Flask) -> None:
    planned = db.session.query(Inspection).filter_by(state="draft").order_by(Inspection.id).first()
    assert planned is not None
    review = inspections.review_scope(planned)
    refused = [item for item in review.items if item.refusals]
    assert 0 < len(refused) < len(review.items)
    grounds = {refusal.ground for item in refused for refusal in item.refusals}
    assert grounds == {Ground.CONCLUDED, Ground.HELD}, "one by a notice, one by another team"


def test_another_planned_case_has_reserved_its_scope(opened: Flask) -> None:
    reserving = db.session.query(Inspection).filter_by(state="draft").order_by(Inspection.id.desc()).first()
    assert reserving is not None and inspections.review_scope(reserving).is_free
    assert inspections.list_reservations([reserving.id])[reserving.id].lapses_on == date(2026, 12, 7)


def test_a_batch_was_issued_and_one_of_its_notices_is_replaced_with_the_reason(opened: Flask) -> None:
    batch = db.session.query(NoticeBatch).one()
    first, second = (item.notice for item in batch.items)
    assert first is not None and second is not None and not any(item.problem for item in batch.items)
    assert (first.document.state, second.document.state) == (DocumentState.REPLACED, DocumentState.ISSUED)
    [replacing] = db.session.query(Notice).filter(Notice.replacement.has()).all()
    assert replacing.replaces is first and replacing.document.state is DocumentState.ISSUED
    assert replacing.replacement is not None and "thiếu nơi niêm yết" in replacing.replacement.reason
    assert "và trên Trang thông tin điện tử của xã" in replacing.items[0].text


def test_the_general_notice_has_an_annex_for_each_unit_and_each_is_told_which(opened: Flask) -> None:
    document = db.session.query(Document).filter_by(number=45, symbol="TB-SNV").one()
    kept = from_json(str(document.content))
    assert [annex.label for annex in kept.annexes] == ["Phụ lục I", "Phụ lục II"]
    names = [annex.title.partition(" đối với ")[2] for annex in kept.annexes]
    assert {one.unit.name: one.annex for one in document.deliveries} == dict(
        zip(names, ("Phụ lục I", "Phụ lục II"), strict=True)
    )


def test_what_went_to_bodies_outside_is_on_record_and_some_is_left_for_the_clerk(opened: Flask) -> None:
    sent = db.session.query(Recipient).filter(Recipient.sent_on.is_not(None)).all()
    assert {one.way for one in sent} == {SendingWay.EOFFICE, SendingWay.POST}
    outside = {one.name: one for one in sent if one.document.number == 45}
    assert outside["Ủy ban MTTQ Việt Nam xã Long Phước"].note == "Bưu gửi bảo đảm số 118"
    left = {item.values["document_id"]: item.text for item in Together.of([papers.to_send()]).read()[0]}
    general = db.session.query(Document).filter_by(number=45, symbol="TB-SNV").one()
    assert left[general.id] == "văn bản số 45/TB-SNV: 01 nơi nhận chưa ghi nhận gửi" and len(left) == 3


def test_the_case_in_fieldwork_waits_for_a_paper_about_what_the_inspectorate_concluded(
    opened: Flask,
) -> None:
    case = db.session.query(Inspection).filter_by(state="in_progress").one()
    told = [(one.content[:5], piece.told) for one in inspections.list_conflicts(case) for piece in one.pieces]
    assert [key for key, _ in told] == ["CQ-01", "CQ-03"]
    paper = "Kết luận số 27/KL-TTr ngày 16/11/2026 của Thanh tra tỉnh"
    assert all(text == f"UBND xã Phước Thái, thời kỳ 01/01/2026–30/6/2026: {paper}" for _, text in told)


@pytest.mark.parametrize("unit", ["LT", "LP"])
def test_an_issued_notice_reads_as_vietnamese_in_its_order(
    told: dict[str, list[dict[str, Any]]], unit: str
) -> None:
    line = notice(told, unit)
    paper = pypdfium2.PdfDocument((ROOT / line["path"]).read_bytes())
    text = "\n".join(page.get_textpage().get_text_bounded() for page in paper)
    paper.close()
    assert text == unicodedata.normalize("NFC", text)
    words = " ".join(text.split())
    issued_on = date.fromisoformat(line["date"])
    order = [
        "SỞ NỘI VỤ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        f"Số: {line['number']:02d}/{line['symbol']}",
        f"ngày {issued_on.day:02d} tháng {issued_on.month} năm {issued_on.year}",
        "THÔNG BÁO",
        "Kết luận kiểm tra",
        "II. TỒN TẠI, HẠN CHẾ",
        "Nơi nhận",
    ]
    at = 0
    for piece in order:
        found = words.find(piece, at)
        assert found >= 0, f"“{piece}” does not come after {order[: order.index(piece)]}"
        at = found


def test_head_follower_and_leader_find_messages_of_what_was_done(opened: Flask) -> None:
    found = {who: inbox.list_messages(actor(who)).items for who in ("chutich-lp", "theodoi", "lanhdao")}
    assert any(one.unread and one.text.startswith("Chỉ đạo") for one in found["chutich-lp"])
    for who in ("theodoi", "lanhdao"):
        assert any(one.unread and one.text.startswith("Trả lời chỉ đạo") for one in found[who]), found[who]
    assert any(not one.unread for one in found["theodoi"]), "what was read stays"
    assert all(one.task_id or one.proposal_id for entries in found.values() for one in entries)


def test_units_have_sent_proposals_of_their_own_accord(opened: Flask) -> None:
    sent = [one for one in findings.list_proposals(actor("theodoi")) if one.sender_id is not None]
    assert {one.unit.code: one.answered_on is not None for one in sent} == {"LP": True, "LT": False}
