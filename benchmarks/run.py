"""Measures the desk beside a bare application and three peers: ``python -m benchmarks.run --claims 10000 --peers``.

All servers are up at once over the same data, and take turns request by request, so that ratios hold on a busy machine.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.browser import NotAnswered
from benchmarks.contenders import Contender, everyone, take_sample
from benchmarks.generate import generate
from benchmarks.goals import GOALS
from benchmarks.peers import install_peers, versions
from benchmarks.tables import growth_table, memory_table, result_table

CALLS = 40
SECONDS = 4.0
WARM_UP = 3
EXPORTED_UP_TO = 100_000
"""Peers export more claims than this only if asked to: it takes them minutes and gigabytes."""


@dataclass(frozen=True)
class Timing:
    """What one contender needed for one operation."""

    p50: float
    p95: float
    calls: int
    size: int


def _timing(seconds: list[float], size: int) -> Timing:
    ordered = sorted(1000 * one for one in seconds)
    return Timing(statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))], len(ordered), size)


def measure(operation: str, contenders: list[Contender]) -> dict[str, Timing]:
    """Let the contenders take turns: up to ``CALLS`` calls or ``SECONDS`` each, after a warm-up."""
    seconds: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    able = [one for one in contenders if operation in one.operations]
    warm_up = 0 if operation == "export" else WARM_UP
    for turn in range(warm_up + CALLS):
        for one in able:
            taken = seconds.setdefault(one.name, [])
            if turn >= warm_up and taken and sum(taken) >= SECONDS:
                continue
            try:
                answer = one.operations[operation](turn)
            except NotAnswered as error:
                print(f"{one.name} cannot do {operation}: {error}", file=sys.stderr)
                del one.operations[operation]
                continue
            if turn >= warm_up:
                taken.append(answer.seconds)
                sizes[one.name] = answer.size
        able = [one for one in able if operation in one.operations]
        if all(sum(seconds[one.name]) >= SECONDS for one in able):
            break
    return {name: _timing(taken, sizes[name]) for name, taken in seconds.items() if taken}


def _export(
    contenders: list[Contender], results: dict[str, dict[str, Timing]], *, with_peers: bool
) -> dict[str, list[float]]:
    """Measure the CSV of everything, and each server's own memory before it and at its height."""
    memory: dict[str, list[float]] = {}
    results["export"] = {}
    for one in contenders:
        if "export" not in one.operations or (not with_peers and one.name not in {"product", "floor"}):
            continue
        before = one.server.memory()
        with one.server.watched() as seen:
            results["export"] |= measure("export", [one])
        memory[one.name] = [before, max(seen), one.server.peak()]
    return memory


def _prepare(folder: Path, claims: int) -> tuple[Path, Path]:
    """Make the desk, and the copy that the others read and write."""
    desk, copy = folder / f"desk-{claims}", folder / f"copy-{claims}"
    if not (desk / "claims.db").exists():
        generate(desk, claims)
    if not (copy / "claims.db").exists():
        copy.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(desk / "claims.db", copy / "claims.db")
        with closing(sqlite3.connect(copy / "claims.db")) as connection:
            # The others know nothing of the history; they are not to be refused for that.
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER history_no_{verb}")
            # They ask for withdrawn claims too, which the desk's own indexes leave out.
            connection.execute("CREATE INDEX others_changed ON claim (updated_at, id)")
            connection.execute("CREATE INDEX others_status ON claim (status, updated_at, id)")
            connection.commit()
    return desk, copy


def run_desk(folder: Path, claims: int, python: Path | None, *, only: list[str], export_all: bool) -> dict[str, object]:
    """Measure a desk of one size and return what came out."""
    desk, copy = _prepare(folder, claims)
    sample = take_sample(desk / "claims.db")
    results: dict[str, dict[str, Timing]] = {}
    with everyone(desk, copy, sample, python) as contenders:
        for operation in GOALS:
            if operation != "export" and (not only or operation in only):
                results[operation] = measure(operation, contenders)
                print(f"{claims:,}: {operation} measured", file=sys.stderr)
        memory = {}
        if not only or "export" in only:
            memory = _export(contenders, results, with_peers=export_all or claims <= EXPORTED_UP_TO)
    plain = {name: {who: asdict(one) for who, one in found.items()} for name, found in results.items()}
    return {"claims": claims, "results": plain, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000])
    parser.add_argument("--peers", action="store_true", help="measure Flask-Admin, Django admin and Datasette too")
    parser.add_argument("--folder", type=Path, help="where desks are made and kept; a temporary one if left out")
    parser.add_argument(
        "--only", nargs="+", default=[], choices=list(GOALS), metavar="OPERATION", help=", ".join(GOALS)
    )
    parser.add_argument("--export-all", action="store_true", help="have the peers export more than 100,000 claims too")
    parser.add_argument("--save", type=Path, help="write the figures to this file, as JSON")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended too
    with tempfile.TemporaryDirectory(prefix="claims-benchmark-") as temporary:
        folder = arguments.folder or Path(temporary)
        python = install_peers(folder / "peers") if arguments.peers else None
        print(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, Python {platform.python_version()}, ",
            end="",
        )
        print(f"SQLite {sqlite3.sqlite_version}")
        if python:
            print(versions(python))
        runs: list[dict[str, object]] = []
        for claims in arguments.claims:
            runs.append(run_desk(folder, claims, python, only=arguments.only, export_all=arguments.export_all))
            print(f"\n{result_table(runs[-1])}\n\n{memory_table(runs[-1])}", flush=True)
            if arguments.save:
                arguments.save.write_text(json.dumps(runs, indent=1), encoding="utf-8")
        if len(runs) > 1:
            print(f"\n{growth_table(runs)}")


if __name__ == "__main__":
    main()
