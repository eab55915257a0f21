"""Fieldwork for tests of every room: opened visits, answers, signed minutes, ended units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app import clock
from app.extensions import db
from app.fieldwork import queries, services
from app.fieldwork.composing import Texts
from app.fieldwork.models import Answer, Minutes
from app.fieldwork.services import MinutesValues
from app.form_library.builder import AnswerValues
from app.form_library.values import RatioValue, Result
from app.inspections.models import InspectedUnit, Inspection, ScopeItem, Visit
from app.inspections.queries import list_scope
from tests import cast
from tests.factories import inspections
from tests.replaying import replayed

CRITERIA = ("MC-05", "MC-07", "MC-11", "CĐ-01")


@replayed
def opened(
    *,
    criteria: Sequence[str] | None = CRITERIA,
    units: Sequence[str] = (cast.LONG_PHUOC,),
    provisional: bool = False,
) -> Inspection:
    """A case whose decision was read out this morning at every unit."""
    review = (date(2026, 1, 1), None if provisional else date(2026, 6, 30))
    inspection = inspections.decided(criteria=criteria, units=units, provisional=provisional, review=review)
    for unit in inspection.units:
        open_visit(inspections.announced(unit))
    db.session.commit()
    return inspection


@replayed
def open_visit(visit: Visit) -> Visit:
    """The decision is read out at 8:05 on the day of the visit."""
    assert visit.on_date is not None
    services.open_visit(visit, opened_at=clock.at(visit.on_date, 8, 5), actor=cast.actor(cast.SECRETARY))
    return visit


def item(unit: InspectedUnit, key: str) -> ScopeItem:
    """The scope item of a criterion at a unit."""
    return next(found for found in list_scope(unit.id) if found.criterion.key == key)


def met(looked_at: str = "Sổ theo dõi hồ sơ năm 2026") -> AnswerValues:
    """“Đạt” with what was looked at."""
    return AnswerValues(result=Result.MET, looked_at_other=looked_at)


def not_met(failing: int = 12, sample: int = 1024) -> AnswerValues:
    """“Chưa đạt” with figures."""
    return AnswerValues(
        result=Result.NOT_MET, looked_at_other="Kết xuất hệ thống", ratio=RatioValue(sample, sample, failing)
    )


def answer(scope_item: ScopeItem, values: AnswerValues | None = None, *, by: str = cast.MEMBER) -> Answer:
    """An answer, “Đạt” unless said otherwise."""
    return services.save_answer(scope_item, values or met(), actor=cast.actor(by), version=None)


def answer_all(unit: InspectedUnit) -> None:
    """“Đạt” everywhere that has no answer yet."""
    known = queries.answers_by_item(unit.id)
    for found in list_scope(unit.id):
        if found.id not in known:
            answer(found)


def values(minutes: Minutes, **changes: object) -> MinutesValues:
    """The minutes as they stand, ready to be printed; `changes` by the names of MinutesValues."""
    given: dict[str, object] = {
        "place": "trụ sở UBND xã Long Phước",
        "opened_at": clock.at(date(2026, 9, 23), 8, 5),
        "closed_at": clock.at(date(2026, 9, 23), 11, 40),
        "team_present": tuple(minutes.team_present),
        "unit_present": tuple(minutes.unit_present),
        "texts": Texts(**minutes.sections["texts"]),
        "points": tuple((f.id, f.description) for f in queries.minutes.ordered_findings(minutes)),
        "unit_opinion": "Đơn vị thống nhất.",
        "unit_agrees": True,
        "requests": "",
        "copies": 2,
        "unit_signatory": "Nguyễn Văn Giả Thiết",
        **changes,
    }
    return MinutesValues(**given)


@replayed
def composed(visit: Visit) -> Minutes:
    """Minutes just composed from the answers."""
    return services.compose_minutes(visit, actor=cast.actor(cast.SECRETARY))


@replayed
def printed(visit: Visit) -> Minutes:
    """Minutes printed to be signed."""
    minutes = composed(visit)
    services.edit_minutes(minutes, values(minutes), actor=cast.actor(cast.SECRETARY), version=None)
    services.print_minutes(minutes, actor=cast.actor(cast.SECRETARY))
    return minutes


@replayed
def signed(visit: Visit) -> Minutes:
    """Minutes signed by both sides today."""
    minutes = printed(visit)
    services.sign_minutes(
        minutes,
        signatory="Nguyễn Văn Giả Thiết, Chủ tịch UBND xã",
        signed_on=clock.today(),
        actor=cast.actor(cast.SECRETARY),
    )
    return minutes


@replayed
def ended(unit: InspectedUnit) -> InspectedUnit:
    """Everything answered, minutes of every visit signed, fieldwork ended at the unit."""
    answer_all(unit)
    for visit in unit.visits:
        signed(visit)
    services.end_fieldwork(unit, confirmed_missing=0, actor=cast.actor(cast.TEAM_LEADER))
    return unit
