"""What a signed paper is worth: nothing is taken from what the signing tool says, all from the bytes.

A validator that asks only “intact, valid, trusted” accepts papers to which somebody has added a page of notes
afterwards. Here a paper is sound only when it begins with the very bytes that were prepared, everything after
them is signatures in the prepared fields and nothing else, each by an expected certificate that leads to a
configured root and was valid at the moment, and the last signature covers the file to its end.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from app.documents.signatures import levels, places, store
from app.documents.signatures.appearance import ON_TRIAL
from app.documents.signatures.levels import Level
from app.documents.signatures.store import Evidence


class Problem(StrEnum):
    """What is wrong with a file or one of its signatures."""

    NOT_A_PDF = "not_a_pdf"
    NOT_PREPARED = "not_prepared"
    ADDED = "added"
    MISPLACED = "misplaced"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    BROKEN = "broken"
    CHANGED_AFTER = "changed_after"
    NOT_TO_THE_END = "not_to_the_end"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REVOKED_SINCE = "revoked_since"
    OTHER_SIGNER = "other_signer"
    TIMESTAMP = "timestamp"
    NO_TIMESTAMP = "no_timestamp"


SENTENCES: dict[Problem, str] = {
    Problem.NOT_A_PDF: "Tệp không đọc được như một tệp PDF.",
    Problem.NOT_PREPARED: "Tệp không bắt đầu bằng đúng bản đã chuẩn bị để ký: nội dung đã bị thay đổi.",
    Problem.ADDED: "Ngoài chữ ký, tệp còn có phần được thêm vào sau khi chuẩn bị.",
    Problem.MISPLACED: "Chữ ký đặt ngoài chỗ dành cho chữ ký, có thể che nội dung: ký lại đúng chỗ.",
    Problem.MISSING: "Thiếu chữ ký.",
    Problem.UNEXPECTED: "Có chữ ký không thuộc vị trí đã chuẩn bị.",
    Problem.BROKEN: "Chữ ký không khớp với nội dung: tệp đã bị sửa.",
    Problem.CHANGED_AFTER: "Tệp bị sửa sau khi ký.",
    Problem.NOT_TO_THE_END: "Có dữ liệu thêm vào sau chữ ký cuối cùng.",
    Problem.UNTRUSTED: "Chứng thư số không thuộc hệ thống chứng thực đã khai báo.",
    Problem.EXPIRED: "Chứng thư số không còn hoặc chưa có hiệu lực tại thời điểm ký.",
    Problem.REVOKED: "Chứng thư số đã bị thu hồi trước khi ký.",
    Problem.REVOKED_SINCE: "Chứng thư số đã bị thu hồi; không có dấu thời gian để chứng minh ký trước đó.",
    Problem.OTHER_SIGNER: "Chứng thư số không phải của người hoặc cơ quan phải ký.",
    Problem.TIMESTAMP: "Dấu thời gian không hợp lệ.",
    Problem.NO_TIMESTAMP: "Chữ ký chưa có dấu thời gian.",
}


@dataclass(frozen=True)
class Trust:
    """Roots (DER or PEM) that a chain may end in; for timestamps their own, else the same.

    `needs_timestamp`: a signature without the word of a time-stamping service is not enough.
    """

    roots: tuple[bytes, ...]
    time_roots: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    needs_timestamp: bool = False


@dataclass(frozen=True)
class Expected:
    """A signature that must be there, in the prepared field or, made by a tool that places its own, by one of
    these certificates. `fingerprints`: SHA-256 (hex) of who may have given it; none = anyone in the field."""

    field: str
    fingerprints: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Signature:
    """One signature as the bytes tell it. `at` is what the signer's machine said unless `has_timestamp`."""

    field: str
    name: str
    organisation: str
    issuer: str
    fingerprint: str
    serial: str
    at: datetime | None
    has_timestamp: bool
    problems: tuple[Problem, ...]
    on_trial: bool = False
    level: Level = Level.NONE

    @property
    def is_sound(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Report:
    """What was found; `problems` concern the file as a whole."""

    signatures: tuple[Signature, ...]
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems and all(one.is_sound for one in self.signatures)

    @property
    def told(self) -> tuple[str, ...]:
        """Every problem as a sentence, those of a signature with its name; each once."""
        found = [SENTENCES[problem] for problem in self.problems]
        for one in self.signatures:
            found += [f"{one.name or one.field}: {SENTENCES[problem]}" for problem in one.problems]
        return tuple(dict.fromkeys(found))


def check(
    data: bytes,
    expected: Sequence[Expected],
    trust: Trust,
    *,
    at: datetime,
    prepared: bytes | None = None,
) -> Report:
    """Look at every signature of `data` as of the moment `at` (aware).

    `prepared`: the bytes that were given out to be signed; without them only the signatures speak.
    """
    problems: list[Problem] = []
    if prepared is not None and not data.startswith(prepared):
        problems.append(Problem.NOT_PREPARED)
    try:
        reader, found = _read(data)
    except Exception:  # whatever a broken file makes the reader say, the answer is the same
        return Report((), (*problems, Problem.NOT_A_PDF))
    try:
        carried = store.read(reader)
    except Exception:  # something else stands where proofs belong
        problems.append(Problem.ADDED)
        carried = Evidence()
    if prepared is not None and not problems:
        problems += _added(reader, prepared)
    wanted = [_expectation(one, expected) for one in found]
    if any(one not in wanted for one in expected):
        problems.append(Problem.MISSING)
    if None in wanted or len(wanted) != len(set(wanted)):
        problems.append(Problem.UNEXPECTED)
    evidence = replace(carried, crls=(*carried.crls, *trust.crls))
    signatures = [_look(one, asked, trust, evidence, at) for one, asked in zip(found, wanted, strict=True)]
    if found:
        signatures[-1] = _ended(signatures[-1], found[-1], reader, data)
    signatures = [
        replace(told, level=_level(one, told, carried, trust))
        for one, told in zip(found, signatures, strict=True)
    ]
    return Report(tuple(signatures), tuple(dict.fromkeys(problems)))


def _ended(told: Signature, one: Any, reader: Any, data: bytes) -> Signature:
    """The last signature covers the file to its end, but for a store of proofs that came alone."""
    from pyhanko.sign.validation import SignatureCoverageLevel

    if Problem.BROKEN in told.problems or one.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return told
    if store.alone_follows(reader, data, one):
        return told
    return replace(told, problems=(*told.problems, Problem.NOT_TO_THE_END))


def _level(one: Any, told: Signature, carried: Evidence, trust: Trust) -> Level:
    if Problem.BROKEN in told.problems:
        return Level.NONE
    stamped = told.at if told.has_timestamp and Problem.TIMESTAMP not in told.problems else None
    return levels.level_of(
        one, carried, roots=trust.roots, time_roots=trust.time_roots or trust.roots, at=stamped
    )


def look_at(data: bytes, trust: Trust, *, at: datetime, prepared: bytes | None = None) -> Report:
    """Every signature of a file where nobody in particular is expected; none at all is no problem here."""
    try:
        _, found = _read(data)
    except Exception:  # as in `check`
        return Report((), (Problem.NOT_A_PDF,))
    fields = dict.fromkeys(str(one.field_name) for one in found)
    return check(data, [Expected(field) for field in fields], trust, at=at, prepared=prepared)


def _expectation(one: Any, expected: Sequence[Expected]) -> Expected | None:
    """Which expectation the signature answers: that of its field before that of its certificate."""
    field, fingerprint = str(one.field_name), _fingerprint(one)
    named = (asked for asked in expected if asked.field == field)
    given = (asked for asked in expected if fingerprint in asked.fingerprints)
    return next(named, None) or next(given, None)


def _fingerprint(one: Any) -> str:
    return str(one.signer_cert.sha256.hex())


def _read(data: bytes) -> tuple[Any, list[Any]]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(data), strict=True)
    return reader, list(reader.embedded_regular_signatures)


def _added(reader: Any, prepared: bytes) -> list[Problem]:
    """What the revisions after the prepared ones do besides filling signature fields, at their place."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import SuspiciousModification
    from pyhanko.sign.fields import MDPPerm

    before = PdfFileReader(io.BytesIO(prepared))
    try:
        found = _policy().review_file(reader, before.xrefs.total_revisions - 1, doc_mdp=MDPPerm.FILL_FORMS)
        allowed = set(reader.root.get("/Perms", {})) <= {"/DocMDP"}
        if not allowed or isinstance(found, SuspiciousModification):
            return [Problem.ADDED]
        return [Problem.MISPLACED] if places.has_strays(reader, before) else []
    except Exception:  # a file that cannot be compared is not what was prepared
        return [Problem.ADDED]


@cache
def _policy() -> Any:
    """pyHanko's rules of what may follow a signature, here for what may follow the unsigned paper.

    The first signature certifies, which writes its permission (/Perms) into the catalogue. A tool may place
    a field of its own (`places.has_strays` looks where), also after a signature that certifies.
    """
    from pyhanko.sign import diff_analysis as rules
    from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON

    return rules.StandardDiffPolicy(
        global_rules=[
            rules.CatalogModificationRule({*ROOT_EXEMPT_STRICT_COMPARISON, "/Perms"}),
            *store.upkeep(),
        ],
        form_rule=rules.FormUpdatingRule(
            field_rules=[
                rules.SigFieldCreationRule(allow_new_visible_after_certify=True),
                rules.SigFieldModificationRule(),
            ]
        ),
    )


def _look(one: Any, expected: Expected | None, trust: Trust, evidence: Evidence, at: datetime) -> Signature:
    certificate = one.signer_cert
    fingerprint = _fingerprint(one)
    problems, moment, stamped = _problems(one, trust, evidence, at)
    if trust.needs_timestamp and not stamped:
        problems.append(Problem.NO_TIMESTAMP)
    if expected is not None and expected.fingerprints and fingerprint not in expected.fingerprints:
        problems.append(Problem.OTHER_SIGNER)
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return Signature(
        field=str(one.field_name),
        name=_text(subject.get("common_name")),
        organisation=_text(subject.get("organization_name")),
        issuer=_text(issuer.get("common_name")),
        fingerprint=fingerprint,
        serial=f"{certificate.serial_number:x}",
        at=moment,
        has_timestamp=stamped,
        problems=tuple(dict.fromkeys(problems)),
        on_trial=ON_TRIAL in _text(subject.get("organizational_unit_name")),
    )


def _text(value: object) -> str:
    """A name of a certificate: one value, or several in their order."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _problems(
    one: Any, trust: Trust, evidence: Evidence, at: datetime
) -> tuple[list[Problem], datetime | None, bool]:
    """What pyHanko finds, in our words; with the moment of signing and whether a timestamp tells it."""
    from pyhanko.sign.validation import SignatureCoverageLevel

    try:
        status = _status(one, trust, evidence, at)
        stamp = status.timestamp_validity
        judged_at = at
        if _is_sound(stamp) and stamp.timestamp < at:  # the certificate need not outlive the signature
            judged_at = stamp.timestamp
            status = _status(one, trust, evidence, judged_at, stamped_at=at)
    except Exception:  # a signature that cannot even be read is no signature
        return [Problem.BROKEN], None, False
    problems = []
    if not (status.intact and status.valid):
        problems.append(Problem.BROKEN)
    elif not status.trusted:
        problems.append(_distrusted(status, one.signer_cert, judged_at, timed=_is_sound(stamp)))
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION or not status.docmdp_ok:
        problems.append(Problem.CHANGED_AFTER)
    if stamp is not None and not _is_sound(stamp):
        problems.append(Problem.TIMESTAMP)
    if stamp is not None:
        return problems, stamp.timestamp, True
    return problems, status.signer_reported_dt, False


def _status(
    one: Any, trust: Trust, evidence: Evidence, at: datetime, *, stamped_at: datetime | None = None
) -> Any:
    """What pyHanko says of the certificate at `at` and of that of the timestamp at `stamped_at`."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    def told_by(known: Evidence) -> Any:
        return validate_pdf_signature(
            one,
            levels.context(trust.roots, known, at),
            ts_validation_context=levels.context(trust.time_roots or trust.roots, known, stamped_at or at),
            diff_policy=_policy(),
            key_usage_settings=KeyUsageConstraints(
                key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
            ),
        )

    listed = told_by(replace(evidence, ocsps=()))
    if _withdrawn(listed):  # a file may carry an answer of the day before: no answer outweighs a list
        return listed
    found = told_by(evidence) if evidence.ocsps else listed
    stamp = found.timestamp_validity
    if found.revoked or (found.trusted and (stamp is None or _is_sound(stamp))):
        return found
    # what a file carries may be of no worth, which does not make the certificate worse
    return told_by(replace(evidence, ocsps=(), crls=trust.crls))


def _withdrawn(status: Any) -> bool:
    """Whether the certificate of the signature, or that of its timestamp, is."""
    stamp = status.timestamp_validity
    return bool(status.revoked or (stamp is not None and stamp.revoked))


def _is_sound(stamp: Any) -> bool:
    return bool(stamp is not None and stamp.intact and stamp.valid and stamp.trusted)


def _distrusted(status: Any, certificate: Any, at: datetime, *, timed: bool) -> Problem:
    """Why the chain is not accepted at `at`, by a timestamp (`timed`) or the moment of the check."""
    if status.revoked:
        said, withdrawn = status.signer_reported_dt, status.revocation_details
        if not timed and said is not None and withdrawn is not None and said < withdrawn.revocation_date:
            return Problem.REVOKED_SINCE
        return Problem.REVOKED
    validity = certificate["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= at <= validity["not_after"].native:
        return Problem.EXPIRED
    return Problem.UNTRUSTED
