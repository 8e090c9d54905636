"""Bringing an article in and keeping what is known about it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, ArticleVersion, Citation, Original, Passage, SecondCheck, SourceRule
from claims_app.errors import DomainError, Duplicate, Stale
from claims_app.history.model import Action, Subject
from claims_app.history.service import change, first_values, record
from claims_app.intake.tidy import tidy
from claims_app.people.model import Person, Role
from claims_app.people.service import require
from claims_app.prose.checks import read_sentences
from claims_app.reading import clean, read_address, read_partial_date


@dataclass(frozen=True)
class File:
    """The file or page that a text was read from, as it lies in the desk's store."""

    sha256: str
    size: int
    name: str | None = None
    media_type: str | None = None
    address: str | None = None


def _details(
    *,
    title_he: str | None,
    title_en: str | None,
    outlet: str | None,
    byline: str | None,
    language: str,
    address: str | None,
    published_on: str | None,
    deadline_at: datetime | None,
    second_check: SecondCheck,
    notes: str | None,
    asks_legal: bool = False,
    source_rule: SourceRule = SourceRule.TWO,
) -> dict[str, Any]:
    values = {
        "title_he": clean(title_he),
        "title_en": clean(title_en),
        "outlet": clean(outlet),
        "byline": clean(byline),
        "language": language,
        "address": read_address(address),
        "second_check": second_check,
        "asks_legal": asks_legal,
        "source_rule": source_rule,
        "notes": clean(notes),
        "published_on": read_partial_date(published_on, field="published_on"),
        "deadline_at": deadline_at,
    }
    if values["title_he"] is None and values["title_en"] is None:
        raise DomainError("An article needs a title, in Hebrew or in English.", field="title_he")
    return values


def add_article(
    session: Session,
    *,
    actor: Person | None,
    title_he: str | None = None,
    title_en: str | None = None,
    outlet: str | None = None,
    byline: str | None = None,
    language: str = "he",
    address: str | None = None,
    published_on: str | None = None,
    deadline_at: datetime | None = None,
    second_check: SecondCheck = SecondCheck.OFF,
    notes: str | None = None,
    asks_legal: bool = False,
    source_rule: SourceRule = SourceRule.TWO,
    text: str | None = None,
    note: str | None = None,
    file: File | None = None,
    origin_key: str | None = None,
) -> Article:
    """Bring in an article with its first version; an import's key that is already here raises ``Duplicate``."""
    require(actor, Role.EDITOR)
    values = _details(
        title_he=title_he,
        title_en=title_en,
        outlet=outlet,
        byline=byline,
        language=language,
        address=address,
        published_on=published_on,
        deadline_at=deadline_at,
        second_check=second_check,
        notes=notes,
        asks_legal=asks_legal,
        source_rule=source_rule,
    )
    if origin_key is not None and session.scalar(select(Article.id).where(Article.origin_key == origin_key)):
        raise Duplicate("The article %(key)s is already here.", key=origin_key)
    article = Article(origin_key=origin_key, next_number=1, revision=1, **values)
    session.add(article)
    session.flush()  # the history names the new article's number
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.ARTICLE,
        subject_id=article.id,
        article_id=article.id,
        changes=first_values(**values),
    )
    add_version(session, actor=actor, article_id=article.id, text=text, note=note, file=file)
    return article


def _load(session: Session, article_id: int) -> Article:
    """Return the article, locked for a change; a withdrawn one cannot be worked on."""
    article = session.get_one(Article, article_id, with_for_update=True)
    if article.withdrawn_at is not None:
        raise DomainError("This article is withdrawn; restore it first.")
    return article


def edit_article(session: Session, *, actor: Person | None, article_id: int, revision: int, **details: Any) -> Article:
    """Change what is known about an article; another save since ``revision`` raises ``Stale``."""
    require(actor, Role.EDITOR)
    article = _load(session, article_id)
    if article.revision != revision:
        raise Stale(article)
    changes = change(article, _details(**details))
    if changes:
        article.revision += 1
        _record(session, actor, Action.CHANGED, article, changes=changes)
    return article


def _record(
    session: Session,
    actor: Person | None,
    action: Action,
    article: Article,
    *,
    changes: Mapping[str, list[Any]],
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject=Subject.ARTICLE,
        subject_id=article.id,
        article_id=article.id,
        changes=changes,
    )


def add_version(
    session: Session,
    *,
    actor: Person | None,
    article_id: int,
    text: str | None = None,
    note: str | None = None,
    file: File | None = None,
) -> ArticleVersion:
    """Add the article's next version with the sentences of its text; the words may be left out.

    Claims keep their places only where ``drafts.service.revise_article`` adds it.
    """
    require(actor, Role.EDITOR)
    _load(session, article_id)
    last = session.scalar(select(func.max(ArticleVersion.number)).where(ArticleVersion.article_id == article_id)) or 0
    text = tidy(text or "") or None
    version = ArticleVersion(
        article_id=article_id,
        number=last + 1,
        text=text,
        note=clean(note),
        text_sha256=hashlib.sha256(text.encode()).hexdigest() if text else None,
        original=Original(**asdict(file)) if file else None,
    )
    session.add(version)
    session.flush()  # the history names the new version's number
    read_passages(session, version)
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.VERSION,
        subject_id=version.id,
        article_id=article_id,
        changes=first_values(
            number=version.number,
            text_sha256=version.text_sha256,
            note=version.note,
            file=file.name or file.address if file else None,
            file_sha256=file.sha256 if file else None,
        ),
    )
    return version


def read_passages(session: Session, version: ArticleVersion) -> None:
    """Keep the sentences of a version, with what in each has to be proved."""
    rows = [
        {
            "version_id": version.id,
            "begins": sentence.start,
            "ends": sentence.end,
            "score": sentence.score,
            "is_checkable": sentence.is_checkable,
            "checks": [[check.start, check.end, check.reason.value] for check in sentence.checks],
        }
        for sentence in read_sentences(version.text or "")
    ]
    if rows:
        session.execute(insert(Passage), rows)  # at once: a long text has thousands


def add_citation(
    session: Session, *, actor: Person | None, article_id: int, address: str | None, note: str | None = None
) -> Citation:
    """Add a link that the article gives, or bring back a withdrawn one; the same address twice raises ``Duplicate``."""
    require(actor, Role.CHECKER)
    _load(session, article_id)
    read = read_address(address)
    if read is None:
        raise DomainError("Write the address that the article cites.", field="address")
    known = session.scalars(select(Citation).where(Citation.article_id == article_id)).all()
    same = next((citation for citation in known if citation.address == read), None)
    if same is not None:
        return _bring_back(session, actor, same, clean(note))
    position = max((citation.position for citation in known), default=0) + 1
    citation = Citation(article_id=article_id, position=position, address=read, note=clean(note))
    session.add(citation)
    session.flush()  # the history names the new link's number
    record(
        session,
        actor=actor,
        action=Action.CREATED,
        subject=Subject.CITATION,
        subject_id=citation.id,
        article_id=article_id,
        changes=first_values(address=read, note=citation.note),
    )
    return citation


def _bring_back(session: Session, actor: Person | None, citation: Citation, note: str | None) -> Citation:
    if citation.withdrawn_at is None:
        raise Duplicate("The article's list has this address already.", field="address")
    citation.withdrawn_at = None
    record(
        session,
        actor=actor,
        action=Action.RESTORED,
        subject=Subject.CITATION,
        subject_id=citation.id,
        article_id=citation.article_id,
        changes=change(citation, {"note": note}),
    )
    return citation
