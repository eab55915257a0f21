"""Way A: the paper that eOffice issued wins; the record is brought in line, then it counts."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.documents import chain
from app.documents.chain import TextChange
from app.documents.kinds import DocumentKind
from app.documents.models import DocumentState, IssueWay
from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.inspections.models import InspectionState
from app.notices import services
from app.notices.course import NoticeCourse
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.services import recording
from app.remediation.models import TaskState
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices

RECORDED = IssueWay.RECORDED


def prepared() -> Notice:
    return notices.drafted(way=RECORDED)


def record(
    notice: Notice,
    data: bytes | None = None,
    *,
    by: str = cast.CLERK,
    confirmed: bool = False,
    **change: object,
) -> None:
    stored = documents.stored(data or notices.issued_pdf(notice))
    issued = replace(notices.ISSUED, **change)
    chain.record_issued(notice.document, stored, issued, confirmed=confirmed, actor=cast.actor(by))


def changed_pdf(notice: Notice, key: str, text: str) -> bytes:
    """What eOffice issued after a leader changed words there; the record stays as it was."""
    from app.extensions import db

    services.edit_texts(notice, [TextChange(key, text)], version=None, actor=cast.actor(cast.PLANNER))
    data = notices.issued_pdf(notice)
    db.session.rollback()
    return data


@pytest.mark.parametrize("part", [cast.CLERK, cast.PLANNER])
def test_recording_has_all_effects_of_an_issue(session: Session, part: str) -> None:
    notice = prepared()
    record(notice, by=part)
    document = notice.document
    assert document.state is DocumentState.ISSUED and document.number_and_symbol == "45/TB-SNV"
    assert document.issued_on == date(2026, 9, 22) and document.way is RECORDED
    assert document.sha256 == document.file.sha256 and document.signed_by == document.signer_id
    assert notice.conclusion is not None and notice.conclusion.number_and_symbol == "45/TB-SNV"
    assert gather(notice).tasks[0].state is TaskState.ISSUED
    assert notice.inspection.state is InspectionState.CONCLUDED
    assert [step.verb for step in notice.document.steps] == ["record_issued"]


def test_it_may_be_recorded_from_any_step_of_the_chain(session: Session) -> None:
    notice = notices.approved(prepared())
    record(notice)
    assert notice.document.state is DocumentState.ISSUED


def test_it_is_recorded_once(session: Session) -> None:
    notice = prepared()
    record(notice)
    with pytest.raises(WrongState):
        record(notice, documents.pdf(recording_content(notice)))


def recording_content(notice: Notice):
    from app.documents.canonical import from_json

    return from_json(str(notice.document.content))


def test_others_do_not_record(session: Session) -> None:
    notice = prepared()
    for part in (cast.LEADER, cast.FOLLOWER, cast.MEMBER):
        with pytest.raises(Forbidden):
            record(notice, by=part)


def test_what_cannot_stand_on_the_paper_is_refused(session: Session) -> None:
    notice = prepared()
    data = notices.issued_pdf(notice)
    for field, value in (
        ("number", 0), ("symbol", "T B"), ("issued_on", date(2026, 9, 24)), ("issued_on", date(2026, 8, 31)),
        ("signer_name", " "), ("signer_name", "đỗ văn giả định"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            record(notice, data, **{field: value})
        assert refused.value.field == field
    assert notice.document.state is DocumentState.DRAFT


def test_the_drafter_never_stands_as_signer(session: Session) -> None:
    with pytest.raises(DomainError, match="Người soạn thảo không ký văn bản do mình soạn"):
        record(prepared(), signer_name="Đỗ Văn Giả Định")


def test_a_number_that_was_recorded_is_refused_with_the_other_paper(session: Session) -> None:
    documents.recorded(45, issued_on=date(2026, 8, 12))
    with pytest.raises(Conflict, match="Số 45/TB-SNV ngày 12/8/2026"):
        record(prepared())


def test_only_a_pdf_is_an_issued_paper(session: Session) -> None:
    from app.files import services as files

    notice = prepared()
    stored = files.keep("ghi-chu.txt", "Thông báo".encode(), actor=cast.actor(cast.CLERK))
    with pytest.raises(DomainError) as refused:
        chain.record_issued(notice.document, stored, notices.ISSUED, actor=cast.actor(cast.CLERK))
    assert refused.value.field == "file"
    with pytest.raises(DomainError, match="không mở được"):
        record(notice, b"%PDF-1.7 hong")


def test_an_older_page_does_not_record(session: Session) -> None:
    notice = prepared()
    with pytest.raises(Stale):
        chain.record_issued(
            notice.document, documents.stored(notices.issued_pdf(notice)),
            notices.ISSUED, version=notice.version - 1, actor=cast.actor(cast.CLERK),
        )  # fmt: skip


def test_a_text_that_differs_must_be_looked_at_first(session: Session) -> None:
    notice = prepared()
    data = changed_pdf(notice, f"item-{notice.items[0].id}", "Còn 45 hồ sơ quá hạn, không xin lỗi người dân")
    with pytest.raises(DomainError) as refused:
        record(notice, data)
    assert refused.value.field == "confirmed" and notice.document.state is DocumentState.DRAFT
    record(notice, data, confirmed=True)
    assert notice.document.state is DocumentState.ISSUED


def test_the_record_is_brought_in_line_with_the_issued_words(session: Session) -> None:
    notice = prepared()
    item = notice.items[0]
    data = changed_pdf(notice, f"item-{item.id}", "Còn hồ sơ quá hạn, không xin lỗi người dân")
    back = chain.read_file(documents.stored(data))
    found = recording.compare(notice, gather(notice), back)
    cell = "Phụ lục I, dòng 1, cột “Nội dung tồn tại, hạn chế”"
    assert [(d.key, d.where) for d in found] == [(f"item-{item.id}", where) for where in ("Mục II.1", cell)]
    place = chain.places_of(NoticeCourse(notice), back)[0]
    words = place.issued
    assert words == "Còn hồ sơ quá hạn, không xin lỗi người dân (45/3.468 hồ sơ, chiếm 1,30%)."
    changed = services.bring_in_line(
        notice, [TextChange(place.ref, words)], version=None, actor=cast.actor(cast.CLERK)
    )
    assert changed == 1 and item.text.rstrip(".") == "Còn hồ sơ quá hạn, không xin lỗi người dân"
    assert recording.compare(notice, gather(notice), back) == ()
    record(notice, data)
    assert notice.document.state is DocumentState.ISSUED


def test_figures_that_were_issued_otherwise_are_not_set_behind_the_words_again(session: Session) -> None:
    notice = prepared()
    item = notice.items[0]
    services.bring_in_line(
        notice, [TextChange(f"item-{item.id}", "Còn 46/3.468 hồ sơ quá hạn.")], version=None,
        actor=cast.actor(cast.CLERK),
    )  # fmt: skip
    from app.notices import texts
    from app.notices.compose import figure_text

    piece = next(p for p in texts.pieces_of(notice, gather(notice)) if p.item is not None)
    assert figure_text(piece) == "Còn 46/3.468 hồ sơ quá hạn."


def test_a_requirement_that_was_issued_otherwise_is_brought_in_line(session: Session) -> None:
    notice = prepared()
    task = gather(notice).tasks[0]
    kept = task.text
    task.text = "Ban hành phiếu xin lỗi đối với mọi hồ sơ quá hạn"
    data = notices.issued_pdf(notice)
    task.text = kept
    session.commit()
    back = chain.read_file(documents.stored(data))
    found = recording.compare(notice, gather(notice), back)
    assert [(d.key, d.where, d.found) for d in found] == [
        (
            f"task-{task.id}",
            "Phụ lục I, dòng 1, cột “Yêu cầu (đề nghị) khắc phục”",
            "Ban hành phiếu xin lỗi đối với mọi hồ sơ quá hạn",
        )
    ]
    change = TextChange(f"task-{task.id}", "Ban hành phiếu xin lỗi đối với mọi hồ sơ quá hạn")
    assert services.bring_in_line(notice, [change], version=None, actor=cast.actor(cast.CLERK)) == 1
    assert services.bring_in_line(notice, [change], version=None, actor=cast.actor(cast.CLERK)) == 0
    assert recording.compare(notice, gather(notice), back) == ()
    with pytest.raises(DomainError):
        services.bring_in_line(
            notice, [replace(change, text="x")], version=None, actor=cast.actor(cast.CLERK)
        )


def test_the_pages_read_the_file_show_the_difference_and_record(client: Browser, session: Session) -> None:
    notice = prepared()
    data = changed_pdf(notice, "closing", "Trên đây là kết luận của Sở Nội vụ")
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/record")
    client.submit(expect=422)
    assert "Chọn tệp PDF" in client.text
    client.submit(data={"file": (io.BytesIO(b"khong phai"), "thong-bao.pdf")}, expect=422)
    client.submit(data={"file": (io.BytesIO(b"%PDF-1.7 hong"), "thong-bao.pdf")}, expect=422)
    client.submit(data={"file": (io.BytesIO(data), "TB 45.signed.pdf")})
    client.follow()
    fields = {
        name: client.page.select_one(f"#{name}")["value"]
        for name in ("number", "symbol", "issued_on", "signer_name")
    }
    assert fields == {
        "number": "45",
        "symbol": "TB-SNV",
        "issued_on": "22/9/2026",
        "signer_name": "Trần Văn Thử",
    }
    assert "Bản đã ban hành khác bản đã chuẩn bị ở 01 chỗ" in client.text
    client.submit(expect=422)
    assert "xác nhận đã xem từng chỗ" in client.text
    form = client.page.select_one("main form[method=post]")
    assert form is not None
    values = _values(form)
    client.post(client.path, {**values, "update": "1"})
    client.follow()
    assert "Đã cập nhật 01 chỗ" in client.text and "khớp bản đã chuẩn bị" in client.text
    client.submit()
    client.follow()
    assert "Đã ghi nhận Thông báo số 45/TB-SNV" in client.text and "Đã ban hành" in client.text
    session.expire_all()
    assert session.get_one(Notice, notice.id).sections["closing"] == "Trên đây là kết luận của Sở Nội vụ"


def _values(form) -> dict[str, str]:
    from tests.strict_client import form_values

    return dict(form_values(form).items())


def test_a_scan_is_recorded_on_somebodys_word(client: Browser, session: Session) -> None:
    from app.documents.rendering import load_sample

    notice = prepared()
    empty = replace(
        load_sample(DocumentKind.CONCLUSION_NOTICE),
        blocks=(),
        annexes=(),
        recipients=(),
        subject="",
        legal_bases=(),
    )
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/record")
    client.submit(data={"file": (io.BytesIO(documents.pdf(empty)), "ban-chup.pdf")})
    client.follow()
    assert "không có lớp chữ" in client.text
    client.submit(data={"confirmed": "y", "number": "46", "issued_on": "22/9/2026"})
    session.expire_all()
    assert session.get_one(Notice, notice.id).document.number == 46


def test_somebody_elses_file_is_not_found(client: Browser, session: Session) -> None:
    notice = prepared()
    stored = documents.stored(notices.issued_pdf(notice))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}/record/{stored.id}", expect=404)
    client.sign_in(cast.HEAD).get(f"/notices/{notice.id}/record/{stored.id}", expect=404)
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/record/{stored.id}")


def test_wrong_figures_keep_what_was_typed(client: Browser, session: Session) -> None:
    notice = prepared()
    stored = documents.stored(notices.issued_pdf(notice))
    session.commit()
    client.sign_in(cast.CLERK).get(f"/notices/{notice.id}/record/{stored.id}")
    client.submit(data={"number": "nhiều", "issued_on": "31/2/2026"}, expect=422)
    assert client.page.select_one("#number")["value"] == "nhiều"
    client.submit(data={"number": "45", "issued_on": "24/9/2026"}, expect=422)
    assert "sau ngày hôm nay" in client.text


def test_the_words_of_several_units_are_told_apart(session: Session) -> None:
    notice = notices.drafted(notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC)), way=RECORDED)
    second = notice.items[1]
    data = changed_pdf(notice, f"item-{second.id}", "Còn hồ sơ quá hạn tại Trung tâm")
    found = recording.compare(notice, gather(notice), chain.read_file(documents.stored(data)))
    words = "Còn hồ sơ quá hạn tại Trung tâm (45/3.468 hồ sơ, chiếm 1,30%)"
    assert [(d.where, d.found) for d in found] == [
        ("Mục II.2", f"{words}."),
        ("Phụ lục II, dòng 1, cột “Nội dung tồn tại, hạn chế”", words),
    ]
