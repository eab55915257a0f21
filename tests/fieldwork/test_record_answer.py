"""One content of the form: result, what was looked at, figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import clock
from app.audit.models import Event
from app.fieldwork import queries, services
from app.fieldwork.models import Answer
from app.findings.models import Finding
from app.form_library.values import Result
from app.inspections.models import InspectedUnit
from tests import cast
from tests.conftest import NOON, Browser
from tests.factories import fieldwork, inspections
from tests.fieldwork.sheets import address, form_of, record
from tests.strict_client import form_values


def answers(session: Session) -> list[Answer]:
    session.expire_all()
    return list(session.scalars(sa.select(Answer)))


def test_a_member_records_met_with_what_was_looked_at(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = record(client.sign_in(cast.MEMBER), unit, "MC-07", {"result": "met", "looked_at": ["1"]})
    assert client.response.headers["Location"].endswith(f"#nd-{item.id}")
    (answer,) = answers(session)
    assert answer.result is Result.MET
    assert answer.looked_at == [queries.get_row(item).definition.evidence[0]]
    event = session.scalars(sa.select(Event).where(Event.name == "answer_recorded")).one()
    assert event.data["to"] == "met" and event.actor_id == cast.person(cast.MEMBER).id
    client.follow()
    assert "Còn 02/03" in client.text  # three contents of this group, one recorded


def test_met_without_anything_looked_at_is_refused_and_keeps_the_note(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    record(client.sign_in(cast.MEMBER), unit, "MC-07", {"result": "met", "note": "Đã trao đổi"}, expect=422)
    assert "Chọn ít nhất một hồ sơ, tài liệu đã xem." in client.text
    assert "Đã trao đổi" in client.text
    assert answers(session) == []


def test_not_applicable_needs_a_reason(client: Browser, session: Session, unit: InspectedUnit) -> None:
    client.sign_in(cast.MEMBER)
    record(client, unit, "MC-07", {"result": "not_applicable"}, expect=422)
    assert "Nêu lý do không áp dụng." in client.text
    record(client, unit, "MC-07", {"result": "not_applicable", "na_reason": "Không phát sinh hồ sơ"})
    assert answers(session)[0].reason == "Không phát sinh hồ sơ"


def test_figures_that_do_not_fit_are_refused_at_their_box(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    figures = {"result": "partly", "ratio-total": "20", "ratio-sample": "30", "ratio-failing": "2"}
    item = record(client.sign_in(cast.MEMBER), unit, "MC-07", figures, expect=422)
    box = client.page.select_one(f"#a{item.id}-ratio-sample")
    assert box is not None and box["value"] == "30" and "is-invalid" in box["class"]
    assert answers(session) == []


def test_figures_are_kept_and_the_rate_is_worked_out(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    figures = {
        "result": "partly",
        "looked_at": ["1"],
        "ratio-total": "3.468",
        "ratio-sample": "3.468",
        "ratio-failing": "45",
        "sample_method": "all",
    }
    record(client.sign_in(cast.MEMBER), unit, "MC-07", figures)
    (answer,) = answers(session)
    assert (answer.total, answer.sample, answer.failing) == (3468, 3468, 45)
    client.follow()
    assert "1,30%" in client.text


def test_an_own_field_of_the_criterion_is_kept(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    record(
        client.sign_in(cast.MEMBER),
        unit,
        "CĐ-01",
        {"result": "met", "looked_at": ["1"], "figure_issued_on": "15/01/2026"},
    )
    assert answers(session)[0].values == {"issued_on": "2026-01-15"}


def test_a_second_save_changes_the_same_answer(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    client.sign_in(cast.MEMBER)
    record(client, unit, "MC-07", {"result": "met", "looked_at": ["1"]})
    record(client, unit, "MC-07", {"result": "not_examined"})
    (answer,) = answers(session)
    assert answer.result is Result.NOT_EXAMINED and answer.looked_at == []


def test_a_double_submit_of_a_new_answer_is_no_conflict_with_oneself(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    data = {f"a{item.id}-result": "not_examined", "version": "a0"}
    client.sign_in(cast.MEMBER).get(address(unit))
    client.post(f"/scope-items/{item.id}/answer", data)
    client.get(address(unit))
    client.post(f"/scope-items/{item.id}/answer", data)
    assert [answer.version for answer in answers(session)] == [1]
    recorded = session.scalars(sa.select(Event).where(Event.name == "answer_recorded")).all()
    assert len(recorded) == 1
    client.get(address(unit))
    client.post(f"/scope-items/{item.id}/answer", {**data, f"a{item.id}-note": "Khác"}, expect=409)


def _typed(client: Browser, unit: InspectedUnit, key: str = "MC-07") -> MultiDict[str, str]:
    """What the page of a group holds for a content, with its token."""
    client.get(address(unit, view="all"))
    form = client.page.select_one(form_of(fieldwork.item(unit, key)))
    assert form is not None
    return form_values(form)


def test_a_save_whose_answer_was_lost_does_not_make_the_page_a_stranger_to_itself(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    values = _typed(client.sign_in(cast.MEMBER), unit)
    where, json = f"/scope-items/{item.id}/answer", {"Accept": "application/json"}
    for result, note in (("not_examined", "Một"), ("not_examined", "Một, hai"), ("not_examined", "Ba")):
        values[f"a{item.id}-result"], values[f"a{item.id}-note"] = result, note
        client.post(where, values, expect=200, headers=json)  # always with the token of the opened page
    assert [answer.note for answer in answers(session)] == ["Ba"]
    other = _typed(client.sign_in(cast.SECRETARY), unit)
    other[f"a{item.id}-note"] = "Thư ký"
    client.post(where, other)
    client.sign_in(cast.MEMBER).get(address(unit))
    values["csrf_token"] = client._token() or ""
    client.post(where, {**values.to_dict(), f"a{item.id}-note": "Bốn"}, expect=409)
    assert [answer.note for answer in answers(session)] == ["Thư ký"]


def test_a_new_finding_is_recorded_once_though_no_answer_came_back(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    values = _typed(client.sign_in(cast.MEMBER), unit)
    values[f"a{item.id}-result"] = "not_met"
    for words in ("Bốn mươi lăm hồ", "Bốn mươi lăm hồ sơ kết thúc sớm.", "45 hồ sơ kết thúc sớm."):
        values[f"n{item.id}-description"] = words
        client.post(
            f"/scope-items/{item.id}/answer", values, expect=200, headers={"Accept": "application/json"}
        )
    session.expire_all()
    assert [f.description for f in session.scalars(sa.select(Finding))] == ["45 hồ sơ kết thúc sớm."]


def test_a_stale_edit_lays_both_texts_side_by_side(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    fieldwork.answer(item)
    session.commit()
    client.sign_in(cast.MEMBER).get(address(unit, open=item.id))
    form = client.page.select_one(form_of(item))
    assert form is not None
    token = form.select_one("input[name=version]")
    assert token is not None
    answer = answers(session)[0]
    with clock.frozen(NOON + timedelta(minutes=42)):
        other = cast.actor(cast.SECRETARY)
        services.save_answer(item, fieldwork.met("Sổ của thư ký"), actor=other, version=answer.version)
        session.commit()
    data = {
        "version": token["value"],
        f"a{item.id}-result": "met",
        f"a{item.id}-looked_at_other": "Sổ của thành viên",
    }
    client.post(f"/scope-items/{item.id}/answer", data, expect=409)
    assert "Nội dung này vừa được đồng chí Hoàng Thị Minh Họa cập nhật lúc 10:42." in client.text
    assert "Sổ của thư ký" in client.text and "Sổ của thành viên" in client.text
    assert answers(session)[0].looked_at == ["Sổ của thư ký"]
    client.submit(form_of(item))  # now knowingly
    assert answers(session)[0].looked_at == ["Sổ của thành viên"]


def test_saving_while_typing_answers_with_the_clock_and_the_next_version(
    client: Browser, session: Session, unit: InspectedUnit
) -> None:
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(cast.MEMBER).get(address(unit))
    data = {f"a{item.id}-result": "not_examined", "version": "a0"}
    told = client.post(
        f"/scope-items/{item.id}/answer", data, expect=200, headers={"Accept": "application/json"}
    ).get_json()
    assert (told["saved_at"], told["version"], told["field"]) == ("10:00", "a1", "version")
    assert "Chưa kiểm tra" in told["mark"]
    page = _typed(client, unit)["version"].split(";")[-1]
    told = client.post(
        f"/scope-items/{item.id}/answer",
        {f"a{item.id}-result": "not_examined", f"a{item.id}-note": "Hết giờ", "version": f"a1;{page}"},
        expect=200,
        headers={"Accept": "application/json"},
    ).get_json()
    assert told["version"] == f"a2;{page}" and len(page) == 17


def test_saving_while_typing_tells_what_is_missing(client: Browser, unit: InspectedUnit) -> None:
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(cast.MEMBER).get(address(unit))
    data = {f"a{item.id}-result": "met", "version": "a0"}
    told = client.post(
        f"/scope-items/{item.id}/answer", data, expect=422, headers={"Accept": "application/json"}
    ).get_json()
    missing = "Chọn ít nhất một hồ sơ, tài liệu đã xem."
    assert told == {"message": missing, "at": {f"a{item.id}-looked_at-0": missing}}


def test_nothing_is_recorded_before_the_decision_is_read_out(client: Browser, session: Session) -> None:
    unit = inspections.decided(criteria=fieldwork.CRITERIA).units[0]
    session.commit()
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(cast.MEMBER).get(address(unit))
    assert "Chưa mở buổi làm việc." in client.text
    client.post(f"/scope-items/{item.id}/answer", {f"a{item.id}-result": "not_examined"}, expect=409)
    assert answers(session) == []


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (cast.CLERK, 403),
        (cast.FOLLOWER, 403),
        (cast.PLANNER, 403),
        (cast.LEADER, 403),
        (cast.GUEST, 404),
        (cast.HEAD, 404),
        (cast.OFFICER, 404),
        (cast.OTHER_HEAD, 404),
        (cast.OBSERVER, 404),
        (cast.OUTSIDER, 404),
        (cast.ADMINISTRATOR, 404),
    ],
)
def test_only_the_team_records(
    client: Browser, session: Session, unit: InspectedUnit, part: str, status: int
) -> None:
    item = fieldwork.item(unit, "MC-07")
    client.sign_in(part).get("/khong-co-trang-nay", expect=404)  # any page, for its token
    data = {f"a{item.id}-result": "not_examined", "version": "a0"}
    client.post(f"/scope-items/{item.id}/answer", data, expect=status)
    assert answers(session) == []


@pytest.mark.parametrize("part", [cast.HEAD, cast.OFFICER, cast.OTHER_HEAD, cast.OBSERVER, cast.OUTSIDER])
def test_the_units_people_never_see_the_drafts(client: Browser, unit: InspectedUnit, part: str) -> None:
    client.sign_in(part)
    client.get(address(unit), expect=404)
    client.get(f"/inspected-units/{unit.id}/fieldwork", expect=404)
    client.get(f"/inspections/{unit.inspection_id}/agreement", expect=404)


def test_an_unknown_content_is_not_found(client: Browser, unit: InspectedUnit) -> None:
    client.sign_in(cast.MEMBER).get(address(unit))
    client.post("/scope-items/999999/answer", {}, expect=404)
    client.get(f"/inspected-units/{unit.id}/groups/999999", expect=404)
