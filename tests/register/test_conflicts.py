"""Another body's conclusion or a higher body's claim over what a team holds: told, never concluded twice."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import Event, EventSubject
from app.errors import Conflict, constraint_of
from app.inspections.models import ScopeItem
from app.register import conflicts, entry, mapping, queries, reserved, services, wording
from app.register.boxes import Box
from app.register.entry import Entry, Said
from app.register.mapping import Pick
from app.register.models import (
    Claim,
    Conclusion,
    ConclusionState,
    Level,
    Mandate,
    MandateKind,
)
from app.register.review import Wanted
from app.register.services import ClaimRefused, ClaimWanted
from tests import cast
from tests.conftest import Browser
from tests.factories import register as factory
from tests.queries import count_queries
from tests.register import reopenings

FIRST, MARCH, LAST = date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30)
INSPECTORATE = "Thanh tra tỉnh"
CLAIM = Claim.__table__


def mc(number: int, first: date = FIRST, last: date = LAST, unit: str = cast.LONG_PHUOC) -> Box:
    return factory.box(unit, f"MC-{number:02d}", first, last)


@pytest.fixture
def team(session: Session) -> tuple[Mandate, list[ScopeItem]]:
    """Our team holds MC-05 and MC-06 of Long Phước from January to June."""
    return factory.claimed_scope(cast.LONG_PHUOC, ["MC-05", "MC-06"], FIRST, LAST)


def concluded_elsewhere(level: int = Level.PROVINCE, *, record_only: bool = False) -> Conclusion:
    """The inspectorate concluded MC-05 until March."""
    return factory.concluded(
        [(mc(5, FIRST, MARCH), "MC-05")], "05/KL-TTr", on=date(2026, 9, 2), body=INSPECTORATE, level=level,
        record_only=record_only,
    )  # fmt: skip


def went_over(level: int = Level.PROVINCE) -> Mandate:
    """A higher team takes MC-05 until March, with its reason."""
    higher = factory.mandate("30/QĐ-TTr", level=level, body=INSPECTORATE)
    wanted = ClaimWanted(None, mc(5, FIRST, MARCH), override_reason="Có đơn tố cáo")
    services.claim(higher, [wanted], actor=None)
    return higher


def conclude(team: tuple[Mandate, list[ScopeItem]], number: str = "45/TB-SNV") -> int:
    holder, items = team
    made = factory.conclusion(number, under=holder)
    return services.conclude(factory.decided(items, ["MC-05", "MC-06"]), made, actor=None)


@pytest.mark.parametrize("level", [Level.DEPARTMENT, Level.PROVINCE])
def test_a_conclusion_of_the_same_or_a_higher_level_is_a_conflict_of_exactly_its_piece(
    team: tuple[Mandate, list[ScopeItem]], level: int
) -> None:
    concluded_elsewhere(level)
    (one,) = conflicts.list_of(team[0])
    assert (one.scope_item_id, one.box) == (team[1][0].id, mc(5, FIRST, MARCH))
    assert conflicts.told(one.cited) == "Kết luận số 05/KL-TTr ngày 02/9/2026 của Thanh tra tỉnh"
    with pytest.raises(Conflict) as refused:
        conclude(team)
    assert refused.value.message.startswith("Có 01 nội dung trùng với Kết luận số 05/KL-TTr ngày 02/9/2026")
    assert "Đình chỉ một phần" in refused.value.message, "the way out"


def test_what_a_subordinate_concluded_only_warns_its_superior(team: tuple[Mandate, list[ScopeItem]]) -> None:
    factory.concluded([(mc(5), "MC-05")], "07/TB-UBND", body="UBND xã Long Phước", level=Level.COMMUNE)
    assert conflicts.list_of(team[0]) == ()
    assert conclude(team) == 2


def test_a_subordinates_own_conclusion_on_its_part_asks_the_superior_for_a_reason_and_no_more(
    session: Session,
) -> None:
    part = factory.box(cast.CULTURE, "MC-05", FIRST, LAST)
    factory.concluded([(part, "MC-05")], "07/TB-UBND", body="UBND xã Long Phước", level=Level.COMMUNE)
    (whole,) = queries.review([Wanted("x", mc(5))], level=Level.DEPARTMENT).items
    assert whole.is_free and [near.citation for near in whole.near] == ["07/TB-UBND"]
    (same,) = queries.review([Wanted("x", part)], level=Level.DEPARTMENT).items
    assert same.is_free and [warned.citation for warned in same.warnings] == ["07/TB-UBND"]
    with pytest.raises(ClaimRefused, match="ghi rõ lý do"):
        services.claim(factory.mandate(), [ClaimWanted(None, mc(5))], actor=None)
    services.claim(factory.mandate(), [ClaimWanted(None, mc(5), "Có phản ánh mới")], actor=None)


def test_a_whole_and_its_part_answer_for_each_other_both_ways(session: Session) -> None:
    whole, part = mc(5), factory.box(cast.CULTURE, "MC-05", FIRST, LAST)
    for standing, asked in ((whole, part), (part, whole)):
        within = session.begin_nested()
        factory.concluded([(standing, "MC-05")])
        (item,) = queries.review([Wanted("x", asked)], level=Level.DEPARTMENT).items
        assert [near.citation for near in item.near] == ["45/TB-SNV"]
        with pytest.raises(ClaimRefused, match="thuộc cùng một cơ quan nên không kiểm tra lại"):
            services.claim(factory.mandate(), [ClaimWanted(None, asked)], actor=None)
        within.rollback()


def test_what_is_only_recorded_voided_or_recalled_is_no_conflict(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    concluded_elsewhere(record_only=True)
    assert conflicts.among([team[0].id]) == {}
    made = factory.concluded([(mc(6), "MC-06")], "06/KL-TTr", body=INSPECTORATE, level=Level.PROVINCE)
    assert list(conflicts.among([team[0].id])) == [team[0].id]
    made.state = ConclusionState.RECALLED
    session.flush()
    assert conflicts.find(team[0].id) == () and conclude(team) == 2


def test_what_the_teams_own_notice_decided_is_no_conflict(team: tuple[Mandate, list[ScopeItem]]) -> None:
    own = factory.conclusion("44/TB-SNV", under=team[0])
    services.cover(own, [(mc(5), "met", "MC-05")], actor=None)
    assert conflicts.list_of(team[0]) == ()
    assert conflicts.list_of(factory.mandate("121/QĐ-SNV")) == (), "nor is there one where nothing is held"


def test_what_was_reopened_for_the_case_is_no_conflict_with_the_old_notice(session: Session) -> None:
    old = factory.concluded([(reopenings.box(), "MC-05")])
    made = reopenings.opened(old)
    assert made.mandate is not None
    assert conflicts.among([made.mandate.id]) == {}
    other = factory.concluded(
        [(reopenings.box(), "MC-05")], "09/KL-TTr", body=INSPECTORATE, level=Level.PROVINCE
    )
    (one,) = conflicts.find(made.mandate.id)
    assert one.cited.conclusion_id == other.id


def test_conflicts_of_many_cases_are_asked_in_one_read_when_there_are_none(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    others = [factory.held([mc(number)], factory.mandate(f"{number}/QĐ-SNV")).id for number in range(7, 12)]
    with count_queries(session) as sent:
        assert conflicts.among([team[0].id, *others]) == {}
    assert len(sent) == 1
    assert conflicts.among([]) == {}
    concluded_elsewhere()
    with count_queries(session) as sent:
        assert list(conflicts.among([team[0].id, *others])) == [team[0].id]
    assert len(sent) <= 6


def test_a_claim_that_a_higher_body_went_over_is_given_back_or_cut_but_never_concluded(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, items = team
    went_over()
    (one,) = conflicts.list_of(holder)
    assert one.box == mc(5, FIRST, MARCH)
    assert conflicts.told(one.cited) == (
        "cuộc kiểm tra theo Quyết định số 30/QĐ-TTr ngày 03/9/2026 của Thanh tra tỉnh"
    )
    with pytest.raises(Conflict, match="30/QĐ-TTr"):
        conclude(team)
    ids = [item.id for item in items]
    assert services.fix_end(ids, date(2026, 6, 1), actor=None, mandate=holder) == 2
    assert services.release(ids[:1], "Cấp trên đang kiểm tra", actor=None, mandate=holder) == 1
    assert conflicts.list_of(holder) == ()
    session.commit()
    told = session.scalars(sa.select(Event).where(Event.name == "claims_overrun")).one()
    assert (told.data["count"], told.data["body"]) == ("01", INSPECTORATE)
    assert told.data["notice"] == "cuộc kiểm tra theo Quyết định số 30/QĐ-TTr ngày 03/9/2026"


def test_a_team_of_a_higher_body_without_a_decision_yet_is_told_by_its_body(
    team: tuple[Mandate, list[ScopeItem]],
) -> None:
    higher = factory.mandate("", level=Level.PROVINCE, body=INSPECTORATE)
    services.claim(higher, [ClaimWanted(None, mc(5), override_reason="Có đơn tố cáo")], actor=None)
    (one,) = conflicts.list_of(team[0])
    assert conflicts.told(one.cited) == "cuộc kiểm tra của Thanh tra tỉnh"


def test_a_reservation_that_a_higher_body_went_over_still_lapses(session: Session) -> None:
    planned = factory.mandate("")
    services.claim(planned, [ClaimWanted(None, mc(5))], actor=None, lapses_on=date(2026, 9, 30))
    went_over()
    assert reserved.end_lapsed(date(2026, 10, 1)) == 1


def test_the_database_refuses_to_conclude_below_a_higher_claim_and_nothing_else_there(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    went_over()
    row = sa.update(CLAIM).where(CLAIM.c.scope_item_id == team[1][0].id)
    own = factory.conclusion("45/TB-SNV", under=team[0])
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(row.values(conclusion_id=own.id))
    assert constraint_of(refused.value) == "claim_below_higher"
    session.execute(row.values(ends_on=date(2026, 3, 1)))
    session.execute(row.values(ended_at=clock.now(), ended_reason="Đình chỉ một phần"))


def test_a_notice_that_a_higher_body_went_over_may_still_be_recalled(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    assert conclude(team) == 2
    went_over()
    own = session.scalars(sa.select(Conclusion).where(Conclusion.number_and_symbol == "45/TB-SNV")).one()
    own.state = ConclusionState.RECALLED
    session.flush()
    session.execute(sa.update(CLAIM).where(CLAIM.c.conclusion_id == own.id).values(conclusion_id=None))
    assert [one.box for one in conflicts.list_of(team[0])] == [mc(5, FIRST, MARCH)]


def test_entering_a_conclusion_tells_the_cases_at_work_and_who_entered_it(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, items = team
    case = items[0].inspected_unit.inspection
    case.mandate = holder
    other = factory.held([mc(7)], factory.mandate("121/QĐ-SNV"))
    factory.held([mc(7, date(2026, 5, 1), LAST, cast.AN_PHUOC)], factory.mandate("122/QĐ-SNV"))
    session.flush()
    criteria = [factory.criterion(f"MC-{number:02d}") for number in (5, 7)]
    said = Said(cast.unit(cast.LONG_PHUOC), criteria, FIRST, date(2026, 4, 1))
    away = Said(cast.unit(cast.AN_PHUOC), criteria[:1], FIRST, LAST)
    entered = entry.record(
        Entry(
            kind=MandateKind.OTHER_BODY, body_name=INSPECTORATE, level=Level.PROVINCE,
            number_and_symbol="05/KL-TTr", concluded_on=date(2026, 9, 2), title="Kết luận thanh tra",
            lines=[said, away],
        ),
        actor=cast.actor(cast.CLERK),
    )  # fmt: skip
    session.commit()
    assert entered.overrun == (case.code, "121/QĐ-SNV ngày 03/9/2026")
    assert case.code in wording.overrun(entered.overrun) and wording.overrun(()) == ""
    events = session.scalars(sa.select(Event).where(Event.name == "claims_overrun").order_by(Event.seq)).all()
    assert [event.data["count"] for event in events] == ["01", "01"]
    seen = {(row.kind, row.object_id) for event in events for row in event.subjects}
    assert {("inspection", case.id), ("mandate", holder.id), ("mandate", other.id)} == seen, (
        "nothing is said on pages that others may read"
    )
    assert session.scalar(sa.select(sa.func.count()).where(EventSubject.kind == "conclusion")) > 0


def test_mapping_what_was_only_recorded_tells_the_cases_as_well(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    said = Said(cast.unit(cast.LONG_PHUOC), [], FIRST, date(2026, 4, 1), text="Phiếu xin lỗi")
    made = entry.record(
        Entry(
            kind=MandateKind.HISTORIC, body_name="Sở Nội vụ", level=Level.DEPARTMENT,
            number_and_symbol="08/TB-SNV", concluded_on=date(2026, 9, 2), title="Thông báo cũ", lines=[said],
        ),
        actor=cast.actor(cast.CLERK),
    )  # fmt: skip
    assert made.overrun == ()
    line = made.conclusion.lines[0]
    pick = Pick(line.id, ("MC-05",), FIRST, date(2026, 4, 1))
    assert mapping.confirm(made.conclusion, [pick], actor=cast.actor(cast.CLERK)).overrun == (
        "120/QĐ-SNV ngày 03/9/2026",
    )


def test_a_suspended_team_keeps_its_contents_is_told_so_and_concludes_nothing(
    session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    holder, _ = team
    holder.suspended_on = date(2026, 9, 21)
    session.flush()
    assert reserved.end_lapsed(date(2030, 1, 1)) == 0, "a firm claim never lapses"
    (item,) = queries.review([Wanted("x", mc(5))], level=Level.DEPARTMENT).items
    (refusal,) = item.refusals
    told = wording.refused(refusal, unit_name="UBND xã Long Phước", content="MC-05")
    assert "đang tạm dừng từ ngày 21/9/2026 nhưng vẫn giữ nội dung này" in told
    assert "đang tạm dừng từ ngày 21/9/2026" in wording.brief(refusal)
    with pytest.raises(Conflict, match="đang tạm dừng"):
        conclude(team)
    holder.suspended_on = None
    session.flush()
    assert conclude(team, "46/TB-SNV") == 2


def test_more_papers_than_three_are_counted(team: tuple[Mandate, list[ScopeItem]]) -> None:
    for month in range(1, 6):
        days = (date(2026, month, 1), date(2026, month, 20))
        factory.concluded(
            [(mc(5, *days), "MC-05")], f"{month}/KL-TTr", body=INSPECTORATE, level=Level.PROVINCE
        )
    with pytest.raises(Conflict, match="và 02 văn bản khác"):
        conclude(team)


def test_the_page_after_entering_or_mapping_says_which_cases_it_meets(
    client: Browser, session: Session, team: tuple[Mandate, list[ScopeItem]]
) -> None:
    session.commit()
    typed = {
        "kind": "other_body", "issuer_name": INSPECTORATE, "level": "30", "number": "05/KL-TTr",
        "issued_on": "04/9/2026", "subject": "Kết luận thanh tra công vụ", "starts_on": "01/01/2026",
        "ends_on": "31/3/2026", "result": "", "units": [str(cast.unit("LP").id)], "note": "",
        "criteria": ["MC-05"],
    }  # fmt: skip
    client.sign_in(cast.PLANNER).get("/register/conclusions/new")
    client.submit("main form[method=post]", typed)
    client.follow()
    assert "Trùng với nội dung đang kiểm tra theo 120/QĐ-SNV ngày 03/9/2026." in client.text
    past = typed | {"number": "08/KL-TTr", "effect": "recorded", "criteria": ["MC-06"]}
    client.get("/register/conclusions/new")
    client.submit("main form[method=post]", past)
    client.follow()
    assert "Trùng với" not in client.text
    client.get(client.page.select_one("a[href$='/contents']")["href"])
    client.submit("main form[method=post]", {})
    client.follow()
    assert "Trùng với nội dung đang kiểm tra theo 120/QĐ-SNV" in client.text
