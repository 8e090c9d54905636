"""Evidence and figures."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column(
            "stance",
            sa.Enum(
                "supports", "refutes", "context", name="stance", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "rank",
            sa.Enum("primary", "secondary", name="rank", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=True),
        sa.Column("locator", sa.Text(), nullable=True),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("trim(summary) <> ''", name=op.f("ck_evidence_summary_not_blank")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_evidence_claim_id_claim"),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name="fk_evidence_created_by_id_person"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_evidence_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_claim_id", "evidence", ["claim_id", "id"], unique=False)
    op.create_index("ix_evidence_source_id", "evidence", ["source_id", "id"], unique=False)
    op.create_table(
        "figure",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=True),
        sa.Column("evidence_id", ID, nullable=True),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("is_about", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.CheckConstraint("(claim_id IS NULL) <> (evidence_id IS NULL)", name=op.f("ck_figure_one_owner")),
        sa.CheckConstraint("low <= high", name=op.f("ck_figure_low_to_high")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_figure_claim_id_claim"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_figure_evidence_id_evidence"),
        sa.PrimaryKeyConstraint("id", name="pk_figure"),
        sa.UniqueConstraint("claim_id", name="uq_figure_claim_id"),
        sa.UniqueConstraint("evidence_id", name="uq_figure_evidence_id"),
    )


def downgrade() -> None:
    # Without evidence there is nothing to count.
    op.execute("UPDATE claim SET supports = 0, refutes = 0, contexts = 0")
    op.drop_table("figure")
    op.drop_table("evidence")
