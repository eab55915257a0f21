"""What a signed paper is worth: nothing is taken from what the signing tool says, all from the bytes.

A validator that asks only “intact, valid, trusted” accepts papers to which somebody has added a page of notes
afterwards. Here a paper is sound only when it begins with the very bytes that were prepared, everything after
them is signatures in the prepared fields and nothing else, each by an expected certificate that leads to a
configured root and was valid at the moment, and the last signature covers the file to its end.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from app.documents.signatures.appearance import ON_TRIAL


class Problem(StrEnum):
    """What is wrong with a file or one of its signatures."""

    NOT_A_PDF = "not_a_pdf"
    NOT_PREPARED = "not_prepared"
    ADDED = "added"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    BROKEN = "broken"
    CHANGED_AFTER = "changed_after"
    NOT_TO_THE_END = "not_to_the_end"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OTHER_SIGNER = "other_signer"
    TIMESTAMP = "timestamp"
    NO_TIMESTAMP = "no_timestamp"


SENTENCES: dict[Problem, str] = {
    Problem.NOT_A_PDF: "Tệp không đọc được như một tệp PDF.",
    Problem.NOT_PREPARED: "Tệp không bắt đầu bằng đúng bản đã chuẩn bị để ký: nội dung đã bị thay đổi.",
    Problem.ADDED: "Ngoài chữ ký, tệp còn có phần được thêm vào sau khi chuẩn bị.",
    Problem.MISSING: "Thiếu chữ ký.",
    Problem.UNEXPECTED: "Có chữ ký không thuộc vị trí đã chuẩn bị.",
    Problem.BROKEN: "Chữ ký không khớp với nội dung: tệp đã bị sửa.",
    Problem.CHANGED_AFTER: "Tệp bị sửa sau khi ký.",
    Problem.NOT_TO_THE_END: "Có dữ liệu thêm vào sau chữ ký cuối cùng.",
    Problem.UNTRUSTED: "Chứng thư số không thuộc hệ thống chứng thực đã khai báo.",
    Problem.EXPIRED: "Chứng thư số không còn hoặc chưa có hiệu lực tại thời điểm ký.",
    Problem.REVOKED: "Chứng thư số đã bị thu hồi.",
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
    if prepared is not None and not problems and not _only_signatures_added(reader, prepared):
        problems.append(Problem.ADDED)
    wanted = [_expectation(one, expected) for one in found]
    if any(one not in wanted for one in expected):
        problems.append(Problem.MISSING)
    if None in wanted or len(wanted) != len(set(wanted)):
        problems.append(Problem.UNEXPECTED)
    signatures = [
        _look(one, wanted[place], trust, at, last=place == len(found) - 1) for place, one in enumerate(found)
    ]
    return Report(tuple(signatures), tuple(problems))


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
    from app.documents.signatures.reading import StrictReader

    reader = StrictReader(data)
    return reader, list(reader.embedded_regular_signatures)


def _only_signatures_added(reader: Any, prepared: bytes) -> bool:
    """Whether every revision after the prepared ones fills signature fields and does nothing else."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import SuspiciousModification
    from pyhanko.sign.fields import MDPPerm

    base = PdfFileReader(io.BytesIO(prepared)).xrefs.total_revisions - 1
    try:
        found = _policy().review_file(reader, base, doc_mdp=MDPPerm.FILL_FORMS)
        allowed = set(reader.root.get("/Perms", {})) <= {"/DocMDP"}
    except Exception:  # a file that cannot be compared is not what was prepared
        return False
    return allowed and not isinstance(found, SuspiciousModification)


@cache
def _policy() -> Any:
    """pyHanko's rules of what may follow a signature, here for what may follow the unsigned paper.

    The first signature certifies, which writes its permission (/Perms) into the catalogue.
    """
    from pyhanko.sign import diff_analysis as rules
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON

    upkeep = (
        rules.DocInfoRule(),
        rules.XrefStreamRule(),
        rules.ObjectStreamRule(),
        rules.DSSCompareRule(),
        rules.MetadataUpdateRule(),
    )
    return rules.StandardDiffPolicy(
        global_rules=[
            rules.CatalogModificationRule({*ROOT_EXEMPT_STRICT_COMPARISON, "/Perms"}),
            *(rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in upkeep),
        ],
        form_rule=rules.FormUpdatingRule(
            field_rules=[rules.SigFieldCreationRule(), rules.SigFieldModificationRule()]
        ),
    )


def _look(one: Any, expected: Expected | None, trust: Trust, at: datetime, *, last: bool) -> Signature:
    certificate = one.signer_cert
    fingerprint = _fingerprint(one)
    problems, moment, stamped = _problems(one, trust, at, last=last)
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
    one: Any, trust: Trust, at: datetime, *, last: bool
) -> tuple[list[Problem], datetime | None, bool]:
    """What pyHanko finds, in our words; with the moment of signing and whether a timestamp tells it."""
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    try:
        status = validate_pdf_signature(
            one,
            _context(trust.roots, trust.crls, at),
            ts_validation_context=_context(trust.time_roots or trust.roots, trust.crls, at),
            key_usage_settings=KeyUsageConstraints(
                key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
            ),
        )
    except Exception:  # a signature that cannot even be read is no signature
        return [Problem.BROKEN], None, False
    problems = []
    if not (status.intact and status.valid):
        problems.append(Problem.BROKEN)
    elif not status.trusted:
        problems.append(_distrusted(status, one.signer_cert, at))
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION or not status.docmdp_ok:
        problems.append(Problem.CHANGED_AFTER)
    if last and status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        problems.append(Problem.NOT_TO_THE_END)
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid and stamp.trusted):
        problems.append(Problem.TIMESTAMP)
    if stamp is not None:
        return problems, stamp.timestamp, True
    return problems, status.signer_reported_dt, False


def _distrusted(status: Any, certificate: Any, at: datetime) -> Problem:
    if status.revoked:
        return Problem.REVOKED
    validity = certificate["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= at <= validity["not_after"].native:
        return Problem.EXPIRED
    return Problem.UNTRUSTED


def _context(roots: Sequence[bytes], crls: Sequence[bytes], at: datetime) -> Any:
    """Chains end in our roots alone; nothing is fetched from any network."""
    from asn1crypto import pem, x509
    from pyhanko_certvalidator import ValidationContext

    trusted = [x509.Certificate.load(pem.unarmor(root)[2] if pem.detect(root) else root) for root in roots]
    return ValidationContext(
        trust_roots=trusted, crls=list(crls), moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )
