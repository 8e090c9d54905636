"""Counts of claims for the filters, kept by triggers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("status", "kind", "priority", "assignee_id", "proof")


def add(row: str, amount: str) -> str:
    """Return the statements that change the counts of the row's article and of the whole desk."""
    values = ", ".join(
        f"coalesce({row}.assignee_id, 0)" if column == "assignee_id" else f"{row}.{column}" for column in KEY
    )
    return "".join(
        f"INSERT INTO claim_tally (article_id, {', '.join(KEY)}, number) "
        f"SELECT {article}, {values}, {amount} WHERE {row}.withdrawn_at IS NULL "
        f"ON CONFLICT DO UPDATE SET number = number + ({amount}); "
        for article in (f"{row}.article_id", "0")
    )


def upgrade() -> None:
    op.create_table(
        "claim_tally",
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("assignee_id", ID, autoincrement=False, nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "article_id", "status", "kind", "priority", "assignee_id", "proof", name="pk_claim_tally"
        ),
    )
    op.execute(
        f"INSERT INTO claim_tally (article_id, {', '.join(KEY)}, number) "
        "SELECT a.id, status, kind, priority, coalesce(assignee_id, 0), proof, count(*) FROM claim "
        "JOIN (SELECT id FROM article UNION SELECT 0) AS a ON a.id IN (0, claim.article_id) "
        "WHERE claim.withdrawn_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6"
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    watched = ", ".join((*KEY, "supports", "refutes", "contexts", "article_id", "withdrawn_at"))
    op.execute(f"CREATE TRIGGER claim_tally_insert AFTER INSERT ON claim BEGIN {add('NEW', '1')} END")
    op.execute(f"CREATE TRIGGER claim_tally_delete AFTER DELETE ON claim BEGIN {add('OLD', '-1')} END")
    op.execute(
        f"CREATE TRIGGER claim_tally_update AFTER UPDATE OF {watched.replace('proof, ', '')} ON claim "
        f"BEGIN {add('OLD', '-1')} {add('NEW', '1')} END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER claim_tally_{verb}")
    op.drop_table("claim_tally")
