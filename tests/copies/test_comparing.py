"""Whether a page still says what it said: its text, not its bytes."""

import pytest

from claims_app.copies import comparing
from claims_app.copies.comparing import Drift, compare_texts, main_text
from claims_app.intake import webpage
from claims_app.prose.compare import Change

OLD = "ראש העיר אמר כי 40 אחוז נוסעים ברכבת.\n\nThe report names three towns.\n\nסוף דבר."


def shown(old: str, new: str, changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [
        (each.kind, old[each.old.start : each.old.end].strip(), new[each.new.start : each.new.end].strip())
        for each in changes
        if each.kind != "equal"
    ]


def is_gapless(old: str, new: str, changes: tuple[Change, ...]) -> bool:
    return (
        "".join(old[each.old.start : each.old.end] for each in changes) == old
        and "".join(new[each.new.start : each.new.end] for each in changes) == new
    )


def test_blanks_and_the_shape_of_marks_are_no_change() -> None:
    old, new = 'הוא אמר "כן" – ושתק.\n\nThe end.', "הוא אמר ״כן״ - ושתק.\nThe  end."
    assert compare_texts(old, new) == Drift(is_same=True, changes=())
    assert compare_texts("", "") == Drift(is_same=True)


@pytest.mark.parametrize("most", [1_000_000, 10])
def test_what_changed_is_shown_and_covers_both_texts(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(comparing, "_MOST_BY_WORDS", most)
    news = (
        OLD.replace("40", "45"),
        OLD.replace("three towns", "Three towns"),
        OLD + "\n\nעוד שורה.",
        OLD[:40],
        "",
        "x",
    )
    for new in news:
        for one, other in ((OLD, new), (new, OLD)):
            drift = compare_texts(one, other)
            assert not drift.is_same
            assert shown(one, other, drift.changes) != []
            assert is_gapless(one, other, drift.changes)


def test_a_changed_figure_is_one_changed_word() -> None:
    new = OLD.replace("40", "45")
    assert shown(OLD, new, compare_texts(OLD, new).changes) == [("replace", "40", "45")]


def test_very_long_texts_are_compared_by_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_MOST_BY_WORDS", 10)
    new = OLD.replace("40", "45").replace("\n\nסוף דבר.", "\n\nסוף דבר.\n\nNew words.").replace("three  ", "three ")
    drift = compare_texts(OLD, new)
    assert shown(OLD, new, drift.changes) == [
        ("replace", "ראש העיר אמר כי 40 אחוז נוסעים ברכבת.", "ראש העיר אמר כי 45 אחוז נוסעים ברכבת."),
        ("insert", "", "New words."),
    ]
    assert [each.kind for each in drift.changes] == ["replace", "equal", "insert"]
    shorter = OLD.replace("The report names three towns.\n\n", "")
    assert shown(OLD, shorter, compare_texts(OLD, shorter).changes) == [("delete", "The report names three towns.", "")]


def page(article: str, box: str) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in article.split("\n\n"))
    return (
        f"<!doctype html><html lang=he><title>הרכבת</title><body><nav><ul><li><a href=/a>{box}</a></li></ul>"
        f"</nav><main><article><h1>הרכבת של הצפון</h1>{body}</article></main><aside class=related><h3>Related</h3>"
        f"<ul><li><a href=/b>{box}</a></li></ul></aside><footer>{box}</footer></body></html>"
    ).encode()


ARTICLE = (
    "ראש העיר אמר אתמול כי 40 אחוז מהתושבים נוסעים ברכבת הקלה בכל בוקר, יותר מאשר בשנה שעברה.\n\n"
    "The report, which was published on Sunday, names three towns in which the trains were late every day.\n\n"
    "התחבורה הציבורית בצפון תתרחב בשנים הבאות, כך נמסר מהעירייה, והקווים החדשים ייפתחו בהדרגה."
)


def test_what_stands_around_an_article_is_no_change() -> None:
    old, new = (main_text(page(ARTICLE, box), media_type="text/html") for box in ("חדשות היום", "Other news"))
    assert compare_texts(old, new).is_same
    assert "40 אחוז" in old
    assert "three towns" in old
    assert "חדשות היום" not in old


def test_a_change_of_the_article_is_one() -> None:
    old, new = (
        main_text(page(article, "חדשות"), media_type="text/html") for article in (ARTICLE, ARTICLE.replace("40", "45"))
    )
    assert shown(old, new, compare_texts(old, new).changes) == [("replace", "40", "45")]


def test_other_files_are_compared_by_all_their_text() -> None:
    assert main_text("שלום עולם".encode(), media_type="text/plain") == "שלום עולם"
    assert main_text(b"\x89PNG\r\n\x1a\n", media_type="image/png") == ""
    assert main_text(b"<html><body><script>only</script>", media_type="text/html") == ""


@pytest.mark.parametrize(("limit", "most"), [("_MOST_SEARCHED", 10), ("_MOST_ELEMENTS", 3), ("_MOST_ATTRIBUTES", 0)])
def test_a_very_large_page_is_compared_by_all_its_text(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(webpage, limit, most)
    text = main_text(page(ARTICLE, "חדשות היום"), media_type="text/html")
    assert "40 אחוז" in text
    assert "חדשות היום" in text


@pytest.mark.parametrize(
    "hostile",
    [
        "<html>" + "<ul><li>שלום 12</li></ul>" * 60_000,
        "<html><body " + "a" * 4000 + " x" * 1000 + ">words",
        "<html>" + "<div>" * 300_000 + "words",
    ],
)
def test_a_hostile_page_is_compared_by_what_can_be_read(hostile: str) -> None:
    assert isinstance(main_text(hostile.encode(), media_type="text/html"), str)
