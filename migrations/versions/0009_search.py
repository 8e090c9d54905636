"""The index that search reads, kept by triggers over the folded statements."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        "CREATE VIRTUAL TABLE claim_search USING fts5("
        "search_text, content='claim', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    op.execute("INSERT INTO claim_search (claim_search) VALUES ('rebuild')")
    add = "INSERT INTO claim_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);"
    remove = "INSERT INTO claim_search (claim_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);"
    op.execute(f"CREATE TRIGGER claim_search_insert AFTER INSERT ON claim BEGIN {add} END")
    op.execute(f"CREATE TRIGGER claim_search_delete AFTER DELETE ON claim BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER claim_search_update AFTER UPDATE OF search_text ON claim BEGIN {remove} {add} END")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for verb in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER claim_search_{verb}")
    op.execute("DROP TABLE claim_search")
