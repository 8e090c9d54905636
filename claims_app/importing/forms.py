"""Forms for bringing a table in: the file, what its columns are, and the reason for taking it back."""

from collections.abc import Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, SelectField

from claims_app.articles.model import Article
from claims_app.articles.service import File
from claims_app.importing.model import ImportKind
from claims_app.language import gettext, in_language, lazy
from claims_app.reading import row_number
from claims_app.web.forms import DeskForm, ReasonForm, choice
from claims_app.web.seals import seal, unseal

_SEAL = "table"


def _number(value: Any) -> int | None:
    """Return the number of an article that a select offered, None for its empty choice."""
    return row_number(str(value or ""))


class TableForm(DeskForm):
    """What a table is, and what its columns hold."""

    kind = choice("What a row is", "import_kind", ImportKind, empty="As its headings say")
    article_id = SelectField(lazy("Article"), coerce=_number, choices={"": ""}, validate_choice=False)
    #: The sheet that is read, of those that the workbook shows.
    sheet = SelectField(lazy("Sheet"), choices=[], validate_choice=False)
    file = HiddenField()

    @property
    def columns(self) -> list[str]:
        """The field that was chosen for each column, in the columns' order; "" for one that is left out."""
        return request.form.getlist("column")

    def offer_articles(self, articles: Sequence[Article]) -> None:
        """Let the form choose one article for all rows."""
        named = {str(one.id): f"{one.id}: {in_language(one, 'title')[0]}" for one in articles}
        self.article_id.choices = {"": gettext("As a column of the table says"), **named}

    def offer_sheets(self, sheets: Sequence[str], chosen: str | None) -> None:
        self.sheet.choices, self.sheet.data = [(name, name) for name in sheets], chosen

    def hold(self, file: File) -> None:
        """Have the form carry which file was read, so that nobody can name another."""
        self.file.data = seal(_SEAL, {"sha256": file.sha256, "size": file.size, "name": file.name})

    @property
    def held(self) -> File:
        """The file that was read; a seal that is not the desk's raises ``DomainError``."""
        return File(**unseal(_SEAL, self.file.data))


class UndoForm(ReasonForm):
    keeps_worked = BooleanField(lazy("Keep what was worked on since, and undo the rest"))
