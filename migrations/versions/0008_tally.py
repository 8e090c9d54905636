"""Counts of claims for the filters, kept by triggers: by each single word, and by each combination."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

WORDS = ("status", "kind", "priority", "assignee_id", "proof")


def upsert(table: str, columns: tuple[str, ...], values: str, row: str, amount: int) -> str:
    return (
        f"INSERT INTO {table} ({', '.join(columns)}, number) "
        f"SELECT {values}, {amount} WHERE {row}.withdrawn_at IS NULL "
        f"ON CONFLICT DO UPDATE SET number = number + ({amount}); "
    )


def count(row: str, amount: int) -> str:
    """Return the statements that count a row, or uncount it, for its article and for the whole desk (0)."""
    value = {word: f"{row}.{word}" for word in WORDS} | {"assignee_id": f"coalesce({row}.assignee_id, 0)"}
    statements = ""
    for article in (f"{row}.article_id", "0"):
        everything = f"{article}, {', '.join(value.values())}"
        statements += upsert("claim_tally", ("article_id", *WORDS), everything, row, amount)
        for word in WORDS:
            single = f"{article}, '{word}', {value[word]}"
            statements += upsert("claim_facet", ("article_id", "facet", "value"), single, row, amount)
    return statements


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
        sa.PrimaryKeyConstraint("article_id", *WORDS, name="pk_claim_tally"),
    )
    op.create_table(
        "claim_facet",
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "facet", "value", name="pk_claim_facet"),
    )
    for article in ("article_id", "0"):
        op.execute(
            f"INSERT INTO claim_tally (article_id, {', '.join(WORDS)}, number) "
            f"SELECT {article}, status, kind, priority, coalesce(assignee_id, 0), proof, count(*) "
            "FROM claim WHERE withdrawn_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6"
        )
    for word in WORDS:
        op.execute(
            "INSERT INTO claim_facet (article_id, facet, value, number) "
            f"SELECT article_id, '{word}', {word}, sum(number) FROM claim_tally GROUP BY 1, 2, 3"
        )
    if op.get_bind().dialect.name != "sqlite":
        return
    watched = "status, kind, priority, assignee_id, supports, refutes, contexts, article_id, withdrawn_at"
    op.execute(f"CREATE TRIGGER claim_tally_insert AFTER INSERT ON claim BEGIN {count('NEW', 1)} END")
    op.execute(f"CREATE TRIGGER claim_tally_delete AFTER DELETE ON claim BEGIN {count('OLD', -1)} END")
    op.execute(
        f"CREATE TRIGGER claim_tally_update AFTER UPDATE OF {watched} ON claim "
        f"BEGIN {count('OLD', -1)} {count('NEW', 1)} END"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER claim_tally_{verb}")
    op.drop_table("claim_facet")
    op.drop_table("claim_tally")
