"""The example's texts: the desk's own words, every claim in place in the first draft, eight edits in the second."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from claims_app.schema import packaged

SEED = packaged("seed")
FIRST, SECOND = (
    (SEED / name).read_text(encoding="utf-8").removesuffix("\n") for name in ("article-1.txt", "article-2.txt")
)
CLAIMS: list[dict[str, Any]] = [
    json.loads(line) for line in (SEED / "claims.jsonl").read_text(encoding="utf-8").splitlines()
]
ARTICLES: list[dict[str, Any]] = json.loads((SEED / "newsroom.json").read_text(encoding="utf-8"))["articles"]
KEYS = [row["key"] for row in CLAIMS]

PERSONS = "אלייב ויטקוף טראמפ ביידן ראיסי פזשכיאן מחמוד ארדואן נתניהו הנגבי אסד רפאל גלובס מוסד קונגרס"
PLACES = (
    "אזר איר ישראל טורק ארמני באקו טהרן אנקרה סורי רוסי עיראק פקיסטן קראבאך זנגזור נחצ'יבן עזה לבנון תיכון אמריקני"
    ' ארה"ב המועצות תמר'
)
OTHERS = 'סוקאר חוסייניון חיזבאללה קווקז משמרות-המהפכה כנף-ציון אברהם אירוויזיון כטב"מים נ"ט קרקע-קרקע פורום'
NAMES = [name if name == "קרקע-קרקע" else name.replace("-", " ") for name in f"{PERSONS} {PLACES} {OTHERS}".split()]
"""Stems: a country is named by its adjective as well."""

UNITS = "שבוע חודש חודשים חודשיים שנה שנתיים חצי מחצית עשורים מיליון מיליארד דולר טונות נקודות סבבים"
MONTHS = "ינואר פברואר מאי יולי"
COUNTED = "אחת שתי שני שלושה ראשונה ראשונים שנייה"
HEDGES = "לא אינה נגד פחות אולי לפי דווח נטען מפוקפקים מוערכת חלקית רק"
EXACT = re.compile(
    rf"(?<![א-ת])[ושהבלכמ]{{0,3}}-?(?P<word>{'|'.join(f'{UNITS} {MONTHS} {COUNTED} {HEDGES}'.split())})(?![א-ת])"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<percent>%|אחוז(?:ים)?)"
)
ABOUT = re.compile(r"(?<![א-ת])[וב]?כ(?:-\d|מיליארד|חודשיים|שנתיים)")


OPEN = (
    "הכתבה עצמה פורסמה במקור ראשון ב-27 במאי 2025.",
    "מובאים בה שישה קישורים.",
    "המספרים שהכתבה מביאה על הנפט הם מן השנים 2022–2024.",
    "גם הפרשה של ינואר 2023 הגיעה לסופה.",
    "בין ההתקפה על השגרירות לבין התרגיל הזה עברו פחות משנתיים וחצי.",
    "הניקוד האזרי לישראל, כזכור, היה 12 נקודות.",
)


class Place(NamedTuple):
    """Where a quote of a claim stands in the first draft."""

    key: str
    start: int
    end: int


def occurrences(words: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(f"(?={re.escape(words)})", text)]


def read_places() -> Iterator[Place]:
    for row in CLAIMS:
        for quote in row["quotes"]:
            starts = occurrences(quote["words"], FIRST)
            assert 1 <= quote["occurrence"] <= len(starts), (row["key"], quote)
            start = starts[quote["occurrence"] - 1]
            yield Place(row["key"], start, start + len(quote["words"]))


def must_say(text: str) -> set[str]:
    """Return what a quote may not leave out: figures, dates, hedges and names, each in one spelling."""
    said = {"%" if found["percent"] else found["word"] or found["number"] for found in EXACT.finditer(text)}
    return said | {name for name in NAMES if name in text} | ({"about"} if ABOUT.search(text) else set())


def overlaps() -> list[tuple[Place, Place]]:
    places = sorted(read_places(), key=lambda place: (place.start, -place.end))
    return [(one, other) for one, other in combinations(places, 2) if other.start < one.end]


class TestTheDrafts:
    @pytest.mark.parametrize("text", [FIRST, SECOND], ids=["first", "second"])
    def test_are_plain_paragraphs_in_logical_order(self, text: str) -> None:
        assert unicodedata.is_normalized("NFC", text)
        odd = {character for character in text if character != "\n" and not character.isprintable()}
        assert odd == set(), "no marks of direction, no zero width, no tabs"
        assert set("״׳“”‘’„־") & set(text) == set(), "quotation marks and hyphens are the statements' own"
        for paragraph in text.split("\n\n"):
            assert paragraph == " ".join(paragraph.split()), "no line break, no double blank inside"
            assert paragraph

    def test_say_first_that_they_are_the_desk_s_words(self) -> None:
        for text in (FIRST, SECOND):
            opening = text.split("\n\n")[0]
            assert opening.startswith("תקציר של הדסק: זה אינו נוסח העיתון.")
        for version in ARTICLES[0]["versions"]:
            assert "תקציר" in version["note_he"]
            assert "digest" in version["note_en"]

    def test_are_all_that_the_article_lists(self) -> None:
        listed = [version["file"] for article in ARTICLES for version in article["versions"]]
        assert listed == sorted(path.name for path in SEED.glob("article-*.txt"))

    def test_have_headings_and_mixed_runs(self) -> None:
        headings = [paragraph for paragraph in FIRST.split("\n\n") if len(paragraph.split()) <= 6]
        assert len(headings) == len({row["section"] for row in CLAIMS})
        for run in ("(SOCAR)", "כ-40%", "וב-2013", 'ארה"ב', 'כטב"מים', "2022–2024", "'חוסייניון'", "1.58"):
            assert run in FIRST


class TestEachClaim:
    @pytest.mark.parametrize("row", CLAIMS, ids=KEYS)
    def test_stands_in_the_first_draft_in_whole_words(self, row: dict[str, Any]) -> None:
        places = [place for place in read_places() if place.key == row["key"]]
        assert len(places) == len(row["quotes"]) >= 1
        assert len(set(places)) == len(places)
        for place in places:
            quote = FIRST[place.start : place.end]
            assert "\n" not in quote
            assert quote == quote.strip(" .,:;")
            around = FIRST[place.start - 1 : place.start] + FIRST[place.end : place.end + 1]
            assert not any(character.isalnum() for character in around), "a word is cut"

    @pytest.mark.parametrize("row", CLAIMS, ids=KEYS)
    def test_is_said_whole_by_each_quote(self, row: dict[str, Any]) -> None:
        for quote in row["quotes"]:
            assert must_say(row["statement_he"]) - must_say(quote["words"]) == set()
            assert len(quote["words"]) <= 1.7 * len(row["statement_he"]), "a quote is as short as it can be"

    def test_with_a_figure_has_it_read_from_its_statement(self) -> None:
        assert must_say("ב-2022 סופקו כ-40 אחוז, לפחות שני סבבים בבאקו") == {
            "2022", "40", "%", "about", "פחות", "שני", "סבבים", "באקו",
        }  # fmt: skip
        assert must_say("בינואר, כחודשיים אחרי כן") == {"ינואר", "חודשיים", "about"}

    def test_stands_in_its_section_in_the_order_of_the_claims(self) -> None:
        """The first place of each claim; one sentence may say what another paragraph of the newspaper said."""
        first = {place.key: place.start for place in reversed(list(read_places()))}
        sections = list(dict.fromkeys(row["section"] for row in CLAIMS))
        numbers = [sections.index(row["section"]) for row in sorted(CLAIMS, key=lambda row: first[row["key"]])]
        assert numbers == sorted(numbers)
        paragraphs = [row["paragraph"] for row in sorted(CLAIMS, key=lambda row: first[row["key"]])]
        assert paragraphs == sorted(paragraphs)

    def test_may_be_said_twice_nested_or_in_one_breath_with_another(self) -> None:
        assert [row["key"] for row in CLAIMS if len(row["quotes"]) > 1] == [
            "oil-for-arms-trade", "baku-mediates-israel-turkey",
        ]  # fmt: skip
        assert {quote["occurrence"] for row in CLAIMS for quote in row["quotes"]} == {1, 2}
        nested = [pair for pair in overlaps() if pair[1].end <= pair[0].end]
        partial = [pair for pair in overlaps() if pair[1].end > pair[0].end]
        assert (len(nested), len(partial)) == (4, 4)

    @pytest.mark.parametrize("sentence", OPEN)
    def test_leaves_sentences_open(self, sentence: str) -> None:
        """They hold a checkable fact and no claim, so that coverage has something to show."""
        (start,) = occurrences(sentence, FIRST)
        end = start + len(sentence)
        assert not any(place.start < end and start < place.end for place in read_places())


class TestTheSecondDraft:
    CHANGED = frozenset({"pezeshkian-first-name", "trade-up-32-percent", "iran-opposes-zangezur"})
    LOST = frozenset({"congress-law-bars-arms-sales"})
    MOVED = frozenset({"muslim-oil-once-unthinkable"})

    def test_keeps_the_words_of_all_claims_but_four(self) -> None:
        gone = {row["key"] for row in CLAIMS for quote in row["quotes"] if quote["words"] not in SECOND}
        assert gone == self.CHANGED | self.LOST
        for row in CLAIMS:
            for quote in row["quotes"]:
                if row["key"] not in gone:
                    assert len(occurrences(quote["words"], FIRST)) == len(occurrences(quote["words"], SECOND))

    def test_touches_only_claims_that_are_decided(self) -> None:
        findings = {row["key"]: row.get("finding") for row in CLAIMS}
        assert {key: findings[key] for key in self.CHANGED | self.LOST | self.MOVED} == {
            "pezeshkian-first-name": "disputed",
            "trade-up-32-percent": "partly",
            "iran-opposes-zangezur": "verified",
            "congress-law-bars-arms-sales": "disputed",
            "muslim-oil-once-unthinkable": "disputed",
        }

    def test_moves_one_sentence_past_others(self) -> None:
        """In the order of the other claims' first places only the moved one stands elsewhere."""
        words = {row["key"]: row["quotes"][0]["words"] for row in CLAIMS if row["quotes"][0]["words"] in SECOND}
        before = sorted(words, key=lambda key: FIRST.index(words[key]))
        after = sorted(words, key=lambda key: SECOND.index(words[key]))
        assert before != after
        for order in (before, after):
            for key in self.MOVED:
                order.remove(key)
        assert before == after

    def test_mends_a_typo_that_no_claim_quotes(self) -> None:
        (start,) = occurrences("הייחסים", FIRST)
        assert "הייחסים" not in SECOND
        assert not any(place.start <= start < place.end for place in read_places())

    def test_brings_one_new_paragraph_with_a_fact_and_splits_one(self) -> None:
        first, second = FIRST.split("\n\n"), SECOND.split("\n\n")
        assert len(second) == len(first) + 2
        (new,) = [paragraph for paragraph in second if paragraph.startswith("חשבון קצר: ")]
        assert new not in FIRST
        assert not any(quote["words"] in new for row in CLAIMS for quote in row["quotes"])
