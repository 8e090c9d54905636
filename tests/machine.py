"""What a test needs of the machine beside Python."""

import os
import shutil

import pytest


def need_openssl() -> None:
    """Skip aloud without the command openssl; where it is required, fail instead."""
    if shutil.which("openssl"):
        return
    if "openssl" in os.environ.get("DESK_TEST_REQUIRE", ""):
        pytest.fail("openssl is required here and is not on this machine.")
    pytest.skip("no openssl on this machine: no certificate or timestamp can be made")
