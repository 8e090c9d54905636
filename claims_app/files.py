"""The originals of what was brought in, each kept once and for good under the SHA-256 of its bytes."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from claims_app.backup import INCOMING
from claims_app.errors import DomainError

#: How long bytes wait for somebody to save them.
WAITING = timedelta(hours=24)

_SHA256 = re.compile("[0-9a-f]{64}")


class Files:
    """A folder of files that never change, named by what is in them; ``incoming`` in it is for what is not kept yet.

    A digest is 64 hexadecimal digits in lower case; anything else raises ``DomainError`` before the disk is touched.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / INCOMING

    def path(self, sha256: str) -> Path:
        """Return where the file with this digest is, or would be."""
        _need_digest(sha256)
        return self._folder / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        """Say whether there is a file with this digest."""
        return self.path(sha256).is_file()

    def holds(self, sha256: str) -> bool:
        """Say whether there is a file with this digest and its bytes are still those; all of it is read."""
        return _holds(self.path(sha256), sha256)

    def list_kept(self) -> Iterator[str]:
        """Yield what is in the folder, in order: the digest of each file, or its path where that is no digest's."""
        for path in sorted(self._folder.rglob("*")):
            if path.is_file() and self._incoming not in path.parents:
                name = path.relative_to(self._folder)
                digest = "".join(name.parts)
                yield digest if len(name.parts) == 2 and is_digest(digest) else name.as_posix()

    def put(self, data: bytes) -> str:
        """Keep bytes and return their digest; on return they are on the disk, and nobody reads a part of them."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if not _holds(target, sha256):
            self._write(data, target)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes with this digest; ``DomainError`` where they are gone or not what they were."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise DomainError(
                "The file %(name)s is missing among the files of the desk; bring it back from a backup.", name=sha256
            ) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DomainError("The file %(name)s is not what was brought in; bring it back from a backup.", name=sha256)
        return data

    def stage(self, data: bytes, now: datetime) -> str:
        """Lay bytes aside that a person has not saved yet and return their digest; ``now`` is in UTC.

        What has waited for longer than ``WAITING`` is deleted; nothing else ever is.
        """
        self._sweep(now - WAITING)
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._incoming / sha256
        self._write(data, target)
        os.utime(target, (now.timestamp(), now.timestamp()))
        return sha256

    def read_staged(self, sha256: str) -> bytes:
        """Return what was laid aside under this digest, or is kept already; ``DomainError`` where it is gone."""
        _need_digest(sha256)
        staged = self._incoming / sha256
        if _holds(staged, sha256):
            with suppress(FileNotFoundError):  # somebody has just saved it
                return staged.read_bytes()
        if not self.has(sha256):
            raise _waited_too_long()
        return self.read(sha256)

    def adopt(self, sha256: str) -> None:
        """Keep what was laid aside under this digest; ``DomainError`` where it is neither there nor kept already."""
        staged, target = self._incoming / sha256, self.path(sha256)
        if _holds(staged, sha256):
            _make_folder(target.parent)
            with suppress(FileNotFoundError):  # the same form sent twice: the other one has just moved it
                staged.replace(target)
            _sync(target.parent)
        if not _holds(target, sha256):
            raise _waited_too_long()

    def _write(self, data: bytes, target: Path) -> None:
        _make_folder(self._incoming)
        _make_folder(target.parent)
        # Begun among the incoming files, where neither a backup nor a reader looks, and moved when it is whole.
        part = self._incoming / f"{target.name}.{secrets.token_hex(4)}"
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        _sync(target.parent)

    def _sweep(self, before: datetime) -> None:
        if self._incoming.is_dir():
            for path in self._incoming.iterdir():
                with suppress(FileNotFoundError):  # somebody else swept it, or saved it
                    if path.stat().st_mtime < before.timestamp():
                        path.unlink()


def is_digest(name: str) -> bool:
    """Say whether a name is one that a file of the desk can have: 64 hexadecimal digits in lower case."""
    return _SHA256.fullmatch(name) is not None


def _waited_too_long() -> DomainError:
    return DomainError("The file waited too long to be saved and is no longer here; bring it in again.")


def _need_digest(sha256: str) -> None:
    if not is_digest(sha256):
        raise DomainError("%(name)s is not the digest of a file.", name=sha256[:80])


def _holds(path: Path, sha256: str) -> bool:
    """Say whether the file is there with the bytes of its name."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    """Make a folder for the desk's own eyes; its name is on the disk before anything is in it."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """See the names in a folder safely on the disk, not only the bytes behind them."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
