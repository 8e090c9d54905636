"""What public checks need: who a claimant is, where and when a claim was said, the pages and their corrections."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE: dict[str, Any] = {
    "sqlite_where": sa.text("withdrawn_at IS NULL"),
    "postgresql_where": sa.text("withdrawn_at IS NULL"),
}
KINDS = "'person', 'organisation', 'own', 'unnamed'"


def is_web(column: str) -> str:
    return f"{column} LIKE 'http://%' OR {column} LIKE 'https://%'"


def upgrade() -> None:
    # In plain SQL: rebuilding the table of claims would lose the triggers that count and search them.
    op.execute(
        f"ALTER TABLE claimant ADD COLUMN kind VARCHAR(20) CONSTRAINT ck_claimant_kind CHECK (kind IN ({KINDS}))"
    )
    op.execute(
        "ALTER TABLE claimant ADD COLUMN same_as TEXT "
        f"CONSTRAINT ck_claimant_same_as_is_web CHECK ({is_web('same_as')})"
    )
    op.execute("ALTER TABLE claimant ADD COLUMN revision INTEGER DEFAULT '1' NOT NULL")
    op.execute("ALTER TABLE claim ADD COLUMN said_on TEXT")
    op.execute(
        "ALTER TABLE claim ADD COLUMN first_appearance TEXT "
        f"CONSTRAINT ck_claim_first_appearance_is_web CHECK ({is_web('first_appearance')})"
    )
    op.execute("ALTER TABLE claim ADD COLUMN appearances TEXT")
    op.create_table(
        "claim_review",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("verdict_id", ID, nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("modified_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("modified_at >= published_at", name=op.f("ck_claim_review_modified_after_published")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_claim_review_claim_id_claim"),
        # The second column makes sure that the verdict is one of this claim.
        sa.ForeignKeyConstraint(
            ["verdict_id", "claim_id"], ["verdict.id", "verdict.claim_id"], name="fk_claim_review_verdict"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_claim_review"),
        sa.UniqueConstraint("claim_id", name="uq_claim_review_claim_id"),
    )
    op.create_index("ix_claim_review_modified_at", "claim_review", ["modified_at", "id"], **LIVE)
    op.create_table(
        "correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_review_id", ID, nullable=False),
        sa.Column("text_he", sa.Text(), nullable=True),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "trim(coalesce(text_he, '')) <> '' OR trim(coalesce(text_en, '')) <> ''",
            name=op.f("ck_correction_has_text"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_review_id"], ["claim_review.id"], name="fk_correction_claim_review_id_claim_review"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_correction_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
    )
    op.create_index("ix_correction_claim_review_id", "correction", ["claim_review_id", "id"])


def downgrade() -> None:
    for table in ("correction", "claim_review"):
        op.drop_table(table)
    for column in ("appearances", "first_appearance", "said_on"):
        op.execute(f"ALTER TABLE claim DROP COLUMN {column}")
    for column in ("revision", "same_as", "kind"):
        op.execute(f"ALTER TABLE claimant DROP COLUMN {column}")
