"""The list of sources: each once, with the copy that the desk keeps, and nothing of who a confidential one is."""

import json
from dataclasses import replace

from sqlalchemy.orm import Session

from claims_app.articles.model import Article
from claims_app.captures.model import Deposit, DepositState
from claims_app.evidence.service import withdraw_evidence
from claims_app.reports.as_html import write_html
from claims_app.reports.as_json import write_json
from claims_app.reports.facts import Report
from claims_app.reports.public import make_public
from claims_app.reports.sources import number_anew
from tests.factories import Factory
from tests.reports.conftest import Gather


def numbers(report: Report) -> list[tuple[int, str, tuple[int, ...]]]:
    return [(one.number, one.title, one.claims) for one in report.sources]


def test_each_source_is_listed_once_in_the_order_in_which_the_claims_name_them(make: Factory, gather: Gather) -> None:
    article, shared = make.article(), make.source(title="Shared")
    claims = [make.claim(article) for _ in range(2)]
    make.evidence(claims[1], source=make.source(title="Last", address="https://example.org/last"))
    make.evidence(claims[0], source=make.source(title="First", address="https://example.org/first"))
    for claim in claims:
        make.evidence(claim, source=shared)
    report = gather(article)
    assert numbers(report) == [(1, "First", (1,)), (2, "Shared", (1, 2)), (3, "Last", (2,))]
    assert [[item.source for item in claim.evidence] for claim in report.claims] == [[1, 2], [3, 2]]


def test_a_source_whose_evidence_was_withdrawn_is_not_listed(session: Session, make: Factory, gather: Gather) -> None:
    evidence = make.evidence()
    withdraw_evidence(session, actor=make.person(), evidence_id=evidence.id, why="Another bridge.")
    assert gather(evidence.claim.article).sources == ()


def test_the_newest_copy_is_told_with_its_digest_and_what_an_archive_has(
    session: Session, make: Factory, gather: Gather
) -> None:
    evidence = make.evidence(source=make.source(title="Atlas"))
    make.copy(evidence.source, text="An old page.")
    newest = make.copy(evidence.source, text="A new page.")
    memento = "https://archive.example.org/2026/atlas"
    session.add(Deposit(capture_id=newest.id, state=DepositState.KEPT, memento=memento, due_at=newest.due_at))
    session.commit()
    report = gather(evidence.claim.article)
    (source,) = report.sources
    assert source.copy is not None
    assert (source.copy.sha256, source.copy.memento) == (newest.sha256, memento)
    assert source.copy.captured_at == newest.finished_at
    text = write_html(report, zone="Asia/Jerusalem").decode("utf-8")
    assert f"sha256:{newest.sha256}" in text
    assert f'href="{memento}"' in text
    assert json.loads(write_json(report))["sources"][0]["copy"]["sha256"] == newest.sha256


def test_a_copy_of_a_confidential_source_is_not_told(make: Factory, gather: Gather) -> None:
    article = make.article()
    make.evidence(make.claim(article), source=make.confidential(), locator="a talk")
    (source,) = gather(article).sources
    assert source.is_confidential
    assert (source.copy, source.publisher, source.address) == (None, None, None)


def test_readers_outside_see_no_gap_where_a_confidential_source_was(make: Factory, gather: Gather) -> None:
    article = make.article()
    claim = make.claim(article)
    make.evidence(claim, source=make.confidential(), locator="a talk")
    make.copy(make.evidence(claim, source=make.source(title="Atlas")).source)
    public = make_public(gather(article))
    assert numbers(public) == [(1, "Atlas", (1,))]
    assert public.claims[0].evidence[0].source == 1
    assert public.sources[0].copy is not None
    assert "onfidential" not in json.dumps(json.loads(write_json(public))["sources"]).replace("is_confidential", "")


def test_what_somebody_brought_stays_with_the_desk(busy: Article, gather: Gather, make: Factory) -> None:
    make.copy(make.evidence(make.claim(busy), source=make.source(address="https://example.org/copy")).source)
    report = gather(busy)
    *others, source = report.sources
    assert source.copy is not None
    brought = replace(source, copy=replace(source.copy, was_brought=True))
    assert make_public(replace(report, sources=(*others, brought))).sources[-1].copy is None


def test_what_is_left_of_a_report_is_numbered_anew(busy: Article, gather: Gather) -> None:
    report = gather(busy)
    assert number_anew(report) == report
    first, *others = report.claims
    fewer = number_anew(replace(report, claims=(replace(first, evidence=first.evidence[1:]), *others)))
    assert numbers(report)[:2] == [(1, "Road atlas", (1,)), (2, "Another atlas", (1,))]
    assert numbers(fewer) == [(number - 1, title, claims) for number, title, claims in numbers(report)[1:]]
