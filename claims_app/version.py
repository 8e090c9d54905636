"""Which version of the desk this is."""

import importlib.metadata
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
"""What a checkout has and an installed copy has not."""


def read_version() -> str:
    """Return the version of this copy: of the checkout if it is one, else of what is installed."""
    if PROJECT.is_file():
        return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])
    return importlib.metadata.version("claims-desk")
