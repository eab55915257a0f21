"""What minutes make of a finding, a place, and of what was looked at."""

from __future__ import annotations

from datetime import date

import pytest

from app import clock
from app.documents.content import Bulleted, Paragraph
from app.fieldwork.composing import Basis, MinutesText, Point, Texts, official, papers_line

BASIS = Basis(
    "Sở Nội vụ", "120/QĐ-SNV", date(2026, 9, 15), "Giám đốc", "Kiểm tra cải cách hành chính", "UBND xã"
)


def text(**changes: object) -> MinutesText:
    given: dict[str, object] = {
        "place": "trụ sở UBND xã",
        "opened_at": clock.at(date(2026, 9, 23), 8, 5),
        "closed_at": clock.at(date(2026, 9, 23), 11, 40),
        "team_present": ("Nguyễn Văn Mẫu, Trưởng đoàn",),
        "unit_present": ("Trịnh Văn Ước Lệ, Chủ tịch UBND phường",),
        "texts": Texts(),
        "points": (),
        "opinion": "",
        "requests": "",
        "copies": 2,
        "unit_signer": "Trịnh Văn Ước Lệ, Chủ tịch UBND phường",
        "secretary": "",
        "leader": "",
        **changes,
    }
    return MinutesText(**given)


@pytest.mark.parametrize(
    ("words", "total", "failing", "said"),
    [
        ("Năm 2026 chưa công khai", 20, 2, "Năm 2026 chưa công khai (2/20, chiếm 10,00%)."),
        ("Chưa ký ngày 20/2/2026", 20, 2, "Chưa ký ngày 20/2/2026 (2/20, chiếm 10,00%)."),
        ("12 hồ sơ thiếu phiếu", 120, 12, "12 hồ sơ thiếu phiếu (12/120, chiếm 10,00%)."),
        ("12/20 hồ sơ thiếu phiếu", 20, 12, "12/20 hồ sơ thiếu phiếu."),
        ("02 hồ sơ trong 20 hồ sơ mẫu", 20, 2, "02 hồ sơ trong 20 hồ sơ mẫu."),
        ("45/3.468 hồ sơ quá hạn;", 3468, 45, "45/3.468 hồ sơ quá hạn."),
    ],
)
def test_figures_are_left_out_only_where_the_words_tell_both(
    words: str, total: int, failing: int, said: str
) -> None:
    assert Point(1, "Một cửa", "MC-07", words, sample=total, failing=failing).sentence == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Trụ sở UBND xã Long Phước", "tại trụ sở UBND xã Long Phước"),
        ("Hội trường A", "tại hội trường A"),
        ("Long Phước, hội trường UBND xã", "tại Long Phước, hội trường"),
        ("UBND xã Long Phước", "tại UBND xã"),
    ],
)
def test_a_name_keeps_its_capital_within_a_sentence(place: str, said: str) -> None:
    opening = official(BASIS, text(place=place)).blocks[1]
    assert isinstance(opening, Paragraph) and said in "".join(run.text for run in opening.runs)


def test_the_unit_signs_with_the_name_alone_under_its_post() -> None:
    column = official(BASIS, text()).signature_columns[0]
    assert column.name == "Trịnh Văn Ước Lệ" and column.posts[-1] == "Chủ tịch UBND phường"
    bare = official(BASIS, text(unit_signer="Trịnh Văn Ước Lệ")).signature_columns[0]
    assert (bare.name, bare.posts) == ("Trịnh Văn Ước Lệ", ("Đại diện đơn vị", "được kiểm tra"))


@pytest.mark.parametrize("lines", ["-", "–\n- \n", "- ;"])
def test_hyphens_without_words_are_nothing(lines: str) -> None:
    blocks = official(BASIS, text(texts=Texts(strengths=lines))).blocks
    assert not [b for b in blocks if isinstance(b, Bulleted) and not b.items]


def test_papers_stand_on_one_line_without_what_the_team_did_itself() -> None:
    seen = ["Camera", "KH", "Quan sát đột xuất", "QĐ phê duyệt", "KH", "Sổ trực", "TTHC công khai"]
    assert (
        papers_line("Một cửa", seen) == "- Một cửa: kế hoạch; quyết định phê duyệt; sổ trực; TTHC công khai"
    )
    assert papers_line("Một cửa", ["Ảnh", "Gọi xác minh mẫu"]) == ""


def test_papers_within_one_entry_are_told_apart_from_what_was_done():
    line = papers_line("CQ", ["Hệ thống quản lý văn bản; sổ đăng ký văn bản đi", "Ảnh hiện trường; sổ trực"])
    assert line == "- CQ: hệ thống quản lý văn bản; sổ đăng ký văn bản đi; sổ trực"
