"""The truth stands in the schema too: each constraint is broken once by hand, past all rules, and refuses.

Enumerated from the tables, so that a constraint without a row here fails the tests.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, Column, Engine, ForeignKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims_app.db import Base
from tests.factories import Factory

COPY_VERDICT = (
    "INSERT INTO verdict (claim_id, finding, rationale_en, proposed_by_id, needs_second_check, created_at) "
    "SELECT claim_id, finding, rationale_en, proposed_by_id, needs_second_check, created_at FROM verdict "
    "WHERE ended_at IS NULL"
)
ENTRY = (
    "INSERT INTO history (at, actor_name, action, subject, changes, previous_hash, hash) "
    "SELECT at, actor_name, action, subject, changes, previous_hash, 'short' FROM history LIMIT 1"
)
COPY_TAG = "INSERT INTO claim_tag (claim_id, name) SELECT claim_id, ' ' FROM claim_tag"

CHECKS = {
    "ck_anchor_begins_before_end": "UPDATE anchor SET begins = ends, quote = ''",
    "ck_anchor_carried_from": "UPDATE anchor SET previous_id = NULL",
    "ck_anchor_outcome": "UPDATE anchor SET outcome = 'guessed' WHERE previous_id IS NOT NULL",
    "ck_anchor_quote_fits": "UPDATE anchor SET quote = quote || '!'",
    "ck_article_has_title": "UPDATE article SET title_he = ' ', title_en = NULL",
    "ck_article_language_known": "UPDATE article SET language = 'fr'",
    "ck_article_second_check": "UPDATE article SET second_check = 'some'",
    "ck_article_source_rule": "UPDATE article SET source_rule = 'four'",
    "ck_article_version_digest_iff_text": "UPDATE article_version SET text_sha256 = NULL",
    "ck_article_version_number_from_one": "UPDATE article_version SET number = 0 WHERE number = 1",
    "ck_capture_address_unless_upload": "UPDATE capture SET address = NULL",
    "ck_capture_digest_length": "UPDATE capture SET sha256 = 'short' WHERE state = 'kept'",
    "ck_capture_failed_iff_reason": "UPDATE capture SET failure = NULL",
    "ck_capture_finished_iff_over": "UPDATE capture SET finished_at = due_at WHERE state = 'waiting'",
    "ck_capture_kept_iff_digest": "UPDATE capture SET sha256 = NULL",
    "ck_capture_running_iff_leased": "UPDATE capture SET lease_until = NULL",
    "ck_capture_state": "UPDATE capture SET state = 'lost' WHERE state = 'waiting'",
    "ck_capture_text_digest_length": "UPDATE capture SET text_sha256 = 'short'",
    "ck_capture_trigger": "UPDATE capture SET trigger = 'whim'",
    "ck_capture_warc_digest_length": "UPDATE capture SET warc_sha256 = 'short'",
    "ck_citation_address_is_web": "UPDATE citation SET address = 'javascript:alert(1)'",
    "ck_claim_cited_basis": "UPDATE claim SET cited_basis = 'guessed' WHERE citation_id IS NOT NULL",
    "ck_claim_cited_iff_basis": "UPDATE claim SET citation_id = NULL",
    "ck_claim_counts_not_negative": "UPDATE claim SET refutes = -1",
    "ck_claim_decided_iff_verdict": "UPDATE claim SET status = 'verified' WHERE verdict_id IS NULL",
    "ck_claim_differing_not_negative": "UPDATE claim SET differing = -1",
    "ck_claim_has_statement": "UPDATE claim SET statement_he = NULL, statement_en = ' '",
    "ck_claim_first_appearance_is_web": "UPDATE claim SET first_appearance = 'in the square'",
    "ck_claim_kind": "UPDATE claim SET kind = 'rumour'",
    "ck_claim_place": "UPDATE claim SET place = 'somewhere'",
    "ck_claim_priority": "UPDATE claim SET priority = 'urgent'",
    "ck_claim_settled_iff_decided": "UPDATE claim SET settled_words = 'x' WHERE verdict_id IS NULL",
    "ck_claim_stale_has_verdict": "UPDATE claim SET is_stale = 1 WHERE settled_words IS NULL",
    "ck_claim_status": "UPDATE claim SET status = 'lost' WHERE verdict_id IS NOT NULL",
    "ck_claim_tag_name_not_blank": COPY_TAG,
    "ck_claim_review_modified_after_published": "UPDATE claim_review SET modified_at = '2000-01-01'",
    "ck_claimant_kind": "UPDATE claimant SET kind = 'oracle' WHERE kind IS NOT NULL",
    "ck_claimant_same_as_is_web": "UPDATE claimant SET same_as = 'Q42'",
    "ck_claimant_name_not_blank": "UPDATE claimant SET name = ' '",
    "ck_comment_answer_whole": "UPDATE comment SET answered_at = NULL",
    "ck_comment_kind": "UPDATE comment SET kind = 'shout' WHERE answer IS NULL",
    "ck_comment_only_queries_answered": "UPDATE comment SET kind = 'note'",
    "ck_comment_text_not_blank": "UPDATE comment SET text = ' '",
    "ck_confirmation_has_reason": "UPDATE confirmation SET why = ' '",
    "ck_contact_channel": "UPDATE contact SET channel = 'pigeon'",
    "ck_contact_question_not_blank": "UPDATE contact SET question = ' '",
    "ck_contact_read_back_has_answer": "UPDATE contact SET answer = NULL WHERE is_read_back",
    "ck_contact_terms": "UPDATE contact SET terms = 'gossip'",
    "ck_copy_check_figure": "UPDATE copy_check SET figure = 'perhaps'",
    "ck_copy_check_passage": "UPDATE copy_check SET passage = 'perhaps'",
    "ck_correction_has_text": "UPDATE correction SET text_he = ' ', text_en = NULL",
    "ck_day_stamp_digest_length": "UPDATE day_stamp SET token_sha256 = 'short'",
    "ck_deposit_failed_iff_reason": "UPDATE deposit SET failure = NULL",
    "ck_deposit_kept_iff_address": "UPDATE deposit SET memento = 'https://archive.example/1'",
    "ck_deposit_state": "UPDATE deposit SET state = 'lost', failure = NULL",
    "ck_earlier_check_address_is_web": "UPDATE earlier_check SET address = 'javascript:alert(1)'",
    "ck_earlier_check_claim_not_blank": "UPDATE earlier_check SET claim = ' '",
    "ck_earlier_check_key_length": "UPDATE earlier_check SET key = 'short'",
    "ck_earlier_reading_digest_length": "UPDATE earlier_reading SET digest = 'short'",
    "ck_earlier_reading_form": "UPDATE earlier_reading SET form = 'hearsay'",
    "ck_evidence_rank": "UPDATE evidence SET rank = 'tertiary'",
    "ck_evidence_stance": "UPDATE evidence SET stance = 'neutral'",
    "ck_evidence_summary_not_blank": "UPDATE evidence SET summary = ' '",
    "ck_export_digest_length": "UPDATE export SET state = 'ready', finished_at = created_at, sha256 = 'short'",
    "ck_export_failed_iff_reason": "UPDATE export SET state = 'failed', finished_at = created_at",
    "ck_export_finished_iff_over": "UPDATE export SET finished_at = created_at",
    "ck_export_ready_iff_digest": "UPDATE export SET state = 'ready', finished_at = created_at",
    "ck_export_running_iff_leased": "UPDATE export SET lease_until = created_at",
    "ck_export_state": "UPDATE export SET state = 'lost', finished_at = created_at",
    "ck_export_written_of_total": "UPDATE export SET written = -1",
    "ck_figure_low_to_high": "UPDATE figure SET low = high + 1",
    "ck_figure_one_owner": "UPDATE figure SET claim_id = NULL, evidence_id = NULL",
    "ck_history_hash_length": ENTRY,
    "ck_history_head_single_row": "INSERT INTO history_head (id, last_id, last_hash) VALUES (2, 0, '')",
    "ck_import_digest_length": "UPDATE import SET sha256 = 'short'",
    "ck_import_first_to_last": "UPDATE import SET first_entry = last_entry + 1",
    "ck_import_kind": "UPDATE import SET kind = 'people'",
    "ck_import_undone_whole": "UPDATE import SET undone_why = NULL",
    "ck_look_reason": "UPDATE look SET reason = 'whim'",
    "ck_look_settled_whole": "UPDATE look SET settled_why = NULL",
    "ck_original_digest_length": "UPDATE original SET sha256 = 'short'",
    "ck_original_not_empty": "UPDATE original SET size = 0",
    "ck_passage_begins_before_end": "UPDATE passage SET ends = begins",
    "ck_person_email_shape": "UPDATE person SET email = upper(email)",
    "ck_person_language_known": "UPDATE person SET language = 'fr'",
    "ck_person_name_not_blank": "UPDATE person SET name = ' '",
    "ck_person_role": "UPDATE person SET role = 'owner'",
    "ck_person_theme": "UPDATE person SET theme = 'pink'",
    "ck_publisher_name_not_blank": "UPDATE publisher SET name = ' ' WHERE id = 1",
    "ck_sign_off_digest_length": "UPDATE sign_off SET digest = 'short'",
    "ck_sign_off_override_has_reason": "UPDATE sign_off SET override_why = ' '",
    "ck_sign_off_side": "UPDATE sign_off SET side = 'author'",
    "ck_sign_off_withdrawal_whole": "UPDATE sign_off SET withdrawn_at = created_at",
    "ck_source_address_is_web": "UPDATE source SET address = 'ftp://example.org/' || id",
    "ck_source_confidential_is_bare": "UPDATE source SET notes = 'x' WHERE confidential_number IS NOT NULL",
    "ck_source_kind": "UPDATE source SET kind = 'dream'",
    "ck_source_origin_is_another": "UPDATE source SET origin_id = id",
    "ck_source_original_has_address": "UPDATE source SET address = NULL WHERE original_address IS NOT NULL",
    "ck_source_secret_name_not_blank": "UPDATE source_secret SET name = ' '",
    "ck_source_title_not_blank": "UPDATE source SET title = ' '",
    "ck_token_digest_length": "UPDATE token SET token_sha256 = 'short'",
    "ck_token_name_not_blank": "UPDATE token SET name = ' '",
    "ck_token_scope": "UPDATE token SET scope = 'all'",
    "ck_token_revoker_has_date": "UPDATE token SET revoked_at = NULL",
    "ck_verdict_approver_iff_date": "UPDATE verdict SET approved_at = NULL",
    "ck_verdict_approver_is_another": "UPDATE verdict SET approved_by_id = proposed_by_id, approved_at = created_at",
    "ck_verdict_end_whole": "UPDATE verdict SET ended_why = NULL",
    "ck_verdict_finding": "UPDATE verdict SET finding = 'true'",
    "ck_verdict_has_rationale": "UPDATE verdict SET rationale_he = ' ', rationale_en = NULL",
    "ck_verdict_override_has_reason": "UPDATE verdict SET override_why = ' '",
    "ck_waiver_has_reason": "UPDATE waiver SET why = ' '",
    "ck_watch_every_day_at_most": "UPDATE watch SET every_days = 0",
    "ck_watch_health": "UPDATE watch SET health = 'poorly'",
    "ck_webhook_address_is_web": "UPDATE webhook SET address = 'ftp://example.org/' || id",
    "ck_webhook_delivery_failed_has_reason": "UPDATE webhook_delivery SET state = 'failed', finished_at = due_at",
    "ck_webhook_delivery_finished_iff_over": "UPDATE webhook_delivery SET finished_at = due_at",
    "ck_webhook_delivery_running_iff_leased": "UPDATE webhook_delivery SET lease_until = due_at",
    "ck_webhook_delivery_state": "UPDATE webhook_delivery SET state = 'lost'",
    "ck_webhook_name_not_blank": "UPDATE webhook SET name = ' '",
}
# Where one is of many that are not alike, the second is made like the first.
UNIQUE = {
    "uq_anchor_place": "INSERT INTO anchor "
    "(claim_id, version_id, begins, ends, quote, prefix, suffix, outcome, previous_id, created_at) "
    "SELECT claim_id, version_id, begins, ends, quote, prefix, suffix, outcome, previous_id, created_at FROM anchor",
    "uq_article_origin_key": "UPDATE article SET origin_key = 'one'",
    "uq_article_version_article_id_number": "UPDATE article_version SET number = 1",
    "uq_capture_open": "INSERT INTO capture (source_id, address, trigger, state, due_at, attempts, created_at) "
    "SELECT source_id, address, trigger, state, due_at, attempts, created_at FROM capture WHERE state = 'waiting'",
    "uq_citation_article_id_address": "INSERT INTO citation (article_id, position, address, created_at) "
    "SELECT article_id, 2, address, created_at FROM citation",
    "uq_claim_article_id_number": "UPDATE claim SET number = 1",
    "uq_claim_article_id_origin_key": "UPDATE claim SET origin_key = 'one'",
    "uq_claim_review_claim_id": "INSERT INTO claim_review (claim_id, verdict_id, published_at, modified_at) "
    "SELECT claim_id, verdict_id, published_at, modified_at FROM claim_review",
    "uq_claimant_name": "INSERT INTO claimant (name, created_at) SELECT name, created_at FROM claimant",
    "uq_earlier_check_key": "INSERT INTO earlier_check "
    "(key, claim, appearances, telling, search_text, created_at, updated_at) "
    "SELECT key, claim, appearances, telling, search_text, created_at, updated_at FROM earlier_check",
    "uq_earlier_reading_check_id_digest": "INSERT INTO earlier_reading "
    "(check_id, import_id, form, file_name, digest, raw, created_at) "
    "SELECT check_id, import_id, form, file_name, digest, raw, created_at FROM earlier_reading",
    "uq_figure_claim_id": "INSERT INTO figure (claim_id, low, high, is_about) "
    "SELECT claim_id, low, high, is_about FROM figure WHERE claim_id IS NOT NULL",
    "uq_figure_evidence_id": "INSERT INTO figure (evidence_id, low, high, is_about) "
    "SELECT evidence_id, low, high, is_about FROM figure WHERE evidence_id IS NOT NULL",
    "uq_look_claim": "INSERT INTO look (claim_id, reason, created_at) SELECT claim_id, reason, created_at FROM look "
    "WHERE source_id IS NULL AND settled_at IS NULL",
    "uq_look_source": "INSERT INTO look (claim_id, reason, source_id, created_at) "
    "SELECT claim_id, reason, source_id, created_at FROM look WHERE source_id IS NOT NULL AND settled_at IS NULL",
    "uq_passage_version_id_begins": "INSERT INTO passage (version_id, begins, ends, score, is_checkable, checks) "
    "SELECT version_id, begins, ends, score, is_checkable, checks FROM passage",
    "uq_person_email": "UPDATE person SET email = 'one@example.org'",
    "uq_publisher_domain": "UPDATE publisher SET domain = 'example.org'",
    "uq_publisher_name": "UPDATE publisher SET name = 'One'",
    "uq_sign_in_link_open": "INSERT INTO sign_in_link (person_id, token_sha256, expires_at, created_at) "
    "SELECT person_id, 'another', expires_at, created_at FROM sign_in_link",
    "uq_sign_in_link_token_sha256": "INSERT INTO sign_in_link "
    "(person_id, token_sha256, expires_at, ended_at, created_at) "
    "SELECT person_id, token_sha256, expires_at, expires_at, created_at FROM sign_in_link",
    "uq_source_address": "UPDATE source SET address = 'https://example.org/one' WHERE confidential_number IS NULL",
    "uq_source_confidential_number": "INSERT INTO source "
    "(kind, title, has_composed_title, confidential_number, created_at) "
    "SELECT kind, title, has_composed_title, confidential_number, created_at FROM source",
    "uq_token_token_sha256": "UPDATE token SET token_sha256 = (SELECT min(token_sha256) FROM token)",
    "uq_verdict_current": COPY_VERDICT,
    "uq_webhook_delivery_webhook_id_entry_id": "INSERT INTO webhook_delivery "
    "(webhook_id, entry_id, event, content, state, due_at, created_at) "
    "SELECT webhook_id, number, event, content, state, due_at, created_at FROM webhook_delivery, "
    "(SELECT 1 AS number UNION ALL SELECT 1)",
    "uq_waiver_passage": "INSERT INTO waiver (passage_id, person_id, why, created_at) "
    "SELECT passage_id, person_id, why, created_at FROM waiver",
}
# There for a foreign key to point at; the primary key refuses first.
TECHNICAL = {"uq_verdict_id_claim_id"}


def tables() -> list[Table]:
    return Base.metadata.sorted_tables


def unique_names() -> Iterator[tuple[str, Table, list[str]]]:
    """Yield what each constraint or index that allows a thing once is called, with its table and columns."""
    for table in tables():
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                yield str(constraint.name), table, [column.name for column in constraint.columns]
        for index in table.indexes:
            if index.unique:
                yield str(index.name), table, [column.name for column in index.columns]


def test_every_check_has_a_row_above() -> None:
    named = {
        str(constraint.name)
        for table in tables()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert named == set(CHECKS)


def test_everything_that_is_there_once_has_a_row_above() -> None:
    assert {name for name, _, _ in unique_names()} - TECHNICAL == set(UNIQUE)


def test_nothing_in_the_database_goes_without_a_name(engine: Engine) -> None:
    """A name is what an error message and a later migration can use."""
    with engine.connect() as connection:
        ddl = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table'").scalars().all()
    for statement in ddl:
        kinds = sum(statement.count(kind) for kind in ("CHECK (", "UNIQUE (", "FOREIGN KEY(", "PRIMARY KEY ("))
        if "VIRTUAL" not in statement and "CONSTRAINT" in statement:
            assert statement.count("CONSTRAINT ") == kinds, statement


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.usefixtures("full_desk")
def test_a_check_refuses(session: Session, name: str) -> None:
    with pytest.raises(IntegrityError) as refusal:
        session.execute(text(CHECKS[name]))
    assert str(refusal.value.orig) == f"CHECK constraint failed: {name}"


@pytest.mark.parametrize("name", UNIQUE)
@pytest.mark.usefixtures("full_desk")
def test_a_second_one_is_refused(session: Session, name: str) -> None:
    table, columns = next((table, columns) for known, table, columns in unique_names() if known == name)
    with pytest.raises(IntegrityError) as refusal:
        session.execute(text(UNIQUE[name]))
    places = ", ".join(f"{table.name}.{column}" for column in columns)
    assert str(refusal.value.orig) == f"UNIQUE constraint failed: {places}"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE source SET withdrawn_at = created_at, address = 'https://example.org/one' WHERE address IS NOT NULL",
        "UPDATE sign_in_link SET ended_at = created_at",
        "UPDATE claim SET origin_key = NULL",
        "UPDATE article SET origin_key = NULL",
    ],
)
@pytest.mark.usefixtures("full_desk")
def test_what_has_ended_or_has_no_key_is_not_in_the_way(session: Session, statement: str) -> None:
    session.execute(text(statement))


def refused(session: Session, table: Table, statement: str) -> str | None:
    """Return how the database refuses a statement that touches rows, or None if it does not."""
    nested = session.begin_nested()
    try:
        result = session.execute(text(statement))
        session.flush()
    except IntegrityError as error:
        return str(error.orig)
    finally:
        nested.rollback()
    assert getattr(result, "rowcount", 1), f"let Factory.everything() fill {table.name} for: {statement}"
    return None


@pytest.mark.usefixtures("full_desk")
def test_every_pointer_points_at_something(session: Session) -> None:
    for verb in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER history_no_{verb}"))  # the pointer itself is tried here
    for table in tables():
        for constraint in table.constraints:
            if not isinstance(constraint, ForeignKeyConstraint) or constraint.name == "fk_claim_verdict":
                continue
            column = next(iter(constraint.columns)).name
            table_name = table.name
            one = f"SELECT max(rowid) FROM {table_name} WHERE {column} IS NOT NULL"
            statement = f"UPDATE {table_name} SET {column} = 999999 WHERE rowid = ({one})"
            assert refused(session, table, statement) == "FOREIGN KEY constraint failed", constraint.name


def test_a_claim_rests_on_a_verdict_of_its_own(session: Session, make: Factory) -> None:
    make.everything()
    one, other = make.verdict(), make.verdict()
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        session.execute(
            text("UPDATE claim SET verdict_id = :verdict WHERE id = :claim"),
            {"verdict": other.id, "claim": one.claim_id},
        )


@pytest.mark.usefixtures("full_desk")
def test_nothing_that_is_pointed_at_can_be_deleted(session: Session) -> None:
    """The desk deletes nothing; and nobody else takes half of a record along."""
    pointed = {
        key.column.table.name
        for table in tables()
        for key in table.foreign_keys
        if key.column.table.name not in {"verdict", "history", table.name}
    }
    for table in tables():
        if table.name in pointed:
            statement = f"DELETE FROM {table.name}"
            assert refused(session, table, statement) == "FOREIGN KEY constraint failed", table.name


def needed_columns() -> list[Column[object]]:
    return [
        column
        for table in tables()
        for column in table.columns
        if not column.nullable and not column.primary_key and column.computed is None
    ]


@pytest.mark.usefixtures("full_desk")
def test_what_has_to_be_there_is_there(session: Session) -> None:
    session.execute(text("DROP TRIGGER history_no_update"))
    for column in needed_columns():
        table = column.table
        assert isinstance(table, Table)
        statement = f"UPDATE {table.name} SET {column.name} = NULL"
        assert refused(session, table, statement) == f"NOT NULL constraint failed: {table.name}.{column.name}"
