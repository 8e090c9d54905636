"""Captured copies, what was found in them, what has to be looked at again, and what is watched."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


OPEN = where("state IN ('waiting', 'running')")
UNSETTLED = "settled_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "capture",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("trigger", words("trigger", "asked", "added", "command", "watch", "upload"), nullable=False),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("state", words("state", "waiting", "running", "kept", "failed"), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("failure_values", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("final_address", sa.Text(), nullable=True),
        sa.Column("redirects", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("charset", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("warc_sha256", sa.Text(), nullable=True),
        sa.Column("text_sha256", sa.Text(), nullable=True),
        sa.Column("text_note", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("software", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'kept') = (sha256 IS NOT NULL)", name=op.f("ck_capture_kept_iff_digest")),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_capture_failed_iff_reason")),
        sa.CheckConstraint(
            "(state IN ('kept', 'failed')) = (finished_at IS NOT NULL)", name=op.f("ck_capture_finished_iff_over")
        ),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_capture_running_iff_leased")
        ),
        sa.CheckConstraint("(trigger = 'upload') = (address IS NULL)", name=op.f("ck_capture_address_unless_upload")),
        sa.CheckConstraint("sha256 IS NULL OR length(sha256) = 64", name=op.f("ck_capture_digest_length")),
        sa.CheckConstraint(
            "warc_sha256 IS NULL OR length(warc_sha256) = 64", name=op.f("ck_capture_warc_digest_length")
        ),
        sa.CheckConstraint(
            "text_sha256 IS NULL OR length(text_sha256) = 64", name=op.f("ck_capture_text_digest_length")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_capture_source_id_source"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_capture_asked_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_capture"),
    )
    op.create_index("ix_capture_source_id", "capture", ["source_id", "id"])
    op.create_index("uq_capture_open", "capture", ["source_id"], unique=True, **OPEN)
    op.create_index("ix_capture_due", "capture", ["due_at", "id"], **OPEN)
    op.create_index("ix_capture_host", "capture", ["host", "finished_at"])
    op.create_index("ix_capture_finished_at", "capture", ["finished_at", "id"])
    op.create_index("ix_capture_sha256", "capture", ["sha256"])
    op.create_table(
        "deposit",
        sa.Column("capture_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", words("state", "waiting", "asked", "kept", "failed"), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("memento", sa.Text(), nullable=True),
        sa.Column("memento_at", sa.DateTime(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(state = 'kept') = (memento IS NOT NULL)", name=op.f("ck_deposit_kept_iff_address")),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_deposit_failed_iff_reason")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name="fk_deposit_capture_id_capture"),
        sa.PrimaryKeyConstraint("capture_id", name="pk_deposit"),
    )
    op.create_index("ix_deposit_due", "deposit", ["due_at", "capture_id"], **where("state IN ('waiting', 'asked')"))
    op.create_table(
        "day_stamp",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("list_sha256", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "length(list_sha256) = 64 AND length(token_sha256) = 64", name=op.f("ck_day_stamp_digest_length")
        ),
        sa.PrimaryKeyConstraint("day", name="pk_day_stamp"),
    )
    op.create_table(
        "copy_check",
        sa.Column("evidence_id", ID, autoincrement=False, nullable=False),
        sa.Column("capture_id", ID, nullable=False),
        sa.Column("passage", words("passage", "none", "found", "missing"), nullable=False),
        sa.Column("figure", words("figure", "none", "found", "missing"), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_copy_check_evidence_id_evidence"),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name="fk_copy_check_capture_id_capture"),
        sa.PrimaryKeyConstraint("evidence_id", name="pk_copy_check"),
    )
    op.create_table(
        "look",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column(
            "reason",
            words("reason", "dead", "moved", "changed", "passage_gone", "recheck", "source_rule"),
            nullable=False,
        ),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("capture_id", ID, nullable=True),
        sa.Column("before_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_why IS NULL) AND (settled_at IS NOT NULL OR settled_by_id IS NULL)",
            name=op.f("ck_look_settled_whole"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name="fk_look_claim_id_claim"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_look_source_id_source"),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name="fk_look_capture_id_capture"),
        sa.ForeignKeyConstraint(["before_id"], ["capture.id"], name="fk_look_before_id_capture"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_look_person_id_person"),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name="fk_look_settled_by_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_look"),
    )
    with_source, without = f"{UNSETTLED} AND source_id IS NOT NULL", f"{UNSETTLED} AND source_id IS NULL"
    op.create_index("uq_look_source", "look", ["claim_id", "reason", "source_id"], unique=True, **where(with_source))
    op.create_index("uq_look_claim", "look", ["claim_id", "reason"], unique=True, **where(without))
    op.create_index("ix_look_person_id", "look", ["person_id", "id"], **where(UNSETTLED))
    op.create_index("ix_look_claim_id", "look", ["claim_id", "id"])
    op.create_index("ix_look_source_id", "look", ["source_id", "id"])
    op.create_table(
        "watch",
        sa.Column("source_id", ID, autoincrement=False, nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("health", words("health", "unknown", "same", "changed", "moved", "dead", "silent"), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("base_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("every_days >= 1", name=op.f("ck_watch_every_day_at_most")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_watch_source_id_source"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_watch_asked_by_id_person"),
        sa.ForeignKeyConstraint(["base_id"], ["capture.id"], name="fk_watch_base_id_capture"),
        sa.PrimaryKeyConstraint("source_id", name="pk_watch"),
    )
    op.create_index("ix_watch_due_at", "watch", ["due_at", "source_id"])
    # In plain SQL: rebuilding the table for its constraints would lose the triggers that count and search claims.
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    op.execute(f"ALTER TABLE claim ADD COLUMN needs_look BOOLEAN DEFAULT {no} NOT NULL")
    op.execute(
        "ALTER TABLE claim ADD COLUMN differing INTEGER DEFAULT '0' NOT NULL "
        "CONSTRAINT ck_claim_differing_not_negative CHECK (differing >= 0)"
    )
    op.execute("ALTER TABLE claim ADD COLUMN recheck_on DATE")
    few = ["article_id", "position", "id"]
    op.create_index("ix_claim_look", "claim", few, **where("needs_look AND withdrawn_at IS NULL"))
    op.create_index("ix_claim_differs", "claim", few, **where("differing > 0 AND withdrawn_at IS NULL"))
    op.create_index("ix_claim_recheck_on", "claim", ["recheck_on"], **where("recheck_on IS NOT NULL"))


def downgrade() -> None:
    for name in ("recheck_on", "differs", "look"):
        op.drop_index(f"ix_claim_{name}", "claim")
    for column in ("recheck_on", "differing", "needs_look"):
        op.execute(f"ALTER TABLE claim DROP COLUMN {column}")
    for table in ("watch", "look", "copy_check", "day_stamp", "deposit", "capture"):
        op.drop_table(table)
