"""Units of a draft, and what is asked of them."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, Forbidden, Stale, WrongState
from app.form_library import queries as forms
from app.form_library.models import WHOLE
from app.inspections import queries, services
from app.inspections.models import Inspection, ScopeItem
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register

PLANNER = cast.PLANNER


def items(session: Session) -> list[ScopeItem]:
    session.expire_all()
    return list(session.scalars(sa.select(ScopeItem).order_by(ScopeItem.unit_id, ScopeItem.starts_on)))


def criterion(key: str) -> int:
    found = forms.find_criterion(key)
    assert found is not None
    return found.id


def test_units_are_added_and_sent_twice_are_added_once(client: Browser, session: Session) -> None:
    made = make.draft(units=(), criteria=(), team=False)
    session.commit()
    path = f"/inspections/{made.id}/units"
    client.sign_in(PLANNER).get(path)
    wanted = {"unit_ids": [str(cast.unit(code).id) for code in (cast.LONG_PHUOC, cast.AN_PHUOC)]}
    data = {**wanted, "version": client.page.select_one("input[name=version]")["value"]}
    client.submit(f"form[action='{path}'][method=post]", wanted)
    client.get(path)
    client.post(path, data)
    session.expire_all()
    assert [iu.unit.code for iu in session.get_one(Inspection, made.id).units] == ["LP", "AP"]


def test_a_unit_added_later_is_asked_what_the_others_are_asked(session: Session) -> None:
    made = make.draft(criteria=("MC-05", "CĐ-01"))
    services.add_units(made, [cast.unit(cast.AN_PHUOC).id], version=None, actor=cast.actor(PLANNER))
    assert set(queries.count_scope(made.id).values()) == {2}


def test_a_foreign_unit_id_is_refused(client: Browser, session: Session) -> None:
    made = make.draft(units=(), criteria=(), team=False)
    session.commit()
    path = f"/inspections/{made.id}/units"
    client.sign_in(PLANNER).get(path)
    client.post(path, {"unit_ids": "999999", "version": "1"}, expect=422)
    with pytest.raises(DomainError):
        services.add_units(made, [999_999], version=None, actor=cast.actor(PLANNER))


def test_a_unit_that_did_not_exist_in_the_period_is_refused(session: Session) -> None:
    made = make.draft(units=(), criteria=(), team=False, review=(date(2025, 1, 1), date(2025, 6, 30)))
    with pytest.raises(DomainError) as refused:
        services.add_units(made, [cast.unit(cast.LONG_PHUOC).id], version=None, actor=cast.actor(PLANNER))
    assert (
        "hình thành ngày 01/7/2025, nằm ngoài thời kỳ kiểm tra 01/01/2025–30/6/2025" in refused.value.message
    )


def test_removing_a_unit_takes_its_scope_and_assignments(client: Browser, session: Session) -> None:
    made = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    member = made.members[-1]
    group = forms.list_groups(made.form_version_id)[0]
    services.assign(made, {(made.units[0].id, group.id): member.id}, version=None, actor=cast.actor(PLANNER))
    session.commit()
    gone = made.units[0].id
    client.sign_in(PLANNER).get(f"/inspections/{made.id}/units")
    client.submit(f"form[action$='/units/{gone}/remove']")
    session.expire_all()
    again = session.get_one(Inspection, made.id)
    assert [iu.unit.code for iu in again.units] == ["AP"]
    assert {item.inspected_unit_id for item in items(session)} == {again.units[0].id}
    client.get(f"/inspections/{made.id}/units")
    client.post(f"/inspections/{made.id}/units/{gone}/remove", {"version": "1"}, expect=404)


def test_an_inspector_of_the_team_may_not_change_units(client: Browser, session: Session) -> None:
    made = make.draft()
    session.commit()
    client.sign_in(cast.MEMBER).get(f"/inspections/{made.id}/units", expect=403)
    with pytest.raises(Forbidden):
        services.remove_unit(made, made.units[0].id, version=None, actor=cast.actor(cast.MEMBER))


def test_packages_groups_and_criteria_add_up_and_repeat_nothing(client: Browser, session: Session) -> None:
    made = make.draft(criteria=(), team=False)
    session.commit()
    path = f"/inspections/{made.id}/scope"
    client.sign_in(PLANNER).get(path)
    group = next(g for g in forms.list_groups(made.form_version_id) if g.code == "KL")
    chosen = {
        "packages": ["ky-luat-ky-cuong"],
        "groups": [str(group.id)],
        "criteria": [str(criterion("MC-05")), str(criterion("KL-01"))],
    }
    client.submit(f"form[action='{path}']", chosen)
    keys = {item.criterion.key for item in items(session)}
    assert len(items(session)) == len(keys)
    assert {"MC-05", "KL-01", "CĐ-05", "TT-06", "CV-06", "CV-09"} <= keys
    assert sum(key.startswith("KL-") for key in keys) == 8


def test_the_same_scope_again_keeps_its_rows(session: Session) -> None:
    made = make.draft(criteria=("MC-05", "CĐ-01"))
    before = {item.id for item in items(session)}
    services.set_scope(
        made, [criterion("MC-05"), criterion("CĐ-01")], version=None, actor=cast.actor(PLANNER)
    )
    assert {item.id for item in items(session)} == before


def test_nothing_chosen_is_refused_and_the_scope_stays(client: Browser, session: Session) -> None:
    made = make.draft(criteria=("MC-05",))
    session.commit()
    path = f"/inspections/{made.id}/scope"
    client.sign_in(PLANNER).get(path)
    client.submit(f"form[action='{path}']", {"criteria": None}, expect=422)
    assert "Chọn ít nhất một gói" in client.text
    assert len(items(session)) == 1


def test_a_criterion_by_field_takes_one_part_for_each_chosen_field(session: Session) -> None:
    land, building = forms.list_fields()[:2]
    by_field = next(c.key for c in forms.list_criteria(forms.latest_version().id) if c.by_field)
    make.draft(criteria=(by_field, "CĐ-01"), fields=(land.code, building.code), team=False)
    found = {(i.criterion.key, i.part_from, i.part_to, i.field_label) for i in items(session)}
    assert found == {
        (by_field, *land.part, land.name),
        (by_field, *building.part, building.name),
        ("CĐ-01", 0, WHOLE, ""),
    }


def test_a_period_before_the_unit_was_formed_is_asked_of_its_predecessors(session: Session) -> None:
    old = register.unit("LT-CU", "UBND thị trấn Long Thành", valid_to=date(2025, 7, 1))
    register.succeeds(cast.unit(cast.LONG_THANH), old, on=date(2025, 7, 1))
    made = make.draft(
        units=(cast.LONG_THANH,),
        criteria=("MC-05",),
        team=False,
        review=(date(2025, 1, 1), date(2025, 12, 31)),
    )
    spans = {(i.unit.code, i.starts_on, i.ends_on) for i in items(session)}
    assert spans == {
        ("LT-CU", date(2025, 1, 1), date(2025, 7, 1)),
        (cast.LONG_THANH, date(2025, 7, 1), date(2026, 1, 1)),
    }
    (note,) = queries.lineage_notes(made, queries.review_scope(made))
    assert note == (
        "UBND phường Long Thành (trước là UBND thị trấn Long Thành) hình thành ngày 01/7/2025. "
        "Thời kỳ trước ngày này được tính theo đơn vị cũ."
    )


def test_a_predecessor_asked_through_two_successors_is_one_scope_item(session: Session) -> None:
    old = register.unit("CU", "UBND xã Cũ", valid_to=date(2025, 7, 1))
    for code in (cast.LONG_PHUOC, cast.AN_PHUOC):
        register.succeeds(cast.unit(code), old, on=date(2025, 7, 1))
    made = make.draft(
        units=(cast.LONG_PHUOC, cast.AN_PHUOC), criteria=("MC-05",), team=False,
        review=(date(2025, 1, 1), date(2025, 12, 31)),
    )  # fmt: skip
    assert [i.unit.code for i in items(session)].count("CU") == 1
    services.remove_unit(made, made.units[0].id, version=None, actor=cast.actor(PLANNER))
    assert sorted(i.unit.code for i in items(session)) == ["AP", "CU"]


def test_scope_of_a_decided_case_stays(client: Browser, session: Session) -> None:
    made = make.decided()
    session.commit()
    client.sign_in(PLANNER).get(f"/inspections/{made.id}/scope", expect=409)
    with pytest.raises(WrongState):
        services.set_scope(made, [criterion("MC-06")], version=None, actor=cast.actor(PLANNER))


def test_a_stale_scope_is_refused(session: Session) -> None:
    made = make.draft()
    seen = made.version
    services.add_units(made, [cast.unit(cast.AN_PHUOC).id], version=seen, actor=cast.actor(PLANNER))
    with pytest.raises(Stale):
        services.set_scope(made, [criterion("MC-06")], version=seen, actor=cast.actor(PLANNER))


def test_a_unit_taken_out_meanwhile_is_a_conflict(session: Session) -> None:
    made = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC))
    gone = made.units[0].id
    services.remove_unit(made, gone, version=None, actor=cast.actor(PLANNER))
    with pytest.raises(Conflict):
        services.remove_unit(made, gone, version=None, actor=cast.actor(PLANNER))


def test_a_period_of_old_offers_the_units_of_then_and_of_today(session: Session) -> None:
    register.unit("LT-CU", "UBND thị trấn Long Thành", valid_to=date(2025, 7, 1))
    register.unit("SAU", "UBND xã Sau Này", valid_from=date(2027, 1, 1))
    made = make.draft(units=(), criteria=(), team=False, review=(date(2024, 1, 1), date(2024, 12, 31)))
    codes = {unit.code for unit in queries.list_units_to_add(made)}
    assert {"LT-CU", cast.LONG_THANH} <= codes and "SAU" not in codes
