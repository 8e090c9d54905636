"""The ``claims`` command: as thin as a route, and quick to answer, because a command loads only what it needs."""

import errno
from importlib import import_module
from typing import Any

import click

from claims_app.errors import DomainError
from claims_app.version import read_version

SECTIONS = {
    "Start": {
        "run": ("running:run", "Start the desk; the first start makes it."),
        "demo": ("running:demo", "Try the desk in a newsroom that is thrown away at the end."),
        "init": ("preparing:init", "Make the desk without starting it."),
        "seed": ("preparing:seed", "Load the example newsroom, or another folder."),
    },
    "Work": {
        "people": ("people:people", "Add people, let them in, let them go."),
        "articles": ("articles:articles", "Bring articles in, and read and revise their text."),
        "add": ("articles:add", "Open a claim on words of an article."),
        "import": ("importing:import_", "Bring in records from a file, all of it or nothing."),
        "suggest": ("suggest:suggest", "Say what a text has to prove."),
        "figures": ("figures:figures", "Read the figures out of a text."),
        "signoff": ("articles:signoff", "Check what was signed off."),
        "report": ("reporting:report", "Write the report of an article."),
        "bundle": ("bundling:bundle", "Write an article's proof into one file, or check such a file."),
        "capture": ("capturing:capture", "Keep copies of the sources."),
        "worker": ("capturing:worker", "Do the desk's jobs in a process of its own."),
        "status": ("records:status", "Say how much there is in the desk."),
    },
    "Keep": {
        "backup": ("keeping:backup", "Write everything into one file while people work."),
        "restore": ("keeping:restore", "Check a backup and put it in place."),
        "captures": ("capturing:captures", "Check the files of the desk."),
        "history": ("records:history", "Check the append-only history."),
        "migrate": ("preparing:migrate", "Bring an older database up to date."),
    },
}
"""The commands in the order of use: where each is defined, and what it does in one line."""


class Refusal(click.ClickException):
    """Ends a command with one sentence and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Commands(click.Group):
    """The list of commands; a command's module is loaded when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for commands in SECTIONS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for commands in SECTIONS.values():
            if cmd_name in commands:
                module, _, name = commands[cmd_name][0].partition(":")
                command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(name) for name in self.list_commands(ctx))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), tells) for name, (_, tells) in commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            raise Refusal(str(refusal)) from refusal
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read our output has seen enough; click ends quietly
            raise Refusal(f"{error.filename or 'This machine'}: {error.strerror}.") from error


def _show_version(ctx: click.Context, _option: click.Parameter, is_wanted: bool) -> None:
    if is_wanted and not ctx.resilient_parsing:
        click.echo(f"Claims Desk {read_version()}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Say the version."
)
def main() -> None:
    """A fact-checking desk for a newsroom.

    Settings are read from CLAIMS_* variables; without any, "claims run" starts a desk on this machine and keeps its
    data in the folder var. Each command tells more with --help.
    """
