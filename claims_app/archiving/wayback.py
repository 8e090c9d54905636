"""Asking an archive that speaks "Save Page Now 2" (the Internet Archive's) to keep a page, and whether it did."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from claims_app.archiving.asking import LIMITS, Answer, ArchivingDelayed, ArchivingFailed, ask
from claims_app.errors import DomainError
from claims_app.fetching import Limits
from claims_app.fetching.guard import is_public, read_number, read_place

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_LONGEST_SAID = 300
#: What a job may be called: it becomes a part of an address.
_JOB = re.compile(r"\w[\w.-]{0,199}", re.ASCII)
#: How the archive says that it kept the address a while ago and will not do so again yet.
_RECENTLY = re.compile(r"same snapshot had been made (.{1,80}?) ago", re.IGNORECASE)
_AGO = re.compile(r"(\d{1,5}) (day|hour|minute|second)s?")

#: The archive's codes for a page that it does not keep, whoever asks and however often.
_NEVER = {
    "blocked",
    "blocked-client-ip",
    "blocked-url",
    "filesize-limit",
    "ftp-access-denied",
    "http-version-not-supported",
    "method-not-allowed",
    "network-authentication-required",
    "no-access",
    "not-implemented",
    "too-many-redirects",
    "unauthorized",
}
#: Its codes for an address at which it finds nothing.
_NOWHERE = {"bad-request", "invalid-host-resolution", "invalid-url-syntax", "not-found"}
#: Its codes for what is used up until tomorrow: of this address, of the keys, or of the page's site.
_USED_UP = {
    "bandwidth-limit-exceeded",
    "max-daily-bandwidth",
    "max-daily-bandwidth-from-ip",
    "max-daily-bandwidth-host",
    "too-many-daily-captures",
}
#: Its codes for what a minute mends.
_CROWDED = {"too-many-requests", "user-session-limit"}


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive and the desk's keys to it; ``address`` is its base, such as https://web.archive.org."""

    address: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Memento:
    """The archive's copy of a page: where anybody sees it, and when it was made."""

    address: str
    at: datetime
    #: Whether ``at`` is the copy's own time. If not, the archive only said how long ago it was, and the address leads
    #: to the copy nearest to that.
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """What the archive began to do; ``id`` is empty where it had nothing to do because the page is already ``kept``."""

    id: str
    kept: Memento | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``kept``, failed for good with ``failure``, or, with neither, still pending."""

    kept: Memento | None = None
    #: Why nothing was kept; where it is passing, the address can be handed in again.
    failure: ArchivingFailed | None = None
    #: The archive's own code of the failure, such as ``error:blocked-url``, and its own words.
    code: str = ""
    said: str = ""

    @property
    def is_pending(self) -> bool:
        """Say whether the archive is still at it."""
        return self.kept is None and self.failure is None


def ask_to_save(archive: Archive, address: str, *, limits: Limits = LIMITS) -> Job:
    """Ask the archive to keep the page at an address now; one that it kept a short while ago counts as kept.

    All that keeps it from beginning is an ``ArchivingFailed``. An address inside this network is not shown to it.
    """
    _need_public(address)
    form = urlencode({"url": address, "skip_first_archive": "1"})
    headers = {**_headers(archive), "Content-Type": "application/x-www-form-urlencoded"}
    answer = ask("POST", f"{_base(archive)}/save", headers=headers, body=form.encode(), limits=limits)
    told = _read(answer)
    said = _words(told.get("message"))
    if told.get("status") == "error":
        raise _failure(told, answer)
    # A page that was kept within the hour mostly comes with the id of the job that kept it, and is asked for by that.
    job = told.get("job_id")
    if isinstance(job, str) and _JOB.fullmatch(job):
        return Job(job)
    recently = _RECENTLY.search(said)
    if recently:
        return Job("", _memento(archive, address, datetime.now(UTC) - _read_span(recently[1]), is_exact=False))
    if said:
        raise ArchivingDelayed(
            "The archive did not begin to keep the page, and says: %(said)s It is asked again later.", said=said
        )
    raise _not_understood(answer)


def look_at(archive: Archive, job: Job, *, limits: Limits = LIMITS) -> Progress:
    """Return how far a job is.

    An ``ArchivingFailed`` says only that the archive cannot be asked: the job may go on all the same. The archive
    forgets a job after about an hour; a job that stays pending longer than that is the caller's to give up.
    """
    if job.kept:
        return Progress(job.kept)
    answer = ask("GET", f"{_base(archive)}/save/status/{job.id}", headers=_headers(archive), limits=limits)
    if answer.status == 404:
        return Progress(
            failure=ArchivingDelayed("The archive no longer knows what it was asked for; it is asked again later.")
        )
    told = _read(answer)
    if told.get("status") == "pending":
        return Progress()
    if told.get("status") == "error":
        return Progress(failure=_failure(told, answer), code=_code(told), said=_words(told.get("message")))
    stamp, found = told.get("timestamp"), told.get("original_url")
    if told.get("status") != "success" or not isinstance(stamp, str) or not isinstance(found, str):
        raise _not_understood(answer)
    try:
        read_place(found)
        at = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except (ValueError, DomainError) as error:
        raise _not_understood(answer) from error
    return Progress(_memento(archive, found, at))


def _base(archive: Archive) -> str:
    return archive.address.strip().rstrip("/")


def _headers(archive: Archive) -> dict[str, str]:
    keys = f"{archive.key.strip()}:{archive.secret.strip()}"
    if not re.fullmatch("[!-~]+:[!-~]+", keys):
        raise ArchivingFailed("The keys to the archive are not whole; copy both into the settings again.")
    return {"Accept": "application/json", "Authorization": f"LOW {keys}"}


def _need_public(address: str) -> None:
    """Refuse what the archive cannot reach, and what only tells strangers how this network is made."""
    try:
        host = read_place(address).host
    except DomainError as error:
        raise ArchivingFailed("The archive keeps web pages only; this is no address of one.") from error
    number = read_number(host)
    if not (is_public(number) if number else "." in host):
        raise ArchivingFailed("The page is inside this network, where no archive comes; rely on the desk's own copy.")


def _read(answer: Answer) -> dict[str, Any]:
    """Return the object in an answer; one that names the archive's own code counts whatever its HTTP status is."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and told.get("status") == "error" and _code(told):
        return told
    answer.need_success()
    if not isinstance(told, dict):
        raise _not_understood(answer)
    return told


def _not_understood(answer: Answer) -> ArchivingFailed:
    return ArchivingDelayed("The answer of %(host)s is not understood; it is asked again later.", host=answer.host)


def _code(told: dict[str, Any]) -> str:
    code = told.get("status_ext")
    return code if isinstance(code, str) and re.fullmatch(r"[\w:.-]{1,100}", code, re.ASCII) else ""


def _words(value: object) -> str:
    """Return what the archive says as one line of bounded length."""
    return " ".join(value.split())[:_LONGEST_SAID] if isinstance(value, str) else ""


def _failure(told: dict[str, Any], answer: Answer) -> ArchivingFailed:
    """Return what an error of the archive's own means for the desk."""
    code = _code(told) or "error"
    kind = code.removeprefix("error:")
    if kind in _NEVER:
        return ArchivingFailed(
            "This page cannot be kept in the archive (%(code)s); rely on the desk's own copy.", code=code
        )
    if kind in _NOWHERE:
        return ArchivingFailed("The archive finds no page at this address (%(code)s); check the address.", code=code)
    if kind in _USED_UP:
        return ArchivingDelayed(
            "The archive takes no more today (%(code)s); it is asked again tomorrow.", _DAY, code=code
        )
    return ArchivingDelayed(
        "The archive did not manage to keep the page (%(code)s); it is asked again later.",
        answer.retry_after or (_MINUTE if kind in _CROWDED else _HOUR),
        code=code,
    )


def _memento(archive: Archive, address: str, at: datetime, *, is_exact: bool = True) -> Memento:
    return Memento(f"{_base(archive)}/web/{at:%Y%m%d%H%M%S}/{address}", at.replace(microsecond=0), is_exact)


def _read_span(words: str) -> timedelta:
    """Return the span of "4 hours, 45 minutes"; what has no number in it counts as none."""
    return timedelta(**{f"{unit}s": int(number) for number, unit in _AGO.findall(words)})
