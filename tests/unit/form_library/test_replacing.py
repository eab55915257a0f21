"""From one version to the next: what criteria cover, what is refused, and that nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.form_library.loaders import FormFileError, parse_form
from app.form_library.replacing import Asked, Before, Fate, Parts, Worked, beside, joined, share_of, work_out
from app.form_library.schema import WHOLE_PART_TO as WHOLE
from app.form_library.schema import ContentPartDefinition as Part
from app.form_library.schema import FormDefinition
from tests.unit.form_library.test_form_refusals import GOOD

HALF, QUARTER = WHOLE // 2, WHOLE // 4
CRITERION = GOOD[GOOD.index("      - key: MC-01") : GOOD.index("packages:")]
PLAIN = CRITERION.replace("        by_field: true\n", "")


def form(
    *criteria: tuple[str, str], version: int = 2, retired: Sequence[tuple[str, str]] = (), by_field: str = ""
) -> FormDefinition:
    """A form of criteria (key, lines of YAML); those named in `by_field` are told by field."""
    told = "".join(
        (CRITERION if key in by_field.split() else PLAIN).replace("MC-01", key, 1)
        + "".join(f"        {line}\n" for line in lines.splitlines())
        for key, lines in criteria
    )
    head = GOOD[: GOOD.index("      - key: MC-01")].replace("version: 1", f"version: {version}")
    tail = GOOD[GOOD.index("packages:") :]
    if retired:
        tail += "retired:\n" + "".join(f"  - {{key: {key}, reason: {why}}}\n" for key, why in retired)
    return parse_form(head + told + tail, "v2.yaml")


def asked(key: str, *parts: Part, by_field: bool = False) -> Asked:
    return Asked(key, f"Tiêu chí {key}", by_field, parts or (Part(key),))


def before(*old: Asked, number: int = 1, used: Mapping[str, frozenset[str]] | None = None) -> Before:
    known = {one.key: frozenset(one.contents) for one in old}
    return Before(number, old, {**known, **(used or {})})


def fates(worked: Worked) -> dict[str, Fate]:
    assert worked.problems == ()
    return {one.key: one.fate for one in worked.changes}


def refused(new: FormDefinition, old: Before | None) -> dict[str, str]:
    return {problem.key: problem.reason for problem in work_out(new, old).problems}


MC5, MC6 = asked("MC-05"), asked("MC-06")
AT = "groups[0].criteria"


def test_a_first_version_covers_its_own_keys() -> None:
    worked = work_out(form(("MC-05", ""), version=1), None)
    assert worked.parts == {"MC-05": (Part("MC-05"),)}
    assert fates(worked) == {"MC-05": Fate.NEW}


def test_the_same_key_keeps_its_content_whole() -> None:
    worked = work_out(form(("MC-05", "")), before(MC5))
    assert worked.parts["MC-05"] == (Part("MC-05"),) and fates(worked) == {"MC-05": Fate.KEPT}
    spoken = work_out(form(("MC-05", "replaces: [{key: MC-05}]")), before(MC5))
    assert spoken.parts == worked.parts and fates(spoken) == {"MC-05": Fate.KEPT}


def test_a_kept_key_keeps_what_it_covered_not_what_it_is_called() -> None:
    old = asked("MC-30", Part("MC-05", HALF, WHOLE))
    worked = work_out(form(("MC-30", "")), before(old))
    assert worked.parts["MC-30"] == (Part("MC-05", HALF, WHOLE),)


def test_another_key_takes_the_content_over() -> None:
    worked = work_out(form(("MC-30", "replaces: [{key: MC-05}]")), before(MC5))
    assert worked.parts["MC-30"] == (Part("MC-05"),) and fates(worked) == {"MC-30": Fate.RENAMED}


def test_several_are_merged_with_all_their_contents() -> None:
    worked = work_out(form(("MC-05", "replaces: [{key: MC-05}, {key: MC-06}]")), before(MC5, MC6))
    assert worked.parts["MC-05"] == (Part("MC-05"), Part("MC-06"))
    assert fates(worked) == {"MC-05": Fate.MERGED}
    assert [taken.text for taken in worked.changes[0].taken] == ["MC-05", "MC-06"]


def test_shares_lie_end_to_end_in_the_order_of_the_file() -> None:
    new = form(
        ("MC-05", "replaces: [{key: MC-05, part: 1/4}]"), ("MC-31", "replaces: [{key: MC-05, part: 3/4}]")
    )
    worked = work_out(new, before(MC5))
    assert worked.parts == {"MC-05": (Part("MC-05", 0, QUARTER),), "MC-31": (Part("MC-05", QUARTER, WHOLE),)}
    assert fates(worked) == {"MC-05": Fate.SPLIT, "MC-31": Fate.SPLIT}
    assert worked.changes[1].taken[0].text == "MC-05 (phần 3/4)"


def test_a_split_of_a_split_and_a_merger_of_pieces_through_versions() -> None:
    second = before(
        asked("MC-31", Part("MC-05", 0, HALF)), asked("MC-32", Part("MC-05", HALF, WHOLE)), number=2
    )
    third = work_out(
        form(
            ("MC-41", "replaces: [{key: MC-31, part: 1/2}]"),
            ("MC-42", "replaces: [{key: MC-31, part: 1/2}, {key: MC-32}]"),
            version=3,
        ),
        second,
    )
    assert third.parts == {
        "MC-41": (Part("MC-05", 0, QUARTER),), "MC-42": (Part("MC-05", QUARTER, WHOLE),)
    }  # fmt: skip
    assert fates(third) == {"MC-41": Fate.SPLIT, "MC-42": Fate.MERGED}


def test_a_merged_criterion_is_taken_apart_by_its_contents() -> None:
    old = before(asked("MC-30", Part("MC-05"), Part("MC-06")), number=2)
    new = form(
        ("MC-41", "replaces: [{key: MC-30, content: MC-05}]"),
        ("MC-42", "replaces: [{key: MC-30, content: MC-06, part: 1/2}]"),
        ("MC-43", "replaces: [{key: MC-30, content: MC-06, part: 1/2}]"),
        version=3,
    )
    worked = work_out(new, old)
    assert worked.parts["MC-41"] == (Part("MC-05"),)
    assert worked.parts["MC-43"] == (Part("MC-06", HALF, WHOLE),)
    assert fates(worked) == {"MC-41": Fate.SPLIT, "MC-42": Fate.SPLIT, "MC-43": Fate.SPLIT}
    assert worked.changes[1].taken[0].text == "MC-30 (nội dung MC-06, phần 1/2)"


def test_criteria_by_field_are_renamed_and_merged_whole() -> None:
    old = before(asked("MC-11", by_field=True), asked("MC-13", by_field=True))
    worked = work_out(form(("MC-40", "replaces: [{key: MC-11}, {key: MC-13}]"), by_field="MC-40"), old)
    assert worked.parts["MC-40"] == (Part("MC-11"), Part("MC-13")) and not worked.problems


def test_what_is_retired_is_named_with_its_reason() -> None:
    worked = work_out(form(("MC-05", ""), retired=[("MC-06", "Đã bãi bỏ")]), before(MC5, MC6))
    gone = worked.changes[-1]
    assert (gone.fate, gone.key, gone.reason) == (Fate.RETIRED, "MC-06", "Đã bãi bỏ")
    assert gone.parts == (Part("MC-06"),) and gone.taken == ()


def test_the_rest_of_a_split_may_be_retired() -> None:
    new = form(("MC-31", "replaces: [{key: MC-05, part: 1/4}]"), retired=[("MC-05", "Phần còn lại bãi bỏ")])
    gone = work_out(new, before(MC5)).changes[-1]
    assert gone.parts == (Part("MC-05", QUARTER, WHOLE),)
    assert [taken.text for taken in gone.taken] == ["MC-05 (phần 3/4)"]


def test_a_retired_content_comes_back_by_its_name() -> None:
    used = {"MC-07": frozenset({"MC-07"})}
    worked = work_out(form(("MC-05", ""), ("MC-50", "contents: [{content: MC-07}]")), before(MC5, used=used))
    assert worked.parts["MC-50"] == (Part("MC-07"),) and fates(worked)["MC-50"] is Fate.NEW


TWO = before(MC5, MC6)
FIELDS = before(asked("MC-11", by_field=True))
MERGED = before(asked("MC-30", Part("MC-05"), Part("MC-06")), number=2)
BAD = {
    "replaced before anything was": (
        form(("MC-05", "replaces: [{key: MC-04}]"), version=1), None,
        f"{AT}[0].replaces", "chưa có phiên bản trước để thay thế",
    ),
    "retired before anything was": (
        form(("MC-05", ""), version=1, retired=[("MC-04", "Bỏ")]), None,
        "retired[0].key", "chưa có phiên bản trước để bỏ",
    ),
    "an unknown key": (
        form(("MC-05", ""), ("MC-06", ""), ("MC-30", "replaces: [{key: MC-5}]")), TWO,
        f"{AT}[2].replaces[0].key", "phiên bản 01 không có tiêu chí “MC-5”. Có phải “MC-05”?",
    ),
    "a content it has not": (
        form(("MC-41", "replaces: [{key: MC-30, content: MC-09}]"), retired=[("MC-30", "Bỏ")]), MERGED,
        f"{AT}[0].replaces[0].content", "MC-30 không có nội dung “MC-09”; chỉ có: MC-05, MC-06",
    ),
    "a key that vanished": (
        form(("MC-05", "")), TWO, "retired (MC-06)", "MC-06 của phiên bản 01 không có trong phiên bản này",
    ),
    "a part that vanished": (
        form(("MC-05", "replaces: [{key: MC-05, part: 1/2}]"), ("MC-06", "")), TWO,
        "retired (MC-05)", "MC-05 còn một phần không tiêu chí nào thay thế",
    ),
    "two wholes of one": (
        form(("MC-05", ""), ("MC-06", ""), ("MC-30", "replaces: [{key: MC-05}]")), TWO,
        f"{AT}[2].replaces[0]", "MC-05 cộng lại là 2, quá cả tiêu chí (thay thế bởi MC-05, MC-30)",
    ),
    "shares beyond the whole": (
        form(("MC-05", "replaces: [{key: MC-05, part: 3/4}]"), ("MC-06", ""),
             ("MC-30", "replaces: [{key: MC-05, part: 1/2}]")), TWO,
        f"{AT}[2].replaces[0]", "cộng lại là 5/4",
    ),
    "a share of a criterion by field": (
        form(("MC-11", "replaces: [{key: MC-11, part: 1/2}]"), by_field="MC-11",
             retired=[("MC-11", "Bỏ")]), FIELDS,
        f"{AT}[0].replaces[0].part", "mỗi lĩnh vực là một phần",
    ),
    "by field no more": (
        form(("MC-11", "")), FIELDS, f"{AT}[0].key", "MC-11 của phiên bản 01 chia theo lĩnh vực",
    ),
    "by field of late": (
        form(("MC-05", ""), ("MC-06", ""), by_field="MC-06"), TWO,
        f"{AT}[1].key", "MC-06 của phiên bản 01 không chia theo lĩnh vực",
    ),
    "a share of a merger": (
        form(("MC-41", "replaces: [{key: MC-30, part: 1/2}]"), retired=[("MC-30", "Bỏ")]), MERGED,
        f"{AT}[0].replaces[0].part", "gộp từ MC-05, MC-06; ghi content",
    ),
    "a key that meant something else": (
        form(("MC-05", "replaces: [{key: MC-06}]"), retired=[("MC-05", "Bỏ")]), TWO,
        f"{AT}[0].key", "Mã MC-05 đã dùng ở phiên bản trước cho nội dung khác",
    ),
    "a key of long ago": (
        form(("MC-05", ""), ("MC-06", ""), ("MC-01", "")),
        before(MC5, MC6, used={"MC-01": frozenset({"MC-00"})}),
        f"{AT}[2].key", "Đặt mã mới",
    ),
    "contents in place of replaces": (
        form(("MC-30", "contents: [{content: MC-05}]"), ("MC-06", ""), retired=[("MC-05", "Bỏ")]), TWO,
        f"{AT}[0].contents", "MC-05 thuộc tiêu chí MC-05 của phiên bản trước; ghi replaces",
    ),
    "one part asked twice": (
        form(("MC-05", "contents: [{content: MC-90}]"), ("MC-06", "contents: [{content: MC-90}]"), version=1),
        None, f"{AT}[1]", "Cùng một phần của nội dung MC-90 với tiêu chí MC-05",
    ),
    "retired but taken over": (
        form(("MC-05", ""), ("MC-06", ""), retired=[("MC-06", "Bỏ")]), TWO,
        "retired[0].key", "MC-06 đã được thay thế cả",
    ),
    "retired but never there": (
        form(("MC-05", ""), ("MC-06", ""), retired=[("MC-60", "Bỏ")]), TWO,
        "retired[0].key", "không có tiêu chí “MC-60”",
    ),
    "a share too small": (
        form(("MC-31", "replaces: [{key: MC-05, part: 1/999}]"), retired=[("MC-05", "Bỏ")]),
        before(asked("MC-05", Part("MC-05", 0, 5))),
        f"{AT}[0].replaces[0].part", "nhỏ quá, không tách được",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_version_that_loses_doubles_or_bends_something_is_refused(case: str) -> None:
    new, old, key, words = BAD[case]
    found = refused(new, old)
    assert key in found and words in found[key], found


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        ("replaces: [{key: MC-05, part: 1/1}]", "replaces[0].part", "dạng 1/2"),
        ("replaces: [{key: MC-05, part: 0.5}]", "replaces[0].part", "dạng 1/2"),
        ("replaces: [{key: MC-05, part: 50%}]", "replaces[0].part", "dạng 1/2"),
        ("replaces: [{part: 1/2}]", "replaces[0].key", "Thiếu khóa"),
        ("replaces: MC-05", "replaces", "danh sách"),
        ("replaces: [{key: MC-05}, {key: MC-05}]", "replaces[1].key", "đã dùng ở trên"),
        ("replaces: [{key: MC-05}]\ncontents: [{content: MC-05}]", "contents", "Không dùng cùng replaces"),
    ],
)
def test_a_mention_that_cannot_be_read_is_refused_at_its_key(lines: str, key: str, words: str) -> None:
    with pytest.raises(FormFileError) as caught:
        form(("MC-05", lines))
    found = {problem.key: problem.reason for problem in caught.value.problems}
    assert words in found[f"{AT}[0].{key}"]


@pytest.mark.parametrize(
    ("line", "key"),
    [("  - {key: MC-05}", "retired[0].reason"), ("  - {key: MC-05, reason: ''}", "retired[0].reason")],
)
def test_retiring_needs_a_reason(line: str, key: str) -> None:
    with pytest.raises(FormFileError) as caught:
        parse_form(GOOD + f"retired:\n{line}\n", "v2.yaml")
    assert [problem.key for problem in caught.value.problems] == [key]


shares = st.lists(st.integers(1, 40), min_size=1, max_size=6)


def cut(parts: Parts, weights: Sequence[int]) -> list[Parts]:
    """Shares by weight, end to end."""
    total, passed = sum(weights), 0
    found = []
    for weight in weights:
        found.append(share_of(parts, Fraction(passed, total), Fraction(passed + weight, total)))
        passed += weight
    return found


def points(parts: Parts) -> set[tuple[str, int]]:
    """Every place of a content, for small contents."""
    return {(part.content, place) for part in parts for place in range(part.part_from, part.part_to)}


@given(
    st.lists(
        st.tuples(st.sampled_from("XY"), st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=4
    ),
    shares,
    shares,
)
def test_shares_of_shares_cover_everything_once(
    ranges: Sequence[tuple[str, int, int]], first: Sequence[int], second: Sequence[int]
) -> None:
    old = joined(Part(content, start, start + width) for content, start, width in ranges)
    pieces = [piece for share in cut(old, first) for piece in cut(share, second)]
    told = [point for piece in pieces for point in points(piece)]
    assert len(told) == len(set(told)), "no two shares meet"
    assert set(told) == points(old), "nothing is left over"


@given(shares, shares)
def test_new_criteria_of_one_old_content_never_overlap(first: Sequence[int], second: Sequence[int]) -> None:
    """Through two versions: v1 → v2 by `first`, the first of these → v3 by `second`."""
    old = before(MC5)
    for number, weights in ((2, first), (3, second)):
        whole = sum(weights) + 1
        criteria = [
            (f"MC-{number}{place:02d}", f"replaces: [{{key: {old.asked[0].key}, part: {weight}/{whole}}}]")
            for place, weight in enumerate(weights)
        ]
        rest = [(f"MC-{number}99", f"replaces: [{{key: {old.asked[0].key}, part: 1/{whole}}}]")]
        others = [(one.key, "") for one in old.asked[1:]]
        worked = work_out(form(*criteria, *rest, *others, version=number), old)
        assert worked.problems == ()
        every = [part for parts in worked.parts.values() for part in parts]
        assert sum(part.part_to - part.part_from for part in every) == WHOLE
        assert joined(every) == (Part("MC-05"),)
        old = before(*(asked(key, *parts) for key, parts in worked.parts.items()), number=number)


@given(
    st.lists(st.tuples(st.sampled_from("XY"), st.integers(0, 40), st.integers(1, 20)), max_size=4),
    st.lists(st.tuples(st.sampled_from("XY"), st.integers(0, 40), st.integers(1, 20)), max_size=4),
)
def test_what_is_beside_is_what_points_say(
    parts: Sequence[tuple[str, int, int]], holes: Sequence[tuple[str, int, int]]
) -> None:
    one = joined(Part(content, start, start + width) for content, start, width in parts)
    other = tuple(Part(content, start, start + width) for content, start, width in holes)
    assert points(beside(one, other)) == points(one) - points(other)
