"""What comes from an old follow-up table carries a mark for good. The tables and their rows are kept.

A row comes in once: its fingerprint (body, notice, date, unit, words) is unique among those that were taken.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAYS = "task_converted_stays"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    moment = sa.DateTime(timezone=not sqlite)
    if sqlite:
        op.execute("ALTER TABLE task ADD COLUMN converted BOOLEAN DEFAULT 0 NOT NULL")
        op.execute("ALTER TABLE task ADD COLUMN conversion_note TEXT DEFAULT '' NOT NULL")
        op.execute(
            f"CREATE TRIGGER {STAYS} BEFORE UPDATE ON task WHEN OLD.converted <> NEW.converted "
            f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        )
    else:
        op.add_column("task", sa.Column("converted", sa.Boolean(), server_default=sa.false(), nullable=False))
        op.add_column(
            "task", sa.Column("conversion_note", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        op.execute(
            f"CREATE FUNCTION guard_{STAYS}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF OLD.converted <> NEW.converted THEN PERFORM refuse('{STAYS}'); END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER guard_{STAYS} BEFORE UPDATE ON task "
            f"FOR EACH ROW EXECUTE FUNCTION guard_{STAYS}()"
        )
    op.create_table(
        "old_table",
        sa.Column("file_id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("heading_row", KEY, nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("body_name", sa.Text(), nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("follower_id", KEY, nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("version", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_old_table"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name="fk_old_table_file_id"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_old_table_made_by"),
        sa.ForeignKeyConstraint(["follower_id"], ["person.id"], name="fk_old_table_follower_id"),
        sa.CheckConstraint("heading_row >= 1", name=op.f("ck_old_table_heading_row_positive")),
        sa.CheckConstraint(
            "read_at IS NULL OR follower_id IS NOT NULL", name=op.f("ck_old_table_read_has_follower")
        ),
    )
    op.create_table(
        "old_row",
        sa.Column("table_id", KEY, nullable=False),
        sa.Column("line", KEY, nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("fixes", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("left_out_reason", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("task_id", KEY, nullable=True),
        sa.Column("version", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_old_row"),
        sa.ForeignKeyConstraint(["table_id"], ["old_table.id"], name="fk_old_row_table_id"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_old_row_task_id"),
        sa.UniqueConstraint("table_id", "line", name="uq_old_row_table_id_line"),
        sa.CheckConstraint("task_id IS NULL OR NOT left_out", name=op.f("ck_old_row_taken_not_left_out")),
        sa.CheckConstraint("task_id IS NULL OR fingerprint <> ''", name=op.f("ck_old_row_taken_is_known")),
    )
    op.create_index("ix_old_row_task_id", "old_row", ["task_id"], unique=False)
    taken = sa.text("task_id IS NOT NULL")
    op.create_index(
        "uq_old_row_fingerprint", "old_row", ["fingerprint"], unique=True,
        sqlite_where=taken, postgresql_where=taken,
    )  # fmt: skip


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM task WHERE converted")).first():
        raise RuntimeError("what came from an old table has no place in the schema before")
    op.drop_index("uq_old_row_fingerprint", "old_row")
    op.drop_index("ix_old_row_task_id", "old_row")
    op.drop_table("old_row")
    op.drop_table("old_table")
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].add(STAYS)
        op.execute("ALTER TABLE task DROP COLUMN conversion_note")
        op.execute("ALTER TABLE task DROP COLUMN converted")
        return
    op.execute(f"DROP TRIGGER guard_{STAYS} ON task")
    op.execute(f"DROP FUNCTION guard_{STAYS}()")
    op.drop_column("task", "conversion_note")
    op.drop_column("task", "converted")
