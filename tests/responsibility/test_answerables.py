"""Who answers for a concluded finding: post first, the name apart, what was recommended and decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit.models import Event
from app.errors import Conflict, DomainError, Forbidden, NotFound, Stale, WrongState
from app.findings import services as findings
from app.findings.models import Finding
from app.inspections.models import InspectedUnitState
from app.responsibility import queries, services
from app.responsibility.models import Answerable, AnswerableName, Answers, Measure, Stand
from app.web.paging import parse_cursor
from tests import cast
from tests.factories import remediation
from tests.factories import responsibility as made
from tests.factories.responsibility import COLLECTIVE, DECISION, NAME, PERSON
from tests.queries import count_queries

FOLLOWER, CHECKER, LEADER = cast.FOLLOWER, cast.CONTENT_CHECKER, cast.LEADER
TODAY = date(2026, 9, 23)


def events(session: Session, name: str) -> list[Event]:
    return list(session.scalars(sa.select(Event).where(Event.name == name)))


def test_who_answers_waits_for_a_decision_until_its_day_and_is_late_after(session: Session) -> None:
    one = made.answerable(made.a_finding())
    assert one.who == "Công chức tiếp nhận hồ sơ đất đai, Bộ phận Một cửa"
    assert [one.stand(day) for day in (date(2026, 9, 30), date(2026, 10, 1))] == [Stand.WAITING, Stand.LATE]
    services.decide(one, DECISION, actor=cast.actor(FOLLOWER))
    session.commit()
    assert one.stand(date(2026, 10, 1)) is Stand.ANSWERED
    [told] = events(session, "answerable_decided")
    assert told.data["reference"] == "12/QĐ-UBND ngày 15/9/2026, Chủ tịch UBND xã Long Phước"
    assert made.answerable(one.finding, replace(COLLECTIVE, recommended=None, competent_body="", due_on=None)
                           ).stand(TODAY) is Stand.NOT_ASKED  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"collective": " x "}, "collective"),
        ({"post": ""}, "post"),
        ({"name": "X"}, "name"),
        ({"kind": Answers.COLLECTIVE}, "post"),
        ({"kind": Answers.COLLECTIVE, "post": ""}, "name"),
        ({"recommended": None}, "recommended"),
        ({"recommended": Measure.NONE}, "recommended"),
        ({"competent_body": ""}, "competent_body"),
        ({"asked_on": None}, "asked_on"),
        ({"asked_on": date(2026, 9, 24)}, "asked_on"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 8, 11)}, "due_on"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    session: Session, change: dict[str, object], field: str
) -> None:
    finding = made.a_finding()
    with pytest.raises(DomainError) as refused:
        services.add(finding, replace(PERSON, **change), actor=cast.actor(FOLLOWER))  # type: ignore[arg-type]
    assert refused.value.field == field
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Answerable)) == 0


def test_a_collective_is_not_moved(session: Session) -> None:
    moved = replace(COLLECTIVE, recommended=Measure.TRANSFER)
    finding = made.a_finding()
    with pytest.raises(DomainError) as refused:
        services.add(finding, moved, actor=cast.actor(FOLLOWER))
    assert refused.value.field == "recommended"
    one = made.answerable(finding, COLLECTIVE)
    with pytest.raises(DomainError) as refused:
        services.decide(one, replace(DECISION, decided=Measure.TRANSFER), actor=cast.actor(FOLLOWER))
    assert refused.value.field == "decided"


def test_only_what_was_concluded_has_somebody_who_answers_once(session: Session) -> None:
    [task] = remediation.issued()
    with pytest.raises(WrongState, match="đã kết luận"):
        services.add(task.findings[0], PERSON, actor=cast.actor(FOLLOWER))
    finding = made.concluded(task)
    made.answerable(finding)
    with pytest.raises(Conflict, match="ghi thêm phần việc"):
        services.add(finding, PERSON, actor=cast.actor(FOLLOWER))
    made.answerable(finding, replace(PERSON, post="Công chức tiếp nhận hồ sơ xây dựng"))
    assert len(queries.list_of([finding.id])) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": ""}, "body"),
        ({"reference": "quyết định"}, "reference"),
        ({"decided_on": date(2026, 8, 11)}, "decided_on"),
        ({"decided_on": date(2026, 9, 24)}, "decided_on"),
        ({"decided": Measure.NONE, "note": ""}, "note"),
    ],
)
def test_a_decision_carries_its_body_number_and_day(
    session: Session, change: dict[str, object], field: str
) -> None:
    one = made.answerable(made.a_finding())
    with pytest.raises(DomainError) as refused:
        services.decide(one, replace(DECISION, **change), actor=cast.actor(FOLLOWER))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_what_was_decided_keeps_who_answers_and_may_be_corrected_itself(session: Session) -> None:
    one = made.answerable(made.a_finding())
    services.decide(one, DECISION, actor=cast.actor(FOLLOWER), version=one.version)
    session.commit()
    for act in (
        lambda: services.change(one, COLLECTIVE, actor=cast.actor(FOLLOWER)),
        lambda: services.remove(one, actor=cast.actor(FOLLOWER)),
    ):
        with pytest.raises(WrongState):
            act()
    right = replace(DECISION, decided=Measure.REVIEW, reference="13/QĐ-UBND")
    services.decide(one, right, actor=cast.actor(FOLLOWER))
    session.commit()
    assert (one.decided, one.decided_reference) == (Measure.REVIEW, "13/QĐ-UBND")
    assert len(events(session, "answerable_decision_corrected")) == 1


def test_nothing_is_decided_about_whom_nothing_was_recommended(session: Session) -> None:
    quiet = replace(PERSON, recommended=None, competent_body="", due_on=None)
    one = made.answerable(made.a_finding(), quiet)
    assert one.asked_on is None
    with pytest.raises(WrongState):
        services.decide(one, DECISION, actor=cast.actor(FOLLOWER))


def test_an_older_page_changes_nothing(session: Session) -> None:
    one = made.answerable(made.a_finding())
    version = one.version
    services.change(one, replace(PERSON, collective="Văn phòng"), actor=cast.actor(CHECKER), version=version)
    session.commit()
    for act in (
        lambda: services.change(one, PERSON, actor=cast.actor(FOLLOWER), version=version),
        lambda: services.decide(one, DECISION, actor=cast.actor(FOLLOWER), version=version),
        lambda: services.remove(one, actor=cast.actor(FOLLOWER), version=version),
    ):
        with pytest.raises(Stale, match="Lê Thị Mẫu"):
            act()
    assert one.collective == "Văn phòng"


# --- Names


def test_a_name_is_kept_apart_changed_and_forgotten(session: Session) -> None:
    one = made.answerable(made.a_finding())
    assert one.named

    def kept() -> list[str]:
        return list(session.scalars(sa.select(AnswerableName.name)))

    follower = cast.actor(FOLLOWER)
    services.change(one, replace(PERSON, name=""), actor=follower)
    assert kept() == [NAME] and one.named
    services.change(one, replace(PERSON, name="Trần Thị Giả Định"), actor=follower)
    assert kept() == ["Trần Thị Giả Định"]
    services.change(one, replace(PERSON, name="", forget_name=True), actor=follower)
    assert kept() == [] and not one.named
    services.change(one, PERSON, actor=follower)
    services.remove(one, actor=follower)
    session.commit()
    assert kept() == []
    assert all(NAME not in str(event.data) for event in session.scalars(sa.select(Event)))


def test_every_look_at_names_is_an_event_and_only_who_needs_them_looks(session: Session) -> None:
    one = made.answerable(made.a_finding())
    for part in (FOLLOWER, cast.PLANNER, cast.CLERK, cast.TEAM_LEADER, cast.HEAD, cast.ADMINISTRATOR):
        with pytest.raises(Forbidden):
            services.look_at_names(one.finding, actor=cast.actor(part))
    for part in (LEADER, CHECKER, LEADER):
        assert services.look_at_names(one.finding, actor=cast.actor(part)) == {one.id: NAME}
        session.commit()
    looks = events(session, "answerable_names_viewed")
    assert [look.actor_name for look in looks] == ["Trần Văn Thử", "Lê Thị Mẫu", "Trần Văn Thử"]


# --- Rights, and what stands below


def test_units_and_others_learn_nothing_of_it(session: Session) -> None:
    one = made.answerable(made.a_finding())
    for part in (cast.HEAD, cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.OUTSIDER):
        with pytest.raises(NotFound):
            queries.get_finding(cast.actor(part), one.finding_id)
        with pytest.raises(NotFound):
            queries.get_answerable(cast.actor(part), one.id)
    for part in (cast.PLANNER, LEADER, cast.CLERK):
        with pytest.raises(Forbidden):
            services.add(one.finding, COLLECTIVE, actor=cast.actor(part))


def test_what_is_no_key_is_not_found(session: Session) -> None:
    actor = cast.actor(FOLLOWER)
    for get in (queries.get_finding, queries.get_answerable, queries.get_referral):
        with pytest.raises(NotFound):
            get(actor, 987654)
    [task] = remediation.issued()
    with pytest.raises(NotFound):  # agreed in the team, not concluded
        queries.get_finding(actor, task.findings[0].id)


def test_a_case_whose_paper_left_is_not_reconsidered(session: Session) -> None:
    finding = made.passed_on()
    made.referred(finding)
    finding.inspected_unit.state = InspectedUnitState.ENDED
    with pytest.raises(Conflict, match="đã chuyển Thanh tra thành phố bằng văn bản 81/SNV-CCHC"):
        findings.reconsider(finding, actor=cast.actor(cast.TEAM_LEADER))
    assert session.get_one(Finding, finding.id).passed_to == "Thanh tra thành phố"
    assert services.sent(finding) is not None and services.sent(made.a_finding(cast.AN_PHUOC)) is None


# --- The list


def rows(**filters: object) -> list[queries.Row]:
    return list(queries.list_rows(queries.Filters(**filters), TODAY))  # type: ignore[arg-type]


def test_the_list_tells_each_that_answers_and_what_has_nobody_yet(session: Session) -> None:
    first, second = made.a_finding(), made.a_finding(cast.AN_PHUOC)
    late = made.answerable(first, replace(PERSON, due_on=date(2026, 9, 22)))
    waits = made.answerable(first, COLLECTIVE)
    done = made.answerable(first, replace(PERSON, post="Phó Chủ tịch UBND xã"))
    services.decide(done, DECISION, actor=cast.actor(FOLLOWER))
    session.commit()
    assert [row.finding_id for row in rows()] == [second.id, first.id, first.id, first.id]
    assert [row.finding_id for row in rows(state="unset")] == [second.id]
    for state, one in (("late", late), ("waiting", waits), ("answered", done)):
        assert [row.answerable for row in rows(state=state)] == [one], state
    assert rows(state="not_asked") == []
    assert [row.unit for row in rows(unit_id=cast.unit(cast.AN_PHUOC).id)] == ["UBND xã An Phước"]
    assert [row.answerable for row in rows(kind=Answers.COLLECTIVE)] == [waits]
    assert [row.answerable for row in rows(measure=Measure.LEARN)] == [done, waits]
    assert rows(text="an phuoc") and not rows(text="khong co")
    told = queries.figures(TODAY)
    assert (told.unset, told.waiting, told.late, told.answered) == (1, 1, 1, 1)
    assert (told.collectives, told.collectives_done, told.persons, told.persons_done) == (1, 0, 2, 1)
    notice = rows(state="late")[0].notice
    assert notice is not None and notice.symbol == "TB-SNV"


def test_pages_follow_one_another_without_a_gap(session: Session) -> None:
    finding = made.a_finding()
    for number in range(5):
        made.answerable(finding, replace(PERSON, post=f"Phần việc {number}"))
    seen: list[int] = []
    page = queries.list_rows(queries.Filters(), TODAY, size=2)
    while True:
        seen += [row.answerable.id for row in page if row.answerable]
        if page.next_cursor is None:
            break
        page = queries.list_rows(queries.Filters(), TODAY, parse_cursor(page.next_cursor, int, int), size=2)
    assert seen == sorted(seen, reverse=True) and len(seen) == 5
    before = queries.list_rows(queries.Filters(), TODAY, parse_cursor(page.previous_cursor, int, int), size=2)
    assert [row.answerable.id for row in before if row.answerable] == seen[2:4]


def test_a_longer_list_asks_no_more_of_the_database(session: Session) -> None:
    def asked() -> int:
        session.expire_all()
        with count_queries(session) as sent:
            for row in queries.list_rows(queries.Filters(), TODAY):
                assert row.answerable is None or row.answerable.who
        return len(sent)

    finding = made.a_finding()
    made.answerable(finding)
    few = asked()
    for number in range(8):
        made.answerable(finding, replace(PERSON, post=f"Phần việc {number}"))
    made.answerable(made.a_finding(cast.AN_PHUOC))
    assert asked() == few <= 2
    with count_queries(session) as sent:
        queries.figures(TODAY)
    assert len(sent) == 1
    assert clock.today() == TODAY
