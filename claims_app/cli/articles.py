"""The article's text on the command line: ``claims articles``, ``claims add`` and ``claims signoff``."""

import json
import mimetypes
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from claims_app.anchors.proposal import propose_figure, propose_kind
from claims_app.anchors.service import Fate, current_version, find_quote, open_claim_at
from claims_app.articles.model import Article, ArticleVersion
from claims_app.articles.queries import find_version
from claims_app.cli import Refusal
from claims_app.cli.opening import desk, settings
from claims_app.db import writing
from claims_app.drafts.reading import Brought, read_upload, title_of
from claims_app.drafts.service import bring_in_article, revise_article
from claims_app.errors import DomainError, NotFound
from claims_app.files import Files
from claims_app.intake.readers import MOST_BYTES
from claims_app.intake.reading import Reading
from claims_app.signoff.service import verify_sign_offs

number = click.IntRange(min=1, max=2**63 - 1)
as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group
def articles() -> None:
    """Bring articles in, and read and revise their text."""


def _read(files: Files, path: Path, language: str | None) -> Brought:
    if path.stat().st_size > MOST_BYTES:
        size = MOST_BYTES // 1_000_000
        raise DomainError("%(file)s is larger than %(size)s MB; bring in only the article.", file=path, size=size)
    media_type = mimetypes.guess_type(path.name)[0]
    return read_upload(files, path.read_bytes(), name=path.name, media_type=media_type, language=language)


def _need_article(session: Session, article: int) -> Article:
    found = session.get(Article, article)
    if found is None:
        raise NotFound("There is no article %(number)s.", number=article)
    return found


def _tell_doubts(reading: Reading) -> None:
    for note in reading.notes:
        click.echo(note, err=True)
    if reading.unsure:
        click.echo(
            f"{reading.unsure} lines may have their words in another order; compare them with the file.", err=True
        )
        for paragraph in reading.paragraphs:
            for line in paragraph.lines:
                if line.is_unsure:
                    click.echo(f"  {line.original.strip()}\n  -> {line.text}", err=True)


@articles.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--language", type=click.Choice(["he", "en"]), help="Language of the text; what its letters say if left out."
)
@click.option("--title", help="Title of the article; what the file says, or its first line, if left out.")
@as_json_option
def import_(file: Path, language: str | None, title: str | None, as_json: bool) -> None:
    """Bring in an article from FILE (text, Markdown, HTML, DOCX or PDF) and print its number."""
    chosen = settings()
    with desk(chosen) as session:
        files = Files(chosen.captures)
        brought = _read(files, file, language)
        reading, kept = brought.reading, brought.file
        with writing(session):
            article = bring_in_article(
                session,
                actor=None,
                **{f"title_{reading.language}": title or title_of(reading, file.stem)},
                language=reading.language,
                byline=reading.byline,
                outlet=reading.outlet,
                published_on=reading.published_on,
                address=reading.address,
                text=reading.text,
                file=kept,
                links=reading.links,
            )
            if kept is not None:
                files.adopt(kept.sha256)
        version = find_version(session, article.id)
    _tell_doubts(reading)
    told = {
        "article": article.id,
        "version": version.number,
        "title": article.title_he or article.title_en,
        "language": article.language,
        "byline": article.byline,
        "outlet": article.outlet,
        "published_on": article.published_on,
        "address": article.address,
        "links": len(reading.links),
        "paragraphs": len(reading.paragraphs),
        "unsure_lines": reading.unsure,
        "text_sha256": version.text_sha256,
        "file_sha256": kept.sha256 if kept else None,
    }
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else article.id)


@articles.command
@click.argument("article", type=number)
@click.option("--version", "wanted", type=number, help="Number of the version; the newest if left out.")
def text(article: int, wanted: int | None) -> None:
    """Print the text of the article with the number ARTICLE, and nothing else."""
    with desk(settings()) as session:
        _need_article(session, article)
        words = _need_version(session, article, wanted).text
    if words is None:
        raise Refusal("The desk does not have the words of this version.")
    click.echo(words)


def _need_version(session: Session, article: int, wanted: int | None) -> ArticleVersion:
    newest = find_version(session, article)
    if wanted is not None and wanted > newest.number:
        raise NotFound(
            "Article %(article)s has no version %(number)s; its newest is %(newest)s.",
            article=article,
            number=wanted,
            newest=newest.number,
        )
    return newest if wanted is None else find_version(session, article, wanted)


FATES = {Fate.UNCHANGED: "unchanged", Fate.MOVED: "moved", Fate.CHANGED: "words changed", Fate.LOST: "lost"}


@articles.command
@click.argument("article", type=number)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", help="What is different from the version before.")
@as_json_option
def revise(article: int, file: Path, note: str | None, as_json: bool) -> None:
    """Add FILE as the next version of the article with the number ARTICLE, and say what became of each claim.

    A claim is unchanged, moved, its words changed, or lost. A verdict whose words changed is stale until somebody
    confirms it or reopens the claim.
    """
    chosen = settings()
    with desk(chosen) as session:
        language = _need_article(session, article).language
        files = Files(chosen.captures)
        brought = _read(files, file, language)
        with writing(session):
            revision = revise_article(
                session, actor=None, article_id=article, text=brought.reading.text, note=note, file=brought.file
            )
            if brought.file is not None:
                files.adopt(brought.file.sha256)
        claims = [
            {
                "claim": one.claim.id,
                "number": one.claim.number,
                "outcome": FATES[one.fate],
                "status": one.claim.status.value,
                "is_stale": one.claim.is_stale,
                "old": one.before,
                "new": one.after,
            }
            for one in revision.carried
        ]
        version = revision.version.number
    _tell_doubts(brought.reading)
    if as_json:
        click.echo(json.dumps({"article": article, "version": version, "claims": claims}, ensure_ascii=False))
        return
    click.echo(f"Version {version} of article {article}.")
    for one in claims:
        stale = "  (verdict stale)" if one["is_stale"] else ""
        click.echo(f"{one['number']:>5}  {one['outcome']:<14}{stale}")
        if one["outcome"] in ("words changed", "lost"):
            click.echo(f"       - {one['old']}\n       + {one['new'] or ''}")


@click.command
@click.argument("article", type=number)
@click.option("--quote", required=True, help="Words of the text, as they stand there.")
@click.option("--statement", help="The claim in the desk's own words; the quote if left out.")
@click.option("--occurrence", type=number, help="Which one is meant, where the words stand there more than once.")
@as_json_option
def add(article: int, quote: str, statement: str | None, occurrence: int | None, as_json: bool) -> None:
    """Open a claim in the article with the number ARTICLE, on words of its text."""
    with desk(settings()) as session:
        with writing(session):
            found = _need_article(session, article)
            version = current_version(session, article)
            span = find_quote(version, quote, occurrence=occurrence)
            words = (version.text or "")[span.start : span.end]
            language = _language_of(statement) if statement else found.language
            details: dict[str, Any] = {
                "kind": propose_kind(words),
                "figure": propose_figure(words),
                f"statement_{language}": statement or " ".join(words.split()),
            }
            claim = open_claim_at(session, actor=None, article_id=article, begins=span.start, ends=span.end, **details)
        told = {"claim": claim.id, "number": claim.number, "start": span.start, "end": span.end, "quote": words}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else claim.number)


def _language_of(statement: str) -> str:
    return "he" if any("א" <= letter <= "ת" for letter in statement) else "en"


@click.group
def signoff() -> None:
    """Check what was signed off."""


@signoff.command
@click.argument("article", type=number)
@as_json_option
def verify(article: int, as_json: bool) -> None:
    """Work out the digests of an article's sign-offs again, and say what does not hold of them."""
    with desk(settings()) as session:
        _need_article(session, article)
        found: list[dict[str, Any]] = [
            {
                "version": signed.version.number,
                "side": signed.side.value,
                "by": signed.person.name,
                "at": signed.created_at.isoformat(timespec="seconds"),
                "digest": signed.digest,
                "problems": [message % values for message, values in problems],
            }
            for signed, problems in verify_sign_offs(session, article)
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"Version {one['version']}, {one['side']}, {one['by']}, {one['at']}: sha256:{one['digest']}")
            for problem in one["problems"] or ["It holds."]:
                click.echo(f"  {problem}")
    if not found:
        raise Refusal(f"Article {article} is not signed off.")
    if any(one["problems"] for one in found):
        raise Refusal("What was signed is not what is there.")
