"""What reading a file or a page brings: paragraphs of plain text, and what is known about the article."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the file has it, beside what was read out of it."""

    original: str
    text: str
    #: The order of its words was put right, and may still be wrong.
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph in logical order; ``lines`` is what it was put together from, empty where that needs no look."""

    text: str
    lines: tuple[Line, ...] = ()

    @property
    def is_unsure(self) -> bool:
        return any(line.is_unsure for line in self.lines)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as a file or a page gives it; None and empty: the source does not say."""

    paragraphs: tuple[Paragraph, ...]
    #: ``he`` or ``en``: what most of its letters are.
    language: str
    title: str | None = None
    byline: str | None = None
    outlet: str | None = None
    #: ISO text as fine as it is known.
    published_on: str | None = None
    address: str | None = None
    #: Web addresses that the text links to, in order, each once.
    links: tuple[str, ...] = ()
    #: What a person should know before saving, as messages of the catalogue.
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text as it is stored: its paragraphs, a blank line between them."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def unsure(self) -> int:
        """How many lines a person should look at."""
        return sum(line.is_unsure for paragraph in self.paragraphs for line in paragraph.lines)
