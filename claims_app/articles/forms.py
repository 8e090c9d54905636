"""Forms for keeping what is known about an article."""

from typing import Any

from wtforms import BooleanField
from wtforms.validators import InputRequired, Optional

from claims_app.articles.model import Article, SecondCheck, SourceRule
from claims_app.language import lazy
from claims_app.web.forms import DeskForm, EditForm, MomentField, choice, line, paragraph

REQUIRED = lazy("Fill this in.")


class ArticleForm(EditForm):
    title_he = line("Title in Hebrew", render_kw={"dir": "rtl", "lang": "he"})
    title_en = line("Title in English", render_kw={"dir": "ltr", "lang": "en"})
    outlet = line("Outlet")
    byline = line("Byline")
    language = choice("Language of the article", "language", ["he", "en"])
    address = line("Address", most=4000, render_kw={"type": "url", "dir": "ltr"})
    published_on = line(
        "Published",
        help="As much as is known: 2026-03-15, 2026-03, 2026-H1 or 2026.",
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    deadline_at = MomentField(lazy("To print"), [Optional()], description=lazy("Leave it empty if no deadline is set."))
    second_check = choice("Second check", "second_check", SecondCheck)
    source_rule = choice("Source rule", "source_rule", SourceRule, default=SourceRule.TWO)
    asks_legal = BooleanField(lazy("The sign-off asks for legal too"))
    notes = paragraph("Notes", help="What everybody who works on the article should know.")

    @classmethod
    def of(cls, record: Article) -> dict[str, Any]:
        return {name: getattr(record, name) for name in (*DETAILS, "revision")}


DETAILS = (
    "title_he",
    "title_en",
    "outlet",
    "byline",
    "language",
    "address",
    "published_on",
    "deadline_at",
    "second_check",
    "source_rule",
    "asks_legal",
    "notes",
)
"""The fields of an article, as the form and the service call them."""


class CitationForm(DeskForm):
    address = line("Address", InputRequired(REQUIRED), most=4000, render_kw={"type": "url", "dir": "ltr"})
    note = line("Note")
