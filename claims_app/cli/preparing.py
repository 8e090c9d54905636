"""Making a desk and filling it: ``claims init``, ``claims migrate`` and ``claims seed``."""

from pathlib import Path

import click

from claims_app import schema
from claims_app.cli.opening import bring_up_to_date, desk, make_ready, settings
from claims_app.db import writing
from claims_app.errors import DomainError
from claims_app.exchange.newsroom import load_newsroom


@click.command
@click.option("--no-example", is_flag=True, help="Leave the desk empty.")
def init(no_example: bool) -> None:
    """Make the data folder, the database, the first editor and the example newsroom; a desk that is there stays."""
    chosen = settings()
    start = make_ready(chosen, with_example=not no_example)
    if start.copy:
        click.echo(f"The database had an older schema. A copy as it was: {start.copy}")
    if start.problem:
        click.echo(f"The example newsroom is left out: {start.problem}", err=True)
    if start.is_first:
        click.echo(f"The desk is made in {chosen.data}.")
        click.echo("Its first editor is editor@localhost; claims run prints the link to sign in.")
    else:
        click.echo(f"The desk in {chosen.data} is ready; nothing was added.")


@click.command
def migrate() -> None:
    """Bring an older database up to date; a copy of it as it was is laid next to it first."""
    chosen = settings()
    if not chosen.database.is_file():
        raise DomainError("There is no desk in %(folder)s yet; run claims init.", folder=chosen.data)
    copy = bring_up_to_date(chosen)
    if copy:
        click.echo(f"The schema is at {schema.head_revision()}. A copy of the database as it was: {copy}")
    else:
        click.echo(f"The schema is at {schema.head_revision()}; nothing had to be done.")


@click.command
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def seed(folder: Path | None) -> None:
    """Load the example newsroom, or the one in FOLDER; what the desk has already is not added again.

    The form of the files is described in the README.md of the example's folder.
    """
    chosen = settings()
    with desk(chosen) as session, writing(session):
        added = load_newsroom(session, folder=folder or schema.packaged("seed"), language=chosen.language)
    click.echo(f"Added: articles {added.articles}, claims {added.claims}, evidence {added.evidence}.")
