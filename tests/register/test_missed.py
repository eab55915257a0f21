"""Missed findings: what a team of ours found to be met, and somebody later or higher did not."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app import clock
from app.register import entry, missed, services
from app.register.missed import Filters
from app.register.models import (
    Conclusion,
    ConclusionState,
    Level,
    Mandate,
    MandateKind,
)
from app.web.paging import parse_cursor
from tests import cast
from tests.conftest import ENGINE, Browser
from tests.factories import register as factory
from tests.queries import count_queries
from tests.register.reading import FIRST, LAST, group, rows

PAGE = "/register/missed"
KEYS = (int, int, int, int)
INSPECTORATE = "Thanh tra tỉnh Mẫu"


def ours(
    *keys: str, unit: str = "LP", number: str = "45/TB-SNV", on: date = date(2026, 8, 12),
    result: str = "met", under: Mandate | None = None,
) -> Conclusion:  # fmt: skip
    """A notice of ours about the first half of 2026."""
    made = factory.conclusion(number, on=on, under=under or factory.mandate(f"QĐ {number}"))
    services.cover(made, [(factory.box(unit, key, FIRST, LAST), result, key) for key in keys], actor=None)
    return made


def theirs(
    *keys: str, unit: str = "LP", number: str = "05/KL-TTr", on: date = date(2026, 9, 4),
    result: str = "not_met", level: Level = Level.PROVINCE, first: date = FIRST,
    last: date = LAST, field: str = "",
) -> Conclusion:  # fmt: skip
    """Another body's conclusion."""
    under = factory.mandate("", level=level, body=INSPECTORATE, kind=MandateKind.OTHER_BODY)
    made = factory.conclusion(number, on=on, under=under, body=INSPECTORATE, level=level)
    boxes = [(factory.box(unit, key, first, last, field=field), result, key) for key in keys]
    services.cover(made, boxes, actor=None)
    return made


def found(**filters: Any) -> list[tuple[str, str]]:
    return [(row.unit_name[8:], row.content[:5]) for row in missed.list_missed(Filters(**filters))]


def test_what_they_found_and_we_did_not_is_told_with_both_papers(client: Browser, session: Session) -> None:
    before, after = ours("MC-05", "MC-06"), theirs("MC-05", first=date(2026, 3, 1))
    session.commit()
    client.sign_in(cast.LEADER).get("/register")
    client.get(client.page.select_one(f"a[href='{PAGE}']")["href"])
    assert rows(client) == [
        "Nguyễn Văn Mẫu, Phó Giám đốc UBND xã Long Phước MC-05 – Phiếu xin lỗi và hẹn lại "
        "01/3/2026–30/6/2026 Thông báo số 45/TB-SNV ngày 12/8/2026 Kết luận số 05/KL-TTr ngày 04/9/2026 "
        f"của {INSPECTORATE} Chưa đạt"
    ]
    for made in (before, after):
        assert client.page.select(f"a[href='/register/conclusions/{made.id}']")
    assert "Nguyễn Văn Mẫu, Phó Giám đốc: 01 nội dung" in client.text


def test_only_what_came_later_or_stands_higher_and_is_worse_counts(session: Session) -> None:
    ours("MC-05", "MC-06", "MC-07", "MC-08", on=date(2026, 8, 12))
    ours("MC-09", number="46/TB-SNV", result="partly")
    theirs("MC-05", on=date(2026, 8, 11))
    theirs("MC-06", number="06/KL-TTr", on=date(2026, 8, 12), level=Level.DEPARTMENT)
    theirs("MC-07", number="07/KL-TTr", result="met")
    theirs("MC-08", number="08/KL-TTr", first=date(2026, 7, 1), last=date(2026, 8, 1))
    theirs("MC-09", "MC-10", number="09/KL-TTr")
    assert found() == []
    theirs("MC-06", number="10/KL-TTr", on=date(2026, 8, 12), result="partly")
    assert found() == [("Long Phước", "MC-06")]


def test_a_past_notice_counts_as_ours_and_says_when_no_leader_is_known(session: Session) -> None:
    under = factory.mandate("", kind=MandateKind.HISTORIC)
    under.leader_name = under.leader_title = ""
    ours("MC-05", under=under)
    theirs("MC-05")
    (row,) = missed.list_missed(Filters())
    assert row.leader == missed.NO_LEADER


def test_ours_counts_when_a_content_was_opened_again_for_it(session: Session) -> None:
    first = ours("MC-05")
    under = factory.mandate("125/QĐ-SNV")
    ours("MC-05", number="60/TB-SNV", on=date(2026, 9, 10), result="not_met", under=under)
    assert found() == []
    factory.granted(first, [factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST)]).mandate = under
    session.flush()
    assert found() == [("Long Phước", "MC-05")]


@pytest.mark.parametrize("voided", ["45/TB-SNV", "05/KL-TTr"])
def test_what_is_no_longer_in_force_does_not_count(session: Session, voided: str) -> None:
    made = {made.number_and_symbol: made for made in (ours("MC-05"), theirs("MC-05"))}[voided]
    assert found()
    if made.mandate.kind is MandateKind.OWN:
        made.state = ConclusionState.RECALLED
    else:
        entry.void(made, "Ghi nhầm năm", actor=cast.actor(cast.CLERK))
    session.flush()
    assert found() == []


def test_the_fields_that_both_looked_at_are_named(session: Session) -> None:
    key = next(
        criterion.key
        for item in factory.forms.whole_latest_version().groups
        for criterion in item.criteria
        if criterion.by_field and len(criterion.parts) == 1
    )
    ours(key)
    field = factory.forms.list_fields()[0]
    theirs(key, field=field.code)
    (row,) = missed.list_missed(Filters())
    assert row.content.endswith(f"(lĩnh vực {field.name})")


def test_the_report_is_filtered_and_a_bad_filter_is_told(client: Browser, session: Session) -> None:
    ours("MC-05", "TC-01")
    ours("MC-05", unit="AP", number="46/TB-SNV")
    theirs("MC-05", "TC-01")
    theirs("MC-05", unit="AP", number="06/KL-TTr")
    session.commit()
    client.sign_in(cast.PLANNER).get(PAGE)
    assert len(rows(client)) == 3 and "03 nội dung" in client.text
    client.get(f"{PAGE}?unit=an+phuoc")
    assert len(rows(client)) == 1 and "An Phước" in rows(client)[0]
    client.get(f"{PAGE}?group={group('TC')}&unit=LP")
    assert len(rows(client)) == 1 and "TC-01" in rows(client)[0]
    client.get(f"{PAGE}?group={group('TC')}&unit=AP")
    assert "Chưa có kết luận nào sau này khác với kết luận của cơ quan." in client.text
    for bad in ("?unit=khong-co", "?group=x"):
        client.get(PAGE + bad, expect=422)
        client.get(f"{PAGE}.xlsx{bad}", expect=422)
    client.get(f"{PAGE}?cursor=abc", expect=400)


def test_the_report_pages_both_ways_by_team_then_content_and_reads_the_same_for_many(
    session: Session,
) -> None:
    def reads() -> int:
        session.expire_all()
        with count_queries(session) as sent:
            missed.list_missed(Filters())
        return len(sent)

    keys = [f"MC-{number:02d}" for number in range(1, 8)]
    ours(keys[0])
    theirs(keys[0])
    few = reads()
    ours(*keys[1:], number="46/TB-SNV")
    ours(*keys, number="47/TB-SNV", unit="AP")
    theirs(*keys[1:], number="06/KL-TTr")
    theirs(*keys, number="07/KL-TTr", unit="AP")
    whole = missed.list_missed(Filters()).items
    assert [row.unit_name[8:] for row in whole] == ["An Phước"] * 7 + ["Long Phước"] * 7
    assert [row.content[:5] for row in whole[:7]] == keys
    assert missed.count_missed(Filters()) == 14
    assert reads() - few <= 1, "one more unit has its names read with the others"
    seen, cursor = [], None
    while True:
        page = missed.list_missed(Filters(), cursor, size=4)
        seen += page.items
        if page.next_cursor is None:
            break
        cursor = parse_cursor(page.next_cursor, *KEYS)
    assert seen == whole
    back = missed.list_missed(Filters(), parse_cursor(page.previous_cursor, *KEYS), size=4)
    assert back.items == whole[8:12]
    assert [(team.leader, team.missed) for team in missed.list_teams(Filters())] == [
        ("Nguyễn Văn Mẫu, Phó Giám đốc", 14)
    ]


if ENGINE == "sqlite":

    def test_coverage_is_reached_by_its_indexes(session: Session) -> None:
        query = missed._pairs(sa.select(missed._OURS.id), Filters())
        text = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        steps = [
            row.detail for row in session.execute(sa.text("EXPLAIN QUERY PLAN " + text.replace(":", r"\:")))
        ]
        assert any("ours USING INDEX ix_coverage_box" in step for step in steps), steps
        assert not any(step.startswith(("SCAN ours", "SCAN theirs")) for step in steps), steps


def test_the_sheet_has_the_same_rows(client: Browser, session: Session) -> None:
    ours("MC-05", "MC-06")
    theirs("MC-05", "MC-06", result="partly")
    session.commit()
    client.sign_in(cast.PLANNER).get(PAGE)
    client.get(client.page.select_one("a[href*='.xlsx']")["href"])
    sheet: Any = load_workbook(io.BytesIO(client.response.data)).active
    assert sheet.cell(3, 1).value == missed.SHEET_TITLE
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7, max_row=8)]
    assert [line[:3] for line in values] == [
        [1, "Nguyễn Văn Mẫu, Phó Giám đốc", "UBND xã Long Phước"],
        [2, "Nguyễn Văn Mẫu, Phó Giám đốc", "UBND xã Long Phước"],
    ]
    assert values[1][3].startswith("MC-06 – ") and values[1][7] == "Đạt một phần"
    assert values[0][4:7] == [
        "01/01/2026–30/6/2026", "Thông báo số 45/TB-SNV ngày 12/8/2026",
        f"Kết luận số 05/KL-TTr ngày 04/9/2026 của {INSPECTORATE}",
    ]  # fmt: skip


def test_a_sheet_that_is_full_says_what_it_leaves_out(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours("MC-05", "MC-06", "MC-07")
    theirs("MC-05", "MC-06", "MC-07")
    session.commit()
    monkeypatch.setattr(missed, "MOST_EXPORTED", 2)
    client.sign_in(cast.PLANNER).get(f"{PAGE}.xlsx")
    sheet: Any = load_workbook(io.BytesIO(client.response.data)).active
    assert any("Chỉ xuất 2 nội dung đầu; còn 1 nội dung." in str(row[0].value) for row in sheet.iter_rows())
    assert missed.workbook([], office="", parent="", at=clock.now())


@pytest.mark.parametrize("part", [cast.OBSERVER, cast.HEAD])
def test_the_report_is_the_offices(client: Browser, part: str) -> None:
    client.sign_in(part).get(PAGE, expect=403)
    client.get(f"{PAGE}.xlsx", expect=403)
