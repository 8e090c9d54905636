"""The database's schema: where its migrations lie, at which revision it stands, and how it is brought up to date."""

import enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

_PACKAGE = Path(__file__).resolve().parent


def packaged(name: str) -> Path:
    """Return the folder ``name``, which lies in an installed package and beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def _alembic(engine: Engine | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(packaged("migrations")))
    config.attributes["engine"] = engine
    return config


def head_revision() -> str:
    """Return the revision this program was written for."""
    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    assert head is not None, "the package carries no migrations"  # noqa: S101 - a broken installation, not an input
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the revision the database stands at, or None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


class Standing(enum.Enum):
    """How a database stands to this program."""

    EMPTY = enum.auto()
    OLDER = enum.auto()
    CURRENT = enum.auto()
    NEWER = enum.auto()
    #: It holds tables, but not those of a desk.
    FOREIGN = enum.auto()


def standing(engine: Engine) -> Standing:
    """Say whether the database has to be migrated, and whether it can be."""
    current = current_revision(engine)
    if current is None:
        return Standing.FOREIGN if inspect(engine).get_table_names() else Standing.EMPTY
    return standing_of(current)


def standing_of(revision: str) -> Standing:
    """Say how a revision stands to this program: ``CURRENT``, ``OLDER``, or ``NEWER`` where it is not known."""
    if revision == head_revision():
        return Standing.CURRENT
    known = {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    return Standing.OLDER if revision in known else Standing.NEWER


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to ``revision``; ``engine`` must have been opened without foreign keys."""
    command.upgrade(_alembic(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to ``revision``; ``engine`` must have been opened without foreign keys."""
    command.downgrade(_alembic(engine), revision)
