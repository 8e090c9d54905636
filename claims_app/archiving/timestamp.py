"""Timestamps by an authority (RFC 3161): a signed statement that bytes with a certain digest existed at a moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from claims_app.archiving.asking import LIMITS, ArchivingDelayed, ArchivingFailed, ask
from claims_app.archiving.signature import check_signature, read_nodes, sort_certificates
from claims_app.fetching import Limits

_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_REPLY = "application/timestamp-reply"
_BIT_STRING = 3
#: What the libraries raise over bytes that are not what they should be.
_WRONG = (ValueError, LookupError, x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm)
#: The reasons of RFC 3161, by the number of their bit.
_REASONS = {
    0: "badAlg",
    2: "badRequest",
    5: "badDataFormat",
    14: "timeNotAvailable",
    15: "unacceptedPolicy",
    16: "unacceptedExtension",
    17: "addInfoNotAvailable",
    25: "systemFailure",
}
#: The reasons that lie with the authority and not with what it was asked.
_PASSING = frozenset({"timeNotAvailable", "systemFailure"})


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What an authority states: that bytes with this SHA-256 existed ``at`` this second, in UTC."""

    at: datetime
    #: The SHA-256, in hexadecimal digits.
    imprint: str
    #: The name in the certificate that came along; empty: none came.
    authority: str
    serial: int


def ask_for_timestamp(address: str, digest_of: bytes, *, limits: Limits = LIMITS) -> bytes:
    """Return an authority's whole answer for the SHA-256 of these bytes, as it came, to be kept as a ``.tsr`` file.

    Only the digest leaves the desk. What is returned is granted, answers this very question and is signed; all else is
    an ``ArchivingFailed``.
    """
    request = (
        TimestampRequestBuilder()
        .data(digest_of)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    headers = {"Content-Type": "application/timestamp-query", "Accept": _REPLY}
    answer = ask("POST", address, headers=headers, body=request.as_bytes(), limits=limits)
    answer.need_success()
    if answer.media_type != _REPLY:
        raise ArchivingFailed(
            "%(host)s does not answer as a timestamp authority does; check timestamp_address.", host=answer.host
        )
    response = _decode(answer.body)
    if response.status != PKIStatus.GRANTED:
        raise _refusal(answer.host, answer.body, response)
    verify_timestamp(answer.body, digest_of)
    if response.tst_info.nonce != request.nonce:
        raise ArchivingDelayed(
            "%(host)s sent a timestamp that was made for another question; it is asked again later.", host=answer.host
        )
    return answer.body


def read_timestamp(token: bytes) -> Timestamp:
    """Return what a kept answer states, without checking its signature."""
    response = _decode(token)
    try:
        info = response.tst_info
        imprint = info.message_imprint
        if imprint.hash_algorithm != _SHA256:
            raise _unreadable()
        signer = _find_signer(response)
        return Timestamp(
            info.gen_time, imprint.message.hex(), _name(signer.subject) if signer else "", info.serial_number
        )
    except _WRONG as error:
        raise _unreadable() from error


def verify_timestamp(token: bytes, data: bytes, *, roots: Sequence[bytes] = ()) -> None:
    """Refuse a kept answer that is not a timestamp of these bytes, or was changed since it was signed.

    Without ``roots`` (certificates in PEM or DER) nothing says who signed: whoever could put another file in the
    place of this one could have signed it as well. With them, the signer's certificate must lead up to one of them,
    as of the moment of the timestamp.
    """
    stated = read_timestamp(token)
    if stated.imprint != hashlib.sha256(data).hexdigest():
        raise ArchivingFailed("The timestamp is of other bytes; look for what was changed or exchanged since.")
    response = _decode(token)
    try:
        check_signature(response.time_stamp_token(), _find_key(response, stated.at))
    except _WRONG as error:
        raise ArchivingFailed(
            "The signature of the timestamp does not fit, or is of a kind that is not read; do not rely on it."
        ) from error
    if roots:
        _check_chain(response, data, roots)


def _check_chain(response: TimeStampResponse, data: bytes, roots: Sequence[bytes]) -> None:
    certificates = [each for root in roots for each in _read_certificates(root)]
    try:
        VerifierBuilder(roots=certificates).build().verify_message(response, data)
    except (VerificationError, *_WRONG) as error:
        raise ArchivingFailed(
            "The timestamp was not made by an authority whose certificate is trusted here; "
            "check which authority it should be."
        ) from error


def _read_certificates(data: bytes) -> list[x509.Certificate]:
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_certificates(data)
        return [x509.load_der_x509_certificate(data)]
    except ValueError as error:
        raise ArchivingFailed("The trusted certificate cannot be read; bring it as PEM or DER.") from error


def _decode(data: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(sort_certificates(data))
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> ArchivingFailed:
    return ArchivingFailed("This is no timestamp of a SHA-256; ask another authority, or look for the right file.")


def _find_signer(response: TimeStampResponse) -> x509.Certificate | None:
    """Return the certificate of the one who signed, or None where it did not come along."""
    signers = [(each.issuer, each.serial_number) for each in response.signed_data.signer_infos]
    for data in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(data)
        if [(certificate.issuer, certificate.serial_number)] == signers:
            return certificate
    return None


def _find_key(response: TimeStampResponse, at: datetime) -> CertificatePublicKeyTypes:
    """Return the key of the one who signed; a certificate that was not for timestamps then is a ``ValueError``.

    RFC 3161 asks that it is for this use and no other, and says so in a way that must not be passed over.
    """
    signer = _find_signer(response)
    try:
        use = signer and signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        use = None
    if (
        not (signer and use and use.critical and list(use.value) == [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING])
        or not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc
    ):
        raise ValueError
    return signer.public_key()


def _name(subject: x509.Name) -> str:
    names = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME) or list(subject)
    return str(names[0].value) if names else ""


def _refusal(host: str, data: bytes, response: TimeStampResponse) -> ArchivingFailed:
    """Return why an authority gives no timestamp."""
    reasons = _read_reasons(data)
    told = ", ".join([*reasons, *(text[:200] for text in response.status_string[:3])])
    if response.status == PKIStatus.WAITING or not _PASSING.isdisjoint(reasons):
        return ArchivingDelayed(
            "%(host)s gives no timestamp just now (%(reason)s); it is asked again later.",
            host=host,
            reason=told or response.status,
        )
    return ArchivingFailed(
        "%(host)s refuses to give a timestamp (%(reason)s); choose another authority in timestamp_address.",
        host=host,
        reason=told or response.status,
    )


def _read_reasons(data: bytes) -> list[str]:
    """Return the reasons in an answer, which the library leaves out: the bits that are set in its last part."""
    (whole,) = read_nodes(data)
    last = read_nodes(read_nodes(whole.content)[0].content)[-1]
    if last.tag != _BIT_STRING:
        return []
    bits = last.content[1:]
    return [name for bit, name in _REASONS.items() if bit // 8 < len(bits) and bits[bit // 8] & (0x80 >> bit % 8)]
