"""Plain text and pastes: paragraphs out of broken lines, scrambled Hebrew, and what the text says of itself."""

from claims_app.intake.readers import read_pasted
from claims_app.intake.reading import Reading
from tests.intake.test_scrambled import RUNS, TestVisualOrder, scramble

FULL = [" ".join(runs) for runs in RUNS]


def paragraphs(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def test_a_plain_paste_is_its_paragraphs() -> None:
    reading = read_pasted("כותרת קצרה\n\nפסקה ראשונה\nשנמשכת כאן, ויש בה עוד כמה מילים.\n\nפסקה שנייה.")
    assert paragraphs(reading) == [
        "כותרת קצרה",
        "פסקה ראשונה שנמשכת כאן, ויש בה עוד כמה מילים.",
        "פסקה שנייה.",
    ]
    assert reading.text == "\n\n".join(paragraphs(reading))
    assert (reading.language, reading.title, reading.notes, reading.unsure) == ("he", "כותרת קצרה", (), 0)
    assert not any(paragraph.lines for paragraph in reading.paragraphs)


def test_the_language_that_is_given_wins() -> None:
    assert read_pasted("Words of a text", language="he").language == "he"


def test_a_first_paragraph_that_is_a_sentence_is_no_title() -> None:
    assert read_pasted("It rained.\n\nThen the sun came out again over the town.").title is None
    assert read_pasted("Only one line").title is None
    assert read_pasted("https://example.org/a\n\nThe text itself, a little longer than that.").title is None


def test_addresses_in_the_text_are_its_links_and_stay() -> None:
    reading = read_pasted("See https://example.org/a(1), and (https://example.org/b). See https://example.org/b")
    assert reading.links == ("https://example.org/a(1)", "https://example.org/b")
    assert "https://example.org/b" in reading.text


def test_where_and_when_it_was_published_is_read_from_the_last_line() -> None:
    reading = read_pasted("פסקה אחת של הכתבה.\n\nפורסם בעיתון הבוקר, בתאריך 5 במרץ, 2024")
    assert (reading.outlet, reading.published_on) == ("עיתון הבוקר", "2024-03-05")
    reading = read_pasted("פסקה אחת של הכתבה.\n\nפורסם בעיתון הבוקר, בתאריך 31 בפברואר 2024")
    assert (reading.outlet, reading.published_on) == ("עיתון הבוקר", None)


class TestScrambled:
    def read(self) -> Reading:
        short = scramble(["סוף הפסקה בעיר,", "ליד", "הים."])
        addresses = "https://example.org/one\nhttps://example.org/two"
        lines = [
            "כותרת הכתבה",
            *map(scramble, RUNS),
            addresses,
            short,
            *(FULL[:2]),
            "והסוף הוא כאן.",
        ]
        return read_pasted("\n\n".join(lines))

    def test_lines_are_put_right_and_joined(self) -> None:
        reading = self.read()
        assert paragraphs(reading) == [
            "כותרת הכתבה",
            " ".join([*FULL, "סוף הפסקה בעיר, ליד הים."]),
            " ".join([*FULL[:2], "והסוף הוא כאן."]),
        ]

    def test_each_line_that_was_changed_stands_beside_what_it_was(self) -> None:
        first, changed, whole = self.read().paragraphs
        assert [line.original for line in changed.lines][:4] == [scramble(runs) for runs in RUNS]
        assert [line.text for line in changed.lines][:4] == FULL
        assert first.lines == whole.lines == ()

    def test_addresses_at_the_foot_of_a_page_do_not_cut_the_paragraph(self) -> None:
        reading = self.read()
        assert reading.links == ("https://example.org/one", "https://example.org/two")
        assert "http" not in reading.text
        assert len(reading.notes) == 2


def test_broken_lines_with_a_blank_one_after_each_are_joined() -> None:
    lines = [*FULL, "סוף."] * 2
    assert paragraphs(read_pasted("\n\n".join(lines))) == [" ".join([*FULL, "סוף."])] * 2


def test_paragraphs_with_a_blank_line_between_are_not_joined() -> None:
    lines = [f"Sentence number {number} of this text, which ends with a full stop." for number in range(9)]
    assert paragraphs(read_pasted("\n\n".join(lines))) == lines


def test_text_in_visual_order_is_turned_and_said_so() -> None:
    seen = [TestVisualOrder.seen(line) for line in TestVisualOrder.LINES]
    reading = read_pasted(f"{seen[0]}\n\n{seen[1]}")
    assert paragraphs(reading) == list(TestVisualOrder.LINES)
    assert len(reading.notes) == 1
    assert [line.original for line in reading.paragraphs[0].lines] == [seen[0]]
