"""Which words of one draft are which of the next."""

import itertools

import pytest

from claims_app.prose.alignment import NOWHERE, align
from claims_app.prose.order import match_in_order
from claims_app.prose.tokens import read_tokens


def kept(old: str, new: str) -> list[tuple[str, int]]:
    """Return the words of the old draft that are kept, each with where it stands among those of the new one."""
    tokens = read_tokens(old)
    found = align(tokens, read_tokens(new)).kept
    return [(key, there) for key, there in zip(tokens.keys, found, strict=True) if there != NOWHERE]


def test_words_that_any_two_sentences_share_are_not_kept() -> None:
    old = "Traffic on the bridge rose again since the spring of the year."
    assert kept(old, "Bakers fear for the price of the flour they need, said the union of the town.") == []


def test_of_two_sentences_the_one_that_is_alike_was_edited() -> None:
    old = "The mayor said rain came early. The mayor said snow fell late in May."
    assert kept(old, "The mayor said snow fell late in June, then in May.")[0] == ("The", 0)
    tokens = read_tokens(old)
    assert align(tokens, read_tokens("The mayor said snow fell late in June.")).kept[:7] == [NOWHERE] * 7


@pytest.mark.parametrize("is_back", [False, True])
def test_sentences_joined_or_parted_are_each_their_own(*, is_back: bool) -> None:
    apart = "In the end, the port was sold to a bank. In the year before, it had been for sale for 3 months, or more"
    joined = apart.replace("bank. In the", "bank. the In")
    old, new = (joined, apart) if is_back else (apart, joined)
    found = align(read_tokens(old), read_tokens(new)).kept
    assert found[:11] == list(range(11))


def test_rows_without_a_rare_item_are_compared_piece_by_piece() -> None:
    pairs = match_in_order([1, 2] * 3000, [2, 1] * 3000)
    assert len(pairs) > 5900
    assert pairs == sorted(set(pairs))
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in itertools.pairwise(pairs))


def test_the_heavier_item_stays_where_two_changed_places() -> None:
    assert match_in_order("ab", "ba", weigh={"a": 1, "b": 5}.__getitem__) == [(1, 0)]
    assert match_in_order("ab", "ba", weigh={"a": 5, "b": 1}.__getitem__) == [(0, 1)]
