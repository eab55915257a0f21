"""What was cut stays cut when the scope is written again; a lineage recorded late is followed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.form_library import queries as forms
from app.inspections import queries, services
from app.inspections.models import Inspection, ScopeItem
from app.inspections.services import Remainder
from app.register.models import Level
from tests import cast
from tests.conftest import Browser
from tests.factories import inspections as make
from tests.factories import register

JANUARY, JUNE, JULY = date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)
OCTOBER = date(2026, 10, 1)
YEAR = (JANUARY, date(2026, 9, 30))
PLANNER = cast.PLANNER


def accepted(**more: object) -> Inspection:
    """A draft of MC-05 and CĐ-01 whose remainder was taken: MC-05 of Long Phước only from July."""
    register.concluded([(register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE), "MC-05")])
    made = make.draft(criteria=("MC-05", "CĐ-01"), review=YEAR, **more)
    review = queries.review_scope(made)
    seen = Remainder(review.fingerprint, frozenset(review.refused_ids))
    services.accept_remainder(made, seen, version=None, actor=cast.actor(PLANNER))
    return made


def spans(session: Session, key: str = "MC-05") -> set[tuple[str, date, date]]:
    session.expire_all()
    return {
        (item.unit.code, item.starts_on, item.ends_on)
        for item in session.scalars(sa.select(ScopeItem))
        if item.criterion.key == key
    }


def test_another_unit_does_not_bring_the_concluded_days_back(session: Session) -> None:
    made = accepted()
    services.add_units(made, [cast.unit(cast.AN_PHUOC).id], version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {(cast.LONG_PHUOC, JULY, OCTOBER), (cast.AN_PHUOC, JANUARY, OCTOBER)}
    services.remove_unit(made, made.units[1].id, version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {(cast.LONG_PHUOC, JULY, OCTOBER)}


def test_saving_the_contents_again_or_a_longer_period_keeps_the_cut(session: Session) -> None:
    made = accepted()
    chosen = [c.id for c in forms.list_criteria(made.form_version_id) if c.key in ("MC-05", "CĐ-01")]
    services.set_scope(made, chosen, version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {(cast.LONG_PHUOC, JULY, OCTOBER)}
    longer = make.case_data(review=(date(2025, 10, 1), YEAR[1]))
    services.edit_draft(made, longer, version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {
        (cast.LONG_PHUOC, date(2025, 10, 1), JANUARY),
        (cast.LONG_PHUOC, JULY, OCTOBER),
    }


def test_a_content_taken_out_and_asked_again_is_asked_whole(session: Session) -> None:
    made = accepted()
    ids = {c.key: c.id for c in forms.list_criteria(made.form_version_id)}
    services.set_scope(made, [ids["CĐ-01"]], version=None, actor=cast.actor(PLANNER))
    services.set_scope(made, [ids["CĐ-01"], ids["MC-05"]], version=None, actor=cast.actor(PLANNER))
    assert spans(session) == {(cast.LONG_PHUOC, JANUARY, OCTOBER)}


def test_a_reason_that_was_given_goes_on(session: Session) -> None:
    register.concluded(
        [(register.box(cast.LONG_PHUOC, "MC-05", JANUARY, JUNE), "MC-05")], "12/TB-UBND",
        body="UBND xã Long Phước", level=Level.COMMUNE,
    )  # fmt: skip
    made = make.draft(criteria=("MC-05", "CĐ-01"), review=YEAR)
    services.give_higher_reason(made, "Có phản ánh", version=None, actor=cast.actor(PLANNER))
    services.edit_draft(
        made, make.case_data(review=(JANUARY, date(2026, 8, 31))), version=None, actor=cast.actor(PLANNER)
    )
    reasons = {i.criterion.key: i.higher_reason for i in session.scalars(sa.select(ScopeItem))}
    assert reasons == {"MC-05": "Có phản ánh", "CĐ-01": None}


def test_contents_that_differ_by_unit_survive_opening_and_saving_the_page(
    client: Browser, session: Session
) -> None:
    made = make.draft(units=(cast.LONG_PHUOC, cast.AN_PHUOC), criteria=("MC-05",))
    ids = {c.key: c.id for c in forms.list_criteria(made.form_version_id)}
    services.set_scope(
        made, [ids["CĐ-01"]], inspected_unit_ids=[made.units[1].id], version=None, actor=cast.actor(PLANNER)
    )
    session.commit()
    path = f"/inspections/{made.id}/scope"
    client.sign_in(PLANNER).get(path)
    assert "Nội dung đang chọn của từng đơn vị không giống nhau" in client.text
    assert "UBND xã Long Phước: 01 nội dung" in client.text
    client.submit(f"form[action='{path}']", expect=422)
    assert spans(session) == {(cast.LONG_PHUOC, JANUARY, JULY)}
    assert spans(session, "CĐ-01") == {(cast.AN_PHUOC, JANUARY, JULY)}
    client.get(f"{path}?unit={made.units[1].id}")
    client.submit(f"form[action='{path}']", {"criteria": [str(ids["CĐ-01"]), str(ids["MC-11"])]})
    assert spans(session, "MC-11") == {(cast.AN_PHUOC, JANUARY, JULY)}
    assert spans(session) == {(cast.LONG_PHUOC, JANUARY, JULY)}


def test_fields_left_after_a_cut_are_ticked(client: Browser, session: Session) -> None:
    land = forms.list_fields()[0]
    by_field = next(c for c in forms.list_criteria(forms.latest_version().id) if c.by_field)
    content = register.box(cast.LONG_PHUOC, by_field.key, JANUARY, JUNE, field=land.code)
    register.concluded([(content, by_field.key)])
    made = make.draft(criteria=(by_field.key,))
    review = queries.review_scope(made)
    seen = Remainder(review.fingerprint, frozenset(review.refused_ids))
    services.accept_remainder(made, seen, version=None, actor=cast.actor(PLANNER))
    session.commit()
    client.sign_in(PLANNER).get(f"/inspections/{made.id}/scope")
    ticked = {box["value"] for box in client.page.select("input[name=fields][checked]")}
    assert ticked == {str(field.id) for field in forms.list_fields()} - {str(land.id)}


def test_another_form_forgets_who_looks_at_what(session: Session) -> None:
    made = make.draft()
    group = forms.list_groups(made.form_version_id)[0]
    cell = {(made.units[0].id, group.id): made.members[0].id}
    services.assign(made, cell, version=None, actor=cast.actor(PLANNER))
    services.scope.clear(made)
    session.flush()
    assert not any(member.assignments for member in made.members) and spans(session) == set()


class TestALineageRecordedLate:
    """The scope asks the new unit alone; then it is recorded what it was formed from."""

    @pytest.fixture
    def made(self, session: Session) -> Inspection:
        made = make.draft(units=(cast.LONG_THANH,), criteria=("MC-05",), review=(date(2025, 1, 1), JUNE))
        assert not queries.moved_units(made)
        old = register.unit("LT-CU", "UBND thị trấn Long Thành", valid_to=date(2025, 7, 1))
        register.succeeds(cast.unit(cast.LONG_THANH), old, on=date(2025, 7, 1))
        session.commit()
        return made

    def test_the_decision_waits_until_the_scope_follows(self, session: Session, made: Inspection) -> None:
        with pytest.raises(DomainError, match="Phạm vi đã thay đổi theo đơn vị cũ, đơn vị kế thừa"):
            services.decide(made, make.decision_data(), version=None, actor=cast.actor(PLANNER))

    def test_one_click_follows_it(self, client: Browser, session: Session, made: Inspection) -> None:
        client.sign_in(PLANNER).get(f"/inspections/{made.id}/review")
        assert "Phạm vi đã thay đổi" in client.text
        client.submit("form[action$='/review/follow']")
        assert spans(session) == {
            ("LT-CU", date(2025, 1, 1), date(2025, 7, 1)),
            (cast.LONG_THANH, date(2025, 7, 1), JULY),
        }
        session.expire_all()
        services.decide(made, make.decision_data(), version=None, actor=cast.actor(PLANNER))
        assert made.mandate is not None

    def test_a_scope_that_follows_already_is_not_written_again(self, session: Session) -> None:
        with pytest.raises(Conflict, match="đã theo đúng"):
            services.follow_lineage(make.draft(), version=None, actor=cast.actor(PLANNER))
