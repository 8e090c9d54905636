"""A browser for measuring: one request at a time, each on a connection of its own; it keeps cookies and fills forms."""

import http.client
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit


class NotAnswered(Exception):
    """A request had another answer than the benchmark needs; its time would mean nothing."""


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took from the connection to the last byte."""

    status: int
    body: bytes
    size: int
    seconds: float
    location: str


class _Fields(HTMLParser):
    """Collects what a browser would send of the page's last form with the wanted field."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._select: str | None = None
        self._chosen: str | None = None
        self._first: str | None = None
        self._area: str | None = None
        self._text = ""

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].append((name, value))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and name and "disabled" not in values:
            kind = values.get("type", "text")
            if kind in {"submit", "button", "file"} or (kind in {"checkbox", "radio"} and "checked" not in values):
                return
            self._add(name, values.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select, self._chosen, self._first = name, None, None
        elif tag == "option" and self._select:
            if self._first is None:
                self._first = values.get("value", "")
            if "selected" in values:
                self._chosen = values.get("value", "")
        elif tag == "textarea" and name:
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self._add(self._select, self._first or "" if self._chosen is None else self._chosen)
            self._select = None
        elif tag == "textarea" and self._area:
            self._add(self._area, self._text.replace("\r\n", "\n").removeprefix("\n"))
            self._area = None


def read_form(page: bytes, wanted: str) -> dict[str, str]:
    """Return the fields of the page's form that has the field ``wanted``."""
    fields = _Fields()
    fields.feed(page.decode())
    for form in fields.forms:
        if any(name == wanted for name, _value in form):
            return dict(form)
    raise NotAnswered(f"no form with {wanted}")


@dataclass
class Browser:
    """A browser at one server."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    #: Sent with every request, besides a browser's own.
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, data: dict[str, str] | None = None, *, keep: bool = True) -> Answer:
        """Make one request; ``keep=False`` reads the body without holding it."""
        headers = {"Accept": "text/html", "Accept-Encoding": "identity", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        payload = None
        if data is not None:
            payload = urlencode(data)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.port}{path}"
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, payload, headers)
        response = connection.getresponse()
        body, size = b"", 0
        while piece := response.read(1 << 18):
            size += len(piece)
            body = body + piece if keep else b""
        seconds = time.perf_counter() - started
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return Answer(response.status, body, size, seconds, response.headers.get("Location", ""))

    def get(self, path: str, *, keep: bool = True) -> Answer:
        """Return a page; anything but 200 raises ``NotAnswered``."""
        answer = self.send("GET", path, keep=keep)
        if answer.status != 200:
            raise NotAnswered(f"GET {path}: {answer.status} {answer.location}")
        return answer

    def post(self, path: str, data: dict[str, str]) -> Answer:
        """Send a form; anything but a redirect, which says that it was saved, raises ``NotAnswered``."""
        answer = self.send("POST", path, data)
        if answer.status not in {302, 303}:
            raise NotAnswered(f"POST {path}: {answer.status} {answer.body[-400:]!r}")
        return answer

    def fill_and_post(self, path: str, wanted: str, changed: dict[str, str]) -> Answer:
        """Open a form, change some fields and send it; the answer's time is that of sending alone."""
        page = self.get(path)
        return self.post(path, {**read_form(page.body, wanted), **changed})


def path_of(address: str) -> str:
    """Return an address without its host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
