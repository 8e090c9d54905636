"""How rightly and how fast anchored passages are carried to the next draft.

    python -m benchmarks.carrying [FOLDER ...]

prints the right answers by kind of edit for the articles of each folder (plain text or CoNLL-U; without one, for the
two articles of the tests), and how the time for 150 passages grows with the length of the text.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.words import english, hebrew
from claims_app.prose.compare import carry
from claims_app.prose.quotes import find_places
from claims_app.prose.sentences import Span, split_sentences
from tests.prose.scores import measure, read_folder, table
from tests.prose.texts import ENGLISH, HEBREW

ROUNDS = 10
LENGTHS = (2_500, 5_000, 10_000, 50_000)
PASSAGES = 150
TIMES = 7


def write_text(words: int, rng: Random) -> str:
    """Return a text of about so many words, half of it Hebrew, in paragraphs of five sentences."""
    sentences: list[str] = []
    count = 0
    while count < words:
        amount = f"{rng.randrange(2, 90_000):,}"
        sentence = " ".join(hebrew(rng, amount) if rng.random() < 0.5 else english(rng, amount)) + "."
        sentences.append(sentence)
        count += len(sentence.split())
    return "\n\n".join(" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5))


def edit_text(text: str, rng: Random) -> str:
    """Return a draft in which about every tenth sentence was edited, moved or taken out."""
    paragraphs = [[block[one.start : one.end] for one in split_sentences(block)] for block in text.split("\n\n")]
    for paragraph in paragraphs:
        if paragraph and rng.random() < 0.5:
            at = rng.randrange(len(paragraph))
            words = paragraph.pop(at).split()
            kind = rng.random()
            if kind < 0.6:
                words[rng.randrange(len(words))] = str(rng.randrange(1000))
                paragraph.insert(at, " ".join(words))
            elif kind < 0.8:
                rng.choice(paragraphs).append(" ".join(words))
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs if paragraph)


def choose_passages(text: str, rng: Random) -> list[Span]:
    """Return the passages of 150 claims: sentences from all over the text, half of them whole."""
    chosen = sorted(rng.sample(split_sentences(text), PASSAGES))
    return [one if rng.random() < 0.5 else Span(one.start, text.index(" ", one.start + 12)) for one in chosen]


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long something takes, the median of several times."""
    taken: list[float] = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def growth_table() -> str:
    """Return the time to carry 150 passages to an edited draft, and to a wholly different one, by length."""
    lines = [
        "| words | edited draft, ms | ms per 1,000 words | wholly different draft, ms | finding a quote, ms |",
        "|---:|---:|---:|---:|---:|",
    ]
    first: tuple[float, ...] = ()
    for length in LENGTHS:
        rng = Random(length)
        text, other = write_text(length, rng), write_text(length, rng)
        draft, spans = edit_text(text, rng), choose_passages(text, rng)
        quote = text[spans[-1].start : spans[-1].end]
        times = (
            milliseconds(lambda: carry(text, draft, spans)),  # noqa: B023  called at once
            milliseconds(lambda: carry(text, other, spans)),  # noqa: B023
            milliseconds(lambda: find_places(text, quote)),  # noqa: B023
        )
        first = first or times
        lines.append(
            f"| {length:,} | {times[0]:.1f} | {times[0] / length * 1000:.2f} | {times[1]:.1f} | {times[2]:.1f} |"
        )
    growth = [f"{now / before:.1f}×" for now, before in zip(times, first, strict=True)]
    lines.append(f"| growth, text {LENGTHS[-1] / LENGTHS[0]:g}× | {growth[0]} | | {growth[1]} | {growth[2]} |")
    return "\n".join(lines)


def main(folders: list[str]) -> None:
    """Print both tables."""
    found = {folder: list(read_folder(Path(folder))) for folder in folders}
    for name, articles in (found or {"the articles of the tests": [(HEBREW, "he"), (ENGLISH, "en")]}).items():
        print(f"**{name}**: {len(articles)} articles, {ROUNDS} drafts of each kind from each\n")
        print(table(measure(articles, rounds=ROUNDS)), "\n")
    print(f"**{PASSAGES} passages**, median of {TIMES}\n")
    print(growth_table())


if __name__ == "__main__":
    main(sys.argv[1:])
