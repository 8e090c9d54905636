"""A public report in every format, searched for what is not for readers; and every part says that it is one."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from claims_app.articles.model import Article, SecondCheck
from claims_app.claims.model import Status
from claims_app.claims.service import assign_claims
from claims_app.comments.model import CommentKind
from claims_app.comments.service import answer_query
from claims_app.errors import DomainError, NotFound
from claims_app.people.model import Role
from claims_app.reports.export import FORMATS, write_report
from claims_app.reports.facts import Audience, Scope
from claims_app.reports.scope import choose_scope, describe_scope, gather_scoped, name_scope, pack_scope, unpack_scope
from claims_app.signoff.service import withdraw_sign_off
from claims_app.verdicts.model import Finding
from claims_app.verdicts.service import confirm_verdict, reopen_claim
from tests.factories import Factory
from tests.reports.test_walk import READ

SECRETS = [
    *("Checker Alef", "Editor Bet", "Assignee Gimel", "Notes Dalet", "Query He", "Answer Vav", "Override Zayin"),
    *("Waiver Het", "Confirmation Tet", "Sign-off Yod", "Withdrawn Kaf", "Hidden Lamed", "Reopened Mem", "Note Nun"),
]
TEXT = "The bridge is 120 metres long. It cost 4 million dollars. In 2019 the police arrested 12 people."
REVISED = TEXT.replace("4 million", "5 million")


@pytest.fixture
def secretive(make: Factory, session: Session) -> Article:
    """An article in which everything that is not for readers has a word of its own."""
    checker, editor = make.person(name="Checker Alef"), make.person(name="Editor Bet", role=Role.EDITOR)
    assignee = make.person(name="Assignee Gimel")
    article = make.article(title_en="The bridge", title_he=None, text=TEXT, notes="Notes Dalet", language="en")
    first, second = make.claim(article, actor=checker), make.claim(article, actor=checker)
    make.place(second, "It cost 4 million dollars")
    make.evidence(first, source=make.confidential(name="Hidden Lamed"), summary="Hidden Lamed says so.", actor=checker)
    make.verdict(first, actor=editor, override_why="Override Zayin")
    reopen_claim(session, actor=editor, claim_id=first.id, why="Reopened Mem")
    make.verdict(first, actor=editor, override_why="Override Zayin")
    make.verdict(second, actor=checker, finding=Finding.DISPUTED)
    query = make.comment(second, kind=CommentKind.QUERY, text="Query He", actor=checker)
    answer_query(session, actor=editor, comment_id=query.id, answer="Answer Vav")
    make.comment(second, text="Note Nun", actor=checker)
    make.waiver(article, "12 people", why="Waiver Het", actor=checker)
    open_one = make.claim(article, actor=checker)
    assign_claims(session, actor=checker, claim_ids=[open_one.id], assignee_id=assignee.id)
    session.commit()
    make.revision(article, REVISED)
    confirm_verdict(session, actor=editor, claim_id=second.id, why="Confirmation Tet")
    session.commit()
    signed = make.sign_off(article, actor=editor, override_why="Sign-off Yod")
    withdraw_sign_off(session, actor=editor, sign_off_id=signed.id, why="Withdrawn Kaf")
    make.sign_off(article, actor=editor, override_why="Sign-off Yod")
    return article


def write_file(session: Session, article: Article, file_format: str, scope: Scope, language: str = "en") -> bytes:
    return write_report(
        session,
        article_id=article.id,
        file_format=file_format,
        language=language,
        actor=None,
        zone="Asia/Jerusalem",
        scope=scope,
    )


def write(session: Session, article: Article, file_format: str, scope: Scope, language: str = "en") -> str:
    """Return all that a file says: its bytes, unpacked, and its words."""
    data = write_file(session, article, file_format, scope, language)
    said = READ[file_format](data)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join([said, *(archive.read(name).decode("utf-8") for name in archive.namelist())])
    return said + data.decode("utf-8", "replace")


def test_nothing_secret_is_in_a_public_report(secretive: Article, session: Session) -> None:
    for file_format in FORMATS:
        inside = write(session, secretive, file_format, Scope())
        # What is planted can be found, or the search below proves nothing.
        assert [secret for secret in SECRETS[:3] if secret not in inside] == [], file_format
        outside = write(session, secretive, file_format, Scope(audience=Audience.PUBLIC))
        assert [secret for secret in SECRETS if secret in outside] == [], file_format
        assert "5 million" in outside
        scope = choose_scope(session, secretive.id, audience=Audience.PUBLIC, as_of=datetime.now(UTC))
        past = write(session, secretive, file_format, scope)
        assert [secret for secret in SECRETS if secret in past] == [], file_format


SCOPES: list[tuple[dict[str, Any], str]] = [
    ({"audience": Audience.PUBLIC}, "For readers: without people's names"),
    ({"statuses": (Status.DISPUTED,)}, "Only claims with this status: Disputed."),
    ({"claim": 2}, "Only claim 2."),
]


def test_every_file_says_what_part_it_is(secretive: Article, session: Session) -> None:
    for file_format in (name for name in FORMATS if name != "json"):
        whole = write(session, secretive, file_format, Scope())
        for scope, told in SCOPES:
            plain = write(session, secretive, file_format, Scope(**scope)).replace("&#39;", "'")
            assert told in plain, file_format
            assert told not in whole, file_format
    told = json.loads(write_file(session, secretive, "json", Scope(Audience.PUBLIC, (Status.DISPUTED,))))
    assert told["scope"] == {
        "audience": "public",
        "statuses": ["disputed"],
        "claim": None,
        "as_of": None,
        "sign_off": None,
    }
    assert [claim["number"] for claim in told["claims"]] == [2]


class TestChoosing:
    def test_a_sign_off_is_known_by_the_beginning_of_its_digest(self, secretive: Article, session: Session) -> None:
        report = gather_scoped(session, secretive.id, Scope(), made_by="Desk", language="en")
        digest = report.sign_offs[0].digest
        for given in (digest, digest[:6], f"sha256:{digest}", digest[:8].upper()):
            scope = choose_scope(session, secretive.id, sign_off=given)
            assert (scope.sign_off, scope.as_of) == (digest, report.sign_offs[0].signed_at)

        for given in ("", "abc", "%", "ffffffff", "sha256:"):
            with pytest.raises(NotFound, match="no sign-off"):
                choose_scope(session, secretive.id, sign_off=given)

    def test_what_cannot_be_is_refused_at_its_field(self, secretive: Article, session: Session) -> None:
        now = datetime.now(UTC)
        for chosen, field in (
            ({"as_of": now + timedelta(days=1)}, "as_of"),
            ({"as_of": now, "sign_off": "abcdef"}, "as_of"),
        ):
            with pytest.raises(DomainError) as refusal:
                choose_scope(session, secretive.id, **chosen)
            assert refusal.value.field == field
        for scope, field in (
            (Scope(claim=99), "claim"),
            (Scope(statuses=(Status.OPINION,)), "status"),
            (Scope(as_of=datetime(2020, 1, 1, tzinfo=UTC)), "as_of"),
        ):
            with pytest.raises(DomainError) as refusal:
                gather_scoped(session, secretive.id, scope, made_by="Desk", language="en")
            assert refusal.value.field == field

        assert choose_scope(session, secretive.id, statuses=list(Status)) == Scope()

    def test_a_scope_is_stored_and_read_back(self) -> None:
        for scope in (
            Scope(),
            Scope(
                Audience.PUBLIC, (Status.DISPUTED, Status.PARTLY), 3, datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "a" * 64
            ),
        ):
            assert unpack_scope(json.loads(json.dumps(pack_scope(scope)))) == scope

    def test_a_part_is_in_the_name_of_its_file(self) -> None:
        assert name_scope(Scope()) == ""
        scope = Scope(Audience.PUBLIC, (Status.DISPUTED,), 3, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
        assert name_scope(scope) == "public, Disputed, claim 3, 2026-01-02T0304Z"


def test_a_report_of_the_past_says_of_when_it_is(make: Factory, session: Session) -> None:
    article = make.article(text=TEXT, second_check=SecondCheck.OFF)
    make.claim(article)
    moment = datetime.now(UTC)
    make.claim(article)
    report = gather_scoped(session, article.id, Scope(as_of=moment), made_by="Desk", language="en")
    assert len(report.claims) == 1
    (told,) = describe_scope(report, "UTC")
    assert told.startswith("As the desk stood on ")


def test_a_public_report_asks_nothing_of_the_desk(secretive: Article, session: Session) -> None:
    for file_format in ("html", "pdf", "docx", "md", "xlsx"):
        inside = write(session, secretive, file_format, Scope())
        outside = write(session, secretive, file_format, Scope(audience=Audience.PUBLIC))
        for asked in ("Needs a decision before print", "Legal department"):
            assert asked in inside or file_format == "xlsx", (file_format, asked)
            assert asked not in outside, (file_format, asked)


def test_a_report_of_one_claim_shows_where_it_stands_and_no_more(secretive: Article, session: Session) -> None:
    for file_format in ("html", "pdf", "docx", "md"):
        assert "In 2019 the police" not in write(session, secretive, file_format, Scope(claim=1)), file_format
        assert "5 million dollars" in write(session, secretive, file_format, Scope(claim=2)), file_format
