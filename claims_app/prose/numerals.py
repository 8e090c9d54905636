"""Number words of both languages, and what they add up to."""

from fractions import Fraction

from claims_app.prose.pieces import is_hebrew


def numbered(rows: str, *, start: int = 1, step: int = 1) -> dict[str, int]:
    """Return the words of rows parted by "|" with the number of their row: ``start``, and ``step`` more with each."""
    return {word: start + step * row for row, names in enumerate(rows.split("|")) for word in names.split()}


ONES = numbered(
    "one אחד אחת|two שני שתי שניים שתיים שתים|three שלוש שלושה שלושת שלש שלשה|four ארבע ארבעה ארבעת|"
    "five חמש חמישה חמשה חמשת חמישת|six שש שישה ששה ששת שישת|seven שבע שבעה שבעת|eight שמונה שמונת|nine תשע תשעה תשעת"
)
TEENS = numbered(
    "ten עשר עשרה עשרת|eleven|twelve תריסר|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen", start=10
)
TENS = numbered(
    "twenty עשרים|thirty שלושים|forty ארבעים|fifty חמישים|sixty שישים ששים|seventy שבעים|eighty שמונים|ninety תשעים",
    start=20,
    step=10,
)
HUNDREDS = {"מאה": 100, "מאתיים": 200}
SCALES = (
    {"dozen": 12, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
    | dict.fromkeys(("אלף", "אלפים"), 1000)
    | dict.fromkeys(("מיליון", "מליון"), 10**6)
    | dict.fromkeys(("מיליארד", "מליארד"), 10**9)
    | {"טריליון": 10**12}
)
VAGUE = {
    "tens": 10, "dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1000, "millions": 10**6, "billions": 10**9,
    "trillions": 10**12, "עשרות": 10, "מאות": 100, "אלפי": 1000, "אלפים": 1000, "מיליוני": 10**6, "מיליונים": 10**6,
    "מיליארדי": 10**9, "מיליארדים": 10**9,
}  # fmt: skip
"""Plurals that name a magnitude and no number."""
PARTS = {
    word: Fraction(1, parts)
    for parts, names in (
        (2, "half חצי מחצית"),
        (3, "third thirds שליש שלישים"),
        (4, "quarter quarters fourths רבע רבעים רבעי"),
        (5, "fifth fifths חמישית חמישיות"),
        (6, "sixth sixths שישית שישיות"),
        (8, "eighth eighths שמינית שמיניות"),
        (10, "tenth tenths עשירית עשיריות"),
    )
    for word in names.split()
}
COUNTED_PARTS = PARTS.keys() - {"half", "חצי", "מחצית", "שליש", "רבע", "רבעי", "חמישית", "שישית", "שמינית", "עשירית"}
"""Parts that are none without a word before them that says how many: a third, two fifths."""
SEVERAL = frozenset(("several", "few", "כמה", "מספר"))
BEGINNERS = frozenset({"a", "an", "אלפיים", *SEVERAL, *ONES, *TEENS, *TENS, *HUNDREDS, *SCALES, *VAGUE, *PARTS})
"""The words with which an amount may begin."""
_NEVER_FIRST = frozenset(("אלפים", "dozen", "thousand", "million", "billion", "trillion"))


def starts_number(word: str) -> bool:
    """Whether a word can be the first of a number said in words."""
    is_number = word in ONES or word in TEENS or word in TENS or word in HUNDREDS or word in SCALES
    return (is_number and word not in _NEVER_FIRST) or word == "אלפיים"


class Sum:
    """What number words add up to, taken one after another as long as each still fits."""

    def __init__(self) -> None:
        self.total = Fraction(0)
        self.current = Fraction(0)
        self.below = 10**15
        self.mantissa = Fraction(0)
        self.scale = 1

    @property
    def is_empty(self) -> bool:
        return not self.total and not self.current

    def add(self, word: str, *, is_joined: bool) -> bool:
        """Take the word if it fits; ``is_joined``: an "and" or a hyphen stands before it."""
        if word in ONES:
            fits = self.current % 10 == 0 and self.current % 100 != 10
            fits = fits and (self.is_empty or is_joined or not is_hebrew(word))
            value = ONES[word]
        elif word in ("עשר", "עשרה") and 0 < self.current % 100 < 10:
            fits, value = True, 10
        elif word in TEENS or word in TENS:
            fits, value = self.current % 100 == 0, TEENS.get(word) or TENS[word]
        elif word in HUNDREDS:
            fits, value = self.current == 0, HUNDREDS[word]
        else:
            return self._multiply(word)
        self.current += value if fits else 0
        return fits

    def _multiply(self, word: str) -> bool:
        """Take a hundred, or a magnitude smaller than those before it."""
        if word in ("hundred", "מאות"):
            fits = 0 < self.current < 100 and self.current.denominator == 1
            self.current *= 100 if fits else 1
            return fits
        if word == "אלפיים" and self.is_empty:
            self.total, self.below = Fraction(2000), 1000
            return True
        scale = SCALES.get(word, 0)
        if not 0 < scale < self.below or (not self.is_empty and not self.current):
            return False
        self.mantissa, self.scale, self.below = self.current or Fraction(1), scale, scale
        self.total, self.current = self.total + self.mantissa * scale, Fraction(0)
        return True

    def add_part(self, part: Fraction) -> None:
        """Take "and a half": of the magnitude before it, if one was the last word."""
        if self.current:
            self.current += part
        else:
            self.total += part * self.scale

    @property
    def value(self) -> Fraction:
        return self.total + self.current

    @property
    def said(self) -> tuple[Fraction, int]:
        """What was said before the magnitude, if that was the last word, and its value; else the whole and 1."""
        return (self.mantissa, self.scale) if self.scale > 1 and not self.current else (self.value, 1)
