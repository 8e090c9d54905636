"""Forms for bringing a text in: what to read it from, what was read, and what is known about the article."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import HiddenField

from claims_app.articles.forms import ArticleForm
from claims_app.articles.service import File
from claims_app.intake.reading import Reading
from claims_app.web.forms import DeskForm, RevisionField, choice, line, paragraph
from claims_app.web.seals import seal, unseal

MOST_WORDS = 500_000
"""Longest text of an article, in characters."""
_SEAL = "original"


class BringForm(DeskForm):
    """What an article, or a new version of one, is read from: one of the three."""

    address = line("Address", most=4000, render_kw={"type": "url", "dir": "ltr"})
    text = paragraph("Pasted text", most=MOST_WORDS)
    language = choice("Language of the text", "language", ["he", "en"], empty="As its letters say")


@dataclass(frozen=True)
class Row:
    """A paragraph as it was read, beside the lines it was put together from."""

    text: str
    #: Each line as the file has it, and whether its order is unsure.
    original: Sequence[tuple[str, bool]]

    @property
    def is_unsure(self) -> bool:
        return any(is_unsure for _line, is_unsure in self.original)


UNSURE, SURE = "? ", "  "
"""What a line of an original begins with on its way through the form."""


class TextForm(DeskForm):
    """A text to be looked over and saved, with the file that it came from."""

    text = paragraph("Text", help="A blank line between paragraphs.", most=MOST_WORDS)
    note = line("Note", help="What is different from the version before, or where the text is from.")
    file = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts, originals = request.form.getlist("paragraph"), request.form.getlist("original")
        #: The paragraphs beside what they were read from. Empty: the text needs no such look.
        self.rows = [
            Row(text, [(each[2:], each.startswith(UNSURE)) for each in original.splitlines()])
            for text, original in zip(texts, [*originals, *[""] * len(texts)], strict=False)
        ]
        if self.rows:
            self.text.data = "\n\n".join(row.text for row in self.rows)

    def show(self, reading: Reading, file: str | None) -> None:
        """Have the form hold what was read; lines whose order had to be found stand beside it."""
        self.text.data = reading.text
        self.file.data = file
        if any(one.lines for one in reading.paragraphs):
            self.rows = [
                Row(one.text, [(each.original, each.is_unsure) for each in one.lines]) for one in reading.paragraphs
            ]

    @property
    def unsure(self) -> int:
        """How many lines a person should look at."""
        return sum(is_unsure for row in self.rows for _line, is_unsure in row.original)

    @property
    def kept_file(self) -> File | None:
        """The file that the text was read from; a seal that is not the desk's raises ``DomainError``."""
        return File(**unseal(_SEAL, self.file.data)) if self.file.data else None


class NewArticleForm(TextForm, ArticleForm):
    @property
    def links(self) -> list[str]:
        """The links of the text that are to be kept as the article's cited links."""
        return request.form.getlist("link")


class VersionForm(TextForm):
    #: The number of the version that the new text was made from.
    seen = RevisionField()


def seal_file(file: File) -> str:
    """Return what the form carries of a file that waits to be saved."""
    return seal(_SEAL, {name: getattr(file, name) for name in ("sha256", "size", "name", "media_type", "address")})
