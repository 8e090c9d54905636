"""Two articles of our own, with figures, names, quotations and sentences that are like each other."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent

HEBREW = (_FOLDER / "article-he.txt").read_text("utf-8")
ENGLISH = (_FOLDER / "article-en.txt").read_text("utf-8")
