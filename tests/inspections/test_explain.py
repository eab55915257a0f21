"""`register explain`: a whole case at the command line, as text and as JSON."""

from __future__ import annotations

import json
from datetime import date

from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.inspections.models import InspectionKind
from tests import cast
from tests.factories import inspections as make
from tests.factories import register as factory

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def explain(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["register", "explain", *arguments])


def test_a_case_that_nothing_stands_in_the_way_of(app: Flask, session: Session) -> None:
    made = make.draft()
    result = explain(app, "--inspection", made.code.lower())
    assert result.exit_code == 0
    assert result.stdout.startswith("Trong 03 nội dung đã chọn: 03 được kiểm tra")


def test_what_is_refused_is_told_by_unit_with_what_is_left(app: Flask, session: Session) -> None:
    factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05")])
    made = make.draft()
    result = explain(app, "--inspection", made.code)
    assert result.exit_code == 3
    assert "\nUBND xã Long Phước\n- " in result.stdout
    assert "45/TB-SNV" in result.stdout and "từ 01/4/2026 đến 30/6/2026" in result.stdout
    told = json.loads(explain(app, "--inspection", made.code, "--json").stdout)
    assert (told["total"], told["free"], told["concluded"], told["partly"]) == (3, 2, 1, 1)
    (item,) = told["items"]
    assert (item["criterion"], item["inherited"]) == ("MC-05", False)
    assert item["blocking"][0]["number"] == "45/TB-SNV"
    assert item["left"] == [{"from": "2026-04-01", "to": "2026-06-30"}]


def test_what_a_predecessor_was_told_is_told_as_inherited(app: Flask, session: Session) -> None:
    old = factory.unit("CU", "UBND xã Cũ", valid_to=date(2026, 4, 1))
    new = factory.unit("MOI", "UBND xã Mới", valid_from=date(2026, 4, 1))
    factory.succeeds(new, old, on=date(2026, 4, 1))
    factory.concluded([(factory.box(old, "MC-05", FIRST, LAST), "MC-05")])
    made = make.draft(units=("MOI",))
    told = json.loads(explain(app, "--inspection", made.code, "--json").stdout)
    assert [(item["unit"], item["inherited"], item["left"]) for item in told["items"]] == [
        ("UBND xã Cũ", True, [])
    ]


def test_a_part_asks_for_a_reason(app: Flask, session: Session) -> None:
    factory.concluded([(factory.box(cast.CULTURE, "MC-05", FIRST, LAST), "MC-05")])
    result = explain(app, "--inspection", make.draft().code)
    assert result.exit_code == 0 and "Cần ghi lý do:" in result.stdout


def test_a_kind_that_assesses_nothing_anew_is_told_so(app: Flask, session: Session) -> None:
    factory.concluded([(factory.box(cast.LONG_PHUOC, "MC-05", FIRST, LAST), "MC-05")])
    made = make.draft()
    made.kind = InspectionKind.SELF
    session.flush()
    result = explain(app, "--inspection", made.code)
    assert result.exit_code == 0 and "không đánh giá mới" in result.stdout


def test_bad_input_is_told_in_words(app: Flask, session: Session) -> None:
    for code, told in (("", "Nhập mã cuộc kiểm tra."), ("KT0", "Không có cuộc kiểm tra mã KT0.")):
        result = explain(app, "--inspection", code)
        assert result.exit_code == 2 and told in result.stderr
