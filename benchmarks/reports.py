"""Measures writing reports: ``python -m benchmarks.reports``.

Reports of generated facts, the same on every run but other claims in every round, are written in every format, each in
a process of its own that has written a short one before: seconds of the processors, with those of what it starts, and
by the clock; the size of the file; the most memory. Beside PDF and Word stand their limits, the same words set plainly
by Typst in a warm process and filled into bare XML, and, with ``--peers``, what newsrooms could use instead, as far as
it is there: WeasyPrint (``WEASYPRINT`` names one that is installed elsewhere), python-docx, LibreOffice, pandoc.
"""

import argparse
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any
from xml.sax.saxutils import escape

from claims_app.articles.model import SecondCheck
from claims_app.claims.figure import FigureValue, Match
from claims_app.claims.model import CitedBasis, Kind, Place, Priority, Status
from claims_app.evidence.model import Rank, Stance
from claims_app.language import speaking
from claims_app.reports import as_pdf
from claims_app.reports import blocks as b
from claims_app.reports.as_docx import write_docx
from claims_app.reports.as_html import write_html
from claims_app.reports.export import FORMATS, Options
from claims_app.reports.facts import ArticleFacts, Checked, ClaimFacts, EvidenceFacts, Report, VerdictFacts
from claims_app.reports.glyphs import FONTS
from claims_app.reports.sources import list_sources
from claims_app.reports.telling import tell
from claims_app.sources.model import SourceKind
from claims_app.verdicts.model import Finding


def _listed(words: str) -> list[str]:
    return words.split()


SIZES = (40, 400, 4000)
ZONE = "Asia/Jerusalem"
HEBREW = _listed("הממשלה אישרה תקציב של מיליון שקל לגשר החדש בחיפה לפי דוח המשרד ולפי נתוני הלשכה שפורסמו אתמול")
ENGLISH = _listed("the government approved a budget for the new bridge according to figures that the office published")
FINDINGS = (Finding.VERIFIED, Finding.VERIFIED, Finding.PARTLY, Finding.DISPUTED, Finding.UNVERIFIABLE)


def make_report(number: int, seed: int) -> Report:
    """Return a report of ``number`` claims in Hebrew and English, each with two pieces of evidence."""
    chance = random.Random(seed)
    claims = tuple(_claim(place, chance) for place in range(1, number + 1))
    article = ArticleFacts(
        id=1, title_he="הגשר החדש", title_en="The new bridge", outlet="יומון", byline=None, language="he", address=None,
        published_on="2026-11-23", second_check=SecondCheck.ALL, asks_legal=False, notes=None, withdrawn_at=None,
        version=1, text=None, text_sha256=None,
    )  # fmt: skip
    at = datetime(2026, 11, 29, tzinfo=UTC)
    return Report(at, "Noa Barak", "he", article, claims, list_sources(claims, {}), (), ())


def _words(chance: random.Random, words: list[str], most: int) -> str:
    said = " ".join(chance.choice(words) for _ in range(chance.randint(6, most)))
    return f"{said} {chance.randint(1, 99)}% ({chance.randint(1000, 99999):,})."


def _claim(number: int, chance: random.Random) -> ClaimFacts:
    finding = chance.choice(FINDINGS)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    figure = FigureValue(float(chance.randint(1, 10**6)), 10.0**6, "tonnes")
    verdict = VerdictFacts(
        finding, _words(chance, HEBREW, 20), _words(chance, ENGLISH, 20), "רותם שגב", at, Checked.CONFIRMED,
        "Noa Barak", at, None,
    )  # fmt: skip
    evidence = tuple(
        EvidenceFacts(
            source=2 * number - place, stance=Stance.SUPPORTS, rank=Rank.SECONDARY, kind=SourceKind.PAGE,
            title=_words(chance, ENGLISH, 9), is_confidential=False, has_composed_title=False, publisher="The Daily",
            published_on="2026-11", address=f"https://example.org/{number}/{place}/{chance.randint(1, 10**9)}",
            summary=_words(chance, ENGLISH, 18), passage=None, locator=None, figure=figure, match=Match.SAME,
            converted=None, assumption=None, looked_on=date(2026, 11, 23),
        )
        for place in (1, 0)
    )  # fmt: skip
    return ClaimFacts(
        id=number, number=number, section=f"פרק {number // 40 + 1}", paragraph=number // 4 + 1,
        statement_he=_words(chance, HEBREW, 14), statement_en=_words(chance, ENGLISH, 14), kind=Kind.FIGURE,
        priority=Priority.NORMAL, status=Status(finding.value), needs_second_check=True, figure=figure, claimant=None,
        is_attributed=False, cited_address=None, cited_basis=CitedBasis.NONE, assignee=None, place=Place.NONE,
        is_stale=False, settled_words=None, anchors=(), verdict=verdict, confirmations=(), queries=(),
        evidence=evidence,
    )  # fmt: skip


# ---------------------------------------------------------------- The limits: the same words, plainly

PLAIN = """#let data = json("report.json")
#set document(title: data.title)
#set page(paper: "a4", numbering: "1 / 1")
#set text(font: ("Assistant", "Rubik", "Frank Ruhl Libre"), lang: "he", dir: rtl, fallback: false)
#let words(one) = for run in one.at(0) {
  if type(run) == str { [#run] }
  else if run.at(2).starts-with("http") { link(run.at(2), run.at(0)) } else { [#run.at(0)] }
}
#let lines(all) = for one in all { par(text(dir: if one.at(2) == "rtl" { rtl } else { ltr }, words(one))) }
#let draw = (
  heading: it => heading(level: it.level, words(it.line)), line: it => lines((it.line,)),
  facts: it => for (name, one) in it.rows { lines((one,)) }, contents: it => outline(depth: 2),
  table: it => table(columns: it.heads.len(), table.header(..it.heads), ..it.rows.map(row => row.map(lines)).flatten()),
  claim: it => { heading(level: 3, outlined: false, words(it.statement)); words((it.marks,)); lines(it.parts)
    for (number, all) in it.evidence { lines(all) } },
  items: it => for (number, name, all) in it.items { lines(all) },
  signature: it => lines(it.lines), sign: it => for (who, one) in it.columns { lines((one,)) },
  chart: it => [], ticks: it => [], legend: it => [], copied: it => [],
)
#for it in data.blocks {
  if it.is == "together" { for one in it.blocks { draw.at(one.is)(one) } } else { draw.at(it.is)(it) }
}
"""


def plain_typst(report: Report) -> Callable[[], bytes]:
    """Return what sets the words of a report plainly, by a typesetter that has already set something."""
    import typst  # noqa: PLC0415

    with speaking(report.language):
        content = as_pdf._content(tell(report, zone=ZONE))  # noqa: SLF001 - the very same words
    root = Path(tempfile.mkdtemp(prefix="claims-benchmark-"))
    (root / "warm.typ").write_text('#set text(font: ("Assistant", "Rubik"))\nשלום hello', encoding="utf-8")
    (root / "plain.typ").write_text(PLAIN, encoding="utf-8")
    (root / "report.json").write_text(json.dumps(content), encoding="utf-8")
    how: dict[str, Any] = {"root": root, "font_paths": [str(FONTS)], "ignore_system_fonts": True}
    typst.compile(root / "warm.typ", **how)
    return lambda: bytes(typst.compile(root / "plain.typ", pdf_standards=["ua-1"], **how))


def _lines(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the lines of a report with the style of each."""
    for block in tell(report, zone=ZONE).blocks:
        for part in block.blocks if isinstance(block, b.Together) else (block,):
            if isinstance(part, b.Heading):
                yield f"Heading{part.level}", _said(part.line)
            elif isinstance(part, b.ClaimItem):
                yield "Heading3", _said(part.statement)
                yield from (("Normal", _said(line)) for line in part.parts if isinstance(line, b.Line))
                yield from (("Normal", _said(line)) for item in part.evidence for line in item.lines)
            elif isinstance(part, b.Items):
                yield from (("Normal", _said(line)) for item in part.items for line in item.lines)
            elif isinstance(part, b.Table):
                yield from (("Normal", _said(line)) for row in part.rows for cell in row for line in cell)


def _said(line: b.Line) -> str:
    return "".join(run.text for run in line.runs)


def plain_docx(report: Report) -> Callable[[], bytes]:
    """Return what fills a report's words into bare paragraphs of a document that is there already."""
    with zipfile.ZipFile(io.BytesIO(write_docx(make_report(1, 0), zone=ZONE))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def write() -> bytes:
        body = "".join(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:bidi/></w:pPr><w:r><w:rPr><w:rtl/></w:rPr>'
            f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
            for style, text in _lines(report)
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
            for name, data in parts.items():
                is_body = name == "word/document.xml"
                made.writestr(
                    name, f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>' if is_body else data
                )
        return file.getvalue()

    return write


# ---------------------------------------------------------------- The peers


def python_docx(report: Report) -> Callable[[], bytes]:
    """Return what writes a report's words by the usual library, a table of two cells for each claim's figures."""
    from docx import Document  # noqa: PLC0415

    def write() -> bytes:
        document = Document()
        for style, text in _lines(report):
            document.add_paragraph(text, style=f"Heading {style[-1]}" if style.startswith("Heading") else "Normal")
        file = io.BytesIO()
        document.save(file)
        return file.getvalue()

    return write


def _converted(command: list[str], name: str, data: bytes, ending: str) -> Callable[[], bytes]:
    folder = Path(tempfile.mkdtemp(prefix="claims-benchmark-"))
    (folder / name).write_bytes(data)

    def write() -> bytes:
        subprocess.run([part.format(folder=folder) for part in command], check=True, capture_output=True)
        return (folder / f"report.{ending}").read_bytes()

    return write


def libreoffice(report: Report) -> Callable[[], bytes]:
    """Return what prints our Word file as a PDF."""
    command = ["soffice", "-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    command += ["--outdir", "{folder}", "{folder}/report.docx"]
    return _converted(command, "report.docx", write_docx(report, zone=ZONE), "pdf")


def pandoc(report: Report) -> Callable[[], bytes]:
    """Return what makes a Word file of our page."""
    command = ["pandoc", "{folder}/report.html", "-o", "{folder}/report.docx"]
    return _converted(command, "report.html", write_html(report, zone=ZONE), "docx")


def weasyprint(report: Report) -> Callable[[], bytes]:
    """Return what prints our page as a PDF."""
    command = [os.environ.get("WEASYPRINT", "weasyprint"), "-q", "{folder}/report.html", "{folder}/report.pdf"]
    return _converted(command, "report.html", write_html(report, zone=ZONE), "pdf")


def ours(file_format: str) -> Callable[[Report], Callable[[], bytes]]:
    """Return the product's own writer of a format."""
    return lambda report: lambda: FORMATS[file_format].write(report, Options(ZONE))


WRITERS: dict[str, Callable[[Report], Callable[[], bytes]]] = {
    **{name: ours(name) for name in FORMATS},
    "plain typst": plain_typst,
    "plain docx": plain_docx,
    "python-docx": python_docx,
    "libreoffice pdf": libreoffice,
    "weasyprint pdf": weasyprint,
    "pandoc docx": pandoc,
}
PEERS = {"python-docx": None, "libreoffice pdf": "soffice", "weasyprint pdf": "weasyprint", "pandoc docx": "pandoc"}
RATIOS = (
    ("pdf", "plain typst", 1.15),
    ("docx", "plain docx", 1.5),
    ("weasyprint pdf", "pdf", None),
    ("libreoffice pdf", "pdf", None),
    ("python-docx", "docx", None),
    ("pandoc docx", "docx", None),
)
"""What is divided by what, and how large that may be at most."""


def measure(name: str, number: int, seed: int) -> dict[str, float]:
    """Write one report in this process; return seconds, bytes, and the most megabytes of it and of its children."""
    if name in FORMATS:
        WRITERS[name](make_report(1, seed))()
    write = WRITERS[name](make_report(number, seed))
    began, worked = time.perf_counter(), _worked()
    data = write()
    seconds, cpu = time.perf_counter() - began, _worked() - worked
    own, children = (resource.getrusage(who).ru_maxrss / 1024 for who in _PROCESSES)
    return {"seconds": seconds, "cpu": cpu, "bytes": len(data), "own": own, "children": children}


_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _worked() -> float:
    used = [resource.getrusage(who) for who in _PROCESSES]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _asked(name: str, number: int, seed: int) -> dict[str, float] | None:
    command = [sys.executable, "-m", "benchmarks.reports", "--one", name, str(number), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{name}, {number} claims: {done.stderr.strip().splitlines()[-1]}", flush=True)
        return None
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _missing(names: list[str]) -> list[str]:
    missing = [
        name for name in names if (needs := PEERS[name]) and not (shutil.which(needs) or os.environ.get(needs.upper()))
    ]
    for name in missing:
        print(f"{name}: left out, it is not on this machine.")
    return missing


def _show(found: dict[tuple[str, int], list[dict[str, float]]], sizes: list[int], names: list[str]) -> None:
    print("\n| format | " + " | ".join(f"{size:,} claims" for size in sizes) + " | MB own / child | bytes |")
    print("|---|" + "---:|" * (len(sizes) + 2))
    for name in names:
        cells = [_seconds(found.get((name, size))) for size in sizes]
        last = next((found[name, size][0] for size in reversed(sizes) if found.get((name, size))), None)
        rest = f"{last['own']:.0f} / {last['children']:.0f} | {last['bytes']:,.0f}" if last else "– | –"
        print(f"| {name} | {' | '.join(cells)} | {rest} |")
    print("\n| ratio | " + " | ".join(f"{size:,}" for size in sizes) + " |\n|---|" + "---:|" * len(sizes))
    for above, below, most in RATIOS:
        ratios = [_ratio(found.get((above, size)), found.get((below, size))) for size in sizes]
        if any(ratio is not None for ratio in ratios):
            goal = f" (≤ {most})" if most else ""
            cells = ["–" if ratio is None else f"{ratio:.1f}" for ratio in ratios]
            print(f"| {above} ÷ {below}{goal} | {' | '.join(cells)} |")


def _seconds(found: list[dict[str, float]] | None) -> str:
    if not found:
        return "–"
    return " / ".join(f"{median(one[name] for one in found):.2f}" for name in ("cpu", "seconds"))


def _ratio(above: list[dict[str, float]] | None, below: list[dict[str, float]] | None) -> float | None:
    """Return how many times the processor seconds of one are those of the other: the clock also counts the others'."""
    if not above or not below:
        return None
    return median(one["cpu"] for one in above) / median(one["cpu"] for one in below)


def main() -> None:
    """Run the rounds, the writers by turns, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--claims", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="measure what newsrooms could use instead, too")
    parser.add_argument("--peers-most", type=int, default=400, help="claims that the peers are given at most")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        name, number, seed = given.one
        print(json.dumps(measure(name, int(number), int(seed))))
        return
    names = [name for name in WRITERS if name not in PEERS]
    peers = [name for name in PEERS if given.peers]
    left_out = _missing(peers)
    names += [name for name in peers if name not in left_out]
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    for size in given.claims:
        for seed in range(given.rounds):
            for name in names:
                if name in PEERS and size > given.peers_most:
                    continue
                if one := _asked(name, size, seed):
                    found.setdefault((name, size), []).append(one)
    _show(found, given.claims, names)


if __name__ == "__main__":
    main()
