"""The notice in Word: out, edited, and back; a person decides change by change, nothing is lost."""

from __future__ import annotations

import io

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain
from app.documents.chain import TextChange
from app.documents.models import DocumentState
from app.documents.word import Taking, WordRefused, read_docx, write_docx
from app.documents.word.taking import SPLIT, STAYS
from app.errors import Forbidden, WrongState
from app.files.models import StoredFile
from app.files.store import store
from app.notices import services, texts, wordback
from app.notices.compose import compose
from app.notices.models import Notice
from app.notices.record import gather
from app.notices.texts import Piece
from tests import cast
from tests.conftest import Browser
from tests.factories import documents, notices, word
from tests.factories import inspections as cases

WORD = "Thông báo đã sửa.docx"
OLD, NEW = "còn quá hạn", "còn nhiều trường hợp quá hạn"
PLANNER, LEADER = cast.PLANNER, cast.LEADER


def pieces(notice: Notice) -> tuple[Piece, ...]:
    return texts.pieces_of(notice, gather(notice))


def text_of(notice: Notice, key: str) -> str:
    return next(piece.text for piece in pieces(notice) if piece.key == key)


def out(notice: Notice) -> bytes:
    return wordback.write(notice, gather(notice), pieces(notice), on=clock.today(), created_at=clock.now())


def back(notice: Notice, *changes: word.Change, data: bytes | None = None) -> Taking:
    edited = word.edited(data or out(notice), *changes)
    returned = wordback.read(notice, edited)
    return wordback.take_back(notice, gather(notice), pieces(notice), returned, on=clock.today())


def finding_ref(notice: Notice) -> str:
    return f"finding:{notice.items[0].finding_id}"


def reword_finding(notice: Notice) -> word.Change:
    """The drafted notice's finding, in other words; a leader's edit in Word."""
    return word.reword(finding_ref(notice), OLD, NEW)


def everything(taking: Taking) -> tuple[TextChange, ...]:
    return chain.changes_of(taking, {proposal.name for proposal in taking.proposals})


def test_an_unedited_file_changes_nothing(session: Session) -> None:
    taking = back(notices.drafted(), word.as_word_saves)
    assert (taking.proposals, taking.told, taking.comparison.older) == ((), (), False)


def test_every_text_of_the_notice_is_marked_and_its_figures_are_not_words(session: Session) -> None:
    notice = notices.drafted()
    returned = read_docx(out(notice))
    assert returned.origin.about == f"notice:{notice.id}"
    for piece in pieces(notice):
        ref = finding_ref(notice) if piece.item is not None else piece.key
        if piece.lines:
            assert len(returned.texts[ref]) == len(piece.lines), piece.key
    assert not any("Đề nghị Thủ trưởng" in line for line in returned.texts["requests"])
    token = next(piece.token for piece in pieces(notice) if piece.item is not None)
    control = next(control for control in returned.controls if control.ref == finding_ref(notice))
    assert control.figures == ((f"({token})",) if token else ())


def test_a_reworded_finding_stands_beside_its_finding_and_is_taken_by_default(session: Session) -> None:
    notice = notices.drafted()
    (proposal,) = (taking := back(notice, reword_finding(notice), word.as_word_saves)).proposals
    assert proposal.sure and proposal.text.ref == finding_ref(notice)
    assert proposal.change.where == "Mục II.1"
    (change,) = everything(taking)
    services.edit_texts(notice, [change], version=None, actor=cast.actor(PLANNER))
    assert notice.items[0].text == f"Việc giải quyết hồ sơ {NEW}, chưa có phiếu xin lỗi và hẹn lại"
    assert back(notice).proposals == ()


def test_a_request_that_was_added_comes_in_and_the_others_stay_as_they_are(session: Session) -> None:
    notice = notices.drafted()
    before = text_of(notice, "requests").split("\n")
    (change,) = everything(back(notice, word.add_line("requests", "Tổ chức tập huấn./.", mark="d) ")))
    assert change.text.split("\n") == [*before, "Tổ chức tập huấn"]
    services.edit_texts(notice, [change], version=None, actor=cast.actor(PLANNER))
    assert back(notice).proposals == ()


def test_recipients_and_sentences_keep_their_own_endings(session: Session) -> None:
    notice = notices.drafted()
    taking = back(
        notice,
        word.add_line("recipients", "Trang thông tin điện tử.", mark="- "),
        word.add_line("organisation", "Giao Văn phòng công khai thông báo", mark="4. "),
        word.reword("closing", "nghiêm túc thực hiện./.", "thực hiện nghiêm túc./."),
    )
    texts_by_key = {change.key: change.text for change in everything(taking)}
    assert texts_by_key["recipients"].split("\n")[-2:] == ["Lưu: VT, CCHC", "Trang thông tin điện tử"]
    assert texts_by_key["organisation"].endswith("kèm theo.\nGiao Văn phòng công khai thông báo.")
    assert texts_by_key["closing"].endswith("biết, thực hiện nghiêm túc.")


def test_what_was_typed_beside_a_text_joins_it_only_when_somebody_says_so(session: Session) -> None:
    notice = notices.drafted()
    taking = back(
        notice,
        word.add_beside("requests", "Gửi báo cáo bằng văn bản."),
        word.reword("requests", "Kiểm điểm, rút kinh nghiệm", "Họp kiểm điểm", line=1),
    )
    reworded, beside = sorted(taking.proposals, key=lambda proposal: proposal.change.key)
    assert reworded.sure and not beside.sure
    (only,) = chain.changes_of(taking, {beside.name})
    assert "Kiểm điểm, rút kinh nghiệm" in only.text and only.text.endswith("\nGửi báo cáo bằng văn bản")
    (both,) = everything(taking)
    assert "Họp kiểm điểm" in both.text and both.text.endswith("\nGửi báo cáo bằng văn bản.")


def test_a_finding_torn_in_two_asks_and_stays_one(session: Session) -> None:
    notice = notices.drafted()
    taking = back(notice, word.add_line(finding_ref(notice), "Đã nhắc nhở."))
    (proposal,) = taking.proposals
    assert proposal.reasons == (SPLIT,)
    (change,) = everything(taking)
    assert change.text.endswith("hẹn lại. Đã nhắc nhở")


def test_a_finding_that_was_deleted_in_word_is_told_and_stays(session: Session) -> None:
    notice = notices.drafted()
    for gone in (word.drop_control, word.empty_control):
        taking = back(notice, gone(finding_ref(notice)))
        assert taking.proposals == ()
        assert taking.told[0].where == "Mục II.1" and taking.told[0].after == STAYS


def test_strengths_may_be_emptied_when_somebody_says_so(session: Session) -> None:
    notice = notices.drafted()
    key = next(piece.key for piece in pieces(notice) if piece.key.startswith("strengths"))
    taking = back(notice, word.empty_control(key))
    assert not taking.proposals[0].sure
    assert everything(taking) == (TextChange(key, ""),)


def test_subject_and_annex_are_told_and_not_taken(session: Session) -> None:
    notice = notices.drafted()

    def typed(root) -> None:
        for text in root.iter(word.w("t")):
            text.text = (text.text or "").replace("28/9/2026", "30/9/2026").replace("THÔNG BÁO", "KẾT LUẬN")

    taking = back(notice, typed)
    assert [change.key for change in everything(taking)] == ["requests"]
    assert {frame.where for frame in taking.told} >= {"Đầu văn bản"}
    assert any(frame.where.startswith("Bảng 1, dòng thứ") for frame in taking.told)


def test_an_edit_here_meanwhile_makes_the_same_text_ask_and_no_other(session: Session) -> None:
    notice = notices.drafted()
    data = out(notice)
    services.edit_texts(
        notice, [TextChange("closing", "Trên đây là kết luận của Sở Nội vụ.")], version=None,
        actor=cast.actor(PLANNER),
    )  # fmt: skip
    taking = back(
        notice, reword_finding(notice), word.reword("closing", "nghiêm túc", "khẩn trương"), data=data
    )
    assert taking.comparison.older and taking.comparison.known
    sure = {proposal.text.key: proposal.sure for proposal in taking.proposals}
    assert sure == {f"item-{notice.items[0].id}": True, "closing": False}


def test_the_paper_of_another_notice_and_an_unmarked_one_are_refused(session: Session) -> None:
    first = notices.drafted()
    other = notices.drafted(notices.worked(cases.decided(units=(cast.AN_PHUOC,), criteria=notices.CRITERIA)))
    with pytest.raises(WordRefused, match="văn bản khác"):
        wordback.read(first, out(other))
    bare = word.edited(
        out(first), *(word.drop_control(ref, keep_text=True) for ref in read_docx(out(first)).texts)
    )
    with pytest.raises(WordRefused, match="không có phần nào được đánh dấu"):
        wordback.read(first, bare)


def test_only_the_drafter_in_the_draft_and_the_signer_at_approval_take_words_back(session: Session) -> None:
    draft = notices.drafted()
    assert chain.may_take_back(draft, cast.actor(PLANNER))
    assert not chain.may_take_back(draft, cast.actor(LEADER))
    waiting = notices.checked(draft)
    assert chain.may_take_back(waiting, cast.actor(LEADER))
    assert not chain.may_take_back(waiting, cast.actor(PLANNER))
    with pytest.raises(Forbidden):
        chain.ask_take_back(waiting, cast.actor(cast.CLERK))
    chain.approve(waiting.document, actor=cast.actor(LEADER))
    with pytest.raises(WrongState):
        chain.ask_take_back(waiting, cast.actor(PLANNER))


def test_a_signed_notice_has_no_word_file_any_more(session: Session) -> None:
    notice = notices.signed()
    with pytest.raises(WrongState, match="PDF"):
        out(notice)


def test_the_drafter_hands_the_file_in_chooses_and_the_words_are_those_of_word(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted()
    page = f"/notices/{notice.id}"
    client.sign_in(PLANNER).get(page)
    links = {a.text: a["href"] for a in client.page.select("#preview ~ p a")}
    data = client.get(links["Tải Word"]).data
    client.get(links["Nhận lại bản Word đã sửa"])
    edited = word.edited(
        data, reword_finding(notice), word.add_beside("closing", "Nhận được thông báo, đề nghị phản hồi.")
    )
    client.submit(data={"file": (io.BytesIO(edited), WORD)})
    client.follow()
    assert NEW in client.text and "Tồn tại, hạn chế của UBND xã Long Phước" in client.text
    assert client.page.select("ins")[0].text.strip() == "nhiều trường hợp"
    client.submit(expect=422)
    assert "Chọn nhận chỗ sửa hoặc giữ như hồ sơ." in client.text  # what was typed beside is asked
    assert checked_choices(client) == ["take"]
    asked = unanswered(client)
    client.submit(data={asked: "keep"})
    client.follow()
    assert "Đã nhận 01 chỗ sửa từ bản Word." in client.text
    session.expire_all()
    assert NEW in session.get_one(Notice, notice.id).items[0].text
    assert not text_of(notice, "closing").endswith("phản hồi.")


def checked_choices(client: Browser) -> list[str]:
    return [str(radio["value"]) for radio in client.page.select("main input[type=radio][checked]")]


def unanswered(client: Browser) -> str:
    names = {str(radio["name"]) for radio in client.page.select("main input[type=radio]")}
    answered = {str(radio["name"]) for radio in client.page.select("main input[type=radio][checked]")}
    (name,) = names - answered
    return name


def test_the_signers_edits_in_word_become_sua_va_duyet(client: Browser, session: Session) -> None:
    notice = notices.checked()
    client.sign_in(LEADER).get(f"/notices/{notice.id}/word/back")
    client.submit(data={"file": (io.BytesIO(word.edited(out(notice), reword_finding(notice))), WORD)})
    client.follow()
    client.submit(data={"opinion": "Nêu rõ hơn."})
    client.follow()
    assert "Đã nhận 01 chỗ sửa từ bản Word và duyệt bản thảo." in client.text
    session.expire_all()
    notice = session.get_one(Notice, notice.id)
    assert notice.document.state is DocumentState.APPROVED
    assert notice.document.approved_hash == notice.document.content_hash
    step = notice.document.steps[-1]
    assert step.verb == "approve_with_changes" and "Nêu rõ hơn." in step.opinion and NEW in step.opinion
    assert NEW in (notice.document.content or "")


def test_after_a_refusal_the_file_is_still_there_and_the_choice_stands_again(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/back")
    edited = word.edited(
        out(notice), reword_finding(notice), word.reword("closing", "nghiêm túc", "khẩn trương")
    )
    client.submit(data={"file": (io.BytesIO(edited), WORD)})
    client.follow()
    services.edit_texts(
        notice, [TextChange("closing", "Trên đây là kết luận của Sở Nội vụ.")], version=None,
        actor=cast.actor(PLANNER),
    )  # fmt: skip
    session.commit()
    client.submit(expect=422)  # the closing was edited meanwhile: what was chosen no longer is that change
    assert "Bản Word được lập từ một bản cũ hơn của hồ sơ" in client.text
    client.submit(data={unanswered(client): "take"}, expect=409)
    client.submit()
    client.follow()
    assert "Đã nhận 02 chỗ sửa" in client.text
    session.expire_all()
    assert "khẩn trương" in text_of(notice, "closing")


def test_keeping_everything_is_said_and_changes_nothing(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/back")
    client.submit(data={"file": (io.BytesIO(word.edited(out(notice), reword_finding(notice))), WORD)})
    client.follow()
    (name,) = {str(radio["name"]) for radio in client.page.select("main input[type=radio]")}
    client.submit(data={name: "keep"}, expect=422)
    assert "Chưa chọn nhận chỗ sửa nào." in client.text


@pytest.mark.parametrize(
    ("data", "name", "said", "status"),
    [
        (b"%PDF-1.7\n", "thong-bao.docx", "là PDF, không phải tệp Word", 422),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "thong-bao.docx", "mật khẩu", 422),
        (b"PK\x03\x04", "thong-bao.docx", "Không đọc được tệp Word", 422),
    ],
)
def test_files_that_are_none_of_ours_are_refused_in_words(
    client: Browser, session: Session, data: bytes, name: str, said: str, status: int
) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/back")
    client.submit(expect=422)
    assert "Chọn tệp Word (.docx) đã sửa." in client.text
    client.submit(data={"file": (io.BytesIO(data), name)}, expect=status)
    assert said in client.text and session.query(StoredFile).filter_by(name=name).count() == 0


def test_other_names_and_too_large_a_file_are_refused(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = notices.drafted()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/back")
    client.submit(data={"file": (io.BytesIO(out(notice)), "thong-bao.docm")}, expect=422)
    assert "không thuộc loại được tiếp nhận" in client.text
    monkeypatch.setattr(store, "max_bytes", 1024)
    client.submit(data={"file": (io.BytesIO(out(notice)), WORD)}, expect=413)
    assert "lớn hơn" in client.text


def test_somebody_elses_file_and_a_file_that_is_no_word_are_not_found(
    client: Browser, session: Session
) -> None:
    notice = notices.drafted()
    pdf = documents.stored()
    session.commit()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/{pdf.id}", expect=404)
    client.get(f"/notices/{notice.id}/word/back")
    client.submit(data={"file": (io.BytesIO(out(notice)), WORD)})
    client.follow()
    assert "Bản Word không sửa chỗ nào nhận được vào hồ sơ." in client.text
    path = client.path
    client.sign_in(LEADER).get(path, expect=404)


def test_tracked_changes_comments_and_frames_are_told_on_the_page(client: Browser, session: Session) -> None:
    notice = notices.drafted()

    def title(root) -> None:
        next(t for t in root.iter(word.w("t")) if t.text == "THÔNG BÁO").text = "KẾT LUẬN"

    parts = word.parts_of(word.edited(out(notice), word.track("closing", "nghiêm túc", "khẩn trương"), title))
    parts["word/comments.xml"] = (
        f'<w:comments xmlns:w="{word.W}"><w:comment w:id="0"><w:p><w:r><w:t>Xem lại căn cứ</w:t></w:r></w:p>'
        "</w:comment></w:comments>"
    ).encode()
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/back")
    client.submit(data={"file": (io.BytesIO(word.packed(parts)), WORD)})
    client.follow()
    for said in ("Track Changes", "Xem lại căn cứ", "Chỗ khác, không nhận vào hồ sơ", "KẾT LUẬN"):
        assert said in client.text


def test_a_file_from_nowhere_known_asks_about_everything(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    data = word.without(
        word.edited(out(notice), reword_finding(notice)), "customXml/item1.xml", "docProps/custom.xml"
    )
    client.sign_in(PLANNER).get(f"/notices/{notice.id}/word/back")
    client.submit(data={"file": (io.BytesIO(data), WORD)})
    client.follow()
    assert "Không rõ bản Word được lập từ bản nào" in client.text and checked_choices(client) == []


def test_a_word_file_of_the_bare_content_reads_as_the_notice_does(session: Session) -> None:
    """What the layout adds (marks, full stops, the closing mark) is no edit, whoever wrote the file."""
    notice = notices.drafted()
    bare = write_docx(compose(notice, gather(notice)), created_at=clock.now(), about=wordback.about(notice))
    assert back(notice, data=bare).proposals == ()
