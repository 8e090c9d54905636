"""Loading a newsroom: all of it through the services, once, and refusals that say where the file is wrong."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article, ArticleVersion, Citation, SourceRule
from claims_app.claims.model import CitedBasis, Claim, Claimant, Kind, Place, Status
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.comments.model import Comment, CommentKind
from claims_app.db import open_engine, open_sessions, writing
from claims_app.errors import DomainError
from claims_app.evidence.model import Evidence, Rank
from claims_app.evidence.rule import list_unmet
from claims_app.exchange.newsroom import Loaded, load_newsroom
from claims_app.history.model import HistoryEntry, HistoryHead
from claims_app.history.service import verify_history
from claims_app.people.model import Person, Role
from claims_app.people.queries import find_person
from claims_app.people.service import add_person, set_active
from claims_app.schema import packaged
from claims_app.sources.model import Source
from claims_app.verdicts.model import Finding, Verdict
from tests.factories import Factory

SEED = packaged("seed")


def load(session: Session, folder: Path = SEED, language: str = "he") -> Loaded:
    with writing(session):
        return load_newsroom(session, folder=folder, language=language)


def count(session: Session, kind: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def claim(session: Session, key: str) -> Claim:
    return session.scalars(select(Claim).where(Claim.origin_key == key)).one()


@pytest.fixture(scope="module")
def loaded(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the example; to be copied, not used."""
    path = tmp_path_factory.mktemp("loaded") / "claims.db"
    shutil.copyfile(migrated, path)
    engine = open_engine(path)
    with open_sessions(engine)() as session:
        assert load(session) == Loaded(articles=1, claims=104, evidence=182)
    engine.dispose()
    return path


class TestTheExample:
    @pytest.fixture
    def session(self, loaded: Path, tmp_path: Path) -> Iterator[Session]:
        """A session on a copy of the loaded example."""
        engine = open_engine(Path(shutil.copyfile(loaded, tmp_path / "claims.db")))
        with open_sessions(engine)() as session:
            yield session
        engine.dispose()

    def test_comes_out_as_it_was_checked(self, session: Session) -> None:
        found = Counter(session.scalars(select(Claim.status)))
        assert (found[Status.VERIFIED], found[Status.PARTLY], found[Status.DISPUTED]) == (52, 27, 17)
        assert found[Status.UNVERIFIABLE] == 5
        assert found[Status.UNCHECKED] + found[Status.CHECKING] == 3
        assert (count(session, Evidence), count(session, Source), count(session, Verdict)) == (182, 118, 101)

    def test_is_as_honest_as_it_is(self, session: Session) -> None:
        """Nobody checked twice, thin ground is told with its reason, and the text says that it is a digest."""
        verdicts = session.scalars(select(Verdict)).all()
        assert all(verdict.approved_by_id is None for verdict in verdicts)
        assert Counter(session.scalars(select(Evidence.rank))) == {Rank.PRIMARY: 8, Rank.SECONDARY: 174}
        let_through = [verdict for verdict in verdicts if verdict.override_why is not None]
        assert Counter(verdict.finding for verdict in let_through) == {Finding.VERIFIED: 19}
        assert list_unmet(session, session.scalars(select(Article)).one()) == []
        texts = [version.text or "" for version in session.scalars(select(ArticleVersion))]
        assert [text.split(":")[0] for text in texts] == ["תקציר של הדסק"] * 2
        notes = session.scalars(select(Article.notes)).one() or ""
        assert "No second person has checked these verdicts; no copy of a page has been captured." in notes
        assert "אף אדם שני לא בדק את ההכרעות" in notes

    def test_every_claim_stands_in_the_text(self, session: Session) -> None:
        places = Counter(session.scalars(select(Claim.place)))
        assert places == {Place.PLACED: 103, Place.LOST: 1}
        first = session.scalars(select(ArticleVersion).where(ArticleVersion.number == 1)).one()
        assert len(set(session.scalars(select(Anchor.claim_id).where(Anchor.version_id == first.id)))) == 104

    def test_the_second_draft_shows_what_a_stale_verdict_looks_like(self, session: Session) -> None:
        stale = session.scalars(select(Claim.origin_key).where(Claim.is_stale)).all()
        assert set(stale) == {"pezeshkian-first-name", "trade-up-32-percent", "iran-opposes-zangezur"}
        lost = session.scalars(select(Claim.origin_key).where(Claim.place == Place.LOST)).all()
        assert lost == ["congress-law-bars-arms-sales"]
        moved = session.scalars(select(Claim.origin_key).join(Anchor).where(Anchor.outcome == "moved")).all()
        assert moved == ["muslim-oil-once-unthinkable"]

    def test_leaves_a_whole_history_in_the_account_s_name(self, session: Session) -> None:
        assert list(verify_history(session)) == []
        account = find_person(session, "example@localhost")
        assert (account.name, account.role, account.is_active) == ("דסק לדוגמה", Role.EDITOR, False)
        actors = Counter(session.scalars(select(HistoryEntry.actor_name)))
        assert set(actors) == {"Claims Desk", "דסק לדוגמה"}
        assert actors["Claims Desk"] == 2  # the account was added and closed
        for number in session.scalars(select(Claim.id)):
            entries = session.scalars(select(HistoryEntry.action).where(HistoryEntry.claim_id == number)).all()
            assert "created" in entries

    def test_keeps_figures_claimants_and_the_article_s_own_link(self, session: Session) -> None:
        volume = claim(session, "oil-imports-h1-2024-volume")
        assert volume.figure is not None
        assert (volume.figure.low, volume.figure.high, volume.figure.unit, volume.figure.as_of) == (
            1_580_000, 1_580_000, "tonnes", "2024-H1",
        )  # fmt: skip
        share = claim(session, "oil-share-2022")
        assert share.figure is not None
        assert (share.status, share.kind, share.figure.is_about) == (Status.DISPUTED, Kind.FIGURE, True)
        assert sorted(session.scalars(select(Claimant.name))) == sorted(
            ["הכותב", "דיווחים ללא שם", "אילהאם אלייב", "חיכמת חאג'ייב", "גלובס", "מסעוד פזשכיאן"]
        )
        (cited,) = session.scalars(select(Claim).where(Claim.citation_id.is_not(None)))
        assert cited.citation is not None
        assert (cited.cited_basis, cited.citation.address) == (
            CitedBasis.ADDRESS, "https://caliber.az/en/post/azerbaijan-and-iran-in-search-of-balance",
        )  # fmt: skip
        assert count(session, Citation) == 6

    def test_keeps_what_was_searched_for_in_vain_as_a_note(self, session: Session) -> None:
        notes = session.scalars(select(Comment).order_by(Comment.id)).all()
        assert [note.claim.origin_key for note in notes] == [
            "karabakh-war-antitank", "first-strike-from-azerbaijan-direction", "iranian-media-softer-tone",
        ]  # fmt: skip
        assert all(note.kind is CommentKind.NOTE and note.text.count("\n") == 1 for note in notes)
        assert {note.claim.status for note in notes} == {Status.UNCHECKED}, "what nobody goes on with is put back"

    def test_loaded_again_adds_nothing_and_leaves_no_trace(self, session: Session) -> None:
        before = session.get_one(HistoryHead, 1).last_hash
        assert load(session) == Loaded()
        session.expire_all()
        assert session.get_one(HistoryHead, 1).last_hash == before
        assert (count(session, Claim), count(session, Person)) == (104, 1)

    def test_does_not_bring_back_what_was_withdrawn(self, session: Session) -> None:
        with writing(session):
            editor = add_person(session, actor=None, email="e@x", name="E", role=Role.EDITOR, language="en")
            withdraw_claim(session, actor=editor, claim_id=1, why="Not ours.")
        assert load(session) == Loaded()


Change = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small newsroom of its own: one article, two claims, two sources, three pieces of evidence."""
    rows: dict[str, list[dict[str, Any]]] = {
        "claims": [
            {"article": "a", "key": "one", "statement_en": "Rain fell on 3 to 4 days.", "kind": "figure",
             "figure": {"value": 3, "to": 4, "unit": "days", "as_of": "2024-Q3"}, "claimant": "Somebody",
             "citation": "https://example.org/cited", "cited_basis": "read", "priority": "high", "paragraph": 2,
             "finding": "verified", "rationale_en": "Measured."},
            {"article": "a", "key": "two", "statement_he": "ירד גשם.", "kind": "event"},
        ],
        "sources": [
            {"key": "gauge", "address": "https://example.org/gauge", "title": "Gauge", "kind": "statistic"},
            {"key": "diary", "title": "A diary", "kind": "book"},
        ],
        "evidence": [
            {"claim": "one", "source": "gauge", "stance": "supports", "rank": "primary", "summary": "Says so.",
             "looked_on": "2024-10-01", "passage": "3", "locator": "table 1", "figure": {"value": 3.5}},
            {"claim": "two", "source": "diary", "stance": "context", "summary": "Was wet."},
            {"claim": "two", "source": "gauge", "stance": "supports", "summary": "Says so."},
        ],
    }  # fmt: skip
    for name, lines in rows.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    newsroom = {
        "account": {"email": "loader@example.org", "name_he": "טוען", "name_en": "Loader"},
        "articles": [
            {"key": "a", "title_en": "Rain", "language": "en", "citations": [{"address": "https://example.org/cited"}]}
        ],
    }
    (tmp_path / "newsroom.json").write_text(json.dumps(newsroom, indent=1))
    return tmp_path


def change(folder: Path, name: str, line: int, **fields: Any) -> None:
    """Rewrite fields of one line, or take away those that are None."""
    path = folder / name
    lines = path.read_text().splitlines()
    values = json.loads(lines[line - 1]) | fields
    lines[line - 1] = json.dumps({key: value for key, value in values.items() if value is not None})
    path.write_text("\n".join(lines))


class TestAnotherNewsroom:
    def test_is_loaded_with_all_it_says(self, session: Session, folder: Path) -> None:
        assert load(session, folder, language="en") == Loaded(articles=1, claims=2, evidence=3)
        one = claim(session, "one")
        assert one.figure is not None
        assert one.claimant is not None
        assert (one.figure.low, one.figure.high, one.claimant.name) == (3, 4, "Somebody")
        assert (one.cited_basis, one.paragraph, one.priority.value) == (CitedBasis.READ, 2, "high")
        first = session.get_one(Evidence, 1)
        assert first.figure is not None
        assert (first.rank, first.passage, first.locator) == (Rank.PRIMARY, "3", "table 1")
        assert (first.looked_on.isoformat(), first.figure.low, first.figure.unit) == ("2024-10-01", 3.5, None)
        assert claim(session, "two").status is Status.UNCHECKED
        assert find_person(session, "loader@example.org").name == "Loader"

    def test_that_has_grown_is_loaded_on_by_the_same_account(self, session: Session, folder: Path) -> None:
        load(session, folder)
        more = {"article": "a", "key": "three", "statement_en": "Snow fell.", "kind": "event"}
        with (folder / "claims.jsonl").open("a") as file:
            file.write(json.dumps(more) + "\n\n")
        assert load(session, folder) == Loaded(articles=0, claims=1, evidence=0)
        assert claim(session, "three").number == 3
        assert count(session, Person) == 1
        assert find_person(session, "loader@example.org").is_active is False

    def test_may_have_a_source_rule_and_verdicts_that_are_let_through(self, session: Session, folder: Path) -> None:
        article(source_rule="three")(folder)
        change(folder, "evidence.jsonl", 1, rank="secondary")
        change(folder, "claims.jsonl", 1, override_why="The gauge is the only one.")
        load(session, folder)
        assert session.scalars(select(Article.source_rule)).one() is SourceRule.THREE
        assert session.scalars(select(Verdict.override_why)).one() == "The gauge is the only one."

    def test_keeps_no_reason_that_was_not_needed(self, session: Session, folder: Path) -> None:
        change(folder, "claims.jsonl", 1, override_why="The gauge is the only one.")
        load(session, folder)
        assert session.scalars(select(Verdict.override_why)).one() is None

    def test_takes_a_source_that_the_desk_knows(self, session: Session, folder: Path, make: Factory) -> None:
        known = make.source(address="https://example.org/gauge", title="Ours")
        load(session, folder)
        assert [source.title for source in session.scalars(select(Source).order_by(Source.id))] == ["Ours", "A diary"]
        assert claim(session, "one").supports == 1
        assert session.get_one(Evidence, 1).source_id == known.id

    def test_with_a_desk_s_own_editor_as_its_account_closes_it(self, session: Session, folder: Path) -> None:
        with writing(session):
            person = add_person(
                session, actor=None, email="loader@example.org", name="L", role=Role.EDITOR, language="en"
            )
            set_active(session, actor=None, person_id=person.id, is_active=False)
        assert load(session, folder).claims == 2
        assert find_person(session, "loader@example.org").is_active is False


def whole(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


def field(name: str, line: int, **fields: Any) -> Callable[[Path], object]:
    return lambda folder: change(folder, name, line, **fields)


def article(**fields: Any) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        path = folder / "newsroom.json"
        newsroom = json.loads(path.read_text())
        newsroom["articles"][0].update(fields)
        path.write_text(json.dumps(newsroom))

    return write


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "no file": (lambda folder: (folder / "claims.jsonl").unlink(), "There is no file claims.jsonl in "),
    "not UTF-8": (
        lambda folder: (folder / "claims.jsonl").write_bytes(b"\xff\xfe{"),
        "claims.jsonl cannot be read as UTF-8 text: ",
    ),
    "not JSON": (whole("claims.jsonl", '{"key": "one"}\n{"key" "two"}'), "claims.jsonl, line 2: this is not JSON ("),
    "not JSON, later": (whole("newsroom.json", '{\n "account": {},\n]'), "newsroom.json, line 3: this is not JSON ("),
    "no record": (whole("claims.jsonl", "[1]"), "claims.jsonl, line 1: a record stands in braces."),
    "no account": (whole("newsroom.json", "{}"), "newsroom.json, line 1: 'account' is missing."),
    "account is text": (whole("newsroom.json", '{"account": "me"}'), "newsroom.json, line 1: 'account' has to hold "),
    "account without name": (
        whole("newsroom.json", '{"account": {"email": "a@b"}, "articles": [{"key": "a", "language": "en"}]}'),
        "newsroom.json, line 1: 'name_he' is missing.",
    ),
    "articles are no list": (
        whole("newsroom.json", '{"account": {"email": "a@b"}, "articles": 1}'),
        "newsroom.json, line 1: 'articles' has to be a list.",
    ),
    "article without title": (article(title_en=None), "newsroom.json, line 1: An article needs a title, "),
    "article in no language": (article(language="fr"), "newsroom.json, line 1: 'language' has to be one of: he, en."),
    "cited address": (article(citations=[{"address": "ftp://x"}]), "newsroom.json, line 1: An address starts with "),
    "misspelt field": (field("claims.jsonl", 2, statment_en="x"), "claims.jsonl, line 2: 'statment_en' is not a field"),
    "no key": (field("claims.jsonl", 2, key=" "), "claims.jsonl, line 2: 'key' is missing."),
    "key twice": (field("claims.jsonl", 2, key="one"), "claims.jsonl, line 2: the key 'one' is taken by line 1."),
    "no such article": (
        field("claims.jsonl", 1, article="b"),
        "claims.jsonl, line 1: there is no article with the key 'b'.",
    ),
    "no such claim": (
        field("evidence.jsonl", 2, claim="x"),
        "evidence.jsonl, line 2: there is no claim with the key 'x'.",
    ),
    "no such source": (
        field("evidence.jsonl", 2, source="x"),
        "evidence.jsonl, line 2: there is no source with the key 'x'.",
    ),
    "unknown kind": (
        field("claims.jsonl", 1, kind="rumour"),
        "claims.jsonl, line 1: 'kind' has to be one of: figure, ",
    ),
    "no kind": (field("claims.jsonl", 1, kind=None), "claims.jsonl, line 1: 'kind' is missing."),
    "text for a number": (
        field("claims.jsonl", 1, paragraph="2"),
        "claims.jsonl, line 1: 'paragraph' has to be a whole",
    ),
    "true for a number": (
        field("claims.jsonl", 1, paragraph=True),
        "claims.jsonl, line 1: 'paragraph' has to be a whole number.",
    ),
    "number for text": (field("claims.jsonl", 1, section=3), "claims.jsonl, line 1: 'section' has to be text."),
    "number for a switch": (
        field("claims.jsonl", 1, is_attributed=1),
        "claims.jsonl, line 1: 'is_attributed' has to be",
    ),
    "figure without value": (
        field("claims.jsonl", 1, figure={"unit": "m"}),
        "claims.jsonl, line 1: 'figure' has no 'val",
    ),
    "figure with text": (
        field("claims.jsonl", 1, figure={"value": "3"}),
        "claims.jsonl, line 1: 'value' has to be a num",
    ),
    "figure that is no number": (
        field("claims.jsonl", 1, figure={"value": float("nan")}),
        "claims.jsonl, line 1: this is not JSON (NaN is no number).",
    ),
    "figure too great": (
        field("claims.jsonl", 2, figure={"value": 10**400}),
        "claims.jsonl, line 2: 'value' is too great a number.",
    ),
    "number too great": (
        field("claims.jsonl", 2, paragraph=10**30),
        "claims.jsonl, line 2: 'paragraph' is too great a number.",
    ),
    "figure upside down": (
        field("claims.jsonl", 1, figure={"value": 3, "to": 2}),
        "claims.jsonl, line 1: 'figure' ends below its 'value'.",
    ),
    "figure of no day": (
        field("claims.jsonl", 1, figure={"value": 3, "as_of": "soon"}),
        "claims.jsonl, line 1: Write the date as ",
    ),
    "link not cited": (
        field("claims.jsonl", 1, citation="https://example.org/other"),
        "claims.jsonl, line 1: 'citation' is not an address that the article cites.",
    ),
    "no statement": (field("claims.jsonl", 1, statement_en=None), "claims.jsonl, line 1: A claim needs its statement"),
    "unproven": (
        field("claims.jsonl", 2, finding="disputed", rationale_en="x"),
        "claims.jsonl, line 2: Disputed needs ",
    ),
    "thin ground": (
        field("evidence.jsonl", 1, rank="secondary"),
        "claims.jsonl, line 1: Verified needs a primary source, or more independent ones: 1 of 2 independent ",
    ),
    "no such source rule": (
        article(source_rule="four"),
        "newsroom.json, line 1: 'source_rule' has to be one of: off, two, three.",
    ),
    "no rationale": (
        field("claims.jsonl", 1, rationale_en=None),
        "claims.jsonl, line 1: A verdict needs its rationale.",
    ),
    "source of nothing": (field("sources.jsonl", 2, title=None), "sources.jsonl, line 2: A source needs a title or"),
    "no summary": (field("evidence.jsonl", 3, summary=None), "evidence.jsonl, line 3: Say in your own words "),
    "no day": (
        field("evidence.jsonl", 1, looked_on="yesterday"),
        "evidence.jsonl, line 1: 'looked_on' has to be a day",
    ),
    "a day to come": (
        field("evidence.jsonl", 1, looked_on="9999-01-01"),
        "evidence.jsonl, line 1: The day of looking ",
    ),
}


@pytest.mark.parametrize(("spoil", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_file_that_is_wrong_is_refused_by_its_place_and_adds_nothing(
    session: Session, folder: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(folder)
    with pytest.raises(DomainError) as refusal:
        load(session, folder)
    assert str(refusal.value).startswith(told)
    assert (count(session, Article), count(session, Person), count(session, HistoryEntry)) == (0, 0, 0)
