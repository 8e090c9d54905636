"""What in a sentence has to be proved, by rules that need no network.

The rules would rather ask once too often: an editor waives a sentence with a key, and nobody finds one left out.
"""

import enum
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from claims_app.prose.cues import IRREGULAR_PAST, QUOTE_MARKS, Word, find_cues, find_quoted, read_words
from claims_app.prose.figures import Figure, read_figures
from claims_app.prose.ranking import rank
from claims_app.prose.sentences import Span, split_sentences


class Reason(enum.StrEnum):
    """Why a passage has to be proved."""

    FIGURE = "figure"
    DATE = "date"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    SUPERLATIVE = "superlative"
    EVENT = "event"
    COMPARISON = "comparison"
    CAUSE = "cause"
    RULE = "rule"
    #: No word of the rules, but put as claims are that were checked before.
    ASSERTION = "assertion"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to be proved: where in the text it stands, and why."""

    start: int
    end: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what in it has to be proved; ``score`` (0 to 1) ranks it among others."""

    start: int
    end: int
    text: str
    score: float
    checks: tuple[Check, ...]
    #: An editor has to answer for it: claim it or waive it.
    is_checkable: bool

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Its reasons, each once, in the order of the text."""
        return tuple(dict.fromkeys(check.reason for check in self.checks))


# How sure each reason alone makes that a sentence has to be proved; two reasons are surer than one.
_WEIGHTS = {
    Reason.FIGURE: 0.7,
    Reason.DATE: 0.65,
    Reason.QUOTE: 0.5,
    Reason.ATTRIBUTION: 0.55,
    Reason.SUPERLATIVE: 0.5,
    Reason.EVENT: 0.5,
    Reason.COMPARISON: 0.5,
    Reason.CAUSE: 0.5,
    Reason.RULE: 0.5,
}
# What makes it less sure, unless somebody is said to have said it.
_DOUBTS = {"opinion": 0.55, "future": 0.75, "personal": 0.75}
_REASONS = frozenset(_WEIGHTS)
_CONTINUED_QUOTE = 0.3  # the sentence that names who speaks answers for the quotation
# A figure stays to be proved whoever hopes for it.
_HARD = frozenset([Reason.FIGURE, Reason.DATE])
_DOUBT_OF_HARD = 0.8
CHECKABLE = 0.5
"""The score from which a sentence is worth checking."""
_QUESTION = re.compile("[?؟][!?؟.…]*[\"'”’»״)]*$")
_TAIL = 12  # the marks at a sentence's end; more are noise, and reading all of them again and again takes long
_FEW_WORDS = 3
_HEBREW = re.compile("[א-ת]")
_LETTER = re.compile(r"[^\W\d_]")
_PAST = re.compile("[a-z]{2,}ed")
_NAMES = re.compile(r"[A-Z][\w'’-]+")


def read_sentences(text: str) -> list[Sentence]:
    """Return the sentences of ``text`` in order, with what has to be proved in each.

    The time grows as the text does.
    """
    spans = split_sentences(text)
    figures = _share(spans, _find_figures(text))
    quotes = _share(spans, _find_quotes(text))
    return [
        _read_sentence(text, span, figures_here, quotes_here)
        for span, figures_here, quotes_here in zip(spans, figures, quotes, strict=True)
    ]


_Found = tuple[int, int, Reason | None]


def _find_figures(text: str) -> list[_Found]:
    return [(figure.start, figure.end, _reason_of(figure)) for figure in read_figures(text)]


def _find_quotes(text: str) -> list[_Found]:
    """Return what stands in quotation marks; no reason: so few words may be a name or irony."""
    return [
        (start, end, Reason.QUOTE if len(read_words(text, start, end)) >= _FEW_WORDS else None)
        for start, end in find_quoted(text)
    ]


def _reason_of(figure: Figure) -> Reason | None:
    """Return why a figure has to be proved; None: it counts nothing ("one of", "second thoughts")."""
    if figure.kind == "date":
        return Reason.DATE
    has_digit = any(character.isdigit() for character in figure.text)
    if not has_digit and (figure.kind == "ordinal" or (figure.kind == "number" and figure.low == figure.high == 1)):
        return None
    return Reason.FIGURE


def _share(spans: Sequence[Span], found: Iterable[_Found]) -> list[list[_Found]]:
    """Return for each sentence what stands in it; a finding over several sentences stands in each of them."""
    shares: list[list[_Found]] = [[] for _ in spans]
    first = 0
    for one in found:
        while first < len(spans) and spans[first].end <= one[0]:
            first += 1
        place = first
        while place < len(spans) and spans[place].start < one[1]:
            shares[place].append(one)
            place += 1
    return shares


def _read_sentence(text: str, span: Span, figures: Sequence[_Found], quotes: Sequence[_Found]) -> Sentence:
    said = text[span.start : span.end]
    checks, signs = _find(text, span, figures, quotes)
    by_rules = _score(said, span, checks, signs)
    is_ranked = not _is_hebrew(said) and not _is_question(said)
    score = rank(said, _traits(said, checks, signs)) if is_ranked else by_rules
    if not checks and score >= CHECKABLE:
        checks = [Check(span.start, span.end, Reason.ASSERTION)]
    is_checkable = max(score, by_rules) >= CHECKABLE
    return Sentence(span.start, span.end, said, round(score, 3), tuple(checks), is_checkable)


def read_traits(text: str) -> set[str]:
    """Return what the rules find in a text that is taken for one sentence, as the ranking is told it."""
    whole = Span(0, len(text))
    return _traits(text, *_find(text, whole, _find_figures(text), _find_quotes(text)))


def read_rules(text: str) -> float:
    """Return how sure the rules alone are that a text taken for one sentence has to be proved."""
    whole = Span(0, len(text))
    return _score(text, whole, *_find(text, whole, _find_figures(text), _find_quotes(text)))


def _traits(said: str, checks: Sequence[Check], signs: set[str]) -> set[str]:
    counts = Counter(check.reason.value for check in checks)
    several = {f"{reason}+" for reason, count in counts.items() if count > 1}
    return {*counts, *several, *signs, *(["question"] if _is_question(said) else [])}


def _is_question(said: str) -> bool:
    return bool(_QUESTION.search(said[-_TAIL:]))


def _is_hebrew(said: str) -> bool:
    return 2 * len(_HEBREW.findall(said)) >= len(_LETTER.findall(said))


def _find(text: str, span: Span, figures: Sequence[_Found], quotes: Sequence[_Found]) -> tuple[list[Check], set[str]]:
    """Return what has to be proved in a sentence, in order, and all that its words show."""
    words = read_words(text, span.start, span.end)
    cues = find_cues(words)
    signs = {cue.sign for cue in cues}
    checks = [Check(max(start, span.start), min(end, span.end), reason) for start, end, reason in figures if reason]
    checks += [Check(cue.start, cue.end, Reason(cue.sign)) for cue in cues if cue.sign in _REASONS]
    checks += _speakers(text, span, quotes)
    is_attributed = any(check.reason is Reason.ATTRIBUTION for check in checks)
    checks += _quote_checks(text, span, quotes, is_attributed=is_attributed)
    if "event" not in signs:
        checks += _named_events(text, words)
    return list(_merge(checks)), signs


def _speakers(text: str, span: Span, quotes: Sequence[_Found]) -> Iterator[Check]:
    """Yield who is named with a colon before a quotation: "The mayor: \"…\"."""
    for start, _, _ in quotes:
        before = text[max(span.start, start - 2) : start].rstrip()
        if before.endswith(":"):
            yield Check(span.start, start, Reason.ATTRIBUTION)


def _quote_checks(text: str, span: Span, quotes: Sequence[_Found], *, is_attributed: bool) -> Iterator[Check]:
    """Yield the quotations of a sentence that are speech; a word or two count if somebody is said to have said them."""
    for start, end, reason in quotes:
        is_glued = start > 0 and text[start - 1].isalpha()
        if reason or (is_attributed and not is_glued):
            yield Check(max(start, span.start), min(end, span.end), Reason.QUOTE)


def _named_events(text: str, words: Sequence[Word]) -> Iterator[Check]:
    """Yield the first act of somebody with a name, in English: "Reykjavik hosted"."""
    is_named = False
    for place, word in enumerate(words):
        said = text[word.start : word.end]
        if is_named and (_PAST.fullmatch(said) or said in IRREGULAR_PAST):
            yield Check(word.start, word.end, Reason.EVENT)
            return
        if _NAMES.fullmatch(said) and (place or (len(words) > 1 and text[words[1].start].isupper())):
            is_named = True


def _merge(checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks without those that stand inside another of the same reason."""
    ends: dict[Reason, int] = {}
    for check in sorted(checks, key=lambda one: (one.start, -one.end)):
        if check.end > ends.get(check.reason, -1):
            ends[check.reason] = check.end
            yield check


def _score(said: str, span: Span, checks: Sequence[Check], signs: set[str]) -> float:
    """Return how sure the rules are that a sentence has to be proved."""
    if _is_question(said):
        return 0.1 if checks else 0.0
    weights = {check.reason: _WEIGHTS[check.reason] for check in checks}
    is_said = Reason.ATTRIBUTION in weights
    opened = [said[check.start - span.start] in QUOTE_MARKS for check in checks if check.reason is Reason.QUOTE]
    if opened and not is_said and not any(opened):
        weights[Reason.QUOTE] = _CONTINUED_QUOTE
    doubt = 1.0 if is_said else math.prod(_DOUBTS[sign] for sign in signs if sign in _DOUBTS)
    if not _HARD.isdisjoint(weights):
        doubt = max(doubt, _DOUBT_OF_HARD)
    return doubt * (1.0 - math.prod(1 - weight for weight in weights.values()))
