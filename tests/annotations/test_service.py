"""Claims go out as annotations and come home; what others marked becomes claims, and never verdicts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.anchors.queries import list_anchors
from claims_app.anchors.service import remove_place
from claims_app.annotating.reading import read_annotations
from claims_app.annotations.service import (
    Outcome,
    Plan,
    bring_in_annotations,
    plan_annotations,
    write_annotations,
)
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim, Kind, Status
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.comments.model import Comment
from claims_app.db import open_engine, open_sessions
from claims_app.errors import DomainError, NotAllowed
from claims_app.history.service import verify_history
from claims_app.people.model import Role
from claims_app.verdicts.model import Finding
from tests.annotating.model import CONTEXT, faults
from tests.factories import Factory

TEXT = (
    "The bridge is 120 metres long. It cost 4 million dollars. It cost 4 million dollars.\n\n"
    'הגשר נפתח ב"ירושלים" בשנת 1998. 👩‍👩‍👧 A mast is 120 metres high.'
)
NAUGHTY = "</script><script>alert(1)</script> =1+1 \u202e 'x' \"y\" 👩‍👩‍👧"


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(title_en="The bridge", title_he=None, text=TEXT, language="en")


def out(session: Session, article: Article, number: int | None = None) -> dict[str, Any]:
    content = write_annotations(session, actor=None, article_id=article.id, number=number)
    told: dict[str, Any] = json.loads(content)
    assert faults(told) == []
    return told


def back(session: Session, make: Factory, article: Article, told: Any, **options: Any) -> Plan:
    """Bring annotations in, as a checker does, and save."""
    reading = read_annotations(json.dumps(told).encode())
    plan = plan_annotations(session, article_id=article.id, reading=reading, **options)
    bring_in_annotations(session, actor=make.regular(Role.CHECKER), article_id=article.id, plan=plan)
    session.commit()
    assert list(verify_history(session)) == []
    return plan


def outcomes(plan: Plan) -> list[Outcome]:
    return [step.outcome for step in plan.steps]


def places(session: Session, article: Article) -> list[tuple[Any, ...]]:
    """Return where each claim stands, by its statements."""
    version = find_version(session, article.id)
    return [
        (one.begins, one.ends, one.quote, one.prefix, one.suffix, one.claim.statement_he, one.claim.statement_en)
        for one in list_anchors(session, version.id)
    ]


def note(exact: str, *bodies: dict[str, Any], id: str = "https://notes.example/1", **target: Any) -> dict[str, Any]:  # noqa: A002
    """Return an annotation by somebody else."""
    selector = {"type": "TextQuoteSelector", "exact": exact, "prefix": "", "suffix": ""}
    return {
        "@context": CONTEXT,
        "id": id,
        "type": "Annotation",
        "body": list(bodies),
        "target": {"source": "https://example.org/a", "selector": selector, **target},
    }


def mark_all(make: Factory, article: Article) -> None:
    """Mark claims in both languages, of several places, overlapping, decided and withdrawn."""
    long = make.claim(article, statement_en="The bridge is 120 m long.", statement_he="אורך הגשר 120 מ׳.")
    make.place(long, "The bridge is 120 metres long")
    make.place(make.claim(article, statement_en=NAUGHTY), "120 metres", occurrence=1)
    cost = make.claim(article, statement_en="It cost 4 million.")
    make.place(cost, "It cost 4 million dollars", occurrence=2)
    make.place(cost, "It cost 4 million dollars", occurrence=1)
    make.verdict(cost, finding=Finding.PARTLY)
    make.place(make.claim(article, statement_he="הגשר נפתח."), 'הגשר נפתח ב"ירושלים" בשנת 1998')
    gone = make.claim(article, statement_en="Nobody says so.")
    make.place(gone, "A mast is")
    withdraw_claim(make.session, actor=make.regular(Role.CHECKER), claim_id=gone.id, why="Opened twice.")
    make.session.commit()


class TestOut:
    def test_is_valid_and_tells_the_words_the_claim_and_its_status(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        mark_all(make, article)
        told = out(session, article)
        items = told["first"]["items"]
        assert told["total"] == len(items) == 5
        assert told["label"] == "The bridge"
        bodies = [{(body["purpose"], body["language"]): body["value"] for body in one["body"]} for one in items]
        assert bodies[0] == {
            ("describing", "he"): "אורך הגשר 120 מ׳.",
            ("describing", "en"): "The bridge is 120 m long.",
            ("classifying", "en"): "unchecked",
        }
        assert bodies[1]["describing", "en"] == NAUGHTY
        assert [body["classifying", "en"] for body in bodies[2:4]] == ["partly", "partly"]
        assert items[4]["body"][0]["textDirection"] == "rtl"
        text = find_version(session, article.id).text or ""
        for one in items:
            quote, position = one["target"]["selector"]
            assert text[position["start"] : position["end"]] == quote["exact"]
            assert text[: position["start"]].endswith(quote["prefix"])
            assert text[position["end"] :].startswith(quote["suffix"])
        assert "Nobody says so" not in json.dumps(told)

    def test_gives_the_same_bytes_for_the_same_facts(self, session: Session, make: Factory, article: Article) -> None:
        mark_all(make, article)
        once, again = (write_annotations(session, actor=None, article_id=article.id) for _ in range(2))
        assert once == again

    def test_of_nothing_is_an_empty_collection(self, session: Session, make: Factory, article: Article) -> None:
        assert out(session, article)["total"] == 0
        assert out(session, make.article())["total"] == 0

    def test_of_an_earlier_version_tells_that_one(self, session: Session, make: Factory, article: Article) -> None:
        make.place(make.claim(article), "The bridge is 120 metres long")
        make.revision(article, TEXT.replace("120 metres long", "130 metres long"))
        exact = [
            out(session, article, number)["first"]["items"][0]["target"]["selector"][0]["exact"] for number in (1, None)
        ]
        assert exact == ["The bridge is 120 metres long", "The bridge is 130 metres long"]

    def test_names_no_person_and_no_source(self, session: Session, make: Factory, article: Article) -> None:
        claim = make.claim(article, claimant="Dana Levi")
        make.place(claim, "The bridge is 120 metres long")
        make.comment(claim, text="Ask the neighbour.")
        make.evidence(claim, source=make.confidential(name="The neighbour"), summary="She measured it.")
        content = json.dumps(out(session, article))
        assert not any(words in content for words in ("neighbour", "She measured", "Regular", "Confidential", "Dana"))

    def test_is_for_who_works_here(self, session: Session, make: Factory, article: Article) -> None:
        reader = make.person(role=Role.READER)
        write_annotations(session, actor=reader, article_id=article.id)
        reader.is_active = False
        with pytest.raises(NotAllowed):
            write_annotations(session, actor=reader, article_id=article.id)


class TestToAnotherDeskAndHome:
    @pytest.fixture
    def other(self, migrated: Path, tmp_path: Path) -> Iterator[Factory]:
        (tmp_path / "claims.db").write_bytes(migrated.read_bytes())
        engine = open_engine(tmp_path / "claims.db")
        with open_sessions(engine)() as session:
            Factory(session).article()  # so that nothing has the same number
            yield Factory(session, first=50)
        engine.dispose()

    def test_the_same_text_gives_the_same_places(
        self, session: Session, make: Factory, article: Article, other: Factory
    ) -> None:
        mark_all(make, article)
        told = out(session, article)
        theirs = other.article(text=TEXT)
        plan = back(other.session, other, theirs, told)
        assert outcomes(plan) == ["opened", "opened", "opened", "placed", "opened"]
        assert places(other.session, theirs) == places(session, article)
        claims = other.session.scalars(select(Claim).where(Claim.article_id == theirs.id)).all()
        assert {claim.status for claim in claims} == {Status.UNCHECKED}
        assert not other.session.scalars(select(Comment)).all()
        assert "Its status partly is left out" in "".join(str(note) for step in plan.steps for note in step.notes)

    def test_twice_adds_nothing_there_nor_at_home(
        self, session: Session, make: Factory, article: Article, other: Factory
    ) -> None:
        mark_all(make, article)
        told, theirs = out(session, article), other.article(text=TEXT)
        back(other.session, other, theirs, told)
        for factory, place in ((other, theirs), (make, article)):
            before = places(factory.session, place)
            assert set(outcomes(back(factory.session, factory, place, told))) == {"here"}
            assert places(factory.session, place) == before
        # Out of the other desk, it finds home.
        assert set(outcomes(back(session, make, article, out(other.session, theirs)))) == {"here"}

    def test_another_text_gives_the_words_that_are_still_there(
        self, session: Session, make: Factory, article: Article, other: Factory
    ) -> None:
        mark_all(make, article)
        told = out(session, article)
        theirs = other.article(text="A new beginning. " + TEXT.replace("4 million", "5 million"))
        plan = back(other.session, other, theirs, told)
        assert outcomes(plan) == ["opened", "unsure", "left", "left", "opened"]  # "120 metres" stands there twice
        assert str(plan.steps[2].notes[-1]) == "These words are not in the text: It cost 4 million dollars"

    def test_places_that_were_added_elsewhere_come_home(
        self, session: Session, make: Factory, article: Article, other: Factory
    ) -> None:
        claim = make.claim(article)
        make.place(claim, "The bridge is 120 metres long")
        theirs = other.article(text=TEXT)
        back(other.session, other, theirs, out(session, article))
        there = other.session.scalars(select(Claim).where(Claim.article_id == theirs.id)).one()
        other.place(there, "A mast is 120 metres high")
        assert outcomes(back(session, make, article, out(other.session, theirs))) == ["here", "placed"]
        assert [one.claim_id for one in list_anchors(session, find_version(session, article.id).id)] == [claim.id] * 2

    def test_what_was_taken_off_or_withdrawn_stays_so(self, session: Session, make: Factory, article: Article) -> None:
        claim, gone = make.claim(article), make.claim(article)
        anchor = make.place(claim, "The bridge is 120 metres long")
        make.place(gone, "A mast is")
        told = out(session, article)
        checker = make.regular(Role.CHECKER)
        remove_place(session, actor=checker, anchor_id=anchor.id)
        withdraw_claim(session, actor=checker, claim_id=gone.id, why="Opened twice.")
        plan = back(session, make, article, told)
        assert outcomes(plan) == ["left", "left"]
        assert [str(step.notes[-1]) for step in plan.steps] == [
            "Somebody took the mark off these words; it is not put there again.",
            f"Its claim {gone.number} is withdrawn.",
        ]


class TestInFromOthers:
    def test_opens_a_claim_on_the_words(self, session: Session, make: Factory, article: Article) -> None:
        said = {"type": "TextualBody", "value": NAUGHTY, "purpose": "commenting"}
        tag = {"type": "TextualBody", "value": "legal", "purpose": "tagging"}
        assert outcomes(back(session, make, article, note("The bridge is 120 metres long", said, tag))) == ["opened"]
        claim = session.scalars(select(Claim)).one()
        assert (claim.statement_en, claim.kind, claim.status) == (
            "The bridge is 120 metres long",
            Kind.FIGURE,
            Status.UNCHECKED,
        )
        assert claim.figure is not None
        assert (claim.figure.low, claim.figure.unit) == (120, "metres")
        assert [tag.name for tag in claim.tags] == ["legal"]
        assert [comment.text for comment in session.scalars(select(Comment))] == [NAUGHTY]

    def test_takes_a_description_for_the_statement(self, session: Session, make: Factory, article: Article) -> None:
        bodies = [
            {"value": "The bridge has 120 m.", "purpose": "describing"},
            {"value": "לגשר 120 מ׳.", "purpose": "describing", "language": "he"},
            {"value": "It is long.", "purpose": "describing", "language": "en"},
        ]
        back(session, make, article, note("The bridge is 120 metres long", *bodies))
        claim = session.scalars(select(Claim)).one()
        assert (claim.statement_en, claim.statement_he) == ("The bridge has 120 m.", "לגשר 120 מ׳.")
        assert [comment.text for comment in session.scalars(select(Comment))] == ["It is long."]

    def test_twice_adds_nothing_with_an_id_or_without(self, session: Session, make: Factory, article: Article) -> None:
        nameless = note("A mast is 120 metres high", {"value": "Is it?"})
        del nameless["id"]
        told = [note("The bridge is 120 metres long"), nameless, nameless]
        assert outcomes(back(session, make, article, told)) == ["opened", "opened", "here"]
        assert outcomes(back(session, make, article, told)) == ["here"] * 3
        assert len(session.scalars(select(Claim)).all()) == 2

    def test_of_several_targets_makes_one_claim(self, session: Session, make: Factory, article: Article) -> None:
        told = note("The bridge is 120 metres long")
        told["target"] = [told["target"], note("A mast is 120 metres high")["target"], "https://example.org/b"]
        plan = back(session, make, article, told)
        assert outcomes(plan) == ["opened"]
        assert len(session.scalars(select(Anchor)).all()) == 2
        assert "It is about the whole of https://example.org/b" in str(plan.steps[0].notes[0])

    def test_waits_for_a_word_where_the_place_is_not_sure(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        alone = note("x", id="urn:x:1", selector={"type": "TextPositionSelector", "start": 0, "end": 29})
        around = note("x", id="urn:x:2")
        around["target"]["selector"] |= {"exact": "A mast is", "prefix": "Behind it. ", "suffix": " green"}
        plan = back(session, make, article, [alone, around])
        assert outcomes(plan) == ["unsure", "unsure"]
        assert [step.words for step in plan.steps] == ["The bridge is 120 metres long", "A mast is"]
        assert session.scalars(select(Claim)).all() == []
        assert outcomes(back(session, make, article, [alone, around], accepted={2})) == ["unsure", "opened"]
        assert outcomes(back(session, make, article, [alone, around], accepted=None)) == ["opened", "here"]

    def test_waits_for_a_word_where_it_was_made_on_another_page(self, session: Session, make: Factory) -> None:
        article = make.article(text=TEXT, address="https://paper.example/bridge")
        told = [
            note("The bridge is 120 metres long", id="urn:x:1", source="https://paper.example/bridge?utm_source=a"),
            note("A mast is 120 metres high", id="urn:x:2", source="https://other.example/"),
        ]
        plan = back(session, make, article, told)
        assert outcomes(plan) == ["opened", "unsure"]
        assert "It was made on another page, https://other.example/" in str(plan.steps[1].notes[0])

    def test_leaves_out_what_is_no_words_and_tags_that_are_none(
        self, session: Session, make: Factory, article: Article
    ) -> None:
        blank = note("x", id="urn:x:1", selector={"type": "TextPositionSelector", "start": 29, "end": 31})
        tagged = note("A mast is", {"value": "t" * 61, "purpose": "tagging"}, id="urn:x:2")
        plan = back(session, make, article, [blank, tagged], accepted=None)
        assert outcomes(plan) == ["left", "opened"]
        assert str(plan.steps[0].notes[0]) == "There are no words at its place."
        assert "a tag is one short line" in str(plan.steps[1].notes[0])

    def test_is_all_or_nothing(self, session: Session, make: Factory, article: Article) -> None:
        told = [note("The bridge is 120 metres long", id="urn:x:1"), note("A mast is", id="urn:x:2")]
        reading = read_annotations(json.dumps(told).encode())
        plan = plan_annotations(session, article_id=article.id, reading=reading)
        make.revision(article, TEXT + "\n\nMore.")
        with pytest.raises(DomainError, match="newer version"):
            bring_in_annotations(session, actor=make.regular(Role.CHECKER), article_id=article.id, plan=plan)
        session.rollback()
        assert session.scalars(select(Claim)).all() == []

    def test_is_for_checkers_and_articles_that_stand(self, session: Session, make: Factory, article: Article) -> None:
        reading = read_annotations(json.dumps(note("A mast is")).encode())
        plan = plan_annotations(session, article_id=article.id, reading=reading)
        with pytest.raises(NotAllowed):
            bring_in_annotations(session, actor=make.person(role=Role.READER), article_id=article.id, plan=plan)
        with pytest.raises(DomainError, match="does not have the words"):
            plan_annotations(session, article_id=make.article().id, reading=reading)
        article.withdrawn_at = article.created_at
        with pytest.raises(DomainError, match="This article is withdrawn"):
            plan_annotations(session, article_id=article.id, reading=reading)
