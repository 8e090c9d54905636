"""The forms that data has on its way in and out, and what every one of them shares."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from claims_app.claims.figure import FigureValue, make_figure
from claims_app.claims.model import Figure
from claims_app.people.model import Person
from claims_app.reading import row_number
from claims_app.web.forms import LINE, TEXT

MOST_ROWS = 200
"""Rows on one page of a list at most."""
ROWS = 50
"""Rows on one page of a list where nobody says how many."""
MOST_NUMBER = 10**18 - 1
"""The largest number that a record can have in an address."""

_DIGITS = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


class Shape(BaseModel):
    """A form of data: nothing is taken for something else, and a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_enum_values=False)

    def given(self, *besides: str) -> dict[str, Any]:
        """Return the fields that were sent, as a service takes them, without those named."""
        return {name: getattr(self, name) for name in self.model_fields_set - {*besides}}


class Changes(Shape):
    """What is to be another than it was: what is left out stays, and null empties."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the fields without their defaults: nothing stands in for what is left out of a change."""
        described = handler(schema)
        for field in handler.resolve_ref_schema(described)["properties"].values():
            field.pop("default", None)
        return described


class Query(Shape):
    """The arguments of an address: all of them texts, read for what they stand for."""

    model_config = ConfigDict(strict=False)

    @classmethod
    def lists(cls) -> set[str]:
        """Return the names of the arguments that may be given several times."""
        return {name for name, field in cls.model_fields.items() if get_origin(field.annotation) is list}


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _yes_or_no(value: object) -> object:
    return {"true": True, "false": False}.get(str(value))


def _day(value: object) -> object:
    """Read a day, and nothing else that a library might take for one."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError
    return date.fromisoformat(value)


def _moment(value: object) -> object:
    """Read a moment as RFC 3339 writes it, into UTC; without its zone it would be another in every newsroom."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar, which no clock can shift
        raise ValueError from None


Number = Annotated[int, Field(ge=1, le=MOST_NUMBER, examples=[12])]
WHOLE = BeforeValidator(_whole)
"""Reads a whole number out of an address; bounds stand before it, so that the description names them."""
Switch = Annotated[bool, BeforeValidator(_yes_or_no)]
Day = Annotated[date, BeforeValidator(_day), Field(examples=["2024-03-15"])]
Moment = Annotated[datetime, BeforeValidator(_moment), Field(examples=["2026-01-02T12:00:00Z"])]
Line = Annotated[str, Field(max_length=LINE)]
Text = Annotated[str, Field(max_length=TEXT)]
Why = Annotated[str, Field(max_length=TEXT, description="The reason; it stays in the history.")]
Address = Annotated[str, Field(max_length=4000, description="A web address.", examples=["https://example.org/plan"])]
RoughDay = Annotated[
    str,
    Field(
        max_length=10,
        description="A date as fine as it is known: 2024-03-15, 2024-03, 2024-H1 or 2024.",
        examples=["2024-03"],
    ),
]


class Who(Shape):
    """A person of the desk."""

    id: Number
    name: str


def who(person: Person | None) -> Who | None:
    """Return a person as records name one."""
    return None if person is None else Who(id=person.id, name=person.name)


_MOST = 1e15


class FigureShape(Shape):
    """A value or a range, its unit, whether it is said to be about, and when it holds."""

    model_config = ConfigDict(json_schema_extra={"example": {"low": 120, "unit": "metres", "is_about": True}})

    low: Annotated[float, Field(ge=-_MOST, le=_MOST, description="The value, or the lower end of a range.")]
    high: Annotated[float, Field(ge=-_MOST, le=_MOST)] | None = Field(
        default=None, description="The upper end of a range; left out, or equal, it is a plain value."
    )
    unit: Line | None = Field(default=None, description="A plain English word, as percent, tonnes or USD.")
    is_about: bool = False
    as_of: RoughDay | None = None

    def value(self) -> FigureValue:
        """Return it as a service takes it; what contradicts itself raises ``DomainError``."""
        return make_figure(self.low, self.high, unit=self.unit, is_about=self.is_about, as_of=self.as_of)


class FigureOut(Shape):
    """A figure as the desk keeps it; the two ends are equal for a plain value."""

    low: float
    high: float
    unit: str | None
    is_about: bool
    as_of: str | None


def figure_of(figure: Figure | Any | None) -> FigureOut | None:
    """Return a figure as records show it."""
    if figure is None or figure.low is None:
        return None
    return FigureOut(low=figure.low, high=figure.high, unit=figure.unit, is_about=figure.is_about, as_of=figure.as_of)


class WhyBody(Shape):
    """What is done asks for its reason."""

    model_config = ConfigDict(json_schema_extra={"example": {"why": "Opened twice."}})

    why: Why


class NoQuery(Query):
    """The address takes no arguments."""


Item = TypeVar("Item")


class Page(Shape, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: str | None = Field(
        description="Where the next page begins, to be given as `after`; null on the last page.",
    )


Cursor = Annotated[
    str,
    Field(
        max_length=200,
        pattern="^[A-Za-z0-9_-]*$",
        description="Where the page begins: `next` of the page before. Nothing else is known to mean anything.",
    ),
]


class PageQuery(Query):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows on the page at most."), WHOLE] = ROWS
    after: Cursor = ""

    @property
    def behind(self) -> int | None:
        """The number behind which the page begins. None: it is the first page, or begins nowhere."""
        text = read_cursor(self.after)
        return row_number(text) if text else None

    @property
    def is_lost(self) -> bool:
        """Whether it names a place where no page of a list by number begins."""
        return bool(self.after) and self.behind is None


def write_cursor(place: object) -> str:
    """Return a place in a list as a program hands it back; what it says is the desk's own business."""
    return base64.urlsafe_b64encode(str(place).encode()).rstrip(b"=").decode()


def read_cursor(text: str) -> str | None:
    """Return the place that a cursor stands for, or None for nonsense."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None


def cut(rows: Sequence[Any], query: PageQuery, number: str = "id") -> tuple[Sequence[Any], str | None]:
    """Return the rows of a page, and where the next begins; one more row than asked for says that there is one."""
    page = rows[: query.limit]
    return page, write_cursor(getattr(page[-1], number)) if len(rows) > query.limit else None
