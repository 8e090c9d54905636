"""Who and what the generated desk has besides claims: people, articles, sources."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.words import statements
from claims_app.articles.model import SecondCheck
from claims_app.people.model import Role, Theme
from claims_app.sources.model import SourceKind

Row = dict[str, Any]

IN_ARTICLE = 40
"""Claims of one article."""
FIRST = datetime(2024, 1, 1, 6, tzinfo=UTC)
SPAN = timedelta(days=1000)
"""The claims were opened one after another, evenly, over this time."""

NAMES = (
    ("Noa Admin", Role.ADMIN),
    ("דנה לוי", Role.EDITOR),
    ("Eli Stern", Role.EDITOR),
    ("יוסי כהן", Role.CHECKER),
    ("Maya Green", Role.CHECKER),
    ("רות ברק", Role.CHECKER),
    ("Adam Katz", Role.CHECKER),
    ("סמיר חדאד", Role.CHECKER),
    ("Lea Roth", Role.CHECKER),
    ("עומר שלו", Role.CHECKER),
    ("Guest Reader", Role.READER),
    ("קורא אורח", Role.READER),
)
CHECKERS = range(2, 11)
"""The numbers of the people who check: editors and checkers."""


def people_rows() -> list[Row]:
    """Return the twelve people; the first is the administrator."""
    return [
        {
            "id": number,
            "email": f"person{number}@desk.test",
            "name": name,
            "role": role,
            "password_hash": None,
            "session_key": hashlib.sha256(name.encode()).hexdigest()[:32],
            "language": "he",
            "theme": Theme.AUTO,
            "has_shortcuts": True,
            "is_active": True,
            "revision": 1,
            "created_at": FIRST - timedelta(days=30),
        }
        for number, (name, role) in enumerate(NAMES, start=1)
    ]


def claimant_rows() -> list[Row]:
    """Return the forty claimants."""
    return [{"id": number, "name": f"Speaker {number}", "created_at": FIRST} for number in range(1, 41)]


def article_rows(rng: Random, articles: int) -> Iterator[dict[str, list[Row]]]:
    """Yield each article with its version and its three links, by table."""
    for number in range(1, articles + 1):
        created = FIRST + SPAN * (number / articles) - timedelta(days=2)
        is_hebrew = rng.random() < 0.6
        text = "\n\n".join(" ".join(part for part in statements(rng, str(line), None)[:2] if part) for line in range(8))
        article = {
            "id": number,
            "origin_key": None,
            "title_he": f"כתבה {number} על מה שנספר" if is_hebrew else None,
            "title_en": None if is_hebrew else f"Article {number} on what was counted",
            "outlet": "The Desk Daily",
            "byline": NAMES[number % 12][0],
            "language": "he" if is_hebrew else "en",
            "address": f"https://daily.example/articles/{number}",
            "published_on": created.date().isoformat(),
            "deadline_at": created + timedelta(days=9) if rng.random() < 0.5 else None,
            "second_check": rng.choices(list(SecondCheck), (50, 35, 15))[0],
            "notes": None,
            "next_number": IN_ARTICLE + 1,
            "revision": 1,
            "created_at": created,
            "withdrawn_at": None,
        }
        version = {
            "id": number,
            "article_id": number,
            "number": 1,
            "text": text,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "note": None,
            "created_at": created,
        }
        links = [
            {
                "id": number * 3 + at,
                "article_id": number,
                "position": at,
                "address": f"https://cited.example/{number}/{at}",
                "note": None,
                "created_at": created,
                "withdrawn_at": None,
            }
            for at in range(3)
        ]
        yield {"article": [article], "article_version": [version], "citation": links}


def source_rows(rng: Random, sources: int) -> Iterator[Row]:
    """Yield the sources; a tenth have no address."""
    kinds = list(SourceKind)
    for number in range(1, sources + 1):
        yield {
            "id": number,
            "kind": rng.choice(kinds),
            "title": f"Yearbook {1990 + number % 36}, table {number}" if number % 3 else f"דוח מספר {number}",
            "has_composed_title": False,
            "address": None if number % 10 == 0 else f"https://records.example/{number}",
            "publisher": f"Publisher {number % 200}",
            "published_on": f"20{10 + number % 15}",
            "notes": None,
            "revision": 1,
            "created_at": FIRST + SPAN * (number / sources),
            "withdrawn_at": None,
        }
