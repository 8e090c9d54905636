"""Copies on the desk's pages: asking for them, bringing them, and handing out what others wrote without running it."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from claims_app.captures.model import Capture, CaptureState, Trigger
from claims_app.captures.queries import newest_copy
from claims_app.captures.reading import read_upload
from claims_app.captures.service import keep_upload, take_next
from claims_app.claims.figure import FigureValue
from claims_app.db import now
from claims_app.evidence.copying import check_source, look_for
from claims_app.evidence.keeping import count_copies
from claims_app.fetching import Fault, FetchFailed
from claims_app.files import Files
from claims_app.people.model import Person, Role
from claims_app.sources.model import Source
from claims_app.watching.model import Health, Watch
from claims_app.web.transaction import get_session
from tests.client import StrictClient
from tests.conftest import Queries
from tests.factories import Factory

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
GIF = b"GIF89a" + b"\0" * 40
SCRIPT = b"<script>alert(1)</script>"
HOSTILE = {
    "page.html": b"<!doctype html><title>A page</title><p>Words of a page.</p>" + SCRIPT,
    "page.xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Words.</p>%b</body></html>'
    % SCRIPT,
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>Words</text>%b</svg>' % SCRIPT,
    "data.xml": b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl" type="text/xsl"?><data><word>Words</word></data>',
    "picture.png": b"<html><body>No picture at all." + SCRIPT,
    "both.gif": GIF + SCRIPT,
    "both.pdf": b"%PDF-1.4\n" + SCRIPT,
    "plain.txt": b"Words, and " + SCRIPT,
    "picture.webp": b"RIFF\x10\0\0\0WEBPVP8 " + SCRIPT,
    "code.js": b"alert(1)",
    "évil\r\nX-Own: 1.html": b"<p>Words under a bad name.</p>",
}
RASTER = {"image/png", "image/jpeg", "image/gif", "image/webp"}


@pytest.fixture
def files(app: Flask) -> Files:
    kept: Files = app.extensions["files"]
    return kept


@pytest.fixture
def checker(client: StrictClient, make: Factory) -> Person:
    person = make.person(name="Noa Barak")
    client.sign_in(person)
    return person


def bring(session: Session, files: Files, person: Person, source: Source, data: bytes, name: str = "") -> Capture:
    kept = read_upload(files, data=data, name=name, media_type=None)
    capture = keep_upload(session, actor=person, source_id=source.id, kept=kept)
    session.commit()
    return capture


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def words(answer: TestResponse) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", text(answer)).split())


def take(session: Session) -> None:
    take_next(session, now=now(), politeness=now() - now())
    session.commit()


class TestAsking:
    def test_one_source_is_asked_for_and_the_workers_are_woken(
        self, client: StrictClient, checker: Person, make: Factory, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = make.source()
        seen: list[int] = []
        # What wakes the workers comes after the commit: they would find nothing before.
        monkeypatch.setitem(
            app.extensions, "wake", lambda: seen.append(get_session().scalar(select(func.count(Capture.id))) or 0)
        )
        answer = client.post(f"/sources/{source.id}/copies")
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/sources/{source.id}#copies"
        assert seen == [1]
        page = words(client.get(f"/sources/{source.id}"))
        assert "A copy is asked for." in page
        assert "A copy is on its way" in page

    def test_it_goes_back_to_the_claim_it_was_asked_from_and_nowhere_else(
        self, client: StrictClient, checker: Person, make: Factory
    ) -> None:
        source = make.source()
        ours = client.post(f"/sources/{source.id}/copies", data={"next": "/claims/1#evidence-2"})
        assert ours.headers["Location"] == "/claims/1#evidence-2"
        theirs = client.post(f"/sources/{source.id}/copies", data={"next": "https://evil.example/"})
        assert theirs.headers["Location"] == f"/sources/{source.id}#copies"

    def test_a_source_without_an_address_is_refused_with_the_reason(
        self, client: StrictClient, checker: Person, make: Factory
    ) -> None:
        answer = client.post(f"/sources/{make.source(address=None).id}/copies")
        assert answer.status_code == 422
        assert "There is nothing to fetch" in answer.get_data(as_text=True)

    def test_an_article_asks_for_what_is_missing_or_for_all(
        self, client: StrictClient, checker: Person, make: Factory, session: Session
    ) -> None:
        article = make.article()
        claim, kept = make.claim(article), make.source()
        for source in (kept, make.source(), make.source(address=None)):
            make.evidence(claim, source=source)
        make.copy(kept)
        client.post(f"/articles/{article.id}/copies")
        assert "One copy is asked for." in words(client.get(f"/articles/{article.id}"))
        client.post(f"/articles/{article.id}/copies", data={"all": "y"})
        assert "2 copies are asked for." in words(client.get(f"/articles/{article.id}"))
        assert session.scalars(select(Capture.trigger).distinct()).all() == [Trigger.ASKED]

    def test_the_articles_page_counts_and_follows_what_is_on_its_way(
        self, client: StrictClient, checker: Person, make: Factory, session: Session
    ) -> None:
        article = make.article()
        claim = make.claim(article)
        kept, failed, waiting, never = (make.source() for _ in range(4))
        for source in (kept, failed, waiting, never):
            make.evidence(claim, source=source)
        make.evidence(make.claim())  # of another article
        make.copy(kept)
        make.failed_capture(failed)
        make.capture(waiting)
        count = count_copies(session, article.id)
        assert (count.total, count.kept, count.under_way, count.failed) == (4, 1, 1, 1)
        answer = client.get(f"/articles/{article.id}")
        assert "1 of 4 sources have a kept copy one is being captured one failed" in words(answer)
        assert f'hx-get="/articles/{article.id}/copies" hx-trigger="every 2s"' in text(answer)
        assert "There is no page at this address (the site answers 404)" in words(answer)
        take(session)
        for capture in session.scalars(select(Capture).where(Capture.state == CaptureState.RUNNING)):
            capture.state, capture.lease_until = CaptureState.FAILED, None
            capture.failure, capture.finished_at = "No.", now()
        session.commit()
        assert "hx-trigger" not in text(client.get(f"/articles/{article.id}/copies"))


class TestBringing:
    def test_a_file_is_kept_as_it_is_and_read(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        source = make.source(address=None)
        data = "הגשר נבנה בשנת 1998.".encode()
        address = f"/sources/{source.id}/copies/new"
        assert client.get(address).status_code == 200
        answer = client.post(address, data={"file": (io.BytesIO(data), "הערות.txt")})
        capture = session.scalars(select(Capture)).one()
        assert answer.headers["Location"] == f"/captures/{capture.id}"
        assert capture.trigger is Trigger.UPLOAD
        assert capture.sha256 is not None
        assert files.read(capture.sha256) == data
        page = words(client.get(f"/captures/{capture.id}"))
        assert "הגשר נבנה בשנת 1998." in page
        assert "הערות.txt" in words(client.get(f"/captures/{capture.id}?view=facts"))

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [({}, "Choose a file."), ({"file": (io.BytesIO(b""), "a.txt")}, "The file is empty; choose another.")],
    )
    def test_nothing_is_refused_at_its_field(
        self, client: StrictClient, checker: Person, make: Factory, data: dict[str, Any], sentence: str
    ) -> None:
        answer = client.post(f"/sources/{make.source().id}/copies/new", data=data)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)

    def test_one_that_is_too_large_is_refused(
        self, client: StrictClient, checker: Person, make: Factory, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
        answer = client.post(
            f"/sources/{make.source().id}/copies/new", data={"file": (io.BytesIO(b"x" * 2000), "a.txt")}
        )
        assert answer.status_code == 413


class TestConfidential:
    PATHS = ("", "?view=facts", "/file", "/text", "/recording", "/image")

    def test_its_copies_are_for_its_readers_alone(
        self, client: StrictClient, make: Factory, session: Session, files: Files
    ) -> None:
        reader, other = make.person(), make.person(role=Role.ADMIN)
        source = make.confidential(actor=reader)
        capture = bring(session, files, reader, source, b"My name is Dana, and I saw it.", "letter-of-dana.txt")
        client.sign_in(other)
        addresses = [f"/captures/{capture.id}{path}" for path in self.PATHS]
        addresses += [f"/sources/{source.id}/copies", f"/sources/{source.id}/copies/new"]
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 403, address
            assert b"Dana" not in answer.data
        assert (
            client.post(f"/sources/{source.id}/copies/new", data={"file": (io.BytesIO(b"x"), "a.txt")}).status_code
            == 403
        )
        page = text(client.get(f"/sources/{source.id}"))
        assert "letter-of" not in page
        assert str(capture.sha256)[:8] not in page
        client.sign_in(reader)
        assert "My name is Dana" in text(client.get(f"/captures/{capture.id}"))
        assert f'id="capture-{capture.id}"' in text(client.get(f"/sources/{source.id}"))

    def test_the_claims_page_tells_nothing_of_them(
        self, client: StrictClient, make: Factory, session: Session, files: Files
    ) -> None:
        reader = make.person()
        source = make.confidential(actor=reader)
        capture = bring(session, files, reader, source, b"I saw it.", "letter.txt")
        claim = make.claim()
        make.evidence(claim, source=source, actor=reader)
        client.sign_in(make.person())
        assert f"/captures/{capture.id}" not in text(client.get(f"/claims/{claim.id}"))
        assert f"/captures/{capture.id}" not in text(client.get("/sources"))

    def test_their_pictures_stay_in_no_browser(
        self, client: StrictClient, make: Factory, session: Session, files: Files
    ) -> None:
        reader = make.person()
        capture = bring(session, files, reader, make.confidential(actor=reader), PNG, "shot.png")
        client.sign_in(reader)
        assert client.get(f"/captures/{capture.id}/image").headers["Cache-Control"] == "no-store"


class TestServing:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_nothing_captured_is_served_as_a_page(
        self, name: str, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        """Whatever the bytes are: a picture of four kinds, plain text to be saved, or bytes to be saved."""
        capture = bring(session, files, checker, make.source(), HOSTILE[name], name)
        capture.warc_sha256 = files.put(HOSTILE[name])
        session.commit()
        for path in ("file", "image", "text", "recording"):
            answer = client.get(f"/captures/{capture.id}/{path}")
            if answer.status_code == 404:
                assert path in ("image", "text")
                continue
            kind = answer.headers["Content-Type"]
            assert kind in {"application/octet-stream", "text/plain; charset=utf-8"} | RASTER
            assert (kind in RASTER) is (path == "image")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            if path != "image":
                disposition = answer.headers["Content-Disposition"]
                assert re.fullmatch(r'attachment; filename="?source-\d+-copy-\d+[.a-z0-9]+"?', disposition)
            assert "X-Own" not in answer.headers
        for view in ("text", "page", "facts"):
            page = text(client.get(f"/captures/{capture.id}?view={view}"))
            assert "<script>alert" not in page
            assert "onload=" not in page

    def test_every_address_of_a_capture_is_walked_here(self, app: Flask) -> None:
        there = {rule.rule for rule in app.url_map.iter_rules() if "<int:capture_id>" in rule.rule}
        walked = {f"/captures/<int:capture_id>{path}" for path in ("", "/file", "/image", "/text", "/recording")}
        assert {rule for rule in there if not rule.endswith(("/title", "/date"))} == walked

    def test_the_bytes_are_handed_out_as_they_came(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        capture = bring(session, files, checker, make.source(), HOSTILE["page.html"], "page.html")
        assert client.get(f"/captures/{capture.id}/file").data == HOSTILE["page.html"]
        assert client.get(f"/captures/{capture.id}/text").get_data(as_text=True) == "Words of a page."
        assert client.get(f"/captures/{capture.id}/recording").status_code == 404

    def test_a_picture_is_told_by_its_bytes_and_kept_by_the_browser(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        capture = bring(session, files, checker, make.source(), PNG, "shot.svg")
        answer = client.get(f"/captures/{capture.id}/image")
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert f'src="/captures/{capture.id}/image"' in text(client.get(f"/captures/{capture.id}"))
        false = bring(session, files, checker, make.source(), HOSTILE["picture.png"], "picture.png")
        false.media_type = "image/png"
        session.commit()
        assert client.get(f"/captures/{false.id}/image").status_code == 404

    def test_the_page_stands_in_a_frame_that_may_do_nothing(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        capture = bring(session, files, checker, make.source(), HOSTILE["page.html"], "page.html")
        page = text(client.get(f"/captures/{capture.id}?view=page"))
        (frame,) = re.findall(r"<iframe [^>]*>", page)
        assert ' sandbox=""' in frame
        assert "Words of a page." in frame
        assert " src=" not in frame

    @pytest.mark.parametrize("path", ["", "?view=page", "/file", "/text"])
    def test_a_file_that_is_gone_is_said_to_be(
        self, path: str, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        capture = bring(session, files, checker, make.source(), b"<p>Words that will be lost.</p>", "page.html")
        for digest in (capture.sha256, capture.text_sha256):
            files.path(str(digest)).unlink()
        answer = client.get(f"/captures/{capture.id}{path}", follow_redirects=True)
        assert "is missing among the files of the desk" in words(answer)


class TestThePage:
    PASSAGE = "the bridge is 120 metres long"

    def copy(self, make: Factory, files: Files, source: Source, said: str) -> Capture:
        return make.copy(source, text=said, files=files)

    def test_passages_and_figures_of_the_evidence_are_marked(
        self, client: StrictClient, checker: Person, make: Factory, files: Files
    ) -> None:
        source, claim = make.source(), make.claim()
        make.evidence(claim, source=source, passage=self.PASSAGE, figure=FigureValue(120, 120, "metres"))
        other = make.evidence(claim, source=source, passage="the river is wide")
        capture = self.copy(make, files, source, f"They say {self.PASSAGE}.\n\nIn summer the river is wide.")
        page = text(client.get(f"/captures/{capture.id}"))
        assert re.search(r'<mark class="passage" id="found">the bridge is </mark>', page)
        assert '<mark class="figure passage">120 metres</mark>' in page
        assert '<mark class="passage">the river is wide</mark>' in page
        one = text(client.get(f"/captures/{capture.id}?evidence={other.id}"))
        assert '<mark class="passage" id="found">the river is wide</mark>' in one
        assert "figure passage" not in one

    def test_a_passage_that_is_not_there_stands_beside_what_is_nearest(
        self, client: StrictClient, checker: Person, make: Factory, files: Files
    ) -> None:
        source = make.source()
        make.evidence(source=source, passage=self.PASSAGE)
        capture = self.copy(make, files, source, "Since the spring the bridge is 140 metres long.")
        page = text(client.get(f"/captures/{capture.id}"))
        assert "Passage not found in the copy" in page
        assert re.search(r'class="nearest"[^>]*>the bridge is 140 metres long', page)
        assert re.search("<del>120 ?</del>", page)
        assert re.search("<ins>140 ?</ins>", page)

    def test_what_a_page_says_cannot_become_markup(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        said = '"><img src=x onerror=alert(1)> the mark </mark><script>alert(1)</script>'
        source = make.source()
        make.evidence(source=source, passage="the mark </mark>")
        capture = self.copy(make, files, source, said)
        capture.title = capture.media_type = capture.software = said
        capture.headers = {said: said}
        capture.redirects = [f"http://a.example/{said}", "javascript:alert(1)"]
        session.commit()
        for view in ("text", "page", "facts"):
            page = text(client.get(f"/captures/{capture.id}?view={view}"))
            assert "<img src=x" not in page
            assert "<script>alert" not in page
            assert 'href="javascript:' not in page

    def test_a_failure_is_told_with_its_reason_and_can_be_tried_again(
        self, client: StrictClient, checker: Person, make: Factory
    ) -> None:
        capture = make.failed_capture()
        page = words(client.get(f"/captures/{capture.id}"))
        assert "No copy could be made: No such page" in page
        assert "the site answers 404" in page
        assert f'action="/sources/{capture.source_id}/copies"' in text(client.get(f"/captures/{capture.id}"))

    def test_while_it_is_on_its_way_the_page_follows_and_then_stops(
        self, client: StrictClient, checker: Person, make: Factory, session: Session
    ) -> None:
        capture = make.capture()
        address = f"/captures/{capture.id}"
        assert 'hx-trigger="every 2s"' in text(client.get(address))
        asks = {"headers": {"HX-Request": "true"}, "query_string": {"seen": "waiting0"}}
        quiet = client.get(address, **asks)
        assert (quiet.data, quiet.headers["HX-Reswap"]) == (b"", "none")
        take(session)
        assert "The page is being fetched and read." in text(client.get(address, **asks))
        done = make.copy(make.source(address="https://example.com/another-host"))
        assert "hx-trigger" not in text(client.get(f"/captures/{done.id}"))

    def test_copies_with_the_same_bytes_are_said_to_be(
        self, client: StrictClient, checker: Person, make: Factory, files: Files
    ) -> None:
        source = make.source()
        first = self.copy(make, files, source, "The same.")
        self.copy(make, files, source, "Another.")
        third = self.copy(make, files, source, "The same.")
        assert f'the copy of <a href="/captures/{first.id}">' in text(client.get(f"/captures/{third.id}"))
        assert "the same as the one before" not in text(client.get(f"/sources/{source.id}"))
        self.copy(make, files, source, "The same.")
        assert text(client.get(f"/sources/{source.id}")).count("the same as the one before") == 1

    def test_what_the_copy_proposes_is_used_only_where_nothing_is_known(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        source = make.source(title=None)
        capture = self.copy(make, files, source, "The plan.")
        capture.title, capture.published_on = "The plan of the bridge", "2025-03"
        session.commit()
        assert client.post(f"/captures/{capture.id}/title").status_code == 303
        assert client.post(f"/captures/{capture.id}/date").status_code == 303
        assert (source.title, source.has_composed_title, source.published_on) == (
            "The plan of the bridge",
            False,
            "2025-03",
        )
        assert "Use this title" not in text(client.get(f"/captures/{capture.id}?view=facts"))
        again = client.post(f"/captures/{capture.id}/title")
        assert again.status_code == 422
        assert "The source has this of its own by now" in again.get_data(as_text=True)

    def test_an_unknown_capture_is_not_found(self, client: StrictClient, checker: Person) -> None:
        for path in ("", "/file", "/image", "/text", "/recording"):
            assert client.get(f"/captures/77{path}").status_code == 404


class TestTheClaimsPage:
    def test_each_piece_of_evidence_says_how_its_copy_stands(
        self, client: StrictClient, checker: Person, make: Factory, session: Session, files: Files
    ) -> None:
        claim = make.claim()
        kept, dead, waiting, never, changed = (make.source() for _ in range(5))
        pieces = {
            name: make.evidence(claim, source=source, passage="it is long")
            for name, source in {
                "kept": kept, "dead": dead, "waiting": waiting, "never": never, "changed": changed,
            }.items()
        }  # fmt: skip
        copy = make.copy(kept, text="They say it is long.", files=files)
        make.copy(changed, text="It is short.", files=files)
        make.failed_capture(dead)
        make.capture(waiting)
        for source, health in ((dead, Health.DEAD), (changed, Health.CHANGED)):
            session.add(Watch(source_id=source.id, every_days=1, due_at=now(), health=health))
        for source in (kept, changed):
            newest = newest_copy(session, source.id)
            assert newest is not None
            check_source(session, look_for(session, files, source.id, newest.text_sha256))
        page = text(client.get(f"/claims/{claim.id}"))
        parts = {
            name: " ".join(
                re.sub(r"<[^>]*>", " ", page.partition(f'id="copy-{item.id}"')[2].partition("</div>")[0][1:]).split()
            )
            for name, item in pieces.items()
        }
        assert parts["kept"].startswith("copy kept ")
        assert parts["kept"].endswith(f"{str(copy.sha256)[:8]} passage found in the copy")
        assert parts["dead"] == "link dead no copy: No such page Try again"
        assert parts["waiting"] == "being captured"
        assert parts["never"] == "no copy kept yet Keep a copy"
        assert parts["changed"].startswith("page changed copy kept ")
        assert parts["changed"].endswith("passage not found in the copy")
        assert f'href="/captures/{copy.id}?evidence={pieces["kept"].id}#found"' in page

    def test_a_reader_asks_for_nothing(self, client: StrictClient, make: Factory) -> None:
        claim = make.claim()
        make.evidence(claim)
        client.sign_in(make.person(role=Role.READER))
        assert "/copies" not in text(client.get(f"/claims/{claim.id}"))


class TestTheList:
    def test_sources_show_their_newest_copy_in_one_question(
        self,
        client: StrictClient,
        checker: Person,
        make: Factory,
        count_queries: Callable[[], AbstractContextManager[Queries]],
    ) -> None:
        make.copy(make.source())
        client.get("/sources")
        with count_queries() as few:
            client.get("/sources")
        failed = make.source()
        old = make.copy(failed)
        newer = make.failed_capture(failed, error=FetchFailed("The page at this address is empty.", Fault.EMPTY))
        for _ in range(5):
            make.copy(make.source())
        with count_queries() as many:
            page = text(client.get("/sources"))
        assert many.number == few.number
        assert f'href="/captures/{old.id}"' in page
        assert f'href="/captures/{newer.id}"' in page

    def test_a_sources_page_has_all_captures_newest_first(
        self, client: StrictClient, checker: Person, make: Factory
    ) -> None:
        source = make.source()
        captures = [make.copy(source, text=f"Words {number}.") for number in range(22)]
        page = text(client.get(f"/sources/{source.id}"))
        assert [int(number) for number in re.findall(r'id="capture-(\d+)"', page)] == [
            one.id for one in reversed(captures)
        ]
        assert "Older captures: 2" in words(client.get(f"/sources/{source.id}"))
