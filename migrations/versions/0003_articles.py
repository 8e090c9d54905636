"""Articles, their versions and the links they cite."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", ID, nullable=False),
        sa.Column("origin_key", sa.Text(), nullable=True),
        sa.Column("title_he", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=True),
        sa.Column("byline", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Text(), nullable=True),
        sa.Column("deadline_at", sa.DateTime(), nullable=True),
        sa.Column(
            "second_check",
            sa.Enum("off", "high", "all", name="second_check", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("language IN ('he', 'en')", name=op.f("ck_article_language_known")),
        sa.CheckConstraint(
            "trim(coalesce(title_he, '')) <> '' OR trim(coalesce(title_en, '')) <> ''",
            name=op.f("ck_article_has_title"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("origin_key", name="uq_article_origin_key"),
    )
    op.create_index("ix_article_created_at", "article", ["created_at", "id"], unique=False)
    op.create_index("ix_article_deadline_at", "article", ["deadline_at"], unique=False)
    op.create_table(
        "article_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("text_sha256", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(text IS NULL) = (text_sha256 IS NULL)", name=op.f("ck_article_version_digest_iff_text")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_article_version_number_from_one")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_version_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_article_version"),
        sa.UniqueConstraint("article_id", "number", name="uq_article_version_article_id_number"),
    )
    op.create_table(
        "citation",
        sa.Column("id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "address LIKE 'http://%' OR address LIKE 'https://%'", name=op.f("ck_citation_address_is_web")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_citation_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_citation"),
        sa.UniqueConstraint("article_id", "address", name="uq_citation_article_id_address"),
    )


def downgrade() -> None:
    op.drop_table("citation")
    op.drop_table("article_version")
    op.drop_table("article")
