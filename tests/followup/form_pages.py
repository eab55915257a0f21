"""Pages with a form in the rooms of following up: each makes what it is about; where it stands and goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.accounts import services as accounts
from app.accounts.services import FocalPointValues
from app.conversion import services as conversion
from app.findings.models import ProposalKind
from app.findings.services import SentValues, send_proposal
from app.responsibility import services
from app.responsibility.models import Answerable
from tests import cast
from tests.factories import handover, old_tables, responsibility
from tests.factories import remediation as made


@dataclass(frozen=True)
class Page:
    """Where a form stands and where it goes."""

    path: str
    action: str


def _answerable(*, decided: bool = False) -> Answerable:
    one = responsibility.answerable(responsibility.a_finding())
    if decided:
        services.decide(one, responsibility.DECISION, actor=cast.actor(cast.FOLLOWER))
    return one


def new_answerable() -> Page:
    path = f"/findings/{responsibility.a_finding().id}/responsibility/new"
    return Page(path, path)


def an_answerable(name: str, *, on: str = "") -> Callable[[], Page]:
    def page() -> Page:
        one = _answerable()
        action = f"/answerables/{one.id}/{name}"
        return Page(on.format(finding=one.finding_id) or action, action)

    return page


def new_referral() -> Page:
    path = f"/findings/{responsibility.passed_on().id}/referral"
    return Page(path, path)


def known_referral() -> Page:
    path = f"/findings/{responsibility.referred().finding_id}/referral"
    return Page(path, path)


def a_referral() -> Page:
    path = f"/referrals/{responsibility.referred().id}/answer"
    return Page(path, path)


def focal(*, for_unit: bool) -> Callable[[], Page]:
    def page() -> Page:
        path = f"/units/{cast.unit(cast.LONG_PHUOC).id}{'/for-unit' if for_unit else ''}/focal-point"
        return Page(path, path)

    return page


def end_focal(*, for_unit: bool) -> Callable[[], Page]:
    def page() -> Page:
        unit = cast.unit(cast.LONG_PHUOC)
        values = FocalPointValues(date(2026, 9, 1), name="Hồ Văn Thí Nghiệm")
        point = accounts.appoint_focal_point(unit, values, actor=cast.actor(cast.HEAD))
        way = "/for-unit" if for_unit else ""
        return Page(f"/units/{unit.id}{way}/focal-point", f"/focal-points/{point.id}{way}/end")

    return page


def follower_list() -> Page:
    handing = handover.follow_on(made.issued()[0])
    path = f"/handovers/lists/{handing.id}"
    return Page(path, f"{path}/received")


def head_list(name: str) -> Callable[[], Page]:
    def page() -> Page:
        made.issued()
        handover.new_head()
        path = f"/handovers/heads/{cast.unit(cast.LONG_PHUOC).id}"
        return Page(path, f"{path}/{name}")

    return page


def left_over() -> Page:
    task = handover.owed()
    unit = handover.dissolve(cast.AN_PHUOC)
    assert task.lead_unit_id == unit.id
    return Page("/handovers", f"/handovers/{unit.id}")


def given(name: str) -> Callable[[], Page]:
    def page() -> Page:
        task = handover.owed()
        unit = handover.dissolve(cast.AN_PHUOC)
        handover.give(task, unit)
        return Page("/handovers" if name == "office" else "/handovers/received", {
            "office": f"/handovers/{unit.id}/received", "unit": "/handovers/received",
        }[name])  # fmt: skip

    return page


def ticked(name: str, *, handed_in: bool = False) -> Callable[[], Page]:
    def page() -> Page:
        tasks = made.issued(findings=2)
        for task in tasks if handed_in else ():
            made.submitted(made.progressed(task))
        ticks = "&".join(f"pick={task.id}:{task.version}" for task in tasks)
        if handed_in:
            return Page("/follow-up?all=1", f"/follow-up/{name}")
        return Page(f"/follow-up/{name}?{ticks}", f"/follow-up/{name}")

    return page


def old_table(name: str) -> Callable[[], Page]:
    def page() -> Page:
        lines = [old_tables.line(notice="18/TB-SNV, ngày 14/11/2205")] if name == "accept" else []
        table = old_tables.table(*lines)
        return Page(f"/old-tables/{table.id}", f"/old-tables/{table.id}/{name}")

    return page


def old_row(name: str = "") -> Callable[[], Page]:
    def page() -> Page:
        table = old_tables.table(old_tables.line(unit="xã Lon Phước"))
        [row] = old_tables.rows_of(table)
        path = f"/old-tables/{table.id}/rows/{row.id}"
        if name == "/restore":
            conversion.leave_out(row, actor=cast.actor(cast.FOLLOWER))
        return Page(path, f"{path}{name}")

    return page


def columns() -> Page:
    table = old_tables.brought()
    path = f"/old-tables/{table.id}/columns"
    return Page(path, path)


def plan_number(*, for_unit: bool) -> Callable[[], Page]:
    def page() -> Page:
        task = made.issued()[0]
        path = f"/units/{task.lead_unit_id}{'/for-unit' if for_unit else ''}/plan-number"
        return Page(path, path)

    return page


def proposals(*, for_unit: bool) -> Callable[[], Page]:
    def page() -> Page:
        path = f"/units/{cast.unit(cast.LONG_PHUOC).id}{'/for-unit' if for_unit else ''}/proposals/new"
        return Page(path, path)

    return page


def proposal() -> Page:
    values = SentValues(ProposalKind.PROPOSAL, "Bổ sung biên chế.")
    sent = send_proposal(cast.unit(cast.LONG_PHUOC), values, actor=cast.actor(cast.HEAD))
    return Page(f"/proposals/{sent.id}", f"/proposals/{sent.id}/answer")
