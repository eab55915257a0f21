"""The instrument that governed the reviewed period is the one that is cited."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.form_library.loaders import load_form
from app.form_library.schema import BasisReference, Certainty, FormDefinition, basis_in_force

FORM: FormDefinition = load_form(Path("inspection_forms/cchc-cong-vu/v1.yaml"))
ONE_STOP = FORM.criterion("MC-03").legal_bases[1]
RATING = FORM.criterion("CV-03").legal_bases[0]
STAFF_RATING = FORM.criterion("CV-05").legal_bases[0]


def codes(reference: BasisReference, first: str, last: str) -> list[str]:
    found = basis_in_force(reference, date.fromisoformat(first), date.fromisoformat(last))
    return [item.basis.code for item in found]


def test_a_period_of_2024_cites_the_old_decrees() -> None:
    assert codes(ONE_STOP, "2024-01-01", "2025-01-01") == ["NĐ61", "NĐ107"]
    assert codes(RATING, "2024-01-01", "2025-01-01") == ["NĐ90-CC"]


def test_a_period_of_2026_cites_the_new_one() -> None:
    assert codes(ONE_STOP, "2026-01-01", "2026-07-01") == ["NĐ118"]
    assert codes(RATING, "2026-01-01", "2026-07-01") == ["NĐ335"]
    assert codes(STAFF_RATING, "2026-01-01", "2026-07-01") == ["NĐ90-VC"]


def test_the_day_of_replacement_cuts_exactly() -> None:
    assert codes(ONE_STOP, "2025-06-30", "2025-07-01") == ["NĐ61", "NĐ107"]
    assert codes(ONE_STOP, "2025-07-01", "2025-07-02") == ["NĐ118"]


def test_a_period_across_the_replacement_yields_both_with_their_own_days() -> None:
    found = basis_in_force(ONE_STOP, date(2025, 1, 1), date(2026, 1, 1))
    assert [(item.basis.code, item.starts_on, item.ends_on) for item in found] == [
        ("NĐ61", date(2025, 1, 1), date(2025, 7, 1)),
        ("NĐ107", date(2025, 1, 1), date(2025, 7, 1)),
        ("NĐ118", date(2025, 7, 1), date(2026, 1, 1)),
    ]


def test_the_article_is_cited_only_with_the_instrument_it_stands_in() -> None:
    old, _, new = basis_in_force(ONE_STOP, date(2025, 1, 1), date(2026, 1, 1))
    assert new.citation == "điểm a khoản 2 Điều 17 Nghị định số 118/2025/NĐ-CP"
    assert old.citation == "Nghị định số 61/2018/NĐ-CP"


def test_an_article_that_was_read_does_not_vouch_for_the_predecessor() -> None:
    reference = FORM.criterion("PA-05").legal_bases[0]
    old, new = basis_in_force(reference, date(2025, 1, 1), date(2026, 1, 1))
    assert (old.basis.code, old.certainty) == ("LTT22", Certainty.CONFIRMED)
    assert (new.basis.code, new.certainty) == ("LTT", Certainty.READ)


def test_a_chain_of_three_is_followed_to_its_beginning() -> None:
    reference = FORM.criterion("BM-03").legal_bases[0]
    assert codes(reference, "2025-01-01", "2026-01-01") == ["LTC15", "LTC65", "LTC"]


def test_nothing_is_cited_before_anything_was_in_force() -> None:
    assert codes(ONE_STOP, "2010-01-01", "2011-01-01") == []


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        basis_in_force(ONE_STOP, date(2025, 1, 1), date(2025, 1, 1))


days = st.dates(date(2009, 1, 1), date(2030, 12, 31))
references = st.sampled_from([r for c in FORM.criteria for r in c.legal_bases])


@given(references, days, days)
def test_what_is_cited_was_in_force_on_every_day_it_is_cited_for(
    reference: BasisReference, one: date, other: date
) -> None:
    if one == other:
        return
    first, last = sorted((one, other))
    for item in basis_in_force(reference, first, last):
        assert first <= item.starts_on < item.ends_on <= last
        assert item.basis.effective_from is None or item.basis.effective_from <= item.starts_on
        assert (
            item.basis.effective_to is None
            or item.ends_on.toordinal() - 1 <= item.basis.effective_to.toordinal()
        )
