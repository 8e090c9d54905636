"""Recording where proof comes from, each place once."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, Duplicate, NotAllowed, Stale
from claims_app.evidence.service import restore_source, withdraw_evidence, withdraw_source
from claims_app.history.model import HistoryEntry, Subject
from claims_app.people.model import Role
from claims_app.sources.model import Source, SourceKind
from claims_app.sources.service import add_source, edit_source, find_or_add_source
from tests.factories import Factory

DETAILS: dict[str, Any] = {
    "kind": SourceKind.DOCUMENT,
    "title": "Plan of the bridge",
    "address": "https://example.org/plan",
    "publisher": "The city",
    "published_on": "2026-03",
    "notes": "Sheet 4",
}


def entries(session: Session, source: Source) -> list[HistoryEntry]:
    session.flush()
    return list(
        session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.subject == Subject.SOURCE, HistoryEntry.subject_id == source.id)
            .order_by(HistoryEntry.id)
        )
    )


def saved(source: Source) -> dict[str, Any]:
    """Return what is saved of a source as it is said: its publisher by name."""
    return {name: getattr(source, name) for name in DETAILS} | {"publisher": source.publisher_name}


def edit(session: Session, make: Factory, source: Source, **other: Any) -> Source:
    return edit_source(
        session,
        actor=make.regular(Role.CHECKER),
        source_id=source.id,
        revision=source.revision,
        **(saved(source) | other),
    )


class TestAdding:
    def test_everything_said_is_kept_and_told(self, session: Session, make: Factory) -> None:
        source = add_source(session, actor=make.person(), **DETAILS)
        assert saved(source) == DETAILS
        assert not source.has_composed_title
        assert set(entries(session, source)[0].changes) == set(DETAILS)

    @pytest.mark.parametrize(
        ("address", "title"),
        [
            ("https://Example.org/reports/bridge/", "example.org/reports/bridge"),
            ("https://example.org", "example.org"),
            ("https://user@example.org:8080/a?b=c#d", "example.org/a"),
        ],
    )
    def test_a_title_is_put_together_where_none_was_seen(
        self, session: Session, make: Factory, address: str, title: str
    ) -> None:
        source = add_source(session, actor=make.person(), address=address, title=" ")
        assert (source.title, source.has_composed_title) == (title, True)

    @pytest.mark.parametrize(
        ("details", "field"),
        [
            ({}, "title"),
            ({"title": " "}, "title"),
            ({"address": "ftp://example.org"}, "address"),
            ({"title": "x", "published_on": "long ago"}, "published_on"),
        ],
    )
    def test_what_is_wrong_names_its_field(
        self, session: Session, make: Factory, details: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(DomainError) as refusal:
            add_source(session, actor=make.person(), **details)
        assert refusal.value.field == field

    def test_a_source_without_address_may_share_its_title(self, session: Session, make: Factory) -> None:
        make.source(title="A witness", address=None, kind=SourceKind.PERSON)
        make.source(title="A witness", address=None, kind=SourceKind.PERSON)

    def test_is_not_a_readers(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            add_source(session, actor=make.person(role=Role.READER), title="x")


class TestOneAddressIsOneSource:
    def test_a_known_address_is_refused(self, session: Session, make: Factory) -> None:
        make.source(address="https://example.org/plan")
        with pytest.raises(Duplicate) as refusal:
            make.source(address=" HTTPS://example.org/plan")
        assert refusal.value.field == "address"

    def test_or_found(self, session: Session, make: Factory) -> None:
        known, checker = make.source(address="https://example.org/plan"), make.person()
        found = find_or_add_source(session, actor=checker, address="https://example.org/plan ", title="Another title")
        assert found is known
        assert found.title != "Another title"
        new = find_or_add_source(session, actor=checker, address="https://example.org/other", title="Another title")
        assert new is not known
        one, other = (find_or_add_source(session, actor=checker, address=None, title="A witness") for _ in range(2))
        assert one is not other

    def test_a_withdrawn_source_gives_its_address_free(self, session: Session, make: Factory) -> None:
        old = make.source(address="https://example.org/plan")
        withdraw_source(session, actor=make.person(), source_id=old.id, why="A copy.")
        new = find_or_add_source(session, actor=make.person(), address="https://example.org/plan")
        assert new is not old
        with pytest.raises(DomainError, match="address already"):
            restore_source(session, actor=make.person(), source_id=old.id)


class TestEditing:
    def test_what_changed_is_told(self, session: Session, make: Factory) -> None:
        source = make.source(**DETAILS)
        edit(session, make, source, title="The plan", kind=SourceKind.BOOK, notes="")
        assert source.revision == 2
        assert entries(session, source)[-1].changes == {
            "kind": ["document", "book"],
            "title": ["Plan of the bridge", "The plan"],
            "notes": ["Sheet 4", None],
        }

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, make: Factory) -> None:
        for source in (make.source(**DETAILS), make.source(title=None)):
            edit(session, make, source)
            assert (source.revision, len(entries(session, source))) == (1, 1)

    def test_a_title_that_was_composed_is_so_until_another_is_written(self, session: Session, make: Factory) -> None:
        source = make.source(title=None, address="https://example.org/plan")
        assert edit(session, make, source, publisher="The city").has_composed_title
        assert not edit(session, make, source, title="The plan").has_composed_title
        assert edit(session, make, source, title="").has_composed_title

    def test_nobody_overwrites_another_unseen(self, session: Session, make: Factory) -> None:
        source = make.source()
        with pytest.raises(Stale) as refusal:
            edit_source(session, actor=make.person(), source_id=source.id, revision=0, **DETAILS)
        assert refusal.value.current is source

    def test_an_address_is_corrected_but_not_taken_away(self, session: Session, make: Factory) -> None:
        source = make.source(address="https://example.org/plna")
        assert edit(session, make, source, address="https://example.org/plan").address == "https://example.org/plan"
        with pytest.raises(DomainError, match="verdicts rest on it") as refusal:
            edit(session, make, source, address=" ")
        assert refusal.value.field == "address"

    def test_an_address_of_another_source_is_refused(self, session: Session, make: Factory) -> None:
        one, other = make.source(), make.source()
        with pytest.raises(Duplicate):
            edit(session, make, one, address=other.address)


class TestWithdrawing:
    def test_a_source_leaves_with_its_reason_and_comes_back(self, session: Session, make: Factory) -> None:
        source, checker = make.source(), make.person()
        withdraw_source(session, actor=checker, source_id=source.id, why="A copy.")
        assert entries(session, source)[-1].why == "A copy."
        with pytest.raises(DomainError, match="withdrawn already"):
            withdraw_source(session, actor=checker, source_id=source.id, why="x")
        assert restore_source(session, actor=checker, source_id=source.id).withdrawn_at is None
        with pytest.raises(DomainError, match="not withdrawn"):
            restore_source(session, actor=checker, source_id=source.id)

    def test_needs_a_reason(self, session: Session, make: Factory) -> None:
        with pytest.raises(DomainError) as refusal:
            withdraw_source(session, actor=make.person(), source_id=make.source().id, why=" ")
        assert refusal.value.field == "why"

    def test_a_source_that_evidence_rests_on_stays(self, session: Session, make: Factory) -> None:
        evidence, checker = make.evidence(), make.person()
        with pytest.raises(DomainError, match="rests on this source"):
            withdraw_source(session, actor=checker, source_id=evidence.source_id, why="x")
        withdraw_evidence(session, actor=checker, evidence_id=evidence.id, why="x")
        assert withdraw_source(session, actor=checker, source_id=evidence.source_id, why="x").withdrawn_at is not None


class TestTwoSpellingsOfOnePage:
    def test_are_one_source_and_the_first_spelling_is_kept(self, session: Session, make: Factory) -> None:
        given = "https://Example.org/plan?utm_source=letter&sheet=4#top"
        source = make.source(address=given)
        assert (source.address, source.original_address) == ("https://example.org/plan?sheet=4", given)
        for spelling in (given, "https://example.org:443/plan?sheet=4&fbclid=1"):
            with pytest.raises(Duplicate):
                make.source(address=spelling)
            assert find_or_add_source(session, actor=make.person(), address=spelling) is source
        assert make.source(address="https://example.org/plan?sheet=5") is not source

    def test_an_address_in_its_canonical_form_has_no_other(self, make: Factory) -> None:
        assert make.source(address="https://example.org/plan").original_address is None

    def test_a_source_of_before_stays_as_it_is_and_is_found(self, session: Session, make: Factory) -> None:
        source, given = make.source(), "https://Example.org/old?utm_source=letter"
        source.address = given
        session.commit()
        edit(session, make, source, address=given, title="Another title")
        assert (source.address, source.original_address) == (given, None)
        assert find_or_add_source(session, actor=make.person(), address=given) is source

    def test_another_spelling_is_no_change_of_the_address(self, session: Session, make: Factory) -> None:
        source = make.source(**DETAILS)
        edit(session, make, source, address="https://EXAMPLE.org/plan?utm_source=letter")
        assert (source.address, source.original_address, source.revision) == ("https://example.org/plan", None, 1)

    def test_a_corrected_address_is_kept_as_it_was_given(self, session: Session, make: Factory) -> None:
        source = make.source(**DETAILS)
        edit(session, make, source, address="https://example.org/x?utm_source=letter")
        assert source.address == "https://example.org/x"
        assert entries(session, source)[-1].changes == {
            "address": ["https://example.org/plan", "https://example.org/x"],
            "original_address": [None, "https://example.org/x?utm_source=letter"],
        }


class TestConfidentialSources:
    def test_are_not_changed_here(self, session: Session, make: Factory) -> None:
        source = make.confidential()
        with pytest.raises(DomainError, match="this source is confidential"):
            edit(session, make, source, notes="Her brother.")

    def test_nothing_else_is_called_like_them(self, make: Factory) -> None:
        with pytest.raises(DomainError) as refusal:
            make.source(title="Confidential source 7")
        assert refusal.value.field == "title"
