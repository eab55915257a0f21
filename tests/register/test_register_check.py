"""`register check`: free, partly or blocked, and bad input, as text and as JSON."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.form_library.models import Criterion, CriterionPart
from app.register import asking, typed
from app.register.models import Level
from app.units import lineage
from app.units.models import SuccessionKind, UnitType
from tests import cast
from tests.factories import form_versions
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
YEAR_2024 = (date(2024, 1, 1), date(2024, 12, 31))


def check(app: Flask, *extra: str, **options: str) -> Result:
    asked = {"unit": "LP", "criterion": "MC-05", "from": "2026-01-01", "to": "2026-09-30", **options}
    arguments = [text for name, value in asked.items() for text in (f"--{name}", value)]
    return app.test_cli_runner().invoke(args=["register", "check", *arguments, *extra])


def answer(app: Flask, **options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(check(app, "--json", **options).stdout)
    return found


def mc5(first: date = FIRST, last: date = LAST, unit: str = cast.LONG_PHUOC) -> Any:
    return factory.box(unit, "MC-05", first, last)


def test_nothing_in_the_way_prints_free_first(app: Flask, session: Session) -> None:
    result = check(app)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "free"
    assert "Còn được kiểm tra: từ 01/01/2026 đến 30/9/2026." in result.stdout
    assert answer(app) == {
        "status": "free", "unit": "LP", "criterion": "MC-05", "from": "2026-01-01", "to": "2026-09-30",
        "blocking": [], "warnings": [], "inherited": [], "outside": [], "rest": [], "past": [],
        "near": [], "successors": [],
        "left": [{"unit": "LP", "from": "2026-01-01", "to": "2026-09-30", "fields": ""}],
    }  # fmt: skip


def test_a_concluded_part_is_told_with_its_notice_and_what_is_left(app: Flask, session: Session) -> None:
    factory.concluded([(mc5(), "MC-05")])
    result = check(app)
    assert result.exit_code == 3
    assert not result.stdout.startswith("free")
    assert "đã có kết luận tại Thông báo số 45/TB-SNV ngày 12/8/2026 của Sở Nội vụ." in result.stdout
    assert "Còn được kiểm tra: từ 01/7/2026 đến 30/9/2026." in result.stdout
    found = answer(app)
    assert found["status"] == "partly"
    assert found["blocking"] == [
        {
            "kind": "concluded", "number": "45/TB-SNV", "date": "2026-08-12", "body": "Sở Nội vụ",
            "unit": "LP", "from": "2026-01-01", "to": "2026-06-30", "leader": "", "fields": "",
            "inherited": False, "under": None,
        }
    ]  # fmt: skip
    assert found["left"] == [{"unit": "LP", "from": "2026-07-01", "to": "2026-09-30", "fields": ""}]


def test_one_shared_day_blocks_and_the_day_after_is_free(app: Flask, session: Session) -> None:
    factory.concluded([(mc5(), "MC-05")])
    assert answer(app, **{"from": "2026-06-30", "to": "2026-06-30"})["status"] == "blocked"
    assert answer(app, **{"from": "2026-07-01", "to": "2026-07-01"})["status"] == "free"
    across = answer(app, **{"from": "2025-12-31", "to": "2026-01-01"})
    assert across["left"] == [{"unit": "LP", "from": "2025-12-31", "to": "2025-12-31", "fields": ""}]


def test_another_team_is_named_with_its_leader(app: Flask, session: Session) -> None:
    factory.held([mc5()])
    found = answer(app, to="2026-06-30")
    assert found["status"] == "blocked"
    block = found["blocking"][0]
    assert (block["kind"], block["number"], block["date"]) == ("held", "120/QĐ-SNV", "2026-09-03")
    assert block["leader"] == "Nguyễn Văn Mẫu, Phó Giám đốc"
    assert "Không còn phần nào được kiểm tra" in check(app, to="2026-06-30").stdout


def test_a_team_without_a_number_has_no_date(app: Flask, session: Session) -> None:
    holder = factory.mandate("")
    holder.decided_on = None
    factory.held([mc5()], holder)
    assert answer(app)["blocking"][0]["date"] is None


def test_a_lower_bodys_conclusion_only_warns(app: Flask, session: Session) -> None:
    factory.concluded([(mc5(), "MC-05")], "12/TB-UBND", body="UBND xã Long Phước", level=Level.COMMUNE)
    result = check(app)
    assert result.exit_code == 0
    assert result.stdout.startswith("free\nCấp dưới đã có kết luận về nội dung này (Thông báo số 12/TB-UBND")
    assert answer(app)["warnings"][0]["number"] == "12/TB-UBND"


def test_one_field_of_procedure_leaves_the_others(app: Flask, session: Session) -> None:
    land = factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field="dat-dai")
    factory.concluded([(land, "MC-11")])
    whole = answer(app, criterion="MC-11", to="2026-06-30")
    assert whole["status"] == "partly"
    assert whole["blocking"][0]["fields"] == "lĩnh vực Đất đai"
    assert [left["fields"] for left in whole["left"]] == ["trừ lĩnh vực Đất đai"]
    text = check(app, criterion="MC-11", to="2026-06-30").stdout
    assert "MC-11 – Tỷ lệ giải quyết đúng hạn (lĩnh vực Đất đai) của UBND xã Long Phước" in text
    assert "từ 01/01/2026 đến 30/6/2026 (trừ lĩnh vực Đất đai)" in text
    assert answer(app, criterion="MC-11", field="dat-dai", to="2026-06-30")["status"] == "blocked"
    assert answer(app, criterion="MC-11", field="xay-dung")["status"] == "free"


def test_when_every_field_is_concluded_nothing_is_left(app: Flask, session: Session) -> None:
    for field in typed.forms.list_fields():
        box = factory.box(cast.LONG_PHUOC, "MC-11", FIRST, LAST, field=field.code)
        factory.concluded([(box, "MC-11")], f"{field.ordinal}/TB-SNV")
    assert answer(app, criterion="MC-11", to="2026-06-30")["status"] == "blocked"


@pytest.fixture
def long_thanh(session: Session) -> None:
    """Phường Long Thành was formed on 01/7/2025 from a township and a commune, then renamed."""
    town = factory.unit(
        "TT", "UBND thị trấn Long Thành Mẫu", type=UnitType.TOWNSHIP, valid_to=date(2025, 7, 1)
    )
    commune = factory.unit("LA", "UBND xã Lộc An Mẫu", valid_to=date(2025, 7, 1))
    ward = factory.unit(
        "PLT", "UBND phường Long Thành Mẫu", type=UnitType.WARD, valid_from=date(2025, 7, 1),
        former="UBND xã Long Thành Mẫu", renamed_on=date(2026, 4, 30),
    )  # fmt: skip
    factory.succeeds(ward, town, commune, on=date(2025, 7, 1))
    box = factory.box(town, "MC-05", *YEAR_2024)
    factory.concluded([(box, "MC-05")], "18/TB-PNV", on=date(2025, 4, 14), body="Phòng Nội vụ")


def test_days_before_the_unit_was_formed_are_asked_of_its_predecessors(
    app: Flask, session: Session, long_thanh: None
) -> None:
    found = answer(app, unit="PLT", **{"from": "2024-01-01", "to": "2025-12-31"})
    assert found["status"] == "partly"
    assert [(b["unit"], b["inherited"], b["to"]) for b in found["blocking"]] == [("TT", True, "2024-12-31")]
    assert [(left["unit"], left["from"], left["to"]) for left in found["left"]] == [
        ("LA", "2024-01-01", "2025-06-30"),
        ("TT", "2025-01-01", "2025-06-30"),
        ("PLT", "2025-07-01", "2025-12-31"),
    ]
    assert {piece["unit"] for piece in found["inherited"]} == {"LA", "TT"}
    text = check(app, unit="PLT", **{"from": "2024-01-01", "to": "2025-12-31"}).stdout
    assert (
        "UBND phường Long Thành Mẫu (trước là UBND xã Long Thành Mẫu) hình thành ngày 01/7/2025. Thời kỳ "
        "trước ngày này được tính theo đơn vị cũ; phần của UBND thị trấn Long Thành Mẫu đã có kết luận tại "
        "Thông báo số 18/TB-PNV ngày 14/4/2025 (kế thừa)."
    ) in text
    assert "(UBND xã Lộc An Mẫu)" in text


def test_a_team_at_a_predecessor_is_told_too(app: Flask, session: Session, long_thanh: None) -> None:
    factory.held([factory.box("LA", "MC-05", *YEAR_2024)])
    text = check(app, unit="PLT", **{"from": "2024-01-01", "to": "2024-12-31"}).stdout
    assert "Thời kỳ trước ngày này được tính theo đơn vị cũ. Nội dung MC-05" in text
    assert "của UBND xã Lộc An Mẫu, thời kỳ 01/01/2024–31/12/2024, đang do Đoàn kiểm tra" in text


def test_days_after_a_unit_ended_point_to_its_successor(
    app: Flask, session: Session, long_thanh: None
) -> None:
    found = check(app, unit="TT", **{"from": "2025-01-01", "to": "2025-12-31"})
    assert found.exit_code == 3
    assert "được tính theo đơn vị kế thừa: UBND phường Long Thành Mẫu." in found.stdout
    told = answer(app, unit="TT", **{"from": "2025-01-01", "to": "2025-12-31"})
    assert told["successors"] == [{"unit": "PLT", "name": "UBND phường Long Thành Mẫu"}]
    assert told["outside"] == [{"from": "2025-07-01", "to": "2025-12-31"}]
    ended = check(app, unit="TT", **{"from": "2026-01-01", "to": "2026-06-30"})
    assert ended.exit_code == 2
    assert "kết thúc hoạt động ngày 01/7/2025. Thời kỳ sau ngày này được tính theo đơn vị kế thừa: " in (
        ended.stderr
    )
    assert "chọn UBND phường Long Thành Mẫu (mã PLT)." in ended.stderr


def test_what_stands_on_the_whole_is_told_of_a_part_and_the_reverse(app: Flask, session: Session) -> None:
    factory.concluded([(mc5(), "MC-05")])
    part = answer(app, unit=cast.CULTURE)
    (near,) = part["near"]
    assert (near["unit"], near["kind"], near["number"]) == ("LP", "concluded", "45/TB-SNV")
    assert (part["status"], near["from"], near["to"]) == ("free", "2026-01-01", "2026-06-30")
    assert "thuộc cùng một cơ quan" in check(app, unit=cast.CULTURE).stdout
    factory.held([mc5(unit=cast.CULTURE, first=date(2026, 7, 1), last=date(2026, 9, 30))])
    whole = answer(app, **{"from": "2026-07-01"})
    assert [(one["unit"], one["kind"]) for one in whole["near"]] == [(cast.CULTURE, "held")]


def test_a_replaced_criterion_is_told_with_the_one_that_decided(app: Flask, session: Session) -> None:
    """MC-04 has another key now, MC-05 is split, MC-08 and MC-10 are one."""
    boxes = [(factory.box(cast.LONG_PHUOC, key, FIRST, LAST), key) for key in ("MC-04", "MC-05", "MC-08")]
    factory.concluded(boxes)
    form_versions.second()
    for key, old in (("MC-30", "MC-04"), ("MC-31", "MC-05"), ("MC-32", "MC-05"), ("MC-33", "MC-08")):
        found = answer(app, criterion=key, to="2026-06-30")
        assert found["status"] == "blocked", key
        assert found["blocking"][0]["under"] == {"criterion": old, "version": 1}
    assert found["rest"] == [
        {"unit": "LP", "from": "2026-01-01", "to": "2026-06-30", "fields": "", "criterion": "MC-10",
         "version": 1}
    ]  # fmt: skip
    assert answer(app, criterion="MC-34")["status"] == "free"


def test_days_on_which_nobody_existed_are_told(app: Flask, session: Session) -> None:
    found = answer(app, **{"from": "2025-01-01", "to": "2025-12-31"})
    assert found["status"] == "partly"
    assert found["outside"] == [{"from": "2025-01-01", "to": "2025-06-30"}]
    assert "phần này không kiểm tra được" in check(app, **{"from": "2025-01-01", "to": "2025-12-31"}).stdout


def test_the_lineage_is_told_once_along_every_way(session: Session) -> None:
    first = factory.unit("C1", "UBND xã Một Mẫu", valid_to=date(2010, 1, 1))
    left = factory.unit("C2", "UBND xã Hai Mẫu", valid_from=date(2010, 1, 1), valid_to=date(2020, 1, 1))
    right = factory.unit("C3", "UBND xã Ba Mẫu", valid_from=date(2010, 1, 1), valid_to=date(2021, 1, 1))
    now = factory.unit("C4", "UBND xã Bốn Mẫu", valid_from=date(2020, 1, 1))
    other = factory.unit("C5", "UBND xã Năm Mẫu")
    factory.succeeds(left, first, on=date(2010, 1, 1), kind=SuccessionKind.SPLIT)
    factory.succeeds(right, first, on=date(2010, 1, 1), kind=SuccessionKind.SPLIT)
    factory.succeeds(now, left, right, on=date(2020, 1, 1))
    factory.succeeds(now, other, on=date(2020, 1, 1), kind=SuccessionKind.TRANSFER)
    pieces = lineage.expand(now, date(2009, 1, 1), date(2022, 1, 1))
    assert [(p.unit_id, p.starts_on, p.ends_on, p.inherited) for p in pieces] == [
        (first.id, date(2009, 1, 1), date(2010, 1, 1), True),
        (left.id, date(2010, 1, 1), date(2020, 1, 1), True),
        (right.id, date(2010, 1, 1), date(2020, 1, 1), True),
        (now.id, date(2020, 1, 1), date(2022, 1, 1), False),
    ]
    assert lineage.with_predecessors([now.id]) == {now.id, left.id, right.id, first.id}
    assert lineage.expand(now, date(2021, 1, 1), date(2021, 2, 1))[0].unit_id == now.id


BAD = [
    ({"unit": "KHONG-CO"}, "Không tìm thấy đơn vị"),
    ({"unit": " "}, "Nhập tên hoặc mã đơn vị."),
    ({"unit": "ubnd"}, "Nhiều đơn vị có tên này"),
    ({"criterion": "MC-99"}, "Không có tiêu chí “MC-99”"),
    ({"criterion": " "}, "Nhập mã tiêu chí."),
    ({"from": "2026-07-01", "to": "2026-06-30"}, "Ngày kết thúc 30/6/2026 trước ngày bắt đầu 01/7/2026."),
    ({"from": "2026-02-30"}, "Không có ngày 2026-02-30 trong lịch."),
    ({"from": "0001-01-01"}, "Năm 1 nằm ngoài khoảng"),
    ({"from": ""}, "Nhập ngày bắt đầu"),
    ({"to": ""}, "Nhập ngày kết thúc"),
    ({"field": "dat-dai"}, "không tách theo lĩnh vực"),
    ({"criterion": "MC-11", "field": "khong-co"}, "Không có lĩnh vực “khong-co”"),
    ({"from": "2024-01-01", "to": "2024-06-30"}, "hình thành ngày 01/7/2025; chưa ghi nhận đơn vị cũ"),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_bad_input_is_told_in_vietnamese(
    app: Flask, session: Session, options: dict[str, str], message: str
) -> None:
    result = check(app, **options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    as_json = check(app, "--json", **options)
    assert as_json.exit_code == 2
    assert message in json.loads(as_json.stdout)["error"]


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "lp"},
        {"unit": "long phuoc"},
        {"unit": "UBND xã Long Phước"},
        {"unit": "UBND xã Long Phước (mã LP)"},
        {"criterion": "mc-05", "from": "01/01/2026", "to": "30/9/2026"},
    ],
)
def test_what_people_type_is_understood(app: Flask, session: Session, options: dict[str, str]) -> None:
    assert answer(app, **options)["unit"] == "LP"


def test_a_key_typed_in_parts_is_the_same_key(app: Flask, session: Session) -> None:
    assert answer(app, criterion=unicodedata.normalize("NFD", "cđ-01"))["criterion"] == "CĐ-01"


def test_a_name_of_two_units_means_the_one_that_exists(app: Flask, session: Session) -> None:
    factory.unit("CU-A", "UBND xã Trùng Tên Mẫu", valid_to=date(2025, 7, 1))
    factory.unit("MOI-A", "UBND xã Trùng Tên Mẫu", valid_from=date(2025, 7, 1))
    assert answer(app, unit="trung ten mau")["unit"] == "MOI-A"


def test_many_units_of_one_name_are_not_all_listed(session: Session) -> None:
    for number in range(8):
        factory.unit(f"TT-{number}", "UBND xã Trùng Tên Mẫu")
    with pytest.raises(asking.DomainError, match=r"\(mã TT-5\) …\. Chọn một đơn vị"):
        typed.find_unit("trùng tên", on=FIRST)


def test_a_criterion_that_covers_part_of_a_content_asks_for_that_part(session: Session) -> None:
    land, building = typed.forms.list_fields()[:2]
    part = CriterionPart(content_id=factory.content("MC-11").id, part_from=land.part[0], part_to=land.part[1])
    narrow = Criterion(key="MC-11A", title="Hồ sơ đất đai", by_field=True, parts=[part])
    question = asking.Question(cast.unit("LP"), narrow, FIRST, LAST)
    assert asking.ask(question, level=Level.DEPARTMENT).status is asking.Status.FREE
    factory.concluded([(factory.box("LP", "MC-11", FIRST, LAST, field="dat-dai"), "MC-11")])
    assert asking.ask(question, level=Level.DEPARTMENT).status is asking.Status.BLOCKED
    with pytest.raises(asking.DomainError, match="Tiêu chí MC-11A không có lĩnh vực đã chọn"):
        asking.ask(asking.Question(cast.unit("LP"), narrow, FIRST, LAST, building), level=Level.DEPARTMENT)
