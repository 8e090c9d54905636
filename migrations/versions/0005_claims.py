"""Claims, claimants, tags and comments."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHDRAWN: dict[str, Any] = {
    "sqlite_where": sa.text("withdrawn_at IS NOT NULL"),
    "postgresql_where": sa.text("withdrawn_at IS NOT NULL"),
}
LIVE: dict[str, Any] = {
    "sqlite_where": sa.text("withdrawn_at IS NULL"),
    "postgresql_where": sa.text("withdrawn_at IS NULL"),
}
OPEN: dict[str, Any] = {
    "sqlite_where": sa.text("kind = 'query' AND answer IS NULL AND withdrawn_at IS NULL"),
    "postgresql_where": sa.text("kind = 'query' AND answer IS NULL AND withdrawn_at IS NULL"),
}


def upgrade() -> None:
    # SQLite cannot add a key later, but may name a table that is still to come; PostgreSQL is the other way round.
    verdict_key = (
        [sa.ForeignKeyConstraint(["verdict_id", "id"], ["verdict.id", "verdict.claim_id"], name="fk_claim_verdict")]
        if op.get_bind().dialect.name == "sqlite"
        else []
    )
    op.create_table(
        "claimant",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_claimant_name_not_blank")),
        sa.PrimaryKeyConstraint("id", name="pk_claimant"),
        sa.UniqueConstraint("name", name="uq_claimant_name"),
    )
    op.create_table(
        "claim",
        sa.Column("id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("origin_key", sa.Text(), nullable=True),
        sa.Column("statement_he", sa.Text(), nullable=True),
        sa.Column("statement_en", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "figure",
                "date",
                "event",
                "quote",
                "attribution",
                "relation",
                "background",
                "prediction",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum("low", "normal", "high", name="priority", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "urgency",
            sa.Integer(),
            sa.Computed("CASE priority WHEN 'high' THEN 2 WHEN 'normal' THEN 1 ELSE 0 END", persisted=True),
            nullable=False,
        ),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("paragraph", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claimant_id", ID, nullable=True),
        sa.Column("is_attributed", sa.Boolean(), nullable=False),
        sa.Column("citation_id", ID, nullable=True),
        sa.Column(
            "cited_basis",
            sa.Enum(
                "none", "address", "read", name="cited_basis", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "unchecked",
                "checking",
                "awaiting",
                "verified",
                "partly",
                "disputed",
                "unverifiable",
                "opinion",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("verdict_id", ID, nullable=True),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("refutes", sa.Integer(), nullable=False),
        sa.Column("contexts", sa.Integer(), nullable=False),
        sa.Column(
            "proof",
            sa.Text(),
            sa.Computed(
                "CASE WHEN supports + refutes + contexts = 0 THEN 'none' "
                "WHEN supports > 0 AND refutes > 0 THEN 'conflict' ELSE 'some' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(cited_basis = 'none') = (citation_id IS NULL)", name=op.f("ck_claim_cited_iff_basis")),
        sa.CheckConstraint(
            "(status IN ('unchecked', 'checking')) = (verdict_id IS NULL)", name=op.f("ck_claim_decided_iff_verdict")
        ),
        sa.CheckConstraint(
            "trim(coalesce(statement_he, '')) <> '' OR trim(coalesce(statement_en, '')) <> ''",
            name=op.f("ck_claim_has_statement"),
        ),
        sa.CheckConstraint(
            "supports >= 0 AND refutes >= 0 AND contexts >= 0", name=op.f("ck_claim_counts_not_negative")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_claim_article_id_article"),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name="fk_claim_assignee_id_person"),
        sa.ForeignKeyConstraint(["citation_id"], ["citation.id"], name="fk_claim_citation_id_citation"),
        sa.ForeignKeyConstraint(["claimant_id"], ["claimant.id"], name="fk_claim_claimant_id_claimant"),
        *verdict_key,
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
        sa.UniqueConstraint("article_id", "number", name="uq_claim_article_id_number"),
        sa.UniqueConstraint("article_id", "origin_key", name="uq_claim_article_id_origin_key"),
    )
    op.create_index("ix_claim_assignee", "claim", ["assignee_id", "updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_changed", "claim", ["updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_citation_id", "claim", ["citation_id"], unique=False)
    op.create_index("ix_claim_claimant_id", "claim", ["claimant_id"], unique=False)
    op.create_index("ix_claim_kind", "claim", ["kind", "updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_opened", "claim", ["created_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_order", "claim", ["article_id", "position", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_priority", "claim", ["priority", "updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_proof", "claim", ["proof", "updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_status", "claim", ["status", "updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_urgency", "claim", ["urgency", "updated_at", "id"], unique=False, **LIVE)
    op.create_index("ix_claim_verdict_id", "claim", ["verdict_id"], unique=False)
    op.create_index("ix_claim_withdrawn_at", "claim", ["withdrawn_at"], unique=False, **WITHDRAWN)
    op.create_table(
        "claim_tag",
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_claim_tag_name_not_blank")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_claim_tag_claim_id_claim"),
        sa.PrimaryKeyConstraint("claim_id", "name", name="pk_claim_tag"),
    )
    op.create_index("ix_claim_tag_name", "claim_tag", ["name", "claim_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("note", "query", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", ID, nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind = 'query' OR answer IS NULL", name=op.f("ck_comment_only_queries_answered")),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_comment_text_not_blank")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_comment_answer_whole"),
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name="fk_comment_answered_by_id_person"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_comment_author_id_person"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_comment_claim_id_claim"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_claim_id", "comment", ["claim_id", "id"], unique=False)
    op.create_index("ix_comment_open", "comment", ["claim_id"], unique=False, **OPEN)


def downgrade() -> None:
    op.drop_table("comment")
    op.drop_table("claim_tag")
    op.drop_table("claim")
    op.drop_table("claimant")
