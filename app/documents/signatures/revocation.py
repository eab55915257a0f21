"""Whether certificates are withdrawn: from lists that the operator keeps, and from their own services.

A certificate names where its service is, so whoever made the certificate would choose whom this server asks.
Only hosts that a setting names are asked, redirects are not followed, answers are limited in time and size.
"""

from __future__ import annotations

import itertools
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from app.documents.signatures import levels
from app.documents.signatures.store import Evidence
from app.errors import Conflict

WAIT, LONGEST = 5.0, 20.0
"""Seconds until one service counts as silent, and for all of them that one signature needs."""
MOST = 1024 * 1024
"""Bytes of an answer: it stays in every file that is signed."""
WITHDRAWN = "Chứng thư số của {name} đã bị thu hồi nên không ký được. Báo quản trị thay chứng thư số."


@dataclass(frozen=True)
class Sources:
    """Where to look: roots that chains end in, kept lists (DER), hosts that may be asked ("name" or
    "name:port")."""

    roots: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    hosts: frozenset[str] = frozenset()

    @property
    def any(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.crls or self.hosts)


@dataclass(frozen=True)
class Chain:
    """A certificate and those that came with it, as asn1crypto reads them."""

    certificate: Any
    others: tuple[Any, ...] = ()


def gather(own: Chain, other: Sequence[Chain], sources: Sources, *, at: datetime) -> Evidence | None:
    """What proves that no certificate of these chains is withdrawn at `at`; None when it can't be had.

    Raises Conflict when the certificate that is about to sign is withdrawn.
    """
    from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, RevokedError

    asking = _Asking(sources, at, time.monotonic() + LONGEST)
    try:
        found = [asking.evidence_of(chain) for chain in (own, *other)]
        whole = Evidence(
            *(tuple(dict.fromkeys(part for one in found for part in getattr(one, name)))
              for name in ("certificates", "ocsps", "crls"))
        )  # fmt: skip
        judged = levels.context(sources.roots, whole, at, mode="require")
        levels.path_of(own.certificate, own.others, judged)
    except RevokedError as error:
        raise Conflict(
            WITHDRAWN.format(name=own.certificate.subject.native.get("common_name", ""))
        ) from error
    except (_Unknown, PathBuildingError, PathValidationError):
        return None
    return whole


class _Unknown(Exception):
    """Nobody says whether a certificate stands."""


@dataclass(frozen=True)
class _Asking:
    sources: Sources
    at: datetime
    until: float

    def evidence_of(self, chain: Chain) -> Evidence:
        """For every certificate below the root. Raises _Unknown, pyHanko's errors of paths."""
        path = levels.path_of(
            chain.certificate, chain.others, levels.context(self.sources.roots, Evidence(), self.at)
        )
        certificates = list(path.iter_certs(include_root=True))
        ocsps: list[bytes] = []
        crls: list[bytes] = []
        for issuer, certificate in itertools.pairwise(certificates):
            answer = next(self._answers(certificate, issuer), None)
            listed = None if answer else next(self._lists(certificate, issuer), None)
            if answer is not None:
                ocsps.append(answer)
            elif listed is not None:
                crls.append(listed)
            else:
                raise _Unknown
        return Evidence(tuple(one.dump() for one in certificates[1:]), tuple(ocsps), tuple(crls))

    def _answers(self, certificate: Any, issuer: Any) -> Iterator[bytes]:
        """What the services of this certificate say of it now."""
        from asn1crypto import ocsp

        for address in certificate.ocsp_urls:
            data = self._ask(address, _question(certificate, issuer), "application/ocsp-request")
            try:
                if data and ocsp.OCSPResponse.load(data)["response_status"].native == "successful":
                    yield data
            except ValueError:
                continue

    def _lists(self, certificate: Any, issuer: Any) -> Iterator[bytes]:
        """Lists of its issuer that hold at the moment: those that are kept, then those it points to."""
        yield from (data for data in self.sources.crls if self._holds(data, issuer))
        for point in certificate.crl_distribution_points:
            data = self._ask(point.url, None, "") if point.url else None
            if data and self._holds(data, issuer):
                yield data

    def _holds(self, data: bytes, issuer: Any) -> bool:
        """Whether this is a list of the issuer, by its key too, and of now."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        try:
            said = x509.load_der_x509_crl(data)
            by: Any = load_der_public_key(issuer.public_key.dump())
            begins, ends = said.last_update_utc, said.next_update_utc
            same = said.issuer.public_bytes() == issuer.subject.dump() and said.is_signature_valid(by)
        except (ValueError, TypeError):
            return False
        return same and begins <= self.at and (ends is None or self.at <= ends)

    def _ask(self, address: str, question: bytes | None, kind: str) -> bytes | None:
        """What an address answers; None for a host that may not be asked, a silent or talkative one."""
        if not allowed(address, self.sources.hosts):
            return None
        headers = {"Content-Type": kind} if kind else {}
        request = urllib.request.Request(address, data=question, headers=headers)
        found = b""
        try:
            with _opener().open(request, timeout=min(WAIT, self._left())) as answer:
                while part := answer.read1(MOST + 1 - len(found)):
                    found += part
                    self._left()
                    if len(found) > MOST:
                        return None
        except (OSError, HTTPException, ValueError):
            return None
        return found

    def _left(self) -> float:
        """Seconds that remain for this signature. Raises TimeoutError."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def allowed(address: str, hosts: frozenset[str]) -> bool:
    """Whether the setting names the host of this address; a port other than 80 and 443 must stand there."""
    try:
        read = urlsplit(address)
        port = read.port
    except ValueError:
        return False
    if read.scheme not in ("http", "https") or not read.hostname or "@" in read.netloc:
        return False
    usual = port in (None, 443 if read.scheme == "https" else 80)
    return read.hostname in hosts if usual else f"{read.hostname}:{port}" in hosts


def _question(certificate: Any, issuer: Any) -> bytes:
    """An OCSP request (RFC 6960); the digest only names the issuer, and every responder knows SHA-1."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.ocsp import OCSPRequestBuilder

    asked, by = (x509.load_der_x509_certificate(one.dump()) for one in (certificate, issuer))
    request = OCSPRequestBuilder().add_certificate(asked, by, hashes.SHA1())
    return request.build().public_bytes(serialization.Encoding.DER)


class _Stay(urllib.request.HTTPRedirectHandler):
    """An address that sends elsewhere would choose whom this server asks."""

    def redirect_request(self, *given: Any, **named: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stay)
