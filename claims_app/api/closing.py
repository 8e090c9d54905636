"""Closing an article: the passages that have to be proved, and its sign-off."""

from datetime import datetime

from pydantic import ConfigDict, Field

from claims_app.api.gate import me
from claims_app.api.operations import operation
from claims_app.api.paging import need_place
from claims_app.api.shapes import Number, Page, PageQuery, Shape, Text, Who, WhyBody, cut, who
from claims_app.articles.model import Article, ArticleVersion, Passage
from claims_app.articles.queries import find_version
from claims_app.coverage import service as coverage
from claims_app.coverage.model import Waiver
from claims_app.coverage.queries import Answer, Covered, list_coverage, list_waivers
from claims_app.people.model import Person, Role, Scope
from claims_app.signoff import service
from claims_app.signoff.model import Side, SignOff
from claims_app.signoff.queries import (
    Blocker,
    Standing,
    count_blockers,
    digest_of,
    gather_closing,
    gather_content,
    list_signatures,
)
from claims_app.web.transaction import get_session, transaction

SUGGESTIONS, SIGN_OFF = "suggestions", "sign-off"


class WaiverOut(Shape):
    """Somebody's word that a passage needs no claim."""

    why: str
    person: Who
    created_at: datetime


class SuggestionOut(Shape):
    """A passage of the newest version that has to be proved. Places count code points of that version's text."""

    id: Number
    version: Number
    begins: int
    ends: int
    quote: str
    score: float = Field(description="How much it is worth checking, from 0 to 1.")
    reasons: list[str] = Field(description="What in it has to be proved.")
    answer: Answer = Field(description="Whether claims hold it, somebody waived it, or it is open.")
    waiver: WaiverOut | None


def _waiver(waiver: Waiver) -> WaiverOut:
    return WaiverOut(why=waiver.why, person=_person(waiver.person), created_at=waiver.created_at)


def _suggestion(one: Covered, version: ArticleVersion) -> SuggestionOut:
    passage, waiver = one.passage, one.waiver if one.answer is Answer.WAIVED else None
    return SuggestionOut(
        id=passage.id,
        version=version.number,
        begins=passage.begins,
        ends=passage.ends,
        quote=(version.text or "")[passage.begins : passage.ends],
        score=passage.score,
        reasons=passage.reasons,
        answer=one.answer,
        waiver=_waiver(waiver) if waiver else None,
    )


def _person(person: Person) -> Who:
    return Who(id=person.id, name=person.name)


class SuggestionQuery(PageQuery):
    """Which passages."""

    answer: list[Answer] = Field(default=[], description="Only those with one of these answers.")


@operation("GET", "/articles/<int:article_id>/suggestions", tag=SUGGESTIONS, role=Role.READER)
def list_suggestions(article_id: int, query: SuggestionQuery) -> Page[SuggestionOut]:
    """List the passages of the newest version that have to be proved, in the order of the text, with their answers."""
    session = get_session()
    need_place(query)
    version = find_version(session, article_id)
    wanted = query.answer or list(Answer)
    found = [
        one
        for one in list_coverage(session, version.id)
        if one.answer in wanted and one.passage.id > (query.behind or 0)
    ]
    page, after = cut([_suggestion(one, version) for one in found[: query.limit + 1]], query)
    return Page[SuggestionOut](items=list(page), next=after)


def _passage(passage_id: int) -> SuggestionOut:
    session = get_session()
    passage = session.get_one(Passage, passage_id)
    version = session.get_one(ArticleVersion, passage.version_id)
    waiver = list_waivers(session, version.id).get(passage_id)
    every = {one.passage.id: one for one in list_coverage(session, version.id)}
    known = every.get(passage_id, Covered(passage, Answer.WAIVED if waiver else Answer.OPEN, (), waiver))
    return _suggestion(known, version)


@operation("POST", "/passages/<int:passage_id>/waive", tag=SUGGESTIONS)
def waive_passage(passage_id: int, body: WhyBody) -> SuggestionOut:
    """Say that a passage needs no claim, and why."""
    with transaction() as session:
        coverage.waive_passage(session, actor=me(), passage_id=passage_id, why=body.why)
    return _passage(passage_id)


@operation("POST", "/passages/<int:passage_id>/reopen", tag=SUGGESTIONS)
def reopen_passage(passage_id: int) -> SuggestionOut:
    """Take a waiver back: the passage is open again, unless a claim covers it."""
    with transaction() as session:
        coverage.reopen_passage(session, actor=me(), passage_id=passage_id)
    return _passage(passage_id)


class SignatureOut(Shape):
    """Who signed which version, for which side, over what."""

    id: Number
    article_id: Number
    version: Number
    side: Side
    person: Who
    digest: str = Field(description="SHA-256 of the text, claims, evidence and verdicts that were signed.")
    override_why: str | None = Field(description="Why it was signed in spite of what was open.")
    open_items: list[list[str | int]] = Field(description="What was open then, and how much of it.")
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: Who | None
    withdrawn_why: str | None


def _signature(signed: SignOff) -> SignatureOut:
    different = {"version", "person", "withdrawn_by"}
    return SignatureOut(
        **{name: getattr(signed, name) for name in SignatureOut.model_fields.keys() - different},
        version=signed.version.number,
        person=_person(signed.person),
        withdrawn_by=who(signed.withdrawn_by),
    )


class StandingOut(Shape):
    """The last signature of a side, and whether it still holds."""

    signature: SignatureOut
    holds: bool
    problems: list[str] = Field(description="What changed since.")


class BlockerOut(Shape):
    """Something that is open, and how much of it."""

    what: Blocker
    number: int


class ClosingOut(Shape):
    """How far an article is closed."""

    is_closed: bool
    asks_legal: bool
    digest: str = Field(description="Of what would be signed now; the signer hands it back as `seen`.")
    blockers: list[BlockerOut] = Field(description="What is open; a signature in spite of it needs its reason.")
    standing: list[StandingOut]


def _standing(one: Standing) -> StandingOut:
    problems = [str(message % values) for message, values in one.problems]
    return StandingOut(signature=_signature(one.sign_off), holds=one.holds, problems=problems)


@operation("GET", "/articles/<int:article_id>/closing", tag=SIGN_OFF, role=Role.READER)
def get_closing(article_id: int) -> ClosingOut:
    """Show how far an article is closed, what is open, and what would be signed."""
    session = get_session()
    article = session.get_one(Article, article_id)
    version = find_version(session, article_id)
    closing = gather_closing(session, article)
    return ClosingOut(
        is_closed=closing.is_closed,
        asks_legal=article.asks_legal,
        digest=digest_of(gather_content(session, article, version)),
        blockers=[
            BlockerOut(what=what, number=number) for what, number in count_blockers(session, article, version).items()
        ],
        standing=[_standing(closing.latest[side]) for side in Side if side in closing.latest],
    )


@operation("GET", "/articles/<int:article_id>/sign-offs", tag=SIGN_OFF, role=Role.READER)
def list_sign_offs(article_id: int, query: PageQuery) -> Page[SignatureOut]:
    """List an article's signatures, the newest first, withdrawn ones too."""
    session = get_session()
    session.get_one(Article, article_id)
    need_place(query)
    found = list_signatures(session, article_id, before=query.behind, most=query.limit + 1)
    page, after = cut(found, query)
    return Page[SignatureOut](items=[_signature(one) for one in page], next=after)


@operation("GET", "/sign-offs/<int:sign_off_id>", tag=SIGN_OFF, role=Role.READER)
def get_sign_off(sign_off_id: int) -> SignatureOut:
    """Show a signature, withdrawn or not."""
    return _signature(get_session().get_one(SignOff, sign_off_id))


class NewSignature(Shape):
    """A signature under an article's newest version."""

    model_config = ConfigDict(json_schema_extra={"example": {"side": "editor", "seen": "ab" * 32}})

    seen: str = Field(pattern="^[0-9a-f]{64}$", description="The digest of what was looked at.")
    side: Side = Side.EDITOR
    override_why: Text | None = Field(default=None, description="Why it is signed in spite of what is open.")


@operation(
    "POST",
    "/articles/<int:article_id>/sign-offs",
    tag=SIGN_OFF,
    role=Role.READER,
    scope=Scope.SIGN,
    location="/sign-offs/{id}",
)
def sign_off(article_id: int, body: NewSignature) -> SignatureOut:
    """Sign an article off: an editor does, and whoever signs for legal where the article asks for that."""
    with transaction() as session:
        signed = service.sign_off(
            session,
            actor=me(),
            article_id=article_id,
            side=body.side,
            override_why=body.override_why,
            seen=body.seen,
        )
    return _signature(get_session().get_one(SignOff, signed.id))


@operation("POST", "/sign-offs/<int:sign_off_id>/withdraw", tag=SIGN_OFF, role=Role.READER, scope=Scope.SIGN)
def withdraw_sign_off(sign_off_id: int, body: WhyBody) -> SignatureOut:
    """Take a signature back, with the reason: whoever gave it may, and an editor. It is kept."""
    with transaction() as session:
        signed = service.withdraw_sign_off(session, actor=me(), sign_off_id=sign_off_id, why=body.why)
    return _signature(signed)
