"""Arithmetic of boxes, and the register's answers in the words of its users."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.form_library import queries as forms
from app.form_library.models import WHOLE
from app.register import wording
from app.register.boxes import Box, subtract
from app.register.review import Cited, Counts, Ground, Refusal, Review, Reviewed, Wanted


def box(first: int, last: int, part_from: int = 0, part_to: int = 4, unit: int = 1) -> Box:
    return Box(unit, 1, date(2026, 1, first), date(2026, 1, last), part_from, part_to)


def concluded(citation: str = "45/TB-SNV", day: date | None = date(2026, 8, 12)) -> Refusal:
    return Refusal(box(1, 11), Cited(Ground.CONCLUDED, 20, "Sở Nội vụ", citation, day))


def held(citation: str = "120/QĐ-SNV", leader: str = "Nguyễn Văn Mẫu", until: date | None = None) -> Refusal:
    return Refusal(box(1, 11), Cited(Ground.HELD, 20, "Sở Nội vụ", citation, date(2026, 9, 3), leader, until))


@pytest.mark.parametrize("empty", [(5, 5, 0, 4), (5, 4, 0, 4), (1, 5, 2, 2)])
def test_an_empty_box_is_refused(empty: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError):
        box(*empty)


def test_what_is_left_of_a_box_does_not_overlap() -> None:
    left = subtract(box(1, 10), [box(3, 5, 1, 3)])
    assert left == (box(1, 3), box(3, 5, 0, 1), box(3, 5, 3, 4), box(5, 10))


def test_a_hole_elsewhere_takes_nothing_and_a_larger_one_takes_all() -> None:
    assert subtract(box(1, 10), [box(10, 12), box(1, 10, unit=2)]) == (box(1, 10),)
    assert subtract(box(3, 5, 1, 2), [box(1, 10)]) == ()


def test_a_concluded_content_is_told_with_its_notice_and_what_is_left() -> None:
    said = wording.refused(
        concluded(), unit_name="UBND xã Long Phước", content="MC-05 – Phiếu xin lỗi", free=[box(11, 21)]
    )
    assert said == (
        "Nội dung MC-05 – Phiếu xin lỗi của UBND xã Long Phước, thời kỳ 01/01/2026–10/01/2026, đã có "
        "kết luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ. Nội dung đã có thông báo "
        "kết luận thì không đánh giá lại. Còn được kiểm tra: từ 11/01/2026 đến 20/01/2026."
    )


def test_another_team_is_told_with_its_leader_and_its_last_day() -> None:
    said = wording.refused(held(until=date(2026, 9, 30)), unit_name="UBND xã Long Phước", content="MC-05")
    assert (
        "đang do Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV ngày 03/9/2026 (Trưởng đoàn: Nguyễn Văn Mẫu) "
        "thực hiện đến hết ngày 30/9/2026. Đề nghị trao đổi với Đoàn hoặc chọn nội dung, thời kỳ khác."
    ) in said
    assert said.endswith(wording.NOTHING_LEFT)


def test_a_team_without_a_number_is_told_by_its_body() -> None:
    said = wording.fact(held("", ""), unit_name="UBND xã Long Phước", content="MC-05")
    assert "đang do Đoàn kiểm tra của Sở Nội vụ thực hiện. Đề nghị" in said


@pytest.mark.parametrize(
    ("citation", "said"),
    [
        ("45/TB-SNV", "Thông báo số 45/TB-SNV ngày 12/8/2026"),
        ("05/KL-TTr", "Kết luận số 05/KL-TTr ngày 12/8/2026"),
        ("07/BC-KTNN", "Báo cáo số 07/BC-KTNN ngày 12/8/2026"),
    ],
)
def test_a_paper_is_called_by_its_kind(citation: str, said: str) -> None:
    assert wording.source(concluded(citation)) == said


def test_a_line_of_a_table_names_the_paper_and_the_days() -> None:
    assert wording.brief(concluded()) == (
        "Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ, thời kỳ 01/01/2026–10/01/2026"
    )
    assert wording.brief(held(until=date(2026, 9, 30))) == (
        "Đoàn kiểm tra theo Quyết định số 120/QĐ-SNV ngày 03/9/2026, thực hiện đến hết ngày 30/9/2026, "
        "thời kỳ 01/01/2026–10/01/2026"
    )
    assert wording.brief(held()).endswith("ngày 03/9/2026, thời kỳ 01/01/2026–10/01/2026")


def test_a_lower_level_only_warns() -> None:
    assert wording.lower_concluded(concluded("12/TB-UBND")).startswith(
        "Cấp dưới đã có kết luận về nội dung này (Thông báo số 12/TB-UBND ngày 12/8/2026 của Sở Nội vụ)."
    )
    assert wording.lower_concluded(held()).startswith("Cấp dưới đang kiểm tra nội dung này (Đoàn kiểm tra")


def test_a_predecessor_is_named_with_the_day_and_the_former_name() -> None:
    said = wording.inherited(
        "UBND phường Long Thành", date(2025, 7, 1), "UBND thị trấn Long Thành",
        concluded("18/TB-PNV", date(2025, 4, 14)), ["UBND xã Long Thành"],
    )  # fmt: skip
    assert said == (
        "UBND phường Long Thành (trước là UBND xã Long Thành) hình thành ngày 01/7/2025. Thời kỳ trước ngày "
        "này được tính theo đơn vị cũ; phần của UBND thị trấn Long Thành đã có kết luận tại Thông báo số "
        "18/TB-PNV ngày 14/4/2025 (kế thừa)."
    )
    assert wording.formed("UBND xã A", date(2025, 7, 1)).startswith("UBND xã A hình thành")


def test_a_plan_is_summed_up() -> None:
    assert wording.summary(Counts(96, 71, 19, 6)) == (
        "Trong 96 nội dung đã chọn: 71 được kiểm tra, 19 đã có kết luận, 06 đoàn khác đang thực hiện."
    )
    assert wording.summary(Counts(2, 0, 1, 1)).startswith("Toàn bộ nội dung đã chọn")
    assert wording.summary(Counts(0, 0, 0, 0)).startswith("Trong 00 nội dung")


def test_who_does_not_know_of_other_teams_is_never_told_that_something_is_free() -> None:
    spans = [(date(2026, 7, 1), date(2026, 9, 30), "")]
    assert wording.left_spans(spans, concluded_only=True) == (
        "Chưa có thông báo kết luận: từ 01/7/2026 đến 30/9/2026."
    )
    assert wording.left_spans([], concluded_only=True) == wording.ALL_CONCLUDED
    assert wording.left_spans([(*spans[0][:2], "lĩnh vực Đất đai")]).endswith("30/9/2026 (lĩnh vực Đất đai).")


def test_fields_of_procedure_are_told_by_name(session: Session) -> None:
    fields = forms.list_fields()
    land, building = fields[0], fields[1]
    span = (0, WHOLE)
    assert wording.fields_label([span], span, fields) == ""
    assert wording.fields_label([land.part, building.part], span, fields) == "lĩnh vực Đất đai, Xây dựng"
    assert wording.fields_label([(0, land.part[0]), (land.part[1], WHOLE)], span, fields) == (
        "trừ lĩnh vực Đất đai"
    )
    assert wording.fields_label([(0, 1)], span, fields) == "phần khác"
    assert wording.fields_label([(0, 1)], span, ()) == ""


def test_a_review_counts_a_conclusion_before_a_held_claim() -> None:
    items = (
        Reviewed(Wanted("a", box(1, 5)), (box(1, 5),)),
        Reviewed(Wanted("b", box(1, 5)), (), (concluded(), held())),
        Reviewed(Wanted("c", box(1, 5)), (box(3, 5),), (held(),)),
    )
    review = Review(items)
    assert review.counts == Counts(total=3, free=1, concluded=1, held=1)
    assert not review.is_free
    assert review.remainder == (("a", box(1, 5)), ("c", box(3, 5)))
    assert Review().is_free


def reserved(planned: str = "Kiểm tra quý IV", until: date | None = date(2026, 10, 7)) -> Refusal:
    cited = Cited(Ground.RESERVED, 20, "Sở Nội vụ", "", None, "Trần Thị Mẫu", until, planned=planned)
    return Refusal(box(1, 11), cited)


def test_a_reservation_is_told_with_its_day_and_its_case() -> None:
    assert wording.brief(reserved()) == (
        "đang được giữ chỗ đến hết ngày 07/10/2026 cho cuộc kiểm tra dự kiến “Kiểm tra quý IV” của Sở Nội vụ "
        "(người giữ chỗ: Trần Thị Mẫu), thời kỳ 01/01/2026–10/01/2026"
    )
    said = wording.near(reserved("", None), unit_name="Phòng A", asked_name="Sở B")
    assert "đang được giữ chỗ cho một cuộc kiểm tra dự kiến của Sở Nội vụ" in said


def test_the_summary_counts_what_is_reserved_only_when_something_is() -> None:
    assert wording.summary(Counts(3, 1, 1, 0, 1)) == (
        "Trong 03 nội dung đã chọn: 01 được kiểm tra, 01 đã có kết luận, 00 đoàn khác đang thực hiện, "
        "01 đang được giữ chỗ."
    )
    assert wording.summary(Counts(2, 0, 1, 0, 1)) == (
        "Toàn bộ nội dung đã chọn đều đã có kết luận, đang được giữ chỗ hoặc đang được kiểm tra."
    )
