"""The planner sees into which predecessors the scope reaches, leaves one out and takes it back."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, Stale, WrongState
from app.form_library import queries as forms
from app.inspections import queries, services
from app.inspections.models import Inspection, ScopeItem
from app.inspections.services import Remainder
from app.units import services as units
from app.units.models import Unit
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register
from tests.queries import count_queries

FIRST, SPLIT, LAST = date(2025, 1, 1), date(2025, 7, 1), date(2025, 12, 31)
END = date(2026, 1, 1)
PLANNER = cast.PLANNER


def before(code: str, name: str, *successors: str) -> Unit:
    """A unit until 30/6/2025, succeeded by these on 1/7/2025."""
    old = register.unit(code, name, valid_to=SPLIT)
    for successor in successors:
        register.succeeds(cast.unit(successor), old, on=SPLIT)
    return old


def case(*codes: str, **more: object) -> Inspection:
    """A draft of MC-05 over 2025, of phường Long Thành when no unit is named."""
    return make.draft(units=codes or (cast.LONG_THANH,), criteria=("MC-05",), review=(FIRST, LAST), **more)


@pytest.fixture
def towns(session: Session) -> tuple[Unit, Unit]:
    """Two units that phường Long Thành was formed from."""
    return (
        before("LT-CU", "UBND thị trấn Long Thành", cast.LONG_THANH),
        before("LA-CU", "UBND xã Lộc An", cast.LONG_THANH),
    )


def spans(session: Session) -> set[tuple[str, str, date, date]]:
    session.expire_all()
    return {
        (item.criterion.key, item.unit.code, item.starts_on, item.ends_on)
        for item in session.scalars(sa.select(ScopeItem))
    }


def drop(made: Inspection, unit: Unit) -> None:
    services.drop_predecessor(made, unit.id, version=None, actor=cast.actor(PLANNER))


def take_back(made: Inspection, unit: Unit) -> None:
    services.take_back_predecessor(made, unit.id, version=None, actor=cast.actor(PLANNER))


OWN = ("MC-05", cast.LONG_THANH, SPLIT, END)
TOWN = ("MC-05", "LT-CU", FIRST, SPLIT)
VILLAGE = ("MC-05", "LA-CU", FIRST, SPLIT)


def test_the_expansion_tells_which_unit_on_which_days(session: Session, towns: tuple[Unit, Unit]) -> None:
    (told,) = queries.list_expansions(case())
    assert (told.name, told.formed_on) == ("UBND phường Long Thành", SPLIT)
    assert [(piece.name, piece.first_on, piece.last_on, piece.inherited) for piece in told.pieces] == [
        ("UBND thị trấn Long Thành", FIRST, date(2025, 6, 30), True),
        ("UBND xã Lộc An", FIRST, date(2025, 6, 30), True),
        ("UBND phường Long Thành", SPLIT, LAST, False),
    ]


def test_a_unit_that_reaches_into_nobody_is_not_told(session: Session) -> None:
    made = make.draft(units=(cast.LONG_PHUOC,), criteria=("MC-05",))
    assert queries.list_expansions(made) == []


def test_a_former_name_stands_beside_the_name_of_those_days(
    session: Session, towns: tuple[Unit, Unit]
) -> None:
    ward = cast.unit(cast.LONG_THANH)
    data = units.VersionData("UBND phường Long Thành Mới", ward.type, date(2025, 10, 1))
    units.add_version(ward, data, actor=None)
    (told,) = queries.list_expansions(case())
    assert (told.pieces[-1].name, told.pieces[-1].former) == (
        "UBND phường Long Thành Mới", ("UBND phường Long Thành",),
    )  # fmt: skip


def test_a_predecessor_is_left_out_and_taken_back(session: Session, towns: tuple[Unit, Unit]) -> None:
    made = case()
    _, village = towns
    assert spans(session) == {OWN, TOWN, VILLAGE}
    drop(made, village)
    assert spans(session) == {OWN, TOWN}
    assert [piece.dropped for piece in queries.list_expansions(made)[0].pieces] == [False, True, False]
    take_back(made, village)
    assert spans(session) == {OWN, TOWN, VILLAGE}


def test_it_stays_out_when_the_scope_is_written_again(session: Session, towns: tuple[Unit, Unit]) -> None:
    made = case()
    drop(made, towns[1])
    ids = {c.key: c.id for c in forms.list_criteria(made.form_version_id)}
    actor = cast.actor(PLANNER)
    services.set_scope(made, [ids["MC-05"], ids["CĐ-01"]], version=None, actor=actor)
    assert {code for _, code, _, _ in spans(session)} == {cast.LONG_THANH, "LT-CU"}
    services.edit_draft(made, make.case_data(review=(date(2024, 7, 1), LAST)), version=None, actor=actor)
    services.add_units(made, [cast.unit(cast.AN_PHUOC).id], version=None, actor=actor)
    assert {code for _, code, _, _ in spans(session)} == {cast.LONG_THANH, cast.AN_PHUOC, "LT-CU"}


def test_it_stays_out_when_another_predecessor_is_recorded(
    session: Session, towns: tuple[Unit, Unit]
) -> None:
    made = case()
    drop(made, towns[1])
    before("BS-CU", "UBND xã Bình Sơn", cast.LONG_THANH)
    services.follow_lineage(made, version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {OWN, TOWN, ("MC-05", "BS-CU", FIRST, SPLIT)}


def test_it_is_not_asked_through_another_successor_either(session: Session) -> None:
    old = before("CU", "UBND xã Cũ", cast.LONG_THANH, cast.AN_PHUOC)
    made = case(cast.LONG_THANH, cast.AN_PHUOC)
    drop(made, old)
    assert {code for _, code, _, _ in spans(session)} == {cast.LONG_THANH, cast.AN_PHUOC}


def test_a_predecessor_that_is_inspected_itself_is_asked(session: Session) -> None:
    old = before("CU", "UBND xã Cũ", cast.LONG_THANH)
    with pytest.raises(Conflict, match="là đơn vị được kiểm tra của cuộc này"):
        drop(case(cast.LONG_THANH, "CU"), old)


def test_a_dropped_unit_that_is_added_itself_is_asked(session: Session) -> None:
    old = before("CU", "UBND xã Cũ", cast.LONG_THANH)
    made = case()
    drop(made, old)
    services.add_units(made, [old.id], version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {OWN, ("MC-05", "CU", FIRST, SPLIT)}


def test_what_the_remainder_cut_elsewhere_stays_cut(session: Session, towns: tuple[Unit, Unit]) -> None:
    april = date(2025, 4, 1)
    register.concluded([(register.box("LT-CU", "MC-05", FIRST, date(2025, 3, 31)), "MC-05")])
    made = case()
    review = queries.review_scope(made)
    seen = Remainder(review.fingerprint, frozenset(review.refused_ids))
    services.accept_remainder(made, seen, version=None, actor=cast.actor(PLANNER))
    drop(made, towns[1])
    take_back(made, towns[1])
    assert spans(session) == {OWN, VILLAGE, ("MC-05", "LT-CU", april, SPLIT)}


def test_something_of_every_unit_is_left(session: Session, towns: tuple[Unit, Unit]) -> None:
    made = make.draft(units=(cast.LONG_THANH,), criteria=("MC-05",), review=(FIRST, date(2025, 6, 30)))
    drop(made, towns[0])
    with pytest.raises(Conflict, match="không còn ngày nào được kiểm tra"):
        drop(made, towns[1])


def test_only_what_the_scope_reaches_is_moved_and_once(session: Session, towns: tuple[Unit, Unit]) -> None:
    made = case()
    with pytest.raises(Conflict, match="không có phần của đơn vị này"):
        drop(made, cast.unit(cast.AN_PHUOC))
    with pytest.raises(Conflict, match="đang thuộc phạm vi"):
        take_back(made, towns[0])
    drop(made, towns[0])
    with pytest.raises(Conflict, match="đã được bỏ"):
        drop(made, towns[0])


def test_only_the_planner_of_a_draft_drops(session: Session, towns: tuple[Unit, Unit]) -> None:
    made = case()
    with pytest.raises(Forbidden):
        services.drop_predecessor(made, towns[0].id, version=None, actor=cast.actor(cast.MEMBER))
    with pytest.raises(Stale):
        services.drop_predecessor(made, towns[0].id, version=made.version - 1, actor=cast.actor(PLANNER))
    drop(made, towns[0])
    services.decide(made, make.decision_data(), version=None, actor=cast.actor(PLANNER))
    with pytest.raises(WrongState):
        take_back(made, towns[0])
    assert [piece.dropped for piece in queries.list_expansions(made)[0].pieces] == [True, False, False]


def test_a_dropped_part_lets_the_succession_be_undone(session: Session) -> None:
    old = before("CU", "UBND xã Cũ", cast.LONG_THANH)
    made = case()
    row = session.scalars(sa.select(units.Succession)).one()
    with pytest.raises(Conflict, match="bỏ phần của đơn vị cũ"):
        units.undo_succession(row, "Ghi nhầm", actor=cast.actor(PLANNER))
    drop(made, old)
    units.undo_succession(row, "Ghi nhầm", actor=cast.actor(PLANNER))


def test_the_page_shows_it_and_drops_by_one_button(
    client: Browser, session: Session, towns: tuple[Unit, Unit]
) -> None:
    made = case()
    session.commit()
    path = f"/inspections/{made.id}/review"
    client.sign_in(PLANNER).get(path)
    assert "Kế thừa từ UBND xã Lộc An : từ 01/01/2025 đến hết 30/6/2025" in client.text
    sent = {"unit_id": towns[1].id, "version": made.version}
    client.post(f"{path}/drop", sent)
    client.follow()
    assert "Đã bỏ khỏi phạm vi" in client.text
    assert spans(session) == {OWN, TOWN}
    client.post(f"{path}/drop", {**sent, "version": made.version}, expect=409)
    assert "đã được bỏ khỏi phạm vi" in client.text
    client.submit("form[action$='/review/take-back']")
    assert spans(session) == {OWN, TOWN, VILLAGE}
    client.get(path)
    client.post(f"{path}/drop", {"unit_id": "x", "version": made.version}, expect=409)


def test_more_predecessors_ask_no_more(client: Browser, session: Session, towns: tuple[Unit, Unit]) -> None:
    made = case()
    session.commit()
    path = f"/inspections/{made.id}/review"
    client.sign_in(PLANNER).get(path)
    with count_queries(session) as few:
        client.get(path)
    for number in range(5):
        before(f"X{number}", f"UBND xã Thử {number}", cast.LONG_THANH)
    services.follow_lineage(made, version=None, actor=cast.actor(PLANNER))
    session.commit()
    client.get(path)
    with count_queries(session) as many:
        client.get(path)
    assert len(many) == len(few)
