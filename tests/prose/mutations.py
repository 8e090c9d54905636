"""Edits as a newsroom makes them, each with what has to become of every passage that is anchored in the text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from claims_app.prose.compare import Carried, Outcome
from claims_app.prose.sentences import Span, split_sentences

NAMES = {"he": ("אברהם שטרן", "מיכל", "ורשה", "גלבוע"), "en": ("Walter Marsh", "Ingrid", "Lisbon", "Harlow")}
NOT = {"he": "לא ", "en": "not "}
NEW = {
    "he": "בתוך כך פרסמה המועצה האזורית הודעה נפרדת על לוח הזמנים של העבודות בכביש הגישה החדש.",
    "en": "In a separate notice the parish published a timetable for the works on its new access road.",
}
CLAUSE_END = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[;()\[\]{}—\n]|\s[-–־]|[-–־]\s")
SHAPES = {'"': "“”„״«", "'": "’׳‘", "-": "–־‐"}
_OTHER_SHAPES = frozenset("".join(SHAPES.values()))


class Edit(NamedTuple):
    """What is put in the place of ``text[start:end]``."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Mutation:
    """A draft, and the right answer for each of the anchored passages; a span only where it has to be that one."""

    kind: str
    old: str
    new: str
    spans: list[Span]
    right: list[Carried]


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` after all edits, which do not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.words + text[edit.end :]
    return text


def shift(span: Span, edits: Sequence[Edit]) -> Span:
    """Return where a passage stands after edits that change none of its words."""
    lengthened = [(edit, len(edit.words) - (edit.end - edit.start)) for edit in edits]
    start = span.start + sum(by for edit, by in lengthened if edit.end <= span.start)
    return Span(start, span.end + sum(by for edit, by in lengthened if edit.end <= span.start or edit.end < span.end))


def touches(edit: Edit, span: Span) -> bool:
    """Return whether an edit changes something inside a passage."""
    if edit.start == edit.end:
        return span.start < edit.start < span.end
    return edit.start < span.end and span.start < edit.end


def choose_spans(text: str, rng: Random) -> list[Span]:
    """Return passages as checkers anchor them: whole sentences, one or two fragments of one, single figures."""
    spans: list[Span] = []
    for sentence in split_sentences(text):
        words = list(re.finditer(r"\S+", text[sentence.start : sentence.end]))
        bare = [word for word in words if re.fullmatch(r"\w.*\w|\d+%?", word.group())]
        kind = rng.random()
        if kind < 0.4 or len(words) < 6:
            spans.append(sentence)
            continue
        cuts = sorted(rng.sample(range(len(words)), 4))
        pairs = [(cuts[0], cuts[1]), (cuts[2], cuts[3])] if kind < 0.7 else [(cuts[0], cuts[3])]
        for first, last in pairs:
            found = re.search(
                r"[^\W_].*[^\W_]%?", text[sentence.start : sentence.end][words[first].start() : words[last].end()]
            )
            if found:
                start = sentence.start + words[first].start()
                spans.append(Span(start + found.start(), start + found.end()))
        if kind > 0.95 and bare:
            word = rng.choice(bare)
            spans.append(Span(sentence.start + word.start(), sentence.start + word.end()))
    return spans


def answers(spans: Sequence[Span], edits: Sequence[Edit]) -> list[Carried]:
    """Return the right answers to plain edits: changed where one changes words inside, else unchanged in its place."""
    telling = [edit for edit in edits if not edit.words or (edit.words.strip() and edit.words not in _OTHER_SHAPES)]
    return [
        Carried(Outcome.CHANGED, None)
        if any(touches(edit, span) for edit in telling)
        else Carried(Outcome.UNCHANGED, shift(span, edits))
        for span in spans
    ]


class Editor:
    """Makes drafts of one article; the same seed makes the same drafts."""

    def __init__(self, text: str, language: str, seed: int) -> None:
        self.text, self.language, self.rng = text, language, Random(seed)  # noqa: S311  drafts, not secrets
        self.spans = choose_spans(text, self.rng)
        self.sentences = split_sentences(text)

    def drafts(self) -> list[Mutation]:
        """Return a draft of each kind that the text allows."""
        plain = {
            "figure changed": self.figure(),
            "name swapped": self.name(),
            "typo mended": self.typo(),
            "word order swapped": self.order(),
            "punctuation changed": self.punctuation(),
            "quoted word changed": self.quoted(),
            "paragraph split": self.between(" ", "\n\n"),
            "paragraphs joined": self.between("\n\n", " "),
        }
        made = [self.plain(kind, [edit]) for kind, edit in plain.items() if edit]
        made += [self.plain("marks of another shape", self.shapes()), self.added()]
        rest = self.negation, self.quotation, self.deleted, self.moved, self.duplicated, self.planted, self.impostor
        made += [draft for draft in (make() for make in (*rest, self.copied, self.redraft)) if draft]
        return made

    def plain(self, kind: str, edits: Sequence[Edit]) -> Mutation:
        return Mutation(kind, self.text, apply(self.text, edits), self.spans, answers(self.spans, edits))

    def pick(self, pattern: str, accept: Callable[[re.Match[str]], bool] = bool) -> re.Match[str] | None:
        found = [match for match in re.finditer(pattern, self.text) if accept(match)]
        return self.rng.choice(found) if found else None

    def pick_sentence(self, words: int, *, is_free: bool = True) -> Span | None:
        """Return a sentence of at least so many words; a free one can stand beside any other and stay itself."""
        found = [
            one
            for one in self.sentences
            if len(self.text[one.start : one.end].split()) >= words and (self.text[one.end - 1] in ".!?" or not is_free)
        ]
        return self.rng.choice(found) if found else None

    def elsewhere(self, sentence: Span) -> int | None:
        """Return the end of a sentence so far from another one that this one is certainly what was moved or copied."""
        reach = 2 * (sentence.end - sentence.start)
        far = [
            one.end
            for one in self.sentences
            if self.text[one.end - 1] in ".!?" and (one.end < sentence.start - reach or one.end > sentence.end + reach)
        ]
        return self.rng.choice(far) if far else None

    def figure(self) -> Edit | None:
        found = self.pick(r"(?<![\w.,])\d[\d.,]*(?<=\d)")
        if found is None:
            return None
        place = self.rng.choice([match.start() for match in re.finditer(r"\d", found.group())]) + found.start()
        return Edit(place, place + 1, self.rng.choice([one for one in "123456789" if one != self.text[place]]))

    def name(self) -> Edit | None:
        found = self.pick(r"(?<=[a-z,] )[A-Z][a-z]+\b" if self.language == "en" else r"(?<=\s)[א-ת]{4,}(?=[\s.,])")
        return Edit(found.start(), found.end(), self.rng.choice(NAMES[self.language])) if found else None

    def typo(self) -> Edit | None:
        found = self.pick(r"(?<!\w)[^\W\d_]{5,}(?!\w)")
        if found is None:
            return None
        at = found.start() + self.rng.randrange(1, len(found.group()) - 1)
        letters = "אבגדהוזחטילמנ" if self.language == "he" else "abcdefghijklm"
        return Edit(at, at + 1, self.rng.choice([one for one in letters if one != self.text[at]]))

    def order(self) -> Edit | None:
        """Swap two words that are anchored together or not at all: a single one stays the same word."""

        def accept(match: re.Match[str]) -> bool:
            inside = [one for one in self.spans if one.start < match.end() and match.start() < one.end]
            return match[1] != match[2] and all(one.start <= match.start() and match.end() <= one.end for one in inside)

        found = self.pick(r"(?<=\s)(\w{2,}) (\w{2,})(?=[\s.,])", accept)
        return Edit(found.start(), found.end(), f"{found[2]} {found[1]}") if found else None

    def punctuation(self) -> Edit | None:
        found = self.pick(r"(?<=\w)[,;.](?=\s)")
        return Edit(found.start(), found.end(), {",": ";", ";": ",", ".": "!"}[found.group()]) if found else None

    def quoted(self) -> Edit | None:
        found = self.pick(r'(?<!\w)"[^"\n]{12,}"(?!\w)')
        if found is None:
            return None
        word = self.rng.choice(list(re.finditer(r"[^\s\"]+", found.group())))
        start = found.start() + word.start()
        return Edit(start, start + len(word.group()), self.rng.choice(NAMES[self.language]))

    def between(self, before: str, after: str) -> Edit | None:
        found = self.pick(rf"(?<=\S){before}(?=\S)")
        return Edit(found.start(), found.end(), after) if found else None

    def shapes(self) -> list[Edit]:
        return [Edit(at, at + 1, self.rng.choice(SHAPES[mark])) for at, mark in enumerate(self.text) if mark in SHAPES]

    def added(self) -> Mutation:
        whole = [one for one in self.sentences if self.text[one.end - 1] in ".!?"]
        ends = self.rng.sample(whole, min(2, len(whole)))
        words = [" " + NEW[self.language], "\n\n" + NEW[self.language]]
        edits = [Edit(one.end, one.end, new) for one, new in zip(ends, words, strict=False)]
        return self.plain("sentence and paragraph added", edits)

    def negation(self) -> Mutation | None:
        found = self.pick(r"(?<=\w )(?=\w)")
        if found is None:
            return None
        edit = Edit(found.start(), found.start(), NOT[self.language])
        right = [
            Carried(Outcome.CHANGED, None) if self.is_denied(edit, span) else answer
            for span, answer in zip(self.spans, answers(self.spans, [edit]), strict=True)
        ]
        return Mutation("negation added", self.text, apply(self.text, [edit]), self.spans, right)

    def is_denied(self, edit: Edit, span: Span) -> bool:
        """Return whether a negation outside a passage is in its clause, and in no passage apart from it."""
        start, end = (edit.start, span.start) if edit.start <= span.start else (span.end, edit.start)
        if not any(one.start <= min(start, span.start) and max(end, span.end) <= one.end for one in self.sentences):
            return False
        others = [one for one in self.spans if one.end <= span.start or one.start >= span.end]
        return not CLAUSE_END.search(self.text[start:end]) and not any(touches(edit, one) for one in others)

    def quotation(self) -> Mutation | None:
        found = self.pick(r"(?<=[^\W\d_]{2} )[^\W\d_]+(?: [^\W\d_]+){0,2}(?=[\s.,])")
        if found is None:
            return None
        edits = [Edit(found.start(), found.start(), '"'), Edit(found.end(), found.end(), '"')]
        right = [
            Carried(Outcome.CHANGED, None)
            if span.start <= found.end() + 1 and found.start() - 1 <= span.end
            else Carried(Outcome.UNCHANGED, shift(span, edits))
            for span in self.spans
        ]
        return Mutation("quotation marks put around words", self.text, apply(self.text, edits), self.spans, right)

    def cut(self, sentence: Span) -> Edit:
        """Return the edit that takes a sentence away, and the blank after it."""
        gap = re.compile(r" ?").match(self.text, sentence.end)
        return Edit(sentence.start, gap.end() if gap else sentence.end, "")

    def deleted(self) -> Mutation | None:
        sentence = self.pick_sentence(1, is_free=False)
        return self.without("sentence deleted", sentence, []) if sentence else None

    def without(self, kind: str, sentence: Span, edits: Sequence[Edit]) -> Mutation:
        """Return the draft that has some edits, and a sentence no more."""
        edits = [*edits, self.cut(sentence)]
        right = [
            Carried(Outcome.LOST, None) if sentence.start <= span.start < sentence.end else answer
            for span, answer in zip(self.spans, answers(self.spans, edits), strict=True)
        ]
        return Mutation(kind, self.text, apply(self.text, edits), self.spans, right)

    def moved(self) -> Mutation | None:
        sentence = self.pick_sentence(6)
        place = self.elsewhere(sentence) if sentence else None
        if sentence is None or place is None:
            return None
        edits = [self.cut(sentence), Edit(place, place, " " + self.text[sentence.start : sentence.end])]
        start = shift(Span(place, place), edits[:1]).start + 1
        right = [
            Carried(Outcome.MOVED, Span(start + span.start - sentence.start, start + span.end - sentence.start))
            if sentence.start <= span.start < sentence.end
            else answer
            for span, answer in zip(self.spans, answers(self.spans, edits), strict=True)
        ]
        return Mutation("sentence moved", self.text, apply(self.text, edits), self.spans, right)

    def duplicated(self) -> Mutation | None:
        return self.copy("sentence duplicated", is_altered=False)

    def planted(self) -> Mutation | None:
        return self.copy("look-alike planted", is_altered=True)

    def copy(self, kind: str, *, is_altered: bool) -> Mutation | None:
        """Return the draft in which a copy of a sentence, altered or not, stands elsewhere too."""
        sentence = self.pick_sentence(3)
        place = self.elsewhere(sentence) if sentence else None
        if sentence is None or place is None:
            return None
        words = self.alike(sentence, is_altered=is_altered)
        if self.text[:place].endswith(words) or self.text[place:].lstrip().startswith(words):
            return None  # nobody could tell which of two alike side by side is the copy
        return self.plain(kind, [Edit(place, place, " " + words)])

    def alike(self, sentence: Span, *, is_altered: bool) -> str:
        words = self.text[sentence.start : sentence.end]
        if not is_altered:
            return words
        figure = re.search(r"\d", words)
        if figure:
            return words[: figure.start()] + str((int(figure.group()) + 3) % 10) + words[figure.end() :]
        return re.sub(r"\w{4,}", self.rng.choice(NAMES[self.language]), words, count=1)

    def impostor(self) -> Mutation | None:
        """Return the draft that lost a sentence, where one like it stood already and still does."""
        sentence = self.pick_sentence(1)
        place = self.elsewhere(sentence) if sentence else None
        if sentence is None or place is None:
            return None
        plant = Edit(place, place, " " + self.alike(sentence, is_altered=self.rng.random() < 0.5))
        before = Editor(self.text, self.language, 0)
        before.text, before.spans = apply(self.text, [plant]), [shift(span, [plant]) for span in self.spans]
        return before.without("sentence deleted, like one stays", shift(sentence, [plant]), [])

    def copied(self) -> Mutation | None:
        """Return the draft in which a sentence was edited in its place, and its old words were put elsewhere."""
        sentence, edit = self.pick_sentence(8), self.figure()
        place = self.elsewhere(sentence) if sentence else None
        if sentence is None or place is None or edit is None or not touches(edit, sentence):
            return None
        copy = Edit(place, place, " " + self.text[sentence.start : sentence.end])
        return self.plain("edited, old words put elsewhere", [edit, copy])

    def redraft(self) -> Mutation | None:
        """Return the draft with many edits at once."""
        sentence = self.pick_sentence(1)
        place = self.elsewhere(sentence) if sentence else None
        if sentence is None or place is None:
            return None
        edits = [Edit(place, place, " " + NEW[self.language])]
        for edit in (self.figure(), self.name(), self.typo(), self.order(), self.between(" ", "\n\n")):
            if edit and not touches(edit, sentence) and not any(_meet(edit, other) for other in edits):
                edits.append(edit)
        return self.without("several at once", sentence, edits)


def _meet(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end
