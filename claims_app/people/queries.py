"""Finding people."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from claims_app.errors import NotFound
from claims_app.people.model import Person, Role


def list_people(session: Session, *, active_only: bool = False) -> Sequence[Person]:
    """Return the people of the desk by name."""
    wanted = select(Person).order_by(Person.name, Person.id)
    return session.scalars(wanted.where(Person.is_active) if active_only else wanted).all()


def find_person(session: Session, email: str) -> Person:
    """Return the person with this e-mail address; nobody raises ``NotFound``."""
    person = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NotFound("There is no person with the address %(email)s.", email=email)
    return person


def count_people(session: Session, *, role: Role | None = None) -> int:
    """Return how many active people there are, of one role or of all."""
    wanted = select(func.count()).select_from(Person).where(Person.is_active)
    return session.scalar(wanted.where(Person.role == role) if role else wanted) or 0
