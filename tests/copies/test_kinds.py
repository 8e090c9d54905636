"""What a kept copy is, by its bytes first."""

import pytest

from claims_app.copies.kinds import SHOWN_IMAGES, tell_kind
from tests.copies.packages import open_document, package, slides, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\n\n%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"II*\0....", "image/tiff"),
        (workbook(""), f"{OFFICE}spreadsheetml.sheet"),
        (slides(""), f"{OFFICE}presentationml.presentation"),
        (package({"word/document.xml": "<a/>"}), f"{OFFICE}wordprocessingml.document"),
        (open_document(""), "application/vnd.oasis.opendocument.text"),
        (open_document("", kind="spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
        (open_document("", kind="text-web"), "application/vnd.oasis.opendocument.text"),
        (package({"mimetype": "application/epub+zip"}), "application/zip"),
        (package({"a.txt": "words"}), "application/zip"),
        (workbook("")[:200], "application/zip"),
        (b"PK\x03\x04" + b"PK\x01\x02" * 6000, "application/zip"),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (OLE, "application/x-ole-storage"),
        (b"<!DOCTYPE html><p>x", "text/html"),
        ("<!-- הערה --><!-- x --> <HTML lang=he>".encode(), "text/html"),
        ("<html><body>שלום".encode("utf-16"), "text/html"),
        ("<html><body>hello".encode("utf-16-le"), "text/html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "text/html"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "image/svg+xml"),
        (b"<svg onload=alert(1)>", "image/svg+xml"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><s:svg>", "image/svg+xml"),
        (b'<?xml version="1.0"?><rss><item/></rss>', "application/xml"),
        ('{"שם": [1, 2]}'.encode(), "application/json"),
        ("מילים בעברית".encode("cp1255"), "text/plain"),
        (b"[1] A footnote", "text/plain"),
        (b"<p>x", "text/plain"),
        (b"A page of text that mentions <b>%PDF-1.7</b>", "text/plain"),
        (b"", "text/plain"),
        (bytes(range(256)) * 8, "application/octet-stream"),
    ],
)
def test_a_kind_is_told_by_the_bytes(data: bytes, kind: str) -> None:
    assert tell_kind(data, None) == kind
    assert tell_kind(data, "application/octet-stream") == kind
    assert tell_kind(data, kind) == kind


@pytest.mark.parametrize(
    ("data", "declared", "name", "kind"),
    [
        (b"<p>x", "text/html; charset=utf-8", "", "text/html"),
        (b"<p>x", None, "Page.HTM", "text/html"),
        (b"only words", "text/html", "", "text/plain"),
        (b"a,b\n1,2", "text/csv", "", "text/csv"),
        (b"a,b\n1,2", "text/plain", "table.csv", "text/csv"),
        (b"# words", None, "a.md", "text/markdown"),
        (b"{broken", "application/json", "", "application/json"),
        (b"<html><p>x", "text/csv", "a.csv", "text/html"),
        (bytes(range(256)) * 8, "video/mp4", "", "video/mp4"),
        (bytes(range(256)) * 8, "Video/MP4; codecs=x", "", "video/mp4"),
        (bytes(range(256)) * 8, "not a type", "", "application/octet-stream"),
    ],
)
def test_what_the_bytes_leave_open_the_sender_or_the_name_says(
    data: bytes, declared: str | None, name: str, kind: str
) -> None:
    assert tell_kind(data, declared, name) == kind


@pytest.mark.parametrize(
    "declared", [*sorted(SHOWN_IMAGES), "application/pdf", "text/html", "image/svg+xml", "text/css"]
)
def test_bytes_that_are_not_what_they_are_said_to_be_are_not_believed(declared: str) -> None:
    assert tell_kind(b"MZ" + bytes(range(256)) * 8, declared, "picture.png") == "application/octet-stream"
    assert tell_kind(b"<html><script>alert(1)</script>", declared, "picture.png") == "text/html"


def test_svg_is_never_shown_as_a_picture() -> None:
    assert {"image/png", "image/jpeg", "image/gif", "image/webp"} == SHOWN_IMAGES
    assert tell_kind(b"<svg><script>alert(1)</script></svg>", "image/png") == "image/svg+xml"


@pytest.mark.parametrize(
    "data",
    [b"<!---->" * 1100 + b"x", b"<!doctype a" * 700, b"<?" * 4000, b"<!--" * 2000, b"[" * 1_000_000, b"<" * 8000],
)
def test_what_is_made_to_be_read_in_many_ways_is_read_in_one(data: bytes) -> None:
    assert tell_kind(data, None) == "text/plain"
