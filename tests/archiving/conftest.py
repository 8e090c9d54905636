"""The services that the tests of this folder ask, each on this machine."""

from collections.abc import Iterator

import pytest

from tests.archiving.services import ArchiveService, Authority, Service, serving
from tests.machine import need_openssl


@pytest.fixture
def archive_service() -> Iterator[ArchiveService]:
    service = ArchiveService()
    yield service
    service.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    need_openssl()
    return Authority.make(tmp_path_factory.mktemp("authority") / "main")


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    need_openssl()
    return Authority.make(tmp_path_factory.mktemp("authority") / "other")


@pytest.fixture
def clock(authority: Authority) -> Iterator[Service]:
    """The authority as it answers on the web."""
    with serving(authority.speak) as service:
        yield service
