"""The figures that a text states: ``claims figures``."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from claims_app.cli.opening import read_utf8
from claims_app.prose.figures import Figure, read_figures


@click.command
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each figure, in the order of the text.")
def figures(file: Path, as_json: bool) -> None:
    """List the figures of FILE, a text in UTF-8 in Hebrew or English; "-" reads standard input.

    Numbers, percentages, money, measures, ordinals and dates. With --json each is an object with start and end in the
    text (in code points, the end excluded), text, kind, low, high, bound, unit and approximate.
    """
    found = read_figures(read_utf8(file))
    for figure in found:
        click.echo(json.dumps(_told(figure), ensure_ascii=False) if as_json else _line(figure))
    if not found and not as_json:
        click.echo("No figures here.", err=True)


def _told(figure: Figure) -> dict[str, object]:
    """Return a figure as it is printed for programs: whole numbers without a decimal point."""
    return asdict(figure) | {"low": _whole(figure.low), "high": _whole(figure.high)}


def _whole(value: float | str | None) -> float | str | None:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _line(figure: Figure) -> str:
    low, high = (f"{side:,.15g}" if isinstance(side, float) else side for side in (figure.low, figure.high))
    value = {"min": f"at least {low}", "max": f"at most {high}"}.get(figure.bound)
    value = value or (f"{low}" if low == high else f"{low} to {high}")
    about = "about " if figure.approximate else ""
    place = f"{figure.start}-{figure.end}"
    return f"{place:<12}{figure.kind:<9}{about + value:<32}{figure.unit or '':<20}{' '.join(figure.text.split())}"
