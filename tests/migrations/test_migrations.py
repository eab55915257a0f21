"""Migrations make the database of the models, on both engines, and come back down without a trace."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from app.db import Base
from app.extensions import db
from app.wordsearch import is_model_table
from tests.conftest import ENGINE, ROOT
from tests.guards.rows import row
from tests.migrations.database import MIGRATIONS, application, down, rows, up
from tests.migrations.schema import describe, difference

REVISIONS = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))


def schema_now() -> str:
    with db.engine.connect() as connection:
        return describe(connection)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Computed default on task")
def test_an_empty_database_becomes_that_of_the_models(empty_database, tmp_path):
    """No table, column, index, unique constraint or foreign key more or less."""
    with application(empty_database, tmp_path):
        up()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "compare_server_default": True,
                    "render_as_batch": True,
                    "include_object": is_model_table,
                },
            )
            drift = compare_metadata(context, Base.metadata)
    assert drift == []


def _not_compared(line: str) -> bool:
    """A CHECK, an index on an expression, or a column told by the others."""
    expression = "INDEX" in line and "coalesce(" in line.lower()
    return ": CONSTRAINT ck_" in line or expression or "GENERATED ALWAYS AS" in line


@pytest.mark.filterwarnings("ignore:Computed column task")
def test_every_check_of_the_models_is_in_the_database_word_for_word(empty_database, tmp_path):
    """Alembic compares no CHECK, no generated column and on SQLite no index on an expression: the models' own
    DDL is run beside the migrations and both are described."""
    with application(empty_database, tmp_path):
        up()
        migrated = {line for line in schema_now().splitlines() if _not_compared(line)}
        scratch = sa.create_engine(_beside(empty_database, tmp_path))
        with without_exclusions():
            Base.metadata.create_all(scratch)
            with scratch.connect() as connection:
                made = {line for line in describe(connection).splitlines() if _not_compared(line)}
        scratch.dispose()
    assert {_plain(line) for line in migrated} == {_plain(line) for line in made}


@contextmanager
def without_exclusions() -> Iterator[None]:
    """SQLite cannot even say EXCLUDE; the triggers that stand for it are none of the models' business."""
    taken = [
        (t, rule)
        for t in Base.metadata.tables.values()
        for rule in t.constraints
        if isinstance(rule, ExcludeConstraint)
    ]
    for table, rule in taken:
        table.constraints.discard(rule)
    try:
        yield
    finally:
        for table, rule in taken:
            table.constraints.add(rule)


def _beside(url: str, tmp_path: Path) -> str:
    """A second place for tables: another file, or another schema of the same database."""
    if ENGINE == "sqlite":
        return f"sqlite:///{tmp_path}/models.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def _plain(line: str) -> str:
    return re.sub(r"\s+", "", line)


def test_the_rules_of_the_database_are_those_written_down(empty_database, tmp_path):
    """Changed on purpose? `python -m tests.migrations.schema --write` renews the files of both engines."""
    with application(empty_database, tmp_path):
        up()
        changed = difference(ENGINE, schema_now())
    assert changed == ""


@pytest.mark.slow
def test_down_and_up_again_with_data_leaves_the_same_database(filled_database, tmp_path):
    """Down to nothing, up again: the same rules; the data comes back into the tables it was taken from."""
    with application(filled_database, tmp_path):
        before = schema_now()
        kept = rows(Base.metadata.sorted_tables)
        assert sum(map(len, kept.values())) > 300
        db.session.remove()
        down()
        with db.engine.connect() as connection:
            assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
            assert describe(connection).strip() == ""
        up()
        assert schema_now() == before
        for table in Base.metadata.sorted_tables:
            names = [column.name for column in table.columns]
            values = [dict(zip(names, row, strict=True)) for row in kept[table.name]]
            if values:
                db.session.execute(sa.insert(table), values)
        db.session.commit()
        assert rows(Base.metadata.sorted_tables) == kept


@pytest.mark.slow
def test_every_step_goes_down_and_up_by_itself(empty_database, tmp_path):
    with application(empty_database, tmp_path):
        seen = []
        for path in REVISIONS:
            up(path.name[:4])
            seen.append(schema_now())
        for path, after in zip(reversed(REVISIONS), reversed(seen), strict=True):
            assert schema_now() == after, f"after {path.name}"
            down("-1")
        up()
        assert schema_now() == seen[-1]


def test_migrating_twice_changes_nothing(filled_database, tmp_path):
    with application(filled_database, tmp_path):
        before = schema_now()
        up()
        assert schema_now() == before


def test_numbers_follow_one_another_and_lead_one_way():
    numbers = [path.name[:4] for path in REVISIONS]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    for path, before in zip(REVISIONS, [None, *numbers], strict=False):
        text = path.read_text(encoding="utf-8")
        said = "None" if before is None else f'"{before}"'
        assert f'revision = "{path.name[:4]}"' in text and f"down_revision = {said}" in text, path.name


def test_migrations_never_read_the_models():
    """A model of tomorrow must not change what a migration of today did."""
    for path in REVISIONS:
        assert not re.search(r"^\s*(from|import) app\b", path.read_text(encoding="utf-8"), re.MULTILINE), (
            path.name
        )


THROW_AWAY = '''"""Rebuild claim in a batch: only for this test."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{last}"


def upgrade() -> None:
    with op.batch_alter_table("claim") as batch:
        batch.add_column(sa.Column("colour", sa.Text(), nullable=True))
        batch.alter_column("override_reason", type_=sa.String(900))  # SQLite rebuilds the table for this
{more}

def downgrade() -> None:
    with op.batch_alter_table("claim") as batch:
        batch.drop_column("colour")
        batch.alter_column("override_reason", type_=sa.Text())
'''


def copy_with_throw_away(folder: Path, more: str = "") -> Path:
    """The migrations, and one after the last that rebuilds `claim`."""
    target = folder / "migrations"
    shutil.copytree(MIGRATIONS, target, ignore=shutil.ignore_patterns("__pycache__"))
    last = REVISIONS[-1].name[:4]
    number = f"{int(last) + 1:04d}"
    text = THROW_AWAY.format(number=number, last=last, more=more)
    (target / "versions" / f"{number}_throw_away.py").write_text(text, encoding="utf-8")
    return target


def triggers_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if "TRIGGER" in line]


def test_a_rebuilt_table_keeps_its_triggers_and_those_that_read_it(filled_database, tmp_path):
    """SQLite drops a rebuilt table's own triggers without a word and fails on others that read it."""
    folder = copy_with_throw_away(tmp_path)
    with application(filled_database, tmp_path):
        before = schema_now()
        up(folder=folder)
        after = schema_now()
        assert "colour" in after
        assert triggers_of(after) == triggers_of(before)
        if ENGINE == "sqlite":
            assert len(triggers_of(after)) > 40
        refuses_an_unlawful_claim()
        down("-1", folder=folder)
        assert schema_now() == before


def refuses_an_unlawful_claim() -> None:
    """The guard still bites: an insert outside a unit's life is refused by the trigger itself."""
    unit = db.session.execute(sa.text("SELECT id FROM unit WHERE code = 'LP'")).scalar_one()
    content = db.session.execute(sa.text("SELECT min(id) FROM content")).scalar_one()
    db.session.execute(
        sa.text(
            "INSERT INTO mandate (id, kind, body_name, level, decision, leader_name, leader_title, hidden)"
            " VALUES (1, 'own', 'Sở Nội vụ', 20, 'QĐ', '', '', false)"
        )
    )
    claim = sa.text(
        "INSERT INTO claim (mandate_id, unit_id, content_id, part_from, part_to, level, starts_on, ends_on,"
        " created_at) VALUES (1, :unit, :content, 0, 5, 20, '2020-01-01', '2020-02-01', '2026-01-01')"
    )
    with pytest.raises(sa.exc.IntegrityError, match="claim_outside_unit_life"):
        db.session.execute(claim, {"unit": unit, "content": content})
    db.session.rollback()


def test_a_migration_that_breaks_a_foreign_key_changes_nothing(filled_database, tmp_path):
    """SQLite is asked after the migration, PostgreSQL asks by itself."""
    broken = '    op.execute("UPDATE unit_version SET parent_id = 987654 WHERE parent_id IS NOT NULL")\n'
    folder = copy_with_throw_away(tmp_path, broken)
    with application(filled_database, tmp_path):
        before = schema_now()
        with pytest.raises((RuntimeError, SystemExit, sa.exc.IntegrityError)):
            up(folder=folder)
        assert schema_now() == before
        orphans = sa.text("SELECT count(*) FROM unit_version WHERE parent_id = 987654")
        assert db.session.execute(orphans).scalar_one() == 0
        if ENGINE == "sqlite":
            assert db.session.execute(sa.text("PRAGMA foreign_keys")).scalar_one() == 1


def test_the_rules_of_both_engines_are_written_down():
    for engine in ("sqlite", "postgresql"):
        text = (ROOT / "tests" / "migrations" / f"schema.{engine}.txt").read_text(encoding="utf-8")
        assert text.count("CONSTRAINT ck_") > 50 and "TRIGGER" in text
    assert "EXCLUDE USING gist" in text


def test_acts_on_notices_become_acts_on_their_papers_and_come_back(filled_database, tmp_path):
    told = "s.id, n.id, s.verb, s.person_id, s.at, s.opinion, s.content_hash FROM"
    here = sa.text(f"SELECT {told} document_step s JOIN notice n ON n.document_id = s.document_id ORDER BY 1")
    below = sa.text(f"SELECT {told} notice_step s JOIN notice n ON n.id = s.notice_id ORDER BY 1")
    with application(filled_database, tmp_path):
        notice = row("notice")
        row("document_step", document_id=notice["document_id"], opinion="Kính trình")
        db.session.commit()
        kept = db.session.execute(here).all()
        assert kept
        db.session.remove()
        down("0032")
        with db.engine.connect() as connection:
            assert connection.execute(below).all() == kept
        up()
        with db.engine.connect() as connection:
            assert connection.execute(here).all() == kept


def test_what_an_office_had_set_for_its_deadlines_goes_on_in_the_first_versions(filled_database, tmp_path):
    with application(filled_database, tmp_path):
        down("0038")
        with db.engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE deadline_rule SET days = 7, basis = 'Quy chế' WHERE step = 'team_report'")
            )
            connection.execute(
                sa.text(
                    "INSERT INTO office_setting (key, value, effective_from, who, set_at) VALUES "
                    "('report_after_days', '5', '2026-01-01', 'x', '2026-01-01 00:00:00')"
                )
            )
        up()
        stored = sa.text(
            "SELECT p.code, r.days, r.number, r.event, r.until, r.basis FROM deadline_rule r "
            "JOIN rule_profile p ON p.id = r.profile_id WHERE r.step = :step ORDER BY p.id"
        )
        with db.engine.connect() as connection:
            reports = connection.execute(stored, {"step": "team_report"}).all()
            after = connection.execute(stored, {"step": "completion_report"}).all()
            notices = connection.execute(stored, {"step": "notice"}).all()
            terms = connection.execute(stored, {"step": "remediation"}).all()
        assert {tuple(one)[1:] for one in reports} == {(7, 1, "visit_ended", "end", "Quy chế")}
        assert [one.days for one in after] == [5, 5, 5] and [one.days for one in terms] == [20, 20, 20]
        assert [one.event for one in notices] == ["report_sent", "report_sent", "draft_received"]
