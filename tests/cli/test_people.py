"""The people of the desk, from the command line."""

import json

from sqlalchemy import select

from claims_app.db import writing
from claims_app.history.model import HistoryEntry
from claims_app.people.service import use_link
from tests.cli.command import Desk


def people(desk: Desk) -> dict[str, dict[str, object]]:
    return {row["email"]: row for row in json.loads(desk.did("people", "list", "--json"))}


def add(desk: Desk, *more: str) -> str:
    return desk.did("people", "add", "Noa@Example.org", "--name", "Noa", "--role", "checker", *more)


def test_a_person_is_added_and_told_how_to_come_in(empty: Desk) -> None:
    assert add(empty) == "Noa is added. To let them in: claims people link noa@example.org\n"
    assert people(empty)["noa@example.org"] == {
        "email": "noa@example.org",
        "name": "Noa",
        "role": "checker",
        "language": "en",
        "is_active": True,
        "has_password": False,
    }


def test_a_person_may_have_another_language_than_the_desk(empty: Desk) -> None:
    add(empty, "--language", "he")
    assert people(empty)["noa@example.org"]["language"] == "he"


def test_nobody_is_added_twice(empty: Desk) -> None:
    add(empty)
    told = empty.refused("people", "add", "noa@example.org", "--name", "Another", "--role", "reader")
    assert told == "Somebody with this address is already here."


def test_a_link_lets_a_person_in_once(empty: Desk) -> None:
    add(empty)
    address = empty.did("people", "link", "noa@example.org", port="8123").strip()
    assert address.startswith("http://127.0.0.1:8123/sign-in/")
    with empty.session() as session, writing(session):
        assert use_link(session, token=address.rpartition("/")[2]).name == "Noa"


def test_a_link_leads_to_where_the_desk_listens(empty: Desk) -> None:
    assert empty.did("people", "link", "editor@localhost", host="0.0.0.0").startswith("http://127.0.0.1:8000/")  # noqa: S104
    assert empty.did("people", "link", "editor@localhost", host="::").startswith("http://[::1]:8000/")
    assert empty.did("people", "link", "editor@localhost", host="desk.example").startswith("http://desk.example:8000/")


def test_an_account_is_closed(empty: Desk) -> None:
    add(empty)
    assert (
        empty.did("people", "deactivate", "noa@example.org") == "Noa does not work here any more; all sessions ended.\n"
    )
    assert people(empty)["noa@example.org"]["is_active"] is False
    assert "noa@example.org  Noa  checker  closed" in empty.did("people", "list")
    assert "activate the account first" in empty.refused("people", "link", "noa@example.org")


def test_the_only_administrator_stays(empty: Desk) -> None:
    assert "only administrator" in empty.refused("people", "deactivate", "editor@localhost")


def test_an_unknown_address_is_refused(empty: Desk) -> None:
    assert empty.refused("people", "link", "nobody@example.org") == (
        "There is no person with the address nobody@example.org."
    )


def test_the_history_says_that_it_was_the_command_line(empty: Desk) -> None:
    add(empty)
    with empty.session() as session:
        entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor_id, entry.actor_name, entry.action) == (None, "Claims Desk", "created")
