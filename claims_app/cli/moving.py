"""Moving a desk whole: ``claims export`` and ``claims import desk``."""

import shutil
from dataclasses import replace
from pathlib import Path

import click

from claims_app import backup, schema
from claims_app.cli.opening import bring_up_to_date, desk, opened, settings, stamp
from claims_app.config import Settings
from claims_app.db import open_sessions, writing
from claims_app.errors import DomainError
from claims_app.files import Files
from claims_app.moving.archive import Export
from claims_app.moving.loading import finish_loading, load_files, load_rows
from claims_app.moving.writing import record_export, save_desk

IMPORTING = "importing"
"""The folder in which a desk is put together until it is whole."""


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export(file: Path | None) -> None:
    """Write the whole desk into one FILE of plain text, while people go on working.

    Every table as lines of JSON and every captured file, for "claims import desk" on another machine or for any other
    program. Names of confidential sources, the hashes of passwords and the secrets of webhooks are in it: keep it as
    safe as the desk. Sign-in links, sessions and the secret key are not.
    """
    chosen = settings()
    target = file or Path(f"claims-export-{stamp()}.zip")
    with desk(chosen) as session:
        written = save_desk(session, Files(chosen.captures), target)
        with writing(session):
            record_export(session, actor=None, written=written)
    click.echo(f"Written: {target} ({written.rows} rows, {written.files} files).")
    if written.missing:
        click.echo(f"NOT whole: {written.missing} files are lost; claims captures verify names them.", err=True)
    click.echo(f"Digest of the manifest, as the history has it: {written.manifest_sha256}")


@click.command(name="desk")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_desk(file: Path) -> None:
    """Bring the desk that "claims export" wrote into FILE to a data folder without one.

    Every row and file is checked first; the desk is there whole or not at all. One of an older version of the program
    is brought up to date. People sign in with their passwords; who had none needs a link from claims people link.
    """
    chosen = settings()
    if chosen.database.exists():
        raise DomainError("There is a desk in %(folder)s already; set CLAIMS_DATA to a new folder.", folder=chosen.data)
    with Export(file) as export_:
        standing = _need_known(export_)
        chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = _begin(chosen)
        try:
            rows = _load(export_, replace(chosen, data=folder), is_older=standing is schema.Standing.OLDER)
            aside = backup.put_in_place(folder, data=chosen.data, mark=stamp())
        finally:
            shutil.rmtree(folder)
    if aside:
        click.echo(f"What was there is now in {aside}")
    click.echo(f"The desk of {export_.manifest.made_at} is in {chosen.data}: {rows} rows, {len(export_.files)} files.")
    if export_.manifest.missing:
        click.echo(f"NOT whole: the desk that it comes from had lost {len(export_.manifest.missing)} files.", err=True)


def _need_known(export_: Export) -> schema.Standing:
    standing = schema.standing_of(export_.manifest.revision)
    if standing is schema.Standing.NEWER:
        raise export_.refuse("it was written by a newer version of Claims Desk; update this one first")
    return standing


def _begin(chosen: Settings) -> Path:
    """Make the folder for one import, which tells another one to wait."""
    folder = chosen.data / IMPORTING
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise DomainError(
            "Another import runs, or one was stopped: if none runs, remove the folder %(folder)s and try again.",
            folder=folder,
        ) from None
    return folder


def _load(export_: Export, place: Settings, *, is_older: bool) -> int:
    """Put a desk together in ``place``, checked and up to date, and return how many rows came."""
    export_.need_room(place.data)
    with opened(place.database, foreign_keys=False) as engine:
        schema.upgrade(engine, export_.manifest.revision)
        rows = load_rows(export_, engine)
    load_files(export_, place.captures)
    if is_older:
        bring_up_to_date(place)
    with opened(place.database) as engine, open_sessions(engine)() as session, writing(session):
        finish_loading(session, export_)
    return rows
