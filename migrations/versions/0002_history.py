"""The append-only, hash-chained history."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GENESIS = "0" * 64


def upgrade() -> None:
    op.create_table(
        "history_head",
        sa.Column("id", ID, nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.Column("last_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_history_head_single_row")),
        sa.PrimaryKeyConstraint("id", name="pk_history_head"),
    )
    op.create_table(
        "history",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("claim_id", ID, nullable=True),
        sa.Column("article_id", ID, nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name=op.f("ck_history_hash_length")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_history_actor_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_action", "history", ["action", "id"], unique=False)
    op.create_index("ix_history_actor_id", "history", ["actor_id", "id"], unique=False)
    op.create_index("ix_history_article_id", "history", ["article_id", "id"], unique=False)
    op.create_index("ix_history_claim_id", "history", ["claim_id", "id"], unique=False)
    op.create_index("ix_history_subject", "history", ["subject", "subject_id", "id"], unique=False)
    op.execute(f"INSERT INTO history_head (id, last_id, last_hash) VALUES (1, 0, '{GENESIS}')")
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_no_{verb.lower()} BEFORE {verb} ON history "
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            )
        # "INSERT OR REPLACE" would delete without the trigger above.
        op.execute(
            "CREATE TRIGGER history_no_replace BEFORE INSERT ON history "
            "WHEN EXISTS (SELECT 1 FROM history WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("history")
    op.drop_table("history_head")
