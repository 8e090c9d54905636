"""Bundles: what is in them, what is not, and that nothing in one can be changed unseen."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.bundles import verifying
from claims_app.bundles.verifying import verify_bundle
from claims_app.bundles.writing import Written, record_bundle, write_bundle
from claims_app.captures.model import DayStamp
from claims_app.captures.reading import read_upload
from claims_app.captures.service import keep_upload
from claims_app.comments.model import CommentKind
from claims_app.db import now
from claims_app.errors import DomainError, NotAllowed
from claims_app.files import Files
from claims_app.history.model import HistoryEntry
from claims_app.people.model import Role
from claims_app.verdicts.model import Finding
from tests.factories import Factory

SECRETS = ("Avner from the pier", "the clerk told us at night", "Ask the mayor about it", "night shift")
TEXT = "The bridge is 120 metres long. It opened in 1998."


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "captures")


@pytest.fixture
def article(session: Session, make: Factory, files: Files) -> Article:
    """An article with an open source whose copy is kept, a confidential one with an upload, a note and a query."""
    article = make.article(title_en="The bridge", text=TEXT)
    claim = make.claim(article, statement_en="The bridge is 120 metres long.")
    make.place(claim, "The bridge is 120 metres long")
    plan = make.source(address="https://example.org/plan", title="The plan of the bridge")
    make.evidence(claim, source=plan, passage="120 metres")
    make.copy(plan, files=files)
    make.failed_capture(make.evidence(claim).source)
    clerk = make.confidential(name=SECRETS[0])
    make.evidence(claim, source=clerk, summary=SECRETS[1])
    kept = read_upload(files, data=b"A letter of the clerk.", name="letter.txt", media_type="text/plain")
    keep_upload(session, actor=make.regular(Role.CHECKER), source_id=clerk.id, kept=kept)
    make.comment(claim, kind=CommentKind.QUERY, text=SECRETS[2])
    make.verdict(
        claim,
        finding=Finding.DISPUTED,
        rationale_en="The plan says so.",
        override_why=SECRETS[3],
        actor=make.regular(Role.EDITOR),
    )
    session.commit()
    return article


@pytest.fixture
def bundle(session: Session, make: Factory, files: Files, article: Article, tmp_path: Path) -> Callable[..., Path]:
    def write(*, is_public: bool = False) -> Path:
        path = tmp_path / f"bundle-{is_public}.zip"
        with path.open("wb") as target:
            written = write_bundle(
                session,
                files,
                target,
                article_id=article.id,
                actor=make.regular(Role.EDITOR),
                language="en",
                zone="UTC",
                is_public=is_public,
            )
        record_bundle(session, actor=None, article_id=article.id, written=written, is_public=is_public)
        session.commit()
        return path

    return write


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(contents(path)["manifest.json"])
    return found


def rewrite(path: Path, changed: Mapping[str, bytes | None]) -> Path:
    """Write the bundle anew with some files changed, added or, for None, left out."""
    kept = {**contents(path), **changed}
    other = path.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in kept.items():
            if data is not None:
                archive.writestr(name, data)
    return other


def test_a_bundle_is_whole_and_holds_report_copies_and_history(bundle: Callable[..., Path]) -> None:
    path = bundle()
    checked = verify_bundle(path)
    assert checked.problems == ()
    assert (checked.copies, checked.is_public, checked.article["title_en"]) == (1, False, "The bridge")
    names = set(contents(path))
    assert {"report.html", "report.json", "report.csv", "text.txt", "README.txt", "history.jsonl"} < names
    kept, failed = manifest(path)["captures"]
    assert contents(path)[kept["file"]].startswith(b"<!doctype html>")
    assert kept["file"].endswith(".html.txt")
    assert kept["claims"] == [1]
    assert kept["source"]["title"] == "The plan of the bridge"
    assert "There is no page at this address" in failed["failure"]
    assert contents(path)["text.txt"].decode() == TEXT


def test_the_history_says_which_bundle_went_out(session: Session, bundle: Callable[..., Path]) -> None:
    checked = verify_bundle(bundle())
    last = session.query(HistoryEntry).order_by(HistoryEntry.id.desc()).first()
    assert last is not None
    assert last.changes["digest"] == [None, checked.manifest_sha256]


def test_copies_of_confidential_sources_are_in_no_bundle(bundle: Callable[..., Path]) -> None:
    path = bundle()
    assert manifest(path)["withheld_copies"] == 1
    everything = b"".join(contents(path).values())
    assert b"A letter of the clerk." not in everything
    assert SECRETS[0].encode() not in everything


def test_a_public_bundle_leaves_out_what_is_not_for_readers(make: Factory, bundle: Callable[..., Path]) -> None:
    path = bundle(is_public=True)
    assert verify_bundle(path).problems == ()
    assert manifest(path)["is_public"] is True
    everything = b"".join(contents(path).values()).decode("utf-8", errors="replace")
    people = {make.regular(Role.CHECKER).name, make.regular(Role.EDITOR).name}
    for words in (*SECRETS, *people, "Confidential source"):
        assert words not in everything, words
    assert "The plan says so." in everything
    internal = b"".join(contents(bundle()).values()).decode("utf-8", errors="replace")
    assert [words for words in (*SECRETS[1:], *people) if words not in internal] == []


def cover_up(path: Path, name: str, data: bytes) -> dict[str, bytes]:
    """Return a changed file together with a manifest that agrees with it."""
    told = manifest(path)
    listed = {**told["files"], name: {"sha256": sha256(data).hexdigest(), "bytes": len(data)}}
    return {name: data, "manifest.json": json.dumps({**told, "files": listed}).encode()}


def exchange(path: Path) -> tuple[Mapping[str, bytes | None], str]:
    """Return how a copy is exchanged for another one everywhere but in the history."""
    told, forged = manifest(path), b"<!doctype html><p>The bridge is 110 metres long."
    page = told["captures"][0]["file"]
    other = f"copies/{sha256(forged).hexdigest()}.html.txt"
    told["captures"][0]["file"] = other
    del told["files"][page]
    told["files"][other] = {"sha256": sha256(forged).hexdigest(), "bytes": len(forged)}
    changed: Mapping[str, bytes | None] = {page: None, other: forged, "manifest.json": json.dumps(told).encode()}
    return changed, f"{other}: no entry of the history says that it was captured"


def tamper(path: Path, kind: str) -> tuple[Mapping[str, bytes | None], str]:
    """Return what is done to a bundle, and what its check has to say to it."""
    page = manifest(path)["captures"][0]["file"]
    entries = contents(path)["history.jsonl"].splitlines(keepends=True)
    first, third = json.loads(entries[0])["id"], json.loads(entries[2])
    forged = json.dumps({**third, "why": "Because."}).encode() + b"\n"
    ways: dict[str, tuple[Mapping[str, bytes | None], str]] = {
        "changed": ({page: b"<p>110"}, f"{page}: is not what the manifest says"),
        "missing": ({page: None}, f"{page}: is missing"),
        "extra": ({"copies/more.txt": b"x"}, "copies/more.txt: is not in the manifest"),
        "covered up": (cover_up(path, page, b"<p>110"), f"{page}: is not the file of its name"),
        "history": (
            cover_up(path, "history.jsonl", b"".join([*entries[:2], forged, *entries[3:]])),
            f"history entry {third['id']}: was changed",
        ),
        "order": (
            cover_up(path, "history.jsonl", b"".join([entries[1], entries[0], *entries[2:]])),
            f"history entry {first}: is out of order",
        ),
        "emptied": (cover_up(path, "history.jsonl", b""), "history.jsonl: is not as long as the manifest says"),
        "cut": (
            cover_up(path, "history.jsonl", b"".join(entries[:-1])),
            "history.jsonl: is not as long as the manifest says",
        ),
        "another copy": exchange(path),
        "clever name": ({"copies/\x1b[2J is whole": b"x"}, "copies/\\x1b[2J is whole: is not in the manifest"),
        "broken": (cover_up(path, "history.jsonl", b"{\n"), "history.jsonl: line 1 cannot be read"),
    }
    return ways[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "changed",
        "missing",
        "extra",
        "covered up",
        "history",
        "order",
        "emptied",
        "cut",
        "another copy",
        "clever name",
        "broken",
    ],
)
def test_a_bundle_that_was_tampered_with_is_not_whole(bundle: Callable[..., Path], kind: str) -> None:
    path = bundle()
    changed, says = tamper(path, kind)
    assert says in verify_bundle(rewrite(path, changed)).problems


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", b"PK\x05\x06" + bytes(18), None],
    ids=["empty", "text", "archive of nothing", "manifest of nothing"],
)
def test_what_is_no_bundle_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.zip"
    if content is None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("manifest.json", "[]")
        content = made.getvalue()
    path.write_bytes(content)
    with pytest.raises(DomainError, match="bundle"):
        verify_bundle(path)


@pytest.mark.parametrize(
    "broken", [{"captures": [{"file": ["x"]}]}, {"captures": [3]}, {"history": None}, {"files": [1]}]
)
def test_a_manifest_of_another_shape_is_refused(bundle: Callable[..., Path], broken: dict[str, Any]) -> None:
    path = bundle()
    changed = json.dumps({**manifest(path), **broken}).encode()
    with pytest.raises(DomainError, match="bundle"):
        verify_bundle(rewrite(path, {"manifest.json": changed}))


def test_what_was_uploaded_and_why_something_was_overridden_is_not_for_readers(
    session: Session, make: Factory, files: Files, article: Article, bundle: Callable[..., Path]
) -> None:
    source = make.source(address="https://example.org/letter")
    make.evidence(make.claim(article), source=source)
    kept = read_upload(files, data=b"A letter to the desk.", name="letter.txt", media_type="text/plain")
    keep_upload(session, actor=make.regular(Role.CHECKER), source_id=source.id, kept=kept)
    session.commit()
    public = bundle(is_public=True)
    assert b"A letter to the desk." not in b"".join(contents(public).values())
    assert "An editor let it stand." in contents(public)["report.html"].decode()
    assert b"A letter to the desk." in b"".join(contents(bundle()).values())


@pytest.mark.parametrize("loss", ["altered", "gone"])
def test_a_bundle_says_what_the_desk_has_lost(files: Files, bundle: Callable[..., Path], loss: str) -> None:
    name = manifest(bundle())["captures"][0]["file"]
    kept = files.path(PurePath(name).name.split(".")[0])
    kept.chmod(0o600)
    if loss == "gone":
        kept.unlink()
    else:
        kept.write_bytes(b"another page")
    path = bundle()
    assert verify_bundle(path).problems == (f"{name}: the desk had lost it when the bundle was made",)
    assert name not in contents(path)


def test_a_reader_takes_no_bundle_away(session: Session, make: Factory, files: Files, article: Article) -> None:
    with pytest.raises(NotAllowed):
        write_bundle(
            session,
            files,
            io.BytesIO(),
            article_id=article.id,
            actor=make.regular(Role.READER),
            language="en",
            zone="UTC",
        )
    with pytest.raises(NotAllowed):
        record_bundle(
            session,
            actor=make.regular(Role.READER),
            article_id=article.id,
            written=Written("0" * 64, 1, 1, 0, 0),
            is_public=False,
        )


def test_a_copy_that_its_days_stamp_does_not_cover_is_named(
    session: Session, files: Files, bundle: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "verify_timestamp", lambda _token, _listed: None)  # what a token proves is its own
    day, page = now().date().isoformat(), manifest(bundle())["captures"][0]["file"]
    stamp = DayStamp(
        day=day,
        list_sha256=files.put(b"ab" * 32 + b"\n"),
        token_sha256=files.put(b"a token"),
        authority="An authority",
        stamped_at=now(),
    )
    session.add(stamp)
    session.commit()
    says = f"{page}: is not in the list of digests of {day} that was stamped"
    assert verify_bundle(bundle()).problems == (says,)
    stamp.list_sha256 = files.put(f"{PurePath(page).name.split('.')[0]}\n".encode())
    session.commit()
    assert verify_bundle(bundle()).problems == ()
