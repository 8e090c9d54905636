"""The sources that a table's rows name: the desk's, those of rows above, or new ones; never confidential ones."""

from typing import Any

from claims_app.errors import DomainError
from claims_app.importing.lookup import Known, is_confidential
from claims_app.importing.plan import Cells, PlannedSource
from claims_app.importing.tables import Row, Table
from claims_app.sources.address import canonical_address
from claims_app.sources.model import SourceKind


class SourceReader:
    """Tells sources apart by their address or, without one, by their title."""

    def __init__(self, cells: Cells, known: Known) -> None:
        self.cells, self.known = cells, known
        self._read: dict[str, PlannedSource] = {}

    def learn(self, table: Table, *, is_plain: bool) -> None:
        """Look up at once what the table names; in a plain list of sources the columns are called after themselves."""
        names = ("address", "title") if is_plain else ("source_address", "source_title")
        addresses, titles = ({self.cells.text(row, name) for row in table.rows} - {""} for name in names)
        self.known.learn_sources(addresses, titles)

    def read(self, row: Row, details: dict[str, Any], at: str, called: str) -> PlannedSource | None:
        """Return the source that a row names by address or title: the desk's, that of a row above, or a new one."""
        address, title = details.get("address"), details.get("title")
        if address is None and title is None:
            if not self.cells.text(row, at):  # what cannot be read is a problem already
                name = at if at in self.cells.columns else called
                self.cells.refuse(row.number, name, DomainError("A source needs a title or an address."))
            return None
        if title is not None and is_confidential(title):
            error = DomainError(
                "A confidential source is never brought in by a table; add it by hand, or leave the row out."
            )
            self.cells.refuse(row.number, called, error)
            return None
        identity = canonical_address(address) if address else f"title:{title}"
        if identity not in self._read:
            try:
                source_id = self.known.find_source(address, title)
            except DomainError as error:
                self.cells.refuse(row.number, called, error)
                return None
            if "source_kind" in details:
                details["kind"] = details.pop("source_kind")
            details.setdefault("kind", SourceKind.PAGE if address else SourceKind.OTHER)
            self._read[identity] = PlannedSource(row.number, details, source_id)
        return self._read[identity]
