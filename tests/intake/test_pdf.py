"""PDFs made for the test by three producers, read back: the words are what was printed, in the order of reading."""

import html
import io
import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import typst
from fpdf import FPDF
from fpdf.enums import AccessPermission
from PIL import Image

from claims_app.errors import DomainError
from claims_app.intake import pdf, pdf_worker
from claims_app.intake.pdf import read_pdf
from claims_app.intake.pdf_worker import read_document
from claims_app.intake.reading import Reading
from tests.journeys.conftest import ARGUMENTS, find_chromium

FONTS = [
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"),
    Path("/usr/share/fonts/TTF/DejaVuSans.ttf"),
    Path("/Library/Fonts/Arial Unicode.ttf"),
    Path("C:/Windows/Fonts/arial.ttf"),
]

HEBREW = [
    "מחיר הדירות בעיר התייקר ב-2022 (לא כולל מס)",
    """ביום 7.10.2023 אמרה Dana Levi כי כ-40% מהנשאלים (מתוך 1,200 איש) ענו "לא", וכי צה"ל ומשרד הביטחון מסרו
    נתון אחר: 15.8 מיליון שקלים בשנה, לעומת 12.5 מיליון ב-2021. Acme Ltd סירבה להגיב (פעמיים), ואחר כך אמרה
    שהדגם GPT-4 נבדק בשעה 14:30 [כך במקור].""",
    """בשנים 1990–2000 נבנו בין 3-5 גשרים לשנה; עלותם $3.7 מיליון, כלומר ₪13.5 מיליון. האם זה הרבה? ראש העיר
    לשעבר, ג'ורג' כהן, טוען שלא: "בנינו מ-10% עד 12.5% פחות".""",
]
ENGLISH = [
    "House prices rose in 2022 (without tax)",
    """On 7 October 2023 Dana Levi said that about 40% of those asked (of 1,200 people) answered "no", and that the
    ministry had given another figure: 15.8 million a year, against 12.5 million in 2021. Acme Ltd. declined to
    comment (twice), and later said that the well-known GPT-4 model was tested at 14:30 [sic].""",
    """From 1990 to 2000 they built 3-5 bridges a year; the cost was $3.7 million. Is that a lot? The former mayor,
    George O'Neil, says that it is not: “We built 10–12.5% fewer.”""",
]
HEBREW, ENGLISH = ([" ".join(paragraph.split()) for paragraph in texts] for texts in (HEBREW, ENGLISH))


def long_text(paragraphs: Sequence[str], times: int) -> list[str]:
    """Return more of the same, each paragraph a little longer than the one before."""
    more = " ".join(paragraphs[0].split() * times)
    return [
        " ".join([f"{number + 1}.", *more[: 7 * number].split(), text])
        for number in range(times)
        for text in paragraphs[1:]
    ]


def by_fpdf(paragraphs: Sequence[str], *, rtl: bool) -> bytes:
    font = next((path for path in FONTS if path.exists()), None)
    if font is None:
        pytest.skip("no font with Hebrew letters where this looks for one")
    document = FPDF()
    document.add_page()
    document.add_font("body", fname=font)
    document.set_font("body", size=12)
    document.set_text_shaping(True, direction="rtl" if rtl else "ltr")
    for paragraph in paragraphs:
        document.multi_cell(0, 7, paragraph, align="R" if rtl else "L", new_x="LMARGIN", new_y="NEXT")
        document.ln(4)
    return bytes(document.output())


def by_typst(paragraphs: Sequence[str], *, rtl: bool, settings: str = "") -> bytes:
    source = f"""
        #set text(font: "Libertinus Serif", lang: "{"he" if rtl else "en"}", size: 11pt)
        #set par(justify: true)
        {settings}
        #for paragraph in json(bytes(sys.inputs.paragraphs)) [#par(paragraph)]
    """
    inputs = {"paragraphs": json.dumps(list(paragraphs))}
    return bytes(typst.compile(source.encode(), sys_inputs=inputs, ignore_system_fonts=True))


def by_chromium(paragraphs: Sequence[str], folder: Path, *, rtl: bool, style: str = "") -> bytes:
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    page, made = folder / "page.html", folder / "page.pdf"
    page.write_text(
        f'<!doctype html><html dir="{"rtl" if rtl else "ltr"}"><head><meta charset="utf-8"><title>News</title>'
        f"<style>body {{ font: 12pt sans-serif; {style} }}</style></head><body>{body}</body></html>",
        encoding="utf-8",
    )
    extra = ["--headless", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={made}"]
    command = [find_chromium(), *ARGUMENTS, *extra, page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return made.read_bytes()


def texts(reading: Reading) -> list[str]:
    return [paragraph.text for paragraph in reading.paragraphs]


class TestWords:
    @pytest.mark.parametrize(("paragraphs", "language"), [(HEBREW, "he"), (ENGLISH, "en")])
    def test_of_fpdf_come_back(self, paragraphs: list[str], language: str) -> None:
        reading = read_document(by_fpdf(paragraphs, rtl=language == "he"))
        assert texts(reading) == paragraphs
        assert (reading.language, reading.unsure, reading.notes) == (language, 0, ())

    @pytest.mark.parametrize(("paragraphs", "language"), [(HEBREW, "he"), (ENGLISH, "en")])
    def test_of_typst_come_back(self, paragraphs: list[str], language: str) -> None:
        reading = read_document(by_typst(paragraphs, rtl=language == "he"))
        assert texts(reading) == paragraphs
        assert (reading.language, reading.unsure) == (language, 0)

    @pytest.mark.browser
    @pytest.mark.parametrize("style", ["", "text-align: justify", "columns: 2; text-align: justify; font-size: 10pt"])
    @pytest.mark.parametrize(("paragraphs", "language"), [(HEBREW, "he"), (ENGLISH, "en")])
    def test_of_chromium_come_back(self, paragraphs: list[str], language: str, style: str, tmp_path: Path) -> None:
        many = long_text(paragraphs, 8)
        reading = read_document(by_chromium(many, tmp_path, rtl=language == "he", style=style))
        assert texts(reading) == many
        assert reading.title == "News"

    def test_are_the_same_through_the_reader_of_its_own(self) -> None:
        data = by_typst(HEBREW, rtl=True)
        assert read_pdf(data) == read_document(data)
        assert read_pdf(data, language="he").language == "he"

    def test_have_no_vowel_points_and_that_is_said(self) -> None:
        reading = read_document(by_typst(["שָׁלוֹם לכם, קוראים יקרים של העיתון."], rtl=True))
        assert reading.text == "שלום לכם, קוראים יקרים של העיתון."
        assert reading.notes == (pdf_worker.NO_POINTS,)

    def test_with_points_stay_one_word(self) -> None:
        text = "בַּמֵּאָה הַתְּשַׁע-עֶשְׂרֵה הִרְבָּה לִנְסֹעַ, וּבִסְלוּצְק שָׁהָה שָׁנָה."
        bare = "במאה התשע-עשרה הרבה לנסע, ובסלוצק שהה שנה."
        assert read_document(by_typst([text], rtl=True)).text == bare
        assert read_document(by_fpdf([text], rtl=True)).text == bare

    def test_keep_what_is_more_and_what_is_less(self) -> None:
        text = "הוא “אמר” ‘כך’ «וכך» וגם א≤ב, וכאשר (INR>1.5) או x<3 הבדיקה <חריגה> {מאוד} [כך]. כן"
        assert read_document(by_typst([text], rtl=True)).text == text
        assert read_document(by_fpdf([text], rtl=True)).text == text

    def test_keep_raised_digits_apart_from_the_number(self) -> None:
        settings = (
            "#set super(typographic: false)\n#set sub(typographic: false)\n"
            "#par[The plot has 15#super[3] metres, says the note, and CO#sub[2] rose as well that year.]"
        )
        reading = read_document(by_typst([], rtl=False, settings=settings))
        assert reading.text == "The plot has 15³ metres, says the note, and CO₂ rose as well that year."

    def test_stand_upright_on_a_turned_page(self) -> None:
        settings = "#set page(width: 12cm, height: 18cm)\n#show par: it => rotate(90deg, reflow: true, it)"
        assert texts(read_document(by_typst(ENGLISH[1:2], rtl=False, settings=settings))) == ENGLISH[1:2]

    def test_that_could_stand_in_another_order_are_marked(self) -> None:
        line = "לפי הדוח של Acme 2022 נסגרו עשרות חנויות בעיר."
        reading = read_document(by_typst([line], rtl=True))
        [paragraph] = reading.paragraphs
        assert paragraph.is_unsure
        assert paragraph.lines[0].original.endswith("יפל")
        assert "2022 Acme" in paragraph.text or "Acme 2022" in paragraph.text

    def test_in_a_bracket_that_never_closes_are_marked(self) -> None:
        reading = read_document(
            by_typst(["המחיר עלה (לפי הדוח האחרון של העירייה.", "1) סעיף ראשון של הדוח."], rtl=True)
        )
        assert [paragraph.is_unsure for paragraph in reading.paragraphs] == [True, False]
        assert reading.unsure == 1


class TestParagraphs:
    @pytest.mark.parametrize(("paragraphs", "language"), [(HEBREW, "he"), (ENGLISH, "en")])
    @pytest.mark.parametrize(
        "settings",
        [
            "",
            "#set page(columns: 2)",
            "#set page(columns: 3, flipped: true)\n#set text(size: 9pt)",
            "#set par(spacing: 0.65em, first-line-indent: 1.5em)",
            '#set page(numbering: "1 / 1", header: [The Daily Paper #h(1fr) News])',
            "#set par(justify: false)",
        ],
    )
    def test_go_on_over_lines_columns_and_pages(self, paragraphs: list[str], language: str, settings: str) -> None:
        many = long_text(paragraphs, 16)
        reading = read_document(by_typst(many, rtl=language == "he", settings=settings))
        assert reading.text.split("\n\n") == many

    def test_above_columns_come_first(self) -> None:
        place = '#place(top, float: true, scope: "parent", text(20pt)[כותרת ראשית על פני העמוד כולו])'
        settings = f"#set page(columns: 2)\n{place}"
        many = long_text(HEBREW, 6)
        reading = read_document(by_typst(many, rtl=True, settings=settings))
        assert texts(reading) == ["כותרת ראשית על פני העמוד כולו", *many]

    def test_that_are_cut_at_hyphens_are_whole_words_again(self) -> None:
        words = """extraordinary characterization internationally misunderstanding unconstitutional representatives
            circumstances administration responsibility entertainment communication undergraduate investigation
            manufacturing transportation revolutionary embarrassment encyclopedia refrigerator determination"""
        text = " ".join(f"The {word} followed." for word in words.split())
        data = by_typst([text], rtl=False, settings="#set page(width: 4.5cm)\n#set text(hyphenate: true)")
        assert read_document(data).text == text

    def test_keep_the_hyphens_of_a_text_that_is_not_cut(self) -> None:
        text = (
            "The high-ranking member of a forty-seat council met the far-reaching co-author of an award-winning book. "
            * 6
        )
        data = by_typst([text], rtl=False, settings="#set page(width: 9cm)\n#set text(hyphenate: false)")
        assert read_document(data).text == text.strip()

    def test_break_after_a_hebrew_prefix_without_a_blank(self) -> None:
        settings = "#set page(width: 6cm, margin: 0.6cm)\n#set par(justify: false)"
        text = " ".join(f"השיעור ירד מ-{10 + number}.5% ל-{number}%," for number in range(30))
        assert read_document(by_typst([text], rtl=True, settings=settings)).text == text

    def test_leave_out_the_number_of_a_page_but_not_one_of_the_text(self) -> None:
        settings = '#set page(numbering: "1", height: 12cm)'
        many = ["The years of the report are these, and no other years than these.", "2021", "2022"]
        assert texts(read_document(by_typst(many, rtl=False, settings=settings))) == many


class TestKnown:
    def test_title_author_and_links_are_taken(self) -> None:
        settings = (
            '#set document(title: "גשר חדש", author: "Dana Levi")\n'
            '#link("https://example.com/a")[כאן] ושוב #link("https://example.com/a")[כאן] וגם '
            '#link("mailto:desk@example.com")[כאן]'
        )
        reading = read_document(by_typst(HEBREW, rtl=True, settings=settings))
        assert (reading.title, reading.byline, reading.links) == ("גשר חדש", "Dana Levi", ("https://example.com/a",))
        assert reading.published_on is None

    def test_what_a_program_put_there_is_not(self) -> None:
        settings = '#set document(title: "Microsoft Word - draft3.docx", author: "user")'
        reading = read_document(by_typst(ENGLISH, rtl=False, settings=settings))
        assert (reading.title, reading.byline) == (None, None)


class TestRefused:
    def refusal(self, data: bytes) -> str:
        with pytest.raises(DomainError) as refused:
            read_pdf(data)
        return str(refused.value)

    def test_is_an_empty_file(self) -> None:
        assert "is empty" in self.refusal(b"")

    def test_is_what_is_no_pdf(self) -> None:
        assert "not a PDF" in self.refusal(bytes(range(256)) * 20)
        assert "not a PDF" in self.refusal("שלום".encode())

    def test_is_a_broken_file(self) -> None:
        assert "damaged" in self.refusal(b"%PDF-1.7\n" + bytes(range(256)) * 20)
        assert "damaged" in self.refusal(by_typst(ENGLISH, rtl=False)[:400])

    def test_is_a_locked_file(self) -> None:
        document = FPDF()
        document.add_page()
        document.set_font("helvetica", size=12)
        document.cell(text="Nobody reads this without the word.")
        document.set_encryption("owner", "user", permissions=AccessPermission.none())
        assert "password" in self.refusal(bytes(document.output()))

    def test_is_a_file_of_pictures(self) -> None:
        assert "pictures of pages" in self.refusal(pictures(2))

    def test_is_a_file_of_too_many_pages(self) -> None:
        settings = "#for _ in range(500) [word #pagebreak()]"
        assert "501 pages" in self.refusal(by_typst(["end"], rtl=False, settings=settings))

    def test_is_one_with_too_much_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf_worker, "MOST_CHARACTERS", 100)
        with pytest.raises(DomainError, match="too much text"):
            read_document(by_typst(ENGLISH, rtl=False))

    def test_is_one_that_nobody_has_the_time_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "SECONDS", 0.001)
        assert "too much time" in self.refusal(by_typst(ENGLISH, rtl=False))

    @pytest.mark.skipif(not shutil.which("sh"), reason="no limit of memory on this system")
    def test_is_a_small_file_that_becomes_gigabytes(self) -> None:
        document = FPDF()
        document.add_page()
        document.set_font("helvetica", size=12)
        document.cell(text="word")
        document.pages[1].contents = bytearray(b" " * 700_000_000)
        data = bytes(document.output())
        assert len(data) < 2_000_000
        assert "too much time or memory" in self.refusal(data)


def pictures(number: int) -> bytes:
    document = FPDF()
    for _ in range(number):
        document.add_page()
        document.image(Image.new("RGB", (200, 200), "grey"), x=20, y=20)
    return bytes(document.output())


class TestNotes:
    def test_tell_of_pages_that_are_pictures(self) -> None:
        settings = "#page(rect(width: 5cm, height: 5cm))"
        reading = read_document(by_typst(ENGLISH, rtl=False, settings=settings))
        assert reading.notes == (pdf_worker.PICTURES,)
        assert texts(reading) == ENGLISH

    def test_tell_of_an_end_that_is_missing(self) -> None:
        data = by_fpdf(ENGLISH, rtl=False)
        cut = data[: data.rindex(b"startxref")]
        reading = read_document(cut)
        assert reading.notes == (pdf_worker.CUT_SHORT,)


class TestWorker:
    @pytest.mark.parametrize(("data", "key"), [(b"%PDF-nothing", "refusal"), (None, "reading")])
    def test_answers_in_json(
        self, data: bytes | None, key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(pdf_worker, "_limit_memory", lambda _: None)
        monkeypatch.setattr("sys.argv", ["worker", "en"])
        given = io.TextIOWrapper(io.BytesIO(by_typst(ENGLISH, rtl=False) if data is None else data))
        monkeypatch.setattr("sys.stdin", given)
        pdf_worker.main()
        assert list(json.loads(capsys.readouterr().out)) == [key]
