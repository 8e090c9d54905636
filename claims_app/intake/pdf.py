"""PDF files -> paragraphs in logical order.

A PDF says where each letter stands and not which comes first: lines are built from the places of the letters, and each
is put into the order of reading. Vowel points do not survive this and are left out.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NamedTuple

from claims_app.errors import DomainError
from claims_app.intake.reading import Line, Paragraph, Reading

SECONDS = 60
"""No file may take longer; five hundred full pages take a sixth of it."""

_ROOT = Path(__file__).resolve().parent.parent.parent
# Each reader may take a gigabyte for the moment: two at a time, and the others wait.
_turns = BoundedSemaphore(2)


class _Refusal(NamedTuple):
    message: str
    values: dict[str, Any]


def read_pdf(data: bytes, *, language: str | None = None) -> Reading:
    """Return the text of a PDF file; one that cannot be read raises ``DomainError`` saying what to do.

    ``language`` says which way its lines run where that is known; else most of its letters tell.
    """
    if not data:
        raise DomainError("This PDF is empty. Save or download it again, or paste the text.")
    if b"%PDF" not in data[:1024]:
        raise DomainError("This is not a PDF, whatever its name says. Send the PDF itself, or paste the text.")
    with _turns:
        answer = _ask(data, language)
    if "refusal" in answer:
        error = _Refusal(**answer["refusal"])
        raise DomainError(error.message, **error.values)
    return _reading(answer["reading"])


def _ask(data: bytes, language: str | None) -> dict[str, Any]:
    command = [sys.executable, "-m", "claims_app.intake.pdf_worker", *([language] if language else [])]
    # What a hostile file may make of the library, it does without the desk's secrets.
    surroundings = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    surroundings["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *sys.path])
    try:
        # The command is the desk's own; the file is only its input.
        done = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, check=True, timeout=SECONDS, env=surroundings
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise DomainError(
            "This PDF takes too much time or memory to read. Send only the pages of the article, or paste the text."
        ) from None
    return answer


def _reading(fields: dict[str, Any]) -> Reading:
    paragraphs = tuple(
        Paragraph(each["text"], tuple(Line(**line) for line in each["lines"])) for each in fields.pop("paragraphs")
    )
    links, notes = tuple(fields.pop("links")), tuple(fields.pop("notes"))
    return Reading(paragraphs=paragraphs, links=links, notes=notes, **fields)
