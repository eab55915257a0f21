"""Two transactions at one moment about one finding: whoever comes second waits for the first and sees it.

The second one writes rows as they are, without the services, whose own questions were answered before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app import clock, create_app
from app.extensions import db
from app.findings.models import Finding, FindingState
from app.notices import services as notices
from app.notices.models import NoticeRecall
from app.responsibility.models import Answerable, Answers, Referral, Track
from tests import cast
from tests.conftest import NOON, settings_for
from tests.factories import notices as notice_made
from tests.factories import responsibility as made

WAITS = 0.6
"""Seconds after which somebody who has not been told anything is held up."""


def answerable(finding_id: int) -> None:
    db.session.add(
        Answerable(
            finding_id=finding_id, kind=Answers.COLLECTIVE, collective="UBND xã Long Phước",
            recorded_by=cast.person(cast.FOLLOWER).id,
        )
    )  # fmt: skip
    db.session.flush()


def referral(finding_id: int) -> None:
    db.session.add(
        Referral(
            finding_id=finding_id, track=Track.INSPECTORATE, body="Thanh tra thành phố", reference="81/SNV",
            sent_on=date(2026, 9, 1), due_on=date(2026, 9, 30), recorded_by=cast.person(cast.FOLLOWER).id,
        )
    )  # fmt: skip
    db.session.flush()


def back_to_the_team(finding_id: int) -> None:
    sentence = sa.update(Finding).where(Finding.id == finding_id)
    db.session.execute(sentence.values(state=FindingState.OPINION_TAKEN, passed_to=""))


def second(app: Flask, first: Callable[[], object], deed: Callable[[], object], *, kept: bool) -> str:
    """What becomes of `deed` while `first` is not committed yet, then committed or (`kept` False) undone.

    It must wait until then; "done", or the words of the database.
    """
    told: list[str] = []

    def act() -> None:
        with app.app_context(), clock.frozen(NOON):
            try:
                deed()
                db.session.commit()
                told.append("done")
            except DBAPIError as error:
                told.append(str(error.orig))
            finally:
                db.session.remove()

    with app.app_context():
        first()
        db.session.flush()
        thread = threading.Thread(target=act)
        thread.start()
        time.sleep(WAITS)
        held_up = not told
        (db.session.commit if kept else db.session.rollback)()
        db.session.remove()
    thread.join(30)
    assert held_up and not thread.is_alive(), told
    return told[0]


@pytest.fixture
def world(new_database: Callable[[str], str], tmp_path: Path) -> Flask:
    """A database that commits."""
    return create_app(settings_for(new_database("answering"), tmp_path))


@pytest.fixture
def recall(world: Flask) -> tuple[Flask, int, int]:
    """An issued notice whose recall was asked; keys of a finding that it concluded and of the request."""
    with world.app_context():
        notice = notice_made.issued()
        asked = notice_made.recall_asked(notice)
        keys = notice.items[0].finding_id, asked.id
        db.session.remove()
    return world, *keys


@pytest.mark.parametrize("kept", [True, False])
def test_nobody_is_made_answerable_for_what_a_recall_takes_back_meanwhile(
    recall: tuple[Flask, int, int], kept: bool
) -> None:
    app, finding_id, asked_id = recall

    def take_back() -> None:
        paper = notice_made.recall_paper()
        asked = db.session.get_one(NoticeRecall, asked_id)
        notices.recall_notice(asked, paper, actor=cast.actor(cast.LEADER))

    told = second(app, take_back, lambda: answerable(finding_id), kept=kept)
    with app.app_context():
        state = db.session.get_one(Finding, finding_id).state
        number = db.session.scalar(sa.select(sa.func.count()).select_from(Answerable))
        db.session.remove()
        db.engine.dispose()
    if kept:
        assert "answerable_of_concluded" in told and (state, number) == (FindingState.AGREED, 0)
    else:
        assert (told, state, number) == ("done", FindingState.CONCLUDED, 1)


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("sent_first", [True, False])
def test_a_case_is_not_referred_and_taken_back_to_the_team_at_once(
    world: Flask, sent_first: bool, kept: bool
) -> None:
    with world.app_context():
        finding_id = made.passed_on().id
        db.session.remove()
    deeds = [lambda: referral(finding_id), lambda: back_to_the_team(finding_id)]
    first, later = deeds if sent_first else reversed(deeds)
    told = second(world, first, later, kept=kept)
    with world.app_context():
        state = db.session.get_one(Finding, finding_id).state
        number = db.session.scalar(sa.select(sa.func.count()).select_from(Referral))
        db.session.remove()
        db.engine.dispose()
    assert ("referral_of_passed_on" in told) if kept else told == "done"
    assert number == (state is FindingState.PASSED_ON), "referred, or with the team"
    assert (state is FindingState.PASSED_ON) == (sent_first == kept)
