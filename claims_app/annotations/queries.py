"""The places of an article's claims as annotations, and by which names annotations know claims of this desk."""

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.queries import list_anchors
from claims_app.annotating.writing import Mark, MarkedText
from claims_app.articles.model import Article, ArticleVersion
from claims_app.claims.model import Claim
from claims_app.history.model import GENESIS, HistoryEntry
from claims_app.language import in_language
from claims_app.prose.quotes import Selector

_ORIGIN = "annotation "


class Names:
    """The names by which this desk's records are known outside of it; those of another desk differ.

    They hold for as long as the desk does, also after it moved: they are made from the first entry of its history.
    """

    def __init__(self, session: Session) -> None:
        first = session.scalar(select(HistoryEntry.hash).where(HistoryEntry.id == 1)) or GENESIS
        self._space = uuid.uuid5(uuid.NAMESPACE_OID, first)

    def of(self, kind: str, number: int) -> str:
        return uuid.uuid5(self._space, f"{kind} {number}").urn


def gather_marks(session: Session, article: Article, version: ArticleVersion) -> tuple[MarkedText, list[Mark]]:
    """Return a version of an article and the places in it of the claims that stand, in the order of the text."""
    names = Names(session)
    text = MarkedText(
        id=names.of("annotations of version", version.id),
        source=article.address or names.of("article", article.id),
        title=in_language(article, "title", article.language)[0],
        language=article.language,
        sha256=version.text_sha256,
        created=version.created_at,
    )
    marks = [
        Mark(
            id=names.of("anchor", anchor.id),
            claim=_name_of(anchor.claim, names),
            statements=_statements(anchor.claim),
            status=anchor.claim.status.value,
            selector=Selector(anchor.quote, anchor.prefix, anchor.suffix, anchor.begins),
            created=anchor.created_at,
            modified=anchor.claim.updated_at,
        )
        for anchor in list_anchors(session, version.id)
    ]
    return text, marks


def _name_of(claim: Claim, names: Names) -> str:
    """Return the name of a claim: that of the desk where it was opened first, so that it can find home."""
    origin = (claim.origin_key or "").removeprefix(_ORIGIN)
    return origin if origin.startswith("urn:uuid:") else names.of("claim", claim.id)


def _statements(claim: Claim) -> Mapping[str, str]:
    told = {"he": claim.statement_he, "en": claim.statement_en}
    return {language: words for language, words in told.items() if words}


def origin_key(name: str) -> str:
    """Return the key under which a claim remembers the annotation that it was opened from."""
    return f"{_ORIGIN}{name}"


def find_known(session: Session, article_id: int) -> dict[str, Claim]:
    """Return the claims of an article by every name under which an annotation can know them, the withdrawn ones too."""
    names = Names(session)
    known: dict[str, Claim] = {}
    for claim in session.scalars(select(Claim).where(Claim.article_id == article_id)):
        known[names.of("claim", claim.id)] = claim
        if claim.origin_key is not None and claim.origin_key.startswith(_ORIGIN):
            known[claim.origin_key.removeprefix(_ORIGIN)] = claim
    return known
