"""What the desk has already of the things that a table names: read in bulk, asked row by row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.service import find_quote
from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim
from claims_app.errors import DomainError
from claims_app.evidence.model import Evidence
from claims_app.language import catalogue
from claims_app.prose.quotes import find_quoted
from claims_app.prose.sentences import Span
from claims_app.reading import clean
from claims_app.sources.address import canonical_address
from claims_app.sources.model import Source

_AT_ONCE = 500
"""Values that one statement asks for."""
_QUOTES = 20
"""Places of one claim in the text."""


def _parts(values: Iterable[str]) -> Iterator[Sequence[str]]:
    found = list(values)
    for at in range(0, len(found), _AT_ONCE):
        yield found[at : at + _AT_ONCE]


def is_confidential(title: str) -> bool:
    """Whether a title is what the desk calls a confidential source in either of its languages."""
    message = "Confidential source %(number)s"
    names = (message, *catalogue("he").forms.get(message, ()))
    patterns = (re.escape(name).replace(re.escape("%(number)s"), r"\d+") for name in names)
    return any(re.fullmatch(pattern, title.strip(), re.IGNORECASE) for pattern in patterns)


@dataclass
class ClaimsOfArticle:
    """The claims of one article by what a table may call them."""

    by_number: dict[int, tuple[int, datetime | None]] = field(default_factory=dict)
    by_key: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    #: Only live ones.
    by_statements: dict[tuple[str | None, str | None], int] = field(default_factory=dict)


class Known:
    """The desk as a table's rows ask for it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._claims: dict[int, ClaimsOfArticle] = {}
        self._versions: dict[int, ArticleVersion] = {}
        self._at: dict[str, int] = {}
        self._called: dict[str, list[int]] = defaultdict(list)
        self._evidence: dict[int, set[tuple[int, str, str]]] = {}

    @cached_property
    def _articles(self) -> Sequence[Any]:
        columns = (
            Article.id,
            Article.origin_key,
            Article.title_he,
            Article.title_en,
            Article.address,
            Article.withdrawn_at,
        )
        return self.session.execute(select(*columns).order_by(Article.id)).all()

    @cached_property
    def _article_names(self) -> dict[str, list[int]]:
        names: dict[str, list[int]] = defaultdict(list)
        for one in self._articles:
            if one.withdrawn_at is None:
                for name in {one.title_he, one.title_en} - {None}:
                    names[_plain(name)].append(one.id)
        return names

    @cached_property
    def _article_keys(self) -> dict[str, Any]:
        return {one.origin_key: one for one in self._articles if one.origin_key is not None}

    def find_article(self, text: str) -> int:
        """Return the live article of this key, title or number; none, or several of the title, is refused."""
        by_key = self._article_keys.get(text)
        if by_key is not None and by_key.withdrawn_at is None:
            return int(by_key.id)
        titled = self._article_names.get(_plain(text), [])
        if len(titled) > 1:
            raise DomainError("Several articles are called “%(title)s”; name it by its number.", title=text[:80])
        number = text.strip().removeprefix("#")
        by_number = [one.id for one in self._articles if one.withdrawn_at is None and str(one.id) == number]
        found = titled or by_number
        if not found:
            raise DomainError("There is no article “%(title)s” on the desk; bring it in first.", title=text[:80])
        return int(found[0])

    def same_article(self, details: dict[str, Any]) -> int | None:
        """Return the article that is here under the same key, address or titles; a withdrawn one's key is refused."""
        by_key = self._article_keys.get(details.get("origin_key", ""))
        if by_key is not None:
            if by_key.withdrawn_at is not None:
                raise DomainError("A withdrawn article has this key; restore it, or choose another key.", field="key")
            return int(by_key.id)
        titles = (details.get("title_he"), details.get("title_en"))
        for one in self._articles:
            if one.withdrawn_at is None and (
                (one.title_he, one.title_en) == titles or (one.address and one.address == details.get("address"))
            ):
                return int(one.id)
        return None

    def claims_of(self, article_id: int) -> ClaimsOfArticle:
        """Return the claims of an article."""
        if article_id not in self._claims:
            found = self._claims[article_id] = ClaimsOfArticle()
            columns = (
                Claim.id,
                Claim.number,
                Claim.origin_key,
                Claim.statement_he,
                Claim.statement_en,
                Claim.withdrawn_at,
            )
            for row in self.session.execute(select(*columns).where(Claim.article_id == article_id).order_by(Claim.id)):
                found.by_number[row.number] = (row.id, row.withdrawn_at)
                if row.origin_key is not None:
                    found.by_key[row.origin_key] = (row.id, row.withdrawn_at)
                if row.withdrawn_at is None:
                    found.by_statements.setdefault((row.statement_he, row.statement_en), row.id)
        return self._claims[article_id]

    def find_places(self, article_id: int, quote: str, *, occurrence: int | None, paragraph: int | None) -> list[Span]:
        """Return where a quote, or each of several on lines of their own, stands in the article's current text."""
        if article_id not in self._versions:
            self._versions[article_id] = find_version(self.session, article_id)
        version = self._versions[article_id]
        if version.text is None:
            raise DomainError("The desk does not have the words of this article; bring its text in first.")
        if not any(mark.isalnum() for mark in quote):
            raise DomainError("Mark the words that state the claim.")
        lines = [line for line in quote.split("\n") if line.strip()]
        try:
            return [_find(version, quote, occurrence, paragraph)]
        except DomainError:
            if not 1 < len(lines) <= _QUOTES:
                raise
        return list(dict.fromkeys(_find(version, line, None, paragraph) for line in lines))

    def learn_sources(self, addresses: Iterable[str], titles: Iterable[str]) -> None:
        """Look up the live sources at these addresses, and those of these titles that have no address."""
        spellings = {spelling for address in addresses for spelling in (address, canonical_address(address))}
        live = (
            select(Source.id, Source.address, Source.title)
            .where(Source.withdrawn_at.is_(None))
            .order_by(Source.id.desc())
        )
        for part in _parts(spellings):
            self._at |= {row.address: row.id for row in self.session.execute(live.where(Source.address.in_(part)))}
        # A confidential source is nobody's to name: its record is not even looked at.
        nameless = live.where(Source.address.is_(None), Source.confidential_number.is_(None))
        for part in _parts(set(titles)):
            for row in self.session.execute(nameless.where(Source.title.in_(part))):
                self._called[row.title].append(row.id)

    def find_source(self, address: str | None, title: str | None) -> int | None:
        """Return the source at an address or, without one, of a title; several of the title are refused."""
        if address is not None:
            return self._at.get(address) or self._at.get(canonical_address(address))
        called = self._called.get(title or "", [])
        if len(called) > 1:
            raise DomainError(
                "Several sources are called “%(title)s”; name it by its address.", title=(title or "")[:80]
            )
        return called[0] if called else None

    def has_evidence(self, claim_id: int, source_id: int, stance: str, summary: str) -> bool:
        """Whether a claim has this very piece of evidence."""
        if claim_id not in self._evidence:
            rows = self.session.execute(
                select(Evidence.source_id, Evidence.stance, Evidence.summary).where(
                    Evidence.claim_id == claim_id, Evidence.withdrawn_at.is_(None)
                )
            )
            self._evidence[claim_id] = {(row.source_id, str(row.stance), row.summary) for row in rows}
        return (source_id, stance, summary) in self._evidence[claim_id]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _find(version: ArticleVersion, quote: str, occurrence: int | None, paragraph: int | None) -> Span:
    """Return where a quote stands; of several places, the one in the row's paragraph, if that tells it."""
    try:
        return find_quote(version, quote, occurrence=occurrence)
    except DomainError as error:
        if occurrence is not None or paragraph is None or "times" not in error.values:
            raise
        text, begins = version.text or "", 0
        for _paragraph_before in range(paragraph - 1):
            begins = text.find("\n\n", begins) + 2
            if begins == 1:
                raise
        ends = text.find("\n\n", begins)
        within = range(begins, ends if ends >= 0 else len(text))
        inside = [span for span in find_quoted(text, clean(quote) or "") if span.start in within]
        if len(inside) != 1:
            raise
        return inside[0]
