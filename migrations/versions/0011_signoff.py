"""What answers for a text: confirmed verdicts, waived passages, and the sign-offs of a version."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE: dict[str, Any] = {
    "sqlite_where": sa.text("withdrawn_at IS NULL"),
    "postgresql_where": sa.text("withdrawn_at IS NULL"),
}


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", ID, nullable=False),
        sa.Column("verdict_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("words_before", sa.Text(), nullable=False),
        sa.Column("words_after", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("trim(why) <> ''", name=op.f("ck_confirmation_has_reason")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name="fk_confirmation_verdict_id_verdict"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name="fk_confirmation_version_id_article_version"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_confirmation_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
    )
    op.create_index("ix_confirmation_verdict_id", "confirmation", ["verdict_id", "id"])
    op.create_table(
        "waiver",
        sa.Column("id", ID, nullable=False),
        sa.Column("passage_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("previous_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("trim(why) <> ''", name=op.f("ck_waiver_has_reason")),
        sa.ForeignKeyConstraint(["passage_id"], ["passage.id"], name="fk_waiver_passage_id_passage"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_waiver_person_id_person"),
        sa.ForeignKeyConstraint(["previous_id"], ["waiver.id"], name="fk_waiver_previous_id_waiver"),
        sa.PrimaryKeyConstraint("id", name="pk_waiver"),
    )
    op.create_index("uq_waiver_passage", "waiver", ["passage_id"], unique=True, **LIVE)
    op.create_table(
        "sign_off",
        sa.Column("id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column(
            "side",
            sa.Enum("editor", "legal", name="side", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("open_items", sa.JSON(), nullable=False),
        sa.Column("override_why", sa.Text(), nullable=True),
        sa.Column("history_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", ID, nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_sign_off_digest_length")),
        sa.CheckConstraint(
            "override_why IS NULL OR trim(override_why) <> ''", name=op.f("ck_sign_off_override_has_reason")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_why IS NULL)",
            name=op.f("ck_sign_off_withdrawal_whole"),
        ),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_sign_off_article_id_article"),
        sa.ForeignKeyConstraint(["version_id"], ["article_version.id"], name="fk_sign_off_version_id_article_version"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sign_off_person_id_person"),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name="fk_sign_off_withdrawn_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_off"),
    )
    op.create_index("ix_sign_off_article_id", "sign_off", ["article_id", "id"])
    op.add_column("article", sa.Column("asks_legal", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("person", sa.Column("signs_legal", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("person", "signs_legal")
    op.drop_column("article", "asks_legal")
    op.drop_table("sign_off")
    op.drop_table("waiver")
    op.drop_table("confirmation")
