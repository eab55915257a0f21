"""The list and the page of a notice: who sees them, the preview, searching, turning pages."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.documents import chain, preview
from app.notices.compose import compose
from app.notices.record import gather
from tests import cast
from tests.conftest import Browser
from tests.factories import notices


def test_the_page_shows_checks_chain_effects_and_the_paper(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    client.sign_in(cast.PLANNER).get(f"/notices/{notice.id}?part=shortcomings")
    assert "II. Tồn tại, hạn chế" in client.text and "45/3.468 hồ sơ, chiếm 1,30%" in client.text
    assert "01 chỗ cần xem" in client.text and "Khi ban hành sẽ" in client.text
    assert (
        "ghi nhận 02 nội dung đã kết luận" in client.text
        and "trả lại 01 nội dung chưa kiểm tra" in client.text
    )
    assert "Đỗ Văn Giả Định Việc Hoàn thiện, trình kiểm tra nội dung" in client.text
    picture = str(client.page.select_one("img.kl-page")["src"])
    client.get(picture)
    assert client.response.data.startswith(b"\x89PNG")
    client.get(f"/notices/{notice.id}/preview.pdf")
    assert client.response.data.startswith(b"%PDF-")
    client.get(f"/notices/{notice.id}/preview/99.png", expect=404)
    client.get(f"/notices/{notice.id}/slip.pdf")
    assert client.response.data.startswith(b"%PDF-")
    client.get(f"/notices/{notice.id}?part=khong-co&page=2")


def test_team_and_office_read_the_draft_with_its_pages(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    for part in (cast.TEAM_LEADER, cast.MEMBER, cast.CLERK, cast.LEADER, cast.FOLLOWER):
        client.sign_in(part).get(f"/notices/{notice.id}")
        assert client.page.select("textarea") == []
        client.get(f"/notices/{notice.id}/preview/1.png")


def test_nobody_else_learns_of_a_draft(client: Browser, session: Session) -> None:
    notice = notices.drafted()
    for part in (cast.HEAD, cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.GUEST, cast.OUTSIDER):
        for path in ("", "/preview.pdf", "/preview/1.png", "/slip.pdf"):
            client.sign_in(part).get(f"/notices/{notice.id}{path}", expect=404)


def test_the_list_shows_state_and_who_is_waited_for(client: Browser, session: Session) -> None:
    notices.submitted()
    client.sign_in(cast.LEADER).get("/notices")
    assert "Đã trình, chờ kiểm tra nội dung" in client.text and "Lê Thị Mẫu Kiểm tra nội dung" in client.text
    client.get("/notices?q=long+phuoc&state=open")
    assert "01 thông báo" in client.text
    client.get("/notices?state=issued")
    assert "Không có thông báo nào khớp" in client.text
    client.get("/notices?cursor=hong", expect=400)


def test_an_empty_list_says_where_notices_come_from(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/notices")
    assert "Chưa có thông báo nào" in client.text


def test_the_list_turns_its_pages(client: Browser, session: Session) -> None:
    from app.documents.models import Document
    from app.notices.models import Notice
    from tests.factories import documents

    inspection = notices.reported()
    for number in range(31):
        document: Document = documents.draft(f"Kết luận kiểm tra lần {number}")
        session.add(Notice(document=document, inspection=inspection, sections={}))
    session.commit()
    client.sign_in(cast.PLANNER).get("/notices")
    assert "lần 30" in client.text and "lần 0 " not in client.text
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    assert "01 thông báo" in client.text
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
    assert "30 thông báo" in client.text


def test_observers_see_issued_notices_only_and_read_the_paper(client: Browser, session: Session) -> None:
    issued = notices.issued()
    notices.drafted(notices.reported(units=(cast.AN_PHUOC,)))
    client.sign_in(cast.OBSERVER).get("/notices")
    assert "01/TB-SNV" in client.text and "UBND xã An Phước" not in client.text
    assert client.page.select_one("tbody a")["href"] == f"/documents/{issued.document_id}"


def test_units_have_no_list_of_notices(client: Browser, session: Session) -> None:
    client.sign_in(cast.HEAD).get("/notices", expect=403)


def test_the_same_content_is_drawn_once(session: Session) -> None:
    notice = notices.drafted()
    content = compose(notice, gather(notice))
    shelf = preview.Shelf(kept=1)
    first = shelf.draw(content, created_at=notice.created_at)
    assert shelf.draw(content, created_at=notice.created_at) is first and len(shelf) == 1
    from dataclasses import replace

    shelf.draw(replace(content, subject="Khác"), created_at=notice.created_at)
    assert len(shelf) == 1 and shelf.draw(content, created_at=notice.created_at) is not first


def test_the_slip_carries_the_opinions_that_still_stand(session: Session) -> None:
    from app.notices.slip import compose_slip

    notice = notices.checked()
    slip = compose_slip(notice, gather(notice))
    assert [opinion.text for opinion in slip.opinions] == ["Nội dung đầy đủ. Đồng ý trình.", "Đồng ý.", ""]
    chain.return_back(notice.document, "Bổ sung", actor=cast.actor(cast.LEADER))
    assert [opinion.text for opinion in compose_slip(notice, gather(notice)).opinions] == ["", "", ""]
