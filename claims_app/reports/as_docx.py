"""The report as a Word document: real headings, tables and links, so that others can write their remarks into it.

It is WordprocessingML written line by line: the library that builds such files takes time that grows with the square of
their length. Right to left is set on the section, the paragraph, the run and the table, because Word asks each.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from claims_app.language import DIRECTIONS
from claims_app.reports import blocks as b
from claims_app.reports.blocks import RTL
from claims_app.reports.docx_package import DECLARATION, NAMESPACES, draw_logo, pack, section
from claims_app.reports.docx_words import UNDERLINES, Words, pieces, place, properties, text_run
from claims_app.reports.drawings import MARKS
from claims_app.reports.facts import ClaimFacts, Report
from claims_app.reports.paragraphs import Stretch
from claims_app.reports.telling import tell

WIDTH = 9866
"""Between the margins, in twentieths of a point."""
_KEPT_TOGETHER = 1600
"""Characters of a piece of evidence that is not broken over pages."""
_FILLS = {
    "verified": ("solid", "0d6b3e", "0d6b3e"),
    "partly": ("diagStripe", "7d4f00", "fbeed0"),
    "disputed": ("diagCross", "ac1d2d", "fce4e4"),
    "unverifiable": ("pct25", "6636a5", "eee6f9"),
    "opinion": ("pct10", "4a5763", "ffffff"),
    "awaiting": ("thinDiagCross", "4a5763", "e6e9eb"),
    "checking": ("thinHorzStripe", "77838e", "ffffff"),
    "unchecked": ("thinVertStripe", "43515e", "ffffff"),
}
"""Pattern, ink and ground of each status: they differ on a copier too."""
#: Two tables that touch would be one.
_GAP = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
_RULES = (
    '<w:tblBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="d6dbdf"/>'
    '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="d6dbdf"/></w:tblBorders>'
)
_BOX = "<w:tblBorders>{}</w:tblBorders>".format(
    "".join(
        f'<w:{side} w:val="{{kind}}" w:sz="6" w:space="0" w:color="15202b"/>'
        for side in ("top", "left", "bottom", "right")
    )
)
#: Words that changed, and a number above the line.
_STALE = '<w:shd w:val="clear" w:color="auto" w:fill="fff1a1"/>'
_RAISED = '<w:vertAlign w:val="superscript"/>'
_STYLES = {b.Kind.SMALL: "Small", b.Kind.WARNING: "Warning", b.Kind.QUOTE: "Quote", b.Kind.QUERY: "Query"}


def write_docx(report: Report, *, zone: str) -> bytes:
    """Return the report as a DOCX file; moments are those of ``zone``."""
    told = tell(report, zone=zone)
    writer = _Writer(told)
    body = "".join([writer.front(), *(writer.draw(block) for block in told.blocks)])
    document = f"{DECLARATION}<w:document {NAMESPACES}><w:body>{body}{section(told)}</w:body></w:document>"
    return pack(told, document, writer.words.addresses)


class _Writer:
    """Writes one report's blocks."""

    def __init__(self, told: b.Told) -> None:
        self._told = told
        self.direction = told.direction
        self.words = Words(told.direction)
        self._kinds: dict[type, Any] = {
            b.Heading: self._heading,
            b.Line: self._line,
            b.Facts: self._facts,
            b.Table: self._table,
            b.Chart: self._chart,
            b.Ticks: lambda _block: "",
            b.Legend: self._legend,
            b.Copied: self._copied,
            b.ClaimItem: self._claim,
            b.Items: self._items,
            b.Signature: self._signature,
            b.SignHere: self._sign_here,
            b.Contents: self._contents,
            b.Together: lambda block: "".join(map(self.draw, block.blocks)),
        }

    def draw(self, block: b.Block) -> str:
        """Return a block as paragraphs and tables."""
        drawn: str = self._kinds[type(block)](block)
        return drawn

    def front(self) -> str:
        """Return the masthead and the title."""
        told = self._told
        logo = draw_logo(told.logo, told.desk) if told.logo else ""
        bold = properties("b", self.direction)
        masthead = (
            (f"{logo}{text_run('  ', bold)}" if logo else "")
            + self.words.run(b.free(told.desk, b.BOLD), self.direction)
            + f"<w:r><w:tab/></w:r>{text_run(told.kind, bold)}"
        )
        edge = (
            '<w:pBdr><w:bottom w:val="double" w:sz="6" w:space="3" w:color="15202b"/></w:pBdr>'
            f'<w:tabs><w:tab w:val="right" w:pos="{WIDTH}"/></w:tabs>'
        )
        title = b.alone(told.title, language=told.title_language)
        return self._paragraph(masthead, before=edge) + self._paragraph(
            self.words.write(title), "Title", title.direction
        )

    def _paragraph(
        self, words: str, style: str = "", direction: str | None = None, *, before: str = "", after: str = ""
    ) -> str:
        """Return a paragraph; ``before`` and ``after`` are properties that stand there in Word's order."""
        named = f'<w:pStyle w:val="{style}"/>' if style else ""
        bidi = "<w:bidi/>" if (direction or self.direction) == RTL else ""
        inside = f"{named}{before}{bidi}{after}"
        return f"<w:p>{f'<w:pPr>{inside}</w:pPr>' if inside else ''}{words}</w:p>"

    def _line(self, line: b.Line, style: str = "", before: str = "", after: str = "", lead: str = "") -> str:
        words = lead + self.words.write(line)
        return self._paragraph(words, style or _STYLES.get(line.kind, ""), line.direction, before=before, after=after)

    def _heading(self, block: b.Heading) -> str:
        bookmark = self.words.bookmark(block.name) if block.name else ""
        return self._line(block.line, f"Heading{block.level}", lead=bookmark)

    def _contents(self, block: b.Contents) -> str:
        """Return the headings as links, in a field that Word can bring up to date."""
        flat = [one for part in self._told.blocks for one in (part.blocks if isinstance(part, b.Together) else [part])]
        headings = [one for one in flat if isinstance(one, b.Heading) and one.level == 1 and one.name]
        lines = [
            "".join(self.words.run(b.Run(run.text, target=f"#{one.name}"), self.direction) for run in one.line.runs)
            for one in headings
        ]
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-2" \\n \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        title = self._paragraph(
            text_run(block.title, properties("b", self.direction)), before="<w:keepNext/>", after=_space(280, 60)
        )
        if not lines:
            return ""
        lines[0] = begin + lines[0]
        lines[-1] += end
        return title + "".join(self._paragraph(words) for words in lines)

    # ------------------------------------------------------------ Tables

    def _grid(self, rows: Sequence[str], widths: Sequence[int], borders: str = "") -> str:
        bidi = "<w:bidiVisual/>" if self.direction == RTL else ""
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        return (
            f'<w:tbl><w:tblPr>{bidi}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{_GAP}"
        )

    def _cell(self, content: str, width: int, properties_: str = "") -> str:
        return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties_}</w:tcPr>{content}</w:tc>'

    def _table(self, block: b.Table) -> str:
        widths = _widths(block.widths)
        look = properties("bm", self.direction)
        heads = "".join(
            self._cell(self._paragraph(text_run(words, look), "Small"), width)
            for words, width in zip(block.heads, widths, strict=True)
        )
        keep = "<w:keepNext/>" if block.has_total else ""  # a sum stands on the page of what it sums
        rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>"]
        for row in block.rows:
            cells = "".join(
                self._cell("".join([self._line(line, before=keep) for line in cell]), width)
                for cell, width in zip(row, widths, strict=True)
            )
            rows.append(f"<w:tr>{cells}</w:tr>")
        return self._grid(rows, widths, _RULES)

    def _facts(self, block: b.Facts) -> str:
        widths = _widths((1.0, 3.6))
        look = properties("m", self.direction)
        rows = [
            "<w:tr>"
            + self._cell(self._paragraph(text_run(label, look)), widths[0])
            + self._cell(self._line(line), widths[1])
            + "</w:tr>"
            for label, line in block.rows
        ]
        return self._grid(rows, widths)

    def _chart(self, block: b.Chart) -> str:
        total = sum(number for _status, _words, number in block.parts)
        widths = [max(120, round(WIDTH * number / total)) for _status, _words, number in block.parts]
        cells = []
        for (status, words, number), width in zip(block.parts, widths, strict=True):
            pattern, ink, ground = _FILLS[status]
            shade = f'<w:shd w:val="{pattern}" w:color="{ink}" w:fill="{ground}"/>'
            # The words of a share are in the table below it; here they are for who does not see the pattern.
            hidden = properties("", self.direction, extra="<w:vanish/>")
            cells.append(self._cell(self._paragraph(text_run(f"{words}: {number}", hidden)), width, shade))
        row = f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="380" w:hRule="exact"/></w:trPr>{"".join(cells)}</w:tr>'
        return self._grid([row], widths, _BOX.format(kind="single"))

    def _signature(self, block: b.Signature) -> str:
        cell = self._cell("".join(map(self._line, block.lines)), WIDTH)
        box = _BOX.format(kind="single" if block.holds else "dashed")
        return _GAP + self._grid([f"<w:tr>{cell}</w:tr>"], [WIDTH], box)

    def _sign_here(self, block: b.SignHere) -> str:
        widths = _widths([1.0] * len(block.columns))
        edge = '<w:tcBorders><w:top w:val="single" w:sz="6" w:space="0" w:color="15202b"/></w:tcBorders>'
        bold = properties("b", self.direction)
        cells = "".join(
            self._cell(self._paragraph(text_run(who, bold)) + self._line(line), width, edge)
            for (who, line), width in zip(block.columns, widths, strict=True)
        )
        space = self._paragraph("", before="<w:keepNext/>", after=_space(1100, 0))
        return space + self._grid([f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"], widths)

    def _compared(self, block: b.Compared) -> str:
        widths = _widths((1.0, 1.0))
        look = properties("m", self.direction)
        cells = "".join(
            self._cell(self._paragraph(text_run(label, look), "Small") + self._line(line), width)
            for label, line, width in zip(block.labels, (block.before, block.after), widths, strict=True)
        )
        return self._grid([f"<w:tr>{cells}</w:tr>"], widths)

    # ------------------------------------------------------------ Claims and sources

    def _claim(self, block: b.ClaimItem) -> str:
        statement = block.statement
        lead = self.words.bookmark(block.name) + text_run(f"{block.number}. ", properties("s", self.direction))
        marks: list[b.Run] = []
        for one in block.marks:
            marks += [*([b.Run("   ")] if marks else []), one]
        found = [
            self._line(statement, "Heading3", lead=lead),
            self._line(b.Line(tuple(marks)), before="<w:keepNext/>"),
            *(self._compared(one) if isinstance(one, b.Compared) else self._line(one) for one in block.parts),
        ]
        for item in block.evidence:
            found += self._numbered(item)
        return "".join(found)

    def _items(self, block: b.Items) -> str:
        return "".join(words for item in block.items for words in self._numbered(item))

    def _numbered(self, item: b.Item) -> Iterable[str]:
        """Yield the lines of an item, its number before the first."""
        bookmark = self.words.bookmark(item.name) if item.name else ""
        first, *others = item.lines
        # Short lines stay on one page: an address alone on the next one belongs to nothing.
        keep = "<w:keepNext/>" if sum(len(run.text) for line in others for run in line.runs) < _KEPT_TOGETHER else ""
        lead = f"{bookmark}{text_run(f'{item.number}. ', properties('m', self.direction))}"
        yield self._line(first, "Evidence", before="<w:keepNext/>", after=_space(100, 20), lead=lead)
        for line in others[:-1]:
            yield self._line(line, "Evidence", before=keep)
        for line in others[-1:]:
            yield self._line(line, "Evidence")

    # ------------------------------------------------------------ The annotated copy

    def _legend(self, block: b.Legend) -> str:
        found = [
            text_run(words, properties("s", self.direction, MARKS[status].colour, UNDERLINES.get(status, "")))
            for status, words in block.statuses
        ]
        if block.stale:
            found.append(text_run(block.stale, properties("s", self.direction, extra=_STALE)))
        if block.open:
            found.append(text_run(block.open, properties("s", self.direction, line="dotted")))
        gap = text_run("     ", properties("", self.direction))
        return self._paragraph(gap.join(found), "Small", before="<w:keepNext/>")

    def _copied(self, block: b.Copied) -> str:
        paragraph = block.paragraph
        direction = DIRECTIONS[paragraph.language]
        number = text_run(f"{paragraph.number}  ", properties("m", direction, extra=_RAISED))
        words = self.words.bookmark(f"paragraph-{paragraph.number}") + number
        words += "".join(self._stretch(stretch, direction) for stretch in paragraph.stretches)
        style = "CopyHeading" if paragraph.is_heading else "Copy"
        if block.notes is None:
            return self._paragraph(words, style, direction)
        return self._paragraph(words, style, direction, before="<w:keepNext/>") + self._line(block.notes, "Small")

    def _stretch(self, stretch: Stretch[ClaimFacts], direction: str) -> str:
        colour = line = extra = ""
        if stretch.marks:
            claim = stretch.marks[0].mark.about
            line, colour = UNDERLINES.get(claim.status, "dotDash"), MARKS[claim.status].colour
            extra = _STALE if claim.is_stale else ""
        elif stretch.is_open:
            line = "dotted"
        found = "".join(
            [
                text_run(words, properties("", way, "", line, extra, colour))
                for words, way in pieces(stretch.words, direction)
            ]
        )
        for note in stretch.notes:
            claim = note.about
            look = properties("b", direction, MARKS[claim.status].colour, extra=_RAISED)
            target = place(f"claim-{claim.number}")
            found += self.words.bookmark(f"text-{claim.number}-{note.number}")
            found += f'<w:hyperlink w:anchor="{target}">{text_run(str(claim.number), look)}</w:hyperlink>'
        return found


def _space(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _widths(shares: Sequence[float]) -> list[int]:
    whole = sum(shares)
    return [round(WIDTH * share / whole) for share in shares]
