"""Recall of a notice of ours: asked by one, decided by another with its paper; its claims are held again, its
findings are reopened and keep the words with which they were concluded. Replacement: claims go to the
conclusion of the same case that replaces their own, what it leaves out is held again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('requested', 'refused', 'granted')"
ANSWERED = (
    "(state = 'requested' AND decided_by IS NULL) OR "
    "(state = 'refused' AND decided_by IS NOT NULL AND refusal <> '') OR "
    "(state = 'granted' AND decided_by IS NOT NULL AND document_id IS NOT NULL)"
)
OPEN = sa.text("state <> 'refused'")
REQUEST = ("notice_id", "reason", "requested_by", "requested_at", "id")
ANSWER = ("decided_by", "decided_at", "document_id", "refusal", "state")
WORDS = (
    "scope_item_id", "inspected_unit_id", "ordinal", "classification", "description", "total", "sample", "failing",
    "sample_method", "basis", "severity", "responsible_collective", "responsible_post", "head_responsible",
    "other_body", "earlier_notice", "fixed_on_spot", "fixed_note", "in_minutes", "opinion_way", "opinion",
    "opinion_on", "opinion_reference", "left_out_reason", "merged_into_id", "passed_to", "no_task_reason",
    "recorded_by", "search", "id",
)  # fmt: skip
LISTS = ("subjective_causes", "objective_causes", "application_codes")


def changed(columns: tuple[str, ...], lists: tuple[str, ...] = ()) -> str:
    told = [f"NEW.{column} {{distinct}} OLD.{column}" for column in columns]
    told += [f"CAST(NEW.{column} AS text) {{distinct}} CAST(OLD.{column} AS text)" for column in lists]
    return "(" + " OR ".join(told) + ")"


RECALL_FIXED = (
    f"{changed(REQUEST)} OR (OLD.state <> 'requested' AND {changed(ANSWER)}) "
    "OR (OLD.state = 'requested' AND NEW.state = 'requested' AND NEW.decided_by IS NOT NULL)"
)
UNDECIDED = """NEW.state = 'recalled' AND OLD.state <> 'recalled'
    AND EXISTS (SELECT 1 FROM notice WHERE notice.document_id = NEW.id)
    AND NOT EXISTS (SELECT 1 FROM notice JOIN notice_recall ON notice_recall.notice_id = notice.id
                    WHERE notice.document_id = NEW.id AND notice_recall.state = 'granted')"""
REOPENED = f"""NEW.state = 'agreed' AND NOT {changed(WORDS, LISTS)}
    AND EXISTS (SELECT 1 FROM finding_revision JOIN document ON document.id = finding_revision.document_id
                WHERE finding_revision.finding_id = OLD.id AND document.state = 'recalled')
    AND NOT EXISTS (SELECT 1 FROM notice_finding JOIN notice ON notice.id = notice_finding.notice_id
                    JOIN document ON document.id = notice.document_id
                    WHERE notice_finding.finding_id = OLD.id AND document.state IN ('issued', 'corrected'))"""
FROZEN = f"OLD.state = 'concluded' AND NOT ({REOPENED})"
FROZEN_BEFORE = "OLD.state = 'concluded'"

VOIDED, OVER = "conclusion.state = 'voided'", "conclusion.state IN ('voided', 'recalled', 'replaced')"
TO_ANY = "(conclusion.state = 'replaced' AND NEW.conclusion_id IS NOT NULL)"
TO_ITS_HEIR = """(conclusion.state = 'replaced' AND EXISTS (
        SELECT 1 FROM conclusion AS heir WHERE heir.state = 'in_force' AND heir.mandate_id = OLD.mandate_id
        AND heir.id > OLD.conclusion_id AND (NEW.conclusion_id IS NULL OR heir.id = NEW.conclusion_id)))"""
ENDS_ONCE = "(OLD.state = 'used' AND NEW.state = 'ended')"
OPENS_AGAIN = f"""{ENDS_ONCE} OR (OLD.state = 'used' AND NEW.state = 'granted' AND EXISTS (
        SELECT 1 FROM claim WHERE claim.mandate_id = NEW.mandate_id AND claim.ended_at IS NULL
        AND claim.conclusion_id IS NULL))"""
CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "claim_concluded_fixed": ((VOIDED, OVER), (TO_ANY, TO_ITS_HEIR)),
    "reopening_fixed_update": ((ENDS_ONCE, OPENS_AGAIN),),
    "finding_frozen_finding_update": (
        (f"WHEN {FROZEN_BEFORE} ", f"WHEN {FROZEN.replace('{distinct}', 'IS NOT')} "),
    ),
}
"""SQLite: trigger → (words, words in their place)."""
FUNCTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "guard_claim": ((VOIDED, OVER), (TO_ANY, TO_ITS_HEIR)),
    "guard_reopening": ((ENDS_ONCE, OPENS_AGAIN),),
    "guard_finding_record": (
        (
            f"RETURN OLD; END IF;IF {FROZEN_BEFORE} THEN",
            f"RETURN OLD; END IF;IF {FROZEN.replace('{distinct}', 'IS DISTINCT FROM')} THEN",
        ),
    ),
}


def sqlite_triggers() -> dict[str, str]:
    """name -> statement."""
    return {
        name: (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition.replace('{distinct}', 'IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
        for rule, name, event, table, condition in (
            ("recall_fixed", "recall_fixed_update", "UPDATE", "notice_recall", RECALL_FIXED),
            ("recall_fixed", "recall_fixed_delete", "DELETE", "notice_recall", "1 = 1"),
            ("recall_fixed", "recall_fixed_not_replaced", "INSERT", "notice_recall",
             "EXISTS (SELECT 1 FROM notice_recall AS old WHERE old.id = NEW.id)"),
            ("finding_revision_fixed", "finding_revision_fixed_update", "UPDATE", "finding_revision", "1 = 1"),
            ("finding_revision_fixed", "finding_revision_fixed_delete", "DELETE", "finding_revision", "1 = 1"),
            ("finding_revision_fixed", "finding_revision_fixed_not_replaced", "INSERT", "finding_revision",
             "EXISTS (SELECT 1 FROM finding_revision AS old WHERE old.id = NEW.id)"),
            ("document_recall_decided", "document_recall_decided", "UPDATE", "document", UNDECIDED),
        )
    }  # fmt: skip


POSTGRESQL = (
    f"""CREATE FUNCTION guard_recall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM refuse('recall_fixed'); END IF;
    IF {RECALL_FIXED.replace("{distinct}", "IS DISTINCT FROM")} THEN PERFORM refuse('recall_fixed'); END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER guard_recall BEFORE UPDATE OR DELETE ON notice_recall "
    "FOR EACH ROW EXECUTE FUNCTION guard_recall()",
    """CREATE FUNCTION guard_finding_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM refuse('finding_revision_fixed'); RETURN NULL; END $$""",
    "CREATE TRIGGER guard_finding_revision BEFORE UPDATE OR DELETE ON finding_revision "
    "FOR EACH ROW EXECUTE FUNCTION guard_finding_revision()",
    f"""CREATE FUNCTION guard_document_recall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {UNDECIDED} THEN PERFORM refuse('document_recall_decided'); END IF;
    RETURN NEW; END $$""",
    "CREATE TRIGGER guard_document_recall BEFORE UPDATE ON document "
    "FOR EACH ROW EXECUTE FUNCTION guard_document_recall()",
    "CREATE TRIGGER guard_notice_recall_truncate BEFORE TRUNCATE ON notice_recall "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
    "CREATE TRIGGER guard_finding_revision_truncate BEFORE TRUNCATE ON finding_revision "
    "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
)


def upgrade() -> None:
    _tables(postgresql=op.get_bind().dialect.name == "postgresql")
    if op.get_bind().dialect.name == "postgresql":
        for name, changes in FUNCTIONS.items():
            _put_function(name, changes)
        for statement in POSTGRESQL:
            op.execute(sa.text(statement.replace(":", "\\:")))
        return
    for name, changes in CHANGES.items():
        text = _reworded(_trigger(name), changes)
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(sa.text(text.replace(":", "\\:")))
    for statement in sqlite_triggers().values():
        op.execute(statement)


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM notice_recall UNION ALL SELECT 1 FROM finding_revision")).first():
        raise RuntimeError("recalls that are on record have no place in the schema before")
    if bind.dialect.name == "postgresql":
        op.execute("DROP TRIGGER guard_document_recall ON document")
        op.execute("DROP FUNCTION guard_document_recall()")
        for name, changes in FUNCTIONS.items():
            _put_function(name, tuple((new, old) for old, new in changes))
        op.drop_table("finding_revision")
        op.drop_table("notice_recall")
        op.execute("DROP FUNCTION guard_recall()")
        op.execute("DROP FUNCTION guard_finding_revision()")
        return
    for name, changes in CHANGES.items():
        text = _reworded(_trigger(name), tuple((new, old) for old, new in changes))
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        bind.info["saved_triggers"][name] = text
    op.drop_table("finding_revision")
    op.drop_table("notice_recall")
    bind.info["dropped_triggers"].update(sqlite_triggers())


def _tables(*, postgresql: bool) -> None:
    op.create_table(
        "notice_recall",
        sa.Column("id", KEY, nullable=False),
        sa.Column("notice_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", KEY, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=postgresql), nullable=True),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice_recall"),
        sa.CheckConstraint("requested_by <> decided_by", name=op.f("ck_notice_recall_asker_not_decider")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_notice_recall_request_is_told")),
        sa.CheckConstraint(ANSWERED, name=op.f("ck_notice_recall_answer_is_told")),
        sa.CheckConstraint(STATES, name=op.f("ck_notice_recall_state_known")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_notice_recall_{column}")
            for column, table in (
                ("notice_id", "notice"), ("requested_by", "person"), ("decided_by", "person"),
                ("document_id", "document"),
            )
        ),
    )  # fmt: skip
    op.create_index(
        "uq_notice_recall_open", "notice_recall", ["notice_id"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip
    waiting = sa.text("state = 'requested'")
    op.create_index(
        "ix_notice_recall_waiting", "notice_recall", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "finding_revision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=postgresql), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finding_revision"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_finding_revision_finding_id"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_finding_revision_document_id"),
        sa.UniqueConstraint("finding_id", "number", name="uq_finding_revision_finding_id_number"),
    )
    op.create_index("ix_finding_revision_document_id", "finding_revision", ["document_id"])


def _reworded(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    """The guard as it stands with pieces of it replaced; each must be found once."""
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return text


def _put_function(name: str, changes: tuple[tuple[str, str], ...]) -> None:
    text = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('{name}'::regproc)")).scalar_one()
    op.execute(sa.text(_reworded(str(text), changes).replace(":", "\\:")))


def _trigger(name: str) -> str:
    """As an earlier step of this very run made it, else as it was before the run."""
    bind = op.get_bind()
    made = bind.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"), {"name": name}
    ).scalar()
    return str(made or bind.info["saved_triggers"][name])
