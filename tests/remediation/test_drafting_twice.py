"""Planning twice, by two people or by one who clicks again: one task for each finding, one date for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import create_app
from app.deadlines import queries as deadlines
from app.deadlines import services as settings
from app.deadlines.badge import DeadlineKind
from app.deadlines.proposals import MilestoneKind
from app.errors import Conflict, DomainError
from app.extensions import db
from app.inspections.models import Inspection
from app.remediation import services
from app.remediation.models import Product, Task
from app.remediation.values import ProductValues, TaskValues
from tests import cast
from tests.conftest import Browser, settings_for
from tests.factories import remediation as made
from tests.racing import race


def test_two_who_propose_at_once_make_each_task_once(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    app = create_app(settings_for(new_database("twice"), tmp_path))
    with app.app_context():
        inspection_id = made.case(findings=3).id
        db.session.commit()
        db.session.remove()

    def propose(inspection: Inspection) -> None:
        actor = cast.actor(cast.TEAM_LEADER)
        services.propose(inspection, inspection.units, start_on=made.ISSUED_ON, actor=actor)

    both = [propose, propose]
    assert race(app, lambda: db.session.get_one(Inspection, inspection_id), both) == ["done", "done"]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Task)) == 3
        db.session.remove()


def of_no_finding(**changes: object) -> TaskValues:
    values = {
        "text": "Bổ sung chức năng gửi phiếu xin lỗi", "lead_unit_id": cast.unit(cast.LONG_PHUOC).id,
        "deadline_kind": DeadlineKind.FIXED, "due_on": date(2026, 10, 30),
        "products": (ProductValues(Product.REPORT),),
    }  # fmt: skip
    return TaskValues(**{**values, **changes})


def test_the_same_task_is_not_added_twice(session: Session) -> None:
    unit = made.case().units[0]
    actor = cast.actor(cast.TEAM_LEADER)
    first = services.add_task(unit, of_no_finding(), actor=actor)
    with pytest.raises(Conflict, match=f"đã được thêm, mã {first.code}"):
        services.add_task(unit, of_no_finding(text="  Bổ sung chức năng gửi phiếu xin lỗi "), actor=actor)
    services.add_task(unit, of_no_finding(text="Nội dung khác"), actor=actor)


def test_tasks_proposed_later_share_the_dates_that_stand(session: Session) -> None:
    inspection = made.case(findings=0)
    for key in ("MC-05", "MC-11"):
        made.finding(inspection.units[0], criterion=key)
    first = made.drafts(inspection)
    made.finding(inspection.units[0], criterion="CĐ-01")
    later = made.drafts(inspection)
    dates: dict[MilestoneKind, set[date | None]] = {}
    for task in (*first, *later):
        dates.setdefault(task.milestone, set()).add(task.due_on)
    assert len(later) == 1
    assert all(len(found) == 1 for found in dates.values()), dates


def test_a_date_typed_by_hand_stays_where_later_tasks_are_proposed(session: Session) -> None:
    inspection = made.case(findings=1)
    [task] = made.drafts(inspection)
    actor = cast.actor(cast.TEAM_LEADER)
    services.edit_task(task, made.values_of(task, due_on=date(2026, 12, 1), report_due_on=None), actor=actor)
    made.finding(inspection.units[0], criterion="MC-11")
    made.drafts(inspection)
    assert task.due_on == date(2026, 12, 1)


def test_the_office_may_want_fewer_milestones(session: Session) -> None:
    settings.seed_defaults()
    tasks = made.drafts(made.case(findings=3))
    assert len({task.due_on for task in tasks if task.due_on}) > 1
    settings.set_setting("max_milestones", 1, date(2026, 9, 1), None)
    assert deadlines.setting("max_milestones") == 1
    tasks = made.drafts(made.case(findings=3))
    assert len({task.due_on for task in tasks if task.due_on}) == 1


def test_a_report_date_typed_by_hand_is_kept_by_the_recount(session: Session) -> None:
    [task] = made.drafts(made.case(findings=1))
    actor = cast.actor(cast.TEAM_LEADER)
    services.edit_task(task, made.values_of(task, report_due_on=date(2026, 10, 30)), actor=actor)
    services.recount([task], start_on=date(2026, 8, 26), actor=actor)
    assert task.report_due_on == date(2026, 10, 30)


def test_the_common_date_is_of_tomorrow_or_later(session: Session) -> None:
    tasks = made.drafts(made.case())
    with pytest.raises(DomainError) as refused:
        services.set_common_date(
            tasks, due_on=date(2026, 9, 23), report_due_on=None, actor=cast.actor(cast.TEAM_LEADER)
        )
    assert refused.value.field == "due_on"


def test_what_has_no_date_takes_no_common_date(session: Session) -> None:
    [task] = made.drafts(made.case(findings=1))
    actor = cast.actor(cast.TEAM_LEADER)
    values = made.values_of(
        task, deadline_kind=DeadlineKind.CONDITIONAL, due_on=None, report_due_on=None,
        review_on=date(2026, 10, 15), no_date_reason="Chờ kinh phí",
    )  # fmt: skip
    services.edit_task(task, values, actor=actor)
    with pytest.raises(DomainError, match="không thuộc mốc thời hạn nào"):
        services.set_common_date([task], due_on=date(2026, 9, 30), report_due_on=None, actor=actor)
    assert (task.deadline_kind, task.no_date_reason) == (DeadlineKind.CONDITIONAL, "Chờ kinh phí")


def test_a_draft_opened_and_saved_unchanged_keeps_its_products_and_its_follower(
    client: Browser, session: Session
) -> None:
    [task] = made.drafts(made.case(findings=1))
    products = (
        ProductValues(Product.DECISION, "QĐ nội quy"), ProductValues(Product.PLAN, "KH 2026"),
        ProductValues(Product.REPORT, "BC quý"), ProductValues(Product.REPORT, "BC năm"),
    )  # fmt: skip
    leader = cast.person(cast.LEADER).id  # holds no role of a follower
    values = made.values_of(task, products=products, follower_id=leader)
    services.edit_task(task, values, actor=cast.actor(cast.TEAM_LEADER))
    session.commit()
    client.sign_in("team-leader").get(f"/tasks/{task.id}/edit")
    client.submit("form[action$='/edit']")
    session.expire_all()
    assert [(r.product, r.text) for r in task.results] == [(p.product, p.text) for p in products]
    assert task.follower_id == leader


def test_words_of_a_product_without_its_kind_are_asked_about(client: Browser, session: Session) -> None:
    [task] = made.drafts(made.case(findings=1))
    session.commit()
    client.sign_in("team-leader").get(f"/tasks/{task.id}/edit")
    client.submit("form[action$='/edit']", {"products-1-text": "Biên bản bàn giao"}, expect=422)
    assert "Chọn loại sản phẩm." in client.text
    client.submit("form[action$='/edit']", {"products-1-product": "minutes"})
    session.expire_all()
    assert [(r.product, r.text) for r in task.results][1] == (Product.MINUTES, "Biên bản bàn giao")


def test_a_refused_act_on_ticked_drafts_keeps_ticks_dates_and_milestone(
    client: Browser, session: Session
) -> None:
    inspection = made.case(findings=3)
    tasks = made.drafts(inspection)
    session.commit()
    path = f"/inspections/{inspection.id}/remediation"
    ids = [str(task.id) for task in tasks[:2]]
    client.sign_in("team-leader").get(path)
    client.submit(
        "form[action$='/set-common-date']",
        {"task_ids": ids, "due_on": "31/02/2027", "milestone": "long"},
        expect=422,
    )
    ticked = [str(box["value"]) for box in client.page.select("input[name=task_ids][checked]")]
    assert sorted(ticked) == sorted(ids)
    assert client.page.select_one("option[value=long][selected]") is not None
    client.post(f"{path}/merge", {"task_ids": ids[:1], "due_on": "30/10/2026"}, expect=422)
    assert len(client.page.select("input[name=task_ids][checked]")) == 1
    assert client.page.select_one("input[name=due_on]")["value"] == "30/10/2026"


@pytest.mark.parametrize("value", ["9" * 5000, "²", "-1"])
def test_a_strange_key_among_the_ticks_is_no_key(client: Browser, session: Session, value: str) -> None:
    inspection = made.case()
    session.commit()
    path = f"/inspections/{inspection.id}/remediation"
    client.sign_in("team-leader").get(path)
    client.post(f"{path}/merge", {"task_ids": value}, expect=422)


def test_no_reason_at_all_is_not_recorded_as_one(client: Browser, session: Session) -> None:
    inspection = made.case(findings=1)
    session.commit()
    client.sign_in("team-leader").get(f"/inspections/{inspection.id}/remediation")
    client.submit("form[action$='/no-task']", {"reason": " "}, expect=422)
    assert "Nhập lý do" in client.text


def test_an_edit_that_names_no_version_is_refused_and_a_stale_one_shows_what_stands(
    client: Browser, session: Session
) -> None:
    [task] = made.drafts(made.case(findings=1))
    session.commit()
    client.sign_in("team-leader").get(f"/tasks/{task.id}/edit")
    client.submit("form[action$='/edit']", {"version": ""}, expect=422)
    assert "Biểu mẫu không ghi phiên bản" in client.text
    client.get(f"/tasks/{task.id}/edit")
    client.submit("form[action$='/edit']", {"text": "Bản của tôi", "version": "99"}, expect=409)
    assert "Bản đang lưu" in client.text
    assert task.text in client.text
