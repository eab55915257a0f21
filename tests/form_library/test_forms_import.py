"""`forms import` reads a file as the guards of shipped forms do, and says what is wrong in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import config
from app.form_library.yaml_source import MAX_BYTES
from app.vietnamese import sort_key

SHIPPED = config.ROOT / "inspection_forms" / "cchc-cong-vu" / "v1.yaml"


@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        ("cchc-cong-vu/v1.yaml", b"\xff\xfe\x00", "Tệp không phải chữ UTF-8."),
        ("cchc-cong-vu/v1.yaml", b"#" * (MAX_BYTES + 1), "Tệp lớn hơn 1 MiB."),
        ("khac/v1.yaml", SHIPPED.read_bytes(), "thư mục là “khac”"),
        ("cchc-cong-vu/v2.yaml", SHIPPED.read_bytes(), "tên tệp là “v2.yaml”"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_words(
    app: Flask, session: Session, tmp_path: Path, place: str, content: bytes, said: str
) -> None:
    path = tmp_path / place
    path.parent.mkdir()
    path.write_bytes(content)
    ended = app.test_cli_runner().invoke(args=["forms", "import", str(path)])
    assert ended.exit_code == 1 and said in ended.output and "Traceback" not in ended.output


def test_the_tenth_version_comes_after_the_second() -> None:
    assert sorted(["a/v10.yaml", "a/v2.yaml", "a/v1.yaml"], key=sort_key) == [
        "a/v1.yaml", "a/v2.yaml", "a/v10.yaml"
    ]  # fmt: skip


def test_what_was_published_is_left_as_it_is(app: Flask, session: Session) -> None:
    ended = app.test_cli_runner().invoke(args=["forms", "import"])
    assert ended.exit_code == 0 and "cchc-cong-vu phiên bản 1: đã có, không thay đổi" in ended.output
