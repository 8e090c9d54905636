"""A claim as people read it: its statement, its words, its figure beside each source's, the verdict, the evidence."""

from collections.abc import Iterator
from datetime import datetime

from claims_app.claims.figure import FigureValue, Match
from claims_app.claims.model import Priority, Status
from claims_app.language import day, figure_words, gettext, in_language, moment, word
from claims_app.prose.compare import compare_words
from claims_app.reports.blocks import (
    BOLD,
    GONE,
    MUTED,
    NEW,
    SAID,
    ClaimItem,
    Compared,
    Item,
    Kind,
    Line,
    Run,
    address,
    alone,
    free,
    joined,
)
from claims_app.reports.facts import (
    Checked,
    ClaimFacts,
    ConfirmationFacts,
    EvidenceFacts,
    Matter,
    QueryFacts,
    VerdictFacts,
)
from claims_app.sources.model import SourceKind


def pill(status: Status) -> Run:
    """Return a status as it is shown everywhere: its mark and its word."""
    return Run(word("status", status), BOLD, mark=status)


def statement(claim: ClaimFacts) -> Line:
    """Return what a claim states, in the report's language or else in the other."""
    text, code = in_language(claim, "statement")
    return alone(text, language=code)


def _other(record: object, name: str) -> Iterator[Line]:
    """Yield a bilingual field in the other language too, where it is there."""
    _text, code = in_language(record, name)
    text, other = in_language(record, name, "en" if code == "he" else "he")
    if other != code:
        yield alone(text, Kind.SMALL, MUTED, language=other)


def matters(claim: ClaimFacts) -> tuple[Line, ...]:
    """Return why an editor has to look at a claim, one reason a line."""
    words = {
        Matter.UNDECIDED: Run(gettext("Undecided"), mark="unchecked"),
        Matter.AWAITING: Run(gettext("Awaiting second check"), mark="awaiting"),
        Matter.STALE: Run(gettext("Words changed"), mark="stale"),
        Matter.LOST: Run(word("place", "lost"), mark="lost"),
        Matter.UNCONFIRMED: Run(gettext("Not confirmed by a second person"), mark="awaiting"),
        Matter.DISPUTED: Run(gettext("Disputed"), mark="disputed"),
        Matter.UNVERIFIABLE: Run(gettext("Unverifiable"), mark="unverifiable"),
        Matter.QUERY: Run(gettext("Query without an answer"), mark="query"),
        Matter.OVERRIDE: Run(gettext("Decided against the evidence rule"), mark="warning"),
    }
    return tuple(Line((words[matter],)) for matter in claim.matters)


def tell_claim(claim: ClaimFacts, language: str, zone: str) -> ClaimItem:
    """Return a claim with everything it rests on; ``language`` is that of the article's words."""
    marks = [pill(claim.status)]
    if claim.is_stale:
        marks.append(Run(gettext("Words changed"), BOLD, mark="stale"))
    if claim.is_lost:
        marks.append(Run(word("place", "lost"), BOLD, mark="lost"))
    return ClaimItem(
        number=claim.number,
        name=f"claim-{claim.number}",
        statement=statement(claim),
        marks=tuple(marks),
        parts=tuple(_parts(claim, language, zone)),
        evidence=tuple(Item(number, tuple(_evidence(item))) for number, item in enumerate(claim.evidence, start=1)),
    )


def _parts(claim: ClaimFacts, language: str, zone: str) -> Iterator[Line | Compared]:
    yield from _other(claim, "statement")
    yield joined(_place(claim))
    for anchor in claim.anchors:
        yield alone(f"“{' '.join(anchor.quote.split())}”", Kind.QUOTE, SAID, language=language)
    if claim.figure:
        yield Line((Run(f"{gettext('Figure in the article')}: "), *_figure(claim.figure)))
    if claim.cited_address:
        basis = Run(f" ({word('cited_basis', claim.cited_basis)})", MUTED)
        yield Line((Run(f"{gettext('The article cites')}: "), address(claim.cited_address), basis), Kind.SMALL)
    if claim.verdict:
        yield from _verdict(claim, claim.verdict, language, zone)
    for query in claim.open_queries + claim.answered_queries:
        yield from _query(query, zone)
    if not claim.evidence:
        yield Line((Run(gettext("No evidence")),), Kind.SMALL)


def _place(claim: ClaimFacts) -> Iterator[list[Run]]:
    if claim.anchors:
        named = [gettext("Paragraph %(number)s", number=anchor.paragraph) for anchor in claim.anchors]
        places = [Run(name, target=f"#text-{claim.number}-{number}") for number, name in enumerate(named, start=1)]
        runs = [Run(f"{gettext('In the text')}: ")]
        for place in places:
            runs += [*([Run(", ")] if len(runs) > 1 else []), place]
        yield runs
    elif claim.paragraph is not None:
        yield [Run(gettext("Paragraph %(number)s", number=claim.paragraph))]
    yield [Run(word("kind", claim.kind))]
    if claim.priority != Priority.NORMAL:
        yield [Run(f"{gettext('Priority')}: {word('priority', claim.priority)}")]
    if claim.claimant:
        attributed = [Run(f" ({gettext('attributed in the text')})")] if claim.is_attributed else []
        yield [Run(f"{gettext('Claimant')}: "), free(claim.claimant), *attributed]
    if claim.assignee and not claim.verdict:
        yield [Run(f"{gettext('Assignee')}: "), free(claim.assignee)]


def _figure(figure: FigureValue) -> list[Run]:
    as_of = [Run(f" ({gettext('as of %(day)s', day=day(figure.as_of))})", MUTED)] if figure.as_of else []
    return [Run(figure_words(figure), BOLD), *as_of]


def _verdict(claim: ClaimFacts, verdict: VerdictFacts, language: str, zone: str) -> Iterator[Line | Compared]:
    if claim.is_stale:
        said = gettext(
            "This was found for other words than the text has now; it does not hold until it is confirmed or decided"
            " anew."
        )
        yield Line((Run(said),), Kind.WARNING)
    elif claim.is_lost:
        yield Line((Run(gettext("This was found for words that are not in the text any more.")),), Kind.WARNING)
    if (claim.is_stale or claim.is_lost) and claim.settled_words:
        yield compared(claim.settled_words, claim.words, language)
    text, code = in_language(verdict, "rationale")
    yield alone(text, language=code)
    yield from _other(verdict, "rationale")
    if verdict.override_why:
        why = gettext("Decided against the evidence rule")
        yield Line((Run(f"{why}: ", mark="warning"), free(verdict.override_why)), Kind.WARNING)
    yield joined(_decided(claim, verdict, zone))
    for one in claim.confirmations:
        yield from _confirmation(one, language, zone)


def _decided(claim: ClaimFacts, verdict: VerdictFacts, zone: str) -> Iterator[list[Run]]:
    what = gettext("Proposed") if claim.status is Status.AWAITING else gettext("Verdict")
    yield [
        Run(f"{what}: {word('status', verdict.finding)}, "),
        free(verdict.proposed_by),
        Run(f", {moment(verdict.proposed_at, zone)}"),
    ]
    label = Run(f"{gettext('Second check')}: ")
    if verdict.second_check is Checked.CONFIRMED:
        yield [label, free(verdict.approved_by or ""), Run(f", {moment(verdict.approved_at, zone)}")]
    elif verdict.second_check is Checked.WAITING:
        yield [label, Run(gettext("waiting"), BOLD)]
    else:
        yield [label, Run(gettext("not asked for"))]


def compared(before: str, after: str | None, language: str) -> Compared:
    """Return the words that were decided on beside those of now, with what differs marked."""
    changes = compare_words(before, after or "")
    old = [
        Run(before[one.old.start : one.old.end], SAID + (GONE if one.kind in {"delete", "replace"} else ""))
        for one in changes
    ]
    new = [
        Run((after or "")[one.new.start : one.new.end], SAID + (NEW if one.kind in {"insert", "replace"} else ""))
        for one in changes
    ]
    direction = alone(before, language=language).direction
    now = Line(tuple(new), direction=direction, language=language)
    if not after:
        now = Line((Run(gettext("These words are not in the text any more."), MUTED),))
    labels = (gettext("Words decided on"), gettext("Words now"))
    return Compared(Line(tuple(old), direction=direction, language=language), now, labels)


def _confirmation(one: ConfirmationFacts, language: str, zone: str) -> Iterator[Line | Compared]:
    version = gettext("Version %(number)s", number=one.version)
    # Readers outside are not told why.
    why = [free(one.why), Run(" ")] if one.why else []
    yield Line(
        (
            Run(f"{word('action', 'confirmed')}: ", BOLD),
            *why,
            Run("(", MUTED),
            free(one.confirmed_by, MUTED),
            Run(f", {moment(one.confirmed_at, zone)}, {version})", MUTED),
        ),
        Kind.QUERY,
    )
    yield compared(one.words_before, one.words_after, language)


def _query(query: QueryFacts, zone: str) -> Iterator[Line]:
    label = gettext("Query without an answer") if query.answer is None else gettext("Query to the author")
    yield Line(
        (Run(f"{label}: ", BOLD, mark="query"), free(query.text), *_by(query.asked_by, query.asked_at, zone)),
        Kind.QUERY,
    )
    if query.answer is not None:
        answered = _by(query.answered_by or "", query.answered_at, zone)
        yield Line((Run(f"{gettext('Answer')}: ", BOLD), free(query.answer), *answered), Kind.QUERY)


def _by(name: str, at: datetime | None, zone: str) -> list[Run]:
    return [Run(" (", MUTED), free(name, MUTED), Run(f", {moment(at, zone)})", MUTED)]


def _evidence(item: EvidenceFacts) -> Iterator[Line]:
    yield joined(_about(item))
    composed = [Run(f" ({gettext('title composed from the address')})", MUTED)] if item.has_composed_title else []
    yield Line((free(item.title, BOLD), *composed))
    yield alone(item.summary)
    if item.passage:
        yield alone(item.passage, Kind.QUOTE)
    if item.locator:
        yield Line((Run(f"{gettext('Locator')}: "), free(item.locator)))
    if item.figure:
        yield Line(tuple(_their_figure(item, item.figure)))
    if item.address:
        yield Line((address(item.address),), Kind.SMALL)


def _about(item: EvidenceFacts) -> Iterator[list[Run]]:
    yield [Run(word("stance", item.stance), BOLD, mark=item.stance)]
    number = gettext("Source no. %(number)s", number=item.source)
    yield [Run(number, target=f"#source-{item.source}")]
    if item.rank:
        yield [Run(word("rank", item.rank))]
    if item.kind is not SourceKind.PAGE:
        yield [Run(word("source_kind", item.kind))]
    if item.publisher:
        yield [free(item.publisher)]
    if item.published_on:
        yield [Run(day(item.published_on))]
    yield [Run(gettext("looked at on %(day)s", day=day(item.looked_on)), MUTED)]


def _their_figure(item: EvidenceFacts, figure: FigureValue) -> Iterator[Run]:
    yield Run(f"{gettext('Figure')}: ")
    yield from _figure(figure)
    if item.match:
        yield Run(" ")
        yield Run(word("match", item.match), BOLD, mark=_MATCHES[item.match])
    if item.converted:
        yield Run(" (" + gettext("in the article's unit:") + " ", MUTED)
        yield from _figure(item.converted)
        yield Run(f". {item.assumption})" if item.assumption else ")", MUTED)


_MATCHES = {
    Match.SAME: "match",
    Match.ROUNDED: "match",
    Match.CONVERTED: "match",
    Match.DIFFERENT: "mismatch",
    Match.OTHER_UNIT: "other_unit",
}
"""A figure that fits is ticked, one that does not is crossed, and one in another unit is neither."""
