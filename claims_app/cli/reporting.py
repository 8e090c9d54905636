"""Writing an article's report: ``claims report``."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.model import Status
from claims_app.cli.opening import desk, settings
from claims_app.config import Settings
from claims_app.db import writing
from claims_app.errors import DomainError
from claims_app.history.service import DESK
from claims_app.reports.as_difference import DIFFERENCES
from claims_app.reports.difference import gather_difference
from claims_app.reports.export import FORMATS, record_difference, record_export, write_report
from claims_app.reports.facts import Audience
from claims_app.reports.letterhead import read_letterhead
from claims_app.reports.scope import choose_scope
from claims_app.signoff.queries import list_sign_offs

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]


@click.command
@click.argument("article", type=click.IntRange(min=1))
@click.option("--format", "file_format", type=click.Choice(list(FORMATS)), default="html", show_default=True)
@click.option("--language", type=click.Choice(["he", "en"]), help="Language of the report; the desk's if left out.")
@click.option(
    "--audience",
    type=click.Choice([one.value for one in Audience]),
    default=Audience.INTERNAL.value,
    show_default=True,
    help="For whom; a public one has no people's names, notes and confidential sources.",
)
@click.option(
    "--status",
    "statuses",
    type=click.Choice([one.value for one in Status]),
    multiple=True,
    help="Only such claims; repeat it.",
)
@click.option("--claim", type=click.IntRange(min=1), help="Only the claim with this number.")
@click.option(
    "--as-of", type=click.DateTime(MOMENTS), help="As the desk stood then, on its clock; a day is its beginning."
)
@click.option("--sign-off", help="As it was signed off: the sign-off's digest, or its first digits.")
@click.option(
    "--since-sign-off", help="What changed since the sign-off with this digest, up to --sign-off or the last."
)
@click.option("--pdf-standard", help="Archival standard that a PDF has to keep: a-2b, a-3b or a-2a.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output if left out."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def report(
    article: int,
    file_format: str,
    language: str | None,
    audience: str,
    statuses: tuple[str, ...],
    claim: int | None,
    as_of: datetime | None,
    sign_off: str | None,
    since_sign_off: str | None,
    pdf_standard: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Write the report of the article with the number ARTICLE, which stands in the address of its page.

    The digests of its sign-offs are those that "claims signoff verify ARTICLE" prints.
    """
    chosen = settings()
    if out is not None and out.exists() and not force:
        raise DomainError("%(file)s is there already; --force overwrites it.", file=out)
    code = language or chosen.language
    with desk(chosen) as session:
        if session.get(Article, article) is None:
            raise DomainError("There is no article %(number)s.", number=article)
        if since_sign_off is not None:
            if statuses or claim or as_of or pdf_standard:
                raise click.UsageError(
                    "--since-sign-off goes with --sign-off, --audience, --format and --language only."
                )
            content = _compare(
                session, chosen, article, since_sign_off, sign_off, file_format, code, Audience(audience)
            )
        else:
            scope = choose_scope(
                session,
                article,
                audience=Audience(audience),
                statuses=[Status(status) for status in statuses],
                claim=claim,
                as_of=as_of and as_of.replace(tzinfo=ZoneInfo(chosen.timezone)),
                sign_off=sign_off,
            )
            content = write_report(
                session,
                article_id=article,
                file_format=file_format,
                language=code,
                actor=None,
                zone=chosen.timezone,
                scope=scope,
                letterhead=read_letterhead(chosen, code),
                standard=pdf_standard,
            )
            with writing(session):
                record_export(
                    session, actor=None, file_format=file_format, language=code, article_id=article, scope=scope
                )
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)


def _compare(
    session: Session,
    chosen: Settings,
    article: int,
    first: str,
    second: str | None,
    file_format: str,
    code: str,
    audience: Audience,
) -> bytes:
    """Return what changed between two sign-offs, the later one the last where none is named."""
    if file_format not in DIFFERENCES:
        raise DomainError("What changed is written as one of: %(formats)s.", formats=", ".join(DIFFERENCES))
    last = next(iter(list_sign_offs(session, article)), None)
    found = gather_difference(
        session,
        article,
        first,
        second or (last.digest if last else ""),
        made_by=DESK,
        language=code,
        audience=audience,
        letterhead=read_letterhead(chosen, code),
    )
    content = DIFFERENCES[file_format][1](found, chosen.timezone)
    with writing(session):
        record_difference(session, actor=None, file_format=file_format, difference=found)
    return content
