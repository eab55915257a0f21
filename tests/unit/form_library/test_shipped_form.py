"""The form that ships: all criteria, complete and consistent."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from app.form_library.builder import build_criterion_form
from app.form_library.loaders import load_form, source_sha256
from app.form_library.schema import Certainty, DeadlineKind, FieldKind, FormDefinition, Level

PATH = Path("inspection_forms/cchc-cong-vu/v1.yaml")


@pytest.fixture(scope="module")
def form() -> FormDefinition:
    return load_form(PATH)


def test_the_ten_groups_hold_seventy_nine_criteria(form: FormDefinition) -> None:
    counts = {group.key: len(group.criteria) for group in form.groups}
    assert counts == {
        "CĐ": 7, "TC": 4, "KS": 8, "MC": 14, "TT": 6, "BM": 7, "CV": 9, "KL": 8, "CQ": 10, "PA": 6
    }  # fmt: skip
    assert sum(counts.values()) == 79
    assert " ".join(group.numeral for group in form.groups) == "I II III IV V VI VII VIII IX X"


def test_keys_run_through_each_group_without_a_gap(form: FormDefinition) -> None:
    for group in form.groups:
        expected = [f"{group.key}-{number:02d}" for number in range(1, len(group.criteria) + 1)]
        assert [criterion.key for criterion in group.criteria] == expected


def test_levels_are_spread_as_in_the_checklist(form: FormDefinition) -> None:
    levels = [criterion.level for criterion in form.criteria]
    assert {level: levels.count(level) for level in Level} == {
        Level.MINOR: 19,
        Level.MODERATE: 39,
        Level.SERIOUS: 21,
    }


def test_one_criterion_reads_word_for_word(form: FormDefinition) -> None:
    criterion = form.criterion("MC-05")
    assert criterion.title == "Phiếu xin lỗi và hẹn lại"
    assert criterion.text == "100% hồ sơ quá hạn có phiếu xin lỗi và hẹn lại (mẫu 04)"
    assert criterion.evidence == ("Danh sách quá hạn × phiếu xin lỗi",)
    assert (criterion.level, criterion.remediation_days) == (Level.MODERATE, 3)
    assert [(r.code, r.certainty) for r in criterion.legal_bases] == [
        ("TT03", Certainty.CONFIRMED),
        ("CT-LT", Certainty.READ),
    ]


def test_every_criterion_rests_on_a_legal_basis_and_names_its_evidence(form: FormDefinition) -> None:
    assert [c.key for c in form.criteria if not c.legal_bases or not c.evidence] == []


def test_every_instrument_of_the_catalogue_is_reached_by_a_criterion(form: FormDefinition) -> None:
    reached = {basis.code for c in form.criteria for r in c.legal_bases for basis in r.lineage}
    assert reached == {basis.code for basis in form.legal_bases}


def test_titles_are_short_and_all_different(form: FormDefinition) -> None:
    titles = [criterion.title for criterion in form.criteria]
    assert max(len(title) for title in titles) <= 40
    assert len(set(titles)) == 79


def test_only_contents_that_depend_on_the_field_are_concluded_field_by_field(form: FormDefinition) -> None:
    assert [c.key for c in form.criteria if c.by_field] == ["MC-09", "MC-11", "MC-13"]


def test_each_field_of_procedure_takes_its_own_part_of_the_whole(form: FormDefinition) -> None:
    parts = sorted((field.part_from, field.part_to) for field in form.fields_of_procedure)
    assert all(end <= start for (_, end), (start, _) in pairwise(parts))
    assert parts[-1][1] <= 2**30


def test_working_hours_and_attitude_are_continuing_and_watched(form: FormDefinition) -> None:
    continuing = [c for c in form.criteria if c.deadline_kind is DeadlineKind.CONTINUING]
    assert [c.key for c in continuing] == [
        "TT-06", "KL-01", "KL-02", "KL-03", "KL-04", "KL-05", "KL-06", "PA-06"
    ]  # fmt: skip
    assert {c.watch_days for c in continuing} == {60}


def test_what_can_be_mended_within_three_days_is_at_once(form: FormDefinition) -> None:
    at_once = {c.key for c in form.criteria if c.deadline_kind is DeadlineKind.AT_ONCE}
    assert at_once == {"KS-02", "KS-04", "KS-05", "MC-05", "MC-07"}


def test_roll_calls_are_asked_where_presence_is_checked(form: FormDefinition) -> None:
    keys = [c.key for c in form.criteria if any(f.kind is FieldKind.ROLL_CALL for f in c.fields)]
    assert keys == ["TT-06", "KL-01"]


def test_each_package_selects_its_criteria_once(form: FormDefinition) -> None:
    sizes = {package.key: len(form.criteria_of(package)) for package in form.packages}
    assert sizes == {"toan-dien": 79, "mot-cua": 33, "ky-luat-ky-cuong": 12, "chuyen-doi-so": 15}


def test_every_criterion_builds_a_form(form: FormDefinition) -> None:
    for criterion in form.criteria:
        built = build_criterion_form(criterion)()
        assert built.result.name == f"{criterion.slug}-result"
        assert built.result.name.isascii()
        assert len(built.looked_at.choices) == len(criterion.evidence)


def test_the_form_carries_the_hash_of_its_source(form: FormDefinition) -> None:
    assert form.source_sha256 == source_sha256(PATH.read_text(encoding="utf-8"))


def test_no_instrument_of_before_july_2025_is_left_open_where_it_was_replaced(form: FormDefinition) -> None:
    for code, last in {
        "NĐ61": date(2025, 6, 30),
        "NĐ107": date(2025, 6, 30),
        "NĐ112-CC": date(2025, 6, 30),
        "NĐ90-CC": date(2025, 12, 31),
    }.items():
        assert form.legal_basis(code).effective_to == last
