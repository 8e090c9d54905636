"""Sentences are found in Hebrew and English, whatever else a full stop can mean."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suggestions import score_conllu
from claims_app.prose.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        'דובר צה"ל מסר הודעה. ח"כ לוי הגיבה.',
        "שגריר ארה״ב הגיע לירושלים. ד״ר כהן קיבל אותו.",
        "הסופר ג'.ב. רוזן נולד בחיפה. הוא עבר ללוד.",
        "הספר של א. ב. שקד נמכר היטב. הוא תורגם.",
        "המחיר עלה ב-3.5 אחוזים. הוא ירד ב-1,200.50 שקלים.",
        "הפגישה התקיימה ב-7.10.2023 בבוקר. איש לא בא.",
        "בחנות יש לחם, חלב וכו'. היא סגורה בשבת.",
        "פרופ' מזרחי חקר את הנושא. גב' אלון מימנה.",
        "התלמידים בכיתה ט'. המורה בחופשה.",
        'הוא צעק: "די!" אמרה שכנה. היא התקשרה למשטרה.',
        "האתר www.example.co.il קרס. כתבו אל info@example.org בבקשה.",
        "Dr. Amit met Mr. Stone at 5 p.m. on Sunday. Nobody else came.",
        "The U.S. Senate voted on it. J. K. Marlow abstained.",
        "It cost $3.75 million, i.e. too much. See No. 5 and p. 12.",
        "Acme Inc. bought Bolt Ltd. from its founders. The price is secret.",
        'He asked, "Is it over?" and left. (She stayed.)',
        "Wait... what is this? It is over!",
        "The office closed at 5 p.m. The guard went home.",
        "She moved to the U.S. In 2019 she returned.",
        "They chose Plan B. It failed.",
    ],
)
def test_two_sentences_are_two(text: str) -> None:
    assert len(sentences(text)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"הכול נשרף." השכנים נמלטו.', ['"הכול נשרף."', "השכנים נמלטו."]),
        ("(הגשר נסגר.) הכביש פתוח.", ["(הגשר נסגר.)", "הכביש פתוח."]),
        ("מה קרה?! איש לא יודע...", ["מה קרה?!", "איש לא יודע..."]),
        ("הגשר נסגר .  הכביש פתוח .", ["הגשר נסגר .", "הכביש פתוח ."]),
        ("הגשר נסגר.הכביש פתוח.", ["הגשר נסגר.", "הכביש פתוח."]),
        ("The bridge closed.The road is open.", ["The bridge closed.", "The road is open."]),
        ("“It burned.” The crowd ran.", ["“It burned.”", "The crowd ran."]),
        ("2. החלב נגמר. 3. הלחם נגמר.", ["2. החלב נגמר.", "3. הלחם נגמר."]),
        ("הגשר נסגר. * * *", ["הגשר נסגר. * * *"]),
        ("הוא שתק ... ואז קם.", ["הוא שתק ... ואז קם."]),
        ("אני לא - - - תן לי לסיים.", ["אני לא - - -", "תן לי לסיים."]),
    ],
)
def test_marks_stay_with_the_sentence_they_close(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_line_is_never_left() -> None:
    text = "כותרת בלי נקודה\n\nפסקה ראשונה\r\n* פריט\u2028* פריט שני"
    assert sentences(text) == ["כותרת בלי נקודה", "פסקה ראשונה", "* פריט", "* פריט שני"]


@pytest.mark.parametrize("text", ["", "   \n\n ", "...", "* * *\n---", "\u200f"])
def test_what_has_no_word_has_no_sentence(text: str) -> None:
    assert sentences(text) == []


@given(st.text(st.sampled_from("אבג'\"״. !?…()ABcd12,-–\n\u200f😀\u05b0"), max_size=60))
def test_sentences_hold_every_word_in_order(text: str) -> None:
    spans = split_sentences(text)
    place = 0
    for start, end in spans:
        assert place <= start < end
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        assert not any(character.isalnum() for character in text[place:start])
        place = end
    assert not any(character.isalnum() for character in text[place:])


@pytest.mark.parametrize("piece", [".", ". ", "?", '?"x', "A. ", "א'.", "- ", "1. ", '"', " "])
def test_a_megabyte_of_marks_is_read(piece: str) -> None:
    text = piece * (1_000_000 // len(piece)) + "x"
    spans = split_sentences(text)
    assert spans
    assert spans[-1].end == len(text)


SHARED = Path(os.environ.get("DESK_TEST_SHARED", "nowhere")) / "data"


@pytest.mark.parametrize(
    ("files", "floor"),
    [
        ("hebrew-ud/he_htb-ud-dev.conllu", 0.99),
        ("hebrew-ud/he_iahltknesset-ud-dev.conllu", 0.99),
        ("hebrew-ud/he_iahltwiki-ud-dev.conllu", 0.99),
        ("gum-news/*.conllu", 0.96),
    ],
)
def test_boundaries_are_where_linguists_put_them(files: str, floor: float) -> None:
    found = sorted(SHARED.glob(files))
    if not found:
        pytest.skip("DESK_TEST_SHARED does not name a folder with these sentences")
    assert score_conllu(found).f1 >= floor
