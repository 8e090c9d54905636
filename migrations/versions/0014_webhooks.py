"""Who outside is told of what happens, and each message on its way to them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("seen_id", ID, nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_webhook_name_not_blank")),
        sa.CheckConstraint(
            "address LIKE 'http://%' OR address LIKE 'https://%'", name=op.f("ck_webhook_address_is_web")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name="fk_webhook_created_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    state = sa.Enum(
        "waiting", "running", "delivered", "failed", name="state", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failure_values", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_webhook_delivery_running_iff_leased")
        ),
        sa.CheckConstraint(
            "(state IN ('delivered', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_webhook_delivery_finished_iff_over"),
        ),
        sa.CheckConstraint(
            "state <> 'failed' OR failure IS NOT NULL", name=op.f("ck_webhook_delivery_failed_has_reason")
        ),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id_webhook"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.UniqueConstraint("webhook_id", "entry_id", name="uq_webhook_delivery_webhook_id_entry_id"),
    )
    is_open = sa.text("state IN ('waiting', 'running')")
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["due_at", "id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
