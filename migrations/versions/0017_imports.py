"""Tables that were brought in, each undone as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", words("kind", "claims", "evidence", "sources", "articles"), nullable=False),
        sa.Column("article_id", ID, nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("first_entry", ID, nullable=False),
        sa.Column("last_entry", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.Column("undone_why", sa.Text(), nullable=True),
        sa.Column("undo_first", ID, nullable=True),
        sa.Column("undo_last", ID, nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_import_digest_length")),
        sa.CheckConstraint("first_entry <= last_entry", name=op.f("ck_import_first_to_last")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_why IS NULL) AND (undone_at IS NULL) = (undo_first IS NULL)"
            " AND (undone_at IS NULL) = (undo_last IS NULL) AND (undone_at IS NOT NULL OR undone_by_id IS NULL)",
            name=op.f("ck_import_undone_whole"),
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_import_article_id_article"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_import_person_id_person"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name="fk_import_undone_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_import"),
    )
    op.create_index("ix_import_sha256", "import", ["sha256"])


def downgrade() -> None:
    op.drop_table("import")
