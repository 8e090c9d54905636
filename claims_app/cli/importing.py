"""Bringing records in from files: ``claims import``."""

import click

from claims_app.cli.importing_tables import table, undo


@click.group("import")
def import_() -> None:
    """Bring in records from a file, all of it or nothing."""


import_.add_command(table)
import_.add_command(undo)
