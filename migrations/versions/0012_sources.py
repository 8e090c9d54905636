"""Who stands behind a source, whom it repeats, who was asked, and whose name is kept from whom."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("page", "document", "statistic", "book", "broadcast", "person", "observation", "other")
NEW_KINDS = (*KINDS[:2], "post", *KINDS[2:])


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def source(*more: Any) -> sa.Table:
    """Return the table as it is in the middle, without its checks; SQLite rebuilds it from this."""
    return sa.Table(
        "source",
        sa.MetaData(),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("has_composed_title", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("original_address", sa.Text(), nullable=True),
        sa.Column("publisher_id", ID, nullable=True),
        sa.Column("published_on", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("origin_id", ID, nullable=True),
        sa.Column("confidential_number", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        *more,
    )


CHECKS = {
    "ck_source_address_is_web": "address IS NULL OR address LIKE 'http://%' OR address LIKE 'https://%'",
    "ck_source_title_not_blank": "trim(title) <> ''",
}
NEW_CHECKS = {
    "ck_source_original_has_address": "original_address IS NULL OR address IS NOT NULL",
    "ck_source_origin_is_another": "origin_id <> id",
    "ck_source_confidential_is_bare": (
        "confidential_number IS NULL OR (address IS NULL AND publisher_id IS NULL AND published_on IS NULL"
        " AND notes IS NULL)"
    ),
}


def checks(kinds: tuple[str, ...], conditions: dict[str, str]) -> tuple[sa.CheckConstraint, ...]:
    """Return the checks of the table in a fixed order, as SQLite rebuilds it with them."""
    all_of_them = {"ck_source_kind": f"kind IN {kinds}", **conditions}
    return tuple(sa.CheckConstraint(condition, name=op.f(name)) for name, condition in all_of_them.items())


def drop_indexes() -> None:
    for name in ("ix_source_created_at", "uq_source_address"):
        op.drop_index(name, "source")


def create_indexes() -> None:
    """Create the indexes anew after the table was, which would do it in any order."""
    op.create_index("ix_source_created_at", "source", ["created_at", "id"])
    op.create_index("uq_source_address", "source", ["address"], unique=True, **where("withdrawn_at IS NULL"))


def upgrade() -> None:
    op.create_table(
        "publisher",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_publisher_name_not_blank")),
        sa.PrimaryKeyConstraint("id", name="pk_publisher"),
        sa.UniqueConstraint("domain", name="uq_publisher_domain"),
        sa.UniqueConstraint("name", name="uq_publisher_name"),
    )
    op.create_index("ix_publisher_group_name", "publisher", ["group_name"])
    op.execute(
        "INSERT INTO publisher (name, created_at) SELECT trim(publisher), min(created_at) FROM source "
        "WHERE trim(publisher) <> '' GROUP BY trim(publisher) ORDER BY min(id)"
    )
    op.add_column("source", sa.Column("original_address", sa.Text(), nullable=True))
    op.add_column("source", sa.Column("publisher_id", ID, nullable=True))
    op.add_column("source", sa.Column("origin_id", ID, nullable=True))
    op.add_column("source", sa.Column("confidential_number", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE source SET publisher_id = "
        "(SELECT publisher.id FROM publisher WHERE publisher.name = trim(source.publisher))"
    )
    made = checks(NEW_KINDS, CHECKS | NEW_CHECKS)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_source_kind"), "source")
        op.create_check_constraint(op.f("ck_source_kind"), "source", f"kind IN {NEW_KINDS}")
        for name, condition in NEW_CHECKS.items():
            op.create_check_constraint(op.f(name), "source", condition)
    drop_indexes()
    with op.batch_alter_table("source", copy_from=source(), table_args=made) as batch:
        batch.drop_column("publisher")
        batch.create_foreign_key("fk_source_publisher_id_publisher", "publisher", ["publisher_id"], ["id"])
        batch.create_foreign_key("fk_source_origin_id_source", "source", ["origin_id"], ["id"])
        batch.create_unique_constraint("uq_source_confidential_number", ["confidential_number"])
    create_indexes()
    op.create_index("ix_source_publisher_id", "source", ["publisher_id", "id"])
    op.create_index("ix_source_origin_id", "source", ["origin_id"])
    op.create_table(
        "source_secret",
        sa.Column("source_id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_source_secret_name_not_blank")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_source_secret_source_id_source"),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_secret"),
    )
    op.create_table(
        "source_reader",
        sa.Column("source_id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_source_reader_person_id_person"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_source_reader_source_id_source"),
        sa.PrimaryKeyConstraint("source_id", "person_id", name="pk_source_reader"),
    )
    op.create_table(
        "contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column(
            "channel", words("channel", "phone", "email", "message", "meeting", "letter", "other"), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("terms", words("terms", "record", "background", "off"), nullable=False),
        sa.Column("is_read_back", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("trim(question) <> ''", name=op.f("ck_contact_question_not_blank")),
        sa.CheckConstraint("NOT is_read_back OR answer IS NOT NULL", name=op.f("ck_contact_read_back_has_answer")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_contact_asked_by_id_person"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_contact_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_index("ix_contact_source_id", "contact", ["source_id", "asked_at", "id"])
    op.execute(
        "ALTER TABLE article ADD COLUMN source_rule VARCHAR(20) DEFAULT 'two' NOT NULL "
        "CONSTRAINT ck_article_source_rule CHECK (source_rule IN ('off', 'two', 'three'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE article DROP COLUMN source_rule")
    for table in ("contact", "source_reader", "source_secret"):
        op.drop_table(table)
    op.add_column("source", sa.Column("publisher", sa.Text(), nullable=True))
    op.execute("UPDATE source SET publisher = (SELECT name FROM publisher WHERE publisher.id = publisher_id)")
    op.execute("UPDATE source SET kind = 'page' WHERE kind = 'post'")
    present = source(
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name="fk_source_publisher_id_publisher"),
        sa.ForeignKeyConstraint(["origin_id"], ["source.id"], name="fk_source_origin_id_source"),
        sa.UniqueConstraint("confidential_number", name="uq_source_confidential_number"),
    )
    op.drop_index("ix_source_origin_id", "source")
    op.drop_index("ix_source_publisher_id", "source")
    drop_indexes()
    if op.get_bind().dialect.name != "sqlite":
        for name in ("ck_source_kind", *NEW_CHECKS):
            op.drop_constraint(op.f(name), "source")
        op.create_check_constraint(op.f("ck_source_kind"), "source", f"kind IN {KINDS}")
    with op.batch_alter_table("source", copy_from=present, table_args=checks(KINDS, CHECKS)) as batch:
        batch.drop_constraint("uq_source_confidential_number", type_="unique")
        batch.drop_constraint("fk_source_origin_id_source", type_="foreignkey")
        batch.drop_constraint("fk_source_publisher_id_publisher", type_="foreignkey")
        for column in ("confidential_number", "origin_id", "publisher_id", "original_address"):
            batch.drop_column(column)
    create_indexes()
    op.drop_table("publisher")
