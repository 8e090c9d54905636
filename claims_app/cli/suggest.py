"""What a text has to prove, sentence by sentence: ``claims suggest``."""

import json
from pathlib import Path

import click

from claims_app.cli.opening import read_utf8
from claims_app.prose.checks import Sentence, read_sentences


@click.command
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each sentence, in the order of the text.")
def suggest(file: Path, as_json: bool) -> None:
    """Say which sentences of FILE, a text in UTF-8, have to be proved and why; "-" reads standard input.

    The list begins with what most needs a check. With --json every sentence is told: its start and end in the text (in
    code points, the end excluded), its words, its score from 0 to 1, and the reasons. Nothing is verified by this.
    """
    sentences = read_sentences(read_utf8(file))
    if as_json:
        for sentence in sentences:
            click.echo(json.dumps(_told(sentence), ensure_ascii=False))
        return
    wanted = [sentence for sentence in sentences if sentence.is_checkable]
    for sentence in sorted(wanted, key=lambda one: -one.score):
        click.echo(f"{sentence.score:.2f}  {', '.join(sentence.reasons)}\n      {sentence.text}")
    if not wanted:
        click.echo("Nothing here has to be proved.", err=True)


def _told(sentence: Sentence) -> dict[str, object]:
    return {
        "start": sentence.start,
        "end": sentence.end,
        "text": sentence.text,
        "score": sentence.score,
        "reasons": [reason.value for reason in sentence.reasons],
    }
