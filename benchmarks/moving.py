"""How fast a whole desk goes out and comes in, and in how much memory: ``python -m benchmarks.moving --claims 10000``.

The desk is the generated one. Both commands run in a process of their own; the start of Python and of the program, and
for an import the making of the database, are in their times. Rows a second are by the processor's time, which says more
on a machine that others use too. Needs Linux, which tells a process's own memory.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import generate
from claims_app.moving.archive import Export


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds by the clock, seconds of the processor, and its own memory at most, in MB."""

    clock: float
    processor: float
    memory: float

    def told(self, rows: int) -> str:
        return f"{rows / self.processor:,.0f} | {self.processor:.1f} | {self.clock:.1f} | {self.memory:.0f}"


def run(data: Path, *arguments: str) -> Cost:
    """Run a command of the desk in ``data``; pages of files that the system maps into it are not its own memory."""
    began, memory = time.perf_counter(), 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "claims_app", *arguments],
        env={**os.environ, "CLAIMS_DATA": str(data)},
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
        memory = max(memory, int(found[1]) if found else 0)
        time.sleep(0.05)
    assert process.returncode == 0, arguments
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - began, processor, memory / 1000)


def measure(claims: int, folder: Path) -> None:
    """Print one row of the table."""
    desk, file = folder / f"desk-{claims}", folder / f"desk-{claims}.zip"
    if not desk.exists():
        generate(desk, claims, say=lambda _: None)
    file.unlink(missing_ok=True)
    out = run(desk, "export", str(file))
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        back = run(Path(fresh) / "desk", "import", "desk", str(file))
    with Export(file) as export:
        rows = sum(table.rows for table in export.manifest.tables.values())
    size, plain = file.stat().st_size / 1e6, (desk / "claims.db").stat().st_size / 1e6
    print(f"| {claims:,} | {rows:,} | {out.told(rows)} | {back.told(rows)} | {size:,.1f} | {plain:,.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="Keep the desks there for the next run.")
    chosen = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(
        "| claims | rows | rows/s out | processor, s | clock, s | memory, MB | rows/s in | processor, s | clock, s "
        "| memory, MB | export, MB | database, MB |"
    )
    print(f"|{'---:|' * 12}")
    with tempfile.TemporaryDirectory() as folder:
        for claims in chosen.claims:
            measure(claims, chosen.folder or Path(folder))


if __name__ == "__main__":
    main()
