"""What was published about claims before, every reading of it, and the index that search and likeness read."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FORMS = ("json_ld", "microdata", "rdfa", "feed", "fact_check_tools")


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "earlier_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("renewed", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_earlier_import_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_earlier_import"),
    )
    op.create_table(
        "earlier_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("claimant", sa.Text(), nullable=True),
        sa.Column("claimed_on", sa.Text(), nullable=True),
        sa.Column("appearances", sa.JSON(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("reviewed_on", sa.Text(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("rating_value", sa.Text(), nullable=True),
        sa.Column("rating_best", sa.Text(), nullable=True),
        sa.Column("rating_worst", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("telling", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.Text(), sa.Computed("coalesce(reviewed_on, '')", persisted=True), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("trim(claim) <> ''", name=op.f("ck_earlier_check_claim_not_blank")),
        sa.CheckConstraint("length(key) = 64", name=op.f("ck_earlier_check_key_length")),
        sa.CheckConstraint(
            "address IS NULL OR address LIKE 'http://%' OR address LIKE 'https://%'",
            name=op.f("ck_earlier_check_address_is_web"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_earlier_check"),
        sa.UniqueConstraint("key", name="uq_earlier_check_key"),
    )
    live = where("withdrawn_at IS NULL")
    op.create_index("ix_earlier_check_listed", "earlier_check", ["listed_on", "id"], **live)
    op.create_table(
        "earlier_reading",
        sa.Column("id", ID, nullable=False),
        sa.Column("check_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column(
            "form",
            sa.Enum(*FORMS, name="form", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_earlier_reading_digest_length")),
        sa.ForeignKeyConstraint(["check_id"], ["earlier_check.id"], name="fk_earlier_reading_check_id_earlier_check"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["earlier_import.id"], name="fk_earlier_reading_import_id_earlier_import"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_earlier_reading"),
        sa.UniqueConstraint("check_id", "digest", name="uq_earlier_reading_check_id_digest"),
    )
    op.create_index("ix_earlier_reading_import_id", "earlier_reading", ["import_id"])
    if op.get_bind().dialect.name == "sqlite":
        create_search()


def create_search() -> None:
    """Create the index of words, kept by triggers, and the list of its words with how many checks have each."""
    op.execute(
        "CREATE VIRTUAL TABLE earlier_search USING fts5(telling, search_text, content='earlier_check',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    op.execute("CREATE VIRTUAL TABLE earlier_word USING fts5vocab(earlier_search, 'col')")
    names = "rowid, telling, search_text"
    add = f"INSERT INTO earlier_search ({names}) VALUES (NEW.id, NEW.telling, NEW.search_text);"
    remove = (
        f"INSERT INTO earlier_search (earlier_search, {names}) VALUES ('delete', OLD.id, OLD.telling, OLD.search_text);"
    )
    words = "UPDATE OF telling, search_text"
    op.execute(f"CREATE TRIGGER earlier_search_insert AFTER INSERT ON earlier_check BEGIN {add} END")
    op.execute(f"CREATE TRIGGER earlier_search_delete AFTER DELETE ON earlier_check BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER earlier_search_update AFTER {words} ON earlier_check BEGIN {remove} {add} END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER earlier_search_{verb}")
        op.execute("DROP TABLE earlier_word")
        op.execute("DROP TABLE earlier_search")
    for table in ("earlier_reading", "earlier_check", "earlier_import"):
        op.drop_table(table)
