"""An office with a time-stamping service and hosts that may be asked: B-LT by click, told on the page."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.documents import chain, verification
from app.documents.models import Document
from app.documents.signatures import demo, keyring, records, signers
from app.documents.signatures.levels import Level
from app.documents.signatures.records import Told
from app.errors import Conflict
from app.notices.cli import as_primitive
from config import KeySettings
from tests import cast
from tests.conftest import Browser
from tests.factories import notices, signatures
from tests.signatures.authorities import DAY, HOUR, Authority, served
from tests.signatures.papers import LEADER, OFFICE


@pytest.fixture
def ours(session: Session, app: Flask) -> Iterator[Authority]:
    """Keys of a real authority in the environment, and no key on trial."""
    kept = app.config["SIGNING"]
    with served() as made:
        made.moment, made.said_at = clock.now(), clock.now() - HOUR
        people = {"lanhdao": made.issue(LEADER)[0], "coquan": made.issue(OFFICE)[0]}
        app.config["SIGNING"] = dataclasses.replace(
            kept,
            keys=tuple(KeySettings(name, demo.PASSPHRASE, file=who.key.path) for name, who in people.items()),
            roots=(made.pem(),),
            timestamper=f"http://{made.host}/tsa",
            hosts=frozenset({made.host}),
        )
        leader, office = signatures.office_signs()
        signers.change(leader, key_name="lanhdao", actor=None)
        signers.change(office, key_name="coquan", actor=None)
        yield made
    app.config["SIGNING"] = kept


def sign(document: Document) -> None:
    begun = chain.begin_signing(document, actor=cast.actor(cast.LEADER))
    chain.finish_signing(document, begun, chain.draw_signed(begun), actor=cast.actor(cast.LEADER))


def told(document: Document) -> tuple[Told, ...]:
    kept = records.of_file(document, document.sha256)
    assert kept is not None and kept.sound, kept
    return records.tell(kept.found)


def test_both_signatures_last_and_every_page_says_so(
    ours: Authority, session: Session, client: Browser
) -> None:
    document = notices.approved().document
    sign(document)
    assert [one.level for one in told(document)] == [Level.LASTING]
    chain.seal(document, actor=cast.actor(cast.CLERK))
    assert [one.level for one in told(document)] == [Level.LASTING, Level.LASTING]
    chain.issue(document, actor=cast.actor(cast.CLERK))
    session.commit()
    examined = verification.examine(signatures.bytes_of(document))
    said = json.loads(json.dumps(as_primitive(examined)))["signatures"]
    assert [one["level"] for one in said] == ["B-LT", "B-LT"]
    client.sign_in(cast.CLERK).get(f"/documents/{document.id}")
    assert client.text.count("mức ký: B-LT") == 2


def test_a_paper_is_signed_all_the_same_when_nobody_says_whether_certificates_stand(
    ours: Authority, session: Session
) -> None:
    ours.silent = {"/ocsp", "/crl"}
    document = notices.approved().document
    sign(document)
    assert [one.level for one in told(document)] == [Level.TIMED]


def test_who_is_withdrawn_is_told_and_signs_nothing(ours: Authority, session: Session) -> None:
    ours.withdrawn = dict.fromkeys(ours.known, clock.now() - DAY)
    document = notices.approved().document
    with pytest.raises(Conflict, match="thu hồi nên không ký được"):
        sign(document)
    assert document.file is None


def test_a_list_that_the_operator_replaces_counts_from_then_on(
    ours: Authority, session: Session, app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "danh-sach.crl"
    app.config["SIGNING"] = dataclasses.replace(
        app.config["SIGNING"], hosts=frozenset(), crls=(path, tmp_path / "khong-co.crl")
    )
    assert keyring.trust().crls == ()
    path.write_bytes(ours.listed())
    document = notices.approved().document
    sign(document)
    assert [one.level for one in told(document)] == [Level.LASTING] and "/ocsp" not in ours.asked
    ours.withdrawn = dict.fromkeys(ours.known, clock.now() - DAY)
    path.write_bytes(ours.listed())
    with pytest.raises(Conflict, match="thu hồi nên không ký được"):
        chain.seal(document, actor=cast.actor(cast.CLERK))


def test_a_check_of_before_levels_were_kept_says_none(ours: Authority, session: Session) -> None:
    document = notices.approved().document
    sign(document)
    kept = records.of_file(document, document.sha256)
    assert kept is not None
    old = [{key: said for key, said in one.items() if key != "level"} for one in kept.found["signatures"]]
    assert [one.level for one in records.tell({"problems": [], "signatures": old})] == [""]
