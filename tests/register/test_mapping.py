"""What was only recorded is mapped to criteria by a person, with suggestions by words; then it applies."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.errors import Conflict, DomainError, Forbidden, WrongState
from app.register import entered, entry, mapping, queries
from app.register.mapping import Pick, PickRefused
from app.register.models import Claim, Conclusion, ConclusionLine, Coverage, Level
from app.register.review import Wanted
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory
from tests.register.reading import FIRST, LAST
from tests.register.test_entered import past
from tests.register.test_register_entry import enter

END = date(2026, 7, 1)
MET, WORDS = "met", "Chưa có phiếu xin lỗi và hẹn lại ngày trả kết quả"


def line(
    unit: str = "LP", text: str = WORDS, keys: tuple[str, ...] = (), result: str = "not_met"
) -> entry.Said:
    criteria = [factory.criterion(key) for key in keys]
    return entry.Said(cast.unit(unit), criteria, FIRST, END, result, text)


def address(conclusion: Conclusion) -> str:
    return f"/register/conclusions/{conclusion.id}/contents"


def name(conclusion: Conclusion, place: int, field: str) -> str:
    return f"l{entered.open_lines(conclusion)[place].line_id}-{field}"


def is_free(unit: str = "LP", key: str = "MC-05", first: date = FIRST) -> bool:
    return queries.review(
        [Wanted(0, factory.box(unit, key, first, LAST))], level=int(Level.DEPARTMENT)
    ).is_free


def pick(conclusion: Conclusion, *keys: str, place: int = 0, first: date = FIRST, end: date = END) -> Pick:
    return Pick(entered.open_lines(conclusion)[place].line_id, keys, first, end)


def confirm(conclusion: Conclusion, *picks: Pick, by: str = cast.CLERK) -> mapping.Mapped:
    return mapping.confirm(conclusion, picks, actor=cast.actor(by))


# --- suggestions -----------------------------------------------------------------------------------------


def suggested(made: Conclusion) -> list[list[str]]:
    found = mapping.suggest(made, entered.open_lines(made), factory.forms.whole_latest_version())
    return [[item.key for item in items] for items in found.values()]


def test_the_criterion_whose_title_is_typed_stands_first_with_the_words_they_share(session: Session) -> None:
    made = past("18/TB-SNV", line(text="chua co PHIEU XIN LOI va hen lai"), line("AP", text="Không rõ"))
    found = mapping.suggest(made, entered.open_lines(made), factory.forms.whole_latest_version())
    first, second = found.values()
    assert first[0].key == "MC-05" and len(first) <= mapping.BEST
    assert first[0].reason == "Cùng có: “phiếu xin lỗi và hẹn lại”"
    assert second == []


def test_what_every_title_says_suggests_nothing_and_the_paper_itself_counts(session: Session) -> None:
    version = factory.forms.whole_latest_version()
    titles = {c.key: c.title for group in version.groups for c in group.criteria}
    made = past("18/TB-SNV", line(text=titles["MC-06"]), note=titles["MC-05"])
    (keys,) = suggested(made)
    assert keys[0] == "MC-06" and "MC-05" in keys, "the line counts more than the paper"


def test_what_a_title_writes_short_is_found_in_full(session: Session) -> None:
    made = past("18/TB-SNV", line(text="Niêm yết thủ tục hành chính đã bãi bỏ"))
    found = mapping.suggest(made, entered.open_lines(made), factory.forms.whole_latest_version())
    (best, *_) = next(iter(found.values()))
    assert (best.key, best.words) == ("KS-02", ("niêm yết thủ tục hành chính đã bãi bỏ",))


# --- the page --------------------------------------------------------------------------------------------


def test_a_person_ticks_what_is_suggested_and_it_applies(client: Browser, session: Session) -> None:
    made = past("18/TB-SNV", line(), line("AP"))
    session.commit()
    assert is_free()
    client.sign_in(cast.CLERK).get(f"/register/conclusions/{made.id}")
    client.get(client.page.select_one("a[href$='/contents']")["href"])
    assert "Cùng có: “phiếu xin lỗi và hẹn lại" in client.text
    client.submit(
        "main form[method=post]",
        {name(made, 0, "picked"): ["MC-05"], name(made, 0, "criteria"): "mc-06",
         name(made, 0, "ends_on"): "31/3/2026"},
    )  # fmt: skip
    client.follow()
    assert "Đã gắn 02 nội dung; 02 phần được áp dụng, không đánh giá lại." in client.text
    session.expire_all()
    assert not made.record_only and not is_free() and is_free("AP") and is_free(first=date(2026, 4, 1))
    found = {(row.criterion_key, row.ends_on, row.result) for row in made.coverage}
    assert found == {(key, date(2026, 4, 1), "not_met") for key in ("MC-05", "MC-06")}
    event = session.scalars(sa.select(Event).where(Event.name == "conclusion_mapped")).one()
    assert event.actor_id == cast.person(cast.CLERK).id
    assert "Gắn kết luận với nội dung của phiếu kiểm tra" in client.text
    assert [item.unit_name for item in entered.open_lines(made)] == ["UBND xã An Phước"]


def test_a_mistake_is_told_at_its_line_and_what_was_typed_stays(client: Browser, session: Session) -> None:
    made = past("18/TB-SNV", line(), line("AP"))
    session.commit()
    client.sign_in(cast.PLANNER).get(address(made))
    for values, status, told in (
        ({}, 422, mapping.NOTHING_CHOSEN),
        ({name(made, 1, "criteria"): "MC-99"}, 422, "Không có tiêu chí “MC-99” trong phiếu kiểm tra."),
        ({name(made, 0, "starts_on"): "30/02/2026"}, 422, "Không có ngày 30/02/2026 trong lịch."),
        ({name(made, 0, "starts_on"): "01/7/2026"}, 422, "trước ngày bắt đầu"),
        ({name(made, 0, "criteria"): "TC", name(made, 0, "ends_on"): "01/9/2026"}, 422, "sau ngày văn bản"),
        ({name(made, 0, "criteria"): "TC", name(made, 0, "starts_on"): "01/01/2020",
          name(made, 0, "ends_on"): "31/12/2020"}, 422, "không hoạt động trong thời kỳ đã chọn"),
    ):  # fmt: skip
        client.get(address(made))
        client.submit("main form[method=post]", values, expect=status)
        assert told in client.text
        for field, value in values.items():
            assert client.page.select_one(f"input[name='{field}']")["value"] == value
    assert session.scalar(sa.select(sa.func.count()).select_from(Coverage)) == 0


def test_who_comes_second_is_told(client: Browser, session: Session) -> None:
    made = past("18/TB-SNV", line())
    session.commit()
    client.sign_in(cast.PLANNER).get(address(made))
    taken = pick(made, "MC-05")
    confirm(made, taken)
    session.commit()
    with pytest.raises(Conflict, match="đã được gắn"):
        confirm(made, taken)
    client.get(f"/register/conclusions/{made.id}")
    assert not client.page.select("a[href$='/contents']"), "nothing is left to map"


@pytest.mark.parametrize(("part", "status"), [(cast.LEADER, 403), (cast.OBSERVER, 404), (cast.HEAD, 404)])
def test_only_the_planner_and_the_clerk_map(
    client: Browser, session: Session, part: str, status: int
) -> None:
    made = past("18/TB-SNV", line())
    session.commit()
    client.sign_in(part).get(address(made), expect=status)
    with pytest.raises(Forbidden):
        confirm(made, by=part)


# --- what becomes of it ----------------------------------------------------------------------------------


def test_what_was_recorded_with_its_criteria_applies_with_a_confirmation(
    client: Browser, session: Session
) -> None:
    made = past("18/TB-SNV", line(keys=("MC-05",)))
    session.commit()
    client.sign_in(cast.CLERK).get(address(made))
    assert "Đã gắn 01 nội dung." in client.text
    client.submit("main form[method=post]", {})
    client.follow()
    assert "Đã gắn 00 nội dung; 01 phần được áp dụng, không đánh giá lại." in client.text
    session.expire_all()
    assert not is_free()
    with pytest.raises(DomainError, match="Chọn ít nhất một nội dung"):
        confirm(made)


def test_one_that_applies_already_takes_what_was_left_open_and_covers_nothing_twice(session: Session) -> None:
    made = past("18/TB-SNV", line(text="", keys=("MC-05",)), line(), record_only=False)
    found = confirm(made, pick(made, "MC-05", "MC-06", first=date(2026, 2, 1)))
    assert (found.boxes, found.applied) == (1, 1)
    covered = {(row.criterion_key, row.starts_on) for row in made.coverage}
    assert covered == {("MC-05", FIRST)}
    session.refresh(made)
    assert {(row.criterion_key, row.starts_on) for row in made.coverage} == {
        ("MC-05", FIRST), ("MC-06", date(2026, 2, 1)),
    }  # fmt: skip


def test_levels_stay_in_order_and_only_what_is_free_is_claimed(session: Session) -> None:
    """A province has concluded MC-05 and a team holds MC-06: the notice covers both, claims neither."""
    factory.concluded(
        [(factory.box("LP", "MC-05", FIRST, LAST), "MC-05")],
        "05/KL-TTr",
        body="Thanh tra tỉnh",
        level=Level.PROVINCE,
    )
    factory.held([factory.box("LP", "MC-06", FIRST, LAST)])
    made = past("18/TB-SNV", line())
    found = confirm(made, pick(made, "MC-05", "MC-06", "MC-07"))
    assert (found.boxes, found.applied) == (3, 1)
    claims = session.scalars(sa.select(Claim).where(Claim.conclusion_id == made.id)).all()
    assert [claim.content_id for claim in claims] == [factory.content("MC-07").id]


def test_what_a_paper_says_of_two_years_is_mapped_for_each(session: Session) -> None:
    """One year mapped, the other waits for somebody."""
    half = date(2026, 4, 1)
    unit = cast.unit("LP")
    made = past(
        "18/TB-SNV",
        entry.Said(unit, (), FIRST, half, "not_met", WORDS),
        entry.Said(unit, (), half, END, "not_met", WORDS),
    )
    confirm(made, pick(made, "MC-05", end=half))
    assert [(line.starts_on, line.ends_on) for line in entered.open_lines(made)] == [(half, END)]
    confirm(made, pick(made, "MC-05", first=half))
    assert entered.open_lines(made) == []


def test_voiding_it_gives_the_content_back(session: Session) -> None:
    made = past("18/TB-SNV", line())
    confirm(made, pick(made, "MC-05"))
    assert entry.void(made, "Ghi nhầm năm", actor=cast.actor(cast.CLERK)) == 1
    assert is_free()
    with pytest.raises(WrongState, match="không còn hiệu lực"):
        confirm(made)


def test_a_line_is_refused_where_it_stands(session: Session) -> None:
    made = past("18/TB-SNV", line(), line("AP"))
    wrong = pick(made, "MC-05", place=1, first=END, end=FIRST)
    with pytest.raises(PickRefused, match="Ngày kết thúc trước ngày bắt đầu") as refused:
        confirm(made, pick(made, "MC-05"), wrong)
    assert (refused.value.line_id, refused.value.field) == (wrong.line_id, "ends_on")
    assert session.scalar(sa.select(sa.func.count()).select_from(ConclusionLine)) == 2


def test_the_page_of_another_bodys_conclusion_that_applies_offers_no_mapping(
    client: Browser, session: Session
) -> None:
    enter(client)
    client.follow()
    assert not client.page.select("a[href$='/contents']")
