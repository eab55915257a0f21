"""The security store of a signed PDF (/DSS, PAdES B-LT): what proves later that certificates stood.

It travels in the file: certificates, answers of their services (OCSP) and lists of withdrawn ones (CRL). Any
tool may add it after the last signature, so exactly that is let through there and nothing under its cover.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

_SPACE = rb"(?:[\x00\s]|%[^\r\n]*[\r\n])"
_OBJECT = re.compile(rb"(?<![0-9])[0-9]+%b+[0-9]+%b*obj\b" % (_SPACE, _SPACE))
"""As readers that repair files find one: NUL and comments are space too (ISO 32000-2, 7.2.3 and 7.2.4)."""
_END = b"%%EOF"
_OF_THE_TOOL = {"ModifyDate", "MetadataDate", "Producer", "InstanceID", "xmptk"}


@dataclass(frozen=True)
class Evidence:
    """Certificates, OCSP responses and CRLs, each as DER."""

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


def read(reader: Any) -> Evidence:
    """What the file carries; nothing when it has no store. Raises ValueError for what is none of them."""
    from asn1crypto import crl, ocsp, x509
    from pyhanko.pdf_utils.decode_limits import DecodePurpose

    if "/DSS" not in reader.root:
        return Evidence()

    def certificate(data: bytes) -> object:
        return x509.Certificate.load(data, strict=True).subject.native

    def answer(data: bytes) -> object:
        return ocsp.OCSPResponse.load(data, strict=True).native

    def withdrawn(data: bytes) -> object:
        return crl.CertificateList.load(data, strict=True)["tbs_cert_list"]["issuer"].native

    def each(key: str, purpose: DecodePurpose, understand: Callable[[bytes], object]) -> tuple[bytes, ...]:
        found = tuple(place.get_object().read_data(purpose) for place in reader.root["/DSS"].get(key, ()))
        for data in found:
            understand(data)
        return found

    return Evidence(
        each("/Certs", DecodePurpose.CERTIFICATE, certificate),
        each("/OCSPs", DecodePurpose.OCSP_RESPONSE, answer),
        each("/CRLs", DecodePurpose.CRL, withdrawn),
    )


def add(writer: Any, evidence: Evidence) -> None:
    """Put it into the update that `writer` is making, beside what the file carries already."""
    from asn1crypto import crl, ocsp, x509
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(data) for data in evidence.certificates],
        ocsps=[ocsp.OCSPResponse.load(data) for data in evidence.ocsps],
        crls=[crl.CertificateList.load(data) for data in evidence.crls],
    )


def alone_follows(reader: Any, data: bytes, one: Any) -> bool:
    """Whether after this signature of the file come updates of the store and not a thing more.

    No object but those of the store, none beside the table of objects where a reader that repairs files would
    find it, nothing after the end.
    """
    from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification

    xrefs, begins = reader.xrefs, one.byte_range[2] + one.byte_range[3]
    later = range(one.signed_revision + 1, xrefs.total_revisions)
    try:
        found = _policy().review_file(reader, one.signed_revision)
    except Exception:  # a file that cannot be compared is not let through
        return False
    if isinstance(found, SuspiciousModification) or found.modification_level > ModificationLevel.LTA_UPDATES:
        return False
    known = {xrefs.get_xref_container_info(place).start_location for place in later}
    for place in later:
        known |= {position for _, position in xrefs.get_xref_data(place).standard_xrefs.values()}
    strange = any(match.start() not in known for match in _OBJECT.finditer(data, begins))
    ends = data.count(_END, begins)
    return not strange and ends == len(later) > 0 and data.rstrip().endswith(_END)


@cache
def upkeep() -> tuple[Any, ...]:
    """pyHanko's rules of what a tool writes beside its own: tables of objects, proofs, when and by what it
    was written; the title and every other word that the file says of itself stay."""
    from pyhanko.sign import diff_analysis as rules
    from pyhanko.sign.diff_analysis import ModificationLevel

    class SameInfo(rules.DocInfoRule):
        def apply(self, old: Any, new: Any) -> Any:
            _ask_same(_of_info(old), _of_info(new))
            yield from super().apply(old, new)

    class SameMetadata(rules.MetadataUpdateRule):
        def apply(self, old: Any, new: Any) -> Any:
            yield from super().apply(old, new)  # whether it is XML at all
            _ask_same(_of_metadata(old), _of_metadata(new))

    found = (
        rules.XrefStreamRule(),
        rules.ObjectStreamRule(),
        rules.DSSCompareRule(),
        SameInfo(),
        SameMetadata(),  # type: ignore[no-untyped-call]
    )
    return tuple(rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in found)


@cache
def _policy() -> Any:
    """pyHanko's rules for the store alone; every tool also writes down when it did it and its own name."""
    from pyhanko.sign import diff_analysis as rules

    return rules.StandardDiffPolicy(
        global_rules=[rules.CatalogModificationRule({"/DSS", "/Extensions", "/Metadata"}), *upkeep()],
        form_rule=None,
        ignore_orphaned_objects=False,
        ignore_identical_objects=False,
    )


def _ask_same(before: set[str], after: set[str]) -> None:
    from pyhanko.sign.diff_analysis import SuspiciousModification

    if not after <= before:
        raise SuspiciousModification(f"new in what the file says of itself: {sorted(after - before)}")


def _of_info(revision: Any) -> set[str]:
    if "/Info" not in revision.trailer_view:
        return set()
    info = revision.trailer_view["/Info"]
    return {f"{key} {info[key]}" for key in info if key not in ("/ModDate", "/Producer")}


def _of_metadata(revision: Any) -> set[str]:
    """Every word in it, wherever a tool writes it; empty without any."""
    from lxml import etree
    from pyhanko.pdf_utils.decode_limits import DecodePurpose

    if "/Metadata" not in revision.root:
        return set()
    data = revision.root["/Metadata"].read_data(DecodePurpose.XMP_METADATA)
    found: set[str] = set()
    for one in etree.fromstring(data, etree.XMLParser(resolve_entities=False)).iter("*"):
        said = {one.tag: one.text or "", **one.attrib}
        found |= {
            text.strip() for name, text in said.items() if etree.QName(name).localname not in _OF_THE_TOOL
        }
    return found
