"""Files of a form that came back are not chosen twice; nobody else's, and nothing stale, is taken."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired

from app.errors import DomainError
from app.files import gate
from app.files.held import KEPT_SECONDS, HeldFiles, held
from app.files.models import StoredFile
from app.files.store import store
from app.web import BaseForm, uploads
from tests import cast
from tests.conftest import Browser
from tests.factories import remediation as made

PNG = b"\x89PNG\r\n\x1a\n"


def photo(name: str) -> FileStorage:
    return FileStorage(io.BytesIO(PNG + name.encode()), filename=name)


class OneForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    words = StringField("Nội dung", [InputRequired()])
    file = FileField("Tệp", [FileRequired("Chọn tệp.")])


class ManyForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    words = StringField("Nội dung", [InputRequired()])
    files = MultipleFileField("Tệp")


@pytest.fixture(autouse=True)
def shelf(app: Flask, tmp_path: Path) -> Iterator[HeldFiles]:
    """A shelf of this test's own."""
    before = held.folder, held.max_bytes
    held.open(tmp_path / "held", 1000)
    yield held
    held.open(*before)


def sent(app: Flask, kind: type[Any], data: dict[str, Any], part: str | None = cast.CLERK) -> Any:
    """A form as this part of the cast sent it, validated; held if it has a mistake."""
    with app.test_request_context("/", method="POST", data=MultiDict(data)):
        if part is not None:
            g.actor = cast.actor(part)
        form = kind()
        form.good = form.validate()
        if not form.good:
            uploads.hold(form)
        return form


def tickets(form: Any, field: str) -> list[str]:
    return [one.ticket for one in form[field].held]


def test_photos_of_a_refused_report_are_sent_with_the_next_one(client: Browser, session: Session) -> None:
    task = made.issued()[0]
    client.sign_in(cast.OFFICER).get(f"/tasks/{task.id}/progress")
    before = session.scalar(sa.select(sa.func.count(StoredFile.id)))
    typed = {"status": "doing", "text": "x", "cause": "Chờ kinh phí"}
    client.submit(data={**typed, "files": [photo("bang-1.png"), photo("bang-2.png")]}, expect=422)
    assert "không phải chọn lần nữa" in client.text and "bang-1.png (18 byte)" in client.text
    assert "Chọn lại tệp" not in client.text
    client.submit(data={"text": "y"}, expect=422)
    assert session.scalar(sa.select(sa.func.count(StoredFile.id))) == before
    first = client.page.select("input[name=files-held]")[0]["value"]
    client.submit(data={"text": "Đã niêm yết", "files-held": [first], "files": [photo("bang-3.png")]})
    session.expire_all()
    files = task.progress[-1].files
    assert [(one.name, store.read(one.sha256)) for one in files] == [
        (name, PNG + name.encode()) for name in ("bang-1.png", "bang-3.png")
    ]


def test_the_file_that_is_the_mistake_is_asked_for_again_and_the_others_are_held(
    client: Browser, session: Session
) -> None:
    task = made.issued()[0]
    client.sign_in(cast.OFFICER).get(f"/tasks/{task.id}/progress")
    table = FileStorage(io.BytesIO(b"a;b"), filename="bang.csv")
    typed = {"status": "done", "text": "Đã niêm yết"}
    client.submit(data={**typed, "files": [photo("bang-1.png"), table]}, expect=422)
    assert "“bang.csv” không thuộc loại" in client.text and "Chọn lại tệp" not in client.text
    kept = client.page.select("label[for^=files-held]")
    assert [label.get_text() for label in kept] == ["bang-1.png (18 byte)"]
    client.submit()
    session.expire_all()
    assert [one.name for one in task.progress[-1].files] == ["bang-1.png"]


def test_a_new_choice_takes_the_place_of_the_one_file_held(app: Flask) -> None:
    form = sent(app, OneForm, {"file": photo("cu.png")})
    (ticket,) = tickets(form, "file")
    again = sent(app, OneForm, {"words": "đủ", "file-held": ticket})
    assert again.good and (again.file.data.filename, again.file.data.read()) == ("cu.png", PNG + b"cu.png")
    other = sent(app, OneForm, {"words": "đủ", "file": photo("moi.png"), "file-held": ticket})
    assert other.good and other.file.data.filename == "moi.png"
    unticked = sent(app, OneForm, {"words": "đủ"})
    assert unticked.file.errors == ["Chọn tệp."]


def test_the_one_file_that_was_refused_itself_is_not_held(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"words": "đủ", "file": photo("a.png")}):
        g.actor = cast.actor(cast.CLERK)
        form: Any = OneForm()
        assert form.validate()
        form.refuse(DomainError("Không đọc được tệp.").message, "file")
        uploads.hold(form)
        assert form.file.held == [] and form.file.errors == ["Không đọc được tệp."]


@pytest.mark.parametrize("why", ["another person", "nobody", "altered", "old", "gone"])
def test_what_may_not_be_taken_is_asked_for_again_and_nothing_is_left_out(
    app: Flask, shelf: HeldFiles, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    (ticket,) = tickets(sent(app, ManyForm, {"files": photo("a.png")}), "files")
    part: str | None = cast.CLERK
    if why == "another person":
        part = cast.OFFICER
    elif why == "nobody":
        part = None
    elif why == "altered":
        ticket = ticket[:-1] + ("A" if ticket[-1] != "A" else "B")
    elif why == "old":
        monkeypatch.setattr(uploads, "KEPT_SECONDS", -1)
    else:
        next(shelf.folder.glob("??/*")).unlink()
    form = sent(app, ManyForm, {"words": "đủ", "files-held": ticket}, part)
    assert not form.good and form.files.errors == [uploads.AGAIN]


def test_nobody_signed_in_leaves_nothing_behind(app: Flask, shelf: HeldFiles) -> None:
    form = sent(app, ManyForm, {"files": photo("a.png")}, None)
    assert form.files.errors == [uploads.AGAIN] and not list(shelf.folder.glob("??/*"))


@pytest.mark.parametrize(
    "file",
    [
        FileStorage(io.BytesIO(b"MZ"), filename="a.png"),
        FileStorage(io.BytesIO(b""), filename="b.png"),
        FileStorage(io.BytesIO(PNG + b"x" * 1000), filename="c.png"),
        FileStorage(io.BytesIO(b"key"), filename="d.p12"),
    ],
    ids=lambda file: str(file.filename),
)
def test_what_the_gate_refuses_is_not_held(app: Flask, shelf: HeldFiles, file: FileStorage) -> None:
    form = sent(app, ManyForm, {"files": file})
    assert form.files.held == [] and f"“{file.filename}”" in "".join(form.files.errors)
    assert not list(shelf.folder.glob("??/*"))


def test_what_nobody_came_back_for_goes_after_a_day(shelf: HeldFiles) -> None:
    old, young = shelf.put("a.png", PNG + b"1"), shelf.put("b.png", PNG + b"2")
    long_ago = time.time() - KEPT_SECONDS - 1
    os.utime(shelf.path(old), (long_ago, long_ago))
    shelf.put("c.png", PNG + b"3")
    assert shelf.take(old) is None and shelf.take(young) == PNG + b"2"
    os.utime(shelf.path(young), (long_ago, long_ago))
    assert shelf.put("b.png", PNG + b"2") == young
    assert shelf.take(young) == PNG + b"2", "who sends it again has the whole time again"


def test_two_who_clear_at_once_do_not_stumble(shelf: HeldFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shelf.path(shelf.put("a.png", PNG))
    monkeypatch.setattr(Path, "glob", lambda *_: iter([path]))
    path.unlink()
    shelf.clear()


def test_a_refusal_names_the_file() -> None:
    with pytest.raises(gate.UploadRefused) as refused:
        gate.inspect("thư mục/a.exe", b"MZ", max_bytes=10)
    assert refused.value.upload == "thư mục/a.exe"
