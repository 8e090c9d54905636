"""Keeping the desk safe: ``claims backup`` and ``claims restore``."""

import tempfile
from pathlib import Path

import click

from claims_app import backup as files
from claims_app import schema
from claims_app.claims.service import recount_differing
from claims_app.cli.opening import desk, need_known, opened, settings, stamp
from claims_app.db import open_sessions, writing
from claims_app.errors import DomainError
from claims_app.history.model import Action, Subject
from claims_app.history.service import record, verify_history
from claims_app.people.service import end_all_sessions


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def backup(file: Path | None) -> None:
    """Write the database and the captured files into one FILE, while people go on working.

    The key that signs sessions is not in it. The file holds all that the desk knows: keep it as safe as the desk.
    """
    chosen = settings()
    with desk(chosen):
        target = file or Path(f"claims-backup-{stamp()}.zip")
        manifest = files.write_backup(
            database=chosen.database, captures=chosen.captures, target=target, revision=schema.head_revision()
        )
    number = len(manifest.files)
    click.echo(f"Written: {target} ({number} {'file' if number == 1 else 'files'}).")


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Move the present desk aside, into a folder named by the time, and go on."
)
def restore(file: Path, replace: bool) -> None:
    """Check the backup in FILE through and through, and put it in place; an older one is brought up to date.

    Everybody signs in anew afterwards: sessions, sign-in links and tokens of the time of the backup end.
    """
    chosen = settings()
    if chosen.database.exists() and not replace:
        raise DomainError("There is a desk in %(folder)s already; --replace moves it aside first.", folder=chosen.data)
    chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=chosen.data) as folder:
        manifest = files.unpack_backup(file, Path(folder))
        _check(Path(folder) / files.DATABASE, file, manifest)
        aside = files.put_in_place(Path(folder), data=chosen.data, mark=stamp())
    if aside:
        click.echo(f"What was there is now in {aside}")
    click.echo(f"The desk of {manifest.made_at} is restored in {chosen.data}.")
    click.echo("All sessions, sign-in links and tokens ended; claims people link makes a new link.")


def _check(database: Path, file: Path, manifest: files.Manifest) -> None:
    """Refuse a backup whose database does not hold; leave it up to date, with the restoring in its history."""
    files.check_database(database)
    with opened(database, foreign_keys=False) as engine:
        if need_known(engine, file) is schema.Standing.EMPTY:
            raise DomainError("%(file)s is not the database of a desk.", file=file)
        schema.upgrade(engine)
    with opened(database) as engine, open_sessions(engine)() as session:
        fault = next(verify_history(session), None)
        if fault is not None:
            raise DomainError(
                "The history in %(file)s does not hold: entry %(entry)s %(problem)s.",
                file=file,
                entry=fault.entry,
                problem=fault.problem,
            )
        with writing(session):
            end_all_sessions(session)
            recount_differing(session)  # an older desk did not count them
            why = f"Restored from the backup of {manifest.made_at}."
            record(session, actor=None, action=Action.RESTORED, subject=Subject.DESK, why=why)
