"""The parts of a Word document that are the same for every report, and the package that they travel in."""

import io
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from claims_app.reports.blocks import RTL, Told
from claims_app.reports.docx_words import SAID_FONT, UI_FONT, attribute, properties, text_run, without_illegal, xml

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OUTSIDE = ' TargetMode="External"'
_EMU = 36_000
"""A millimetre, as drawings measure."""


def pack(told: Told, body: str, addresses: Mapping[str, str]) -> bytes:
    """Return the document as a file; the same report gives the same bytes."""
    picture = picture_size(told.logo) if told.logo else None
    kind = "png" if told.logo and told.logo.startswith(b"\x89PNG") else "jpeg"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(kind if picture else None),
        "_rels/.rels": _relations(
            {
                "doc": ("officeDocument", "word/document.xml", False),
                "app": ("extended-properties", "docProps/app.xml", False),
            },
            core=True,
        ),
        "docProps/core.xml": _core(told),
        "docProps/app.xml": (
            f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
            "<Application>Claims Desk</Application></Properties>"
        ),
        "word/document.xml": without_illegal(body),
        "word/styles.xml": _styles(),
        "word/settings.xml": (
            f"{DECLARATION}<w:settings {NAMESPACES}><w:compat>"
            '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
            f'</w:compat><w:themeFontLang w:val="en-US" w:bidi="he-IL"/></w:settings>'
        ),
        "word/header1.xml": without_illegal(_edge("hdr", told, [told.desk], [told.kind])),
        "word/footer1.xml": without_illegal(_edge("ftr", told, [told.folio], _page_words(told))),
        "word/_rels/document.xml.rels": _relations(
            {
                "styles": ("styles", "styles.xml", False),
                "settings": ("settings", "settings.xml", False),
                "header": ("header", "header1.xml", False),
                "footer": ("footer", "footer1.xml", False),
                **({"logo": ("image", f"media/logo.{kind}", False)} if picture else {}),
                **{number: ("hyperlink", address, True) for address, number in addresses.items()},
            }
        ),
    }
    if picture and told.logo:
        parts[f"word/media/logo.{kind}"] = told.logo
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in parts.items():
            # A fixed moment: the report's own stands in its properties.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return how wide and how high a PNG or JPEG file is; None: it is neither."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24:
        width, height = struct.unpack(">II", data[16:24])
        return (width, height) if width and height else None
    at = 2
    while data.startswith(b"\xff\xd8") and at + 9 < len(data) and data[at] == 0xFF:
        if data[at + 1] in {0xC0, 0xC1, 0xC2}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def draw_logo(data: bytes, name: str) -> str:
    """Return the desk's sign as a run, 11 mm high, at most 60 mm wide; nothing if it is no picture."""
    size = picture_size(data)
    if size is None:
        return ""
    width, height = size
    high = min(11.0, 60.0 * height / width)
    extent = f'cx="{int(high * width / height * _EMU)}" cy="{int(high * _EMU)}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr id="1" name="Logo" descr={attribute(name)}/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        '<pic:cNvPr id="1" name="Logo"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="logo"/>'
        f'<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def section(told: Told) -> str:
    """Return the properties of the one section: A4, and the direction of the whole."""
    bidi = "<w:bidi/>" if told.direction == RTL else ""
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="header"/>'
        '<w:footerReference w:type="default" r:id="footer"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1300" w:right="1020" w:bottom="1190" w:left="1020"'
        f' w:header="620" w:footer="560" w:gutter="0"/>{bidi}</w:sectPr>'
    )


def _content_types(picture: str | None) -> str:
    overrides = {
        "/word/document.xml": f"{_KINDS}.document.main+xml",
        "/word/styles.xml": f"{_KINDS}.styles+xml",
        "/word/settings.xml": f"{_KINDS}.settings+xml",
        "/word/header1.xml": f"{_KINDS}.header+xml",
        "/word/footer1.xml": f"{_KINDS}.footer+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    image = f'<Default Extension="{picture}" ContentType="image/{picture}"/>' if picture else ""
    return (
        f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{image}'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
        + "</Types>"
    )


def _relations(targets: Mapping[str, tuple[str, str, bool]], *, core: bool = False) -> str:
    rows = [
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target={attribute(target)}'
        f"{_OUTSIDE if is_outside else ''}/>"
        for name, (kind, target, is_outside) in targets.items()
    ]
    if core:
        kind = f"{_PACKAGE}/relationships/metadata/core-properties"
        rows.append(f'<Relationship Id="core" Type="{kind}" Target="docProps/core.xml"/>')
    return f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def _core(told: Told) -> str:
    made = datetime(*told.made_at, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{xml(told.title)}</dc:title><dc:subject>{xml(told.kind)}</dc:subject>"
        f"<dc:creator>{xml(told.author)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created>'
        f"<dc:language>{'he-IL' if told.language == 'he' else 'en-GB'}</dc:language></cp:coreProperties>"
    )


def _page_words(told: Told) -> list[str]:
    """Return the words around the number of the page, and the fields for the numbers."""
    before, _, rest = told.page.partition("%(page)s")
    between, _, after = rest.partition("%(pages)s")
    return [before, "PAGE", between, "NUMPAGES", after]


def _edge(kind: str, told: Told, start: list[str], end: list[str]) -> str:
    look = properties("m", told.direction)
    bidi = "<w:bidi/>" if told.direction == RTL else ""

    def run(words: str) -> str:
        if words in {"PAGE", "NUMPAGES"}:
            inside = text_run("1", look)
            return f'<w:fldSimple w:instr=" {words} ">{inside}</w:fldSimple>'
        return text_run(words, look) if words else ""

    side = "bottom" if kind == "hdr" else "top"
    return (
        f'{DECLARATION}<w:{kind} {NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Edge"/><w:pBdr>'
        f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="d6dbdf"/></w:pBdr>{bidi}</w:pPr>'
        f"{''.join(map(run, start))}<w:r><w:tab/></w:r>{''.join(map(run, end))}</w:p></w:{kind}>"
    )


def _style(name: str, title: str, *, paragraph: str = "", run: str = "", base: str = "Normal", after: str = "") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    default = "" if base else ' w:default="1"'
    following = f'<w:next w:val="{after}"/>' if after else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{name}"><w:name w:val="{title}"/>'
        f"{based}{following}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _face(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}" w:eastAsia="{name}"/>'


def _spacing(before: int, after: int, line: int = 252) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _styles() -> str:
    bold, keep = "<w:b/><w:bCs/>", "<w:keepNext/><w:keepLines/>"
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="10" w:space="2" w:color="15202b"/></w:pBdr>'
    box = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="3" w:color="15202b"/>'
        for side in ("top", "left", "bottom", "right")
    )
    styles = (
        _style("Normal", "Normal", paragraph=_spacing(0, 60), base=""),
        _style("Title", "Title", paragraph=f"{keep}{_spacing(120, 80, 240)}", run=_face(SAID_FONT) + bold + _size(46)),
        *(
            _style(
                f"Heading{level}",
                f"heading {level}",
                paragraph=f'{keep}{border}{_spacing(*space)}<w:outlineLvl w:val="{level - 1}"/>',
                run=bold + _size(size),
                after="Normal",
            )
            for level, border, space, size in (
                (1, rule, (360, 120), 28),
                (2, "", (280, 100), 24),
                (3, "", (260, 60), 22),
            )
        ),
        _style("Small", "Desk small", paragraph=_spacing(0, 40), run=_size(17)),
        _style(
            "Warning", "Desk warning", paragraph=f"<w:keepLines/><w:pBdr>{box}</w:pBdr>{_spacing(60, 100)}", run=bold
        ),
        _style(
            "Quote",
            "Quote",
            paragraph=f'{_spacing(20, 60)}<w:ind w:left="227"/>',
        ),
        _style(
            "Query", "Desk query", paragraph=f'<w:shd w:val="clear" w:color="auto" w:fill="f2f4f5"/>{_spacing(40, 60)}'
        ),
        _style("Copy", "Desk copy", paragraph=_spacing(100, 20, 360), run=_face(SAID_FONT) + _size(24)),
        _style("CopyHeading", "Desk copy heading", base="Copy", paragraph="<w:keepNext/>", run=bold),
        _style("Evidence", "Desk evidence", paragraph=f'{_spacing(0, 20)}<w:ind w:left="397"/>', run=_size(18)),
        _style("Edge", "Desk edge", paragraph='<w:tabs><w:tab w:val="right" w:pos="9866"/></w:tabs>', run=_size(17)),
    )
    return (
        f"{DECLARATION}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{_face(UI_FONT)}"
        f'<w:color w:val="15202b"/>{_size(20)}<w:lang w:val="en-GB" w:bidi="he-IL"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault/></w:docDefaults>{''.join(styles)}</w:styles>"
    )
