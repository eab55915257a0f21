"""A reservation that nobody turned into a decision gives its contents back, and says so."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import Event
from app.extensions import db
from app.form_library.models import Content
from app.jobs import services as jobs
from app.jobs import worker
from app.jobs.models import JobState
from app.register import reserved, services
from app.register.boxes import Box
from app.register.models import Claim, Level, Mandate, MandateKind
from tests import cast

FIRST, LAST = date(2026, 1, 1), date(2026, 7, 1)


def reserve(lapses_on: date | None) -> Mandate:
    content = db.session.scalars(sa.select(Content).where(Content.key == "MC-05")).one()
    mandate = services.create_mandate(kind=MandateKind.OWN, body_name="Sở Nội vụ", level=Level.DEPARTMENT)
    box = Box(cast.unit(cast.LONG_PHUOC).id, content.id, FIRST, LAST)
    services.claim(mandate, [services.ClaimWanted(None, box)], actor=None, lapses_on=lapses_on)
    return mandate


def test_the_worker_ends_a_reservation_the_day_after_its_last(session: Session) -> None:
    mandate = reserve(date(2026, 9, 22))
    jobs.enqueue("end_lapsed_reservations", {})
    session.commit()
    done = worker.run_one()
    assert done is not None and done.result == "Đã trả lại 01 nội dung hết thời hạn giữ chỗ"
    claim = session.scalars(sa.select(Claim).where(Claim.mandate_id == mandate.id)).one()
    assert claim.ended_at is not None and claim.ended_reason == "Hết thời hạn giữ chỗ"
    assert session.scalar(sa.select(sa.func.count()).where(Event.name == "claims_lapsed")) == 1


def test_a_reservation_holds_to_the_end_of_its_last_day_and_a_firm_claim_for_good(session: Session) -> None:
    mandate = reserve(date(2026, 9, 23))
    assert reserved.end_lapsed(date(2026, 9, 23)) == 0
    assert reserved.end_lapsed(date(2026, 9, 24)) == 1
    assert reserved.end_lapsed(date(2026, 9, 24)) == 0
    firm = reserve(None)
    assert firm.id != mandate.id and reserved.end_lapsed(date(2036, 1, 1)) == 0


def test_a_lapsed_reservation_is_in_nobodys_way(session: Session) -> None:
    reserve(date(2026, 9, 20))
    taken = reserve(None)
    live = session.scalars(sa.select(Claim.mandate_id).where(Claim.ended_at.is_(None))).all()
    assert live == [taken.id]


def test_the_job_comes_back_every_hour(session: Session) -> None:
    jobs.ensure_periodic()
    session.commit()
    job = worker.run_one()
    assert job is not None and job.state is JobState.WAITING
