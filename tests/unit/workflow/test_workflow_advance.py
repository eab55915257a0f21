"""One function moves an object from state to state; everything else is refused and changes nothing."""

from __future__ import annotations

from enum import StrEnum

import pytest

from app import workflow
from app.db import Base
from app.errors import Forbidden, WrongState
from app.policy import Action, Actor, Role, Standing
from app.workflow import Table, Transition, advance


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    DARK = "dark"


class Lamp(Base):
    """An object with a state that no database knows (`__abstract__` keeps it out of the metadata)."""

    __abstract__ = True
    standings: frozenset[Standing] = frozenset()

    def __init__(self, state: Light, wired: bool = True) -> None:
        self.state = state
        self.wired = wired

    def standing_of(self, actor: Actor) -> frozenset[Standing]:
        return self.standings


def wired(lamp: Lamp) -> str | None:
    return None if lamp.wired else "Chưa nối dây điện."


TABLE = Table(
    "lamp",
    (
        Transition("switch", (Light.RED,), Light.GREEN, "lamp_greened", Action.CREATE_INSPECTION, (wired,)),
        Transition("switch", (Light.GREEN,), Light.RED, "lamp_reddened"),
        Transition("put_out", (Light.RED, Light.GREEN), Light.DARK, "lamp_put_out"),
    ),
    {Light.RED: "Đỏ", Light.GREEN: "Xanh", Light.DARK: "Tắt"},
)
PLANNER = Actor(1, "Đỗ Văn Giả Định", roles=frozenset({Role.PLANNER}))
OUTSIDER = Actor(2, "Tạ Thị Ngoài Cuộc")


@pytest.fixture
def recorded(monkeypatch):
    """The events that were recorded, instead of a session to hold them."""
    events = []
    monkeypatch.setattr(
        workflow.audit, "record", lambda name, *objects, **rest: events.append((name, objects, rest))
    )
    return events


def test_the_state_moves_and_the_event_says_from_where_to_where(recorded):
    lamp, post = Lamp(Light.RED), Lamp(Light.RED)
    chosen = advance(
        lamp, "switch", TABLE, actor=PLANNER, about=(post,), data={"why": "trời tối"}, on_behalf_of="LP"
    )
    assert lamp.state is Light.GREEN
    assert chosen.event == "lamp_greened"
    name, objects, rest = recorded[0]
    assert (name, objects) == ("lamp_greened", (lamp, post))
    assert rest["data"] == {"from": "red", "to": "green", "why": "trời tối"}
    assert rest["actor"] is PLANNER and rest["on_behalf_of"] == "LP"


def test_the_same_verb_leads_elsewhere_from_another_state(recorded):
    lamp = Lamp(Light.GREEN)
    advance(lamp, "switch", TABLE, actor=OUTSIDER)
    assert lamp.state is Light.RED
    assert [name for name, _, _ in recorded] == ["lamp_reddened"]


def test_what_an_object_hangs_from_is_taken_before_it(recorded, monkeypatch):
    """Two people who act below one case take its row in the same order."""
    lamp, asked = Lamp(Light.RED), []
    lamp.hangs_from = Lamp(Light.GREEN)
    inspect = workflow.sa.inspect
    monkeypatch.setattr(workflow.sa, "inspect", lambda obj, **rest: asked.append(obj) or inspect(obj, **rest))
    workflow.hold(lamp)
    assert asked == [lamp.hangs_from, lamp]


def test_a_wrong_state_is_refused_with_the_states_it_takes_and_the_way_on(recorded):
    lamp = Lamp(Light.DARK)
    with pytest.raises(WrongState) as refused:
        advance(lamp, "put_out", TABLE, actor=PLANNER)
    assert refused.value.status == 409
    assert refused.value.message == (
        "Việc này chỉ thực hiện được ở trạng thái “Đỏ”, “Xanh”; hiện ở trạng thái “Tắt”. "
        "Mở lại trang để xem trạng thái mới nhất."
    )
    assert lamp.state is Light.DARK and recorded == []


def test_who_lacks_the_right_is_refused_and_nothing_moves(recorded):
    lamp = Lamp(Light.RED)
    with pytest.raises(Forbidden) as refused:
        advance(lamp, "switch", TABLE, actor=OUTSIDER)
    assert refused.value.status == 403
    assert lamp.state is Light.RED and recorded == []


def test_the_product_itself_is_not_asked_for_rights_but_for_conditions(recorded):
    lamp = Lamp(Light.RED)
    advance(lamp, "switch", TABLE, actor=None)
    assert lamp.state is Light.GREEN
    with pytest.raises(WrongState):
        advance(Lamp(Light.RED, wired=False), "switch", TABLE, actor=None)
    assert len(recorded) == 1


def test_a_condition_that_fails_is_said_in_its_own_words(recorded):
    lamp = Lamp(Light.RED, wired=False)
    with pytest.raises(WrongState, match="Chưa nối dây điện"):
        advance(lamp, "switch", TABLE, actor=PLANNER)
    assert lamp.state is Light.RED and recorded == []


def test_the_right_is_asked_before_the_conditions(recorded):
    """Who may not act learns nothing of what is missing."""
    with pytest.raises(Forbidden):
        advance(Lamp(Light.RED, wired=False), "switch", TABLE, actor=OUTSIDER)


def test_a_verb_nobody_knows_is_a_defect_of_the_program(recorded):
    with pytest.raises(KeyError, match="explode"):
        advance(Lamp(Light.RED), "explode", TABLE, actor=PLANNER)


def test_the_ways_out_of_a_state_are_listed():
    assert [t.event for t in TABLE.possible(Light.RED)] == ["lamp_greened", "lamp_put_out"]
    assert TABLE.possible(Light.DARK) == ()
    assert [t.target for t in TABLE.find("switch")] == [Light.GREEN, Light.RED]
