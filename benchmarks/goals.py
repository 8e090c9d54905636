"""What is to be reached: ratios against the best peer and the floor of the same run, and growth with the desk."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """The goal of one operation; None: there is none of this kind."""

    label: str
    #: So many times faster than the fastest peer with the same content.
    over_peer: float | None = None
    #: So many times faster than the faster of the two admins.
    over_admins: float | None = None
    #: At most so many times as long as the floor.
    under_floor: float | None = None
    #: p50 at a million claims over p50 at 10,000.
    growth: float | None = None


GOALS = {
    "list": Goal("queue, first page, with counts", 7, 10, 3.5, 1.2),
    "deep": Goal("queue, page in the middle", 20, 150, 3.5, 1.1),
    "filter": Goal("queue, one status", 7, 9, 3, 1.1),
    "search_frequent": Goal("search, frequent word", 25, 30, 9, 2),
    "search_rare": Goal("search, rare word", 5, 350, 3),
    "search_few": Goal("search, word in 50 claims", growth=1.3),
    "search_hebrew": Goal("search, Hebrew word, prefixed too", 12, 30, 14, 3),
    "claim": Goal("claim's page", 5, None, 4, 1.2),
    "edit": Goal("claim's form", 3, None, 7, 1.2),
    "save": Goal("save of the form", 2, None, 4, 1.2),
    "report_html": Goal("report of an article, HTML"),
    "report_csv": Goal("report of an article, CSV", 3, 3, 1, 1.1),
    "report_json": Goal("report of an article, JSON"),
    "export": Goal("CSV of all claims", 5, 8, 1.1),
}
