"""What was issued stands: the database refuses every column; what is edited around it changes no byte."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.documents import rendering
from app.documents.models import Document, Number
from app.errors import constraint_of
from app.files import services as files
from app.files.models import StoredFile
from app.files.store import store
from app.units.models import UnitVersion
from tests import cast
from tests.conftest import NOON as NOW
from tests.conftest import Browser
from tests.documents_flow import letters

MAY_MOVE = {"state", "version", "updated_at", "search"}
"""Its state goes on (corrected, replaced, recalled), never back; the rest says nothing of the paper."""


def otherwise(column: sa.Column[object], now: object) -> object:
    """Another value of the column's type."""
    if isinstance(column.type, sa.Enum):
        return next(value for value in column.type.enums if value != str(now))
    python = column.type.python_type if not isinstance(column.type, sa.types.TypeDecorator) else None
    if column.foreign_keys or python is int:
        return int(str(now or 0)) + 1
    if python is date:
        return date(2020, 1, 1)
    if column.name.endswith("_at"):
        return datetime(2020, 1, 1).astimezone()
    return f"{now or ''}x"


def columns(model: type[Document] | type[StoredFile] | type[Number]) -> list[str]:
    return [column.name for column in model.__table__.columns]


@pytest.mark.parametrize("name", sorted(set(columns(Document)) - MAY_MOVE))
def test_no_column_of_an_issued_paper_changes(session: Session, name: str) -> None:
    paper = letters.issued()
    session.commit()
    column = Document.__table__.columns[name]
    change = sa.update(Document).values({name: otherwise(column, getattr(paper, name))})
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(change.where(Document.id == paper.id).execution_options(synchronize_session=False))
    assert constraint_of(refused.value) == "document_frozen"


@pytest.mark.parametrize("state", ["draft", "approved", "signed", "sealed", "abandoned"])
def test_an_issued_paper_never_goes_back(session: Session, state: str) -> None:
    letters.issued()
    session.commit()
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(sa.text("UPDATE document SET state = :state"), {"state": state})
    assert constraint_of(refused.value) == "document_frozen"


@pytest.mark.parametrize("name", columns(StoredFile))
def test_no_column_of_a_kept_file_changes(session: Session, name: str) -> None:
    paper = letters.issued()
    session.commit()
    assert paper.file is not None
    column = StoredFile.__table__.columns[name]
    change = sa.update(StoredFile).values({name: otherwise(column, getattr(paper.file, name))})
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(change.execution_options(synchronize_session=False))
    assert constraint_of(refused.value) == "stored_file_fixed"


@pytest.mark.parametrize("name", sorted(set(columns(Number)) - {"id"}))
def test_no_column_of_a_used_number_changes(session: Session, name: str) -> None:
    paper = letters.issued()
    session.commit()
    number = session.scalars(sa.select(Number).where(Number.document_id == paper.id)).one()
    column = Number.__table__.columns[name]
    change = sa.update(Number).values({name: otherwise(column, getattr(number, name))})
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(change.execution_options(synchronize_session=False))
    assert constraint_of(refused.value) in {"number_fixed", "number_in_order"}


@pytest.mark.parametrize("table", ["document", "stored_file", "number", "series_counter"])
def test_nothing_of_it_is_deleted(session: Session, table: str) -> None:
    letters.issued()
    session.commit()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.text(f"DELETE FROM {table}"))


def test_what_is_edited_around_it_never_reaches_the_bytes(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """The template, the fonts, the signer's and the office's names: the paper is what was signed."""
    drawn = rendering.render_pdf(
        rendering.load_sample(letters.DocumentKind.CONCLUSION_NOTICE), created_at=NOW
    )
    paper = letters.issued(pdf=drawn.data)
    session.commit()
    kept = hashlib.sha256(drawn.data).hexdigest()
    assert paper.sha256 == kept

    signer = session.get_one(Person, paper.signer_id)
    signer.name, signer.search = "Trần Văn Đổi Tên", "tran van doi ten"
    office = cast.unit(cast.OFFICE)
    for version in session.scalars(sa.select(UnitVersion).where(UnitVersion.unit_id == office.id)):
        version.name = "Sở Nội vụ và Lao động"
    session.commit()
    monkeypatch.setattr(rendering, "render_pdf", lambda *given, **named: 1 / 0)  # nothing is drawn again
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path)

    client.sign_in(cast.CLERK).get(f"/documents/{paper.id}/file")
    assert hashlib.sha256(client.response.data).hexdigest() == kept
    client.get(f"/documents/{paper.id}")
    assert "Trần Văn Thử" in client.text and "Trần Văn Đổi Tên" not in client.text.split("Dòng thời gian")[0]
    session.expire_all()
    assert (paper.signer_name, paper.issuer_name, paper.sha256) == ("Trần Văn Thử", "Sở Nội vụ", kept)


def test_files_check_tells_what_is_lost_or_altered(session: Session, app: object) -> None:
    runner = app.test_cli_runner()  # type: ignore[attr-defined]
    whole = [letters.issued(f"Văn bản {n}") for n in range(3)]
    session.commit()
    ended = runner.invoke(args=["files", "check"])
    assert ended.exit_code == 0 and "03 tệp, không có tệp mất hoặc bị sửa" in ended.output.replace(
        "00 tệp", "không có tệp"
    )
    paths = [store.path(paper.sha256 or "") for paper in whole]
    saved = [path.read_bytes() for path in paths]
    try:
        paths[0].write_bytes(saved[0] + b" ")
        paths[1].unlink()
        (paths[2].parent / "tmpabc").write_bytes(b"x")
        ended = runner.invoke(args=["files", "check"])
    finally:
        for path, data in zip(paths, saved, strict=True):
            path.write_bytes(data)
        (paths[2].parent / "tmpabc").unlink(missing_ok=True)
    assert ended.exit_code == 4
    assert "đã bị sửa" in ended.output and "không còn" in ended.output and "ghi dở" in ended.output
    assert files.read(session.get_one(StoredFile, whole[2].file_id)) == saved[2]
