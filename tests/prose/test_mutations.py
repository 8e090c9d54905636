"""Passages are carried through generated edits: each kind has its right answer, and none is wrongly "unchanged"."""

import os
from pathlib import Path

import pytest

from claims_app.prose.compare import Carried, Outcome
from claims_app.prose.quotes import is_same_words
from claims_app.prose.sentences import Span
from tests.prose.mutations import Edit, Editor, answers, apply, choose_spans, shift
from tests.prose.scores import Article, measure, read_folder, table
from tests.prose.texts import ENGLISH, HEBREW

KINDS = {
    "figure changed",
    "name swapped",
    "typo mended",
    "word order swapped",
    "punctuation changed",
    "quoted word changed",
    "paragraph split",
    "paragraphs joined",
    "marks of another shape",
    "sentence and paragraph added",
    "negation added",
    "quotation marks put around words",
    "sentence deleted",
    "sentence moved",
    "sentence duplicated",
    "look-alike planted",
    "sentence deleted, like one stays",
    "edited, old words put elsewhere",
    "several at once",
}
FLOOR_TOUCHED, FLOOR_OTHERS = 0.97, 0.99


def judge(articles: list[Article], rounds: int) -> None:
    """Print how the passages fared; fail on a silent mistake and on too many others."""
    scores = measure(articles, rounds=rounds)
    print(table(scores))  # noqa: T201  the table is what this is run for
    mistakes = [f"{kind}: {one}" for kind, score in scores.items() for one in score.mistakes]
    assert not any(score.wrong_unchanged for score in scores.values()), mistakes
    for kind, score in scores.items():
        assert score.touched_right >= FLOOR_TOUCHED * score.touched, (kind, mistakes)
        assert score.others_right >= FLOOR_OTHERS * score.others, (kind, mistakes)


@pytest.mark.parametrize(("text", "language"), [(HEBREW, "he"), (ENGLISH, "en")])
def test_every_edit_of_our_own_articles_has_its_right_answer(text: str, language: str) -> None:
    assert {draft.kind for seed in range(20) for draft in Editor(text, language, seed).drafts()} == KINDS
    judge([(text, language)], rounds=20)


@pytest.mark.parametrize("folder", ["davar-articles", "gum-news"])
def test_every_edit_of_real_articles_has_its_right_answer(folder: str) -> None:
    articles = list(read_folder(Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data" / folder))
    if not articles:
        pytest.skip("DESK_TEST_SHARED does not say where real articles lie")
    judge(articles, rounds=3)


class TestTheGenerator:
    """A generator that gives wrong answers would hide mistakes."""

    def test_a_seed_makes_the_same_drafts(self) -> None:
        assert Editor(HEBREW, "he", 7).drafts() == Editor(HEBREW, "he", 7).drafts()
        assert Editor(HEBREW, "he", 7).drafts() != Editor(HEBREW, "he", 8).drafts()

    @pytest.mark.parametrize(("text", "language"), [(HEBREW, "he"), (ENGLISH, "en")])
    def test_where_it_says_the_words_are_they_are(self, text: str, language: str) -> None:
        for seed in range(10):
            for draft in Editor(text, language, seed).drafts():
                assert draft.new != draft.old
                for span, right in zip(draft.spans, draft.right, strict=True):
                    was = draft.old[span.start : span.end]
                    if right.span is not None:
                        assert is_same_words(draft.new[right.span.start : right.span.end], was), draft.kind
                    else:
                        assert right.outcome in {Outcome.CHANGED, Outcome.LOST}

    def test_an_edit_changes_what_it_lies_in_and_shifts_what_comes_after(self) -> None:
        edits = [Edit(4, 7, "zwei"), Edit(0, 0, "null ")]
        assert apply("one two six", edits) == "null one zwei six"
        assert shift(Span(8, 11), edits) == Span(14, 17)
        assert answers([Span(0, 3), Span(4, 7), Span(0, 7), Span(8, 11)], edits) == [
            Carried(Outcome.UNCHANGED, Span(5, 8)),
            Carried(Outcome.CHANGED, None),
            Carried(Outcome.CHANGED, None),
            Carried(Outcome.UNCHANGED, Span(14, 17)),
        ]

    def test_passages_are_whole_sentences_and_fragments(self) -> None:
        editor = Editor(ENGLISH, "en", 1)
        spans = choose_spans(ENGLISH, editor.rng)
        assert set(spans) & set(editor.sentences)
        assert set(spans) - set(editor.sentences)
        assert all(ENGLISH[span.start : span.end].strip() == ENGLISH[span.start : span.end] for span in spans)
