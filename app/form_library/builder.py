"""From a criterion to the WTForms class that asks it, and from a filled form to typed answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from app.form_library.fields import FieldValue, JsonValue, handler_for
from app.form_library.inputs import (
    CheckboxesInput,
    RatioForm,
    VietnameseForm,
    add_error,
    area_input,
    line_input,
    select_input,
)
from app.form_library.schema import CriterionDefinition, FieldDefinition, FieldKind
from app.form_library.values import SAMPLE_METHOD_LABELS, RatioValue, Result, SampleMethod

RATIO_KEY = "ratio"
"""Key of the figures that every criterion asks; a form may word them with its own label and unit."""

_RESULT = FieldDefinition(key="result", kind=FieldKind.RESULT, label="Kết quả")
_RATIO = FieldDefinition(key=RATIO_KEY, kind=FieldKind.RATIO, label="Số liệu")


@dataclass(frozen=True)
class Figure:
    """The value of one of the criterion's own fields."""

    definition: FieldDefinition
    value: FieldValue

    @property
    def text(self) -> str:
        """The value as minutes and tables print it, without the label."""
        return handler_for(self.definition.kind).display(self.value, self.definition)


@dataclass(frozen=True)
class AnswerValues:
    """What a member answered to one criterion. `looked_at` holds the evidence texts that were ticked."""

    result: Result
    looked_at: tuple[str, ...] = ()
    looked_at_other: str = ""
    sample_method: SampleMethod | None = None
    ratio: RatioValue | None = None
    note: str = ""
    na_reason: str = ""
    figures: tuple[Figure, ...] = ()


class CriterionForm(VietnameseForm):
    """Base of the built forms. Many stand on one page, each under the prefix of its criterion (`mc-05-`)."""

    criterion: ClassVar[CriterionDefinition]

    result = handler_for(FieldKind.RESULT).make_field(_RESULT)
    looked_at = CheckboxesInput("Đã xem gì")
    looked_at_other = line_input("Hồ sơ, tài liệu khác đã xem", 500)
    sample_method = select_input("Cách chọn mẫu", SAMPLE_METHOD_LABELS)
    note = area_input("Ghi chú", 4000)
    na_reason = area_input("Lý do không áp dụng", 1000)

    def __init__(
        self,
        formdata: Any = None,
        *,
        prefix: str | None = None,
        data: Mapping[str, object] | None = None,
    ) -> None:
        """`prefix` replaces the criterion's slug where one page asks it more than once (by field)."""
        super().__init__(formdata=formdata, prefix=prefix or self.criterion.slug, data=data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside each field's own rules: *met* names what was looked at, *not applicable* its reason."""
        super().validate(extra_validators)
        result = self.result_value()
        if not self.result.data:
            add_error(self.result, "Chọn kết quả.")
        if result is Result.MET and not self.looked_at.data and not self.looked_at_other.data:
            add_error(self.looked_at, "Chọn ít nhất một hồ sơ, tài liệu đã xem.")
        if result is Result.NOT_APPLICABLE and not self.na_reason.data:
            add_error(self.na_reason, "Nêu lý do không áp dụng.")
        if result is not None and result.is_assessed:
            self._check_required_figures()
        self._check_sample()
        return not self.input_errors()

    def result_value(self) -> Result | None:
        """The chosen result, None when none or an unknown one was posted."""
        return Result(self.result.data) if self.result.data in list(Result) else None

    def ratio_form(self) -> RatioForm:
        """The form inside the form that holds total, sample and failing."""
        field: Any = self[RATIO_KEY]
        ratio: RatioForm = field.form
        return ratio

    def _check_required_figures(self) -> None:
        for definition in self.criterion.fields:
            field = self[field_name(definition)]
            handler = handler_for(definition.kind)
            place = handler.error_place(field)
            if definition.required and not field.errors and handler.value_of(field) is None:
                add_error(place, f"Nhập: {definition.label}.")

    def _check_sample(self) -> None:
        ratio = self.ratio_form()
        if ratio.errors or self.sample_method.data != SampleMethod.ALL:
            return
        value = ratio.value()
        if value is not None and value.sample < value.total:
            add_error(self.sample_method, "Đã chọn Toàn bộ nhưng số đã kiểm tra nhỏ hơn tổng số.")

    def figure_fields(self) -> tuple[tuple[FieldDefinition, Any], ...]:
        """The criterion's own fields, beside the common figures, with their bound WTForms fields."""
        return tuple((item, self[field_name(item)]) for item in own_fields(self.criterion))

    def figures(self) -> tuple[Figure, ...]:
        """The values of the criterion's own fields that were given, once validated."""
        values = ((item, handler_for(item.kind).value_of(field)) for item, field in self.figure_fields())
        return tuple(Figure(item, value) for item, value in values if value is not None)


def ratio_definition(criterion: CriterionDefinition) -> FieldDefinition:
    """The common figures (total, sample, failing) as this criterion words them."""
    return next((item for item in criterion.fields if item.key == RATIO_KEY), _RATIO)


def own_fields(criterion: CriterionDefinition) -> tuple[FieldDefinition, ...]:
    """The fields of a criterion beside the common figures."""
    return tuple(item for item in criterion.fields if item.key != RATIO_KEY)


def field_name(definition: FieldDefinition) -> str:
    """The name of a criterion's field on the form; `figure_` keeps it clear of the form's own attributes."""
    return RATIO_KEY if definition.key == RATIO_KEY else f"figure_{definition.key}"


@lru_cache(maxsize=1024)
def build_criterion_form(criterion: CriterionDefinition) -> type[CriterionForm]:
    """The form class for one criterion."""
    evidence: Any = {str(number): text for number, text in enumerate(criterion.evidence, start=1)}
    attributes: dict[str, Any] = {
        "criterion": criterion,
        "looked_at": CheckboxesInput("Đã xem gì", choices=evidence),
    }
    for definition in (ratio_definition(criterion), *own_fields(criterion)):
        attributes[field_name(definition)] = handler_for(definition.kind).make_field(definition)
    return type("BuiltCriterionForm", (CriterionForm,), attributes)


def answers_from(form: CriterionForm) -> AnswerValues:
    """The answers of a form that validated. Raises ValueError when it has no result.

    The reason is kept for *not applicable* and *not examined* only: with another result it explains nothing.
    """
    result = form.result_value()
    if result is None:
        raise ValueError("the form has no result")
    evidence = form.criterion.evidence
    method = form.sample_method.data
    return AnswerValues(
        result=result,
        looked_at=tuple(evidence[int(number) - 1] for number in form.looked_at.data or ()),
        looked_at_other=form.looked_at_other.data or "",
        sample_method=SampleMethod(method) if method else None,
        ratio=form.ratio_form().value(),
        note=form.note.data or "",
        na_reason="" if result.is_assessed else form.na_reason.data or "",
        figures=form.figures(),
    )


def form_for(
    criterion: CriterionDefinition,
    answer: AnswerValues | None = None,
    *,
    formdata: Any = None,
    prefix: str | None = None,
) -> CriterionForm:
    """The form of a criterion, filled with what was answered before and then with what is posted."""
    form_class = build_criterion_form(criterion)
    data = None if answer is None else _initial_data(criterion, answer)
    return form_class(formdata, prefix=prefix, data=data)


def _initial_data(criterion: CriterionDefinition, answer: AnswerValues) -> dict[str, object]:
    data: dict[str, object] = {
        "result": str(answer.result),
        "looked_at": [str(criterion.evidence.index(text) + 1) for text in answer.looked_at],
        "looked_at_other": answer.looked_at_other,
        "sample_method": str(answer.sample_method or ""),
        "note": answer.note,
        "na_reason": answer.na_reason,
    }
    if answer.ratio is not None:
        data[RATIO_KEY] = handler_for(FieldKind.RATIO).initial(answer.ratio)
    for figure in answer.figures:
        data[field_name(figure.definition)] = handler_for(figure.definition.kind).initial(figure.value)
    return data


def figures_to_stored(figures: Iterable[Figure]) -> dict[str, JsonValue]:
    """Figures as one JSON object, by the key of their field."""
    return {item.definition.key: handler_for(item.definition.kind).to_stored(item.value) for item in figures}


def figures_from_stored(
    criterion: CriterionDefinition, stored: Mapping[str, JsonValue]
) -> tuple[Figure, ...]:
    """Figures read back with the criterion of the version they were entered on.

    Raises ValueError for a key the criterion does not ask or a value of another shape.
    """
    definitions = {item.key: item for item in own_fields(criterion)}
    if unknown := stored.keys() - definitions.keys():
        raise ValueError(f"{criterion.key} has no field {', '.join(sorted(unknown))}")
    return tuple(
        Figure(item, handler_for(item.kind).from_stored(stored[item.key]))
        for item in definitions.values()
        if item.key in stored
    )
