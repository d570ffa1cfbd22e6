"""What an operator does with the whole database.

What migrates is imported where it is used: every command would wait for it, and hardly any migrates.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select

from directory.domain.errors import RecordsUnavailable
from directory.records.database import reading
from directory.records.tables import clinic, dataset, practitioner, removal_request
from directory.records.unindexed import make_missing

if TYPE_CHECKING:
    from directory.records.backup import Backup


@dataclass(frozen=True, slots=True)
class RecordsStatus:
    """State of the records. `schema` and `needed` are migrations; `held` is demonstration, registry or empty.

    Counts are None until the schema is up to date.
    """

    database: str
    schema: str
    needed: str
    held: str = ""
    revision: int | None = None
    practitioners: int | None = None
    clinics: int | None = None
    hidden: int | None = None
    open_removals: int | None = None

    @property
    def up_to_date(self) -> bool:
        return self.schema == self.needed


class Maintenance:
    """Every method raises RecordsUnavailable when the database does not answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def upgrade(self) -> RecordsStatus:
        """Makes the tables, or brings them up to date. Safe to repeat."""
        from directory.records.schema import upgrade

        upgrade(self._engine)
        return self.status()

    def status(self) -> RecordsStatus:
        from directory.records.schema import schema_status

        schema = schema_status(self._engine)
        name = self._engine.url.render_as_string(hide_password=True)
        if not schema.up_to_date:
            return RecordsStatus(name, schema.current, schema.head)
        with reading(self._engine) as connection:
            held = connection.execute(select(dataset)).one()

            return RecordsStatus(
                database=name,
                schema=schema.current,
                needed=schema.head,
                held=held.kind or "",
                revision=held.revision,
                practitioners=_count(connection, practitioner),
                clinics=_count(connection, clinic),
                hidden=sum(
                    _count(connection, table, table.c.hidden_at.is_not(None)) for table in (practitioner, clinic)
                ),
                open_removals=_count(connection, removal_request, removal_request.c.resolved_at.is_(None)),
            )

    def mend(self) -> None:
        """Makes indices that a first load has left out which was killed. Quick where nothing is missing; where the
        records do not answer, whoever needs them says so."""
        with suppress(RecordsUnavailable):
            make_missing(self._engine)

    def back_up(self, path: Path) -> Backup:
        """Writes all records as of one moment to a new file; see `backup`."""
        from directory.records.backup import back_up

        return back_up(self._engine, path)

    def restore(self, path: Path) -> Backup:
        """Fills an empty database from a backup; see `backup`."""
        from directory.records.backup import restore

        return restore(self._engine, path)


def _count(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())
