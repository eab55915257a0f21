"""A notice of several units: an annex for each, told to each, and no person named where everybody reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain
from app.documents.canonical import from_json
from app.documents.content import Heading, OfficialDocument, Table
from app.documents.models import Delivery, IssueWay
from app.errors import DomainError
from app.notices import annexes, checks, texts, wordback
from app.notices.checked import Check
from app.notices.compose import asked_of, comparable, compose
from app.notices.models import Notice
from app.notices.record import ConcludedBefore, gather
from app.notices.services import recording
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices

TWO = (cast.LONG_PHUOC, cast.AN_PHUOC)
HEAD, OTHER_HEAD = "Nguyễn Văn Giả Thiết", "Ngô Văn Tượng Trưng"


def general(way: IssueWay = IssueWay.HERE) -> Notice:
    return notices.drafted(notices.reported(units=TWO), way=way)


def content(notice: Notice) -> OfficialDocument:
    return compose(notice, gather(notice))


def named(notice: Notice, **settings: bool) -> list[Check]:
    found = checks.run(notice, gather(notice), **settings)
    return [check for check in found if not check.ok and "tên cá nhân" in check.text]


def test_each_unit_has_an_annex_of_its_own_with_its_name_and_its_rows_counted_anew(session: Session) -> None:
    notice = general()
    made = content(notice).annexes
    assert [annex.label for annex in made] == ["Phụ lục I", "Phụ lục II"]
    title = "Nội dung khắc phục tồn tại, hạn chế sau kiểm tra đối với"
    assert [annex.title for annex in made] == [f"{title} UBND xã Long Phước", f"{title} UBND xã An Phước"]
    for annex, unit in zip(made, notice.units, strict=True):
        headings = [block.text for block in annex.blocks if isinstance(block, Heading)]
        assert headings == ["Nội dung khắc phục", "Nội dung chưa kiểm tra"] and annex.landscape
        asked, left = (block for block in annex.blocks if isinstance(block, Table))
        assert [row.cells[0] for row in asked.rows] == ["1"] and asked.rows[0].cells[7] == unit.unit.name
        assert [row.cells[1] for row in left.rows] == ["CĐ-01"]


def test_the_text_tells_each_unit_which_annex_is_its_own(session: Session) -> None:
    notice = general()
    record = gather(notice)
    asked = "Đề nghị Thủ trưởng UBND xã Long Phước (Phụ lục I), UBND xã An Phước (Phụ lục II):"
    assert asked_of(notice, record) == asked
    said = "\n".join(piece.text for piece in texts.pieces_of(notice, record))
    assert "khắc phục 02 nội dung tại Phụ lục I, Phụ lục II kèm theo" in said
    assert "Nội dung chưa kiểm tra nêu tại Phụ lục I, Phụ lục II kèm theo." in said


def test_many_units_are_sent_to_the_annex_that_bears_their_name(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = general()
    monkeypatch.setattr(annexes, "MOST_NAMED", 1)
    monkeypatch.setattr(texts, "MOST_NAMED", 1)
    record = gather(notice)
    assert asked_of(notice, record) == (
        "Đề nghị Thủ trưởng các đơn vị, mỗi đơn vị theo phụ lục mang tên đơn vị, từ Phụ lục I đến Phụ lục II:"
    )
    assert "Các đơn vị có tên tại các phụ lục kèm theo" in texts.recipients(notice, record)
    assert "tại các phụ lục của từng đơn vị kèm theo" in texts.requests(notice, record)
    assert annexes.lines_of(record, record.tasks) == "Phụ lục I, dòng 1 và 01 phụ lục khác"


def test_without_anything_for_an_annex_there_is_none_and_the_units_are_named(session: Session) -> None:
    notice = general()
    bare = replace(gather(notice), tasks=(), covered=())
    assert compose(notice, bare).annexes == ()
    assert asked_of(notice, bare) == "Đề nghị Thủ trưởng các đơn vị:"
    assert {"UBND xã Long Phước", "UBND xã An Phước"} < set(texts.recipients(notice, bare).split("\n"))


def test_a_unit_of_which_nothing_is_asked_keeps_its_annex_and_the_others_their_labels(
    session: Session,
) -> None:
    notice = general()
    record = gather(notice)
    first = record.units[0]
    rest = replace(
        record,
        tasks=tuple(task for task in record.tasks if task.inspected_unit_id != first.id),
        covered=tuple(item for item in record.covered if item.inspected_unit_id != first.id),
    )
    made = compose(notice, rest).annexes
    assert [annex.label for annex in made] == ["Phụ lục I", "Phụ lục II"]
    table = made[0].blocks[0]
    assert isinstance(table, Table) and table.rows == () and table.empty_text == "Không có"
    assert annexes.task_annex(rest) == "Phụ lục II"


def test_what_other_bodies_conclude_meanwhile_changes_nothing_that_was_approved(session: Session) -> None:
    notice = general()
    record = gather(notice)
    earlier = ConcludedBefore(
        "UBND xã An Phước", "MC-01", "Niêm yết", date(2026, 1, 1), date(2026, 7, 1), "Thông báo số 9/TB-TTT"
    )
    then, now = compose(notice, record), compose(notice, replace(record, before=(earlier,)))
    assert then.annexes != now.annexes and asked_of(notice, record) in str(now.blocks)
    assert comparable(then).annexes == comparable(now).annexes


def test_each_delivery_says_which_annex_is_the_units_own(client: Browser, session: Session) -> None:
    notice = notices.issued(general())
    kept = from_json(str(notice.document.content))
    assert [annex.label for annex in kept.annexes] == ["Phụ lục I", "Phụ lục II"]
    sent = session.scalars(sa.select(Delivery).where(Delivery.document_id == notice.document_id)).all()
    assert {one.unit.name: one.annex for one in sent} == {
        "UBND xã Long Phước": "Phụ lục I", "UBND xã An Phước": "Phụ lục II",
    }  # fmt: skip
    client.sign_in(cast.OTHER_HEAD).get("/remediation/received")
    assert "Phần của đơn vị: Phụ lục II" in client.text and "Phụ lục I kèm" not in client.text


def test_one_units_own_notice_tells_of_no_annex_of_its_own(session: Session) -> None:
    notice = notices.issued()
    sent = session.scalars(sa.select(Delivery).where(Delivery.document_id == notice.document_id)).one()
    assert sent.annex is None


def test_what_eoffice_issued_is_found_again_annex_by_annex(session: Session) -> None:
    notice = general(IssueWay.RECORDED)
    back = chain.read_file(documents.stored(notices.issued_pdf(notice)))
    assert recording.compare(notice, gather(notice), back) == ()


def test_the_word_file_comes_back_unchanged(session: Session) -> None:
    notice = general()
    record = gather(notice)
    pieces = texts.pieces_of(notice, record)
    today = clock.today()
    data = wordback.write(notice, record, pieces, on=today, created_at=clock.now())
    returned = wordback.read(notice, data)
    assert wordback.take_back(notice, record, pieces, returned, on=today).proposals == ()


@pytest.mark.parametrize(
    ("key", "text", "where"),
    [
        ("closing", f"Giao {HEAD} chỉ đạo.", "Lời kết"),
        ("recipients", f"UBND xã An Phước\n{OTHER_HEAD.upper()}\nLưu: VT", "Nơi nhận"),
        ("requests", f"Kiểm điểm đồng chí {OTHER_HEAD}", "Mục III"),
    ],
)
def test_a_general_notice_that_names_a_head_is_refused_with_the_place(
    session: Session, key: str, text: str, where: str
) -> None:
    notice = general()
    assert named(notice) == []
    notice.sections = {**notice.sections, key: text}
    [check] = named(notice)
    name = HEAD if HEAD in text else OTHER_HEAD
    assert check.hard and check.where == where
    assert check.text == (
        f"{where} nêu tên cá nhân {name}; thông báo chung gửi nhiều đơn vị không nêu tên cá nhân."
    )
    with pytest.raises(DomainError, match=f"{where} nêu tên cá nhân {name}"):
        chain.submit(notice.document, actor=cast.actor(cast.PLANNER))


def test_a_finding_and_the_subject_belong_to_the_common_part(session: Session) -> None:
    notice = general()
    notice.items[1].text = f"Còn hồ sơ quá hạn do {HEAD} phụ trách"
    notice.document.subject = f"Kết luận kiểm tra đối với {OTHER_HEAD}"
    assert {check.where for check in named(notice)} == {"Mục II.2", "Trích yếu"}


def test_who_a_task_names_as_its_lead_is_a_person_only_when_it_reads_like_one(session: Session) -> None:
    notice = general()
    first, second = gather(notice).tasks
    first.lead_person, second.lead_person = "Lê Thị Ví Dụ, Phó Chủ tịch", "Công chức tiếp nhận"
    notice.sections = {**notice.sections, "closing": "Lê Thị Ví Dụ và Công chức tiếp nhận thực hiện."}
    assert [check.text for check in named(notice)] == [
        "Lời kết nêu tên cá nhân Lê Thị Ví Dụ; thông báo chung gửi nhiều đơn vị không nêu tên cá nhân."
    ]


def test_part_of_a_name_is_no_name(session: Session) -> None:
    notice = general()
    notice.sections = {**notice.sections, "closing": f"{HEAD}n chỉ đạo các đơn vị."}
    assert named(notice) == []


def test_names_that_nobody_on_record_has_are_only_pointed_at(session: Session) -> None:
    notice = general()
    notice.sections = {**notice.sections, "closing": "Giao bà Trần Thị Nào Đó chỉ đạo."}
    [check] = named(notice)
    assert not check.hard and check.text == "Có tên cá nhân trong phần chung: Trần Thị Nào Đó."


def test_one_units_own_notice_and_what_eoffice_issued_are_not_refused(session: Session) -> None:
    own = notices.drafted()
    own.sections = {**own.sections, "closing": f"Giao {HEAD} chỉ đạo."}
    assert [check.hard for check in named(own)] == [False]
    notice = notices.drafted(notices.reported(units=(cast.LONG_THANH, cast.AN_PHUOC)))
    notice.sections = {**notice.sections, "closing": f"Giao {OTHER_HEAD} chỉ đạo."}
    assert [check.hard for check in named(notice, elsewhere=True)] == [False]
