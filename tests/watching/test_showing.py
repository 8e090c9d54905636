"""What changed between two copies is shown word by word, with what the evidence names, and without what stayed."""

from dataclasses import dataclass
from typing import Any

from claims_app.claims.model import Figure
from claims_app.evidence.model import Evidence
from claims_app.watching.showing import MOST_SHOWN, Stretch, show_change

OPENED = "The bridge was opened in the spring of 1998."
FOLK = [f"Line {number} tells of boats and of the harbour." for number in range(10)]


@dataclass
class Copy:
    """Stands for a kept copy: its text, and what of it the page is about."""

    text: str
    main: str | None = None

    @property
    def main_text(self) -> str:
        return self.text if self.main is None else self.main


def show(before: Any, after: Any, *evidence: Evidence) -> list[Stretch]:
    return show_change(before, after, evidence)


def text(*paragraphs: str) -> Copy:
    return Copy("\n\n".join(paragraphs))


def told(stretches: list[Stretch]) -> list[str]:
    """Return the paragraphs with signs for what went, came and is sought; for those that are the same their number."""
    signs = {"delete": "-", "insert": "+", "equal": ""}
    return [
        f"({stretch.same})"
        if stretch.same
        else "".join(
            f"{signs[piece.kind]}[{piece.words}]" if piece.kind != "equal" or piece.is_sought else piece.words
            for piece in stretch.pieces
        )
        for stretch in stretches
    ]


def test_a_word_that_changed_stands_in_its_paragraph_between_its_neighbours() -> None:
    changed = OPENED.replace("spring", "autumn")
    shown = told(show(text(*FOLK, OPENED, *FOLK), text(*FOLK, changed, *FOLK)))
    assert shown[0] == "(9)"
    assert shown[1] == FOLK[-1]
    assert "-[spring" in shown[2]
    assert "+[autumn" in shown[2]
    assert shown[3:] == [FOLK[0], "(9)"]


def test_paragraphs_that_went_and_came_are_whole() -> None:
    shown = told(show(text(*FOLK[:3], OPENED), text("A new headline.", *FOLK[:3])))
    assert any(one.startswith("+[A new headline") for one in shown)
    assert any(one.startswith("-[The bridge") for one in shown)


def test_what_the_evidence_names_is_marked_and_shown_even_where_nothing_changed() -> None:
    figure = Figure(low=120, high=120, unit="metres", is_about=False)
    evidence = Evidence(passage="the harbour", figure=figure)
    shown = told(show(text("It is 120 metres long.", *FOLK, OPENED), text("It is 120 metres long.", *FOLK), evidence))
    assert "[120 metres]" in shown[0]
    assert "[the harbour]" in "".join(shown)
    assert any(one.startswith("-[") for one in shown)


def test_a_passage_that_went_is_marked_in_what_went() -> None:
    stretches = show(text(*FOLK, OPENED), text(*FOLK), Evidence(passage=OPENED))
    assert [(piece.kind, piece.words) for one in stretches for piece in one.pieces if piece.is_sought] == [
        ("delete", OPENED)
    ]


def test_copies_that_say_the_same_show_nothing() -> None:
    assert show(text(*FOLK), text(*FOLK)) == []


def test_where_only_the_menu_differs_the_whole_page_is_compared() -> None:
    shown = told(show(Copy("Home Sport\n\nBody.", "Body."), Copy("Home News\n\nBody.", "Body.")))
    assert "Sport" in "".join(shown)


def test_a_passage_outside_of_the_article_is_looked_for_in_the_whole_page() -> None:
    before, after = Copy(f"{OPENED}\n\nOld body.", "Old body."), Copy("New body.", "New body.")
    assert any("The bridge" in one for one in told(show(before, after, Evidence(passage=OPENED))))


def test_a_page_that_is_another_altogether_is_shown_in_part() -> None:
    old = [f"Old {number} words about one thing." for number in range(MOST_SHOWN + 50)]
    new = [f"Quite another {number} sentence, of something else." for number in range(MOST_SHOWN + 50)]
    stretches = show(text(*old), text(*new))
    assert len(stretches) <= MOST_SHOWN + 2
