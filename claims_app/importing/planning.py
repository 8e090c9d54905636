"""Reading a table row by row: what each brings, what the desk has of it already, and what is wrong with it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.db import today
from claims_app.errors import DomainError
from claims_app.importing.fields import CLAIM, EVIDENCE, find_field
from claims_app.importing.lookup import Known
from claims_app.importing.model import ImportKind
from claims_app.importing.plan import Cells, Plan, PlannedClaim, PlannedEvidence
from claims_app.importing.sourcing import SourceReader
from claims_app.importing.tables import Row, Table
from claims_app.language import gettext

_EVIDENCE = tuple(field.name for field in EVIDENCE)
_STATEMENTS = ("statement", "statement_he", "statement_en")
_OWN = tuple(field.name for field in CLAIM if field.name != "occurrence")
_MOST_TAGS = 20
_TAG = 60
"""Longest tag, in characters."""


def plan_import(
    session: Session, *, kind: ImportKind, table: Table, columns: Mapping[str, int], article_id: int | None = None
) -> Plan:
    """Return what a table would add, and every problem that is in its way; nothing is written.

    ``columns`` has the column of each field; with ``article_id`` all rows belong to that article.
    """
    if article_id is not None and session.get_one(Article, article_id).withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    planner = _Planner(session, kind, table, columns, article_id)
    read = {
        ImportKind.ARTICLES: planner.read_article,
        ImportKind.SOURCES: planner.read_source,
        ImportKind.CLAIMS: planner.read_claim,
        ImportKind.EVIDENCE: planner.read_evidence,
    }[kind]
    for row in table.rows:
        read(row)
    planner.plan.problems = sorted(planner.cells.problems, key=lambda problem: (problem.row, problem.column))
    return planner.plan


class _Planner:
    def __init__(
        self, session: Session, kind: ImportKind, table: Table, columns: Mapping[str, int], article_id: int | None
    ) -> None:
        self.cells, self.known, self.article_id = Cells(kind, table, columns), Known(session), article_id
        self.plan = Plan(kind, len(table.rows))
        self._articles: dict[tuple[Any, ...], int] = {}
        self._article_ids: dict[str, int | None] = {}
        self.sources = SourceReader(self.cells, self.known)
        self._claims: dict[tuple[Any, ...], PlannedClaim] = {}
        self._first_rows: dict[int, Row] = {}
        self._last: PlannedClaim | None = None
        self._pieces: set[tuple[Any, ...]] = set()
        self.sources.learn(table, is_plain=kind is ImportKind.SOURCES)

    # ------------------------------------------------------------ Articles

    def read_article(self, row: Row) -> None:
        """Plan an article that the desk does not have."""
        names = (
            "outlet",
            "byline",
            "language",
            "address",
            "published_on",
            "second_check",
            "source_rule",
            "notes",
            "text",
        )
        details = self.cells.by_language(row, "title") | self.cells.details(row, names)
        if key := self.cells.read(row, "key"):
            details["origin_key"] = key
        if not {"title_he", "title_en"} & details.keys():
            self.cells.refuse(row.number, self._title_column(), DomainError("An article needs a title."))
            return
        details.setdefault("language", "he" if "title_he" in details else "en")
        identity = (details.get("origin_key"), details.get("title_he"), details.get("title_en"))
        try:
            is_here = self.known.same_article(details) is not None or identity in self._articles
        except DomainError as error:
            self.cells.refuse(row.number, error.field, error)
            return
        if is_here:
            self.plan.known.append(row.number)
        elif key and any(key == known[0] for known in self._articles):
            self.cells.refuse(row.number, "key", DomainError("A row above has the same key."))
        else:
            self._articles[identity] = row.number
            self.plan.articles.append((row.number, details))

    def _title_column(self) -> str | None:
        return next((name for name in ("title", "title_he", "title_en") if name in self.cells.columns), None)

    # ------------------------------------------------------------ Sources

    def read_source(self, row: Row) -> None:
        """Plan a source that the desk does not have."""
        names = ("address", "title", "source_kind", "publisher", "published_on", "notes")
        source = self.sources.read(row, self.cells.details(row, names), "address", "title")
        if source is None:
            return
        if source.source_id is not None or source.row != row.number:
            self.plan.known.append(row.number)
        else:
            self.plan.sources.append(source)

    # ------------------------------------------------------------ Claims

    def read_claim(self, row: Row) -> None:
        """Plan a claim, or find it among those of the rows above or of the desk, with the evidence of the row."""
        has_evidence = self.cells.has_any(row, _EVIDENCE)
        if has_evidence and self._last is not None and not self.cells.has_any(row, ("number", "key", *_STATEMENTS)):
            self._add_evidence(row, self._last)  # a table says a claim once, above its evidence
            return
        article_id = self._article_of(row)
        if article_id is None:
            return
        statements = self.cells.by_language(row, "statement")
        key = self.cells.read(row, "key")
        identity = self._identity(article_id, self.cells.text(row, "number"), key, statements)
        claim = self._claims.get(identity)
        if claim is not None:
            self._compare(row, self._first_rows[claim.row])
            if not has_evidence:
                self.plan.known.append(row.number)
        else:
            claim = self._new_claim(row, article_id, statements, key)
            if claim is None:
                return
            self._claims[identity], self._first_rows[row.number] = claim, row
            self.plan.claims.append(claim)
        self._last = claim
        if has_evidence:
            self._add_evidence(row, claim)

    def _identity(
        self, article_id: int, number: str, key: str | None, statements: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """Return what makes two rows the same claim: its number, else its key, else its words."""
        if number:
            return article_id, "number", number
        if key:
            return article_id, "key", key
        return article_id, statements.get("statement_he"), statements.get("statement_en")

    def _article_of(self, row: Row) -> int | None:
        if self.article_id is not None:
            return self.article_id
        text = self.cells.text(row, "article")
        if text not in self._article_ids:
            self._article_ids[text] = self._find_article(row, text)
        elif self._article_ids[text] is None:
            error = DomainError("The same article as in a row above, and the same problem.")
            self.cells.refuse(row.number, "article", error)
        return self._article_ids[text]

    def _find_article(self, row: Row, text: str) -> int | None:
        if not text:
            self.cells.refuse(row.number, "article", DomainError("The article is missing."))
            return None
        try:
            return self.known.find_article(text)
        except DomainError as error:
            self.cells.refuse(row.number, "article", error)
            return None

    def _compare(self, row: Row, first: Row) -> None:
        """Refuse a row that says something else about a claim than the row that it was read from."""
        for name in _OWN:
            mine, theirs = self.cells.text(row, name), self.cells.text(first, name)
            if mine and mine != theirs:
                error = DomainError("This differs from row %(row)s, which is the same claim.", row=first.number)
                self.cells.refuse(row.number, name, error)
                return

    def _new_claim(self, row: Row, article_id: int, statements: dict[str, Any], key: str | None) -> PlannedClaim | None:
        if not statements:
            name = next((name for name in _STATEMENTS if name in self.cells.columns), None)
            self.cells.refuse(row.number, name, DomainError("A claim needs its statement, in Hebrew or in English."))
            return None
        here = self.known.claims_of(article_id)
        known_id, withdrawn_at = here.by_key.get(key or "", (None, None))
        if withdrawn_at is not None:
            error = DomainError("A withdrawn claim of the article has this key; restore it, or choose another key.")
            self.cells.refuse(row.number, "key", error)
        if known_id is None:
            known_id = here.by_statements.get((statements.get("statement_he"), statements.get("statement_en")))
        claim = PlannedClaim(row.number, article_id, claim_id=known_id)
        if known_id is not None:
            if not self.cells.has_any(row, _EVIDENCE):
                self.plan.known.append(row.number)
            return claim
        details = self.cells.details(
            row, ("section", "paragraph", "kind", "priority", "claimant", "is_attributed", "cited_basis")
        )
        claim.details = {**statements, **details, "figure": self.cells.figure(row), "origin_key": key}
        claim.citation = self.cells.read(row, "citation")
        if claim.citation is None:
            claim.details.pop("cited_basis", None)
        claim.tags = self._tags(row)
        claim.note = self._note(row)
        self._place(row, claim)
        return claim

    def _place(self, row: Row, claim: PlannedClaim) -> None:
        quote, occurrence = self.cells.read(row, "quote"), self.cells.read(row, "occurrence")
        if not quote:
            return
        try:
            paragraph = claim.details.get("paragraph")
            claim.spans = self.known.find_places(claim.article_id, quote, occurrence=occurrence, paragraph=paragraph)
        except DomainError as error:
            self.cells.refuse(row.number, "quote", error)

    def _tags(self, row: Row) -> tuple[str, ...]:
        text = self.cells.text(row, "tags").replace("\n", ",").replace(";", ",")
        tags = tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
        if len(tags) > _MOST_TAGS or any(len(tag) > _TAG for tag in tags):
            error = DomainError(
                "At most %(most)s tags, each of at most %(length)s characters.", most=_MOST_TAGS, length=_TAG
            )
            self.cells.refuse(row.number, "tags", error)
        return tags

    def _note(self, row: Row) -> str | None:
        """Return what a table says of a claim beside the record, for a note: a finding is never taken for a verdict."""
        lines = []
        for name in ("status", "finding", "rationale", "rationale_he", "rationale_en"):
            text, field = self.cells.text(row, name), find_field(ImportKind.CLAIMS, name)
            if text and field is not None and not (name == "finding" and text == self.cells.text(row, "status")):
                lines.append(f"{field.heading}: {text}")
        if lines:
            lines.insert(0, gettext("As the table has it, checked by nobody here:"))
        note = self.cells.read(row, "note")
        return "\n".join([*lines, *([str(note)] if note else [])]) or None

    # ------------------------------------------------------------ Evidence

    def read_evidence(self, row: Row) -> None:
        """Plan a piece of evidence for a claim that the desk has."""
        article_id = self._article_of(row)
        if article_id is None:
            return
        number, key = self.cells.read(row, "number"), self.cells.read(row, "key")
        statements = self.cells.by_language(row, "statement")
        here = self.known.claims_of(article_id)
        name = next((name for name in ("number", "key", *_STATEMENTS) if self.cells.text(row, name)), None)
        found: tuple[int | None, Any] = (None, None)
        if number is not None:
            found = here.by_number.get(number, found)
        elif key:
            found = here.by_key.get(key, found)
        elif statements:
            found = (here.by_statements.get((statements.get("statement_he"), statements.get("statement_en"))), None)
        claim_id, withdrawn_at = found
        if claim_id is None or withdrawn_at is not None:
            error = (
                DomainError("This claim is withdrawn; restore it first.")
                if claim_id is not None
                else DomainError(
                    "The article has no such claim; name it by its number, its key or its exact statement."
                )
            )
            self.cells.refuse(row.number, name or "number", error)
            claim_id = -row.number  # so that the rest of the row is looked at, too
        claim = self._claims.get((claim_id,))
        if claim is None:
            claim = self._claims[claim_id,] = PlannedClaim(row.number, article_id, claim_id=claim_id)
            self.plan.claims.append(claim)
        self._add_evidence(row, claim)

    def _add_evidence(self, row: Row, claim: PlannedClaim) -> None:
        names = ("stance", "rank", "summary", "passage", "locator", "looked_on")
        details = self.cells.details(row, names) | {"figure": self.cells.figure(row, "evidence_")}
        named = self.cells.details(
            row, ("source_address", "source_title", "source_publisher", "source_published_on"), prefix="source_"
        )
        kind = self.cells.read(row, "source_kind")
        named |= {"source_kind": kind} if kind else {}
        source = self.sources.read(row, named, "source_address", "source_title")
        if details.get("looked_on", today()) > today() + timedelta(days=1):  # the day begins earlier in the east
            self.cells.refuse(row.number, "looked_on", DomainError("The day of looking cannot be in the future."))
        self._need(row, "stance", DomainError("Say whether the source supports, refutes or gives context."))
        self._need(row, "summary", DomainError("Say in your own words what the source says about the claim."))
        if source is None or "stance" not in details or "summary" not in details:
            return
        piece = (id(claim), id(source), details["stance"], details["summary"])
        is_here = (
            claim.claim_id is not None
            and source.source_id is not None
            and self.known.has_evidence(claim.claim_id, source.source_id, str(details["stance"]), details["summary"])
        )
        if is_here or piece in self._pieces:
            self.plan.known.append(row.number)
        else:
            self._pieces.add(piece)
            claim.evidence.append(PlannedEvidence(row.number, source, details))

    def _need(self, row: Row, name: str, error: DomainError) -> None:
        if not self.cells.text(row, name):
            self.cells.refuse(row.number, name, error)
