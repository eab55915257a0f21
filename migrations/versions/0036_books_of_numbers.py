"""Books of numbers: which kinds a series serves, a book that goes on from paper, a closed one. Days of a book
rise with its numbers. Issued papers and kept files never change in any column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "annual_plan", "decision", "work_plan", "announcement", "member_request", "report_outline", "unit_report",
    "minutes", "overlap_minutes", "team_report", "submission_slip", "conclusion_notice", "remediation_plan",
    "remediation_report", "extension_answer", "reminder_letter", "followup_minutes", "followup_notice",
    "followup_end", "corrigendum", "recall", "concluded_extract", "other",
)  # fmt: skip
ISSUED = "OLD.state IN ('issued', 'corrected', 'replaced', 'recalled', 'voided')"
BESIDE = "number.series_id = NEW.series_id AND number.year = NEW.year AND number.id <> NEW.id AND number.n"
YEAR_OF = {
    "sqlite": "CAST(strftime('%Y', NEW.dated_on) AS INTEGER)",
    "postgresql": "EXTRACT(YEAR FROM NEW.dated_on)",
}
CLOSED = (
    "EXISTS (SELECT 1 FROM book WHERE book.series_id = NEW.series_id AND book.year = NEW.year "
    "AND book.closed_at IS NOT NULL)"
)


def changed(*columns: str) -> str:
    return "(" + " OR ".join(f"NEW.{column} {{distinct}} OLD.{column}" for column in columns) + ")"


def out_of_order(engine: str) -> str:
    """The day of a number lies outside its year, before the number below or after the number above."""
    below = f"(SELECT dated_on FROM number WHERE {BESIDE} < NEW.n ORDER BY number.n DESC LIMIT 1)"
    above = f"(SELECT dated_on FROM number WHERE {BESIDE} > NEW.n ORDER BY number.n LIMIT 1)"
    return f"NEW.year <> {YEAR_OF[engine]} OR {below} > NEW.dated_on OR {above} < NEW.dated_on"


def guards(engine: str) -> tuple[tuple[str, str, str, str, str], ...]:
    """rule, name, table, event, when it is refused."""
    order = out_of_order(engine)
    found = (
        ("number_in_order", "number_in_order_insert", "number", "INSERT", order),
        ("number_in_order", "number_in_order_update", "number", "UPDATE",
         f"{changed('dated_on')} AND ({order})"),
        ("number_fixed", "number_day_fixed", "number", "UPDATE",
         f"OLD.state <> 'reserved' AND {changed('dated_on', 'taken_at')}"),
        ("book_closed", "book_closed_number", "number", "INSERT", CLOSED),
        ("book_closed", "book_closed_counter", "series_counter", "UPDATE", CLOSED),
        ("book_has_reserved", "book_has_reserved", "book", "UPDATE",
         "NEW.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM number WHERE number.series_id = NEW.series_id "
         "AND number.year = NEW.year AND number.state = 'reserved')"),
        ("book_fixed", "book_fixed_update", "book", "UPDATE",
         f"{changed('series_id', 'year', 'first', 'first_reason')} OR OLD.closed_at IS NOT NULL"),
        ("book_fixed", "book_fixed_delete", "book", "DELETE", "1 = 1"),
        ("book_fixed", "book_fixed_first", "book", "INSERT",
         "NEW.first > 1 AND EXISTS (SELECT 1 FROM number WHERE number.series_id = NEW.series_id "
         "AND number.year = NEW.year)"),
        ("document_frozen", "document_frozen_whole", "document", "UPDATE",
         f"{ISSUED} AND " + changed(
             "id", "issuer_unit_id", "approved_hash", "content_checked_by", "form_checked_by", "approved_by",
             "signed_at", "return_reason", "created_at")),
        ("stored_file_fixed", "stored_file_fixed_whole", "stored_file", "UPDATE",
         changed("id", "name", "uploaded_by", "uploaded_at")),
    )  # fmt: skip
    if engine == "sqlite":
        found += (
            ("book_fixed", "book_fixed_not_replaced", "book", "INSERT",
             "EXISTS (SELECT 1 FROM book AS old WHERE old.id = NEW.id)"),
        )  # fmt: skip
    distinct = "IS NOT" if engine == "sqlite" else "IS DISTINCT FROM"
    return tuple((*rest, when.replace("{distinct}", distinct)) for *rest, when in found)


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    op.create_table(
        "series_kind",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("year", KEY, nullable=False),
        sa.Column("series_id", KEY, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series_kind"),
        sa.CheckConstraint(
            "kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")",
            name=op.f("ck_series_kind_kind_known"),
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_series_kind_series_id"),
        sa.UniqueConstraint("kind", "year", name="uq_series_kind_kind_year"),
    )
    op.create_table(
        "book",
        sa.Column("series_id", KEY, nullable=False),
        sa.Column("year", KEY, nullable=False),
        sa.Column("first", KEY, nullable=False),
        sa.Column("first_reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=engine == "postgresql"), nullable=True),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_book"),
        sa.CheckConstraint("first >= 1", name=op.f("ck_book_first_positive")),
        sa.CheckConstraint("first = 1 OR first_reason <> ''", name=op.f("ck_book_first_has_reason")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_book_series_id"),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name="fk_book_closed_by"),
        sa.UniqueConstraint("series_id", "year", name="uq_book_series_id_year"),
    )
    op.create_index("ix_number_reserved", "number", ["dated_on"], sqlite_where=sa.text("state = 'reserved'"),
                    postgresql_where=sa.text("state = 'reserved'"))  # fmt: skip
    op.create_index("ix_document_book", "document", ["symbol", "issue_year", "number"])
    for rule, name, table, event, when in guards(engine):
        if engine == "sqlite":
            op.execute(
                sa.text(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
                )
            )
            continue
        back = "OLD" if event == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {when} THEN PERFORM refuse('{rule}'); END IF; RETURN {back}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    if engine == "postgresql":
        op.execute(
            "CREATE TRIGGER guard_book_truncate BEFORE TRUNCATE ON book "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
        )


def downgrade() -> None:
    bind = op.get_bind()
    engine = bind.dialect.name
    if engine == "sqlite":
        bind.info["dropped_triggers"].update(name for _, name, *_ in guards(engine))
    else:
        op.execute("DROP TRIGGER guard_book_truncate ON book")
        for _, name, table, *_ in guards(engine):
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_document_book", table_name="document")
    op.drop_index("ix_number_reserved", table_name="number")
    op.drop_table("book")
    op.drop_table("series_kind")
