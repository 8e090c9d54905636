"""Reports that are written while nobody waits for them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    states = sa.Enum(
        *("waiting", "running", "ready", "failed", "expired"),
        name="state",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "export",
        sa.Column("id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("file_format", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("state", states, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("written", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failure_values", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('ready', 'expired')) = (sha256 IS NOT NULL)", name=op.f("ck_export_ready_iff_digest")
        ),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_export_failed_iff_reason")),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_export_running_iff_leased")
        ),
        sa.CheckConstraint(
            "(state IN ('waiting', 'running')) = (finished_at IS NULL)", name=op.f("ck_export_finished_iff_over")
        ),
        sa.CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name=op.f("ck_export_digest_length")),
        sa.CheckConstraint(
            "written >= 0 AND (total IS NULL OR written <= total)", name=op.f("ck_export_written_of_total")
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_export_article_id_article")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_export_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_article_id", "export", ["article_id", "id"])
    op.create_index("ix_export_open", "export", ["id"], **where("state IN ('waiting', 'running')"))
    op.create_index("ix_export_finished_at", "export", ["finished_at"], **where("state = 'ready'"))


def downgrade() -> None:
    op.drop_table("export")
