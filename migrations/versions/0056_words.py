"""Words are found by an index: an FTS5 table beside the table on SQLite, a GIN index on PostgreSQL.

The B-trees on whole search texts go: no search ever used one, and PostgreSQL refuses a row of which the text
does not fit into a third of a page.
"""

from alembic import op

revision = "0056"
down_revision = "0055"

INDEXED = ("task", "finding")
USELESS = ("task", "finding", "document", "inspection", "conclusion")
VECTOR = (
    "to_tsvector('simple'::regconfig, regexp_replace(\"left\"(search, 200000), '[^[:alnum:]]+', ' ', 'g'))"
)
TAKEN = "INSERT INTO {0}_words ({0}_words, rowid, search) VALUES ('delete', OLD.id, OLD.search)"
GIVEN = "INSERT INTO {0}_words (rowid, search) VALUES (NEW.id, NEW.search)"
KEPT = {
    "insert": ("INSERT", "1 = 1", (GIVEN,)),
    "update": ("UPDATE OF search", "OLD.search <> NEW.search", (TAKEN, GIVEN)),
    "delete": ("DELETE", "1 = 1", (TAKEN,)),
}


def _sqlite(table: str) -> None:
    op.execute(
        f"CREATE VIRTUAL TABLE {table}_words USING fts5(search, content='{table}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3', columnsize=0)"
    )
    op.execute(f"INSERT INTO {table}_words ({table}_words) VALUES ('rebuild')")
    for suffix, (event, when, acts) in KEPT.items():
        told = "; ".join(act.format(table) for act in acts)
        op.execute(
            f"CREATE TRIGGER {table}_words_{suffix} AFTER {event} ON {table} WHEN {when} BEGIN {told}; END"
        )


def upgrade() -> None:
    for table in USELESS:
        op.drop_index(f"ix_{table}_search", table)
    for table in INDEXED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin ({VECTOR}) WITH (fastupdate=off)")
        else:
            _sqlite(table)


def downgrade() -> None:
    bind = op.get_bind()
    for table in INDEXED:
        if bind.dialect.name == "postgresql":
            op.drop_index(f"ix_{table}_words", table)
        else:
            bind.info["dropped_triggers"].update(f"{table}_words_{suffix}" for suffix in KEPT)
            op.execute(f"DROP TABLE {table}_words")
    for table in USELESS:
        op.create_index(f"ix_{table}_search", table, ["search"])
