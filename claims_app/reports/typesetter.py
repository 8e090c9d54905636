"""Sets one report in type, from its input to its output: ``python -m claims_app.reports.typesetter``.

A process of its own, because the typesetter keeps what it once set in memory for good, and a report can ask for much.
"""

import json
import sys
import tempfile
from pathlib import Path

import typst

LEAST_MEMORY, MOST_MEMORY = 2_000_000_000, 8_000_000_000
"""Bytes of address space that a short report may take, and any."""
MEMORY_FOR_EACH = 400
"""Bytes more for each character of a report; the typesetter takes half of that."""

_TEMPLATE = Path(__file__).with_name("report.typ")


def main() -> None:
    """Read ``{"content", "logo", "fonts", "standards"}`` as JSON and write the PDF, or fail with the reason."""
    wanted = json.load(sys.stdin.buffer)
    _limit_memory(min(LEAST_MEMORY + MEMORY_FOR_EACH * len(wanted["content"]), MOST_MEMORY))
    # The typesetter reads files below this folder only, beside the fonts, and there is nothing else in it.
    with tempfile.TemporaryDirectory(prefix="claims-report-") as folder:
        root = Path(folder)
        (root / "report.typ").write_bytes(_TEMPLATE.read_bytes())
        (root / "report.json").write_text(wanted["content"], encoding="utf-8")
        if wanted["logo"]:
            (root / "logo").write_bytes(bytes.fromhex(wanted["logo"]))
        made = typst.compile(
            root / "report.typ",
            root=root,
            font_paths=[wanted["fonts"]],
            ignore_system_fonts=True,
            pdf_standards=wanted["standards"],
        )
    sys.stdout.buffer.write(made)


def _limit_memory(most: int) -> None:
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
