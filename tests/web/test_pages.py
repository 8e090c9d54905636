"""Where a form goes on to, which language a page speaks, and what happens when two people save."""

from collections.abc import Callable

import pytest

from claims_app.people.model import Role
from claims_app.web.pages import initials, web_link
from tests.client import StrictClient
from tests.factories import Factory

PASSWORD = "a quiet bridge"

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/a",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "//evil.example@localhost/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\u0000//evil.example",
    "/\u2028/evil.example",
    "/a\\..\\..\\evil.example",
    "//[::1",
    "",
]
OURS = ["/account", "/claims?status=checking&q=%D7%92%D7%A9%D7%A8", "/claims/1#e-2", "/account?next=//evil.example"]


class TestGoingOn:
    @pytest.mark.parametrize("wanted", HOSTILE)
    def test_signing_in_leads_nowhere_else(self, client: StrictClient, make: Factory, wanted: str) -> None:
        person = make.person(password=PASSWORD)
        response = client.post("/sign-in", data={"email": person.email, "password": PASSWORD, "next": wanted})
        assert (response.status_code, response.headers["Location"]) == (303, "/")
        response = client.get("/sign-in", query_string={"next": wanted})
        assert (response.status_code, response.headers["Location"]) == (302, "/")
        response = client.post("/language", data={"language": "en", "next": wanted})
        assert (response.status_code, response.headers["Location"]) == (303, "/")

    @pytest.mark.parametrize("wanted", OURS)
    def test_signing_in_leads_where_somebody_was_going(self, client: StrictClient, make: Factory, wanted: str) -> None:
        person = make.person(password=PASSWORD)
        response = client.post("/sign-in", data={"email": person.email, "password": PASSWORD, "next": wanted})
        assert response.headers["Location"] == wanted

    def test_the_sign_in_page_does_not_repeat_what_is_hostile(self, client: StrictClient) -> None:
        for wanted in HOSTILE:
            page = client.get("/sign-in", query_string={"next": wanted}).get_data(as_text=True)
            assert '<input type="hidden" name="next" value="">' in page

    @pytest.mark.parametrize(
        "address", ["//evil.example/account", "/%5Cevil.example", "/\\evil.example", "//evil.example"]
    )
    def test_an_address_with_too_many_slashes_stays_here(self, client: StrictClient, address: str) -> None:
        """The strict client refuses a redirect to anywhere else."""
        assert client.get(f"http://localhost{address}").status_code in {302, 308, 404}


class TestLanguage:
    def test_is_the_settings_until_somebody_chooses(self, desk_with: Callable[..., StrictClient]) -> None:
        assert '<html lang="he" dir="rtl"' in desk_with(language="he").get("/sign-in").get_data(as_text=True)
        assert '<html lang="en" dir="ltr"' in desk_with(language="en").get("/sign-in").get_data(as_text=True)

    def test_is_remembered_for_a_visitor(self, client: StrictClient) -> None:
        assert client.post("/language", data={"language": "he", "next": "/sign-in"}).status_code == 303
        assert '<html lang="he" dir="rtl"' in client.get("/sign-in").get_data(as_text=True)

    def test_is_remembered_with_the_person(self, client: StrictClient, make: Factory) -> None:
        person = make.person(language="en")
        client.sign_in(person)
        client.post("/language", data={"language": "he"})
        assert person.language == "he"
        assert '<html lang="he" dir="rtl"' in client.get("/account").get_data(as_text=True)

    def test_of_the_person_goes_before_the_browsers(self, client: StrictClient, make: Factory) -> None:
        client.post("/language", data={"language": "he"})
        person = make.person(language="en", password=PASSWORD)
        client.post("/sign-in", data={"email": person.email, "password": PASSWORD})
        assert '<html lang="en"' in client.get("/account").get_data(as_text=True)

    def test_stays_in_the_browser_after_signing_out(self, client: StrictClient, make: Factory) -> None:
        client.sign_in(make.person(language="he"))
        client.post("/sign-out")
        assert '<html lang="he"' in client.get("/sign-in").get_data(as_text=True)

    @pytest.mark.parametrize("wanted", ["", "fr", "HE", "../he"])
    def test_that_is_not_spoken_changes_nothing(self, client: StrictClient, make: Factory, wanted: str) -> None:
        person = make.person(language="en")
        client.sign_in(person)
        assert client.post("/language", data={"language": wanted}).status_code == 303
        assert person.language == "en"

    def test_is_each_requests_own(self, desk_with: Callable[..., StrictClient], make: Factory) -> None:
        client = desk_with(language="en")
        client.sign_in(make.person(language="he"))
        client.get("/account")
        client.sign_out()
        assert '<html lang="en"' in client.get("/sign-in").get_data(as_text=True)


class TestTwoPeopleSave:
    """Tried on an account; the same helper serves every form that edits."""

    @pytest.fixture
    def late(self, client: StrictClient, make: Factory) -> tuple[StrictClient, str]:
        """A browser with a form that was opened before somebody else saved, and the form's address."""
        client.sign_in(make.person(role=Role.ADMIN))
        person = make.person(name="Dana", role=Role.READER)
        address = f"/people/{person.id}/edit"
        saved = {"name": "Dana Levi", "email": person.email, "role": "reader", "revision": "1"}
        assert client.post(address, data=saved).status_code == 303
        return client, address

    def test_the_second_sees_both_versions(self, late: tuple[StrictClient, str]) -> None:
        client, address = late
        mine = {"name": "Dana Cohen", "email": "dana@example.org", "role": "editor", "revision": "1"}
        response = client.post(address, data=mine)
        page = response.get_data(as_text=True)
        assert response.status_code == 409
        assert all(words in page for words in ("Dana Levi", "Dana Cohen", "dana@example.org", "Editor", "Reader"))
        assert 'name="revision" value="2"' in page

    def test_and_puts_one_together(self, late: tuple[StrictClient, str], make: Factory) -> None:
        client, address = late
        choice = {
            "resolve": "yes",
            "revision": "2",
            "field": ["name", "email", "role"],
            "mine-name": "Dana Cohen",
            "theirs-name": "Dana Levi",
            "pick-name": "theirs",
            "mine-email": "dana@example.org",
            "theirs-email": "person1@example.org",
            "pick-email": "mine",
            "mine-role": "editor",
            "theirs-role": "reader",
        }
        assert client.post(address, data=choice).status_code == 303
        page = client.get(address.removesuffix("/edit")).get_data(as_text=True)
        assert all(words in page for words in ("Dana Levi", "dana@example.org", "Editor"))

    def test_a_form_without_revision_overwrites_nothing(self, late: tuple[StrictClient, str]) -> None:
        client, address = late
        for revision in ({}, {"revision": ""}, {"revision": "0"}):
            sent = {"name": "X", "email": "x@example.org", "role": "reader"} | revision
            assert client.post(address, data=sent).status_code == 409

    def test_a_revision_that_is_no_number_is_refused(self, late: tuple[StrictClient, str]) -> None:
        client, address = late
        sent = {"name": "X", "email": "x@example.org", "role": "reader", "revision": "last"}
        assert client.post(address, data=sent).status_code in {409, 422}


def test_a_form_that_is_refused_comes_back_with_what_was_typed(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(role=Role.ADMIN))
    response = client.post("/people/new", data={"name": "Dana <b>", "email": "no address", "role": "editor"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Dana &lt;b&gt;" in page
    assert "Write an e-mail address" in page


def test_a_choice_that_is_not_offered_is_refused(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(role=Role.ADMIN))
    for role in ("owner", "", "None"):
        sent = {"name": "Dana", "email": "dana@example.org", "role": role}
        assert client.post("/people/new", data=sent).status_code == 422


def test_a_form_sent_in_place_comes_back_into_its_place(client: StrictClient, make: Factory) -> None:
    client.sign_in(make.person(role=Role.ADMIN))
    response = client.post("/people/new", headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == response.headers["HX-Reselect"] == "#form"
    assert 'id="form"' in response.get_data(as_text=True)
    forged = client.post("/people/new", headers={"HX-Request": "true", "HX-Trigger": 'x"><script>'})
    assert forged.headers["HX-Retarget"] == "#form"


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org", "https://example.org"),
        ("http://example.org", "http://example.org"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(address: str | None, link: str | None) -> None:
    assert web_link(address) == link


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dana Levi", "DL"), ("Dana", "D"), ("דנה בת לוי", "דל"), ("dana van der levi", "DL"), ("", "")],
)
def test_a_face_shows_the_first_letters_of_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters
