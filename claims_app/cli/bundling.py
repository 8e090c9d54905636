"""Bundles: ``claims bundle ARTICLE`` and ``claims bundle verify FILE``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from claims_app.articles.model import Article
from claims_app.bundles.verifying import Checked, verify_bundle
from claims_app.bundles.writing import record_bundle, save_bundle, write_bundle
from claims_app.cli.opening import desk, settings
from claims_app.db import writing
from claims_app.errors import DomainError
from claims_app.files import Files
from claims_app.reports.letterhead import read_letterhead


class _Bundle(click.Group):
    """Takes what is no command for the number of an article: ``claims bundle 3`` writes its bundle."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "write", write, args

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "ARTICLE --out FILE [--public] [--language he|en] [--force]")
        formatter.write_usage(ctx.command_path, "verify FILE [--json]")


@click.group(cls=_Bundle, no_args_is_help=True, context_settings={"ignore_unknown_options": True})
def bundle() -> None:
    """Write all that an article's check rests on into one file, or check such a file.

    The bundle of the article with the number ARTICLE holds the report with the annotated copy, every captured copy
    with its recording and text, timestamps, the history, and a manifest of digests. A public one (--public) leaves out
    confidential sources, notes, queries and the names of the desk's people. "verify" needs no desk: any machine does.
    """


@click.command
@click.argument("article", type=click.IntRange(min=1))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.option("--public", is_flag=True, help="For readers outside.")
@click.option("--language", type=click.Choice(["he", "en"]), help="Language of the report; the desk's if left out.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def write(article: int, out: Path, public: bool, language: str | None, force: bool) -> None:
    """Write a bundle."""
    chosen = settings()
    if out.exists() and not force:
        raise DomainError("%(file)s is there already; --force overwrites it.", file=out)
    with desk(chosen) as session:
        if session.get(Article, article) is None:
            raise DomainError("There is no article %(number)s.", number=article)
        written = save_bundle(
            out,
            lambda target: write_bundle(
                session,
                Files(chosen.captures),
                target,
                article_id=article,
                actor=None,
                language=language or chosen.language,
                zone=chosen.timezone,
                is_public=public,
                letterhead=read_letterhead(chosen, language or chosen.language),
            ),
        )
        with writing(session):
            record_bundle(session, actor=None, article_id=article, written=written, is_public=public)
    click.echo(f"{out}: {written.copies} copies, {written.files} files.")
    if written.missing:
        click.echo(f"NOT whole: {written.missing} files are lost; claims captures verify names them.", err=True)
    if written.withheld:
        of = "confidential sources and uploads" if public else "confidential sources"
        click.echo(f"Left out, as of {of}: {written.withheld} copies.")
    click.echo(f"Digest of the manifest, as the history has it: {written.manifest_sha256}")


@bundle.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(file: Path, as_json: bool) -> None:
    """Check every file of a bundle against its manifest, and every entry of its history."""
    checked = verify_bundle(file)
    click.echo(json.dumps(_told(checked), ensure_ascii=False) if as_json else _said(file, checked))
    if checked.problems:
        raise SystemExit(1)


def _told(checked: Checked) -> dict[str, Any]:
    return {**asdict(checked), "is_whole": not checked.problems}


def _said(file: Path, checked: Checked) -> str:
    counts = f"{checked.files} files, {checked.copies} copies, {checked.entries} history entries"
    verdict = f"{file} is whole: {counts}." if not checked.problems else f"{file} is NOT whole."
    digest = f"Digest of the manifest, to compare with the desk's history: {checked.manifest_sha256}"
    return "\n".join([verdict, *checked.problems, digest])
