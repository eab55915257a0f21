"""A notice that replaces another of the same units; notices of many units made together; recipients of a
recalled paper that confirm its removal.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHOUT_HEIR = """NEW.state = 'replaced' AND OLD.state <> 'replaced'
    AND EXISTS (SELECT 1 FROM notice WHERE notice.document_id = NEW.id)
    AND NOT EXISTS (SELECT 1 FROM notice JOIN notice_replacement ON notice_replacement.replaces_id = notice.id
                    JOIN notice AS heir ON heir.id = notice_replacement.notice_id
                    JOIN document AS paper ON paper.id = heir.document_id
                    WHERE notice.document_id = NEW.id AND paper.state IN ('issued', 'corrected'))"""
PUBLIC = (
    "(published_on IS NOT NULL AND place <> '' AND reason = '')"
    " OR (published_on IS NULL AND place = '' AND reason <> '')"
)
RECALLED = "WHERE finding_revision.finding_id = OLD.id AND document.state = 'recalled')"
OVER = "WHERE finding_revision.finding_id = OLD.id AND document.state IN ('recalled', 'replaced'))"
CARRIED = "WHERE notice_finding.finding_id = OLD.id AND document.state IN ('issued', 'corrected'))"
CARRIED_ELSEWHERE = """WHERE notice_finding.finding_id = OLD.id AND document.state IN ('issued', 'corrected')
                    AND NOT (notice.conclusion_id IS NULL AND EXISTS (
                        SELECT 1 FROM notice_replacement JOIN notice AS former
                        ON former.id = notice_replacement.replaces_id JOIN finding_revision
                        ON finding_revision.document_id = former.document_id
                        AND finding_revision.finding_id = OLD.id
                        WHERE notice_replacement.notice_id = notice.id)))"""
"""The notice that is just taking the place of another words its findings anew, and concludes them at once."""
CHANGES = ((RECALLED, OVER), (CARRIED, CARRIED_ELSEWHERE))
GUARD, FUNCTION = "finding_frozen_finding_update", "guard_finding_record"


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    return {
        name: f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        for rule, name, event, table, condition in (
            ("replacement_fixed", "replacement_fixed_update", "UPDATE", "notice_replacement", "1 = 1"),
            ("replacement_fixed", "replacement_fixed_delete", "DELETE", "notice_replacement", "1 = 1"),
            ("replacement_fixed", "replacement_fixed_not_replaced", "INSERT", "notice_replacement",
             "EXISTS (SELECT 1 FROM notice_replacement AS old WHERE old.id = NEW.id)"),
            ("document_replaced_by_notice", "document_replaced_by_notice", "UPDATE", "document", WITHOUT_HEIR),
            ("delivery_removal_fixed", "delivery_removal_fixed_update", "UPDATE", "delivery_removal", "1 = 1"),
            ("delivery_removal_fixed", "delivery_removal_fixed_delete", "DELETE", "delivery_removal", "1 = 1"),
            ("delivery_removal_fixed", "delivery_removal_fixed_not_replaced", "INSERT", "delivery_removal",
             "EXISTS (SELECT 1 FROM delivery_removal AS old WHERE old.delivery_id = NEW.delivery_id)"),
        )
    }  # fmt: skip


POSTGRESQL = (
    """CREATE FUNCTION guard_replacement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse('replacement_fixed'); RETURN NULL; END $$""",
    "CREATE TRIGGER guard_replacement BEFORE UPDATE OR DELETE ON notice_replacement "
    "FOR EACH ROW EXECUTE FUNCTION guard_replacement()",
    "CREATE TRIGGER guard_notice_replacement_truncate BEFORE TRUNCATE ON notice_replacement "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    """CREATE FUNCTION guard_delivery_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse('delivery_removal_fixed'); RETURN NULL; END $$""",
    "CREATE TRIGGER guard_delivery_removal BEFORE UPDATE OR DELETE ON delivery_removal "
    "FOR EACH ROW EXECUTE FUNCTION guard_delivery_removal()",
    "CREATE TRIGGER guard_delivery_removal_truncate BEFORE TRUNCATE ON delivery_removal "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    f"""CREATE FUNCTION guard_document_replaced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {WITHOUT_HEIR} THEN PERFORM refuse('document_replaced_by_notice'); END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER guard_document_replaced BEFORE UPDATE ON document "
    "FOR EACH ROW EXECUTE FUNCTION guard_document_replaced()",
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    _tables(sa.DateTime(timezone=postgresql))
    if postgresql:
        _put_function(CHANGES)
        for statement in POSTGRESQL:
            op.execute(sa.text(statement.replace(":", "\\:")))
        return
    text = _reworded(_trigger(), CHANGES)
    op.execute(f"DROP TRIGGER IF EXISTS {GUARD}")
    op.execute(sa.text(text.replace(":", "\\:")))
    for statement in sqlite_triggers().values():
        op.execute(statement)


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(
        sa.text("SELECT 1 FROM notice_replacement UNION ALL SELECT 1 FROM delivery_removal")
    ).first():
        raise RuntimeError(
            "replacements and confirmations that are on record have no place in the schema before"
        )
    back = tuple((new, old) for old, new in reversed(CHANGES))
    if bind.dialect.name == "postgresql":
        op.execute("DROP TRIGGER guard_document_replaced ON document")
        op.execute("DROP FUNCTION guard_document_replaced()")
        _put_function(back)
    else:
        text = _reworded(_trigger(), back)
        op.execute(f"DROP TRIGGER IF EXISTS {GUARD}")
        bind.info["saved_triggers"][GUARD] = text
        bind.info["dropped_triggers"].update(sqlite_triggers())
    for table in (
        "notice_publication",
        "delivery_removal",
        "notice_batch_item",
        "notice_batch",
        "notice_dropped_task",
        "notice_replacement",
    ):
        op.drop_table(table)
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_replacement()")
        op.execute("DROP FUNCTION guard_delivery_removal()")


def _tables(moment: sa.DateTime) -> None:
    op.create_table(
        "notice_replacement",
        sa.Column("id", KEY, nullable=False),
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("replaces_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice_replacement"),
        sa.UniqueConstraint("notice_id", name="uq_notice_replacement_notice_id"),
        sa.CheckConstraint("notice_id <> replaces_id", name=op.f("ck_notice_replacement_two_notices")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_notice_replacement_reason_told")),
        *_keys("notice_replacement", notice_id="notice", replaces_id="notice", made_by="person"),
    )
    op.create_index("ix_notice_replacement_replaces_id", "notice_replacement", ["replaces_id"])
    op.create_table(
        "notice_dropped_task",
        sa.Column("replacement_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("instead_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("replacement_id", "task_id", name="pk_notice_dropped_task"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_notice_dropped_task_reason_told")),
        *_keys("notice_dropped_task", replacement_id="notice_replacement", task_id="task", instead_id="task"),
    )
    op.create_index("ix_notice_dropped_task_task_id", "notice_dropped_task", ["task_id"])
    op.create_table(
        "notice_batch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("inspection_id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("job_id", KEY, nullable=True),
        sa.Column("file_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notice_batch"),
        *_keys(
            "notice_batch", inspection_id="inspection", made_by="person", job_id="job", file_id="stored_file"
        ),
    )
    op.create_index("ix_notice_batch_inspection_id", "notice_batch", ["inspection_id"])
    op.create_table(
        "notice_batch_item",
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("inspected_unit_id", KEY, nullable=False),
        sa.Column("ordinal", KEY, nullable=False),
        sa.Column("notice_id", KEY, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "inspected_unit_id", name="pk_notice_batch_item"),
        sa.UniqueConstraint("notice_id", name="uq_notice_batch_item_notice_id"),
        *_keys(
            "notice_batch_item",
            batch_id="notice_batch",
            inspected_unit_id="inspected_unit",
            notice_id="notice",
        ),
    )
    op.create_table(
        "notice_publication",
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice_publication"),
        sa.CheckConstraint(PUBLIC, name=op.f("ck_notice_publication_public_or_why_not")),
        *_keys("notice_publication", notice_id="notice", recorded_by="person"),
    )
    op.create_table(
        "delivery_removal",
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", KEY, nullable=True),
        sa.Column("recorded_by", KEY, nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_delivery_removal"),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) <> (recorded_by IS NULL)", name=op.f("ck_delivery_removal_one_tells")
        ),
        *_keys("delivery_removal", delivery_id="delivery", confirmed_by="person", recorded_by="person"),
    )
    op.create_index("ix_notice_batch_item_inspected_unit_id", "notice_batch_item", ["inspected_unit_id"])


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")
        for column, other in columns.items()
    ]


def _reworded(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    """The guard as it stands with pieces of it replaced; each must be found once."""
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return text


def _put_function(changes: tuple[tuple[str, str], ...]) -> None:
    text = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('{FUNCTION}'::regproc)")).scalar_one()
    op.execute(sa.text(_reworded(str(text), changes).replace(":", "\\:")))


def _trigger() -> str:
    """As an earlier step of this very run made it, else as it was before the run."""
    bind = op.get_bind()
    made = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"), {"name": GUARD}
    ).scalar()
    return str(made or bind.info["saved_triggers"][GUARD])
