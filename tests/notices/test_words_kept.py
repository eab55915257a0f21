"""What somebody typed or agreed to is not lost, and not replaced behind their back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.documents import chain, numbering
from app.documents import services as documents
from app.documents.chain import TextChange
from app.documents.content import paragraph
from app.documents.models import IssueWay
from app.errors import Conflict, DomainError, Stale
from app.notices import annexes, checks, services, texts
from app.notices.compose import compose, figure_text
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.slip import compose_slip
from app.notices.texts import Part, Piece
from tests import cast
from tests.conftest import Browser
from tests.factories import documents as papers
from tests.factories import notices

PLANNER = cast.PLANNER


def text_of(notice: Notice, key: str) -> str:
    return next(piece.text for piece in texts.pieces_of(notice, gather(notice)) if piece.key == key)


def test_the_signers_words_stay_when_it_comes_back(session: Session) -> None:
    notice = notices.checked()
    own = "Trên đây là kết luận của Sở Nội vụ"
    chain.approve_with_changes(
        notice.document, [TextChange("closing", own)], version=None, actor=cast.actor(cast.LEADER)
    )
    chain.return_back(notice.document, "Bổ sung", actor=cast.actor(cast.LEADER))
    assert notice.sections == {"closing": own}


@pytest.mark.parametrize(
    ("make", "verb", "part"),
    [
        (notices.submitted, "check_content", cast.CONTENT_CHECKER),
        (notices.checked, "approve", cast.LEADER),
    ],
)
def test_an_old_page_agrees_to_nothing(session: Session, make, verb: str, part: str) -> None:
    notice = make()
    with pytest.raises(Stale):
        getattr(chain, verb)(notice.document, version=notice.version - 1, actor=cast.actor(part))


def test_the_slip_says_what_was_submitted(session: Session) -> None:
    notice = notices.submitted()
    before = compose_slip(notice, gather(notice)).blocks
    notices.issued(notices_on(notice))
    assert compose_slip(notice, gather(notice)).blocks == before


def test_the_slip_tells_what_the_notice_says(session: Session) -> None:
    notice = notices.drafted()
    told = texts.summary(notice, gather(notice))
    assert told == (
        "Kết luận kiểm tra đối với UBND xã Long Phước, thời kỳ 01/01/2026–30/6/2026; "
        "nêu 01 tồn tại, hạn chế; đề nghị thực hiện 01 nội dung khắc phục, "
        "hoàn thành chậm nhất ngày 28/9/2026; 01 nội dung chưa kiểm tra."
    )
    assert paragraph(told) in compose_slip(notice, gather(notice)).blocks


def notices_on(notice: Notice) -> Notice:
    """The same notice as the factory takes it: back in the drafter's hands."""
    chain.return_back(notice.document, "Bổ sung", actor=cast.actor(cast.CONTENT_CHECKER))
    return notice


def piece(text: str, token: str = "45/3.468 hồ sơ, chiếm 1,30%") -> Piece:
    return Piece("item-1", Part.SHORTCOMINGS, "Mục 1", "Mục II.1", text, token)


def test_figures_stand_behind_the_words_they_belong_to() -> None:
    assert figure_text(piece("Trung tâm PVHCC TP. Biên Hòa (cũ) chưa có nội quy")) == (
        "Trung tâm PVHCC TP. Biên Hòa (cũ) chưa có nội quy (45/3.468 hồ sơ, chiếm 1,30%)."
    )
    fixed = f"Niêm yết sai. {texts.FIXED_ON_SPOT} Đã gỡ"
    assert figure_text(piece(fixed, "05")) == f"Niêm yết sai (05). {texts.FIXED_ON_SPOT} Đã gỡ."


def test_typed_names_keep_their_capital(session: Session) -> None:
    inspection = notices.reported(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    notices.note_strengths(inspection.units[0], "CĐ-01", "Trung tâm Phục vụ hành chính công có nội quy.")
    notice = notices.drafted(inspection)
    strengths = "".join(p.text for p in texts.pieces_of(notice, gather(notice)) if p.part is Part.STRENGTHS)
    assert "UBND xã Long Phước: Trung tâm Phục vụ hành chính công có nội quy." in strengths


def test_texts_name_the_annexes_that_there_are(session: Session) -> None:
    notice = notices.drafted()
    record = gather(notice)
    labels = [annex.label for annex in compose(notice, record).annexes]
    assert labels == ["Phụ lục I", "Phụ lục II"]
    assert "tại Phụ lục I kèm theo" in text_of(notice, "requests")
    assert "Nội dung chưa kiểm tra nêu tại Phụ lục II kèm theo." in text_of(notice, "organisation")
    assert compose(notice, record).annexes[1].title == "Nội dung chưa kiểm tra"
    alone = replace(record, tasks=())
    assert (annexes.task_annex(replace(record, covered=())), annexes.left_annex(alone)) == ("Phụ lục",) * 2


def test_the_decision_is_cited_in_full_the_first_time(session: Session) -> None:
    notice = notices.drafted()
    decision = notice.inspection.decision
    assert decision is not None
    notice.inspection.authority = "Giám đốc Sở Nội vụ"
    cited = f"{decision.number_and_symbol} ngày 01/9/2026 của Giám đốc Sở Nội vụ về việc "
    assert cited in text_of(notice, "opening")


def test_the_lines_above_the_name_follow_the_signer(session: Session) -> None:
    notice = notices.drafted()
    details = replace(notices.details_of(notice), signer_id=None, signature_prefix="")
    services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
    details = replace(details, signer_id=cast.person(cast.LEADER).id)
    services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
    assert notice.signature_prefix == "KT. Giám đốc\nPhó Giám đốc"
    notice.signature_prefix = "Giám đốc"
    assert any("Chức vụ ghi trên chỗ ký khác" in c.text for c in checks.run(notice, gather(notice)))


def test_a_paper_is_numbered_here_only_from_an_open_book(session: Session) -> None:
    notice = notices.drafted()
    details = replace(notices.details_of(notice), symbol="Tb-đkt")
    with pytest.raises(DomainError, match="chưa được mở") as refused:
        services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
    assert refused.value.field == "symbol"
    services.edit_details(
        notice, replace(details, way=IssueWay.RECORDED), version=None, actor=cast.actor(PLANNER)
    )
    numbering.open_series("TB-ĐKT", "", actor=cast.actor(cast.CLERK))
    services.edit_details(notice, details, version=None, actor=cast.actor(PLANNER))
    assert notice.document.symbol == "TB-ĐKT"


def test_the_case_of_a_symbol_opens_no_second_book(session: Session) -> None:
    assert documents.clean_symbol("Tb-Snv") == "TB-SNV" and documents.clean_symbol("QĐ-TTg") == "QĐ-TTg"
    assert documents.clean_symbol("kl-ttr") == "KL-TTr" and documents.clean_symbol("TTR-SNV") == "TTr-SNV"


def test_a_number_that_is_reserved_is_not_recorded_for_another(session: Session) -> None:
    notice = notices.approved()
    chain.begin_signing(notice.document, actor=cast.actor(cast.LEADER))
    with pytest.raises(Conflict, match="đã lấy để ký"):
        papers.recorded(1)


def test_the_page_names_the_number_that_signing_takes(client: Browser, session: Session) -> None:
    papers.recorded(1)
    papers.recorded(2)
    notice = notices.approved()
    client.sign_in(cast.LEADER).get(f"/notices/{notice.id}/sign")
    assert "03/TB-SNV" in client.text
    client.submit()
    session.expire_all()
    assert session.get_one(Notice, notice.id).document.number == 3


def test_after_a_stale_edit_both_stand_there_and_the_next_save_goes(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}?part=organisation")
    services.edit_texts(
        notice, [TextChange("closing", "Trên đây là bản mới")], version=None, actor=cast.actor(PLANNER)
    )
    session.commit()
    form = "form[action$='part=organisation']:has(textarea)"
    client.submit(form, {"closing": "Trên đây là bản cũ"}, expect=409)
    assert "Bản hiện nay: Trên đây là bản mới" in client.text and "Trên đây là bản cũ" in client.text
    client.submit(form)
    session.expire_all()
    assert text_of(session.get_one(Notice, notice.id), "closing") == "Trên đây là bản cũ"


def test_what_was_typed_elsewhere_on_the_page_is_kept_by_every_button(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}?part=organisation")
    typed = {"organisation": "Giao Phòng theo dõi", "closing": "Khác", "key": "closing"}
    client.post(f"/notices/{notice.id}/recompose?part=organisation", typed)
    session.expire_all()
    assert session.get_one(Notice, notice.id).sections == {"organisation": "Giao Phòng theo dõi"}


def test_the_opinion_stays_when_approving_with_changes_is_refused(client: Browser, session: Session) -> None:
    notice = notices.checked()
    client.sign_in(cast.LEADER).get(f"/notices/{notice.id}/approve-with-changes")
    client.submit(data={"opinion": "Gọn lại"}, expect=422)
    assert client.page.select_one("#opinion").text.strip() == "Gọn lại"


@pytest.mark.parametrize("verb", ["issue", "seal", "sign", "approve"])
def test_a_page_of_an_act_is_there_when_it_is_its_turn(client: Browser, session: Session, verb: str) -> None:
    notice = notices.submitted()
    part = cast.LEADER if verb in ("sign", "approve") else cast.CLERK
    client.sign_in(part).get(f"/notices/{notice.id}/{verb}", expect=409)
    client.sign_in(cast.FOLLOWER).get(f"/notices/{notice.id}/return", expect=403)


def test_a_line_that_leads_on_never_ends_a_page() -> None:
    from app.documents.content import Paragraph, plain
    from app.documents.wording import leads_on

    assert leads_on(Paragraph(plain("Đề nghị Thủ trưởng các đơn vị:"))) and not leads_on(Paragraph(()))
    assert not leads_on(Paragraph(plain("Trên đây là kết luận.")))
