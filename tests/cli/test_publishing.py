"""Public checks from the command line: what is written, what is left out, and a scale that cannot be used."""

import json
from pathlib import Path

from claims_app.claims.model import ClaimantKind
from tests.cli.command import Desk
from tests.factories import Factory

PUBLIC = {"public_address": "https://checks.example.org", "name_en": "The desk", "name_he": "הדסק"}


def publish(desk: Desk) -> Path:
    """Publish one check of an article with three claims."""
    with desk.session() as session:
        make = Factory(session)
        article = make.article(language="en")
        claim = make.attributed(article, same_as=None)
        make.attributed(article, claimant="A rumour", kind=ClaimantKind.UNNAMED)
        make.attributed(article, claimant="The ministry", kind=ClaimantKind.ORGANISATION)
        make.check(claim)
    return desk.data


def test_what_is_public_is_written_and_the_rest_is_named(empty: Desk, tmp_path: Path) -> None:
    publish(empty)
    result = empty.claims("claimreview", "1", **PUBLIC)
    assert result.exit_code == 0
    assert [review["inLanguage"] for review in json.loads(result.stdout)] == ["en", "he"]
    assert result.stderr.splitlines() == [
        "Claim 1, advice: No page tells who the claimant is; name one on the claimant's page.",
        "Claim 2, left out: Its claimant is nobody who is named: a review has to say whose it is.",
        "Claim 3, left out: It has no public page; an editor publishes it.",
    ]
    out = tmp_path / "pages.json"
    empty.did("claimreview", "1", "--claim", "1", "--form", "pages", "--out", str(out), **PUBLIC)
    assert json.loads(out.read_text())[0]["pageUrl"] == "https://checks.example.org/checks/1"
    assert empty.refused("claimreview", "1", "--out", str(out), **PUBLIC).endswith("--force overwrites it.")
    assert json.loads(empty.did("claimreview", "1", "--form", "feed", **PUBLIC))["@type"] == "DataFeed"


def test_it_says_so_to_programs_too(empty: Desk) -> None:
    publish(empty)
    result = empty.claims("claimreview", "1", "--claim", "2", "--json", **PUBLIC)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["written"] == []
    assert [(one["rule"], one["is_error"]) for one in told["claims"][0]["problems"]] == [("origin", True)]


def test_what_cannot_be_written_is_refused(empty: Desk, tmp_path: Path) -> None:
    publish(empty)
    assert empty.refused("claimreview", "1").endswith("whoever runs it sets CLAIMS_PUBLIC_ADDRESS.")
    assert empty.refused("claimreview", "9", **PUBLIC) == "There is no article 9."
    assert empty.refused("claimreview", "1", "--claim", "9", **PUBLIC) == "The article has no claim 9."
    scale = tmp_path / "scale.json"
    scale.write_text('{"worst": 1, "best": 1, "ratings": {}}')
    said = empty.refused("status", scale=str(scale))
    assert said == f"CLAIMS_SCALE, {scale}: 'best' has to be greater than 'worst'."
