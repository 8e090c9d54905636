"""How many passages were carried rightly through generated edits, by kind of edit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from claims_app.prose.compare import Carried, Outcome, carry
from tests.prose.mutations import Editor, Mutation

Article = tuple[str, str]
"""A text and its language."""


@dataclass
class Score:
    """The answers for one kind of edit; ``touched`` passages are those that it does something to."""

    touched: int = 0
    touched_right: int = 0
    others: int = 0
    others_right: int = 0
    #: Said to be the same words in the same place, and not so.
    wrong_unchanged: int = 0
    #: Said to be the same words elsewhere, and not so.
    wrong_moved: int = 0
    mistakes: list[str] = field(default_factory=list)

    def add(self, draft: Mutation, number: int, found: Carried) -> None:
        """Count one answer."""
        right, span = draft.right[number], draft.spans[number]
        is_right = found.outcome == right.outcome and (right.span is None or found.span == right.span)
        if right.outcome == Outcome.UNCHANGED:
            self.others += 1
            self.others_right += is_right
        else:
            self.touched += 1
            self.touched_right += is_right
        if not is_right:
            self.wrong_unchanged += found.outcome == Outcome.UNCHANGED
            self.wrong_moved += found.outcome == Outcome.MOVED
            now = draft.new[found.span.start : found.span.end] if found.span else "-"
            self.mistakes.append(
                f"{right.outcome} but {found.outcome}: {draft.old[span.start : span.end]!r} -> {now!r}"
            )


def measure(articles: Iterable[Article], *, rounds: int) -> dict[str, Score]:
    """Return the score of each kind over so many drafts of each article."""
    scores: dict[str, Score] = defaultdict(Score)
    for text, language in articles:
        for seed in range(rounds):
            for draft in Editor(text, language, seed).drafts():
                for number, found in enumerate(carry(draft.old, draft.new, draft.spans)):
                    scores[draft.kind].add(draft, number, found)
    return scores


def table(scores: dict[str, Score]) -> str:
    """Return the scores as a Markdown table."""
    lines = [
        "| edit | passages it touches | right | passages it leaves | right | wrong 'unchanged' | wrong 'moved' |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for kind, score in scores.items():
        lines.append(
            f"| {kind} | {score.touched} | {_share(score.touched_right, score.touched)} | {score.others} "
            f"| {_share(score.others_right, score.others)} | {score.wrong_unchanged} | {score.wrong_moved} |"
        )
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def read_folder(folder: Path) -> Iterator[Article]:
    """Yield the articles of a folder: plain text as it is, CoNLL-U files by the text of their sentences."""
    for path in sorted(folder.glob("*.txt") if not any(folder.glob("*.conllu")) else []):
        lines = [" ".join(line.split()) for line in path.read_text("utf-8").splitlines()]
        text = "\n\n".join(line for line in lines if line)
        if text:
            yield text, "he" if any("א" <= letter <= "ת" for letter in text) else "en"
    for path in sorted(folder.glob("*.conllu")):
        yield _read_conllu(path.read_text("utf-8")), "en"


def _read_conllu(lines: str) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in lines.splitlines():
        if line.startswith("# newpar") and paragraphs[-1]:
            paragraphs.append([])
        if line.startswith("# text = "):
            paragraphs[-1].append(line.removeprefix("# text = "))
    return "\n\n".join(" ".join(sentences) for sentences in paragraphs if sentences)
