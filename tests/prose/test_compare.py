"""What becomes of a passage when the next draft arrives: the same words, elsewhere, other words, or nothing."""

import pytest

from claims_app.prose.compare import Carried, Outcome, carry
from claims_app.prose.quotes import find_places, is_same_words
from claims_app.prose.sentences import Span
from tests.prose.texts import ENGLISH, HEBREW

UNCHANGED, MOVED, CHANGED, LOST = Outcome.UNCHANGED, Outcome.MOVED, Outcome.CHANGED, Outcome.LOST


def become(old: str, new: str, quote: str, *others: str, occurrence: int = 0) -> tuple[Outcome, str | None]:
    """Return what the first quote becomes, with the others anchored beside it."""
    spans = [find_places(old, quote)[occurrence], *(find_places(old, other)[0] for other in others)]
    found = carry(old, new, spans)[0]
    return found.outcome, new[found.span.start : found.span.end] if found.span else None


EDITS = [
    ("a figure", "בנו 40 גשרים בצפון", "40", "60", "בנו 40 גשרים", "בנו 60 גשרים"),
    ("a figure alone", "at a cost of 3 million", "3 million", "8 million", "3 million", "8 million"),
    ("a name", "Nora Feld, who heads", "Nora Feld", "Adam Stone", "Nora Feld", "Adam Stone"),
    ("a name of another length", "Nora Feld, who heads", "Nora Feld", "Ann", "Nora Feld, who heads", "Ann, who heads"),
    ("a negation", "said that the bridge was safe", "was safe", "was not safe", "the bridge was safe", None),
    ("a negation in Hebrew", "העירייה אישרה את התקציב", "אישרה", "לא אישרה", "העירייה אישרה את התקציב", None),
    ("a glued letter", "העירייה אישרה את התקציב", "העירייה", "והעירייה", "העירייה אישרה", "והעירייה אישרה"),
    ("a letter", "העירייה אישרה את התקציב", "התקציב", "התיקציב", "אישרה את התקציב", "אישרה את התיקציב"),
    ("a comma", "safe, and that it", "safe,", "safe", "was safe, and that", "was safe and that"),
    ("a capital letter", "The council met", "council", "Council", "The council met", "The Council met"),
    ("the order of words", "heads the council", "the council", "council the", "heads the council", None),
    ("an added word", "בנו 40 גשרים בצפון", "גשרים", "גשרים חדשים", "בנו 40 גשרים בצפון", "בנו 40 גשרים חדשים בצפון"),
    ("a word taken out", "at a cost of 3 million", "of 3", "3", "at a cost of 3 million", "at a cost 3 million"),
    ("a quoted word", '"הגשר הזה בטוח"', "בטוח", "יציב", '"הגשר הזה בטוח"', '"הגשר הזה יציב"'),
    ("the kind of marks", "“no comment”", "“no comment”", "'no comment'", "“no comment”", None),
    ("a blank inside", "40%", "40%", "40 %", "40%", "40 %"),
    ("the end of a sentence", "for an hour.", "hour.", "hour?", "for an hour.", "for an hour?"),
]
TEXT = f"""העירייה אישרה את התקציב בלילה. המהנדסים בנו 40 גשרים בצפון, ועוד שניים בדרום. "הגשר הזה בטוח", אמר ראש העיר.

{"Nora Feld, who heads the council, said that the bridge was safe, and that it opened at a cost of 3 million shekels."}

The council met on Monday for an hour. Asked about the rest, the ministry had “no comment”. Traffic rose by 40% since.
"""


@pytest.mark.parametrize(("case", "around", "was", "becomes", "quote", "now"), EDITS, ids=[row[0] for row in EDITS])
def test_words_that_differ_are_changed(
    case: str, around: str, was: str, becomes: str, quote: str, now: str | None
) -> None:
    new = TEXT.replace(around, around.replace(was, becomes))
    assert new != TEXT
    outcome, there = become(TEXT, new, quote)
    assert outcome == CHANGED, case
    assert now is None or there == now


SAME = [
    ("text before it", "העירייה אישרה", "אתמול נודע: דבר נוסף קרה. העירייה אישרה", "the bridge was safe"),
    ("another sentence gone", "The council met on Monday for an hour. ", "", "had “no comment”"),
    ("a figure outside", "40 גשרים", "70 גשרים", "ועוד שניים בדרום"),
    ("a figure outside, in the same clause", "Traffic rose by 40%", "Traffic rose by 60%", "Traffic rose"),
    ("marks of another shape", "“no comment”", '"no comment"', "the ministry had “no comment”."),
    ("a paragraph split inside", "safe, and that", "safe,\n\nand that", "the bridge was safe, and that it opened"),
    ("a paragraph joined inside", "בדרום. ", "בדרום.  ", "ועוד שניים בדרום."),
    ("a negation in another clause", "and that it opened", "and that it never opened", "the bridge was safe"),
    ("marks put around other words", "on Monday", "on “Monday”", "Asked about the rest"),
]


@pytest.mark.parametrize(("case", "was", "becomes", "quote"), SAME, ids=[row[0] for row in SAME])
def test_the_same_words_in_their_place_are_unchanged(case: str, was: str, becomes: str, quote: str) -> None:
    new = TEXT.replace(was, becomes)
    assert new != TEXT
    outcome, there = become(TEXT, new, quote)
    assert outcome == UNCHANGED, case
    assert there is not None
    assert is_same_words(there, quote)


OUTSIDE = [
    ("a negation before", "מפעל הצפון יסגור את שעריו השנה.", "יסגור", "לא יסגור", "את שעריו"),
    ("a negation with a glued letter", "נמסר כי החברה תשלם את הקנס.", "כי החברה", "שלא החברה", "תשלם את הקנס"),
    ("a denial", "The minister confirmed the sale of the port.", "confirmed", "denied", "the sale of the port"),
    ("a Hebrew denial", "השר אישר את מכירת הנמל.", "אישר", "הכחיש", "את מכירת הנמל"),
    ("n't", "They did pay the fine.", "did", "didn't", "pay the fine"),
    ("a negation taken out", "They did not pay the fine.", "not ", "", "pay the fine"),
    ("without", "He left with the documents.", "with", "without", "the documents"),
    ("marks around it", "He called the deal a success.", "a success", "“a success”", "a success"),
    ("marks around part of it", "He called the deal a success.", "deal", "“deal”", "the deal a success"),
    (
        "marks around more than it",
        "He called the deal a success.",
        "the deal a success",
        "'the deal a success'",
        "deal",
    ),
    ("marks around what stands beside", "He called the deal a success.", "success", "“success”", "the deal a"),
    ("marks taken off", "He called “the deal” a success.", "“the deal”", "the deal", "the deal"),
    ("a glued mark after a prefix", "נמסר שהמצב קשה מאוד.", "שהמצב קשה מאוד", 'ש"המצב קשה מאוד"', "קשה"),
    ("a sign", "Profit was 40 million.", "40", "-40", "40 million"),
    ("a unit", "Profit was 40 this year.", "40", "40%", "Profit was 40"),
    ("about", "הרווח היה 40% השנה.", "40%", "כ-40%", "40% השנה"),
    ("the other half of a name", "שר תל-אביב הגיע היום.", "תל-אביב", "בת-אביב", "אביב הגיע"),
]


@pytest.mark.parametrize(("case", "old", "was", "becomes", "quote"), OUTSIDE, ids=[row[0] for row in OUTSIDE])
def test_what_turns_the_meaning_from_outside_changes_it(
    case: str, old: str, was: str, becomes: str, quote: str
) -> None:
    assert become(old, old.replace(was, becomes), quote)[0] == CHANGED, case


def test_a_negation_in_a_passage_apart_is_that_ones() -> None:
    old = "Prices rose in spring while wages were raised again"
    new = old.replace("were raised", "were not raised")
    assert become(old, new, "Prices rose", "wages were raised") == (UNCHANGED, "Prices rose")
    assert become(old, new, "Prices rose")[0] == CHANGED
    assert become(old, new, "wages were raised", "Prices rose")[0] == CHANGED
    assert become(old, new, "Prices rose", old)[0] == CHANGED, "a passage around both is not apart"


def test_a_negation_before_it_in_a_passage_apart_is_that_ones_too() -> None:
    old = "Prices did rise in spring while wages were raised again"
    new = old.replace("did rise", "did not rise")
    assert become(old, new, "wages were raised", "Prices did rise") == (UNCHANGED, "wages were raised")
    assert become(old, new, "wages were raised")[0] == CHANGED


def test_a_long_dash_without_blanks_ends_a_clause() -> None:
    old = "The firm paid\u2014always on time\u2014the whole fine."
    assert become(old, old.replace("always", "never"), "the whole fine")[0] == UNCHANGED


def test_marks_that_went_with_their_sentence_say_nothing_of_its_neighbours() -> None:
    old = f'{TEXT}He said: "The plan was good. It was too dear, and nobody wanted it." Then he left.'
    new = old.replace(' It was too dear, and nobody wanted it."', "")
    assert become(old, new, "The plan was good") == (UNCHANGED, "The plan was good")


def test_a_quotation_left_open_ends_with_its_paragraph() -> None:
    old = f'"One of those who left in spring came back.\n\n{TEXT}'
    new = old.replace("safe, and", "safe”, and")
    assert become(old, new, "who left in spring")[0] == UNCHANGED
    assert become(old, new, "the bridge was safe")[0] == CHANGED


def test_a_figure_in_another_statement_is_not_the_one_that_was_there() -> None:
    old = "The ministry of transport said on Monday that growth was 10% in Haifa."
    assert become(old, old.replace("growth was 10% in Haifa", "bread costs 10% more now"), "10%")[0] == CHANGED
    assert become(old, old.replace("Haifa", "Acre"), "10%")[0] == UNCHANGED


def test_of_two_words_exchanged_side_by_side_each_is_its_own() -> None:
    old = "In spring Nora Feld resigned from the council of the town."
    new = old.replace("Nora Feld resigned", "Adam Stone retired")
    assert become(old, new, "Nora Feld") == (CHANGED, "Adam Stone")
    assert become(old, new, "resigned") == (CHANGED, "retired")


def test_a_hyphen_ends_no_clause_and_a_dash_does() -> None:
    old = "The well-known firm paid the fine - the bank paid a part"
    new = old.replace("The well", "Never the well")
    assert become(old, old.replace("The well-known firm", "Not one well-known firm"), "paid the fine")[0] == CHANGED
    assert become(old, new, "bank paid a part")[0] == UNCHANGED


class TestMoved:
    SENTENCE = "Traffic rose by 40% since."

    def test_a_sentence_put_elsewhere(self) -> None:
        new = self.SENTENCE + " " + TEXT.replace(" " + self.SENTENCE, "")
        for quote in (self.SENTENCE, "Traffic rose", "40%"):
            assert become(TEXT, new, quote) == (MOVED, quote)

    def test_put_elsewhere_and_edited_is_changed(self) -> None:
        new = "Traffic rose by 60% since last May. " + TEXT.replace(" " + self.SENTENCE, "")
        assert become(TEXT, new, self.SENTENCE)[0] == CHANGED

    def test_of_two_that_changed_places_one_has_moved(self) -> None:
        one, other = "The council met on Monday for an hour.", "Asked about the rest, the ministry had “no comment”."
        new = TEXT.replace(f"{one} {other}", f"{other} {one}")
        assert {become(TEXT, new, one)[0], become(TEXT, new, other)[0]} == {UNCHANGED, MOVED}

    def test_of_a_long_and_a_short_one_the_short_one_has_moved(self) -> None:
        long, short = "The council met on Monday for an hour, and then on Tuesday for two.", "The port was sold."
        assert become(f"{long} {short}", f"{short} {long}", short) == (MOVED, short)
        assert become(f"{short} {long}", f"{long} {short}", long) == (UNCHANGED, long)

    def test_what_stands_around_new_words_is_not_taken_along(self) -> None:
        gone = TEXT.replace(" " + self.SENTENCE, "")
        new = (
            "In other news the town was told of many things by its mayor. Traffic rose by 60% since May of that year. "
        )
        new += "By then, the rest of it, since nobody had asked, was by the sea.\n\n"
        assert become(TEXT, new + gone, "Traffic rose by 40% since") == (CHANGED, "Traffic rose by 60% since")

    def test_a_few_words_need_their_neighbours(self) -> None:
        gone = TEXT.replace(" " + self.SENTENCE, "")
        assert become(TEXT, gone + " Bread costs 40% more.", "40%")[0] == LOST
        assert become(TEXT, "Later traffic rose by 40% since. " + gone, "rose by 40%") == (MOVED, "rose by 40%")

    def test_a_short_sentence_goes_with_its_neighbour(self) -> None:
        first = "The mayor of the town was asked again and again by the press. No answer. "
        new = TEXT + "\n\n" + first
        assert become(first + TEXT, new, "No answer.") == (MOVED, "No answer.")

    def test_words_that_changed_their_order_in_a_sentence_have_not_moved(self) -> None:
        old = "On Monday the council of the town met for an hour."
        assert become(old, "The council of the town met for an hour on Monday.", "On Monday")[0] == CHANGED
        old = "The council of the town met on Monday for an hour."
        assert become(old, "The council on Monday of the town met for an hour.", "on Monday") == (CHANGED, "on Monday")

    def test_an_edited_sentence_stays_where_it_is_though_its_old_words_are_quoted_elsewhere(self) -> None:
        new = TEXT.replace("3 million", "8 million") + "\n\nNora Feld, who heads the council, said that the bridge was "
        new += "safe, and that it opened at a cost of 3 million shekels."
        quote = "said that the bridge was safe, and that it opened at a cost of 3 million shekels."
        assert become(TEXT, new, quote) == (CHANGED, quote.replace("3", "8"))


class TestLost:
    LIKE = "Unemployment in Ayalon was 7% in May."
    GONE = "Unemployment in Haifa was 4% in May."

    def test_a_deleted_sentence_is_lost(self) -> None:
        assert become(TEXT, TEXT.replace("The council met on Monday for an hour. ", ""), "met on Monday") == (
            LOST,
            None,
        )

    @pytest.mark.parametrize("quote", [GONE, "4% in May", "Unemployment in Haifa"])
    @pytest.mark.parametrize("order", ["{gone} {like}", "{like} {gone}", "{like}\n\nThe port is open.\n\n{gone}"])
    def test_one_like_it_that_was_there_before_is_not_taken_for_it(self, quote: str, order: str) -> None:
        old = order.format(gone=self.GONE, like=self.LIKE)
        assert become(f"{TEXT}{old}", f"{TEXT}{old.replace(self.GONE, '')}", quote) == (LOST, None)

    def test_nor_one_of_the_same_words(self) -> None:
        old = f"“No.”\n\n{TEXT}\n\n“No.”\n\nThe hearing of the committee goes on."
        assert become(old, old.replace("\n\n“No.”\n\nThe hearing", "\n\nThe hearing"), "No", occurrence=1)[0] == LOST
        assert become(old, old.removeprefix("“No.”\n\n"), "No")[0] == LOST

    def test_nor_a_long_one_of_the_same_words(self) -> None:
        copy = "The council met on Monday for an hour."
        old = f"{TEXT}\n\nThe town is small. {copy}"
        assert become(old, f"{TEXT}\n\nThe town is small.", copy, occurrence=1) == (LOST, None)

    def test_nor_one_that_was_edited_to_the_same_words(self) -> None:
        gone, like = "Traffic in Haifa rose by 40% in May.", "Traffic in Acre rose by 30% in May."
        old = f"{gone}\n\n{TEXT}\n\n{like}"
        new = f"{TEXT}\n\n{like}".replace("30", "40")
        assert become(old, new, "rose by 40% in May") == (LOST, None)

    def test_a_short_answer_given_elsewhere_is_another_one(self) -> None:
        old = f"The mayor was asked whether he would go. Not yet.\n\n{TEXT}"
        new = f"The mayor was asked whether he would go.\n\n{TEXT}\n\nIs the port for sale? Not yet."
        assert become(old, new, "Not yet.") == (LOST, None)

    def test_what_begins_like_a_sentence_that_went_stays(self) -> None:
        old = "Rain fell. The mayor said that he was tired. The mayor said that the port was sold to a bank."
        new = "Rain fell. The mayor said that the port was sold to a bank."
        assert become(old, new, "The mayor said that", occurrence=1) == (UNCHANGED, "The mayor said that")
        assert become(old, new, "The mayor said that") == (LOST, None)

    def test_nor_the_same_figure_in_what_replaced_it(self) -> None:
        new = TEXT.replace("Traffic rose by 40% since.", "Half a loaf of bread costs 40% more now, say bakers.")
        assert become(TEXT, new, "40%", occurrence=0)[0] in {CHANGED, LOST}

    def test_one_of_two_equal_figures_is_told_from_the_other_or_asked_about(self) -> None:
        old = "Prices fell by 10% in Haifa and by 10% in Acre."
        first, second = (become(old, "Prices fell by 10% in Acre.", "10%", occurrence=number)[0] for number in (0, 1))
        assert UNCHANGED not in {first, second}

    def test_a_second_copy_leaves_the_first_alone(self) -> None:
        copy = "The council met on Monday for an hour."
        for new in (f"{TEXT}\n\n{copy}", TEXT.replace(copy, f"{copy} {copy}")):
            assert become(TEXT, new, copy) == (UNCHANGED, copy)

    def test_everything_gone(self) -> None:
        assert carry("One word.", "", [Span(0, 3)]) == [Carried(LOST, None)]
        assert become(HEBREW, ENGLISH, "הרכבת")[0] == LOST


def test_a_passage_may_start_inside_a_word() -> None:
    assert become_at("הממשלה אישרה", "אתמול הממשלה אישרה", Span(1, 6)) == (UNCHANGED, "ממשלה")
    assert become_at("הממשלה אישרה", "לממשלה אישרה", Span(1, 6))[0] == CHANGED


def become_at(old: str, new: str, span: Span) -> tuple[Outcome, str | None]:
    (found,) = carry(old, new, [span])
    return found.outcome, new[found.span.start : found.span.end] if found.span else None


@pytest.mark.parametrize("span", [Span(0, 0), Span(3, 4), Span(-1, 2), Span(2, 99)])
def test_a_span_without_words_is_an_error(span: Span) -> None:
    with pytest.raises(ValueError, match="no words"):
        carry("one two", "one two", [span])
