"""What every test of this folder may ask for."""

import socket

import pytest


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every IP address that something connected to; nothing but this machine can be."""
    hosts: list[str] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        hosts.append(address[0])
        assert address[0] in {"127.0.0.1", "::1"}, address
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return hosts
