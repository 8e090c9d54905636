"""Which sources repeat which, on their pages and to the source rule."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, NotAllowed
from claims_app.evidence.model import Rank
from claims_app.evidence.queries import list_candidates
from claims_app.evidence.service import withdraw_source
from claims_app.evidence.voices import mark_same_origin, unmark_same_origin
from claims_app.history.model import HistoryEntry, Subject
from claims_app.looks.model import Look, LookReason
from claims_app.people.model import Person, Role
from claims_app.sources.model import Source
from claims_app.verdicts.model import Finding
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def checker(client: StrictClient, make: Factory) -> Person:
    """Somebody who checks, signed in."""
    person = make.person()
    client.sign_in(person)
    return person


def mark(session: Session, make: Factory, source: Source, other: Source) -> None:
    mark_same_origin(session, actor=make.regular(Role.CHECKER), source_id=source.id, other_id=other.id)
    session.commit()


def changes(session: Session, source: Source) -> list[list[object]]:
    wanted = select(HistoryEntry).where(HistoryEntry.subject == Subject.SOURCE, HistoryEntry.subject_id == source.id)
    told = session.scalars(wanted.order_by(HistoryEntry.id))
    return [entry.changes["origin"] for entry in told if "origin" in entry.changes]


class TestMarking:
    def test_it_is_known_and_told(self, session: Session, make: Factory) -> None:
        paper, agency = make.source(title="The paper"), make.source(title="The agency")
        mark(session, make, paper, agency)
        assert paper.origin_id == agency.id
        unmark_same_origin(session, actor=make.person(), source_id=paper.id)
        assert not paper.origin_id
        assert changes(session, paper) == [[None, "The agency"], ["The agency", None]]

    def test_what_repeats_a_repeat_has_the_same_origin(self, session: Session, make: Factory) -> None:
        agency, paper, blog = (make.source() for _ in range(3))
        mark(session, make, paper, agency)
        mark(session, make, blog, paper)
        assert (blog.origin_id, agency.origin_id) == (agency.id, None)

    def test_what_repeated_a_source_goes_with_it_to_its_origin(self, session: Session, make: Factory) -> None:
        agency, paper, blog, other = (make.source() for _ in range(4))
        mark(session, make, blog, paper)
        mark(session, make, other, paper)
        mark(session, make, paper, agency)
        assert {source.origin_id for source in (paper, blog, other)} == {agency.id}
        assert len(changes(session, blog)) == 2

    def test_a_wrong_origin_is_replaced(self, session: Session, make: Factory) -> None:
        agency, paper, other = (make.source() for _ in range(3))
        mark(session, make, paper, other)
        mark(session, make, paper, agency)
        assert paper.origin_id == agency.id

    def test_there_are_no_circles(self, session: Session, make: Factory) -> None:
        agency, paper = make.source(), make.source()
        mark(session, make, paper, agency)
        for source, other, message in (
            (agency, paper, "repeats this one already"),
            (paper, paper, "cannot repeat itself"),
            (paper, agency, "marked so already"),
        ):
            with pytest.raises(DomainError, match=message) as refusal:
                mark(session, make, source, other)
            assert refusal.value.field == "other"
        with pytest.raises(DomainError, match="not marked"):
            unmark_same_origin(session, actor=make.person(), source_id=agency.id)

    def test_a_withdrawn_source_and_one_that_is_not_there_are_no_origin(self, session: Session, make: Factory) -> None:
        source, gone = make.source(), make.source()
        withdraw_source(session, actor=make.person(), source_id=gone.id, why="A copy.")
        for other_id in (gone.id, 999):
            with pytest.raises(DomainError):
                mark_same_origin(session, actor=make.person(), source_id=source.id, other_id=other_id)

    def test_what_a_confidential_source_repeats_is_not_kept(self, session: Session, make: Factory) -> None:
        source, secret = make.source(), make.confidential()
        for one, other in ((source, secret), (secret, source)):
            with pytest.raises(DomainError, match="could tell who it is"):
                mark(session, make, one, other)

    def test_is_not_a_readers(self, session: Session, make: Factory) -> None:
        with pytest.raises(NotAllowed):
            mark_same_origin(
                session, actor=make.person(role=Role.READER), source_id=make.source().id, other_id=make.source().id
            )


class TestTheSourceRule:
    def test_a_claim_that_lost_a_voice_is_looked_at_again_until_it_has_it_back(
        self, session: Session, make: Factory
    ) -> None:
        claim = make.claim()
        paper, agency = (make.evidence(claim, rank=Rank.SECONDARY).source for _ in range(2))
        make.verdict(claim, finding=Finding.VERIFIED)
        make.verdict(make.evidence(source=paper, rank=Rank.PRIMARY).claim, finding=Finding.VERIFIED)
        mark(session, make, paper, agency)
        look = session.scalars(select(Look)).one()
        assert (look.claim_id, look.reason, look.settled_at) == (claim.id, LookReason.SOURCE_RULE, None)
        assert claim.needs_look
        unmark_same_origin(session, actor=make.person(), source_id=paper.id)
        session.commit()
        assert look.settled_at is not None


class TestThePage:
    def test_a_source_is_marked_found_and_taken_back(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        paper, agency = make.source(title="The paper"), make.source(title="The agency")
        assert "It is not known to repeat another source" in client.get(f"/sources/{paper.id}").text
        text = client.get(f"/sources/{paper.id}/origin?q=agency").text
        assert "The agency" in text
        answer = client.post(f"/sources/{paper.id}/origin", data={"other": str(agency.id), "q": "agency"})
        assert (answer.status_code, answer.location) == (303, f"/sources/{paper.id}#origin")
        assert f'It repeats: <a href="/sources/{agency.id}">' in client.get(f"/sources/{paper.id}").text
        text = client.get(f"/sources/{agency.id}").text
        assert "It is repeated by:" in text
        assert f'<li><a href="/sources/{paper.id}">' in text
        assert client.post(f"/sources/{paper.id}/origin/remove").status_code == 303
        session.refresh(paper)
        assert paper.origin_id is None
        assert client.post(f"/sources/{paper.id}/origin/remove").status_code == 422

    @pytest.mark.parametrize("other", ["", "x", "999", "9" * 40, "-1"])
    def test_what_is_no_source_is_refused(
        self, client: StrictClient, make: Factory, checker: Person, other: str
    ) -> None:
        source = make.source()
        answer = client.post(f"/sources/{source.id}/origin", data={"other": other, "q": "agency"})
        assert answer.status_code == 422
        assert "This could not be marked." in answer.text
        assert 'value="agency"' in answer.text

    def test_candidates_are_found_by_number_address_or_words_and_else_by_their_claims(
        self, session: Session, make: Factory
    ) -> None:
        claim = make.claim()
        paper, agency = (make.evidence(claim).source for _ in range(2))
        other = make.source(title="Bridges", address="https://example.org/bridge?utm_source=x")
        secret = make.confidential()
        make.evidence(claim, source=secret)
        for text, found in (
            ("", [agency]),
            (str(other.id), [other]),
            ("https://example.org/bridge?fbclid=1", [other]),
            ("BRIDGES", [other]),
            (str(paper.id), []),
            (str(secret.id), []),
            ("999999999999999999", []),
            ("https://[", []),
            ("Confidential", []),
        ):
            assert list(list_candidates(session, paper, text=text)) == found, text

    def test_a_source_that_is_not_here_is_not_found(self, client: StrictClient, checker: Person) -> None:
        assert client.get("/sources/999/origin").status_code == 404
        assert client.post("/sources/999/origin/remove").status_code == 404
