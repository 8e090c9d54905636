"""An export that is not what it says is refused in one sentence, and nothing of it stays."""

import hashlib
import json
import re
import shutil
import stat
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from claims_app.db import open_engine, open_sessions
from claims_app.errors import DomainError
from claims_app.files import Files
from claims_app.moving import archive as reading
from claims_app.moving import form
from claims_app.moving.archive import Export
from claims_app.moving.loading import finish_loading, load_files, load_rows
from claims_app.moving.writing import save_desk
from tests.cli.command import CHECKOUT, Desk
from tests.factories import Factory
from tests.moving.exports import Parts, change_manifest, put_lines, put_rows, put_together, rows_of, take_apart, told

Change = Callable[[Parts], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Parts:
    """The parts of a small desk's export, to be spoiled."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copyfile(migrated, folder / "claims.db")
    engine, files = open_engine(folder / "claims.db"), Files(folder / "captures")
    with open_sessions(engine)() as session:
        make = Factory(session)
        claim = make.claim(make.article(text="The bridge is 120 metres long."))
        make.place(claim, "120 metres")
        make.copy(make.evidence(claim).source, files=files)
        save_desk(session, files, folder / "desk.zip")
    engine.dispose()
    return take_apart(folder / "desk.zip")


@pytest.fixture
def parts(whole: Parts) -> Parts:
    return dict(whole)


@pytest.fixture
def bring(tmp_path: Path, migrated: Path) -> Callable[[Path], None]:
    """Bring an export in as the command does, into a database that is made already."""

    def bring(path: Path) -> None:
        shutil.copyfile(migrated, tmp_path / "claims.db")
        with Export(path) as export:
            engine = open_engine(tmp_path / "claims.db", foreign_keys=False)
            try:
                load_rows(export, engine)
                load_files(export, tmp_path / "captures")
                with open_sessions(engine)() as session:
                    finish_loading(session, export)
            finally:
                engine.dispose()

    return bring


@pytest.fixture
def refusal(parts: Parts, bring: Callable[[Path], None], tmp_path: Path) -> Callable[..., str]:
    """Spoil the export and return the one sentence that it is refused with."""

    def refuse(change: Change) -> str:
        change(parts)
        path = put_together(tmp_path / "spoiled.zip", parts)
        with pytest.raises(DomainError) as refused:
            bring(path)
        said = str(refused.value)
        assert said.startswith(f"{path} cannot be brought in: ")
        assert said.endswith(".")
        assert "\n" not in said
        return said.removeprefix(f"{path} cannot be brought in: ")

    return refuse


def test_what_is_not_spoiled_comes_in(parts: Parts, bring: Callable[[Path], None], tmp_path: Path) -> None:
    bring(put_together(tmp_path / "whole.zip", parts))


def row(table: str, number: int = 0, **values: Any) -> Change:
    """Return a change of fields in one row; a field of None is taken out."""

    def change(parts: Parts) -> None:
        rows = rows_of(parts, table)
        rows[number] = {name: value for name, value in (rows[number] | values).items() if value is not ...}
        put_rows(parts, table, rows)

    return change


def line(table: str, text: bytes) -> Change:
    return lambda parts: put_lines(parts, table, [*parts[f"tables/{table}.jsonl"].splitlines(), text])


def twice(table: str) -> Change:
    return lambda parts: put_rows(parts, table, rows_of(parts, table) * 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        # Fields and their kinds.
        (row("claim", statement_en=...), "tables/claim.jsonl, line 1: 'statement_en' is missing."),
        (row("claim", colour="red"), "tables/claim.jsonl, line 1: 'colour' is not a field here."),
        (row("claim", position="7"), "tables/claim.jsonl, line 1: 'position' has to be a whole number."),
        (row("claim", position=True), "tables/claim.jsonl, line 1: 'position' has to be a whole number."),
        (row("claim", position=2**63), "tables/claim.jsonl, line 1: 'position' has to be a whole number."),
        (row("claim", position=None), "tables/claim.jsonl, line 1: 'position' is missing."),
        (row("claim", statement_en=5), "tables/claim.jsonl, line 1: 'statement_en' has to be text."),
        (row("claim", is_stale=0), "tables/claim.jsonl, line 1: 'is_stale' has to be true or false."),
        (row("claim", recheck_on="soon"), "'recheck_on' has to be a day such as 2026-11-23."),
        (row("claim", created_at="2026-01-01T00:00:00"), "'created_at' has to be a moment such as"),
        (row("claim", created_at="0001-01-01T00:00:00+23:00"), "'created_at' has to be a moment such as"),
        (row("passage", score="high"), "tables/passage.jsonl, line 1: 'score' has to be a number."),
        (row("passage", score=10**400), "tables/passage.jsonl, line 1: 'score' has to be a number."),
        (row("passage", checks="none"), "tables/passage.jsonl, line 1: 'checks' has to be a list or a record."),
        # The rules of the database.
        (row("claim", status="certain"), "tables/claim.jsonl, line 1: CHECK constraint failed"),
        (row("claim", statement_en=" ", statement_he=None), "CHECK constraint failed: ck_claim_has_statement."),
        (row("person", email="A@example.org"), "line 1: CHECK constraint failed: ck_person_email_shape."),
        (twice("claim"), "tables/claim.jsonl, line 2: UNIQUE constraint failed: claim.id."),
        (twice("history"), "history is append-only."),
        (row("claim", article_id=77), "tables/claim.jsonl, line 1: it points at a row of the table article that is"),
        (row("evidence", source_id=78), "tables/evidence.jsonl, line 1: it points at a row of the table source that"),
        # Lines.
        (line("claim", b"{"), "tables/claim.jsonl, line 2: It is not JSON: line 1, column 2 cannot be read."),
        (line("claim", b""), "tables/claim.jsonl, line 2: It is not JSON"),
        (line("claim", b"[]"), "tables/claim.jsonl, line 2: A row stands in braces."),
        (line("claim", b'{"id": 1, "id": 2}'), "tables/claim.jsonl, line 2: id stands twice in one record."),
        (line("claim", b'{"id": NaN}'), "tables/claim.jsonl, line 2: NaN is not a number."),
        (line("claim", b'{"id": "\\ud800"}'), "tables/claim.jsonl, line 2: It holds half of a character."),
        (line("claim", '{"id": "טענה"}'.encode("cp1255")), "tables/claim.jsonl, line 2: It is not text in UTF-8"),
        (line("claim", b'{"id": ' + b"9" * 5000 + b"}"), "tables/claim.jsonl, line 2: A number in it is too long."),
        (line("claim", b"[" * 90_000), "line 2: Its records stand inside each other too deeply."),
        (line("claim", b"[" * 80 + b"]" * 80), "line 2: Its records stand inside each other too deeply."),
        # The history.
        (row("history", 2, why="Another."), "the history does not hold: entry 3 was changed."),
        (lambda parts: put_rows(parts, "history", rows_of(parts, "history")[1:]), "entry 1 is missing."),
        (
            lambda parts: change_manifest(parts, lambda told: told["history"].update(entries=1)),
            "the history does not end where its manifest says.",
        ),
        # Tables.
        (
            lambda parts: change_manifest(parts, lambda told: told["tables"].pop()),
            "tables/webhook_delivery.jsonl does not belong into an export.",
        ),
        (
            lambda parts: change_manifest(parts, lambda told: told["tables"][0].update(rows=5)),
            "tables/anchor.jsonl has 1 rows, not 5.",
        ),
        (
            lambda parts: change_manifest(parts, lambda told: told["tables"][0]["columns"].append("colour")),
            "the table anchor has no column colour.",
        ),
        (
            lambda parts: change_manifest(parts, lambda told: told["tables"][0]["columns"].remove("id")),
            "the table anchor lacks the column id.",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_refused_by_table_and_line(
    refusal: Callable[[Change], str], change: Change, said: str
) -> None:
    assert said in refusal(change)


def test_rows_that_point_at_a_row_that_is_gone_are_refused(refusal: Callable[[Change], str]) -> None:
    said = refusal(lambda parts: put_lines(parts, "claim", []))
    assert said.endswith("it points at a row of the table claim that is not here.")


def spoil(name: str) -> Change:
    return lambda parts: parts.update({name: parts[name] + b"\n"})


def file_of(parts: Parts) -> str:
    return min(name for name in parts if form.digest_in(name))


@pytest.mark.parametrize("name", ["manifest.json", "files.jsonl", "tables/claim.jsonl"])
def test_a_part_that_is_missing_is_refused(refusal: Callable[[Change], str], name: str) -> None:
    assert name in refusal(lambda parts: parts.pop(name))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (spoil("files.jsonl"), "files.jsonl is not what was exported."),
        (spoil("tables/claim.jsonl"), "tables/claim.jsonl is not what was exported."),
        (lambda parts: parts.update({file_of(parts): b"altered"}), " is not what was exported."),
        (lambda parts: parts.pop(file_of(parts)), " is missing in it."),
        (lambda parts: parts.update({"../../etc/cron.d/desk": b"*"}), "../../etc/cron.d/desk does not belong"),
        (lambda parts: parts.update({"/etc/passwd": b"*"}), "/etc/passwd does not belong into an export."),
        (lambda parts: parts.update({"files/..": b"*"}), "files/.. does not belong into an export."),
        (lambda parts: parts.update({"tables/\x1b[2J.jsonl": b""}), "tables/\\x1b[2J.jsonl does not belong"),
        (lambda parts: parts.update({"tables/notes.jsonl": b""}), "tables/notes.jsonl does not belong"),
    ],
)
def test_a_part_that_is_not_as_listed_is_refused(refusal: Callable[[Change], str], change: Change, said: str) -> None:
    assert said in refusal(change)


def test_a_file_that_a_row_names_has_to_come_along(refusal: Callable[[Change], str]) -> None:
    def drop(parts: Parts) -> None:
        del parts[file_of(parts)]
        kept = [json.dumps(told(data)) for name, data in parts.items() if form.digest_in(name)]
        parts["files.jsonl"] = "\n".join(kept).encode()
        change_manifest(parts, lambda manifest: manifest["files"].update(told(parts["files.jsonl"])))

    assert re.search(r"the file [0-9a-f]{64} \((copy|text) of source 1\) did not come along", refusal(drop))


def test_a_digest_that_is_a_path_is_refused(refusal: Callable[[Change], str]) -> None:
    path = "../" * 21 + "x"
    assert len(path) == 64
    assert f"the file {path} (copy of source 1) did not come along" in refusal(row("capture", sha256=path))


@pytest.mark.parametrize(
    ("sha256", "size"), [("../x", 1), ("ab" * 32, "1"), (5, 5), ("AB" * 32, 1), (None, None), ("ab" * 32, True)]
)
def test_a_list_of_files_that_lists_none_is_refused(
    refusal: Callable[[Change], str], sha256: object, size: object
) -> None:
    def change(parts: Parts) -> None:
        parts["files.jsonl"] = json.dumps({"sha256": sha256, "bytes": size}).encode()
        change_manifest(parts, lambda manifest: manifest["files"].update(told(parts["files.jsonl"])))

    assert "files.jsonl, line 1: it names no file with its size" in refusal(change)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "manifest.json, line 1: It is not JSON"),
        (b"[]", "it is not the export of a desk."),
        (b"{}", "it is not the export of a desk."),
        (b'{"format": "claims-desk-backup/1"}', "it is an export of another form, claims-desk-backup/1."),
        (b'{"format": "claims-desk-export/1"}', "it is not the export of a desk."),
        (b'{"format": 5, "format": 6}', "manifest.json, line 1: format stands twice in one record."),
        (b"[" * 100_000, "manifest.json, line 1: Its records stand inside each other too deeply."),
        (b"\xff\xfe{\x00", "manifest.json, line 1: It is not text in UTF-8"),
    ],
)
def test_a_manifest_that_is_none_is_refused(refusal: Callable[[Change], str], content: bytes, said: str) -> None:
    assert said in refusal(lambda parts: parts.update({"manifest.json": content}))


@pytest.mark.parametrize(
    "values",
    [
        {"missing": ["../x"]},
        {"missing": 5},
        {"revision": 5},
        {"tables": {}},
        {"files": {}},
        {"history": {"entries": -1}},
    ],
)
def test_a_manifest_with_other_kinds_is_refused(refusal: Callable[[Change], str], values: dict[str, Any]) -> None:
    said = refusal(lambda parts: change_manifest(parts, lambda manifest: manifest.update(values)))
    assert "it is not the export of a desk." in said or "does not belong into an export." in said


class TestAPackage:
    @pytest.fixture
    def path(self, tmp_path: Path, parts: Parts) -> Path:
        return put_together(tmp_path / "desk.zip", parts)

    def refused(self, path: Path) -> str:
        with pytest.raises(DomainError) as refused, Export(path):
            pass
        return str(refused.value)

    def test_that_is_none_is_refused(self, tmp_path: Path) -> None:
        for data in (b"", b"PK\x05\x06", b"not a package" * 100):
            (tmp_path / "x.zip").write_bytes(data)
            assert "is damaged or not the export of a desk" in self.refused(tmp_path / "x.zip")

    def test_that_is_cut_short_is_refused(self, path: Path, bring: Callable[[Path], None]) -> None:
        data = path.read_bytes()
        for share in (0.1, 0.5, 0.99):
            path.write_bytes(data[: int(len(data) * share)])
            assert "is damaged or not the export of a desk" in self.refused(path)

    def test_with_any_byte_altered_is_refused_or_the_same(self, path: Path, bring: Callable[[Path], None]) -> None:
        data = bytearray(path.read_bytes())
        for place in range(40, len(data), len(data) // 12):
            spoiled = bytearray(data)
            spoiled[place] ^= 0xFF
            path.write_bytes(spoiled)
            shutil.rmtree(path.parent / "captures", ignore_errors=True)
            with suppress(DomainError):  # and nothing else
                bring(path)

    def test_with_a_name_in_it_twice_is_refused(self, path: Path) -> None:
        with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "a") as archive:
            archive.writestr("tables/claim.jsonl", b"")
        assert "tables/claim.jsonl is in it twice" in self.refused(path)

    def test_with_a_link_is_refused(self, path: Path) -> None:
        link = zipfile.ZipInfo("tables/link.jsonl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(link, "/etc/passwd")
        assert "tables/link.jsonl is a link or a folder, not a file" in self.refused(path)

    def test_that_is_packed_in_another_way_is_refused(self, tmp_path: Path, parts: Parts) -> None:
        path = put_together(tmp_path / "lzma.zip", parts, method=zipfile.ZIP_LZMA)
        assert "is locked or packed in another way" in self.refused(path)

    def test_that_is_a_bomb_is_refused(self, tmp_path: Path, parts: Parts) -> None:
        zeros = bytes(300_000_000)
        parts[form.name_file(hashlib.sha256(zeros).hexdigest())] = zeros
        assert "unpacks to far more than it is" in self.refused(put_together(tmp_path / "bomb.zip", parts))

    def test_whose_parts_lie_over_each_other_is_refused(self, tmp_path: Path, parts: Parts) -> None:
        path = tmp_path / "overlaid.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", bytes(1_000_000))
            for number in range(20):
                copy = zipfile.ZipInfo(f"tables/{number}.jsonl")
                first = archive.infolist()[0]
                for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                    setattr(copy, name, getattr(first, name))
                archive.filelist.append(copy)
        assert "its parts lie over each other" in self.refused(path)

    def test_that_the_disk_has_no_room_for_is_refused(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=9))
        with Export(path) as export, pytest.raises(DomainError, match=r"unpacks to 0 MB, and .* has room for 0 MB"):
            export.need_room(path.parent)

    def test_with_a_line_without_end_is_refused(
        self, path: Path, bring: Callable[[Path], None], parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(form, "MOST_LINE", 2_000_000)
        put_lines(parts, "claim", [b'{"id": "' + b"x" * 5_000_000])
        with pytest.raises(DomainError, match=r"tables/claim.jsonl, line 1: it is longer than any row"):
            bring(put_together(path, parts))

    def test_with_a_manifest_without_end_is_refused(
        self, tmp_path: Path, parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "_MOST_MANIFEST", 100)
        assert "its manifest is too long" in self.refused(put_together(tmp_path / "long.zip", parts))


def test_a_refused_command_leaves_nothing_and_says_so_in_one_sentence(tmp_path: Path, parts: Parts) -> None:
    row("claim", article_id=77)(parts)
    desk = Desk(tmp_path / "desk", {"language": "en"})
    said = desk.refused("import", "desk", str(put_together(tmp_path / "loose.zip", parts)))
    assert "tables/claim.jsonl, line 1: it points at a row" in said
    assert list(desk.data.iterdir()) == []


def test_a_newer_desk_is_refused_with_what_to_do(tmp_path: Path, parts: Parts) -> None:
    change_manifest(parts, lambda manifest: manifest.update(revision="9999"))
    desk = Desk(tmp_path / "desk", {"language": "en"})
    said = desk.refused("import", "desk", str(put_together(tmp_path / "newer.zip", parts)))
    assert said.endswith("it was written by a newer version of Claims Desk; update this one first.")
    assert not desk.data.exists()


MEASURE = """
import resource, sys
from pathlib import Path
from claims_app.moving.archive import Export
with Export(Path(sys.argv[1])) as export:
    name, told = "claimant", export.manifest.tables["claimant"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = sum(1 for _ in export.records(f"tables/{name}.jsonl", told.part))
    print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_million_rows_are_read_in_a_memory_that_does_not_grow(tmp_path: Path, parts: Parts) -> None:
    data = parts["tables/claimant.jsonl"] = b'{"id":1}\n' * 1_000_000
    change_manifest(
        parts,
        lambda manifest: [
            one.update(told(data), rows=1_000_000) for one in manifest["tables"] if one["name"] == "claimant"
        ],
    )
    path = put_together(tmp_path / "million.zip", parts)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    rows, grown = map(int, done.stdout.split())
    assert rows == 1_000_000
    assert grown < 20_000  # kilobytes; a million rows as they are read would be hundreds of thousands
