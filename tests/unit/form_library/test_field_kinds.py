"""Each field kind: what it accepts, what it says, how it is kept."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.form_library.fields import REGISTRY, JsonValue, handler_for
from app.form_library.inputs import VietnameseForm
from app.form_library.schema import FieldDefinition, FieldKind
from app.form_library.values import Presence, RatioValue, Result, RollCall, RollCallRow
from tests.unit.form_library.posting import posted
from tests.unit.form_library.strategies import DEFINITIONS, VALUES


def form_of(definition: FieldDefinition) -> Any:
    return type("F", (VietnameseForm,), {"x": handler_for(definition.kind).make_field(definition)})


FORMS = {kind: form_of(definition) for kind, definition in DEFINITIONS.items()}


def typed(kind: FieldKind, **values: str | list[str]) -> tuple[Any, list[str]]:
    """The value and the messages after posting; `_` in a name stands for `-`."""
    data: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        data.setlist(name.replace("_", "-"), [value] if isinstance(value, str) else value)
    form = FORMS[kind](data)
    valid = form.validate()
    errors = [error.message for error in form.input_errors()]
    assert valid == (not errors)
    return (handler_for(kind).value_of(form.x) if valid else None), errors


values = st.sampled_from(FieldKind).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind]))


@given(values)
@settings(max_examples=60, deadline=None)
def test_a_value_survives_being_stored_as_json(pair: tuple[FieldKind, Any]) -> None:
    kind, value = pair
    handler = REGISTRY[kind]
    stored = json.loads(json.dumps(handler.to_stored(value)))
    back = handler.from_stored(stored)
    assert back == value
    assert type(back) is type(value)
    assert json.dumps(handler.to_stored(back)) == json.dumps(stored)


@given(values)
@settings(max_examples=60, deadline=None)
def test_a_value_shown_for_editing_is_posted_back_as_itself(pair: tuple[FieldKind, Any]) -> None:
    kind, value = pair
    shown = FORMS[kind](data={"x": handler_for(kind).initial(value)})
    again = FORMS[kind](posted(shown))
    assert again.validate(), again.input_errors()
    assert handler_for(kind).value_of(again.x) == value


@given(values)
@settings(max_examples=60, deadline=None)
def test_every_value_can_be_printed(pair: tuple[FieldKind, Any]) -> None:
    kind, value = pair
    assert REGISTRY[kind].display(value, DEFINITIONS[kind]).strip()


@pytest.mark.parametrize("kind", FieldKind)
def test_nothing_typed_is_no_value(kind: FieldKind) -> None:
    assert typed(kind) == (None, [])
    form = FORMS[kind](posted(FORMS[kind]()))
    assert form.validate(), form.input_errors()
    assert form.is_blank()
    assert handler_for(kind).value_of(form.x) is None


@pytest.mark.parametrize("kind", FieldKind)
def test_no_field_is_required_by_the_browser(kind: FieldKind) -> None:
    # A page holds many criteria; an unanswered one must not stop the others from being saved.
    assert not FORMS[kind]().x.flags.required


A_ROW: dict[str, JsonValue] = {
    "name": "A", "post": "", "section": "", "reason": "", "note": "", "presence": "present", "badge": 1
}  # fmt: skip
JUNK: list[JsonValue] = [
    None, True, 1, "x y z", [], [1], {}, {"total": 1},
    {"total": 1, "sample": 2, "failing": 3},
    {"total": "1", "sample": 1, "failing": 1},
    {"on": None, "at": "", "place": "", "rows": [A_ROW]},
]  # fmt: skip


@pytest.mark.parametrize("kind", FieldKind)
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_what_was_never_stored_is_refused_or_is_the_same_shape(kind: FieldKind, junk: JsonValue) -> None:
    handler = REGISTRY[kind]
    try:
        value = handler.from_stored(junk)
    except ValueError:
        return
    assert handler.to_stored(value) == junk


@pytest.mark.parametrize("junk", ["NaN", "Infinity", "một"])
def test_a_stored_number_that_is_none_is_refused(junk: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        REGISTRY[FieldKind.NUMBER].from_stored(junk)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.5", "3.468 hoặc 1,30"),
        ("1,305", "nhiều nhất 02 chữ số thập phân"),
        ("-1", "từ 0 đến 999.999.999"),
        ("9.999.999.999", "từ 0 đến 999.999.999"),
    ],
)
def test_a_wrong_number_says_why_and_stays_as_typed(text: str, words: str) -> None:
    _, errors = typed(FieldKind.NUMBER, x=text)
    assert len(errors) == 1 and words in errors[0]
    form = FORMS[FieldKind.NUMBER](MultiDict({"x": text}))
    form.validate()
    assert f'value="{text}"' in str(form.x())


def test_bounds_and_decimals_come_from_the_definition() -> None:
    definition = replace(DEFINITIONS[FieldKind.NUMBER], minimum=Decimal(-5), maximum=Decimal(5), decimals=0)
    form = form_of(definition)(MultiDict({"x": "-5"}))
    assert form.validate()
    assert form.x.data == -5
    for text, words in (("6", "từ -5 đến 5"), ("1,5", "số nguyên")):
        form = form_of(definition)(MultiDict({"x": text}))
        assert not form.validate()
        assert words in form.x.errors[0]


def test_a_percentage_takes_its_sign_and_ends_at_a_hundred() -> None:
    assert typed(FieldKind.PERCENTAGE, x="98,7%") == (Decimal("98.7"), [])
    assert typed(FieldKind.PERCENTAGE, x="100") == (Decimal(100), [])
    assert "từ 0 đến 100" in typed(FieldKind.PERCENTAGE, x="100,01")[1][0]


def test_dates_are_typed_day_first() -> None:
    assert typed(FieldKind.DATE, x="4/9/2026") == (date(2026, 9, 4), [])
    assert typed(FieldKind.DATE, x="2026-09-04") == (date(2026, 9, 4), [])
    assert "trong lịch" in typed(FieldKind.DATE, x="31/9/2026")[1][0]
    assert "ngày/tháng/năm" in typed(FieldKind.DATE, x="hôm qua")[1][0]


def test_texts_are_composed_and_limited() -> None:
    assert typed(FieldKind.SHORT_TEXT, x="  Hồ \n sơ ") == ("Hồ sơ", [])
    assert typed(FieldKind.SHORT_TEXT, x="Ho\u0302\u0300 so\u031b") == ("Hồ sơ", [])
    assert typed(FieldKind.LONG_TEXT, x="dòng 1\r\ndòng 2\x00") == ("dòng 1\ndòng 2", [])
    assert typed(FieldKind.SHORT_TEXT, x="a" * 201)[1] == ["Nhập không quá 200 ký tự."]
    assert typed(FieldKind.LONG_TEXT, x="a" * 4001)[1] == ["Nhập không quá 4.000 ký tự."]


@pytest.mark.parametrize("kind", [FieldKind.CHOICE, FieldKind.RESULT])
def test_a_choice_that_is_not_offered_is_refused_in_vietnamese(kind: FieldKind) -> None:
    assert typed(kind, x="bịa")[1] == ["Chọn một trong các giá trị có sẵn."]


def test_the_results_are_the_five_of_the_form() -> None:
    labels = [str(label) for label in re.findall(r"<label[^>]*>([^<]+)<", str(FORMS[FieldKind.RESULT]().x()))]
    assert labels == ["Đạt", "Đạt một phần", "Chưa đạt", "Không áp dụng", "Chưa kiểm tra"]
    assert typed(FieldKind.RESULT, x="not_examined") == (Result.NOT_EXAMINED, [])


def test_codes_that_are_wrong_stay_as_typed() -> None:
    text = "H19-1\r\nH19-1"
    form = FORMS[FieldKind.APPLICATION_CODES](MultiDict({"x": text}))
    assert not form.validate()
    assert form.x.errors == ["Dòng 2: mã hồ sơ “H19-1” đã ghi ở dòng 1."]
    assert "H19-1\r\nH19-1" in str(form.x())


def test_a_ratio_is_all_or_nothing_and_in_order() -> None:
    assert typed(FieldKind.RATIO, x_total="3.468", x_sample="3.468", x_failing="45") == (
        RatioValue(3468, 3468, 45),
        [],
    )
    missing = "Nhập đủ tổng số, số đã kiểm tra và số có sai sót."
    assert typed(FieldKind.RATIO, x_total="10")[1] == [missing, missing]
    assert typed(FieldKind.RATIO, x_total="10", x_sample="11", x_failing="1")[1] == [
        "Số đã kiểm tra không được lớn hơn tổng số."
    ]
    assert typed(FieldKind.RATIO, x_total="10", x_sample="5", x_failing="6")[1] == [
        "Số có sai sót không được lớn hơn số đã kiểm tra."
    ]
    assert typed(FieldKind.RATIO, x_total="10", x_sample="2,5", x_failing="1")[1] == ["Nhập số nguyên."]


def row(number: int, **cells: str) -> dict[str, str]:
    return {f"x-rows-{number}-{key}": value for key, value in cells.items()}


def roll_call(*rows: dict[str, str], **head: str) -> tuple[Any, list[str]]:
    data = {f"x-{key}": value for key, value in head.items()}
    for cells in rows:
        data |= cells
    form = FORMS[FieldKind.ROLL_CALL](MultiDict(data))
    valid = form.validate()
    return (
        handler_for(FieldKind.ROLL_CALL).value_of(form.x) if valid else None,
        [error.message for error in form.input_errors()],
    )


def test_a_roll_call_reads_head_and_rows_and_skips_blank_ones() -> None:
    value, errors = roll_call(
        row(0, name=" Nguyễn Văn  Mẫu ", post="Công chức", section="Một cửa", presence="present", badge="y"),
        row(1, name="", post=" ", presence=""),
        row(7, name="Trần Thị Thí Dụ", presence="on_leave", reason="Giấy phép số 12", badge="y"),
        on="23/9/2026",
        at="8h05",
        place="Phòng họp",
    )
    assert errors == []
    assert value == RollCall(
        rows=(
            RollCallRow("Nguyễn Văn Mẫu", "Công chức", "Một cửa", Presence.PRESENT, badge=True),
            RollCallRow("Trần Thị Thí Dụ", "", "", Presence.ON_LEAVE, reason="Giấy phép số 12"),
        ),
        on=date(2026, 9, 23),
        at="08:05",
        place="Phòng họp",
    )
    assert handler_for(FieldKind.ROLL_CALL).display(value, DEFINITIONS[FieldKind.ROLL_CALL]) == (
        "2 người; có mặt 1; vắng có lý do 1 (nghỉ phép 1; đi công tác, họp 0; đi cơ sở 0);"
        " vắng không có lý do 0; đeo thẻ 1"
    )


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"presence": "present"}, "Nhập họ và tên."),
        ({"name": "Lê Văn Giả Định"}, "Chọn có mặt hoặc vắng."),
        (
            {"name": "Lê Văn Giả Định", "presence": "on_duty"},
            "Ghi lý do, minh chứng (giấy phép, lịch công tác số …).",
        ),
        ({"name": "Lê Văn Giả Định", "presence": "ốm"}, "Chọn một trong các giá trị có sẵn."),
    ],
)
def test_a_row_that_was_begun_says_what_it_lacks(cells: dict[str, str], message: str) -> None:
    assert roll_call(row(0, **cells))[1] == [message]


def test_an_absence_without_excuse_needs_no_reason() -> None:
    assert roll_call(row(0, name="Lê Văn Giả Định", presence="unexcused"))[1] == []


def test_nobody_stands_in_the_list_twice() -> None:
    same = {"name": "Lê Văn Giả Định", "presence": "present"}
    _, errors = roll_call(row(0, **same), row(1, **same))
    assert errors == ["Đã có ở dòng 1; nếu là hai người trùng tên, ghi rõ chức vụ, bộ phận."]
    assert roll_call(row(0, **same), row(1, **same, section="Tư pháp"))[1] == []


def test_a_list_too_long_is_refused_and_not_cut() -> None:
    rows = [row(n, name=f"Người Thứ {n}", presence="present") for n in range(301)]
    value, errors = roll_call(*rows[:300])
    assert errors == [] and value.totals.listed == 300
    assert "không quá 300 người" in roll_call(*rows)[1][0]


@pytest.mark.parametrize("index", ["²", "٣", "-1", "x", "", "99999999999999999999"])
def test_a_made_up_row_number_is_ignored(index: str) -> None:
    data = MultiDict({f"x-rows-{index}-name": "Ai đó", "x-rowsabc-0-name": "Ai đó"})
    form = FORMS[FieldKind.ROLL_CALL](data)
    assert form.validate()
    assert handler_for(FieldKind.ROLL_CALL).value_of(form.x) is None


def test_an_unforeseen_message_of_the_library_is_not_english() -> None:
    translations = VietnameseForm.Meta().get_translations(None)
    assert translations.gettext("Something new.") == "Giá trị không hợp lệ."
    assert translations.ngettext("one", "many", 2) == "Giá trị không hợp lệ."
