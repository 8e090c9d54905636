"""From the cells of a table to what would be saved: every row's problem by its cell, and nothing written yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claims_app.claims.figure import FigureValue, read_unit
from claims_app.errors import DomainError
from claims_app.importing.fields import find_field
from claims_app.importing.model import ImportKind
from claims_app.importing.tables import Row, Table
from claims_app.importing.values import read_cell
from claims_app.prose.sentences import Span


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell, or with a row where no cell is to blame; ``place`` is ``C7``, or the row's number."""

    row: int
    #: -1: no cell is to blame.
    column: int
    place: str
    #: The heading over the cell, or of the column that is missing; "" for a row.
    heading: str
    error: DomainError


@dataclass
class PlannedSource:
    """A source that rows name: one the desk has, or what is said of a new one."""

    row: int
    details: dict[str, Any]
    #: None: it is to be recorded.
    source_id: int | None = None


@dataclass
class PlannedEvidence:
    row: int
    source: PlannedSource
    details: dict[str, Any]


@dataclass
class PlannedClaim:
    """A claim that rows name, with the evidence that they bring for it."""

    row: int
    article_id: int
    details: dict[str, Any] = field(default_factory=dict)
    #: Its number where the desk has it already. None: it is to be opened.
    claim_id: int | None = None
    spans: list[Span] = field(default_factory=list)
    #: The address that the article cites for it.
    citation: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    evidence: list[PlannedEvidence] = field(default_factory=list)


@dataclass
class Plan:
    """What a table would add to the desk; with any problem, nothing."""

    kind: ImportKind
    rows: int
    articles: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    sources: list[PlannedSource] = field(default_factory=list)
    claims: list[PlannedClaim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Rows that bring nothing: the desk has it all already, or a row above says it.
    known: list[int] = field(default_factory=list)

    @property
    def new_claims(self) -> list[PlannedClaim]:
        return [claim for claim in self.claims if claim.claim_id is None]

    @property
    def new_evidence(self) -> list[PlannedEvidence]:
        return [piece for claim in self.claims for piece in claim.evidence]

    @property
    def new_sources(self) -> list[PlannedSource]:
        own = [piece.source for piece in self.new_evidence]
        found = {id(source): source for source in [*self.sources, *own] if source.source_id is None}
        return list(found.values())

    @property
    def is_empty(self) -> bool:
        return not (self.articles or self.new_sources or self.new_claims or self.new_evidence)


class Cells:
    """The cells of a table by the fields that its columns were taken for; what cannot be read becomes a problem."""

    def __init__(self, kind: ImportKind, table: Table, columns: Mapping[str, int]) -> None:
        self.kind, self.table, self.columns = kind, table, columns
        self.fields = {name: known for name in columns if (known := find_field(kind, name)) is not None}
        self.problems: list[Problem] = []

    def refuse(self, row: int, name: str | None, error: DomainError) -> None:
        """Note what is wrong with the cell of a field, with a field that has no column, or with the whole row."""
        column = self.columns.get(name or "")
        missing = find_field(self.kind, name) if name and column is None else None
        heading = self.table.headings[column] if column is not None else missing.heading if missing else ""
        self.problems.append(
            Problem(row, -1 if column is None else column, self.table.place(row, column), heading, error)
        )

    def text(self, row: Row, name: str) -> str:
        """Return what stands in the cell of a field; "" where there is nothing, or no column for it."""
        column = self.columns.get(name)
        return "" if column is None else row.cells[column]

    def has_any(self, row: Row, names: Sequence[str]) -> bool:
        return any(self.text(row, name) for name in names)

    def read(self, row: Row, name: str) -> Any:
        """Return what the cell of a field says; None where it is empty or cannot be read."""
        text = self.text(row, name)
        if not text:
            return None
        fault = self.table.faults.get((row.number, self.columns[name]))
        try:
            if fault is not None:
                raise fault
            return read_cell(self.fields[name], text)
        except DomainError as error:
            self.refuse(row.number, name, error)
            return None

    def details(self, row: Row, names: Sequence[str], *, prefix: str = "") -> dict[str, Any]:
        """Return what the cells of fields say, as far as they say anything, under the services' names."""
        found = {name.removeprefix(prefix): self.read(row, name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def by_language(self, row: Row, name: str) -> dict[str, Any]:
        """Return a text in two languages; one whose column says no language has that of its letters."""
        found = self.details(row, (f"{name}_he", f"{name}_en"))
        plain = self.read(row, name)
        if plain is not None:
            code = "he" if any("א" <= letter <= "ת" for letter in plain) else "en"
            found.setdefault(f"{name}_{code}", plain)
        return found

    def figure(self, row: Row, prefix: str = "") -> FigureValue | None:
        """Return the figure of a row: in one cell, or in parts; unit, "about" and time of their own go first."""
        whole, low, high = (self.read(row, f"{prefix}figure{part}") for part in ("", "_low", "_high"))
        about, as_of = self.read(row, f"{prefix}figure_about"), self.read(row, f"{prefix}figure_as_of")
        unit = read_unit(self.read(row, f"{prefix}figure_unit"))
        first, last = low or whole, high or low or whole
        if first is None or last is None:
            if high is not None:
                error = DomainError("Write the lower end of the range too.")
                self.refuse(row.number, f"{prefix}figure_high", error)
            elif (unit or as_of) and not self._was_refused(row, prefix):
                self.refuse(
                    row.number,
                    f"{prefix}figure_{'unit' if unit else 'as_of'}",
                    DomainError("A figure needs its number."),
                )
            return None
        if last.high < first.low:
            error = DomainError("The upper end of a range is not below the lower one.")
            self.refuse(row.number, f"{prefix}figure_high", error)
            return None
        return FigureValue(
            first.low, last.high, unit or first.unit or last.unit, bool(about or first.is_about), as_of or first.as_of
        )

    def _was_refused(self, row: Row, prefix: str) -> bool:
        return self.has_any(row, [f"{prefix}figure{part}" for part in ("", "_low", "_high")])
