"""What was found in the signatures of a paper, kept with it and told to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.documents.models import Document
from app.documents.signatures import checking, keyring, places
from app.documents.signatures.checking import SENTENCES, Problem, Report, Trust
from app.documents.signatures.models import CheckSource, SignatureCheck
from app.extensions import db

AS = {places.LEADER: "Người ký", places.OFFICE: "Cơ quan"}
"""What somebody signed as, by the field that was prepared for it."""


@dataclass(frozen=True)
class Told:
    """One signature as people read it. `problems`: sentences; none = it stands. `level`: "" for a signature
    that is none of PAdES, or that was checked before levels were kept."""

    name: str
    organisation: str
    signed_as: str
    issuer: str
    serial: str
    at: datetime | None
    has_timestamp: bool
    level: str
    trusted: bool
    altered_after: bool
    on_trial: bool
    problems: tuple[str, ...]


def keep(document: Document, sha256: str, report: Report, source: CheckSource) -> SignatureCheck:
    """Write down what was found in the file of this hash."""
    made = SignatureCheck(
        document_id=document.id, sha256=sha256, source=source, sound=report.is_sound, found=as_kept(report)
    )
    db.session.add(made)
    db.session.flush()
    return made


def of_file(document: Document, sha256: str | None) -> SignatureCheck | None:
    """What was found when the file of this hash was taken in."""
    if sha256 is None:
        return None
    return db.session.scalar(
        sa.select(SignatureCheck)
        .where(SignatureCheck.document_id == document.id, SignatureCheck.sha256 == sha256)
        .order_by(SignatureCheck.id.desc())
        .limit(1)
    )


def last_refused(document: Document) -> SignatureCheck | None:
    """What was found in the last file handed in for this paper, if it was refused."""
    last = db.session.scalar(
        sa.select(SignatureCheck)
        .where(SignatureCheck.document_id == document.id)
        .order_by(SignatureCheck.id.desc())
        .limit(1)
    )
    return last if last is not None and not last.sound else None


def told_of(kept: SignatureCheck) -> tuple[str, ...]:
    """Every problem of a kept check as a sentence, those of a signature with its name."""
    ones = [f"{one.name}: {problem}" for one in tell(kept.found) for problem in one.problems]
    return tuple(dict.fromkeys([*file_problems(kept.found), *ones]))


def look(data: bytes, *, at: datetime, prepared: bytes | None = None) -> Report:
    """The signatures of any file, by whomever: no one in particular is expected."""
    trust = keyring.trust()
    return checking.look_at(data, Trust(trust.roots, trust.time_roots, trust.crls), at=at, prepared=prepared)


@dataclass(frozen=True)
class Given:
    """The signatures of a file that somebody handed in. `unknown_roots`: this installation names none."""

    told: tuple[Told, ...]
    problems: tuple[str, ...]
    unknown_roots: bool


def of_given_file(data: bytes, *, at: datetime) -> Given:
    """For a page that shows what was handed in: a warning, never a refusal."""
    kept = as_kept(look(data, at=at))
    unreadable = Problem.NOT_A_PDF in kept["problems"]
    problems = ("Không đọc được chữ ký số trong tệp.",) if unreadable else file_problems(kept)
    return Given(tell(kept), problems, not keyring.trust().roots)


def as_kept(report: Report) -> dict[str, Any]:
    """A report as it is stored: keys problems, signatures."""
    return {
        "problems": [problem.value for problem in report.problems],
        "signatures": [
            {
                "field": one.field, "name": one.name, "organisation": one.organisation, "issuer": one.issuer,
                "fingerprint": one.fingerprint, "serial": one.serial,
                "at": one.at.astimezone(UTC).isoformat() if one.at else None,
                "has_timestamp": one.has_timestamp, "level": one.level.value, "on_trial": one.on_trial,
                "problems": [problem.value for problem in one.problems],
            }
            for one in report.signatures
        ],
    }  # fmt: skip


def tell(found: dict[str, Any]) -> tuple[Told, ...]:
    """What was kept, for people."""
    return tuple(_one(kept, place) for place, kept in enumerate(found["signatures"]))


def file_problems(found: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong with the file as a whole, as sentences."""
    return tuple(SENTENCES[Problem(name)] for name in found["problems"])


def _one(kept: dict[str, Any], place: int) -> Told:
    problems = [Problem(name) for name in kept["problems"]]
    return Told(
        name=kept["name"],
        organisation=kept["organisation"],
        signed_as=AS.get(kept["field"], f"Chữ ký thứ {place + 1:02d}"),
        issuer=kept["issuer"],
        serial=kept["serial"],
        at=datetime.fromisoformat(kept["at"]) if kept["at"] else None,
        has_timestamp=kept["has_timestamp"],
        level=kept.get("level", ""),
        trusted=not {Problem.UNTRUSTED, Problem.EXPIRED, Problem.REVOKED, Problem.BROKEN} & set(problems),
        altered_after=bool({Problem.BROKEN, Problem.CHANGED_AFTER, Problem.NOT_TO_THE_END} & set(problems)),
        on_trial=kept["on_trial"],
        problems=tuple(SENTENCES[problem] for problem in problems),
    )


def on_trial(told: Sequence[Told]) -> bool:
    """Whether any of them is worth nothing in law."""
    return any(one.on_trial for one in told)
