"""Measures how much of a text survives being a PDF: ``python -m benchmarks.pdf_intake FOLDER_OF_TEXTS``.

Every text file of the folder, a paragraph a line, becomes a PDF by each producer that this machine has, is read back,
and the share of its sentences that stand in the result word by word, sign by sign, is printed. Only runs of blanks
are folded. ``--weasyprint`` names a WeasyPrint that is installed somewhere else.
"""

import argparse
import html
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from claims_app.intake.pdf import read_pdf
from claims_app.intake.tidy import main_language
from claims_app.prose.sentences import split_sentences

FONTS = ("Noto Sans Hebrew", "DejaVu Sans")
FONT_FILES = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/Library/Fonts/Arial Unicode.ttf")
CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip

TYPST = """
import json, sys, typst
given = json.load(sys.stdin)
source = b'''#let given = json(bytes(sys.inputs.given))
#set page(numbering: "1", columns: given.columns)
#set text(font: given.fonts, size: 11pt, lang: given.language)
#set par(justify: true)
#for paragraph in given.paragraphs [#par(paragraph)]'''
typst.compile(source, output=given["to"], sys_inputs={"given": json.dumps(given)})
"""
FPDF = """
import json, sys, fpdf
given = json.load(sys.stdin)
pdf = fpdf.FPDF()
pdf.add_page()
pdf.add_font("body", fname=given["font_file"])
pdf.set_font("body", size=12)
is_hebrew = given["language"] == "he"
pdf.set_text_shaping(True, direction="rtl" if is_hebrew else "ltr")
for paragraph in given["paragraphs"]:
    pdf.multi_cell(0, 7, paragraph, align="R" if is_hebrew else "L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
pdf.output(given["to"])
"""


@dataclass(frozen=True)
class Text:
    """A text to print: its paragraphs, and the language most of it is in."""

    name: str
    paragraphs: Sequence[str]
    language: str


@dataclass
class Result:
    """What came back of the texts that one producer printed."""

    sentences: int = 0
    found: int = 0
    unsure: int = 0
    lines: int = 0
    seconds: float = 0.0


def read_texts(folder: Path) -> list[Text]:
    """Return the texts of a folder, a paragraph for each line that holds something."""
    texts = []
    for path in sorted(folder.glob("*.txt")):
        lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
        paragraphs = [line for line in lines if line]
        texts.append(Text(path.stem, paragraphs, main_language(" ".join(paragraphs))))
    return texts


def page_of(text: Text, *, style: str = "") -> str:
    """Return a text as a web page."""
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in text.paragraphs)
    fonts = ", ".join(f"'{font}'" for font in FONTS)
    return (
        f'<!doctype html><html lang="{text.language}" dir="{"rtl" if text.language == "he" else "ltr"}"><head>'
        f'<meta charset="utf-8"><title>Print</title><style>body {{font: 12pt {fonts}; {style}}} p {{margin: 0 0 8pt}}'
        f"</style></head><body>{body}</body></html>"
    )


def by_chromium(program: str, text: Text, to: Path, *, style: str = "") -> None:
    """Print a text by the browser, ragged."""
    page = to.with_suffix(".html")
    page.write_text(page_of(text, style=style), encoding="utf-8")
    _run([program, *CHROMIUM, f"--user-data-dir={to.parent / 'profile'}", f"--print-to-pdf={to}", page.as_uri()])


def by_chromium_in_columns(program: str, text: Text, to: Path) -> None:
    """Print a text by the browser, in two justified columns."""
    by_chromium(program, text, to, style="columns: 2; column-gap: 24pt; text-align: justify")


def by_weasyprint(program: str, text: Text, to: Path) -> None:
    """Print a text by WeasyPrint, ragged."""
    page = to.with_suffix(".html")
    page.write_text(page_of(text), encoding="utf-8")
    _run([program, "--quiet", str(page), str(to)])


def by_libreoffice(program: str, text: Text, to: Path) -> None:
    """Print a text by LibreOffice from a word processor's file, justified."""

    document = Document()
    for paragraph in text.paragraphs:
        made = document.add_paragraph(paragraph)
        made.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if text.language == "he":
            properties: Any = made._p.get_or_add_pPr()  # noqa: SLF001
            properties.append(parse_xml(f"<w:bidi {nsdecls('w')}/>"))
            made.runs[0].font.rtl = True
    source = to.with_suffix(".docx")
    document.save(str(source))
    profile = f"-env:UserInstallation={(to.parent / 'profile').as_uri()}"
    _run([program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(to.parent), str(source)])


def by_typst(program: str, text: Text, to: Path) -> None:
    """Print a text by Typst, justified and hyphenated."""
    _run_python(program, TYPST, text, to, columns=1)


def by_typst_in_columns(program: str, text: Text, to: Path) -> None:
    """Print a text by Typst in two columns."""
    _run_python(program, TYPST, text, to, columns=2)


def by_fpdf(program: str, text: Text, to: Path) -> None:
    """Print a text by fpdf2, its letters shaped by HarfBuzz."""
    font = next((path for path in FONT_FILES if Path(path).exists()), "")
    _run_python(program, FPDF, text, to, font_file=font)


def _run_python(program: str, source: str, text: Text, to: Path, **more: object) -> None:
    given = {"language": text.language, "paragraphs": text.paragraphs, "fonts": FONTS, "to": str(to), **more}
    _run([program, "-W", "ignore", "-c", source], given=json.dumps(given))


def _run(command: Sequence[str], *, given: str | None = None) -> None:
    subprocess.run(command, input=given, text=True, check=True, capture_output=True, timeout=120)


def _find_python(module: str) -> str | None:
    found = subprocess.run([sys.executable, "-c", f"import {module}"], check=False, capture_output=True)
    return sys.executable if found.returncode == 0 else None


def find_producers(weasyprint: str | None) -> dict[str, tuple[Callable[[str, Text, Path], None], str | None]]:
    """Return each producer and the program that runs it; None: it is not on this machine."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    typst = _find_python("typst")
    return {
        "Chromium": (by_chromium, chromium),
        "Chromium, two columns": (by_chromium_in_columns, chromium),
        "LibreOffice, justified": (by_libreoffice, shutil.which("soffice")),
        "WeasyPrint": (by_weasyprint, weasyprint or shutil.which("weasyprint")),
        "fpdf2": (by_fpdf, _find_python("fpdf, uharfbuzz")),
        "Typst, justified": (by_typst, typst),
        "Typst, two columns": (by_typst_in_columns, typst),
    }


def sentences_of(paragraphs: Sequence[str]) -> list[str]:
    """Return the sentences of a text, one after the other."""
    return [paragraph[span.start : span.end] for paragraph in paragraphs for span in split_sentences(paragraph)]


def measure(text: Text, path: Path, result: Result, *, show: bool) -> None:
    """Read a PDF and count which sentences of its text came back."""
    begun = time.perf_counter()
    reading = read_pdf(path.read_bytes())
    result.seconds += time.perf_counter() - begun
    result.unsure += reading.unsure
    rest = " ".join(" ".join(paragraph.text for paragraph in reading.paragraphs).split())
    for sentence in sentences_of(text.paragraphs):
        result.sentences += 1
        place = rest.find(sentence)
        if place >= 0:
            result.found += 1
            # What was found once is gone: a sentence that comes twice has to be there twice.
            rest = rest[:place] + rest[place + len(sentence) :]
        elif show:
            print(f"{path.parent.name}/{text.name}: {sentence}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds the texts, *.txt")
    parser.add_argument("--keep", type=Path, help="where the PDFs stay; those that are there are not made again")
    parser.add_argument("--weasyprint", help="the weasyprint program, where it is not on the path")
    parser.add_argument("--show", action="store_true", help="print the sentences that were not found")
    given = parser.parse_args()
    texts = read_texts(given.folder)
    with tempfile.TemporaryDirectory() as scratch:
        rows = []
        for name, (make, program) in find_producers(given.weasyprint).items():
            if program is None:
                rows.append([name, "not on this machine", "", "", ""])
                continue
            folder = (given.keep or Path(scratch)) / name.replace(", ", "-").replace(" ", "-").lower()
            folder.mkdir(parents=True, exist_ok=True)
            result = Result()
            for text in texts:
                path = (folder / f"{text.name}.pdf").resolve()
                if not path.exists():
                    make(program, text, path)
                measure(text, path, result, show=given.show)
            share = f"{100 * result.found / max(1, result.sentences):.1f} %"
            rows.append([name, str(result.sentences), share, str(result.unsure), f"{result.seconds:.1f} s"])
    print("\n| producer | sentences | whole | lines to look at | read in |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
