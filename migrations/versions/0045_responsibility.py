"""Who answers for a concluded finding and what was decided; the name apart; cases passed on and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEASURES = ("learn", "review", "transfer", "discipline", "none")
TRACKS = ("inspectorate", "investigation", "sanction", "other")
RECOMMENDED = (
    "(recommended IS NULL AND competent_body = '' AND asked_on IS NULL AND due_on IS NULL) OR "
    "(recommended IS NOT NULL AND recommended <> 'none' AND competent_body <> '' "
    "AND asked_on IS NOT NULL AND due_on IS NOT NULL)"
)
DECIDED = (
    "(decided IS NULL AND decided_on IS NULL AND decided_body = '' AND decided_reference = '') OR "
    "(recommended IS NOT NULL AND decided IS NOT NULL AND decided_on IS NOT NULL "
    "AND decided_body <> '' AND decided_reference <> '')"
)
MOVED = (
    "kind = 'person' OR ((recommended IS NULL OR recommended <> 'transfer') "
    "AND (decided IS NULL OR decided <> 'transfer'))"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=op.get_bind().dialect.name == "postgresql")
    waiting = sa.text("recommended IS NOT NULL AND decided IS NULL")
    unanswered = sa.text("answered_on IS NULL")
    op.create_table(
        "answerable",
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("collective", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("recommended", sa.String(40), nullable=True),
        sa.Column("competent_body", sa.Text(), nullable=False),
        sa.Column("asked_reference", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decided", sa.String(40), nullable=True),
        sa.Column("decided_body", sa.Text(), nullable=False),
        sa.Column("decided_reference", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answerable"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_answerable_finding_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_answerable_recorded_by"),
        sa.UniqueConstraint(
            "finding_id", "kind", "collective", "post", name="uq_answerable_finding_id_kind_collective_post"
        ),
        sa.CheckConstraint("kind IN ('collective', 'person')", name=op.f("ck_answerable_kind_known")),
        sa.CheckConstraint(f"recommended IN {MEASURES}", name=op.f("ck_answerable_recommended_known")),
        sa.CheckConstraint(f"decided IN {MEASURES}", name=op.f("ck_answerable_decided_known")),
        sa.CheckConstraint("length(collective) >= 3", name=op.f("ck_answerable_collective_is_named")),
        sa.CheckConstraint(
            "(kind = 'person' AND length(post) >= 3) OR (kind = 'collective' AND post = '' AND NOT named)",
            name=op.f("ck_answerable_person_has_post"),
        ),
        sa.CheckConstraint(RECOMMENDED, name=op.f("ck_answerable_recommended_whole")),
        sa.CheckConstraint(MOVED, name=op.f("ck_answerable_only_persons_are_moved")),
        sa.CheckConstraint(
            "due_on IS NULL OR due_on >= asked_on", name=op.f("ck_answerable_due_after_asking")
        ),
        sa.CheckConstraint(DECIDED, name=op.f("ck_answerable_decision_whole")),
        sa.CheckConstraint(
            "decided_on IS NULL OR decided_on >= asked_on", name=op.f("ck_answerable_decision_after_asking")
        ),
    )
    op.create_index(
        "ix_answerable_waiting", "answerable", ["due_on"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "answerable_name",
        sa.Column("answerable_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answerable_name"),
        sa.ForeignKeyConstraint(
            ["answerable_id"], ["answerable.id"], name="fk_answerable_name_answerable_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("answerable_id", name="uq_answerable_name_answerable_id"),
        sa.CheckConstraint("length(name) >= 3", name=op.f("ck_answerable_name_has_name")),
    )
    op.create_table(
        "referral",
        sa.Column("finding_id", KEY, nullable=False),
        sa.Column("track", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_reference", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_referral_finding_id"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_referral_recorded_by"),
        sa.UniqueConstraint("finding_id", name="uq_referral_finding_id"),
        sa.CheckConstraint(f"track IN {TRACKS}", name=op.f("ck_referral_track_known")),
        sa.CheckConstraint(
            "length(body) >= 3 AND reference <> ''", name=op.f("ck_referral_names_body_and_paper")
        ),
        sa.CheckConstraint("due_on >= sent_on", name=op.f("ck_referral_due_after_sending")),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (answer = '') AND (answered_on IS NULL) = (answer_reference = '')",
            name=op.f("ck_referral_answer_whole"),
        ),
        sa.CheckConstraint(
            "answered_on IS NULL OR answered_on >= sent_on", name=op.f("ck_referral_answer_after_sending")
        ),
    )
    op.create_index(
        "ix_referral_waiting", "referral", ["due_on"],
        sqlite_where=unanswered, postgresql_where=unanswered,
    )  # fmt: skip


def downgrade() -> None:
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM answerable UNION ALL SELECT 1 FROM referral")).first():
        raise RuntimeError("who answers and what was passed on have no place in the schema before")
    op.drop_table("referral")
    op.drop_table("answerable_name")
    op.drop_table("answerable")
