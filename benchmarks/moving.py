"""How fast a whole desk goes out and comes in, and in how much memory: ``python -m benchmarks.moving --claims 10000``.

The desk is the generated one. Both commands run in a process of their own, whose time and greatest memory count; the
start of Python and of the program is in them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import generate
from claims_app.moving.archive import Export


def run(data: Path, *arguments: str) -> tuple[float, float]:
    """Run a command of the desk in ``data`` and return its seconds and its greatest memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "claims_app", *arguments],
        env={**os.environ, "CLAIMS_DATA": str(data)},
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return time.perf_counter() - began, used.ru_maxrss / 1000


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
    told = [f"{rows / seconds:,.0f} | {seconds:.1f} | {memory:.0f}" for seconds, memory in (out, back)]
    print(f"| {claims:,} | {rows:,} | {told[0]} | {told[1]} | {size:,.1f} | {plain:,.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="Keep the desks there for the next run.")
    chosen = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(
        "| claims | rows | rows/s out | s | MB of memory | rows/s in | s | MB of memory | MB of the export "
        "| of the database |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for claims in chosen.claims:
            measure(claims, chosen.folder or Path(folder))


if __name__ == "__main__":
    main()
