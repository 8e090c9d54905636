"""``claims articles``, ``claims add`` and ``claims signoff``: a text comes in, is revised, claimed and signed off."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from sqlalchemy import func, select

from claims_app.articles.model import Article
from claims_app.db import writing
from claims_app.people.model import Person
from claims_app.signoff.service import sign_off
from tests.cli.command import Desk

PARAGRAPHS = (
    "הגשר החדש",
    "העירייה שתלה כ-4,000 עצים בשנת 2022. הגשר נסגר ב-1998.",
    "תושבים סיפרו שהעירייה שתלה כ-4,000 עצים ברחוב ההגנה.",
)
TEXT = "\n\n".join(PARAGRAPHS)


def write(folder: Path, content: str | bytes, name: str = "article.txt") -> str:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def read(printed: str) -> Any:
    return json.loads(printed)


def add(desk: Desk, *arguments: str) -> Any:
    return read(desk.did("add", *arguments, "--json"))


def kept_files(desk: Desk) -> list[Path]:
    return [path for path in (desk.data / "captures").rglob("*") if path.is_file()]


def count_articles(desk: Desk) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(Article)) or 0


def sign(desk: Desk, *, override_why: str | None = None) -> None:
    """Sign article 1 off as the desk's first editor."""
    with desk.session() as session, writing(session):
        editor = session.scalars(select(Person).order_by(Person.id)).first()
        assert editor is not None
        sign_off(session, actor=editor, article_id=1, override_why=override_why)


@pytest.fixture
def filled(empty: Desk, tmp_path: Path) -> Desk:
    """A desk with one article of three paragraphs."""
    assert empty.did("articles", "import", write(tmp_path, TEXT)) == "1\n"
    return empty


class TestImport:
    def test_it_prints_the_number_and_nothing_else(self, empty: Desk, tmp_path: Path) -> None:
        result = empty.claims("articles", "import", write(tmp_path, TEXT))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "1\n", "")

    def test_programs_get_what_is_known_and_the_digests(self, empty: Desk, tmp_path: Path) -> None:
        told = read(empty.did("articles", "import", write(tmp_path, TEXT), "--json"))
        assert (told["article"], told["version"], told["language"], told["title"]) == (1, 1, "he", "הגשר החדש")
        assert (told["paragraphs"], told["unsure_lines"]) == (3, 0)
        digest = hashlib.sha256(TEXT.encode()).hexdigest()
        assert told["text_sha256"] == told["file_sha256"] == digest
        assert [file.read_bytes() for file in kept_files(empty)] == [TEXT.encode()]

    def test_windows_hebrew_is_read_without_being_told(self, empty: Desk, tmp_path: Path) -> None:
        empty.did("articles", "import", write(tmp_path, TEXT.encode("cp1255")))
        assert empty.did("articles", "text", "1") == f"{TEXT}\n"
        assert [file.read_bytes() for file in kept_files(empty)] == [TEXT.encode("cp1255")]

    def test_a_docx_is_read_paragraph_by_paragraph(self, empty: Desk, tmp_path: Path) -> None:
        document = Document()
        for paragraph in PARAGRAPHS:
            document.add_paragraph(paragraph)
        file = tmp_path / "article.docx"
        document.save(str(file))
        told = read(empty.did("articles", "import", str(file), "--json"))
        assert told["text_sha256"] != told["file_sha256"]
        assert empty.did("articles", "text", "1") == f"{TEXT}\n"

    def test_title_and_language_may_be_given(self, empty: Desk, tmp_path: Path) -> None:
        file = write(tmp_path, "The old bridge closed in 1998.")
        told = read(empty.did("articles", "import", file, "--title", "Bridges", "--language", "en", "--json"))
        assert (told["title"], told["language"]) == ("Bridges", "en")

    def test_an_empty_file_is_refused_and_nothing_is_saved(self, empty: Desk, tmp_path: Path) -> None:
        sentence = empty.refused("articles", "import", write(tmp_path, b""))
        assert "There is no text in it." in sentence
        assert count_articles(empty) == 0
        assert kept_files(empty) == []


class TestText:
    def test_it_prints_the_stored_text_and_a_line_break(self, filled: Desk) -> None:
        assert filled.did("articles", "text", "1") == f"{TEXT}\n"

    def test_each_version_is_kept(self, filled: Desk, tmp_path: Path) -> None:
        newer = TEXT.replace("1998", "1999")
        filled.did("articles", "revise", "1", write(tmp_path, newer))
        assert filled.did("articles", "text", "1") == f"{newer}\n"
        assert filled.did("articles", "text", "1", "--version", "1") == f"{TEXT}\n"

    def test_a_version_that_is_not_there_is_refused(self, filled: Desk) -> None:
        sentence = filled.refused("articles", "text", "1", "--version", "2")
        assert sentence == "Article 1 has no version 2; its newest is 1."

    def test_an_article_that_is_not_there_is_refused(self, filled: Desk) -> None:
        assert filled.refused("articles", "text", "2") == "There is no article 2."


class TestRevise:
    def test_each_claim_has_an_outcome(self, filled: Desk, tmp_path: Path) -> None:
        for words in ("הגשר החדש", "הגשר נסגר ב-1998", "שתלה כ-4,000 עצים ברחוב ההגנה"):
            add(filled, "1", "--quote", words)
        draft = "\n\n".join([PARAGRAPHS[0], PARAGRAPHS[1].replace("1998", "1999")])
        told = read(filled.did("articles", "revise", "1", write(tmp_path, draft), "--note", "shorter", "--json"))
        assert (told["article"], told["version"]) == (1, 2)
        assert [(one["number"], one["outcome"], one["old"], one["new"]) for one in told["claims"]] == [
            (1, "unchanged", "הגשר החדש", "הגשר החדש"),
            (2, "words changed", "הגשר נסגר ב-1998", "הגשר נסגר ב-1999"),
            (3, "lost", "שתלה כ-4,000 עצים ברחוב ההגנה", None),
        ]
        assert not any(one["is_stale"] for one in told["claims"])  # nothing was decided yet

    def test_words_in_another_place_have_moved(self, filled: Desk, tmp_path: Path) -> None:
        add(filled, "1", "--quote", "הגשר נסגר ב-1998.")
        draft = "\n\n".join([*PARAGRAPHS, "הגשר נסגר ב-1998."]).replace("2022. הגשר נסגר ב-1998.", "2022.")
        (claim,) = read(filled.did("articles", "revise", "1", write(tmp_path, draft), "--json"))["claims"]
        assert (claim["outcome"], claim["old"]) == ("moved", claim["new"])

    def test_a_decided_claim_whose_figure_changed_is_stale(self, example: Desk, tmp_path: Path) -> None:
        newest = example.did("articles", "text", "1").rstrip("\n")
        assert newest.count("1.58") == 1
        draft = write(tmp_path, newest.replace("1.58", "1.85"))
        claims = read(example.did("articles", "revise", "1", draft, "--json"))["claims"]
        changed = [one for one in claims if one["outcome"] == "words changed"]
        assert changed
        assert all("1.58" in one["old"] and "1.85" in one["new"] and one["is_stale"] for one in changed)

    def test_people_see_old_and_new_words(self, filled: Desk, tmp_path: Path) -> None:
        add(filled, "1", "--quote", "הגשר נסגר ב-1998")
        shown = filled.did("articles", "revise", "1", write(tmp_path, TEXT.replace("1998", "1999")))
        assert [line.strip() for line in shown.splitlines()] == [
            "Version 2 of article 1.",
            "1  words changed",
            "- הגשר נסגר ב-1998",
            "+ הגשר נסגר ב-1999",
        ]

    def test_the_same_words_are_no_new_version(self, filled: Desk, tmp_path: Path) -> None:
        sentence = filled.refused("articles", "revise", "1", write(tmp_path, TEXT))
        assert sentence == "This text is the same, word for word, as version 1."


class TestAdd:
    def test_words_that_stand_once_become_a_claim(self, filled: Desk) -> None:
        told = add(filled, "1", "--quote", "הגשר נסגר ב-1998", "--statement", "The bridge closed in 1998.")
        assert told["number"] == 1
        assert TEXT[told["start"] : told["end"]] == told["quote"] == "הגשר נסגר ב-1998"

    def test_words_that_stand_twice_are_refused_with_their_places(self, filled: Desk) -> None:
        words = "כ-4,000 עצים"
        first, second = TEXT.index(words), TEXT.rindex(words)
        sentence = filled.refused("add", "1", "--quote", words)
        for start in (first, second):
            assert f"{start}-{start + len(words)}" in sentence

    def test_the_occurrence_says_which_is_meant(self, filled: Desk) -> None:
        told = add(filled, "1", "--quote", "כ-4,000 עצים", "--occurrence", "2")
        assert told["start"] == TEXT.rindex("כ-4,000 עצים")

    def test_an_occurrence_that_is_not_there_is_refused(self, filled: Desk) -> None:
        assert filled.refused("add", "1", "--quote", "כ-4,000 עצים", "--occurrence", "3")

    def test_words_that_are_not_there_are_refused(self, filled: Desk) -> None:
        sentence = filled.refused("add", "1", "--quote", "הגשר נסגר ב-1997")
        assert sentence == "These words are not in version 1 of the text."


class TestVerify:
    def test_an_article_that_nobody_signed_is_refused(self, filled: Desk) -> None:
        assert filled.refused("signoff", "verify", "1") == "Article 1 is not signed off."

    def test_what_nobody_changed_holds(self, filled: Desk) -> None:
        sign(filled, override_why="A test.")
        (told,) = read(filled.did("signoff", "verify", "1", "--json"))
        assert (told["version"], told["side"], told["problems"]) == (1, "editor", [])
        shown = filled.did("signoff", "verify", "1")
        assert f"sha256:{told['digest']}" in shown
        assert shown.endswith("  It holds.\n")

    def test_a_claim_that_came_later_is_found(self, filled: Desk) -> None:
        sign(filled, override_why="A test.")
        add(filled, "1", "--quote", "הגשר נסגר ב-1998")
        result = filled.claims("signoff", "verify", "1", "--json")
        assert result.exit_code == 1
        assert result.stderr == "What was signed is not what is there.\n"
        (told,) = read(result.stdout)
        assert told["problems"]


class TestWithoutADesk:
    def test_figures_are_one_object_a_line(self, desk: Desk, tmp_path: Path) -> None:
        lines = desk.did("figures", write(tmp_path, TEXT), "--json").splitlines()
        assert [(read(line)["low"], read(line)["approximate"]) for line in lines] == [
            (4000, True),
            ("2022", False),
            ("1998", False),
            (4000, True),
        ]

    def test_suggestions_are_one_object_a_sentence(self, desk: Desk, tmp_path: Path) -> None:
        told = [read(line) for line in desk.did("suggest", write(tmp_path, TEXT), "--json").splitlines()]
        assert [TEXT[one["start"] : one["end"]] for one in told] == [one["text"] for one in told]
        assert [bool(one["reasons"]) for one in told] == [False, True, True, True]

    @pytest.mark.parametrize("command", ["figures", "suggest"])
    def test_another_encoding_is_refused_in_a_sentence(self, desk: Desk, tmp_path: Path, command: str) -> None:
        assert "is not a text in UTF-8" in desk.refused(command, write(tmp_path, TEXT.encode("cp1255")))

    def test_no_desk_is_made_by_reading_a_text(self, desk: Desk, tmp_path: Path) -> None:
        desk.did("figures", write(tmp_path, TEXT))
        desk.did("suggest", write(tmp_path, TEXT))
        assert not desk.data.exists()
