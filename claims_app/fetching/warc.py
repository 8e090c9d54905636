"""A recording as a WARC file (ISO 28500, version 1.1), which archives everywhere read and replay."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from claims_app.fetching.recording import Exchange, Recording

_VERSION = "WARC/1.1"
_CONTENT = {
    "warcinfo": "application/warc-fields",
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
}


def write_warc(recording: Recording, *, software: str) -> bytes:
    """Return a recording as a WARC file: the same recording and software make the same bytes.

    Every record is packed by itself. The messages stand in it as they were on the wire, chunks and packing included;
    an answer that broke off says so in ``WARC-Truncated``. A recording without an exchange is a ``ValueError``.
    """
    if not recording.exchanges:
        raise ValueError("Nothing was recorded.")
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=_VERSION)
    for record in _records(recording, software):
        writer.write_record(record)
    return out.getvalue()


def _records(recording: Recording, software: str) -> Iterator[ArcWarcRecord]:
    """Return what describes the file, then each request and its answer."""
    info = _name(software, *(_told_apart(exchange) for exchange in recording.exchanges))
    about = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    yield _record("warcinfo", info, recording.exchanges[0].at, about, {})
    for number, exchange in enumerate(recording.exchanges):
        blocks = {"request": exchange.request, "response": exchange.answer}
        names = {kind: _name(info, kind, number) for kind, block in blocks.items() if block}
        for kind, name in names.items():
            headers = {"WARC-Warcinfo-ID": info, **_headers(exchange, kind)}
            for other in set(names.values()) - {name}:
                headers["WARC-Concurrent-To"] = other
            headers["WARC-Payload-Digest"] = _digest(_payload(blocks[kind]))
            yield _record(kind, name, exchange.at, blocks[kind], headers)


def _headers(exchange: Exchange, kind: str) -> dict[str, str]:
    headers = {"WARC-Target-URI": exchange.address, "WARC-IP-Address": exchange.ip}
    if exchange.tls:
        version, cipher = exchange.tls
        headers |= {"WARC-Protocol": version.lower().replace("tlsv", "tls/"), "WARC-Cipher-Suite": cipher}
    if kind == "response" and not exchange.is_whole:
        headers["WARC-Truncated"] = "unspecified"
    return headers


def _record(kind: str, name: str, at: datetime, block: bytes, headers: dict[str, str]) -> ArcWarcRecord:
    """Return a record whose block is written as it is: headers that the writer parsed would be written anew."""
    listed = {
        "WARC-Type": kind,
        "WARC-Record-ID": name,
        "WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        **headers,
        "WARC-Block-Digest": _digest(block),
    }
    written = StatusAndHeaders("", list(listed.items()), protocol=_VERSION)
    return ArcWarcRecord("warc", kind, written, BytesIO(block), None, _CONTENT[kind], len(block))


def _told_apart(exchange: Exchange) -> str:
    return f"{exchange.at.isoformat()} {exchange.address} {_digest(exchange.request)} {_digest(exchange.response)}"


def _name(*parts: object) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, ' '.join(map(str, parts)))}>"


def _digest(data: bytes | memoryview) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _payload(message: bytes) -> memoryview:
    """Return what follows the headers, where the readers of such files see their end: they check its digest."""
    stream = BytesIO(message)
    StatusAndHeadersParser([], verify=False).parse(stream)
    return memoryview(message)[stream.tell() :]
