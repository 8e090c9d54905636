"""Finding earlier checks by words, page by page, and those of a like claim."""

import pytest
from sqlalchemy.orm import Session

from claims_app.earlier import queries
from claims_app.earlier.likeness import stem, telling_words
from claims_app.earlier.queries import find_like, list_checks, rank_like
from claims_app.earlier.service import withdraw_check
from claims_app.people.model import Role
from tests.factories import Factory


def fill(make: Factory) -> None:
    """Bring in checks of unlike claims, so that words differ in what they tell."""
    for claim in (
        "The new bridge over the Yarkon is 300 metres long and cost 4 million shekels.",
        "Vaccines against measles cause fever in most children.",
        "הממשלה אישרה קיצוץ של 200 מיליון שקל בתקציב החינוך.",
        "The mayor promised free parking in the whole city.",
        "A photograph shows sharks swimming on a flooded motorway.",
        "ראש העיר הבטיח חניה חינם בכל רחבי העיר.",
    ):
        make.earlier_check(claimReviewed=claim, name=None)


def claims(rows: object) -> list[str]:
    return [row.claim for row in rows]  # type: ignore[attr-defined]


class TestSearch:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("bridge", 1),
            ("BRID yark", 1),
            ("checkers", 6),
            ("ממשלה", 1),
            ("תקציב", 1),
            ("bridge measles", 0),
            ('") OR xyzzy', 0),
            ("NEAR(bridge)", 0),
            ("*", 0),
            ("", 6),
            ("\x00", 6),
        ],
    )
    def test_finds_all_words_by_their_beginning(self, session: Session, make: Factory, text: str, found: int) -> None:
        fill(make)
        assert len(list_checks(session, text=text).rows) == found

    def test_many_hits_are_found_along_the_list(
        self, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill(make)
        few = claims(list_checks(session, text="che th").rows)
        monkeypatch.setattr(queries, "MOST_SORTED", 1)
        assert claims(list_checks(session, text="che th").rows) == few != []

    def test_goes_page_by_page_newest_first(
        self, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE", 2)
        days = ["2024-01-02", None, "2024-05", "2023-01-01", "2024-01-02"]
        for number, day in enumerate(days):
            make.earlier_check(claimReviewed=f"Claim {number}", datePublished=day)
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            listed = list_checks(session, after=after)
            seen += claims(listed.rows)
            after = listed.after
        assert seen == ["Claim 2", "Claim 4", "Claim 0", "Claim 3", "Claim 1"]

    @pytest.mark.parametrize("after", ["x", "~", "~-1", "2024-01-01~99999999999999999999", "'~1", "~٣"])
    def test_a_place_that_is_none_is_the_beginning(self, session: Session, make: Factory, after: str) -> None:
        make.earlier_check()
        assert list_checks(session, after=after).is_first


class TestLikeness:
    @pytest.mark.parametrize(
        ("statements", "claim"),
        [
            (("The bridge over the Yarkon river cost 4 million shekels",), "The new bridge"),
            ((None, "Measles vaccine causes fever in children"), "Vaccines"),
            (("בתקציב החינוך קוצצו 200 מיליון שקל, כך אישרה ממשלה", None), "הממשלה"),
            (("לפי ראש העיר החניה תהיה חינם בכל העיר", "Parking is free"), "ראש העיר"),
        ],
    )
    def test_the_nearest_is_found_in_both_languages(
        self, session: Session, make: Factory, statements: tuple[str | None, ...], claim: str
    ) -> None:
        fill(make)
        assert claims(find_like(session, *statements))[0].startswith(claim)

    @pytest.mark.parametrize(
        "statements",
        [("The harbour opened in 1998.",), ("הנמל נפתח",), ("", None), ("!!!",), ("the of and",), ("x" * 9000,)],
    )
    def test_what_is_not_like_is_not_shown(
        self, session: Session, make: Factory, statements: tuple[str | None, ...]
    ) -> None:
        fill(make)
        assert find_like(session, *statements) == []

    def test_nothing_is_like_on_an_empty_desk(self, session: Session) -> None:
        assert rank_like(session, "The bridge is long.") == []

    def test_what_is_withdrawn_is_beside_nothing(self, session: Session, make: Factory) -> None:
        check = make.earlier_check(claimReviewed="The new bridge over the Yarkon is 300 metres long.")
        assert claims(find_like(session, "The new bridge over the Yarkon is 300 metres long.")) == [check.claim]
        withdraw_check(session, actor=make.regular(Role.EDITOR), check_id=check.id, why="Satire.")
        assert find_like(session, "The new bridge over the Yarkon is 300 metres long.") == []

    @pytest.mark.parametrize("text", ['"quoted" AND (x', "a:b -c ^d", "NEAR(a b)", 'גשר " OR telling:*'])
    def test_words_of_the_index_are_only_words(self, session: Session, make: Factory, text: str) -> None:
        fill(make)
        rank_like(session, text)

    def test_endings_make_no_difference(self) -> None:
        assert [stem(word) for word in ("vaccines", "vaccine", "reported", "cities", "children", "גשרים", "is")] == [
            "vaccin", "vaccin", "report", "city", "children", "גשרים", "is",
        ]  # fmt: skip
        assert telling_words("The @mayor said: https://x.example/y the bridges") == ["bridg"]
