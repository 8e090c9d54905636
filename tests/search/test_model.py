from claims_app.search.model import ClaimFilter


def read(**arguments: list[str]) -> ClaimFilter:
    return ClaimFilter.read(arguments)


def test_an_empty_address_asks_for_everything_by_last_change() -> None:
    assert read() == ClaimFilter()
    assert ClaimFilter().is_plain


def test_what_an_address_says_comes_back_as_the_same_address() -> None:
    wanted = read(
        article=["3"], status=["disputed", "verified"], kind=["figure"], priority=["high"], assignee=["0", "7"],
        proof=["conflict"], tag=["oil"], q=["נפט"], overdue=["yes"], figures=["differ"],
        look=["yes"], withdrawn=["yes"], sort=["urgency"],
    )  # fmt: skip

    arguments = {
        name: [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
        for name, value in wanted.arguments().items()
    }

    assert ClaimFilter.read(arguments) == wanted
    assert wanted.status == ("verified", "disputed"), "values stand in the order of the desk, whatever was sent"


def test_what_is_not_known_is_left_out() -> None:
    wanted = read(
        article=["1; DROP TABLE claim"], status=["true", "<script>"], assignee=["-1", "x", "9" * 40], sort=["random()"],
        proof=[""], overdue=["maybe"],
    )  # fmt: skip

    assert wanted == ClaimFilter()


def test_an_article_is_read_in_its_own_order_unless_another_is_asked_for() -> None:
    assert read(article=["3"]).sort == "order"
    assert read(article=["3"], sort=["opened"]).sort == "opened"
    assert read(sort=["order"]).sort == "changed", "the whole desk has no order of an article"


def test_long_words_are_cut_not_refused() -> None:
    assert len(read(q=["x" * 5000], tag=["y" * 5000]).text) == 200


def test_without_a_facet_the_rest_stays() -> None:
    wanted = read(status=["disputed"], kind=["figure"])

    assert wanted.without("status") == read(kind=["figure"])
