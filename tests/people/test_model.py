"""Who may do what."""

import pytest

from claims_app.people.model import Person, Role

#           reader checker editor admin  - what is asked for
MATRIX = {
    Role.READER: (True, False, False, False),
    Role.CHECKER: (True, True, False, False),
    Role.EDITOR: (True, True, True, False),
    Role.ADMIN: (True, True, True, True),
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_the_ones_before_it_may(role: Role) -> None:
    person = Person(role=role, is_active=True)
    assert tuple(person.may(needed) for needed in Role) == MATRIX[role]


@pytest.mark.parametrize("role", Role)
def test_who_has_left_may_nothing(role: Role) -> None:
    person = Person(role=role, is_active=False)
    assert not any(person.may(needed) for needed in Role)
