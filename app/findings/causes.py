"""The two lists of causes that every report asks for, keys stored and labels shown; who answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.findings.models import Finding

SUBJECTIVE: Mapping[str, str] = {
    "shallow_direction": "Lãnh đạo, chỉ đạo chưa sâu sát",
    "left_to_others": "Giao khoán cho cấp phó, chuyên viên",
    "rules_unknown": "Chưa nắm quy định",
    "sense_of_duty": "Ý thức trách nhiệm",
    "poor_coordination": "Phối hợp chưa tốt",
    "no_supervision": "Thiếu kiểm tra, đôn đốc",
}
OBJECTIVE: Mapping[str, str] = {
    "reorganisation": "Thay đổi tổ chức, nhân sự sau sắp xếp",
    "software": "Phần mềm, kết nối dữ liệu",
    "unclear_rules": "Quy định chồng chéo, chưa hướng dẫn",
    "means": "Thiếu nhân lực, kinh phí, trang thiết bị",
    "late_answers": "Cơ quan phối hợp trả lời chậm",
}


def labels(keys: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """The Vietnamese names of `keys` in the order of the list; an unknown key is left out."""
    wanted = set(keys)
    return [text for key, text in known.items() if key in wanted]


def sentence(subjective: Iterable[str], objective: Iterable[str]) -> str:
    """Both lists as minutes and annexes print them: “Chủ quan: …. Khách quan: ….”; empty when none."""
    parts = []
    for head, keys, known in (("Chủ quan", subjective, SUBJECTIVE), ("Khách quan", objective, OBJECTIVE)):
        if names := labels(keys, known):
            parts.append(f"{head}: {'; '.join(name[0].lower() + name[1:] for name in names)}.")
    return " ".join(parts)


def responsible(finding: Finding) -> str:
    """Who answers for a finding: collective, post, the head, another body – never a person by name."""
    parts = [finding.responsible_collective.strip(), finding.responsible_post.strip()]
    if finding.head_responsible:
        parts.append("người đứng đầu đơn vị")
    if finding.other_body.strip():
        parts.append(f"cơ quan liên quan: {finding.other_body.strip()}")
    return "; ".join(part for part in parts if part)
