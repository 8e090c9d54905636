"""The article's own words: the file they came from, their sentences, and where each claim stands in them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE: dict[str, Any] = {
    "sqlite_where": sa.text("withdrawn_at IS NULL"),
    "postgresql_where": sa.text("withdrawn_at IS NULL"),
}


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "original",
        sa.Column("version_id", ID, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_original_digest_length")),
        sa.CheckConstraint("size > 0", name=op.f("ck_original_not_empty")),
        sa.ForeignKeyConstraint(["version_id"], ["article_version.id"], name="fk_original_version_id_article_version"),
        sa.PrimaryKeyConstraint("version_id", name="pk_original"),
    )
    op.create_table(
        "passage",
        sa.Column("id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("is_checkable", sa.Boolean(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.CheckConstraint("0 <= begins AND begins < ends", name=op.f("ck_passage_begins_before_end")),
        sa.ForeignKeyConstraint(["version_id"], ["article_version.id"], name="fk_passage_version_id_article_version"),
        sa.PrimaryKeyConstraint("id", name="pk_passage"),
        sa.UniqueConstraint("version_id", "begins", name="uq_passage_version_id_begins"),
    )
    op.create_table(
        "anchor",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "placed",
                "unchanged",
                "moved",
                "changed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("previous_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("0 <= begins AND begins < ends", name=op.f("ck_anchor_begins_before_end")),
        sa.CheckConstraint("length(quote) = ends - begins", name=op.f("ck_anchor_quote_fits")),
        sa.CheckConstraint("(outcome = 'placed') = (previous_id IS NULL)", name=op.f("ck_anchor_carried_from")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_anchor_claim_id_claim"),
        sa.ForeignKeyConstraint(["version_id"], ["article_version.id"], name="fk_anchor_version_id_article_version"),
        sa.ForeignKeyConstraint(["previous_id"], ["anchor.id"], name="fk_anchor_previous_id_anchor"),
        sa.PrimaryKeyConstraint("id", name="pk_anchor"),
    )
    op.create_index("ix_anchor_version_id", "anchor", ["version_id", "begins", "id"], **LIVE)
    op.create_index("ix_anchor_claim_id", "anchor", ["claim_id", "version_id"])
    op.create_index("ix_anchor_previous_id", "anchor", ["previous_id"])
    op.create_index("uq_anchor_place", "anchor", ["claim_id", "version_id", "begins", "ends"], unique=True, **LIVE)
    # In plain SQL: rebuilding the table for its constraints would lose the triggers that count and search claims.
    op.execute(
        "ALTER TABLE claim ADD COLUMN place VARCHAR(20) DEFAULT 'none' NOT NULL "
        "CONSTRAINT ck_claim_place CHECK (place IN ('none', 'placed', 'lost'))"
    )
    op.execute(
        "ALTER TABLE claim ADD COLUMN settled_words TEXT "
        "CONSTRAINT ck_claim_settled_iff_decided CHECK (settled_words IS NULL OR verdict_id IS NOT NULL)"
    )
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.execute(
        f"ALTER TABLE claim ADD COLUMN is_stale BOOLEAN DEFAULT {no} NOT NULL "
        "CONSTRAINT ck_claim_stale_has_verdict CHECK (NOT is_stale OR settled_words IS NOT NULL)"
    )
    op.create_index(
        "ix_claim_stale", "claim", ["article_id", "position", "id"], **where("is_stale AND withdrawn_at IS NULL")
    )
    op.create_index(
        "ix_claim_lost", "claim", ["article_id", "position", "id"], **where("place = 'lost' AND withdrawn_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_claim_lost", "claim")
    op.drop_index("ix_claim_stale", "claim")
    for column in ("is_stale", "settled_words", "place"):
        op.execute(f"ALTER TABLE claim DROP COLUMN {column}")
    op.drop_table("anchor")
    op.drop_table("passage")
    op.drop_table("original")
