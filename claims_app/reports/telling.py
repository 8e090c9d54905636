"""The report as people read it, part by part; its words are those of the page."""

from collections.abc import Iterable, Iterator

from claims_app.coverage.queries import Answer
from claims_app.language import day, gettext, in_language, moment, ngettext, speaking, word
from claims_app.reports.annotated import annotate_report
from claims_app.reports.blocks import (
    BOLD,
    MUTED,
    SAID,
    Block,
    Chart,
    Contents,
    Copied,
    Facts,
    Heading,
    Items,
    Kind,
    Legend,
    Line,
    Run,
    SignHere,
    Table,
    Ticks,
    Together,
    Told,
    address,
    alone,
    digest,
    free,
    joined,
)
from claims_app.reports.facts import ClaimFacts, Report
from claims_app.reports.paragraphs import Paragraph
from claims_app.reports.scope import describe_scope
from claims_app.reports.standing import PassageFacts
from claims_app.reports.telling_claims import matters, pill, statement, tell_claim
from claims_app.reports.telling_sources import tell_source
from claims_app.reports.telling_standing import signature_name, tell_sign_offs
from claims_app.signoff.model import Side

MOST_TICKS = 400
"""Of more claims than these nobody sees a single one in a strip."""


def tell(report: Report, *, zone: str) -> Told:
    """Return the report in its own language; moments are those of ``zone``."""
    with speaking(report.language):
        title, code = in_language(report.article, "title")
        version = gettext("Version %(number)s", number=report.article.version)
        made = report.made_at
        return Told(
            language=report.language,
            title=title,
            title_language=code,
            desk=report.letterhead.name or gettext("Claims Desk"),
            kind=gettext("Fact-check report"),
            folio=f"{shortened(title)} · {version}",
            logo=report.letterhead.logo,
            author=report.made_by,
            made_at=(made.year, made.month, made.day, made.hour, made.minute, made.second),
            blocks=tuple(_blocks(report, zone)),
            page=gettext("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
            unknown=gettext("Characters that the fonts of this file do not have stand by their numbers, as [U+1F600]."),
        )


def shortened(text: str, most: int = 70) -> str:
    """Return the beginning of a title, for the foot of a page."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]}…"


def _blocks(report: Report, zone: str) -> Iterator[Block]:
    yield from _front(report, zone)
    yield Contents(gettext("Contents"))
    yield Together(tuple(_brief(report)))
    if not report.scope.is_public:
        yield from _open_claims(report)
    if not report.scope.is_partial:
        yield from _coverage(report)
    yield from _copy(report)
    yield from _claims(report, zone)
    if report.sources:
        yield Heading(1, _words(gettext("Sources")), "sources")
        yield Items(tuple(tell_source(one, zone) for one in report.sources))
    if not report.scope.is_partial:
        yield from _waived(report, zone)
    if not report.scope.is_public:
        yield _signature_lines(report, zone)
    if report.letterhead.closing:
        yield alone(report.letterhead.closing, Kind.SMALL)


def _signature_lines(report: Report, zone: str) -> SignHere:
    return SignHere(
        (
            (gettext("Fact-checking"), signature_name(None, zone)),
            (gettext("Editing"), signature_name(report.signatures[Side.EDITOR], zone)),
            (gettext("Legal department"), signature_name(report.signatures.get(Side.LEGAL), zone)),
        )
    )


def _words(text: str, style: str = "", kind: Kind = Kind.PLAIN) -> Line:
    return Line((Run(text, style),), kind)


def _listed(names: Iterable[str]) -> list[Run]:
    runs: list[Run] = []
    for name in names:
        runs += [*([Run(", ")] if runs else []), free(name)]
    return runs


def _front(report: Report, zone: str) -> Iterator[Block]:
    article = report.article
    if article.withdrawn_at:
        sentence = gettext(
            "This article was withdrawn on %(day)s. The report shows it as it stood then.",
            day=moment(article.withdrawn_at, zone),
        )
        yield Line((Run(sentence, mark="warning"),), Kind.WARNING)
    for line in describe_scope(report, zone):
        yield _words(line, BOLD)
    _title, code = in_language(article, "title")
    other, other_code = in_language(article, "title", "en" if code == "he" else "he")
    if other_code != code:
        yield alone(other, style=SAID + MUTED, language=other_code)
    yield Facts(tuple(_article_facts(report, zone)))
    if article.notes:
        for note in article.notes.split("\n"):
            if note.strip():
                yield alone(note, Kind.SMALL, MUTED)
    yield from tell_sign_offs(report, zone)


def _article_facts(report: Report, zone: str) -> Iterator[tuple[str, Line]]:
    article = report.article
    named = ((gettext("Outlet"), article.outlet), (gettext("Byline"), article.byline))
    for label, value in named:
        if value:
            yield label, Line((free(value),))
    if article.published_on:
        yield gettext("Published"), _words(day(article.published_on))
    yield gettext("Version"), _words(str(article.version))
    yield gettext("Report made"), Line((Run(moment(report.made_at, zone)), Run(", "), free(report.made_by)))
    if report.checkers:
        yield gettext("Checked by"), Line(tuple(_listed(report.checkers)))
    policy = [Run(word("second_check", article.second_check))]
    approvers = [Run(": "), *_listed(report.approvers)] if report.approvers else []
    yield gettext("Second check"), Line((*policy, *approvers))
    if article.address:
        yield gettext("Address"), Line((address(article.address),))
    if article.text_sha256:
        yield gettext("Digest of the text"), Line((digest(article.text_sha256),))
    else:
        yield (
            gettext("Digest of the text"),
            _words(gettext("The desk has the claims of this version but not its words.")),
        )


def _numbers(claims: Iterable[ClaimFacts]) -> list[Run]:
    runs: list[Run] = []
    for claim in claims:
        runs += [*([Run(", ")] if runs else []), Run(str(claim.number), target=f"#claim-{claim.number}")]
    return runs


def _brief(report: Report) -> Iterator[Block]:
    yield Heading(1, _words(gettext("In brief")), "brief")
    if not report.claims:
        yield _words(gettext("This article has no claims."))
        return
    said = ngettext(
        "%(decided)s of one claim is decided.",
        "%(decided)s of %(num)s claims are decided.",
        len(report.claims),
        decided=report.decided,
    )
    if report.decided and not report.approvers:
        said += f" {gettext('No second person confirmed a verdict.')}"
    yield _words(said, BOLD)
    yield from _unsettled(report)
    yield Chart(tuple((status, word("status", status), number) for status, number in report.counts.items() if number))
    yield _counts(report)
    if len(report.claims) <= MOST_TICKS:
        note = gettext("All claims in the order of the article. The taller the tick, the more trouble.")
        yield Ticks(tuple(claim.status for claim in report.claims), note)


def _unsettled(report: Report) -> Iterator[Line]:
    if report.stale:
        said = ngettext(
            "The words of one claim changed since its verdict",
            "The words of %(num)s claims changed since their verdicts",
            len(report.stale),
        )
        yield Line((Run(said, BOLD, mark="stale"), Run(": "), *_numbers(report.stale)))
    if report.lost:
        said = ngettext(
            "The words of one claim are not in the text any more",
            "The words of %(num)s claims are not in the text any more",
            len(report.lost),
        )
        yield Line((Run(said, BOLD, mark="lost"), Run(": "), *_numbers(report.lost)))


def _counts(report: Report) -> Table:
    heads = [gettext("Status"), gettext("Claims"), gettext("Of high priority"), gettext("Confirmed by a second person")]
    columns = [report.counts, report.high, report.confirmed]
    if any(report.unsettled.values()):
        heads.append(gettext("Words changed or lost"))
        columns.append(report.unsettled)
    rows = [
        ((Line((pill(status),)),), *((_words(str(column.get(status, 0))),) for column in columns))
        for status, number in report.counts.items()
        if number
    ]
    sums = [(_words(gettext("Total"), BOLD),), *((_words(str(sum(column.values())), BOLD),) for column in columns)]
    widths = (2.4, 1.0, 1.4, 2.0, 1.8)[: len(heads)]
    return Table(tuple(heads), (*rows, tuple(sums)), widths, has_total=True)


def _open_claims(report: Report) -> Iterator[Block]:
    if not report.claims:
        return
    yield Heading(1, _words(gettext("Needs a decision before print")), "open")
    if not report.open_claims:
        yield _words(
            gettext(
                "No claim is open: every one is decided and confirmed where that was asked for, none is disputed or"
                " unverifiable, the words of none changed, and no query waits for an answer."
            )
        )
        return
    heads = (gettext("No."), gettext("Claim"), gettext("What was found"), gettext("Why it is here"))
    yield Table(heads, tuple(map(_open_row, report.open_claims)), (0.75, 3.2, 3.6, 2.0))


def _open_row(claim: ClaimFacts) -> tuple[tuple[Line, ...], ...]:
    found = _words("–")
    if claim.verdict:
        text, code = in_language(claim.verdict, "rationale")
        found = alone(text, language=code)
    return (Line(tuple(_numbers([claim]))),), (statement(claim),), (found,), matters(claim)


def _coverage(report: Report) -> Iterator[Block]:
    yield Heading(1, _words(gettext("Coverage of the text")), "coverage")
    if report.article.text is None:
        yield _words(
            gettext(
                "The desk does not have the words of this version, so nobody knows what of the text is not covered."
            )
        )
        return
    if not report.passages:
        yield _words(gettext("Nothing in the text has to be proved."))
        return
    answers = report.answers
    claimed, waived, still_open = (answers[answer] for answer in (Answer.CLAIMED, Answer.WAIVED, Answer.OPEN))
    yield _words(
        ngettext(
            "%(answered)s of one checkable passage is answered for.",
            "%(answered)s of %(num)s checkable passages are answered for.",
            len(report.passages),
            answered=claimed + waived,
        ),
        BOLD,
    )
    sums = gettext(
        "claimed: %(claimed)s, waived: %(waived)s, open: %(open)s", claimed=claimed, waived=waived, open=still_open
    )
    yield _words(sums)
    if report.open_passages:
        yield Heading(2, _words(gettext("Open: neither a claim nor a waiver")))
        heads = (gettext("Paragraph"), gettext("Passage to be proved"), gettext("What has to be proved"))
        rows = tuple((*_place(passage), (_words(_reasons(passage)),)) for passage in report.open_passages)
        yield Table(heads, rows, (1.1, 4.6, 2.0))


def _place(passage: PassageFacts) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    number = Line((Run(str(passage.paragraph), target=f"#paragraph-{passage.paragraph}"),))
    return (number,), (alone(passage.quote, style=SAID),)


def _reasons(passage: PassageFacts) -> str:
    return ", ".join(word("reason", reason) for reason in passage.reasons)


def _copy(report: Report) -> Iterator[Block]:
    yield Heading(1, _words(gettext("The text with its claims")), "text")
    if report.article.text is None:
        yield _words(gettext("The desk has the claims of this version but not its words."))
        return
    yield Legend(
        tuple((status, word("status", status)) for status, number in report.counts.items() if number),
        gettext("Words changed") if report.stale else None,
        gettext("Open passage") if report.open_passages and not report.scope.is_partial else None,
    )
    for paragraph in annotate_report(report):
        yield Copied(paragraph, _notes(paragraph))


def _notes(paragraph: Paragraph[ClaimFacts]) -> Line | None:
    """Return what became of the claims whose words end in a paragraph, each once."""
    ending = dict.fromkeys(note.about.number for stretch in paragraph.stretches for note in stretch.notes)
    claims = {note.about.number: note.about for stretch in paragraph.stretches for note in stretch.notes}
    if not ending:
        return None
    return joined(_note(claims[number]) for number in ending)


def _note(claim: ClaimFacts) -> list[Run]:
    stale = [Run(", "), Run(gettext("Words changed"), mark="stale")] if claim.is_stale else []
    number = Run(str(claim.number), BOLD, target=f"#claim-{claim.number}")
    return [number, Run(" "), Run(word("status", claim.status), mark=claim.status), *stale]


def _claims(report: Report, zone: str) -> Iterator[Block]:
    if not report.claims:
        return
    yield Heading(1, _words(gettext("The claims, in the order of the article")), "claims")
    for name, claims in report.sections:
        title = alone(name, style=SAID) if name else _words(gettext("Without section"))
        yield Heading(2, title)
        for claim in claims:
            yield tell_claim(claim, report.article.language, zone)


def _waived(report: Report, zone: str) -> Iterator[Block]:
    if not report.waived_passages:
        return
    yield Heading(1, _words(gettext("Appendix: passages that need no claim")), "waived")
    heads = (gettext("Paragraph"), gettext("Passage to be proved"), gettext("Why it needs no claim"), gettext("By"))
    yield Table(heads, tuple(_waived_row(passage, zone) for passage in report.waived_passages), (1.1, 3.5, 2.2, 1.9))


def _waived_row(passage: PassageFacts, zone: str) -> tuple[tuple[Line, ...], ...]:
    by = Line((free(passage.waived_by or ""), Run(", "), Run(moment(passage.waived_at, zone))))
    return (*_place(passage), (alone(passage.why or "–"),), (by,))
