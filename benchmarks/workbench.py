"""Measures opening the workbench, in process: ``python -m benchmarks.workbench [--rounds 15]``.

Articles of 1,250 to 10,000 words with three claims for each hundred, 150 at 5,000; every tenth place lies over its
neighbour. "Gather" is the database and the segments, "page" the whole answer, signed in, in Hebrew. Each length is
opened in turn, round by round, and the quickest round counts, so that a busy machine disturbs all lengths alike.
Growth is the time per word over that of the shortest text: above 1.0 the time grows faster than the text.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask import session as kept
from sqlalchemy.orm import Session

from claims_app.anchors.service import open_claim_at
from claims_app.app import create_app
from claims_app.articles.service import add_article
from claims_app.config import Settings
from claims_app.db import open_engine, open_sessions, writing
from claims_app.desk.workbench import gather_workbench
from claims_app.people.model import Person, Role
from claims_app.people.service import add_person
from claims_app.people.session import let_in
from claims_app.schema import upgrade

LENGTHS = (1_250, 2_500, 5_000, 10_000)
WORDS_A_CLAIM = 100 / 3
PARAGRAPH = 60
_WORDS = (
    "הנמל העיר הגשר הדוח השנה שקל מכולות עובדים משאיות לפי אמר נפתח נסגר ירד עלה מאז אחרי לפני אותה חברת המשרד",
    "הקרן הרציף המכרז החוזה תשלום מספר בלבד יותר פחות NorthQuay Ltd 🚢",
)


def make_text(words: int) -> str:
    """Return a text of so many words: sentences of ten, each with a figure, in paragraphs of sixty words."""
    known = " ".join(_WORDS).split()
    chance = random.Random(words)
    paragraphs = []
    for _ in range(words // PARAGRAPH):
        sentences = []
        for _ in range(PARAGRAPH // 10):
            said = chance.choices(known, k=9)
            said.insert(chance.randrange(9), f"{chance.randrange(2, 9000):,}")
            sentences.append(" ".join(said) + ".")
        paragraphs.append(" ".join(sentences))
    return "\n\n".join(paragraphs)


def fill(session: Session, actor: Person, words: int) -> int:
    """Bring in an article of so many words with its claims; return its number."""
    text = make_text(words)
    article = add_article(session, actor=actor, title_he=f"{words} מילים", language="he", text=text)
    wanted = round(words / WORDS_A_CLAIM)
    step = len(text) // wanted
    for at in range(wanted):
        begins = at * step
        ends = min(len(text), begins + (step + 12 if at % 10 == 0 else step // 2))
        open_claim_at(
            session,
            actor=actor,
            article_id=article.id,
            begins=begins,
            ends=ends,
            statement_he=f"טענה {at}",
            section=f"חלק {at // 20}",
        )
    return article.id


def sign_in(app: Flask, person: Person) -> Callable[[str], int]:
    """Return what opens a page for a person and says how many bytes came."""
    client = app.test_client()
    with app.test_request_context():
        let_in(person)
        values = dict(kept)
    with client.session_transaction() as kept_there:
        kept_there.update(values)

    def read(address: str) -> int:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        return len(answer.data)

    return read


def measure(rounds: int, data: Path) -> None:
    """Print the quickest of ``rounds`` for each length."""
    engine = open_engine(data / "claims.db", foreign_keys=False)
    upgrade(engine)
    engine.dispose()
    engine = open_engine(data / "claims.db")
    sessions = open_sessions(engine)
    with sessions() as session, writing(session):
        actor = add_person(session, actor=None, email="a@example.org", name="A", role=Role.EDITOR, language="he")
        articles = {words: fill(session, actor, words) for words in LENGTHS}
        session.flush()
        read = sign_in(create_app(Settings(data=data), engine), actor)
    best: dict[tuple[str, int], float] = {}
    sizes: dict[int, int] = {}
    for _ in range(rounds):
        for words, article_id in articles.items():
            with sessions() as session:
                begun = time.perf_counter()
                gather_workbench(session, article_id)
                spent = time.perf_counter() - begun
            best["gather", words] = min(spent, best.get(("gather", words), spent))
            begun = time.perf_counter()
            sizes[words] = read(f"/articles/{article_id}/text")
            spent = time.perf_counter() - begun
            best["page", words] = min(spent, best.get(("page", words), spent))
    print(f"{'words':>7} {'claims':>7} {'gather ms':>10} {'page ms':>9} {'growth':>7} {'bytes':>9}")
    first = best["page", LENGTHS[0]] / LENGTHS[0]
    for words in LENGTHS:
        gathered, page = best["gather", words], best["page", words]
        claims = round(words / WORDS_A_CLAIM)
        times = f"{gathered * 1000:>10.1f} {page * 1000:>9.1f} {page / words / first:>7.2f}"
        print(f"{words:>7,} {claims:>7} {times} {sizes[words]:>9,}")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments.rounds, Path(folder))


if __name__ == "__main__":
    main()
