"""The desk's settings: read once from the environment, checked, and handed to whoever needs them."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel.dates import get_timezone
from limits import parse

MOST_LOGO_BYTES = 1_000_000
MOST_LOGO_PIXELS = 4000
"""The largest logo: in bytes, and in pixels on a side."""
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The parts of a JPEG file that say how large its picture is."""


class SettingsError(Exception):
    """A setting has a value the desk cannot start with."""


def _port(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 65535:
        raise ValueError
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def _from_zero(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _rate(text: str) -> str:
    parse(text)
    return text


def _switch(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.strip().lower()]


def _language(text: str) -> str:
    if text not in {"he", "en"}:
        raise ValueError
    return text


def _zone(text: str) -> str:
    get_timezone(text)
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text.strip()


def _service(text: str) -> str:
    """Read where a service is found, or that there is none."""
    address = text.strip()
    if address and not (address.startswith(("http://", "https://")) and urlsplit(address).hostname):
        raise ValueError
    return address


def _site(text: str) -> str:
    """Read where readers find the desk: scheme and host, without what the desk adds itself."""
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    is_bare = not (parts.path or parts.query or parts.fragment or parts.username or parts.password)
    if address and not (parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and is_bare):
        raise ValueError
    return address


def _file(text: str) -> str:
    """Read the path of a file, or that there is none."""
    return str(_path(text)) if text.strip() else ""


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _picture(text: str) -> Path | None:
    """Read where a picture is, or that there is none; its bytes say what it is, not its name."""
    if not text.strip():
        return None
    path = _path(text.strip())
    if not path.is_file() or path.stat().st_size > MOST_LOGO_BYTES:
        raise ValueError
    width, height = picture_size(path.read_bytes())
    if not (1 <= width <= MOST_LOGO_PIXELS and 1 <= height <= MOST_LOGO_PIXELS):
        raise ValueError
    return path


def picture_size(data: bytes) -> tuple[int, int]:
    """Return how many pixels wide and high a PNG or JPEG file says it is; for anything else ``ValueError``."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 33:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    place = 2
    while data.startswith(b"\xff\xd8\xff") and place + 9 < len(data) and data[place] == 0xFF:
        kind, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if kind in _JPEG_FRAMES:
            height, width = data[place + 5 : place + 7], data[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + length
    raise ValueError


def _reads(read: Callable[[str], Any], wants: str, tells: str) -> dict[str, Any]:
    """Return a field's metadata: how its text is read, what a right value is, what the setting does."""
    return {"read": read, "wants": wants, "tells": tells}


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, each as ``CLAIMS_<NAME>``; the defaults run a desk on one machine."""

    data: Path = field(
        default=Path("var"),
        metadata=_reads(_path, "a folder", "folder of the database, the captured files and the secret key"),
    )
    host: str = field(default="127.0.0.1", metadata=_reads(_filled, "an address", "address the server listens on"))
    port: int = field(default=8000, metadata=_reads(_port, "a port between 1 and 65535", "port the server listens on"))
    threads: int = field(default=8, metadata=_reads(_positive, "a whole number from 1", "requests served at once"))
    language: str = field(
        default="he", metadata=_reads(_language, "he or en", "language of pages before a person has chosen one")
    )
    timezone: str = field(
        default="Asia/Jerusalem",
        metadata=_reads(_zone, "a time zone such as Asia/Jerusalem", "zone in which times are shown"),
    )
    secure_cookies: bool = field(
        default=False,
        metadata=_reads(_switch, "yes or no", "send cookies over HTTPS only (for a desk behind an HTTPS proxy)"),
    )
    proxies: int = field(
        default=0,
        metadata=_reads(_from_zero, "a whole number from 0", "proxies in front of the desk that set X-Forwarded-For"),
    )
    upload_mb: int = field(
        default=16, metadata=_reads(_positive, "a whole number from 1", "largest request in megabytes")
    )
    sign_in_rate: str = field(
        default="10 per minute",
        metadata=_reads(_rate, "a rate such as 10 per minute", "sign-in attempts allowed from one address"),
    )
    api_rate: str = field(
        default="600 per minute",
        metadata=_reads(_rate, "a rate such as 600 per minute", "requests to the API allowed with one token"),
    )
    workers: int = field(
        default=2,
        metadata=_reads(
            _from_zero,
            "a whole number from 0",
            "copies of sources captured at once; 0 leaves them to a claims worker of their own",
        ),
    )
    capture_mb: int = field(
        default=32, metadata=_reads(_positive, "a whole number from 1", "largest page that is captured, in megabytes")
    )
    capture_seconds: int = field(
        default=60, metadata=_reads(_positive, "a whole number from 1", "longest time that fetching one page may take")
    )
    politeness: int = field(
        default=2,
        metadata=_reads(_from_zero, "a whole number from 0", "seconds between two captures from one site"),
    )
    archive_address: str = field(
        default="",
        metadata=_reads(
            _service, "an address such as https://web.archive.org", "public archive that is asked to keep copies too"
        ),
    )
    archive_key: str = field(
        default="", repr=False, metadata=_reads(str.strip, "a key", "the desk's access key to that archive")
    )
    archive_secret: str = field(
        default="", repr=False, metadata=_reads(str.strip, "a key", "the secret that belongs to the access key")
    )
    timestamp_address: str = field(
        default="",
        metadata=_reads(
            _service,
            "an address such as https://freetsa.org/tsr",
            "timestamp authority that confirms each day's copies by their digests (RFC 3161)",
        ),
    )
    name_he: str = field(
        default="", metadata=_reads(str.strip, "a name", "the desk's own name in Hebrew, on reports and public pages")
    )
    name_en: str = field(
        default="", metadata=_reads(str.strip, "a name", "the desk's own name in English, on reports and public pages")
    )
    closing_he: str = field(default="", metadata=_reads(str.strip, "words", "words that a report in Hebrew ends with"))
    closing_en: str = field(default="", metadata=_reads(str.strip, "words", "words that a report in English ends with"))
    logo: Path | None = field(
        default=None,
        metadata=_reads(
            _picture,
            "a PNG or JPEG file of at most 1 MB and 4,000 pixels a side",
            "the desk's logo on its reports, a PNG or JPEG file",
        ),
    )
    public_address: str = field(
        default="",
        metadata=_reads(
            _site,
            "an address such as https://checks.example.org, without a path",
            "where readers find the desk's public checks; without it, none can be published",
        ),
    )
    scale: str = field(
        default="",
        metadata=_reads(_file, "a file", "file of JSON with the ratings of public checks, in words and numbers"),
    )

    @property
    def exports(self) -> Path:
        return self.data / "exports"

    @property
    def database(self) -> Path:
        return self.data / "claims.db"

    @property
    def captures(self) -> Path:
        return self.data / "captures"

    @property
    def jobs(self) -> Path:
        return self.data / "jobs.db"

    def secret_key(self) -> str:
        """Return the key that signs sessions, made on first use and readable by its owner only."""
        self.data.mkdir(parents=True, exist_ok=True)
        path = self.data / "secret.key"
        if not path.exists():
            # Written whole beside its place and then linked: neither a crash nor a second start leaves half a key.
            fresh = self.data / f"secret.key.{secrets.token_hex(4)}"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            with suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        return path.read_text(encoding="ascii")


def variable(name: str) -> str:
    """Return the environment variable that sets the field ``name``."""
    return f"CLAIMS_{name.upper()}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from ``CLAIMS_*`` variables; an unknown name or a wrong value raises ``SettingsError``."""
    known = {variable(item.name): item for item in fields(Settings)}
    for name in sorted(environment):
        if name.startswith("CLAIMS_") and name not in known:
            raise SettingsError(f"{name} is not a setting of the desk. Known are: {', '.join(known)}.")
    values: dict[str, Any] = {}
    for name, item in known.items():
        text = environment.get(name)
        if text is None:
            values[item.name] = item.default.resolve() if isinstance(item.default, Path) else item.default
            continue
        try:
            values[item.name] = item.metadata["read"](text)
        except (ValueError, KeyError, LookupError, OSError):
            raise SettingsError(f"{name} is {text!r}, but has to be {item.metadata['wants']}.") from None
    return Settings(**values)
