"""The same check as ClaimReview, as a page of the Fact Check Tools API, as feeds and as a map; with any text in it."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest

from claims_app.publishing.as_claimreview import as_file, for_script, write_review
from claims_app.publishing.as_feed import ATOM, SITEMAP, write_atom, write_data_feed, write_sitemap, write_sitemap_index
from claims_app.publishing.as_pages import write_page
from claims_app.publishing.facts import CheckFacts
from claims_app.publishing.imprint import Imprint
from claims_app.verdicts.model import Finding
from tests.publishing.conftest import CHECK, MOMENT, Check
from tests.reports.hostile import all_texts, with_text

AS = f"{{{ATOM}}}"


def test_a_review_is_whole(imprint: Imprint) -> None:
    assert write_review(CHECK, imprint) == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": "https://checks.example.org/checks/17",
        "inLanguage": "he",
        "claimReviewed": "אורך הגשר 120 מטרים.",
        "datePublished": "2026-11-23T23:30:00Z",
        "dateModified": "2026-11-23T23:30:00Z",
        "author": {"@type": "Organization", "name": "הדסק", "url": "https://checks.example.org"},
        "itemReviewed": {
            "@type": "Claim",
            "@id": "https://checks.example.org/checks/17#claim",
            "author": {"@type": "Person", "name": "Dana Levi", "sameAs": "https://www.wikidata.org/wiki/Q1"},
            "datePublished": "2026-11-20",
            "firstAppearance": {"@type": "CreativeWork", "url": "https://minister.example/speech"},
            "appearance": [{"@type": "CreativeWork", "url": "https://minister.example/again"}],
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": 3,
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": "נכונה חלקית",
        },
        "reviewBody": "נמדדו 118 מטרים.",
        "citation": [
            {
                "@type": "CreativeWork",
                "name": "Road atlas",
                "url": "https://atlas.example/bridge",
                "publisher": {"@type": "Organization", "name": "The ministry"},
                "datePublished": "2026-03",
            }
        ],
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": "The first version said 110 metres.",
                "inLanguage": "en",
                "datePublished": "2026-11-23T23:30:00Z",
            }
        ],
    }


def test_another_language_has_an_address_and_words_of_its_own(imprint: Imprint) -> None:
    review = write_review(CHECK, imprint, "en")
    assert review["url"] == "https://checks.example.org/checks/17/en"
    assert (review["inLanguage"], review["author"]["name"]) == ("en", "The desk of the daily")
    assert review["reviewRating"]["alternateName"] == "Partly correct"


def test_what_has_no_number_has_words_only(check: Check, imprint: Imprint) -> None:
    review = write_review(check(verdict={"finding": Finding.UNVERIFIABLE}), imprint)
    assert review["reviewRating"] == {"@type": "Rating", "alternateName": "לא ניתנת לאימות"}


def test_a_check_speaks_the_languages_that_it_is_whole_in(check: Check) -> None:
    assert check().languages == ("he", "en")
    assert check(claim={"statement_he": None}).languages == ("en",)
    assert check(verdict={"rationale_en": None}).languages == ("he",)
    assert check(claim={"statement_he": None}, verdict={"rationale_en": None}).languages == ("he",)


def test_a_page_for_the_fact_check_tools(imprint: Imprint) -> None:
    assert write_page(CHECK, imprint, "en") == {
        "pageUrl": "https://checks.example.org/checks/17/en",
        "publishDate": "2026-11-24",
        "claimReviewAuthor": {"name": "The desk of the daily"},
        "claimReviewMarkups": [
            {
                "url": "https://checks.example.org/checks/17/en",
                "claimReviewed": "The bridge is 120 metres long.",
                "claimDate": "2026-11-20",
                "claimFirstAppearance": "https://minister.example/speech",
                "claimAppearances": ["https://minister.example/again"],
                "claimAuthor": {"name": "Dana Levi", "sameAs": "https://www.wikidata.org/wiki/Q1"},
                "rating": {
                    "ratingValue": 3,
                    "bestRating": 5,
                    "worstRating": 1,
                    "textualRating": "Partly correct",
                    "ratingExplanation": "It measures 118 metres.",
                },
            }
        ],
    }


def test_a_feed_of_data(imprint: Imprint) -> None:
    feed = write_data_feed([CHECK], imprint, code="en")
    assert (feed["@type"], feed["dateModified"]) == ("DataFeed", "2026-11-23T23:30:00Z")
    assert [element["item"][0] for element in feed["dataFeedElement"]] == [
        write_review(CHECK, imprint, code) for code in ("he", "en")
    ]
    assert "dateModified" not in write_data_feed([], imprint, code="en")


def atom(*checks: CheckFacts, imprint: Imprint, after: str | None = None) -> ET.Element:
    content = write_atom(checks, imprint, code="en", here="https://checks.example.org/checks/feed.atom", after=after)
    return ET.fromstring(content)  # noqa: S314 - our own writing


def test_an_atom_feed(imprint: Imprint) -> None:
    feed = atom(CHECK, imprint=imprint, after="https://checks.example.org/checks/feed.atom?after=1-1")
    assert feed.findtext(f"{AS}title") == "Fact checks of The desk of the daily"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{AS}link")}
    assert links["next"] == "https://checks.example.org/checks/feed.atom?after=1-1"
    entry = feed.find(f"{AS}entry")
    assert entry is not None
    assert entry.findtext(f"{AS}id") == "https://checks.example.org/checks/17"
    assert entry.findtext(f"{AS}summary") == "נכונה חלקית. נמדדו 118 מטרים."
    assert [link.get("hreflang") for link in entry.findall(f"{AS}link")] == ["he", "en"]
    # What the format asks of every feed and entry.
    for element in (feed, entry):
        assert all(element.find(f"{AS}{name}") is not None for name in ("id", "title", "updated"))
    assert atom(imprint=imprint).findtext(f"{AS}updated")


def test_maps(imprint: Imprint) -> None:
    pages = [({"he": imprint.page(1), "en": imprint.page(1, "en")}, MOMENT), ({"en": imprint.page(2)}, MOMENT)]
    root = ET.fromstring(write_sitemap(pages))  # noqa: S314 - our own writing
    found = [url.findtext(f"{{{SITEMAP}}}loc") for url in root]
    assert found == [imprint.page(1), imprint.page(1, "en"), imprint.page(2)]
    assert [len(url) for url in root] == [4, 4, 2]
    index = ET.fromstring(write_sitemap_index(["https://a.example/1?x=1&y=2"]))  # noqa: S314 - our own writing
    assert [one.findtext(f"{{{SITEMAP}}}loc") for one in index] == ["https://a.example/1?x=1&y=2"]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def spoiled(text: str) -> CheckFacts:
    """Return a check with ``text`` wherever a person can write."""
    return with_text(CHECK, text)  # type: ignore[no-any-return]


@pytest.fixture
def hostile_imprint(imprint: Imprint) -> Imprint:
    return replace(imprint, name_he="</script><b>", name_en="]]>&")


def test_any_text_comes_back_as_it_is(hostile_imprint: Imprint) -> None:
    for text in all_texts():
        facts = replace(spoiled(text), article=replace(CHECK.article))
        review = write_review(facts, hostile_imprint)
        written = for_script(review)
        # Read as a browser reads it: the element ends where we end it, and its text is what was written.
        page = html5lib.parse(
            f'<!doctype html><title>t</title><script type="application/ld+json">{written}</script><p id="after">',
            namespaceHTMLElements=False,
        )
        (script,) = page.iter("script")
        assert json.loads(script.text or "") == review
        assert [element.get("id") for element in page.iter("p")] == ["after"]
        assert {text} <= set(strings(review))
        for content in (write_page(facts, hostile_imprint), write_data_feed([facts], hostile_imprint, code="he")):
            assert text in strings(json.loads(as_file(content)))
            assert json.loads(as_file(content)) == content
        entry = atom(facts, imprint=hostile_imprint).find(f"{AS}entry")
        assert entry is not None
        assert entry.findtext(f"{AS}title") == text.replace("\r\n", "\n").replace("\r", "\n")


def test_what_xml_cannot_write_does_not_break_a_feed(check: Check, imprint: Imprint) -> None:
    facts = check(claim={"statement_he": "a\x00b\x0bc\ufffed\ud800e\U0001f600"})
    entry = atom(facts, imprint=imprint).find(f"{AS}entry")
    assert entry is not None
    assert entry.findtext(f"{AS}title") == "a\ufffdb\ufffdc\ufffdd\ufffde\U0001f600"
