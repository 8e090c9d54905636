"""Public checks for other programs: ``claims claimreview``."""

from pathlib import Path
from typing import Any

import click

from claims_app.articles.model import Article
from claims_app.cli.opening import desk, settings
from claims_app.db import writing
from claims_app.errors import DomainError
from claims_app.publishing.as_claimreview import as_file
from claims_app.publishing.export import FORMS, Export, write_export
from claims_app.publishing.imprint import read_imprint
from claims_app.reports.export import record_export


@click.command
@click.argument("article", type=click.IntRange(min=1))
@click.option("--claim", type=click.IntRange(min=1), help="Number of one claim of the article; all if left out.")
@click.option("--form", type=click.Choice(FORMS), default="jsonld", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output if left out."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--json", "as_json", is_flag=True, help="Say as one JSON object what is left out, and why.")
def claimreview(article: int, claim: int | None, form: str, out: Path | None, force: bool, as_json: bool) -> None:
    """Write the public checks of the article with the number ARTICLE for other programs.

    "jsonld" is a list of ClaimReview, "pages" a list of bodies for the Fact Check Tools API, "feed" a DataFeed. What is
    left out is named on the standard error; with --json it stands beside what is written. Exit code 1 if nothing is.
    """
    chosen = settings()
    if out is not None and out.exists() and not force:
        raise DomainError("%(file)s is there already; --force overwrites it.", file=out)
    with desk(chosen) as session:
        if session.get(Article, article) is None:
            raise DomainError("There is no article %(number)s.", number=article)
        export = write_export(
            session, actor=None, article_id=article, imprint=read_imprint(chosen), form=form, number=claim
        )
        with writing(session):
            record_export(
                session,
                actor=None,
                file_format=f"claimreview {form}",
                language=chosen.language,
                article_id=article,
            )
    content = as_file(_told(export) if as_json else export.content)
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)
    if not as_json:
        _say(export)
    if not export.written:
        raise SystemExit(1)


def _told(export: Export) -> dict[str, Any]:
    return {
        "written": export.content,
        "claims": [
            {
                "number": one.number,
                "is_written": one.is_written,
                "problems": [
                    {"rule": problem.rule.value, "is_error": problem.is_error, "says": str(problem)}
                    for problem in one.problems
                ],
            }
            for one in export.told
        ],
    }


def _say(export: Export) -> None:
    for one in export.told:
        for problem in one.problems:
            if not one.is_written and not problem.is_error:
                continue  # what would make better what is not there
            kind = "advice" if one.is_written else "left out"
            click.echo(f"Claim {one.number}, {kind}: {problem}", err=True)
