"""What the database refuses about records that stand: events, issued papers, numbers, published forms,
conclusions, concluded findings and answers, signed minutes, receipts, stored files.
"""

from dataclasses import dataclass

from alembic import op

revision = "0015"
down_revision = "0014"


@dataclass(frozen=True)
class Guard:
    """`rule` is refused on `table` when `update` (over OLD, NEW) or `delete` (over OLD) holds; None = never.

    `{distinct}` stands for the engine's null-safe inequality.
    """

    rule: str
    table: str
    update: str | None
    delete: str | None


def changed(*columns: str) -> str:
    """True when one of the columns differs, nulls included."""
    return "(" + " OR ".join(f"NEW.{c} {{distinct}} OLD.{c}" for c in columns) + ")"


ISSUED = "OLD.state IN ('issued', 'corrected', 'replaced', 'recalled')"
CONCLUDED_ITEM = (
    "EXISTS (SELECT 1 FROM claim WHERE claim.scope_item_id = OLD.scope_item_id "
    "AND claim.conclusion_id IS NOT NULL AND claim.ended_at IS NULL)"
)

GUARDS = (
    Guard("event_append_only", "event", "1 = 1", "1 = 1"),
    Guard("event_append_only", "event_subject", "1 = 1", "1 = 1"),
    Guard("stored_file_fixed", "stored_file", changed("sha256", "size", "media_type"), "1 = 1"),
    Guard(
        "document_frozen",
        "document",
        f"{ISSUED} AND ("
        + changed(
            "kind", "way", "number", "symbol", "issued_on", "issue_year", "file_id", "sha256", "content",
            "content_hash", "subject", "issuer_name", "signer_id", "signer_name", "signer_title", "signed_by",
            "sealed_by", "drafter_id",
        )
        + " OR NEW.state NOT IN ('issued', 'corrected', 'replaced', 'recalled'))",
        ISSUED,
    ),
    Guard("calendar_fixed", "calendar_version", "1 = 1", "1 = 1"),
    Guard("calendar_fixed", "calendar_day", "1 = 1", "1 = 1"),
    Guard("setting_fixed", "office_setting", "1 = 1", "1 = 1"),
    Guard("counter_never_back", "series_counter", "NEW.last < OLD.last OR " + changed("series_id", "year"), "1 = 1"),
    Guard(
        "number_fixed",
        "number",
        changed("series_id", "year", "n")
        + " OR (OLD.state <> 'reserved' AND "
        + changed("state", "document_id", "reason")
        + ")",
        "1 = 1",
    ),
    Guard(
        "delivery_receipt_fixed",
        "delivery",
        "OLD.receipt IS NOT NULL AND "
        + changed("receipt", "received_on", "statement", "document_sha256", "acknowledged_by", "reference"),
        "OLD.receipt IS NOT NULL",
    ),
    Guard(
        "form_version_fixed",
        "form_version",
        changed("form_id", "number", "title", "source", "source_sha256"),
        "1 = 1",
    ),
    Guard("form_version_fixed", "criterion_group", "1 = 1", "1 = 1"),
    Guard("form_version_fixed", "criterion", "1 = 1", "1 = 1"),
    Guard("form_version_fixed", "criterion_part", "1 = 1", "1 = 1"),
    Guard(
        "conclusion_fixed",
        "conclusion",
        changed("mandate_id", "document_id", "number_and_symbol", "concluded_on", "body_name", "level"),
        "1 = 1",
    ),
    Guard("coverage_fixed", "coverage", "1 = 1", "1 = 1"),
    Guard("finding_frozen", "finding", "OLD.state = 'concluded'", "OLD.state = 'concluded'"),
    Guard("answer_concluded_fixed", "answer", CONCLUDED_ITEM, CONCLUDED_ITEM),
    Guard(
        "minutes_frozen",
        "minutes",
        "OLD.state IN ('signed', 'refused') AND ("
        + changed("state", "unit_opinion", "unit_agrees", "signed_on", "unit_signatory", "witness", "content_hash",
                  "closed_at", "opened_at", "place", "requests")
        + " OR CAST(NEW.sections AS text) <> CAST(OLD.sections AS text)"
        + " OR CAST(NEW.finding_ids AS text) <> CAST(OLD.finding_ids AS text))",
        "OLD.state IN ('signed', 'refused')",
    ),
    Guard("journal_append_only", "journal_entry", "1 = 1", "1 = 1"),
)  # fmt: skip


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    found: dict[str, str] = {}
    for guard in GUARDS:
        for event, condition in (("UPDATE", guard.update), ("DELETE", guard.delete)):
            if condition is not None:
                name = f"{guard.rule}_{guard.table}_{event.lower()}"
                when = condition.replace("{distinct}", "IS NOT")
                found[name] = (
                    f"CREATE TRIGGER {name} BEFORE {event} ON {guard.table} WHEN {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{guard.rule}'); END"
                )
    return found


def postgresql_function(guard: Guard) -> str:
    body = ""
    if guard.delete is not None:
        body += f"IF TG_OP = 'DELETE' THEN IF {guard.delete} THEN PERFORM refuse('{guard.rule}'); END IF; RETURN OLD; END IF;"
    if guard.update is not None:
        body += f"IF {guard.update.replace('{distinct}', 'IS DISTINCT FROM')} THEN PERFORM refuse('{guard.rule}'); END IF;"
    return (
        f"CREATE FUNCTION guard_{guard.table}_record() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {body} RETURN NEW; END $$"
    )


NEVER_EMPTIED = (
    "event", "event_subject", "stored_file", "document", "number", "delivery", "form_version", "conclusion",
    "coverage", "claim", "journal_entry", "calendar_version", "calendar_day", "office_setting",
)  # fmt: skip
"""Tables that TRUNCATE, which passes row triggers by, must not empty (PostgreSQL; SQLite has none)."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in sqlite_triggers().values():
            op.execute(statement)
        return
    for guard in GUARDS:
        op.execute(postgresql_function(guard))
        op.execute(
            f"CREATE TRIGGER guard_{guard.table}_record BEFORE UPDATE OR DELETE ON {guard.table} "
            f"FOR EACH ROW EXECUTE FUNCTION guard_{guard.table}_record()"
        )
    op.execute(
        "CREATE FUNCTION guard_truncate() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM refuse('never_emptied'); RETURN NULL; END $$"
    )
    for table in NEVER_EMPTIED:
        op.execute(
            f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
        )


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.info["dropped_triggers"].update(sqlite_triggers())
        return
    for table in NEVER_EMPTIED:
        op.execute(f"DROP TRIGGER guard_{table}_truncate ON {table}")
    op.execute("DROP FUNCTION guard_truncate()")
    for guard in reversed(GUARDS):
        op.execute(f"DROP TRIGGER guard_{guard.table}_record ON {guard.table}")
        op.execute(f"DROP FUNCTION guard_{guard.table}_record()")
