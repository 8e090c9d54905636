"""A line as it is seen -> as it is read. The lines seen are made by the rules that screens follow, and by hand."""

import pytest
from bidi import get_display

from claims_app.intake.bidi import is_rtl, read_line, settle_brackets, strip_marks, to_logical

MIRRORED = str.maketrans("()[]{}", ")(][}{")

HEBREW = [
    "המחיר עלה ב-2022 פי שניים",
    "כ-40% מהנשאלים השיבו שלא",
    "הירידה היא מ-15.8% ל-3% בלבד",
    "ב-7.10.2023 נסגר הגשר",
    "ב-7/10/2023 בשעה 14:30 נסגר הגשר",
    "בין 1,200 ל-1,500 עובדים",
    "בשנים 1990–2000 נבנו 300 דירות",
    "עמודים 12-15 בדוח",
    "התקציב: $3.7 מיליארד, או ₪13.5 מיליארד",
    "המחיר הוא 100 ₪ ליחידה",
    'צה"ל ומבקר המדינה: "אין נתונים", נאמר בדו"ח',
    "ג'ורג' אמר 'לא' ויצא",
    "השר (לשעבר) אמר [כך במקור] שלא ידע",
    "הדוח (עמ' 12, לוח 3) פורסם",
    "לדברי Dana Levi מ-Oxford, זה נכון",
    "Dana Levi אמרה שזה נכון",
    "הדגם GPT-4 והדגם F-16 נבדקו",
    "החברה (Acme Ltd) נסגרה",
    "החברה Acme (לשעבר Bolt) נסגרה",
    "הטמפרטורה: 1.5°C מעל הממוצע",
    "עלייה של +5% ברבעון",
    "האם נכון? לא! אולי…",
    "כתובת: https://example.com/a?b=1 לעיון",
    "פנו אל desk@example.com בכל שאלה",
    "סעיף 3(א) לחוק",
]


@pytest.mark.parametrize("line", HEBREW)
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_hebrew_line_comes_back_as_it_was_written(line: str, is_mirrored: bool) -> None:
    """With brackets in the shape in which they are seen, and in the shape that the file says they have."""
    seen = get_display(line, base_dir="R")
    assert isinstance(seen, str)
    assert to_logical(seen.translate(MIRRORED) if is_mirrored else seen) == line


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("הלע 2022-ב", "ב-2022 עלה"),
        ("(בוש) 40%-כ", "כ-40% (שוב)"),
        (")בוש( 40%-כ", "כ-40% (שוב)"),
        ('ל"הצ', 'צה"ל'),
        (".Acme הרגסנ", "נסגרה Acme."),
        ("2000–1990 םינשב", "בשנים 1990–2000"),
        (". ( שדוחל 190-כ) בוט", "טוב (כ-190 לחודש ) ."),
    ],
)
def test_lines_seen_by_hand(seen: str, read: str) -> None:
    assert read_line(seen) == (read, False)


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("הרגסנ Acme 2022-ב", "ב-2022 Acme נסגרה"),
        ("הבישה Acme 40%-כ", "כ-40% Acme השיבה"),
        ("Acme 2023 רבוטקואב 7-ב", "ב-7 באוקטובר 2023 Acme"),
        ("שודיחה Euro 2020 אוה", "הוא Euro 2020 החידוש"),
        ("ןורחאה iPhone 15-ה", "ה-iPhone 15 האחרון"),
    ],
)
def test_a_number_beside_a_latin_word_is_a_guess_that_is_told(seen: str, read: str) -> None:
    assert read_line(seen) == (read, True)


def test_a_comma_tells_which_of_word_and_number_comes_first() -> None:
    assert read_line("הרגסנ Acme ,2022 תנשב") == ("בשנת 2022, Acme נסגרה", False)


def test_a_latin_name_that_goes_on_in_the_next_line_keeps_its_comma() -> None:
    assert read_line("Acme, תרבח") == ("חברת Acme,", False)


def test_an_order_that_no_line_is_set_in_is_told() -> None:
    assert read_line("לדומ 15 iPhone").is_unsure


@pytest.mark.parametrize(
    "line", ["Costs rose 40% (not 15.8) in 2022.", "He said: “no [sic] more”.", "From 3-5 to 1,500–2,000 people"]
)
def test_an_english_line_stays_as_it_is(line: str) -> None:
    assert read_line(line, rtl=False) == (line, False)


def test_hebrew_words_in_an_english_line_are_turned() -> None:
    assert read_line("The paper תרחמ רקוב wrote so.", rtl=False) == ("The paper בוקר מחרת wrote so.", False)
    assert read_line("The bill (2022 תנש קוח) passed", rtl=False).is_unsure


def test_marks_of_direction_are_left_out() -> None:
    assert to_logical("\u202b\u200fםולש\u202c\u200e") == "שלום"
    assert strip_marks("a\u2066b\u00adc\ufeff") == "abc"


def test_an_empty_line_and_one_without_letters() -> None:
    assert to_logical("") == ""
    assert to_logical("***") == "***"
    assert to_logical("12:30") == "12:30"


def test_brackets_take_the_shape_that_fits() -> None:
    assert settle_brackets(")a( (b(") == "(a) (b)"
    assert settle_brackets("ו )שוב (.") == "ו (שוב )."
    assert settle_brackets("(ראשון\nשני (, שלישי") == "(ראשון\nשני ), שלישי"


def test_lines_of_one_script_show_their_direction() -> None:
    assert is_rtl("שלום Dana", otherwise=True)
    assert not is_rtl("שלום Dana", otherwise=False)
    assert not is_rtl("Dana left.", otherwise=True)
    assert is_rtl(".Dana", otherwise=True)
    assert is_rtl(".םולש", otherwise=False)
    assert is_rtl("2022", otherwise=True)


def test_a_line_longer_than_any_page_is_turned_and_told() -> None:
    order = read_line("( 1 Acme " * 1000)
    assert order.is_unsure
    assert len(order.text) == 9000
