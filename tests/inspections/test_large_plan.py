"""A plan of many units: what its pages ask of the database, leave to other pages, and show."""

from __future__ import annotations

from datetime import date

import pytest
from flask import g
from sqlalchemy.orm import Session

from app.inspections import queries
from app.inspections.queries import review
from app.inspections.views import matrix
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections, large
from tests.queries import count_queries

PAGES = (
    "",
    "/edit",
    "/units",
    "/scope",
    "/review",
    "/review?rows=all",
    "/team",
    "/assignments",
    "/visits",
    "/decision",
)
BEFORE_THE_MERGER = (date(2025, 1, 1), date(2026, 6, 30))


def asked_by(client: Browser, session: Session, path: str) -> int:
    """Queries of a page that was asked for once before; pages are looked at closely in other tests."""
    for _ in range(2):
        vars(g._get_current_object()).clear()
        session.expire_all()
        with count_queries(session) as sent:
            assert client.client.get(path).status_code == 200
    return len(sent)


def test_no_page_of_a_draft_asks_more_for_50_units_than_for_5(client: Browser, session: Session) -> None:
    few = large.province(5, BEFORE_THE_MERGER).draft
    session.commit()
    client.sign_in(cast.PLANNER)
    paths = [f"/inspections/{few.id}{page}" for page in PAGES] + ["/register", "/register?rows=250&only=left"]
    before = {path: asked_by(client, session, path) for path in paths}
    many = large.province(50, BEFORE_THE_MERGER).draft
    session.commit()
    for path in paths:
        there = path.replace(f"/inspections/{few.id}", f"/inspections/{many.id}")
        now = asked_by(client, session, there)
        assert now <= before[path], f"{there} asks {now}, not {before[path]}"


def test_a_large_scope_is_reviewed_on_its_own_page_only(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = large.province(6).draft
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/team")
    assert "425 được kiểm tra" in " ".join(client.text.split()), "a small one stands beside every part"
    monkeypatch.setattr(review, "MOST_BESIDE", 400)
    client.get(f"/inspections/{draft.id}/team")
    assert "474 nội dung đã chọn." in client.text
    link = client.page.find("a", string="Rà soát chồng chéo toàn bộ nội dung")
    assert link is not None and link["href"] == f"/inspections/{draft.id}/review"
    assert client.page.select_one(".kl-parts a[href$='/scope']") is not None
    client.get(f"/inspections/{draft.id}/review")
    assert "Trong 474 nội dung đã chọn" in client.text
    client.get(f"/inspections/{draft.id}/decision")
    assert "Trong 474 nội dung đã chọn" in client.text, "who decides is told whatever the size"


def names(client: Browser) -> list[str]:
    return [head.get_text(strip=True) for head in client.page.select(".kl-matrix tbody th")]


def test_the_matrix_says_what_is_left_of_each_unit_and_each_group(client: Browser, session: Session) -> None:
    draft = large.province(6).draft
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/review")
    left = [cell.get_text("", strip=True) for cell in client.page.select(".kl-matrix .kl-matrix__left")]
    groups = [len(group.criteria) for group in draft.form_version.groups]
    rest = 79 - sum(groups[:3])
    assert left[0] == f"Còn được kiểm tra:{rest}/79"
    assert left[1] == "Còn được kiểm tra:79/79", "half of the period is left of what is concluded"
    heads = [head.get_text(" ", strip=True) for head in client.page.select(".kl-matrix thead th small")]
    assert heads[0] == f"còn {5 * groups[0]}", "of six units one is concluded"


def test_a_group_of_which_nothing_is_asked_has_nothing_to_tell(client: Browser, session: Session) -> None:
    draft = inspections.draft(criteria=("MC-05",))
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/review")
    heads = {head.b.get_text(): head for head in client.page.select(".kl-matrix thead th") if head.b}
    assert [code for code, head in heads.items() if head.small is not None] == ["MC"]
    assert not client.page.select("form[aria-label='Lọc ma trận']"), "one unit needs no filters"


def test_the_matrix_is_narrowed_by_name_and_by_what_is_left(client: Browser, session: Session) -> None:
    draft = large.province(6).draft
    session.commit()
    here = f"/inspections/{draft.id}/review"
    client.sign_in(cast.PLANNER).get(f"{here}?q=so+004")
    assert names(client) == ["UBND xã Mẫu số 004"] and "01 trong 01 đơn vị" in client.text
    client.get(f"{here}?only=settled")
    assert [name[-3:] for name in names(client)] == ["001", "003"], "something of them is taken wholly"
    cell = client.page.select_one(".kl-matrix a.kl-cell--done")
    assert cell is not None and "only=settled&unit=" in str(cell["href"])
    client.get(str(cell["href"]))
    assert "Từng nội dung của ô đã chọn" in client.text
    assert [name[-3:] for name in names(client)] == ["001", "003"], "the filter stays"
    client.get(f"{here}?only=none_left")
    assert "Không có đơn vị nào khớp điều kiện lọc." in client.text
    client.get(f"{here}?only=left")
    assert len(names(client)) == 6
    client.get(f"{here}?only=nonsense&rows=7")
    assert len(names(client)) == 6
    client.get(f"{here}?cursor=xx", expect=400)


def test_the_matrix_comes_in_pages_and_whole_for_paper(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "ROWS", 5)
    draft = large.province(7).draft
    session.commit()
    here = f"/inspections/{draft.id}/review"
    client.sign_in(cast.PLANNER).get(here)
    first = names(client)
    assert len(first) == 5 and "05 trong 07 đơn vị" in client.text
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    assert names(client)[0] == "UBND xã Mẫu số 006" and len(names(client)) == 2
    client.get(str(client.page.select_one("a[rel=prev]")["href"]))
    assert names(client) == first
    client.get(f"{here}?rows=all")
    assert len(names(client)) == 7
    client.get("/inspections/plan")
    assert len(names(client)) == 5
    assert client.page.find("a", string="Xem đủ và lọc ở phần Rà soát chồng chéo") is not None


def test_the_lists_of_a_large_draft_say_how_much_they_leave_out(client: Browser, session: Session) -> None:
    draft = large.province(12).draft
    session.commit()
    client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/review")
    counts = queries.review_scope(draft).counts
    heads = [head.get_text(strip=True) for head in client.page.select("#noi-dung-chon h3")]
    assert heads == [
        f"Đã kết luận ({counts.concluded:02})", f"Đoàn khác đang kiểm tra ({counts.held:02})",
        f"Được kiểm tra ({counts.free:02})",
    ]  # fmt: skip
    lists = client.page.select("#noi-dung-chon ul")
    assert [len(one.find_all("li", recursive=False)) for one in lists] == [
        min(counts.concluded, 100),
        32,
        100,
    ]
    assert client.text.count("nội dung đầu. Mở ô của ma trận để xem đủ") == 1 + (counts.concluded > 100)


def test_many_units_formed_within_the_period_are_told_briefly(client: Browser, session: Session) -> None:
    draft = large.province(8, BEFORE_THE_MERGER).draft
    session.commit()
    for page in ("units", "review"):
        client.sign_in(cast.PLANNER).get(f"/inspections/{draft.id}/{page}")
        assert len(client.page.select("main .kl-note")) == 3
        assert "Xem thêm 05 đơn vị hình thành trong thời kỳ kiểm tra" in client.text
    assert "UBND xã Mẫu số 008 (hình thành ngày 01/7/2025)" in client.text
