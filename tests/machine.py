"""What a test needs of the machine beside Python."""

import os
import shutil

import pytest


def need_openssl() -> None:
    """Skip aloud without the command openssl; where it is required, fail instead."""
    _need("openssl", "openssl", "no certificate or timestamp can be made")


def need_office() -> None:
    """Skip aloud without LibreOffice; where it is required, fail instead."""
    _need("soffice", "office", "nobody but our own reader opens the Word file")


def _need(command: str, name: str, lack: str) -> None:
    if shutil.which(command):
        return
    if name in os.environ.get("DESK_TEST_REQUIRE", ""):
        pytest.fail(f"{command} is required here and is not on this machine.")
    pytest.skip(f"no {command} on this machine: {lack}")
