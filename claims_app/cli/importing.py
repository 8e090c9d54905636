"""Bringing in what was made elsewhere: ``claims import``."""

import click

from claims_app.cli.importing_tables import table, undo
from claims_app.cli.moving import import_desk
from claims_app.cli.reviewing import claimreview


@click.group("import")
def import_() -> None:
    """Bring in what was made elsewhere."""


import_.add_command(claimreview)
import_.add_command(table)
import_.add_command(undo)
import_.add_command(import_desk)
