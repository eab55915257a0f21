"""How long a signature can be checked (ETSI EN 319 142-1), told by the bytes of the file alone.

B-B: who signed what; B-T: and when, by the word of a time-stamping service; B-LT: and the file itself carries
what proves that every certificate of both chains stood at that moment, without asking anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.documents.signatures.store import Evidence

PADES = "/ETSI.CAdES.detached"


class Level(StrEnum):
    """Of one signature."""

    NONE = ""
    BASIC = "B-B"
    TIMED = "B-T"
    LASTING = "B-LT"


def level_of(
    one: Any, evidence: Evidence, *, roots: Sequence[bytes], time_roots: Sequence[bytes], at: datetime | None
) -> Level:
    """The level of an intact signature. `at`: when a sound timestamp says it was made; None without one."""
    if str(one.sig_object.get("/SubFilter", "")) != PADES:
        return Level.NONE
    if at is None:
        return Level.BASIC
    proven = stands(one.signer_cert, one.other_embedded_certs, evidence, roots, at=at) and all(
        stands(*stamp_certificates(stamp), evidence, time_roots, at=at) for stamp in stamps_of(one)
    )
    return Level.LASTING if proven else Level.TIMED


def stands(
    certificate: Any, others: Sequence[Any], evidence: Evidence, roots: Sequence[bytes], *, at: datetime
) -> bool:
    """Whether the evidence alone proves that no certificate from here to a root was withdrawn at `at`."""
    from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

    try:
        path_of(certificate, others, context(roots, evidence, at, mode="require"))
    except (PathBuildingError, PathValidationError):
        return False
    return True


def path_of(certificate: Any, others: Sequence[Any], judged: Any) -> Any:
    """pyHanko's path from the certificate to a root. Raises PathBuildingError, PathValidationError."""
    from pyhanko_certvalidator import CertificateValidator

    validator = CertificateValidator(certificate, intermediate_certs=list(others), validation_context=judged)
    return asyncio.run(validator.async_validate_usage(set()))  # type: ignore[no-untyped-call]


def stamps_of(one: Any) -> list[Any]:
    """The timestamps that came with a signature."""
    from pyhanko.sign.general import find_cms_attribute_iter

    found = find_cms_attribute_iter(one.signer_info["unsigned_attrs"], "signature_time_stamp_token")
    return [stamp["content"] for stamp in found]


def stamp_certificates(token: Any) -> tuple[Any, list[Any]]:
    """Who gave a timestamp, and the certificates that came with it."""
    from pyhanko.sign.general import extract_certificate_info

    found = extract_certificate_info(token)
    return found.signer_cert, list(found.other_certs)


def context(roots: Sequence[bytes], evidence: Evidence, at: datetime, *, mode: str = "soft-fail") -> Any:
    """Chains end in our roots alone; nothing is fetched from any network.

    A list that came out after `at` counts too: it tells from when a certificate was withdrawn.
    """
    from asn1crypto import pem, x509
    from pyhanko_certvalidator import ValidationContext

    trusted = [x509.Certificate.load(pem.unarmor(root)[2] if pem.detect(root) else root) for root in roots]
    return ValidationContext(
        trust_roots=trusted,
        other_certs=[x509.Certificate.load(one) for one in evidence.certificates],
        crls=list(evidence.crls),
        ocsps=list(evidence.ocsps),
        moment=at,
        allow_fetching=False,
        revocation_mode=mode,
        retroactive_revinfo=True,
    )
