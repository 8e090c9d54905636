"""The report as a page."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import html5lib
import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.claims.withdrawing import withdraw_article
from claims_app.language import gettext, speaking
from claims_app.people.model import Role
from claims_app.reports.as_html import css_text, write_html
from claims_app.reports.facts import Report
from tests.client import check_html
from tests.factories import Factory
from tests.house.test_static import contrast, read_desk_css
from tests.reports.conftest import Gather
from tests.reports.hostile import OWN, all_texts, spoiled, with_text

ZONE = "Asia/Jerusalem"


def write(report: Report) -> str:
    return write_html(report, zone=ZONE).decode("utf-8")


def without_style(text: str) -> str:
    """Return the page without its stylesheet, most of which is fonts."""
    bare, number = re.subn(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert number == 1
    return bare


def parse(text: str) -> Element:
    root: Element = html5lib.parse(without_style(text), namespaceHTMLElements=False)
    return root


def words(element: Element | None) -> str:
    """Return what a person reads in an element, blanks folded."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def classed(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


@pytest.mark.parametrize("language", ["he", "en"])
class TestFile:
    def test_it_is_a_valid_page_in_its_own_direction(self, busy: Article, gather: Gather, language: str) -> None:
        text = write(gather(busy, language=language))
        check_html(text)
        root = parse(text)
        assert (root.get("lang"), root.get("dir")) == (language, {"he": "rtl", "en": "ltr"}[language])

    def test_it_needs_nothing_beside_it(self, busy: Article, gather: Gather, language: str) -> None:
        text = write(gather(busy, language=language))
        assert re.findall(r"@import|url\((?![\"']?(?:data:|#))[^)]*\)", text) == []
        root = parse(text)
        assert [element.tag for element in root.iter() if element.tag in {"script", "link", "img", "iframe"}] == []
        assert [element.attrib for element in root.iter() if "src" in element.attrib or "style" in element.attrib] == []
        inside = {element.get("id") for element in root.iter()}
        for element in root.iter():
            address = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href") or ""
            is_quoted = element.tag == "a" and address.startswith("https://example.org/")
            assert not address or is_quoted or address.removeprefix("#") in inside

    def test_its_fonts_weigh_little(self, busy: Article, gather: Gather, language: str) -> None:
        text = write(gather(busy, language=language))
        assert len(text) - len(without_style(text)) < 200_000
        assert text.count("data:font/woff2;base64,") == 10

    def test_it_has_no_other_language_in_its_own_words(self, busy: Article, gather: Gather, language: str) -> None:
        """Every sentence of the templates is in the catalogue."""
        root = parse(write(gather(busy, language=language)))
        headings = [words(element) for element in root.iter() if element.tag in {"h2", "dt", "th"}]
        assert headings
        assert all(("א" <= heading[0] <= "ת") == (language == "he") for heading in headings)


class TestContent:
    def test_the_header_tells_what_was_checked_by_whom_and_when(self, busy: Article, gather: Gather) -> None:
        report = gather(busy)
        root = parse(write(report))
        header = words(root.find(".//header"))
        for said in ("The new bridge", "הגשר החדש", "יומון", "ד' כהן", "Nov 2026", "רותם שגב", "High priority only"):
            assert said in header
        assert f"sha256:{report.article.text_sha256}" in header
        assert words(classed(root, "notes")[0]) == "שורה אחת ושורה שנייה"

    def test_the_summary_counts_every_status(self, busy: Article, gather: Gather) -> None:
        root = parse(write(gather(busy)))
        rows = [[words(cell) for cell in row] for row in classed(root, "counts")[0].iter("tr")]
        assert ["", "Partly", "1", "1", "1"] in rows
        assert rows[-1] == ["", "Total", "6", "2", "1"]
        assert "3 of 6 claims are decided." in words(root.find(".//main"))

    def test_what_needs_a_decision_leads_to_its_claim(self, busy: Article, gather: Gather) -> None:
        root = parse(write(gather(busy)))
        rows = list(classed(root, "open")[0].iter("tr"))[1:]
        assert [(link.get("href"), link.text) for row in rows for link in row.iter("a")] == [
            (f"#claim-{number}", str(number)) for number in (3, 4, 5, 7)
        ]
        assert words(rows[1][3]) == "Disputed Decided against the evidence rule"
        assert words(rows[2][3]) == "Undecided Query without an answer"

    def test_nothing_open_is_said_in_words(self, make: Factory, gather: Gather) -> None:
        article = make.article()
        make.verdict(make.claim(article))
        text = write(gather(article))
        assert "No claim is open" in text
        assert "No second person confirmed a verdict." in text
        assert classed(parse(text), "open") == []

    def test_a_status_is_an_icon_a_word_and_a_line(self, busy: Article, gather: Gather) -> None:
        text = write(gather(busy))
        for status in ("verified", "partly", "disputed", "unverifiable", "opinion"):
            assert re.search(rf"\.s-{status} {{[^}}]*--u: \w+; --ut: [\d.]+px", text)
        pill = next(element for element in classed(parse(text), "st") if "s-disputed" in element.get("class", ""))
        assert words(pill) == "Disputed"
        assert [element.tag.rpartition("}")[2] for element in pill.iter()][1:] == ["svg", "use"]

    def test_the_direction_of_a_text_is_that_of_its_language(self, make: Factory, gather: Gather) -> None:
        """A Hebrew sentence that begins with a Latin name would otherwise be laid out from the left."""
        article = make.article()
        make.claim(article, statement_he="SOCAR היא חברת נפט.", statement_en="SOCAR is an oil company.")
        root = parse(write(gather(article, language="he")))
        texts = {words(element): element for element in root.iter() if element.get("lang") and element.tag != "html"}
        assert texts["SOCAR היא חברת נפט."].get("dir") == "rtl"
        assert texts["SOCAR is an oil company."].get("dir") == "ltr"

    def test_the_second_check_of_each_verdict_is_told(self, busy: Article, gather: Gather) -> None:
        root = parse(write(gather(busy)))
        items = [words(item) for item in classed(root, "item")]
        said = ["Second check: not asked for", "Second check: Noa Barak, ", "Second check: waiting"]
        assert [next((text for text in said if text in item), None) for item in items] == [*said, said[0], None, None]
        assert "Proposed: Disputed" in items[2]

    def test_a_figure_is_set_against_the_articles(self, busy: Article, gather: Gather) -> None:
        root = parse(write(gather(busy)))
        item = classed(root, "item")[0]
        assert "Figure in the article: about 40 percent (as of 2022)" in words(item)
        assert [words(match) for match in classed(item, "match")] == ["Within rounding", "Different"]

    def test_an_address_is_a_link_only_where_it_is_one_of_the_web(self, busy: Article, gather: Gather) -> None:
        root = parse(write(spoiled(gather(busy), "javascript:alert(1)")))
        links = [link.get("href", "") for link in root.iter("a")]
        assert [link for link in links if not link.startswith(("#claim-", "#source-"))] == []

    def test_a_withdrawn_article_says_so(self, busy: Article, gather: Gather, session: Session, make: Factory) -> None:
        withdraw_article(session, actor=make.regular(Role.EDITOR), article_id=busy.id, why="Not printed.")
        assert "This article was withdrawn on" in write(gather(busy))

    def test_an_article_without_claims_has_a_report(self, make: Factory, gather: Gather) -> None:
        text = write(gather(make.article(title_en=None, title_he="כותרת")))
        check_html(text)
        assert "This article has no claims." in text

    def test_moments_are_those_of_the_zone(self, busy: Article, gather: Gather) -> None:
        report = gather(busy, made_at=datetime(2026, 11, 23, 22, 30, tzinfo=UTC))
        assert "24 Nov 2026, 0:30" in write(report)
        assert "23 Nov 2026, 17:30" in write_html(report, zone="America/New_York").decode("utf-8")


def tags(element: Element) -> list[str]:
    """Return the shape of an element: what it is made of, and with which attributes."""
    # Some of the texts are addresses, and so links.
    return [f"{part.tag} {sorted(part.attrib)}" for part in element.iter() if part.tag != "a"]


class TestHostileTexts:
    def test_a_claims_texts_are_shown_and_never_read_as_markup(self, busy: Article, gather: Gather) -> None:
        report = gather(busy)
        overridden, asked = report.claims[3:5]
        full = replace(
            asked, verdict=overridden.verdict, evidence=report.claims[0].evidence[:1], figure=report.claims[0].figure
        )
        texts = ("plain", *all_texts())
        claims = tuple(replace(with_text(full, text), number=number) for number, text in enumerate(texts))
        items = classed(parse(write(replace(report, claims=claims))), "item")
        assert len(items) == len(texts)
        for item, text in zip(items, texts, strict=True):
            assert tags(item) == tags(items[0]), text
            assert ["".join(span.itertext()) for span in item.iter("span") if span.get("lang")] == [text] * 2

    def test_the_articles_texts_are_shown_and_never_read_as_markup(self, busy: Article, gather: Gather) -> None:
        report = replace(gather(busy), claims=())
        expected = tags(parse(write(spoiled(report, "plain"))))
        for text in OWN:
            root = parse(write(spoiled(report, text)))
            assert tags(root) == expected, text
            assert "".join(root.findall(".//h1")[0].itertext()) == text

    def test_nothing_a_person_wrote_stands_in_the_stylesheet(self, busy: Article, gather: Gather) -> None:
        plain, spoilt = (
            re.findall(r"<style>(.*?)</style>", write(spoiled(gather(busy), text)), re.DOTALL)[0]
            for text in ("plain", "x</style><b>{}\\\"';")
        )
        folio = r'(?<=content: )"(\\[0-9a-f]+ )+"(?=; direction)'
        assert re.sub(folio, "", plain) == re.sub(folio, "", spoilt) != spoilt

    def test_a_css_text_is_numbers_only(self) -> None:
        assert css_text('a"</') == '"\\61 \\22 \\3c \\2f "'


class TestStylesheet:
    def test_its_colours_are_those_of_the_desk_in_the_light(self, busy: Article, gather: Gather) -> None:
        desk = dict(re.findall(r"(--[a-z0-9-]+): light-dark\((#\w{6}),", read_desk_css()[0]))
        ours = dict(re.findall(r"(--[a-z0-9-]+): (#\w{6});", write(gather(busy))))
        assert len(ours) > 10
        assert {name: value for name, value in ours.items() if desk[name] != value} == {}
        assert all(contrast(ours[f"--{name}"], ours["--surface"]) >= 4.5 for name in ("ink-2", "partly", "pencil"))

    def test_layout_is_logical(self, busy: Article, gather: Gather) -> None:
        css = re.sub(r"/\*.*?\*/", "", write(gather(busy)).partition("</style>")[0], flags=re.DOTALL)
        assert re.findall(r"(?:margin|padding|border|text-align)[a-z-]*(?:-left|-right|: left|: right)", css) == []

    def test_every_token_used_is_defined(self, busy: Article, gather: Gather) -> None:
        text = write(gather(busy))
        used = set(re.findall(r"var\((--[a-z0-9-]+)", text))
        assert used - set(re.findall(r"(--[a-z0-9-]+)\s*:", text)) == set()


def test_every_icon_is_in_the_file(busy: Article, gather: Gather) -> None:
    text = write(gather(busy))
    used, drawn = (set(re.findall(pattern, text)) for pattern in (r'href="#(i-[a-z-]+)"', r'symbol id="(i-[a-z-]+)"'))
    assert used <= drawn


def test_the_hebrew_report_has_hebrew_words(busy: Article, gather: Gather) -> None:
    with speaking("he"):
        assert gettext("Fact-check report") in write(gather(busy, language="he"))
