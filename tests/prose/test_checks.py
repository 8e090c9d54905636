"""The rules name what in a sentence has to be proved, and leave plain rhetoric alone."""

import os
from pathlib import Path

import pytest

from benchmarks.suggestions import LABELS, by_rules, score_experts, score_labels
from claims_app.prose import checks
from claims_app.prose.checks import Reason, Sentence, read_sentences
from claims_app.prose.figures import Figure

SHARED = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data"


def read(text: str) -> Sentence:
    """Return the only sentence of a text."""
    (sentence,) = read_sentences(text)
    return sentence


def shown(text: str, reason: Reason) -> list[str]:
    """Return the words of a text that have to be proved for a reason."""
    return [text[one.start : one.end] for each in read_sentences(text) for one in each.checks if one.reason is reason]


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("העירייה שתלה כ-4,000 עצים.", Reason.FIGURE, "4,000"),
        ("Rents went up by 12 percent.", Reason.FIGURE, "12 percent"),
        ("הגשר נפתח ב-3 במרץ 1998.", Reason.DATE, "3 במרץ 1998"),
        ("The bridge opened on March 3, 1998.", Reason.DATE, "March 3, 1998"),
        ('דובר צה"ל אמר: "לא ידענו דבר על כך".', Reason.QUOTE, '"לא ידענו דבר על כך"'),
        ("“We knew nothing of it,” she said.", Reason.QUOTE, "“We knew nothing of it,”"),
        ('השר כינה את התוכנית "בושה".', Reason.QUOTE, '"בושה"'),
        ('ראש העיר: "אין לנו ברירה אחרת".', Reason.ATTRIBUTION, "ראש העיר: "),
        ("לפי המשטרה, הדלת הייתה פתוחה.", Reason.ATTRIBUTION, "לפי"),
        ("על-פי השכנים הדלת הייתה פתוחה.", Reason.ATTRIBUTION, "על-פי"),
        ("המנהלת טענה שהדלת הייתה פתוחה.", Reason.ATTRIBUTION, "טענה"),
        ("According to police, the door was open.", Reason.ATTRIBUTION, "According to"),
        ("זה הנמל הגדול ביותר באזור.", Reason.SUPERLATIVE, "ביותר"),
        ("נשים הצביעו שם לראשונה.", Reason.SUPERLATIVE, "לראשונה"),
        ("Nothing like it was ever built: the largest port of the region.", Reason.SUPERLATIVE, "the largest"),
        ("בחיפה נחתם הסכם בין המפלגות.", Reason.EVENT, "נחתם"),
        ("החברה רכשה את המפעל.", Reason.EVENT, "רכשה"),
        ("In June the town of Veldhoven hosted the race.", Reason.EVENT, "hosted"),
        ("המחירים ירדו לעומת החורף.", Reason.COMPARISON, "ירדו"),
        ("Fewer people than before came.", Reason.COMPARISON, "Fewer"),
        ("הדליקה פרצה בגלל קצר.", Reason.CAUSE, "בגלל"),
        ("החוק מחייב כל נהג.", Reason.RULE, "החוק"),
    ],
)
def test_what_has_to_be_proved_is_shown_in_its_place(text: str, reason: Reason, words: str) -> None:
    assert any(words in each for each in shown(text, reason))
    assert read(text).is_checkable


@pytest.mark.parametrize(
    "text",
    [
        "האם הרכבת איחרה ב-40 דקות?",
        "Did the train come 40 minutes late?",
        "אני מקווה שיהיה בסדר.",
        "כולנו צריכים להתאמץ.",
        "We should all try harder.",
        "Thank you for coming.",
        "תודה רבה לכולם.",
        "סוף דבר",
    ],
)
def test_questions_wishes_and_rhetoric_stay_out(text: str) -> None:
    assert not read(text).is_checkable


def test_a_wish_that_somebody_is_said_to_have_is_checkable() -> None:
    assert read("השרה אמרה כי היא מקווה שיהיה בסדר.").is_checkable


def test_nobody_is_a_source_of_what_he_says_himself() -> None:
    assert shown("אני אומרת לכם שיהיה בסדר.", Reason.ATTRIBUTION) == []
    assert shown("I have said it to everybody.", Reason.ATTRIBUTION) == []


def test_a_figure_is_checkable_in_a_wish_too() -> None:
    assert read("אני מקווה שנבנה 300,000 דירות.").is_checkable


def test_gershayim_open_no_quotation() -> None:
    assert shown('יו"ר הוועדה וחברי הצח"מ ישבו עם הרמטכ"ל ועם ראש השב"כ.', Reason.QUOTE) == []
    assert shown('הדו"חות הועברו כולם אל ה"ארגון" בערב.', Reason.QUOTE) == []


def test_a_quotation_after_a_glued_letter_is_one() -> None:
    text = 'השופטת דיברה על ה"ידידים הטובים של הנאשם" בלעג.'
    assert shown(text, Reason.QUOTE) == ['"ידידים הטובים של הנאשם"']


def test_a_name_in_quotation_marks_is_no_quotation() -> None:
    assert shown('הוא אמר ל"ידיעות" שקנה כרטיס לסרט.', Reason.QUOTE) == []
    assert shown('הסרט "אור ראשון" הוקרן שם.', Reason.QUOTE) == []


def test_a_quotation_over_two_sentences_is_shown_in_both() -> None:
    text = 'המורה אמרה: "הגענו בבוקר. הדלת הייתה סגורה". איש לא פתח.'
    assert shown(text, Reason.QUOTE) == ['"הגענו בבוקר.', 'הדלת הייתה סגורה"']


def test_a_quotation_ends_with_its_line() -> None:
    assert shown('היא אמרה "שלום לכולם\nוגם להתראות" לחברים.', Reason.QUOTE) == []


def test_the_small_words_one_and_first_count_nothing() -> None:
    assert shown("One of them had second thoughts.", Reason.FIGURE) == []


def test_reasons_are_told_once_in_the_order_of_the_text() -> None:
    sentence = read("לפי הדוח המחירים עלו ב-5% ואז ב-7%.")
    assert sentence.reasons == (Reason.ATTRIBUTION, Reason.COMPARISON, Reason.FIGURE)


def test_offsets_are_of_the_whole_text() -> None:
    text = "שלום 😀.\n\nHe paid $5.\n\nהמחיר עלה."
    for sentence in read_sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text
        assert all(sentence.start <= check.start < check.end <= sentence.end for check in sentence.checks)
    assert len(read_sentences(text)) == 3


def test_a_figure_over_two_sentences_is_shown_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "הגיעו שלושים. אלף חזרו."
    figure = Figure(6, 17, text[6:17], "number", 30000.0, 30000.0, "exact", None, approximate=False)
    monkeypatch.setattr(checks, "read_figures", lambda _text: [figure])
    assert shown(text, Reason.FIGURE) == ["שלושים.", "אלף"]


def test_more_and_harder_facts_rank_higher() -> None:
    plain = read("הישיבה הסתיימה.")
    facts = read('לפי הלמ"ס הישיבה הסתיימה ב-7.10.2023 ועלתה 3 מיליון שקל.')
    assert 0 < plain.score < facts.score <= 1


def test_an_english_sentence_may_be_checkable_without_a_word_of_the_rules() -> None:
    sentence = read("Oil companies pay no taxes in our state.")
    assert sentence.reasons == (Reason.ASSERTION,)
    assert sentence.is_checkable


def test_the_sentence_that_opens_a_quotation_answers_for_it() -> None:
    opening, going_on = read_sentences('"הדלת הייתה סגורה. החלון היה פתוח".')
    assert opening.is_checkable
    assert not going_on.is_checkable
    assert going_on.reasons == (Reason.QUOTE,)


@pytest.mark.parametrize("text", ["", "\n\n", "...", "?" * 5000 + "x", '"' * 5000, '"א ב ג" ' * 2000])
def test_marks_without_sense_are_read(text: str) -> None:
    assert all(0 <= sentence.score <= 1 for sentence in read_sentences(text))


def test_the_rules_agree_with_labels_of_hebrew_news() -> None:
    if not (SHARED / "davar-articles").is_dir():
        pytest.skip("DESK_TEST_SHARED does not name a folder with these articles")
    score = score_labels(LABELS, SHARED / "davar-articles")
    assert score.precision >= 0.94
    assert score.recall >= 0.93


def test_the_rules_alone_agree_with_experts_in_english() -> None:
    if not (SHARED / "claimbuster").is_dir():
        pytest.skip("DESK_TEST_SHARED does not name a folder with these labels")
    assert score_experts(SHARED / "claimbuster" / "groundtruth.csv", by_rules).f1 >= 0.77
