"""Four acts of a leader, each with a day of answer; the answers; and how both show when nobody answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.audit import queries as audit
from app.deadlines.badge import DeadlineKind
from app.errors import Conflict, DomainError, Forbidden, NotFound, Stale, WrongState
from app.followup import figures, queries
from app.followup import services as table
from app.followup.filters import Filters
from app.home import unit as unit_home
from app.remediation import queries as remediation
from app.remediation import services
from app.remediation.models import Directive, DirectiveKind, Task
from app.remediation.values import DirectiveAnswer, DirectiveValues, Upload
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import remediation as made
from tests.queries import count_queries

K = DirectiveKind
TODAY, BY = date(2026, 9, 23), date(2026, 9, 25)
ANSWER = DirectiveAnswer("Đã giao Văn phòng xử lý")


def asked(
    task: Task, kind: K = K.URGE, *, by: str = cast.LEADER, due: date = BY, **changes: object
) -> Directive:
    values = DirectiveValues(kind, "Khẩn trương thực hiện", due, **changes)  # type: ignore[arg-type]
    return services.direct(task, values, actor=cast.actor(by))


def later(days: int) -> object:
    return clock.frozen(NOON + timedelta(days))


def late_lines() -> list[int]:
    return [line.id for line in queries.table(cast.actor(cast.LEADER), Filters(state="not_answered"))]


def test_urging_counts_and_asks_the_unit_for_an_answer(session: Session) -> None:
    task = made.issued()[0]
    directive = asked(task)
    assert (task.urged_count, task.last_urged_on) == (1, TODAY)
    assert (directive.who, directive.answer_due_on) == ("UBND xã Long Phước", BY)
    asked_of = remediation.asked_of_units([task.lead_unit_id])
    assert session.scalars(sa.select(Directive.id).join(Task).where(asked_of)).all() == [directive.id]
    session.commit()
    assert next(iter(audit.list_events(task, limit=1))).name == "task_directed"


def test_extending_goes_through_the_rules_of_extensions(session: Session) -> None:
    task = made.issued()[0]
    head = cast.person(cast.HEAD).id
    asked(task, K.EXTEND, new_due_on=date(2026, 10, 9), requested_by=head)
    assert (task.due_on, task.original_due_on) == (date(2026, 10, 9), date(2026, 9, 30))
    assert [(e.requested_by, e.decided_by) for e in task.extensions] == [(head, cast.person(cast.LEADER).id)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"requested_by": cast.LEADER, "new_due_on": date(2026, 10, 9)}, "decided_by"),
        ({"requested_by": cast.HEAD, "new_due_on": date(2026, 9, 30)}, "new_due_on"),
        ({"requested_by": cast.HEAD, "new_due_on": date(2027, 9, 30)}, "new_due_on"),
        ({"requested_by": cast.HEAD}, "new_due_on"),
        ({"new_due_on": date(2026, 10, 9)}, "requested_by"),
    ],
)
def test_who_asks_for_time_does_not_give_it_and_the_limits_stay(
    session: Session, changes: dict[str, object], field: str
) -> None:
    task = made.issued()[0]
    if "requested_by" in changes:
        changes = {**changes, "requested_by": cast.person(str(changes["requested_by"])).id}
    with pytest.raises(DomainError) as refused:
        asked(task, K.EXTEND, **changes)
    assert refused.value.field == field
    assert task.extensions == []


def test_a_follower_urges_but_does_not_give_time(session: Session) -> None:
    task = made.issued()[0]
    asked(task, by=cast.FOLLOWER)
    with pytest.raises(Forbidden, match="quyết định gia hạn"):
        asked(
            task, K.EXTEND, by=cast.FOLLOWER, new_due_on=date(2026, 10, 9),
            requested_by=cast.person(cast.HEAD).id,
        )  # fmt: skip


def to_answer(who: str) -> list[Directive]:
    return remediation.list_questions(cast.actor(who), clock.today())[0]


def test_who_is_given_the_task_answers_and_nobody_else(session: Session) -> None:
    task = made.issued()[0]
    checker = cast.person(cast.CONTENT_CHECKER)
    directive = asked(task, K.REASSIGN, follower_id=checker.id)
    assert (task.follower_id, directive.who) == (checker.id, checker.name)
    assert [row.id for row in to_answer(cast.CONTENT_CHECKER)] == [directive.id]
    for part in (cast.FOLLOWER, cast.CLERK, cast.HEAD):
        with pytest.raises(Forbidden):
            services.answer(directive, ANSWER, actor=cast.actor(part))
    with pytest.raises(NotFound):
        remediation.get_directive(cast.actor(cast.HEAD), directive.id)
    services.answer(directive, ANSWER, actor=cast.actor(cast.CONTENT_CHECKER))
    assert to_answer(cast.CONTENT_CHECKER) == []


def test_what_was_given_to_somebody_else_again_waits_for_nobody_before(session: Session) -> None:
    task = made.issued()[0]
    checker, planner = cast.person(cast.CONTENT_CHECKER), cast.person(cast.PLANNER)
    asked(task, K.REASSIGN, follower_id=checker.id)
    with later(5):
        assert late_lines() == [task.id]
        asked(task, K.REASSIGN, follower_id=planner.id, due=BY + timedelta(30))
        assert (to_answer(cast.CONTENT_CHECKER), late_lines()) == ([], [])


def test_evidence_is_a_paper_or_a_file(session: Session) -> None:
    task = made.issued(kind=DeadlineKind.CONTINUING)[0]
    directive = asked(task, K.EVIDENCE)
    head = cast.actor(cast.HEAD)
    with pytest.raises(DomainError, match="minh chứng") as refused:
        services.answer(directive, ANSWER, actor=head)
    assert refused.value.field == "reference"
    services.answer(
        directive, DirectiveAnswer("Gửi ảnh niêm yết", files=(Upload("anh.pdf", made.PDF),)), actor=head
    )
    assert [stored.name for stored in directive.files] == ["anh.pdf"]


def test_the_office_answers_from_the_units_paper_and_it_is_marked_so(session: Session) -> None:
    directive = asked(made.issued()[0], K.EVIDENCE)
    values = DirectiveAnswer("Theo công văn của xã", "40/UBND-VP", date(2026, 9, 22))
    services.answer(directive, values, actor=cast.actor(cast.CLERK))
    session.commit()
    assert directive.on_behalf
    assert next(iter(audit.list_events(directive.task, limit=1))).on_behalf_of == "UBND xã Long Phước"


@pytest.mark.parametrize("part", [cast.OTHER_HEAD, cast.OBSERVER, cast.PLANNER, cast.OUTSIDER])
def test_nobody_else_asks_or_answers(session: Session, part: str) -> None:
    task = made.issued()[0]
    directive = asked(task)
    with pytest.raises(Forbidden):
        services.answer(directive, ANSWER, actor=cast.actor(part))
    with pytest.raises(Forbidden):
        asked(task, K.EVIDENCE, by=part)


def test_a_late_answer_is_counted_shown_and_still_taken(session: Session) -> None:
    task = made.issued()[0]
    directive = asked(task)
    leader = cast.actor(cast.LEADER)
    assert (late_lines(), figures.figures(leader, Filters()).not_answered) == ([], 0)
    with later(5):
        assert late_lines() == [task.id]
        assert figures.figures(leader, Filters()).not_answered == 1
        assert [row.id for row in remediation.list_questions(leader, clock.today())[1]] == [directive.id]
        services.answer(directive, ANSWER, actor=cast.actor(cast.OFFICER))
        assert (directive.days_late(clock.today()), late_lines()) == (3, [])


def test_a_task_that_is_done_waits_for_no_answer(session: Session) -> None:
    task = made.issued()[0]
    directive = asked(task)
    made.accepted(task)
    with later(5):
        assert late_lines() == []
        with pytest.raises(WrongState, match="không còn theo dõi"):
            services.answer(directive, ANSWER, actor=cast.actor(cast.HEAD))


def test_asking_or_answering_twice_changes_nothing_and_says_so(session: Session) -> None:
    task = made.issued()[0]
    directive = asked(task)
    with pytest.raises(Conflict, match="Hôm nay đã có chỉ đạo"):
        asked(task)
    assert task.urged_count == 1
    services.answer(directive, ANSWER, actor=cast.actor(cast.HEAD))
    with pytest.raises(WrongState, match="đã được trả lời ngày 23/9/2026"):
        services.answer(directive, DirectiveAnswer("Lần nữa"), actor=cast.actor(cast.OFFICER))
    assert directive.answer == ANSWER.text


def test_an_old_page_neither_asks_nor_answers(session: Session) -> None:
    task = made.issued()[0]
    directive = asked(task)
    seen = task.version
    made.progressed(task)
    with pytest.raises(Stale):
        services.answer(directive, ANSWER, actor=cast.actor(cast.HEAD), version=seen)
    with pytest.raises(Stale):
        values = DirectiveValues(K.EVIDENCE, "Gửi ảnh", BY)
        services.direct(task, values, actor=cast.actor(cast.LEADER), version=seen)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (DirectiveValues(K.URGE, " ", BY), "text"),
        (DirectiveValues(K.URGE, "Khẩn trương", date(2026, 9, 22)), "answer_due_on"),
        (DirectiveValues(K.REASSIGN, "Chuyển người", BY), "follower_id"),
        (DirectiveValues(K.REASSIGN, "Chuyển người", BY, follower_id=999_999), "follower_id"),
    ],
)
def test_wrong_questions_are_refused_at_their_field(
    session: Session, values: DirectiveValues, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        services.direct(made.issued()[0], values, actor=cast.actor(cast.LEADER))
    assert refused.value.field == field


def test_what_is_handed_in_is_not_urged_any_more(session: Session) -> None:
    with pytest.raises(WrongState, match="còn phải thực hiện"):
        asked(made.submitted(made.issued()[0]))


def test_nobody_of_a_unit_is_ever_given_a_task_to_follow(session: Session) -> None:
    task = made.issued()[0]
    with pytest.raises(DomainError, match="người theo dõi"):
        asked(task, K.REASSIGN, follower_id=cast.person(cast.HEAD).id)


def test_several_lines_are_asked_at_once_and_each_refusal_stands_alone(session: Session) -> None:
    first, second, third = made.issued(findings=3)
    made.submitted(second)
    stale = third.version - 1
    picks = [(first, first.version), (second, second.version), (third, stale)]
    values = DirectiveValues(K.URGE, "Báo cáo kết quả", BY)
    told = table.direct_many(picks, values, actor=cast.actor(cast.LEADER))
    assert told.done == (first.code,)
    assert [code for code, _reason in told.left] == [second.code, third.code]
    assert (first.urged_count, second.urged_count, third.urged_count) == (1, 0, 0)


def test_in_bulk_too_nobody_gives_the_time_they_asked_for(session: Session) -> None:
    tasks = made.issued(findings=2)
    values = DirectiveValues(
        K.EXTEND, "Chờ phần mềm", BY, date(2026, 10, 9), cast.person(cast.LEADER).id, TODAY
    )
    with pytest.raises(DomainError, match="không quyết định"):
        table.direct_many([(t, t.version) for t in tasks], values, actor=cast.actor(cast.LEADER))
    assert [task.extensions for task in tasks] == [[], []]


def test_a_leader_asks_from_the_table_and_the_unit_answers_from_its_page(
    client: Browser, session: Session
) -> None:
    first, second = made.issued(findings=2)
    client.sign_in("leader").get("/follow-up")
    ticks = [f"{task.id}:{task.version}" for task in (first, second)]
    client.post("/follow-up/choose-direct", {"pick": ticks})
    client.follow()
    client.submit(
        "form[action*='follow-up/direct']",
        {"kind": "urge", "text": "Báo cáo tiến độ trước thứ Sáu", "answer_due_on": "25/9/2026"},
    )
    client.follow()
    assert "Đã ghi chỉ đạo 02 nội dung" in client.text
    client.sign_in("head").get("/")
    waiting = client.page.select_one("section[aria-labelledby=cd]")
    assert waiting is not None
    assert waiting.get_text().count("Báo cáo tiến độ trước thứ Sáu") == 2
    directive = session.query(Directive).filter_by(task_id=first.id).one()
    client.get(f"/directives/{directive.id}/answer")
    client.submit("form[action*='/answer']", {"text": "Đã niêm yết 120/120 thủ tục"})
    client.follow()
    assert "Đã niêm yết 120/120 thủ tục" in client.text
    session.expire_all()
    assert directive.answered_by == cast.person(cast.HEAD).id


def test_the_page_of_a_task_offers_the_acts_and_keeps_what_was_typed(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    client.sign_in("leader").get(f"/tasks/{task.id}")
    assert "Chỉ đạo thực hiện" in client.text
    client.get(f"/tasks/{task.id}/direct?kind=evidence")
    client.submit("form[action*='/direct']", {"text": "Gửi ảnh", "answer_due_on": "20/9/2026"}, expect=422)
    assert "từ ngày hôm nay trở đi" in client.text
    assert "Gửi ảnh" in client.text
    client.submit("form[action*='/direct']", {"answer_due_on": "25/9/2026"})
    session.expire_all()
    assert [row.kind for row in task.directives] == [K.EVIDENCE]


def test_who_was_given_a_task_finds_the_question_among_their_work(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    asked(task, K.REASSIGN, follower_id=cast.person(cast.CONTENT_CHECKER).id)
    session.commit()
    client.sign_in("checker").get("/")
    assert "Giao lại: Khẩn trương thực hiện" in client.text


def test_the_table_says_how_late_an_answer_is(client: Browser, session: Session) -> None:
    asked(made.issued()[0])
    session.commit()
    with later(5):
        client.sign_in("leader").get("/follow-up?state=not_answered")
        assert "Quá hạn trả lời 03 ngày" in client.text


def test_the_questions_of_a_unit_are_read_at_once(session: Session) -> None:
    for task in made.issued(findings=3):
        asked(task)
    session.commit()
    session.expire_all()
    unit, head = cast.unit(cast.LONG_PHUOC), cast.actor(cast.HEAD)
    with count_queries(session) as sent:
        assert unit_home.of(unit, head).directives
    assert len(sent) == 1
