"""Who works here: ``claims people``."""

import json

import click

from claims_app.cli.opening import address_of, desk, settings
from claims_app.db import writing
from claims_app.people.model import Role
from claims_app.people.queries import find_person, list_people
from claims_app.people.service import add_person, make_link, set_active


@click.group
def people() -> None:
    """Add people, let them in, let them go."""


@people.command
@click.argument("email")
@click.option("--name", required=True, help="Name as the desk shows it.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person may do.")
@click.option("--language", type=click.Choice(["he", "en"]), help="Language of the person's pages.")
def add(email: str, name: str, role: str, language: str | None) -> None:
    """Add a person, who signs in by a link first."""
    chosen = settings()
    with desk(chosen) as session, writing(session):
        person = add_person(
            session, actor=None, email=email, name=name, role=Role(role), language=language or chosen.language
        )
    click.echo(f"{person.name} is added. To let them in: claims people link {person.email}")


@people.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_all(as_json: bool) -> None:
    """List the people of the desk."""
    with desk(settings()) as session:
        rows = [
            {
                "email": person.email,
                "name": person.name,
                "role": person.role.value,
                "language": person.language,
                "is_active": person.is_active,
                "has_password": person.password_hash is not None,
            }
            for person in list_people(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = "" if row["is_active"] else "  closed"
        click.echo(f"{row['email']}  {row['name']}  {row['role']}{state}")


@people.command
@click.argument("email")
def deactivate(email: str) -> None:
    """Close a person's account and end their sessions."""
    with desk(settings()) as session, writing(session):
        person = set_active(session, actor=None, person_id=find_person(session, email).id, is_active=False)
    click.echo(f"{person.name} does not work here any more; all sessions ended.")


@people.command
@click.argument("email")
def link(email: str) -> None:
    """Print a link that signs a person in once.

    The link works for two days; an older link of the person ends. Using it ends the person's password and sessions.
    """
    chosen = settings()
    with desk(chosen) as session, writing(session):
        token = make_link(session, actor=None, person_id=find_person(session, email).id)
    click.echo(address_of(chosen, token))
