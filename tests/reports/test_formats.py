"""The same facts, whatever the file."""

import csv
import io
import json
from typing import Any

import html5lib

from claims_app import words as words_of_records
from claims_app.articles.model import Article
from claims_app.reports.as_csv import write_csv
from claims_app.reports.as_html import write_html
from claims_app.reports.as_json import write_json
from claims_app.reports.facts import Report
from tests.reports.conftest import Gather
from tests.reports.test_as_html import classed, without_style, words

Facts = dict[int, tuple[Any, ...]]


def from_json(report: Report) -> Facts:
    return {
        claim["number"]: (
            {claim["statement_en"], claim["statement_he"]} - {None},
            claim["status"],
            claim["verdict"] and claim["verdict"]["finding"],
            {text for text in ((claim["verdict"] or {}).get(f"rationale_{code}") for code in ("he", "en")) if text},
            [query["text"] for query in claim["queries"]],
            [
                (item["title"], item["address"], item["summary"], item["stance"], item["match"])
                for item in claim["evidence"]
            ],
        )
        for claim in json.loads(write_json(report))["claims"]
    }


def from_csv(report: Report) -> Facts:
    facts: Facts = {}
    for row in csv.DictReader(io.StringIO(write_csv(report).decode("utf-8-sig"), newline="")):
        queries = row["Answered queries"].split("\n")[:1] + row["Open queries"].split("\n\n")
        claim = facts.setdefault(
            int(row["Number"]),
            (
                {row["Statement in English"], row["Statement in Hebrew"]} - {""},
                WORDS[row["Status"]],
                WORDS[row["Finding"]] if row["Finding"] else None,
                {row["Rationale in English"], row["Rationale in Hebrew"]} - {""},
                [query for query in queries if query],
                [],
            ),
        )
        if row["Evidence no."]:
            source = (row["Source: Title"], row["Source: Address"] or None, row["Summary"])
            claim[5].append((*source, row["Stance"].lower(), MATCHES.get(row["Match with the article"])))
    return facts


MATCHES = {english: match for match, english in words_of_records.WORDS["match"].items()}
WORDS = {
    "Awaiting second check": "awaiting",
    **{word.title(): word for word in ("verified", "partly", "disputed", "checking", "unchecked")},
}


def from_html(report: Report) -> Facts:
    root = html5lib.parse(
        without_style(write_html(report, zone="Asia/Jerusalem").decode("utf-8")), namespaceHTMLElements=False
    )
    facts: Facts = {}
    for item in classed(root, "item"):
        said = [words(element) for element in item.iter() if element.get("lang")]
        status = classed(item, "st")[0].get("class", "")
        number_of_statements = 2 if item[1][1].get("lang") else 1
        verdict = next((line for line in map(words, classed(item, "parts")) if "Second check" in line), None)
        facts[int(item.get("id", "").removeprefix("claim-"))] = (
            set(said[:number_of_statements]),
            status.removeprefix("st s-"),
            WORDS[verdict.split(": ")[1].split(",")[0]] if verdict else None,
            set(said[number_of_statements:]),
            [words(element.find("bdi")) for element in reversed(classed(item, "query"))],
            [_evidence(element) for element in item.iter("li")],
        )
    return facts


def _evidence(item: Any) -> tuple[Any, ...]:
    link = next((words(link) for link in item.iter("a") if not link.get("href", "").startswith("#")), None)
    match = next((MATCHES[words(element)] for element in classed(item, "match")), None)
    summary = next(words(line) for line in item.findall("p") if line.get("dir") == "auto")
    title = classed(item, "title")[0].find("bdi")
    return (words(title), link, summary, words(classed(item, "st")[0]).lower(), match)


def warnings_of(report: Report) -> dict[str, dict[int, tuple[bool, bool]]]:
    """Return for each file whether a claim is said to be stale, and to be lost."""
    root = html5lib.parse(
        without_style(write_html(report, zone="Asia/Jerusalem").decode("utf-8")), namespaceHTMLElements=False
    )
    return {
        "json": {
            claim["number"]: (claim["is_stale"], claim["place"] == "lost")
            for claim in json.loads(write_json(report))["claims"]
        },
        "csv": {
            int(row["Number"]): (row["Words changed"] == "Yes", row["Place in the text"] == "Lost from the text")
            for row in csv.DictReader(io.StringIO(write_csv(report).decode("utf-8-sig"), newline=""))
        },
        "html": {
            int(item.get("id", "").removeprefix("claim-")): (
                bool(classed(item[1][0], "stale")),
                bool(classed(item[1][0], "lost")),
            )
            for item in classed(root, "item")
        },
    }


def test_a_verdict_that_does_not_hold_is_plain_in_every_file(marked: Article, gather: Gather) -> None:
    expected = {1: (True, False), 2: (False, False), 3: (False, False), 4: (False, True), 5: (False, False)}
    assert warnings_of(gather(marked)) == dict.fromkeys(("json", "csv", "html"), expected)


def test_the_three_files_tell_the_same(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    facts = from_json(report)
    assert [facts[number][1] for number in facts] == [claim.status for claim in report.claims]
    assert len(facts[1][5]) == 2
    assert from_csv(report) == facts
    assert from_html(report) == facts
