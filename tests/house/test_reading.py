"""How typed-in text is read: what is taken, what is refused, and that a refusal names its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.errors import DomainError
from claims_app.language import day
from claims_app.reading import clean, read_address, read_number, read_partial_date


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, None),
        ("", None),
        (" \t\r\n ", None),
        ("\u0000\u0007", None),
        ("  text  ", "text"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\tb", "a\tb"),
        ("a\u0000b\u001bc\u0085", "abc"),
        ("שָׁלוֹם \u200fעולם", "שָׁלוֹם \u200fעולם"),
        ("half a pair: \ud83d.", "half a pair: ."),
        ("\u200f", None),
        ("\u200b \u2060\ufeff\u00ad\u3000", None),
        ("\u05b8\u0301", None),
        ("\u200f?", "\u200f?"),
        ("👍", "👍"),
    ],
)
def test_text_is_cleaned_of_what_nobody_typed(typed: str | None, kept: str | None) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(typed: str) -> None:
    once = clean(typed)
    assert clean(once) == once
    if once is not None:
        once.encode()  # what is kept can be stored


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, None),
        ("   ", None),
        ("https://example.org", "https://example.org"),
        (" http://example.org/a?b=c#d ", "http://example.org/a?b=c#d"),
        ("HTTPS://Example.org/Path", "https://Example.org/Path"),
        ("https://דוגמה.example/נתיב", "https://דוגמה.example/נתיב"),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://example.org:80", "http://example.org:80"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
    ],
)
def test_a_web_address_is_kept_as_given(typed: str | None, kept: str | None) -> None:
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "example.org",
        "//example.org",
        "/path",
        "http:",
        "http://",
        "http:///path",
        "https:example.org",
        "http://:80",
        "ftp://example.org",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "java\u0000script:alert(1)",
        "JaVaScRiPt:alert(1)//http://example.org",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox",
        "mailto:dana@example.org",
        "http://exa mple.org",
        "http://example.org/a b",
        "http://example.org/\na",
        "http://example.org/\u00a0a",
        "http://example.org/\u2028a",
        "http://[::1",
        "http://example.org:99999",
        "http://example.org:port",
        "http://example.org:0",
        "http://example.org\u2100.org",
        "https://example.org/" + "a" * 4000,
    ],
)
def test_anything_else_is_refused_as_an_address(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_address(typed, field="where")
    assert refusal.value.field == "where"


@given(st.text(max_size=40).map(lambda rest: f"http://{rest}") | st.text(max_size=40))
def test_an_address_is_a_web_address_or_refused(typed: str) -> None:
    try:
        kept = read_address(typed)
    except DomainError:
        return
    assert kept is None or kept.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "typed", ["2024", "2024-03", "2024-12", "2024-03-15", "2024-02-29", "2024-H1", "2024-H2", "2024-Q1", "2024-Q4"]
)
def test_a_date_is_as_fine_as_it_is_known(typed: str) -> None:
    assert read_partial_date(f" {typed} ", field="as_of") == typed
    assert day(typed)


@pytest.mark.parametrize("typed", [None, "", " \n"])
def test_no_date_is_no_date(typed: str | None) -> None:
    assert read_partial_date(typed, field="as_of") is None


@pytest.mark.parametrize(
    "typed",
    [
        "24",
        "0000",
        "2024-",
        "2024-3",
        "2024-00",
        "2024-13",
        "2024-02-30",
        "2023-02-29",
        "2024-H3",
        "2024-Q0",
        "2024-Q5",
        "2024-h1",
        "2024/03/15",
        "15.3.2024",
        "2024-03-15T10:00",
        "March 2024",
        "٢٠٢٤-٠٣-١٥",
        "２０２４",
        "2024-03-15-01",
    ],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_partial_date(typed, field="as_of")
    assert refusal.value.field == "as_of"


@given(st.text("0123456789-HQ٣", max_size=11))
def test_every_date_that_is_read_can_be_shown(typed: str) -> None:
    try:
        kept = read_partial_date(typed, field="as_of")
    except DomainError:
        return
    assert kept is None or day(kept)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (None, None),
        (" ", None),
        ("0", 0.0),
        ("40", 40.0),
        ("+40", 40.0),
        ("-3.5", -3.5),
        (".5", 0.5),
        ("1580000", 1580000.0),
        ("1,580,000", 1580000.0),
        ("1,580,000.5", 1580000.5),
        (" 12 ", 12.0),
    ],
)
def test_numbers_are_read_with_or_without_thousands_commas(typed: str | None, value: float | None) -> None:
    assert read_number(typed, field="low") == value


@pytest.mark.parametrize(
    "typed",
    [
        "forty",
        "40%",
        "1,58",
        "15,80,000",
        "1,5800",
        ",5",
        "1,",
        "1.",
        ".",
        "-",
        "1 000",
        "1e9",
        "0x10",
        "nan",
        "inf",
        "-inf",
        "1.5.2",
        "1_000",
        "9" * 31,
    ],
)
def test_what_is_no_plain_number_is_refused(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_number(typed, field="low")
    assert refusal.value.field == "low"


@given(st.integers(-(10**15), 10**15))
def test_a_number_written_with_commas_is_the_number(value: int) -> None:
    assert read_number(f"{value:,}", field="low") == value == read_number(str(value), field="low")
