"""B-LT: a signature carries what proves that its certificates stood, and nothing hides behind that."""

from __future__ import annotations

import asyncio
import io
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from app.documents.signatures import checking, places, signing, specimens, store, timestamping
from app.documents.signatures.acts import Plan
from app.documents.signatures.appearance import Look
from app.documents.signatures.checking import Expected, Problem, Report, Trust
from app.documents.signatures.levels import Level
from app.documents.signatures.revocation import Sources
from app.documents.signatures.signers import Identity
from app.documents.signatures.store import Evidence
from app.errors import Conflict
from tests.documents.pdfsig import read_signatures
from tests.documents.validator import validate
from tests.loops import no_running_loop
from tests.signatures import forgeries, papers
from tests.signatures.authorities import DAY, HOUR, Authority, served
from tests.signatures.papers import AT, LEADER, OFFICE, SEALED_AT, Certificate

LATER = SEALED_AT + 30 * DAY


@dataclass
class Room:
    """An authority at work, its two signers, and a paper with empty places."""

    ours: Authority
    leader: Certificate
    leader_serial: int
    office: Certificate
    prepared: bytes
    leader_box: Any
    seal_box: Any

    def sources(self, *, kept: bool = False, hosts: bool = True) -> Sources:
        asked = frozenset({self.ours.host} if hosts else ())
        return Sources((self.ours.pem(),), (self.ours.listed(),) if kept else (), asked)

    def sign(self, *, stamped: bool = True, sources: Sources | None = None, at: datetime = AT) -> bytes:
        wanted = signing.Wanted(
            places.LEADER, self.leader_box, Look(papers.picture()), "Ký ban hành", first=True
        )
        return self._made(self.prepared, wanted, self.leader, stamped, sources, at)

    def seal(self, signed: bytes, *, stamped: bool = True, sources: Sources | None = None) -> bytes:
        look = Look(specimens.seal_picture(OFFICE), trial=True)
        wanted = signing.Wanted(places.OFFICE, self.seal_box, look, "Đóng dấu cơ quan")
        return self._made(signed, wanted, self.office, stamped, sources, SEALED_AT)

    def _made(
        self, data: bytes, wanted: signing.Wanted, by: Certificate, stamped: bool,
        sources: Sources | None, at: datetime,
    ) -> bytes:  # fmt: skip
        self.ours.moment = at
        client = timestamping.client(f"http://{self.ours.host}/tsa") if stamped else None
        return signing.sign(data, wanted, by.key, at=at, timestamper=client, sources=sources)

    def look(self, data: bytes, *, at: datetime = SEALED_AT, crls: tuple[bytes, ...] = ()) -> Report:
        fields = {places.LEADER: self.leader, places.OFFICE: self.office}
        signed = {one.field for one in checking.look_at(data, Trust(()), at=at).signatures} or set(fields)
        expected = [
            Expected(name, frozenset({who.fingerprint})) for name, who in fields.items() if name in signed
        ]
        trust = Trust((self.ours.pem(),), crls=crls)
        return checking.check(data, expected, trust, at=at, prepared=self.prepared)

    def levels(self, data: bytes) -> list[Level]:
        found = self.look(data)
        assert found.told == ()
        return [one.level for one in found.signatures]


@pytest.fixture(scope="module")
def whole() -> Iterator[Room]:
    with served() as ours:
        (leader, serial), (office, _) = ours.issue(LEADER), ours.issue(OFFICE)
        prepared, leader_box, seal_box = papers.prepare(papers.drawn())
        yield Room(ours, leader, serial, office, prepared, leader_box, seal_box)


@pytest.fixture
def room(whole: Room) -> Iterator[Room]:
    yield whole
    ours = whole.ours
    ours.withdrawn.clear()
    ours.silent.clear()
    ours.asked.clear()
    ours.said_at = AT - HOUR


@pytest.fixture(scope="module")
def sealed(whole: Room) -> bytes:
    """Signed and sealed, each with its proofs."""
    with no_running_loop():
        return whole.seal(whole.sign(sources=whole.sources()), sources=whole.sources())


def test_the_leaders_signature_lasts_and_still_does_when_the_office_has_sealed(room: Room) -> None:
    signed = room.sign(sources=room.sources())
    assert room.levels(signed) == [Level.LASTING]
    sealed = room.seal(signed, sources=room.sources())
    room.ours.asked.clear()
    assert room.levels(sealed) == [Level.LASTING, Level.LASTING]
    assert sealed.startswith(signed) and room.ours.asked == []
    found = room.look(sealed, at=AT + 400 * DAY)  # the certificates are over, the timestamps' too
    assert {problem for one in found.signatures for problem in one.problems} == {
        Problem.TIMESTAMP,
        Problem.EXPIRED,
    }


@pytest.mark.parametrize(
    ("act", "level", "asked"),
    [
        (lambda room: room.sign(stamped=False, sources=room.sources()), Level.BASIC, set()),
        (lambda room: room.sign(), Level.TIMED, set()),
        (lambda room: room.sign(sources=room.sources(hosts=False)), Level.TIMED, set()),
        (lambda room: room.sign(sources=room.sources(kept=True, hosts=False)), Level.LASTING, set()),
        (lambda room: room.sign(sources=room.sources()), Level.LASTING, {"/ocsp"}),
    ],
    ids=["no time", "no sources", "no host named", "a kept list", "answers"],
)
def test_the_level_is_what_the_file_shows(
    room: Room, act: Callable[[Room], bytes], level: Level, asked: set[str]
) -> None:
    signed = act(room)
    assert set(room.ours.asked) == asked
    assert room.levels(signed) == [level]


def test_lists_stand_in_for_silent_answers_and_nothing_for_both(room: Room) -> None:
    room.ours.silent = {"/ocsp"}
    assert room.levels(room.sign(sources=room.sources())) == [Level.LASTING]
    assert set(room.ours.asked) == {"/ocsp", "/crl"}
    room.ours.silent = {"/ocsp", "/crl"}
    assert room.levels(room.sign(sources=room.sources())) == [Level.TIMED]
    room.ours.silent = {"/ocsp"}
    room.ours.said_at = AT - 30 * DAY
    assert room.levels(room.sign(sources=room.sources())) == [Level.TIMED]


def test_the_seal_brings_proofs_for_a_leader_whose_tool_put_none(room: Room) -> None:
    signed = room.sign()
    assert room.levels(signed) == [Level.TIMED]
    assert room.levels(room.seal(signed, sources=room.sources())) == [Level.LASTING, Level.LASTING]


def test_proofs_of_another_authority_prove_nothing(room: Room) -> None:
    with served() as strangers:
        evidence = Evidence(crls=(strangers.listed(),))
    assert room.levels(added(room.sign(), evidence)) == [Level.TIMED]


def test_who_is_withdrawn_does_not_sign(room: Room) -> None:
    room.ours.withdrawn[room.leader_serial] = AT - DAY
    for sources in (room.sources(), room.sources(kept=True, hosts=False)):
        with pytest.raises(Conflict, match="đã bị thu hồi nên không ký được"):
            room.sign(sources=sources)


def withdrawn(room: Room, since: datetime) -> tuple[bytes, ...]:
    """A list that came out long after the signature."""
    room.ours.withdrawn[room.leader_serial], room.ours.said_at = since, LATER - HOUR
    return (room.ours.listed(),)


def leaders(found: Report) -> tuple[Problem, ...]:
    return found.signatures[0].problems


def test_withdrawn_before_the_signature_is_told_and_after_it_is_not(room: Room) -> None:
    stamped = room.sign()
    before = room.look(stamped, at=LATER, crls=withdrawn(room, AT - HOUR))
    assert leaders(before) == (Problem.REVOKED,)
    assert before.told == (f"{LEADER}: Chứng thư số đã bị thu hồi trước khi ký.",)
    assert leaders(room.look(stamped, at=LATER, crls=withdrawn(room, AT + HOUR))) == ()


@pytest.mark.parametrize(
    ("who", "stamped"), [("the leader", False), ("the leader", True), ("who stamps", True)]
)
def test_an_answer_of_before_that_a_file_carries_does_not_outweigh_a_list(
    room: Room, who: str, stamped: bool
) -> None:
    """Whoever holds a stolen key holds a good answer of the day before it was withdrawn, too."""
    signed, ours = room.sign(stamped=stamped), room.ours
    serial = room.leader_serial if who == "the leader" else ours._stamper.serial_number
    ours.said_at = AT - 3 * DAY
    question = ocsp.OCSPRequestBuilder().add_certificate(ours.known[serial], ours.root, hashes.SHA1())
    good = ours.answer(question.build().public_bytes(serialization.Encoding.DER))
    ours.withdrawn[serial], ours.said_at = AT - 2 * DAY, AT - DAY
    list_of_today = ours.listed()
    carrying = added(signed, Evidence(ocsps=(good,)))
    wanted = Problem.REVOKED if who == "the leader" else Problem.TIMESTAMP
    assert wanted in leaders(room.look(carrying, crls=(list_of_today,)))
    both = added(signed, Evidence(ocsps=(good,), crls=(list_of_today,)))
    assert wanted in leaders(room.look(both))


def test_without_a_timestamp_nobody_can_say_that_it_was_signed_before(room: Room) -> None:
    bare = room.sign(stamped=False)
    assert leaders(room.look(bare, at=LATER, crls=withdrawn(room, AT + HOUR))) == (Problem.REVOKED_SINCE,)
    assert leaders(room.look(bare, at=LATER, crls=withdrawn(room, AT - HOUR))) == (Problem.REVOKED,)
    assert leaders(room.look(bare, at=AT + timedelta(minutes=30), crls=withdrawn(room, AT + HOUR))) == ()


def test_a_certificate_need_not_outlive_a_signature_with_a_timestamp(room: Room) -> None:
    with served() as other:  # its timestamps are still believed when the leader's certificate is over
        stamped = room.sign()
        trust = Trust((room.ours.pem(),), time_roots=(room.ours.pem(), other.pem()))
        found = checking.check(stamped, [Expected(places.LEADER)], trust, at=AT + 364 * DAY)
    assert found.told == ()


# --- updates that come after the seal ------------------------------------------------------------------


def added(data: bytes, evidence: Evidence, change: Callable[[Any], None] | None = None) -> bytes:
    """An update that brings proofs, and something else under their cover."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    store.add(writer, evidence)
    if change is not None:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def proofs(room: Room) -> Evidence:
    return Evidence(crls=(room.ours.listed(),))


def _other_language(writer: Any) -> None:
    writer.root["/Lang"] = TextStringObject("en")
    writer.update_root()


def _orphan(writer: Any) -> None:
    writer.add_object(StreamObject(stream_data=forgeries.WHITE_OVER_THE_TEXT))


def _store_with_more(writer: Any) -> None:
    writer.root["/DSS"]["/Notes"] = TextStringObject("x")


def _page_as_proof(writer: Any) -> None:
    """The content of a page is written anew, and the store points to it too."""
    page = writer.find_page_for_modification(0)[0].get_object()
    there = page.raw_get("/Contents")
    reference = there[0] if isinstance(there, ArrayObject) else there
    writer.objects[(0, reference.idnum)] = StreamObject(stream_data=forgeries.WHITE_OVER_THE_TEXT)
    writer.root["/DSS"]["/Certs"] = ArrayObject([*writer.root["/DSS"].get("/Certs", []), reference])


def _no_proof(writer: Any) -> None:
    kept = writer.root["/DSS"]["/CRLs"]
    kept.append(writer.add_object(StreamObject(stream_data=b"Khong phai danh sach")))


def test_proofs_that_a_tool_adds_after_the_seal_are_let_through(room: Room) -> None:
    bare = room.seal(room.sign())
    assert room.levels(bare) == [Level.TIMED, Level.TIMED]
    once = added(bare, proofs(room))
    assert room.levels(once) == [Level.LASTING, Level.LASTING]
    room.ours.said_at += HOUR / 2
    assert room.levels(added(once, proofs(room))) == [Level.LASTING, Level.LASTING]


def test_proofs_by_the_librarys_own_hand_are_let_through(room: Room) -> None:
    from pyhanko.sign.validation.dss import async_add_validation_info

    from app.documents.signatures import levels

    bare = room.seal(room.sign())
    last = PdfFileReader(io.BytesIO(bare)).embedded_regular_signatures[-1]
    known = Evidence(crls=(room.ours.listed(),))
    judged = levels.context((room.ours.pem(),), known, SEALED_AT, mode="require")
    out = asyncio.run(async_add_validation_info(last, judged))
    assert room.levels(out.getvalue()) == [Level.LASTING, Level.LASTING]


@pytest.mark.parametrize(
    "change",
    [
        forgeries._note, forgeries._cover_the_text, forgeries._swap_pages, forgeries._other_look,
        forgeries._retitle, forgeries._other_info, _other_language, _orphan, _store_with_more,
        _page_as_proof, _no_proof,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_whatever_hides_behind_added_proofs_is_told(
    room: Room, sealed: bytes, change: Callable[[Any], None]
) -> None:
    forged = added(sealed, proofs(room), change)
    found = room.look(forged)
    told = {*found.problems, *(problem for one in found.signatures for problem in one.problems)}
    assert told & {Problem.NOT_TO_THE_END, Problem.ADDED}, told
    assert found.told


def test_a_change_between_the_signatures_is_told_with_proofs_as_well(room: Room) -> None:
    for change in (forgeries._note, forgeries._cover_the_text):
        between = added(room.sign(), proofs(room), change)
        assert {Problem.ADDED} <= set(room.look(room.seal(between)).problems)


@pytest.mark.parametrize(
    "header",
    [b"\n5 0 obj\n", b"\n5\x000\x00obj\n", b"\n5 % x\n0 %y\robj\n", b"\n5 0obj\n"],
    ids=["plain", "nul", "comments", "without space"],
)
@pytest.mark.parametrize(
    "where", ["before the object", "in a table that is right", "after the end", "between the marks"]
)
def test_bytes_beside_the_table_of_objects_are_told(
    room: Room, sealed: bytes, where: str, header: bytes
) -> None:
    """A reader that repairs files would find them; one that follows the table does not."""
    honest = added(sealed, proofs(room))
    hidden = header + b"<< /Type /Page >>\nendobj\n"
    forged = {
        "before the object": lambda: sealed + hidden + honest[len(sealed) :],
        "in a table that is right": lambda: added(sealed + hidden, proofs(room)),
        "after the end": lambda: honest + hidden,
        "between the marks": lambda: honest + b"%%EOF\n" + hidden + b"%%EOF\n",
    }[where]()
    assert room.look(honest).is_sound
    assert not room.look(forged).is_sound


def test_proofs_may_be_refreshed_but_the_file_may_not_be_cut(room: Room, sealed: bytes) -> None:
    honest = added(sealed, proofs(room))
    assert not room.look(honest[:-20]).is_sound


# --- other readers ---------------------------------------------------------------------------------------


def test_vera_and_poppler_agree_on_a_signed_and_sealed_paper(room: Room, sealed: bytes) -> None:
    words = signing.sign(
        room.prepared,
        signing.Wanted(
            places.LEADER, room.leader_box, Look(lines=("Ký bởi: Mẫu", "2026"), trial=True), "Ký", first=True
        ),
        room.leader.key, at=AT,
    )  # fmt: skip
    files = {
        "in pictures": papers.paper().sealed, "in words": words, "lasting": sealed,
        "proofs after": added(sealed, proofs(room)),
    }  # fmt: skip
    answers = validate(files)
    assert {name: answer.broken for name, answer in answers.items() if not answer.both} == {}
    leader, office = read_signatures(sealed)
    assert (leader.field, office.field) == (places.LEADER, places.OFFICE)
    assert leader.valid and office.valid and office.whole and not leader.whole
    (first, second) = read_signatures(files["proofs after"])
    assert first.valid and second.valid and not second.whole


# --- the plan of a signature -----------------------------------------------------------------------------


def test_a_plan_travels_to_a_process_that_draws(room: Room) -> None:
    plan = Plan(Identity("A"), Identity("B"), "", "", "", Trust(()), "http://127.0.0.1:9/", room.sources())
    travelled = pickle.loads(pickle.dumps(plan))
    assert travelled == plan and travelled.ask_time() is not None
    assert replace(plan, timestamper="").ask_time() is None
