"""What stands beside the text of the workbench: the claim or the passage that is in hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.anchors.queries import list_anchors, list_claim_anchors, words_of
from claims_app.articles.model import Article, ArticleVersion, Passage
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim
from claims_app.coverage.forms import REASONS, WaiveForm
from claims_app.coverage.queries import Covered, list_coverage
from claims_app.desk.claim import ClaimFacts, gather_claim
from claims_app.verdicts.forms import NewWordsForm
from claims_app.web.pages import place


@dataclass(frozen=True)
class ClaimPanel:
    """A claim with its places in the newest version of the text."""

    facts: ClaimFacts
    version: ArticleVersion
    anchors: Sequence[Anchor]
    #: The words that state it now, one place a line. None: they are not in the text.
    words: str | None
    confirm_form: NewWordsForm


@dataclass(frozen=True)
class PassagePanel:
    """A sentence of the text that has to be answered for, and how it stands."""

    article: Article
    version: ArticleVersion
    is_current: bool
    covered: Covered
    #: Its words in order, and whether each of these pieces is what no claim holds.
    pieces: Sequence[tuple[str, bool]]
    claims: Sequence[Claim]
    next_open: int | None
    waive_form: WaiveForm
    reasons: Sequence[object] = REASONS


def gather_claim_panel(session: Session, claim_id: int) -> ClaimPanel:
    """Return a claim's panel; no such claim raises ``NoResultFound``."""
    facts = gather_claim(session, claim_id)
    version = find_version(session, facts.claim.article_id)
    anchors = list_claim_anchors(session, claim_id, version.id)
    words = words_of(anchors)
    form = place(NewWordsForm(), "confirm-form")
    form.judge(facts.claim, words)
    return ClaimPanel(facts, version, anchors, words, form)


def gather_passage_panel(session: Session, passage_id: int) -> PassagePanel | None:
    """Return a passage's panel, or None for a sentence that nobody has to answer for.

    No such passage raises ``NoResultFound``.
    """
    passage = session.get_one(Passage, passage_id)
    version = session.get_one(ArticleVersion, passage.version_id)
    article = session.get_one(Article, version.article_id)
    anchors = list_anchors(session, version.id)
    coverage = list_coverage(session, version.id, anchors)
    covered = next((one for one in coverage if one.passage.id == passage_id), None)
    if covered is None:
        return None
    inside = {one.claim_id for one in anchors if one.begins < passage.ends and passage.begins < one.ends}
    open_ids = [one.passage.id for one in coverage if one.answer == "open"]
    following = [one for one in open_ids if one > passage_id] or [one for one in open_ids if one != passage_id]
    return PassagePanel(
        article=article,
        version=version,
        is_current=find_version(session, article.id).id == version.id,
        covered=covered,
        pieces=_pieces(version.text or "", covered),
        claims=session.scalars(select(Claim).where(Claim.id.in_(inside)).order_by(Claim.position, Claim.id)).all(),
        next_open=next(iter(following), None),
        waive_form=place(WaiveForm(None), "waive-form"),
    )


def _pieces(text: str, covered: Covered) -> list[tuple[str, bool]]:
    """Return the passage cut at what no claim holds of it."""
    pieces, place_ = [], covered.passage.begins
    for begins, ends, _reason in sorted(covered.gaps):
        if begins >= place_:
            pieces += [(text[place_:begins], False), (text[begins:ends], True)]
            place_ = ends
    pieces.append((text[place_ : covered.passage.ends], False))
    return [piece for piece in pieces if piece[0]]
