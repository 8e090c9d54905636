"""The signature on a timestamp, checked with the certificate that came along: nothing was changed since it was signed.

The library checks a signature only together with the chain up to a root, and few desks keep the roots of an authority.
"""

from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

_SHA2 = bytes.fromhex("6086480165030402")
_HASHES: dict[bytes, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    _SHA2 + b"\x01": hashes.SHA256,
    _SHA2 + b"\x02": hashes.SHA384,
    _SHA2 + b"\x03": hashes.SHA512,
}
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_TIMESTAMP = bytes.fromhex("2a864886f70d0109100104")
#: The tag of the part of a token that holds certificates.
_CERTIFICATES = 0xA0
_SET = b"\x31"


class Node(NamedTuple):
    """One value of DER: its tag, what is in it, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


def read_nodes(data: bytes) -> list[Node]:
    """Return the values that stand one after the other in DER; what is none is a ``ValueError``."""
    nodes, at = list[Node](), 0
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 2])
        start = at + 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[at + 2 : start])
        if start + size > len(data):
            raise ValueError
        nodes.append(Node(data[at], data[start : start + size], data[at : start + size]))
        at = start + size
    return nodes


def sort_certificates(answer: bytes) -> bytes:
    """Return an answer with its certificates in the order that DER asks for; what cannot be read comes back as it is.

    OpenSSL sends them signer first, many authorities run on it, and the library takes only those in order. No
    signature is over them.
    """
    try:
        _, token = read_nodes(_only(answer).content)
        _, wrapped = read_nodes(token.content)
        for part in read_nodes(_only(wrapped.content).content):
            if part.tag == _CERTIFICATES:
                found = sorted(node.whole for node in read_nodes(part.content))
                return answer.replace(part.content, b"".join(found))
    except ValueError:
        pass
    return answer


def check_signature(token: bytes, key: CertificatePublicKeyTypes) -> None:
    """Refuse a token (CMS in DER) whose one signature is not by ``key`` or not over its content.

    What does not fit is a ``ValueError``, also a kind of signature that is not read here: what is read is RSA with
    PKCS #1 padding and ECDSA, with SHA-256, 384 or 512.
    """
    _, wrapped = read_nodes(_only(token).content)
    signed = read_nodes(_only(wrapped.content).content)
    _, held = read_nodes(signed[2].content)
    _, _, digest, attributes, _, signature, *_ = read_nodes(_only(signed[-1].content).content)
    algorithm = _HASHES.get(read_nodes(digest.content)[0].content)
    if algorithm is None:
        raise ValueError
    values = {}
    for attribute in read_nodes(attributes.content):
        name, value = read_nodes(attribute.content)
        values[name.content] = _only(value.content).content
    hasher = hashes.Hash(algorithm())
    hasher.update(_only(held.content).content)
    if values.get(_MESSAGE_DIGEST) != hasher.finalize() or values.get(_CONTENT_TYPE) != _TIMESTAMP:
        raise ValueError
    try:
        # Signed is the set of attributes as such, not as the part of the signature that it is sent as.
        _verify(key, signature.content, _SET + attributes.whole[1:], algorithm())
    except InvalidSignature as error:
        raise ValueError from error


def _only(data: bytes) -> Node:
    (node,) = read_nodes(data)
    return node


def _verify(key: CertificatePublicKeyTypes, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(algorithm))
    else:
        raise InvalidSignature
