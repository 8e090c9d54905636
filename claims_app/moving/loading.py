"""Bringing an export into a database that was just made: checked row by row, each refusal with its table and line."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, delete, insert
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from claims_app.captures.verifying import list_named
from claims_app.files import Files
from claims_app.history.model import Action, HistoryHead, Subject
from claims_app.history.service import record, verify_history
from claims_app.moving import form
from claims_app.moving.archive import Export, Part, TablePart
from claims_app.moving.form import Kind, Traveller, kind_of

_AT_ONCE = 1000
_GREATEST = 2**63 - 1

Reader = Callable[[Any], Any]


def load_rows(export: Export, engine: Engine) -> int:
    """Put every row of an export into the tables that stand at its revision, and return how many there are.

    ``engine`` must have been opened without foreign keys: rows point at rows that come later. What is loose at the end
    is refused. Nobody else may have the database: rows are committed as they come.
    """
    with engine.connect() as connection:
        travellers = form.list_travellers(connection)
    _need_tables(export, travellers)
    with engine.begin() as connection:
        for one in travellers:
            # A new desk has rows of its own, such as the end of a history that nobody wrote in yet.
            connection.execute(delete(one.table))
    rows = sum(_Loader(export, engine, one).load() for one in travellers)
    with engine.connect() as connection:
        _need_fixed(export, connection, {one.name: one for one in travellers})
    return rows


def load_files(export: Export, folder: Path) -> None:
    """Put the files of an export into the store ``folder``, which must be empty; safely on the disk at the end."""
    store = Files(folder)
    for digest, size in export.files.items():
        path = store.path(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as target:
            target.writelines(export.chunks(form.name_file(digest), Part(digest, size)))
    os.sync()  # once for all of them: until the desk is in its place, nobody counts on any


def finish_loading(session: Session, export: Export) -> None:
    """Refuse a loaded desk whose history does not hold or whose files did not come; append that it came in."""
    fault = next(verify_history(session), None)
    if fault is not None:
        raise export.refuse(f"the history does not hold: entry {fault.entry} {fault.problem}")
    head = session.get_one(HistoryHead, 1)
    if (head.last_id, head.last_hash) != export.manifest.history:
        raise export.refuse("the history does not end where its manifest says")
    for digest, role in list_named(session):
        if digest not in export.files and digest not in export.manifest.missing:
            raise export.refuse("the file %(digest)s (%(role)s) did not come along", digest=digest[:80], role=role)
    why = f"Brought in from the export of {export.manifest.made_at}."
    changes = {"format": [None, "desk"], "digest": [None, export.manifest.sha256]}
    record(session, actor=None, action=Action.RESTORED, subject=Subject.DESK, changes=changes, why=why)


def _need_tables(export: Export, travellers: list[Traveller]) -> None:
    """Refuse an export whose tables or columns are not those of its revision."""
    known, told = {one.name: one for one in travellers}, export.manifest.tables
    for name in sorted({*known, *told}):
        if name not in known:
            raise export.refuse("there is no table %(name)s in a desk", name=name)
        if name not in told:
            raise export.refuse("the table %(name)s is missing in it", name=name)
        ours, theirs = {column.name for column in known[name].columns}, set(told[name].columns)
        if ours != theirs:
            odd = min(ours ^ theirs)
            problem = "lacks the column" if odd in ours else "has no column"
            raise export.refuse(f"the table %(name)s {problem} %(odd)s", name=name, odd=odd)


class _Loader:
    """Puts the rows of one table in."""

    def __init__(self, export: Export, engine: Engine, traveller: Traveller) -> None:
        self._export, self._engine, self._traveller = export, engine, traveller
        self._told: TablePart = export.manifest.tables[traveller.name]
        self._readers = {column.name: _reader(column) for column in traveller.columns}

    def load(self) -> int:
        number, left = 0, self._rows()
        while some := list(islice(left, _AT_ONCE)):
            self._insert(some)
            number += len(some)
        if number != self._told.rows:
            raise self._export.refuse(f"{self._traveller.part} has {number} rows, not {self._told.rows}")
        return number

    def _rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for line, told in self._export.records(self._traveller.part, self._told.part):
            yield line, self._read(line, told)

    def _read(self, line: int, told: Mapping[str, Any]) -> dict[str, Any]:
        if told.keys() != self._readers.keys():
            odd = min(told.keys() ^ self._readers.keys())
            problem = "is missing" if odd in self._readers else "is not a field here"
            raise self._export.refuse_line(self._traveller.part, line, f"{odd[:80]!r} {problem}")
        row = {}
        for name, read in self._readers.items():
            try:
                row[name] = read(told[name])
            except (ValueError, OverflowError) as error:
                raise self._export.refuse_line(self._traveller.part, line, f"{name!r} {error}") from error
        for name, make in self._traveller.anew.items():
            row[name] = make()
        return row

    def _insert(self, rows: list[tuple[int, dict[str, Any]]]) -> None:
        wanted = insert(self._traveller.table)
        try:
            with self._engine.begin() as connection:
                connection.execute(wanted, [row for _line, row in rows])
        except DatabaseError:
            # Nothing of it was kept; one by one they tell which it was.
            with self._engine.connect() as connection:
                for line, row in rows:
                    self._insert_one(connection, line, row)
            raise

    def _insert_one(self, connection: Connection, line: int, row: dict[str, Any]) -> None:
        try:
            connection.execute(insert(self._traveller.table), row)
        except IntegrityError as error:
            raise self._export.refuse_line(self._traveller.part, line, str(error.orig)) from error


def _need_fixed(export: Export, connection: Connection, travellers: Mapping[str, Traveller]) -> None:
    """Refuse rows that point at nothing, naming the first one."""
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if loose is not None:
        name, row, target = loose[0], loose[1], loose[2]
        traveller = travellers[name]
        raise export.refuse_line(
            traveller.part,
            _line_of(export, traveller, row),
            f"it points at a row of the table {target} that is not here",
        )


def _line_of(export: Export, traveller: Traveller, row: int) -> int:
    """Return the line of the row that the database numbers ``row``: by its key, or by order where that is no number."""
    keys = list(traveller.table.primary_key.columns)
    part = export.manifest.tables[traveller.name].part
    if len(keys) == 1 and kind_of(keys[0]) is Kind.WHOLE:
        found = export.records(traveller.part, part)
        return next((line for line, told in found if told[keys[0].name] == row), row)
    return row


def _reader(column: Column[Any]) -> Reader:
    """Return what reads a column's values out of JSON; it raises ``ValueError`` with what is wrong."""
    kind, nullable = kind_of(column), bool(column.nullable)
    read = _READERS[kind]

    def read_value(value: Any) -> Any:
        if value is None:
            if nullable:
                return None
            raise ValueError("is missing")
        try:
            return read(value)
        except (ValueError, OverflowError):
            raise ValueError(f"has to be {kind.value}") from None

    return read_value


def _of(kind: type[Any]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError
        return value

    return read


def _read_whole(value: Any) -> int:
    if type(value) is not int or not -_GREATEST - 1 <= value <= _GREATEST:
        raise ValueError
    return value


def _read_number(value: Any) -> float:
    if type(value) not in (int, float) or not -sys.float_info.max <= value <= sys.float_info.max:
        raise ValueError
    return float(value)


def _read_day(value: Any) -> date:
    return date.fromisoformat(_of(str)(value))


def _read_moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_of(str)(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC).replace(tzinfo=None)


def _read_record(value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    raise ValueError


_READERS: Mapping[Kind, Reader] = {
    Kind.TEXT: _of(str),
    Kind.WHOLE: _read_whole,
    Kind.NUMBER: _read_number,
    Kind.SWITCH: _of(bool),
    Kind.DAY: _read_day,
    Kind.MOMENT: _read_moment,
    Kind.RECORD: _read_record,
}
