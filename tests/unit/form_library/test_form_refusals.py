"""A broken form file is refused with file, key and reason, all faults at once."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from app.form_library.loaders import FormFileError, load_form, parse_form, source_sha256

README = Path("inspection_forms/README.md").read_text(encoding="utf-8")
GOOD = re.search(r"```yaml\n(.*?)```", README, re.S)[1]
CRITERION = "groups[0].criteria[0]"


def faults(text: str) -> dict[str, str]:
    """Key path to reason of every fault found in `text`."""
    with pytest.raises(FormFileError) as refused:
        parse_form(text, "thu-nghiem/v1.yaml")
    error = refused.value
    assert error.file == "thu-nghiem/v1.yaml"
    assert (error.key, error.reason) == (error.problems[0].key, error.problems[0].reason)
    for problem in error.problems:
        assert f"thu-nghiem/v1.yaml: {problem.key or '(cả tệp)'}: {problem.reason}" in str(error)
        assert not re.search(r"\b(must|line|found|expected|invalid|not)\b", problem.reason)
    return {problem.key: problem.reason for problem in error.problems}


def changed(old: str, new: str) -> dict[str, str]:
    assert GOOD.count(old) == 1, old
    return faults(GOOD.replace(old, new))


def test_the_example_of_the_readme_is_a_good_form() -> None:
    form = parse_form(GOOD, "README.md")
    assert [criterion.key for criterion in form.criteria] == ["MC-01"]
    assert form.criterion("MC-01").contents[0].content == "MC-01"


CASES = [
    # old text, new text, key of the fault, words of the reason
    ("level: moderate", "level: medium", f"{CRITERION}.level", "minor, moderate, serious"),
    ("level: moderate", "level: 3", f"{CRITERION}.level", "một trong"),
    ("level: moderate", "levle: moderate", f"{CRITERION}.levle", "Có phải “level”?"),
    ("level: moderate", "levle: moderate", f"{CRITERION}.level", "Thiếu khóa bắt buộc"),
    ("        level: moderate\n", "", f"{CRITERION}.level", "Thiếu khóa bắt buộc"),
    ("title: Biểu thử", "title: 12", "title", "Phải là chữ"),
    ("title: Biểu thử", "title: '  '", "title", "Không được để trống"),
    ("title: Biểu thử", "title: Biểu thử\ntitle: Biểu khác", "title", "ghi hai lần"),
    ("title: Biểu thử", "title: Biểu thử\nmàu: đỏ", "màu", "không có trong cấu trúc"),
    ("title: Biểu thử", "title: Biểu thử\n5: năm", "", "khóa phải là chữ"),
    ("title: Biểu thử", f"title: {'a' * 301}", "title", "quá 300 ký tự"),
    ("title: Biểu thử", "title: !!python/name:os.system Biểu", "title", "thẻ"),
    ("version: 1", "version: một", "version", "số nguyên"),
    ("version: 1", "version: true", "version", "số nguyên"),
    ("version: 1", "version: 0", "version", "Phải từ 1"),
    ("version: 1", f"version: {'9' * 5000}", "version", "không đọc được"),
    ("code: thu-nghiem", "code: Thử nghiệm", "code", "không đúng dạng"),
    ("remediation_days: 5", "remediation_days: 5.5", f"{CRITERION}.remediation_days", "số nguyên"),
    ("remediation_days: 5", "remediation_days: 0", f"{CRITERION}.remediation_days", "từ 1 đến 250"),
    ("by_field: true", "by_field: có", f"{CRITERION}.by_field", "true hoặc false"),
    ("by_field: true", "watch_days: 60", f"{CRITERION}.watch_days", "Chỉ dùng cho nội dung thường xuyên"),
    ("by_field: true", "deadline_kind: continuing", f"{CRITERION}.watch_days", "số ngày theo dõi"),
    ("by_field: true", "deadline_kind: someday", f"{CRITERION}.deadline_kind", "continuing"),
    ("evidence: [Sổ theo dõi, Hồ sơ mẫu]", "evidence: []", f"{CRITERION}.evidence", "để trống"),
    ("evidence: [Sổ theo dõi, Hồ sơ mẫu]", "evidence: Sổ", f"{CRITERION}.evidence", "danh sách"),
    ("evidence: [Sổ theo dõi, Hồ sơ mẫu]", "evidence:", f"{CRITERION}.evidence", "danh sách"),
    ("evidence: [Sổ theo dõi, Hồ sơ mẫu]", "evidence: [Sổ, Sổ]", f"{CRITERION}.evidence[1]", "hai lần"),
    ("evidence: [Sổ theo dõi, Hồ sơ mẫu]", "evidence: [Sổ, 3]", f"{CRITERION}.evidence[1]", "chữ"),
    ("title: Giấy tiếp nhận và hẹn trả\n", f"title: {'a' * 41}\n", f"{CRITERION}.title", "quá 40 ký tự"),
    ("key: MC-01", "key: mc 01", f"{CRITERION}.key", "không đúng dạng"),
    ("kind: ratio", "kind: money", f"{CRITERION}.fields[0].kind", "roll_call"),
    ("kind: ratio", "kind: number", f"{CRITERION}.fields[0].key", "kind: ratio"),
    ("unit: hồ sơ", "minimum: 1", f"{CRITERION}.fields[0].minimum", "Chỉ dùng cho số"),
    ("decimals: 2", "decimals: 9", f"{CRITERION}.fields[1].decimals", "từ 0 đến 6"),
    ("decimals: 2", "minimum: 9, maximum: 1", f"{CRITERION}.fields[1].maximum", "lớn hơn hoặc bằng"),
    ("decimals: 2", "minimum: nhỏ", f"{CRITERION}.fields[1].minimum", "Phải là số"),
    ("decimals: 2", "minimum: .nan", f"{CRITERION}.fields[1].minimum", "Phải là số"),
    (
        "decimals: 2",
        "choices: [{value: a, label: A}, {value: b, label: B}]",
        f"{CRITERION}.fields[1].choices",
        "Chỉ",
    ),
    ("kind: percentage", "kind: choice", f"{CRITERION}.fields[1].choices", "ít nhất 02"),
    ("key: on_time_rate", "key: ratio", f"{CRITERION}.fields[1].key", "đã dùng"),
    ("key: on_time_rate", "key: Tỷ lệ", f"{CRITERION}.fields[1].key", "không đúng dạng"),
    ("{key: ratio, kind: ratio", "{key: on_time_rate, kind: ratio", f"{CRITERION}.fields[1].key", "đã dùng"),
    (
        "{code: NĐ63, certainty: read,",
        "{code: NĐ36, certainty: read,",
        f"{CRITERION}.legal_bases[0].code",
        "“NĐ63”?",
    ),
    (
        "{code: NĐ63, certainty: read,",
        "{code: NĐ63, certainty: sure,",
        f"{CRITERION}.legal_bases[0].certainty",
        "read",
    ),
    (
        "    effective_from: 2010-10-14\n",
        "    effective_from: 14/10/2010\n",
        "legal_bases[0].effective_from",
        "2025-07-01",
    ),
    (
        "effective_from: 2010-10-14",
        "effective_from: 2010-13-14",
        "legal_bases[0].effective_from",
        "không đọc được",
    ),
    (
        "effective_from: 2010-10-14",
        "effective_from: 2010-10-14 08:00:00",
        "legal_bases[0].effective_from",
        "ngày dạng",
    ),
    (
        "effective_from: 2010-10-14",
        "effective_from: 2010-10-14\n    effective_to: 2010-10-13",
        "legal_bases[0].effective_to",
        "trước ngày có hiệu lực",
    ),
    (
        "effective_from: 2010-10-14",
        "replaces: [NĐ20]",
        "legal_bases[0].effective_from",
        "phải có ngày có hiệu lực",
    ),
    (
        "effective_from: 2010-10-14",
        "effective_from: 2010-10-14\n    replaces: [NĐ20]",
        "legal_bases[0].replaces[0]",
        "Không có căn cứ “NĐ20”",
    ),
    ("ordinal: 1,", "ordinal: 2000,", "fields_of_procedure[0].ordinal", "từ 1 đến 1023"),
    (
        "  - {code: dat-dai, ordinal: 1, title: Đất đai}",
        "  []",
        f"{CRITERION}.by_field",
        "không khai báo lĩnh vực",
    ),
    (
        "  - {code: dat-dai, ordinal: 1, title: Đất đai}",
        "  - {code: dat-dai, ordinal: 1, title: Đất đai}\n  - {code: ho-tich, ordinal: 1, title: Hộ tịch}",
        "fields_of_procedure[1].ordinal",
        "đã dùng",
    ),
    ("groups: [MC]", "groups: [MD]", "packages[0].groups[0]", "Có phải “MC”?"),
    ("groups: [MC]", "criteria: [MC-02]", "packages[0].criteria[0]", "Có phải “MC-01”?"),
    (", groups: [MC]", "", "packages[0]", "không chọn nhóm"),
    (
        "packages:\n  - {key: tat-ca, title: Toàn diện, groups: [MC]}",
        "packages: tất cả",
        "packages",
        "danh sách",
    ),
    ("  - {key: tat-ca, title: Toàn diện, groups: [MC]}", "  - tất cả", "packages[0]", "bảng khóa"),
    (
        "by_field: true",
        "by_field: true\n        contents: [{content: MC-01, part_to: 5}]",
        f"{CRITERION}.contents[0]",
        "phải lấy cả nội dung",
    ),
    (
        "by_field: true",
        "contents: [{content: MC-01, part_from: 5, part_to: 5}]",
        f"{CRITERION}.contents[0].part_to",
        "lớn hơn part_from",
    ),
    (
        "by_field: true",
        "contents: [{content: MC-01}, {content: MC-01}]",
        f"{CRITERION}.contents[1].content",
        "đã dùng",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"), CASES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CASES)]
)
def test_a_fault_is_named_with_its_key_and_reason(old: str, new: str, key: str, words: str) -> None:
    found = changed(old, new)
    assert key in found, found
    assert words in found[key]


def test_all_faults_are_named_and_nothing_else() -> None:
    text = GOOD.replace("level: moderate", "level: medium").replace("version: 1", "version: 0")
    text = text.replace("kind: percentage", "kind: money").replace("unit: hồ sơ", "unti: hồ sơ")
    assert set(faults(text)) == {
        "version",
        f"{CRITERION}.level",
        f"{CRITERION}.fields[0].unti",
        f"{CRITERION}.fields[1].kind",
    }


def test_a_criterion_key_used_twice_is_refused_even_with_and_without_the_stroke() -> None:
    start, end = GOOD.index("      - key: MC-01"), GOOD.index("packages:")
    criterion = GOOD[start:end]
    assert changed(criterion, criterion * 2)["groups[0].criteria[1].key"] == "“mc-01” đã dùng ở trên."
    twin = criterion.replace("MC-01", "CĐ-01") + criterion.replace("MC-01", "CD-01")
    assert "“cd-01”" in changed(criterion, twin)["groups[0].criteria[1].key"]


def test_an_instrument_that_outlives_its_replacement_is_refused() -> None:
    old = "  - {code: NĐ20, citation: Cũ, title: Cũ, certainty: read, effective_from: 2008-02-14END}\n"
    text = GOOD.replace("legal_bases:\n  - code: NĐ63", "legal_bases:\n" + old + "  - code: NĐ63")
    text = text.replace("effective_from: 2010-10-14", "effective_from: 2010-10-14\n    replaces: [NĐ20]")
    for end in ("", ", effective_to: 2010-10-14"):
        assert "chồng nhau" in faults(text.replace("END", end))["legal_bases[1].replaces[0]"]
    form = parse_form(text.replace("END", ", effective_to: 2010-10-13"), "v1.yaml")
    assert [basis.code for basis in form.criterion("MC-01").legal_bases[0].lineage] == ["NĐ20", "NĐ63"]


def test_instruments_that_replace_each_other_are_refused_and_do_not_hang() -> None:
    one = "  - {code: A, citation: A, title: A, certainty: read, effective_from: 2020-01-01, replaces: [B]}\n"
    text = GOOD.replace("legal_bases:\n  - code: NĐ63", "legal_bases:\n" + one + "  - code: NĐ63")
    text = text.replace("effective_from: 2010-10-14", "effective_from: 2010-10-14\n    replaces: [A, NĐ63]")
    found = faults(text.replace("replaces: [B]", "replaces: [NĐ63]"))
    assert {"legal_bases[0].replaces[0]", "legal_bases[1].replaces[0]", "legal_bases[1].replaces[1]"} <= set(
        found
    )


def test_one_code_for_two_instruments_is_refused() -> None:
    one = "  - {code: NĐ63, citation: A, title: A, certainty: read}\n"
    text = GOOD.replace("legal_bases:\n  - code: NĐ63", "legal_bases:\n" + one + "  - code: NĐ63")
    assert "đã dùng" in faults(text)["legal_bases[1].code"]


@pytest.mark.parametrize(
    "missing", ["legal_bases", "fields_of_procedure", "groups", "packages", "code", "version"]
)
def test_a_missing_part_of_the_file_is_named(missing: str) -> None:
    text = re.sub(rf"^{missing}:.*\n(?:[ -].*\n)*", "", GOOD, flags=re.M)
    assert faults(text)[missing] == "Thiếu khóa bắt buộc."


def test_no_groups_at_all_is_refused() -> None:
    text = GOOD[: GOOD.index("groups:")] + "groups: []\npackages: []\n"
    assert faults(text) == {"groups": "Danh sách không được để trống."}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "không có nội dung"),
        ("# chỉ có chú thích\n", "không có nội dung"),
        ("code: [a\n", "cú pháp YAML (dòng 2"),
        ("code: a\n\tversion: 1\n", "cú pháp YAML"),
        ("a: \x07", "cú pháp YAML"),
        ("a: 1\n---\nb: 2\n", "cú pháp YAML"),
        ("title: &t Biểu\ncode: *t\n", "bí danh"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "bí danh"),
        ("x: " + "[" * 100_000, "lồng nhau"),
        ("x: " + "{a: " * 50 + "1" + "}" * 50, "lồng nhau"),
        ("# " + "a" * 1024 * 1024, "1 MiB"),
    ],
    ids=[
        "empty",
        "comment",
        "syntax",
        "tab",
        "bell",
        "two-documents",
        "alias",
        "bomb",
        "deep",
        "maps",
        "big",
    ],
)
def test_a_file_that_is_no_readable_yaml_is_refused_whole(text: str, words: str) -> None:
    found = faults(text)
    assert list(found) == [""]
    assert words in found[""]


@pytest.mark.parametrize("text", ["chữ", "- a\n- b\n", "42"])
def test_a_file_that_is_no_table_is_refused(text: str) -> None:
    assert faults(text)[""] == "Phải là một bảng khóa: giá trị."


def test_a_merge_key_is_refused() -> None:
    assert any("khóa phải là chữ" in reason for reason in faults(GOOD + "<<: {code: x}\n").values())


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / "thu-nghiem" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_file_is_named_after_its_code_and_version(tmp_path: Path) -> None:
    good = write(tmp_path, "v1.yaml", GOOD.encode())
    assert load_form(good).source_sha256 == source_sha256(GOOD)
    with pytest.raises(FormFileError, match=r"thu-nghiem/v2\.yaml: version: Phiên bản là 1"):
        load_form(write(tmp_path, "v2.yaml", GOOD.encode()))
    with pytest.raises(FormFileError, match=r"thu-nghiem/v1\.yaml: code: Mã biểu là “khac”"):
        load_form(write(tmp_path, "v1.yaml", GOOD.replace("thu-nghiem", "khac").encode()))


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe", "UTF-8"), (b"# " + b"a" * 1024 * 1024, "1 MiB")],
    ids=["not-utf-8", "too-big"],
)
def test_bytes_that_are_no_form_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FormFileError, match=words):
        load_form(write(tmp_path, "v1.yaml", content))


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormFileError, match="Không mở được tệp"):
        load_form(tmp_path / "thu-nghiem" / "v9.yaml")


def test_the_hash_ignores_line_ends_and_byte_order_mark_and_nothing_else() -> None:
    assert source_sha256("\ufeff" + GOOD.replace("\n", "\r\n")) == source_sha256(GOOD)
    assert source_sha256(GOOD + "#") != source_sha256(GOOD)
    assert parse_form("\ufeff" + GOOD, "v1.yaml") == parse_form(GOOD, "v1.yaml")


def test_text_typed_in_two_ways_reads_as_one() -> None:
    form = parse_form(unicodedata.normalize("NFD", GOOD), "v1.yaml")
    assert form.criterion("MC-01").title == "Giấy tiếp nhận và hẹn trả"
