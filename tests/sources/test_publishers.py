"""Who stands behind sources: publishers, their domains and houses, and making one of two."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.errors import DomainError, Duplicate, NotAllowed, NotFound, Stale
from claims_app.evidence.model import Rank, Stance
from claims_app.evidence.voices import edit_publisher, merge_publishers
from claims_app.history.model import HistoryEntry, Subject
from claims_app.looks.model import Look, LookReason
from claims_app.people.model import Person, Role
from claims_app.sources.model import Publisher, Source, SourceKind
from claims_app.sources.queries import find_publisher_at, gather_publishers, propose_domain
from claims_app.verdicts.model import Finding
from tests.client import StrictClient
from tests.factories import Factory


@pytest.fixture
def checker(client: StrictClient, make: Factory) -> Person:
    """Somebody who checks, signed in."""
    person = make.person()
    client.sign_in(person)
    return person


@pytest.fixture
def editor(client: StrictClient, make: Factory) -> Person:
    """Somebody who edits, signed in."""
    person = make.person(role=Role.EDITOR)
    client.sign_in(person)
    return person


def entries(session: Session, publisher_id: int) -> list[HistoryEntry]:
    wanted = select(HistoryEntry).where(
        HistoryEntry.subject == Subject.PUBLISHER, HistoryEntry.subject_id == publisher_id
    )
    return list(session.scalars(wanted.order_by(HistoryEntry.id)))


def edit(session: Session, actor: Person, publisher: Publisher, **other: Any) -> None:
    details = {name: getattr(publisher, name) for name in ("name", "domain", "group_name", "notes", "revision")}
    edit_publisher(session, actor=actor, publisher_id=publisher.id, **(details | other))


def verified_on_two_voices(make: Factory) -> tuple[Source, Source, int]:
    """Return two secondary sources of two publishers, and the verified claim that rests on both."""
    claim = make.claim()
    one, other = (make.source(publisher=make.publisher().name) for _ in range(2))
    for source in (one, other):
        make.evidence(claim, source=source, rank=Rank.SECONDARY, stance=Stance.SUPPORTS)
    make.verdict(claim, finding=Finding.VERIFIED)
    return one, other, claim.id


def looks(session: Session) -> list[tuple[int, LookReason]]:
    session.flush()
    open_ones = select(Look).where(Look.settled_at.is_(None)).order_by(Look.claim_id)
    return [(look.claim_id, look.reason) for look in session.scalars(open_ones)]


class TestWhoseAddressItIs:
    def test_a_source_without_a_publisher_gets_the_one_of_its_domain(self, make: Factory) -> None:
        make.publisher("The Weekly", domain="example.co.il")
        blog = make.publisher("The Weekly's blogs", domain="blogs.example.co.il")
        for address, name in (
            ("https://www.example.co.il/a", "The Weekly"),
            ("https://example.co.il/b", "The Weekly"),
            ("https://blogs.example.co.il/c", blog.name),
            ("https://other.co.il/d", None),
            ("https://notexample.co.il/e", None),
            (None, None),
        ):
            assert make.source(address=address).publisher_name == name

    def test_what_a_person_says_stands(self, make: Factory) -> None:
        make.publisher("The Weekly", domain="example.co.il")
        assert make.source(address="https://example.co.il/a", publisher="An agency").publisher_name == "An agency"

    def test_who_posts_is_not_who_runs_the_site(self, make: Factory) -> None:
        make.publisher("The network", domain="example.net")
        assert make.source(address="https://example.net/post/1", kind=SourceKind.POST).publisher is None

    def test_the_page_says_what_was_filled_in(self, client: StrictClient, make: Factory, checker: Person) -> None:
        make.publisher("The Weekly", domain="example.co.il")
        answer = client.post("/sources/new", data={"address": "https://example.co.il/a", "kind": "page"})
        text = client.get(answer.location or "").text
        assert "The source is recorded. Its address is one of The Weekly, which is filled in as its publisher." in text

    def test_a_source_of_before_is_told_whose_its_address_may_be(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        source = make.source(address="https://example.co.il/a")
        make.publisher("The Weekly", domain="example.co.il")
        text = client.get(f"/sources/{source.id}/edit").text
        assert "The address is at a domain of <bdi>The Weekly</bdi>" in text
        assert '<option value="The Weekly">' in text
        assert source.publisher is None

    def test_the_domain_of_most_sources_is_proposed_unless_it_is_taken(
        self, client: StrictClient, make: Factory, checker: Person, session: Session
    ) -> None:
        publisher = make.publisher("The Weekly")
        for address in ("https://www.example.co.il/a", "https://m.example.co.il/b", "https://example.net/c", None):
            make.source(address=address, publisher="The Weekly")
        assert propose_domain(session, publisher.id) == "example.co.il"
        text = client.get(f"/publishers/{publisher.id}/edit").text
        assert 'value="example.co.il"' in text
        assert "is proposed" in text
        make.publisher(domain="example.co.il")
        assert propose_domain(session, publisher.id) is None

    def test_nobody_has_the_domains_of_others(self, session: Session, make: Factory) -> None:
        make.publisher(domain="example.co.il")
        assert find_publisher_at(session, "https://co.il/a") is None
        assert find_publisher_at(session, "https://192.0.2.1/a") is None


class TestEditing:
    def test_what_changed_is_told(self, client: StrictClient, make: Factory, checker: Person, session: Session) -> None:
        publisher = make.publisher("The Weekly")
        filled = {"name": "The Daily", "domain": "https://www.Example.co.il/x", "group_name": "House", "notes": "Old."}
        answer = client.post(f"/publishers/{publisher.id}/edit", data={**filled, "revision": "1"})
        assert (answer.status_code, answer.location) == (303, f"/publishers/{publisher.id}")
        session.refresh(publisher)
        assert (publisher.name, publisher.domain, publisher.revision) == ("The Daily", "example.co.il", 2)
        assert entries(session, publisher.id)[-1].changes == {
            "name": ["The Weekly", "The Daily"],
            "domain": [None, "example.co.il"],
            "group_name": [None, "House"],
            "notes": [None, "Old."],
        }
        text = client.get(f"/publishers/{publisher.id}").text
        assert [
            word for word in ("The Daily", "example.co.il", "House", "Old.", "The Weekly") if word not in text
        ] == []

    def test_a_domain_that_is_none_is_refused_at_its_field(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        publisher = make.publisher()
        data = {"name": publisher.name, "domain": "co.il", "revision": "1"}
        answer = client.post(f"/publishers/{publisher.id}/edit", data=data)
        assert answer.status_code == 422
        assert "Write a domain such as example.co.il" in answer.text

    def test_a_taken_name_leads_to_who_has_it_and_an_editor_to_merging(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        one, other = make.publisher("The Weekly"), make.publisher("The Weekly Ltd.")
        data = {"name": "The Weekly", "revision": "1"}
        text = client.post(f"/publishers/{other.id}/edit", data=data).text
        assert "Another publisher has this name already." in text
        assert f'href="/publishers/{one.id}"' in text
        assert "An editor can merge the two." in text
        client.sign_in(make.person(role=Role.EDITOR))
        text = client.post(f"/publishers/{other.id}/edit", data=data).text
        assert f'href="/publishers/{other.id}/merge?into=The+Weekly"' in text
        assert 'value="The Weekly"' in client.get(f"/publishers/{other.id}/merge?into=The+Weekly").text

    def test_one_domain_is_one_publishers(self, session: Session, make: Factory) -> None:
        make.publisher(domain="example.co.il")
        with pytest.raises(Duplicate) as refusal:
            edit(session, make.person(), make.publisher(), domain="www.example.co.il")
        assert refusal.value.field == "domain"

    def test_nobody_overwrites_another_unseen(self, session: Session, make: Factory) -> None:
        publisher = make.publisher()
        with pytest.raises(Stale):
            edit(session, make.person(), publisher, revision=publisher.revision + 1)

    def test_saving_without_a_change_leaves_no_trace(self, session: Session, make: Factory) -> None:
        publisher = make.publisher(domain="example.org")
        before, revision = len(entries(session, publisher.id)), publisher.revision
        edit(session, make.person(), publisher)
        assert (len(entries(session, publisher.id)), publisher.revision) == (before, revision)

    def test_two_publishers_of_one_house_are_one_voice_and_no_more_when_they_part(
        self, session: Session, make: Factory
    ) -> None:
        one, other, claim_id = verified_on_two_voices(make)
        for source in (one, other):
            assert source.publisher is not None
            edit(session, make.person(), source.publisher, group_name="The house")
        assert looks(session) == [(claim_id, LookReason.SOURCE_RULE)]
        assert other.publisher is not None
        edit(session, make.person(), other.publisher, group_name=None)
        assert looks(session) == []

    def test_a_name_that_is_another_ones_house_makes_one_voice_of_two(self, session: Session, make: Factory) -> None:
        one, other, claim_id = verified_on_two_voices(make)
        assert one.publisher is not None
        assert other.publisher is not None
        edit(session, make.person(), one.publisher, name="City", group_name="The City Group")
        edit(session, make.person(), other.publisher, name="CITY")
        assert looks(session) == [(claim_id, LookReason.SOURCE_RULE)]

    def test_its_house_follows_to_the_new_name_and_with_it_into_another_voice(
        self, session: Session, make: Factory
    ) -> None:
        one, other, claim_id = verified_on_two_voices(make)
        assert one.publisher is not None
        assert other.publisher is not None
        mother = make.publisher("Émile")
        edit(session, make.person(), one.publisher, group_name="ÉMILE")
        revision = one.publisher.revision
        edit(session, make.person(), mother, name=f"{other.publisher.name.upper()}")
        assert (one.publisher.group_name, one.publisher.revision) == (mother.name, revision + 1)
        assert entries(session, one.publisher.id)[-1].changes == {"group_name": ["ÉMILE", mother.name]}
        assert looks(session) == [(claim_id, LookReason.SOURCE_RULE)]


class TestMerging:
    def test_all_sources_go_over_and_the_other_gets_what_it_lacks(self, session: Session, make: Factory) -> None:
        old = make.publisher("The Weekly Ltd.", domain="example.co.il", notes="Old notes.", group_name="A house")
        kept = make.publisher("The Weekly", notes="Own notes.")
        source = make.source(publisher=old.name)
        gone_id = old.id
        merge_publishers(session, actor=make.person(role=Role.EDITOR), publisher_id=old.id, into=" The Weekly ")
        session.commit()
        assert session.get(Publisher, gone_id) is None
        assert (source.publisher, source.revision) == (kept, 2)
        assert (kept.domain, kept.notes, kept.group_name) == ("example.co.il", "Own notes.", "A house")
        assert entries(session, gone_id)[-1].changes == {"publisher": ["The Weekly Ltd.", "The Weekly"]}
        assert entries(session, kept.id)[-1].changes["publisher"] == ["The Weekly Ltd.", "The Weekly"]

    def test_claims_that_lost_a_voice_are_looked_at_again(self, session: Session, make: Factory) -> None:
        one, other, claim_id = verified_on_two_voices(make)
        verified_on_two_voices(make)
        assert one.publisher is not None
        assert other.publisher is not None
        merge_publishers(
            session, actor=make.person(role=Role.EDITOR), publisher_id=one.publisher.id, into=other.publisher.name
        )
        assert looks(session) == [(claim_id, LookReason.SOURCE_RULE)]

    def test_the_house_of_the_one_that_is_gone_follows_so_that_it_stays_one_voice(
        self, session: Session, make: Factory
    ) -> None:
        kan, kids, news = (
            make.publisher("Kan"),
            make.publisher("Kan Kids", group_name="KAN"),
            make.publisher("Kan News"),
        )
        edit(session, make.person(), news, group_name="Kan")
        merge_publishers(session, actor=make.person(role=Role.EDITOR), publisher_id=kan.id, into="Kan News")
        session.commit()
        assert (kids.group_name, news.group_name) == ("Kan News", None)

    def test_an_editor_does_it_on_a_page(self, client: StrictClient, make: Factory, editor: Person) -> None:
        address, kept = f"/publishers/{make.publisher('The Weekly Ltd.').id}", make.publisher("The Weekly")
        answer = client.post(f"{address}/merge", data={"into": "The Weekly"})
        assert (answer.status_code, answer.location) == (303, f"/publishers/{kept.id}")
        assert client.get(address).status_code == 404

    @pytest.mark.parametrize("into", ["No such name", "The Weekly Ltd.", ""])
    def test_what_is_no_other_publisher_is_refused(
        self, client: StrictClient, make: Factory, editor: Person, session: Session, into: str
    ) -> None:
        old = make.publisher("The Weekly Ltd.")
        assert client.post(f"/publishers/{old.id}/merge", data={"into": into}).status_code == 422
        assert session.get(Publisher, old.id) is not None

    def test_is_an_editors(self, session: Session, make: Factory) -> None:
        old = make.publisher()
        with pytest.raises(NotAllowed):
            merge_publishers(session, actor=make.person(), publisher_id=old.id, into=make.publisher().name)
        with pytest.raises(NotFound):
            merge_publishers(session, actor=make.person(role=Role.EDITOR), publisher_id=old.id, into=None)


class TestThePages:
    def test_the_list_counts_the_live_sources_and_pages_by_name(
        self, client: StrictClient, make: Factory, checker: Person, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("claims_app.sources.queries.PAGE", 2)
        for name in ("C", "ב", "A", "B"):
            make.publisher(name)
        make.source(publisher="A")
        first = gather_publishers(session)
        second = gather_publishers(session, after=str(first.after))
        rows = [(publisher.name, number) for publisher, number in (*first.rows, *second.rows)]
        assert rows == [("A", 1), ("B", 0), ("C", 0), ("ב", 0)]
        assert second.after is None
        assert 'href="/publishers?after=B"' in client.get("/publishers").text
        assert "There are no more publishers" in client.get("/publishers?after=%D7%AA").text

    def test_a_publisher_without_a_house_or_sources_says_so(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        publisher = make.publisher()
        text = client.get(f"/publishers/{publisher.id}").text
        assert "None: it is a voice of its own" in text
        assert "No source names it." in text

    def test_a_publisher_names_its_sources_and_its_house(
        self, client: StrictClient, make: Factory, checker: Person
    ) -> None:
        one, other = (make.publisher(name, group_name="The house") for name in ("The Weekly", "The Daily"))
        source = make.source(publisher=one.name, title="On the bridge")
        make.evidence(source=source)
        text = client.get(f"/publishers/{one.id}").text
        for words in ("On the bridge", "one piece of evidence", "The house", f'href="/publishers/{other.id}"'):
            assert words in text.replace("1 piece of evidence", "one piece of evidence")

    def test_a_reader_reads_and_changes_nothing(self, client: StrictClient, make: Factory) -> None:
        publisher = make.publisher()
        client.sign_in(make.person(role=Role.READER))
        text = client.get(f"/publishers/{publisher.id}").text
        assert ">Edit<" not in text
        assert "Merge" not in text
        assert client.get(f"/publishers/{publisher.id}/edit").status_code == 403

    def test_hostile_names_are_shown_as_text(self, client: StrictClient, make: Factory, editor: Person) -> None:
        publisher = make.publisher('"><script>alert(1)</script>', group_name="<img src=x>", notes="<b>")
        for path in ("/publishers", f"/publishers/{publisher.id}", f"/publishers/{publisher.id}/edit", "/sources/new"):
            text = client.get(path).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text


def test_a_name_is_needed(session: Session, make: Factory) -> None:
    with pytest.raises(DomainError) as refusal:
        edit(session, make.person(), make.publisher(), name=" ")
    assert refusal.value.field == "name"
