"""The numbers of the page (NĐ 30/2020/NĐ-CP Phụ lục I); an office may move them within its ranges."""

from __future__ import annotations

from dataclasses import dataclass, fields

FACES = ("Times New Roman", "Liberation Serif")
"""The face of official papers, or the free one of the same widths: nothing else may appear in one."""

# Type in points, lengths in millimetres; (lowest, highest) that the decree allows. Where it is silent
# (line_height up to 1.5 × single, table_size, rule_weight, signature_space) the range is what offices do.
LEGAL_RANGES: dict[str, tuple[float, float]] = {
    "margin_top": (20, 25),
    "margin_bottom": (20, 25),
    "margin_left": (30, 35),
    "margin_right": (15, 20),
    "national_title_size": (12, 13),
    "motto_size": (13, 14),
    "body_name_size": (12, 13),
    "number_size": (13, 13),
    "place_date_size": (13, 14),
    "type_name_size": (13, 14),
    "subject_size": (13, 14),
    "letter_subject_size": (12, 13),
    "body_size": (13, 14),
    "signature_size": (13, 14),
    "recipients_heading_size": (12, 12),
    "recipients_size": (11, 11),
    "urgency_size": (13, 14),
    "annex_title_size": (13, 14),
    "page_number_size": (13, 14),
    "table_size_least": (11, 12),
    "first_line_indent": (10, 12.7),
    "paragraph_gap": (6, 12),
    "line_height": (1.15, 1.725),
    "rule_share": (1 / 3, 1 / 2),
    "rule_weight": (0.5, 1),
    "signature_space": (22, 40),
}


@dataclass(frozen=True, slots=True)
class LayoutRules:
    """Margins and lengths in mm, type and `paragraph_gap` in points, `rule_share` of the text above the rule.

    `line_height` is in ems of the type; Times set single in a word processor is 1.15. A value outside the
    range of the decree raises ValueError.
    """

    margin_top: float = 20
    margin_bottom: float = 20
    margin_left: float = 30
    margin_right: float = 15
    national_title_size: float = 12
    motto_size: float = 13
    body_name_size: float = 12
    number_size: float = 13
    place_date_size: float = 13
    type_name_size: float = 14
    subject_size: float = 14
    letter_subject_size: float = 12
    body_size: float = 14
    signature_size: float = 14
    recipients_heading_size: float = 12
    recipients_size: float = 11
    urgency_size: float = 13
    annex_title_size: float = 14
    page_number_size: float = 14
    table_size_least: float = 11
    first_line_indent: float = 12.7
    paragraph_gap: float = 6
    line_height: float = 1.2
    rule_share: float = 0.4
    rule_weight: float = 0.75
    signature_space: float = 28

    def __post_init__(self) -> None:
        for item in fields(self):
            low, high = LEGAL_RANGES[item.name]
            if not low <= getattr(self, item.name) <= high:
                raise ValueError(f"{item.name}: {getattr(self, item.name)} is outside {low:g}–{high:g}")

    def text_width(self, *, landscape: bool = False) -> float:
        """Width of the text block in mm on A4."""
        return (297 if landscape else 210) - self.margin_left - self.margin_right
