"""ETags of single records, and what a request makes depend on one (RFC 9110, section 13)."""

import hashlib
import re

from flask import request

from claims_app.api.problems import Problem
from claims_app.api.shapes import Shape
from claims_app.language import gettext

_ONE = '(W/)?"[!#-~]*"'
TAGS_SENT = re.compile(rf"^(\*|{_ONE}( *, *{_ONE})*)$")
"""How If-Match names the states of a record that the caller saw."""


def content_of(record: Shape) -> bytes:
    """Return a record as it is sent."""
    return record.model_dump_json().encode()


def tag_of(record: Shape, content: bytes | None = None) -> str:
    """Return a record's strong tag, without its quotation marks: its revision, and the digest of all that is shown.

    The revision alone would stay while the status, the assignee or the evidence of a claim go on.
    """
    digest = hashlib.sha256(content_of(record) if content is None else content).hexdigest()[:24]
    return f"{getattr(record, 'revision', 0)}-{digest}"


def quoted(tag: str) -> str:
    return f'"{tag}"'


def check_match(present: Shape) -> None:
    """Refuse a change by somebody who did not see ``present``: 428 without If-Match, 412 where it names another state.

    Asked inside the transaction that changes the record. A weak tag never matches, as the standard has it.
    """
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        raise Problem(428)
    if not TAGS_SENT.fullmatch(sent):
        raise Problem(400, gettext("If-Match names an ETag in its quotation marks, as it came with the record."))
    tag = tag_of(present)
    if not request.if_match.contains(tag):
        raise Problem(412, current=present, headers={"ETag": quoted(tag)})


def is_known(tag: str) -> bool:
    """Whether the caller has the state with this tag already, by If-None-Match; weak tags count here."""
    return request.if_none_match.contains_weak(tag)
