"""Plain text, from a file or pasted: lines to paragraphs, scrambled Hebrew put in order."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from claims_app.intake.reading import Line, Paragraph, Reading
from claims_app.intake.scrambled import MENDED, TURNED, is_scrambled, is_visual, turn, unscramble
from claims_app.intake.tidy import collapse, group_wrapped, is_spaced_out, main_language, split_lines, tidy
from claims_app.language import lazy

_ADDRESS = re.compile(r"https?://[^\s<>\"'”“]+")
_MONTHS = ["ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"]
_PUBLISHED = re.compile(rf"פורסם ב([^,]{{2,40}}), (?:בתאריך |ב-?)?(\d{{1,2}}) ב({'|'.join(_MONTHS)}),? (\d{{4}})\.?")

_ADDRESSES = lazy("Web addresses that stood between the lines of the text were taken out and kept as links.").message


def read_plain(text: str, *, language: str | None) -> Reading:
    """Return plain text as an article: broken lines joined, scrambled Hebrew put in order, its paragraphs tidy."""
    lines = [line for line in split_lines(text) if line.strip(" ")]
    notes: tuple[str, ...] = ()
    if is_visual(lines):
        repaired, notes = turn(split_lines(text)), (TURNED,)
    elif is_scrambled(lines):
        repaired, notes = unscramble(lines), (MENDED,)
    elif is_spaced_out(split_lines(text)):
        repaired = [Line(line, collapse(line)) for line in lines]
    else:
        paragraphs = tuple(Paragraph(part) for part in tidy(text).split("\n\n") if part)
        return _plain(paragraphs, language, links=_addresses([text]), notes=())
    kept = [line for line in repaired if not _is_address(line.text)]
    taken = [line.text for line in repaired if _is_address(line.text)]
    return _plain(
        tuple(_joined(kept, keep_lines=bool(notes))),
        language,
        links=_addresses(line.text for line in repaired),
        notes=(*notes, *([_ADDRESSES] if taken else [])),
    )


def _plain(
    paragraphs: tuple[Paragraph, ...], language: str | None, *, links: tuple[str, ...], notes: tuple[str, ...]
) -> Reading:
    outlet, published_on = _published(paragraphs[-1].text) if paragraphs else (None, None)
    return Reading(
        paragraphs,
        language or main_language("".join(paragraph.text for paragraph in paragraphs)),
        title=_title(paragraphs),
        outlet=outlet,
        published_on=published_on,
        links=links,
        notes=notes,
    )


def _joined(lines: Sequence[Line], *, keep_lines: bool) -> list[Paragraph]:
    """Return the paragraphs of lines that were broken for want of room."""
    blank_parted = [list(group) for has_words, group in groupby(lines, key=lambda line: bool(line.text)) if has_words]
    paragraphs = []
    for block in blank_parted:
        for group in group_wrapped([line.text for line in block]):
            mine = tuple(block[at] for at in group)
            needs_look = keep_lines and any(line.text != collapse(line.original) for line in mine)
            paragraphs.append(Paragraph(tidy(" ".join(line.text for line in mine)), mine if needs_look else ()))
    return paragraphs


def _title(paragraphs: Sequence[Paragraph]) -> str | None:
    """Return the first paragraph where it reads as a heading: short, no full stop, and more text below."""
    if len(paragraphs) < 2:
        return None
    first = paragraphs[0].text
    is_heading = len(first) <= 150 and first[-1] not in ".,;:" and not _is_address(first)
    return first if is_heading and max(len(paragraph.text) for paragraph in paragraphs[1:]) > len(first) else None


def _published(last: str) -> tuple[str | None, str | None]:
    """Return where and when an article says, in its last line, that it was published."""
    found = _PUBLISHED.fullmatch(last)
    if found is None:
        return None, None
    try:
        day = date(int(found[4]), _MONTHS.index(found[3]) + 1, int(found[2]))
    except ValueError:
        return found[1], None
    return found[1], day.isoformat()


def _addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the web addresses in texts, in order, each once, without the marks of the sentence around them."""
    found = []
    for address in (address for text in texts for address in _ADDRESS.findall(text)):
        bare = address.rstrip(".,;:!?")
        found.append(bare if "(" in bare else bare.split(")")[0])
    return tuple(dict.fromkeys(found))


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None
