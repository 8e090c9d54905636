"""Office files made for the tests part by part, so that each says exactly what its test is about."""

import io
import zipfile

SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style",
        "svg": "svg-compatible", "presentation": "presentation", "meta": "meta",
    }.items()
)  # fmt: skip


def package(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def relations(*targets: str) -> str:
    rows = "".join(f'<Relationship Id="r{number}" Target="{target}"/>' for number, target in enumerate(targets, 1))
    return f"<Relationships>{rows}</Relationships>"


def workbook(*sheets: str, shared: str = "", styles: str = "", states: tuple[str, ...] = ()) -> bytes:
    """Return an XLSX whose sheets have these rows."""
    listed = "".join(
        f'<sheet name="גיליון {number}" sheetId="{number}" r:id="r{number}" state="{state}"/>'
        for number, state in enumerate(states or ("visible",) * len(sheets), 1)
    )
    names = [f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*names),
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEETS}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{SHEETS}">{styles}</styleSheet>',
    }
    for name, rows in zip(names, sheets, strict=True):
        parts[f"xl/{name}"] = f'<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData></worksheet>'
    return package(parts)


def slides(*bodies: str, attributes: tuple[str, ...] = ()) -> bytes:
    """Return a PPTX whose slides, shown in the opposite order of their files' names, have these paragraphs."""
    count = len(bodies)
    shown = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in range(1, count + 1))
    names = [f"slides/slide{count - number}.xml" for number in range(count)]
    parts: dict[str, str | bytes] = {
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{SLIDES}" xmlns:r="{RELATIONS}">'
            f"<p:sldIdLst>{shown}</p:sldIdLst></p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": relations(*names),
    }
    for name, body, said in zip(names, bodies, attributes or ("",) * count, strict=True):
        parts[f"ppt/{name}"] = (
            f'<p:sld xmlns:p="{SLIDES}" xmlns:a="{DRAWING}" {said}><p:txBody>{body}</p:txBody></p:sld>'
        )
    return package(parts)


def open_document(body: str, *, kind: str = "text", styles: str = "", before: str = "", title: str = "") -> bytes:
    """Return an ODT, ODS or ODP with this body."""
    return package({
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": (
            f"{before}<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        ),
        "meta.xml": (
            f'<office:document-meta {ODF} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
            f"<dc:title>{title}</dc:title><meta:creation-date>2024-05-06T10:00:00</meta:creation-date>"
            "</office:meta></office:document-meta>"
        ),
    })  # fmt: skip
