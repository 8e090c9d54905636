"""The report as a table."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.articles.model import Article
from claims_app.language import gettext, speaking
from claims_app.reports.as_csv import guard, in_utc, is_formula, write_csv
from tests.factories import Factory
from tests.reports.conftest import Gather
from tests.reports.hostile import all_texts, spoiled


def read(content: bytes) -> list[dict[str, str]]:
    """Read a table as a program would, taking off the apostrophes that guard it."""
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(set(rows[0])) == len(rows[0])
    return [dict(zip(rows[0], map(unguarded, row), strict=True)) for row in rows[1:]]


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def first_seen(cell: str) -> str:
    """Return the first character that a reader sees, apart from apostrophes in its plain form."""
    for mark in cell:
        if not mark.isspace() and unicodedata.category(mark) not in {"Cf", "Cc"}:
            return unicodedata.normalize("NFKC", mark)[0]
    return ""


RUN = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "--5", "-", "- לא", "-40 אחוז", "+972-3-1234567"),
    *(" =1", "\t=1", "\tplain", "\r", "\nline", "\u200f=1", "\u202a\u00a0@x", "\ufeff=1", "\U000e0001=1"),
    *("＝1", "－1+1", "＋x", "＠x", "﹢x", "'=1", "''=1"),
]
NOT_RUN = ["", "א", "כ-40 אחוז", "a=b", "1+1", "'quoted'", '"=1"', "40%", "(-1)", "…", "\u200f"]


class TestGuard:
    @pytest.mark.parametrize("text", RUN)
    def test_what_a_spreadsheet_might_run_gets_an_apostrophe(self, text: str) -> None:
        assert guard(text) == f"'{text}"

    @pytest.mark.parametrize("text", ["-40", "-40%", "+5", "-1,580,000.5", "-.5", "-2e-7", "+40%"])
    def test_a_plain_number_stays_a_number(self, text: str) -> None:
        assert guard(text) == text

    @pytest.mark.parametrize("text", NOT_RUN)
    def test_other_texts_stay_as_they_are(self, text: str) -> None:
        assert guard(text) == text

    @given(st.text() | st.from_regex(r"['\s\u200f]{0,3}[=+\-@＝－]?.{0,5}", fullmatch=True) | st.sampled_from(RUN))
    def test_a_guarded_cell_is_not_run_and_comes_back(self, text: str) -> None:
        cell = guard(text)
        assert unguarded(cell) == text
        assert cell.startswith("'") or first_seen(cell) not in set("=+-@") or is_number(cell)
        assert cell[:1] not in {"\t", "\r", "\n"}


def is_number(cell: str) -> bool:
    try:
        return isinstance(float(cell.removesuffix("%").replace(",", "")), float)
    except ValueError:
        return False


class TestTable:
    def test_excel_sees_utf_8_and_its_own_line_ends(self, busy: Article, gather: Gather) -> None:
        content = write_csv(gather(busy, language="he"))
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        # Each kind of line end once in the texts themselves, which keep their own.
        assert content.count(b"\r\n") == len(read(content)) + 1

    def test_each_piece_of_evidence_is_a_row_and_a_claim_without_has_one(self, busy: Article, gather: Gather) -> None:
        rows = read(write_csv(gather(busy)))
        assert [(row["Number"], row["Evidence no."]) for row in rows] == [
            ("1", "1"),
            ("1", "2"),
            ("2", "1"),
            ("3", "1"),
            ("4", ""),
            ("5", ""),
            ("7", ""),
        ]

    def test_values_stand_as_they_are(self, busy: Article, gather: Gather) -> None:
        report = gather(busy, language="he")
        with speaking("he"):
            low, looked, proposed = gettext("Figure, from"), gettext("Date looked"), in_utc(gettext("Verdict at"))
            source = gettext("Source")
        first, second = read(write_csv(report))[:2]
        assert (first[low], first[f"{source}: {low}"], second[f"{source}: {low}"]) == ("40", "41", "0.3")
        assert first[looked] == report.claims[0].evidence[0].looked_on.isoformat()
        assert first[proposed].endswith("Z")
        assert not set("".join(first.values())) & set("\u200e\u200f")

    @pytest.mark.parametrize("language", ["he", "en"])
    def test_headings_and_words_are_in_the_reports_language(self, busy: Article, gather: Gather, language: str) -> None:
        rows = read(write_csv(gather(busy, language=language)))
        with speaking(language):
            assert rows[0][gettext("Status")] == gettext("Verified")
            assert rows[0][gettext("Second check")] == gettext("not asked for")
            assert rows[2][gettext("Second check")] == gettext("confirmed")
            assert rows[3][gettext("Second check")] == gettext("waiting")
        assert (gettext("Status") in rows[0]) == (language == "en")

    def test_queries_stand_with_their_answers(self, busy: Article, gather: Gather) -> None:
        row = read(write_csv(gather(busy)))[5]
        assert (row["Open queries"], row["Answered queries"]) == ("איזה עמוד?", "מה המקור?\nדוח המשרד.")

    def test_words_that_changed_or_are_lost_stand_beside_the_status(self, marked: Article, gather: Gather) -> None:
        rows = read(write_csv(gather(marked)))
        names = ("Status", "Words changed", "Place in the text", "Words in the text", "Words decided on")
        assert [tuple(row[name] for name in names) for row in rows[:4]] == [
            ("Verified", "Yes", "Placed in the text", "אורך הגשר 110 מטרים", "אורך הגשר 120 מטרים"),
            ("Partly", "No", "Placed in the text", *["והוא נחנך ב-2021 בטקס בחיפה"] * 2),
            ("Verified", "No", "Placed in the text", *["בטקס בחיפה. העלות הייתה 45 מיליון שקל"] * 2),
            ("Verified", "No", "Lost from the text", "", 'השר כהן אמר: "הגשר יחסוך שעה בכל יום"'),
        ]
        confirmed = [row["Verdict confirmed for the new words"] for row in rows]
        assert confirmed[2].startswith("Noa Barak, 20")
        assert confirmed[2].endswith("Z: The tender says 45.")
        assert not any(confirmed[:2] + confirmed[3:])

    def test_every_row_says_how_the_article_stands(self, marked: Article, make: Factory, gather: Gather) -> None:
        def standing() -> set[tuple[str, str]]:
            return {(row["Signed off"], row["Open passages"]) for row in read(write_csv(gather(marked)))}

        assert standing() == {("No", "1")}
        make.sign_off(marked, override_why="To print at eight.")
        assert standing() == {("Yes", "1")}
        untold = make.claim().article
        assert [row["Open passages"] for row in read(write_csv(gather(untold)))] == [""]

    def test_words_of_the_text_are_not_run(self, make: Factory, gather: Gather) -> None:
        claim = make.claim(make.article(text="=1+1 is what the bridge cost."))
        make.place(claim, "=1+1 is what the bridge cost")
        make.verdict(claim)
        content = write_csv(gather(claim.article))
        assert content.count(b"'=1+1 is what") == 2
        assert read(content)[0]["Words in the text"] == "=1+1 is what the bridge cost"

    def test_an_article_without_claims_has_its_headings(self, make: Factory, gather: Gather) -> None:
        assert read(write_csv(gather(make.article()))) == []


def test_hostile_texts_come_back_and_none_is_run(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    columns = ["Article", "Statement in Hebrew", "Rationale in English", "Claimant", "Summary", "Source: Title"]
    for text in all_texts():
        content = write_csv(spoiled(report, text))
        assert [read(content)[0][column] for column in columns] == [text] * len(columns)
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            assert [cell for cell in row if is_formula(cell) and not cell.startswith("'") and not is_number(cell)] == []
