"""Tables on the command line: ``claims import table`` and ``claims import undo``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.articles.service import File
from claims_app.cli import Refusal
from claims_app.cli.opening import desk, settings
from claims_app.db import now, writing
from claims_app.errors import DomainError, NotFound
from claims_app.files import Files
from claims_app.importing.fields import find_field
from claims_app.importing.matching import check_columns, is_heading, match_headings
from claims_app.importing.model import Import, ImportKind
from claims_app.importing.plan import Plan
from claims_app.importing.planning import plan_import
from claims_app.importing.service import save_import
from claims_app.importing.tables import MOST_BYTES, Table, column_name, read_table
from claims_app.importing.undoing import WorkedOn, undo_import
from claims_app.language import gettext
from claims_app.people.model import Person
from claims_app.people.queries import find_person

number = click.IntRange(min=1, max=2**63 - 1)
as_json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")
by_option = click.option("--by", "email", metavar="EMAIL", help="In whose name; the desk's own if left out.")


@click.command
@click.argument("kind", type=click.Choice([str(kind) for kind in ImportKind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--article", type=number, help="Number of the article that all rows belong to.")
@click.option("--sheet", help="Name of the sheet; the first that holds anything if left out.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="HEADING=FIELD",
    help="What a column holds, by its heading or its letters; nothing behind the sign leaves it out.",
)
@by_option
@click.option("--dry-run", is_flag=True, help="Say what would be saved, and save nothing.")
@as_json_option
def table(
    kind: str,
    file: Path,
    article: int | None,
    sheet: str | None,
    maps: Sequence[str],
    email: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring in the rows of FILE (CSV, XLSX or JSON), each of this KIND: all of them, or none.

    Headings are matched in Hebrew and English. Every problem is named with its cell, and any problem stops the import
    with exit code 1. A finding in the table becomes a note, which needs --by, and no verdict.
    """
    if file.stat().st_size > MOST_BYTES:
        raise DomainError("%(file)s is larger than %(size)s MB; split it.", file=file, size=MOST_BYTES // 1_000_000)
    chosen, wanted = settings(), ImportKind(kind)
    data = file.read_bytes()
    read = read_table(data, name=file.name, sheet=sheet, is_known=is_heading)
    columns = _columns(wanted, read, maps, has_article=article is not None)
    files = Files(chosen.captures)
    with desk(chosen) as session:
        if article is not None and session.get(Article, article) is None:
            raise NotFound("There is no article %(number)s.", number=article)
        actor = _actor(session, email)
        plan = plan_import(session, kind=wanted, table=read, columns=columns, article_id=article)
        if plan.problems or dry_run or plan.is_empty:
            _tell(plan, None, as_json=as_json)
            return
        if actor is None and any(claim.note for claim in plan.new_claims):
            raise Refusal("The table brings notes, which need somebody who writes them: say --by EMAIL.")
        kept = File(files.stage(data, now()), len(data), name=file.name)
        with writing(session):
            plan = plan_import(session, kind=wanted, table=read, columns=columns, article_id=article)
            made = save_import(
                session,
                actor=actor,
                plan=plan,
                file=kept,
                columns={read.headings[at] or column_name(at): name for name, at in columns.items()},
                article_id=article,
                files=files,
            )
            files.adopt(kept.sha256)
        _tell(plan, made, as_json=as_json)


def _actor(session: Session, email: str | None) -> Person | None:
    return None if email is None else find_person(session, email)


def _columns(kind: ImportKind, read: Table, maps: Sequence[str], *, has_article: bool) -> dict[str, int]:
    """Return the column of each field, as the headings say and then as the command does."""
    columns = match_headings(kind, read.headings, has_article=has_article)
    letters = {column_name(at): at for at in range(len(read.headings))}
    for one in maps:
        heading, sign, name = one.rpartition("=")
        places = [at for at, known in enumerate(read.headings) if known.casefold() == heading.strip().casefold()]
        places = places or [letters[heading.strip().upper()]] if heading.strip().upper() in letters else places
        if not sign or not places:
            raise DomainError("The table has no column “%(heading)s”.", heading=heading or one)
        if len(places) > 1:
            raise DomainError("Several columns are called “%(heading)s”; name one by its letters.", heading=heading)
        if name and find_field(kind, name) is None:
            raise DomainError("There is no field “%(name)s” in a table of %(kind)s.", name=name, kind=kind)
        columns = ["" if known == name else known for known in columns]
        columns[places[0]] = name
    return check_columns(kind, read, columns, has_article=has_article)


def _tell(plan: Plan, made: Import | None, *, as_json: bool) -> None:
    """Say what was saved, or would be; a table with problems ends the command with exit code 1."""
    problems = [
        {"place": one.place, "heading": one.heading, "problem": gettext(one.error.message, **one.error.values)}
        for one in plan.problems
    ]
    counts = {
        "articles": len(plan.articles),
        "claims": len(plan.new_claims) if made is None else sum(bool(claim.details) for claim in plan.claims),
        "evidence": len(plan.new_evidence),
        "sources": len(plan.new_sources),
        "rows_here_already": len(set(plan.known)),
    }
    if as_json:
        told: dict[str, Any] = {"import": made.id if made else None, "rows": plan.rows, **counts, "problems": problems}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        for one in problems:
            click.echo(f"{one['place']:>6}  {one['heading']}: {one['problem']}")
        what = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
        if not problems:
            click.echo(f"{f'Import {made.id}' if made else 'It would bring'}: {what or 'nothing new'}.")
    if problems:
        many = len(problems)
        raise Refusal(f"Nothing was brought in: {many} {'problem' if many == 1 else 'problems'}.")


@click.command
@click.argument("number", type=number)
@click.option("--why", required=True, help="The reason; it stays in the history.")
@click.option("--keep-worked", is_flag=True, help="Keep what was worked on since, and undo the rest.")
@by_option
def undo(number: int, why: str, keep_worked: bool, email: str | None) -> None:
    """Withdraw all that the import with this NUMBER made; what was worked on since stops it."""
    with desk(settings()) as session:
        if session.get(Import, number) is None:
            raise NotFound("There is no import %(number)s.", number=number)
        actor = _actor(session, email)
        try:
            with writing(session):
                undo_import(session, actor=actor, import_id=number, why=why, keeps_worked=keep_worked)
        except WorkedOn as error:
            for one in error.worked:
                click.echo(f"{one.subject} {one.number or one.id}: {one.name}", err=True)
            raise Refusal("This was worked on since; withdraw it by hand first, or say --keep-worked.") from error
    click.echo(f"Import {number} is undone.")
