"""HTML and Markdown: the article's words, and what the page says about it."""

import pytest

from claims_app.errors import DomainError
from claims_app.intake.readers import read_file
from claims_app.intake.reading import Reading
from tests.intake.test_scrambled import TestVisualOrder

PAGE = """<?xml version="1.0"?><!doctype html>
<html lang="en"><head><title>The bridge | The Morning</title>
<meta property="og:site_name" content="The Morning"><meta name="author" content="Dana Levi">
<meta property="article:published_time" content="2024-05-06T10:00:00Z">
<link rel="canonical" href="https://example.org/news/bridge"><style>p {color: red}</style></head>
<body><nav><a href="/">Home</a> <a href="/all">All the news of this week</a></nav>
<article><h1>The bridge</h1>
<p>The council said on Monday that the <a href="https://example.com/papers?a=1#b">papers</a> on the
   bridge are   ready, and nobody had asked for them before.<script>alert(1)</script></p>
<h2>What it costs</h2>
<p>It will cost 40 percent more than what was <a href="/old">said in spring</a>, or 12&nbsp;million in all.<br>
That is a great deal. <a href="javascript:x()">More</a></p>
<ul><li>First, the road must be mended.</li><li>Second, the river must be low.</li></ul>
<table><tr><th>Year</th><th>Cost</th></tr><tr><td><p>2023</p></td><td>10</td></tr></table>
<p style="display: none">Words that nobody sees.</p><p hidden>Nor these.</p><div aria-hidden="true">Nor those.</div>
<iframe src="https://example.net/frame">Frame</iframe>
</article><footer>All rights are kept by The Morning</footer></body></html>"""


def read(page: str, **details: str) -> Reading:
    return read_file(page.encode(), name=details.pop("name", "page.html"), **details)  # type: ignore[arg-type]


def paragraphs(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


def test_a_page_becomes_the_paragraphs_of_its_article() -> None:
    assert paragraphs(read(PAGE)) == [
        "The bridge",
        "The council said on Monday that the papers on the bridge are ready, and nobody had asked for them before.",
        "What it costs",
        "It will cost 40 percent more than what was said in spring, or 12 million in all. That is a great deal. More",
        "First, the road must be mended.",
        "Second, the river must be low.",
        "Year | Cost",
        "2023 | 10",
    ]


def test_what_the_page_says_about_the_article_is_taken() -> None:
    reading = read(PAGE)
    assert (reading.title, reading.byline, reading.outlet) == ("The bridge", "Dana Levi", "The Morning")
    assert (reading.published_on, reading.address) == ("2024-05-06", "https://example.org/news/bridge")
    assert reading.links == ("https://example.com/papers?a=1#b", "https://example.org/old")
    assert (reading.language, reading.notes) == ("en", ())


def test_where_a_page_was_fetched_from_is_its_address() -> None:
    reading = read(PAGE, address="https://example.net/copy/bridge")
    assert reading.address == "https://example.net/copy/bridge"
    assert reading.links[1] == "https://example.net/old"


def test_a_page_too_small_to_be_told_apart_is_read_whole() -> None:
    reading = read(
        "<html><head><title>Small</title><body><nav>Menu</nav><h1>Head</h1>bare words<p>One line.</p></body></html>"
    )
    assert paragraphs(reading) == ["Head", "bare words", "One line."]
    assert reading.title == "Head"


def test_a_small_page_has_its_links_in_full_and_once() -> None:
    reading = read(
        "<html><body><p><a href='/a'>a</a> <a href='/a'>b</a> <a href='http://[x'>c</a> <a href='mailto:a@b'>d</a>",
        address="https://example.org/b/c",
    )
    assert reading.links == ("https://example.org/a",)


def test_a_date_among_the_words_is_not_taken_for_the_day_of_publication() -> None:
    words = "<p>The council said on 3 March 2019 that the papers on the bridge are ready and can be read.</p>" * 3
    assert read(f"<html><body><article>{words}</article></body></html>").published_on is None


def test_a_page_with_two_line_breaks_has_two_paragraphs() -> None:
    words = "This is a line of words in a page of the old kind, where nobody marked paragraphs."
    assert paragraphs(read(f"<html><body><div>{words}<br>\n<br> {words} <br> {words}</div></body></html>")) == [
        words,
        f"{words} {words}",
    ]


def test_an_old_hebrew_page_in_visual_order_is_turned() -> None:
    lines = [TestVisualOrder.seen(line) for line in TestVisualOrder.LINES]
    page = f'<html><head><meta charset="iso-8859-8"></head><body><p>{lines[0]}<br>{lines[1]}</p></body></html>'
    reading = read_file(page.encode("iso8859-8"), name="a.html")
    assert paragraphs(reading) == [" ".join(TestVisualOrder.LINES)]
    assert len(reading.paragraphs[0].lines) == 2
    assert len(reading.notes) == 1


def test_markdown_loses_its_marks() -> None:
    source = (
        "---\ntitle: 'The bridge'\nauthor: Dana Levi\ndate: 2024-05-06 10:00\n---\n"
        "# Head\n\nSome *words* of\na [link](https://example.org/a), <b>bold</b> <script>no()</script>and `code`.\n\n"
        "- one\n- two\n\n> said he\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[bad](ftp://no) <https://example.org/b>\n"
    )
    reading = read(source, name="a.md")
    assert paragraphs(reading) == [
        "Head",
        "Some words of a link, bold and code.",
        "one",
        "two",
        "said he",
        "a | b",
        "1 | 2",
        "bad https://example.org/b",
    ]
    assert (reading.title, reading.byline, reading.published_on) == ("The bridge", "Dana Levi", "2024-05-06")
    assert reading.links == ("https://example.org/a", "https://example.org/b")


def test_the_first_heading_of_a_markdown_text_is_its_title() -> None:
    reading = read("Before\n\n## The **head**\n\nAfter", name="a.markdown")
    assert (reading.title, reading.byline, reading.published_on) == ("The head", None, None)


@pytest.mark.parametrize("inner", ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<blockquote>"])
def test_deep_nesting_does_no_harm(inner: str) -> None:
    words = "<p>The council said on Monday that 40 percent of the money was spent on roads.</p>"
    assert "40 percent" in read(f"<html><body>{inner * 20}{words}").text
    assert "40 percent" in read(f"<html><body>{words}{inner * 100_000}{words}").text


def test_a_tag_with_thousands_of_attributes_is_refused() -> None:
    many = " ".join(f"a{number}=1" for number in range(5000))
    with pytest.raises(DomainError, match="paste it"):
        read(f"<html><body><p {many}>Words</p></body></html>")
    long = "M 1 2 L 3 4 " * 1000
    assert read(f"<html><body><svg><path d='{long}'/></svg><p>Some words</p></body></html>").text == "Some words"


def test_entities_of_a_page_are_not_built_up() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><html><body><p>Words &b;</p></body></html>'
    assert "haha" not in read(bomb).text


@pytest.mark.parametrize("page", ["<html></html>", "<html><body><img src='a.png'></body></html>", "<!doctype html>"])
def test_a_page_without_words_is_refused(page: str) -> None:
    with pytest.raises(DomainError, match="There is no text in it"):
        read(page)
