"""Verdicts, and the claim's pointer at the one in force."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN: dict[str, Any] = {"sqlite_where": sa.text("ended_at IS NULL"), "postgresql_where": sa.text("ended_at IS NULL")}


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "verified",
                "partly",
                "disputed",
                "unverifiable",
                "opinion",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("rationale_he", sa.Text(), nullable=True),
        sa.Column("rationale_en", sa.Text(), nullable=True),
        sa.Column("proposed_by_id", ID, nullable=False),
        sa.Column("needs_second_check", sa.Boolean(), nullable=False),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("override_why", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "override_why IS NULL OR trim(override_why) <> ''", name=op.f("ck_verdict_override_has_reason")
        ),
        sa.CheckConstraint(
            "trim(coalesce(rationale_he, '')) <> '' OR trim(coalesce(rationale_en, '')) <> ''",
            name=op.f("ck_verdict_has_rationale"),
        ),
        sa.CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)", name=op.f("ck_verdict_approver_iff_date")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (ended_why IS NULL)",
            name=op.f("ck_verdict_end_whole"),
        ),
        sa.CheckConstraint("approved_by_id <> proposed_by_id", name=op.f("ck_verdict_approver_is_another")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name="fk_verdict_approved_by_id_person"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_verdict_claim_id_claim"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name="fk_verdict_ended_by_id_person"),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name="fk_verdict_proposed_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
        sa.UniqueConstraint("id", "claim_id", name="uq_verdict_id_claim_id"),
    )
    op.create_index("ix_verdict_claim_id", "verdict", ["claim_id", "id"], unique=False)
    op.create_index("ix_verdict_created_at", "verdict", ["created_at", "id"], unique=False)
    op.create_index("ix_verdict_proposed_by_id", "verdict", ["proposed_by_id", "id"], unique=False)
    op.create_index("uq_verdict_current", "verdict", ["claim_id"], unique=True, **OPEN)
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key("fk_claim_verdict", "claim", "verdict", ["verdict_id", "id"], ["id", "claim_id"])


def downgrade() -> None:
    # Without verdicts no claim is decided: what was, is being checked again.
    op.execute("UPDATE claim SET status = 'checking', verdict_id = NULL WHERE verdict_id IS NOT NULL")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_claim_verdict", "claim", type_="foreignkey")
    op.drop_table("verdict")
