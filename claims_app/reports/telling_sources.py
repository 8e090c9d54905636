"""A source as people read it: what it is, which claims rest on it, and the copy that the desk keeps."""

from collections.abc import Iterator

from claims_app.language import day, gettext, moment, word
from claims_app.reports.blocks import BOLD, MUTED, Item, Kind, Line, Run, address, digest, free, joined
from claims_app.reports.facts import CopyFacts, SourceFacts


def tell_source(source: SourceFacts, zone: str) -> Item:
    """Return a source under its number."""
    return Item(source.number, tuple(_lines(source, zone)), f"source-{source.number}")


def _lines(source: SourceFacts, zone: str) -> Iterator[Line]:
    composed = [Run(f" ({gettext('title composed from the address')})", MUTED)] if source.has_composed_title else []
    yield Line((free(source.title, BOLD), *composed))
    yield joined(_about(source))
    if source.address:
        yield Line((address(source.address),), Kind.SMALL)
    if source.copy:
        yield from _copy(source.copy, zone)


def _about(source: SourceFacts) -> Iterator[list[Run]]:
    yield [Run(word("source_kind", source.kind))]
    if source.publisher:
        yield [free(source.publisher)]
    if source.published_on:
        yield [Run(day(source.published_on))]
    runs = [Run(f"{gettext('Claims')}: ")]
    for number in source.claims:
        runs += [*([Run(", ")] if len(runs) > 1 else []), Run(str(number), target=f"#claim-{number}")]
    yield runs
    if not source.copy and not source.is_confidential:
        yield [Run(gettext("No copy is kept"), MUTED)]


def _copy(copy: CopyFacts, zone: str) -> Iterator[Line]:
    brought = f" ({gettext('brought by hand')})" if copy.was_brought else ""
    captured = f"{gettext('Kept copy')}: {moment(copy.captured_at, zone)}{brought} "
    yield Line((Run(captured), digest(copy.sha256)), Kind.SMALL)
    if copy.warc_sha256:
        yield Line((Run(f"{gettext('The whole exchange (WARC)')}: "), digest(copy.warc_sha256)), Kind.SMALL)
    if copy.final_address:
        yield Line((Run(f"{gettext('Found in the end at')}: "), address(copy.final_address)), Kind.SMALL)
    if copy.memento:
        at = f", {moment(copy.memento_at, zone)}" if copy.memento_at else ""
        yield Line((Run(f"{gettext('In the public archive')}{at}: "), address(copy.memento)), Kind.SMALL)
