"""Annotations of an article's text, out and in: ``claims annotations``."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from claims_app.annotating.reading import MOST_BYTES, read_annotations
from claims_app.annotations.service import (
    Outcome,
    Plan,
    Step,
    bring_in_annotations,
    plan_annotations,
    record_annotations,
    write_annotations,
)
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.cli.opening import desk, settings
from claims_app.db import writing
from claims_app.errors import DomainError, NotFound
from claims_app.people.queries import find_person

number = click.IntRange(min=1, max=2**63 - 1)
TOLD = {
    Outcome.OPENED: "new claim",
    Outcome.PLACED: "new place",
    Outcome.HERE: "here already",
    Outcome.UNSURE: "to be confirmed",
    Outcome.LEFT: "left out",
}


@click.group
def annotations() -> None:
    """Write an article's claims as annotations of its text, and read annotations from other tools."""


def _need_article(session: Session, article: int) -> None:
    if session.get(Article, article) is None:
        raise NotFound("There is no article %(number)s.", number=article)


@annotations.command
@click.argument("article", type=number)
@click.option("--version", "wanted", type=number, help="Number of the version; the newest if left out.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output if left out."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def export(article: int, wanted: int | None, out: Path | None, force: bool) -> None:
    """Write where the claims of the article with the number ARTICLE stand in its text, as W3C Web Annotations."""
    if out is not None and out.exists() and not force:
        raise DomainError("%(file)s is there already; --force overwrites it.", file=out)
    with desk(settings()) as session:
        _need_article(session, article)
        if wanted is not None and wanted > find_version(session, article).number:
            raise NotFound("Article %(article)s has no version %(number)s.", article=article, number=wanted)
        content = write_annotations(session, actor=None, article_id=article, number=wanted)
        with writing(session):
            record_annotations(session, actor=None, article_id=article)
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)


@annotations.command(name="import")
@click.argument("article", type=number)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", help="E-mail address of the person who brings them in; notes and history name them.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--accept-unsure", is_flag=True, help="Take those too whose place somebody should look at first.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def import_(article: int, file: Path, by: str | None, dry_run: bool, accept_unsure: bool, as_json: bool) -> None:
    """Open claims of the article with the number ARTICLE on the words that the annotations in FILE are about.

    FILE is JSON-LD by the Web Annotation model, or what Hypothesis exports. Words are found as they stand in the newest
    version, never by likeness. Bringing a file in twice adds nothing; what is left out is named, with the reason.
    """
    with desk(settings()) as session:
        _need_article(session, article)
        if by is None and not dry_run:
            raise DomainError("Say who brings them in: --by and an e-mail address; or look first with --dry-run.")
        with file.open("rb") as source:
            reading = read_annotations(source.read(MOST_BYTES + 1))
        accepted = None if accept_unsure else ()
        if dry_run or by is None:
            plan = plan_annotations(session, article_id=article, reading=reading, accepted=accepted)
        else:
            with writing(session):
                person = find_person(session, by)
                plan = plan_annotations(session, article_id=article, reading=reading, accepted=accepted)
                bring_in_annotations(session, actor=person, article_id=article, plan=plan)
        told = [_told(step) for step in plan.steps]
    _say(plan, told, as_json=as_json, dry_run=dry_run)


def _told(step: Step) -> dict[str, Any]:
    return {
        "annotation": step.annotation.number,
        "key": step.annotation.key,
        "outcome": step.outcome.value,
        "claim": step.claim.number if step.claim else None,
        "places": [[span.start, span.end] for span in step.places],
        "words": step.words,
        "notes": [str(note) for note in step.notes],
    }


def _say(plan: Plan, told: list[dict[str, Any]], *, as_json: bool, dry_run: bool) -> None:
    counts = {outcome.value: plan.count(outcome) for outcome in Outcome}
    if as_json:
        notes = [str(note) for note in plan.notes]
        click.echo(json.dumps({**counts, "annotations": told, "notes": notes}, ensure_ascii=False))
        return
    for one in told:
        click.echo(f"{one['annotation']:>5}  {TOLD[one['outcome']]:<16}{' '.join(one['words'].split())[:80]}")
        for note in one["notes"]:
            click.echo(f"       {note}")
    for note in plan.notes:
        click.echo(str(note))
    said = ", ".join(f"{TOLD[outcome]} {counts[outcome]}" for outcome in Outcome)
    click.echo(f"{'Would be' if dry_run else 'Done'}: {said}.")
