"""Word documents: their words, and the packages that are none or that mean harm."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document

from claims_app.errors import DomainError
from claims_app.intake import documents
from claims_app.intake.readers import read_file
from claims_app.intake.reading import Reading

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
PARAGRAPH = "<w:p><w:r><w:t>Some words</w:t></w:r></w:p>"


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def package(**parts: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def word(body: str = PARAGRAPH, *, before: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    text = f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return package(**{"[Content_Types].xml": TYPES, "word/document.xml": text, **(more or {})})


def read(data: bytes, name: str = "a.docx") -> Reading:
    return read_file(data, name=name)


def test_a_document_becomes_paragraphs_with_what_it_says_of_itself() -> None:
    document: Any = Document()
    document.core_properties.title = "הגשר"
    document.core_properties.author = "דנה לוי"
    document.core_properties.created = datetime(2024, 5, 6, 10, tzinfo=UTC)
    document.add_heading("עלות הגשר", 1)
    document.add_paragraph("המועצה אמרה ביום שני כי ").add_run("הניירות").bold = True
    document.add_paragraph("ראשון", style="List Bullet")
    document.add_paragraph("שני", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for at, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"תא\u200f {at}"
    reading = read(saved(document))
    assert reading.text == (
        "עלות הגשר\n\nהמועצה אמרה ביום שני כי הניירות\n\nראשון\n\nשני\n\nתא 0 | תא 1\n\nתא 2 | תא 3"
    )
    assert (reading.title, reading.byline, reading.published_on) == ("הגשר", "דנה לוי", "2024-05-06")
    assert reading.language == "he"


def test_a_title_that_is_not_in_the_properties_is_the_first_heading() -> None:
    document: Any = Document()
    document.core_properties.title = ""
    document.add_paragraph("The bridge", style="Title")
    document.add_paragraph("Some words.")
    assert read(saved(document)).title == "The bridge"


def test_a_document_without_properties_is_read() -> None:
    reading = read(word())
    assert (reading.text, reading.title, reading.byline, reading.published_on) == ("Some words", None, None, None)
    assert read(word(more={"docProps/core.xml": "<broken"})).text == "Some words"


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a", "a.pdf"])
def test_a_document_with_another_name_is_still_one(name: str) -> None:
    assert read(word(), name).text == "Some words"


LAUGHS = '<!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (word(before=LAUGHS), "damaged"),
        (word(more={"word/styles.xml": f"<?xml version='1.0'?>{LAUGHS}<a/>"}), "damaged"),
        (
            word(more={"word/styles.xml": f"{LAUGHS}<a/>".encode("utf-16")}),
            "damaged",
        ),
        (word("<w:p>" * 50_000), "damaged"),
        (word("<w:p><w:ins>" * 20_000 + "</w:ins></w:p>" * 20_000), "damaged"),
        (word()[:300], "damaged"),
        (word(more={"word/media/a.bin": b"\0" * 201_000_000}), "unpacks to more"),
        (word(more={"word/media/a.bin": b"\0" * 2_000_000}), "unpacks to more"),
        (word(PARAGRAPH * 200_000), "unpacks to more"),
        (word(more={f"word/{number}.bin": b"" for number in range(6000)}), "unpacks to more"),
        (package(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument"),
        (package(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "spreadsheet"),
        (package(**{"xl/workbook.xml": "<a/>"}), "spreadsheet"),
        (package(**{"a.txt": "words"}), "Unpack it"),
    ],
)
def test_a_package_that_is_no_document_or_means_harm_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        read(data)


@pytest.mark.parametrize("limit", ["_MOST_PARTS", "_MOST_UNPACKED", "_MOST_XML"])
def test_each_limit_holds_by_itself(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    data = word()
    assert read(data).text == "Some words"
    monkeypatch.setattr(documents, limit, 1)
    with pytest.raises(DomainError, match="unpacks to more"):
        read(data)


def test_the_text_is_read_from_no_other_part() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    where = f'<Relationships xmlns="{rels}"><Relationship Id="a" Type="{kind}" Target="word/a.bin"/></Relationships>'
    hidden = f'<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="{WORD}"><w:body>{PARAGRAPH * 2}</w:body></w:document>'
    assert read(word(more={"_rels/.rels": where, "word/a.bin": hidden})).text == "Some words"


def test_a_picture_in_a_document_does_no_harm() -> None:
    drawn = "http://schemas.openxmlformats.org/drawingml/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    where = f'<Relationship Id="a" Type="{office}/image" Target="media/a.png"/>'
    picture = (
        f'<w:p><w:r><w:drawing><i:inline xmlns:i="{drawn}/wordprocessingDrawing"><a:graphic xmlns:a="{drawn}/main">'
        f'<a:graphicData><p:pic xmlns:p="{drawn}/picture"><p:blipFill><a:blip xmlns:r="{office}" r:embed="a"/>'
        "</p:blipFill></p:pic></a:graphicData></a:graphic></i:inline></w:drawing></w:r></w:p>"
    )
    links = f'<Relationships xmlns="{rels}">{where}</Relationships>'
    more: dict[str, bytes | str] = {"word/_rels/document.xml.rels": links, "word/media/a.png": b"\x89PNG"}
    assert read(word(picture + PARAGRAPH, more=more)).text == "Some words"


def test_the_parts_of_a_document_are_limited_together(monkeypatch: pytest.MonkeyPatch) -> None:
    data = word(more={"word/notes.xml": "<a/>" * 1000})
    assert read(data).text == "Some words"
    monkeypatch.setattr(documents, "_MOST_XML", 4000)
    with pytest.raises(DomainError, match="unpacks to more"):
        read(data)


def test_many_parts_are_refused_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("read a part"))
    with pytest.raises(DomainError, match="unpacks to more"):
        read(word(more={f"word/{number}.xml": b"" for number in range(documents._MOST_PARTS)}))


def test_a_part_that_is_locked_is_refused() -> None:
    data = bytearray(word())
    start = data.index(b"PK\x01\x02")
    data[start + 8] |= 1
    with pytest.raises(DomainError, match="damaged"):
        read(bytes(data))


def test_a_document_without_words_is_refused() -> None:
    with pytest.raises(DomainError, match="There is no text in it"):
        read(saved(Document()))
