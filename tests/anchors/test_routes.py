"""Marking words: the form for a claim on them, what is read out of them, places added and taken away."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims_app.anchors.model import Anchor
from claims_app.articles.model import Article
from claims_app.articles.queries import find_version
from claims_app.claims.model import Claim, Kind, Place
from claims_app.people.model import Role
from tests.client import StrictClient
from tests.factories import Factory

TEXT = (
    'לפי הדוח, ב-2023 עברו בנמל 7,400 מכולות 🚢, כ-40% פחות מהתחזית. רות אלקיים אמרה: "נספרו כל המכולות שהגיעו לנמל".'
    "\n\n"
    'The port cost "$3.7bn". The port cost <b>too much</b>, she said.'
)


@pytest.fixture
def article(make: Factory) -> Article:
    return make.article(title_he="הנמל", language="he", text=TEXT)


def place_of(words: str) -> dict[str, str]:
    begins = TEXT.index(words)
    return {"begins": str(begins), "ends": str(begins + len(words))}


def fields_of(page: str) -> dict[str, str]:
    """Return what the form would send: text fields, areas, the chosen option of each select, ticked boxes."""
    form = re.search(r'<form id="(?:form|claim-form)"[^>]*method="post".*?</form>', page, re.DOTALL)
    assert form, page
    fields = dict(
        re.findall(r'<input(?=[^>]*type="(?:text|hidden|number)")[^>]*name="(\w+)"[^>]*value="([^"]*)"', form[0])
    )
    fields |= {
        name: words.strip()
        for name, words in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form[0], re.DOTALL)
    }
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        fields |= dict.fromkeys([name], "".join(re.findall(r'<option selected value="([^"]*)"', options)))
    if re.search(r'<input checked[^>]*name="figure_about"', form[0]):
        fields["figure_about"] = "y"
    fields.pop("csrf_token", None)
    return fields


def open_form(client: StrictClient, article: Article, session: Session, words: str) -> str:
    answer = client.get(
        f"/articles/{article.id}/text/claim",
        query_string={**place_of(words), "version": find_version(session, article.id).id},
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_claim_is_opened_on_the_marked_words(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    client.sign_in(make.person())
    words = "7,400 מכולות 🚢, כ-40% פחות"
    page = open_form(client, article, session, words)
    assert f"{words}</blockquote>" in page
    fields = fields_of(page) | {"statement_he": "בנמל עברו 7,400 מכולות."}
    answer = client.post(f"/articles/{article.id}/text/claim", data=fields)
    (anchor,) = session.scalars(select(Anchor)).all()
    claim = session.get_one(Claim, anchor.claim_id)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/articles/{article.id}/text?claim={claim.id}")
    assert TEXT[anchor.begins : anchor.ends] == anchor.quote == words
    assert (claim.place, claim.paragraph, claim.statement_he) == (Place.PLACED, 1, "בנמל עברו 7,400 מכולות.")


@pytest.mark.parametrize(
    ("words", "kind", "figure"),
    [
        ("כ-40% פחות מהתחזית", Kind.FIGURE, {"figure_low": "40", "figure_unit": "percent", "figure_about": "y"}),
        ("עברו בנמל 7,400 מכולות", Kind.FIGURE, {"figure_low": "7400"}),
        ('The port cost "$3.7bn"', Kind.FIGURE, {"figure_low": "3700000000", "figure_unit": "USD"}),
        ("ב-2023 עברו בנמל 7,400 מכולות", Kind.FIGURE, {"figure_low": "7400", "figure_as_of": "2023"}),
        ("7,400 מכולות 🚢, כ-40% פחות", Kind.FIGURE, {}),
        ('רות אלקיים אמרה: "נספרו כל המכולות שהגיעו לנמל"', Kind.QUOTE, {}),
        ("ב-2023", Kind.DATE, {}),
    ],
)
def test_the_form_begins_with_what_the_words_say(
    client: StrictClient,
    make: Factory,
    session: Session,
    article: Article,
    words: str,
    kind: Kind,
    figure: dict[str, str],
) -> None:
    client.sign_in(make.person())
    fields = fields_of(open_form(client, article, session, words))
    assert fields["statement_he"].replace("&#34;", '"') == words
    assert fields["kind"] == kind
    assert {name: value for name, value in fields.items() if name.startswith("figure_") and value} == figure


def test_a_refused_claim_comes_back_filled_with_its_words(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    client.sign_in(make.person())
    fields = fields_of(open_form(client, article, session, "כ-40% פחות")) | {"statement_he": " ", "figure_low": "many"}
    answer = client.post(f"/articles/{article.id}/text/claim", data=fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "כ-40% פחות</blockquote>" in page
    assert fields_of(page)["figure_low"] == "many"
    assert session.scalars(select(Claim)).all() == []


@pytest.mark.parametrize(
    "place",
    [
        {"begins": "5", "ends": "5"}, {"begins": "9", "ends": "4"}, {"begins": "0", "ends": "99999"},
        {"begins": "-3", "ends": "4"}, {"begins": "x", "ends": "4"}, {"begins": "²", "ends": "4"},
        {"begins": "9" * 30, "ends": "4"},
    ],
)  # fmt: skip
def test_places_that_are_not_in_the_text_are_refused(
    client: StrictClient, make: Factory, session: Session, article: Article, place: dict[str, str]
) -> None:
    client.sign_in(make.person())
    sent = {**place, "version": str(find_version(session, article.id).id)}
    page = client.get(f"/articles/{article.id}/text/claim", query_string=sent).get_data(as_text=True)
    assert "These words are not in the text" in page
    claim = make.claim(article)
    for address in (f"/articles/{article.id}/text/claim", f"/claims/{claim.id}/places"):
        answer = client.post(address, data={**sent, "statement_he": "x", "kind": "other", "priority": "normal"})
        assert answer.status_code == 422
    assert session.scalars(select(Anchor)).all() == []


def test_words_of_an_older_version_are_refused(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    client.sign_in(make.person())
    fields = fields_of(open_form(client, article, session, "כ-40% פחות"))
    make.revision(article, TEXT.replace("7,400", "6,900"))
    answer = client.post(f"/articles/{article.id}/text/claim", data=fields)
    assert answer.status_code == 422
    assert "newer version" in answer.get_data(as_text=True)


def test_a_version_of_another_article_is_never_shown(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    other = make.article(title_en="Other", text="Nobody may read this here: 40 secrets.")
    client.sign_in(make.person())
    sent = {"begins": "0", "ends": "20", "version": find_version(session, other.id).id}
    page = client.get(f"/articles/{article.id}/text/claim", query_string=sent).get_data(as_text=True)
    assert "Nobody may read" not in page


class TestByQuote:
    """Marking without selecting: for whoever has no script, no mouse, or a text in another window."""

    def find(self, client: StrictClient, article: Article, quote: str, occurrence: str = "") -> tuple[int, str]:
        answer = client.get(
            f"/articles/{article.id}/text/claim", query_string={"quote": quote, "occurrence": occurrence}
        )
        return answer.status_code, answer.headers.get("Location") or answer.get_data(as_text=True)

    def test_the_words_lead_to_the_form(self, client: StrictClient, make: Factory, article: Article) -> None:
        client.sign_in(make.person())
        status, location = self.find(client, article, "רות  אלקיים אמרה: ״נספרו")
        assert status == 302
        begins = TEXT.index("רות")
        assert f"begins={begins}&ends={begins + len('רות אלקיים אמרה: _נספרו')}" in location

    def test_words_that_stand_twice_ask_which(self, client: StrictClient, make: Factory, article: Article) -> None:
        client.sign_in(make.person())
        status, page = self.find(client, article, "The port cost")
        assert status == 422
        assert "2 times" in page
        status, location = self.find(client, article, "The port cost", "2")
        assert f"begins={TEXT.rindex('The port cost')}" in location

    @pytest.mark.parametrize("quote", ["", "  ", "7,401 מכולות", "<script>alert(1)</script>"])
    def test_words_that_are_not_there_come_back(
        self, client: StrictClient, make: Factory, article: Article, quote: str
    ) -> None:
        client.sign_in(make.person())
        status, page = self.find(client, article, quote)
        assert status == 422
        assert "not in version 1" in page
        assert "<script>alert" not in page

    def test_without_words_the_form_asks_for_them(self, client: StrictClient, make: Factory, article: Article) -> None:
        client.sign_in(make.person())
        assert client.get(f"/articles/{article.id}/text/claim").status_code == 200


def test_a_claim_gets_another_place_and_loses_it(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    claim = make.claim(article)
    client.sign_in(make.person())
    version = find_version(session, article.id).id
    for words in ("7,400 מכולות", "$3.7bn"):
        answer = client.post(f"/claims/{claim.id}/places", data={**place_of(words), "version": version})
        assert answer.headers["Location"] == f"/articles/{article.id}/text?claim={claim.id}"
    anchors = session.scalars(select(Anchor).order_by(Anchor.id)).all()
    assert [anchor.quote for anchor in anchors] == ["7,400 מכולות", "$3.7bn"]
    assert client.post(f"/claims/{claim.id}/places", data={**place_of("$3.7bn"), "version": version}).status_code == 422
    page = client.get(f"/claims/{claim.id}/panel").get_data(as_text=True)
    assert page.count("/remove") == 2 * 2  # the form, and the same in place
    assert client.post(f"/anchors/{anchors[0].id}/remove").status_code == 303
    assert client.post(f"/anchors/{anchors[0].id}/remove").status_code == 422
    places = [session.get_one(Claim, claim.id).place]
    client.post(f"/anchors/{anchors[1].id}/remove")
    places.append(session.get_one(Claim, claim.id).place)
    assert places == [Place.PLACED, Place.LOST]


def test_a_form_that_is_asked_for_in_a_panel_comes_back_into_it(
    client: StrictClient, make: Factory, session: Session, article: Article
) -> None:
    client.sign_in(make.person())
    sent = {**place_of("כ-40% פחות"), "version": find_version(session, article.id).id, "form": "claim-form"}
    page = client.get(f"/articles/{article.id}/text/claim", query_string=sent).get_data(as_text=True)
    fields = fields_of(page) | {"statement_he": ""}
    assert f'<form id="claim-form" method="post" action="/articles/{article.id}/text/claim"' in page
    headers = {"HX-Request": "true", "HX-Trigger": "claim-form"}
    answer = client.post(f"/articles/{article.id}/text/claim", data=fields, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#claim-form"


def test_a_reader_marks_nothing(client: StrictClient, make: Factory, article: Article) -> None:
    claim = make.claim(article)
    anchor = make.place(claim, "7,400 מכולות")
    client.sign_in(make.person(role=Role.READER))
    assert client.get(f"/articles/{article.id}/text/claim").status_code == 403
    for address in (f"/articles/{article.id}/text/claim", f"/claims/{claim.id}/places", f"/anchors/{anchor.id}/remove"):
        assert client.post(address).status_code == 403
