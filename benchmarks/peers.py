"""The peers' own environment: thrown away after the run, filled from PyPI by name."""

import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = ("flask-admin", "flask-sqlalchemy", "django", "django-import-export", "datasette", "waitress")


def install_peers(folder: Path) -> Path | None:
    """Make an environment with the peers in ``folder`` and return its interpreter; None, aloud, if that fails."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"The peers cannot be installed and are left out:\n{done.stderr[-800:]}", file=sys.stderr)
        return None
    return python


def versions(python: Path) -> str:
    """Return the peers' versions as one line."""
    asked = "import importlib.metadata as m, sys; print(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"
    return subprocess.run(
        [python, "-c", asked, *PACKAGES, "flask", "sqlalchemy"], capture_output=True, text=True, check=True
    ).stdout.strip()
