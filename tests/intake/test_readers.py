"""Which reader a file goes to, and what is refused with what to do instead."""

import subprocess
import sys
import types

import pytest

from claims_app.errors import DomainError
from claims_app.intake.readers import MOST_BYTES, MOST_LETTERS, read_file, read_pasted
from claims_app.intake.reading import Paragraph, Reading

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "name", "media_type", "text"),
    [
        (b"# words", "a.txt", None, "# words"),
        (b"# words", "a.md", None, "words"),
        (b"# words", "A.MARKDOWN", "text/plain", "words"),
        (b"# words", "", "text/markdown; charset=utf-8", "words"),
        (b"<p>words</p>", "a.html", None, "words"),
        (b"<p>words</p>", "", "text/html", "words"),
        (b"<p>words</p>", "a.txt", None, "<p>words</p>"),
        (b"<!DOCTYPE html><p>words</p>", "a.txt", None, "words"),
        (b"<!-- a --><html><p>words</p>", "a.md", "text/plain", "words"),
        (b"only\n\nwords", "a.html", "text/html", "only\n\nwords"),
        ("מילים".encode("cp1255"), "a.txt", None, "מילים"),
        (b"words", "a.docx", None, "words"),
        (b"words", "a.pdf", "application/pdf", "words"),
    ],
)
def test_content_decides_and_then_the_name(data: bytes, name: str, media_type: str | None, text: str) -> None:
    assert read_file(data, name=name, media_type=media_type).text == text


def test_the_charset_and_the_language_that_are_given_are_used() -> None:
    reading = read_file("дом".encode("koi8-r"), charset="koi8-r", language="he")
    assert (reading.text, reading.language) == ("дом", "he")


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", ""])
def test_a_pdf_goes_to_its_own_reader(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    pdf = types.ModuleType("pdf")
    pdf.read_pdf = lambda data, *, language: Reading((Paragraph(str(len(data))),), language)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "claims_app.intake.pdf", pdf)
    reading = read_file(b"junk before\n%PDF-1.7", name=name, language="he")
    assert (reading.text, reading.language) == ("20", "he")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "There is no text in it"),
        (b" \n\t\r\n ", "There is no text in it"),
        ("\u200b\ufeff\u00ad".encode(), "There is no text in it"),
        (b"-- !? --", "There is no text in it"),
        (OLE, "old Word document"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (rb"{\rtf1\ansi words}", "Rich Text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "picture"),
        (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "picture"),
        (b"\0\0\0\x18ftypheic", "picture"),
        (b"\0\0\0\x18ftypmp42", "recording"),
        (b"\x1f\x8b\x08\x00words", "Unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "Unpack it"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web archive"),
        (b"\x00\x01\x02" * 99, "No text could be read"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.html"])
def test_what_cannot_be_read_is_refused_with_what_to_do(data: bytes, sentence: str, name: str) -> None:
    with pytest.raises(DomainError, match=sentence) as refused:
        read_file(data, name=name)
    assert str(refused.value).count(".") >= 2


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_into() -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return 200_000_000

    with pytest.raises(DomainError, match="larger than 50 MB"):
        read_file(Large())
    with pytest.raises(DomainError, match="larger than 1 MB"):
        read_file(bytes(1_000_001), most_bytes=1_000_000)
    assert MOST_BYTES < 200_000_000


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_text_longer_than_an_article_is_refused(name: str) -> None:
    with pytest.raises(DomainError, match="longer than 1,000,000 letters"):
        read_file(b"<p>" + b"word " * (MOST_LETTERS // 5 + 1), name=name)
    with pytest.raises(DomainError, match="longer than 1,000,000 letters"):
        read_file(b" " * (2 * MOST_LETTERS + 1), name="a.txt")


def test_a_paste_without_words_is_refused() -> None:
    for text in ("", " \n ", "\u200f", "***"):
        with pytest.raises(DomainError, match="There is no text in it"):
            read_pasted(text)


def test_a_refusal_keeps_no_part_of_the_file() -> None:
    with pytest.raises(DomainError) as refused:
        read_file(b"\x89PNG secret")
    assert "secret" not in str(refused.value)


def test_heavy_readers_are_loaded_only_when_needed() -> None:
    asked = "import sys, claims_app.intake.readers; print(*{'trafilatura', 'mammoth', 'pypdfium2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
