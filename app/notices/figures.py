"""The figures of a finding as the notice prints them behind its words, and which of them the words have."""

from __future__ import annotations

import re
from fractions import Fraction

from app.findings.models import Finding
from app.vietnamese import number, percent


def figures(finding: Finding, said: str) -> str:
    """“45/3.468 hồ sơ, chiếm 1,30%” from the figures of the finding, without those that its text `said`."""
    noun = "hồ sơ" if finding.application_codes else "trường hợp"
    if finding.failing is None:
        return ""
    base = finding.sample if finding.sample is not None else finding.total
    if not base:
        return "" if _says(said, finding.failing) else f"{number(finding.failing)} {noun}"
    share = percent(Fraction(finding.failing, base))
    total = finding.total if finding.sample is not None and finding.sample < (finding.total or 0) else None
    shown = f"{number(finding.failing)}/{number(base)} {noun}{' đã kiểm tra' if total is not None else ''}"
    counted = "" if _says(said, finding.failing, base) else shown
    part = "" if _says_share(said, share) else f"chiếm {share}"
    whole = f"tổng số {number(total)}" if total is not None and not _says(said, total) else ""
    return "; ".join(filter(None, (", ".join(filter(None, (counted, part))), whole)))


def _says(text: str, *wanted: int) -> bool:
    """Whether the text has this number, or “6/30” for two of them, however it is written: 06, 3468."""
    found = re.findall(r"\d[\d.]*(?:\s*/\s*\d[\d.]*)*", text)
    told = [[int(n) for n in re.findall(r"\d+", run.replace(".", ""))] for run in found]
    return list(wanted) in told


def _says_share(text: str, share: str) -> bool:
    """Whether the text has “20%” or “20,0%” where the figures say “20,00%”."""
    typed = re.findall(r"(\d+(?:,\d+)?)\s*%", text)
    return any(float(one.replace(",", ".")) == float(share.rstrip("%").replace(",", ".")) for one in typed)
