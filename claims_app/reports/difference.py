"""What changed between two sign-offs of an article: of its text, its claims and what they rest on.

Each sign-off keeps all that was signed, so that the two are compared as they were, whatever happened since.
"""

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.figure import FigureValue
from claims_app.db import now
from claims_app.errors import DomainError
from claims_app.language import CONFIDENTIAL_TITLE, gettext, source_name, speaking
from claims_app.people.model import Person
from claims_app.prose.compare import Kind, compare_words
from claims_app.reports.facts import Audience, Letterhead
from claims_app.reports.scope import find_sign_off
from claims_app.signoff.model import Side, SignOff

_NONE = Letterhead()


class What(enum.StrEnum):
    """What became of a claim, a piece of evidence, a waiver or a query from one sign-off to the next."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True)
class SignedFacts:
    """A sign-off: for which side, of which version, by whom, when, and over what."""

    side: Side
    version: int
    signed_by: str
    signed_at: datetime
    digest: str


@dataclass(frozen=True)
class FieldChange:
    """A field by its name in the records, and its two values."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class TextChange:
    """A stretch of both texts that is the same, or differs."""

    kind: Kind
    before: str
    after: str


@dataclass(frozen=True)
class PartChange:
    """What became of a piece of evidence, called by its source, or of a waiver or a query, called by its words."""

    what: What
    name: str
    fields: tuple[FieldChange, ...] = ()
    #: What it says: a piece's summary, a waiver's reason. None: nothing, or it is not for these readers.
    says: str | None = None
    is_confidential: bool = False


@dataclass(frozen=True)
class ClaimChange:
    """What became of a claim and of its evidence."""

    what: What
    number: int
    statement_he: str | None
    statement_en: str | None
    status: str
    fields: tuple[FieldChange, ...]
    evidence: tuple[PartChange, ...]


@dataclass(frozen=True)
class Difference:
    """What changed from the earlier sign-off to the later one."""

    made_at: datetime
    made_by: str
    language: str
    article_id: int
    title_he: str | None
    title_en: str | None
    text_language: str
    before: SignedFacts
    after: SignedFacts
    article: tuple[FieldChange, ...]
    #: The whole text, word by word. Nothing: it is the same, or the desk does not have its words.
    text: tuple[TextChange, ...]
    claims: tuple[ClaimChange, ...]
    waivers: tuple[PartChange, ...]
    queries: tuple[PartChange, ...]
    audience: Audience = Audience.INTERNAL
    letterhead: Letterhead = _NONE

    @property
    def is_none(self) -> bool:
        """Whether the same was signed twice."""
        return not (self.article or self.text or self.claims or self.waivers or self.queries)

    def count(self, what: What) -> int:
        """Return how many claims came, went or changed."""
        return sum(claim.what == what for claim in self.claims)


_ARTICLE = ("title_he", "title_en", "byline", "outlet", "address", "published_on", "second_check", "asks_legal")
_CLAIM = (
    *("statement_he", "statement_en", "status", "finding", "rationale_he", "rationale_en", "kind", "priority"),
    *("claimant", "is_attributed", "is_stale", "place"),
)
#: The places of a piece of evidence in what a sign-off keeps.
_EVIDENCE = ("stance", "rank", "summary", "passage", "locator", "looked_on", "address", "title", "publisher",
             "published_on")  # fmt: skip


def gather_difference(
    session: Session,
    article_id: int,
    first: str,
    second: str,
    *,
    made_by: str,
    language: str,
    audience: Audience = Audience.INTERNAL,
    letterhead: Letterhead | None = None,
) -> Difference:
    """Return what changed between two sign-offs, which are known by the beginning of their digests."""
    article = session.get_one(Article, article_id)
    signed = [find_sign_off(session, article_id, digest) for digest in (first, second)]
    if signed[0].digest == signed[1].digest:
        raise DomainError("The same was signed both times; choose two sign-offs that differ.", field="second")
    earlier, later = sorted(signed, key=lambda one: one.id)
    before, after = json.loads(earlier.content), json.loads(later.content)
    people = _People(session)
    with speaking(language):
        difference = Difference(
            made_at=now().replace(microsecond=0),
            made_by=made_by,
            language=language,
            article_id=article_id,
            title_he=article.title_he,
            title_en=article.title_en,
            text_language=article.language,
            before=_signed(earlier),
            after=_signed(later),
            article=_compare(before["article"], after["article"], _ARTICLE),
            text=_compare_texts(before["version"]["text"], after["version"]["text"]),
            claims=tuple(_compare_claims(before["claims"], after["claims"], people)),
            waivers=tuple(_compare_waivers(before, after)),
            queries=tuple(_compare_queries(before["queries"], after["queries"])),
            letterhead=letterhead or Letterhead(),
        )
        return _make_public(difference) if audience is Audience.PUBLIC else difference


class _People:
    """The names of the people of the desk by their numbers."""

    def __init__(self, session: Session) -> None:
        self._names: dict[int, str] = {number: name for number, name in session.execute(select(Person.id, Person.name))}  # noqa: C416 - rows are no pairs to mypy

    def name(self, number: int | None) -> str | None:
        return None if number is None else self._names.get(number)


def _signed(one: SignOff) -> SignedFacts:
    return SignedFacts(one.side, one.version.number, one.person.name, one.created_at, one.digest)


def _compare(before: Mapping[str, Any], after: Mapping[str, Any], names: Sequence[str]) -> tuple[FieldChange, ...]:
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


def _compare_texts(before: str | None, after: str | None) -> tuple[TextChange, ...]:
    if before == after or before is None or after is None:
        return ()
    return tuple(
        TextChange(one.kind, before[one.old.start : one.old.end], after[one.new.start : one.new.end])
        for one in compare_words(before, after)
    )


def _compare_claims(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], people: _People
) -> Iterator[ClaimChange]:
    old, new = ({claim["number"]: claim for claim in claims} for claims in (before, after))
    for number in sorted(old.keys() | new.keys()):
        was, became = old.get(number), new.get(number)
        shown = became or was or {}
        what = What.ADDED if was is None else What.GONE if became is None else What.CHANGED
        fields = _compare_claim(was, became, people) if was and became else ()
        evidence = tuple(_compare_evidence((was or {}).get("evidence", ()), (became or {}).get("evidence", ())))
        if what is not What.CHANGED or fields or evidence:
            yield ClaimChange(
                what, number, shown["statement_he"], shown["statement_en"], shown["status"], fields, evidence
            )


def _compare_claim(was: dict[str, Any], became: dict[str, Any], people: _People) -> tuple[FieldChange, ...]:
    before, after = (
        {
            **claim,
            "words": "\n".join(" ".join(quote.split()) for _begins, _ends, quote in claim["anchors"]) or None,
            "figure": _figure([claim[name] for name in ("low", "high", "unit", "is_about", "as_of")]),
            "override": claim["override_why"],
            "proposed_by": people.name(claim["proposed_by_id"]),
            "approved_by": people.name(claim["approved_by_id"]),
            "confirmed": "\n".join(f"{people.name(number)}: {why}" for number, why, _words in claim["confirmations"])
            or None,
        }
        for claim in (was, became)
    )
    return _compare(before, after, (*_CLAIM, "words", "figure", "override", "proposed_by", "approved_by", "confirmed"))


def _figure(values: Sequence[Any]) -> FigureValue | None:
    return None if values[0] is None else FigureValue(*values)


def _compare_evidence(before: Sequence[list[Any]], after: Sequence[list[Any]]) -> Iterator[PartChange]:
    """Yield what became of the pieces: the same ones stay, and one of the same source is the same piece, changed."""
    gone = [_piece(piece) for piece in before if piece not in after]
    for told in (_piece(piece) for piece in after if piece not in before):
        other = next((old for old in gone if _is_same_source(old, told)), None)
        if other is None:
            yield _part(What.ADDED, told)
        else:
            gone.remove(other)
            yield _part(What.CHANGED, told, _compare(other, told, (*_EVIDENCE, "figure")))
    for told in gone:
        yield _part(What.GONE, told)


def _part(what: What, told: Mapping[str, Any], fields: tuple[FieldChange, ...] = ()) -> PartChange:
    title = told["title"]
    is_confidential = CONFIDENTIAL_TITLE.fullmatch(title) is not None
    return PartChange(what, source_name(title), fields, None if fields else told["summary"], is_confidential)


def _piece(values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(_EVIDENCE, values, strict=False)) | {"figure": _figure(values[len(_EVIDENCE) :])}


def _is_same_source(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    by = "address" if one["address"] else "title"
    return bool(one[by] == other[by])


def _compare_waivers(before: dict[str, Any], after: dict[str, Any]) -> Iterator[PartChange]:
    """Yield the passages that were waived, or not any more; in another version they are known by their words."""
    old, new = (
        {(content["version"]["text"] or "")[begins:ends]: why for begins, ends, why in content["waivers"]}
        for content in (before, after)
    )
    yield from (PartChange(What.ADDED, words, says=new[words]) for words in new if words not in old)
    yield from (PartChange(What.GONE, words, says=old[words]) for words in old if words not in new)
    for words in new:
        if words in old and old[words] != new[words]:
            yield PartChange(What.CHANGED, words, (FieldChange("reason", old[words], new[words]),))


def _compare_queries(before: Sequence[list[Any]], after: Sequence[list[Any]]) -> Iterator[PartChange]:
    """Yield the queries that were asked, and those that are not open any more."""
    for what, ours, theirs in ((What.ADDED, after, before), (What.GONE, before, after)):
        for number, text in (query for query in ours if query not in theirs):
            yield PartChange(what, gettext("claim %(number)s", number=number), says=text)


_FOR_THE_DESK = {"override", "proposed_by", "approved_by", "confirmed"}


def _make_public(difference: Difference) -> Difference:
    """Return the difference as a public report would tell it."""
    desk = gettext("the desk")
    claims = []
    for claim in difference.claims:
        fields = tuple(one for one in claim.fields if one.field not in _FOR_THE_DESK)
        evidence = tuple(one for one in claim.evidence if not one.is_confidential)
        if claim.what is not What.CHANGED or fields or evidence:
            claims.append(replace(claim, fields=fields, evidence=evidence))
    return replace(
        difference,
        audience=Audience.PUBLIC,
        made_by=desk,
        before=replace(difference.before, signed_by=desk),
        after=replace(difference.after, signed_by=desk),
        claims=tuple(claims),
        waivers=tuple(replace(one, says=None, fields=()) for one in difference.waivers if one.what is not What.CHANGED),
        queries=(),
    )
