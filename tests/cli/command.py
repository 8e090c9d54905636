"""A desk in a folder of its own, worked by the real commands: in this process, or in one that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from claims_app import schema
from claims_app.cli import main
from claims_app.db import open_engine, open_sessions

CHECKOUT = Path(__file__).resolve().parents[2]


def environment(**variables: str) -> dict[str, str]:
    """Return this environment with these settings of the desk and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMS_")}
    return kept | {f"CLAIMS_{name.upper()}": value for name, value in variables.items()}


@dataclass(frozen=True)
class Desk:
    data: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.data / "claims.db"

    def environment(self, **variables: str) -> dict[str, str]:
        return environment(**{"data": str(self.data), **self.variables, **variables})

    def claims(self, *arguments: str, **variables: str) -> Result:
        """Run a command in this process; a crash of the command is a crash of the test."""
        missing = dict.fromkeys(name for name in os.environ if name.startswith("CLAIMS_"))
        result = CliRunner().invoke(
            main, list(arguments), prog_name="claims", env={**missing, **self.environment(**variables)}
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def did(self, *arguments: str, **variables: str) -> str:
        """Run a command that has to succeed and return what it printed."""
        result = self.claims(*arguments, **variables)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str, **variables: str) -> str:
        """Run a command that has to be refused in one sentence, and return the sentence."""
        result = self.claims(*arguments, **variables)
        assert result.exit_code == 1, result.output
        assert result.stderr.count("\n") == 1
        return result.stderr.strip()

    @contextmanager
    def process(self, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command in its own process, killed at the end of the block if it still runs."""
        process = subprocess.Popen(
            [sys.executable, "-m", "claims_app", *arguments],
            cwd=CHECKOUT,
            env=self.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the desk's database beside the commands."""
        engine = open_engine(self.database)
        with open_sessions(engine)() as session:
            yield session
        engine.dispose()

    def step_back(self) -> str:
        """Take the schema one revision back, as an earlier version of the desk left it, and return that revision."""
        engine = open_engine(self.database, foreign_keys=False)
        schema.downgrade(engine, "-1")
        revision = schema.current_revision(engine)
        engine.dispose()
        assert revision is not None
        return revision

    def execute(self, *statements: str) -> None:
        """Do to the database what no command would."""
        with self.session() as session:
            connection = session.connection()
            for statement in statements:
                connection.exec_driver_sql(statement)
            session.commit()
