"""Pages that are made to be read in very many ways, or to be copied over and over: each is read once."""

from typing import Any

import pytest
from trafilatura import bare_extraction

from claims_app.intake import webpage
from claims_app.intake.markup import parse
from claims_app.intake.readers import read_file


def test_a_page_that_begins_with_a_row_of_comments_is_told_at_once() -> None:
    words = "<p>Some words of a page.</p>"
    assert read_file(("<!---->" * 400 + words).encode(), name="a.html").text == "Some words of a page."
    assert "Some words" in read_file(("<!---->" * 400 + "Some words").encode(), name="a.txt").text


def test_hidden_parts_are_gone_and_the_words_between_them_stay() -> None:
    tree = parse("<body><b hidden>no</b>one <i style='display: none'>no</i>two <p aria-hidden=true>no</p>three</body>")
    assert " ".join("".join(tree.itertext()).split()) == "one two three"


def test_a_page_of_many_hidden_parts_is_read() -> None:
    tree = parse("<body>" + "<b hidden></b>x" * 100_000)
    assert tree.findtext("body") == "x" * 100_000


SENTENCE = "The council said on Monday that 40 percent of the money was spent."


@pytest.mark.parametrize(
    "row",
    ["<ul><li>a</li></ul>", "<table><tr><td>a</td></tr></table>", "<script></script>x", "<b a=1 b=2 c=3 d=4>x</b>"],
)
def test_a_page_too_large_to_search_is_read_whole_and_says_so(row: str) -> None:
    page = f"<html><head><title>Roads</title></head><body><form><p>{SENTENCE}</p>{row * 40_000}<p>The end.</p></form>"
    reading = read_file(page.encode(), name="a.html")
    assert (reading.title, reading.language) == ("Roads", "en")
    assert reading.text.startswith(SENTENCE)
    assert reading.text.endswith("The end.")
    assert ["too large" in note for note in reading.notes] == [True]


@pytest.mark.parametrize(("elements", "is_fast"), [(10, False), (6000, True)])
def test_the_article_of_a_larger_page_is_looked_for_in_one_way_only(
    monkeypatch: pytest.MonkeyPatch, elements: int, is_fast: bool
) -> None:
    asked = []

    def search(*tree: Any, **said: Any) -> Any:
        asked.append(said["fast"])
        return bare_extraction(*tree, **said)

    monkeypatch.setattr(webpage, "bare_extraction", search)
    page = f"<html><body><article><h1>Roads</h1><p>{SENTENCE}</p></article>{'<i>x</i>' * elements}"
    assert SENTENCE in read_file(page.encode(), name="a.html").text
    assert asked == [is_fast]


def test_words_that_stand_deep_are_read() -> None:
    deep = f"<p>{SENTENCE}</p>" + "<div><p>some words</p>" * 1000 + "<p>The last one.</p>"
    reading = read_file(f"<html><body>{deep}".encode(), name="a.html")
    assert reading.text.count("some words") == 1000
    assert reading.text.endswith("The last one.")
    assert len(reading.notes) == 1


@pytest.mark.parametrize(("name", "start"), [("a.html", "<html><body>"), ("a.md", "# Roads\n\n")])
def test_what_is_nested_too_deep_is_cut_and_says_so(name: str, start: str) -> None:
    page = f"{start}<p>{SENTENCE}</p>{'<div>' * 150_000}<p>The last one.</p>"
    reading = read_file(page.encode(), name=name)
    assert SENTENCE in reading.text
    assert "The last one." not in reading.text
    assert any("nested too deep to be read to its end" in note for note in reading.notes)


def test_a_fragment_is_read_without_what_no_reader_of_it_sees() -> None:
    text = "Words.\n\n<script>alert(1)</script><style>p {}</style><p hidden>gone</p><!-- gone -->\n\nMore <b>words</b>."
    assert read_file(text.encode(), name="a.md").text == "Words.\n\nMore words."
