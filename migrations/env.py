"""Runs the migrations over the engine it is handed; knows no web."""

from alembic import context
from sqlalchemy import Engine

from claims_app.anchors import model as _anchors  # noqa: F401
from claims_app.comments import model as _comments  # noqa: F401 - registers its tables
from claims_app.coverage import model as _coverage  # noqa: F401
from claims_app.db import WRITE, Base
from claims_app.evidence import model as _evidence  # noqa: F401
from claims_app.history import model as _history  # noqa: F401
from claims_app.importing import model as _importing  # noqa: F401
from claims_app.looks import model as _looks  # noqa: F401
from claims_app.reports import model as _reports  # noqa: F401
from claims_app.signoff import model as _signoff  # noqa: F401
from claims_app.verdicts import model as _verdicts  # noqa: F401
from claims_app.watching import model as _watching  # noqa: F401


def migrate(engine: Engine) -> None:
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        # Alembic takes SQLite for a database that commits each change of a table; ours keeps all in one transaction.
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
        )
        with context.begin_transaction():
            context.run_migrations()
            # Foreign keys are off while tables are rebuilt; nothing may have come loose.
            if connection.dialect.name == "sqlite":
                loose = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if loose:
                    message = f"Rows point at nothing after the migration: {loose[:5]}"
                    raise RuntimeError(message)


migrate(context.config.attributes["engine"])
