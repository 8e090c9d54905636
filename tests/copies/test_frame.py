"""A kept page as a still picture of itself: nothing of it loads, runs or leads away."""

import re
from html import escape

import html5lib
import pytest
from playwright.sync_api import sync_playwright

from claims_app.copies import frame
from claims_app.copies.frame import still_page
from tests.journeys.conftest import ARGUMENTS, find_chromium

HOSTILE = [
    "<script>fetch('http://127.0.0.1:9/a')</script>", "<script src=//127.0.0.1:9/b></script>", "<ScRiPt/x>alert(1)",
    "<img src=http://127.0.0.1:9/c onerror=alert(1)>", "<img srcset='http://127.0.0.1:9/d 2x'>",
    "<img/src=x onload=a()>", "<body onload=alert(1) background=http://127.0.0.1:9/e>",
    "<p onclick=alert(1) onmouseover='alert(1)'>words</p>", "<a href='javascript:alert(1)'>a link</a>",
    "<a href='jav&#x09;ascript:alert(1)'>a link</a>",
    "<a href=http://127.0.0.1:9/f target=_top ping=http://127.0.0.1:9/g>a link</a>",
    "<p style='background: url(http://127.0.0.1:9/h)'>words</p>", "<style>@import 'http://127.0.0.1:9/i';</style>",
    "<link rel=stylesheet href=http://127.0.0.1:9/j>", "<link rel=prefetch href=http://127.0.0.1:9/k>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/l'>", "<base href=http://127.0.0.1:9/>",
    "<iframe src=http://127.0.0.1:9/m srcdoc='<script>alert(1)</script>'></iframe>",
    "<frameset><frame src=x></frameset>", "<object data=http://127.0.0.1:9/n></object>",
    "<embed src=http://127.0.0.1:9/o>", "<applet code=x></applet>",
    "<form action=http://127.0.0.1:9/p><input autofocus onfocus=alert(1)><button formaction=x>Send</button></form>",
    "<video src=http://127.0.0.1:9/q poster=x></video>", "<audio src=http://127.0.0.1:9/r></audio>",
    "<svg onload=alert(1)><script>alert(1)</script><image href=http://127.0.0.1:9/s /></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>a link</text></a><use href=http://127.0.0.1:9/t /></svg>",
    "<math href='javascript:alert(1)'>x<mi xlink:href='data:text/html,x'>y</mi></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<noscript><style></noscript><script>alert(1)</script></style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style></mglyph></form>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><p title='</title><script>alert(1)</script>'>", "<xmp><p title='</xmp><script>alert(1)</script>'></xmp>",
    "<template><script>alert(1)</script></template>",
    "<select><option><style></option></select><script>alert(1)</script></style>",
    "<p dir='\"><script>alert(1)</script>'>x", "<p lang='x\" onclick=\"alert(1)'>words</p>",
    "<td colspan='2 onclick=alert(1)'>x", "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>", "<?php <script>alert(1)</script> ?>",
    "<script\x0csrc=//127.0.0.1:9/u></script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p is=x-y slot=z part=w>words</p>", "<details open ontoggle=alert(1)><summary>more</summary>inside</details>",
    "<dialog open>words</dialog>",
    "<p contenteditable autofocus tabindex=1 accesskey=x draggable=true popover>words</p>",
    "<marquee onstart=a()>x</marquee>",
]  # fmt: skip
#: The document's own lines are no part of what is looked at; its policy is looked at by itself.
OWN = re.compile(r"<meta [^>]*>")
ALLOWED = {"dir", "lang", "colspan", "rowspan", "start"}
NEVER = {
    "a", "script", "style", "link", "meta", "base", "iframe", "frame", "object", "embed", "form", "input", "button",
    "img", "svg", "math", "video", "audio", "template", "noscript", "textarea", "select", "details", "dialog",
}  # fmt: skip


def framed(page: str | bytes, *, media_type: str = "text/html") -> str:
    data = page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass")
    still = still_page(data, media_type=media_type)
    assert still is not None
    return still


def dangers(still: str) -> list[str]:
    """Return what a browser would find in a document that could load, run or lead away, by the parser of browsers."""
    tree = html5lib.parse(OWN.sub("", still), namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        # A comment has a function for a name.
        name = str(element.tag)
        if name in NEVER or not name.isalnum():
            found.append(name)
        found += [f"{name} {said}" for said in element.attrib if said not in ALLOWED]
    return found


def body_of(still: str) -> str:
    return still.partition("<body>")[2].removesuffix("</body></html>")


def test_what_a_page_said_and_how_it_was_built_is_kept() -> None:
    page = (
        "<html lang=he dir=rtl><head><title>unseen</title></head><body><h1>הגשר</h1><p>אמרה <b>Dana</b> "
        "<bdi dir=ltr>GPT-4</bdi><br><a href='https://example.org/'>מקור</a></p><table><tr><th colspan=2>שנה</th></tr>"
        "<tr><td rowspan='3' class=x>40%</td></tr></table><ol start=5><li>one</li></ol></body></html>"
    )
    still = framed(page)
    assert still.startswith('<!doctype html><html dir="rtl" lang="he">')
    assert body_of(still) == (
        '<h1>הגשר</h1><p>אמרה <b>Dana</b> <bdi dir="ltr">GPT-4</bdi><br>מקור</p>'
        '<table><tbody><tr><th colspan="2">שנה</th></tr><tr><td rowspan="3">40%</td></tr></tbody></table>'
        '<ol start="5"><li>one</li></ol>'
    )


def test_the_direction_may_stand_at_the_body() -> None:
    assert '<html dir="rtl" lang="en-gb">' in framed("<html lang=en-GB><body dir=RTL>words")
    assert "<html>" in framed("<html lang='\"><script>' dir=up><body>words")


def test_the_document_itself_lets_nothing_be_loaded() -> None:
    still = framed("<p>words")
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in still
    assert still.index("Content-Security-Policy") < still.index("<body>")


def test_what_can_be_opened_or_sent_shows_what_is_in_it() -> None:
    still = framed(
        "<html><details><summary>more</summary>inside</details><form><label>שם</label><button>שליחה</button>"
    )
    assert body_of(still) == "<div><div>more</div>inside</div><div><div>שם</div><div>שליחה</div></div>"


@pytest.mark.parametrize("sample", HOSTILE)
def test_nothing_of_a_hostile_page_is_left(sample: str) -> None:
    for page in (f"<html><body><p>לפני before</p>{sample}", f"<html>{sample}<p>after", f"<!doctype html>{sample * 3}"):
        assert dangers(framed(page)) == []
    assert "לפני before" in framed(f"<html><body><p>לפני before</p>{sample}")


def test_hostile_pages_put_into_one_another_leave_nothing() -> None:
    whole = "".join(HOSTILE)
    assert dangers(framed(f"<html><body>{whole}")) == []
    assert dangers(framed(f"<html><body>{''.join(reversed(HOSTILE))}")) == []
    for outer in ("<table>", "<svg>", "<math>", "<select>", "<noscript>", "<p title='", "<!--", "<svg><foreignObject>"):
        assert dangers(framed(f"<html><body>{outer}{whole}")) == []


def test_cleaning_a_still_page_again_changes_nothing() -> None:
    once = body_of(framed("<html><body>" + "".join(HOSTILE)))
    assert body_of(framed(f"<html><body>{once}</body></html>")) == once


@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<div>" * 1_000_000,
        "<html>" + "<p>x<b>" * 700_000,
        "<html>" + "<li><b lang=a>" * 350_000,
        "<html>" + ("<ul>" + "".join(f"<li><b lang=a{n}>" for n in range(100)) + "x</ul>") * 200,
        "<html>" + "<table><tr><td>" * 330_000,
        "<html>" + "<svg><math>" * 450_000,
        "<html>" + "<script></script>x" * 250_000,
        "<html>" + "<p hidden>a</p>b" * 100_000,
    ],
)
def test_five_megabytes_of_tags_do_not_grow_without_end(page: str) -> None:
    still = framed(page)
    assert len(still) < 3 * len(page)
    assert dangers(still[:200_000]) == []


def test_a_very_long_page_is_shown_as_far_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_MOST_MARKUP", 30)
    assert body_of(framed("<html><body><p>הגשר נפתח</p><p>unread</p>")) == "<p>הגשר נפתח</p>"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1255"])
def test_hebrew_is_kept_in_its_character_sets(charset: str) -> None:
    page = "<html><body><p>הגשר החדש ייפתח בשנה הבאה, אמרה העירייה.</p><script>alert(1)</script>"
    still = still_page(page.encode(charset), media_type="text/html", charset=charset)
    assert still is not None
    assert body_of(still) == "<p>הגשר החדש ייפתח בשנה הבאה, אמרה העירייה.</p>"


def test_broken_letters_hide_nothing() -> None:
    assert dangers(framed("<html><body>" + "words " * 100 + "<p \0onclick=alert(1)><scr\0ipt>alert(1)</script>")) == []
    for broken in (b"\xd7", b"\xc0\xbc", b"\xed\xa0\x80", b"\xff"):
        page = b"<html><meta charset=utf-8><body>" + "שלום ".encode() * 20 + broken + b"<script>alert(1)</script>"
        assert dangers(framed(page)) == []
    assert dangers(framed(b"<html><meta charset=utf-7><body>+ADw-script+AD4-alert(1)+ADw-/script+AD4-")) == []


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", "מילים".encode(), b'{"a": 1}', b"", b"<html>" + bytes(range(32)) * 300],
)
def test_what_is_no_markup_has_no_still_page(data: bytes) -> None:
    assert still_page(data, media_type="image/png") is None


def test_a_page_that_cannot_be_read_has_no_still_page() -> None:
    assert still_page(b"<html><body " + b"a" * 4000 + b" x" * 1000 + b">words", media_type="text/html") is None


def test_a_drawing_leaves_no_more_than_words() -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script><text>x</text></svg>"
    assert dangers(framed(svg, media_type="image/svg+xml")) == []


@pytest.mark.browser
def test_a_browser_shows_the_frame_without_asking_for_anything() -> None:
    path = find_chromium()
    pages = [framed(f"<html dir=rtl><body><h1>הגשר</h1>{sample}") for sample in HOSTILE]
    frames = "".join(f'<iframe sandbox="" srcdoc="{escape(page)}"></iframe>' for page in pages)
    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.set_content(f"<!doctype html><meta charset=utf-8>{frames}", wait_until="networkidle")
        shown = [frame.locator("h1").inner_text() for frame in page.frames[1:]]
        found = [
            frame.locator("a, img, script, form, input, iframe, svg, [style]").count() for frame in page.frames[1:]
        ]
        browser.close()
    assert shown == ["הגשר"] * len(HOSTILE)
    assert found == [0] * len(HOSTILE)
    assert (asked, said) == ([], [])


def test_a_page_that_says_neither_head_nor_body_is_shown() -> None:
    page = still_page(
        b"<!doctype html><title>T</title><main><p>The bridge.</p></main><p>After.</p>", media_type="text/html"
    )
    assert page is not None
    assert "<body><main><p>The bridge.</p></main><p>After.</p></body>" in page
