"""Exports for tests: taken apart, changed, and put together again with digests that fit."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Parts = dict[str, bytes]


def take_apart(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(data: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def rows_of(parts: Parts, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in parts[f"tables/{table}.jsonl"].splitlines()]


def put_rows(parts: Parts, table: str, rows: list[dict[str, Any]]) -> None:
    put_lines(parts, table, [json.dumps(row, ensure_ascii=False).encode() for row in rows])


def put_lines(parts: Parts, table: str, lines: list[bytes]) -> None:
    """Put lines in place of a table's own, with a manifest that says so."""
    data = parts[f"tables/{table}.jsonl"] = b"".join(line + b"\n" for line in lines)

    def renew(manifest: dict[str, Any]) -> None:
        for one in manifest["tables"]:
            if one["name"] == table:
                one.update(told(data), rows=len(lines))

    change_manifest(parts, renew)


def change_manifest(parts: Parts, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads(parts["manifest.json"])
    change(manifest)
    parts["manifest.json"] = json.dumps(manifest).encode()


def put_together(path: Path, parts: Parts, *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path
