"""Writing an article's report: ``claims report``."""

from pathlib import Path

import click

from claims_app.articles.model import Article
from claims_app.cli.opening import desk, settings
from claims_app.db import writing
from claims_app.errors import DomainError
from claims_app.reports.export import FORMATS, record_export, write_report


@click.command
@click.argument("article", type=click.IntRange(min=1))
@click.option("--format", "file_format", type=click.Choice(list(FORMATS)), default="html", show_default=True)
@click.option("--language", type=click.Choice(["he", "en"]), help="Language of the report; the desk's if left out.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output if left out."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def report(article: int, file_format: str, language: str | None, out: Path | None, force: bool) -> None:
    """Write the report of the article with the number ARTICLE, which stands in the address of its page."""
    chosen = settings()
    if out is not None and out.exists() and not force:
        raise DomainError("%(file)s is there already; --force overwrites it.", file=out)
    code = language or chosen.language
    with desk(chosen) as session:
        if session.get(Article, article) is None:
            raise DomainError("There is no article %(number)s.", number=article)
        content = write_report(
            session,
            article_id=article,
            file_format=file_format,
            language=code,
            actor=None,
            zone=chosen.timezone,
        )
        with writing(session):
            record_export(session, actor=None, file_format=file_format, language=code, article_id=article)
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)
