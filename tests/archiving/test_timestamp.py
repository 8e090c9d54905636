"""Timestamps of an authority: asked for, kept as a file, read and verified without it, and what is refused."""

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import decode_timestamp_response

from claims_app.archiving import (
    LIMITS,
    ArchivingFailed,
    ask_for_timestamp,
    read_timestamp,
    verify_timestamp,
)
from claims_app.archiving.signature import check_signature, sort_certificates
from claims_app.fetching import Limits
from tests.archiving.services import QUERY, REPLY, RSA, Asked, Authority, Reply, Service, raw, run, serving
from tests.machine import need_openssl

DATA = b"digest of the first copy\ndigest of the second copy\n"
NO_FIT = "The signature of the timestamp does not fit, or is of a kind that is not read; do not rely on it."
UNREADABLE = "This is no timestamp of a SHA-256; ask another authority, or look for the right file."
UNTRUSTED = (
    "The timestamp was not made by an authority whose certificate is trusted here; check which authority it should be."
)


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    with serving(authority.speak) as service:
        return ask_for_timestamp(service.address, DATA)


def refused(address: str, limits: Limits = LIMITS) -> ArchivingFailed:
    with pytest.raises(ArchivingFailed) as caught:
        ask_for_timestamp(address, DATA, limits=limits)
    return caught.value


def refused_answer(says: Callable[[Asked], Reply]) -> ArchivingFailed:
    with serving(says) as service:
        return refused(service.address)


def unverified(token: bytes, data: bytes = DATA, *roots: bytes) -> str:
    with pytest.raises(ArchivingFailed) as caught:
        verify_timestamp(token, data, roots=roots)
    assert not caught.value.is_passing
    return str(caught.value)


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2)
    return bytes([tag]) + size + content


def find_content(token: bytes) -> bytes:
    """Return what an authority signed: the statement inside its answer."""
    stated = read_timestamp(token)
    start = token.index(bytes.fromhex("020101"), token.index(bytes.fromhex("2a864886f70d0109100104")))
    size = token[start - 1]
    assert bytes.fromhex(stated.imprint) in token[start : start + size]
    return token[start - 2 - (size > 127) : start + size]


def refusal(status: int, *bits: int, said: str = "") -> bytes:
    """Return an answer without a token, and with these reasons."""
    text = der(0x30, der(0x0C, said.encode())) if said else b""
    flags = sum(1 << (31 - bit) for bit in bits).to_bytes(4)
    reasons = der(0x03, b"\0" + flags) if bits else b""
    return der(0x30, der(0x30, der(0x02, status.to_bytes(1 + (status > 127))) + text + reasons))


class TestATimestamp:
    def test_states_what_existed_when_and_who_says_so(self, clock: Service, authority: Authority) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        stated = read_timestamp(ask_for_timestamp(clock.address, DATA))
        assert before <= stated.at <= datetime.now(UTC)
        assert stated.at.utcoffset() == timedelta()
        assert (stated.imprint, stated.authority) == (hashlib.sha256(DATA).hexdigest(), "Test Clock")
        assert read_timestamp(ask_for_timestamp(clock.address, DATA)).serial == stated.serial + 1

    def test_is_asked_for_without_showing_the_data(self, clock: Service) -> None:
        ask_for_timestamp(clock.address, DATA)
        (asked,) = clock.asked
        assert hashlib.sha256(DATA).digest() in asked.body
        assert DATA[:10] not in asked.body
        assert (asked.headers["content-type"], asked.headers["accept"]) == (QUERY, REPLY)

    def test_is_verified_with_and_without_the_authoritys_root(self, token: bytes, authority: Authority) -> None:
        verify_timestamp(token, DATA)
        verify_timestamp(token, DATA, roots=[authority.root])
        der = x509.load_pem_x509_certificate(authority.root).public_bytes(Encoding.DER)
        verify_timestamp(token, DATA, roots=[der])

    def test_is_a_file_that_openssl_verifies_too(self, token: bytes, authority: Authority, tmp_path: Path) -> None:
        (tmp_path / "day.tsr").write_bytes(token)
        (tmp_path / "day.txt").write_bytes(DATA)
        command = ["openssl", "ts", "-verify", "-in", "day.tsr", "-data", "day.txt"]
        root = str(authority.folder / "root.pem")
        done = subprocess.run([*command, "-CAfile", root], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout, done.stderr

    @pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
    def test_may_be_signed_with_rsa(self, tmp_path: Path, digest: str) -> None:
        need_openssl()
        authority = Authority.make(tmp_path / "rsa", kind=RSA, digest=digest)
        with serving(authority.speak) as service:
            token = ask_for_timestamp(service.address, DATA)
        verify_timestamp(token, DATA, roots=[authority.root])
        assert unverified(token[:-1] + bytes([token[-1] ^ 1])) == NO_FIT

    def test_may_be_finer_than_a_second(self, tmp_path: Path) -> None:
        need_openssl()
        authority = Authority.make(tmp_path / "fine")
        authority.take(digests="sha256", signer_digest="sha256", clock_precision_digits="6")
        before = datetime.now(UTC).replace(microsecond=0)
        with serving(authority.speak) as service:
            stated = read_timestamp(ask_for_timestamp(service.address, DATA))
        assert before <= stated.at <= datetime.now(UTC)


class TestVerifying:
    def test_refuses_a_kind_of_key_that_it_does_not_know(self, token: bytes) -> None:
        response = decode_timestamp_response(sort_certificates(token))
        with pytest.raises(ValueError, match=r"^$"):
            check_signature(response.time_stamp_token(), Ed25519PrivateKey.generate().public_key())

    def test_finds_other_bytes(self, token: bytes) -> None:
        said = "The timestamp is of other bytes; look for what was changed or exchanged since."
        assert unverified(token, DATA + b"x") == said
        assert unverified(token, b"") == said

    def test_finds_an_authority_that_is_not_trusted(self, token: bytes, other_authority: Authority) -> None:
        assert unverified(token, DATA, other_authority.root) == UNTRUSTED

    def test_needs_roots_that_are_certificates(self, token: bytes) -> None:
        for root in (b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", b"root"):
            assert unverified(token, DATA, root) == "The trusted certificate cannot be read; bring it as PEM or DER."

    def test_finds_another_time(self, token: bytes) -> None:
        at = read_timestamp(token).at
        old, new = (f"{moment:%Y%m%d%H%M%SZ}".encode() for moment in (at, at + timedelta(days=1)))
        changed = token.replace(old, new)
        assert read_timestamp(changed).at == at + timedelta(days=1)
        assert unverified(changed) == NO_FIT

    def test_finds_a_certificate_for_another_use(self, token: bytes) -> None:
        stamping, mail = bytes.fromhex("06082b06010505070308"), bytes.fromhex("06082b06010505070304")
        assert token.count(stamping) == 1
        assert unverified(token.replace(stamping, mail)) == NO_FIT

    def test_finds_a_certificate_that_had_run_out(self, token: bytes, authority: Authority) -> None:
        signer = x509.load_pem_x509_certificate((authority.folder / "signer.pem").read_bytes())
        end = f"{signer.not_valid_after_utc:%y%m%d%H%M%SZ}".encode()
        assert unverified(token.replace(end, b"200101000000Z")) == NO_FIT

    def test_finds_a_token_without_a_certificate(self, authority: Authority, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(DATA)
        query = ["openssl", "ts", "-query", "-data", "data", "-sha256"]
        token = authority.answer(subprocess.run(query, cwd=tmp_path, capture_output=True, check=True).stdout)
        assert read_timestamp(token).authority == ""
        assert unverified(token) == NO_FIT

    def test_finds_a_signature_that_was_made_for_something_else(
        self, token: bytes, authority: Authority, tmp_path: Path
    ) -> None:
        """Whoever gets the authority's key to sign any other thing must not get a timestamp by that."""
        content = decode_timestamp_response(sort_certificates(token)).tst_info
        (tmp_path / "signed").write_bytes(find_content(token))
        keys = [str(authority.folder / name) for name in ("signer.pem", "signer.key")]
        sign = ("cms", "-sign", "-binary", "-nodetach", "-in", "signed", "-outform", "DER", "-out", "cms")
        stamp, other = "1.2.840.113549.1.9.16.1.4", "1.2.840.113549.1.9.16.1.5"
        for kind in (stamp, other):
            run(tmp_path, *sign, "-econtent_type", kind, "-signer", keys[0], "-inkey", keys[1])
            made = (tmp_path / "cms").read_bytes()
            # What the signature says of its kind stays; what is said beside it is not signed.
            renamed = made.replace(bytes.fromhex("2a864886f70d0109100105"), bytes.fromhex("2a864886f70d0109100104"), 1)
            answer = der(0x30, der(0x30, der(0x02, b"\0")) + renamed)
            assert read_timestamp(answer).serial == content.serial_number
            if kind == stamp:
                verify_timestamp(answer, DATA)
            else:
                assert unverified(answer) == NO_FIT

    @pytest.mark.parametrize("is_trusted", [True, False])
    def test_finds_every_change_of_a_byte(self, token: bytes, authority: Authority, is_trusted: bool) -> None:
        """What passes says the same: some bytes mean nothing, and without a root a name is only a name."""
        stated, passed = read_timestamp(token), 0
        for place in range(len(token)):
            changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
            try:
                verify_timestamp(changed, DATA, roots=[authority.root] if is_trusted else [])
            except ArchivingFailed:
                continue
            passed += 1
            name = stated.authority if is_trusted else read_timestamp(changed).authority
            assert read_timestamp(changed) == replace(stated, authority=name), place
        assert passed < (40 if is_trusted else 1_200)

    def test_finds_every_cut(self, token: bytes) -> None:
        for length in range(len(token)):
            assert unverified(token[:length]) == UNREADABLE
        assert unverified(token + b"\0") == UNREADABLE

    def test_refuses_another_digest_than_sha256(self, authority: Authority, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(DATA)
        query = ["openssl", "ts", "-query", "-data", "data", "-sha512", "-cert"]
        token = authority.answer(subprocess.run(query, cwd=tmp_path, capture_output=True, check=True).stdout)
        assert unverified(token) == UNREADABLE


class TestAnAuthority:
    def test_that_answers_another_question_is_not_believed(self, authority: Authority, token: bytes) -> None:
        """An answer to the same data from before proves no more than before."""
        error = refused_answer(lambda _: Reply(body=token, media_type=REPLY))
        assert str(error).startswith("127.0.0.1 sent a timestamp that was made for another question")
        assert error.is_passing

    def test_that_stamps_other_bytes_is_not_believed(self, authority: Authority) -> None:
        def mixed_up(asked: Asked) -> Reply:
            other = asked.body.replace(hashlib.sha256(DATA).digest(), hashlib.sha256(b"other").digest())
            return Reply(body=authority.answer(other), media_type=REPLY)

        assert str(refused_answer(mixed_up)).startswith("The timestamp is of other bytes")

    def test_that_signs_badly_is_not_believed(self, authority: Authority) -> None:
        def forged(asked: Asked) -> Reply:
            token = authority.answer(asked.body)
            return Reply(body=token[:-1] + bytes([token[-1] ^ 1]), media_type=REPLY)

        assert str(refused_answer(forged)) == NO_FIT

    def test_that_refuses_says_why(self, tmp_path: Path) -> None:
        need_openssl()
        authority = Authority.make(tmp_path / "strict")
        authority.take(digests="sha512", signer_digest="sha256")
        error = refused_answer(authority.speak)
        assert str(error) == (
            "127.0.0.1 refuses to give a timestamp (badAlg, Message digest algorithm is not supported.); "
            "choose another authority in timestamp_address."
        )
        assert not error.is_passing

    @pytest.mark.parametrize(
        ("answer", "reason", "is_passing"),
        [
            (refusal(3), "3", True),
            (refusal(2, 14), "timeNotAvailable", True),
            (refusal(2, 25, said="Try again."), "systemFailure, Try again.", True),
            (refusal(2, 15), "unacceptedPolicy", False),
            (refusal(2, 0, 31), "badAlg", False),
            (refusal(2), "2", False),
            (refusal(1), "1", False),
            (refusal(200), "200", False),
        ],
    )
    def test_that_cannot_just_now_may_later(self, answer: bytes, reason: str, is_passing: bool) -> None:
        error = refused_answer(lambda _: Reply(body=answer, media_type=REPLY))
        assert f"({reason})" in str(error)
        assert error.is_passing is is_passing

    def test_that_grants_nothing_is_not_believed(self) -> None:
        assert str(refused_answer(lambda _: Reply(body=refusal(0), media_type=REPLY))) == UNREADABLE

    @pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
    def test_that_answers_an_error_is_told_of(self, status: int) -> None:
        error = refused_answer(lambda _: Reply(status, b"<h1>No</h1>", "text/html"))
        assert error.is_passing is (status >= 429)

    @pytest.mark.parametrize("media_type", ["text/html", "application/json", "application/timestamp-query", ""])
    def test_is_none_where_the_answer_is_of_another_kind(self, authority: Authority, media_type: str) -> None:
        error = refused_answer(lambda asked: Reply(body=authority.answer(asked.body), media_type=media_type))
        assert str(error) == "127.0.0.1 does not answer as a timestamp authority does; check timestamp_address."
        assert not error.is_passing

    @pytest.mark.parametrize("body", [b"", b"<html></html>", b"0\x80\0\0", b"0" * 5_000])
    def test_that_sends_no_der_is_not_read(self, body: bytes) -> None:
        assert str(refused_answer(lambda _: Reply(body=body, media_type=REPLY))) == UNREADABLE

    def test_that_breaks_off_may_be_whole_later(self, token: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {REPLY}\r\nContent-Length: {len(token)}\r\n\r\n".encode()
        with serving(raw(head, token[:500])) as service:
            assert refused(service.address).is_passing

    def test_that_does_not_answer_is_not_waited_for(self) -> None:
        with serving(raw()) as service:
            service.says = lambda _: iter([b""] if service.is_closing.wait(20) else [])
            assert refused(service.address, Limits(seconds=0.3)).is_passing
