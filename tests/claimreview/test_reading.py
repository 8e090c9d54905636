"""Whole files: pages in three syntaxes, feeds, the Fact Check Tools, and what is none of them."""

import gzip
import io
import json
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from claims_app.claimreview.finding import Form
from claims_app.claimreview.reading import Item, Reading, read_reviews
from claims_app.claimreview.review import Review
from claims_app.errors import DomainError

TODAY = date(2026, 1, 15)
PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "claimreview-pages"

NODE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://www.checkers.example/bridge",
    "claimReviewed": "The bridge is 300 metres long.",
    "author": {"@type": "Organization", "name": "The Checkers", "sameAs": "https://social.example/checkers"},
    "datePublished": "2024-03-05",
    "name": "No, the bridge is shorter",
    "inLanguage": "en",
    "reviewRating": {
        "@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "False",
    },
    "itemReviewed": {
        "@type": "Claim",
        "author": {"@type": "Person", "name": "Dana Levi"},
        "datePublished": "2024-03-01",
        "firstAppearance": {"@type": "CreativeWork", "url": "https://paper.example/1"},
        "appearance": ["https://paper.example/1", {"url": "https://paper.example/2"}],
    },
}  # fmt: skip
REVIEW = Review(
    claim="The bridge is 300 metres long.",
    claimant="Dana Levi",
    claimed_on="2024-03-01",
    appearances=("https://paper.example/1", "https://paper.example/2"),
    publisher="The Checkers",
    site="checkers.example",
    address="https://www.checkers.example/bridge",
    title="No, the bridge is shorter",
    reviewed_on="2024-03-05",
    rating="False",
    rating_value="1",
    rating_best="5",
    rating_worst="1",
    language="en",
)


def page(*scripts: str, body: str = "", head: str = "") -> bytes:
    written = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f'<!doctype html><html lang="he"><head>{head}{written}</head><body>{body}</body></html>'.encode()


def read(data: bytes | str | Any) -> Reading:
    if isinstance(data, str):
        data = data.encode()
    return read_reviews(data if isinstance(data, bytes) else json.dumps(data).encode(), today=TODAY)


def only(data: bytes | str | Any) -> Item:
    (item,) = read(data).items
    return item


def understood(**changed: Any) -> tuple[Review, list[str]]:
    """Return what is understood of the review with these properties, None for without, and what is noted."""
    item = only({name: value for name, value in {**NODE, **changed}.items() if value is not None})
    assert item.problem is None, item.problem
    return item.reviews[0], [str(note) for note in item.notes]


class TestWhereReviewsLie:
    @pytest.mark.parametrize(
        "data",
        [
            NODE,
            [NODE],
            {"@graph": [{"@type": "WebPage"}, NODE]},
            {"@type": "NewsArticle", "review": {**NODE, "@type": ["Review", "ClaimReview"]}},
            {"dataFeedElement": [{"item": [{"@type": "https://schema.org/ClaimReview", **NODE}]}]},
        ],
    )
    def test_is_found(self, data: Any) -> None:
        assert only(page(json.dumps(data))).reviews == (REVIEW,)
        assert only(data).reviews == (REVIEW,)

    def test_the_object_is_kept_as_it_was_read(self) -> None:
        item = only(page(json.dumps({"@type": "WebPage"}), json.dumps({"@graph": [NODE]})))
        assert (item.raw, item.form) == (NODE, Form.JSON_LD)

    def test_the_same_object_twice_is_one_and_its_order_means_nothing(self) -> None:
        turned = dict(reversed(list(NODE.items())))
        assert len(read(page(json.dumps(NODE), json.dumps(turned))).items) == 1

    def test_several_reviews_of_a_page_are_several(self) -> None:
        other = {**NODE, "claimReviewed": "The bridge is new."}
        assert [item.reviews[0].claim for item in read(page(json.dumps([NODE, other]))).items] == [
            "The bridge is 300 metres long.",
            "The bridge is new.",
        ]

    def test_a_script_that_is_broken_is_told_and_the_others_read(self) -> None:
        reading = read(page('{"@type": "ClaimReview", "claimReviewed": "Half', json.dumps(NODE)))
        assert [item.reviews for item in reading.items] == [(REVIEW,)]
        assert [str(note) for note in reading.notes] == [
            "Script 1 of the page is no JSON that can be read: it goes wrong in line 1."
        ]

    def test_a_page_without_reviews_holds_none(self) -> None:
        assert read(page('{"@type": "NewsArticle"}', "not json at all")) == Reading(())

    def test_an_author_may_be_named_elsewhere_on_the_page(self) -> None:
        graph = [{"@id": "#us", "@type": "Organization", "name": "The Checkers"}, {**NODE, "author": {"@id": "#us"}}]
        assert only(page(json.dumps({"@graph": graph}))).reviews == (REVIEW,)


class TestWhatThePageSays:
    def test_fills_what_the_review_leaves_out(self) -> None:
        bare = {name: NODE[name] for name in ("@type", "claimReviewed")}
        head = '<link rel="canonical" href="https://checkers.example/a"><title>A title</title>'
        (review,) = only(page(json.dumps(bare), head=head)).reviews
        assert (review.address, review.title, review.language) == ("https://checkers.example/a", "A title", "he")
        assert review.publisher == "checkers.example"

    def test_completes_a_relative_address(self) -> None:
        head = '<meta property="og:url" content="https://checkers.example/a/">'
        (review,) = only(page(json.dumps({**NODE, "url": "/b"}), head=head)).reviews
        assert review.address == "https://checkers.example/b"


MICRODATA = """
<div itemscope itemtype="https://schema.org/ClaimReview" itemref="more">
<span itemprop="author" itemscope itemtype="https://schema.org/Organization"><b itemprop="name">The Checkers</b></span>
<a itemprop="url" href="https://www.checkers.example/bridge">here</a> <h1 itemprop="name">No, the bridge is shorter</h1>
<blockquote itemprop="claimReviewed">The bridge is
  300 <i>metres</i> long.</blockquote>
<span itemprop="reviewRating" itemscope itemtype="http://schema.org/Rating"><meta itemprop="ratingValue" content="1">of
<data itemprop="bestRating" value="5">five</data> <meta itemprop="worstRating" content="1">
<b itemprop="alternateName">False</b></span>
<div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Claim"><time itemprop="datePublished"
 datetime="2024-03-01">1 March</time>
<p itemprop="author" itemscope itemtype="https://schema.org/Person"><i itemprop=name>
Dana Levi</i></p> <link itemprop="firstAppearance" href="https://paper.example/1">
<a itemprop="appearance" href="https://paper.example/2">2</a></div>
</div><p id="more"><time itemprop="datePublished" datetime="2024-03-05">5 March</time>
<meta itemprop="inLanguage" content="en"></p>"""
RDFA = """
<div vocab="https://schema.org/" prefix="s: https://schema.org/" typeof="ClaimReview">
<span property="author" typeof="Organization"><b property="name">The Checkers</b></span>
<a property="url" href="https://www.checkers.example/bridge">here</a> <h1 property="name">No, the bridge is shorter</h1>
<blockquote property="s:claimReviewed">The bridge is 300 metres long.</blockquote>
<span property="reviewRating" typeof="s:Rating"><meta property="ratingValue" content="1">
<meta property="bestRating" content="5"><meta property="worstRating" content="1">
<b property="alternateName">False</b></span>
<time property="datePublished" datetime="2024-03-05">5 March</time> <meta property="inLanguage" content="en">
<span property="itemReviewed" resource="#claim"></span>
</div>
<div vocab="https://schema.org/" resource="#claim" typeof="Claim"><meta property="datePublished" content="2024-03-01">
<span property="author" typeof="Person"><i property="name">Dana Levi</i></span>
<a property="firstAppearance" href="https://paper.example/1">1</a>
<a property="appearance" href="https://paper.example/2">2</a></div>"""


class TestOtherSyntaxes:
    @pytest.mark.parametrize(("body", "form"), [(MICRODATA, Form.MICRODATA), (RDFA, Form.RDFA)])
    def test_say_the_same(self, body: str, form: Form) -> None:
        item = only(page(body=body))
        assert (item.form, item.reviews, item.notes) == (form, (REVIEW,), ())

    def test_what_a_page_hides_from_readers_is_read(self) -> None:
        assert only(page(body=f'<div style="display:none">{MICRODATA}</div>')).reviews == (REVIEW,)

    @pytest.mark.parametrize(
        "body",
        [
            """<div id="a" itemscope itemtype="http://schema.org/ClaimReview" itemref="a b">
            <p id="b" itemprop="author about" itemscope itemref="b a"></p></div>""",
            """<div resource="#a" typeof="schema:ClaimReview"><p property="about author" resource="#a"></p>
            <p property="name" resource="#a"></p></div>""",
        ],
    )
    def test_circles_end(self, body: str) -> None:
        (item,) = read(page(body=body)).items
        assert item.reviews == ()
        assert item.problem is not None


class TestFeeds:
    def test_an_item_may_be_a_list_an_object_or_nothing(self) -> None:
        other = {**NODE, "claimReviewed": "The bridge is new."}
        elements: list[Any] = [{"item": [NODE]}, {"item": other}, {"item": []}, {"item": None}, {}, None, "dirt"]
        reading = read({"@type": "DataFeed", "dataFeedElement": elements})
        assert [(item.form, item.reviews[0].claim) for item in reading.items] == [
            (Form.FEED, "The bridge is 300 metres long."),
            (Form.FEED, "The bridge is new."),
        ]
        assert [str(note) for note in reading.notes] == ["Elements of the feed without an item: 5."]

    def test_a_line_may_be_an_object(self) -> None:
        other = {**NODE, "claimReviewed": "The bridge is new."}
        assert len(read(f"{json.dumps({'page': 1, 'jsonld': NODE})}\n{json.dumps(other)}\n").items) == 2


class TestFactCheckTools:
    ANSWER: ClassVar[dict[str, Any]] = {
        "claims": [
            {
                "text": "The bridge is 300 metres long.",
                "claimant": "Dana Levi",
                "claimDate": "2024-03-01T00:00:00Z",
                "claimReview": [
                    {
                        "publisher": {"name": "The Checkers", "site": "checkers.example"},
                        "url": "https://www.checkers.example/bridge",
                        "title": "No, the bridge is shorter",
                        "reviewDate": "2024-03-05T00:00:00Z",
                        "textualRating": "False",
                        "languageCode": "en",
                    },
                    {"publisher": {"site": "others.example"}, "url": "https://others.example/", "textualRating": "No"},
                ],
            }
        ],
        "nextPageToken": "x",
    }
    PAGE: ClassVar[dict[str, Any]] = {
        "name": "pages/1",
        "pageUrl": "https://www.checkers.example/bridge",
        "publishDate": "2024-03-05",
        "claimReviewAuthor": {"name": "The Checkers"},
        "claimReviewMarkups": [
            {
                "claimReviewed": "The bridge is 300 metres long.",
                "claimDate": "2024-03-01",
                "claimLocation": "A speech",
                "claimFirstAppearance": "https://paper.example/1",
                "claimAppearances": ["https://paper.example/2"],
                "claimAuthor": {"name": "Dana Levi", "jobTitle": "Mayor"},
                "rating": {"ratingValue": 1, "bestRating": 5, "worstRating": 1, "textualRating": "False"},
            }
        ],
    }

    def test_each_review_of_a_claim_is_one(self) -> None:
        first, second = read(self.ANSWER).items
        assert first.form is Form.FACT_CHECK_TOOLS
        unsaid = {"appearances": (), "rating_value": None, "rating_best": None, "rating_worst": None}
        assert first.reviews == (Review(**{**REVIEW.__dict__, **unsaid}),)
        assert (second.reviews[0].publisher, second.reviews[0].rating) == ("others.example", "No")
        assert second.raw == {**self.ANSWER["claims"][0], "claimReview": [self.ANSWER["claims"][0]["claimReview"][1]]}

    @pytest.mark.parametrize("wrap", [lambda page: page, lambda page: {"claimReviewMarkupPages": [page]}])
    def test_each_markup_of_a_page_is_one(self, wrap: Any) -> None:
        item = only(wrap(self.PAGE))
        assert item.reviews == (Review(**{**REVIEW.__dict__, "title": None, "language": None}),)
        assert item.raw == self.PAGE

    @pytest.mark.parametrize("data", [{"claims": [{"text": "A", "claimReview": [None, 3, "x"]}]}, {"claims": []}])
    def test_dirt_is_nothing(self, data: Any) -> None:
        assert read(data).items == ()


class TestWhatAReviewSays:
    def test_a_list_of_claims_is_a_review_of_each(self) -> None:
        item = only({**NODE, "claimReviewed": ["The bridge is long.", "The bridge is new.", ""]})
        assert [review.claim for review in item.reviews] == ["The bridge is long.", "The bridge is new."]

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("Singh&#039;s &amp;quot;ideas&amp;quot;", 'Singh\'s "ideas"'),
            ("<p>The <b>bridge</b></p>\n is&nbsp;long", "The bridge is long"),
            ("  \u0000a\u0007 b ", "a b"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ('=HYPERLINK("x")', '=HYPERLINK("x")'),
        ],
    )
    def test_entities_and_formatting_go(self, text: str, plain: str) -> None:
        assert understood(claimReviewed=text)[0].claim == plain

    @pytest.mark.parametrize(
        ("item", "claim"),
        [
            ({"@type": "Claim", "text": "It is long."}, "It is long."),
            ({"@type": "Claim", "name": "It is long."}, "It is long."),
            ([{"@type": "CreativeWork"}, {"@type": "Claim", "description": "It is long."}], "It is long."),
        ],
    )
    def test_a_claim_without_words_takes_those_of_the_item(self, item: Any, claim: str) -> None:
        review, notes = understood(claimReviewed="", itemReviewed=item)
        assert (review.claim, notes) == (claim, ["The claim’s words are those of the item that was reviewed."])

    def test_without_a_claim_it_is_not_understood(self) -> None:
        item = only({**NODE, "claimReviewed": None, "itemReviewed": {"@type": "CreativeWork", "name": "A speech"}})
        assert (item.reviews, str(item.problem)) == ((), "It does not say which claim it reviews.")

    @pytest.mark.parametrize(
        ("author", "name"),
        [
            ("The Checkers", "The Checkers"),
            (["The Checkers"], "The Checkers"),
            ({"@type": "Organization", "url": "https://www.checkers.example/"}, "checkers.example"),
            (
                [{"@type": "Person", "name": "Noa"}, {"@type": "NewsMediaOrganization", "name": "The House"}],
                "The House",
            ),
            ([{"@type": "Person", "name": "Noa"}], "Noa"),
            ({"@type": "Person"}, "checkers.example"),
            (None, "checkers.example"),
        ],
    )
    def test_who_published_it(self, author: Any, name: str) -> None:
        assert understood(author=author)[0].publisher == name

    def test_a_publisher_stands_before_a_person(self) -> None:
        author, publisher = {"@type": "Person", "name": "Noa"}, {"@type": "Organization", "name": "The House"}
        assert understood(author=author, publisher=publisher)[0].publisher == "The House"

    @pytest.mark.parametrize(
        ("author", "name"),
        [
            ("Dana", "Dana"),
            ([{"@type": "Person", "name": "Dana"}, "Noa"], "Dana, Noa"),
            ({"@type": "Person", "sameAs": "https://social.example/dana"}, "social.example"),
            ({"@type": "Person", "name": ""}, None),
        ],
    )
    def test_who_claimed_it(self, author: Any, name: str | None) -> None:
        assert understood(itemReviewed={"@type": "CreativeWork", "author": author})[0].claimant == name

    @pytest.mark.parametrize(
        ("rating", "words", "value", "notes"),
        [
            ({"ratingValue": "", "bestRating": "", "alternateName": "Half true"}, "Half true", None, []),
            ({"ratingValue": "1", "alternateName": ["False", "Falsch"]}, "False", "1", []),
            ({"ratingValue": "Mostly false"}, "Mostly false", None, []),
            ({"ratingValue": 4, "name": "True"}, "True", "4", []),
            ({"ratingValue": 2.5}, None, "2.5", []),
            ("False", "False", None, []),
            (3, None, "3", []),
            ([{}, {"alternateName": "False"}], "False", None, []),
            ({"@type": "Rating"}, None, None, ["It has no rating."]),
            (None, None, None, ["It has no rating."]),
            (
                {"ratingValue": 2, "bestRating": 1, "worstRating": 5, "alternateName": "x"},
                "x",
                "2",
                ["Its scale is inverted: the best is 1 and the worst 5."],
            ),
            (
                {"ratingValue": 9, "bestRating": 5, "worstRating": 1, "alternateName": "x"},
                "x",
                "9",
                ["Its rating 9 is outside its scale, 1 to 5."],
            ),
            (
                {"ratingValue": 1, "bestRating": 1, "worstRating": 1, "alternateName": "x"},
                "x",
                "1",
                ["The two ends of its scale are the same: 1."],
            ),
        ],
    )
    def test_how_it_was_rated(self, rating: Any, words: str | None, value: str | None, notes: list[str]) -> None:
        review, noted = understood(reviewRating=rating)
        assert (review.rating, review.rating_value, noted) == (words, value, notes)

    @pytest.mark.parametrize(
        ("said", "known", "notes"),
        [
            ("20204-08-02", None, ["“20204-08-02” is no date that can be believed; left empty."]),
            ("1/2/2024", "2024", ["“1/2/2024” can be read in two ways; only the year is kept."]),
            ({"@value": "2 בינואר 2024"}, "2024-01-02", []),
            ("", None, []),
        ],
    )
    def test_a_date_that_is_odd_leaves_the_rest(self, said: Any, known: str | None, notes: list[str]) -> None:
        review, noted = understood(datePublished=said)
        assert (review.reviewed_on, noted, review.claim) == (known, notes, REVIEW.claim)

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "data:text/html,x", "C:\\bridge", "http://", "/bridge", "x y"]
    )
    def test_what_is_no_web_address_never_becomes_one(self, address: str) -> None:
        review, notes = understood(url=address, itemReviewed={"@type": "Claim", "appearance": address})
        assert (review.address, review.appearances) == (None, ())
        assert notes == [f"“{address}” is no web address; left empty."]

    def test_what_is_too_long_is_cut_or_refused(self) -> None:
        review, notes = understood(name="x" * 3000)
        assert (len(review.title or ""), notes) == (1000, [f"“{'x' * 60}…” is too long; cut."])
        item = only({**NODE, "claimReviewed": "x" * 5001})
        assert str(item.problem) == "Its claim is longer than 5000 characters."
        assert str(only({**NODE, "text": "x" * 200_001}).problem) == "It is larger than 200000 characters."

    def test_values_of_the_wrong_kind_are_no_values(self) -> None:
        values: list[Any] = [[], {}, [[["x"]]], {"a": {"b": []}}, True, [None], 10**400, {"@type": {"@type": 1}}]
        for wrong in values:
            for name in NODE:
                if name not in ("@type", "@context"):
                    read({**NODE, name: wrong})


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "The file is empty."),
            (b" \n\t ", "The file is empty."),
            (b"just words", "The file is neither a saved page nor JSON."),
            (b'{"@type": "ClaimReview", "claimReviewed": "Half', "This JSON breaks off or goes wrong in line 1"),
            (b"\x89PNG\r\n\x1a\n" + bytes(200), "This is a PNG file."),
            (gzip.compress(b"{}"), "This is a GZIP file."),
            (bytes(range(256)) * 50, "This is no text"),
            (b"[" * 200_000, "lie too deep in each other"),
            (b'{"a":' * 200_000, "lie too deep in each other"),
            (b"<p " + b" ".join(b"a%d=1" % number for number in range(30_000)) + b">", "The page cannot be read."),
            (b"{" + b" " * 64_000_000, "larger than 64 MB"),
            (b"<p>" + b"x" * 16_000_000, "larger than 16 million characters"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_are_refused_with_a_sentence(self, data: bytes, said: str) -> None:
        with pytest.raises(DomainError) as refusal:
            read(data)
        assert said in str(refusal.value)

    def test_a_packed_folder_is_no_page(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("page.html", page(json.dumps(NODE)))
        with pytest.raises(DomainError, match="This is a ZIP file"):
            read(packed.getvalue())

    def test_entities_of_a_page_are_not_multiplied(self) -> None:
        names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 100}">' for n in range(10))
        data = f"<?xml version='1.0'?><!DOCTYPE html [{names}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        item = only(data.encode() + page(json.dumps(NODE), body="&a9;&f;"))
        assert item.reviews[0].claim == REVIEW.claim

    def test_a_page_as_deep_as_can_be_is_read(self) -> None:
        assert read(b"<div>" * 50_000 + page(json.dumps(NODE))).notes == ()

    def test_an_object_too_deep_to_be_kept_is_not_understood(self) -> None:
        deep: Any = "x"
        for _ in range(60):
            deep = [deep]
        item = only({**NODE, "citation": deep})
        assert (item.raw, item.reviews) == ({}, ())
        assert str(item.problem) == "Its lists and objects lie too deep in each other."

    @pytest.mark.parametrize("charset", ["windows-1255", "utf-8", "utf-16", "utf-8-sig"])
    def test_other_encodings_are_read(self, charset: str) -> None:
        node = {**NODE, "claimReviewed": "הגשר ארוך מאוד, לפי דבריו של ראש העיר."}
        text = page(json.dumps(node, ensure_ascii=False), head=f'<meta charset="{charset}">').decode()
        assert only(text.encode(charset)).reviews[0].claim == node["claimReviewed"]

    def test_halves_of_pairs_come_out_as_text(self) -> None:
        assert only(b'{"@type": "ClaimReview", "claimReviewed": "a \\ud800 b"}').reviews[0].claim == "a b"

    def test_a_large_feed_takes_memory_in_proportion(self) -> None:
        feed = {"dataFeedElement": [{"item": [{**NODE, "claimReviewed": f"Claim {n}"}]} for n in range(300)]}
        data = json.dumps(feed).encode()
        tracemalloc.start()
        assert len(read(data).items) == 300
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 15 * len(data)


def test_the_shared_pages_give_what_they_hold() -> None:
    if not PAGES.is_dir():
        pytest.skip("the shared pages are not on this machine: nothing was compared with them")
    lines = (PAGES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected: dict[str, list[Any]] = {}
    for line in lines:
        row = json.loads(line)
        expected.setdefault(row["page"], []).append(row["jsonld"])
    found = {path.name: [item.raw for item in read(path.read_bytes()).items] for path in sorted(PAGES.glob("*.html"))}
    assert {name: raws for name, raws in found.items() if raws} == expected
    assert len(found) >= len(expected)
