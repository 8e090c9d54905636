"""Records for tests, made through the same services as a person's own, with neutral values that never change.

Each call is saved at once, so that a page asked for by the test's client sees it.
"""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.anchors.service import current_version, find_quote, place_claim
from claims_app.articles.model import Article, ArticleVersion, Citation, Passage, SecondCheck
from claims_app.articles.queries import find_version, list_passages
from claims_app.articles.service import File, add_article, add_citation, add_version
from claims_app.captures.model import Capture, DayStamp, Deposit, DepositState, Trigger
from claims_app.captures.service import Kept, finish_failed, finish_kept, request_capture, take_next
from claims_app.claimreview.reading import read_reviews
from claims_app.claims.claimants import edit_claimant
from claims_app.claims.figure import FigureValue
from claims_app.claims.model import CitedBasis, Claim, ClaimantKind
from claims_app.claims.service import assign_claims, open_claim, tag_claims
from claims_app.claims.withdrawing import withdraw_claim
from claims_app.comments.model import Comment, CommentKind
from claims_app.comments.service import add_comment, answer_query
from claims_app.coverage.model import Waiver
from claims_app.coverage.service import waive_passage
from claims_app.db import now, today
from claims_app.drafts.service import Revision, revise_article
from claims_app.earlier.model import EarlierCheck
from claims_app.earlier.service import File as ReadFile
from claims_app.earlier.service import import_reviews
from claims_app.errors import DomainError, Duplicate
from claims_app.evidence.model import CopyCheck, Evidence, InCopy, Rank, Stance
from claims_app.evidence.queries import list_evidence
from claims_app.evidence.service import add_evidence, withdraw_evidence
from claims_app.fetching import Fault, FetchFailed
from claims_app.files import Files
from claims_app.importing.matching import is_heading
from claims_app.importing.model import Import, ImportKind
from claims_app.importing.planning import plan_import
from claims_app.importing.service import save_import
from claims_app.importing.tables import read_table
from claims_app.importing.undoing import undo_import
from claims_app.looks.model import LookReason
from claims_app.looks.service import raise_look, settle_look
from claims_app.people.model import Person, Role, Scope
from claims_app.people.service import add_person, choose_password, make_link, store_password
from claims_app.people.tokens import NewToken, make_token, revoke_token
from claims_app.publishing.imprint import DEFAULT_SCALE, Imprint
from claims_app.publishing.model import ClaimReview
from claims_app.publishing.service import correct_check, publish_checks
from claims_app.reports.facts import Scope as Part
from claims_app.reports.scope import pack_scope
from claims_app.reports.service import request_export
from claims_app.signoff.model import SignOff
from claims_app.signoff.service import sign_off, withdraw_sign_off
from claims_app.sources.confidential import add_confidential
from claims_app.sources.contacts import log_contact, withdraw_contact
from claims_app.sources.model import Channel, Contact, Publisher, Source, SourceKind
from claims_app.sources.origins import mark_same_origin
from claims_app.sources.publishers import edit_publisher, find_or_add_publisher
from claims_app.sources.service import add_source
from claims_app.verdicts.model import Finding, Verdict
from claims_app.verdicts.proof import find_lack
from claims_app.verdicts.service import approve_verdict, confirm_verdict, propose_verdict, reopen_claim
from claims_app.watching.service import set_recheck, watch_source
from claims_app.webhooks.model import Delivery, Topic, Webhook
from claims_app.webhooks.service import add_webhook, send_trial

IMPRINT = Imprint(
    address="https://checks.example.org",
    name_he="הדסק",
    name_en="The desk of the daily",
    scale=DEFAULT_SCALE,
    language="en",
    zone="Asia/Jerusalem",
)
"""A desk that publishes."""


def set_password(session: Session, *, actor: Person, current: str | None, new: str) -> Person:
    """Give ``actor`` a new password and end all other sessions; who has one already must know it."""
    return store_password(session, password=choose_password(actor=actor, current=current, new=new))


class Factory:
    """Makes people and records; whatever a record needs and the test does not name is made as well."""

    def __init__(self, session: Session, *, first: int = 1) -> None:
        self.session = session
        #: What records are numbered by; a desk that is filled already begins higher.
        self._numbers = count(first)
        self._regulars: dict[Role, Person] = {}

    def _saved(self, record: Any) -> Any:
        self.session.commit()
        return record

    def regular(self, role: Role) -> Person:
        """Return the one person of this role who does what a test names nobody for."""
        if role not in self._regulars:
            self._regulars[role] = self.person(role=role, name=f"Regular {role}")
        return self._regulars[role]

    def person(
        self,
        *,
        role: Role = Role.CHECKER,
        name: str | None = None,
        email: str | None = None,
        language: str = "en",
        password: str | None = None,
    ) -> Person:
        """Add a person, with a password only where one is given."""
        number = next(self._numbers)
        person: Person = add_person(
            self.session,
            actor=None,
            email=email or f"person{number}@example.org",
            name=name or f"Person {number}",
            role=role,
            language=language,
        )
        if password is not None:
            set_password(self.session, actor=person, current=None, new=password)
        self._saved(person)
        return person

    def token(
        self, person: Person, *, scope: Scope = Scope.SIGN, name: str = "A spreadsheet", days: int = 30
    ) -> NewToken:
        """Make a token, by which a program of the person's comes to the API."""
        made: NewToken = make_token(self.session, actor=person, name=name, scope=scope, days=days)
        self._saved(made.token)
        return made

    def article(self, *, actor: Person | None = None, **details: Any) -> Article:
        """Bring in an article."""
        if not {"title_he", "title_en"} & details.keys():
            number = next(self._numbers)
            details |= {"title_he": f"כתבה {number}", "title_en": f"Article {number}"}
        article: Article = self._saved(
            add_article(self.session, actor=actor or self.regular(Role.EDITOR), **details),
        )
        return article

    def version(self, article: Article, *, actor: Person | None = None, **details: Any) -> ArticleVersion:
        """Add the next version of an article."""
        version: ArticleVersion = self._saved(
            add_version(self.session, actor=actor or self.regular(Role.EDITOR), article_id=article.id, **details)
        )
        return version

    def citation(
        self, article: Article | None = None, *, address: str | None = None, actor: Person | None = None, **details: Any
    ) -> Citation:
        """Add a link that an article gives."""
        citation: Citation = self._saved(
            add_citation(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                article_id=(article or self.article()).id,
                address=address or f"https://example.org/cited/{next(self._numbers)}",
                **details,
            )
        )
        return citation

    def claim(self, article: Article | None = None, *, actor: Person | None = None, **details: Any) -> Claim:
        """Open a claim; it begins unchecked, and evidence and verdicts move it on."""
        if not {"statement_he", "statement_en"} & details.keys():
            number = next(self._numbers)
            details |= {
                "statement_he": f"אורך הגשר {number} מטרים.",
                "statement_en": f"The bridge is {number} metres long.",
            }
        claim: Claim = self._saved(
            open_claim(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                article_id=(article or self.article()).id,
                **details,
            )
        )
        return claim

    def source(self, *, actor: Person | None = None, **details: Any) -> Source:
        """Record a source; with an address unless the test gives one, or None, itself."""
        number = next(self._numbers)
        details = {"title": f"Source {number}", "address": f"https://example.org/source/{number}"} | details
        source: Source = self._saved(add_source(self.session, actor=actor or self.regular(Role.CHECKER), **details))
        return source

    def publisher(self, name: str | None = None, *, actor: Person | None = None, **details: Any) -> Publisher:
        """Record a publisher, and what is known of it."""
        actor, name = actor or self.regular(Role.CHECKER), name or f"Publisher {next(self._numbers)}"
        publisher = find_or_add_publisher(self.session, actor=actor, name=name)
        assert publisher is not None
        known: dict[str, Any] = {"name": name, "domain": None, "group_name": None, "notes": None, **details}
        edit_publisher(self.session, actor=actor, publisher_id=publisher.id, revision=publisher.revision, **known)
        self._saved(publisher)
        return publisher

    def confidential(self, *, actor: Person | None = None, name: str = "A neighbour", **details: Any) -> Source:
        """Record a source that only ``actor`` may know, and whom ``reader_ids`` name."""
        source: Source = self._saved(
            add_confidential(self.session, actor=actor or self.regular(Role.CHECKER), name=name, **details)
        )
        return source

    def contact(
        self,
        source: Source | None = None,
        *,
        question: str = "How long is the bridge?",
        answer: str | None = "120 metres.",
        channel: Channel = Channel.PHONE,
        actor: Person | None = None,
        **details: Any,
    ) -> Contact:
        """Log that somebody was asked."""
        contact: Contact = self._saved(
            log_contact(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                source_id=(source or self.source(kind=SourceKind.PERSON, address=None)).id,
                channel=channel,
                question=question,
                answer=answer,
                **details,
            )
        )
        return contact

    def capture(
        self,
        source: Source | None = None,
        *,
        trigger: Trigger = Trigger.ASKED,
        actor: Person | None = None,
        **details: Any,
    ) -> Capture:
        """Ask for a copy of a source; it waits."""
        capture: Capture | None = self._saved(
            request_capture(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                source=source or self.source(),
                trigger=trigger,
                **details,
            )
        )
        assert capture is not None
        return capture

    def copy(
        self, source: Source | None = None, *, text: str = "The bridge is 120 metres long.", files: Files | None = None
    ) -> Capture:
        """Keep a copy of a source with this text; its files are there where ``files`` is given."""
        data, words = f"<!doctype html><p>{text}".encode(), text.encode()
        kept = Kept(
            sha256=files.put(data) if files else sha256(data).hexdigest(),
            size=len(data),
            media_type="text/html",
            software="Claims Desk",
            text_sha256=files.put(words) if files else sha256(words).hexdigest(),
            status=200,
        )
        wanted = self.capture(source)
        taken = take_next(self.session, now=wanted.due_at, politeness=timedelta(0), only=[wanted.id])
        assert taken is not None
        capture: Capture | None = self._saved(finish_kept(self.session, taken, kept, now=wanted.due_at))
        assert capture is not None
        return capture

    def failed_capture(self, source: Source | None = None, *, error: DomainError | None = None) -> Capture:
        """Ask for a copy of a source that cannot be made."""
        wanted = self.capture(source)
        taken = take_next(self.session, now=wanted.due_at, politeness=timedelta(0), only=[wanted.id])
        assert taken is not None
        error = error or FetchFailed(
            "There is no page at this address (the site answers %(status)s); check the address.", Fault.GONE, status=404
        )
        capture: Capture | None = self._saved(
            finish_failed(self.session, taken, error, now=wanted.due_at, politeness=timedelta(0))
        )
        assert capture is not None
        return capture

    def evidence(
        self,
        claim: Claim | None = None,
        *,
        stance: Stance = Stance.SUPPORTS,
        source: Source | None = None,
        rank: Rank | None = Rank.PRIMARY,
        summary: str = "The source gives the length of the bridge.",
        figure: FigureValue | None = None,
        actor: Person | None = None,
        **details: Any,
    ) -> Evidence:
        """Add what a source says about a claim."""
        evidence: Evidence = self._saved(
            add_evidence(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                claim_id=(claim or self.claim()).id,
                source=source or self.source(),
                stance=stance,
                rank=rank,
                summary=summary,
                figure=figure,
                **details,
            )
        )
        return evidence

    def verdict(
        self,
        claim: Claim | None = None,
        *,
        finding: Finding = Finding.VERIFIED,
        actor: Person | None = None,
        approver: Person | None = None,
        rationale_en: str | None = "The sources agree.",
        **details: Any,
    ) -> Verdict:
        """Propose a verdict, adding the evidence it lacks; with ``approver`` the second check follows."""
        claim = claim or self.claim()
        evidence, rule = list_evidence(self.session, claim.id), claim.article.source_rule
        if "override_why" not in details and find_lack(finding, evidence, rule):
            self.evidence(claim, stance=Stance.REFUTES if finding is Finding.DISPUTED else Stance.SUPPORTS)
        verdict: Verdict = propose_verdict(
            self.session,
            actor=actor or self.regular(Role.CHECKER),
            claim_id=claim.id,
            revision=claim.revision,
            finding=finding,
            rationale_en=rationale_en,
            **details,
        )
        if approver is not None:
            approve_verdict(self.session, actor=approver, claim_id=claim.id)
        self._saved(verdict)
        return verdict

    def comment(
        self,
        claim: Claim | None = None,
        *,
        kind: CommentKind = CommentKind.NOTE,
        text: str = "Ask for the plan of the bridge.",
        actor: Person | None = None,
    ) -> Comment:
        """Add a note, or a query to the author."""
        comment: Comment = self._saved(
            add_comment(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                claim_id=(claim or self.claim()).id,
                kind=kind,
                text=text,
            )
        )
        return comment

    def place(self, claim: Claim, words: str, *, occurrence: int | None = None, actor: Person | None = None) -> Anchor:
        """Mark words of the current version as a place of a claim."""
        span = find_quote(current_version(self.session, claim.article_id), words, occurrence=occurrence)
        anchor: Anchor = self._saved(
            place_claim(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                claim_id=claim.id,
                begins=span.start,
                ends=span.end,
            )
        )
        return anchor

    def revision(self, article: Article, text: str, *, actor: Person | None = None, **details: Any) -> Revision:
        """Bring in a new draft of an article."""
        revision: Revision = self._saved(
            revise_article(
                self.session, actor=actor or self.regular(Role.EDITOR), article_id=article.id, text=text, **details
            )
        )
        return revision

    def passage(self, article: Article, words: str) -> Passage:
        """Return the sentence of the current version that holds these words."""
        version = find_version(self.session, article.id)
        place = (version.text or "").index(words)
        return next(one for one in list_passages(self.session, version.id) if one.begins <= place < one.ends)

    def waiver(
        self, article: Article, words: str, *, why: str = "Common knowledge.", actor: Person | None = None
    ) -> Waiver:
        """Waive the sentence of the current version that holds these words."""
        waiver: Waiver = self._saved(
            waive_passage(
                self.session,
                actor=actor or self.regular(Role.CHECKER),
                passage_id=self.passage(article, words).id,
                why=why,
            )
        )
        return waiver

    def sign_off(self, article: Article, *, actor: Person | None = None, **details: Any) -> SignOff:
        """Sign the current version of an article off."""
        signed: SignOff = self._saved(
            sign_off(self.session, actor=actor or self.regular(Role.EDITOR), article_id=article.id, **details)
        )
        return signed

    def attributed(
        self,
        article: Article | None = None,
        *,
        claimant: str = "Dana Levi",
        kind: ClaimantKind | None = ClaimantKind.PERSON,
        same_as: str | None = "https://www.wikidata.org/wiki/Q1",
        finding: Finding | None = Finding.VERIFIED,
        verdict: dict[str, Any] | None = None,
        **details: Any,
    ) -> Claim:
        """Open a claim that somebody else than the outlet makes, and decide it; None for ``finding`` leaves it open."""
        said = {"said_on": "2026-11-20", "first_appearance": "https://minister.example/speech"}
        claim = self.claim(article, claimant=claimant, **{"is_attributed": True, **said, **details})
        assert claim.claimant is not None
        edit_claimant(
            self.session,
            actor=self.regular(Role.EDITOR),
            claimant_id=claim.claimant.id,
            revision=claim.claimant.revision,
            name=claimant,
            kind=kind,
            same_as=same_as,
        )
        self.session.commit()
        if finding is not None:
            self.verdict(claim, finding=finding, **{"rationale_he": "המקורות מסכימים.", **(verdict or {})})
        return claim

    def check(self, claim: Claim | None = None, *, actor: Person | None = None) -> ClaimReview:
        """Sign the article of a claim off as it stands, and publish what was found about the claim."""
        claim = claim or self.attributed()
        actor = actor or self.regular(Role.EDITOR)
        with suppress(Duplicate):
            self.sign_off(claim.article, actor=actor, override_why="The paper waits.")
        published = publish_checks(
            self.session, actor=actor, article_id=claim.article_id, claim_ids=[claim.id], imprint=IMPRINT
        )
        review: ClaimReview = self._saved(published)[0]
        return review

    def copies(self, evidence: Evidence) -> Capture:
        """Make captures in every state, with what others keep of one and what was found in it; return that one."""
        self.capture()
        self.failed_capture()
        self.capture()
        kept = self.copy(evidence.source)
        take_next(self.session, now=now(), politeness=timedelta(0))  # its host is busy from here on
        evidence.copy_check = CopyCheck(capture=kept, passage=InCopy.MISSING, figure=InCopy.MISSING)
        self.session.add_all(
            [
                Deposit(capture_id=kept.id, due_at=kept.due_at, state=DepositState.FAILED, failure="No."),
                DayStamp(
                    day="2026-01-02",
                    list_sha256="ab" * 32,
                    token_sha256="cd" * 32,
                    authority="An authority",
                    stamped_at=kept.due_at,
                ),
            ]
        )
        self.session.commit()
        return kept

    def looks(self, claim: Claim, capture: Capture) -> int:
        """Have a claim looked at again for every reason, one of them settled, with its source watched; return one."""
        person = self.regular(Role.CHECKER)
        watch_source(self.session, actor=person, source_id=capture.source_id, every_days=7)
        set_recheck(self.session, actor=person, claim_id=claim.id, on=date(2999, 1, 2))
        found = {}
        for reason in LookReason:
            source = None if reason in (LookReason.RECHECK, LookReason.SOURCE_RULE) else capture.source
            copy = capture if source else None
            look = raise_look(
                self.session, claim=claim, reason=reason, source=source, capture=copy, before=copy, person_id=person.id
            )
            assert look is not None
            found[reason] = look
        settle_look(self.session, actor=person, look_id=found[LookReason.RECHECK].id, why="Nothing changed.")
        look_id: int = self._saved(found[LookReason.PASSAGE_GONE]).id
        return look_id

    def webhook(self, **values: Any) -> Webhook:
        values = {"name": "The paper's site", "address": "https://paper.example/hook", "topics": list(Topic)} | values
        actor = values.pop("actor", None) or self.regular(Role.ADMIN)
        return self._saved(add_webhook(self.session, actor=actor, **values))  # type: ignore[no-any-return]

    def delivery(self, webhook: Webhook | None = None) -> Delivery:
        """Return a trial on its way to a receiver."""
        webhook = webhook or self.webhook()
        return self._saved(  # type: ignore[no-any-return]
            send_trial(self.session, actor=self.regular(Role.ADMIN), webhook_id=webhook.id)
        )

    def earlier_check(self, *, actor: Person | None = None, **says: Any) -> EarlierCheck:
        """Bring in a published review; ``says`` are properties of its ClaimReview."""
        number = next(self._numbers)
        node = {
            "@type": "ClaimReview",
            "claimReviewed": f"The lighthouse {number} is older than the harbour.",
            "url": f"https://checks.example.org/{number}",
            "author": {"@type": "Organization", "name": "The Checkers"},
            "datePublished": "2024-03-05",
            "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1},
            **says,
        }
        reading = read_reviews(json.dumps(node).encode(), today=today())
        import_reviews(
            self.session, actor=actor or self.regular(Role.EDITOR), files=[ReadFile(f"{number}.json", reading)]
        )
        check: EarlierCheck = self._saved(
            self.session.scalars(select(EarlierCheck).order_by(EarlierCheck.updated_at.desc()).limit(1)).one()
        )
        return check

    def table(self, article: Article, *statements: str, actor: Person | None = None) -> Import:
        """Bring a table of claims into an article."""
        rows = ["Statement", *(statements or (f"Statement {next(self._numbers)}.",))]
        table = read_table("\n".join(rows).encode(), is_known=is_heading)
        plan = plan_import(
            self.session, kind=ImportKind.CLAIMS, table=table, columns={"statement": 0}, article_id=article.id
        )
        imported: Import = self._saved(
            save_import(
                self.session,
                actor=actor or self.regular(Role.EDITOR),
                plan=plan,
                file=File("ef" * 32, 90, name="claims.csv"),
                columns={"Statement": "statement"},
                article_id=article.id,
            )
        )
        return imported

    def everything(self) -> dict[str, Any]:
        """Fill the desk with a record of every kind and in every state; return one of each by its name in addresses."""
        checker, second = self.regular(Role.CHECKER), self.person()
        article = self.article(
            title_he="הגשר",
            title_en="The bridge",
            text="The bridge is 120 metres long. It cost 4 million dollars. It opened in 1998. Everybody loves it.",
            file=File("ab" * 32, 90, name="bridge.txt", media_type="text/plain"),
            second_check=SecondCheck.ALL,
            deadline_at=datetime(2026, 1, 2, 12, tzinfo=UTC),
            origin_key="bridge",
        )
        citation = self.citation(article)
        claim = self.claim(
            article,
            figure=FigureValue(120, 120, "metres", is_about=True, as_of="2026-H1"),
            claimant="Dana Levi",
            citation_id=citation.id,
            cited_basis=CitedBasis.READ,
            section="Opening",
            paragraph=1,
            origin_key="bridge-1",
        )
        evidence = self.evidence(claim, figure=FigureValue(110, 115, "metres"), passage="110 m", locator="sheet 4")
        self.evidence(claim, stance=Stance.REFUTES, rank=Rank.PRIMARY)
        withdrawn = self.evidence(claim, stance=Stance.CONTEXT)
        withdraw_evidence(self.session, actor=checker, evidence_id=withdrawn.id, why="Misread.")
        tag_claims(self.session, actor=checker, claim_ids=[claim.id], tag="legal")
        assign_claims(self.session, actor=checker, claim_ids=[claim.id], assignee_id=second.id)
        comment = self.comment(claim, kind=CommentKind.QUERY)
        answered = self.comment(claim, kind=CommentKind.QUERY)
        answer_query(self.session, actor=checker, comment_id=answered.id, answer="By mail: yes.")
        self.place(claim, "The bridge is 120 metres long")
        cost = self.claim(article, statement_en="The bridge cost 4 million dollars.")
        self.place(cost, "It cost 4 million dollars")
        self.verdict(cost, finding=Finding.PARTLY, approver=second)
        self.waiver(article, "opened in 1998")
        revised = "The bridge is 120 metres long. It cost 5 million dollars. It opened in 1998. Everybody loves it."
        self.revision(article, revised, note="After the call.")
        confirm_verdict(self.session, actor=second, claim_id=cost.id, why="The new sum is in the same source.")
        dearer = revised.replace("5 million", "6 million")
        self.revision(article, dearer)
        hasty = self.sign_off(article, override_why="The paper waits.")
        withdraw_sign_off(self.session, actor=self.regular(Role.EDITOR), sign_off_id=hasty.id, why="Too early.")
        signed = self.sign_off(article, override_why="The paper waits.")
        self.verdict(self.claim(article), finding=Finding.PARTLY)
        approved = self.verdict(self.claim(article), finding=Finding.OPINION, approver=second)
        reopen_claim(self.session, actor=second, claim_id=approved.claim_id, why="A new plan.")
        self.verdict(self.claim(), override_why="Seen in court.", actor=self.regular(Role.EDITOR))
        withdraw_claim(self.session, actor=checker, claim_id=self.claim(article).id, why="Opened twice.")
        self.publisher(domain="example.com", notes="An agency.", group_name="The house")
        publisher = self.publisher(domain="example.net", group_name="The house")
        repeat = self.source(address="https://example.net/repeat?utm_source=a", publisher=publisher.name)
        mark_same_origin(self.session, actor=checker, source_id=repeat.id, other_id=evidence.source_id)
        contact = self.contact(is_read_back=True)
        withdraw_contact(self.session, actor=checker, contact_id=self.contact(answer=None).id, why="Another office.")
        self.contact(self.confidential(reader_ids=[second.id]))
        capture = self.copies(evidence)
        look_id = self.looks(cost, capture)
        delivery = self.delivery()
        check = self.earlier_check()
        review = self.check(self.attributed(appearances="https://minister.example/again", same_as=None))
        correct_check(self.session, actor=self.regular(Role.EDITOR), review_id=review.id, text_en="It is 120 metres.")
        undone = self.table(article)
        undo_import(self.session, actor=self.regular(Role.EDITOR), import_id=undone.id, why="The wrong file.")
        imported = self.table(article)
        export = request_export(
            self.session,
            actor=checker,
            article_id=article.id,
            file_format="xlsx",
            language="en",
            scope=pack_scope(Part()),
        )
        leaver = self.person(password="a quiet bridge")
        token = make_link(self.session, actor=None, person_id=leaver.id)
        kept, ended = self.token(leaver), self.token(leaver)
        revoke_token(self.session, actor=leaver, token_id=ended.token.id)
        self.session.commit()
        return {
            "article_id": article.id,
            "claim_id": claim.id,
            "check_id": check.id,
            "source_id": evidence.source_id,
            "evidence_id": evidence.id,
            "citation_id": citation.id,
            "comment_id": comment.id,
            "person_id": leaver.id,
            "token": token,
            "file_format": "html",
            "number": 2,
            "anchor_id": self.session.scalars(select(Anchor.id).order_by(Anchor.id.desc()).limit(1)).one(),
            "passage_id": self.passage(article, "Everybody").id,
            "sign_off_id": signed.id,
            "webhook_id": delivery.webhook_id,
            "delivery_id": delivery.id,
            "contact_id": contact.id,
            "publisher_id": publisher.id,
            "capture_id": capture.id,
            "look_id": look_id,
            "review_id": review.id,
            "claimant_id": review.claim.claimant_id,
            "code": "he",
            "part": 1,
            "form": "jsonld",
            "import_id": imported.id,
            "kind": "claims",
            "token_id": kept.token.id,
            "export_id": export.id,
        }
