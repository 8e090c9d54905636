"""The desk's two languages: how each writes days, moments, numbers, figures and counts."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from claims_app import language
from claims_app.claims.figure import FigureValue
from claims_app.language import (
    Catalogue,
    amount,
    catalogue,
    day,
    direction,
    figure_words,
    gettext,
    in_language,
    lazy,
    moment,
    ngettext,
    number,
    speaking,
    use_language,
    word,
)
from claims_app.words import WORDS

PO = """
msgid ""
msgstr ""
"Language: he\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"

msgid "Save"
msgstr "שמירה"

msgid "%(name)s is added."
msgstr "%(name)s נוספה."

msgid "%(num)s claim"
msgid_plural "%(num)s claims"
msgstr[0] "טענה אחת"
msgstr[1] "שתי טענות"
msgstr[2] "%(num)s טענות"

msgid "Half done"
msgid_plural "Half done"
msgstr[0] "חצי"
msgstr[1] ""
msgstr[2] ""

#, fuzzy
msgid "Guessed"
msgstr "ניחוש"

msgid "Empty"
msgstr ""
"""


@pytest.fixture
def small_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Hebrew of a few messages, in two files."""
    folder = tmp_path / "he"
    folder.mkdir()
    head, rest = PO.split('msgid "%(num)s claim"')
    (folder / "one.po").write_text(head, encoding="utf-8")
    header = head[: head.index('msgid "Save"')]
    (folder / "two.po").write_text(header + 'msgid "%(num)s claim"' + rest, encoding="utf-8")
    monkeypatch.setattr(language, "_FOLDER", tmp_path)
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


@pytest.mark.usefixtures("small_catalogue")
class TestMessages:
    def test_english_is_what_stands_in_the_code(self) -> None:
        assert gettext("Save") == "Save"
        assert ngettext("%(num)s claim", "%(num)s claims", 1) == "1 claim"
        assert ngettext("%(num)s claim", "%(num)s claims", 0) == "0 claims"
        assert ngettext("%(num)s claim", "%(num)s claims", 2) == "2 claims"

    def test_hebrew_comes_from_every_file_of_its_folder(self) -> None:
        with speaking("he"):
            assert gettext("Save") == "שמירה"
            assert [ngettext("%(num)s claim", "%(num)s claims", amount) for amount in (0, 1, 2, 3, 21, 102)] == [
                "0 טענות",
                "טענה אחת",
                "שתי טענות",
                "3 טענות",
                "21 טענות",
                "102 טענות",
            ]

    def test_places_are_filled(self) -> None:
        with speaking("he"):
            assert gettext("%(name)s is added.", name="100% דנה") == "100% דנה נוספה."

    def test_a_percent_sign_without_values_stays(self) -> None:
        assert gettext("100 % sure") == "100 % sure"

    @pytest.mark.parametrize("message", ["Unknown", "Guessed", "Empty", ""])
    def test_what_is_not_translated_stays_english(self, message: str) -> None:
        with speaking("he"):
            assert gettext(message) == message

    def test_a_count_translated_by_half_stays_english(self) -> None:
        with speaking("he"):
            assert ngettext("Half done", "Half done", 5) == "Half done"

    def test_lazy_text_follows_the_language_in_force(self) -> None:
        label = lazy("Save")
        assert str(label) == "Save"
        with speaking("he"):
            assert str(label) == "שמירה"


def test_a_count_finds_its_form_even_in_a_short_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    short = Catalogue({"%(num)s day": ("יום", "%(num)s ימים")}, catalogue("he").plural)
    monkeypatch.setattr(language, "catalogue", lambda _code: short)
    assert [ngettext("%(num)s day", "%(num)s days", amount) for amount in (1, 2, 3)] == ["יום", "2 ימים", "3 ימים"]


class TestTheLanguageInForce:
    def test_a_block_speaks_its_own_and_then_as_before(self) -> None:
        use_language("en")
        with speaking("he"):
            assert (language.language(), direction()) == ("he", "rtl")
            with speaking("en"):
                assert direction() == "ltr"
            assert direction() == "rtl"
        assert (language.language(), direction()) == ("en", "ltr")

    def test_a_block_that_fails_speaks_as_before_too(self) -> None:
        with pytest.raises(RuntimeError), speaking("he"):
            raise RuntimeError
        assert language.language() == "en"


DAYS = [
    (None, "", ""),
    ("", "", ""),
    (date(2026, 3, 5), "5.3.2026", "5 Mar 2026"),
    ("2026-03-05", "5.3.2026", "5 Mar 2026"),
    ("2026-03", "מרץ 2026", "March 2026"),
    ("2026", "2026", "2026"),
]


def test_months_keep_their_names_whatever_other_languages_were_asked_for() -> None:
    asked = (
        "from claims_app.language import day, speaking\n"
        "from babel import Locale\n"
        "Locale.parse('az').months['stand-alone']['wide'][3]\n"
        "with speaking('he'):\n"
        "    print(day('2026-03') == 'מרץ 2026')\n"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize(("value", "hebrew", "english"), DAYS, ids=[str(row[0]) for row in DAYS])
def test_days_are_written_as_each_language_does(value: date | str | None, hebrew: str, english: str) -> None:
    assert day(value) == english
    with speaking("he"):
        assert day(value) == hebrew


@pytest.mark.parametrize(
    ("value", "english"),
    [
        ("2026-H1", "first half of 2026"),
        ("2026-H2", "second half of 2026"),
        ("2026-Q3", "quarter 3 of 2026"),
    ],
)
def test_parts_of_a_year_are_said_in_words(value: str, english: str) -> None:
    assert day(value) == english
    with speaking("he"):
        assert day(value) != english
        assert "2026" in day(value)


@pytest.mark.parametrize(
    ("value", "hebrew", "english"),
    [
        (None, "", ""),
        (datetime(2026, 1, 2, 21, 5, tzinfo=UTC), "2.1.2026, 23:05", "2 Jan 2026, 23:05"),
        (datetime(2026, 1, 2, 22, 5, tzinfo=UTC), "3.1.2026, 0:05", "3 Jan 2026, 0:05"),
        (datetime(2026, 7, 2, 21, 5, tzinfo=UTC), "3.7.2026, 0:05", "3 Jul 2026, 0:05"),
    ],
)
def test_moments_are_those_of_the_clock_on_the_wall(value: datetime | None, hebrew: str, english: str) -> None:
    assert moment(value, "Asia/Jerusalem") == english
    with speaking("he"):
        assert moment(value, "Asia/Jerusalem") == hebrew


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (40.0, "40"),
        (1234567.0, "1,234,567"),
        (0.5, "0.5"),
        (0.1 + 0.2, "0.3"),
        (-3.25, "-3.25"),
        (1580000.123456, "1,580,000.123456"),
    ],
)
def test_numbers_are_written_alike_in_both(value: float, written: str) -> None:
    assert number(value) == written
    with speaking("he"):
        assert number(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (999_999, "999,999"),
        (1_000_000, "1 million"),
        (1_580_000, "1.58 million"),
        (1_234_000, "1.234 million"),
        (1_234_567, "1,234,567"),
        (2_000_000_000, "2 billion"),
        (-1_500_000, "-1.5 million"),
    ],
)
def test_a_magnitude_is_said_where_nothing_is_lost(value: float, written: str) -> None:
    assert amount(value) == written


FIGURES = [
    (FigureValue(40, 40), "40"),
    (FigureValue(40, 40, "percent"), "40 percent"),
    (FigureValue(40, 40, "percent", is_about=True), "about 40 percent"),
    (FigureValue(4, 8, "days"), "4 to 8 days"),
    (FigureValue(1_500_000, 2_000_000, "people", is_about=True), "about 1.5 million to 2 million people"),
    (FigureValue(3, 3, "parsecs"), "3 parsecs"),
]


@pytest.mark.parametrize(("figure", "said"), FIGURES, ids=[row[1] for row in FIGURES])
def test_figures_are_said_as_people_do(figure: FigureValue, said: str) -> None:
    assert figure_words(figure) == said


class TestWords:
    @pytest.mark.parametrize("family", WORDS)
    def test_every_stored_word_is_shown_as_another(self, family: str) -> None:
        for value, shown in WORDS[family].items():
            assert word(family, value) == shown

    def test_a_word_not_known_is_shown_as_it_is(self) -> None:
        assert word("unit", "parsecs") == "parsecs"
        assert word("status", None) == "None"


class TestBilingualFields:
    BOTH = SimpleNamespace(title_he="כותרת", title_en="Title")
    HEBREW = SimpleNamespace(title_he="כותרת", title_en=None)
    NEITHER = SimpleNamespace(title_he=None, title_en="")

    def test_are_shown_in_the_language_in_force(self) -> None:
        assert in_language(self.BOTH, "title") == ("Title", "en")
        with speaking("he"):
            assert in_language(self.BOTH, "title") == ("כותרת", "he")

    def test_or_in_the_other_where_it_is_missing(self) -> None:
        assert in_language(self.HEBREW, "title") == ("כותרת", "he")

    def test_or_in_a_language_that_is_asked_for(self) -> None:
        assert in_language(self.BOTH, "title", "he") == ("כותרת", "he")

    def test_or_not_at_all(self) -> None:
        assert in_language(self.NEITHER, "title") == ("", "en")


def test_catalogues_are_read_once() -> None:
    assert catalogue("he") is catalogue("he")


def test_the_families_cover_every_word_that_is_stored() -> None:
    from claims_app.articles.model import SecondCheck, SourceRule
    from claims_app.claims.figure import Match
    from claims_app.claims.model import CitedBasis, Kind, Priority, Status
    from claims_app.comments.model import CommentKind
    from claims_app.evidence.model import Rank, Stance
    from claims_app.history.model import Action, Subject
    from claims_app.looks.model import LookReason
    from claims_app.people.model import Role, Theme
    from claims_app.sources.model import SourceKind
    from claims_app.verdicts.model import Finding
    from claims_app.watching.model import Health

    families = {
        "status": Status,
        "kind": Kind,
        "priority": Priority,
        "stance": Stance,
        "rank": Rank,
        "role": Role,
        "second_check": SecondCheck,
        "source_rule": SourceRule,
        "cited_basis": CitedBasis,
        "match": Match,
        "comment": CommentKind,
        "source_kind": SourceKind,
        "theme": Theme,
        "look_reason": LookReason,
        "health": Health,
        "action": Action,
        "subject": Subject,
    }
    for family, kind in families.items():
        assert set(WORDS[family]) == {str(member) for member in kind}, family
    assert {str(member) for member in Finding} <= set(WORDS["status"])
