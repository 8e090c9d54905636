"""Where the fetcher may go: an address is read strictly, and only machines of the public internet are connected to."""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx2

from claims_app.fetching.faults import Fault, FetchFailed

_LONGEST = 4000
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Below this only the two ports of the web: a mail server or a shell is no place to send a page's request to.
_FIRST_FREE_PORT = 1024
#: What a pasted address brings along from a text that runs from right to left.
_INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff \t\r\n"

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
#: A last label of this form makes browsers read the whole host as a number; none is the name of a machine.
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")

# Written out, because what Python calls global differs between its versions and includes multicast.
_CLOSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared behind a provider's translation
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own services, as seen from a machine inside
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation, as are 198.51.100 and 203.0.113
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # measurements
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # Teredo and other special uses
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
)
#: The only part of IPv6 that is given to sites.
_GIVEN = ip_network("2000::/3")
_TRANSLATED = ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Say whether an IP address is one that anybody on the internet reaches; what is not surely so is not."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip in _TRANSLATED:  # how a network without IPv4 writes an address of IPv4
            ip = IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in _GIVEN:
            return False
    return not any(ip in network for network in _CLOSED)


@dataclass(frozen=True, slots=True)
class Place:
    """A web address taken apart; ``host`` is in lower case and ASCII, without brackets or a dot at its end."""

    address: str
    scheme: str
    host: str
    port: int
    target: bytes

    @property
    def authority(self) -> str:
        """Host and port as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def read_place(address: str, *, base: Place | None = None) -> Place:
    """Take an address apart, one that is relative to ``base`` too; what two programs may read in two ways is refused.

    The fragment is dropped: it is never sent.
    """
    address = address.strip(_INVISIBLE)
    if len(address) > _LONGEST:
        raise _no_address(address)
    try:
        url = httpx2.URL(address)
        url = httpx2.URL(base.address).join(url) if base else url
        host = url.raw_host.decode("ascii").removesuffix(".")
    except (httpx2.InvalidURL, ValueError) as error:
        raise _no_address(address) from error
    if url.scheme not in _DEFAULT_PORTS:
        raise FetchFailed("A web address begins with http:// or https://.", Fault.CLOSED).at(address)
    if url.userinfo:
        wrong = "An address with a name or a password before the @ is not fetched; leave them out."
        # What is kept of the failure is no place for a password.
        raise FetchFailed(wrong, Fault.CLOSED).at(str(url.copy_with(userinfo=b"")))
    port = _DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    if not _is_host(host) or not 0 < port < 65536:
        raise _no_address(address)
    return Place(str(url.copy_with(fragment=None)), url.scheme, host, port, url.raw_path)


def _no_address(text: str) -> FetchFailed:
    wrong = "This is not a web address; copy the whole address from a browser."
    return FetchFailed(wrong, Fault.CLOSED).at(text[:_LONGEST])


def _is_host(host: str) -> bool:
    if read_number(host) is not None:
        return True
    labels = host.split(".")
    return len(host) < 254 and all(_LABEL.fullmatch(label) for label in labels) and not _NUMERIC.fullmatch(labels[-1])


def read_number(host: str) -> str | None:
    """Return the IP address that a host is, in its usual spelling, or None where it is a name.

    All that the C library takes for an address counts as one: ``2130706433``, ``0x7f.1`` and ``0177.0.0.1`` are
    127.0.0.1.
    """
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def ask_system(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses that the system knows for a name, best first; none raises ``OSError``."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Guard:
    """What decides where a connection may go.

    ``resolve`` turns a name into IP addresses. ``allow`` names the exact hosts and ports that may be inside this
    network or at a port that is no page's: for tests, and for a desk that is tried without the internet.
    """

    resolve: Callable[[str, int], Sequence[str]] = ask_system
    allow: frozenset[tuple[str, int]] = frozenset()

    def check_port(self, place: Place) -> None:
        """Refuse a port where no page is: 80, 443 and those from 1024 are fetched."""
        is_free = place.port in _DEFAULT_PORTS.values() or place.port >= _FIRST_FREE_PORT
        if not is_free and (place.host, place.port) not in self.allow:
            raise FetchFailed(
                "An address with the port %(port)s is not fetched; bring the page in as a file.",
                Fault.CLOSED,
                port=place.port,
            )

    def find(self, host: str, port: int) -> Sequence[str]:
        """Return the IP addresses to connect to; a single one of them that is not public refuses them all."""
        number = read_number(host)
        try:
            found = [number] if number else list(dict.fromkeys(self.resolve(host, port)))
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise FetchFailed("There is no site by the name %(host)s; check the address.", Fault.NO_SITE, host=host)
        if (host, port) not in self.allow and not all(is_public(address) for address in found):
            raise FetchFailed(
                "An address inside this network is not fetched; bring the page in as a file.", Fault.CLOSED
            )
        return found
