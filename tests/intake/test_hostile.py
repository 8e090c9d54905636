"""Pages that are made to be read in very many ways, or to be copied over and over: each is read once."""

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
