"""What a table brings: planned without a trace, saved as a whole, and the desk's own tables back again."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article, Citation, SecondCheck
from claims_app.articles.queries import find_version
from claims_app.claims.figure import FigureValue, value_of
from claims_app.claims.model import CitedBasis, Claim, Kind, Priority, Status
from claims_app.comments.model import Comment
from claims_app.db import Base
from claims_app.errors import DomainError, NotAllowed
from claims_app.evidence.model import Evidence, Rank, Stance
from claims_app.history.model import HistoryEntry, Subject
from claims_app.history.service import verify_history
from claims_app.importing.model import ImportKind
from claims_app.importing.queries import count_made, find_same_file, list_imports
from claims_app.importing.service import RowRefused, save_import
from claims_app.language import speaking
from claims_app.people.model import Role
from claims_app.prose import quotes
from claims_app.prose.sentences import Span
from claims_app.reports.as_csv import write_csv
from claims_app.reports.as_json import write_json
from claims_app.reports.queries import gather_report
from claims_app.reports.stream import stream_claims
from claims_app.sources.model import Source, SourceKind
from claims_app.verdicts.model import Finding
from tests.factories import Factory
from tests.importing.tables import bring, lines, plan, said, workbook

TEXT = "The bridge is 120 metres long. It cost 4 million dollars.\n\nIt opened in 1998. It cost 4 million dollars."


def everything(session: Session) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def claims_of(session: Session, article: Article) -> list[Claim]:
    live = select(Claim).where(Claim.article_id == article.id, Claim.withdrawn_at.is_(None))
    return list(session.scalars(live.order_by(Claim.number)))


class TestClaims:
    def test_a_hebrew_table_as_people_write_it(self, session: Session, make: Factory) -> None:
        article, editor = make.article(text=TEXT), make.person(role=Role.EDITOR)
        data = lines(
            "ניסוח הטענה;סוג;עדיפות;נתון;דובר;תגיות;ציטוט;פסקה;מיוחסת בטקסט;מסקנה;הערה",
            "אורך הגשר 120 מטרים.;נתון;גבוהה;כ-120 מטרים;דנה לוי;משפטי, דחוף;The bridge is 120 metres long;;כן;"
            "נכון;לבדוק",
            "הגשר עלה 4 מיליון דולר.;נתון;;4 מיליון דולר;;;It cost 4 million dollars;2;;;",
        )
        imported = bring(session, editor, data, article=article)
        first, second = claims_of(session, article)
        assert (first.statement_he, first.kind, first.priority) == ("אורך הגשר 120 מטרים.", Kind.FIGURE, Priority.HIGH)
        assert value_of(first.figure) == FigureValue(120, 120, "metres", is_about=True)
        assert first.claimant is not None
        assert (first.claimant.name, first.is_attributed) == ("דנה לוי", True)
        assert {tag.name for tag in first.tags} == {"דחוף", "משפטי"}
        assert first.status is Status.UNCHECKED
        assert first.verdict_id is None
        assert value_of(second.figure) == FigureValue(4_000_000, 4_000_000, "USD")
        # The quote stands there twice; the paragraph tells which is meant.
        anchors = list(session.scalars(select(Anchor).order_by(Anchor.id)))
        assert [anchor.begins for anchor in anchors] == [0, TEXT.rindex("It cost")]
        (note,) = session.scalars(select(Comment))
        assert note.text == "As the table has it, checked by nobody here:\nFinding: נכון\nלבדוק"
        assert count_made(session, imported) == {Subject.CLAIM: 2, Subject.COMMENT: 1}
        assert list(verify_history(session)) == []

    def test_one_entry_tells_of_the_import_and_one_of_each_record(self, session: Session, make: Factory) -> None:
        article, editor = make.article(), make.person(role=Role.EDITOR)
        imported = bring(session, editor, lines("Statement", "One.", "Two."), article=article)
        entries = list(session.scalars(select(HistoryEntry).where(HistoryEntry.id >= imported.first_entry)))
        assert [(entry.subject, entry.action, entry.actor_id) for entry in entries] == [
            ("import", "created", editor.id), ("claim", "created", editor.id), ("claim", "created", editor.id),
        ]  # fmt: skip
        assert entries[0].changes["rows"] == [None, 2]
        assert imported.last_entry == entries[-1].id

    def test_rows_of_one_number_are_one_claim_with_its_evidence(self, session: Session, make: Factory) -> None:
        article, editor = make.article(), make.person(role=Role.EDITOR)
        data = lines(
            "Number,Statement,Stance,Rank,Source: Title,Source: Address,Summary,Date looked,Source: Figure",
            "7,The bridge is long.,supports,Primary source,The plan,https://example.org/plan,"
            "It says 118.,15.3.2026,118 metres",
            "7,The bridge is long.,נגד,משני,The paper,,It says 90.,2026-03-16,90",
            ",,context,,The plan,https://example.org/plan?utm_source=x,Drawn in 1990.,,",
            "8,The bridge is old.,,,,,,,",
        )
        bring(session, editor, data, article=article)
        long, old = claims_of(session, article)
        assert (long.number, long.supports, long.refutes, long.contexts) == (1, 1, 1, 1)
        assert (long.status, old.status) == (Status.CHECKING, Status.UNCHECKED)
        pieces = list(session.scalars(select(Evidence).order_by(Evidence.id)))
        assert [piece.source_id for piece in pieces] == [pieces[0].source_id, pieces[1].source_id, pieces[0].source_id]
        assert (pieces[0].rank, pieces[1].rank) == (Rank.PRIMARY, Rank.SECONDARY)
        assert pieces[0].looked_on == date(2026, 3, 15)
        assert value_of(pieces[0].figure) == FigureValue(118, 118, "metres")
        assert pieces[1].source.kind is SourceKind.OTHER
        assert pieces[0].created_by_id == editor.id

    def test_the_article_may_be_named_in_each_row(self, session: Session, make: Factory) -> None:
        one, two = make.article(title_en="One", origin_key="k1"), make.article(title_en="Two", title_he="שתיים")
        data = lines("Article,Statement", "k1,A.", "שתיים,B.", f"{two.id},C.")
        bring(session, make.person(role=Role.EDITOR), data)
        assert len(claims_of(session, one)) == 1
        assert len(claims_of(session, two)) == 2

    def test_a_cited_link_joins_the_articles_list(self, session: Session, make: Factory) -> None:
        article = make.article()
        known = make.citation(article, address="https://example.org/a")
        data = lines(
            "Statement,Cited link,How the link is known", "A.,https://example.org/a,read", "B.,https://example.org/b,"
        )
        bring(session, make.person(role=Role.EDITOR), data, article=article)
        first, second = claims_of(session, article)
        assert (first.citation_id, first.cited_basis) == (known.id, CitedBasis.READ)
        assert second.citation is not None
        assert second.cited_basis is CitedBasis.ADDRESS
        assert session.scalar(select(func.count()).select_from(Citation)) == 2

    def test_the_same_again_brings_nothing(self, session: Session, make: Factory) -> None:
        article, editor = make.article(), make.person(role=Role.EDITOR)
        data = lines(
            "Statement,Stance,Source: Address,Summary", "A.,supports,https://example.org/a,It says so.", "B.,,,"
        )
        imported = bring(session, editor, data, article=article)
        again = plan(session, data, article=article)
        assert again.is_empty
        assert sorted(set(again.known)) == [2, 3]
        assert find_same_file(session, imported.sha256) is imported
        more = lines(
            "Statement,Stance,Source: Address,Summary", "A.,refutes,https://example.org/b,It does not.", "C.,,,"
        )
        bring(session, editor, more, article=article)
        assert [claim.refutes for claim in claims_of(session, article)] == [1, 0, 0]


class TestProblems:
    def test_every_one_is_named_by_its_cell_and_nothing_is_written(self, session: Session, make: Factory) -> None:
        article = make.article(text=TEXT)
        before = everything(session)
        data = lines(
            "Statement,Kind,Figure,Words in the text,Stance,Source: Title,Summary,Date looked,Paragraph",
            "A.,number-ish,many,not there,perhaps,,,31.2.2026,0",
            ",,,,,,,,",
            "B.,,,It cost 4 million dollars,supports,Confidential source 3,It says so.,15.3.2999,1",
            ",figure,,,,,,,",
        )
        planned = plan(session, data, ImportKind.CLAIMS, article)
        places = [place for place, _words in said(planned)]
        assert places == ["B2", "C2", "D2", "E2", "F2", "G2", "H2", "I2", "F4", "H4", "A5"]
        assert said(planned)[1][1].startswith("No figure can be read out of “many”.")
        assert said(planned)[8][1].startswith("A confidential source is never brought in by a table")
        with pytest.raises(DomainError, match="has problems"):
            save_import(session, actor=None, plan=planned, file=None, columns={})  # type: ignore[arg-type]
        assert everything(session) == before

    def test_rows_of_one_claim_have_to_agree(self, session: Session, make: Factory) -> None:
        data = lines("Number,Statement,Kind,Summary", "1,A.,figure,", "1,B.,figure,x")
        assert ("B3", "This differs from row 2, which is the same claim.") in said(
            plan(session, data, article=make.article())
        )

    def test_a_missing_column_is_named(self, session: Session, make: Factory) -> None:
        planned = plan(session, lines("Statement,Stance,Source title", "A.,supports,P"), article=make.article())
        assert [(problem.place, problem.heading) for problem in planned.problems] == [("2", "Summary")]

    def test_a_quote_needs_the_articles_words(self, session: Session, make: Factory) -> None:
        data = lines("Statement,Quote", "A.,x y")
        ((place, words),) = said(plan(session, data, article=make.article()))
        assert (place, words[:35]) == ("B2", "The desk does not have the words of")

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("nowhere,A.", "There is no article “nowhere”"),
            ("Twin,A.", "Several articles are called “Twin”"),
            (",A.", "The article is missing."),
            ("gone,A.", "There is no article “gone”"),
        ],
    )
    def test_an_article_that_is_not_told_apart(self, session: Session, make: Factory, row: str, words: str) -> None:
        from claims_app.claims.withdrawing import withdraw_article

        make.article(title_en="Twin")
        make.article(title_en="twin")
        gone = make.article(title_en="gone")
        withdraw_article(session, actor=None, article_id=gone.id, why="x")
        ((place, problem),) = said(plan(session, lines("Article,Statement", row), ImportKind.CLAIMS))
        assert place == "A2"
        assert problem.startswith(words)

    def test_what_the_desk_refuses_only_when_it_is_saved_is_named_by_its_row(
        self, session: Session, make: Factory
    ) -> None:
        article, editor = make.article(), make.person(role=Role.EDITOR)
        data = lines("Statement,Summary,Stance,Source: Address", "A.,x,supports,https://example.org/1")
        planned = plan(session, data, article=article)
        planned.claims[0].evidence[0].details["summary"] = "\u200f"
        from claims_app.articles.service import File

        with pytest.raises(RowRefused, match=r"Row 2: Say in your own words .* Nothing was brought in."):
            save_import(session, actor=editor, plan=planned, file=File("a" * 64, 1), columns={}, article_id=article.id)

    def test_a_checker_brings_no_table_in(self, session: Session, make: Factory) -> None:
        planned = plan(session, lines("Statement", "A."), article=make.article())
        with pytest.raises(NotAllowed):
            save_import(session, actor=make.person(), plan=planned, file=None, columns={})  # type: ignore[arg-type]

    def test_notes_need_somebody_who_writes_them(self, session: Session, make: Factory) -> None:
        with pytest.raises(RowRefused, match="say in whose name"):
            bring(session, None, lines("Statement,Note", "A.,x"), article=make.article())


class TestEvidence:
    def test_it_finds_its_claim_by_number_key_and_words(self, session: Session, make: Factory) -> None:
        article = make.article()
        one, two = make.claim(article, origin_key="k2"), make.claim(article, statement_en="Three.", statement_he=None)
        data = lines(
            "Number,Key,Statement,Stance,Source,Summary,Figure",
            f"{one.number},,,supports,The plan,By number.,12 metres",
            ",k2,,refutes,The plan,By key.,",
            ",,Three.,context,The plan,By its words.,",
        )
        bring(session, make.person(role=Role.EDITOR), data, ImportKind.EVIDENCE, article)
        session.refresh(one)
        session.refresh(two)
        assert (one.supports, one.refutes, two.contexts) == (1, 1, 1)
        assert session.scalar(select(func.count()).select_from(Source)) == 1
        assert value_of(session.scalars(select(Evidence)).first().figure) == FigureValue(12, 12, "metres")  # type: ignore[union-attr]

    def test_a_claim_that_is_not_there_or_withdrawn_is_named(self, session: Session, make: Factory) -> None:
        from claims_app.claims.withdrawing import withdraw_claim

        claim = make.claim()
        withdraw_claim(session, actor=None, claim_id=claim.id, why="x")
        data = lines("Number,Stance,Source,Summary", "9,supports,P,S", f"{claim.number},supports,P,S")
        problems = said(plan(session, data, ImportKind.EVIDENCE, claim.article))
        assert [place for place, _words in problems] == ["A2", "A3"]
        assert "no such claim" in problems[0][1]
        assert "withdrawn" in problems[1][1]


class TestSources:
    def test_they_are_recorded_once(self, session: Session, make: Factory) -> None:
        make.source(address="https://example.org/known", title="Known")
        make.source(address=None, title="The book", kind=SourceKind.BOOK)
        data = workbook(
            ["כתובת", "כותרת", "סוג", "מפרסם", "פרסום"],
            ["https://example.org/known?utm_source=a", "Other", "", "", ""],
            ["", "The book", "ספר", "", ""],
            ["https://example.org/new", "New", "מסמך", "The office", "3/2026"],
            ["https://example.org/new", "New again", "", "", ""],
        )
        bring(session, make.person(role=Role.EDITOR), data, ImportKind.SOURCES, name="s.xlsx")
        new = session.scalars(select(Source).order_by(Source.id.desc())).first()
        assert new is not None
        assert (new.title, new.kind, new.publisher_name, new.published_on) == (
            "New", SourceKind.DOCUMENT, "The office", "2026-03",
        )  # fmt: skip
        assert session.scalar(select(func.count()).select_from(Source)) == 3

    @pytest.mark.parametrize("title", ["Confidential source 1", "מקור חסוי 1", " confidential source 12"])
    def test_a_confidential_one_is_neither_made_nor_matched(self, session: Session, make: Factory, title: str) -> None:
        secret = make.confidential()
        assert secret.title == "Confidential source 1"
        planned = plan(session, lines("Title,Publisher", f"{title},x"), ImportKind.SOURCES)
        assert [place for place, _words in said(planned)] == ["A2"]

    def test_two_of_one_title_are_not_told_apart(self, session: Session, make: Factory) -> None:
        make.source(address=None, title="Twin")
        make.source(address=None, title="Twin")
        planned = plan(session, lines("Title,Publisher", "Twin,"), ImportKind.SOURCES)
        assert said(planned) == [("A2", "Several sources are called “Twin”; name it by its address.")]


class TestArticles:
    def test_a_list_of_them(self, session: Session, make: Factory) -> None:
        known = make.article(title_he=None, title_en="Known")
        data = lines(
            "Key,Title,Byline,Published,Second check,Text",
            "a1,הגשר,דנה לוי,15.3.2026,כל הטענות,The bridge is long.",
            "a2,Known,,,,",
            "a1,הגשר,,,,",
        )
        imported = bring(session, make.person(role=Role.EDITOR), data, ImportKind.ARTICLES)
        (new,) = session.scalars(select(Article).where(Article.id != known.id))
        assert (new.title_he, new.language, new.published_on, new.second_check, new.origin_key) == (
            "הגשר", "he", "2026-03-15", SecondCheck.ALL, "a1",
        )  # fmt: skip
        assert find_version(session, new.id).text == "The bridge is long."
        assert list_imports(session).imports == [imported]


def told(claim: Claim) -> tuple[Any, ...]:
    """Return what a table can tell of a claim."""
    figure = value_of(claim.figure)
    return (
        claim.statement_he, claim.statement_en, claim.kind, claim.priority, claim.section, claim.paragraph, figure,
        claim.claimant.name if claim.claimant else None, claim.is_attributed, claim.cited_basis,
        claim.citation.address if claim.citation else None, claim.supports, claim.refutes, claim.contexts,
    )  # fmt: skip


def pieces_of(session: Session, article: Article) -> list[tuple[Any, ...]]:
    rows = session.scalars(
        select(Evidence)
        .join(Evidence.claim)
        .where(Claim.article_id == article.id, Evidence.withdrawn_at.is_(None))
        .order_by(Claim.number, Evidence.id)
    )
    return [
        (
            one.claim.number, one.source_id, one.stance, one.rank, one.summary, one.passage, one.locator, one.looked_on,
            value_of(one.figure),
        )
        for one in rows
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["he", "en"])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_desks_own_report_comes_back_in(session: Session, make: Factory, code: str, form: str) -> None:
    """Into another article with the same text: every claim and every piece of evidence as it was, and no verdict."""
    article, other = make.article(text=TEXT), make.article(text=TEXT)
    citation = make.citation(article)
    claim = make.claim(
        article, kind=Kind.FIGURE, priority=Priority.HIGH, section="=1+1", paragraph=2, claimant="Dana, Levi",
        is_attributed=True, citation_id=citation.id, cited_basis=CitedBasis.READ, statement_he="'=אורך\nהגשר",
        figure=FigureValue(4.5, 8, "hours", is_about=True, as_of="2024-H1"),
    )  # fmt: skip
    make.place(claim, "It cost 4 million dollars", occurrence=2)
    make.place(claim, "The bridge is 120 metres long")
    make.evidence(
        claim, figure=FigureValue(40, 40, "percent"), passage="-40%", locator="p. 4", looked_on=date(2026, 3, 4)
    )
    make.evidence(claim, stance=Stance.REFUTES, rank=None, source=make.source(address=None, kind=SourceKind.BOOK))
    make.verdict(claim, finding=Finding.PARTLY)
    make.claim(article)
    with speaking(code):
        report = gather_report(session, article.id, made_by="x", language=code)
    data = write_csv(report) if form == "csv" else write_json(report)
    bring(session, make.person(role=Role.EDITOR), data, article=other, name=f"report.{form}")
    assert [told(one) for one in claims_of(session, other)] == [told(one) for one in claims_of(session, article)]
    assert pieces_of(session, other) == pieces_of(session, article)
    assert [claim.verdict_id for claim in claims_of(session, other)] == [None, None]
    anchors = session.scalars(select(Anchor).join(Claim, Anchor.claim_id == Claim.id).order_by(Anchor.id))
    placed = [(anchor.begins, anchor.ends) for anchor in anchors]
    assert sorted(placed[:2]) == sorted(placed[2:])


@pytest.mark.parametrize("code", ["he", "en"])
def test_the_queues_table_comes_back_in(session: Session, make: Factory, code: str) -> None:
    article, other = make.article(title_he="א", title_en="A"), make.article()
    make.claim(article, figure=FigureValue(3, 3, "people"), claimant="Dana")
    make.verdict(make.claim(article), finding=Finding.OPINION)
    with speaking(code):
        data = b"".join(stream_claims(session))
    bring(session, make.person(role=Role.EDITOR), data, article=other)
    assert [told(one)[:7] for one in claims_of(session, other)] == [
        told(one)[:7] for one in claims_of(session, article)
    ]
    assert plan(session, data).is_empty  # by the names of the articles: all is here


def test_words_that_stand_everywhere_are_looked_for_once(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row with a letter for its quote took hours of a long text."""
    article = make.article(text="a b " * 400 + "\n\na c")
    asked: list[str] = []
    real = quotes.find_places

    def find_places(text: str, words: str) -> list[Span]:
        asked.append(words)
        return real(text, words)

    monkeypatch.setattr(quotes, "find_places", find_places)
    found = plan(session, lines("Statement,Quote,Paragraph", "It is so.,a,2"), article=article)
    assert [claim.spans for claim in found.claims] == [[Span(1601, 1602)]]
    assert len(asked) <= 3
    refused = plan(session, lines("Statement,Quote,Paragraph", "It is so.,a,1"), article=article)
    assert "stand 401 times" in str(refused.problems[0].error)
    assert len(str(refused.problems[0].error)) < 1000
