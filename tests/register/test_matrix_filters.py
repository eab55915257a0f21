"""Screen 10 with many units: the matrix by type, group and what is left; the timeline with predecessors."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy.orm import Session

from app.register import history
from tests import cast
from tests.conftest import Browser
from tests.factories import large
from tests.factories import register as factory
from tests.queries import count_queries
from tests.register.reading import FIRST, LAST, group

HALF = "/register?starts_on=01/01/2026&ends_on=30/6/2026"


def names(client: Browser) -> list[str]:
    return [head.get_text(" ", strip=True) for head in client.page.select(".kl-matrix tbody th")]


def left_of(client: Browser, unit: str) -> str:
    row = next(row for row in client.page.select(".kl-matrix tbody tr") if unit in row.get_text())
    cell = row.select_one(".kl-matrix__left")
    assert cell is not None
    return cell.get_text("", strip=True).partition(":")[2]


@pytest.fixture
def concluded(session: Session) -> None:
    """All of group TC and MC-05 of Long Phước, and nothing else."""
    keys = [c.key for one in factory.forms.latest_version().groups for c in one.criteria if one.code == "TC"]
    boxes = [(factory.box(cast.LONG_PHUOC, key, FIRST, LAST), key) for key in (*keys, "MC-05")]
    factory.concluded(boxes)
    session.commit()


def test_what_is_left_stands_beside_every_unit_and_under_every_group(
    client: Browser, concluded: None
) -> None:
    client.sign_in(cast.PLANNER).get(f"{HALF}&q=phuoc")
    assert (left_of(client, "Long Phước"), left_of(client, "An Phước")) == ("74/79", "79/79")
    heads = {head.b.get_text(): head for head in client.page.select(".kl-matrix thead th") if head.b}
    assert "còn 04" in heads["TC"].get_text(" ") and "còn 27" in heads["MC"].get_text(" ")
    client.get(f"{HALF}&q=long+phuoc")
    assert "không còn" in client.page.select(".kl-matrix thead th small")[1].get_text()
    client.sign_in(cast.OBSERVER).get(f"{HALF}&q=phuoc")
    assert "Còn được kiểm tra" not in client.text and "Chưa có kết luận" in client.text


def test_one_group_is_chosen_and_units_of_which_nothing_of_it_is_left(
    client: Browser, concluded: None
) -> None:
    client.sign_in(cast.PLANNER).get(f"{HALF}&group={group('TC')}&only=none_left")
    assert names(client) == ["UBND xã Long Phước"]
    assert left_of(client, "Long Phước") == "không còn"
    assert len(client.page.select(".kl-matrix thead th")) == 3
    client.get(f"{HALF}&group={group('TC')}&only=left")
    assert "UBND xã Long Phước" not in names(client) and "UBND xã An Phước" in names(client)
    chosen = [option["value"] for option in client.page.select("form select option[selected]")]
    assert {str(group("TC")), "left", "12"} <= set(chosen)


def test_units_of_one_type_are_chosen(client: Browser, concluded: None) -> None:
    client.sign_in(cast.PLANNER).get(f"{HALF}&type=ward")
    assert names(client) == ["UBND phường Long Thành"]
    offered = [option["value"] for option in client.page.select("#mt1 option")]
    assert offered == ["", "department", "commune", "ward"], "what no unit of the matrix is is not offered"


def test_what_the_address_should_not_say_filters_nothing(client: Browser, concluded: None) -> None:
    client.sign_in(cast.PLANNER).get(HALF)
    known = names(client)
    client.get(f"{HALF}&type=x&group=9999&only=y&rows=13")
    assert names(client) == known


def test_filtered_units_come_in_pages_or_all_at_once(client: Browser, session: Session) -> None:
    large.communes(15)
    session.commit()
    client.sign_in(cast.PLANNER).get(f"{HALF}&q=mau+so&only=left")
    assert len(names(client)) == 12 and not client.page.select(".kl-matrix thead th small")
    client.get(str(client.page.select_one("a[rel=next]")["href"]))
    assert names(client)[-1] == "UBND xã Mẫu số 015" and len(names(client)) == 3
    client.get(f"{HALF}&q=mau+so&only=left&rows=250")
    assert len(names(client)) == 15 and client.page.select(".kl-matrix thead th small")


def test_the_matrix_asks_as_much_for_50_units_as_for_5(client: Browser, session: Session) -> None:
    def asked() -> list[str]:
        session.expire_all()
        vars(g._get_current_object()).clear()
        with count_queries(session) as sent:
            assert (
                client.client.get(
                    "/register?starts_on=01/01/2025&ends_on=30/6/2026&rows=250&only=left"
                ).status_code
                == 200
            )
        return sent

    client.sign_in(cast.PLANNER)
    large.communes(5)
    session.commit()
    asked()
    few = asked()
    large.communes(45)
    session.commit()
    asked()  # settings are read again after each commit
    assert len(asked()) <= len(few)


def test_the_timeline_asks_as_much_for_many_papers_as_for_one(session: Session) -> None:
    old = [factory.unit(f"C{n}", f"UBND xã Cũ {n}", valid_to=large.MERGED_ON) for n in range(6)]
    new = factory.unit("MOI", "UBND xã Mới Mẫu", valid_from=large.MERGED_ON)
    factory.succeeds(new, *old, on=large.MERGED_ON)
    asked = []
    for number in range(1, 31):
        before = factory.box(
            old[number % 6], "MC-05", FIRST.replace(2000 + number % 20), LAST.replace(2000 + number % 20)
        )
        factory.conclusion(f"{number}/TB-SNV", record_only=True)
        factory.concluded([(before, "MC-05")], f"{number + 100}/TB-SNV", record_only=True)
        if number in (1, 30):
            session.commit()
            with count_queries(session) as sent:
                entries = history.of_unit(cast.actor(cast.PLANNER), new)
            asked.append(len(sent))
    assert len(entries) == 31 and all("kế thừa từ" in f"{one.text}{one.remark}" for one in entries)
    assert asked[1] <= asked[0]


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("30/02/2026", "30/6/2026", "Không có ngày 30/02/2026 trong lịch."),
        ("01/01/0001", "30/6/2026", "Năm 1 nằm ngoài khoảng 1900–2199."),
        ("30/6/2026", "01/01/2026", "Ngày kết thúc 01/01/2026 trước ngày bắt đầu 30/6/2026."),
        ("01/01/2026", "", "Nhập ngày kết thúc của thời kỳ."),
    ],
)
def test_a_period_that_is_none_is_told_at_its_field_and_stays_typed(
    client: Browser, session: Session, first: str, last: str, told: str
) -> None:
    client.sign_in(cast.PLANNER).get(f"/register?starts_on={first}&ends_on={last}", expect=422)
    wrong = client.page.select_one("form[aria-label='Lọc ma trận'] [aria-invalid]")
    assert wrong is not None
    error = client.page.find(id=str(wrong["aria-describedby"]))
    assert error is not None and told in error.get_text()
    typed = [client.page.select_one(f"#{name}")["value"] for name in ("m1", "m2")]
    assert typed == [first, last]
    assert "thời kỳ 01/01/2026–23/9/2026" in client.text, "this year meanwhile"


def test_the_list_refuses_a_period_that_ends_before_it_begins(client: Browser, session: Session) -> None:
    client.sign_in(cast.PLANNER).get("/register/contents?starts_on=30/6/2026&ends_on=01/01/2026", expect=422)
    assert "Ngày kết thúc 01/01/2026 trước ngày bắt đầu 30/6/2026." in client.text
