"""How well and how fast earlier checks are found beside a claim.

``python -m benchmarks.earlier`` prints MAP@5 on the tweets of CLEF CheckThat! 2020, task 2, and the claims that they
repeat, beside a plain BM25 over claim and title, where ``../shared/data/claim-matching`` lies beside the checkout;
then, with made-up checks, what bringing them in costs, and what a claim's page pays for the block.
"""

import argparse
import csv
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.words import FREQUENT, RARE, english, hebrew
from claims_app.claimreview.finding import Form
from claims_app.claimreview.reading import Item, Reading, digest_of
from claims_app.claimreview.review import Review
from claims_app.db import open_engine, open_sessions, writing
from claims_app.earlier.queries import find_like, list_checks, rank_like
from claims_app.earlier.service import File, import_reviews
from claims_app.folding import fold_query
from claims_app.schema import upgrade

MATCHING = Path(__file__).resolve().parents[2] / "shared" / "data" / "claim-matching"
PARTS = {"train": "v3.0/train", "dev": "v3.0/dev", "test": "test"}
CALLS = 200


@dataclass(frozen=True)
class Queries:
    """Texts by their number, and the numbers of the claims that each repeats."""

    texts: Mapping[str, str]
    right: Mapping[str, frozenset[str]]


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t"))[1:]


def read_queries(folder: Path) -> Queries:
    right: dict[str, frozenset[str]] = {}
    for line in (folder / "tweet-vclaim-pairs.qrels").read_text(encoding="utf-8").splitlines():
        query, _, claim, _ = line.split()
        right[query] = right.get(query, frozenset()) | {claim}
    return Queries({row[0]: row[1] for row in read_rows(folder / "tweets.queries.tsv")}, right)


def mean_precision(queries: Queries, rank: Callable[[str], Sequence[str]], most: int = 5) -> float:
    """Return MAP@5: the mean of each query's average precision among the first five."""
    found = []
    for number, right in queries.right.items():
        hits, total = 0, 0.0
        for place, claim in enumerate(rank(queries.texts[number])[:most], start=1):
            if claim in right:
                hits += 1
                total += hits / place
        found.append(total / min(len(right), most))
    return statistics.fmean(found)


@contextmanager
def desk() -> Iterator[Session]:
    """Open a desk that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder) / "claims.db", foreign_keys=False)
        upgrade(engine)
        with open_sessions(engine)() as session:
            yield session
        engine.dispose()


def bring_in(session: Session, reviews: Sequence[Review]) -> None:
    items = []
    for number, review in enumerate(reviews):
        raw = {"@type": "ClaimReview", "claimReviewed": review.claim, "name": review.title, "identifier": number}
        items.append(Item(Form.FEED, raw, digest_of(raw), (review,), None, ()))
    with writing(session):
        import_reviews(session, actor=None, files=[File("made-up.json", Reading(tuple(items)))])


def plain_bm25(claims: Sequence[tuple[str, str, str]]) -> Callable[[str], list[str]]:
    """Return the yardstick: SQLite's own BM25 over all words of claim and title, each word of the query as it is."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE plain USING fts5(words)")
    connection.executemany(
        "INSERT INTO plain (rowid, words) VALUES (?, ?)",
        [(row, f"{claim} {title}") for row, (_number, claim, title) in enumerate(claims, start=1)],
    )

    def rank(text: str) -> list[str]:
        query = " OR ".join(f'"{word}"' for word in fold_query(text, most=200))
        rows = connection.execute("SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT 5", (query,))
        return [claims[row - 1][0] for (row,) in rows]

    return rank


def measure_rightness(data: Path) -> None:
    if not data.is_dir():
        print(f"MAP@5 was not measured: there is no {data}; --data names the folder.\n")
        return
    claims = [(row[0], row[1], row[2]) for row in read_rows(data / "v3.0" / "verified_claims.docs.tsv")]
    plain = plain_bm25(claims)
    with desk() as session:
        bring_in(
            session,
            # The set has some claims twice, which its answers tell apart: here each is a page of its own.
            [Review(claim, title=title, address=f"https://example.org/{number}") for number, claim, title in claims],
        )

        def rank(text: str) -> list[str]:
            return [claims[like.check.id - 1][0] for like in rank_like(session, text)]

        print(f"MAP@5 over {len(claims):,} claims\n\n| part | queries | desk | plain BM25 |\n|---|---|---|---|")
        for name, folder in PARTS.items():
            queries = read_queries(data / folder)
            ours, theirs = mean_precision(queries, rank), mean_precision(queries, plain)
            print(f"| {name} | {len(queries.right)} | {ours:.3f} | {theirs:.3f} |")
        shown = right = found = asked = 0
        queries = read_queries(data / PARTS["dev"])
        for number, wanted in queries.right.items():
            beside = [claims[check.id - 1][0] for check in find_like(session, queries.texts[number])]
            asked, shown = asked + 1, shown + len(beside)
            right, found = right + len(wanted & set(beside)), found + bool(wanted & set(beside))
        print(
            f"\nShown beside a claim (dev): {shown / asked:.2f} checks; {right / max(shown, 1):.0%} of them are right,"
        )
        print(f"and {found / asked:.0%} of the claims have the right one beside them.\n")


def make_up(number: int) -> Iterator[Review]:
    chance = random.Random(number)
    for place in range(number):
        write = hebrew if place % 3 == 0 else english
        claim, title = (" ".join(write(chance, f"{chance.randrange(90_000):,}")) for _ in range(2))
        yield Review(
            claim=claim,
            title=title,
            publisher=f"Checkers {place % 40}",
            address=f"https://checkers{place % 40}.example/{place}",
            reviewed_on=date.fromordinal(735_000 + place % 4000).isoformat(),
            rating="False",
        )


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def quantiles(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"{ordered[len(ordered) // 2]:.1f} / {ordered[int(len(ordered) * 0.95)]:.1f}"


def measure_speed(number: int) -> None:
    reviews = list(make_up(number))
    with desk() as session:
        took = timed(lambda: bring_in(session, reviews)) / 1000
        again = timed(lambda: bring_in(session, reviews)) / 1000
        session.expunge_all()
        asked = [review.claim for review in random.Random(1).choices(reviews, k=CALLS)]
        like = [timed(lambda claim=claim: find_like(session, claim)) for claim in asked]  # type: ignore[misc]
        listed = [timed(lambda: list_checks(session)) for _ in range(20)]
        frequent = [timed(lambda: list_checks(session, text=FREQUENT)) for _ in range(20)]
        rare = [timed(lambda: list_checks(session, text=RARE)) for _ in range(20)]
    print(
        f"| {number:,} | {number / took:,.0f} | {number / again:,.0f} | {quantiles(like)} | {quantiles(listed)} |"
        f" {quantiles(frequent)} | {quantiles(rare)} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, nargs="*", default=[10_000, 100_000], help="how many made-up checks")
    parser.add_argument("--data", type=Path, default=MATCHING, help="folder of claim-matching")
    chosen = parser.parse_args()
    measure_rightness(chosen.data)
    print("Milliseconds, p50 / p95\n")
    print("| checks | brought in a second | again, a second | beside a claim | list | frequent word | rare word |")
    print("|---|---|---|---|---|---|---|")
    for number in chosen.checks:
        measure_speed(number)


if __name__ == "__main__":
    main()
