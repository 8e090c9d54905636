"""Fetching reaches the public internet only, however an address inside is written or hidden."""

import socket
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_app.fetching import Guard
from claims_app.fetching.guard import ask_system, is_public
from tests.faults.site import INSIDE, NAME, moved, refused, serving

pytestmark = pytest.mark.usefixtures("reached")


class TestAnAddress:
    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("", "A web address begins with http:// or https://."),
            ("news.example/page", "A web address begins with http:// or https://."),
            ("file:///etc/passwd", "A web address begins with http:// or https://."),
            ("ftp://news.example/", "A web address begins with http:// or https://."),
            ("javascript:alert(1)", "A web address begins with http:// or https://."),
            ("//news.example/", "A web address begins with http:// or https://."),
            ("http://", "This is not a web address"),
            ("http:///page", "This is not a web address"),
            ("http://news example/", "This is not a web address"),
            ("http://news\texample/", "This is not a web address"),
            ("http://news.example\\.other.example/", "This is not a web address"),
            ("http://news%2eexample/", "This is not a web address"),
            ("http://news..example/", "This is not a web address"),
            ("http://news.example../", "This is not a web address"),
            ("http://-news.example/", "This is not a web address"),
            (f"http://{'a' * 64}.example/", "This is not a web address"),
            (f"http://{'a.' * 130}example/", "This is not a web address"),
            ("http://1.2.3.4.5/", "This is not a web address"),
            ("http://256.1.1.1/", "This is not a web address"),
            ("http://news.0x1/", "This is not a web address"),
            ("http://[::1/", "This is not a web address"),
            ("http://news.example:0/", "This is not a web address"),
            ("http://news.example:-1/", "This is not a web address"),
            ("http://news.example:65536/", "This is not a web address"),
            ("http://news.example:web/", "This is not a web address"),
            ("http://news.example/" + "a" * 4000, "This is not a web address"),
            ("http://editor:secret@news.example/", "An address with a name or a password before the @"),
            ("http://news.example@127.0.0.1/", "An address with a name or a password before the @"),
            ("http://127.0.0.1\\@news.example/", "An address with a name or a password before the @"),
            ("http://news.example:22/", "An address with the port 22 is not fetched"),
            ("https://news.example:25/", "An address with the port 25 is not fetched"),
            ("http://news.example:1023/", "An address with the port 1023 is not fetched"),
        ],
    )
    def test_that_is_none_is_refused_before_any_name_is_looked_up(
        self, address: str, told: str, reached: list[str]
    ) -> None:
        def resolve(host: str, port: int) -> Sequence[str]:
            raise AssertionError(host, port)

        assert refused(address, Guard(resolve)).startswith(told)
        assert reached == []

    @pytest.mark.parametrize("port", ["", ":80", ":443", ":1024", ":65535"])
    def test_may_have_a_port_where_pages_are(self, port: str) -> None:
        """The port was no reason: it got as far as to the name."""
        assert refused(f"http://{NAME}{port}/", Guard(lambda *_: ["10.1.1.1"])) == INSIDE

    def test_of_no_site_is_told_with_its_name(self) -> None:
        def resolve(host: str, port: int) -> Sequence[str]:
            raise socket.gaierror(host, port)

        told = "There is no site by the name news.example; check the address."
        assert refused("http://NEWS.example./", Guard(resolve)) == told
        assert refused(f"http://{NAME}/", Guard(lambda *_: [])) == told

    def test_in_hebrew_is_looked_up_as_the_net_writes_it(self) -> None:
        asked: list[tuple[str, int]] = []

        def resolve(host: str, port: int) -> Sequence[str]:
            asked.append((host, port))
            return ["10.1.1.1"]

        refused("https://דוגמה.ישראל/דף", Guard(resolve))
        assert asked == [("xn--6dbbec0c.xn--4dbrk0ce", 443)]


# Each is this machine or another inside; as browsers, the C library or people write it.
PRIVATE = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0X7F.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "127。0。0。1",
    "0",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "localhost",
    "LOCALHOST.",
    "10.0.0.1",
    "100.64.0.1",
    "168.63.129.16",
    "169.254.169.254",
    "0xa9fea9fe",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "3232235777",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:8.8.8.8]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::8.8.8.8]",
    "[100::1]",
    "[2001:0:7f00:1::]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:808:808::1]",
    "[3fff::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fec0::1]",
    "[ff02::1]",
]
# Which no reader of addresses takes in the same way as another, so none of them is taken at all.
DOUBTFUL = [
    "0177.0.0.1",
    "１２７.０.０.１",
    "①②⑦.0.0.1",
    "ⓛocalhost",
    "127.0.0.1..",
    "127%2e0.0.1",
    "[::1]evil",
    "[v1.x]",
]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What listens on this machine for whoever should not come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


class TestAPrivateAddress:
    @pytest.mark.parametrize("host", PRIVATE, ids=ascii)
    def test_in_any_spelling_is_refused_and_not_connected_to(
        self, host: str, listener: socket.socket, reached: list[str]
    ) -> None:
        port = listener.getsockname()[1]
        assert refused(f"http://{host}:{port}/", Guard(ask_system)) == INSIDE
        assert reached == []

    @pytest.mark.parametrize("host", DOUBTFUL, ids=ascii)
    def test_in_a_doubtful_spelling_is_refused_and_not_connected_to(
        self, host: str, listener: socket.socket, reached: list[str]
    ) -> None:
        port = listener.getsockname()[1]
        assert refused(f"http://{host}:{port}/", Guard(ask_system)).startswith("This is not a web address")
        assert reached == []

    @pytest.mark.parametrize("host", [*PRIVATE, *DOUBTFUL], ids=ascii)
    def test_at_the_end_of_a_redirect_is_not_connected_to(
        self, host: str, listener: socket.socket, reached: list[str]
    ) -> None:
        target = f"http://{host}:{listener.getsockname()[1]}/"
        with serving(lambda connection, _: connection.sendall(moved(target))) as site:

            def resolve(name: str, port: int) -> Sequence[str]:
                return ["127.0.0.1"] if name == NAME else ask_system(name, port)

            told = refused(site.address, Guard(resolve, frozenset({(NAME, site.port)})))
            assert told == INSIDE or told.startswith("This is not a web address")
            assert reached == ["127.0.0.1"]

    @pytest.mark.parametrize(
        "answers",
        [
            ["127.0.0.1"],
            ["93.184.216.34", "127.0.0.1"],
            ["::1", "93.184.216.34"],
            ["fe80::1%lo"],
            ["64:ff9b::10.0.0.1"],
        ],
    )
    def test_behind_a_name_is_refused_even_beside_a_public_one(
        self, answers: list[str], listener: socket.socket, reached: list[str]
    ) -> None:
        address = f"http://{NAME}:{listener.getsockname()[1]}/"
        assert refused(address, Guard(lambda *_: answers)) == INSIDE
        assert reached == []

    def test_is_allowed_at_the_exact_host_and_port_only(self, listener: socket.socket, reached: list[str]) -> None:
        port = listener.getsockname()[1]
        for allowed in ((NAME, port + 1), ("other.example", port), ("127.0.0.1", port), (f"a.{NAME}", port)):
            assert refused(f"http://{NAME}:{port}/", Guard(lambda *_: ["127.0.0.1"], frozenset({allowed}))) == INSIDE
        assert reached == []

    def test_cannot_be_slipped_in_after_the_check(self, listener: socket.socket) -> None:
        """A name that changes its answer is asked once for each connection, and what was checked is connected to."""
        asked: list[str] = []

        def resolve(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) > 1 else ["93.184.216.34"]

        tried: list[str] = []

        class Refusing(httpcore2.SyncBackend):
            def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore2.NetworkStream:
                tried.append(host)
                raise httpcore2.ConnectError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(httpcore2, "SyncBackend", Refusing)
            told = refused(f"http://{NAME}:{listener.getsockname()[1]}/", Guard(resolve))
        assert told.startswith("The connection to the site fails")
        assert (asked, tried) == ([NAME], ["93.184.216.34"])


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.0", "223.255.255.255"),
        *("2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1", "2001:200::1", "64:ff9b::8.8.8.8"),
    ],
)
def test_what_anybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_python_calls_global_what_is_public_here(address: object) -> None:
    """Two lists by two hands: what Python's own holds back is held back here, and so is multicast."""
    ip = ip_address(str(address))
    assert is_public(str(ip)) <= (ip.is_global and not ip.is_multicast)
    for inside in (f"::ffff:{ip}", f"::{ip}", f"64:ff9b:1::{ip}", f"fe80::{ip}", f"fd00::{ip}"):
        assert not is_public(inside)
    assert is_public(f"64:ff9b::{ip}") == is_public(str(ip))


@given(st.ip_addresses(v=6))
def test_python_calls_global_what_is_public_here_in_the_larger_net_too(address: object) -> None:
    ip = ip_address(str(address))
    assert is_public(str(ip)) <= (ip.is_global and not ip.is_multicast)
