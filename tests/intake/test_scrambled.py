"""Hebrew lines in the wrong order: found, put right, and marked where that was a guess."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from claims_app.intake.reading import Line
from claims_app.intake.scrambled import is_scrambled, is_visual, turn, unscramble
from claims_app.intake.wordorder import Likeness

#: A text as it should be, each line as its runs of words, in the order of reading.
RUNS = [
    ["ועדת", "הכספים", "של", "העירייה", "אישרה", "אתמול,", "אחרי", "דיון", "ארוך,", "את", "תקציב", "החינוך"],
    ["לשנה", "הבאה.", "לפי", "הנתונים,", "התקציב", "יגדל", "ב-12%,", "אבל", "ראש", "העירייה", "אמר", "כי"],
    ["הסכום", "אינו", "מספיק.", "בשנת", "2023:", "רק", "שלוש", "כיתות", "חדשות", "נבנו", "בכל", "השכונות"],
    ["החדשות", "של", "העיר", "–", "ועוד", "שתי", "כיתות", "נבנו", "בבית", "הספר", "הישן", "ליד", "הים."],
]
WHOLE = "מנגד, חברי האופוזיציה טוענים כי ראש העירייה לא אמר את כל האמת על התקציב."


def scramble(runs: Sequence[str]) -> str:
    """Return a line as a reader of justified PDFs leaves it: its runs from last to first, each with its blank."""
    last = len(runs) - 1
    out = []
    for at, run in reversed(list(enumerate(runs))):
        own = "" if at == last else " "
        keeps_direction = not any("א" <= mark <= "ת" for mark in run)
        # A number or a dash has its blank before it, and the mark after it comes out first.
        turned = f":{run[:-1]}" if keeps_direction and run.endswith(":") else run
        out.append(own + turned if keeps_direction else turned + own)
    return " ".join(out)


@pytest.fixture
def lines() -> list[str]:
    return [WHOLE, *map(scramble, RUNS)]


def texts(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


def test_lines_with_their_runs_from_last_to_first_are_found(lines: list[str]) -> None:
    assert is_scrambled(lines)


def test_lines_with_wide_blanks_in_the_right_order_are_left_alone() -> None:
    assert not is_scrambled([WHOLE, *("  ".join(runs) for runs in RUNS)])
    assert not is_scrambled([WHOLE])
    assert not is_scrambled(["two  blanks  in  an  English  line"] * 9)
    assert not is_scrambled([])


def test_runs_of_one_word_are_put_right_for_sure(lines: list[str]) -> None:
    repaired = unscramble(lines)
    assert texts(repaired) == [WHOLE, *(" ".join(runs) for runs in RUNS)]
    assert [line.original for line in repaired] == lines
    assert not any(line.is_unsure for line in repaired)


def test_a_cut_that_the_blanks_do_not_show_is_chosen_by_likeness_and_marked() -> None:
    split = [*RUNS[:3], ["השנה נבנו בעיר,", "לפי הנתונים,", "שלוש כיתות", "ליד הים", "ושתי כיתות בבית הספר."]]
    repaired = unscramble([WHOLE, *map(scramble, split)])
    assert repaired[-1].text == "השנה נבנו בעיר, לפי הנתונים, שלוש כיתות ליד הים ושתי כיתות בבית הספר."
    assert [line.is_unsure for line in repaired] == [False, False, False, False, True]


def test_a_line_of_two_runs_shows_only_by_the_blank_at_its_end(lines: list[str]) -> None:
    pair = scramble(["ראש העירייה אמר בדיון", "כי לא ידע על הנתונים"])
    assert pair.endswith(" ")
    assert "  " not in pair
    repaired = unscramble([*lines, pair, "וכי יבדוק אותם."])
    words = ["ראש", "העירייה", "אמר", "בדיון", "כי", "לא", "ידע", "על", "הנתונים"]
    assert repaired[-2].text in {" ".join(words[cut:] + words[:cut]) for cut in range(len(words))}
    assert repaired[-2].text != pair.strip()
    assert repaired[-2].is_unsure
    assert repaired[-1].text == "וכי יבדוק אותם."


def test_lines_whose_last_blank_was_cut_off_are_put_right_too(lines: list[str]) -> None:
    assert texts(unscramble([line.rstrip() for line in lines])) == texts(unscramble(lines))


def test_a_reader_that_parts_all_runs_hides_no_cut() -> None:
    lines = ["  ".join(reversed(runs)) for runs in RUNS[:2]]
    assert texts(unscramble([WHOLE, *lines]))[1:] == [" ".join(runs) for runs in RUNS[:2]]


def test_where_all_runs_are_parted_no_run_is_cut_and_a_long_last_one_is_marked() -> None:
    runs = [*RUNS, ["ראש", "העירייה", "אמר", "כי", "לא ידע על כך."]]
    repaired = unscramble([WHOLE, *("  ".join(reversed(line)) for line in runs)])
    assert texts(repaired)[-1] == "ראש העירייה אמר כי לא ידע על כך."
    assert [line.is_unsure for line in repaired] == [False] * 5 + [True]


def test_words_that_need_another_after_them_get_one() -> None:
    likeness = Likeness.of([])
    assert likeness.of_pair("של", "העיר") > likeness.of_pair("של", "וגם")
    assert likeness.of_pair("את", "תוצאות") > likeness.of_pair("את", "ממתינים")
    assert likeness.of_pair("בעיר,", "וגם") > likeness.of_pair("בעיר,", "של")
    assert likeness.of_pair("בעיר.", "אבל") > likeness.of_pair("בעיר.", "וגם")
    assert likeness.of_pair("בעיר", "הגדולה") < likeness.of_pair("העיר", "הגדולה")
    assert likeness.of_pair("ליד", "") < likeness.of_pair("הים", "")
    assert likeness.of_pair('"', "אבל") == 0


def test_a_pair_that_stands_elsewhere_in_the_text_counts() -> None:
    assert Likeness.of([["גן", "ילדים,"]]).of_pair('"גן', "ילדים") > Likeness.of([]).of_pair("גן", "ילדים")
    ordered = ["הוא", "אמר", "כי", "ראש", "העירייה", "של", "חיפה", "ידע", "על", "כך", "את", "האמת"]
    likeness = Likeness.of([])
    assert likeness.of_words(ordered) > likeness.of_words(ordered[::-1])
    assert likeness.of_words(ordered) == sum(likeness.of_pair(*pair) for pair in pairwise(ordered))


class TestVisualOrder:
    LINES = ("ראש העירייה אמר (אתמול) כי התקציב גדל ב-12% בשנת 2023.", "מנהלי בתי הספר שמחים מאוד על הסכום הנוסף.")

    @staticmethod
    def seen(line: str) -> str:
        """Return a line of Hebrew and numbers as it is seen from left to right."""
        turned = line[::-1].translate(str.maketrans("()", ")("))
        return turned.replace("%21", "12%").replace("3202", "2023")

    def test_it_is_found_by_final_letters_at_the_start_of_words(self) -> None:
        assert is_visual([self.seen(line) for line in self.LINES])
        assert not is_visual(self.LINES)
        assert not is_visual([*self.LINES, "ךא ןב ףג"])
        assert not is_visual(["Plain English"])

    def test_letters_are_turned_and_numbers_stay(self) -> None:
        turned = turn([self.seen(line) for line in self.LINES])
        assert texts(turned) == list(self.LINES)
        assert [line.is_unsure for line in turned] == [False, False]

    def test_lines_with_latin_words_or_odd_brackets_are_marked(self) -> None:
        turned = turn(["BBC תשרב רמאנ ךכ", "רבד ףוס ) ךכ", "English only", ""])
        assert [line.is_unsure for line in turned] == [True, True, False, False]
        assert turned[2].text == "English only"
