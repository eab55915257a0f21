"""The form of one criterion: what each result asks, and how answers come out of it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.form_library.builder import (
    AnswerValues,
    CriterionForm,
    Figure,
    answers_from,
    build_criterion_form,
    figures_from_stored,
    figures_to_stored,
    form_for,
)
from app.form_library.loaders import load_form
from app.form_library.schema import (
    BasisReference,
    Certainty,
    CriterionDefinition,
    FieldKind,
    Level,
)
from app.form_library.values import RatioValue, Result, SampleMethod
from tests.unit.form_library import strategies
from tests.unit.form_library.posting import posted

FORM = load_form(Path("inspection_forms/cchc-cong-vu/v1.yaml"))
EVERYTHING = CriterionDefinition(
    key="ĐỦ-01",
    title="Đủ loại trường",
    text="Tiêu chí có đủ các loại trường",
    evidence=("Sổ theo dõi", "Hồ sơ mẫu"),
    level=Level.MINOR,
    remediation_days=5,
    legal_bases=(BasisReference("NĐ63", Certainty.READ),),
    fields=tuple(strategies.DEFINITIONS.values()),
)


def post(criterion: CriterionDefinition = EVERYTHING, **values: str | list[str]) -> CriterionForm:
    data: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        data.setlist(
            f"{criterion.slug}-{name.replace('__', '-')}", [value] if isinstance(value, str) else value
        )
    return form_for(criterion, formdata=data)


def errors(form: CriterionForm) -> list[tuple[str, str]]:
    assert form.validate() is (not form.input_errors())
    return [(error.input_id, error.message) for error in form.input_errors()]


def test_met_takes_one_tick_and_one_tap() -> None:
    form = post(result="met", looked_at="2")
    assert errors(form) == []
    assert answers_from(form) == AnswerValues(Result.MET, looked_at=("Hồ sơ mẫu",))


def test_met_without_what_was_looked_at_is_refused() -> None:
    assert errors(post(result="met")) == [("du-01-looked_at", "Chọn ít nhất một hồ sơ, tài liệu đã xem.")]
    assert errors(post(result="met", looked_at_other="Camera")) == []


@pytest.mark.parametrize("result", ["partly", "not_met", "not_examined"])
def test_the_other_results_take_one_tap(result: str) -> None:
    form = post(result=result)
    assert errors(form) == []
    assert answers_from(form) == AnswerValues(Result(result))


def test_not_applicable_needs_its_reason() -> None:
    assert errors(post(result="not_applicable", na_reason=" ")) == [
        ("du-01-na_reason", "Nêu lý do không áp dụng.")
    ]
    form = post(result="not_applicable", na_reason="Không phát sinh")
    assert errors(form) == []
    assert answers_from(form).na_reason == "Không phát sinh"


def test_a_reason_belongs_to_what_was_not_assessed() -> None:
    form = post(result="not_examined", na_reason="Hết giờ")
    assert form.validate() and answers_from(form).na_reason == "Hết giờ"
    form = post(result="partly", na_reason="Hết giờ")
    assert form.validate() and answers_from(form).na_reason == ""


def test_a_result_must_be_chosen_once_anything_is_posted() -> None:
    form = post(note="Đang xem")
    assert not form.is_blank()
    assert errors(form) == [("du-01-result", "Chọn kết quả.")]
    with pytest.raises(ValueError, match="no result"):
        answers_from(form)


def test_a_made_up_result_is_refused_once() -> None:
    form = post(result="excellent")
    assert errors(form) == [("du-01-result", "Chọn một trong các giá trị có sẵn.")]
    with pytest.raises(ValueError, match="no result"):
        answers_from(form)


def test_made_up_evidence_is_refused() -> None:
    assert errors(post(result="met", looked_at=["1", "9"])) == [
        ("du-01-looked_at", "Chọn trong các giá trị có sẵn.")
    ]


def test_a_criterion_left_alone_is_blank() -> None:
    assert form_for(EVERYTHING, formdata=posted(form_for(EVERYTHING))).is_blank()


def test_the_whole_cannot_be_less_than_the_total() -> None:
    figures = {"ratio__total": "100", "ratio__sample": "20", "ratio__failing": "2"}
    assert errors(post(result="partly", sample_method="all", **figures)) == [
        ("du-01-sample_method", "Đã chọn Toàn bộ nhưng số đã kiểm tra nhỏ hơn tổng số.")
    ]
    form = post(result="partly", sample_method="random", **figures)
    assert errors(form) == []
    answer = answers_from(form)
    assert (answer.sample_method, answer.ratio) == (SampleMethod.RANDOM, RatioValue(100, 20, 2))


def test_wrong_figures_are_named_where_they_stand() -> None:
    form = post(
        result="partly", sample_method="all", ratio__total="10", ratio__sample="20", ratio__failing="0"
    )
    assert errors(form) == [("du-01-ratio-sample", "Số đã kiểm tra không được lớn hơn tổng số.")]


def required(kind: FieldKind) -> CriterionDefinition:
    return replace(EVERYTHING, fields=(replace(strategies.DEFINITIONS[kind], required=True),))


@pytest.mark.parametrize("kind", FieldKind)
def test_a_required_figure_is_asked_only_when_the_content_is_assessed(kind: FieldKind) -> None:
    criterion = required(kind)
    found = errors(post(criterion, result="partly"))
    assert [message for _, message in found] == [f"Nhập: Trường {kind}."]
    assert found[0][0].startswith(f"du-01-figure_a_{kind}")
    assert errors(post(criterion, result="not_examined")) == []
    assert errors(post(criterion, result="not_applicable", na_reason="Không phát sinh")) == []


def test_a_required_figure_that_is_wrong_is_named_once() -> None:
    found = errors(post(required(FieldKind.NUMBER), result="partly", figure_a_number="nhiều"))
    assert len(found) == 1


def test_many_criteria_stand_on_one_page() -> None:
    one, two = FORM.criterion("CĐ-01"), FORM.criterion("MC-13")
    data = MultiDict({"cd-01-result": "not_met", "mc-13-result": "met", "mc-13-looked_at": "1"})
    first, second = form_for(one, formdata=data), form_for(two, formdata=data)
    assert first.validate() and answers_from(first).result is Result.NOT_MET
    assert second.validate() and answers_from(second).result is Result.MET
    land = form_for(two, formdata=data, prefix="mc-13-dat-dai")
    assert land.is_blank() and land.result.name == "mc-13-dat-dai-result"
    ids = [field.id for form in (first, second, land) for field in form]
    assert len(set(ids)) == len(ids)


def test_the_common_figures_take_the_words_of_the_criterion() -> None:
    form = form_for(FORM.criterion("MC-05"))
    assert [definition.key for definition, _ in form.figure_fields()] == ["application_codes"]
    assert [field.label.text for field in form.ratio_form()] == ["Tổng số", "Đã kiểm tra", "Có sai sót"]


def test_a_figure_prints_as_in_the_minutes() -> None:
    form = post(
        FORM.criterion("MC-11"),
        result="not_met",
        ratio__total="3.468",
        ratio__sample="3.468",
        ratio__failing="45",
        figure_on_time_rate="98,7",
    )
    assert errors(form) == []
    assert [(figure.definition.key, figure.text) for figure in form.figures()] == [("on_time_rate", "98,70%")]
    assert form.figures()[0].value == Decimal("98.7")


def test_the_class_is_built_once_per_criterion() -> None:
    assert build_criterion_form(EVERYTHING) is build_criterion_form(EVERYTHING)


figures = st.tuples(
    *(
        st.none() | strategies.VALUES[d.kind].map(lambda value, d=d: Figure(d, value))
        for d in EVERYTHING.fields
    )
).map(lambda found: tuple(figure for figure in found if figure is not None))
ANSWERS: st.SearchStrategy[AnswerValues] = st.builds(
    AnswerValues,
    result=st.sampled_from([Result.MET, Result.PARTLY, Result.NOT_MET]),
    looked_at=st.sampled_from([("Sổ theo dõi",), ("Hồ sơ mẫu",), ("Sổ theo dõi", "Hồ sơ mẫu")]),
    looked_at_other=strategies.lines,
    sample_method=st.none() | st.sampled_from([m for m in SampleMethod if m is not SampleMethod.ALL]),
    ratio=st.none() | strategies.ratios,
    note=strategies.areas | st.just(""),
    figures=figures,
)


@given(ANSWERS)
@settings(max_examples=50, deadline=None)
def test_an_answer_shown_for_editing_is_posted_back_as_itself(answer: AnswerValues) -> None:
    shown = form_for(EVERYTHING, answer)
    again = form_for(EVERYTHING, formdata=posted(shown))
    assert again.validate(), again.input_errors()
    assert answers_from(again) == answer


@given(ANSWERS)
@settings(max_examples=50, deadline=None)
def test_figures_survive_being_stored_as_json(answer: AnswerValues) -> None:
    stored: Any = json.loads(json.dumps(figures_to_stored(answer.figures)))
    assert figures_from_stored(EVERYTHING, stored) == answer.figures


def test_figures_of_another_criterion_are_refused() -> None:
    with pytest.raises(ValueError, match="ĐỦ-01 has no field on_time_rate"):
        figures_from_stored(EVERYTHING, {"on_time_rate": "98.7"})
