"""Commands for papers that went out: `flask --app wsgi notices verify FILE [--json]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app.documents import queries, verification
from app.documents.kinds import KIND_LABELS
from app.documents.signatures.appearance import ON_TRIAL
from app.documents.signatures.records import Told
from app.documents.states import DOCUMENT
from app.documents.verification import SENTENCES, Examined, Verdict
from app.vietnamese import format_date, format_moment

EXIT = {Verdict.GENUINE: 0, Verdict.ALTERED: 4, Verdict.UNKNOWN: 5, Verdict.SUPERSEDED: 6}
"""What a script reads."""

group = AppGroup("notices", help="Văn bản đã ban hành.")


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def verify(file: Path, as_json: bool) -> None:
    """Tệp có đúng là văn bản đã ban hành (mã thoát 0: đúng; 4: bị sửa; 5: không rõ; 6: hết hiệu lực)."""
    examined = verification.examine(file.read_bytes())
    if as_json:
        click.echo(json.dumps(as_primitive(examined), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(as_lines(examined)))
    sys.exit(EXIT[examined.verdict])


def as_primitive(examined: Examined) -> dict[str, object]:
    """Keys: verdict, sha256, differences, document (None when unknown), signatures."""
    document = examined.document
    told: dict[str, object] | None = None
    if document is not None and document.issued_on is not None:
        over = queries.ended_by(document)
        told = {
            "kind": document.kind.value, "number": document.number_and_symbol, "subject": document.subject,
            "date": document.issued_on.isoformat(), "issuer": document.issuer_name,
            "state": document.state.value, "sha256": document.sha256,
            "standing": queries.standing_words(document),
            "ended_by": over.number_and_symbol if over is not None else None,
        }  # fmt: skip
    return {
        "verdict": examined.verdict.value, "sha256": examined.sha256,
        "differences": list(examined.differences), "document": told,
        "signatures": [
            {
                "as": one.signed_as, "name": one.name, "organisation": one.organisation,
                "issuer": one.issuer, "serial": one.serial, "at": one.at.isoformat() if one.at else None,
                "timestamp": one.has_timestamp, "level": one.level or None, "trusted": one.trusted,
                "altered_after": one.altered_after, "on_trial": one.on_trial,
                "problems": list(one.problems),
            }
            for one in examined.signatures
        ],
    }  # fmt: skip


def as_line(one: Told) -> str:
    """One signature: who signed as what, when, and whether it stands."""
    at = f", lúc {format_moment(one.at)}" if one.at is not None else ""
    worth = " ".join(one.problems) if one.problems else "Chữ ký đúng."
    trial = f" {ON_TRIAL}." if one.on_trial else ""
    return f"{one.signed_as}: {one.name} (chứng thư số do {one.issuer} cấp{at}). {worth}{trial}"


def as_lines(examined: Examined) -> list[str]:
    """The same for people."""
    lines = [SENTENCES[examined.verdict], *examined.differences]
    document = examined.document
    if document is not None and document.issued_on is not None:
        lines.append(
            f"{KIND_LABELS[document.kind]} số {document.number_and_symbol} ngày "
            f"{format_date(document.issued_on)} của {document.issuer_name}: {document.subject}. "
            f"{DOCUMENT.labels[document.state]}."
        )
    lines += [as_line(one) for one in examined.signatures]
    return [*lines, f"SHA-256: {examined.sha256}"]
